//! Which units of a window may be written, decided before anything is.
//!
//! Pure: what the database knows comes in, a verdict per unit comes out. Each unit is judged as if those
//! before it that may be written already were, so that two changes of one case can stand in one window.

use std::collections::{HashMap, HashSet};

use super::error::StoreError;
use super::{Committed, UnitOfWork};
use crate::model::{CaseNumber, ContentKey, Guarantee, LetterId};

/// How far a case has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Units committed on it; 0 for a case that does not exist.
    pub(super) version: u64,
    /// Entries in its journal.
    pub(super) journal_length: usize,
}

/// What the database knows of a window.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Content keys that are stored.
    pub(super) content: HashSet<ContentKey>,
    /// Cases that exist.
    pub(super) cases: HashMap<CaseNumber, Standing>,
    /// Cases that had their follow-up.
    pub(super) followed_up: HashSet<CaseNumber>,
    /// Mornings that were looked at.
    pub(super) mornings: HashSet<[String; 3]>,
}

/// What to do with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Written, or why not.
    pub(super) committed: Committed,
    /// How far its case had come before it.
    pub(super) before: Standing,
}

impl Known {
    /// Judges the next unit, and remembers it when it may be written.
    pub(super) fn judge(&mut self, unit: &UnitOfWork) -> Result<Verdict, StoreError> {
        let follow_up = follow_up_of(unit)?;
        let case = unit.case.as_ref().map(|change| change.after.number);
        let before = case.and_then(|number| self.cases.get(&number)).copied().unwrap_or_default();
        let morning = unit.digest.as_ref().map(super::digests::key);
        let known_morning = morning.as_ref().is_some_and(|morning| self.mornings.contains(morning));
        let committed = if known_morning || unit.mail.as_ref().is_some_and(|mail| self.content.contains(&mail.key)) {
            Committed::AlreadyRecorded // I2
        } else if unit.case.as_ref().is_some_and(|change| change.decided_on != before.version)
            || follow_up.is_some_and(|(case, _)| self.followed_up.contains(&case))
        {
            Committed::Conflict // I4, and no decision on a state that has passed
        } else {
            Committed::Recorded
        };
        if committed == Committed::Recorded {
            self.content.extend(unit.mail.as_ref().map(|mail| mail.key));
            self.followed_up.extend(follow_up.map(|(case, _)| case));
            self.mornings.extend(morning);
            if let Some(change) = &unit.case {
                let after =
                    Standing { version: before.version + 1, journal_length: before.journal_length + change.entries.len() };
                self.cases.insert(change.after.number, after);
            }
        }
        Ok(Verdict { committed, before })
    }
}

/// The case and the letter of the one follow-up, where a unit sends it. A letter that may reach the wire
/// once is a follow-up, whether the unit says so or not (I4).
pub(super) fn follow_up_of(unit: &UnitOfWork) -> Result<Option<(CaseNumber, LetterId)>, StoreError> {
    let once = unit.letters.iter().map(|queued| &queued.letter).find(|letter| letter.guarantee == Guarantee::AtMostOnce);
    let Some(letter) = unit.follow_up.or_else(|| once.map(|letter| letter.letter)) else { return Ok(None) };
    unit.case
        .as_ref()
        .map(|change| change.after.number)
        .or_else(|| once.and_then(|letter| letter.case))
        .map(|case| Some((case, letter)))
        .ok_or_else(|| StoreError::Statement("a follow-up must belong to a case".to_owned()))
}
