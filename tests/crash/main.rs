//! `kill -9` at random moments, again and again, and nothing lost, doubled or stuck (I1–I4, M17, M153, M154,
//! M162–M164).
//!
//! Short by default. The long runs:
//! `WEDERHOOR_CRASH_ROUNDS=200 cargo nextest run --test crash sqlite --no-capture` and
//! `WEDERHOOR_CRASH_ROUNDS=50 cargo nextest run --test crash postgresql --no-capture`;
//! `WEDERHOOR_CRASH_SEED` repeats the moments of an earlier run, as far as a machine repeats itself.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step that fails is the test's report"
)]
#![expect(clippy::disallowed_methods, reason = "the names of files in a Maildir begin with the time of day")]
#![expect(clippy::print_stderr, reason = "the seed and the figures of a run are for the person who runs it")]

mod backlog;
mod complaints;
#[path = "../support/dovecot.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod dovecot;
mod follow_up;
#[path = "../support/postgres.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postgres;
#[path = "../support/program.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod program;
#[path = "../support/sink.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod sink;
mod verdict;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How many rounds: of the environment, or as many as a build machine has time for.
fn rounds(short: usize) -> usize {
    std::env::var("WEDERHOOR_CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(short)
}

/// Chance whose seed is printed, so that a run can be repeated.
fn chance(name: &str) -> StdRng {
    let given = std::env::var("WEDERHOOR_CRASH_SEED").ok().and_then(|text| text.parse().ok());
    let seed: u64 = given.unwrap_or_else(|| rand::rng().random());
    eprintln!("{name}: WEDERHOOR_CRASH_SEED={seed}");
    StdRng::seed_from_u64(seed)
}
