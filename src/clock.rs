//! The only place that reads the time of day. The core gets `now` as an argument (style.md, clippy.toml).

use std::sync::Mutex;

use chrono::{SubsecRound, TimeDelta, Utc};

use crate::model::Instant;

/// Something that knows what time it is.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present moment.
    fn now(&self) -> Instant;
}

/// The moment as the database keeps it, in whole microseconds: what was decided at a moment must read the
/// same when the journal is replayed (I11).
fn kept(instant: Instant) -> Instant {
    instant.trunc_subsecs(6)
}

/// The clock of the machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that may read the clock")]
    fn now(&self) -> Instant {
        kept(Utc::now())
    }
}

/// A clock that stands still until it is told to move: for `--at`, the demo and the tests.
#[derive(Debug)]
pub struct ManualClock(Mutex<Instant>);

impl ManualClock {
    /// A clock that shows this moment.
    pub fn at(instant: Instant) -> Self {
        Self(Mutex::new(kept(instant)))
    }

    /// Moves the hands to another moment.
    pub fn set(&self, instant: Instant) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = kept(instant);
    }

    /// Moves the hands on.
    pub fn advance(&self, by: TimeDelta) {
        let mut hands = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *hands = kept(*hands + by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Instant {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_no_finer_than_the_database_keeps_it() {
        let fine = Instant::UNIX_EPOCH + TimeDelta::nanoseconds(1_999);
        assert_eq!(ManualClock::at(fine).now(), Instant::UNIX_EPOCH + TimeDelta::microseconds(1));
        let now = SystemClock.now();
        assert_eq!(now.timestamp_micros() * 1_000, now.timestamp_nanos_opt().unwrap());
    }
}
