//! Capability addresses: `klachten+<token>@…` (M57–M60, design.md section 5).
//!
//! The token is random and says nothing; the store knows which case it opens, who holds it and who will
//! read what is written to it. It can be revoked.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CaseNumber, RespondentNumber};

/// 104 random bits as 21 characters of lower-case base32 (RFC 4648 section 6): more than the 100 bits
/// that M57 asks for, and it survives a server that changes the case of an address (M58).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token([u8; Token::BYTES]);

/// A text that is no token of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a token of a case address")]
pub struct TokenError;

impl Token {
    /// Random bytes in a token.
    pub const BYTES: usize = 13;
    /// Characters in its written form.
    pub const CHARACTERS: usize = 21;

    /// A token from fresh random bytes. The caller draws them: the core never does.
    pub fn from_random(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != Self::CHARACTERS {
            return Err(TokenError);
        }
        let bytes = data_encoding::BASE32_NOPAD.decode(text.to_ascii_uppercase().as_bytes()).map_err(|_| TokenError)?;
        bytes.try_into().map(Self).map_err(|_| TokenError)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::BASE32_NOPAD.encode(&self.0).to_ascii_lowercase())
    }
}

impl fmt::Debug for Token {
    /// A token opens a case, so it is never printed by accident (M185).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl TryFrom<String> for Token {
    type Error = TokenError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.to_string()
    }
}

/// Who may write to a capability address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Holder {
    /// The complainant of the case.
    Complainant,
    /// One respondent of the case.
    Respondent(RespondentNumber),
    /// Any officer or deputy of the desk.
    Officer,
}

/// Who reads what is written to a capability address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// The file (dossier): the officer alone. Officers' notes and commands, and everything parties write.
    File,
    /// Passed on to the complainant.
    Complainant,
    /// Passed on to this respondent.
    Respondent(RespondentNumber),
    /// The answer to the one follow-up (R21).
    FollowUp,
    /// The answer to the question whether they want the talk, asked for the n-th time (R13): an old yes
    /// says nothing about a new question.
    Consent(u16),
    /// The confirmation of this version of the agreements (row 31).
    Agreement(u16),
}

/// What one token stands for. One per (case, holder, audience), stored and revocable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Capability {
    /// The unguessable part of the address.
    pub token: Token,
    /// The case it opens.
    pub case: CaseNumber,
    /// Who may use it.
    pub holder: Holder,
    /// Who will read what is written there.
    pub audience: Audience,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_capitals_and_never_prints_itself() {
        let token = Token::from_random([7; Token::BYTES]);
        let written = token.to_string();
        assert_eq!(written.len(), Token::CHARACTERS);
        assert_eq!(written.to_uppercase().parse::<Token>(), Ok(token));
        assert!(!format!("{token:?}").contains(&written));
    }
}
