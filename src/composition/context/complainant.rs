//! Facts of the letters to the complainant (domain.md section 4: T01, T02, T25, T28, T29).

use chrono::{Months, Timelike};
use serde::Serialize;

use super::{Occasion, Surroundings, reopening_until};
use crate::composition::CompositionError;
use crate::mediation::{FollowUp, Passage};
use crate::model::{Language, Outcome};

/// Months after closing until a case is made anonymous (domain.md section 8, retention).
const RETENTION_MONTHS: u32 = 24;

/// The hour, in the desk's zone, after which nobody is promised to read a mail today.
const READ_TODAY_BEFORE: u32 = 12;

/// T01.
#[derive(Debug, Serialize)]
pub struct Acknowledgement {
    #[serde(flatten)]
    surroundings: Surroundings,
    offer_english: bool,
    /// The reader seems to be complained about: not a word about any complaint (I6).
    other_side: bool,
}

/// T02.
#[derive(Debug, Serialize)]
pub struct CarefulAcknowledgement {
    #[serde(flatten)]
    surroundings: Surroundings,
    offer_english: bool,
    read_today: bool,
    read_by: String,
}

/// T25.
#[derive(Debug, Serialize)]
pub struct Closing {
    #[serde(flatten)]
    surroundings: Surroundings,
    closed_on: String,
    outcome: Ending,
    way: Way,
    reopen_until: String,
    keep_until: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_up_on: Option<String>,
}

/// What was done with the complaint, as conditions of a template: that it was, never what came of it (R20).
#[derive(Debug, Serialize)]
struct Way {
    talk: bool,
    agreements: bool,
    reaction: bool,
}

/// How it ended, as conditions of a template.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks one yes-or-no question per outcome")]
struct Ending {
    handled: bool,
    satisfied: bool,
    partly: bool,
    not_satisfied: bool,
    question: bool,
    misdirected: bool,
    referred: bool,
}

/// T28.
#[derive(Debug, Serialize)]
pub struct Reopened {
    #[serde(flatten)]
    surroundings: Surroundings,
    reopened_on: String,
}

/// T29.
#[derive(Debug, Serialize)]
pub struct FollowUpFacts {
    #[serde(flatten)]
    surroundings: Surroundings,
    closed_on: String,
}

/// Somebody who wrote in a language without letters gets Dutch and one line that offers English
/// (domain.md section 4).
fn offer_english(occasion: &Occasion<'_>) -> bool {
    occasion.order.language == Language::Nl && Language::from_tag(&occasion.case.written_in).is_none()
}

/// Facts of T01.
pub fn acknowledgement(occasion: &Occasion<'_>) -> Result<Acknowledgement, CompositionError> {
    Ok(Acknowledgement {
        surroundings: Surroundings::of(occasion)?,
        offer_english: offer_english(occasion),
        other_side: occasion.order.passage == Passage::OtherSide,
    })
}

/// Facts of T02: read today, or on the next working day. The word "today" stands there only on the morning
/// of a working day, because a promise to somebody in need has to hold.
pub fn careful_acknowledgement(occasion: &Occasion<'_>) -> Result<CarefulAcknowledgement, CompositionError> {
    let (view, today) = (occasion.desk, occasion.today());
    let hour = occasion.now.with_timezone(&view.facts.zone).hour();
    Ok(CarefulAcknowledgement {
        surroundings: Surroundings::of(occasion)?,
        offer_english: offer_english(occasion),
        read_today: view.calendar.is_working_day(today) && hour < READ_TODAY_BEFORE,
        read_by: occasion.wording.date(view.calendar.add_working_days(today, 1), today),
    })
}

/// Facts of T25.
pub fn closing(occasion: &Occasion<'_>) -> Result<Closing, CompositionError> {
    let (case, wording, today) = (occasion.case, occasion.wording, occasion.today());
    let day = |at: crate::model::Instant| at.with_timezone(&occasion.desk.facts.zone).date_naive();
    let closed = case.phase.ended_at().map_or(today, day);
    let outcome = case.phase.outcome().unwrap_or(Outcome::Unknown);
    let follow_up = match &case.follow_up {
        FollowUp::Planned { due_at } => Some(wording.date(day(*due_at), today)),
        FollowUp::None
        | FollowUp::Sent { .. }
        | FollowUp::Answered { .. }
        | FollowUp::Undelivered { .. }
        | FollowUp::Expired { .. }
        | FollowUp::Suppressed => None,
    };
    Ok(Closing {
        surroundings: Surroundings::of(occasion)?,
        closed_on: wording.date(closed, today),
        outcome: Ending::of(outcome),
        way: Way { talk: case.talked, agreements: case.talked && case.agreement_versions > 0, reaction: case.reaction_passed },
        reopen_until: wording.date(reopening_until(occasion).unwrap_or(closed), today),
        keep_until: wording.date(closed.checked_add_months(Months::new(RETENTION_MONTHS)).unwrap_or(closed), today),
        follow_up_on: follow_up,
    })
}

impl Ending {
    fn of(outcome: Outcome) -> Self {
        Self {
            handled: outcome.is_followed_up(),
            satisfied: outcome == Outcome::Satisfied,
            partly: outcome == Outcome::Partly,
            not_satisfied: outcome == Outcome::NotSatisfied,
            question: outcome == Outcome::Question,
            misdirected: outcome == Outcome::Misdirected,
            referred: outcome == Outcome::Referred,
        }
    }
}

/// Facts of T28.
pub fn reopened(occasion: &Occasion<'_>) -> Result<Reopened, CompositionError> {
    let today = occasion.today();
    Ok(Reopened { surroundings: Surroundings::of(occasion)?, reopened_on: occasion.wording.date(today, today) })
}

/// Facts of T29.
pub fn follow_up(occasion: &Occasion<'_>) -> Result<FollowUpFacts, CompositionError> {
    let today = occasion.today();
    // Without a closing there is nothing to ask about: R21 forbids this letter.
    let Some(at) = occasion.case.phase.ended_at() else { return Err(occasion.wrong_passage()) };
    let closed = at.with_timezone(&occasion.desk.facts.zone).date_naive();
    Ok(FollowUpFacts { surroundings: Surroundings::of(occasion)?, closed_on: occasion.wording.date(closed, today) })
}
