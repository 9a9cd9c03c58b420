//! Mail addresses as the desk writes and compares them.
//!
//! An address is kept exactly as it was written, because a foreign local part may not be changed when
//! writing to it (M58). Comparing is another matter: [`MailAddress::comparable`] (M81).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One address, `local@domain`, that a submission server can be given.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MailAddress {
    text: String,
    at: usize,
}

/// Why a text is not an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// No `@`, or nothing on one of its sides.
    #[error("an address needs a name, an @ and a domain, for instance klachten@voorbeeldzorg.example")]
    NotAnAddress,
    /// A control character, a blank or an angle bracket: it could change the meaning of a header (M137).
    #[error("the address holds a character that no address may hold")]
    ForbiddenCharacter,
    /// Longer than RFC 5321 section 4.5.3.1 allows: 64 octets of local part, 255 of domain.
    #[error("the address is longer than mail servers accept")]
    TooLong,
}

impl MailAddress {
    /// The part before the last `@`, as written.
    pub fn local_part(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// The part after the last `@`, as written.
    pub fn domain(&self) -> &str {
        self.text.get(self.at + 1..).unwrap_or_default()
    }

    /// The address as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The form in which two addresses of known people are compared: all lower case, the domain without
    /// its trailing dot (M81). `+detail` and dots stay: `a+b@x` is not `a@x` (M82).
    pub fn comparable(&self) -> String {
        format!("{}@{}", self.local_part().to_lowercase(), self.comparable_domain())
    }

    /// The domain alone in its comparable form.
    pub fn comparable_domain(&self) -> String {
        self.domain().trim_end_matches('.').to_lowercase()
    }

    /// Whether two addresses belong to the same known person (M81).
    pub fn same_person(&self, other: &Self) -> bool {
        self.comparable() == other.comparable()
    }

    /// This address with `+detail` behind its local part (RFC 5233), or with another separator where the
    /// mail server wants one (M60).
    pub fn with_detail(&self, separator: char, detail: &str) -> Result<Self, AddressError> {
        format!("{}{separator}{detail}@{}", self.local_part(), self.domain()).parse()
    }

    /// Letters outside ASCII in the local part need a submission server with SMTPUTF8 (M113).
    pub fn needs_smtputf8(&self) -> bool {
        !self.local_part().is_ascii()
    }
}

impl FromStr for MailAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let at = text.rfind('@').ok_or(AddressError::NotAnAddress)?;
        let (local, domain) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
        if local.is_empty() || domain.is_empty() || domain.starts_with('.') || domain.contains("..") {
            return Err(AddressError::NotAnAddress);
        }
        let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
        let forbidden = |c: char| c.is_control() || c.is_whitespace() || "<>,;:()[]\\\"".contains(c);
        let local_is_bad =
            if quoted { local.chars().any(char::is_control) } else { local.contains('@') || local.chars().any(forbidden) };
        if local_is_bad || domain.chars().any(forbidden) {
            return Err(AddressError::ForbiddenCharacter);
        }
        if local.len() > 64 || domain.len() > 255 {
            return Err(AddressError::TooLong);
        }
        Ok(Self { text: text.to_owned(), at })
    }
}

impl TryFrom<String> for MailAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<MailAddress> for String {
    fn from(address: MailAddress) -> Self {
        address.text
    }
}

impl fmt::Display for MailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// An address with the name that stands beside it (RFC 5322 section 3.4). A name identifies nobody (M70).
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Mailbox {
    /// The display name, decoded and free of control characters; `None` where there was none.
    pub name: Option<String>,
    /// The address.
    pub address: MailAddress,
}

impl Mailbox {
    /// The name where there is one, else the address: how the desk greets or lists this person.
    pub fn name_or_address(&self) -> &str {
        self.name.as_deref().unwrap_or(self.address.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_as_written_and_compared_without_case() {
        let written: MailAddress = "J.de.Boer+Zorg@Voorbeeld.Example".parse().unwrap();
        assert_eq!(written.as_str(), "J.de.Boer+Zorg@Voorbeeld.Example");
        assert!(written.same_person(&"j.de.boer+zorg@voorbeeld.example".parse().unwrap()));
        assert!(!written.same_person(&"j.de.boer@voorbeeld.example".parse().unwrap()));
    }

    #[test]
    fn what_could_change_a_header_is_not_an_address() {
        for text in [
            "",
            "@",
            "a@",
            "@b",
            "a b@c.example",
            "a@b.example\r\nBcc: x@y.example",
            "a@b..example",
            "<a@b.example>",
            "a@@b.example",
        ] {
            assert!(text.parse::<MailAddress>().is_err(), "{text:?} was taken as an address");
        }
        assert!("\"a b\"@c.example".parse::<MailAddress>().is_ok());
    }
}
