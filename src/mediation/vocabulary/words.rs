//! Words for one meaning, and tables of them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::Language;

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
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.nl.iter().chain(&self.en)
    }

    /// The words of one language.
    pub fn of(&self, language: Language) -> &[String] {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }

    /// The desk's own word in a language.
    pub fn own(&self, language: Language) -> Option<&String> {
        self.of(language).first()
    }
}

/// All words for the meanings of one kind. A word has one meaning within its table.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent, bound(deserialize = "M: Ord + Deserialize<'de>"))]
pub struct WordTable<M: Ord>(BTreeMap<M, Words>);

impl<M: Ord> Default for WordTable<M> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<M: Ord> WordTable<M> {
    /// What this word means, whatever its case, accents and hyphens.
    pub fn meaning(&self, word: &str) -> Option<&M> {
        let word = plain(word);
        self.0.iter().find(|(_, words)| words.all().any(|known| *known == word)).map(|(meaning, _)| meaning)
    }

    /// The desk's own word for a meaning; empty for one without words.
    pub fn own_word(&self, meaning: &M, language: Language) -> String {
        self.0.get(meaning).and_then(|words| words.own(language)).cloned().unwrap_or_default()
    }

    /// The desk's own words for all meanings.
    pub fn own_words(&self, language: Language) -> Vec<String> {
        self.0.values().filter_map(|words| words.own(language).cloned()).collect()
    }

    /// The own word of the meaning that a mistyped word is nearest to: at most one letter in three off. The own
    /// word is given in the language of the nearest word.
    pub fn nearest(&self, word: &str) -> Option<String> {
        let word = plain(word);
        let lists = self.0.values().flat_map(|words| [&words.nl, &words.en]);
        let candidates = lists.flat_map(|list| list.iter().filter_map(|known| list.first().map(|own| (known, own))));
        candidates
            .map(|(known, own)| (strsim::damerau_levenshtein(known, &word), known, own))
            .filter(|(distance, known, _)| distance * 3 <= known.chars().count() + 1)
            .min()
            .map(|(_, _, own)| own.clone())
    }

    /// All words of one language for a meaning.
    pub fn words_for(&self, meaning: &M, language: Language) -> Vec<String> {
        self.0.get(meaning).map(|words| words.of(language).to_vec()).unwrap_or_default()
    }

    /// Every meaning with its words.
    pub fn iter(&self) -> impl Iterator<Item = (&M, &Words)> {
        self.0.iter()
    }

    /// A word with two meanings, if there is one.
    pub(super) fn repeated(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        self.0.values().flat_map(|words| words.all().collect::<BTreeSet<_>>()).find(|word| !seen.insert(*word)).cloned()
    }

    /// A word that could never be found, because what is typed is compared in its plain form.
    pub(super) fn not_plain(&self) -> Option<String> {
        self.0.values().flat_map(Words::all).find(|word| plain(word) != **word).cloned()
    }
}

/// A word as it is compared: lower case, without accents, typographic hyphens as plain ones, no punctuation around
/// it.
pub fn plain(word: &str) -> String {
    let letters = word.trim_matches(|c: char| !c.is_alphanumeric()).nfkd().filter(|c| !is_combining_mark(*c));
    let typewritten = |c| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '’' | '‘' => '\'',
        other => other,
    };
    letters.map(typewritten).collect::<String>().to_lowercase()
}
