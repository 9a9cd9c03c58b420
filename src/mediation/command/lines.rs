//! Finding the command lines at the top of an officer's own text (M78).

use crate::mediation::CommandText;

/// Reads the lines that begin with `#` at the top of a text, and what follows them.
///
/// Only the top counts: a `#` further down is text (M78). Blank lines before and between commands do not
/// matter, nor do the marks that mail clients put before a `#`: blanks, invisible characters, list bullets,
/// quotation marks, signs of bold type, a backslash, or the blank of a heading.
pub fn read_commands(text: &str) -> (Vec<CommandText>, String) {
    let mut commands = Vec::new();
    let mut lines = text.lines();
    let mut rest = lines.clone();
    while let Some(line) = lines.next() {
        let line = line.trim_matches(is_blank);
        if !line.is_empty() {
            let Some(command) = command_in(line) else { break };
            commands.push(command);
        }
        rest = lines.clone();
    }
    (commands, rest.collect::<Vec<_>>().join("\n").trim().to_owned())
}

/// The command in the subject of a mail without words: a button's mail whose body the mail client lost (M144).
///
/// Only where the subject begins with it: an answer (`Re: #…`) repeats an old subject and commands nothing.
pub fn command_in_subject(subject: &str) -> Vec<CommandText> {
    let without_number = subject.rsplit_once('[').map_or(subject, |(before, _)| before);
    command_in(without_number.trim_matches(is_blank)).into_iter().collect()
}

pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
}

/// A list bullet, a quotation mark or a sign of bold type before the `#` or behind the line.
fn is_decoration(c: char) -> bool {
    is_blank(c) || "-*_•·–—‣▪◦`'\"“”„‘’‚«»".contains(c)
}

fn command_in(line: &str) -> Option<CommandText> {
    let line = after_list_number(line).trim_start_matches(is_decoration);
    let after = line.trim_start_matches('\\');
    let after = after.strip_prefix(['#', '＃', '﹟'])?.trim_start_matches(['#', '＃', '﹟']).trim_start_matches(is_blank);
    let end =
        after.find(|c: char| c != '-' && !matches!(c, '\u{2010}'..='\u{2015}') && !c.is_alphanumeric()).unwrap_or(after.len());
    let (word, argument) = after.split_at(end);
    if !word.chars().next().is_some_and(char::is_alphabetic) {
        return None;
    }
    let argument = argument.trim_start_matches(|c: char| c == ':' || is_blank(c)).trim_end_matches(is_blank);
    let argument = argument.trim_end_matches(['*', '_', '`']);
    Some(CommandText { word: word.to_owned(), argument: without_outer_quotes(line, argument).to_owned() })
}

/// "1. #gesproken", as some mail clients number lines.
fn after_list_number(line: &str) -> &str {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = rest.len() < line.len() && line.len() - rest.len() <= 2;
    rest.strip_prefix(['.', ')']).filter(|_| numbered).map_or(line, |rest| rest.trim_start_matches(is_blank))
}

/// The quotation mark that closes a line which was quoted as a whole.
fn without_outer_quotes<'a>(line: &str, argument: &'a str) -> &'a str {
    let opened = |c: char| argument.contains(c);
    match argument.chars().last() {
        Some('”' | '’' | '»') if !line.is_empty() && !opened('“') && !opened('‘') && !opened('„') && !opened('«') => {
            argument.trim_end_matches(['”', '’', '»'])
        }
        Some('"') if argument.matches('"').count() == 1 => argument.trim_end_matches('"'),
        _ => argument,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(String, String)> {
        read_commands(text).0.into_iter().map(|c| (c.word, c.argument)).collect()
    }

    #[test]
    fn commands_stand_at_the_top_only() {
        let (commands, rest) = read_commands("\n#gesproken 2026-03-02\n\n#sluiten tevreden\nDank voor alles.\n#stop\n");
        assert_eq!(commands.len(), 2);
        assert_eq!(rest, "Dank voor alles.\n#stop");
        assert!(words("Beste,\n#sluiten tevreden").is_empty(), "a command below text is text (M78)");
    }

    #[test]
    fn a_quoted_command_commands_nothing() {
        assert!(words("> #sluiten tevreden").is_empty());
        assert!(words("| #sluiten tevreden").is_empty());
    }

    #[test]
    fn the_marks_of_mail_clients_do_not_matter() {
        for text in [
            "#sluiten tevreden",
            "\u{a0}#Sluiten: tevreden",
            "# sluiten tevreden",
            "## Sluiten tevreden",
            "\u{feff}#sluiten\u{a0}tevreden ",
            "\\#sluiten tevreden",
            "＃sluiten tevreden",
            "\u{202a}#sluiten tevreden\u{202c}",
            "- #sluiten tevreden",
            "• #SLUITEN tevreden",
            "* #sluiten tevreden",
            "1. #sluiten tevreden",
            "**#sluiten tevreden**",
            "“#sluiten tevreden”",
            "\"#sluiten tevreden\"",
            "`#sluiten tevreden`",
        ] {
            let found = words(text);
            assert_eq!(found.len(), 1, "{text:?}");
            assert_eq!(found[0].0.to_lowercase(), "sluiten", "{text:?}");
            assert_eq!(found[0].1, "tevreden", "{text:?}");
        }
    }

    #[test]
    fn quotation_marks_within_an_argument_stay() {
        assert_eq!(words("#vrij crisis hij zei \"nooit\"")[0].1, "crisis hij zei \"nooit\"");
        assert_eq!(words("#vrij crisis hij zei “nooit”")[0].1, "crisis hij zei “nooit”");
    }

    #[test]
    fn a_button_works_where_the_mail_client_lost_the_body() {
        let found = command_in_subject("#sluiten tevreden [2026-0142]");
        assert_eq!(found, [CommandText { word: "sluiten".to_owned(), argument: "tevreden".to_owned() }]);
        assert!(command_in_subject("Re: #sluiten tevreden [2026-0142]").is_empty());
        assert!(command_in_subject("Nieuwe klacht [2026-0142]").is_empty());
    }

    #[test]
    fn a_number_sign_before_a_number_is_no_command() {
        assert!(words("#3 is de kamer waar het om gaat").is_empty());
    }
}
