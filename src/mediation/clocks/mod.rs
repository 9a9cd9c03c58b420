//! The clocks of a case (domain.md sections 2.3 and 3, table of clocks; I10, I12).
//!
//! Three things make a clock, each in one place:
//!
//! - *how long, and from when*: the regime, as data ([`ClockRule`]);
//! - *which entry of the journal starts or stops it*: the marks (`mark.rs`), applied by `follow.rs` to every entry
//!   of every decision, so that no command can forget a clock;
//! - *what happens on the way and at the end*: `due.rs`.
//!
//! A clock has a last day, which is a civil day of the desk, and a next moment at which somebody looks at it.

mod due;
mod follow;
mod kind;
mod mark;
mod rule;
#[cfg(test)]
mod tests;

pub use kind::TimerKind;
pub use mark::Mark;
pub use rule::{ClockRule, ClockRules, ExtensionRule, Longer, Told, Waits, deadlines, last_day, last_extended_day};

pub(super) use due::due;
pub(super) use follow::{follow, looks, working_day_it_can_still_be_done};
pub(super) use kind::Ending;

/// The hour of the desk's working day at which clocks are looked at, and the digest is written.
pub const MORNING: u32 = 8;
