//! The ways in which a letter can leave, behind one type.

use std::sync::Arc;
use std::time::Duration;

use crate::composition::OutgoingLetter;

use super::classify::{Judgement, Stage};
use super::error::SubmissionError;
use super::maildir::{self, MaildirSettings};
use super::report::Report;
use super::sendmail::{self, SendmailSettings};
use super::smtp::{SmtpConnection, SmtpSubmission};
use super::smtp_letter::BrokenLine;
use super::smtp_settings::SmtpSettings;

/// Where a desk hands its letters over.
#[derive(Debug)]
pub enum Submission {
    /// A submission server.
    Smtp(SmtpSubmission),
    /// The `sendmail` program of this machine.
    Sendmail(Arc<SendmailSettings>),
    /// A folder.
    Maildir(Arc<MaildirSettings>),
}

/// A line on which a letter can be begun.
#[derive(Debug)]
pub enum Connection {
    /// Connected, greeted and logged in.
    Smtp(Box<SmtpConnection>),
    /// The program is there.
    Sendmail(Arc<SendmailSettings>),
    /// The folders are there.
    Maildir(Arc<MaildirSettings>),
}

impl Submission {
    /// Through a submission server.
    pub fn smtp(settings: SmtpSettings) -> Self {
        Self::Smtp(SmtpSubmission::new(settings))
    }

    /// Through the `sendmail` program.
    pub fn sendmail(settings: SendmailSettings) -> Self {
        Self::Sendmail(Arc::new(settings))
    }

    /// Into a folder.
    pub fn maildir(settings: MaildirSettings) -> Self {
        Self::Maildir(Arc::new(settings))
    }

    /// Opens a line. Also the whole of what `check --online` wants to know of a submission server.
    pub async fn connect(&self) -> Result<Connection, SubmissionError> {
        match self {
            Self::Smtp(server) => Ok(Connection::Smtp(Box::new(server.connect().await?))),
            Self::Sendmail(settings) => sendmail::ready(settings).map(|()| Connection::Sendmail(Arc::clone(settings))),
            Self::Maildir(settings) => maildir::ready(settings).map(|()| Connection::Maildir(Arc::clone(settings))),
        }
    }

    /// Sends one letter beside the outbox, once; for `check --online` alone.
    ///
    /// # Errors
    /// In words, addresses masked, why nobody has taken it, or why nobody knows.
    pub async fn try_out(&self, letter: OutgoingLetter) -> Result<(), String> {
        let mut line = self.connect().await.map_err(|error| error.to_string())?;
        let outcome = line.send(Arc::new(letter)).await;
        line.close().await;
        match outcome {
            Ok(report) if report.judgement == Judgement::Accepted => Ok(()),
            Ok(report) => Err(report.code.map_or_else(|| report.text.clone(), |code| format!("{code} {}", report.text))),
            Err(broken) => Err(broken.text),
        }
    }

    /// Most lines at the same time, at least 1.
    pub fn connections(&self) -> usize {
        match self {
            Self::Smtp(server) => server.settings().connections.max(1),
            Self::Sendmail(settings) => settings.connections.max(1),
            // Several writers overlap their waits for the disk.
            Self::Maildir(_) => 4,
        }
    }

    /// How long an unused line is kept.
    pub fn idle(&self) -> Duration {
        match self {
            Self::Smtp(server) => server.settings().idle,
            Self::Sendmail(_) | Self::Maildir(_) => Duration::from_mins(1),
        }
    }
}

impl Connection {
    /// Hands one letter over. `Err` when it is not known what became of it, or the line broke before.
    pub(super) async fn send(&mut self, letter: Arc<OutgoingLetter>) -> Result<Report, BrokenLine> {
        match self {
            Self::Smtp(line) => line.send(&letter).await,
            Self::Sendmail(settings) => sendmail::send(settings, &letter).await,
            Self::Maildir(settings) => {
                let settings = Arc::clone(settings);
                tokio::task::spawn_blocking(move || maildir::send(&settings, &letter))
                    .await
                    .unwrap_or_else(|error| Err(BrokenLine { stage: Stage::FinalDot, text: error.to_string() }))
            }
        }
    }

    /// Whether a letter that may go only once can be begun now (I4).
    pub(super) async fn prove_alive(&mut self) -> bool {
        match self {
            Self::Smtp(line) => line.prove_alive().await,
            Self::Sendmail(settings) => sendmail::ready(settings).is_ok(),
            Self::Maildir(settings) => maildir::ready(settings).is_ok(),
        }
    }

    /// Whether another letter may be begun.
    pub(super) fn is_usable(&self) -> bool {
        match self {
            Self::Smtp(line) => line.is_usable(),
            Self::Sendmail(_) | Self::Maildir(_) => true,
        }
    }

    /// Whether the line has carried a letter and may have gone stale since.
    pub(super) fn was_used(&self) -> bool {
        match self {
            Self::Smtp(line) => line.was_used(),
            Self::Sendmail(_) | Self::Maildir(_) => false,
        }
    }

    /// Says goodbye.
    pub async fn close(self) {
        match self {
            Self::Smtp(line) => line.close().await,
            Self::Sendmail(_) | Self::Maildir(_) => {}
        }
    }
}
