//! Mediation: what the desk decides. Pure: no clock, no network, no database, no randomness, no log, no
//! wording.
//!
//! [`decide`] takes a case and an event and gives a [`Decision`]: entries for the journal, effects for
//! the stages behind, and a reason. [`Case::evolve`] folds the journal; the stored state is only a cache
//! of that fold (I11). Both are total: a surprise goes to a person.
//!
//! What the service may do is `domain.md`; each rule is named at the line that implements it.

#![deny(clippy::wildcard_enum_match_arm, reason = "a new variant must not compile until somebody has thought about it")]

mod answer;
pub mod appointment_answer;
mod attribution;
mod carry;
mod case;
pub mod civil_calendar;
pub mod clocks;
pub mod command;
mod decide;
mod digest;
mod directory;
mod draft;
mod effect;
mod entry;
mod event;
mod evolve;
mod evolve_life;
mod follow_up;
mod fresh;
mod grade;
#[cfg(test)]
mod lives;
mod meaning;
pub mod offer;
mod officer_mail;
mod opening;
pub mod particulars;
mod party_mail;
mod phase;
mod policy;
#[cfg(test)]
mod properties;
mod prose;
mod reason;
pub mod reply;
pub mod report;
pub mod retention;
mod talk;
pub mod term;
pub mod vocabulary;
mod waits;
pub mod written_time;

pub use answer::{AnswerWords, Asked, Said};
pub use attribution::{Evidence, Footing, Known, Placement, Proof, place};
pub use case::{Before, Case, Extension, FollowUp, OpenWish, Party, Revocable, Wish};
pub use clocks::TimerKind;
pub use command::{Command, command_in_subject, read_commands};
pub use decide::decide;
pub use digest::{Deadline, Digest, DigestLine, WaitsFor, digest_for};
pub use directory::{Advice, Directory, DirectoryEntry, InBoth, ReferralKind};
pub use effect::{CalendarNews, CalendarOrder, Confirmation, DateChange, Effect, LetterOrder, Passage, Recipient};
pub use entry::{Actor, Entry, JournalEntry};
pub use event::{ArrivedMail, CaseEvent, Ceiling, CommandText, Filed, KnownDesk, KnownToOfficer, OtherCase, OtherFile, Sender};
pub use fresh::Fresh;
pub use officer_mail::officer_without_case;
pub use phase::{Agreed, Agreements, Answer, Ballot, NotAgreed, PartyRole, Phase};
pub use policy::{Deadlines, Officer, OfficerRole, Policy};
pub use reason::Reason;
pub use vocabulary::{NotHeldReason, Verb, Vocabulary, VocabularyError};

/// What follows from one event.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What is written in the journal, in order. Folding these is the new state.
    pub entries: Vec<JournalEntry>,
    /// What the stages behind must do, in the same transaction.
    pub effects: Vec<Effect>,
    /// Why, in one stable code.
    pub reason: Reason,
}
