//! Days and times in the sentences of a note.

use chrono::{NaiveDate, NaiveTime};

use super::CaseFacts;
use super::compose::Hit;
use super::cues::Offers;
use super::reading::{Note, Sentence};
use crate::mediation::written_time::{Found, Lean, What, find};

/// What an appointment says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Moment {
    pub date: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    pub minutes: Option<u32>,
}

impl Moment {
    /// As it would be typed: ISO date, 24-hour time, minutes.
    pub fn words(&self) -> Vec<String> {
        let date = self.date.map(|date| date.to_string());
        let time = self.time.map(|time| time.format("%H:%M").to_string());
        let minutes = self.minutes.map(|minutes| format!("{minutes}m"));
        [date, time, minutes].into_iter().flatten().collect()
    }
}

/// The day on which something in a sentence happened: the one nearest before the cue, or behind it.
pub(super) fn past_day(note: &Note<'_>, hit: &Hit, facts: &CaseFacts, offers: &Offers) -> Option<NaiveDate> {
    let sentence = note.sentences.get(hit.sentence)?;
    let found = in_sentence(note, sentence, facts, Lean::Back);
    let clause = sentence.around(&hit.at);
    let offset = clause.as_ptr() as usize - sentence.marked.as_ptr() as usize;
    let bounds = offset..offset + clause.len();
    let place = |found: &Found| {
        sentence.pieces.iter().find(|piece| piece.tokens.end > found.pieces.start).map_or(0, |piece| piece.at.start)
    };
    let days = found.iter().filter_map(|found| match found.what {
        What::Day(day) | What::TwoDays(day, _) if day <= facts.today => Some((place(found), day)),
        What::Day(_) | What::TwoDays(..) | What::Clock(_) | What::Length(_) => None,
    });
    let days: Vec<(usize, NaiveDate)> = days.collect();
    let near = |at: usize| at.abs_diff(hit.at.start).min(at.abs_diff(hit.at.end));
    let inside = days.iter().filter(|(at, _)| bounds.contains(at)).min_by_key(|(at, _)| near(*at));
    let any = inside.or_else(|| days.iter().min_by_key(|(at, _)| near(*at)));
    if let Some((_, day)) = any {
        return Some(*day);
    }
    let says_now = sentence.pieces.iter().any(|piece| {
        let word = sentence.marked.get(piece.at.clone()).unwrap_or_default();
        offers.in_list("now_words", word)
    });
    says_now.then_some(facts.today)
}

/// Everything that one sentence says of time, with the pieces as tokens of the note.
pub(super) fn in_sentence(note: &Note<'_>, sentence: &Sentence, facts: &CaseFacts, lean: Lean) -> Vec<Found> {
    let tokens = note.tokens.get(sentence.tokens.clone()).unwrap_or_default();
    let start = sentence.tokens.start;
    let found = find(tokens, facts.today, lean).into_iter();
    found.map(|found| Found { pieces: found.pieces.start + start..found.pieces.end + start, ..found }).collect()
}

/// What sentences say of a moment to come. Of two days or times the old one is passed over: "15.30 ipv 15.00",
/// "van maandag naar dinsdag", "13u wordt 13.45u".
pub(super) fn moment(note: &Note<'_>, sentences: &[usize], facts: &CaseFacts, offers: &Offers) -> (Moment, Vec<Found>) {
    let mut moment = Moment::default();
    let mut used = Vec::new();
    for sentence in sentences.iter().filter_map(|at| note.sentences.get(*at)) {
        // What stands before the sign of change, up to the last time of the stretch, is what it was.
        let changed = offers.found("moment.changed", &sentence.marked).map_or(0, |change| {
            sentence.pieces.iter().rfind(|piece| piece.at.end < change.end).map_or(0, |piece| piece.tokens.start)
        });
        for found in in_sentence(note, sentence, facts, Lean::Ahead) {
            if is_old(note, sentence, &found, offers) || found.pieces.start < changed {
                continue;
            }
            let joined = used.last().is_some_and(|last: &Found| {
                let between = note.tokens.get(last.pieces.end..found.pieces.start).unwrap_or_default();
                matches!(last.what, What::Clock(_)) && matches!(between, [only] if offers.in_list("joins_times", &only.plain))
            });
            let takes = match found.what {
                // "10.00-11.00": the second time says how long.
                What::Clock(end) if joined && moment.minutes.is_none() => {
                    let length =
                        moment.time.map(|start| (end - start).num_minutes()).and_then(|minutes| u32::try_from(minutes).ok());
                    moment.minutes = length;
                    length.map(|_| ())
                }
                What::Day(day) | What::TwoDays(day, _) if day >= facts.today => {
                    moment.date.is_none().then(|| moment.date = Some(day))
                }
                What::Clock(time) => moment.time.is_none().then(|| moment.time = Some(time)),
                What::Length(minutes) => moment.minutes.is_none().then(|| moment.minutes = Some(minutes)),
                What::Day(_) | What::TwoDays(..) => None,
            };
            if takes.is_some() {
                used.push(found);
            }
        }
    }
    (moment, used)
}

/// Whether the words before a statement say that it is the old one, or that it is somebody else's.
fn is_old(note: &Note<'_>, sentence: &Sentence, found: &Found, offers: &Offers) -> bool {
    let before = note.tokens.get(sentence.tokens.start..found.pieces.start).unwrap_or_default();
    let mut words = before.iter().rev().take(3).map(|token| token.plain.as_str());
    let last = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let third = words.next().unwrap_or_default();
    let listed = |word: &str| offers.in_list("instead_of", word);
    // "in plaats van", "instead of", "ipv", "niet om".
    listed(last) && !matches!(last, "van" | "from" | "was" | "eerst")
        || matches!((second, last), ("plaats", "van") | ("instead", "of") | ("p", "v") | ("niet", "om" | "op") | ("not", "at"))
        || matches!(last, "niet" | "not" | "i.p.v")
        || matches!((third, second), ("plaats", "van") | ("instead", "of"))
        || (matches!(last, "van" | "from") && sentence.marked.contains(" naar ") | sentence.marked.contains(" to "))
        || (last == "van" && matches!(second, "gesprek" | "afspraak" | "uitnodiging" | "bijeenkomst"))
}
