//! What a decision makes the stages behind do.

use crate::model::{Appointment, Language, LetterId, LetterKind, MailAddress, MailId, Token};

/// One thing to do, in the same transaction as the journal (I3).
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Compose this letter and put it in the outbox.
    Send(Box<LetterOrder>),
    /// Take back letters of this case to this recipient that have not left yet.
    WithdrawLetters(Recipient),
}

/// Who a letter is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Recipient {
    /// The complainant of the case.
    Complainant,
    /// An officer, at this registered address.
    Officer(MailAddress),
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
    /// To the officer: a new case, and whether the complainant was answered.
    NewCase {
        /// Whether a confirmation went out.
        acknowledged: bool,
    },
    /// To the officer: who wrote, and on what footing.
    FurtherMail {
        /// In the eyes of the case.
        sender: super::Sender,
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
    /// To a party: an appointment, which the letter also puts in their calendar.
    Appointment(Box<CalendarOrder>),
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
