//! The facts of each letter: one struct a letter, one registry that lists them ([`facts_of`]).
//!
//! Fields of people hold [`Line`] or [`Words`], so that nothing uncleaned can reach a template. A field
//! that may be absent is left out rather than empty: strict rendering then refuses a letter that uses it
//! without asking first.

mod complainant;
mod digest;
mod officer;
mod operator;
mod surroundings;

use handlebars::Context;
use serde::Serialize;

use super::wording::Wording;
use super::{About, CompositionError, DeskView};
use crate::mediation::{Case, LetterOrder, Passage};
use crate::model::{Instant, LetterKind};

pub use digest::digest;
pub use operator::{OperatorAlarm, OperatorTrouble, operator_alarm};
use surroundings::Surroundings;

/// Everything that facts are taken from.
#[derive(Clone, Copy)]
pub struct Occasion<'a> {
    /// What was ordered.
    pub order: &'a LetterOrder,
    /// The case as it stands after the decision.
    pub case: &'a Case,
    /// The mail it is about.
    pub about: Option<About<'a>>,
    /// The desk and its people.
    pub desk: &'a DeskView<'a>,
    /// The moment of composing.
    pub now: Instant,
    /// Words and dates of the letter's language.
    pub wording: &'a Wording,
}

impl Occasion<'_> {
    /// Today, for the desk.
    fn today(&self) -> chrono::NaiveDate {
        self.now.with_timezone(&self.desk.facts.zone).date_naive()
    }

    fn wrong_passage(&self) -> CompositionError {
        CompositionError::WrongPassage { letter: self.order.kind }
    }
}

/// The registry: which letter has which facts.
pub fn facts_of(occasion: &Occasion<'_>) -> Result<Context, CompositionError> {
    let letter = occasion.order.kind;
    match letter {
        LetterKind::Acknowledgement => wrap(letter, &complainant::acknowledgement(occasion)?),
        LetterKind::CarefulAcknowledgement => wrap(letter, &complainant::careful_acknowledgement(occasion)?),
        LetterKind::Closing => wrap(letter, &complainant::closing(occasion)?),
        LetterKind::Reopened => wrap(letter, &complainant::reopened(occasion)?),
        LetterKind::FollowUp => wrap(letter, &complainant::follow_up(occasion)?),
        LetterKind::OfficerNewCase => wrap(letter, &officer::new_case(occasion)?),
        LetterKind::OfficerFurtherMail => wrap(letter, &officer::further_mail(occasion)?),
        LetterKind::OfficerFollowUpAnswer => wrap(letter, &officer::follow_up_answer(occasion)?),
        LetterKind::OfficerReceipt => wrap(letter, &officer::receipt(occasion)?),
        LetterKind::OfficerRefusal => wrap(letter, &officer::refusal(occasion)?),
        LetterKind::OfficerAlarm => wrap(letter, &officer::alarm(occasion)?),
        // Mail to the operator, and the morning's list, have no case and no order.
        LetterKind::OfficerDigest | LetterKind::OperatorAlarm => Err(occasion.wrong_passage()),
    }
}

/// Facts as handlebars reads them.
fn wrap(letter: LetterKind, facts: &impl Serialize) -> Result<Context, CompositionError> {
    Context::wraps(facts).map_err(|error| CompositionError::Unfilled { letter, reason: error.to_string() })
}

/// The passages of officer letters, each with the letter it belongs to.
fn passage<'o, T>(occasion: &Occasion<'o>, pick: impl FnOnce(&'o Passage) -> Option<T>) -> Result<T, CompositionError> {
    pick(&occasion.order.passage).ok_or_else(|| occasion.wrong_passage())
}
