//! What the learned part sees of a sentence: words, pairs of words, pieces of words, classes, pairs of classes, and what
//! the grammar found. Each is a number between 0 and [`SPACE`], by hashing its name.

use super::grammar::{Around, Grammar, Tongue};
use super::hash::Hash;
use super::lexicon::{Class, Names};
use super::pattern::Hit;
use super::tokens::{Reading, Sentence, Token};

/// So many different features are told apart.
pub(super) const SPACE: usize = 1 << 20;

/// How much each kind of feature counts before anything is learned.
const WORD: f32 = 1.0;
const PAIR: f32 = 0.6;
const PIECE: f32 = 0.2;
const CLASS: f32 = 0.8;
const CLASS_PAIR: f32 = 0.3;
const GROUP: f32 = 1.2;
const MARK: f32 = 0.7;
const NAMED: f32 = 2.0;
const ROLE: f32 = 0.6;

/// A stretch with less in it than an ordinary sentence is not made to weigh as much as one.
pub(super) const SHORT_STRETCH: f32 = 7.0;
/// A mail may be short.
pub(super) const SHORT_MAIL: f32 = 1.0;

/// Length of pieces of words, in characters.
const PIECES: std::ops::RangeInclusive<usize> = 3..=5;
/// Classes of one sentence that are paired with each other; more would take time by the square.
const MOST_CLASSES: usize = 40;

/// What a feature that nobody learned anything about is numbered from, when a mail is judged: past all that are known.
pub(super) const UNKNOWN: u32 = 1 << 31;

/// A feature and the words of the sentence it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feature {
    /// Its hash while learning; its number among those that are known when a mail is judged.
    pub(super) id: u32,
    pub(super) value: f32,
    pub(super) from: u16,
    pub(super) to: u16,
}

/// One sentence as the judges see it.
#[derive(Debug)]
pub(super) struct Seen {
    /// Words, classes and what the grammar found: how much there is of these is how much the sentence says.
    pub(super) measuring: Vec<Feature>,
    /// Pairs and pieces, which say the same again: those that somebody learned something about.
    pub(super) others: Vec<Feature>,
    pub(super) hits: Vec<(Hit, Around)>,
    /// The classes of each of its words.
    pub(super) classes: Vec<Vec<Class>>,
}

impl Seen {
    /// All of them.
    pub(super) fn features(&self) -> impl Iterator<Item = &Feature> {
        self.measuring.iter().chain(&self.others)
    }
}

/// A set of features, each once, in order: what is learned from.
pub(super) type Vector = Vec<(u32, f32)>;

/// What the name of each class adds to a feature, so that it is hashed once and not for each sentence.
#[derive(Debug, Default)]
pub(super) struct ClassFeatures {
    single: Vec<u32>,
    /// The class as one of a pair.
    of_pair: Vec<Hash>,
}

impl ClassFeatures {
    /// For all classes there are.
    pub(super) fn of(names: &Names) -> Self {
        let all = names.all();
        Self {
            single: all.iter().map(|name| id(b"c", &[name.as_bytes()])).collect(),
            of_pair: all.iter().map(|name| hash(b"cc", &[name.as_bytes()])).collect(),
        }
    }

    fn single(&self, class: Class) -> Option<u32> {
        self.single.get(usize::from(class)).copied()
    }

    /// In either order the same.
    fn pair(&self, one: Class, other: Class) -> Option<u32> {
        let of = |class: Class| self.of_pair.get(usize::from(class));
        Some(folded(of(one)?.beside(*of(other)?)))
    }
}

/// Looks at every sentence of a mail. `known` numbers what is known; of pairs and pieces, which are most of the features,
/// nothing else is kept.
pub(super) fn look(grammar: &Grammar, reading: &Reading, known: impl Fn(u32) -> Option<u32>) -> Vec<Seen> {
    let tongue = grammar.tongue_of(reading);
    reading.sentences.iter().map(|sentence| look_at(grammar, tongue, reading, sentence, &known)).collect()
}

fn look_at(
    grammar: &Grammar,
    tongue: Option<&Tongue>,
    reading: &Reading,
    sentence: &Sentence,
    known: &impl Fn(u32) -> Option<u32>,
) -> Seen {
    let words = reading.words(sentence);
    let classes: Vec<Vec<Class>> =
        words.iter().map(|token| tongue.map_or_else(Vec::new, |tongue| tongue.lexicon.classes(token))).collect();
    let feature = |id: u32, value: f32, from: usize, to: usize| {
        let place = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        Feature { id, value, from: place(from), to: place(to) }
    };
    let mut measuring = Vec::with_capacity(words.len() * 2);
    let mut others = Vec::with_capacity(words.len() * 2);
    let mut add = |id: u32, value: f32, from: usize, to: usize| {
        measuring.push(feature(known(id).unwrap_or(UNKNOWN | id), value, from, to));
    };
    let mut add_known = |id: u32, value: f32, from: usize, to: usize| {
        if let Some(id) = known(id) {
            others.push(feature(id, value, from, to));
        }
    };
    let mut seen: Vec<(Class, usize)> = Vec::new();
    for (at, token) in words.iter().enumerate() {
        let form = token.form.as_bytes();
        add(id(b"w", &[form]), WORD, at, at + 1);
        if let Some(next) = words.get(at + 1) {
            add_known(id(b"b", &[form, next.form.as_bytes()]), PAIR, at, at + 2);
        }
        pieces(&token.form, |piece| add_known(piece, PIECE, at, at + 1));
        for class in classes.get(at).into_iter().flatten().filter(|class| !grammar.names.is_slot(**class)) {
            if let Some(id) = grammar.class_features.single(*class) {
                add(id, CLASS, at, at + 1);
            }
            if seen.len() < MOST_CLASSES && !seen.iter().any(|(other, _)| other == class) {
                seen.push((*class, at));
            }
        }
    }
    for (number, (class, at)) in seen.iter().enumerate() {
        for (other, place) in seen.iter().skip(number + 1) {
            let (from, to) = (at.min(place), at.max(place));
            if let Some(id) = grammar.class_features.pair(*class, *other) {
                add_known(id, CLASS_PAIR, *from, *to + 1);
            }
        }
    }
    persons(grammar, words, &classes, &mut add);
    let mut hits = Vec::new();
    for hit in tongue.map_or_else(Vec::new, |tongue| tongue.patterns.hits(words, &classes)) {
        let around = grammar.around(hit, words, &classes, sentence);
        let Some(group) = grammar.group(hit) else { continue };
        let name = group.name.as_bytes();
        let kind: &[u8] = if around.is_plain() { b"g" } else { b"g?" };
        add(id(kind, &[name]), GROUP, hit.from, hit.to);
        for (holds, mark) in
            [(around.is_negated, "not"), (around.is_feared, "if"), (around.is_elsewhere, "else"), (around.asks, "ask")]
        {
            if holds {
                add(id(b"g:", &[name, mark.as_bytes()]), GROUP / 2.0, hit.from, hit.to);
            }
        }
        add(id(b"G", &[group.label.as_bytes()]), GROUP / 2.0, hit.from, hit.to);
        hits.push((hit, around));
    }
    if sentence.asks {
        add(id(b"asks", &[]), MARK, 0, words.len());
    }
    Seen { measuring, others, hits, classes }
}

/// Who works here, by role with a name ("chirurg Bontekoe"), or with the word before the role ("die arts", "uw planner").
fn persons(grammar: &Grammar, words: &[Token], classes: &[Vec<Class>], add: &mut impl FnMut(u32, f32, usize, usize)) {
    let is_role = |at: usize| classes.get(at).is_some_and(|own| own.iter().any(|class| grammar.roles.contains(class)));
    for (at, role) in words.iter().enumerate().filter(|(at, _)| is_role(*at)) {
        let Some(next) = words.get(at + 1) else { continue };
        let before = at.checked_sub(1).and_then(|before| words.get(before));
        if next.is_capital && next.clause == role.clause {
            add(id(b"named", &[]), NAMED, at, at + 2);
        } else if let Some(before) = before {
            add(id(b"role", &[before.form.as_bytes()]), ROLE, at - 1, at + 1);
        }
    }
}

/// How long a text is whose measuring features have squares of this sum: what they say again counts with them.
pub(super) fn length(square: f32, shortest: f32) -> f32 {
    /// Of the squares of all features, those that do not measure are about three parts in eight.
    const WITH_OTHERS: f32 = 1.6;
    (square.max(0.0) * WITH_OTHERS).sqrt().max(shortest)
}

/// The features of several sentences as one vector of about length one; less where there is less in them than `shortest`.
/// What is learned from is seen this way; `model` scores the same without putting anything in order.
pub(super) fn vector<'a>(sentences: impl Iterator<Item = &'a Seen>, shortest: f32) -> Vector {
    let named = |measures: bool| move |feature: &Feature| (feature.id, feature.value, measures);
    let mut all: Vec<(u32, f32, bool)> =
        sentences.flat_map(|seen| seen.measuring.iter().map(named(true)).chain(seen.others.iter().map(named(false)))).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
    all.dedup_by_key(|(id, ..)| *id);
    let square = all.iter().filter(|(.., measures)| *measures).map(|(_, value, _)| value * value).sum();
    let length = length(square, shortest);
    all.into_iter().map(|(id, value, _)| (id, value / length)).collect()
}

/// The feature of a group by its name, for what is taught about it beforehand.
pub(super) fn of_group(name: &str) -> u32 {
    id(b"g", &[name.as_bytes()])
}

/// The pieces of a word, its beginning and its end marked. Longer pieces go on from the shorter ones.
fn pieces(form: &str, mut each: impl FnMut(u32)) {
    const PIECE: Hash = Hash::EMPTY.byte(b'p').end();
    let mut buffer = [0_u8; 4];
    let mut rest = form.chars();
    let mut first = Some('<');
    while let Some(begin) = first {
        let mut hash = PIECE.bytes(begin.encode_utf8(&mut buffer).as_bytes());
        for (at, letter) in rest.clone().chain(['>']).take(*PIECES.end() - 1).enumerate() {
            hash = hash.bytes(letter.encode_utf8(&mut buffer).as_bytes());
            if PIECES.contains(&(at + 2)) {
                each(folded(hash.end()));
            }
        }
        first = rest.next();
    }
}

fn hash(kind: &[u8], parts: &[&[u8]]) -> Hash {
    parts.iter().fold(Hash::EMPTY.bytes(kind).end(), |hash, part| hash.bytes(part).end())
}

/// The number of a feature: its kind and its parts, folded to the space.
fn id(kind: &[u8], parts: &[&[u8]]) -> u32 {
    folded(hash(kind, parts))
}

fn folded(hash: Hash) -> u32 {
    let folded = (hash.number() >> 40) ^ hash.number();
    u32::try_from(folded & (SPACE as u64 - 1)).unwrap_or_default()
}
