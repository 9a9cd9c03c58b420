//! Clocks that tell an officer (row 42): the promised first contact, the written decision, and the case on
//! which nothing happens (I10).

use chrono::{NaiveDate, TimeDelta};

use super::draft::Draft;
use super::reply::Alarm;
use super::{Case, Decision, Policy, Reason, TimerKind};
use crate::model::Instant;

/// The hour of the desk's working day at which reminders are sent.
const REMINDER_HOUR: u32 = 8;

/// Working days before the promised first contact on which the officer is reminded (domain.md section 3:
/// with five working days, from day 3).
const CONTACT_WARNING_DAYS: u32 = 2;

/// Starts the clocks of a case that was just opened or re-opened.
pub(super) fn start(draft: &mut Draft<'_>) {
    let promised = draft.case.deadlines.first_contact.filter(|_| draft.case.first_contact.is_none());
    if let Some(promised) = promised {
        let at = contact_reminder(draft.policy, promised, draft.now);
        draft.set_timer(TimerKind::FirstContact, at);
    }
    if let Some(last_day) = draft.case.deadlines.decision {
        let at = decision_reminder(draft.policy, last_day, draft.now);
        draft.set_timer(TimerKind::Decision, at);
    }
    touch(draft);
}

/// Something happened on an open case: the clock of neglect starts anew.
pub(super) fn touch(draft: &mut Draft<'_>) {
    if draft.case.phase.is_open() {
        let day = draft.policy.civil_day(draft.now + TimeDelta::days(i64::from(draft.policy.attention_days)));
        let at = draft.policy.moment(draft.policy.calendar.working_day_from(day), REMINDER_HOUR);
        draft.set_timer(TimerKind::Attention, at);
    }
}

/// Stops every clock of a case that ended.
pub(super) fn stop(draft: &mut Draft<'_>) {
    for timer in [TimerKind::FirstContact, TimerKind::Decision, TimerKind::Attention] {
        draft.stop_timer(timer);
    }
}

/// A clock of this kind fired.
pub(super) fn due(mut draft: Draft<'_>, timer: TimerKind) -> Decision {
    let today = draft.policy.civil_day(draft.now);
    if !is_still_meant(&draft.case, timer) {
        draft.reason = Reason::TimerObsolete;
        draft.stop_timer(timer);
        return draft.done();
    }
    match timer {
        TimerKind::FirstContact => {
            if let Some(promised) = draft.case.deadlines.first_contact {
                let days_left = (promised - today).num_days();
                // Past the promise it is no longer one person's matter.
                draft.alarm(Alarm::FirstContact { days_left }, days_left < 0);
                let next = next_working_morning(draft.policy, today);
                draft.set_timer(timer, next);
            }
        }
        TimerKind::Decision => {
            if let Some(last_day) = draft.case.deadlines.decision {
                let days_left = (last_day - today).num_days();
                draft.alarm(Alarm::Decision { days_left }, days_left < 0);
                let next = decision_reminder(draft.policy, last_day, draft.now);
                draft.set_timer(timer, next);
            }
        }
        TimerKind::Attention => {
            draft.alarm(Alarm::NoProgress { days: i64::from(draft.policy.attention_days) }, false);
            touch(&mut draft);
        }
        TimerKind::FollowUp | TimerKind::FollowUpSilence | TimerKind::Answer | TimerKind::Talk => {}
    }
    draft.done()
}

fn is_still_meant(case: &Case, timer: TimerKind) -> bool {
    case.phase.is_open()
        && match timer {
            TimerKind::FirstContact => case.first_contact.is_none() && case.deadlines.first_contact.is_some(),
            TimerKind::Decision => case.deadlines.decision.is_some(),
            TimerKind::Attention => true,
            TimerKind::FollowUp | TimerKind::FollowUpSilence | TimerKind::Answer | TimerKind::Talk => false,
        }
}

/// Two working days before the promise; if that is past, the next working morning.
fn contact_reminder(policy: &Policy, promised: NaiveDate, now: Instant) -> Instant {
    let mut day = promised;
    for _ in 0..CONTACT_WARNING_DAYS {
        day = day.iter_days().rev().skip(1).take(60).find(|candidate| policy.calendar.is_working_day(*candidate)).unwrap_or(day);
    }
    let at = policy.moment(day, REMINDER_HOUR);
    if at > now { at } else { next_working_morning(policy, policy.civil_day(now)) }
}

/// Ten and three working days before, on the day, and every working day after (domain.md section 2.3).
fn decision_reminder(policy: &Policy, last_day: NaiveDate, now: Instant) -> Instant {
    let before = |count: u32| {
        last_day
            .iter_days()
            .rev()
            .skip(1)
            .filter(|day| policy.calendar.is_working_day(*day))
            .nth(count.saturating_sub(1) as usize)
            .unwrap_or(last_day)
    };
    [before(10), before(3), last_day]
        .into_iter()
        .map(|day| policy.moment(day, REMINDER_HOUR))
        .find(|at| *at > now)
        .unwrap_or_else(|| next_working_morning(policy, policy.civil_day(now)))
}

fn next_working_morning(policy: &Policy, today: NaiveDate) -> Instant {
    policy.moment(policy.calendar.add_working_days(today, 1), REMINDER_HOUR)
}
