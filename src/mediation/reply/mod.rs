//! What the desk answers an officer: closed sets, so that every answer has its words in the templates.

mod refusal;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::command::Period;
pub use super::meaning::Meaning;
use super::{Digest, NotHeldReason, PartyRole, Wish};
use crate::model::{Appointment, CaseNumber, ComplaintKind, Flag, FlagStanding, Instant, Language, Outcome, Purpose};

pub use refusal::{Need, Refusal};

/// What was done with an officer's mail. The letters that go out because of it stand beside it, word for word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// Kept as an internal note; nobody else got it (I6).
    Noted,
    /// The note reads as if it asked for these commands; none was carried out (design.md section 5).
    Offered {
        /// The lines as they would be typed.
        lines: Vec<String>,
    },
    /// Dropped unread, because it came after the talk, of which there is no report (R20).
    NoteDropped,
    /// The first personal contact is recorded (row 7).
    Contacted {
        /// On this day.
        on: NaiveDate,
    },
    /// The follow-up will not be sent.
    FollowUpSuppressed,
    /// The case is closed.
    Closed {
        /// With this outcome.
        outcome: Outcome,
        /// The follow-up will be sent at this moment; `None` where none will.
        follow_up: Option<Instant>,
        /// Whether the written decision still has to come (row 33).
        decision_open: bool,
    },
    /// The case is open again.
    Reopened,
    /// The words go to a party.
    Words {
        /// To whom.
        to: PartyRole,
    },
    /// The words hang on the receipt as a letter to print: the party has no e-mail (R4).
    OnPaper {
        /// For whom.
        to: PartyRole,
        /// What it says.
        words: String,
    },
    /// A complaint by telephone, on paper or at the desk became a case (row 2).
    Registered,
    /// Name, address or phone of the complainant were corrected.
    ComplainantRecorded {
        /// Whether letters go to another address now.
        moved: bool,
        /// Whether somebody else may have read letters at the old one.
        others_may_have_read: bool,
        /// Whether the officer's words go there.
        writes: bool,
    },
    /// A respondent is recorded.
    RespondentRecorded {
        /// Who.
        number: crate::model::RespondentNumber,
    },
    /// Kinds corrected.
    Kinds {
        /// To these.
        kinds: Vec<ComplaintKind>,
    },
    /// Purposes corrected.
    Purposes {
        /// To these.
        purposes: Vec<Purpose>,
    },
    /// Recorded for the yearly report (domain.md section 2.5).
    Figures {
        /// All that is recorded now, as it could be typed; empty where everything was taken back.
        recorded: String,
    },
    /// Language of letters corrected.
    Language {
        /// To this.
        language: Language,
    },
    /// A flag judged.
    Flag {
        /// Which.
        flag: Flag,
        /// How.
        standing: FlagStanding,
        /// Whether that stops the talk (R18).
        stops_talk: bool,
    },
    /// Proof was asked.
    AuthorisationAsked,
    /// Proof was judged.
    AuthorisationJudged {
        /// How.
        accepted: bool,
    },
    /// The complainant gets questions.
    ClarificationAsked,
    /// A reaction is asked.
    HearingAsked {
        /// By this day.
        by: NaiveDate,
        /// Whether the complainant's own words go out, since the officer typed none.
        own_words: bool,
    },
    /// A reaction is passed on.
    Released,
    /// Each party is asked whether they want the talk.
    ConsentAsked {
        /// By this day.
        by: NaiveDate,
        /// Whether the complainant answers first, and the others hear nothing yet.
        complainant_first: bool,
    },
    /// There is a date.
    AppointmentSet {
        /// Read back in words before anybody is held to it.
        appointment: Appointment,
        /// Whether that day is free for most people.
        free_day: bool,
    },
    /// It is another date.
    AppointmentMoved {
        /// Read back in words.
        appointment: Appointment,
        /// Whether that day is free for most people.
        free_day: bool,
    },
    /// It stands, and who proposed another time hears so.
    AppointmentStays,
    /// It is off.
    AppointmentCancelled,
    /// The talk took place.
    Held {
        /// On this day.
        on: NaiveDate,
        /// The code.
        result: Outcome,
        /// Whether text was dropped (R20).
        dropped: bool,
    },
    /// The talk did not take place.
    NotHeld {
        /// Why.
        why: NotHeldReason,
        /// Whether text was dropped (R20).
        dropped: bool,
    },
    /// Agreements go to the parties.
    AgreementsSent {
        /// Which version.
        version: u16,
    },
    /// Advice goes out.
    Advised {
        /// On what.
        topic: String,
    },
    /// A referral goes out.
    Referred {
        /// To whom.
        body: String,
        /// When the entry was last checked.
        checked_on: NaiveDate,
        /// Whether that is too long ago.
        stale: bool,
    },
    /// The decision takes longer.
    Extended {
        /// Until this day.
        until: NaiveDate,
    },
    /// The provider's decision is noted.
    DecisionNoted {
        /// The day.
        on: NaiveDate,
    },
    /// The complaint is taken back.
    Withdrawn,
    /// The case goes on in another.
    Merged {
        /// That one.
        into: CaseNumber,
    },
    /// A colleague has it now.
    Assigned {
        /// The colleague's name.
        name: String,
    },
    /// What waited was taken back, and the case is where it was.
    TakenBack,
    /// Where the case stands.
    Status,
    /// The whole file hangs on the receipt.
    File,
    /// What is kept about one person hangs on the receipt, and their month runs (AVG article 15).
    Access {
        /// Whose.
        who: PartyRole,
        /// Their answer is due on this day, where the regime says.
        until: Option<NaiveDate>,
    },
    /// Somebody wants the file erased; nothing is erased yet (AVG article 17).
    EraseAsked {
        /// Who.
        who: PartyRole,
        /// Their answer is due on this day, where the regime says.
        until: Option<NaiveDate>,
        /// What has to happen before it can be erased.
        obstacle: Option<Obstacle>,
    },
    /// Their wish has its answer.
    WishAnswered {
        /// Whose.
        who: PartyRole,
        /// What they wanted.
        wish: Wish,
    },
    /// The file is erased.
    Erased,
    /// The officer's cases.
    Listed {
        /// As the morning's list shows them.
        digest: Box<Digest>,
    },
    /// The report hangs on the receipt.
    Reported {
        /// Of this period.
        period: Period,
    },
    /// The table of commands.
    Help,
}

/// Why a file can not be erased now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// The case is open: somebody still has to act on it (I10).
    Open,
    /// A dispute, a claim or an inquiry needs the file.
    Held(Flag),
    /// Letters wait for the desk's hold, and would be lost.
    Waiting,
}

/// What needs a person now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "alarm", rename_all = "snake_case")]
pub enum Alarm {
    /// A letter to the complainant came back or could not be sent (rows 40, 41): phone or write.
    LetterUndeliverable {
        /// Which letter, by its template name.
        letter: String,
    },
    /// The follow-up was not sent, because its moment passed long ago.
    FollowUpTooLate,
    /// The promised first contact is near or past (R6).
    FirstContact {
        /// Whole days left; negative when past.
        days_left: i64,
    },
    /// The written decision is near or past.
    Decision {
        /// Whole days left; negative when past.
        days_left: i64,
    },
    /// Nothing has happened on the case for this many days (I10).
    NoProgress {
        /// Whole days.
        days: i64,
    },
    /// Another day of a law or a promise is near or past.
    Clock {
        /// Which clock.
        clock: super::TimerKind,
        /// Whole days left; negative when past.
        days_left: i64,
    },
    /// A letter to the complainant waits for too long already (domain.md section 3: one hour for the
    /// confirmation): somebody has to phone.
    LetterLate {
        /// Which letter, by its template name.
        letter: String,
    },
    /// A party did not answer in time (rows 9, 11, 17, 19, 23).
    NoAnswer {
        /// What was asked, by the state in which the case waits.
        state: String,
    },
    /// A letter to a respondent came back.
    RespondentUndeliverable {
        /// Which letter, by its template name.
        letter: String,
    },
    /// Somebody is away: an automatic reply came while an answer was awaited.
    Away {
        /// Who.
        who: PartyRole,
    },
    /// The case is yours now.
    Assigned,
    /// Nothing can be sent to the complainant by mail; somebody has to phone or write (row 3).
    NotAnswered {
        /// Why, as a stable code.
        why: String,
    },
}
