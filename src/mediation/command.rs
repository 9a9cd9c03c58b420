//! Commands at the top of an officer's own text (design.md section 5, M78).

use chrono::NaiveDate;

use super::reply::Refusal;
use super::vocabulary::Verb;
use super::{CommandText, Policy, Vocabulary};
use crate::model::Outcome;

/// A command with everything it needs: nothing half-understood gets this far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Command {
    Note,
    Contacted { on: NaiveDate },
    Close { outcome: Outcome },
    Reopen,
    NoFollowUp,
}

/// Reads the lines that begin with `#` at the top of a text, and what follows them.
///
/// Only the top counts: a `#` further down is text (M78). Blank lines before and between commands do not
/// matter, nor do the blanks, non-breaking spaces and invisible marks that mail clients put before a `#`.
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

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')
}

fn command_in(line: &str) -> Option<CommandText> {
    let after = line
        .strip_prefix('#')
        .or_else(|| line.strip_prefix("\\#"))
        .or_else(|| line.strip_prefix('＃'))?
        .trim_start_matches(is_blank);
    let end =
        after.find(|c: char| c != '-' && !matches!(c, '\u{2010}'..='\u{2015}') && !c.is_alphanumeric()).unwrap_or(after.len());
    let (word, argument) = after.split_at(end);
    if !word.chars().next().is_some_and(char::is_alphabetic) {
        return None;
    }
    let argument = argument.trim_start_matches(':').trim_matches(is_blank).to_owned();
    Some(CommandText { word: word.to_owned(), argument })
}

/// Understands one command, or says what is missing.
pub(super) fn understand(typed: &CommandText, policy: &Policy, today: NaiveDate) -> Result<Command, Refusal> {
    let words: &Vocabulary = &policy.vocabulary;
    let Some(verb) = words.verb(&typed.word) else {
        return Err(Refusal::UnknownCommand { word: typed.word.clone(), nearest: words.nearest_command(&typed.word) });
    };
    let incomplete = |choices: Vec<String>| Refusal::Incomplete {
        command: words.command_word(verb, policy.language),
        argument: typed.argument.clone(),
        choices,
    };
    match verb {
        Verb::Note => Ok(Command::Note),
        Verb::Contacted => {
            if typed.argument.is_empty() {
                return Ok(Command::Contacted { on: today });
            }
            match typed.argument.parse::<NaiveDate>() {
                Ok(on) if on <= today => Ok(Command::Contacted { on }),
                Ok(_) | Err(_) => Err(incomplete(vec![today.to_string()])),
            }
        }
        Verb::Close => match words.outcome(&typed.argument) {
            Some(outcome) => Ok(Command::Close { outcome }),
            None => Err(incomplete(words.outcome_words(policy.language))),
        },
        Verb::Reopen => Ok(Command::Reopen),
        Verb::NoFollowUp => Ok(Command::NoFollowUp),
    }
}

/// The desk's own word for a command, for a refusal.
pub(super) fn word_for(command: &Command, policy: &Policy) -> String {
    let verb = match command {
        Command::Note => Verb::Note,
        Command::Contacted { .. } => Verb::Contacted,
        Command::Close { .. } => Verb::Close,
        Command::Reopen => Verb::Reopen,
        Command::NoFollowUp => Verb::NoFollowUp,
    };
    policy.vocabulary.command_word(verb, policy.language)
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
    fn the_marks_of_mail_clients_do_not_matter() {
        for text in [
            "#sluiten tevreden",
            "\u{a0}#Sluiten: tevreden",
            "# sluiten tevreden",
            "\u{feff}#sluiten\u{a0}tevreden ",
            "\\#sluiten tevreden",
        ] {
            let found = words(text);
            assert_eq!(found.len(), 1, "{text:?}");
            assert_eq!(found[0].0.to_lowercase(), "sluiten");
            assert_eq!(found[0].1, "tevreden");
        }
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
