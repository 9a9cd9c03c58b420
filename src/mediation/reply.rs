//! What the desk answers an officer: closed sets, so that every answer has its words in the templates.

use serde::{Deserialize, Serialize};

use crate::model::{Instant, Outcome};

/// What was done with an officer's mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Receipt {
    /// Kept as an internal note; nobody else got it (I6).
    Noted,
    /// The first personal contact is recorded (row 7).
    Contacted {
        /// On this day.
        on: chrono::NaiveDate,
    },
    /// The follow-up will not be sent.
    FollowUpSuppressed,
    /// The case is closed.
    Closed {
        /// With this outcome.
        outcome: Outcome,
        /// The follow-up will be sent at this moment; `None` where none will.
        follow_up: Option<Instant>,
    },
    /// The case is open again.
    Reopened,
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
    /// Right address, wrong sender, or the other way round (I9).
    NotProven,
    /// An officer wrote to the desk without any sign of a case.
    NoCase,
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
    /// Nothing can be sent to the complainant by mail; somebody has to phone or write (row 3).
    NotAnswered {
        /// Why, as a stable code.
        why: String,
    },
}
