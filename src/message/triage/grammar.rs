//! The data files of the grammar: classes of words, and groups of patterns by label.

use std::collections::BTreeMap;
use std::path::Path;

use rustc_hash::FxHashSet;
use serde::Deserialize;

use super::TriageError;
use super::feature::ClassFeatures;
use super::hash::key;
use super::lexicon::{Class, Classes, Lexicon, Names};
use super::pattern::{Hit, Patterns};
use super::respondent::PersonWords;
use super::tokens::{Reading, Sentence, Token};

/// One file under `config/triage/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrammarFile {
    #[serde(default)]
    classes: Classes,
    /// Classes that patterns alone go by: they would only repeat to the learned part what others tell it.
    #[serde(default)]
    slots: Classes,
    /// By label, then by group. A group whose name begins with `not_` speaks against its label; one that
    /// begins with `sure_` needs no judge beside it.
    #[serde(default)]
    patterns: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// Words after which a full stop ends no sentence.
    #[serde(default)]
    abbreviations: Vec<String>,
    /// Words by which the language is known.
    #[serde(default)]
    small_words: Vec<String>,
    /// Words around the name of a person.
    #[serde(default)]
    person: PersonWords,
}

/// One group of patterns.
#[derive(Debug)]
pub(super) struct Group {
    /// `label/group`, the same in every language.
    pub(super) name: String,
    /// The label as the file writes it.
    pub(super) label: String,
    /// Whether it speaks against its label.
    pub(super) is_against: bool,
    /// Whether its words, said plainly, are enough: who writes that they want to die is never weighed against anything.
    pub(super) is_sure: bool,
}

/// What stands around a hit and changes what it means (domain.md section 6, rule c).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four things that may each stand around a hit or not")]
pub(super) struct Around {
    /// "niet", "geen", "nooit" in the same clause.
    pub(super) is_negated: bool,
    /// "als", "bang dat", "zou" before it in the sentence.
    pub(super) is_feared: bool,
    /// A year or "jaren geleden", or an animal, a film, a drill in the sentence.
    pub(super) is_elsewhere: bool,
    /// The sentence asks.
    pub(super) asks: bool,
}

impl Around {
    /// Whether the words say that it happened, here.
    pub(super) fn is_plain(self) -> bool {
        !(self.is_negated || self.is_feared || self.is_elsewhere)
    }
}

/// Words before a hit within which a negation counts.
const NEGATION_REACH: usize = 5;

/// At least one word in so many has to be a small one of a language to be it.
const ONE_WORD_IN: usize = 7;
/// The folder of the languages that have no folder of their own.
const OTHERS: &str = "other";

/// What is known about one language.
#[derive(Debug, Default)]
pub(super) struct Tongue {
    name: String,
    pub(super) lexicon: Lexicon,
    pub(super) patterns: Patterns,
    small_words: FxHashSet<u64>,
}

/// All of it, in one.
#[derive(Debug, Default)]
pub(super) struct Grammar {
    pub(super) tongues: Vec<Tongue>,
    pub(super) names: Names,
    pub(super) class_features: ClassFeatures,
    pub(super) groups: Vec<Group>,
    pub(super) abbreviations: Vec<String>,
    pub(super) person: PersonWords,
    /// Words for who works here, and titles.
    pub(super) roles: Vec<Class>,
    negation: Vec<Class>,
    fear: Vec<Class>,
    elsewhere: Vec<Class>,
}

impl Grammar {
    /// Compiles the files, each with the folder that names its language. Classes are read before the first pattern.
    pub(super) fn new(files: &[(String, &str)]) -> Result<Self, TriageError> {
        let mut grammar = Self::default();
        let mut read = Vec::new();
        for (file, text) in files {
            let form = |source| TriageError::Form { file: file.clone(), source: Box::new(source) };
            let content: GrammarFile = toml::from_str(text).map_err(form)?;
            let at = grammar.tongue(file);
            if let Some(tongue) = grammar.tongues.get_mut(at) {
                tongue.lexicon.extend(&content.classes, &mut grammar.names);
                tongue.lexicon.extend(&content.slots, &mut grammar.names);
                grammar.names.set_slots(content.slots.keys());
                tongue.small_words.extend(content.small_words.iter().map(|word| key(word)));
            }
            grammar.abbreviations.extend(content.abbreviations.iter().cloned());
            grammar.person.extend(&content.person);
            read.push((file, at, content));
        }
        grammar.tongues.iter_mut().for_each(|tongue| tongue.lexicon.finish());
        for (file, at, content) in &read {
            for (label, groups) in &content.patterns {
                for (group, patterns) in groups {
                    let number = grammar.number(label, group);
                    let Some(tongue) = grammar.tongues.get_mut(*at) else { continue };
                    for pattern in patterns {
                        tongue.patterns.add(number, pattern, &grammar.names).map_err(|fault| TriageError::Pattern {
                            file: (*file).clone(),
                            pattern: pattern.clone(),
                            fault,
                        })?;
                    }
                }
            }
        }
        grammar.tongues.iter_mut().for_each(|tongue| tongue.patterns.finish());
        let named = |names: &[&str]| names.iter().filter_map(|name| grammar.names.class(name)).collect::<Vec<_>>();
        let (negation, fear, elsewhere) =
            (named(&["negation"]), named(&["condition", "fear"]), named(&["long_ago", "animal", "fiction", "exercise"]));
        let roles = named(&["staff", "doctor", "manager", "person_title"]);
        let class_features = ClassFeatures::of(&grammar.names);
        Ok(Self { class_features, roles, negation, fear, elsewhere, ..grammar })
    }

    /// The place of the language that a file belongs to, by its folder.
    fn tongue(&mut self, file: &str) -> usize {
        let name = Path::new(file).parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or(OTHERS);
        self.tongues.iter().position(|tongue| tongue.name == name).unwrap_or_else(|| {
            self.tongues.push(Tongue { name: name.to_owned(), ..Tongue::default() });
            self.tongues.len() - 1
        })
    }

    /// The language that most small words of a mail belong to.
    pub(super) fn tongue_of(&self, reading: &Reading) -> Option<&Tongue> {
        let count = |tongue: &Tongue| reading.tokens.iter().filter(|token| tongue.small_words.contains(&token.key)).count();
        let counted = self.tongues.iter().map(|tongue| (count(tongue), tongue)).max_by_key(|(count, _)| *count);
        counted
            .filter(|(count, _)| *count > 0 && count * ONE_WORD_IN >= reading.tokens.len())
            .map(|(_, tongue)| tongue)
            .or_else(|| self.tongues.iter().find(|tongue| tongue.name == OTHERS))
    }

    fn number(&mut self, label: &str, group: &str) -> u16 {
        let name = format!("{label}/{group}");
        let at = self.groups.iter().position(|other| other.name == name).unwrap_or_else(|| {
            self.groups.push(Group {
                name,
                label: label.to_owned(),
                is_against: group.starts_with("not_"),
                is_sure: group.starts_with("sure_"),
            });
            self.groups.len() - 1
        });
        u16::try_from(at).unwrap_or(u16::MAX)
    }

    /// The group of a hit.
    pub(super) fn group(&self, hit: Hit) -> Option<&Group> {
        self.groups.get(usize::from(hit.group))
    }

    /// What stands around a hit in its sentence.
    pub(super) fn around(&self, hit: Hit, words: &[Token], classes: &[Vec<Class>], sentence: &Sentence) -> Around {
        let has = |at: usize, of: &[Class]| classes.get(at).is_some_and(|own| own.iter().any(|class| of.contains(class)));
        let clause = words.get(hit.from).map(|token| token.clause);
        let near = hit.from.saturating_sub(NEGATION_REACH)..hit.from;
        Around {
            is_negated: near.clone().any(|at| words.get(at).map(|token| token.clause) == clause && has(at, &self.negation)),
            is_feared: (0..hit.from).any(|at| has(at, &self.fear)),
            is_elsewhere: (0..words.len()).any(|at| has(at, &self.elsewhere)),
            asks: sentence.asks,
        }
    }
}
