//! What holds for any bytes whatever. Each function panics where a promise is broken, and only there.
//!
//! cargo-fuzz runs them for as long as one likes; `tests/fuzz_targets.rs` runs them in the ordinary tests.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use wederhoor::mediation::{command_in_subject, read_commands};
use wederhoor::message::{MailClass, MailFacts, OwnAddresses, Problem, Words, inspect_json, understand};

static WORDS: LazyLock<Words> = LazyLock::new(|| Words::builtin().expect("the word lists are in order"));
static OWN: LazyLock<OwnAddresses> = LazyLock::new(|| OwnAddresses {
    addresses: vec!["klachten@voorbeeldzorg.example".parse().expect("an address")],
    separator: '+',
    trace: "een-geheim-van-deze-installatie".to_owned(),
});

fn read(bytes: &[u8]) -> MailFacts {
    understand(bytes, &OWN, &WORDS, DateTime::<Utc>::UNIX_EPOCH)
}

/// A mail with this header and these bytes as its body.
fn mail(header: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "Return-Path: <jan@mail.example>\nFrom: Jan <jan@mail.example>\nTo: klachten@voorbeeldzorg.example\nSubject: Re: klacht\n\
         Message-ID: <1@mail.example>\nIn-Reply-To: <2@voorbeeldzorg.example>\nMIME-Version: 1.0\n{header}\n\n"
    );
    [head.as_bytes(), body].concat()
}

/// M93: any bytes give facts, the same ones each time, and nothing that could harm a reader of them.
pub fn parsing(bytes: &[u8]) {
    let facts = read(bytes);
    assert!(!facts.problems.contains(&Problem::ReaderFailed), "the reader failed");
    assert_eq!(facts.size, bytes.len());
    assert!(!facts.full_text.contains('\0') && !facts.subject.contains(['\0', '\r', '\n']));
    assert!(facts.attachments.len() <= 1_000, "M110");
    for attachment in &facts.attachments {
        assert!(!attachment.name.contains(['/', '\\', '\0']) && !attachment.name.is_empty(), "M96: {:?}", attachment.name);
    }
    assert_eq!(facts, read(bytes), "the same bytes are the same mail");
    assert!(!inspect_json("x", &facts).to_string().contains('\n'), "one object a line");
}

/// M1, M34, M41: every mail has a class and a reason, and only people's words are judged.
pub fn classification(bytes: &[u8]) {
    let facts = read(bytes);
    assert!(facts.class_reason.ends_with(')'), "a reason names its rule: {}", facts.class_reason);
    if facts.class != MailClass::Human {
        assert!(facts.triage.flags.is_empty() && facts.triage.evidence.is_empty(), "{}", facts.class_reason);
    }
    if facts.author.is_none() {
        assert!(facts.silence.is_some(), "nobody can be answered");
    }
    if matches!(facts.class, MailClass::Bounce | MailClass::DelayNotice | MailClass::Receipt | MailClass::AbuseReport) {
        assert!(!facts.says_something && facts.reply_text.is_empty(), "M41");
    }
}

/// M101: the author's words are words of the mail, and a text from which nothing was cut is all there.
pub fn reply_text(bytes: &[u8]) {
    for header in [
        "Content-Type: text/plain; charset=utf-8",
        "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes",
        "Content-Type: text/html; charset=utf-8",
    ] {
        let facts = read(&mail(header, bytes));
        assert_eq!(facts.says_something, !facts.reply_text.is_empty());
        let mut lines = facts.full_text.lines().map(str::trim);
        for words in facts.reply_text.lines().map(str::trim).filter(|words| !words.is_empty()) {
            assert!(lines.any(|line| line == words), "these words are not in the mail, or in another order: {words:?}");
        }
        if facts.class == MailClass::Human && facts.cuts.is_empty() {
            let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            assert_eq!(words(&facts.reply_text), words(&facts.full_text), "swallowed without a reason");
        }
    }
}

/// M36, M41: what a report says is never the statement of a person, and a late letter is no lost one.
pub fn bounce(bytes: &[u8]) {
    let body = [
        b"--b\n\nYour message could not be delivered.\n--b\nContent-Type: message/delivery-status\n\n".as_slice(),
        bytes,
        b"\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <2@voorbeeldzorg.example>\n\nx\n--b--\n",
    ]
    .concat();
    let facts = read(&mail("Content-Type: multipart/report; report-type=delivery-status; boundary=b", &body));
    assert!(!facts.says_something, "M41");
    if let Some(bounce) = &facts.bounce
        && facts.class == MailClass::Bounce
    {
        assert_ne!(bounce.action.as_deref(), Some("delayed"), "M36");
    }
}

/// A calendar object decides nothing but its own answer.
pub fn calendar(bytes: &[u8]) {
    let facts = read(&mail("Content-Type: text/calendar; method=REPLY; charset=utf-8", bytes));
    assert!(facts.class != MailClass::CalendarReply || facts.calendar.is_some());
}

/// M78: commands are read from any text, and no word of it gets lost between commands and text.
pub fn commands(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (found, rest) = read_commands(&text);
    assert!(found.len() <= text.lines().count());
    assert_eq!((found, rest), read_commands(&text));
    let _ = command_in_subject(&text);
}
