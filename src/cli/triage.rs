//! `wederhoor triage train`: what mails are about, learned anew from labelled mails and an officer's corrections.

use std::path::{Path, PathBuf};

use super::exit;
use super::output::{self, Failure};
use crate::daemon;
use crate::message::{Words, triage};

/// Files that begin like this are there to be judged, not to be learned from.
const HELD_OUT: &str = "held-out";

/// Learns from the files and writes the weights.
pub(super) fn train(paths: &[PathBuf], out: &Path) -> Result<(), Failure> {
    let mut files = Vec::new();
    for path in paths {
        labelled(path, &mut files)?;
    }
    files.sort();
    let weights = triage::learn(&files).map_err(|error| Failure::new(exit::NO_INPUT, error.to_string()))?;
    std::fs::write(out, &weights).map_err(|error| Failure::new(exit::IO, format!("{}: {error}", out.display())))?;
    output::line(&format!("{}: {} bytes, learned from {} files", out.display(), weights.len(), files.len()))
}

/// The labelled files of a path, each as its name and its text.
fn labelled(path: &Path, files: &mut Vec<(String, String)>) -> Result<(), Failure> {
    let fault = |error: std::io::Error| Failure::new(exit::NO_INPUT, format!("{}: {error}", path.display()));
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(fault)? {
            labelled(&entry.map_err(fault)?.path(), files)?;
        }
        return Ok(());
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_labelled = path.extension().is_some_and(|ending| ending == "jsonl" || ending == "txt");
    if is_labelled && !name.starts_with(HELD_OUT) {
        files.push((name, std::fs::read_to_string(path).map_err(fault)?));
    }
    Ok(())
}

/// The words that mail is understood by, with the operator's own weights where the environment names them.
pub(super) fn words() -> Result<Words, Failure> {
    daemon::words().map_err(|error| Failure::new(exit::CONFIGURATION, error.to_string()))
}
