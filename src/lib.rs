//! `wederhoor`: a complaints desk that works through nothing but e-mail.
//!
//! One direction of flow. Each folder is one stage; a stage may use `model`, `clock` and what earlier
//! stages give, never a later stage. Only [`daemon`] knows them all (`tests/architecture.rs` proves it).
//!
//! ```text
//!  mailbox ─> retrieval ─> message ─> mediation ─> composition ─> store ─> delivery ─> submission
//!  (IMAP,      raw bytes    facts,      decision      exact bytes   one       attempts   (SMTP,
//!   Maildir)                problems    (pure)                      transaction          Maildir)
//!  cron ─────> schedule ────────────────^   a due timer is one more event
//! ```
//!
//! The middle (`message`, `mediation`, `composition`) is pure: no clock, no network, no database and no
//! randomness comes in except as an argument.
//!
//! Start reading at [`mediation::decide`]: everything the desk does is decided there, and everything
//! else carries mail to it or from it.

pub mod cli;
pub mod clock;
pub mod composition;
pub mod config;
pub mod daemon;
pub mod delivery;
pub mod demo;
pub mod mediation;
pub mod message;
pub mod model;
pub mod observe;
pub mod retrieval;
pub mod schedule;
pub mod service;
pub mod store;
pub mod telemetry;
