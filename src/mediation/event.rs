//! What can happen to a case: a closed set.

use serde::{Deserialize, Serialize};

use super::{Case, TimerKind};
use crate::message::{CalendarAnswer, MailClass, Silence};
use crate::model::{
    Audience, CaseNumber, ComplaintKind, Flag, Instant, Intent, LetterId, LetterKind, MailAddress, MailId, Mailbox, MessageId,
    Purpose, RespondentNumber, Token,
};

/// One thing that happened, with all that is needed to decide on it.
#[derive(Clone, Debug, PartialEq)]
pub enum CaseEvent {
    /// A mail came in and belongs to this case, or opens it.
    MailArrived(Box<ArrivedMail>),
    /// A clock of the case came due.
    TimerDue(TimerKind),
    /// A confirmation that had to wait for a ceiling of automatic answers may be sent now, or still may not (M13).
    ConfirmationDue {
        /// Whether the ceilings allow it now.
        allowed: bool,
    },
    /// A confirmation, or a letter that a law wants, has not left for longer than the regime allows.
    LetterLate {
        /// What letter it is.
        kind: LetterKind,
    },
    /// A letter of the case failed for good, or came back (rows 40, 41).
    LetterFailed {
        /// Which letter.
        letter: LetterId,
        /// What letter it was.
        kind: LetterKind,
        /// The address it was for.
        to: MailAddress,
        /// Whether the address itself is bad (M43: 5.1.x), as opposed to a fault on the way.
        address_is_bad: bool,
    },
}

/// Who wrote, in the eyes of this case. Decided from address and capability together, never from a
/// name (M70, M51).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The complainant, from the address bound to the case.
    Complainant,
    /// A respondent, from the address bound to the case.
    Respondent(RespondentNumber),
    /// An officer: known address and the case's own officer token (I9).
    Officer,
    /// An officer's address without the token, or the token from another address (I9).
    OfficerNotProven,
    /// Anybody else (M51).
    Stranger,
    /// Nobody: machine mail (M16).
    Machine,
}

/// Whether the ceilings of automatic answers allow one more to whoever would be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ceiling {
    /// They do.
    Allows,
    /// Not for some hours, because of what others wrote: it waits (M13).
    Later,
    /// This address, its domain or the desk has had enough of them: there will be none (M12).
    Reached,
}

/// A line that begins with `#` at the top of an officer's own text, and the text that follows it. What it
/// means is decided by the core (design.md section 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandText {
    /// The word behind `#`, as typed.
    pub word: String,
    /// The rest of the line.
    pub argument: String,
}

/// A mail as the core sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrivedMail {
    /// Its stored id.
    pub mail: MailId,
    /// Its class (M1).
    pub class: MailClass,
    /// Why a machine may not answer it.
    pub silence: Option<Silence>,
    /// Whether the ceilings of M12 and M13 still allow an automatic answer to this address.
    pub ceiling: Ceiling,
    /// Who wrote it, in the eyes of the case.
    pub sender: Sender,
    /// The author as claimed.
    pub author: Option<Mailbox>,
    /// Subject, cleaned.
    pub subject: String,
    /// BCP 47 tag of its language.
    pub language: String,
    /// The author's own words.
    pub text: String,
    /// Whether anything was said.
    pub says_something: bool,
    /// Its id and those it refers to, oldest first, own id last.
    pub thread: Vec<MessageId>,
    /// When it reached the organisation: the earlier of the server's word and our first sight (M179).
    pub arrived_at: Instant,
    /// Flags that triage suspects.
    pub suspected: Vec<Flag>,
    /// Kinds that triage proposes, the main one first.
    pub kinds: Vec<ComplaintKind>,
    /// Purposes that triage proposes.
    pub purposes: Vec<Purpose>,
    /// Whether it answers the one follow-up: by its address, or by the id it refers to.
    pub answers_follow_up: bool,
    /// Who reads what is written to the address that it came to; the file where that is not known.
    pub audience: Audience,
    /// Why it stands on this case, and where else it might belong (M50, M56).
    pub filed: Filed,
    /// What it does: `None` where nothing was judged.
    pub intent: Option<Intent>,
    /// What a calendar answers.
    pub calendar: Option<CalendarAnswer>,
    /// Names of its attachments.
    pub attachments: Vec<String>,
    /// Commands at the top of an officer's text; empty for everybody else.
    pub commands: Vec<CommandText>,
    /// What only an officer's mail may need to know of the rest of the store; empty for everybody else.
    pub known: KnownToOfficer,
}

/// By which sign a mail was filed, and the sign that disagrees: an officer reads it (M50).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The strongest sign.
    pub by: super::Evidence,
    /// Another case that a sign names as well.
    pub also: Option<OtherFile>,
}

/// The file of another case, for an officer to send a mail on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherFile {
    /// Its number.
    pub case: CaseNumber,
    /// The officer's token of it.
    pub token: Option<Token>,
}

/// What an officer's commands refer to beyond the case itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KnownToOfficer {
    /// The complainant's own words in the first mail of the case, for a respondent to react to (row 16).
    pub complaint: Option<String>,
    /// Other cases that a command names.
    pub cases: Vec<OtherCase>,
    /// The case that the mail was written on, where it opens another one (`#splitsen`, `#nieuw`).
    pub written_on: Option<OtherCase>,
    /// The author of a mail that the officer forwards (R4, row 2).
    pub forwarded_from: Option<Mailbox>,
    /// What the list of open cases is made of, where it is asked for.
    pub desk: Option<KnownDesk>,
}

/// The cases of a desk that stand in its officers' lists.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownDesk {
    /// Open ones, and closed ones with something to tell.
    pub cases: Vec<Case>,
    /// What happened since this moment is new.
    pub news_since: Instant,
}

/// Another case, as far as a decision about this one may know it.
#[derive(Clone, Debug, PartialEq)]
pub struct OtherCase {
    /// Its number.
    pub number: CaseNumber,
    /// Who complains there.
    pub complainant: super::Party,
    /// Whether it runs.
    pub is_open: bool,
    /// When its complaint came: the clocks count from there.
    pub received_at: Instant,
}
