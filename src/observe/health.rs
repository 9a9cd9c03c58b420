//! Whether the daemon does its work, and if not, why. The reasons are for the operator and name no person.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;

use crate::model::Instant;

/// What could heal a trouble. The watchdog restarts the daemon only for what a restart can heal: a provider
/// that is down for an hour must not make the daemon restart for an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// A restart may heal it: a task that hangs, a database handle that broke.
    Restart,
    /// Only waiting, or a person, heals it: another machine is down, a password was changed.
    Patience,
}

#[derive(Debug)]
struct Part {
    trouble: Option<(String, Remedy)>,
    beat: Option<(Instant, TimeDelta)>,
}

/// The parts of the daemon and how each is. A part that nobody reported on is no part.
#[derive(Debug, Default)]
pub struct Health(Mutex<BTreeMap<String, Part>>);

impl Health {
    fn parts(&self) -> MutexGuard<'_, BTreeMap<String, Part>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The part works.
    pub fn good(&self, part: &str) {
        self.parts().entry(part.to_owned()).or_insert(Part { trouble: None, beat: None }).trouble = None;
    }

    /// The part does not work.
    pub fn trouble(&self, part: &str, reason: impl Into<String>, remedy: Remedy) {
        self.parts().entry(part.to_owned()).or_insert(Part { trouble: None, beat: None }).trouble = Some((reason.into(), remedy));
    }

    /// The part is alive now, and will say so again within this time. If it does not, it hangs.
    pub fn beat(&self, part: &str, now: Instant, again_within: TimeDelta) {
        self.parts().entry(part.to_owned()).or_insert(Part { trouble: None, beat: None }).beat = Some((now, again_within));
    }

    /// The part has ended its work in order; its silence is no trouble.
    pub fn ended(&self, part: &str) {
        self.parts().remove(part);
    }

    /// Everything that is wrong now; empty when all is well.
    pub fn troubles(&self, now: Instant) -> Vec<(String, Remedy)> {
        let mut troubles = Vec::new();
        for (name, part) in &*self.parts() {
            if let Some((reason, remedy)) = &part.trouble {
                troubles.push((format!("{name}: {reason}"), *remedy));
            }
            if let Some((last, again_within)) = part.beat
                && now - last > again_within
            {
                troubles.push((format!("{name}: silent for {} s", (now - last).num_seconds()), Remedy::Restart));
            }
        }
        troubles
    }

    /// Whether a restart would not help: the watchdog may be told that all is well.
    pub fn needs_no_restart(&self, now: Instant) -> bool {
        self.troubles(now).iter().all(|(_, remedy)| *remedy == Remedy::Patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_that_is_down_is_told_but_is_no_reason_to_restart() {
        let (health, now) = (Health::default(), Instant::UNIX_EPOCH);
        health.good("database");
        health.trouble("mailbox", "login refused", Remedy::Patience);
        assert_eq!(health.troubles(now), [("mailbox: login refused".to_owned(), Remedy::Patience)]);
        assert!(health.needs_no_restart(now));
        health.good("mailbox");
        assert!(health.troubles(now).is_empty());
        health.trouble("database", "closed", Remedy::Restart);
        assert!(!health.needs_no_restart(now));
    }

    #[test]
    fn a_part_that_falls_silent_hangs_until_it_beats_again() {
        let (health, start) = (Health::default(), Instant::UNIX_EPOCH);
        let minute = TimeDelta::minutes(1);
        health.beat("delivery", start, minute);
        assert!(health.needs_no_restart(start + minute));
        let later = start + minute * 2;
        assert!(!health.needs_no_restart(later) && health.troubles(later)[0].0.contains("silent for 120 s"));
        health.beat("delivery", later, minute);
        assert!(health.troubles(later).is_empty());
        health.ended("delivery");
        assert!(health.troubles(later + minute * 9).is_empty());
    }
}
