//! The learned weights as they are looked up: one bit for each feature there could be, so that a feature nobody learned
//! anything about, which is nearly every one, costs a look at that bit; behind it the weights lie in one row.

use super::feature::SPACE;

/// One weight: how much a feature speaks for a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weight {
    pub(super) feature: u32,
    /// In the model of a stretch; otherwise in that of the whole mail.
    pub(super) is_stretch: bool,
    pub(super) label: u8,
    pub(super) value: f32,
}

/// Where the weights of one feature end: those of the mail, then those of a stretch. They begin where those of the
/// feature before end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Ends {
    mail: usize,
    stretch: usize,
}

/// All weights, by feature.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Table {
    /// A bit for each feature, set where it has weights.
    known: Vec<u64>,
    /// How many features are known before each word of bits.
    before: Vec<usize>,
    rows: Vec<Ends>,
    labels: Vec<u8>,
    values: Vec<f32>,
}

/// Weights of one feature: labels with values.
pub(super) type Row<'a> = std::iter::Zip<std::slice::Iter<'a, u8>, std::slice::Iter<'a, f32>>;

impl Table {
    /// In any order; a weight of nothing is left out.
    pub(super) fn of(mut weights: Vec<Weight>) -> Self {
        weights.retain(|weight| weight.value != 0.0 && (weight.feature as usize) < SPACE);
        weights.sort_unstable_by_key(|weight| (weight.feature, weight.is_stretch, weight.label));
        let mut table = Self { known: vec![0; SPACE / 64], ..Self::default() };
        for of_one in weights.chunk_by(|one, other| one.feature == other.feature) {
            let Some(feature) = of_one.first().map(|weight| weight.feature as usize) else { continue };
            if let Some(bits) = table.known.get_mut(feature / 64) {
                *bits |= 1 << (feature % 64);
            }
            let mail = table.values.len() + of_one.iter().filter(|weight| !weight.is_stretch).count();
            table.labels.extend(of_one.iter().map(|weight| weight.label));
            table.values.extend(of_one.iter().map(|weight| weight.value));
            table.rows.push(Ends { mail, stretch: table.values.len() });
        }
        let mut known = 0;
        for bits in &table.known {
            table.before.push(known);
            known += bits.count_ones() as usize;
        }
        table
    }

    /// The weights of a feature in the model of the mail, and in that of a stretch; `None` for one nobody knows.
    pub(super) fn get(&self, feature: u32) -> Option<(Row<'_>, Row<'_>)> {
        let (word, bit) = (feature as usize / 64, feature % 64);
        let bits = *self.known.get(word)?;
        if bits >> bit & 1 == 0 {
            return None;
        }
        let below = (bits & ((1 << bit) - 1)).count_ones() as usize;
        self.row(self.before.get(word)? + below)
    }

    fn row(&self, row: usize) -> Option<(Row<'_>, Row<'_>)> {
        let ends = *self.rows.get(row)?;
        let begin = row.checked_sub(1).and_then(|row| self.rows.get(row)).map_or(0, |ends| ends.stretch);
        let part = |from: usize, to: usize| Some(self.labels.get(from..to)?.iter().zip(self.values.get(from..to)?));
        Some((part(begin, ends.mail)?, part(ends.mail, ends.stretch)?))
    }

    /// Every weight, by feature.
    pub(super) fn weights(&self) -> impl Iterator<Item = Weight> {
        let features = self.known.iter().enumerate().flat_map(|(word, bits)| {
            (0..64).filter(move |bit| bits >> bit & 1 == 1).filter_map(move |bit| u32::try_from(word * 64 + bit).ok())
        });
        features.enumerate().filter_map(|(row, feature)| Some((feature, self.row(row)?))).flat_map(
            |(feature, (mail, stretch))| {
                let named = move |is_stretch: bool| {
                    move |(label, value): (&u8, &f32)| Weight { feature, is_stretch, label: *label, value: *value }
                };
                mail.map(named(false)).chain(stretch.map(named(true)))
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_weight_is_found_again_and_an_unknown_feature_has_none() {
        let weight = |feature, is_stretch, label, value| Weight { feature, is_stretch, label, value };
        let last = u32::try_from(SPACE).unwrap() - 1;
        let weights = vec![
            weight(last, true, 3, 0.5),
            weight(63, false, 1, -1.0),
            weight(64, true, 2, 2.0),
            weight(63, true, 1, 4.0),
            weight(7, false, 1, 0.0),
        ];
        let table = Table::of(weights.clone());
        let row = |feature| {
            table.get(feature).map(|(mail, stretch)| {
                let read = |row: Row<'_>| row.map(|(label, value)| (*label, *value)).collect::<Vec<_>>();
                (read(mail), read(stretch))
            })
        };
        assert_eq!(row(63), Some((vec![(1, -1.0)], vec![(1, 4.0)])));
        assert_eq!(row(64), Some((vec![], vec![(2, 2.0)])));
        assert_eq!(row(last), Some((vec![], vec![(3, 0.5)])));
        assert_eq!((row(7), row(65)), (None, None));
        assert_eq!(Table::of(table.weights().collect()), table);
    }
}
