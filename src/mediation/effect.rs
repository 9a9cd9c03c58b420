//! What a decision makes the stages behind do.

use chrono::NaiveDate;

use super::PartyRole;
use crate::model::{Appointment, CaseNumber, Language, LetterId, LetterKind, MailAddress, MailId, Token};

/// One thing to do, in the same transaction as the journal (I3).
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Compose this letter and put it in the outbox.
    Send(Box<LetterOrder>),
    /// Take back letters of this case to this address that have not left yet.
    WithdrawLetters(MailAddress),
}

/// Who a letter is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// A party of the case: one letter, one party (M89, R30).
    Party(PartyRole),
    /// An officer, at this registered address.
    Officer(MailAddress),
}

impl Recipient {
    /// The complainant of the case.
    pub const COMPLAINANT: Self = Self::Party(PartyRole::Complainant);

    /// The party, if it is one.
    pub fn party(&self) -> Option<PartyRole> {
        match self {
            Self::Party(role) => Some(*role),
            Self::Officer(_) => None,
        }
    }
}

/// A letter to be composed. The facts of case and desk are added by composition; this holds what only
/// the decision knows.
#[derive(Clone, Debug, PartialEq)]
pub struct LetterOrder {
    /// Its id, which also stands in its Message-ID.
    pub letter: LetterId,
    /// Which letter.
    pub kind: LetterKind,
    /// For whom. One recipient per letter (M19).
    pub to: Recipient,
    /// Its address.
    pub address: MailAddress,
    /// In which language.
    pub language: Language,
    /// The token of its Reply-To: who may answer, and who will read that answer.
    pub reply_token: Token,
    /// The mail it answers or tells about, if any: its words and its original may be needed.
    pub about: Option<MailId>,
    /// What only the decision knows.
    pub passage: Passage,
}

/// The part of a letter that depends on the decision. One variant per way a letter can differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Passage {
    /// Nothing but the facts of the case.
    Plain,
    /// The confirmation for somebody who seems to be complained about: without a word of any complaint (I6, R30).
    OtherSide,
    /// To the officer: a new case, and whether the complainant was answered.
    NewCase {
        /// Whether a confirmation went out.
        confirmation: Confirmation,
        /// Whether it reads as a mail from somebody who is complained about: the confirmation then names no complaint.
        other_side: bool,
        /// Another case that a sign in the mail names, which is not enough to file it there (M52).
        also: Option<super::OtherFile>,
    },
    /// To the officer: who wrote, on what footing, and what it means for the case.
    FurtherMail {
        /// In the eyes of the case.
        sender: super::Sender,
        /// What was read in it, if anything.
        meaning: Option<super::reply::Meaning>,
        /// Why it stands on this case (M50).
        filed: super::Filed,
    },
    /// To the officer: the answer to the follow-up.
    FollowUpAnswer {
        /// The grade, where one was read.
        grade: Option<u8>,
    },
    /// To the officer: what was done, in order.
    Receipt(Vec<super::reply::Receipt>),
    /// To the officer: why nothing was done.
    Refusal(super::reply::Refusal),
    /// To the officer: what needs a person now.
    Alarm(super::reply::Alarm),
    /// To a party: words that an officer released for exactly this party (R30), with the attachments of the mail
    /// in which they stand that may travel (M88).
    Words(String),
    /// To a respondent: what the complaint is about, as released, and the day by which a reaction is hoped for.
    Hearing {
        /// The released words.
        words: String,
        /// The last day.
        by: NaiveDate,
    },
    /// To a party: the question whether they want the talk.
    Invitation {
        /// The day by which an answer is hoped for.
        by: NaiveDate,
        /// Whether the others hear of it only after this party's yes.
        others_later: bool,
    },
    /// To a party: a date.
    Date {
        /// When and where.
        appointment: Appointment,
        /// What about it.
        change: DateChange,
    },
    /// To a party: the agreements.
    Agreements {
        /// The officer's text.
        text: String,
        /// Whether everybody has confirmed them.
        settled: bool,
    },
    /// To the complainant: where else to go. The choice stays theirs (R27).
    Referral(super::DirectoryEntry),
    /// To the complainant: the decision takes longer (row 32).
    Extension {
        /// The day that was promised.
        old: NaiveDate,
        /// The new one.
        new: NaiveDate,
        /// Why.
        reason: String,
    },
    /// To who writes for another person: what the officer thinks of the proof (row 11).
    Authorisation {
        /// Whether it was accepted.
        accepted: bool,
    },
    /// To the complainant: the case in which this one goes on (row 6).
    Merged {
        /// That case.
        into: CaseNumber,
    },
}

/// Whether a complainant was told that the complaint has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// At once.
    Sent,
    /// It waits for a ceiling of automatic answers (M13).
    Later,
    /// Not by mail.
    None,
}

/// What happens to a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateChange {
    /// It is new.
    New,
    /// It was moved.
    Moved,
    /// It is off.
    Cancelled,
    /// It stands, although another time was proposed (M127).
    Stays,
    /// It is tomorrow.
    Reminder,
}

impl DateChange {
    /// What calendars hear of it; a reminder is for people.
    pub fn news(self) -> Option<CalendarNews> {
        match self {
            Self::New | Self::Moved => Some(CalendarNews::Invitation),
            Self::Cancelled => Some(CalendarNews::Cancellation),
            Self::Stays => Some(CalendarNews::ProposalDeclined),
            Self::Reminder => None,
        }
    }
}

/// What a letter puts in the calendar of its recipient (M116–M121).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarOrder {
    /// What is said about the appointment.
    pub news: CalendarNews,
    /// The appointment with this news: a change and a cancellation have risen in sequence already, see
    /// [`Appointment::moved`] and [`Appointment::cancelled`].
    pub appointment: Appointment,
}

/// What is said about an appointment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CalendarNews {
    /// It is new, or at another time or place: RFC 5546 REQUEST.
    Invitation,
    /// It does not take place: CANCEL (M121).
    Cancellation,
    /// The time that the recipient proposed does not suit; the appointment stands: DECLINECOUNTER (M127).
    ProposalDeclined,
}
