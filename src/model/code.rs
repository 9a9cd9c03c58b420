//! The stable word of a value.

use serde::Serialize;

/// The word under which a value stands in the contracts, the journal and the word lists; empty for a value that is more
/// than a word.
pub fn code_of<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ComplaintKind, MailAddress};

    #[test]
    fn a_value_that_is_a_word_gives_it_and_another_gives_none() {
        assert_eq!(code_of(&ComplaintKind::ProductService), "product_service");
        assert_eq!(code_of(&vec![1]), "");
        assert_eq!(code_of(&None::<MailAddress>), "");
    }
}
