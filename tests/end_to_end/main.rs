//! The real program between a real Dovecot and a real Postfix: what a complainant, an officer and an operator
//! see of it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step that fails is the test's report"
)]
#![expect(clippy::disallowed_methods, reason = "the names of files in a Maildir begin with the time of day")]

#[path = "../support/dovecot.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod dovecot;
mod folders;
mod house;
mod live_loops;
mod loops;
mod operator;
#[path = "../support/postfix.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postfix;
#[path = "../support/postgres.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postgres;
#[path = "../support/program.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod program;
mod returns;
mod whole_life;
