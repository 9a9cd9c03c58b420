//! What is understood of real-looking and of broken mail (style.md section C, issue "the main job", bad input).
//!
//! Every conversation mail is read twice, with both line ends, and its facts are pinned in a snapshot that a person has
//! read; every broken mail must show its problem and lose nothing.
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene must stop")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use chrono::{TimeZone, Utc};
use proptest::prelude::*;
use wederhoor::message::{Clue, MailClass, MailFacts, OwnAddresses, Problem, Silence, Words, inspect_json, understand};
use wederhoor::model::{Instant, Token};

#[path = "mail_understanding/calendar.rs"]
mod calendar;
#[path = "mail_understanding/labelled.rs"]
mod labelled;
#[path = "mail_understanding/machines.rs"]
mod machines;

/// The letter ids that stand in for the desk's own: one token for each person of a case.
const UUID: &str = "018f0000-0000-7000-8000-000000000000";

fn own() -> OwnAddresses {
    OwnAddresses {
        addresses: vec!["klachten@voorbeeldzorg.example".parse().unwrap()],
        separator: '+',
        trace: "een-geheim-van-deze-installatie".to_owned(),
    }
}

/// Every test reads with the same lists.
static WORDS: LazyLock<Words> = LazyLock::new(|| Words::builtin().unwrap());

fn now() -> Instant {
    Utc.with_ymd_and_hms(2025, 7, 1, 12, 0, 0).unwrap()
}

fn token(number: u8) -> Token {
    Token::from_random([number; Token::BYTES])
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail").join(name)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "eml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Puts the desk's own addresses and ids in, as the README beside the mails explains.
fn filled(mail: &str) -> String {
    let address = |number: u8| format!("klachten+{}@voorbeeldzorg.example", token(number));
    let mut mail = mail
        .replace("{{reply_to:complainant}}", &address(1))
        .replace("{{reply_to:officer}}", &address(2))
        .replace("{{reply_to:respondent}}", &address(3))
        .replace("{{bounce_to:complainant}}", &address(4))
        .replace("{{case}}", "2025-0142")
        .replace("{{ics:uid}}", "gesprek-1@voorbeeldzorg.example")
        .replace("{{ics:start}}", "20250417T143000Z")
        .replace("{{ics:end}}", "20250417T153000Z")
        .replace("{{ics:sequence}}", "0")
        .replace("{{ics:organizer}}", &address(5));
    while let Some(start) = mail.find("{{daemon:") {
        let end = start + mail[start..].find("}}").unwrap() + 2;
        mail.replace_range(start..end, &format!("{}.{UUID}", token(6)));
    }
    assert!(!mail.contains("{{"), "a placeholder is left");
    mail
}

/// The facts as a reviewer reads them; tokens are named by their number.
fn readable(facts: &MailFacts) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &dyn std::fmt::Debug| writeln!(out, "{name}: {value:?}").unwrap();
    line("class", &(facts.class, &facts.class_reason));
    line("silence", &facts.silence);
    line("author", &facts.author.as_ref().map(|one| format!("{} <{}>", one.name.as_deref().unwrap_or("-"), one.address)));
    line("transmitter", &facts.from.as_ref().map(|one| one.address.as_str()));
    line("subject", &facts.subject);
    line("date", &facts.claimed_date.map(|date| date.to_rfc3339()));
    line("language", &facts.language);
    let clues: Vec<String> = facts
        .clues
        .iter()
        .map(|clue| match clue {
            Clue::Capability(found) => format!("address {}", number_of(*found)),
            Clue::InReplyTo(id) => format!("in-reply-to {}", id.token().map_or("foreign".to_owned(), number_of)),
            Clue::Reference(id) => format!("reference {}", id.token().map_or("foreign".to_owned(), number_of)),
            Clue::Quoted(found) => format!("quoted {}", number_of(*found)),
            Clue::Returned(letter) => format!("returned {letter}"),
            Clue::SubjectNumber(number) => format!("subject {number}"),
        })
        .collect();
    line("clues", &clues);
    if let Some(bounce) = &facts.bounce {
        let id = bounce.original_message_id.as_ref().and_then(wederhoor::model::MessageId::token).map(number_of);
        line("bounce", &(&bounce.recipient, &bounce.status, &bounce.action, id));
    }
    if let Some(answer) = &facts.calendar {
        line(
            "calendar",
            &(answer.method, &answer.uid, answer.sequence, &answer.attendee, answer.partstat, &answer.comment, &answer.problems),
        );
    }
    for one in &facts.attachments {
        line("attachment", &(&one.name, &one.media_type, one.bytes));
    }
    let triage = &facts.triage;
    line("intent", &triage.intent);
    line("kinds", &triage.kinds);
    line("respondent", &(triage.against_person, &triage.respondent));
    line("flags", &triage.flags);
    line("purposes", &triage.purposes);
    line("problems", &facts.problems);
    line("says something", &facts.says_something);
    writeln!(out, "---\n{}", facts.reply_text).unwrap();
    out
}

fn number_of(found: Token) -> String {
    (1..=9).find(|number| token(*number) == found).map_or("unknown".to_owned(), |number| number.to_string())
}

#[test]
fn every_conversation_mail_is_understood_the_same_with_either_line_end() {
    let root = folder("conversations");
    let files = files(&root);
    assert_eq!(files.len(), 57, "the ten conversations are complete");
    for file in files {
        let name = file.strip_prefix(&root).unwrap().with_extension("").to_string_lossy().replace('/', "--");
        let mail = filled(&std::fs::read_to_string(&file).unwrap());
        let facts = understand(mail.as_bytes(), &own(), &WORDS, now());
        let mut wired = understand(mail.replace('\n', "\r\n").as_bytes(), &own(), &WORDS, now());
        for (one, other) in wired.attachments.iter_mut().zip(&facts.attachments) {
            // Only a text attachment grows with its line ends.
            if one.media_type == "application/ics" || one.media_type.starts_with("text/") {
                one.bytes = other.bytes;
            }
        }
        wired.size = facts.size;
        assert_eq!(wired, facts, "{name} with CRLF");
        insta::with_settings!({ snapshot_path => "mail/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, readable(&facts));
        });
    }
}

#[test]
fn nothing_of_what_people_said_is_swallowed_and_nothing_is_made_of_nothing() {
    let read = |name: &str| {
        let mail = filled(&std::fs::read_to_string(folder("conversations").join(name)).unwrap());
        understand(mail.as_bytes(), &own(), &WORDS, now())
    };
    let nothing = read("08-handtekening-en-intrekken/02-complainant-signature-only.eml");
    assert!(!nothing.says_something);
    assert_eq!(nothing.reply_text, "");

    let inline = read("03-beklaagde-afwezig/05-complainant.eml");
    assert_eq!(
        inline.reply_text,
        "Excuses aanvaard, en ik hoop dat de boot er nog is.\n\nHalf. Mijn vraag over dat stroomapparaat heeft hij overgeslagen. Mag dat \
         ding\nalleen gelaten worden ja of nee? Als ik daar antwoord op heb is het klaar.\n\nJelle"
    );

    let bottom = read("08-handtekening-en-intrekken/05-complainant-withdraws.eml");
    assert_eq!(bottom.reply_text, "stoel is weg! geld is ook al binnen. ik trek de klacht in, bedankt Linda\n\nrob");
}

/// Reads one mail of the corpus.
fn bad(name: &str) -> MailFacts {
    let bytes = std::fs::read(folder("bad").join(name)).unwrap();
    understand(&bytes, &own(), &WORDS, now())
}

#[test]
fn every_broken_mail_says_what_is_wrong_with_it() {
    let mut expected: Vec<(&str, MailClass, &[Problem])> = vec![
        ("bare-cr.eml", MailClass::Human, &[]),
        ("boundary-never-used.eml", MailClass::Human, &[]),
        ("broken-base64.eml", MailClass::Human, &[Problem::BrokenEncoding]),
        ("broken-charset.eml", MailClass::Human, &[Problem::BrokenEncoding]),
        ("broken-encoded-words.eml", MailClass::Human, &[]),
        ("damaged-base64.eml", MailClass::Human, &[Problem::BrokenEncoding]),
        ("date-in-2099.eml", MailClass::Human, &[Problem::DateInFuture]),
        ("eight-bit-headers.eml", MailClass::Human, &[Problem::EightBitHeaders]),
        ("empty.eml", MailClass::Unreadable, &[Problem::Empty]),
        ("encrypted.eml", MailClass::Human, &[Problem::Encrypted]),
        ("false-utf8.eml", MailClass::Human, &[Problem::BrokenEncoding]),
        ("from-without-address.eml", MailClass::Human, &[Problem::NoAuthor]),
        ("mbox-from-line.eml", MailClass::Human, &[]),
        ("misleading-name.eml", MailClass::Human, &[Problem::MisleadingName]),
        ("missing-blank-line.eml", MailClass::Human, &[]),
        ("missing-last-boundary.eml", MailClass::Human, &[]),
        ("mixed-line-ends.eml", MailClass::Human, &[]),
        ("no-date.eml", MailClass::Human, &[Problem::NoDate]),
        ("no-from.eml", MailClass::Human, &[Problem::NoAuthor]),
        ("no-headers.eml", MailClass::Unreadable, &[Problem::NoHeaders]),
        ("no-message-id.eml", MailClass::Human, &[Problem::NoMessageId]),
        ("nul-bytes.eml", MailClass::Human, &[Problem::NulBytes]),
        ("nul-in-media-type.eml", MailClass::Human, &[]),
        ("only-blank-lines.eml", MailClass::Unreadable, &[Problem::NoHeaders]),
        ("reply-to-unknown-case.eml", MailClass::Human, &[]),
        ("same-message-id-a.eml", MailClass::Human, &[]),
        ("same-message-id-b.eml", MailClass::Human, &[]),
        ("two-authors.eml", MailClass::Human, &[Problem::SeveralAuthors]),
        ("unreadable-date.eml", MailClass::Human, &[Problem::NoDate]),
        ("utf8-headers.eml", MailClass::Human, &[Problem::EightBitHeaders]),
    ];
    let mut there: Vec<String> =
        files(&folder("bad")).iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect();
    for (name, class, problems) in expected.drain(..) {
        there.retain(|file| file != name);
        let facts = bad(name);
        assert_eq!((facts.class, facts.problems.as_slice()), (class, problems), "{name}");
        assert!(!facts.full_text.contains('\0') && !facts.subject.contains('\0'), "{name}");
        if class == MailClass::Human && name != "encrypted.eml" {
            assert!(facts.says_something, "{name} lost its words");
            assert!(facts.reply_text.contains("klacht") || facts.reply_text.contains("café"), "{name}: {}", facts.reply_text);
        }
    }
    assert_eq!(there, Vec::<String>::new(), "a mail that nothing is expected of");
}

#[test]
fn words_survive_every_damage() {
    assert_eq!(bad("false-utf8.eml").reply_text, "Eén café vóór de crèche.");
    assert_eq!(bad("broken-charset.eml").reply_text, "Eén café vóór de crèche.");
    for name in ["eight-bit-headers.eml", "utf8-headers.eml"] {
        let facts = bad(name);
        assert_eq!(facts.subject, "klacht over de crèche", "{name}");
        assert_eq!(facts.author.unwrap().name.as_deref(), Some("Hélène Crémer"), "{name}");
    }
    assert_eq!(bad("no-from.eml").silence, Some(Silence::NoAuthor));
    let listed = bad("nul-in-media-type.eml").attachments;
    assert_eq!((listed[0].name.as_str(), listed[0].media_type.as_str()), ("x", "text/pl..\\x"), "M96");
    assert_eq!(bad("no-headers.eml").reply_text, "Goedemiddag dit is geen mail\nmaar een stukje tekst.");
}

#[test]
fn a_mail_is_the_same_by_another_route_and_another_mail_with_the_same_id_is_not() {
    assert_ne!(bad("same-message-id-a.eml").key, bad("same-message-id-b.eml").key);
    let mail = std::fs::read_to_string(folder("bad/same-message-id-a.eml")).unwrap();
    let by_a_list = format!("Return-Path: <>\nReceived: by elsewhere\n{}", mail.replace("Jan Jansen\n", "Jan  Jansen \n\n"));
    let key = |mail: &str| understand(mail.as_bytes(), &own(), &WORDS, now()).key;
    assert_eq!(key(&mail), key(&by_a_list));
    assert_eq!(key(&mail), key(&mail.replace('\n', "\r\n")));

    // M69: without an id, every byte counts.
    let anonymous = std::fs::read_to_string(folder("bad/no-message-id.eml")).unwrap();
    assert_ne!(key(&anonymous), key(&anonymous.replace("gisteren", "vandaag")));
}

#[test]
fn an_answer_to_an_unknown_case_still_carries_its_clues() {
    let facts = bad("reply-to-unknown-case.eml");
    assert!(
        matches!(facts.clues.as_slice(), [Clue::Capability(_), Clue::InReplyTo(_), Clue::SubjectNumber(_)]),
        "{:?}",
        facts.clues
    );
}

/// A mail with this header and body.
fn mail(header: &str, body: &str) -> String {
    format!(
        "Return-Path: <jan@mail.example>\nFrom: Jan <jan@mail.example>\nTo: klachten@voorbeeldzorg.example\nDate: Tue, 4 Mar 2025 21:12:36 \
         +0100\nMessage-ID: <1@mail.example>\n{header}\n\n{body}"
    )
}

fn read(mail: &str) -> MailFacts {
    understand(mail.as_bytes(), &own(), &WORDS, now())
}

#[test]
fn monsters_are_read_in_part_and_kept_whole() {
    let facts = read(&mail(&format!("Subject: {}", "klacht ".repeat(1_500_000)), "Goedemiddag"));
    assert_eq!(facts.problems, [Problem::HeaderTooLong]);
    assert!(facts.subject.len() <= 500 && facts.subject.starts_with("klacht klacht"));
    assert_eq!(facts.reply_text, "Goedemiddag");

    let mut nested = String::new();
    for level in 0..200 {
        write!(nested, "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n").unwrap();
    }
    nested.push_str("Content-Type: text/plain\n\nhelemaal binnenin\n");
    let facts = read(&mail(nested.split_once("\n\n").unwrap().0, nested.split_once("\n\n").unwrap().1));
    assert!(facts.problems.contains(&Problem::TooManyParts));
    assert!(facts.full_text.contains("helemaal binnenin"));

    let attachment = "QUJD".repeat(19) + "\n";
    let large = mail(
        "Subject: foto\nContent-Type: multipart/mixed; boundary=b",
        &format!(
            "--b\n\nZie de foto.\n--b\nContent-Type: image/jpeg; name=foto.jpg\nContent-Transfer-Encoding: base64\n\n{}--b--\n",
            attachment.repeat(390_000)
        ),
    );
    assert!(large.len() > 30_000_000);
    let facts = read(&large);
    assert_eq!(facts.problems, []);
    assert_eq!(facts.reply_text, "Zie de foto.");
    assert_eq!(facts.attachments[0].bytes, 390_000 * 57);
    assert_eq!(facts.size, large.len());
}

/// M102: each of these took other readers minutes. Finishing is the test.
#[test]
fn hostile_megabytes_come_to_an_end() {
    let megabyte = |line: &str| line.repeat(1_000_000 / line.len());
    for body in [
        megabyte(">"),
        megabyte("> \n"),
        megabyte("\n"),
        megabyte("On Wed, Apr 23, 2025 at 09:30 somebody <a@b.example> wrote\n"),
        megabyte("Op 1 mei schreef\n"),
        megabyte("Van: x\n"),
        megabyte("-----Oorspronkelijk bericht-----\n"),
        megabyte("--\n"),
        megabyte("Verstuurd vanaf mijn iPhone\n"),
        megabyte("________________\n"),
        megabyte("ik wil niet "),
        megabyte("mevrouw Van "),
        "x".repeat(1_000_000),
    ] {
        let facts = read(&mail("Subject: x", &body));
        assert_eq!(facts.class, MailClass::Human);
    }
    for html in
        [megabyte("<"), megabyte("<div>"), megabyte("<!--"), megabyte("&"), megabyte("<blockquote>x"), megabyte("<a href=\"x")]
    {
        read(&mail("Subject: x\nContent-Type: text/html", &html));
    }
    for header in [megabyte("=?utf-8?q?"), megabyte("<a@b> "), megabyte("\"("), megabyte("a,")] {
        for field in ["Subject", "From", "To", "References", "Content-Type", "Date"] {
            read(&format!("{field}: {header}\n\nx"));
        }
    }
    let parts = mail("Content-Type: multipart/mixed; boundary=b", &megabyte("--b\n\n"));
    assert!(read(&parts).problems.contains(&Problem::TooManyParts));
    let messages = mail("Content-Type: message/rfc822", &megabyte("Content-Type: message/rfc822\n\n"));
    read(&messages);
}

#[test]
fn the_inspect_contract_always_has_all_its_keys() {
    let keys = [
        "file",
        "class",
        "reason",
        "language",
        "from",
        "subject",
        "reply_text",
        "intent",
        "categories",
        "against_person",
        "respondent",
        "flags",
        "purpose",
        "evidence",
        "bounce",
        "calendar",
        "attachments",
        "problems",
    ];
    for name in ["empty.eml", "same-message-id-a.eml"] {
        let json = inspect_json(name, &bad(name));
        let mut found: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
        let mut wanted = keys.to_vec();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{name}");
    }
    let json = inspect_json("x", &bad("same-message-id-a.eml"));
    assert_eq!(json["from"], "Jan Jansen <jan@mail.example>");
    assert_eq!(json["class"], "human");
    assert_eq!(json["purpose"], serde_json::json!(["none_stated"]));
    assert_eq!(json["bounce"], serde_json::Value::Null);
}

proptest! {
    /// M93: whatever comes, facts come out, with a key.
    #[test]
    fn any_bytes_give_facts(bytes in proptest::collection::vec(any::<u8>(), 0..2_000)) {
            let facts = understand(&bytes, &own(), &WORDS, now());
        prop_assert_eq!(facts.size, bytes.len());
        prop_assert!(!facts.problems.contains(&Problem::ReaderFailed));
        prop_assert_eq!(facts.key, understand(&bytes, &own(), &WORDS, now()).key);
    }

    /// Damage that looks like mail goes deeper than noise does.
    #[test]
    fn damaged_mails_give_facts(
        which in 0usize..57,
        damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..40),
        cut in any::<proptest::sample::Index>(),
    ) {
            let file = files(&folder("conversations"))[which].clone();
        let mut bytes = std::fs::read(file).unwrap();
        for (index, byte) in damage {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        let facts = understand(&bytes, &own(), &WORDS, now());
        prop_assert!(!facts.problems.contains(&Problem::ReaderFailed));
    }
}
