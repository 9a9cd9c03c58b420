//! What a mail is about: a first, careful reading by cues (domain.md section 6). Suspicions with the words that
//! led to them, for the officer only; no flag found never means safe.
//!
//! Cues are whole words and phrases on normalised text. What a label's `not` covers is masked for that label
//! before its cues count; a negation before a cue takes it from the labels that are guarded.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::facts::{Finding, Triage};
use super::normalise::{Normalised, normalise};
use super::person::{PersonWords, blamed_person};
use super::words::WordsError;
use crate::model::{ComplaintKind, Flag, Intent, Purpose};

/// Findings of one label that are kept as evidence.
const MOST_EVIDENCE: usize = 3;
/// A negation counts over so many words.
const NEGATION_REACH: usize = 3;

/// Cues by the name of their label.
type CueLists = BTreeMap<String, CueList>;
/// Finds the label of a name within one group.
type LabelOf = fn(&str) -> Option<Label>;

/// One file under `config/triage/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CuesFile {
    negation: Negation,
    flags: CueLists,
    kinds: CueLists,
    purposes: CueLists,
    intents: CueLists,
    person: PersonWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Negation {
    words: Vec<String>,
    guarded: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CueList {
    cues: Vec<String>,
    #[serde(default)]
    not: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Flag(Flag),
    Kind(ComplaintKind),
    Purpose(Purpose),
    Intent(Intent),
}

impl Label {
    /// The word of the `inspect` contract.
    fn code(self) -> String {
        let value = match self {
            Self::Flag(flag) => return flag.code().to_owned(),
            Self::Kind(kind) => serde_json::to_value(kind),
            Self::Purpose(purpose) => serde_json::to_value(purpose),
            Self::Intent(intent) => serde_json::to_value(intent),
        };
        value.ok().and_then(|value| value.as_str().map(ToOwned::to_owned)).unwrap_or_default()
    }
}

/// What one pattern of the search means.
#[derive(Clone, Copy, Debug)]
struct Meaning {
    label: Label,
    masks: bool,
    guarded: bool,
    /// The cue ended in `*`.
    open_ended: bool,
}

/// Every cue of every language as one search.
#[derive(Debug)]
pub(super) struct Cues {
    search: AhoCorasick,
    meanings: Vec<Meaning>,
    negations: Vec<String>,
    person: PersonWords,
}

impl Cues {
    /// Compiles the files into one search.
    pub(super) fn new(files: &[(&'static str, CuesFile)]) -> Result<Self, WordsError> {
        let mut patterns = Vec::new();
        let mut meanings = Vec::new();
        let mut negations = Vec::new();
        let mut person = PersonWords::default();
        let guarded: Vec<&String> = files.iter().flat_map(|(_, words)| &words.negation.guarded).collect();
        for (file, words) in files {
            negations.extend(words.negation.words.iter().cloned());
            person.extend(&words.person);
            let groups: [(&CueLists, LabelOf); 4] = [
                (&words.flags, |name| Flag::ALL.into_iter().find(|flag| flag.code() == name).map(Label::Flag)),
                (&words.kinds, |name| named(name).map(Label::Kind)),
                (&words.purposes, |name| named(name).map(Label::Purpose)),
                (&words.intents, |name| named(name).map(Label::Intent)),
            ];
            for (group, label_of) in groups {
                for (name, list) in group {
                    let label = label_of(name).ok_or_else(|| WordsError::UnknownLabel { file, label: name.clone() })?;
                    let both = list.cues.iter().map(|cue| (cue, false)).chain(list.not.iter().map(|cue| (cue, true)));
                    for (cue, masks) in both {
                        let open_ended = cue.ends_with('*');
                        patterns.push(normalise(cue).text.trim().to_owned());
                        meanings.push(Meaning { label, masks, guarded: guarded.contains(&name), open_ended });
                    }
                }
            }
        }
        let search = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&patterns).map_err(Box::new)?;
        Ok(Self { search, meanings, negations, person })
    }
}

fn named<T: for<'de> Deserialize<'de>>(name: &str) -> Option<T> {
    let name: StrDeserializer<'_, ValueError> = name.into_deserializer();
    T::deserialize(name).ok()
}

/// One cue found.
#[derive(Clone, Copy, Debug)]
struct Hit {
    meaning: Meaning,
    start: usize,
    end: usize,
}

/// Judges the author's new words. `answers` tells that the mail answers another one.
pub(super) fn judge(subject: &str, text: &str, answers: bool, cues: &Cues) -> Triage {
    // The subject of an answer is the desk's own or an old one (rule a).
    let whole = if answers { text.to_owned() } else { format!("{subject}.\n{text}") };
    let normalised = normalise(&whole);
    let hits = hits(&normalised, cues);
    let mut triage = Triage::default();
    let mut kinds: Vec<(ComplaintKind, usize)> = Vec::new();
    let mut intents: Vec<Intent> = Vec::new();
    for hit in &hits {
        let label = hit.meaning.label;
        match label {
            Label::Flag(flag) => add(&mut triage.flags, flag),
            Label::Purpose(purpose) => add(&mut triage.purposes, purpose),
            Label::Intent(intent) => intents.push(intent),
            Label::Kind(kind) => match kinds.iter_mut().find(|(other, _)| *other == kind) {
                Some((_, count)) => *count += 1,
                None => kinds.push((kind, 1)),
            },
        }
        let code = label.code();
        if triage.evidence.iter().filter(|finding| finding.label == code).count() < MOST_EVIDENCE {
            let words = normalised.original(&whole, hit.start, hit.end).to_owned();
            triage.evidence.push(Finding { label: code, words });
        }
    }
    // The kind with most cues is the main one; of equals the one named first.
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    triage.kinds = kinds.into_iter().map(|(kind, _)| kind).collect();
    let intent = intent(&intents, &triage, answers, text);
    triage.intent = Some(intent);
    if intent == Intent::Complaint {
        // Answers name people all the time, mostly the one who is answered.
        if let Some(person) = blamed_person(text, &cues.person).filter(|_| !answers) {
            triage.against_person = true;
            triage.evidence.push(Finding { label: "respondent".to_owned(), words: person.clone() });
            triage.respondent = Some(person);
        }
    } else {
        // What is no complaint has no kind and asks for nothing of a complaints desk.
        triage.kinds.clear();
        triage.purposes.clear();
    }
    triage
}

/// R1: any dissatisfaction is a complaint, and what cannot be told apart is one.
fn intent(found: &[Intent], triage: &Triage, answers: bool, text: &str) -> Intent {
    let count = |intent: Intent| found.iter().filter(|one| **one == intent).count();
    let grave = triage.flags.iter().any(|flag| flag.blocks_mediation());
    if count(Intent::Withdrawal) > 0 {
        return Intent::Withdrawal;
    }
    if grave {
        return Intent::Complaint;
    }
    if count(Intent::Spam) >= 2 && count(Intent::Complaint) == 0 {
        return Intent::Spam;
    }
    if count(Intent::Compliment) > 0 && count(Intent::Complaint) == 0 && triage.kinds.is_empty() {
        return Intent::Compliment;
    }
    if count(Intent::Question) > 0 && triage.kinds.is_empty() {
        return Intent::Question;
    }
    if answers && count(Intent::Complaint) == 0 && triage.kinds.is_empty() {
        return if text.trim_end().ends_with('?') { Intent::Question } else { Intent::Other };
    }
    if count(Intent::Other) > 0 && triage.kinds.is_empty() && count(Intent::Complaint) == 0 {
        return Intent::Other;
    }
    Intent::Complaint
}

fn hits(normalised: &Normalised, cues: &Cues) -> Vec<Hit> {
    let text = normalised.text.as_str();
    let mut hits = Vec::new();
    let mut masks = Vec::new();
    for found in cues.search.find_overlapping_iter(text) {
        let Some(meaning) = cues.meanings.get(found.pattern().as_usize()).copied() else { continue };
        let (start, end) = (found.start(), found.end());
        if found.is_empty() || !is_blank(text, start.checked_sub(1)) || !(meaning.open_ended || is_blank(text, Some(end))) {
            continue;
        }
        let hit = Hit { meaning, start, end };
        if meaning.masks { masks.push(hit) } else { hits.push(hit) }
    }
    hits.retain(|hit| {
        let masked =
            masks.iter().any(|mask| mask.meaning.label == hit.meaning.label && mask.start < hit.end && hit.start < mask.end);
        let negated = hit.meaning.guarded && is_negated(text, hit.start, &cues.negations);
        !masked && !negated
    });
    hits.sort_by_key(|hit| hit.start);
    hits
}

fn is_blank(text: &str, at: Option<usize>) -> bool {
    at.and_then(|at| text.as_bytes().get(at)).is_none_or(|byte| *byte == b' ')
}

/// A negation within the same sentence, a few words before.
fn is_negated(text: &str, start: usize, negations: &[String]) -> bool {
    let before = text.get(..start).unwrap_or_default();
    before
        .rsplit(' ')
        .filter(|word| !word.is_empty())
        .take(NEGATION_REACH)
        .take_while(|word| *word != ".")
        .any(|word| negations.iter().any(|negation| negation == word))
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::words::Words;

    fn check(text: &str) -> Triage {
        judge("", text, false, &Words::builtin().unwrap().cues)
    }

    #[test]
    fn grave_words_raise_flags_and_near_misses_do_not() {
        for (text, flag) in [
            ("In de nacht is zij overleden.", Flag::Calamity),
            ("Ik wil niet\nmeer leven.", Flag::Crisis),
            ("Mijn advocaat neemt contact op.", Flag::Legal),
            ("Hij heeft mij hardhandig vastgepakt", Flag::Abuse),
            ("I want to die", Flag::Crisis),
        ] {
            assert!(check(text).flags.contains(&flag), "{text}");
        }
        for text in [
            "Ik schrok me dood en ben doodmoe.",
            "Mijn zus is advocaat, maar hier hoeft geen advocaat bij.",
            "Wat een geweldige bejegening, maar mijn rechterknie doet zeer.",
            "Ik had een doodstille, verslagen dag.",
            "De calamiteitenlijn was bezet.",
        ] {
            assert!(!check(text).flags.iter().any(|flag| flag.blocks_mediation()), "{text}: {:?}", check(text));
        }
    }

    #[test]
    fn a_finding_quotes_the_words_as_they_were_written() {
        let triage = check("De assistente was ONBESCHOFT\nen ik wil graag\n weten waarom.");
        assert!(triage.evidence.contains(&Finding { label: "conduct".to_owned(), words: "ONBESCHOFT".to_owned() }));
        assert_eq!(triage.kinds, [ComplaintKind::Conduct]);
        assert_eq!(triage.purposes, [Purpose::Explanation]);
    }

    #[test]
    fn a_withdrawal_is_one_and_an_annoyance_is_not() {
        assert_eq!(check("stoel is weg! ik trek de klacht in").intent, Some(Intent::Withdrawal));
        assert_eq!(check("Dat trek ik mij aan, het is een slechte zaak.").intent, Some(Intent::Complaint));
    }
}
