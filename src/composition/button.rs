//! A command as a button: a `mailto:` that still works where a mail client mangles it (RFC 6068, M144).

use super::mailto::mailto;
use crate::model::{CaseNumber, MailAddress};

/// Longer links are cut off by some mail clients and by Windows itself (M144), in characters.
const LONGEST_LINK: usize = 1_800;
/// Longer subjects are cut off (M144), in characters.
const LONGEST_SUBJECT: usize = 120;

/// The link of a button that sends one command, with the text below it where the command needs one.
///
/// The case is found by the address alone. The subject repeats the command, because a mail whose body was lost is read
/// by its subject; a command too long for a subject is never cut, since a part of it would be another command: then the
/// subject holds the number only. A text that would make the link too long is left out as a whole, for the officer to
/// put in: half an agreement is worse than none. Where a client eats the line breaks the command and its text run
/// together on one line, which is refused with an explanation and does nothing. `None` for a command that is too long for
/// any link: the letter then shows it to be typed.
pub fn command_link(to: &MailAddress, command: &str, text: Option<&str>, number: CaseNumber) -> Option<String> {
    let command = command.lines().next().unwrap_or_default().trim();
    let subject = format!("{command} [{number}]");
    let subject = if subject.chars().count() <= LONGEST_SUBJECT { subject } else { format!("[{number}]") };
    let fits = |link: &String| link.len() <= LONGEST_LINK;
    let bare = || Some(mailto(to, &subject, &format!("{command}\n"))).filter(fits);
    let with_text = text.map(str::trim).filter(|text| !text.is_empty()).map(|text| {
        // The blank before the break keeps command and text apart where breaks are eaten.
        mailto(to, &subject, &format!("{command} \n\n{text}\n"))
    });
    with_text.filter(fits).or_else(bare)
}

#[cfg(test)]
mod tests {
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;
    use crate::mediation::{command_in_subject, read_commands};

    fn address() -> MailAddress {
        "klachten+aeaqcaibaeaqcaibaeaq@zorg.example".parse().unwrap()
    }

    fn number() -> CaseNumber {
        CaseNumber::new(2026, 142).unwrap()
    }

    fn link(command: &str, text: Option<&str>) -> String {
        command_link(&address(), command, text, number()).unwrap()
    }

    /// Address, subject and body as a mail client takes them out of a link.
    fn opened(link: &str) -> (String, String, String) {
        let decoded = |text: &str| percent_decode_str(text).decode_utf8().unwrap().into_owned();
        let (to, fields) = link.strip_prefix("mailto:").unwrap().split_once('?').unwrap();
        let field =
            |name: &str| fields.split('&').find_map(|field| field.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default();
        (decoded(to), decoded(field("subject")), decoded(field("body")))
    }

    #[test]
    fn a_button_sends_its_command_to_the_case() {
        let (to, subject, body) = opened(&link("#sluiten tevreden", None));
        assert_eq!(to, "klachten+aeaqcaibaeaqcaibaeaq@zorg.example");
        assert_eq!((subject.as_str(), body.as_str()), ("#sluiten tevreden [2026-0142]", "#sluiten tevreden\r\n"));
    }

    #[test]
    fn a_lost_body_leaves_the_command_in_the_subject() {
        let (_, subject, _) = opened(&link("#afspraak 2026-12-03 14:00 60m Kamer 2.14", None));
        assert_eq!(command_in_subject(&subject)[0].argument, "2026-12-03 14:00 60m Kamer 2.14");
    }

    #[test]
    fn a_long_command_is_never_cut() {
        let command = format!("#vrij juridisch {}", "reden ".repeat(40).trim());
        let (_, subject, body) = opened(&link(&command, None));
        assert_eq!(subject, "[2026-0142]");
        assert_eq!(body.trim_end(), command);
    }

    #[test]
    fn a_text_that_is_too_long_is_left_out_as_a_whole() {
        let short = link("#afspraken", Some("- Bert belt elke maand."));
        assert_eq!(read_commands(&opened(&short).2).1, "- Bert belt elke maand.");
        let long = link("#afspraken", Some(&"- Bert belt. ".repeat(200)));
        assert_eq!(read_commands(&opened(&long).2), read_commands("#afspraken"));
        assert!(long.len() <= LONGEST_LINK);
    }

    #[test]
    fn eaten_line_breaks_do_not_make_another_command() {
        let (_, _, body) = opened(&link("#afspraken", Some("Bert belt.")));
        let eaten = body.replace("\r\n", "");
        let (commands, rest) = read_commands(&eaten);
        assert_eq!((commands[0].word.as_str(), commands[0].argument.as_str(), rest.as_str()), ("afspraken", "Bert belt.", ""));
    }

    proptest! {
        #[test]
        fn every_text_survives_the_link(text in "\\PC{0,60}(\\n\\PC{0,60}){0,3}") {
            let made = link("#klager", Some(&text));
            prop_assert!(made.len() <= LONGEST_LINK);
            prop_assert!(made.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%@:?=&".contains(&byte)));
            prop_assert_eq!(made.matches('&').count(), 1, "only subject and body");
            let body = opened(&made).2.replace("\r\n", "\n");
            prop_assert!(body.starts_with("#klager"));
        }
    }
}
