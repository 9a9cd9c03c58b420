//! When a letter is tried again, and when a server is looked at again (M151). Pure.

use chrono::TimeDelta;

use crate::model::Instant;

/// RFC 5321 section 4.5.4.1 and M151: a letter that was put off for this long is given up.
pub const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(5);

/// The pause after a letter was put off for the `attempt`th time, counted from 1.
///
/// | attempt | 1 | 2 | 3 | 4 | 5 | 6 and on |
/// |---|---|---|---|---|---|---|
/// | pause | 5 min | 15 min | 30 min | 1 h | 2 h | 4 h |
///
/// and up to a tenth more, by `random` (0 up to 1): letters put off together shall not all come back
/// together. With [`GIVE_UP_AFTER`] that makes at most 35 attempts.
pub fn retry_delay(attempt: u32, random: f64) -> TimeDelta {
    let minutes = match attempt {
        0 | 1 => 5,
        2 => 15,
        3 => 30,
        4 => 60,
        5 => 120,
        _ => 240,
    };
    spread(TimeDelta::minutes(minutes), random)
}

/// When to try again a letter that was committed at this moment, or `None` when it is given up.
pub fn retry_at(committed_at: Instant, now: Instant, attempt: u32, random: f64) -> Option<Instant> {
    let next = now + retry_delay(attempt, random);
    (next - committed_at <= GIVE_UP_AFTER).then_some(next)
}

/// The pause after a server could not be reached, or refused us, `failures` times in a row (from 1): 5 s,
/// 15 s, 30 s, 1 min, 2 min, 5 min, then every 10 min; and up to a tenth more by `random`.
///
/// Shorter than [`retry_delay`], because no letter is worn out by it (M152) and most servers that are gone
/// come back within a minute.
pub fn rest_delay(failures: u32, random: f64) -> TimeDelta {
    let seconds = match failures {
        0 | 1 => 5,
        2 => 15,
        3 => 30,
        4 => 60,
        5 => 120,
        6 => 300,
        _ => 600,
    };
    spread(TimeDelta::seconds(seconds), random)
}

/// Adds up to a tenth.
fn spread(pause: TimeDelta, random: f64) -> TimeDelta {
    let share = random.clamp(0.0, 1.0) * 0.1;
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a tenth of some hours, in milliseconds")]
    let extra = (pause.num_milliseconds() as f64 * share) as i64;
    pause + TimeDelta::milliseconds(extra)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_from_five_minutes_to_four_hours_and_end_after_five_days() {
        let committed: Instant = "2026-03-02T09:00:00Z".parse().unwrap();
        let (mut now, mut attempt, mut tried_after) = (committed, 0, Vec::new());
        loop {
            attempt += 1;
            tried_after.push((now - committed).num_minutes());
            match retry_at(committed, now, attempt, 0.0) {
                Some(next) => now = next,
                None => break,
            }
        }
        assert_eq!(tried_after[..8], [0, 5, 20, 50, 110, 230, 470, 710]);
        assert_eq!(tried_after.len(), 35);
        assert!(*tried_after.last().unwrap() <= 5 * 24 * 60);
        assert!(*tried_after.last().unwrap() > 4 * 24 * 60);
    }

    #[test]
    fn chance_adds_at_most_a_tenth() {
        for attempt in 0..10 {
            assert!(retry_delay(attempt, 1.0) <= retry_delay(attempt, 0.0) * 11 / 10);
            assert!(retry_delay(attempt, 0.5) > retry_delay(attempt, 0.0));
            assert_eq!(retry_delay(attempt, 7.0), retry_delay(attempt, 1.0));
        }
        assert!(rest_delay(99, 1.0) <= TimeDelta::minutes(11));
    }
}
