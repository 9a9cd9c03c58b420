//! A clock struck: who hears what, and when it is looked at again (row 42).

use super::follow::next_look;
use super::{Ending, MORNING, TimerKind};
use crate::mediation::draft::Draft;
use crate::mediation::reply::Alarm;
use crate::mediation::{Case, Decision, Entry, Reason, retention};

/// A clock of this kind came due.
pub fn due(mut draft: Draft<'_>, clock: TimerKind) -> Decision {
    let ends_on = draft.case.end_of(clock).filter(|_| is_still_meant(&draft.case, clock));
    let (Some(ends_on), Some(rule)) = (ends_on, draft.policy.clocks.get(&clock)) else {
        draft.reason = Reason::TimerObsolete;
        draft.stop_timer(clock);
        return draft.done();
    };
    let today = draft.policy.civil_day(draft.now);
    let days_left = (ends_on - today).num_days();
    match clock.ending() {
        Ending::Acts => return retention::due(draft, clock, days_left),
        Ending::Anew => {
            let since = rule.length.count;
            draft.remind(Alarm::NoProgress { days: i64::from(since) - days_left }, false);
            if draft.policy.digest {
                // It stands in each morning's digest until the complainant has heard something.
                draft.look_tomorrow(clock);
            } else {
                let ends_on = draft.policy.calendar.end_of(today, rule.length, rule.of_law);
                if let Some(due_at) = next_look(clock, rule, today, ends_on, draft.policy, draft.now) {
                    draft.note(Entry::TimerSet { timer: clock, due_at, ends_on: Some(ends_on) });
                }
            }
            return draft.done();
        }
        Ending::EveryWorkingDay | Ending::Once => {}
    }
    // Past its day, or a report to the inspectorate on its last one, it is no longer one person's matter.
    let deputy_too = days_left < 0 || (clock.ending() == Ending::Once && days_left <= 0);
    draft.remind(alarm(clock, days_left), deputy_too);
    // Half of a clock is half of all of it, not of what is left.
    let from = draft.policy.civil_day(draft.case.received_at);
    match next_look(clock, rule, from, ends_on, draft.policy, draft.now) {
        Some(due_at) => draft.set_timer(clock, due_at),
        None => draft.stop_timer(clock),
    }
    draft.done()
}

fn alarm(clock: TimerKind, days_left: i64) -> Alarm {
    match clock {
        TimerKind::FirstContact => Alarm::FirstContact { days_left },
        TimerKind::Decision => Alarm::Decision { days_left },
        TimerKind::Confirmation
        | TimerKind::Refusal
        | TimerKind::Measures
        | TimerKind::CalamityReport
        | TimerKind::CalamityDoubt
        | TimerKind::Attention
        | TimerKind::FollowUp
        | TimerKind::FollowUpSilence
        | TimerKind::FollowUpWords
        | TimerKind::AccessRequest
        | TimerKind::Retention
        | TimerKind::Answer
        | TimerKind::Talk => Alarm::Clock { clock, days_left },
    }
}

fn is_still_meant(case: &Case, clock: TimerKind) -> bool {
    let contacted = clock == TimerKind::FirstContact && case.first_contact.is_some();
    (case.phase.is_open() || clock.outlives_the_case()) && !contacted
}

impl Draft<'_> {
    /// Looks at a clock again on the next working morning.
    pub(in crate::mediation) fn look_tomorrow(&mut self, clock: TimerKind) {
        let tomorrow = self.policy.calendar.add_working_days(self.policy.civil_day(self.now), 1);
        self.set_timer(clock, self.policy.moment(tomorrow, MORNING));
    }

    /// Notes what a clock says. The officer reads it in the morning's digest, which is written after the clocks
    /// have struck; where the desk wants no digest, in a letter of its own.
    pub(in crate::mediation) fn remind(&mut self, alarm: Alarm, deputy_too: bool) {
        if self.policy.digest {
            self.note(Entry::Alarmed { alarm });
        } else {
            self.alarm(alarm, deputy_too);
        }
    }
}
