//! What of one case stands in the figures: read from its journal, less what an officer took back (`#stop`).

use std::collections::BTreeSet;

use crate::mediation::{Actor, Entry, JournalEntry};
use crate::model::Instant;

/// Steps that a case can go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Clarified,
    Heard,
    Invited,
    Talked,
    Agreed,
    Extended,
    Advised,
    Referred,
    Reopened,
}

impl Step {
    pub(super) const ALL: [Self; 9] = [
        Self::Clarified,
        Self::Heard,
        Self::Invited,
        Self::Talked,
        Self::Agreed,
        Self::Extended,
        Self::Advised,
        Self::Referred,
        Self::Reopened,
    ];

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Clarified => "clarified",
            Self::Heard => "heard",
            Self::Invited => "invited",
            Self::Talked => "talked",
            Self::Agreed => "agreed",
            Self::Extended => "extended",
            Self::Advised => "advised",
            Self::Referred => "referred",
            Self::Reopened => "reopened",
        }
    }
}

/// One case, as it counts.
#[derive(Clone, Debug, Default)]
pub(super) struct Life {
    /// An officer registered it, for somebody on the phone or a letter on paper.
    pub(super) by_officer: bool,
    pub(super) acknowledged_at: Option<Instant>,
    pub(super) steps: BTreeSet<Step>,
}

/// Reads a journal.
pub(super) fn life(journal: &[JournalEntry]) -> Life {
    let mut life = Life::default();
    // What `#stop` took back did not happen: the case is where it was when that officer's mail came.
    let (mut at_last_mail, mut before_revocable) = (BTreeSet::new(), BTreeSet::new());
    for line in journal {
        match sign(&line.entry) {
            Sign::Step(step) => {
                life.steps.insert(step);
            }
            Sign::Opened => life.by_officer = line.actor == Actor::Officer,
            Sign::Acknowledged => life.acknowledged_at = life.acknowledged_at.or(Some(line.at)),
            Sign::Mail => at_last_mail.clone_from(&life.steps),
            Sign::Revocable => before_revocable.clone_from(&at_last_mail),
            Sign::TakenBack => life.steps.clone_from(&before_revocable),
            Sign::Nothing => {}
        }
    }
    life
}

/// What an entry is to the figures.
enum Sign {
    Step(Step),
    Opened,
    Acknowledged,
    Mail,
    Revocable,
    TakenBack,
    Nothing,
}

fn sign(entry: &Entry) -> Sign {
    match entry {
        Entry::Clarified => Sign::Step(Step::Clarified),
        Entry::HearingAsked { .. } => Sign::Step(Step::Heard),
        Entry::ConsentAsked { .. } => Sign::Step(Step::Invited),
        Entry::TalkHeld { .. } => Sign::Step(Step::Talked),
        Entry::AgreementsSettled => Sign::Step(Step::Agreed),
        Entry::Extended { .. } => Sign::Step(Step::Extended),
        Entry::AdviceGiven { .. } => Sign::Step(Step::Advised),
        Entry::Referred { .. } => Sign::Step(Step::Referred),
        Entry::Reopened => Sign::Step(Step::Reopened),
        Entry::Opened { .. } => Sign::Opened,
        Entry::Acknowledged => Sign::Acknowledged,
        Entry::MailFiled { .. } => Sign::Mail,
        Entry::Revocable { .. } => Sign::Revocable,
        Entry::TakenBack { .. } => Sign::TakenBack,
        // Counted from the state that they lead to, or not at all.
        Entry::CapabilityIssued { .. }
        | Entry::LetterOrdered { .. }
        | Entry::FlagSet { .. }
        | Entry::TimerSet { .. }
        | Entry::TimerStopped { .. }
        | Entry::FirstContact { .. }
        | Entry::Closed { .. }
        | Entry::FollowUpPlanned { .. }
        | Entry::FollowUpSent { .. }
        | Entry::FollowUpAnswered { .. }
        | Entry::FollowUpUndelivered
        | Entry::FollowUpExpired
        | Entry::FollowUpCancelled
        | Entry::FollowUpSuppressed
        | Entry::FollowUpWordsDropped
        | Entry::Anonymised
        | Entry::Alarmed { .. }
        | Entry::CommandRefused { .. }
        | Entry::LetterFailed { .. }
        | Entry::ClarificationAsked
        | Entry::ClarificationReminded
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
        | Entry::ReactionReceived { .. }
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
        | Entry::DecisionSent { .. }
        | Entry::AccessAsked { .. }
        | Entry::AccessAnswered { .. }
        | Entry::WithdrawalRead
        | Entry::Withdrawn
        | Entry::MergedInto { .. }
        | Entry::MergedFrom { .. }
        | Entry::FollowsOn { .. }
        | Entry::ProposalDeclined { .. }
        | Entry::Assigned { .. }
        | Entry::PartyAway { .. }
        | Entry::RespondentNoContact { .. } => Sign::Nothing,
    }
}
