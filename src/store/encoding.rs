//! Values of the core to values of a row, and back.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IntoDeserializer};

use super::error::{Fault, StoreError};
use super::session::{Row, Value};
use super::{Attempt, AttemptOutcome, MailRecord, QueuedLetter, UnitOfWork, compress, decompress};
use crate::composition::OutgoingLetter;
use crate::mediation::JournalEntry;
use crate::model::{CaseNumber, ContentKey, DeskKey, Guarantee, LetterId, LetterKind, MailAddress, MailId, MessageId};

/// The parts of a unit that cost time to write down, made before the database is asked for anything.
#[derive(Debug)]
pub(super) struct Encoded {
    /// The state after the change, as JSON; empty without a change.
    pub(super) state_json: String,
    /// Kind and JSON of each journal entry.
    pub(super) entries: Vec<(String, String)>,
    /// The bytes of each letter, compressed.
    pub(super) letters: Vec<Vec<u8>>,
}

/// Encodes a unit.
pub(super) fn encode(unit: &UnitOfWork) -> Result<Encoded, StoreError> {
    let mut encoded = Encoded { state_json: String::new(), entries: Vec::new(), letters: Vec::new() };
    if let Some(change) = &unit.case {
        encoded.state_json = to_json("case", &change.after)?;
        for entry in &change.entries {
            let data = to_json("journal entry", &entry.entry)?;
            encoded.entries.push((kind_of(&data)?, data));
        }
    }
    for QueuedLetter { letter, .. } in &unit.letters {
        let bytes = compress(&letter.bytes).map_err(|error| StoreError::Corrupt { what: "letter", detail: error.to_string() })?;
        encoded.letters.push(bytes);
    }
    Ok(encoded)
}

/// The tag of an entry, which serde writes into its JSON.
fn kind_of(data: &str) -> Result<String, StoreError> {
    #[derive(Deserialize)]
    struct Tag<'a> {
        #[serde(borrow)]
        kind: Cow<'a, str>,
    }
    from_json::<Tag<'_>>("journal entry", data).map(|tag| tag.kind.into_owned())
}

/// JSON for a column.
pub(super) fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt { what, detail: error.to_string() })
}

/// Back from JSON in a column.
pub(super) fn from_json<'a, T: Deserialize<'a>>(what: &'static str, text: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt { what, detail: error.to_string() })
}

/// Back from one of our own words in a column.
pub(super) fn from_word<T: DeserializeOwned>(what: &'static str, word: &str) -> Result<T, StoreError> {
    T::deserialize(word.into_deserializer())
        .map_err(|error: serde::de::value::Error| StoreError::Corrupt { what, detail: error.to_string() })
}

/// Back from a text that has a form of its own: an address, a Message-ID, a token.
pub(super) fn parse<T: std::str::FromStr>(what: &'static str, text: &str) -> Result<T, StoreError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| StoreError::Corrupt { what, detail: error.to_string() })
}

/// Back from the key of a case.
pub(super) fn case_number(key: i64) -> Result<CaseNumber, StoreError> {
    CaseNumber::from_database_key(key).map_err(|error| StoreError::Corrupt { what: "case number", detail: error.to_string() })
}

/// Back from a count or a size.
pub(super) fn number<T: TryFrom<i64>>(what: &'static str, number: i64) -> Result<T, StoreError> {
    T::try_from(number).map_err(|_| StoreError::Corrupt { what, detail: format!("{number} is out of range") })
}

/// A count or a size for a column; what does not fit is as large as can be.
pub(super) fn count(number: usize) -> Value {
    Value::from(i64::try_from(number).unwrap_or(i64::MAX))
}

fn uuid(what: &'static str, bytes: &[u8]) -> Result<uuid::Uuid, StoreError> {
    uuid::Uuid::from_slice(bytes).map_err(|error| StoreError::Corrupt { what, detail: error.to_string() })
}

/// The id of a letter, for a column.
pub(super) fn letter_key(letter: LetterId) -> Value {
    Value::from(letter.0.as_bytes().as_slice())
}

/// Back from that column.
pub(super) fn letter_id(row: &Row, column: usize) -> Result<LetterId, Fault> {
    Ok(LetterId(uuid("letter id", row.bytes(column)?)?))
}

/// Back from a column that holds a content key.
pub(super) fn content_key(row: &Row, column: usize) -> Result<ContentKey, Fault> {
    let bytes = row.bytes(column)?;
    let key =
        bytes.try_into().map_err(|_| StoreError::Corrupt { what: "content key", detail: format!("{} bytes", bytes.len()) })?;
    Ok(ContentKey(key))
}

/// The word for a guarantee, as the schema knows it.
pub(super) fn guarantee_word(guarantee: Guarantee) -> &'static str {
    match guarantee {
        Guarantee::AtLeastOnce => "at_least_once",
        Guarantee::AtMostOnce => "at_most_once",
    }
}

/// An attempt from the columns of ATTEMPTS_OF_CASE.
pub(super) fn attempt(row: &Row) -> Result<Attempt, Fault> {
    let next_at = row.opt_instant(4)?;
    let outcome = match (row.text(3)?, next_at) {
        ("accepted", _) => AttemptOutcome::Accepted,
        ("failed", _) => AttemptOutcome::Failed,
        ("expired", _) => AttemptOutcome::Expired,
        ("deferred", Some(next_at)) => AttemptOutcome::Deferred { next_at },
        ("unclear", Some(next_at)) => AttemptOutcome::Unclear { next_at },
        ("held", Some(next_at)) => AttemptOutcome::Held { next_at },
        (other, _) => return Err(StoreError::Corrupt { what: "attempt", detail: format!("outcome {other}") }.into()),
    };
    Ok(Attempt {
        letter: letter_id(row, 0)?,
        started_at: row.instant(1)?,
        ended_at: row.instant(2)?,
        outcome,
        code: row.opt_int(5)?.map(|code| number("reply code", code)).transpose()?,
        enhanced: row.opt_text(6)?.map(str::to_owned),
        text: row.text(7)?.to_owned(),
    })
}

/// A letter from the columns that CLAIMED_LETTERS and LETTERS_OF_CASE begin with.
pub(super) fn letter(row: &Row) -> Result<OutgoingLetter, Fault> {
    Ok(OutgoingLetter {
        letter: letter_id(row, 0)?,
        case: row.opt_int(1)?.map(case_number).transpose()?,
        desk: DeskKey::from_stored(row.text(2)?.to_owned()),
        kind: letter_kind(row.text(3)?)?,
        envelope_from: row.opt_text(4)?.map(|text| parse::<MailAddress>("envelope sender", text)).transpose()?,
        to: parse("recipient", row.text(5)?)?,
        message_id: parse("Message-ID", row.text(6)?)?,
        guarantee: from_word("guarantee", row.text(7)?)?,
        expires_at: row.instant(9)?,
        bytes: unpack("letter", row.bytes(10)?)?,
    })
}

/// Back from the name of a template.
pub(super) fn letter_kind(template: &str) -> Result<LetterKind, StoreError> {
    LetterKind::from_template(template)
        .ok_or_else(|| StoreError::Corrupt { what: "letter", detail: format!("unknown template {template}") })
}

fn unpack(what: &'static str, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    decompress(bytes).map_err(|error| StoreError::Corrupt { what, detail: error.to_string() })
}

/// A mail from the columns of MAILS_OF_CASE.
pub(super) fn mail(row: &Row) -> Result<MailRecord, Fault> {
    Ok(MailRecord {
        id: MailId(uuid("mail id", row.bytes(0)?)?),
        desk: DeskKey::from_stored(row.text(1)?.to_owned()),
        key: content_key(row, 2)?,
        message_id: row.opt_text(3)?.map(|text| parse::<MessageId>("Message-ID", text)).transpose()?,
        received_at: row.instant(4)?,
        stored_at: row.instant(5)?,
        class: from_word("class of mail", row.text(6)?)?,
        class_reason: row.text(7)?.to_owned(),
        sender: row.opt_text(8)?.map(|text| from_json("sender", text)).transpose()?,
        case: row.opt_int(9)?.map(case_number).transpose()?,
        evidence: row.text(10)?.to_owned(),
        size: number("size", row.int(11)?)?,
        raw: unpack("mail", row.bytes(12)?)?,
    })
}

/// A journal entry from the columns of JOURNAL.
pub(super) fn journal_entry(row: &Row) -> Result<JournalEntry, Fault> {
    Ok(JournalEntry {
        at: row.instant(0)?,
        actor: from_word("actor", row.text(1)?)?,
        reason: from_word("reason", row.text(2)?)?,
        entry: from_json("journal entry", row.text(3)?)?,
    })
}
