//! Classes of words: relatives, parts of the body, staff, weapons, words for dying, small words. Language-neutral names,
//! so that what is learned in one language helps in the other.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::frozen::{Frozen, Lists};
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
}

/// All classes of one language: "die" is no death in Dutch, nor "door" a thing with a lock.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    exact: Lists<Class>,
    starts: Lists<Class>,
    /// By ending, eaten from its last byte on.
    ends: Lists<Class>,
    /// Words with one letter left out: the number of the word that each stands for in `long`.
    deletes: Frozen<u32>,
    /// Words that are known through a typo, with their lengths in bytes.
    long: Vec<(u64, usize)>,
    /// What was taken in, until `finish` puts it in order.
    new: New,
}

/// Classes of words as they come in.
#[derive(Debug, Default)]
struct New {
    exact: Vec<(u64, Class)>,
    starts: Vec<(u64, Class)>,
    ends: Vec<(u64, Class)>,
    words: BTreeSet<String>,
}

impl Lexicon {
    /// Takes classes in.
    pub(super) fn extend(&mut self, classes: &Classes, names: &mut Names) {
        for (name, words) in classes {
            let class = names.number(name);
            for word in words.split_whitespace() {
                match (word.strip_suffix('*'), word.strip_prefix('*')) {
                    (Some(start), _) => self.new.starts.push((key(start), class)),
                    (None, Some(end)) => self.new.ends.push((end_key(end), class)),
                    (None, None) => {
                        self.new.words.insert(word.to_owned());
                        self.new.exact.push((key(word), class));
                    }
                }
            }
        }
    }

    /// To be called when all classes are in: puts them in order, and prepares the search for mistyped words. Where two
    /// words are one letter away from the same, the first in the alphabet is meant.
    pub(super) fn finish(&mut self) {
        let New { exact, starts, ends, words } = std::mem::take(&mut self.new);
        (self.exact, self.starts, self.ends) = (Lists::of(exact), Lists::of(starts), Lists::of(ends));
        let is_long = |word: &&String| word.len() >= SHORTEST_FOR_TYPOS && word.is_ascii();
        let long: Vec<&String> = words.iter().filter(is_long).collect();
        self.long = long.iter().map(|word| (key(word), word.len())).collect();
        self.deletes =
            Frozen::of((0..).zip(long).flat_map(|(number, word)| deletes(word).map(move |one| (one, number))).collect());
    }

    /// The classes of a word, in order.
    pub(super) fn classes(&self, token: &Token) -> Vec<Class> {
        let form = token.form.as_bytes();
        let is_ascii = form.is_ascii();
        let mut found: Vec<Class> = self.exact.get(token.key).to_vec();
        let mut start = Hash::EMPTY;
        for (at, byte) in form.iter().enumerate() {
            start = start.byte(*byte);
            if at + 1 >= SHORTEST_AFFIX {
                found.extend(self.starts.get(start.number()));
            }
        }
        if is_ascii {
            let mut end = Hash::EMPTY;
            for (length, byte) in form.iter().rev().enumerate() {
                end = end.byte(*byte);
                if length + 1 >= SHORTEST_AFFIX {
                    found.extend(self.ends.get(end.number()));
                }
            }
        }
        if found.is_empty() && is_ascii && form.len() >= SHORTEST_FOR_TYPOS {
            found.extend(self.mistyped(token));
        }
        if found.len() > 1 {
            found.sort_unstable();
            found.dedup();
        }
        found
    }

    fn mistyped(&self, token: &Token) -> &[Class] {
        let word_of = |delete: u64| self.long.get(self.deletes.get(delete)? as usize);
        if let Some((word, _)) = word_of(token.key) {
            return self.exact.get(*word);
        }
        for delete in deletes(&token.form) {
            let classes = self.exact.get(delete);
            if !classes.is_empty() {
                return classes;
            }
            if let Some((word, _)) = word_of(delete).filter(|(_, length)| *length == token.form.len()) {
                return self.exact.get(*word);
            }
        }
        &[]
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
