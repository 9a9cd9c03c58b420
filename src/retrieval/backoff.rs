//! How long to stay away from a mail server that could not be used (M175).

use std::time::Duration;

/// The first pause, before jitter.
const FIRST: Duration = Duration::from_secs(1);

/// The longest pause: a desk should notice within five minutes that its server is back.
const LONGEST: Duration = Duration::from_mins(5);

/// The pause before attempt number `attempt` (1 is the first one after a failure).
///
/// It doubles from one second to five minutes. `random` is a number from 0 up to 1; it takes away up to half
/// of the pause, so that many desks that lost one server do not all come back in the same second.
pub fn pause(attempt: u32, random: f64) -> Duration {
    let doublings = attempt.saturating_sub(1).min(16);
    let whole = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    whole.mul_f64(1.0 - random.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stop_at_five_minutes() {
        let whole: Vec<u64> = (1..=11).map(|attempt| pause(attempt, 0.0).as_secs()).collect();
        assert_eq!(whole, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
        assert_eq!(pause(u32::MAX, 0.0), LONGEST);
    }

    #[test]
    fn chance_takes_away_at_most_half() {
        assert_eq!(pause(4, 1.0), Duration::from_secs(4));
        assert!(pause(4, 0.5) > pause(4, 0.6));
        assert_eq!(pause(4, 99.0), pause(4, 1.0));
    }
}
