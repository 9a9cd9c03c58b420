//! What the benches measure with.

pub mod desk;
pub mod mails;
pub mod process;
pub mod raw_imap;
pub mod write_limit;

use std::time::Instant;

/// How many a second.
pub fn rate(count: usize, begun: Instant) -> f64 {
    per_second(count, begun.elapsed())
}

/// How many a second in a time.
#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
pub fn per_second(count: usize, elapsed: std::time::Duration) -> f64 {
    count as f64 / elapsed.as_secs_f64()
}
