//! The words of the officer's mail language, from `config/words/commands.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Language, Outcome};

/// What a command does. The words for it are data; this set is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// `#notitie`: an internal note.
    Note,
    /// `#gesproken`: the first personal contact took place.
    Contacted,
    /// `#sluiten`: closes the case.
    Close,
    /// `#heropenen`: opens it again.
    Reopen,
    /// `#geen-nameting`: suppresses the follow-up.
    NoFollowUp,
}

/// Dutch and English words for one meaning; the first of each is the one the desk uses itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Dutch words.
    pub nl: Vec<String>,
    /// English words.
    pub en: Vec<String>,
}

impl Words {
    fn all(&self) -> impl Iterator<Item = &String> {
        self.nl.iter().chain(&self.en)
    }

    fn in_language(&self, language: Language) -> Option<&String> {
        match language {
            Language::Nl => self.nl.first(),
            Language::En => self.en.first(),
        }
    }
}

/// All words of the officer's language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    commands: BTreeMap<Verb, Words>,
    outcomes: BTreeMap<Outcome, Words>,
    /// Words that are grades, for answers to the follow-up.
    grades: BTreeMap<String, Words>,
}

/// A word list that can not be used.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// Not the shape that is expected.
    #[error("the word list config/words/commands.toml can not be read: {0}")]
    Unreadable(String),
    /// One word for two meanings would make a command do the wrong thing.
    #[error("the word list config/words/commands.toml gives the word {0:?} two meanings")]
    Ambiguous(String),
}

impl Vocabulary {
    /// Reads and proves a word list.
    pub fn from_toml(text: &str) -> Result<Self, VocabularyError> {
        let vocabulary: Self = toml::from_str(text).map_err(|error| VocabularyError::Unreadable(error.to_string()))?;
        let tables = [
            repeated(vocabulary.commands.values()),
            repeated(vocabulary.outcomes.values()),
            repeated(vocabulary.grades.values()),
        ];
        match tables.into_iter().flatten().next() {
            Some(word) => Err(VocabularyError::Ambiguous(word)),
            None => Ok(vocabulary),
        }
    }

    /// The word list that comes with the program.
    pub fn builtin() -> Result<Self, VocabularyError> {
        Self::from_toml(include_str!("../../config/words/commands.toml"))
    }

    /// What this word commands.
    pub fn verb(&self, word: &str) -> Option<Verb> {
        meaning(&self.commands, word)
    }

    /// The outcome that this word names.
    pub fn outcome(&self, word: &str) -> Option<Outcome> {
        meaning(&self.outcomes, word)
    }

    /// The grade that this word names, 1 to 10.
    pub fn grade(&self, word: &str) -> Option<u8> {
        let word = plain(word);
        self.grades.iter().find(|(_, words)| words.all().any(|w| *w == word)).and_then(|(grade, _)| grade.parse().ok())
    }

    /// The desk's own word for a command.
    pub fn command_word(&self, verb: Verb, language: Language) -> String {
        self.commands.get(&verb).and_then(|words| words.in_language(language)).cloned().unwrap_or_default()
    }

    /// The desk's own words for all outcomes.
    pub fn outcome_words(&self, language: Language) -> Vec<String> {
        Outcome::ALL.iter().filter_map(|outcome| self.outcomes.get(outcome)?.in_language(language).cloned()).collect()
    }

    /// The known command nearest to a word that is unknown, if one is near: at most two letters in three off.
    pub fn nearest_command(&self, word: &str) -> Option<String> {
        let word = plain(word);
        let candidates = self.commands.values().flat_map(|words| [&words.nl, &words.en]).flat_map(|list| {
            let own_word = list.first();
            list.iter().filter_map(move |known| own_word.map(|own_word| (known, own_word)))
        });
        candidates
            .map(|(known, own_word)| (strsim::damerau_levenshtein(known, &word), known, own_word))
            .filter(|(distance, known, _)| distance * 3 <= known.chars().count() + 1)
            .min()
            .map(|(_, _, own_word)| own_word.clone())
    }
}

fn meaning<M: Copy>(table: &BTreeMap<M, Words>, word: &str) -> Option<M> {
    let word = plain(word);
    table.iter().find(|(_, words)| words.all().any(|known| *known == word)).map(|(meaning, _)| *meaning)
}

fn repeated<'a>(words: impl Iterator<Item = &'a Words>) -> Option<String> {
    let mut seen = std::collections::BTreeSet::new();
    words
        .flat_map(|meaning| meaning.all().collect::<std::collections::BTreeSet<_>>())
        .find(|word| !seen.insert((*word).clone()))
        .cloned()
}

/// A word as it is compared: lower case, typographic hyphens as plain ones, no punctuation around it.
pub(super) fn plain(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric())
        .chars()
        .map(|c| if matches!(c, '\u{2010}'..='\u{2015}') { '-' } else { c })
        .collect::<String>()
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_come_with_the_program_are_understood_in_both_languages() {
        let words = Vocabulary::builtin().unwrap();
        for word in ["sluiten", "Sluiten:", "CLOSE"] {
            assert_eq!(words.verb(word), Some(Verb::Close), "{word}");
        }
        assert_eq!(words.outcome("niet\u{2011}tevreden"), Some(Outcome::NotSatisfied));
        assert_eq!(words.grade("acht"), Some(8));
        assert_eq!(words.nearest_command("sluitn"), Some("sluiten".to_owned()));
        assert_eq!(words.nearest_command("vergadering"), None);
        assert_eq!(words.outcome_words(Language::Nl).len(), Outcome::ALL.len());
    }

    #[test]
    fn a_word_with_two_meanings_is_refused() {
        let text = "[commands]\nclose = { nl = ['dicht'], en = ['close'] }\nreopen = { nl = ['dicht'], en = ['open'] }\n[outcomes]\n[grades]\n";
        assert!(matches!(Vocabulary::from_toml(text), Err(VocabularyError::Ambiguous(word)) if word == "dicht"));
    }
}
