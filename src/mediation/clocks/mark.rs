//! What in a journal starts or stops clocks: a few marks, and which entry makes which mark. Total: a new
//! entry does not compile until somebody has said what it means for the clocks.

use chrono::NaiveDate;
use serde::Deserialize;

use super::TimerKind;
use crate::mediation::{Entry, PartyRole};
use crate::model::{Flag, FlagStanding};

/// Something that clocks look at. A regime says from which mark each of its clocks runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The complaint reached the organisation.
    Arrival,
    /// The complainant heard something: a letter went to them, or somebody spoke to them.
    Contact,
    /// The first personal contact took place.
    FirstContact,
    /// Something shows that the complaint is being handled: the other side is asked or heard, or more time is taken.
    Handled,
    /// The decision, or the committee's opinion, was sent.
    DecisionSent,
    /// The decision takes longer.
    Extended,
    /// A calamity is suspected.
    CalamitySuspected,
    /// An officer recorded that it is one.
    CalamityEstablished,
    /// An officer recorded that it is none.
    CalamityCleared,
    /// Somebody asked for access or erasure.
    AccessAsked,
    /// And was answered.
    AccessAnswered,
    /// The case ended.
    Closed,
    /// The case is open again.
    Reopened,
    /// The follow-up was answered.
    FollowUpAnswered,
    /// Nothing about a person is left.
    Anonymised,
}

/// A mark, and the day from which a clock that it starts is counted.
pub(super) type Made = (Mark, Option<NaiveDate>);

/// The marks that an entry makes. `None` as a day is the day of the entry; for the arrival it is the day on
/// which the complaint reached the organisation, whenever we saw it (M179, R4).
pub(super) fn made_by(entry: &Entry) -> Vec<Made> {
    match entry {
        Entry::Opened { .. } => vec![(Mark::Arrival, None), (Mark::Contact, None)],
        Entry::LetterOrdered { letter_kind, .. } if letter_kind.is_news_to_complainant() => vec![(Mark::Contact, None)],
        Entry::FirstContact { on } => vec![(Mark::FirstContact, Some(*on)), (Mark::Contact, Some(*on))],
        Entry::FlagSet { flag: Flag::Calamity, standing } => match standing {
            FlagStanding::Suspected => vec![(Mark::CalamitySuspected, None)],
            FlagStanding::Confirmed => vec![(Mark::CalamityEstablished, None)],
            FlagStanding::Cleared => vec![(Mark::CalamityCleared, None)],
        },
        Entry::WrittenOnPaper { who: PartyRole::Complainant, .. } => vec![(Mark::Contact, None)],
        Entry::Extended { .. } => vec![(Mark::Extended, None), (Mark::Handled, None)],
        Entry::HearingAsked { .. } | Entry::ConsentAsked { .. } | Entry::ReactionReceived { .. } => vec![(Mark::Handled, None)],
        Entry::DecisionSent { on } => vec![(Mark::DecisionSent, Some(*on)), (Mark::Contact, Some(*on))],
        Entry::AccessAsked { on, .. } => vec![(Mark::AccessAsked, Some(*on))],
        Entry::AccessAnswered { .. } => vec![(Mark::AccessAnswered, None)],
        Entry::TalkHeld { on, .. } => vec![(Mark::Handled, Some(*on)), (Mark::Contact, Some(*on))],
        Entry::Closed { .. } | Entry::Withdrawn | Entry::MergedInto { .. } => vec![(Mark::Closed, None)],
        Entry::Reopened => vec![(Mark::Reopened, None), (Mark::Contact, None)],
        Entry::FollowUpAnswered { .. } => vec![(Mark::FollowUpAnswered, None)],
        Entry::Anonymised => vec![(Mark::Anonymised, None)],
        Entry::LetterOrdered { .. }
        | Entry::CapabilityIssued { .. }
        | Entry::MailFiled { .. }
        | Entry::Acknowledged
        | Entry::FlagSet { .. }
        | Entry::TimerSet { .. }
        | Entry::TimerStopped { .. }
        | Entry::FollowUpPlanned { .. }
        | Entry::FollowUpSent { .. }
        | Entry::FollowUpUndelivered
        | Entry::FollowUpExpired
        | Entry::FollowUpCancelled
        | Entry::FollowUpSuppressed
        | Entry::FollowUpWordsDropped
        | Entry::Alarmed { .. }
        | Entry::CommandRefused { .. }
        | Entry::LetterFailed { .. }
        | Entry::ClarificationAsked
        | Entry::ClarificationReminded
        | Entry::Clarified
        | Entry::AuthorisationAsked
        | Entry::AuthorisationJudged { .. }
        | Entry::RespondentRecorded { .. }
        | Entry::ComplainantRecorded { .. }
        | Entry::WrittenOnPaper { .. }
        | Entry::KindsSet { .. }
        | Entry::PurposesSet { .. }
        | Entry::ParticularsSet { .. }
        | Entry::LanguageSet { .. }
        | Entry::FlagReason { .. }
        | Entry::ReferralPrepared
        | Entry::ReferralDropped
        | Entry::RespondentContacted { .. }
        | Entry::HearingReminded
        | Entry::ReactionReleased
        | Entry::SatisfactionStated { .. }
        | Entry::ConsentGiven { .. }
        | Entry::ConsentRefused { .. }
        | Entry::ConsentComplete
        | Entry::MediationEnded
        | Entry::AppointmentSet { .. }
        | Entry::AppointmentMoved { .. }
        | Entry::AppointmentCancelled { .. }
        | Entry::AppointmentAnswered { .. }
        | Entry::TalkNotHeld { .. }
        | Entry::TalkTextDropped
        | Entry::AgreementsDrafted { .. }
        | Entry::AgreementsConfirmed { .. }
        | Entry::AgreementsSettled
        | Entry::AdviceGiven { .. }
        | Entry::Referred { .. }
        | Entry::WithdrawalRead
        | Entry::MergedFrom { .. }
        | Entry::FollowsOn { .. }
        | Entry::ProposalDeclined { .. }
        | Entry::Assigned { .. }
        | Entry::PartyAway { .. }
        | Entry::RespondentNoContact { .. }
        | Entry::Revocable { .. }
        | Entry::TakenBack { .. } => Vec::new(),
    }
}

impl TimerKind {
    /// The marks that stop this clock, whichever regime has it. Closing stops all that do not outlive the case.
    pub(super) fn stopped_by(self) -> &'static [Mark] {
        match self {
            // Row 3, once per case: who has heard from the desk meanwhile needs no confirmation any more.
            Self::Confirmation => &[Mark::Contact],
            Self::FirstContact => &[Mark::FirstContact],
            Self::Decision => &[Mark::DecisionSent],
            // A complaint that is being handled is no longer refused.
            Self::Refusal => &[Mark::DecisionSent, Mark::Handled],
            Self::CalamityReport => &[Mark::CalamityCleared],
            Self::CalamityDoubt => &[Mark::CalamityCleared, Mark::CalamityEstablished],
            Self::FollowUpWords => &[Mark::Anonymised],
            Self::AccessRequest => &[Mark::AccessAnswered],
            Self::Retention => &[Mark::Reopened, Mark::Anonymised],
            // `waits.rs` stops the last two when the case moves on.
            Self::Measures | Self::Attention | Self::FollowUp | Self::FollowUpSilence | Self::Answer | Self::Talk => &[],
        }
    }
}
