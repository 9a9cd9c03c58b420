//! `cases --json` and `case NUMBER --json`: a contract (design.md section 6). Keys may be added, not changed.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use crate::config::Validated;
use crate::mediation::{Case, Entry, FollowUp, JournalEntry, TimerKind};
use crate::model::{DeskKey, Instant};
use crate::store::{Attempt, StoredLetter, StoredMail};

/// RFC 3339, UTC, to the second.
fn instant(at: Instant) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// The zones of the desks: a day binds until its last moment there (domain.md section 2.3).
pub(super) struct Zones(HashMap<DeskKey, Tz>);

impl Zones {
    /// Of all desks of a configuration.
    pub(super) fn of(configuration: &Validated) -> Self {
        Self(configuration.desks.iter().map(|desk| (desk.policy.desk.clone(), desk.policy.zone)).collect())
    }

    /// The last second of a day for a desk; for a desk that is no longer there, in UTC.
    fn end_of(&self, desk: &DeskKey, day: NaiveDate) -> Instant {
        let zone = self.0.get(desk).copied().unwrap_or(Tz::UTC);
        let next = (day + TimeDelta::days(1)).and_time(NaiveTime::MIN);
        let begins = (0..4).find_map(|later| zone.from_local_datetime(&(next + TimeDelta::hours(later))).earliest());
        begins.map_or_else(|| next.and_utc(), |local| local.to_utc()) - TimeDelta::seconds(1)
    }

    /// What runs on a case, and until when: the day that binds, not the days on which the officer hears of it. What
    /// has no such day is due at its own moment.
    pub(super) fn due<'c>(&'c self, case: &'c Case) -> impl Iterator<Item = (TimerKind, Instant)> + 'c {
        case.timers.iter().map(|(clock, at)| (*clock, case.end_of(*clock).map_or(*at, |day| self.end_of(&case.desk, day))))
    }
}

/// One case as one object.
pub(super) fn case(case: &Case, zones: &Zones) -> Map<String, Value> {
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
        "due": zones.due(case).map(|(clock, at)| (clock.code().to_owned(), json!(instant(at)))).collect::<Map<_, _>>(),
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
    zones: &Zones,
    journal: &[JournalEntry],
    letters: &[StoredLetter],
    mails: &[StoredMail],
) -> Map<String, Value> {
    let mut object = case(state, zones);
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
