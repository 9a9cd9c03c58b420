//! Words and features as numbers: FNV-1a of 64 bits, eaten byte by byte, so that all beginnings of a word cost no more
//! than the word. Two of the some ten thousand words of the data files never meet by chance in a space of that size.

/// A hash that can be eaten further from any point on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hash(u64);

impl Hash {
    /// Of nothing.
    pub(super) const EMPTY: Self = Self(0xcbf2_9ce4_8422_2325);

    /// One byte more.
    pub(super) const fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u64).wrapping_mul(0x0100_0000_01b3))
    }

    /// Some bytes more.
    pub(super) fn bytes(self, bytes: &[u8]) -> Self {
        bytes.iter().fold(self, |hash, byte| hash.byte(*byte))
    }

    /// The end of a part: "ab", "c" is not "a", "bc".
    pub(super) const fn end(self) -> Self {
        self.byte(0xff)
    }

    /// Two of them as one, in either order the same.
    pub(super) const fn beside(self, other: Self) -> Self {
        Self(self.0.wrapping_add(other.0).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    /// The number.
    pub(super) const fn number(self) -> u64 {
        self.0
    }
}

/// The number of a word, or of a beginning of one.
pub(super) fn key(word: &str) -> u64 {
    Hash::EMPTY.bytes(word.as_bytes()).number()
}

/// The number of an ending: eaten from the last byte on.
pub(super) fn end_key(end: &str) -> u64 {
    end.bytes().rev().fold(Hash::EMPTY, Hash::byte).number()
}
