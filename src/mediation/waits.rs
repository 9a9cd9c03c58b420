//! What a phase waits for, and what becomes of it when nobody answers (rows 8 to 28).

use chrono::{NaiveDate, TimeDelta};

use super::draft::Draft;
use super::reply::Alarm;
use super::term::Term;
use super::{DateChange, Decision, Entry, PartyRole, Passage, Phase, Policy, Reason, TimerKind, talk};
use crate::model::{Audience, LetterKind};

/// The hour of the desk's day at which such clocks strike.
const HOUR: u32 = 9;

/// The last day for an answer that is asked today. How long people get is the regime's; no law reaches these days.
pub(super) fn answer_by(policy: &Policy, today: NaiveDate, wait: Term) -> NaiveDate {
    policy.calendar.end_of(today, wait, false)
}

/// Starts the clocks of the phase that the case is in now, and stops those of the one it left.
pub(super) fn start(draft: &mut Draft<'_>) {
    let (policy, waits, today) = (draft.policy, &draft.policy.waits, draft.policy.civil_day(draft.now));
    // Nobody is written to on a free day (domain.md section 8, send hours). Within its last day an answer is in
    // time: the clock strikes on the working morning after.
    let on = |day: NaiveDate| policy.moment(policy.calendar.working_day_from(day), HOUR);
    let by = |wait| Some(answer_by(policy, today, wait)).map(|day| (on(day + TimeDelta::days(1)), day));
    let answer = match &draft.case.phase {
        Phase::Clarify { reminded: false } => {
            Some((on(answer_by(policy, today, waits.clarification_reminder)), answer_by(policy, today, waits.clarification)))
        }
        Phase::Clarify { reminded: true } => {
            // The reminder is not the beginning: the questions went out earlier, and their day stands.
            let day = draft.case.end_of(TimerKind::Answer).unwrap_or(today);
            Some((on(day.max(today) + TimeDelta::days(1)), day))
        }
        Phase::AuthWait => by(waits.authorisation),
        Phase::WrittenAsk { .. } => by(waits.reaction),
        Phase::Consent { .. } => by(waits.consent),
        Phase::WrittenSent => by(waits.satisfaction),
        Phase::Unopened
        | Phase::New
        | Phase::Intake
        | Phase::Open
        | Phase::ReferPending
        | Phase::WrittenReview { .. }
        | Phase::Planning { .. }
        | Phase::Scheduled { .. }
        | Phase::Held { .. }
        | Phase::AgreementDraft { .. }
        | Phase::Closing
        | Phase::Closed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Merged { .. } => None,
    };
    match answer {
        Some((due_at, day)) => draft.note(Entry::TimerSet { timer: TimerKind::Answer, due_at, ends_on: Some(day) }),
        None => draft.stop_timer(TimerKind::Answer),
    }
    // Row 28: the day before, in the morning; on a Friday where that is a Sunday, since letters go on working days
    // (domain.md section 8). Not where that is past already.
    let talk = draft.case.phase.appointment().map(|appointment| {
        let day_before = policy.calendar.working_day_until(appointment.starts.date() - TimeDelta::days(1));
        policy.moment(day_before, HOUR)
    });
    match talk.filter(|at| *at > draft.now) {
        Some(at) => draft.set_timer(TimerKind::Talk, at),
        None => draft.stop_timer(TimerKind::Talk),
    }
}

/// The clock of an answer struck.
pub(super) fn answer_due(mut draft: Draft<'_>) -> Decision {
    if !matches!(draft.case.phase, Phase::Clarify { reminded: false } | Phase::WrittenAsk { reminded: false, .. }) {
        draft.stop_timer(TimerKind::Answer);
    }
    match draft.case.phase.clone() {
        Phase::Clarify { reminded: false } => {
            draft.write_unasked(PartyRole::Complainant, LetterKind::ClarificationReminder, Audience::File, Passage::Plain);
            draft.note(Entry::ClarificationReminded);
            start(&mut draft);
        }
        Phase::WrittenAsk { awaited, reminded: false } => {
            let by = answer_by(draft.policy, draft.policy.civil_day(draft.now), draft.policy.waits.reaction);
            for number in awaited {
                let passage = Passage::Hearing { words: String::new(), by };
                draft.write_unasked(PartyRole::Respondent(number), LetterKind::HearingReminder, Audience::File, passage);
            }
            draft.note(Entry::HearingReminded);
            start(&mut draft);
        }
        Phase::Consent { .. } => {
            // Row 23: silence is never a yes (R13), and nobody hears who was silent.
            talk::end(&mut draft);
            overdue(&mut draft, "CONSENT");
        }
        Phase::Clarify { reminded: true } | Phase::AuthWait | Phase::WrittenAsk { reminded: true, .. } | Phase::WrittenSent => {
            let state = draft.case.phase.code();
            overdue(&mut draft, state);
        }
        Phase::Unopened
        | Phase::New
        | Phase::Intake
        | Phase::Open
        | Phase::ReferPending
        | Phase::WrittenReview { .. }
        | Phase::Planning { .. }
        | Phase::Scheduled { .. }
        | Phase::Held { .. }
        | Phase::AgreementDraft { .. }
        | Phase::Closing
        | Phase::Closed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Merged { .. } => draft.reason = Reason::TimerObsolete,
    }
    draft.done()
}

fn overdue(draft: &mut Draft<'_>, state: &str) {
    draft.alarm(Alarm::NoAnswer { state: state.to_owned() }, false);
}

/// The talk is tomorrow (row 28).
pub(super) fn talk_due(mut draft: Draft<'_>) -> Decision {
    draft.stop_timer(TimerKind::Talk);
    let Phase::Scheduled { agreed, appointment } = draft.case.phase.clone() else {
        draft.reason = Reason::TimerObsolete;
        return draft.done();
    };
    // I7: a flag that was set meanwhile has cancelled the date; this is the second lock on the same door.
    if draft.case.bars().next().is_none() {
        for role in agreed.parties() {
            let passage = Passage::Date { appointment: appointment.clone(), change: DateChange::Reminder };
            draft.write_unasked(role, LetterKind::AppointmentReminder, Audience::Consent(agreed.round()), passage);
        }
    }
    draft.done()
}
