//! Classes of words: relatives, parts of the body, staff, weapons, words for dying, small words. Language-neutral names,
//! so that what is learned in one language helps in the other.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

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
    names: Vec<String>,
    numbers: FxHashMap<String, Class>,
}

impl Names {
    /// The number of a class, new if need be.
    fn number(&mut self, name: &str) -> Class {
        if let Some(class) = self.numbers.get(name) {
            return *class;
        }
        let class = Class::try_from(self.names.len()).unwrap_or(Class::MAX);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), class);
        class
    }

    /// The class of this name.
    pub(super) fn class(&self, name: &str) -> Option<Class> {
        self.numbers.get(name).copied()
    }

    /// The name of a class.
    pub(super) fn name(&self, class: Class) -> &str {
        self.names.get(usize::from(class)).map_or("", String::as_str)
    }
}

/// All classes of one language: "die" is no death in Dutch, nor "door" a thing with a lock.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    exact: FxHashMap<String, Vec<Class>>,
    starts: FxHashMap<String, Vec<Class>>,
    ends: FxHashMap<String, Vec<Class>>,
    /// Words with one letter left out, and the word they stand for.
    deletes: FxHashMap<String, String>,
}

impl Lexicon {
    /// Takes classes in.
    pub(super) fn extend(&mut self, classes: &Classes, names: &mut Names) {
        for (name, words) in classes {
            let class = names.number(name);
            for word in words.split_whitespace() {
                let table = match (word.strip_suffix('*'), word.strip_prefix('*')) {
                    (Some(start), _) => self.starts.entry(start.to_owned()),
                    (None, Some(end)) => self.ends.entry(end.to_owned()),
                    (None, None) => self.exact.entry(word.to_owned()),
                };
                let found = table.or_default();
                if !found.contains(&class) {
                    found.push(class);
                }
            }
        }
    }

    /// To be called when all classes are in: prepares the search for mistyped words.
    pub(super) fn finish(&mut self) {
        for word in self.exact.keys().filter(|word| word.len() >= SHORTEST_FOR_TYPOS && word.is_ascii()) {
            for delete in deletes(word) {
                self.deletes.entry(delete).and_modify(|other| *other = word.min(other).clone()).or_insert_with(|| word.clone());
            }
        }
    }

    /// The classes of a word.
    pub(super) fn classes(&self, token: &Token) -> Vec<Class> {
        let form = token.form.as_str();
        let mut found: Vec<Class> = self.exact.get(form).cloned().unwrap_or_default();
        if form.is_ascii() {
            for length in SHORTEST_AFFIX..=form.len() {
                let start = form.get(..length).and_then(|start| self.starts.get(start));
                let end = form.get(form.len() - length..).and_then(|end| self.ends.get(end));
                found.extend(start.into_iter().chain(end).flatten());
            }
        } else {
            for (at, _) in form.char_indices().skip(SHORTEST_AFFIX) {
                found.extend(form.get(..at).and_then(|start| self.starts.get(start)).into_iter().flatten());
            }
            found.extend(self.starts.get(form).into_iter().flatten());
        }
        if found.is_empty() && form.len() >= SHORTEST_FOR_TYPOS && form.is_ascii() {
            found = self.mistyped(form);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn mistyped(&self, form: &str) -> Vec<Class> {
        if let Some(word) = self.deletes.get(form) {
            return self.exact.get(word).cloned().unwrap_or_default();
        }
        for delete in deletes(form) {
            if let Some(classes) = self.exact.get(&delete) {
                return classes.clone();
            }
            if let Some(word) = self.deletes.get(&delete).filter(|word| word.len() == form.len()) {
                return self.exact.get(word).cloned().unwrap_or_default();
            }
        }
        Vec::new()
    }
}

/// A word with each one of its letters left out, but for the first: people rarely mistype that.
fn deletes(word: &str) -> impl Iterator<Item = String> {
    (1..word.len()).filter_map(|at| Some(format!("{}{}", word.get(..at)?, word.get(at + 1..)?)))
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
