//! Configuration: as written ([`settings`]), and as proved ([`validated`]). All faults are reported at
//! once, each with its file, its key and a hint; `check` and every start use the same [`load`].
//!
//! It deliberately knows no stage that touches a network or a database: mailbox and submission come out as
//! plain data. Passwords are read here, once, so that a file that went missing is told before the first mail.

mod authentication;
mod desk;
mod fault;
pub mod mediation;
mod quantity;
pub mod regime;
mod retrieval;
mod secret;
mod section;
mod server;
pub mod settings;
mod store;
mod submission;
pub mod validated;

use std::path::Path;

use toml::de::DeTable;

pub use authentication::AuthenticationSettings;
pub use desk::Desk;
pub use fault::{Fault, Findings, Key, Written};
pub use quantity::Hours;
pub use regime::Regime;
pub use retrieval::{RetrievalSettings, RetrievalSource};
pub use server::Server;
pub use settings::Ceilings;
pub use store::StoreLocation;
pub use submission::{SubmissionSettings, SubmissionTarget};
pub use validated::Validated;

use crate::clock::{Clock, SystemClock};
use crate::model::Instant;

/// Reads and proves a configuration. `Err` holds every fault, in the order of the file, and is never empty.
pub fn load(path: &Path) -> Result<Validated, Vec<Fault>> {
    let whole_file = Key { path: String::new(), line: None };
    match std::fs::read_to_string(path) {
        Ok(text) => prove(&text, path, SystemClock.now()),
        Err(error) => {
            let findings = Findings::in_file(path);
            let hint = "name the configuration with --config; config/wederhoor.example.toml shows every key";
            findings.fault(&whole_file, format!("can not be read: {error}"), hint);
            Err(findings.into_faults())
        }
    }
}

/// As [`load`], for a text that is already there. `now` decides whether a cron rule still fires and whether
/// the holidays are known far enough ahead.
pub fn prove(text: &str, path: &Path, now: Instant) -> Result<Validated, Vec<Fault>> {
    let findings = Findings::in_file(path);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let line = error.span().map(|span| text.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1);
        let key = Key { path: String::new(), line };
        findings.fault(&key, error.message().replace('\n', " "), "this is not TOML; see https://toml.io for its rules");
    }
    // What follows from broken syntax is guesswork: the writer would chase faults that are none.
    if !errors.is_empty() {
        return Err(findings.into_faults());
    }
    let settings = settings::Settings::read(section::Section::root(table.get_ref(), section::Lines(text), &findings), &findings);
    match validated::prove(&settings, now, &findings) {
        Some(validated) => Ok(validated),
        None => Err(findings.into_faults()),
    }
}
