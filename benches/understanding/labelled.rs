//! Folders of labelled mails, each mail read once.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a label that cannot be read must stop the measurement")]

use std::path::{Path, PathBuf};

use chrono::{TimeZone, Utc};
use serde_json::{Value, json};
use wederhoor::message::{MailFacts, OwnAddresses, Words, understand};

/// To whom the project's own labelled mails are written.
pub const DESK: &str = "klachten@voorbeeldzorg.example";

/// One mail, what a person said about it and what was understood.
#[derive(Debug)]
pub struct Reading {
    /// Where it lies, for a person to look it up.
    pub path: PathBuf,
    /// The line of `labels.jsonl`, or what stands in the text beside the mail.
    pub label: Value,
    /// What was understood.
    pub facts: MailFacts,
}

impl Reading {
    /// The label under this key, where it is a text.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.label.get(key).and_then(Value::as_str)
    }
}

/// Reads every labelled mail in this folder and below. An empty `desk` reads them as mail to nobody known.
pub fn read(folder: &Path, desk: &str) -> Vec<Reading> {
    let own = OwnAddresses {
        addresses: if desk.is_empty() { Vec::new() } else { vec![desk.parse().unwrap()] },
        separator: '+',
        trace: "een-geheim-van-deze-installatie".to_owned(),
    };
    let words = Words::builtin().unwrap();
    let now = Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap();
    let mut readings = Vec::new();
    for folder in folders(folder) {
        for label in labels(&folder) {
            let path = folder.join(label.get("file").and_then(Value::as_str).unwrap());
            let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            readings.push(Reading { facts: understand(&bytes, &own, &words, now), path, label });
        }
    }
    readings
}

/// What a person said about the mails of one folder: the lines of its `labels.jsonl`, and of each `NAME.eml` with a
/// `NAME.txt` beside it, that this text is what its writer newly said.
fn labels(folder: &Path) -> Vec<Value> {
    let lines = std::fs::read_to_string(folder.join("labels.jsonl")).unwrap_or_default();
    let read = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{}: {error}: {line}", folder.display()));
    let mut labels: Vec<Value> = lines.lines().filter(|line| !line.trim().is_empty()).map(read).collect();
    labels.extend(mails_with_text(folder).into_iter().map(|mail| {
        let text = std::fs::read_to_string(mail.with_extension("txt")).unwrap();
        let file = mail.file_name().unwrap().to_string_lossy();
        json!({ "file": file, "reply_text": text.trim_end() })
    }));
    labels
}

/// The mails of a folder that have a text of the same name beside them, by name.
fn mails_with_text(folder: &Path) -> Vec<PathBuf> {
    let mut mails: Vec<PathBuf> = entries(folder)
        .filter(|path| path.extension().is_some_and(|ending| ending == "eml") && path.with_extension("txt").is_file())
        .collect();
    mails.sort();
    mails
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path())
}

/// This folder and those below it that have labels, in the order of their names.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    if folder.join("labels.jsonl").is_file() || !mails_with_text(folder).is_empty() {
        found.push(folder.to_owned());
    }
    let mut below: Vec<PathBuf> = entries(folder).filter(|path| path.is_dir()).collect();
    below.sort();
    found.extend(below.iter().flat_map(|folder| folders(folder)));
    found
}
