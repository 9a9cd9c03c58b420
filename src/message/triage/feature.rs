//! What the learned part sees of a sentence: words, pairs of words, pieces of words, classes, pairs of classes, and what
//! the grammar found. Each is a number between 0 and [`SPACE`], by hashing its name.

use super::grammar::{Around, Grammar, Tongue};
use super::lexicon::Class;
use super::pattern::Hit;
use super::tokens::{Reading, Sentence};

/// So many different features are told apart.
pub(super) const SPACE: usize = 1 << 20;

/// How much each kind of feature counts before anything is learned.
const WORD: f32 = 1.0;
const PAIR: f32 = 0.6;
const PIECE: f32 = 0.15;
const CLASS: f32 = 1.2;
const CLASS_PAIR: f32 = 0.5;
const GROUP: f32 = 3.0;
const MARK: f32 = 0.7;

/// A stretch with less in it than an ordinary sentence is not made to weigh as much as one.
pub(super) const SHORT_STRETCH: f32 = 7.0;
/// A mail may be short.
pub(super) const SHORT_MAIL: f32 = 1.0;

/// Length of pieces of words, in characters.
const PIECES: std::ops::RangeInclusive<usize> = 3..=5;
/// Classes of one sentence that are paired with each other; more would take time by the square.
const MOST_CLASSES: usize = 40;

/// A feature and the words of the sentence it came from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Feature {
    pub(super) id: u32,
    pub(super) value: f32,
    pub(super) from: u16,
    pub(super) to: u16,
}

/// One sentence as the judges see it.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) features: Vec<Feature>,
    /// The same, each once, in order: a sentence stands in two stretches and in the mail.
    once: Vector,
    pub(super) hits: Vec<(Hit, Around)>,
}

/// A set of features, each once, in order: what is learned from and scored.
pub(super) type Vector = Vec<(u32, f32)>;

/// Looks at every sentence of a mail.
pub(super) fn look(grammar: &Grammar, reading: &Reading) -> Vec<Seen> {
    let tongue = grammar.tongue_of(reading);
    reading.sentences.iter().map(|sentence| look_at(grammar, tongue, reading, sentence)).collect()
}

fn look_at(grammar: &Grammar, tongue: Option<&Tongue>, reading: &Reading, sentence: &Sentence) -> Seen {
    let words = reading.words(sentence);
    let classes: Vec<Vec<Class>> =
        words.iter().map(|token| tongue.map_or_else(Vec::new, |tongue| tongue.lexicon.classes(token))).collect();
    let mut features = Vec::with_capacity(words.len() * 30);
    let mut add = |id: u32, value: f32, from: usize, to: usize| {
        let place = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        features.push(Feature { id, value, from: place(from), to: place(to) });
    };
    let mut seen: Vec<(Class, usize)> = Vec::new();
    for (at, token) in words.iter().enumerate() {
        let form = token.form.as_bytes();
        add(id(b"w", &[form]), WORD, at, at + 1);
        if let Some(next) = words.get(at + 1) {
            add(id(b"b", &[form, next.form.as_bytes()]), PAIR, at, at + 2);
        }
        pieces(&token.form, |piece| add(id(b"p", &[piece]), PIECE, at, at + 1));
        for class in classes.get(at).into_iter().flatten() {
            add(id(b"c", &[grammar.names.name(*class).as_bytes()]), CLASS, at, at + 1);
            if seen.len() < MOST_CLASSES && !seen.iter().any(|(other, _)| other == class) {
                seen.push((*class, at));
            }
        }
    }
    for (number, (class, at)) in seen.iter().enumerate() {
        for (other, place) in seen.iter().skip(number + 1) {
            let mut names = [grammar.names.name(*class), grammar.names.name(*other)];
            names.sort_unstable();
            let (from, to) = (at.min(place), at.max(place));
            add(id(b"cc", &names.map(str::as_bytes)), CLASS_PAIR, *from, *to + 1);
        }
    }
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
    let once = each_once(features.iter().map(|feature| (feature.id, feature.value)).collect());
    Seen { features, once, hits }
}

/// Each feature once, in order, with the largest of its values.
fn each_once(mut all: Vector) -> Vector {
    // This sort finds what is in order already: the sentences of a mail are joined rather than sorted anew.
    all.sort_by(|one, other| one.0.cmp(&other.0).then(other.1.total_cmp(&one.1)));
    all.dedup_by_key(|(id, _)| *id);
    all
}

/// The features of several sentences as one vector of length one; less where there is less in them than `shortest`.
pub(super) fn vector<'a>(sentences: impl Iterator<Item = &'a Seen>, shortest: f32) -> Vector {
    let mut all = each_once(sentences.flat_map(|seen| seen.once.iter().copied()).collect());
    let norm = all.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(shortest);
    for (_, value) in &mut all {
        *value /= norm;
    }
    all
}

/// The feature of a group by its name, for what is taught about it beforehand.
pub(super) fn of_group(name: &str) -> u32 {
    id(b"g", &[name.as_bytes()])
}

fn pieces(form: &str, mut each: impl FnMut(&[u8])) {
    let mut bounded = String::with_capacity(form.len() + 2);
    bounded.push('<');
    bounded.push_str(form);
    bounded.push('>');
    let places: Vec<usize> = bounded.char_indices().map(|(at, _)| at).chain([bounded.len()]).collect();
    for length in PIECES {
        for (from, to) in places.iter().zip(places.iter().skip(length)) {
            if let Some(piece) = bounded.as_bytes().get(*from..*to) {
                each(piece);
            }
        }
    }
}

/// FNV-1a over the kind and the parts, folded to the space.
fn id(kind: &[u8], parts: &[&[u8]]) -> u32 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        hash = (hash ^ 0xff).wrapping_mul(0x0100_0000_01b3);
    };
    eat(kind);
    for part in parts {
        eat(part);
    }
    let folded = (hash >> 40) ^ hash;
    u32::try_from(folded & (SPACE as u64 - 1)).unwrap_or_default()
}
