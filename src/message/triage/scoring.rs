//! The sums of the two linear models over a mail and over each stretch of two sentences, in one pass: each feature of a
//! sentence is looked up once, and what two sentences of a stretch have in common is taken off again.
//!
//! The result is that of `feature::vector` times the weights, as learned; a test holds them beside each other.

use std::cell::RefCell;

use super::feature::{SHORT_MAIL, SHORT_STRETCH, SPACE, Seen};
use super::table::Table;

/// Sets of features, a bit for each there could be: those of this sentence, of the one before, and of the mail. They lie
/// side by side, so that a feature is looked for in one place. Kept by each thread: half a megabyte is not asked for anew
/// for every mail.
struct Room(Vec<Bits>);

/// The bits of 64 features in each set. Sentences take turns in the first two.
#[derive(Clone, Copy, Debug, Default)]
#[repr(align(32))]
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
    fn new() -> Self {
        Self(vec![Bits::default(); SPACE / 64])
    }

    /// Puts a feature into the sentence whose `turn` it is, and into the mail.
    fn insert(&mut self, feature: u32, turn: Turn) -> Was {
        let Some(bits) = self.0.get_mut(feature as usize / 64) else {
            return Was { in_sentence: true, in_sentence_before: false, in_mail: true };
        };
        let bit = 1_u64 << (feature % 64);
        let [even, odd] = &mut bits.sentences;
        let (now, before) = match turn {
            Turn::Even => (even, odd),
            Turn::Odd => (odd, even),
        };
        let was = Was { in_sentence: *now & bit != 0, in_sentence_before: *before & bit != 0, in_mail: bits.mail & bit != 0 };
        *now |= bit;
        bits.mail |= bit;
        was
    }

    /// Empties the sentence whose turn it was.
    fn clear_sentence(&mut self, features: &[u32], turn: Turn) {
        for feature in features {
            if let Some(bits) = self.0.get_mut(*feature as usize / 64) {
                match turn {
                    Turn::Even => bits.sentences[0] = 0,
                    Turn::Odd => bits.sentences[1] = 0,
                }
            }
        }
    }

    fn clear_mail(&mut self, features: &[u32]) {
        for feature in features {
            if let Some(bits) = self.0.get_mut(*feature as usize / 64) {
                bits.mail = 0;
            }
        }
    }
}

/// Which of the two sentences of a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn {
    Even,
    Odd,
}

impl Turn {
    fn other(self) -> Self {
        match self {
            Self::Even => Self::Odd,
            Self::Odd => Self::Even,
        }
    }
}

thread_local! {
    static ROOM: RefCell<Option<Room>> = const { RefCell::new(None) };
}

/// Sums by label, and the square of the length of what was summed.
#[derive(Clone, Debug)]
struct Sums {
    labels: Vec<f32>,
    square: f32,
}

impl Sums {
    fn new(labels: usize) -> Self {
        Self { labels: vec![0.0; labels], square: 0.0 }
    }

    fn add<'a>(&mut self, value: f32, row: impl Iterator<Item = (&'a u8, &'a f32)>) {
        for (label, weight) in row {
            if let Some(sum) = self.labels.get_mut(usize::from(*label)) {
                *sum += weight * value;
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
pub(super) fn margins(table: &Table, labels: usize, seen: &[Seen]) -> Margins {
    ROOM.with_borrow_mut(|room| sum_up(room.get_or_insert_with(Room::new), table, labels, seen))
}

fn sum_up(room: &mut Room, table: &Table, labels: usize, seen: &[Seen]) -> Margins {
    let mut mail = Sums::new(labels);
    let mut in_mail = Vec::new();
    let mut before: Option<(Sums, Vec<u32>)> = None;
    let mut stretches = Vec::with_capacity(seen.len());
    let mut turn = Turn::Even;
    for sentence in seen {
        let (mut own, mut common) = (Sums::new(labels), Sums::new(labels));
        let mut features = Vec::with_capacity(sentence.features.len());
        for feature in &sentence.features {
            let was = room.insert(feature.id, turn);
            if was.in_sentence {
                continue;
            }
            features.push(feature.id);
            let (value, row) = (feature.value, table.get(feature.id));
            own.square += value * value;
            if let Some((_, stretch)) = &row {
                own.add(value, stretch.clone());
            }
            if was.in_sentence_before {
                common.square += value * value;
                if let Some((_, stretch)) = &row {
                    common.add(value, stretch.clone());
                }
            }
            if !was.in_mail {
                in_mail.push(feature.id);
                mail.square += value * value;
                if let Some((of_mail, _)) = row {
                    mail.add(value, of_mail);
                }
            }
        }
        turn = turn.other();
        if let Some((earlier, of_earlier)) = before.replace((own.clone(), features)) {
            room.clear_sentence(&of_earlier, turn);
            let length = shared_length(earlier.square + own.square - common.square, SHORT_STRETCH);
            let sums = earlier.labels.iter().zip(&own.labels).zip(&common.labels);
            stretches.push(sums.map(|((earlier, own), common)| (earlier + own - common) / length).collect());
        }
    }
    if let Some((last, features)) = before {
        room.clear_sentence(&features, turn.other());
        if stretches.is_empty() {
            let length = shared_length(last.square, SHORT_STRETCH);
            stretches.push(last.labels.iter().map(|sum| sum / length).collect());
        }
    }
    room.clear_mail(&in_mail);
    let length = shared_length(mail.square, SHORT_MAIL);
    Margins { mail: mail.labels.iter().map(|sum| sum / length).collect(), stretches }
}

fn shared_length(square: f32, shortest: f32) -> f32 {
    square.max(0.0).sqrt().max(shortest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::triage::feature::{Feature, Vector, vector};
    use crate::message::triage::model::stretches;
    use crate::message::triage::table::Weight;
    use proptest::prelude::*;

    fn seen(features: &[u32]) -> Seen {
        // The value belongs to the kind of a feature: the same feature always has the same.
        let feature = |id: &u32| Feature { id: *id, value: [1.0, 0.6, 0.15][*id as usize % 3], from: 0, to: 1 };
        Seen { features: features.iter().map(feature).collect(), hits: Vec::new(), classes: Vec::new() }
    }

    fn times(vector: &Vector, weights: &[Weight], is_stretch: bool, label: u8) -> f32 {
        let of = |id: u32| {
            weights.iter().find(|weight| weight.feature == id && weight.is_stretch == is_stretch && weight.label == label)
        };
        vector.iter().filter_map(|(id, value)| Some(of(*id)?.value * value)).sum()
    }

    proptest! {
        #[test]
        fn one_pass_gives_what_the_vectors_that_were_learned_from_give(
            sentences in prop::collection::vec(prop::collection::vec(0_u32..200, 0..40), 0..8),
            known in prop::collection::btree_map((0_u32..200, any::<bool>(), 0_u8..3), -2.0_f32..2.0, 0..120),
        ) {
            let weights: Vec<Weight> = known
                .into_iter()
                .map(|((feature, is_stretch, label), value)| Weight { feature, is_stretch, label, value })
                .collect();
            let table = Table::of(weights.clone());
            let seen: Vec<Seen> = sentences.iter().map(|features| seen(features)).collect();
            // Twice: what a mail leaves behind would show in the next.
            margins(&table, 3, &seen);
            let told = margins(&table, 3, &seen);
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
