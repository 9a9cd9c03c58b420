//! Message: from raw bytes to facts and problems.
//!
//! Takes bytes, gives [`MailFacts`]. It never fails: an unreadable mail is an event too (M93). It is pure
//! and knows no case: it names clues to the case ([`Clue`]), the shell asks the store.

mod facts;

pub use facts::{
    Attachment, Bounce, CalendarAnswer, Clue, Finding, MailClass, MailFacts, OwnAddresses, Problem, Silence, Triage,
};
