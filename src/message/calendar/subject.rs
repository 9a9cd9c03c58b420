//! Answers of which nothing but the subject is left (M126): some servers and phones strip the calendar part.

use super::answer::{CalendarAnswer, CalendarMethod, CalendarProblem, Participation};
use crate::message::words::{CalendarSigns, starts_with_any};

/// What a subject such as `Geaccepteerd: Gesprek` says. Only for a mail that answers a letter of ours: elsewhere
/// people begin a subject with "Geweigerd:" in their own words.
pub(in crate::message) fn of_subject(subject: &str, signs: &CalendarSigns) -> Option<CalendarAnswer> {
    let subject = subject.trim().to_lowercase();
    let says = |starts: &[String]| starts_with_any(&subject, starts);
    let (method, partstat) = if says(&signs.proposed) {
        (CalendarMethod::Counter, None)
    } else if says(&signs.tentative) {
        (CalendarMethod::Reply, Some(Participation::Tentative))
    } else if says(&signs.accepted) {
        (CalendarMethod::Reply, Some(Participation::Accepted))
    } else if says(&signs.declined) {
        (CalendarMethod::Reply, Some(Participation::Declined))
    } else {
        return None;
    };
    Some(CalendarAnswer { method, partstat, problems: vec![CalendarProblem::SubjectOnly], ..CalendarAnswer::default() })
}

/// What a person typed into the answer box, where the calendar program writes it into its own sentence.
pub(in crate::message) fn note_within(text: &str, signs: &CalendarSigns) -> Option<String> {
    let lower = text.to_lowercase();
    // Lower-casing may change lengths; a note is only cut out where it did not.
    let same = lower.len() == text.len();
    let (at, marker) = signs.notes.iter().filter_map(|marker| lower.find(marker.as_str()).map(|at| (at, marker))).min()?;
    let behind = text.get(at + marker.len()..).filter(|_| same)?.trim_start();
    let note = match behind.strip_prefix(['"', '“', '„']) {
        Some(quoted) => quoted.split(['"', '”']).next().unwrap_or_default(),
        None => behind.split("\n\n").next().unwrap_or_default(),
    };
    let note = note.trim();
    (!note.is_empty()).then(|| note.to_owned())
}
