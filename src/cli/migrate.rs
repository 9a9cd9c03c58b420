//! `wederhoor migrate`.

use std::path::Path;

use super::output::{self, Failure};

/// Brings the database up to date. Starting the daemon does the same; this is for operators who want it to
/// happen at a moment of their own.
pub(super) fn migrate(config: &Path) -> Result<(), Failure> {
    super::run::with_store(config, async |_store| output::line("the database is up to date"))
}
