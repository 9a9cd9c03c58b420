//! The journal: what happened and what was decided, append-only.

use serde::{Deserialize, Serialize};

use super::{Deadlines, Party, Reason, Sender, TimerKind};
use crate::message::MailClass;
use crate::model::{
    Capability, ComplaintKind, Flag, FlagStanding, Instant, Language, LetterId, LetterKind, MailAddress, MailId, MessageId,
    Outcome, Purpose,
};

/// Who made an entry happen (domain.md section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// K.
    Complainant,
    /// B.
    Respondent,
    /// O.
    Officer,
    /// Somebody who is no party.
    Stranger,
    /// C: a clock, or the desk itself.
    Desk,
    /// M: the mail system.
    MailSystem,
}

impl Actor {
    /// The word in the database and the `--json` contract.
    pub fn code(self) -> &'static str {
        match self {
            Self::Complainant => "complainant",
            Self::Respondent => "respondent",
            Self::Officer => "officer",
            Self::Stranger => "stranger",
            Self::Desk => "desk",
            Self::MailSystem => "mail_system",
        }
    }
}

/// One line of the journal. Its place in the order is given by the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// When it was decided.
    pub at: Instant,
    /// Who made it happen.
    pub actor: Actor,
    /// Why.
    pub reason: Reason,
    /// What.
    pub entry: Entry,
}

/// What happened. Each variant changes the state in [`super::Case::evolve`], or is there to be read.
///
/// Serialised with its kind as tag; kinds are never renamed, because old journals are read for ever (I11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// The case was registered.
    Opened {
        /// When the complaint reached the organisation.
        received_at: Instant,
        /// Language of letters.
        language: Language,
        /// Language it was written in.
        written_in: String,
        /// Cleaned subject.
        subject: String,
        /// Who complains.
        complainant: Party,
        /// Who has the case.
        officer: Option<MailAddress>,
        /// The dates that bind.
        deadlines: Deadlines,
        /// Kinds as triage proposes them.
        kinds: Vec<ComplaintKind>,
        /// Purposes as triage proposes them.
        purposes: Vec<Purpose>,
    },
    /// An address of the case was made.
    CapabilityIssued {
        /// Which.
        capability: Capability,
    },
    /// A mail was filed on the case.
    MailFiled {
        /// Which.
        mail: MailId,
        /// By whom.
        sender: Sender,
        /// Its class.
        class: MailClass,
        /// Its ids for threading; empty for others than the complainant.
        thread: Vec<MessageId>,
    },
    /// A letter was put in the outbox.
    LetterOrdered {
        /// Its id.
        letter: LetterId,
        /// Which letter.
        #[serde(rename = "template")]
        letter_kind: LetterKind,
    },
    /// The complaint was confirmed to the complainant (row 3).
    Acknowledged,
    /// A flag changed.
    FlagSet {
        /// Which.
        flag: Flag,
        /// How sure.
        standing: FlagStanding,
    },
    /// A clock was started or moved.
    TimerSet {
        /// Which.
        timer: TimerKind,
        /// When it is due.
        due_at: Instant,
        /// Its last day, where that is not the day itself and does not stand in the case already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends_on: Option<chrono::NaiveDate>,
    },
    /// A clock was stopped, or came due and is done.
    TimerStopped {
        /// Which.
        timer: TimerKind,
    },
    /// The first personal contact took place (row 7): the day only.
    FirstContact {
        /// On this day.
        on: chrono::NaiveDate,
    },
    /// The case was closed.
    Closed {
        /// How.
        outcome: Outcome,
    },
    /// The case was opened again.
    Reopened,
    /// The follow-up is planned.
    FollowUpPlanned {
        /// Not before.
        due_at: Instant,
    },
    /// The follow-up counts as sent from here on (I4).
    FollowUpSent {
        /// The letter.
        letter: LetterId,
    },
    /// The complainant answered the follow-up.
    FollowUpAnswered {
        /// The grade, 1 to 10.
        grade: Option<u8>,
        /// The words.
        words: String,
    },
    /// The follow-up came back.
    FollowUpUndelivered,
    /// The follow-up's moment passed, or nobody answered.
    FollowUpExpired,
    /// The plan to follow up was dropped; a later closing may plan again if nothing was ever sent.
    FollowUpCancelled,
    /// There will be no follow-up, ever.
    FollowUpSuppressed,
    /// The words of the answer to the follow-up were dropped, as promised; the grade stays.
    FollowUpWordsDropped,
    /// Everything about a person was dropped; what is left are figures (row 45).
    Anonymised,
    /// A person was told something.
    Alarmed {
        /// Of what.
        alarm: super::reply::Alarm,
    },
    /// An officer's command had no effect.
    CommandRefused {
        /// Why.
        refusal: super::reply::Refusal,
    },
    /// A letter came back, or failed for good.
    LetterFailed {
        /// Which.
        letter: LetterId,
    },
}
