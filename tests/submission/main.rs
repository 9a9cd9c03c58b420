//! Delivery against servers: a real Postfix, a real `smtp-sink`, and small scripted ones that do what no
//! well-behaved server does.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test says what went wrong by stopping there"
)]

mod faults;
mod once;
mod outbox;
#[path = "../support/postfix.rs"]
mod postfix;
mod queue;
mod real;
mod scripted;
mod security;
mod stored;
#[path = "../support/units.rs"]
mod units;
