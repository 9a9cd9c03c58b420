//! The sums of the two linear models over a mail and over each stretch of two sentences, in one pass: each feature of a
//! sentence is looked up once, and what two sentences of a stretch have in common is taken off again.
//!
//! The result is that of `feature::vector` times the weights, as learned; a test holds them beside each other.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use super::feature::{SHORT_MAIL, SHORT_STRETCH, Seen, length};
use super::model::LABELS;
use super::table::{Largest, Row, STEPS, Table};

/// Which features were met: those that are known as sets of bits by number, in one place for this sentence, the one before
/// and the mail; of the others, the sentence they were met in last. Kept by each thread, not asked for anew for every mail.
#[derive(Default)]
struct Room {
    known: Vec<Bits>,
    unknown: FxHashMap<u32, usize>,
}

/// The bits of 64 features in each set. Sentences take turns in the first two.
#[derive(Clone, Copy, Debug, Default)]
struct Bits {
    sentences: [u64; 2],
    mail: u64,
}

/// In which sets a feature was before it came into the sentence.
#[derive(Clone, Copy, Debug)]
struct Was {
    in_sentence: bool,
    in_sentence_before: bool,
    in_mail: bool,
}

impl Room {
    /// Puts a feature into a sentence and into the mail.
    fn insert(&mut self, feature: u32, sentence: usize) -> Was {
        let Some(bits) = self.known.get_mut(feature as usize / 64) else {
            let last = self.unknown.insert(feature, sentence);
            return Was {
                in_sentence: last == Some(sentence),
                in_sentence_before: last.is_some_and(|last| last + 1 == sentence),
                in_mail: last.is_some(),
            };
        };
        let bit = 1_u64 << (feature % 64);
        let [even, odd] = &mut bits.sentences;
        let (now, before) = if sentence.is_multiple_of(2) { (even, odd) } else { (odd, even) };
        let was = Was { in_sentence: *now & bit != 0, in_sentence_before: *before & bit != 0, in_mail: bits.mail & bit != 0 };
        *now |= bit;
        bits.mail |= bit;
        was
    }

    /// Empties a sentence of what is known.
    fn clear_sentence(&mut self, features: &[u32], sentence: usize) {
        for feature in features {
            if let Some(bits) = self.known.get_mut(*feature as usize / 64) {
                let [even, odd] = &mut bits.sentences;
                *if sentence.is_multiple_of(2) { even } else { odd } = 0;
            }
        }
    }

    /// Makes place for so many known features, all of them not met yet.
    fn begin(&mut self, known: usize) {
        self.known.clear();
        self.known.resize(known.div_ceil(64), Bits::default());
        self.unknown.clear();
    }
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

/// Room for the labels there are, and a number of them that needs no looking after in the inner loop.
const ROOM_FOR_LABELS: usize = 32;
const _: () = assert!(LABELS.len() <= ROOM_FOR_LABELS);

/// Sums by label in steps, and the square of the length of what was summed.
#[derive(Clone, Debug)]
struct Sums {
    labels: [f32; ROOM_FOR_LABELS],
    square: f32,
}

impl Sums {
    const NONE: Self = Self { labels: [0.0; ROOM_FOR_LABELS], square: 0.0 };

    /// Adds the weights of a feature.
    fn add(&mut self, value: f32, row: Row<'_>) {
        for (label, steps) in row {
            if let Some(sum) = self.labels.get_mut(usize::from(*label) % ROOM_FOR_LABELS) {
                *sum += f32::from(*steps) * value;
            }
        }
    }
}

/// Margins by label, without their constant part.
#[derive(Debug)]
pub(super) struct Margins {
    pub(super) mail: Vec<f32>,
    /// Each stretch of two sentences that follow each other; a mail of one sentence is its own stretch.
    pub(super) stretches: Vec<Vec<f32>>,
}

/// The margins of a mail.
pub(super) fn margins(table: &Table, seen: &[Seen]) -> Margins {
    ROOM.with_borrow_mut(|room| sum_up(room, table, seen))
}

fn sum_up(room: &mut Room, table: &Table, seen: &[Seen]) -> Margins {
    room.begin(table.len());
    let mut mail = Sums::NONE;
    let mut before: Option<(Sums, Vec<u32>)> = None;
    let mut stretches = Vec::with_capacity(seen.len());
    for (number, sentence) in seen.iter().enumerate() {
        let (mut own, mut common) = (Sums::NONE, Sums::NONE);
        let mut features = Vec::with_capacity(sentence.measuring.len() + sentence.others.len());
        let measuring = sentence.measuring.iter().map(|feature| (feature, feature.value * feature.value));
        for (feature, square) in measuring.chain(sentence.others.iter().map(|feature| (feature, 0.0))) {
            let was = room.insert(feature.id, number);
            if was.in_sentence {
                continue;
            }
            features.push(feature.id);
            let (of_mail, of_stretch) = table.get(feature.id);
            own.square += square;
            own.add(feature.value, of_stretch);
            if was.in_sentence_before {
                common.square += square;
                common.add(feature.value, of_stretch);
            }
            if !was.in_mail {
                mail.square += square;
                mail.add(feature.value, of_mail);
            }
        }
        if let Some((earlier, of_earlier)) = before.replace((own.clone(), features)) {
            room.clear_sentence(&of_earlier, number + 1);
            let length = length(earlier.square + own.square - common.square, SHORT_STRETCH);
            let sums = earlier.labels.iter().zip(&own.labels).zip(&common.labels);
            let sums = sums.map(|((earlier, own), common)| earlier + own - common);
            stretches.push(margins_of(sums, length, &table.largest, |largest| largest.stretch));
        }
    }
    if let Some((last, _)) = before.filter(|_| stretches.is_empty()) {
        let length = length(last.square, SHORT_STRETCH);
        stretches.push(margins_of(last.labels.into_iter(), length, &table.largest, |largest| largest.stretch));
    }
    let length = length(mail.square, SHORT_MAIL);
    Margins { mail: margins_of(mail.labels.into_iter(), length, &table.largest, |largest| largest.mail), stretches }
}

/// Sums of steps as margins.
fn margins_of(sums: impl Iterator<Item = f32>, length: f32, largest: &[Largest], of: impl Fn(&Largest) -> f32) -> Vec<f32> {
    sums.zip(largest).map(|(sum, largest)| sum * of(largest) / (STEPS * length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::triage::feature::{Feature, UNKNOWN, Vector, vector};
    use crate::message::triage::model::stretches;
    use crate::message::triage::table::Weight;
    use proptest::prelude::*;

    const LARGEST: Largest = Largest { mail: 1.5, stretch: 2.0 };

    /// As a mail is judged: what the table knows by its number there.
    fn numbered(seen: &[Seen], table: &Table) -> Vec<Seen> {
        let number = |feature: &Feature| {
            let known = table.number(feature.id);
            Feature { id: known.unwrap_or(UNKNOWN | feature.id), ..*feature }
        };
        let of = |seen: &Seen| Seen {
            measuring: seen.measuring.iter().map(number).collect(),
            others: seen.others.iter().filter(|feature| table.number(feature.id).is_some()).map(number).collect(),
            hits: Vec::new(),
            classes: Vec::new(),
        };
        seen.iter().map(of).collect()
    }

    fn seen(features: &[u32]) -> Seen {
        // The value belongs to the kind of a feature: the same feature always has the same.
        let feature = |id: &u32| Feature { id: *id, value: [1.0, 0.6, 0.15][*id as usize % 3], from: 0, to: 1 };
        let (measuring, others) = features.iter().map(feature).partition(|feature| feature.id % 3 == 0);
        Seen { measuring, others, hits: Vec::new(), classes: Vec::new() }
    }

    fn times(vector: &Vector, weights: &[Weight], is_stretch: bool, label: u8) -> f32 {
        let of = |id: u32| {
            weights.iter().find(|weight| weight.feature == id && weight.is_stretch == is_stretch && weight.label == label)
        };
        let largest = if is_stretch { LARGEST.stretch } else { LARGEST.mail };
        vector.iter().filter_map(|(id, value)| Some(f32::from(of(*id)?.steps) / STEPS * largest * value)).sum()
    }

    proptest! {
        #[test]
        fn one_pass_gives_what_the_vectors_that_were_learned_from_give(
            sentences in prop::collection::vec(prop::collection::vec(0_u32..200, 0..40), 0..8),
            known in prop::collection::btree_map((0_u32..200, any::<bool>(), 0_u8..3), any::<i8>(), 0..120),
        ) {
            let weights: Vec<Weight> = known
                .into_iter()
                .map(|((feature, is_stretch, label), steps)| Weight { feature, label, is_stretch, steps })
                .collect();
            let table = Table::of(|| weights.iter().copied(), vec![LARGEST; 3]);
            let seen: Vec<Seen> = sentences.iter().map(|features| seen(features)).collect();
            // Twice: what a mail leaves behind would show in the next.
            margins(&table, &numbered(&seen, &table));
            let told = margins(&table, &numbered(&seen, &table));
            let slow: Vec<Vector> = stretches(&seen).collect();
            prop_assert_eq!(told.stretches.len(), slow.len());
            let mail = vector(seen.iter(), SHORT_MAIL);
            for label in 0..3_u8 {
                let at = usize::from(label);
                prop_assert!((told.mail[at] - times(&mail, &weights, false, label)).abs() < 1e-3);
                for (fast, slow) in told.stretches.iter().zip(&slow) {
                    prop_assert!((fast[at] - times(slow, &weights, true, label)).abs() < 1e-3);
                }
            }
        }
    }
}
