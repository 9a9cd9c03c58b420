//! What the desk answers an officer: closed sets, so that every answer has its words in the templates.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use super::meaning::Meaning;
use super::{NotHeldReason, PartyRole};
use crate::model::{Appointment, CaseNumber, ComplaintKind, Flag, FlagStanding, Instant, Language, Outcome, Purpose};

/// What was done with an officer's mail. The letters that go out because of it stand beside it, word for word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
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
    /// The table of commands.
    Help,
}

/// Why an officer's mail had no effect. Nothing was done, nothing was sent on (design.md section 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// The word behind `#` is unknown.
    UnknownCommand {
        /// As typed.
        word: String,
        /// The nearest known command, if one is near.
        nearest: Option<String>,
    },
    /// The command needs something that is missing or not understood.
    Incomplete {
        /// The command.
        command: String,
        /// As typed.
        argument: String,
        /// What may stand there, in the officer's language.
        choices: Vec<String>,
    },
    /// The case's state does not allow it.
    NotNow {
        /// The command.
        command: String,
        /// The state the case is in.
        state: String,
    },
    /// A flag stands in the way (R18 and the safety rule of domain.md section 3).
    Blocked {
        /// The command.
        command: String,
        /// The flags, by code.
        flags: Vec<String>,
    },
    /// Something has to come first.
    First {
        /// The command.
        command: String,
        /// What has to come first.
        need: Need,
    },
    /// A respondent can be neither the complainant nor an officer of the desk (R11).
    WrongRespondent,
    /// A complainant can be neither a respondent nor an officer of the desk (R11).
    WrongComplainant,
    /// The time in which the case could be opened again is over: it is a new one (row 37).
    TooLateToReopen {
        /// Its last day.
        until: NaiveDate,
    },
    /// One person would get two letters from one mail.
    TwoLetters,
    /// Nothing waits any more.
    NothingWaits,
    /// Nothing in the directory has this name.
    NotInDirectory {
        /// As typed.
        name: String,
        /// What there is.
        choices: Vec<String>,
    },
    /// The other case is unknown, of another complainant, or older than this one.
    NotMergeable {
        /// As typed.
        number: CaseNumber,
        /// Whether it is the older one, so that the command belongs there.
        other_way_round: bool,
    },
    /// The operator does this at the command line.
    OnlyOperator {
        /// The command.
        command: String,
    },
    /// The weekday is not the weekday of the date.
    Contradiction {
        /// The command.
        command: String,
        /// As typed.
        argument: String,
        /// The days that it may mean: the date as written, and the nearest day with that name.
        readings: Vec<chrono::NaiveDate>,
    },
    /// The day must lie ahead, and does not.
    AlreadyPast {
        /// The command.
        command: String,
        /// The day as it was understood.
        on: chrono::NaiveDate,
    },
    /// The day must be today or earlier, and lies ahead.
    NotYetHappened {
        /// The command.
        command: String,
        /// The day as it was understood.
        on: chrono::NaiveDate,
    },
    /// Something stands behind a command that takes nothing on its line.
    TooMuch {
        /// The command.
        command: String,
        /// As typed.
        argument: String,
    },
    /// The text below the command is longer than a letter can be.
    TooLong {
        /// The command.
        command: String,
    },
    /// The command needs text below it, and there is none.
    NeedsText {
        /// The command.
        command: String,
    },
    /// The command is understood, and this desk can not carry it out yet.
    NotPossibleYet {
        /// The command.
        command: String,
    },
    /// Right address, wrong sender, or the other way round (I9).
    NotProven,
    /// An officer wrote to the desk without any sign of a case.
    NoCase,
}

/// What has to come before a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A respondent with an address.
    Respondent,
    /// Which of several respondents.
    WhichRespondent,
    /// An e-mail address of the complainant.
    ComplainantAddress,
    /// The first personal contact (row 20).
    FirstContact,
    /// An explicit yes of each party (R13).
    Consent,
    /// An appointment.
    Appointment,
    /// That somebody proposed another time.
    Proposal,
    /// A reaction to pass on.
    Reaction,
    /// That the complaint was not known to be somebody else's (row 10).
    Authorisation,
    /// A working day or hour in the future that exists.
    FutureMoment,
    /// A last day of the decision that can be moved.
    Deadline,
    /// A deadline that was not moved before (row 32).
    NotExtendedYet,
    /// A day before the first six weeks have ended (row 32).
    BeforeDeadline,
    /// That the talk took place (row 30).
    Talk,
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
