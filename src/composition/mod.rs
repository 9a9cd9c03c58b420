//! Composition: from an order and the facts to the exact bytes of a letter.
//!
//! Takes a [`crate::mediation::LetterOrder`], the case, the desk and the mail it is about; gives an
//! [`OutgoingLetter`] whose bytes never change again (M131, I3). Pure. A letter with an unfilled field
//! is an error, and [`Composer::new`] proves with sample facts that this can not happen (I3, section 6).
//!
//! What a person wrote is never read as markup, in any part (M149).

mod acts;
mod button;
pub mod calendar;
mod composer;
mod context;
mod fault;
mod file;
mod header;
mod human_text;
mod mailto;
mod material;
mod mime;
mod original;
pub mod paper;
mod preview;
mod printed;
mod relay;
mod report;
mod sample;
mod sample_digest;
mod template;
mod trial;
mod wording;

#[cfg(test)]
mod tests;

pub use button::command_link;
pub use composer::{Beside, Composed, Composer};
pub use context::{GoingOut, OperatorAlarm, OperatorTrouble};
pub use fault::{CompositionError, TemplateFault};
pub use material::{FileItem, ItemFrom, Material};
pub use original::with_wire_line_ends;
pub use preview::{Page, preview};
pub use relay::Relayed;
pub use report::Report;
pub use template::{LetterName, Overrides, Source};
pub use trial::{forged_mark, trial_mail};

use crate::mediation::civil_calendar::CivilCalendar;
use crate::mediation::term::Term;
use crate::mediation::{Officer, OfficerRole, Policy};
use crate::model::{CaseNumber, DeskKey, Guarantee, Instant, Language, LetterId, LetterKind, MailAddress, MessageId};

/// The facts of a desk that stand in its letters.
#[derive(Clone, Debug)]
pub struct DeskFacts {
    /// Which desk.
    pub key: DeskKey,
    /// Its name as people know it.
    pub name: String,
    /// Its address, also the `From` of every letter.
    pub address: MailAddress,
    /// The sign between local part and token (M60).
    pub separator: char,
    /// The phone of a human being (R28).
    pub phone: String,
    /// When that phone is answered.
    pub hours: String,
    /// The same for letters in English, if the operator gave it.
    pub hours_en: Option<String>,
    /// Where letters on paper can be sent, its lines divided by commas, if the operator gave it.
    pub postal_address: Option<String>,
    /// Where the complaints scheme can be read, if the operator gave a link.
    pub scheme_link: Option<String>,
    /// The zone in which dates are written.
    pub zone: chrono_tz::Tz,
    /// The domain on the right of our Message-IDs.
    pub message_id_domain: String,
    /// The value of the private trace header (M11).
    pub trace: String,
    /// Originals larger than this, in bytes, are not attached to the officer's notice.
    pub attach_original_up_to: usize,
}

impl DeskFacts {
    /// When the phone is answered, in words of this language where the operator gave them.
    pub fn hours_in(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.hours,
            Language::En => self.hours_en.as_deref().unwrap_or(&self.hours),
        }
    }
}

/// A desk and its people, as letters need them.
#[derive(Clone, Copy, Debug)]
pub struct DeskView<'a> {
    /// The desk.
    pub facts: &'a DeskFacts,
    /// Officers first, then deputies.
    pub officers: &'a [Officer],
    /// Its free days, for "the next working day".
    pub calendar: &'a CivilCalendar,
    /// How long after closing a case can be opened again.
    pub reopening: Term,
}

impl<'a> DeskView<'a> {
    /// The view of a desk with this policy.
    pub fn new(facts: &'a DeskFacts, policy: &'a Policy) -> Self {
        Self { facts, officers: &policy.officers, calendar: &policy.calendar, reopening: policy.waits.reopening }
    }

    /// The officer who signs where a case has none: the first officer, else the first deputy.
    fn responsible(&self) -> Option<&'a Officer> {
        self.officers.iter().find(|officer| officer.role == OfficerRole::Officer).or_else(|| self.officers.first())
    }
}

/// The mail that a letter answers or tells about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// What is known of it.
    pub facts: &'a crate::message::MailFacts,
    /// Every byte of it.
    pub raw: &'a [u8],
}

/// A letter, final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingLetter {
    /// Its id.
    pub letter: LetterId,
    /// Which letter.
    pub kind: LetterKind,
    /// Its case; `None` for mail to the operator.
    pub case: Option<CaseNumber>,
    /// Its desk, whose submission server carries it.
    pub desk: DeskKey,
    /// Envelope sender, an address that names this letter alone (M40, M136); `None` is `<>`.
    pub envelope_from: Option<MailAddress>,
    /// The one recipient (M19, M89).
    pub to: MailAddress,
    /// Fixed before the first try (M131).
    pub message_id: MessageId,
    /// How often it may reach the wire (I4).
    pub guarantee: Guarantee,
    /// After this moment it is not sent any more (M151).
    pub expires_at: Instant,
    /// Everything between DATA and the final dot, lines ended by CRLF (M138).
    pub bytes: Vec<u8>,
}
