//! The only place that reads the time of day. The core gets `now` as an argument (style.md, clippy.toml).

use std::sync::Mutex;

use chrono::{SubsecRound, TimeDelta, Utc};

use crate::model::Instant;

/// Something that knows what time it is.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The present moment.
    fn now(&self) -> Instant;

    /// What a moment that another clock wrote down, such as a mail server's, is on this clock. Only a
    /// rehearsal knows a difference.
    fn translate(&self, moment: Instant) -> Instant {
        moment
    }
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

/// A clock that was set by `--at` and stands still. Mail that was put into the mailbox for the rehearsal
/// carries the real time; on this clock it came just as long before the moment that is rehearsed.
#[derive(Debug, Clone, Copy)]
pub struct RehearsalClock {
    shows: Instant,
    set_at: Instant,
}

impl RehearsalClock {
    /// A clock that shows this moment from now on.
    pub fn showing(shows: Instant) -> Self {
        Self { shows, set_at: SystemClock.now() }
    }
}

/// Mail older than this was not put there for the rehearsal: its own date is meant.
const PUT_THERE_FOR_THE_REHEARSAL: TimeDelta = TimeDelta::hours(24);

impl Clock for RehearsalClock {
    fn now(&self) -> Instant {
        self.shows
    }

    fn translate(&self, moment: Instant) -> Instant {
        let age = self.set_at - moment;
        if age < PUT_THERE_FOR_THE_REHEARSAL { self.shows - age.max(TimeDelta::zero()) } else { moment }
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
