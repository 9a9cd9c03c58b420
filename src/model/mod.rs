//! The words of the desk as types that cannot hold nonsense (design.md section 2).
//!
//! Everything here is plain data: no input, no output, no time, no randomness except as an argument.
//! Every stage may use it; it uses none of them.

mod address;
mod appointment;
mod capability;
mod case_number;
mod code;
mod flag;
mod ids;
mod language;
mod letter;
mod message_id;
mod outcome;
mod return_address;
mod secret;
mod security;
mod subject_matter;

pub use address::{AddressError, MailAddress, Mailbox};
pub use appointment::{Appointment, AppointmentError, AppointmentUid, AppointmentUidError};
pub use capability::{Audience, Capability, Holder, Token, TokenError};
pub use case_number::{CaseNumber, CaseNumberError};
pub use code::code_of;
pub use flag::{Flag, FlagStanding};
pub use ids::{ContentKey, LetterId, MailId};
pub use language::Language;
pub use letter::{Guarantee, LetterKind, LetterKindError, Readership};
pub use message_id::{MessageId, MessageIdError};
pub use outcome::Outcome;
pub use return_address::{ReturnDetail, ReturnDetailError};
pub use secret::Secret;
pub use security::LineSecurity;
pub use subject_matter::{ComplaintKind, Intent, Purpose};

/// A moment in time, always in UTC; civil dates are made from it in the desk's own time zone (I12).
pub type Instant = chrono::DateTime<chrono::Utc>;

/// The number of a respondent within one case, counted from 1.
///
/// It stands in file names, tokens and the journal, so that a respondent's name need not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RespondentNumber(pub u16);

/// The desk a case belongs to: the desk's own address, lower case, as the configuration gives it.
///
/// The address is the one thing about a desk that may not change without its mail going elsewhere,
/// which makes it the stable key; names and officers come and go.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct DeskKey(String);

impl DeskKey {
    /// The key of the desk that reads this address.
    pub fn of(address: &MailAddress) -> Self {
        Self(address.comparable())
    }

    /// Reads a key back from a database row, which only ever holds what [`DeskKey::of`] wrote.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The key as text, for a database row or a command line filter.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
