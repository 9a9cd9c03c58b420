//! The words that led to a finding: those the grammar found, or those with the most weight in the learned part.

use super::feature::Seen;
use super::model::{LABELS, Score};
use super::tokens::Reading;
use super::{Finding, Judges, Triage};
use crate::model::code_of;

/// Findings of one label that are kept.
const MOST: usize = 3;
/// Longest stretch of words that is shown for the learned part.
const LONGEST: usize = 8;

/// The evidence for every label that was given.
pub(super) fn evidence(
    triage: &Triage,
    text: &str,
    reading: &Reading,
    seen: &[Seen],
    scores: &[Score],
    judges: &Judges,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    for label in labels(triage) {
        let code = label.rsplit(':').next().unwrap_or(&label).to_owned();
        let mut words = told(&code, text, reading, seen, judges);
        if let Some(at) = LABELS.iter().position(|other| *other == label)
            && words.len() < MOST
            && let Some(score) = scores.get(at)
            && let Some(found) = weightiest(at, score.sentence, text, reading, seen, judges)
            && !words.contains(&found)
        {
            words.push(found);
        }
        findings.extend(words.into_iter().take(MOST).map(|words| Finding { label: code.clone(), words }));
    }
    findings
}

/// The learned labels behind what was given.
fn labels(triage: &Triage) -> Vec<String> {
    let flags = triage.flags.iter().map(|flag| flag.code().to_owned());
    let kinds =
        triage.kinds.iter().enumerate().map(|(at, kind)| format!("{}:{}", if at == 0 { "main" } else { "kind" }, code_of(kind)));
    let purposes = triage.purposes.iter().map(|purpose| format!("purpose:{}", code_of(purpose)));
    let person = triage.against_person.then(|| "against_person".to_owned());
    flags.chain(kinds).chain(purposes).chain(person).collect()
}

/// What the grammar found for a label and nothing takes back.
fn told(code: &str, text: &str, reading: &Reading, seen: &[Seen], judges: &Judges) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for (sentence, seen) in reading.sentences.iter().zip(seen) {
        for (hit, around) in &seen.hits {
            let speaks = judges.grammar.group(*hit).is_some_and(|group| group.label == code && !group.is_against);
            if speaks
                && around.is_plain()
                && let Some(words) = quote(text, reading, sentence.tokens.start, hit.from, hit.to)
            {
                let overlaps = found.iter().any(|other| other.contains(words) || words.contains(other.as_str()));
                if !overlaps && found.len() < MOST {
                    found.push(words.to_owned());
                }
            }
        }
    }
    found
}

/// The words of the best stretch that carry the most weight.
fn weightiest(label: usize, from: usize, text: &str, reading: &Reading, seen: &[Seen], judges: &Judges) -> Option<String> {
    let mut best: Option<(f32, &str)> = None;
    for (sentence, seen) in reading.sentences.iter().zip(seen).skip(from).take(2) {
        let mut weights = vec![0.0_f32; sentence.tokens.len()];
        for feature in seen.features() {
            let weight = judges.model.weight(feature, label) / f32::from(feature.to.saturating_sub(feature.from).max(1));
            for slot in weights.get_mut(usize::from(feature.from)..usize::from(feature.to)).into_iter().flatten() {
                *slot += weight;
            }
        }
        for start in 0..weights.len() {
            let mut sum = 0.0;
            for (length, weight) in weights.iter().skip(start).take(LONGEST).enumerate() {
                sum += weight;
                if best.as_ref().is_none_or(|(most, _)| sum > *most)
                    && let Some(words) = quote(text, reading, sentence.tokens.start, start, start + length + 1)
                {
                    best = Some((sum, words));
                }
            }
        }
    }
    best.filter(|(sum, _)| *sum > 0.0).map(|(_, words)| words.to_owned())
}

/// Words of a sentence as they were written.
fn quote<'t>(text: &'t str, reading: &Reading, first: usize, from: usize, to: usize) -> Option<&'t str> {
    let start = reading.tokens.get(first + from)?.span.start;
    let end = reading.tokens.get(first + to.checked_sub(1)?)?.span.end;
    text.get(start..end)
}
