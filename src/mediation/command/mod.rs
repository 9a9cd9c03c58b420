//! The officer's mail language: every command, with everything it needs (design.md section 5).
//!
//! [`read_commands`] finds the lines, [`understand`] gives each its meaning or says what is wrong with it. What a
//! command does to a case is decided elsewhere. Nothing half-understood becomes a [`Command`].

mod argument;
mod figure;
mod lines;
mod period;
mod person;
mod registration;
mod request;
#[cfg(test)]
mod tests;
mod times;
mod understand;
mod written;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::particulars::Figure;
use super::vocabulary::{AuthorisationStep, NotHeldReason, Verb};
use crate::model::{CaseNumber, ComplaintKind, Flag, Language, MailAddress, Outcome, Purpose};

pub use figure::written as written_figures;
pub use lines::{command_in_subject, read_commands};
pub use period::Period;
pub use registration::Registration;
pub use request::{Request, RequestStep};
pub use understand::{Desk, is_about_talk, understand, understand_at};

/// A command with everything it needs. What it also needs as text is the text that follows the commands of its mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The text goes to the complainant.
    ToComplainant,
    /// Name, address or phone of the complainant are other than they stand in the file; with text, that goes to the
    /// complainant as well. At least one of them is there.
    Complainant {
        /// Name as typed.
        name: Option<String>,
        /// Where letters go from now on.
        address: Option<MailAddress>,
        /// Where the complainant can be phoned, as typed.
        phone: Option<String>,
    },
    /// Records a respondent, or writes to one; at least one of the two is there, unless the text is meant for the
    /// only respondent of the case.
    Respondent {
        /// Name as typed.
        name: Option<String>,
        /// Where letters go.
        address: Option<MailAddress>,
    },
    /// An internal note.
    Note,
    /// Registers a phone, paper or desk complaint, or the forwarded mail of somebody else (row 2).
    Register(Registration),
    /// First personal contact took place on this day, today or earlier (row 7).
    Contacted {
        /// The day.
        on: NaiveDate,
    },
    /// The kinds are these; at least one.
    Kinds(Vec<ComplaintKind>),
    /// The purposes are these; at least one.
    Purposes(Vec<Purpose>),
    /// Letters to the complainant are in this language.
    Language(Language),
    /// A flag is set or taken away.
    Flag {
        /// Which.
        flag: Flag,
        /// What becomes of it.
        step: FlagStep,
    },
    /// Proof from somebody who writes for another.
    Authorisation(AuthorisationStep),
    /// The text holds questions to the complainant.
    Clarify,
    /// Asks the respondents for a reaction.
    Hear,
    /// Passes the reaction on.
    Release,
    /// Asks both parties, separately, whether they want the talk.
    Mediation,
    /// The talk is at this moment and place.
    Appointment {
        /// Civil time in the desk's zone, in the future.
        starts: NaiveDateTime,
        /// How long, in minutes.
        minutes: u32,
        /// Where, in the officer's own words.
        place: String,
    },
    /// The talk is at another moment or place.
    Move(Change),
    /// The date stands: who proposed another time hears that it does not suit (M127).
    Keep,
    /// The talk is called off.
    Cancel,
    /// The talk took place.
    Held {
        /// Today or earlier.
        on: NaiveDate,
        /// Satisfied, partly, not satisfied or unknown.
        result: Outcome,
        /// Whether more was typed, which is not kept (R20).
        dropped: bool,
    },
    /// The talk did not take place.
    NotHeld {
        /// The day it was to be: today or earlier.
        on: NaiveDate,
        /// Why.
        why: NotHeldReason,
    },
    /// The text holds the agreements, for both on paper.
    Agreements,
    /// Standard advice.
    Advice {
        /// A code of the word list.
        topic: String,
    },
    /// Another body.
    Refer {
        /// As typed; the directory knows it.
        body: String,
    },
    /// The written decision comes later.
    Extend {
        /// In the officer's own words.
        reason: String,
    },
    /// The provider's decision was sent.
    Decision {
        /// Today or earlier.
        on: NaiveDate,
    },
    /// Closes the case.
    Close {
        /// With this outcome.
        outcome: Outcome,
    },
    /// Closes it, since it belongs to another body of the directory (row 5, T04).
    Misdirected {
        /// As typed.
        body: String,
    },
    /// Opens it again.
    Reopen,
    /// The complainant took the complaint back.
    Withdrawn,
    /// The same matter as another case.
    Merge {
        /// The other case.
        number: CaseNumber,
    },
    /// Two matters in one case.
    Split,
    /// Another officer takes it.
    Assign {
        /// The registered address of an officer of this desk.
        colleague: MailAddress,
    },
    /// No follow-up.
    NoFollowUp {
        /// In the officer's own words.
        reason: Option<String>,
    },
    /// What stands in the yearly report alone.
    Figures(Vec<Figure>),
    /// Takes back what still waits.
    Stop,
    /// Where the case stands.
    Status,
    /// The whole file.
    File,
    /// Somebody wants to see what is kept about them (AVG article 15).
    Access(Request),
    /// Somebody wants it erased (AVG article 17).
    Erase(Request),
    /// The officer confirms that this file is to be erased: the second of two mails, with the number typed out.
    EraseNow {
        /// As typed.
        number: CaseNumber,
    },
    /// Open cases.
    List,
    /// Figures of a period.
    Report {
        /// Which.
        period: Period,
    },
    /// The table of commands.
    Help,
}

/// What becomes of a flag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlagStep {
    /// It may be so; it stands in every guard.
    Suspect,
    /// It is so.
    Confirm,
    /// It is not so.
    Clear {
        /// In the officer's own words.
        reason: String,
    },
}

/// What changes about an appointment; at least one of these is there, the rest stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Another day.
    pub date: Option<NaiveDate>,
    /// Another time of the day.
    pub time: Option<NaiveTime>,
    /// Another length, in minutes.
    pub minutes: Option<u32>,
    /// Another place.
    pub place: Option<String>,
}

impl Change {
    /// The new start, given the old one.
    pub fn starts(&self, old: NaiveDateTime) -> NaiveDateTime {
        self.date.unwrap_or(old.date()).and_time(self.time.unwrap_or(old.time()))
    }
}

impl Command {
    /// What kind of command it is, for its word and for the guards of a phase.
    pub fn verb(&self) -> Verb {
        match self {
            Self::ToComplainant | Self::Complainant { .. } => Verb::ToComplainant,
            Self::Respondent { .. } => Verb::Respondent,
            Self::Note => Verb::Note,
            Self::Register(_) => Verb::Register,
            Self::Contacted { .. } => Verb::Contacted,
            Self::Kinds(_) => Verb::Kinds,
            Self::Purposes(_) => Verb::Purposes,
            Self::Figures(_) => Verb::Figures,
            Self::Language(_) => Verb::Language,
            Self::Flag { step: FlagStep::Suspect, .. } => Verb::Flag,
            Self::Flag { step: FlagStep::Confirm, .. } => Verb::Confirm,
            Self::Flag { step: FlagStep::Clear { .. }, .. } => Verb::Clear,
            Self::Authorisation(_) => Verb::Authorisation,
            Self::Clarify => Verb::Clarify,
            Self::Hear => Verb::Hear,
            Self::Release => Verb::Release,
            Self::Mediation => Verb::Mediation,
            Self::Appointment { .. } => Verb::Appointment,
            Self::Move(_) | Self::Keep => Verb::Move,
            Self::Cancel => Verb::Cancel,
            Self::Held { .. } => Verb::Held,
            Self::NotHeld { .. } => Verb::NotHeld,
            Self::Agreements => Verb::Agreements,
            Self::Advice { .. } => Verb::Advice,
            Self::Refer { .. } => Verb::Refer,
            Self::Extend { .. } => Verb::Extend,
            Self::Decision { .. } => Verb::Decision,
            Self::Close { .. } | Self::Misdirected { .. } => Verb::Close,
            Self::Reopen => Verb::Reopen,
            Self::Withdrawn => Verb::Withdrawn,
            Self::Merge { .. } => Verb::Merge,
            Self::Split => Verb::Split,
            Self::Assign { .. } => Verb::Assign,
            Self::NoFollowUp { .. } => Verb::NoFollowUp,
            Self::Stop => Verb::Stop,
            Self::Status => Verb::Status,
            Self::File => Verb::File,
            Self::Access(_) => Verb::Access,
            Self::Erase(_) | Self::EraseNow { .. } => Verb::Erase,
            Self::List => Verb::List,
            Self::Report { .. } => Verb::Report,
            Self::Help => Verb::Help,
        }
    }

    /// Whether the command has no effect without text below it: an empty letter goes to nobody.
    pub fn needs_text(&self) -> bool {
        matches!(self, Self::ToComplainant | Self::Clarify | Self::Agreements)
            || matches!(self, Self::Respondent { name: None, address: None })
    }
}
