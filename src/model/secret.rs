//! A password that does not show itself.

use std::fmt;

/// A secret as it was read from a file. It has no `Display`, and its `Debug` tells nothing, so that it
/// can not reach a log by way of the struct that holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a secret in, exactly as given.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself, for the one line that hands it to a server.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_seen_in_a_log() {
        assert_eq!(format!("{:?}", Secret::new("geheim")), "Secret(..)");
    }
}
