//! The facts of each letter: one struct a letter, one registry that lists them ([`facts_of`]).
//!
//! Fields of people hold [`Line`] or [`Words`], so that nothing uncleaned can reach a template. A field
//! that may be absent is left out rather than empty: strict rendering then refuses a letter that uses it
//! without asking first.

mod complainant;
mod digest;
mod officer;
mod operator;
mod party;
mod receipt;
mod refusal;
mod surroundings;

use handlebars::Context;
use serde::Serialize;

use super::relay::Relayed;
use super::wording::Wording;
use super::{About, CompositionError, DeskView};
use crate::mediation::{Case, LetterOrder, PartyRole, Passage};
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
    /// Letters that leave for the same reason: a receipt shows them.
    pub going_out: &'a [GoingOut],
    /// What hangs on it because an officer asked for it.
    pub files: &'a [Relayed],
}

/// A letter on its way to a party, as an officer sees it before it leaves (M87).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoingOut {
    /// To whom.
    pub to: PartyRole,
    /// Its subject.
    pub subject: String,
    /// Its plain part, byte for byte.
    pub text: String,
    /// Attachments that travel, under their new names.
    pub attachments: Vec<String>,
    /// Letters to print that hang on it, made by the desk itself.
    pub papers: Vec<String>,
    /// Attachments that do not (M88).
    pub held: Vec<String>,
    /// Whether it puts something in the reader's calendar.
    pub in_calendar: bool,
    /// The moment at which it leaves, where an officer can still take it back.
    pub leaves_at: Option<Instant>,
}

impl Occasion<'_> {
    /// Today, for the desk.
    pub fn today(&self) -> chrono::NaiveDate {
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
        LetterKind::Question
        | LetterKind::Misdirected
        | LetterKind::Merged
        | LetterKind::Clarification
        | LetterKind::ClarificationReminder
        | LetterKind::AuthorisationRequest
        | LetterKind::AuthorisationOutcome
        | LetterKind::ReferralCalamity
        | LetterKind::ReferralLegal
        | LetterKind::ReferralCommittee
        | LetterKind::ReferralOther
        | LetterKind::Hearing
        | LetterKind::HearingReminder
        | LetterKind::Reaction
        | LetterKind::Invitation
        | LetterKind::ConsentReceived
        | LetterKind::MediationOff
        | LetterKind::Appointment
        | LetterKind::AppointmentChanged
        | LetterKind::AppointmentReminder
        | LetterKind::Agreements
        | LetterKind::Extension
        | LetterKind::ExtensionRespondent
        | LetterKind::ClosingRespondent
        | LetterKind::Withdrawal
        | LetterKind::Message
        | LetterKind::Advice => wrap(letter, &party::letter(occasion)?),
        LetterKind::OfficerNewCase => wrap(letter, &officer::new_case(occasion)?),
        LetterKind::OfficerFurtherMail => wrap(letter, &officer::further_mail(occasion)?),
        LetterKind::OfficerFollowUpAnswer => wrap(letter, &officer::follow_up_answer(occasion)?),
        LetterKind::OfficerReceipt => wrap(letter, &receipt::receipt(occasion)?),
        LetterKind::OfficerRefusal => wrap(letter, &refusal::refusal(occasion)?),
        LetterKind::OfficerAlarm => wrap(letter, &officer::alarm(occasion)?),
        // Mail to the operator, and the morning's list, have no case and no order.
        LetterKind::OfficerDigest | LetterKind::OperatorAlarm => Err(occasion.wrong_passage()),
    }
}

/// Facts as handlebars reads them.
fn wrap(letter: LetterKind, facts: &impl Serialize) -> Result<Context, CompositionError> {
    Context::wraps(facts).map_err(|error| CompositionError::Unfilled { letter, reason: error.to_string() })
}

/// The last day on which this case can be opened again (row 37).
pub fn reopening_until(occasion: &Occasion<'_>) -> Option<chrono::NaiveDate> {
    let desk = occasion.desk;
    occasion.case.reopening_until(desk.reopening, desk.facts.zone, desk.calendar)
}

/// The passages of officer letters, each with the letter it belongs to.
fn passage<'o, T>(occasion: &Occasion<'o>, pick: impl FnOnce(&'o Passage) -> Option<T>) -> Result<T, CompositionError> {
    pick(&occasion.order.passage).ok_or_else(|| occasion.wrong_passage())
}
