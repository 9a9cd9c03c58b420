//! `wederhoor inspect`: how mails are understood. Touches nothing, needs no configuration.
//!
//! Mails are found one after another (`sources`), read on all cores a window at a time, and told in the order in which
//! they were found: as the lines of the contract, or in words for a person (`explained`).

mod explained;
mod mbox;
mod officer;
mod sources;

use rayon::prelude::*;

use self::explained::Sentences;
use self::officer::OfficerReader;
use self::sources::{Source, Trouble};
use super::arguments::InspectOptions;
use super::exit;
use super::output::{self, Failure};
use crate::clock::{Clock, SystemClock};
use crate::message::{OwnAddresses, Words, inspect_json, understand};
use crate::model::{Instant, MailAddress};

/// So many mails are read side by side before their lines are written.
const WINDOW_MAILS: usize = 512;
/// A window of large mails is closed earlier, so that memory stays bounded.
const WINDOW_BYTES: usize = 32 * 1024 * 1024;

/// Reads every mail that the paths name.
pub(super) fn inspect(options: &InspectOptions) -> Result<(), Failure> {
    let words = super::triage::words()?;
    let addresses = options
        .desk
        .iter()
        .map(|text| text.parse::<MailAddress>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::new(exit::USAGE, format!("--desk: {error}")))?;
    let reader = Reader {
        own: OwnAddresses { addresses, separator: '+', trace: String::new() },
        words: &words,
        sentences: Sentences::builtin().map_err(|error| Failure::new(exit::SOFTWARE, error.to_string()))?,
        now: SystemClock.now(),
        as_json: options.json,
        officer: OfficerReader::of(options)?,
    };
    let mut window = Window { reader: &reader, mails: Vec::new(), bytes: 0, missing: Vec::new() };
    for path in &options.paths {
        match sources::each(path, &mut |source| window.add(source)) {
            Ok(()) => {}
            Err(Trouble::Failure(failure)) => return Err(failure),
            Err(Trouble::Unreadable(path, why)) => window.missing.push(format!("{}: {why}", path.display())),
        }
    }
    window.flush()?;
    if window.missing.is_empty() { Ok(()) } else { Err(Failure { words: window.missing, exit_code: exit::NO_INPUT }) }
}

/// What every mail is read with.
struct Reader<'w> {
    own: OwnAddresses,
    words: &'w Words,
    sentences: Sentences,
    now: Instant,
    as_json: bool,
    /// Whether the mails are an officer's to the file of a case.
    officer: Option<OfficerReader>,
}

impl Reader<'_> {
    fn told(&self, name: &str, bytes: &[u8]) -> String {
        let facts = understand(bytes, &self.own, self.words, self.now);
        let read = self.officer.as_ref().map(|officer| officer.read(&facts, self.now));
        if self.as_json {
            let mut line = inspect_json(name, &facts);
            if let Some(read) = read {
                read.add_to(&mut line);
            }
            line.to_string()
        } else {
            let mut text = self.sentences.explain(name, bytes, &facts);
            if let Some(read) = read {
                read.explain(&mut text);
            }
            text
        }
    }
}

/// Mails found and not yet told.
struct Window<'r> {
    reader: &'r Reader<'r>,
    mails: Vec<Source>,
    bytes: usize,
    /// Files that could not be read; the others are told all the same.
    missing: Vec<String>,
}

impl Window<'_> {
    fn add(&mut self, source: Source) -> Result<(), Failure> {
        self.bytes += source.size();
        self.mails.push(source);
        if self.mails.len() >= WINDOW_MAILS || self.bytes >= WINDOW_BYTES { self.flush() } else { Ok(()) }
    }

    /// Tells what waits, in the order in which it was found.
    fn flush(&mut self) -> Result<(), Failure> {
        let reader = self.reader;
        let mails = std::mem::take(&mut self.mails);
        self.bytes = 0;
        let told: Vec<Result<String, String>> = mails
            .par_iter()
            .map(|mail| match mail.read() {
                Ok(bytes) => Ok(reader.told(mail.name(), &bytes)),
                Err(error) => Err(format!("{}: {error}", mail.name())),
            })
            .collect();
        for one in told {
            match one {
                Ok(text) => output::line(&text)?,
                Err(words) => self.missing.push(words),
            }
        }
        Ok(())
    }
}
