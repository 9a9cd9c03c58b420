//! Delivery: claimed letters to a submission server, and what became of each attempt.
//!
//! Takes [`crate::store::ClaimedLetter`], gives [`crate::store::Attempt`]. Every attempt is kept. It never
//! changes a byte of a letter (M131). Standards: RFC 5321, RFC 6409, RFC 8314, RFC 3463.
//!
//! What happens to one letter, and where to read it:
//!
//! ```text
//!  worker ── claims ──> carrier ──> submission ──> smtp | sendmail | maildir
//!  (one desk)           (one of N)  (a line that is ready before the letter is begun)
//!                          │                          │
//!                          │      report <── classify ┘  (what the answer means)
//!                          v
//!                       outcome (backoff: when again) ──> recorder ──> store
//! ```
//!
//! - **I4.** A letter of [`crate::model::Guarantee::AtMostOnce`] waits until a line is connected, greeted,
//!   logged in and just proved alive; then the store makes durable that it leaves; then its first byte
//!   leaves. From there on only a definite answer brings it back; anything else counts as sent.
//! - **M152.** A fault of ours (login, sender, certificate, server gone) rests the whole queue of the desk
//!   and wears out no letter. One desk's rest is not another's.
//! - What it does not do: look for an unclear letter in a Sent folder (M153), choose among MX hosts, or
//!   apply MTA-STS and DANE. Those last two belong to the submission server (M160).

mod backoff;
mod carrier;
mod classify;
mod crew;
mod dispatch;
mod error;
mod limits;
mod maildir;
mod mask;
mod outcome;
mod recorder;
mod report;
mod sendmail;
mod smtp;
mod smtp_letter;
mod smtp_settings;
mod starttls;
mod submission;
mod tls;
mod wire;
mod worker;

pub use backoff::{GIVE_UP_AFTER, rest_delay, retry_at, retry_delay};
pub use classify::{HoldCause, Judgement, Stage, address_is_bad, enhanced_code, judge};
pub use error::{DeliveryError, SubmissionError};
pub use limits::{Governor, ProviderLimits};
pub use maildir::MaildirSettings;
pub use report::Report;
pub use sendmail::SendmailSettings;
pub use smtp::{SmtpConnection, SmtpSubmission};
pub use smtp_letter::BrokenLine;
pub use smtp_settings::{SmtpLogin, SmtpSettings, SmtpUrlError};
pub use submission::{Connection, Submission};
pub use worker::{DeliveryEvent, DeliveryParts, DeliverySettings, DeliveryWorker, Listener, Tally};
