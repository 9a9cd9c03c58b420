//! The stages that speak to servers, against real servers that each test starts for itself.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a step that fails is the test's report")]
#![expect(clippy::disallowed_methods, reason = "the names of files in a Maildir begin with the time of day")]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod support;

mod imap;
mod scripted;
