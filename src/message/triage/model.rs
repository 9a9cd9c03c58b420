//! The learned part: one linear model a label over the whole mail, one over each stretch of two sentences, and how the
//! two are weighed. The weights are a small file under `config/triage/`, made by `wederhoor triage train`.

use super::TriageError;
use super::feature::{Feature, SHORT_STRETCH, SPACE, Seen, Vector, vector};
use super::scoring::margins;
use super::table::{Largest, Row, STEPS, Table, Weight};

/// First bytes of the file and its version: another version is another file.
const MAGIC: &[u8] = b"wederhoor triage 3\n";
/// Length of the digest of what it was made from, in bytes (SHA-256).
pub(super) const DIGEST: usize = 32;
/// The file is never longer than this when unpacked, in bytes.
const LONGEST: usize = 4 << 20;
/// Groups of seven bits that the distance between two features has at most.
const MOST_GROUPS: usize = 3;

/// Labels of the learned part, with what stands before the code of `inspect`: flags and persons bare.
pub const LABELS: [&str; 28] = [
    "calamity",
    "legal",
    "abuse",
    "crisis",
    "third_party",
    "against_person",
    "purpose:explanation",
    "purpose:apology",
    "purpose:prevention",
    "purpose:conversation",
    "purpose:compensation",
    "purpose:solution",
    "kind:product_service",
    "kind:medical",
    "kind:organisational",
    "kind:conduct",
    "kind:communication",
    "main:product_service",
    "main:medical",
    "main:organisational",
    "main:conduct",
    "main:communication",
    "intent:complaint",
    "intent:question",
    "intent:compliment",
    "intent:withdrawal",
    "intent:spam",
    "intent:other",
];

/// What is known about one label.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Weighing {
    /// Constant part of the model of the whole mail and of the model of a stretch.
    pub(super) bias: [f32; 2],
    /// Weight of the whole mail, of its best and second-best stretch, of what the grammar found, and a constant.
    pub(super) weights: [f32; 5],
    /// From this value on the label is given.
    pub(super) threshold: f32,
}

/// The learned part as it is used.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Model {
    /// Digest of the files it was made from.
    pub(super) digest: [u8; DIGEST],
    pub(super) labels: Vec<Weighing>,
    pub(super) table: Table,
}

/// What a mail scored for one label.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Score {
    /// Over the threshold above zero; a logarithm of odds.
    pub(super) value: f32,
    /// The first sentence of its best stretch.
    pub(super) sentence: usize,
}

/// Margins of one mail for one label: the whole mail, its best and its second-best stretch, and what the grammar found.
pub(super) type Margins = [f32; 4];

impl Model {
    /// Scores for every label, in the order of [`LABELS`].
    pub(super) fn score(&self, seen: &[Seen], found: &[f32]) -> Vec<Score> {
        let margins = margins(&self.table, seen);
        let mut best = vec![(f32::MIN, f32::MIN, 0); self.labels.len()];
        for (at, stretch) in margins.stretches.into_iter().enumerate() {
            for (best, margin) in best.iter_mut().zip(stretch) {
                *best = if margin > best.0 { (margin, best.0, at) } else { (best.0, best.1.max(margin), best.2) };
            }
        }
        self.labels
            .iter()
            .zip(margins.mail)
            .zip(best)
            .zip(found)
            .map(|(((label, whole), (first, second, sentence)), found)| {
                // A mail of one stretch has no second best.
                let second = if second <= f32::MIN { first } else { second };
                let margins = [whole + label.bias[0], first + label.bias[1], second + label.bias[1], *found];
                Score { value: weighed(&label.weights, &margins) - label.threshold, sentence }
            })
            .collect()
    }

    /// How much a feature of a stretch, or of the mail, speaks for a label.
    pub(super) fn weight(&self, feature: &Feature, label: usize) -> f32 {
        let (mail, stretch) = self.table.get(feature.id);
        let Some(largest) = self.table.largest.get(label) else { return 0.0 };
        let of = |row: Row<'_>| row.iter().find(|(of, _)| usize::from(*of) == label).map_or(0.0, |(_, steps)| f32::from(*steps));
        let weights = self.labels.get(label).map_or([0.0; 5], |label| label.weights);
        let whole = of(mail) * largest.mail * weights[0].max(0.0);
        (whole + of(stretch) * largest.stretch * weights[1].max(0.0)) / STEPS * feature.value
    }

    /// The file.
    pub(super) fn write(&self) -> Vec<u8> {
        let all: Vec<Weight> = self.table.weights().collect();
        let mut bytes = Vec::new();
        bytes.extend(self.digest);
        for (number, label) in self.labels.iter().enumerate() {
            for value in label.bias.iter().chain(&label.weights).chain([&label.threshold]) {
                bytes.extend(value.to_le_bytes());
            }
            let largest = self.table.largest.get(number).copied().unwrap_or_default();
            for (is_stretch, largest) in [(false, largest.mail), (true, largest.stretch)] {
                let is_own = |weight: &&Weight| usize::from(weight.label) == number && weight.is_stretch == is_stretch;
                bytes.extend(largest.to_le_bytes());
                write_weights(&mut bytes, &all.iter().filter(is_own).copied().collect::<Vec<_>>());
            }
        }
        // A compressor that works in memory does not fail; an empty file would be refused by `read`.
        let packed = zstd::bulk::compress(&bytes, 19).unwrap_or_default();
        [MAGIC, &packed].concat()
    }

    /// Reads the file.
    pub(super) fn read(file: &[u8]) -> Result<Self, TriageError> {
        let packed = file.strip_prefix(MAGIC).ok_or(TriageError::Weights)?;
        // Room for what there is, where the file tells: a large buffer, given back, makes the allocator keep others for good.
        let told = zstd::zstd_safe::get_frame_content_size(packed).map_err(|_| TriageError::Weights)?;
        let length = told.and_then(|length| usize::try_from(length).ok()).map_or(LONGEST, |length| length.min(LONGEST));
        let bytes = zstd::bulk::decompress(packed, length).map_err(|_| TriageError::Weights)?;
        let mut reader = Reader(&bytes);
        let mut model = Self::default();
        let (mut weights, mut largest) = (Vec::new(), Vec::new());
        model.digest.copy_from_slice(reader.take(DIGEST)?);
        for number in 0..LABELS.len() {
            let mut label = Weighing::default();
            for value in label.bias.iter_mut().chain(&mut label.weights).chain([&mut label.threshold]) {
                *value = reader.float()?;
            }
            model.labels.push(label);
            let number = u8::try_from(number).map_err(|_| TriageError::Weights)?;
            let mail = reader.weights(&mut weights, number, false)?;
            largest.push(Largest { mail, stretch: reader.weights(&mut weights, number, true)? });
        }
        model.table = Table::of(|| weights.iter().flat_map(Written::weights), largest);
        Ok(model)
    }
}

/// Every two sentences that follow each other, as vectors; a mail of one sentence is its own stretch.
pub(super) fn stretches(seen: &[Seen]) -> impl Iterator<Item = Vector> {
    let last = seen.len().saturating_sub(1).max(1).min(seen.len());
    (0..last).map(|at| vector(seen.iter().skip(at).take(2), SHORT_STRETCH))
}

/// The margins of a label made into one value.
pub(super) fn weighed(weights: &[f32; 5], margins: &Margins) -> f32 {
    weights.iter().zip(margins).map(|(weight, margin)| weight * margin).sum::<f32>() + weights[4]
}

/// The weights of one label in one of the two models, by feature: how far each feature is from the one before, in groups
/// of seven bits, then all steps.
fn write_weights(bytes: &mut Vec<u8>, own: &[Weight]) {
    bytes.extend(u32::try_from(own.len()).unwrap_or_default().to_le_bytes());
    let mut before = 0;
    for weight in own {
        let mut step = weight.feature - before;
        before = weight.feature;
        while step >= 0x80 {
            bytes.push(step.to_le_bytes()[0] | 0x80);
            step >>= 7;
        }
        bytes.push(step.to_le_bytes()[0]);
    }
    bytes.extend(own.iter().map(|weight| weight.steps.to_le_bytes()[0]));
}

/// What `write_weights` wrote, as it lies in the file.
struct Written<'a> {
    label: u8,
    is_stretch: bool,
    features: &'a [u8],
    steps: &'a [u8],
}

impl<'a> Written<'a> {
    fn weights(&self) -> impl Iterator<Item = Weight> + use<'a> {
        let (label, is_stretch) = (self.label, self.is_stretch);
        let mut feature = 0;
        let distances = self.features.split_inclusive(|byte| *byte < 0x80);
        let features = distances.map(move |bytes| {
            let distance = bytes.iter().rev().fold(0, |sum, byte| sum << 7 | u32::from(byte & 0x7f));
            feature += distance;
            feature
        });
        features.zip(self.steps).map(move |(feature, steps)| Weight {
            feature,
            label,
            is_stretch,
            steps: i8::from_le_bytes([*steps]),
        })
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], TriageError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(TriageError::Weights)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array(&mut self) -> Result<[u8; 4], TriageError> {
        self.take(4)?.try_into().map_err(|_| TriageError::Weights)
    }

    fn float(&mut self) -> Result<f32, TriageError> {
        self.array().map(f32::from_le_bytes)
    }

    /// Finds the weights of a label in one of the two models; gives the largest.
    fn weights(&mut self, weights: &mut Vec<Written<'a>>, label: u8, is_stretch: bool) -> Result<f32, TriageError> {
        let largest = self.float()?;
        let count = usize::try_from(u32::from_le_bytes(self.array()?)).unwrap_or(usize::MAX);
        let features = self.distances(count)?;
        weights.push(Written { label, is_stretch, features, steps: self.take(count)? });
        Ok(largest)
    }

    /// So many distances between features, none beyond the space of features.
    fn distances(&mut self, count: usize) -> Result<&'a [u8], TriageError> {
        let (mut length, mut feature) = (0, 0_usize);
        for distance in self.0.split_inclusive(|byte| *byte < 0x80).take(count) {
            if distance.len() > MOST_GROUPS {
                return Err(TriageError::Weights);
            }
            length += distance.len();
            feature += distance.iter().rev().fold(0, |sum, byte| sum << 7 | usize::from(byte & 0x7f));
        }
        if feature >= SPACE { Err(TriageError::Weights) } else { self.take(length) }
    }
}
