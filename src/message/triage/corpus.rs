//! Labelled mails: the files that the learned part is made from, and an officer's corrections.
//!
//! One JSON object a line with `lang`, `subject`, `body` and `labels`; a label that is left out is not known and teaches
//! nothing. Passages are the short form for single sentences: text files in which `[calamity]` opens a list of sentences
//! that say it, and `[none]` one of sentences that sound alike and say nothing of the kind. `[main:medical]` and
//! `[intent:question]` open lists of sentences of one kind or intent, `[third_party]` and `[against_person]` of sentences
//! that speak for another or blame a person, and `[no third_party]` and `[no against_person]` of those that do not.

use std::path::Path;

use serde::Deserialize;

use super::model::LABELS;
use super::training::{Example, TrainingError};

/// The labels of a passage file that are all denied by `[none]`: who says one of them says nothing of the others.
const ALARMS: [&str; 4] = ["calamity", "legal", "abuse", "crisis"];
/// Between brackets, denies every alarm.
const DENIES_ALL: &str = "none";
/// Between brackets, denies the label after it.
const DENIES_ONE: &str = "no";
const DENIALS: [&str; 2] = [DENIES_ALL, DENIES_ONE];

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
            Ok(Example { targets: targets(&line.labels), subject: line.subject, body: line.body, is_passage: false, hand: 0 })
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
            let is_known = |name: &&str| LABELS.contains(name) || DENIALS.contains(name);
            if names.is_empty() || !names.iter().all(is_known) {
                return Err(fault("only labels, none, or no with a label may stand between brackets"));
            }
            open = Some(names);
            continue;
        }
        let names = open.as_ref().ok_or_else(|| fault("a passage before the first label"))?;
        let targets = LABELS.iter().map(|label| said(label, names)).collect();
        found.push(Example { subject: String::new(), body: line.to_owned(), targets, is_passage: true, hand: 0 });
    }
    Ok(found)
}

/// What the names between brackets say about a label.
fn said(label: &str, names: &[&str]) -> Option<bool> {
    if names.contains(&DENIES_ONE) {
        return names.contains(&label).then_some(false);
    }
    let is_any_of = |group: &str| names.iter().any(|name| name.starts_with(group));
    let is_told = match label.split_once(':') {
        // A sentence about one kind is about no other.
        Some(("kind", code)) if is_any_of("main:") => {
            return Some(names.iter().any(|name| name.strip_prefix("main:") == Some(code)));
        }
        Some((group, _)) => is_any_of(&format!("{group}:")),
        None if ALARMS.contains(&label) => names.iter().any(|name| *name == DENIES_ALL || ALARMS.contains(name)),
        None => names.contains(&label),
    };
    is_told.then(|| names.contains(&label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passage_says_something_of_its_own_group_of_labels_alone() {
        let text = "[calamity legal]\na\n[none]\nb\n[main:medical]\nc\n[no third_party]\nd\n[intent:question]\ne\n";
        let found = examples("x.txt", text).unwrap();
        let told = |at: usize, label: &str| found[at].targets[LABELS.iter().position(|other| *other == label).unwrap()];
        assert_eq!(
            ["calamity", "abuse", "third_party", "main:medical"].map(|label| told(0, label)),
            [Some(true), Some(false), None, None]
        );
        assert_eq!(["calamity", "crisis"].map(|label| told(1, label)), [Some(false), Some(false)]);
        assert_eq!(
            ["main:medical", "main:conduct", "kind:medical", "kind:conduct", "calamity"].map(|label| told(2, label)),
            [Some(true), Some(false), Some(true), Some(false), None]
        );
        assert_eq!(["third_party", "against_person", "calamity"].map(|label| told(3, label)), [Some(false), None, None]);
        assert_eq!(["intent:question", "intent:spam"].map(|label| told(4, label)), [Some(true), Some(false)]);
        assert!(examples("x.txt", "[harm]\na\n").is_err());
    }
}
