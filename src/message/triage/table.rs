//! The learned weights as they are looked up: one bit for each feature there could be, so that a feature nobody learned
//! anything about, which is nearly every one, costs a look at that bit; behind it the weights lie in one row.

use super::feature::SPACE;

/// Steps on either side of zero that weights are kept in.
pub(super) const STEPS: f32 = 127.0;

/// One weight: how much a feature speaks for a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weight {
    pub(super) feature: u32,
    pub(super) label: u8,
    /// In the model of a stretch; otherwise in that of the whole mail.
    pub(super) is_stretch: bool,
    /// Its share of the largest weight of this label in this model, in steps.
    pub(super) steps: i8,
}

/// The largest weights of a label, by which its steps count: of the whole mail and of a stretch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Largest {
    pub(super) mail: f32,
    pub(super) stretch: f32,
}

/// Where the weights of one feature end: those of the mail, then those of a stretch. They begin where those of the
/// feature before end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Ends {
    mail: u32,
    stretch: u32,
}

/// All weights, by feature.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Table {
    /// By label.
    pub(super) largest: Vec<Largest>,
    /// A bit for each feature, set where it has weights.
    known: Vec<u64>,
    /// How many features are known before each word of bits.
    before: Vec<u32>,
    rows: Vec<Ends>,
    /// Labels with steps.
    weights: Vec<(u8, i8)>,
}

/// The weights of one feature in one of the two models: labels with steps.
pub(super) type Row<'a> = &'a [(u8, i8)];

impl Table {
    /// Of weights in any order, where those of one feature come by label; a weight of nothing is left out. They are gone
    /// through three times rather than put in order in memory, where they would take many times the room of the table.
    pub(super) fn of<All: Iterator<Item = Weight>>(weights: impl Fn() -> All, largest: Vec<Largest>) -> Self {
        let told = || weights().filter(|weight| weight.steps != 0 && (weight.feature as usize) < SPACE);
        let mut table = Self { largest, known: vec![0; SPACE / 64], ..Self::default() };
        for weight in told() {
            if let Some(bits) = table.known.get_mut(weight.feature as usize / 64) {
                *bits |= 1 << (weight.feature % 64);
            }
        }
        let mut count = 0;
        let count_on = |bits: &u64| {
            let before = count;
            count += bits.count_ones();
            before
        };
        table.before = table.known.iter().map(count_on).collect();
        // How many weights each feature has, then where they begin; as they are put in place, that becomes where they end.
        table.rows = vec![Ends::default(); count as usize];
        for weight in told() {
            if let Some(ends) = table.ends_of(weight) {
                *ends += 1;
            }
        }
        let mut begin = 0;
        for ends in table.rows.iter_mut().flat_map(|ends| [&mut ends.mail, &mut ends.stretch]) {
            begin += std::mem::replace(ends, begin);
        }
        table.weights = vec![(0, 0); begin as usize];
        for weight in told() {
            let Some(end) = table.ends_of(weight) else { continue };
            let place = *end as usize;
            *end += 1;
            if let Some(slot) = table.weights.get_mut(place) {
                *slot = (weight.label, weight.steps);
            }
        }
        table
    }

    /// Where the weights of its feature end in its model.
    fn ends_of(&mut self, weight: Weight) -> Option<&mut u32> {
        let number = self.number(weight.feature)? as usize;
        self.rows.get_mut(number).map(|ends| if weight.is_stretch { &mut ends.stretch } else { &mut ends.mail })
    }

    /// The number of a feature among those that are known; `None` for one nobody learned anything about.
    pub(super) fn number(&self, feature: u32) -> Option<u32> {
        let (word, bit) = (feature as usize / 64, feature % 64);
        let bits = *self.known.get(word)?;
        if bits >> bit & 1 == 0 {
            return None;
        }
        Some(self.before.get(word)? + (bits & ((1 << bit) - 1)).count_ones())
    }

    /// How many features are known.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The weights of a known feature by its number: in the model of the mail, and in that of a stretch.
    pub(super) fn get(&self, number: u32) -> (Row<'_>, Row<'_>) {
        let number = number as usize;
        let ends = self.rows.get(number).copied().unwrap_or_default();
        let begin = number.checked_sub(1).and_then(|before| self.rows.get(before)).map_or(0, |ends| ends.stretch);
        let part = |from: u32, to: u32| self.weights.get(from as usize..to as usize).unwrap_or_default();
        (part(begin, ends.mail), part(ends.mail, ends.stretch))
    }

    /// Every weight, by feature.
    pub(super) fn weights(&self) -> impl Iterator<Item = Weight> {
        let features = self.known.iter().enumerate().flat_map(|(word, bits)| {
            (0..64).filter(move |bit| bits >> bit & 1 == 1).filter_map(move |bit| u32::try_from(word * 64 + bit).ok())
        });
        features.zip(0..).flat_map(|(feature, number)| {
            let (mail, stretch) = self.get(number);
            let named = move |is_stretch: bool| {
                move |(label, steps): &(u8, i8)| Weight { feature, is_stretch, label: *label, steps: *steps }
            };
            mail.iter().map(named(false)).chain(stretch.iter().map(named(true)))
        })
    }
}

/// A weight as a number of steps of the largest one.
#[expect(clippy::cast_possible_truncation, reason = "a share of the largest weight, times 127, is in range")]
pub(super) fn stepped(weight: f32, largest: f32) -> i8 {
    if largest > 0.0 { (weight / largest * STEPS).round() as i8 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_weight_is_found_again_and_an_unknown_feature_has_none() {
        let weight = |feature, is_stretch, label, steps| Weight { feature, label, is_stretch, steps };
        let last = u32::try_from(SPACE).unwrap() - 1;
        let weights = [
            weight(last, true, 3, 5),
            weight(63, false, 1, -10),
            weight(64, true, 2, 20),
            weight(63, true, 1, 40),
            weight(7, false, 1, 0),
        ];
        let table = Table::of(|| weights.iter().copied(), Vec::new());
        let row = |feature| table.number(feature).map(|number| table.get(number));
        assert_eq!(row(63), Some(([(1, -10)].as_slice(), [(1, 40)].as_slice())));
        assert_eq!(row(64), Some(([].as_slice(), [(2, 20)].as_slice())));
        assert_eq!(row(last), Some(([].as_slice(), [(3, 5)].as_slice())));
        assert_eq!((row(7), row(65)), (None, None));
        assert_eq!(Table::of(|| table.weights(), Vec::new()), table);
    }
}
