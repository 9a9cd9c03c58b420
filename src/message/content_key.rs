//! What makes two mails the same mail (M68, M69, I2).

use sha2::{Digest, Sha256};

use super::header::Headers;
use crate::model::{ContentKey, MessageId};

/// The key of a mail.
///
/// With a Message-ID: of that id, From, Date, Subject and the words of the text, none of which change on another
/// route or with other line ends. Without one: of every byte (M69).
pub(super) fn content_key(bytes: &[u8], headers: &Headers<'_>, id: Option<&MessageId>, text: &str) -> ContentKey {
    let Some(id) = id else { return of_bytes(bytes) };
    let mut hash = Sha256::new();
    let mut add = |part: &str| {
        // The length keeps the end of one field and the beginning of the next apart.
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(part.as_bytes());
    };
    add("wederhoor-mail-1");
    add(id.as_str());
    for field in ["From", "Date"] {
        add(&headers.first_raw(field).unwrap_or_default());
    }
    add(&headers.text("Subject").unwrap_or_default());
    // Servers on the way rewrap and re-encode, which changes blanks and never words.
    let mut words = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        words.push_str(word);
        words.push(' ');
    }
    add(&words);
    ContentKey(hash.finalize().into())
}

/// The key of bytes that cannot be read as a mail.
pub(super) fn of_bytes(bytes: &[u8]) -> ContentKey {
    ContentKey(Sha256::digest(bytes).into())
}
