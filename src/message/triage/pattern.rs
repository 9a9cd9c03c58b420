//! The grammar: patterns over words and classes of words, with gaps, as the files under `config/triage/` give them.
//!
//! `moeder` is a word, `overlijd*` a beginning, `*geslagen` an end, `<kin>` a class, `a|<b>` one of these, a closing `?` makes an element optional;
//! `..` stands for up to three other words and `...` for up to eight. A pattern never reaches over a sentence.

use rustc_hash::FxHashMap;

use super::hash::key;
use super::lexicon::{Class, Names};
use super::tokens::Token;

/// Words that `..` may stand for.
const SHORT_GAP: usize = 3;
/// Words that `...` may stand for.
const LONG_GAP: usize = 8;

#[derive(Clone, Debug)]
enum Choice {
    Word(u64),
    Start(String),
    End(String),
    Class(Class),
}

impl Choice {
    /// The bits that a sentence shows where this can match in it.
    fn shade(&self) -> u128 {
        match self {
            Self::Word(word) => shade_of_word(*word),
            Self::Class(class) => shade_of_class(*class),
            Self::Start(_) | Self::End(_) => u128::MAX,
        }
    }

    fn matches(&self, token: &Token, classes: &[Class]) -> bool {
        match self {
            Self::Word(word) => token.key == *word,
            Self::Start(start) => token.form.starts_with(start.as_str()),
            Self::End(end) => token.form.ends_with(end.as_str()),
            Self::Class(class) => classes.binary_search(class).is_ok(),
        }
    }
}

/// One element of a pattern.
#[derive(Clone, Debug)]
struct Element {
    choices: Vec<Choice>,
    /// How often a sentence will have it by chance, roughly.
    commonness: usize,
    /// Other words that may stand before it.
    gap: usize,
    is_optional: bool,
}

/// One pattern and the group it belongs to.
#[derive(Debug)]
struct Pattern {
    group: u16,
    elements: Vec<Element>,
    /// For each element that has to be there, bits of which a sentence must show one: most patterns are put aside by
    /// a glance at these.
    shades: Vec<u128>,
}

impl Pattern {
    fn may_stand_in(&self, sentence: u128) -> bool {
        self.shades.iter().all(|shade| shade & sentence != 0)
    }
}

fn shade_of_word(word: u64) -> u128 {
    1 << (word >> 57)
}

fn shade_of_class(class: Class) -> u128 {
    1 << (u32::from(class).wrapping_mul(0x9e37_79b9) >> 25)
}

/// A pattern found: the group, and its words within the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub(super) group: u16,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// Patterns by the words and classes of one of their elements.
#[derive(Debug, Default)]
struct Index {
    by_word: FxHashMap<u64, Vec<usize>>,
    by_class: FxHashMap<Class, Vec<usize>>,
    /// Those whose element may be an open word.
    open: Vec<usize>,
}

impl Index {
    fn add(&mut self, element: &Element, pattern: usize) {
        if element.choices.iter().any(|choice| matches!(choice, Choice::Start(_) | Choice::End(_))) {
            self.open.push(pattern);
            return;
        }
        for choice in &element.choices {
            match choice {
                Choice::Word(word) => self.by_word.entry(*word).or_default().push(pattern),
                Choice::Class(class) => self.by_class.entry(*class).or_default().push(pattern),
                Choice::Start(_) | Choice::End(_) => {}
            }
        }
    }

    /// Those whose element may be this word.
    fn of<'a>(&'a self, token: &Token, classes: &'a [Class]) -> impl Iterator<Item = usize> + 'a {
        let by_class = classes.iter().filter_map(|class| self.by_class.get(class));
        self.by_word.get(&token.key).into_iter().chain(by_class).flatten().copied()
    }
}

/// Every pattern of one language.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    all: Vec<Pattern>,
    /// Patterns by what their first element may be.
    first: Index,
    /// Patterns by what their most telling element may be: one that a sentence lacks is not looked for in it.
    telling: Index,
}

impl Patterns {
    /// Adds a pattern; tells the unknown class or the fault in its form.
    pub(super) fn add(&mut self, group: u16, text: &str, names: &Names) -> Result<(), String> {
        let mut elements = Vec::new();
        let mut gap = 0;
        for part in text.split_whitespace() {
            match part {
                ".." => gap = SHORT_GAP,
                "..." => gap = LONG_GAP,
                _ => {
                    let (part, is_optional) = part.strip_suffix('?').map_or((part, false), |part| (part, true));
                    let choices = part.split('|').map(|choice| parse(choice, names)).collect::<Result<_, _>>()?;
                    let commonness = part.split('|').map(commonness).fold(0, usize::saturating_add);
                    elements.push(Element { choices, commonness, gap: std::mem::take(&mut gap), is_optional });
                }
            }
        }
        let first = elements.first().ok_or("an empty pattern")?;
        if first.is_optional || gap > 0 {
            return Err(format!("{text}: begins or ends with something optional"));
        }
        let number = self.all.len();
        self.first.add(first, number);
        if let Some(telling) = elements.iter().filter(|element| !element.is_optional).min_by_key(|element| element.commonness) {
            self.telling.add(telling, number);
        }
        let shade = |element: &Element| element.choices.iter().fold(0, |all, choice| all | choice.shade());
        let shades = elements.iter().filter(|element| !element.is_optional).map(shade).collect();
        self.all.push(Pattern { group, elements, shades });
        Ok(())
    }

    /// All hits in one sentence, each group at most once at each beginning.
    pub(super) fn hits(&self, words: &[Token], classes: &[Vec<Class>]) -> Vec<Hit> {
        let shades = words.iter().map(|token| shade_of_word(token.key));
        let sentence =
            shades.chain(classes.iter().flatten().map(|class| shade_of_class(*class))).fold(0, |all, shade| all | shade);
        // A bit for each pattern that has its most telling element here, and a glance's leave to be looked for.
        let mut looked_for = vec![0_u64; self.all.len().div_ceil(64)];
        let mut look_for = |number: usize| {
            if let (Some(bits), Some(pattern)) = (looked_for.get_mut(number / 64), self.all.get(number))
                && pattern.may_stand_in(sentence)
            {
                *bits |= 1 << (number % 64);
            }
        };
        let own = |at: usize| classes.get(at).map(Vec::as_slice).unwrap_or_default();
        self.telling.open.iter().for_each(|number| look_for(*number));
        for (at, token) in words.iter().enumerate() {
            self.telling.of(token, own(at)).for_each(&mut look_for);
        }
        let is_looked_for = |number: &usize| looked_for.get(number / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1);
        let mut hits = Vec::new();
        for (from, token) in words.iter().enumerate() {
            let candidates = self.first.of(token, own(from)).chain(self.first.open.iter().copied()).filter(is_looked_for);
            for pattern in candidates.filter_map(|number| self.all.get(number)) {
                if let Some(to) = reach(&pattern.elements, words, classes, from, 0) {
                    hits.push(Hit { group: pattern.group, from, to });
                }
            }
        }
        hits.sort_by_key(|hit| (hit.from, hit.group, hit.to));
        hits.dedup();
        hits
    }
}

/// Where the elements end when they begin at `at` or within the gap of the first of them.
fn reach(elements: &[Element], words: &[Token], classes: &[Vec<Class>], at: usize, skipped: usize) -> Option<usize> {
    let Some((element, rest)) = elements.split_first() else { return Some(at) };
    for place in at..=at.saturating_add(element.gap.saturating_sub(skipped)) {
        let Some(token) = words.get(place) else { break };
        let own = classes.get(place).map(Vec::as_slice).unwrap_or_default();
        if element.choices.iter().any(|choice| choice.matches(token, own))
            && let Some(end) = reach(rest, words, classes, place + 1, 0)
        {
            return Some(end);
        }
    }
    if element.is_optional { reach(rest, words, classes, at, 0) } else { None }
}

/// How common a choice is: short words and classes stand in many sentences, long words in few.
fn commonness(choice: &str) -> usize {
    const SHORT_WORD: usize = 4;
    if choice.starts_with('<') {
        8
    } else if choice.contains('*') {
        // An open word has to be looked for in every sentence.
        usize::MAX
    } else if choice.len() <= SHORT_WORD {
        10
    } else {
        1
    }
}

fn parse(choice: &str, names: &Names) -> Result<Choice, String> {
    if let Some(name) = choice.strip_prefix('<').and_then(|name| name.strip_suffix('>')) {
        return names.class(name).map(Choice::Class).ok_or_else(|| format!("there is no class <{name}>"));
    }
    if choice.is_empty() || choice.contains(['<', '>']) {
        return Err(format!("{choice}: not a word, an open word or a class"));
    }
    Ok(match (choice.strip_suffix('*'), choice.strip_prefix('*')) {
        (Some(start), _) => Choice::Start(start.to_owned()),
        (None, Some(end)) => Choice::End(end.to_owned()),
        (None, None) => Choice::Word(key(choice)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::triage::lexicon::{Classes, Lexicon};
    use crate::message::triage::tokens::Reading;

    fn found(pattern: &str, text: &str) -> bool {
        let mut lexicon = Lexicon::default();
        let mut names = Names::default();
        lexicon.extend(&Classes::from([("kin".to_owned(), "moeder vader".to_owned())]), &mut names);
        let mut patterns = Patterns::default();
        patterns.add(0, pattern, &names).unwrap();
        let reading = Reading::of(text, &[]);
        let classes: Vec<_> = reading.tokens.iter().map(|token| lexicon.classes(token)).collect();
        !patterns.hits(&reading.tokens, &classes).is_empty()
    }

    #[test]
    fn patterns_reach_over_gaps_and_choices_but_not_further() {
        assert!(found("<kin> .. koud", "moeder was al koud"));
        assert!(!found("<kin> .. koud", "moeder zei dat de soep koud was"));
        assert!(found("<kin> ... koud", "moeder zei dat de soep koud was"));
        assert!(found("niet meer? wakker", "niet wakker"));
        assert!(found("ge*|was wakker", "geweest wakker"));
        assert!(!found("<kin> koud", "koud moeder"));
    }

    #[test]
    fn faults_in_a_pattern_are_told() {
        let names = Names::default();
        assert!(Patterns::default().add(0, "<nobody> koud", &names).unwrap_err().contains("nobody"));
        assert!(Patterns::default().add(0, "koud ..", &names).is_err());
    }
}
