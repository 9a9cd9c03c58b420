//! From an entry of the journal to the clocks that it starts and stops.

use chrono::{NaiveDate, TimeDelta};

use super::mark::made_by;
use super::{ClockRule, Ending, MORNING, Mark, TimerKind};
use crate::mediation::civil_calendar::CivilCalendar;
use crate::mediation::{Case, Entry, Policy};
use crate::model::Instant;

/// The entries about clocks that belong behind this entry. `case` is the case with the entry folded in.
pub fn follow(entry: &Entry, case: &Case, policy: &Policy, now: Instant) -> Vec<Entry> {
    let mut changes = Vec::new();
    for made in made_by(entry) {
        // Of several wishes about one file the first binds, until each has its answer.
        let (mark, day) = match (made.0, case.wishes.iter().map(|wish| wish.on).min()) {
            (Mark::AccessAsked | Mark::AccessAnswered, Some(first)) => (Mark::AccessAsked, Some(first)),
            _ => made,
        };
        // The arrival counts, not our polling of the mailbox (M179).
        let happened_at = if mark == Mark::Arrival { case.received_at } else { now };
        let from = day.unwrap_or_else(|| policy.civil_day(happened_at));
        for clock in TimerKind::ALL {
            if let Some(change) = change(clock, mark, from, case, policy, now) {
                changes.push(change);
            }
        }
    }
    changes
}

fn change(clock: TimerKind, mark: Mark, from: NaiveDate, case: &Case, policy: &Policy, now: Instant) -> Option<Entry> {
    let stops = clock.stopped_by().contains(&mark) || (mark == Mark::Closed && !clock.outlives_the_case());
    if stops {
        return case.timers.contains_key(&clock).then_some(Entry::TimerStopped { timer: clock });
    }
    let rule = policy.clocks.get(&clock)?;
    let begins = rule.from == mark && may_run(clock, case);
    // Row 37: a re-opened case keeps the days it had; only a new complaint gets new ones.
    let resumes = mark == Mark::Reopened && case.end_of(clock).is_some() && may_run(clock, case);
    let moves = mark == Mark::Extended && clock == TimerKind::Decision && case.timers.contains_key(&clock);
    if !begins && !resumes && !moves {
        return None;
    }
    // The dates of these two stand in the case since it was opened.
    let stands_in_the_case = matches!(clock, TimerKind::FirstContact | TimerKind::Decision);
    let ends_on =
        if stands_in_the_case || resumes { case.end_of(clock)? } else { policy.calendar.end_of(from, rule.length, rule.of_law) };
    // Half of a clock is half of all of it, from the first day on.
    let first_day = if moves || resumes { policy.civil_day(case.received_at) } else { from };
    let due_at = next_look(clock, rule, first_day, ends_on, policy, now)?;
    let unchanged = case.timers.get(&clock) == Some(&due_at) && case.end_of(clock) == Some(ends_on);
    (!unchanged).then_some(Entry::TimerSet { timer: clock, due_at, ends_on: (!stands_in_the_case).then_some(ends_on) })
}

fn may_run(clock: TimerKind, case: &Case) -> bool {
    match clock {
        TimerKind::FirstContact => case.phase.is_open() && case.first_contact.is_none(),
        TimerKind::Decision | TimerKind::Refusal | TimerKind::Attention => case.phase.is_open(),
        TimerKind::Retention => !case.phase.is_open(),
        TimerKind::Measures
        | TimerKind::CalamityReport
        | TimerKind::CalamityDoubt
        | TimerKind::FollowUpWords
        | TimerKind::AccessRequest => true,
        // `follow_up.rs` plans these by the desk's own rule, `waits.rs` by the phase, `opening.rs` by the ceilings.
        TimerKind::Confirmation | TimerKind::FollowUp | TimerKind::FollowUpSilence | TimerKind::Answer | TimerKind::Talk => false,
    }
}

/// The days on which a clock is looked at before its end, and the one for its end: half of it, so many days before
/// it, the last day itself.
pub fn looks(
    clock: TimerKind,
    rule: &ClockRule,
    from: NaiveDate,
    ends_on: NaiveDate,
    calendar: &CivilCalendar,
) -> Vec<NaiveDate> {
    let mut days: Vec<NaiveDate> = Vec::new();
    if rule.warn_at_half {
        days.push(calendar.working_day_from(from + (ends_on - from) / 2));
    }
    days.extend(rule.warn_working_days_before.iter().map(|count| calendar.working_days_before(ends_on, *count)));
    days.extend(
        rule.warn_days_before.iter().map(|count| calendar.working_day_from(ends_on - TimeDelta::days(i64::from(*count)))),
    );
    days.push(match clock.ending() {
        // What somebody owes is said while it can still be done; what has to run out has run out after its day.
        Ending::EveryWorkingDay | Ending::Once => calendar.working_day_until(ends_on),
        Ending::Anew | Ending::Acts => calendar.working_day_from(ends_on),
    });
    days.sort_unstable();
    days
}

/// The last working day on which something that ends on this day can be done.
pub fn working_day_it_can_still_be_done(clock: TimerKind, ends_on: NaiveDate, policy: &Policy) -> NaiveDate {
    match clock.ending() {
        Ending::EveryWorkingDay | Ending::Once => policy.calendar.working_day_until(ends_on),
        Ending::Anew | Ending::Acts => ends_on,
    }
}

/// The next moment after `now` at which somebody looks at a clock: one of its days, and for what the desk owes every
/// working day after them. `None` once its last look is past.
pub(super) fn next_look(
    clock: TimerKind,
    rule: &ClockRule,
    from: NaiveDate,
    ends_on: NaiveDate,
    policy: &Policy,
    now: Instant,
) -> Option<Instant> {
    let days = looks(clock, rule, from, ends_on, &policy.calendar);
    let planned = days.into_iter().map(|day| policy.moment(day, MORNING)).find(|at| *at > now);
    let tomorrow = || policy.moment(policy.calendar.add_working_days(policy.civil_day(now), 1), MORNING);
    match clock.ending() {
        Ending::EveryWorkingDay | Ending::Anew | Ending::Acts => Some(planned.unwrap_or_else(tomorrow)),
        Ending::Once => planned,
    }
}
