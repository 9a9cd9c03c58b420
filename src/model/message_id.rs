//! Message-IDs (RFC 5322 section 3.6.4), without their angle brackets, compared byte for byte (M54).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Token;

/// One id, as it stands between `<` and `>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MessageId(String);

/// A text that can not serve as an id, neither to match nor as a key (M54).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a usable Message-ID")]
pub struct MessageIdError;

/// RFC 5322 section 2.1.1: a header line holds 998 octets.
const LONGEST: usize = 900;

impl MessageId {
    /// The id of a letter of ours: `<token>.<letter>@<domain>`.
    ///
    /// It carries the same token as the Reply-To, so that an answer finds its case where a mail server
    /// lost the sub-address (design.md section 5, M60).
    pub fn of_letter(token: Token, letter: super::LetterId, domain: &str) -> Self {
        Self(format!("{token}.{letter}@{domain}"))
    }

    /// The token inside an id that [`MessageId::of_letter`] made; `None` for everybody else's ids.
    pub fn token(&self) -> Option<Token> {
        self.0.split('.').next().and_then(|first| first.parse().ok())
    }

    /// The id without brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MessageId {
    type Err = MessageIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let text = text.strip_prefix('<').unwrap_or(text);
        let text = text.strip_suffix('>').unwrap_or(text);
        let bad = |c: char| c.is_control() || c.is_whitespace() || c == '<' || c == '>';
        if text.len() < 3 || text.len() > LONGEST || text.chars().any(bad) || text.eq_ignore_ascii_case("null") {
            return Err(MessageIdError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for MessageId {
    type Error = MessageIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MessageId> for String {
    fn from(id: MessageId) -> Self {
        id.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_ours_gives_its_token_back_and_foreign_ids_give_none() {
        let token = Token::from_random([9; Token::BYTES]);
        let letter = super::super::LetterId(uuid::Uuid::nil());
        let id = MessageId::of_letter(token, letter, "voorbeeldzorg.example");
        assert_eq!(id.token(), Some(token));
        assert_eq!("<a.b@c.example>".parse::<MessageId>().unwrap().token(), None);
    }

    #[test]
    fn absurd_ids_are_refused() {
        for text in ["", "<>", "<null>", "a b@c", "<a\r\nBcc: x@y>"] {
            assert!(text.parse::<MessageId>().is_err(), "{text:?}");
        }
    }
}
