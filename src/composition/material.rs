//! What an officer asked to be shown and a case does not hold itself: read from the store beforehand.

use crate::mediation::report::Tally;
use crate::mediation::{JournalEntry, PartyRole, Sender};
use crate::model::{Instant, LetterKind};

/// Everything of one mail of an officer.
#[derive(Clone, Debug, Default)]
pub struct Material {
    /// Figures, one of each period that is asked for.
    pub tallies: Vec<Tally>,
    /// What happened to the case, oldest first.
    pub journal: Vec<JournalEntry>,
    /// Mails and letters of the case, oldest first.
    pub items: Vec<FileItem>,
}

/// A mail or a letter of a case.
#[derive(Clone, Debug)]
pub struct FileItem {
    /// When it came, or was committed.
    pub at: Instant,
    /// Where it comes from.
    pub from: ItemFrom,
    /// Its subject.
    pub subject: String,
    /// What its author wrote.
    pub text: String,
    /// Names of its attachments.
    pub attachments: Vec<String>,
    /// Every byte of a mail; `None` for a letter, and for a mail that was too large to be read.
    pub original: Option<Vec<u8>>,
    /// Bytes of the original.
    pub size: usize,
}

/// Whose a mail or letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemFrom {
    /// A mail, from somebody in the eyes of the case.
    Mail(Option<Sender>),
    /// A letter of the desk to a party, that left.
    Letter {
        /// Which.
        kind: LetterKind,
        /// To whom.
        to: Option<PartyRole>,
    },
}

impl ItemFrom {
    /// Whether this person wrote it, or it was written to them and left: what they may see without reading anything of
    /// anybody else (R30, domain.md section 2.4).
    pub fn is_of(self, who: PartyRole) -> bool {
        match self {
            Self::Mail(Some(Sender::Complainant)) => who == PartyRole::Complainant,
            Self::Mail(Some(Sender::Respondent(number))) => who == PartyRole::Respondent(number),
            Self::Mail(Some(Sender::Officer | Sender::OfficerNotProven | Sender::Stranger | Sender::Machine) | None) => false,
            Self::Letter { to, .. } => to == Some(who),
        }
    }
}
