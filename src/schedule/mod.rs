//! Schedule: when to look at the clocks, and what a due clock is.
//!
//! A due timer is one more event for the core. When a follow-up may be sent is the core's own decision
//! (`mediation::follow_up`), from the desk's cron rule; nothing here decides.

use chrono::TimeDelta;

use crate::mediation::CaseEvent;
use crate::model::Instant;
use crate::store::DueTimer;

/// The clocks are looked at no less often than this: another daemon, or a clock that was set back, may have
/// changed what is due (M180).
const AT_LEAST_EVERY: TimeDelta = TimeDelta::seconds(60);

/// The event that a due clock is.
pub fn event_of(due: &DueTimer) -> CaseEvent {
    CaseEvent::TimerDue(due.timer)
}

/// How long to rest before looking again: until the next clock, but never longer than a minute and never
/// shorter than nothing.
pub fn rest(now: Instant, next_timer_at: Option<Instant>) -> std::time::Duration {
    let until = next_timer_at.map_or(AT_LEAST_EVERY, |at| at - now).clamp(TimeDelta::zero(), AT_LEAST_EVERY);
    until.to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clocks_are_looked_at_when_the_next_is_due_and_every_minute_at_least() {
        let now: Instant = "2026-11-16T08:00:00Z".parse().unwrap();
        assert_eq!(rest(now, None).as_secs(), 60);
        assert_eq!(rest(now, Some(now + TimeDelta::seconds(5))).as_secs(), 5);
        assert_eq!(rest(now, Some(now - TimeDelta::days(1))).as_secs(), 0);
        assert_eq!(rest(now, Some(now + TimeDelta::days(28))).as_secs(), 60);
    }
}
