//! Units of work as the daemon makes them, with made-up people.

use chrono::{DateTime, TimeDelta};
use wederhoor::composition::OutgoingLetter;
use wederhoor::mediation::{Actor, Case, Deadlines, Entry, JournalEntry, Party, Phase, Reason, Sender, TimerKind};
use wederhoor::message::MailClass;
use wederhoor::model::{
    Audience, Capability, CaseNumber, ContentKey, DeskKey, Holder, Instant, Language, LetterId, LetterKind, MailAddress, MailId,
    MessageId, Token,
};
use wederhoor::store::{CaseChange, MailRecord, QueuedLetter, UnitOfWork, compress};

/// The moment at which these tests begin.
pub fn noon() -> Instant {
    DateTime::from_timestamp_micros(1_772_452_800_123_456).expect("a moment in March 2026")
}

/// That moment and so many seconds.
pub fn at(seconds: i64) -> Instant {
    noon() + TimeDelta::seconds(seconds)
}

/// The desk.
pub fn desk() -> DeskKey {
    DeskKey::of(&address("klachten@voorbeeldzorg.example"))
}

/// An address.
pub fn address(text: &str) -> MailAddress {
    text.parse().expect("an address")
}

/// A case number of 2026.
pub fn number(serial: u32) -> CaseNumber {
    CaseNumber::new(2026, serial).expect("a case number")
}

fn spread<const N: usize>(seed: u64, salt: u64) -> [u8; N] {
    // SplitMix64: enough to look random to an index.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xbf58_476d_1ce4_e5b9);
    std::array::from_fn(|_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)).to_le_bytes()[0]
    })
}

/// The `which`-th token of a case.
pub fn token(serial: u32, which: u64) -> Token {
    Token::from_random(spread(u64::from(serial), 100 + which))
}

/// The `which`-th letter of a case.
pub fn letter_id(serial: u32, which: u64) -> LetterId {
    LetterId::new(noon() + TimeDelta::milliseconds(i64::from(serial)), spread(u64::from(serial), 200 + which))
}

/// The key of the `which`-th mail of a case.
pub fn key(serial: u32, which: u64) -> ContentKey {
    ContentKey(spread(u64::from(serial), 300 + which))
}

/// Bytes that compress about as well as mail does: words, in an order that does not repeat.
pub fn text(seed: u64, bytes: usize) -> Vec<u8> {
    const WORDS: [&str; 16] = [
        "klacht ",
        "wachten ",
        "afspraak ",
        "de ",
        "het ",
        "mijn ",
        "moeder ",
        "niet ",
        "gebeld ",
        "vandaag ",
        "en ",
        "maar ",
        "begeleider ",
        "gesprek ",
        "graag ",
        "\r\n",
    ];
    let mut out = Vec::with_capacity(bytes + 16);
    let mut block = 0;
    while out.len() < bytes {
        for byte in spread::<16>(seed, 1000 + block) {
            out.extend_from_slice(WORDS[usize::from(byte & 15)].as_bytes());
            out.push(b'a' + (byte >> 4));
        }
        block += 1;
    }
    out.truncate(bytes);
    out
}

/// A letter of a case.
pub fn letter(serial: u32, which: u64, kind: LetterKind, to: &str, bytes: usize) -> OutgoingLetter {
    let letter = letter_id(serial, which);
    OutgoingLetter {
        letter,
        kind,
        case: Some(number(serial)),
        desk: desk(),
        envelope_from: None,
        to: address(to),
        message_id: MessageId::of_letter(token(serial, 0), letter, "voorbeeldzorg.example"),
        guarantee: kind.guarantee(),
        expires_at: at(5 * 86_400),
        bytes: text(u64::from(serial) + which, bytes),
    }
}

/// A mail, on a case or on none.
pub fn mail(serial: u32, which: u64, case: Option<CaseNumber>) -> MailRecord {
    let raw = text(u64::from(serial) * 31 + which, 14_000);
    MailRecord {
        id: MailId::new(at(0) + TimeDelta::milliseconds(i64::from(serial)), spread(u64::from(serial), 400 + which)),
        desk: desk(),
        key: key(serial, which),
        message_id: format!("{serial}.{which}@post.example").parse().ok(),
        received_at: at(-60),
        stored_at: at(0),
        class: MailClass::Human,
        class_reason: "no sign of a machine".to_owned(),
        sender: case.map(|_| Sender::Complainant),
        case,
        evidence: "new".to_owned(),
        size: raw.len(),
        raw: compress(&raw).expect("a compressed mail"),
    }
}

fn entry(actor: Actor, reason: Reason, entry: Entry) -> JournalEntry {
    JournalEntry { at: at(0), actor, reason, entry }
}

/// The address of the complainant of a case.
pub fn complainant(serial: u32) -> String {
    format!("Klager.{serial}@post.example")
}

/// The state after a first complaint.
pub fn opened(serial: u32) -> Case {
    let number = number(serial);
    let mut case = Case::unopened(number, desk());
    case.phase = Phase::Intake;
    case.received_at = at(-60);
    case.opened_at = at(0);
    "nl".clone_into(&mut case.written_in);
    "Over het wachten op de huisarts".clone_into(&mut case.subject);
    case.complainant =
        Party { name: Some("Jeroen de Boer".to_owned()), address: Some(address(&complainant(serial))), phone: None };
    case.officer = Some(address("a.visser@voorbeeldzorg.example"));
    case.timers = [(TimerKind::FirstContact, at(86_400)), (TimerKind::Decision, at(6 * 7 * 86_400))].into();
    let ways = [
        (Holder::Complainant, Audience::File),
        (Holder::Officer, Audience::File),
        (Holder::Officer, Audience::Complainant),
        (Holder::Complainant, Audience::FollowUp),
    ];
    case.capabilities = ways
        .into_iter()
        .enumerate()
        .map(|(which, (holder, audience))| Capability { token: token(serial, which as u64), case: number, holder, audience })
        .collect();
    case.thread = vec![format!("{serial}.0@post.example").parse().expect("a Message-ID")];
    case
}

/// A first complaint: a mail, a new case, an acknowledgement and a notice to the officer.
pub fn first_complaint(serial: u32) -> UnitOfWork {
    let case = opened(serial);
    let mail = mail(serial, 0, Some(case.number));
    let mut entries = vec![entry(
        Actor::Complainant,
        Reason::NewComplaint,
        Entry::Opened {
            received_at: case.received_at,
            language: Language::Nl,
            written_in: case.written_in.clone(),
            subject: case.subject.clone(),
            complainant: case.complainant.clone(),
            officer: case.officer.clone(),
            deadlines: Deadlines::default(),
            kinds: Vec::new(),
            purposes: Vec::new(),
        },
    )];
    let desk_did = |what| entry(Actor::Desk, Reason::NewComplaint, what);
    entries.extend(case.capabilities.iter().map(|capability| desk_did(Entry::CapabilityIssued { capability: *capability })));
    entries.push(entry(
        Actor::Complainant,
        Reason::NewComplaint,
        Entry::MailFiled { mail: mail.id, sender: Sender::Complainant, class: MailClass::Human, thread: case.thread.clone() },
    ));
    entries.extend(
        case.timers.iter().map(|(timer, due_at)| desk_did(Entry::TimerSet { timer: *timer, due_at: *due_at, ends_on: None })),
    );
    entries.push(desk_did(Entry::LetterOrdered { letter: letter_id(serial, 0), letter_kind: LetterKind::Acknowledgement }));
    entries.push(desk_did(Entry::LetterOrdered { letter: letter_id(serial, 1), letter_kind: LetterKind::OfficerNewCase }));
    let to = complainant(serial);
    UnitOfWork {
        letters: vec![
            QueuedLetter {
                counts: vec![address(&to).comparable()],
                ..queued(letter(serial, 0, LetterKind::Acknowledgement, &to, 3_000))
            },
            queued(letter(serial, 1, LetterKind::OfficerNewCase, "a.visser@voorbeeldzorg.example", 8_000)),
        ],
        mail: Some(mail),
        case: Some(CaseChange { decided_on: 0, entries, after: case }),
        ..UnitOfWork::default()
    }
}

/// A letter that may leave at once and is no automatic answer.
pub fn queued(letter: OutgoingLetter) -> QueuedLetter {
    QueuedLetter { letter, not_before: None, counts: Vec::new() }
}

/// A further change of a case that stands as given: one entry, no mail, no letters.
pub fn further(decided_on: u64, after: Case, what: Entry) -> UnitOfWork {
    let entries = vec![entry(Actor::Desk, Reason::ComplainantWrote, what)];
    UnitOfWork { case: Some(CaseChange { decided_on, entries, after }), ..UnitOfWork::default() }
}

/// The unit that sends the one follow-up of a case.
pub fn follow_up(serial: u32, decided_on: u64, mut after: Case, which: u64) -> UnitOfWork {
    let letter = letter(serial, which, LetterKind::FollowUp, &complainant(serial), 3_000);
    after.follow_up = wederhoor::mediation::FollowUp::Sent { at: at(0), letter: letter.letter };
    after.timers.remove(&TimerKind::FollowUp);
    UnitOfWork {
        follow_up: Some(letter.letter),
        letters: vec![queued(letter.clone())],
        ..further(decided_on, after, Entry::FollowUpSent { letter: letter.letter })
    }
}
