//! How commands speak: results on standard output, failures explained on standard error.

use std::io::Write;

use super::exit;

/// Why a command did not succeed: words for a person, and an exit code for a script.
#[derive(Debug)]
pub(super) struct Failure {
    /// One line each.
    pub words: Vec<String>,
    /// From sysexits.h.
    pub exit_code: u8,
}

impl Failure {
    /// A failure in one line.
    pub fn new(exit_code: u8, words: impl Into<String>) -> Self {
        Self { words: vec![words.into()], exit_code }
    }

    /// A file or folder can not be used.
    pub fn io(error: &std::io::Error) -> Self {
        Self::new(exit::IO, error.to_string())
    }

    /// The database.
    pub fn store(error: &crate::store::StoreError) -> Self {
        Self::new(if error.is_temporary() { exit::TEMPORARY } else { exit::CONFIGURATION }, error.to_string())
    }
}

/// Says on standard error why the program ends as it does. Nothing can be done if that fails as well.
pub(super) fn explain(failure: &Failure) {
    let mut stream = std::io::stderr().lock();
    for line in &failure.words {
        let _ = writeln!(stream, "wederhoor: {line}");
    }
}

/// Writes one line of result. A reader that has gone away (`| head`) ends the program quietly.
pub(super) fn line(text: &str) -> Result<(), Failure> {
    match writeln!(std::io::stdout().lock(), "{text}") {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Err(Failure { words: Vec::new(), exit_code: 0 }),
        Err(error) => Err(Failure::io(&error)),
    }
}
