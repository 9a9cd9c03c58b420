//! Why an officer's mail had no effect.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::model::CaseNumber;

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
    /// A case is to be merged with itself: typed on a case that was merged, the command is read where that case goes on.
    SameCase {
        /// Its number.
        number: CaseNumber,
    },
    /// The operator does this at the command line: what earlier versions answered, for their journals.
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
    /// It can not be undone, so it stands alone in its mail.
    Alone {
        /// The command.
        command: String,
    },
    /// Only the officer who has the case may do it.
    OnlyHolder {
        /// The command.
        command: String,
        /// Who has the case.
        holder: String,
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
    /// A list of units in the desk's configuration.
    Units,
    /// That what waits for the desk's hold has left.
    NothingWaiting,
    /// The wish of somebody to have the file erased.
    EraseWish,
    /// A wish of this person that has no answer yet.
    OpenWish,
}
