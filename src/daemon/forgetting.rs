//! What an officer wrote about a talk is not kept (R20, I8).

use super::desk::Desk;
use super::known::commands_of;
use super::unit::Decided;
use super::window::Understood;
use crate::mediation::{Entry, command};
use crate::store::compress;

/// The fields of a mail that stay: when it came, from whom, to whom, and what it answers. A subject may tell of the talk.
const KEPT: [&str; 11] = [
    "return-path",
    "received",
    "authentication-results",
    "from",
    "sender",
    "reply-to",
    "to",
    "date",
    "message-id",
    "in-reply-to",
    "references",
];

/// Takes everything that could tell of the talk out of the mail that is kept: whatever was dropped from a note, and all
/// that stands beside `#gehouden`, carried out or refused, proved or not. The journal holds the day and the code.
pub(super) fn forget_talk(decided: &mut Decided, mail: &Understood, desk: &Desk) {
    let is_officers = mail.facts.author.as_ref().is_some_and(|author| desk.policy.officer_at(&author.address).is_some());
    let dropped = decided.entries.iter().any(|line| matches!(line.entry, Entry::TalkTextDropped));
    let tells = || commands_of(&mail.facts).0.iter().any(|typed| command::is_about_talk(typed, &desk.policy.vocabulary));
    let Some(record) = decided.record.as_mut().filter(|_| is_officers && (dropped || tells())) else { return };
    let kept = head_of(&mail.raw.bytes);
    record.raw = compress(&kept).unwrap_or(kept);
}

/// The fields that stay, each with the lines that continue it (RFC 5322 section 2.2.3).
fn head_of(raw: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut keeps = false;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        if line.trim_ascii().is_empty() {
            break;
        }
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default().trim_ascii().to_ascii_lowercase();
            keeps = KEPT.iter().any(|kept| kept.as_bytes() == name);
        }
        if keeps {
            kept.extend_from_slice(line);
        }
    }
    kept.extend_from_slice(b"\n(R20)\n");
    kept
}

#[cfg(test)]
mod tests {
    use super::head_of;

    #[test]
    fn of_a_mail_about_the_talk_only_who_and_when_is_left() {
        let raw = b"From: O <o@zorg.example>\r\nSubject: hij gaf het toe\r\n\ten huilde\r\nTo: <k@zorg.example>,\r\n <l@zorg.example>\r\n\
            Thread-Topic: hij gaf het toe\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n\r\n#gehouden\r\nHij gaf het toe.\r\n";
        let kept = String::from_utf8(head_of(raw)).unwrap();
        assert_eq!(
            kept,
            "From: O <o@zorg.example>\r\nTo: <k@zorg.example>,\r\n <l@zorg.example>\r\nDate: Mon, 16 Nov 2026 09:00:00 +0100\r\n\n(R20)\n"
        );
    }

    #[test]
    fn a_mail_without_a_body_or_without_anything_ends() {
        assert_eq!(head_of(b""), b"\n(R20)\n");
        assert_eq!(head_of(b"Subject: #gehouden hij gaf het toe"), b"\n(R20)\n");
    }
}
