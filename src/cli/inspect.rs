//! `wederhoor inspect`: how mails are understood. Touches nothing, needs no configuration.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::arguments::InspectOptions;
use super::exit;
use super::output::{self, Failure};
use crate::clock::{Clock, SystemClock};
use crate::message::{MailFacts, OwnAddresses, inspect_json, understand};
use crate::model::MailAddress;

/// Reads every mail that the paths name.
pub(super) fn inspect(options: &InspectOptions) -> Result<(), Failure> {
    let words = super::triage::words()?;
    let addresses = options
        .desk
        .iter()
        .map(|text| text.parse::<MailAddress>())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| Failure::new(exit::USAGE, format!("--desk: {error}")))?;
    let own = OwnAddresses { addresses, separator: '+', trace: String::new() };
    let now = SystemClock.now();
    let mut missing = Vec::new();
    for path in &options.paths {
        let result = each_mail(path, &mut |name, bytes| {
            let facts = understand(bytes, &own, &words, now);
            output::line(&if options.json { inspect_json(name, &facts).to_string() } else { explained(name, &facts) })
        });
        match result {
            Ok(()) => {}
            Err(Trouble::Failure(failure)) => return Err(failure),
            Err(Trouble::Unreadable(why)) => missing.push(format!("{}: {why}", path.display())),
        }
    }
    if missing.is_empty() { Ok(()) } else { Err(Failure { words: missing, exit_code: exit::NO_INPUT }) }
}

enum Trouble {
    Failure(Failure),
    Unreadable(std::io::Error),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Self::Unreadable(error)
    }
}

type Visit<'v> = dyn FnMut(&str, &[u8]) -> Result<(), Failure> + 'v;

/// Visits the mails of a file, a folder, a Maildir, an mbox or standard input, one at a time.
fn each_mail(path: &Path, visit: &mut Visit<'_>) -> Result<(), Trouble> {
    if path == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes)?;
        return each_in_file("-", &bytes, visit);
    }
    if path.is_dir() {
        for file in files_in(path)? {
            let bytes = std::fs::read(&file)?;
            visit(&file.to_string_lossy(), &bytes)?;
        }
        return Ok(());
    }
    let bytes = std::fs::read(path)?;
    each_in_file(&path.to_string_lossy(), &bytes, visit)
}

/// The mails of a Maildir, new ones first, or all files below another folder.
fn files_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let is_maildir = folder.join("new").is_dir() && folder.join("cur").is_dir();
    let mut waiting = if is_maildir { vec![folder.join("new"), folder.join("cur")] } else { vec![folder.to_owned()] };
    let mut files = Vec::new();
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next)? {
            let path = entry?.path();
            if !path.is_dir() {
                files.push(path);
            } else if !is_maildir {
                waiting.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// An mbox begins with a `From ` line (RFC 4155) and holds such a line before each of its mails.
fn each_in_file(name: &str, bytes: &[u8], visit: &mut Visit<'_>) -> Result<(), Trouble> {
    let starts = mbox_starts(bytes);
    if starts.len() < 2 {
        return Ok(visit(name, bytes)?);
    }
    let ends = starts.iter().skip(1).copied().chain([bytes.len()]);
    for (number, (start, end)) in starts.iter().zip(ends).enumerate() {
        visit(&format!("{name}#{}", number + 1), bytes.get(*start..end).unwrap_or_default())?;
    }
    Ok(())
}

/// Where mails begin in an mbox: at its beginning, and after each empty line that a `From ` line follows.
fn mbox_starts(bytes: &[u8]) -> Vec<usize> {
    if !bytes.starts_with(b"From ") {
        return Vec::new();
    }
    let mut starts = vec![0];
    let mut before_is_empty = false;
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if at > 0 && before_is_empty && line.starts_with(b"From ") {
            starts.push(at);
        }
        before_is_empty = line == b"\n" || line == b"\r\n";
        at += line.len();
    }
    starts
}

/// The same for a person: why did it do that?
fn explained(name: &str, facts: &MailFacts) -> String {
    let mut lines = vec![format!("{name}"), format!("  class      {} because of {}", facts.class.code(), facts.class_reason)];
    if let Some(silence) = facts.silence {
        lines.push(format!(
            "  no answer  {}",
            serde_json::to_value(silence).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        ));
    }
    lines.push(format!("  from       {}", facts.author.as_ref().map_or("nobody", |author| author.address.as_str())));
    lines.push(format!("  subject    {}", facts.subject));
    lines.push(format!("  language   {}", facts.language));
    for finding in &facts.triage.evidence {
        lines.push(format!("  {:<10} because of \"{}\"", finding.label, finding.words));
    }
    for attachment in &facts.attachments {
        lines.push(format!("  attached   {} ({}, {} bytes)", attachment.name, attachment.media_type, attachment.bytes));
    }
    for problem in &facts.problems {
        lines.push(format!(
            "  problem    {}",
            serde_json::to_value(problem).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        ));
    }
    lines.push("  own words".to_owned());
    lines.extend(facts.reply_text.lines().map(|line| format!("  | {line}")));
    lines.join("\n")
}
