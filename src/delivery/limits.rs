//! How much a provider lets us send, as numbers of the operator's (M156, M157). Pure: time is an argument.
//!
//! Nothing is limited unless the configuration says so. For Microsoft 365: 30 a minute, 10 000 a day; for
//! Gmail: 500 a day (private) or 2 000 a day (Workspace). A share is kept for confirmations of receipt, so
//! that a flood of other mail never leaves a complainant without an answer.

use std::collections::VecDeque;

use chrono::TimeDelta;

use crate::model::{Instant, LetterKind};

/// The operator's numbers; `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderLimits {
    /// Letters in any 60 seconds.
    pub per_minute: Option<u32>,
    /// Letters in any 60 minutes.
    pub per_hour: Option<u32>,
    /// Letters in any 24 hours.
    pub per_day: Option<u32>,
    /// Percent of each number (0 to 100) that only confirmations of receipt may use.
    pub reserved_percent: u8,
}

impl Default for ProviderLimits {
    fn default() -> Self {
        Self { per_minute: None, per_hour: None, per_day: None, reserved_percent: 20 }
    }
}

/// Counts what was sent, and says what may still go.
///
/// The count lives in memory: after a restart it begins again, and the provider's own refusal (4xx) is
/// what remains.
#[derive(Debug, Default)]
pub struct Governor {
    limits: ProviderLimits,
    /// Moments of sending within the longest window that is limited, oldest first.
    sent: VecDeque<Instant>,
}

impl Governor {
    /// A governor that has seen nothing yet.
    pub fn new(limits: ProviderLimits) -> Self {
        Self { limits, sent: VecDeque::new() }
    }

    /// Counts one letter if it may go now; else says when to ask again.
    pub fn take(&mut self, kind: LetterKind, now: Instant) -> Result<(), Instant> {
        let mut free_at = now;
        for (window, most) in self.windows() {
            let most = self.share(kind, most);
            if let Some(moment) = self.free_again(window, most, now) {
                free_at = free_at.max(moment);
            }
        }
        if free_at > now {
            return Err(free_at);
        }
        if let Some((longest, _)) = self.windows().last() {
            self.sent.push_back(now);
            while self.sent.front().is_some_and(|&first| first + longest <= now) {
                self.sent.pop_front();
            }
        }
        Ok(())
    }

    /// How many letters may go now at most, whatever their kind; `None` for any number.
    pub fn room(&self, now: Instant) -> Option<u32> {
        self.windows().map(|(window, most)| most.saturating_sub(self.count_within(window, now))).min()
    }

    /// The moment at which [`Governor::room`] is no longer zero.
    pub fn room_again_at(&self, now: Instant) -> Instant {
        self.windows().filter_map(|(window, most)| self.free_again(window, most, now)).max().unwrap_or(now)
    }

    /// The limited windows, shortest first.
    fn windows(&self) -> impl Iterator<Item = (TimeDelta, u32)> + use<> {
        let limits = self.limits;
        [(TimeDelta::minutes(1), limits.per_minute), (TimeDelta::hours(1), limits.per_hour), (TimeDelta::days(1), limits.per_day)]
            .into_iter()
            .filter_map(|(window, most)| most.map(|most| (window, most)))
    }

    /// What of a limit this kind may use. At least one, or a limit of 1 would block for ever.
    fn share(&self, kind: LetterKind, most: u32) -> u32 {
        if kind.is_confirmation() {
            return most;
        }
        let reserved = u64::from(most) * u64::from(self.limits.reserved_percent.min(100)) / 100;
        u32::try_from(u64::from(most) - reserved).unwrap_or(most).max(most.min(1))
    }

    fn count_within(&self, window: TimeDelta, now: Instant) -> u32 {
        let recent = self.sent.len() - self.sent.partition_point(|&moment| moment + window <= now);
        u32::try_from(recent).unwrap_or(u32::MAX)
    }

    /// When fewer than `most` will lie within the window; `None` when that is so now.
    fn free_again(&self, window: TimeDelta, most: u32, now: Instant) -> Option<Instant> {
        if self.count_within(window, now) < most {
            return None;
        }
        // The letter that has to leave the window is the `most`th from the end. With a limit of 0 none can.
        let place = usize::try_from(most).ok().filter(|&most| most > 0).and_then(|most| self.sent.len().checked_sub(most));
        let leaving = place.and_then(|place| self.sent.get(place)).copied();
        Some(leaving.map_or(now + window, |moment| moment + window))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Instant {
        "2026-03-02T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn without_numbers_everything_may_go() {
        let mut governor = Governor::default();
        for _ in 0..10_000 {
            assert_eq!(governor.take(LetterKind::OfficerNewCase, start()), Ok(()));
        }
        assert_eq!(governor.room(start()), None);
    }

    #[test]
    fn a_backlog_of_five_thousand_never_exceeds_thirty_a_minute_nor_ten_thousand_a_day() {
        let limits = ProviderLimits { per_minute: Some(30), per_day: Some(2_000), reserved_percent: 20, ..Default::default() };
        let mut governor = Governor::new(limits);
        let mut now = start();
        let mut sent: Vec<Instant> = Vec::new();
        while sent.len() < 5_000 {
            match governor.take(LetterKind::Acknowledgement, now) {
                Ok(()) => sent.push(now),
                Err(free_at) => {
                    assert!(free_at > now, "a refusal names a later moment");
                    now = free_at;
                }
            }
        }
        for (window, most) in [(TimeDelta::minutes(1), 30), (TimeDelta::days(1), 2_000)] {
            for pair in sent.windows(most + 1) {
                assert!(pair[most] - pair[0] >= window, "more than {most} within {window}");
            }
        }
        // Not slower than the numbers ask: 5 000 at 2 000 a day are done on the third day.
        assert!(*sent.last().unwrap() - start() < TimeDelta::days(3));
    }

    #[test]
    fn a_share_is_left_for_confirmations_of_receipt() {
        let mut governor = Governor::new(ProviderLimits { per_hour: Some(10), reserved_percent: 20, ..Default::default() });
        for _ in 0..8 {
            assert_eq!(governor.take(LetterKind::OfficerNewCase, start()), Ok(()));
        }
        assert_eq!(governor.take(LetterKind::OfficerNewCase, start()), Err(start() + TimeDelta::hours(1)));
        assert_eq!(governor.room(start()), Some(2));
        assert_eq!(governor.take(LetterKind::Acknowledgement, start()), Ok(()));
        assert_eq!(governor.take(LetterKind::Acknowledgement, start()), Ok(()));
        assert!(governor.take(LetterKind::Acknowledgement, start()).is_err());
        assert_eq!(governor.room_again_at(start()), start() + TimeDelta::hours(1));
    }

    #[test]
    fn a_limit_of_one_still_lets_one_through() {
        let mut governor = Governor::new(ProviderLimits { per_minute: Some(1), ..Default::default() });
        assert_eq!(governor.take(LetterKind::OperatorAlarm, start()), Ok(()));
        assert_eq!(governor.take(LetterKind::OperatorAlarm, start()), Err(start() + TimeDelta::minutes(1)));
    }
}
