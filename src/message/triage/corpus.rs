//! Labelled mails: the files that the learned part is made from, and an officer's corrections.
//!
//! One JSON object a line with `lang`, `subject`, `body` and `labels`; a label that is left out is not known and teaches
//! nothing. Passages are the short form for single sentences: text files in which `[calamity]` opens a list of sentences
//! that say it, and `[none]` one of sentences that sound alike and say nothing of the kind.

use std::path::Path;

use serde::Deserialize;

use super::model::LABELS;
use super::training::{Example, TrainingError};

/// The labels of a passage file that may stand between brackets, and are all denied by `[none]`.
const ALARMS: [&str; 4] = ["calamity", "legal", "abuse", "crisis"];

#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    subject: String,
    body: String,
    #[serde(default)]
    labels: Known,
}

#[derive(Debug, Default, Deserialize)]
struct Known {
    intent: Option<String>,
    categories: Option<Vec<String>>,
    against_person: Option<bool>,
    calamity: Option<bool>,
    legal: Option<bool>,
    abuse: Option<bool>,
    crisis: Option<bool>,
    third_party: Option<bool>,
    purpose: Option<Vec<String>>,
}

/// Reads the text of one file, by its ending: `.jsonl` holds mails, `.txt` passages.
pub fn examples(file: &str, text: &str) -> Result<Vec<Example>, TrainingError> {
    if Path::new(file).extension().is_some_and(|ending| ending == "txt") { passages(file, text) } else { mails(file, text) }
}

fn mails(file: &str, text: &str) -> Result<Vec<Example>, TrainingError> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let line: Line = serde_json::from_str(line).map_err(|source| TrainingError::Line {
                file: file.to_owned(),
                line: number + 1,
                why: source.to_string(),
            })?;
            Ok(Example { targets: targets(&line.labels), subject: line.subject, body: line.body, is_passage: false })
        })
        .collect()
}

fn targets(known: &Known) -> Vec<Option<bool>> {
    let is_complaint = known.intent.as_deref().is_none_or(|intent| intent == "complaint");
    let among = |list: &Option<Vec<String>>, code: &str| {
        list.as_ref().filter(|_| is_complaint).map(|list| list.iter().any(|item| item == code))
    };
    let first = |code: &str| {
        let main = known.categories.as_ref().and_then(|list| list.first())?;
        Some(main == code)
    };
    LABELS
        .iter()
        .map(|label| match label.split_once(':') {
            Some(("purpose", code)) => among(&known.purpose, code),
            Some(("kind", code)) => among(&known.categories, code),
            Some(("main", code)) => first(code),
            Some((_, code)) => known.intent.as_ref().map(|intent| intent == code),
            None => match *label {
                "calamity" => known.calamity,
                "legal" => known.legal,
                "abuse" => known.abuse,
                "crisis" => known.crisis,
                "third_party" => known.third_party,
                _ => known.against_person.filter(|_| is_complaint),
            },
        })
        .collect()
}

fn passages(file: &str, text: &str) -> Result<Vec<Example>, TrainingError> {
    let mut open: Option<Vec<&str>> = None;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate().map(|(number, line)| (number + 1, line.trim())) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |why: &str| TrainingError::Line { file: file.to_owned(), line: number, why: why.to_owned() };
        if let Some(names) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let names: Vec<&str> = names.split_whitespace().collect();
            if names != ["none"] && names.iter().any(|name| !ALARMS.contains(name)) {
                return Err(fault("only calamity, legal, abuse, crisis or none may stand between brackets"));
            }
            open = Some(names);
            continue;
        }
        let names = open.as_ref().ok_or_else(|| fault("a passage before the first label"))?;
        let targets = LABELS.iter().map(|label| ALARMS.contains(label).then(|| names.contains(label))).collect();
        found.push(Example { subject: String::new(), body: line.to_owned(), targets, is_passage: true });
    }
    Ok(found)
}
