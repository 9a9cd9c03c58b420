//! `cases --json` and `case NUMBER --json`: a contract (design.md section 6). Keys may be added, not changed.

use serde_json::{Map, Value, json};

use crate::mediation::{Case, Entry, FollowUp, JournalEntry};
use crate::model::Instant;
use crate::store::{Attempt, StoredLetter, StoredMail};

/// RFC 3339, UTC, to the second.
fn instant(at: Instant) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// One case as one object.
pub(super) fn case(case: &Case) -> Map<String, Value> {
    let closed_at = case.phase.ended_at().map(instant);
    let outcome = case.phase.outcome().map(crate::model::Outcome::code);
    let object = json!({
        "number": case.number,
        "desk": case.desk.as_str(),
        "state": case.phase.code(),
        "opened_at": instant(case.opened_at),
        "received_at": instant(case.received_at),
        "closed_at": closed_at,
        "outcome": outcome,
        "language": case.written_in,
        "subject": case.subject,
        "complainant": case.complainant,
        "respondents": case.respondents.values().collect::<Vec<_>>(),
        "officer": case.officer,
        "categories": case.kinds,
        "purpose": case.purposes,
        "flags": case.flags.iter().map(|(flag, standing)| (flag.code().to_owned(), json!(standing))).collect::<Map<_, _>>(),
        "due": case.timers.iter().map(|(timer, at)| (timer.code().to_owned(), json!(instant(*at)))).collect::<Map<_, _>>(),
        "first_contact": case.first_contact,
        "deadlines": case.deadlines,
        "follow_up": follow_up(&case.follow_up),
    });
    match object {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

fn follow_up(record: &FollowUp) -> Value {
    let (due_at, sent_at, grade) = match record {
        FollowUp::None | FollowUp::Suppressed => (None, None, None),
        FollowUp::Planned { due_at } => (Some(*due_at), None, None),
        FollowUp::Sent { at, .. } => (None, Some(*at), None),
        FollowUp::Answered { sent_at, grade, .. } => (None, Some(*sent_at), *grade),
        FollowUp::Undelivered { sent_at } => (None, Some(*sent_at), None),
        FollowUp::Expired { sent_at } => (None, *sent_at, None),
    };
    json!({
        "state": record.code(),
        "due_at": due_at.map(instant),
        "sent_at": sent_at.map(instant),
        "grade": grade,
    })
}

/// One case with its journal, its letters with their attempts, and its mails.
pub(super) fn whole_case(
    state: &Case,
    journal: &[JournalEntry],
    letters: &[StoredLetter],
    mails: &[StoredMail],
) -> Map<String, Value> {
    let mut object = case(state);
    object.insert("journal".to_owned(), journal.iter().map(journal_line).collect());
    object.insert("letters".to_owned(), letters.iter().map(letter).collect());
    object.insert("mails".to_owned(), mails.iter().map(mail).collect());
    object
}

fn journal_line(line: &JournalEntry) -> Value {
    let (kind, data) = kind_and_data(&line.entry);
    json!({ "at": instant(line.at), "actor": line.actor.code(), "kind": kind, "reason": line.reason.code(), "data": data })
}

/// An entry is stored with its kind as tag; here the tag stands beside the rest.
fn kind_and_data(entry: &Entry) -> (Value, Value) {
    let mut data = serde_json::to_value(entry).unwrap_or(Value::Null);
    let kind = data.as_object_mut().and_then(|map| map.remove("kind")).unwrap_or(Value::Null);
    (kind, data)
}

fn letter(stored: &StoredLetter) -> Value {
    json!({
        "letter": stored.letter.kind.template(),
        "recipient": stored.letter.to,
        "message_id": stored.letter.message_id,
        "state": stored.state,
        "committed_at": instant(stored.committed_at),
        "attempts": stored.attempts.iter().map(attempt).collect::<Vec<_>>(),
    })
}

fn attempt(attempt: &Attempt) -> Value {
    json!({
        "started_at": instant(attempt.started_at),
        "duration_ms": (attempt.ended_at - attempt.started_at).num_milliseconds(),
        "outcome": attempt.outcome.code(),
        "next_at": attempt.outcome.next_at().map(instant),
        "code": attempt.code,
        "enhanced": attempt.enhanced,
        "text": attempt.text,
    })
}

fn mail(stored: &StoredMail) -> Value {
    let record = &stored.record;
    json!({
        "id": record.id.to_string(),
        "message_id": record.message_id,
        "received_at": instant(record.received_at),
        "class": record.class.code(),
        "reason": record.class_reason,
        "sender": record.sender,
        "evidence": record.evidence,
        "bytes": record.size,
    })
}
