//! What a mail is about (domain.md section 6): suspicions with the words that led to them, for the officer only. No flag
//! found never means safe.
//!
//! Two judges are heard. The grammar (`pattern`, with classes of words from `lexicon`) knows how people tell such things
//! and what around the words takes them back; it is data under `config/triage/`. The learned part (`model`) is linear,
//! sees words, pieces of words, classes and what the grammar found, and weighs all of it. It is made from labelled mails
//! by `training`, which `wederhoor triage train` runs. Both look at the author's new words only.

mod corpus;
mod evidence;
mod feature;
mod frozen;
mod grammar;
mod hash;
mod lexicon;
mod model;
mod pattern;
mod respondent;
mod scoring;
mod svm;
mod table;
mod tokens;
mod training;
mod trial;

use super::facts::{Finding, Triage};
use crate::model::{ComplaintKind, Flag, Intent, Purpose};
use evidence::evidence;
use feature::{Seen, look};
use grammar::{Grammar, Group};
use include_dir::{Dir, include_dir};
use model::{Model, Score};
use respondent::respondent;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use sha2::{Digest, Sha256};
use tokens::Reading;

pub use corpus::examples;
pub use model::LABELS;
pub use training::{Example, TrainingError};
pub use trial::{Judged, TrialError, across_files, audit};

/// A data file under `config/triage/` that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TriageError {
    /// The file does not follow its form.
    #[error("{file} cannot be read: {source}")]
    Form {
        /// The file under `config/triage/`.
        file: String,
        /// What the reader of TOML says, with the line.
        source: Box<toml::de::Error>,
    },
    /// A pattern that cannot be searched for.
    #[error("{file}: the pattern {pattern:?} cannot be used: {fault}")]
    Pattern {
        /// The file under `config/triage/`.
        file: String,
        /// The pattern as written.
        pattern: String,
        /// What is wrong with it.
        fault: String,
    },
    /// The learned weights are of another version, or broken.
    #[error("the learned weights cannot be read; make them anew with `wederhoor triage train`")]
    Weights,
}

/// The data files that are compiled into the binary.
static BUILTIN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/config/triage");
/// The learned weights among them.
const WEIGHTS: &str = "weights.bin";

/// Everything triage goes by. Made once, shared by every thread.
#[derive(Debug)]
pub struct Judges {
    grammar: Grammar,
    model: Model,
}

impl Judges {
    /// From the data files and the weights in the binary.
    pub fn builtin() -> Result<Self, TriageError> {
        Self::with_weights(BUILTIN.get_file(WEIGHTS).map(include_dir::File::contents).unwrap_or_default())
    }

    /// From the data files in the binary and weights of the operator's own.
    pub fn with_weights(weights: &[u8]) -> Result<Self, TriageError> {
        Ok(Self { grammar: Grammar::new(&grammar_files())?, model: Model::read(weights)? })
    }

    /// The digest of what the weights were made from.
    pub fn made_from(&self) -> [u8; 32] {
        self.model.digest
    }
}

/// The data files of the grammar that are compiled into the binary, each with its path below `config/triage/`.
pub fn grammar_files() -> Vec<(String, &'static str)> {
    let mut files: Vec<(String, &'static str)> = BUILTIN
        .dirs()
        .flat_map(Dir::files)
        .filter_map(|file| Some((file.path().display().to_string(), file.contents_utf8()?)))
        .collect();
    files.sort_unstable();
    files
}

/// Makes weights from labelled files, given as names with texts: the content of the file that [`Judges::with_weights`] reads.
pub fn learn(files: &[(String, String)]) -> Result<Vec<u8>, TrialError> {
    let grammar = Grammar::new(&grammar_files())?;
    let mut all = Vec::new();
    for (hand, (name, text)) in files.iter().enumerate() {
        all.extend(examples(name, text)?.into_iter().map(|one| Example { hand, ..one }));
    }
    let material = training::prepare(&all, &grammar);
    let learned: Vec<_> = material.examples.iter().collect();
    Ok(training::train(&learned, &material, &grammar, digest(files)).write())
}

/// What weights were made from: the labelled files and the grammar, as SHA-256.
pub fn digest(files: &[(String, String)]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let grammar = grammar_files();
    let own = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    for (name, text) in grammar.iter().map(|(name, text)| (name.as_str(), *text)).chain(own) {
        for part in [name, text] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().into()
}

/// The text that is judged: the subject counts as the first sentence.
fn whole(subject: &str, text: &str) -> String {
    if subject.trim().is_empty() { text.to_owned() } else { format!("{subject}\n\n{text}") }
}

/// How far above its threshold an alarm has to be that the grammar heard nothing of; a logarithm of odds.
const CLEAR: f32 = 0.5;

/// Judges the author's new words. `answers` tells that the mail answers another one.
pub(super) fn judge(subject: &str, text: &str, answers: bool, judges: &Judges) -> Triage {
    // The subject of an answer is the desk's own or an old one (rule a).
    let whole = if answers { text.to_owned() } else { whole(subject, text) };
    let reading = Reading::of(&whole, &judges.grammar.abbreviations);
    let seen = look(&judges.grammar, &reading, |feature| judges.model.table.number(feature));
    let told = found(&seen, &judges.grammar);
    let scores = judges.model.score(&seen, &told);
    let verdict = Verdict { scores: &scores };
    let mut triage = Triage::default();
    let is_told_of = |group: fn(&str) -> bool| LABELS.iter().zip(&told).any(|(label, told)| *told > 0.0 && group(label));
    let mut intent = verdict.intent();
    // Most answers agree, thank or ask: one in which the grammar hears no grievance and nothing grave is no new complaint.
    if answers && intent == Intent::Complaint && !is_told_of(|label| label.starts_with("kind:") || !label.contains(':')) {
        intent = if text.trim_end().ends_with('?') { Intent::Question } else { Intent::Other };
    }
    for flag in Flag::ALL {
        // What is learned was learned from first mails; of an answer the grammar has to say it too.
        let is_heard = !answers || LABELS.iter().zip(&told).any(|(label, told)| *label == flag.code() && *told > 0.0);
        // Who advertises claims or writes of deaths to sell something tells of nothing that happened here.
        let may_be_meant = intent != Intent::Spam;
        // Of a sentence like ten thousand others the learned part knows little: alone, it has to be clear.
        let is_told_too = LABELS.iter().zip(&told).any(|(label, told)| *label == flag.code() && *told > 0.0);
        let least = if flag.blocks_mediation() && !is_told_too { CLEAR } else { 0.0 };
        if is_sure(flag.code(), &seen, judges)
            || (is_heard && may_be_meant && verdict.value(flag.code()).is_some_and(|value| value > least))
            || (verdict.value(flag.code()).is_none() && is_told(flag.code(), &seen, judges))
        {
            triage.flags.push(flag);
        }
    }
    // "I do not want to any more" takes back no complaint where somebody is in danger.
    if intent == Intent::Withdrawal && triage.flags.contains(&Flag::Crisis) {
        intent = if answers { Intent::Other } else { Intent::Complaint };
    }
    triage.intent = Some(intent);
    // What is no complaint has no kind and asks for nothing of a complaints desk.
    if intent == Intent::Complaint {
        triage.kinds = verdict.kinds();
        triage.purposes = verdict.purposes();
        if verdict.has("against_person") {
            triage.against_person = true;
            let heard =
                LABELS.iter().zip(&scores).find(|(label, _)| **label == "against_person").map_or(0, |(_, score)| score.sentence);
            triage.respondent = respondent(&whole, &reading, &seen, heard, &judges.grammar);
        }
    }
    triage.evidence = evidence(&triage, &whole, &reading, &seen, &scores, judges);
    triage
}

/// What the grammar found for each of the learned labels: different groups that tell it plainly, less what speaks against it.
fn found(seen: &[Seen], grammar: &Grammar) -> Vec<f32> {
    /// More groups than this make nothing clearer.
    const MOST: u8 = 3;
    let mut groups: Vec<(u16, bool)> =
        seen.iter().flat_map(|seen| &seen.hits).map(|(hit, around)| (hit.group, around.is_plain())).collect();
    groups.sort_unstable();
    groups.dedup();
    LABELS
        .iter()
        .map(|label| {
            let code = label.rsplit(':').next().unwrap_or(label);
            let of = |against: bool| {
                let count = groups.iter().filter(|(group, is_plain)| {
                    let group = grammar.groups.get(usize::from(*group));
                    group.is_some_and(|group| group.label == code && group.is_against == against) && (against || *is_plain)
                });
                f32::from(u8::try_from(count.count()).unwrap_or(MOST).min(MOST))
            };
            of(false) - of(true) / 2.0
        })
        .collect()
}

/// Whether somebody says it in words that leave no doubt, and nothing in the same sentence takes them back.
fn is_sure(label: &str, seen: &[Seen], judges: &Judges) -> bool {
    seen.iter().map(std::slice::from_ref).any(|sentence| {
        hears(label, sentence, judges, |group, is_plain| group.is_sure && is_plain)
            && !hears(label, sentence, judges, |group, _| group.is_against)
    })
}

/// Whether the grammar alone found a label, said plainly: for labels that nobody has labelled mails for.
fn is_told(label: &str, seen: &[Seen], judges: &Judges) -> bool {
    hears(label, seen, judges, |group, is_plain| !group.is_against && is_plain)
        && !hears(label, seen, judges, |group, _| group.is_against)
}

/// Whether the grammar found a group of this label that is wanted; the second argument tells whether it is said plainly.
fn hears(label: &str, seen: &[Seen], judges: &Judges, wanted: impl Fn(&Group, bool) -> bool) -> bool {
    seen.iter().flat_map(|seen| &seen.hits).any(|(hit, around)| {
        judges.grammar.group(*hit).is_some_and(|group| group.label == label && wanted(group, around.is_plain()))
    })
}

/// How much "this kind is among them" counts beside "this kind is the main one".
const SHARE_OF_ANY: f32 = 0.5;

/// The scores, read by name.
struct Verdict<'a> {
    scores: &'a [Score],
}

impl Verdict<'_> {
    fn value(&self, name: &str) -> Option<f32> {
        let at = LABELS.iter().position(|label| *label == name)?;
        self.scores.get(at).map(|score| score.value)
    }

    fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value > 0.0)
    }

    /// Each label of a group with its value, the most likely first.
    fn ranked<T: for<'de> Deserialize<'de>>(&self, group: &str) -> Vec<(T, f32)> {
        let mut ranked: Vec<(T, f32)> = LABELS
            .iter()
            .zip(self.scores)
            .filter_map(|(label, score)| {
                let code = label.strip_prefix(group)?;
                Some((named(code)?, score.value))
            })
            .collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        ranked
    }

    fn intent(&self) -> Intent {
        self.ranked("intent:").first().map_or(Intent::Complaint, |(intent, _)| *intent)
    }

    fn kinds(&self) -> Vec<ComplaintKind> {
        let kinds = self.ranked::<ComplaintKind>("kind:");
        // That a kind is there at all tells something about whether it is the main one.
        let also = |of: ComplaintKind| kinds.iter().find(|(kind, _)| *kind == of).map_or(0.0, |(_, value)| value * SHARE_OF_ANY);
        let main = self
            .ranked::<ComplaintKind>("main:")
            .into_iter()
            .map(|(kind, value)| (kind, value + also(kind)))
            .max_by(|one, other| one.1.total_cmp(&other.1))
            .map(|(kind, _)| kind);
        let others = kinds.iter().copied().filter(|(kind, value)| *value > 0.0 && Some(*kind) != main);
        main.into_iter().chain(others.map(|(kind, _)| kind)).collect()
    }

    fn purposes(&self) -> Vec<Purpose> {
        self.ranked("purpose:").into_iter().filter(|(_, value)| *value > 0.0).map(|(purpose, _)| purpose).collect()
    }
}

fn named<T: for<'de> Deserialize<'de>>(name: &str) -> Option<T> {
    let name: StrDeserializer<'_, ValueError> = name.into_deserializer();
    T::deserialize(name).ok()
}
