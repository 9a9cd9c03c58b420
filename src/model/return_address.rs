//! The return address of one letter: `klachten+<letter>@…` as its envelope sender (M40, M57, M136).
//!
//! A report of failure goes to the envelope sender, whatever it holds and whatever it returns. With an address of its
//! own, each letter is named by a report that says nothing at all, and so is the one it was written to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::LetterId;

/// What stands behind the sign of a sub-address in such an address: the letter's id as 26 characters of lower-case
/// base32 (RFC 4648 section 6).
///
/// It survives a server that changes the case (M58), keeps the local part short enough for what forwarders put before it
/// (M59), and differs from a [`super::Token`] by its length alone. It opens less than one: it says which letter came
/// back, and makes nobody a party. Its 74 random bits are the letter's own, so the store finds it by its first key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReturnDetail(pub LetterId);

/// A text that is no such detail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the return address of a letter")]
pub struct ReturnDetailError;

impl ReturnDetail {
    /// Characters in its written form.
    pub const CHARACTERS: usize = 26;
}

impl FromStr for ReturnDetail {
    type Err = ReturnDetailError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != Self::CHARACTERS {
            return Err(ReturnDetailError);
        }
        let bytes = data_encoding::BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).map_err(|_| ReturnDetailError)?;
        let id = uuid::Uuid::from_slice(&bytes).map_err(|_| ReturnDetailError)?;
        // The letters of the base32 alphabet also make words: only an id of the version that we give out is one of ours.
        if id.get_version_num() == 7 { Ok(Self(LetterId(id))) } else { Err(ReturnDetailError) }
    }
}

impl fmt::Display for ReturnDetail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::BASE32_NOPAD.encode(self.0.0.as_bytes()).to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Token;

    #[test]
    fn a_return_address_names_its_letter_in_any_case_and_is_no_token() {
        let letter = LetterId::new("2026-11-01T09:00:00Z".parse().unwrap(), [0xA5; 10]);
        let written = ReturnDetail(letter).to_string();
        assert_eq!(written.len(), ReturnDetail::CHARACTERS);
        assert_eq!(written.to_uppercase().parse(), Ok(ReturnDetail(letter)));
        assert!(written.parse::<Token>().is_err());
        assert!(Token::from_random([7; Token::BYTES]).to_string().parse::<ReturnDetail>().is_err());
        assert!("abcdefghijklmnopqrstuvwxyz".parse::<ReturnDetail>().is_err(), "a word is no letter");
    }
}
