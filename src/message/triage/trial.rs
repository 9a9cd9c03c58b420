//! How well triage does on mails it has not seen. Every file is judged by what was learned from all the others, because
//! different files are by different hands; files whose name begins with `held-out` are never learned from.

use std::collections::BTreeMap;

use super::corpus::examples;
use super::feature::look;
use super::grammar::Grammar;
use super::model::{DIGEST, Model};
use super::tokens::Reading;
use super::training::{Example, TrainingError, prepare, train};
use super::{Judges, TriageError, judge};
use crate::message::facts::Triage;

/// Files with this beginning are only judged.
const HELD_OUT: &str = "held-out";

/// One labelled mail, and what was made of it.
#[derive(Debug)]
pub struct Judged {
    /// Its place: file and number from 1.
    pub place: (String, usize),
    /// What it is.
    pub example: Example,
    /// What was made of it.
    pub triage: Triage,
}

/// Judges every mail of every file, or only of those that are never learned from, which is over sooner. `files` are names
/// with texts; `grammar` the data files under `config/triage/`.
pub fn across_files(
    files: &[(String, String)],
    grammar: &[(String, &str)],
    only_held_out: bool,
) -> Result<Vec<Judged>, TrialError> {
    let rules = Grammar::new(grammar)?;
    let mut all = Vec::new();
    let mut owners = Vec::new();
    for (owner, (name, text)) in files.iter().enumerate() {
        let mut found = examples(name, text)?;
        for one in &mut found {
            one.hand = owner;
        }
        owners.extend(std::iter::repeat_n(owner, found.len()));
        all.extend(found);
    }
    let material = prepare(&all, &rules);
    let mut judged = Vec::new();
    // What judges one file that is never learned from judges them all.
    let mut of_held_out: Option<Model> = None;
    for (owner, (name, _)) in files.iter().enumerate() {
        if only_held_out && !name.starts_with(HELD_OUT) {
            continue;
        }
        let is_learned = |of: usize| of != owner && files.get(of).is_some_and(|(name, _)| !name.starts_with(HELD_OUT));
        let own: Vec<&Example> =
            all.iter().zip(&owners).filter(|(one, of)| **of == owner && !one.is_passage).map(|(one, _)| one).collect();
        if own.is_empty() {
            continue;
        }
        let learned: Vec<_> =
            material.examples.iter().zip(&owners).filter(|(_, of)| is_learned(**of)).map(|(one, _)| one).collect();
        let made = || train(&learned, &material, &rules, [0; DIGEST]);
        let model = if name.starts_with(HELD_OUT) { of_held_out.get_or_insert_with(made).clone() } else { made() };
        let both = Judges { grammar: Grammar::new(grammar)?, model };
        for (number, example) in own.into_iter().enumerate() {
            let triage = judge(&example.subject, &example.body, false, &both);
            judged.push(Judged { place: (name.clone(), number + 1), example: example.clone(), triage });
        }
    }
    Ok(judged)
}

/// For each group of patterns: mails with and without its label that it was found in, and what it found where the label is
/// not; for whoever writes patterns.
pub fn audit(files: &[(String, String)], grammar: &[(String, &str)]) -> Result<Vec<String>, TrialError> {
    const SHOWN: usize = 12;
    let rules = Grammar::new(grammar)?;
    let mut found: BTreeMap<u16, (usize, usize, Vec<String>)> = BTreeMap::new();
    for (name, text) in files {
        for example in examples(name, text)?.iter().filter(|example| !example.is_passage) {
            let reading = Reading::of(&super::whole(&example.subject, &example.body), &rules.abbreviations);
            for (sentence, seen) in reading.sentences.iter().zip(look(&rules, &reading, |_| None)) {
                for (hit, _) in seen.hits.iter().filter(|(_, around)| around.is_plain()) {
                    let Some(group) = rules.group(*hit) else { continue };
                    let Some(target) = example.target(&group.label) else { continue };
                    let words = reading.words(sentence).get(hit.from..hit.to).unwrap_or_default();
                    let words = words.iter().map(|token| token.form.as_str()).collect::<Vec<_>>().join(" ");
                    let entry = found.entry(hit.group).or_default();
                    if target {
                        entry.0 += 1;
                    } else {
                        entry.1 += 1;
                        entry.2.push(words);
                    }
                }
            }
        }
    }
    Ok(found
        .into_iter()
        .filter_map(|(number, (with, without, words))| {
            let group = rules.groups.get(usize::from(number))?;
            let words = words.into_iter().take(SHOWN).collect::<Vec<_>>().join("; ");
            Some(format!("{} +{with} -{without}: {words}", group.name))
        })
        .collect())
}

/// Why nothing could be tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// A labelled file.
    #[error(transparent)]
    Training(#[from] TrainingError),
    /// A file of the grammar.
    #[error(transparent)]
    Grammar(#[from] TriageError),
}
