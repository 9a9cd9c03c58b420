//! The decision: one total function from (case, event) to what follows.

use super::draft::Draft;
use super::reply::Alarm;
use super::{Actor, PartyRole, clocks, follow_up, officer_mail, opening, party_mail, waits};
use super::{ArrivedMail, Case, CaseEvent, Decision, Entry, FollowUp, Fresh, Phase, Policy, Reason, Sender, TimerKind};
use crate::model::{Flag, FlagStanding, Instant, LetterId, LetterKind, MailAddress};

/// Decides what follows from an event.
///
/// Total: every pair of state and event gives a decision; a surprise is filed and shown to an officer. The
/// same arguments give the same decision.
pub fn decide(case: &Case, event: &CaseEvent, fresh: &mut Fresh, now: Instant, policy: &Policy) -> Decision {
    match event {
        CaseEvent::MailArrived(mail) => decide_mail(case, mail, fresh, now, policy),
        CaseEvent::TimerDue(timer) => decide_timer(case, *timer, fresh, now, policy),
        CaseEvent::ConfirmationDue { allowed } => {
            let draft = Draft::new(case, policy, fresh, now, Actor::Desk, Reason::ConfirmationDue);
            opening::confirmation_due(draft, *allowed)
        }
        CaseEvent::LetterLate { kind } => {
            let mut draft = Draft::new(case, policy, fresh, now, Actor::MailSystem, Reason::LetterLate);
            let alarm = Alarm::LetterLate { letter: kind.template().to_owned() };
            draft.alarm(alarm, policy.mandatory_letters.contains(kind));
            draft.done()
        }
        CaseEvent::LetterFailed { letter, kind, to, address_is_bad } => {
            let draft = Draft::new(case, policy, fresh, now, Actor::MailSystem, Reason::LetterFailed);
            letter_failed(draft, *letter, *kind, to, *address_is_bad)
        }
    }
}

fn decide_mail(case: &Case, mail: &ArrivedMail, fresh: &mut Fresh, now: Instant, policy: &Policy) -> Decision {
    type Handling = fn(Draft<'_>, &ArrivedMail) -> Decision;
    let opens = case.phase == Phase::Unopened;
    let open = case.phase.is_open();
    let (actor, reason, handling): (Actor, Reason, Handling) = match mail.sender {
        // Machine mail is filed and changes nothing (M16); what a bounce means comes as LetterFailed.
        Sender::Machine => (Actor::MailSystem, Reason::MachineMailFiled, party_mail::machine),
        // Rows 1 and 2: an officer opens a case for somebody else.
        Sender::Officer if opens => (Actor::Officer, Reason::OfficerRegistered, opening::register),
        // Whoever opens a case becomes its complainant, until an officer says otherwise.
        Sender::Complainant | Sender::Respondent(_) | Sender::OfficerNotProven | Sender::Stranger if opens => {
            (Actor::Complainant, Reason::NewComplaint, opening::open)
        }
        Sender::Complainant if open => (Actor::Complainant, Reason::ComplainantWrote, party_mail::complainant_on_open_case),
        Sender::Complainant => (Actor::Complainant, Reason::ComplainantWroteAfterClosing, party_mail::complainant_on_closed_case),
        Sender::Respondent(_) if open => (Actor::Respondent, Reason::RespondentWrote, party_mail::respondent_on_open_case),
        Sender::Respondent(_) => (Actor::Respondent, Reason::RespondentWrote, party_mail::other_person),
        Sender::Stranger => (Actor::Stranger, Reason::StrangerOnCase, party_mail::other_person),
        Sender::Officer => (Actor::Officer, Reason::OfficerNote, officer_mail::command_or_note),
        Sender::OfficerNotProven => (Actor::Stranger, Reason::OfficerNotProven, officer_mail::not_proven),
    };
    handling(Draft::new(case, policy, fresh, now, actor, reason), mail)
}

fn decide_timer(case: &Case, timer: TimerKind, fresh: &mut Fresh, now: Instant, policy: &Policy) -> Decision {
    let reason = match timer {
        TimerKind::Confirmation => Reason::ConfirmationDue,
        TimerKind::FirstContact => Reason::FirstContactDue,
        TimerKind::Decision => Reason::DecisionDue,
        TimerKind::Attention => Reason::NoProgress,
        TimerKind::Refusal
        | TimerKind::Measures
        | TimerKind::CalamityReport
        | TimerKind::CalamityDoubt
        | TimerKind::AccessRequest => Reason::ClockDue,
        TimerKind::FollowUpWords | TimerKind::Retention => Reason::RetentionDue,
        TimerKind::FollowUp => Reason::FollowUpDue,
        TimerKind::FollowUpSilence => Reason::FollowUpSilence,
        TimerKind::Answer => Reason::AnswerOverdue,
        TimerKind::Talk => Reason::TalkTomorrow,
    };
    let mut draft = Draft::new(case, policy, fresh, now, Actor::Desk, reason);
    // The row that fired may be older than the case: only a clock that still runs and is due may act (M180).
    if case.timers.get(&timer).is_none_or(|due_at| *due_at > now) {
        draft.reason = Reason::TimerObsolete;
        return draft.done();
    }
    match timer {
        // Who does not ask the ceiling may not pass it.
        TimerKind::Confirmation => opening::confirmation_due(draft, false),
        TimerKind::FirstContact
        | TimerKind::Decision
        | TimerKind::Refusal
        | TimerKind::Measures
        | TimerKind::CalamityReport
        | TimerKind::CalamityDoubt
        | TimerKind::Attention
        | TimerKind::AccessRequest
        | TimerKind::FollowUpWords
        | TimerKind::Retention => clocks::due(draft, timer),
        TimerKind::FollowUp => follow_up::due(draft),
        TimerKind::FollowUpSilence => follow_up::silence(draft),
        TimerKind::Answer => waits::answer_due(draft),
        TimerKind::Talk => waits::talk_due(draft),
    }
}

/// A letter came back or could not be handed over (rows 40, 41).
fn letter_failed(mut draft: Draft<'_>, letter: LetterId, kind: LetterKind, to: &MailAddress, address_is_bad: bool) -> Decision {
    draft.note(Entry::LetterFailed { letter });
    match draft.case.role_of(to) {
        Some(PartyRole::Complainant) => {}
        Some(PartyRole::Respondent(_)) => {
            draft.alarm(Alarm::RespondentUndeliverable { letter: kind.template().to_owned() }, false);
            return draft.done();
        }
        // A failed officer's letter is the operator's matter (M44); telling the same mailbox again would not help.
        None => return draft.done(),
    }
    if address_is_bad && !draft.case.stands(Flag::Bounced) {
        draft.note(Entry::FlagSet { flag: Flag::Bounced, standing: FlagStanding::Confirmed });
    }
    if matches!(draft.case.follow_up, FollowUp::Sent { letter: sent, .. } if sent == letter) {
        draft.stop_timer(TimerKind::FollowUpSilence);
        draft.note(Entry::FollowUpUndelivered);
    }
    draft.alarm(Alarm::LetterUndeliverable { letter: kind.template().to_owned() }, false);
    draft.done()
}
