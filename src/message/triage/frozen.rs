//! Maps that are made once and then only read: keys in order, and where the keys with the same first bits begin. The keys
//! are hashes, so they lie evenly, and one look nearly always finds the place. They take half the room of a hash table
//! that could still grow, and the thousands of small lists behind them take none of their own.

/// A part of a list in which the things of many owners lie one after another.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Part {
    from: u32,
    to: u32,
}

impl Part {
    /// The things themselves.
    pub(super) fn of<T>(self, all: &[T]) -> &[T] {
        all.get(self.from as usize..self.to as usize).unwrap_or_default()
    }

    /// What was added to a list since it had `from` things in it.
    pub(super) fn since<T>(from: usize, all: &[T]) -> Self {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self { from: place(from), to: place(all.len()) }
    }
}

/// A value for each of many hashes.
#[derive(Debug, Default)]
pub(super) struct Frozen<V> {
    /// Bits of a key that do not tell its bucket.
    shift: u32,
    /// Where each bucket begins, and the end of the last.
    begins: Vec<u32>,
    keys: Vec<u64>,
    values: Vec<V>,
}

impl<V: Copy> Frozen<V> {
    /// Of two values for one key the first is kept.
    pub(super) fn of(mut pairs: Vec<(u64, V)>) -> Self {
        pairs.sort_by_key(|(key, _)| *key);
        pairs.dedup_by_key(|(key, _)| *key);
        let bits = pairs.len().next_power_of_two().trailing_zeros().max(1);
        let shift = u64::BITS - bits;
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let begins = (0..=1_u64 << bits).map(|bucket| place(pairs.partition_point(|(key, _)| key >> shift < bucket)));
        Self {
            shift,
            begins: begins.collect(),
            keys: pairs.iter().map(|(key, _)| *key).collect(),
            values: pairs.into_iter().map(|(_, value)| value).collect(),
        }
    }

    /// The value of a key.
    pub(super) fn get(&self, key: u64) -> Option<V> {
        let bucket = usize::try_from(key.checked_shr(self.shift)?).ok()?;
        let (from, to) = (*self.begins.get(bucket)? as usize, *self.begins.get(bucket + 1)? as usize);
        let at = self.keys.get(from..to)?.iter().position(|own| *own == key)?;
        self.values.get(from + at).copied()
    }
}

/// A list of things for each of many hashes.
#[derive(Debug, Default)]
pub(super) struct Lists<T> {
    parts: Frozen<Part>,
    all: Vec<T>,
}

impl<T: Copy + Ord> Lists<T> {
    /// The things of one key come together, in order, each once.
    pub(super) fn of(mut pairs: Vec<(u64, T)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let all: Vec<T> = pairs.iter().map(|(_, thing)| *thing).collect();
        let mut end = 0;
        let parts = pairs.chunk_by(|one, other| one.0 == other.0).filter_map(|of_one| {
            let from = end;
            end += of_one.len();
            Some((of_one.first()?.0, Part::since(from, all.get(..end)?)))
        });
        Self { parts: Frozen::of(parts.collect()), all }
    }

    /// The things of a key.
    pub(super) fn get(&self, key: u64) -> &[T] {
        self.parts.get(key).unwrap_or_default().of(&self.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::{BTreeMap, BTreeSet};

    proptest! {
        #[test]
        fn a_frozen_map_answers_like_an_ordinary_one(
            pairs in prop::collection::vec((any::<u64>(), any::<u16>()), 0..200), near in prop::collection::vec((0_u64..9, any::<u16>()), 0..30),
        ) {
            let pairs: Vec<(u64, u16)> = pairs.into_iter().chain(near).collect();
            let (frozen, lists) = (Frozen::of(pairs.clone()), Lists::of(pairs.clone()));
            let (mut first, mut all) = (BTreeMap::new(), BTreeMap::<u64, BTreeSet<u16>>::new());
            for (key, value) in &pairs {
                first.entry(*key).or_insert(*value);
                all.entry(*key).or_default().insert(*value);
            }
            for key in pairs.iter().map(|(key, _)| *key).chain(0..12).chain([u64::MAX]) {
                prop_assert_eq!(frozen.get(key), first.get(&key).copied());
                prop_assert_eq!(lists.get(key).to_vec(), all.get(&key).map_or_else(Vec::new, |all| all.iter().copied().collect()));
            }
        }
    }
}
