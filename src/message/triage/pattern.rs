//! The grammar: patterns over words and classes of words, with gaps, as the files under `config/triage/` give them.
//!
//! `moeder` is a word, `overlijd*` a beginning, `*geslagen` an end, `<kin>` a class, `a|<b>` one of these, a closing `?` makes an element optional;
//! `..` stands for up to three other words and `...` for up to eight. A pattern never reaches over a sentence.

use super::frozen::{Lists, Part};
use super::hash::key;
use super::lexicon::{Class, Names};
use super::tokens::Token;

/// Words that `..` may stand for.
const SHORT_GAP: u8 = 3;
/// Words that `...` may stand for.
const LONG_GAP: u8 = 8;

/// One thing that an element may be. Beginnings and ends are kept in one list: a choice then takes sixteen bytes.
#[derive(Clone, Copy, Debug)]
enum Choice {
    Word(u64),
    Start(u32),
    End(u32),
    Class(Class),
}

impl Choice {
    fn is_open(self) -> bool {
        matches!(self, Self::Start(_) | Self::End(_))
    }

    /// The bits that a sentence shows where this can match in it.
    fn shade(self) -> u128 {
        match self {
            Self::Word(word) => shade_of_word(word),
            Self::Class(class) => shade_of_class(class),
            Self::Start(_) | Self::End(_) => u128::MAX,
        }
    }
}

/// One element of a pattern.
#[derive(Clone, Copy, Debug)]
struct Element {
    choices: Part,
    /// Other words that may stand before it.
    gap: u8,
    is_optional: bool,
}

/// One pattern and the group it belongs to.
#[derive(Clone, Copy, Debug)]
struct Pattern {
    group: u16,
    elements: Part,
    /// For each element that has to be there, bits of which a sentence must show one: most patterns are put aside by
    /// a glance at these.
    shades: Part,
}

fn shade_of_word(word: u64) -> u128 {
    1 << (word >> 57)
}

fn shade_of_class(class: Class) -> u128 {
    1 << (spread(class) >> 57)
}

/// The number of a class as evenly spread as a hash.
fn spread(class: Class) -> u64 {
    u64::from(class).wrapping_mul(0x9e37_79b9_7f4a_7c15)
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
    /// What was added and is not in order yet.
    new_words: Vec<(u64, u16)>,
    new_classes: Vec<(u64, u16)>,
    by_word: Lists<u16>,
    by_class: Lists<u16>,
    /// Those whose element may be an open word.
    open: Vec<u16>,
}

impl Index {
    fn add(&mut self, choices: &[Choice], pattern: u16) {
        if choices.iter().any(|choice| choice.is_open()) {
            self.open.push(pattern);
            return;
        }
        for choice in choices {
            match choice {
                Choice::Word(word) => self.new_words.push((*word, pattern)),
                Choice::Class(class) => self.new_classes.push((spread(*class), pattern)),
                Choice::Start(_) | Choice::End(_) => {}
            }
        }
    }

    /// Puts in order what was added.
    fn finish(&mut self) {
        self.by_word = Lists::of(std::mem::take(&mut self.new_words));
        self.by_class = Lists::of(std::mem::take(&mut self.new_classes));
        self.open.shrink_to_fit();
    }

    /// Those whose element may be this word.
    fn of<'a>(&'a self, token: &Token, classes: &'a [Class]) -> impl Iterator<Item = u16> + 'a {
        let by_class = classes.iter().flat_map(|class| self.by_class.get(spread(*class)));
        self.by_word.get(token.key).iter().chain(by_class).copied()
    }
}

/// Every pattern of one language. There are thousands, so their parts lie in lists that they share.
#[derive(Debug, Default)]
pub(super) struct Patterns {
    all: Vec<Pattern>,
    elements: Vec<Element>,
    choices: Vec<Choice>,
    shades: Vec<u128>,
    /// Beginnings and ends of open words.
    affixes: Vec<Box<str>>,
    /// Patterns by what their first element may be.
    first: Index,
    /// Patterns by what their most telling element may be: one that a sentence lacks is not looked for in it.
    telling: Index,
}

impl Patterns {
    /// Adds a pattern; tells the unknown class or the fault in its form.
    pub(super) fn add(&mut self, group: u16, text: &str, names: &Names) -> Result<(), String> {
        let number = u16::try_from(self.all.len()).map_err(|_| "there are too many patterns".to_owned())?;
        let (first_element, first_shade) = (self.elements.len(), self.shades.len());
        let mut telling: Option<(usize, Part)> = None;
        let mut gap = 0;
        for part in text.split_whitespace() {
            match part {
                ".." => gap = SHORT_GAP,
                "..." => gap = LONG_GAP,
                _ => {
                    let (part, is_optional) = part.strip_suffix('?').map_or((part, false), |part| (part, true));
                    let from = self.choices.len();
                    for choice in part.split('|') {
                        let choice = self.parse(choice, names)?;
                        self.choices.push(choice);
                    }
                    let choices = Part::since(from, &self.choices);
                    let common = part.split('|').map(commonness).fold(0, usize::saturating_add);
                    if !is_optional {
                        self.shades.push(choices.of(&self.choices).iter().fold(0, |all, choice| all | choice.shade()));
                        if telling.is_none_or(|(least, _)| common < least) {
                            telling = Some((common, choices));
                        }
                    }
                    self.elements.push(Element { choices, gap: std::mem::take(&mut gap), is_optional });
                }
            }
        }
        let first = self.elements.get(first_element).copied().ok_or("an empty pattern")?;
        if first.is_optional || gap > 0 {
            return Err(format!("{text}: begins or ends with something optional"));
        }
        self.first.add(first.choices.of(&self.choices), number);
        if let Some((_, telling)) = telling {
            self.telling.add(telling.of(&self.choices), number);
        }
        let elements = Part::since(first_element, &self.elements);
        self.all.push(Pattern { group, elements, shades: Part::since(first_shade, &self.shades) });
        Ok(())
    }

    /// To be called when all patterns are in.
    pub(super) fn finish(&mut self) {
        self.first.finish();
        self.telling.finish();
        self.all.shrink_to_fit();
        self.elements.shrink_to_fit();
        self.choices.shrink_to_fit();
        self.shades.shrink_to_fit();
        self.affixes.shrink_to_fit();
    }

    fn parse(&mut self, choice: &str, names: &Names) -> Result<Choice, String> {
        if let Some(name) = choice.strip_prefix('<').and_then(|name| name.strip_suffix('>')) {
            return names.class(name).map(Choice::Class).ok_or_else(|| format!("there is no class <{name}>"));
        }
        if choice.is_empty() || choice.contains(['<', '>']) {
            return Err(format!("{choice}: not a word, an open word or a class"));
        }
        let number = u32::try_from(self.affixes.len()).unwrap_or(u32::MAX);
        let (affix, choice) = match (choice.strip_suffix('*'), choice.strip_prefix('*')) {
            (Some(start), _) => (start, Choice::Start(number)),
            (None, Some(end)) => (end, Choice::End(number)),
            (None, None) => return Ok(Choice::Word(key(choice))),
        };
        self.affixes.push(affix.into());
        Ok(choice)
    }

    /// All hits in one sentence, each group at most once at each beginning.
    pub(super) fn hits(&self, words: &[Token], classes: &[Vec<Class>]) -> Vec<Hit> {
        let shades = words.iter().map(|token| shade_of_word(token.key));
        let sentence =
            shades.chain(classes.iter().flatten().map(|class| shade_of_class(*class))).fold(0, |all, shade| all | shade);
        // A bit for each pattern that has its most telling element here, and a glance's leave to be looked for.
        let mut looked_for = vec![0_u64; self.all.len().div_ceil(64)];
        let mut look_for = |number: u16| {
            let number = usize::from(number);
            if let (Some(bits), Some(pattern)) = (looked_for.get_mut(number / 64), self.all.get(number))
                && pattern.shades.of(&self.shades).iter().all(|shade| shade & sentence != 0)
            {
                *bits |= 1 << (number % 64);
            }
        };
        let own = |at: usize| classes.get(at).map(Vec::as_slice).unwrap_or_default();
        self.telling.open.iter().for_each(|number| look_for(*number));
        for (at, token) in words.iter().enumerate() {
            self.telling.of(token, own(at)).for_each(&mut look_for);
        }
        let is_looked_for =
            |number: &u16| looked_for.get(usize::from(*number) / 64).is_some_and(|bits| bits >> (number % 64) & 1 == 1);
        let open: Vec<u16> = self.first.open.iter().copied().filter(is_looked_for).collect();
        let mut hits = Vec::new();
        for (from, token) in words.iter().enumerate() {
            let candidates = self.first.of(token, own(from)).filter(is_looked_for).chain(open.iter().copied());
            for pattern in candidates.filter_map(|number| self.all.get(usize::from(number))) {
                if let Some(to) = self.reach(pattern.elements.of(&self.elements), words, classes, from) {
                    hits.push(Hit { group: pattern.group, from, to });
                }
            }
        }
        hits.sort_by_key(|hit| (hit.from, hit.group, hit.to));
        hits.dedup();
        hits
    }

    /// Where the elements end when they begin at `at` or within the gap of the first of them.
    fn reach(&self, elements: &[Element], words: &[Token], classes: &[Vec<Class>], at: usize) -> Option<usize> {
        let Some((element, rest)) = elements.split_first() else { return Some(at) };
        for place in at..=at.saturating_add(usize::from(element.gap)) {
            let Some(token) = words.get(place) else { break };
            let own = classes.get(place).map(Vec::as_slice).unwrap_or_default();
            if element.choices.of(&self.choices).iter().any(|choice| self.matches(*choice, token, own))
                && let Some(end) = self.reach(rest, words, classes, place + 1)
            {
                return Some(end);
            }
        }
        if element.is_optional { self.reach(rest, words, classes, at) } else { None }
    }

    fn matches(&self, choice: Choice, token: &Token, classes: &[Class]) -> bool {
        let affix = |number: u32| self.affixes.get(number as usize).map_or("", |affix| affix);
        match choice {
            Choice::Word(word) => token.key == word,
            Choice::Start(number) => token.form.starts_with(affix(number)),
            Choice::End(number) => token.form.ends_with(affix(number)),
            Choice::Class(class) => classes.contains(&class),
        }
    }
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
        patterns.finish();
        let reading = Reading::of(text, &[]);
        lexicon.finish();
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
