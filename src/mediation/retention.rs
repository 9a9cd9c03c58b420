//! The end of a case's file (row 45; domain.md section 2.4): what a clock of keeping does when it strikes.

use super::draft::Draft;
use super::reply::Alarm;
use super::{Before, Case, Decision, Entry, FollowUp, Phase, Reason, TimerKind};
use crate::model::{Appointment, Flag, FlagStanding};

/// Why the file of a case must be kept although its time is over; `None` lets it go.
///
/// A dispute or a claim holds it, and so does a calamity that is being looked into: until an officer clears it.
pub fn held_by(case: &Case) -> Option<Flag> {
    if case.stands(Flag::Legal) {
        return Some(Flag::Legal);
    }
    (case.flags.get(&Flag::Calamity) == Some(&FlagStanding::Confirmed)).then_some(Flag::Calamity)
}

/// What is written in the journal of a case that is forgotten before its time: nobody is asked how it went any more,
/// and everything about people goes (AVG article 17).
pub fn erasing(case: &Case) -> Vec<Entry> {
    let may_still_go = matches!(case.follow_up, FollowUp::None | FollowUp::Planned { .. });
    may_still_go.then_some(Entry::FollowUpSuppressed).into_iter().chain([Entry::Anonymised]).collect()
}

/// An entry without anything about a person; what is left are days, codes and figures. Total: a new entry does not
/// compile until somebody has said what of it may stay.
pub fn redacted(entry: &Entry) -> Entry {
    let nobody = || super::Party { name: None, address: None, phone: None };
    match entry {
        Entry::Opened { received_at, language, written_in, deadlines, kinds, purposes, .. } => Entry::Opened {
            received_at: *received_at,
            language: *language,
            written_in: written_in.clone(),
            subject: String::new(),
            complainant: nobody(),
            officer: None,
            deadlines: deadlines.clone(),
            kinds: kinds.clone(),
            purposes: purposes.clone(),
        },
        Entry::MailFiled { mail, sender, class, .. } => {
            Entry::MailFiled { mail: *mail, sender: *sender, class: *class, thread: Vec::new() }
        }
        Entry::CommandRefused { .. } => Entry::CommandRefused { refusal: super::reply::Refusal::NoCase },
        Entry::FollowUpAnswered { .. } => without_words(entry),
        Entry::RespondentRecorded { number, .. } => Entry::RespondentRecorded { number: *number, party: nobody() },
        Entry::ComplainantRecorded { .. } => Entry::ComplainantRecorded { party: nobody() },
        Entry::FlagReason { flag, .. } => Entry::FlagReason { flag: *flag, reason: String::new() },
        Entry::ReactionReceived { respondent, .. } => Entry::ReactionReceived { respondent: *respondent, words: String::new() },
        Entry::AppointmentSet { appointment } => Entry::AppointmentSet { appointment: nowhere(appointment) },
        Entry::AppointmentMoved { appointment } => Entry::AppointmentMoved { appointment: nowhere(appointment) },
        Entry::AppointmentCancelled { appointment } => Entry::AppointmentCancelled { appointment: nowhere(appointment) },
        Entry::AgreementsDrafted { version, parties, .. } => {
            Entry::AgreementsDrafted { version: *version, text: String::new(), parties: parties.clone() }
        }
        Entry::Extended { until, .. } => Entry::Extended { until: *until, reason: String::new() },
        Entry::Revocable { until, before } => Entry::Revocable { until: *until, before: Box::new(before_without_words(before)) },
        Entry::TakenBack { before } => Entry::TakenBack { before: Box::new(before_without_words(before)) },
        // An officer is a person too.
        Entry::Assigned { .. } => Entry::Assigned { officer: None },
        Entry::CapabilityIssued { .. }
        | Entry::LetterOrdered { .. }
        | Entry::Acknowledged
        | Entry::FlagSet { .. }
        | Entry::TimerSet { .. }
        | Entry::TimerStopped { .. }
        | Entry::FirstContact { .. }
        | Entry::Closed { .. }
        | Entry::Reopened
        | Entry::FollowUpPlanned { .. }
        | Entry::FollowUpSent { .. }
        | Entry::FollowUpUndelivered
        | Entry::FollowUpExpired
        | Entry::FollowUpCancelled
        | Entry::FollowUpSuppressed
        | Entry::FollowUpWordsDropped
        | Entry::Anonymised
        | Entry::Alarmed { .. }
        | Entry::LetterFailed { .. }
        | Entry::ClarificationAsked
        | Entry::ClarificationReminded
        | Entry::Clarified
        | Entry::AuthorisationAsked
        | Entry::AuthorisationJudged { .. }
        | Entry::WrittenOnPaper { .. }
        | Entry::FollowsOn { .. }
        | Entry::ProposalDeclined { .. }
        | Entry::KindsSet { .. }
        | Entry::PurposesSet { .. }
        | Entry::ParticularsSet { .. }
        | Entry::LanguageSet { .. }
        | Entry::ReferralPrepared
        | Entry::ReferralDropped
        | Entry::RespondentContacted { .. }
        | Entry::HearingAsked { .. }
        | Entry::HearingReminded
        | Entry::ReactionReleased
        | Entry::SatisfactionStated { .. }
        | Entry::ConsentAsked { .. }
        | Entry::ConsentGiven { .. }
        | Entry::ConsentRefused { .. }
        | Entry::ConsentComplete
        | Entry::MediationEnded
        | Entry::AppointmentAnswered { .. }
        | Entry::TalkHeld { .. }
        | Entry::TalkNotHeld { .. }
        | Entry::TalkTextDropped
        | Entry::AgreementsConfirmed { .. }
        | Entry::AgreementsSettled
        | Entry::AdviceGiven { .. }
        | Entry::Referred { .. }
        | Entry::DecisionSent { .. }
        | Entry::AccessAsked { .. }
        | Entry::AccessAnswered { .. }
        | Entry::WithdrawalRead
        | Entry::Withdrawn
        | Entry::MergedInto { .. }
        | Entry::MergedFrom { .. }
        | Entry::PartyAway { .. }
        | Entry::RespondentNoContact { .. } => entry.clone(),
    }
}

/// An appointment of which only the day and hour are left.
fn nowhere(appointment: &Appointment) -> Appointment {
    Appointment { place: String::new(), ..appointment.clone() }
}

/// What a case can go back to, without words. A phase that holds words is one of an open case, and the case that is
/// forgotten has left it long ago.
fn before_without_words(before: &Before) -> Before {
    let phase = match &before.phase {
        Phase::WrittenReview { .. } | Phase::Planning { .. } | Phase::Scheduled { .. } | Phase::AgreementDraft { .. } => {
            Phase::Open
        }
        Phase::Unopened
        | Phase::New
        | Phase::Intake
        | Phase::Clarify { .. }
        | Phase::AuthWait
        | Phase::Open
        | Phase::ReferPending
        | Phase::WrittenAsk { .. }
        | Phase::WrittenSent
        | Phase::Consent { .. }
        | Phase::Held { .. }
        | Phase::Closing
        | Phase::Closed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Merged { .. } => before.phase.clone(),
    };
    Before { phase, ..before.clone() }
}

/// An entry without the words of the answer to the follow-up; the grade stays.
pub fn without_words(entry: &Entry) -> Entry {
    if let Entry::FollowUpAnswered { grade, .. } = entry {
        return Entry::FollowUpAnswered { grade: *grade, words: String::new() };
    }
    entry.clone()
}

/// The time of the words of an answer, or of the whole file, is over or nearly so.
pub(super) fn due(mut draft: Draft<'_>, clock: TimerKind, days_left: i64) -> Decision {
    match clock {
        TimerKind::FollowUpWords => {
            draft.stop_timer(clock);
            if matches!(draft.case.follow_up, FollowUp::Answered { .. }) {
                draft.note(Entry::FollowUpWordsDropped);
            }
        }
        TimerKind::Retention if days_left > 0 => {
            // The officer sees it coming, and can still set a flag that holds it.
            draft.remind(Alarm::Clock { clock, days_left }, false);
            draft.look_again(clock);
        }
        TimerKind::Retention if held_by(&draft.case).is_some() => {
            draft.reason = Reason::RetentionHeld;
            draft.look_again_after_a_month(clock);
        }
        TimerKind::Retention => {
            draft.reason = Reason::RetentionEnded;
            draft.note(Entry::Anonymised);
        }
        TimerKind::Confirmation
        | TimerKind::FirstContact
        | TimerKind::Decision
        | TimerKind::Refusal
        | TimerKind::Measures
        | TimerKind::CalamityReport
        | TimerKind::CalamityDoubt
        | TimerKind::Attention
        | TimerKind::FollowUp
        | TimerKind::FollowUpSilence
        | TimerKind::AccessRequest
        | TimerKind::Answer
        | TimerKind::Talk => {
            draft.reason = Reason::TimerObsolete;
            draft.stop_timer(clock);
        }
    }
    draft.done()
}

impl Draft<'_> {
    /// Sets a clock of keeping to the moment at which its day has passed.
    fn look_again(&mut self, clock: TimerKind) {
        let Some(ends_on) = self.case.end_of(clock) else { return };
        let at = self.policy.moment(self.policy.calendar.working_day_from(ends_on), super::clocks::MORNING);
        if at > self.now { self.set_timer(clock, at) } else { self.look_tomorrow(clock) }
    }

    /// What holds a file is looked at again in a month: it is seldom gone tomorrow.
    fn look_again_after_a_month(&mut self, clock: TimerKind) {
        let day = self.policy.civil_day(self.now) + chrono::Months::new(1);
        self.set_timer(clock, self.policy.moment(self.policy.calendar.working_day_from(day), super::clocks::MORNING));
    }
}
