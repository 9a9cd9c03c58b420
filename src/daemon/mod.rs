//! The daemon: the only place that knows all stages. It takes the output of one and hands it to the next;
//! it decides nothing about cases.
//!
//! - [`Setup`] is everything, put together from the proved configuration.
//! - [`once`] handles all that waits and all that is due, and ends (`run --once`, the demo, the tests).
//! - [`run`] does the same for ever: one task reads each mailbox, one delivers each desk's letters, one
//!   keeps the clocks. A task that fails is started again after a pause; nothing one desk does disturbs
//!   another.
//!
//! On a crash nothing has to be repaired: starting is recovering. Mails that were not filed come again and
//! are recognised; letters that were not recorded as sent go again with the same bytes, except the
//! follow-up, which never does (I2, I4).

mod alarm;
mod answer_time;
mod ceiling;
mod clocks;
mod desk;
mod digest;
mod dkim;
mod dns;
mod domain;
mod dry_run;
mod figures;
mod forgetting;
mod holder;
mod intake;
mod known;
mod material;
mod once;
mod proof;
mod reading;
mod run;
mod self_mail;
mod setup;
mod unit;
mod window;

pub use clocks::{Pass, PassError, pass};
pub use desk::Desk;
pub use digest::next_digest_at;
pub use dns::{DomainRecords, NoAnswer, SystemDns};
pub use domain::{DomainPolicy, Published, domain_policy};
pub use dry_run::dry_run;
pub use figures::tally;
pub use holder::{LeaseHolder, release_leases_of_the_dead};
pub use intake::{Handled, IntakeError};
pub use once::{OnceReport, once};
pub use proof::Authentication;
pub use reading::{Drained, OnCommit, ReadingError, drain};
pub use run::run;
pub use self_mail::{SelfMail, write_to_itself};
pub use setup::{DeskSetup, Setup, SetupError, TRIAGE_WEIGHTS, own_letters, words};
