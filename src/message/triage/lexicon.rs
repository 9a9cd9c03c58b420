//! Classes of words: relatives, parts of the body, staff, weapons, words for dying, small words. Language-neutral names,
//! so that what is learned in one language helps in the other.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::hash::{Hash, end_key, key};
use super::tokens::Token;

/// Shortest beginning or ending by which a word may be known, in bytes.
const SHORTEST_AFFIX: usize = 3;
/// Words at least so long are also known with one letter missing, doubled or wrong, in bytes.
const SHORTEST_FOR_TYPOS: usize = 7;

/// A class of words by its number.
pub(super) type Class = u16;

/// Words by class, as the files give them: words divided by blanks, `*` for an open beginning or end.
pub(super) type Classes = BTreeMap<String, String>;

/// The names of classes, shared by all languages.
#[derive(Debug, Default)]
pub(super) struct Names {
    ordered: Vec<String>,
    numbers: FxHashMap<String, Class>,
    /// Those that stand in patterns alone.
    slots: Vec<Class>,
}

impl Names {
    /// The number of a class, new if need be.
    fn number(&mut self, name: &str) -> Class {
        if let Some(class) = self.numbers.get(name) {
            return *class;
        }
        let class = Class::try_from(self.ordered.len()).unwrap_or(Class::MAX);
        self.ordered.push(name.to_owned());
        self.numbers.insert(name.to_owned(), class);
        class
    }

    /// The class of this name.
    pub(super) fn class(&self, name: &str) -> Option<Class> {
        self.numbers.get(name).copied()
    }

    /// Marks classes that stand in patterns alone.
    pub(super) fn set_slots<'a>(&mut self, names: impl Iterator<Item = &'a String>) {
        self.slots.extend(names.filter_map(|name| self.numbers.get(name)));
        self.slots.sort_unstable();
        self.slots.dedup();
    }

    /// Whether a class stands in patterns alone.
    pub(super) fn is_slot(&self, class: Class) -> bool {
        self.slots.binary_search(&class).is_ok()
    }

    /// All names, by number.
    pub(super) fn all(&self) -> &[String] {
        &self.ordered
    }

    /// The name of a class.
    pub(super) fn name(&self, class: Class) -> &str {
        self.ordered.get(usize::from(class)).map_or("", String::as_str)
    }
}

/// All classes of one language: "die" is no death in Dutch, nor "door" a thing with a lock.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    exact: FxHashMap<u64, Vec<Class>>,
    starts: FxHashMap<u64, Vec<Class>>,
    /// By ending, eaten from its last byte on.
    ends: FxHashMap<u64, Vec<Class>>,
    /// Words with one letter left out: the word that each stands for, and its length in bytes.
    deletes: FxHashMap<u64, (u64, usize)>,
    /// The whole words, until `finish` has looked at them.
    words: BTreeSet<String>,
}

impl Lexicon {
    /// Takes classes in.
    pub(super) fn extend(&mut self, classes: &Classes, names: &mut Names) {
        for (name, words) in classes {
            let class = names.number(name);
            for word in words.split_whitespace() {
                let table = match (word.strip_suffix('*'), word.strip_prefix('*')) {
                    (Some(start), _) => self.starts.entry(key(start)),
                    (None, Some(end)) => self.ends.entry(end_key(end)),
                    (None, None) => {
                        self.words.insert(word.to_owned());
                        self.exact.entry(key(word))
                    }
                };
                let found = table.or_default();
                if !found.contains(&class) {
                    found.push(class);
                }
            }
        }
    }

    /// To be called when all classes are in: prepares the search for mistyped words. Where two words are one letter
    /// away from the same, the first in the alphabet is meant.
    pub(super) fn finish(&mut self) {
        for word in std::mem::take(&mut self.words).iter().filter(|word| word.len() >= SHORTEST_FOR_TYPOS && word.is_ascii()) {
            for delete in deletes(word) {
                self.deletes.entry(delete).or_insert((key(word), word.len()));
            }
        }
        self.exact.shrink_to_fit();
        self.deletes.shrink_to_fit();
    }

    /// The classes of a word.
    pub(super) fn classes(&self, token: &Token) -> Vec<Class> {
        let form = token.form.as_bytes();
        let is_ascii = form.is_ascii();
        let mut found: Vec<Class> = self.exact.get(&token.key).cloned().unwrap_or_default();
        let mut start = Hash::EMPTY;
        for (at, byte) in form.iter().enumerate() {
            start = start.byte(*byte);
            if at + 1 >= SHORTEST_AFFIX {
                found.extend(self.starts.get(&start.number()).into_iter().flatten());
            }
        }
        if is_ascii {
            let mut end = Hash::EMPTY;
            for (length, byte) in form.iter().rev().enumerate() {
                end = end.byte(*byte);
                if length + 1 >= SHORTEST_AFFIX {
                    found.extend(self.ends.get(&end.number()).into_iter().flatten());
                }
            }
        }
        if found.is_empty() && is_ascii && form.len() >= SHORTEST_FOR_TYPOS {
            found = self.mistyped(token);
        }
        if found.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    fn mistyped(&self, token: &Token) -> Vec<Class> {
        let of = |word: &u64| self.exact.get(word).cloned().unwrap_or_default();
        if let Some((word, _)) = self.deletes.get(&token.key) {
            return of(word);
        }
        for delete in deletes(&token.form) {
            if let Some(classes) = self.exact.get(&delete) {
                return classes.clone();
            }
            if let Some((word, _)) = self.deletes.get(&delete).filter(|(_, length)| *length == token.form.len()) {
                return of(word);
            }
        }
        Vec::new()
    }
}

/// A word with each one of its letters left out, but for the first: people rarely mistype that.
fn deletes(word: &str) -> impl Iterator<Item = u64> {
    let bytes = word.as_bytes();
    let mut before = Hash::EMPTY;
    bytes.iter().enumerate().filter_map(move |(at, byte)| {
        let without = before.bytes(bytes.get(at + 1..)?).number();
        before = before.byte(*byte);
        (at > 0).then_some(without)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::triage::tokens::Reading;

    #[test]
    fn words_are_known_by_form_beginning_end_and_through_a_typo() {
        let mut lexicon = Lexicon::default();
        lexicon.extend(
            &Classes::from([
                ("dead".to_owned(), "overleden *leed overlijd*".to_owned()),
                ("kin".to_owned(), "moeder".to_owned()),
            ]),
            &mut Names::default(),
        );
        lexicon.finish();
        let reading = Reading::of("overleden overleed overlijdt overledn overleedn geleden moeder", &[]);
        let known: Vec<_> = reading.tokens.iter().map(|token| lexicon.classes(token).len()).collect();
        assert_eq!(known, [1, 1, 1, 1, 1, 0, 1]);
    }
}
