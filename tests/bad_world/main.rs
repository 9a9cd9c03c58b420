//! The world goes wrong around the real program: clear words, nothing lost, and it goes on afterwards (I1).
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step that fails is the test's report"
)]
#![expect(clippy::disallowed_methods, reason = "the names of files in a Maildir begin with the time of day")]

mod disks;
#[path = "../support/dovecot.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod dovecot;
mod lines;
#[path = "../support/postgres.rs"]
mod postgres;
#[path = "../support/program.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod program;
#[path = "../support/proxy.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod proxy;
mod scene;
#[path = "../support/sink.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod sink;
#[path = "../support/small_disk.rs"]
mod small_disk;
