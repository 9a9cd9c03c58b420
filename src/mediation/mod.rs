//! Mediation: what the desk decides. Pure: no clock, no network, no database, no randomness, no log, no
//! wording.
//!
//! [`decide`] takes a case and an event and gives a [`Decision`]: entries for the journal, effects for
//! the stages behind, and a reason. [`Case::evolve`] folds the journal; the stored state is only a cache
//! of that fold (I11). Both are total: a surprise goes to a person.
//!
//! What the service may do is `domain.md`; each rule is named at the line that implements it.

mod case;
pub mod civil_calendar;
mod effect;
mod entry;
mod event;
mod fresh;
mod policy;
mod reason;
pub mod reply;

pub use case::{Case, FollowUp, Party, Phase};
pub use effect::{Effect, LetterOrder, Passage, Recipient};
pub use entry::{Actor, Entry, JournalEntry};
pub use event::{ArrivedMail, CaseEvent, CommandText, Sender, TimerKind};
pub use fresh::Fresh;
pub use policy::{Deadlines, Officer, OfficerRole, Policy};
pub use reason::Reason;

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
