//! Reading one desk's mailbox: window after window, from the server to the store and onto its shelf.
//!
//! While one window is decided and committed, the one before is filed on the server and the next is
//! fetched. A mail is filed only after its commit (I1, M163).

use std::sync::Arc;

use super::desk::Desk;
use super::intake::{self, Handled, IntakeError};
use crate::clock::Clock;
use crate::retrieval::{Origin, RawMail, Retrieval, RetrievalError, Shelf, WindowBounds};
use crate::store::Store;

/// Why reading stopped.
#[derive(Debug, thiserror::Error)]
pub enum ReadingError {
    /// The mailbox.
    #[error(transparent)]
    Retrieval(#[from] RetrievalError),
    /// The store, or the work in between.
    #[error(transparent)]
    Intake(#[from] IntakeError),
    /// The store, about the mailbox itself.
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
}

impl ReadingError {
    /// Whether trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Retrieval(error) => error.is_temporary(),
            Self::Intake(error) => error.is_temporary(),
            Self::Store(error) => error.is_temporary(),
        }
    }
}

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drained {
    /// Mails handled, repeats included.
    pub mails: usize,
    /// Cases opened.
    pub opened: usize,
    /// Letters put in the outbox.
    pub letters: usize,
    /// Mails that are kept in the mailbox because they could not be handled: a defect of ours.
    pub stuck: usize,
}

/// Hears of every window that became durable: wakes delivery, moves a progress bar.
pub trait OnCommit: Sync {
    /// A window was committed.
    fn committed(&self, handled: &Handled);
}

/// Reads until nothing waits.
///
/// After an error the mailbox has to be opened anew: what was fetched and not filed comes again then, and is
/// recognised (I2).
pub async fn drain(
    store: &dyn Store,
    desk: &Arc<Desk>,
    clock: &dyn Clock,
    mailbox: &mut dyn Retrieval,
    bounds: WindowBounds,
    on_commit: &dyn OnCommit,
) -> Result<Drained, ReadingError> {
    let mut drained = Drained::default();
    let mut window = shared(mailbox.next_window(bounds).await?);
    let mut to_file: Vec<(Origin, Shelf)> = Vec::new();
    while !window.is_empty() {
        let filed_and_fetched = async {
            file(mailbox, std::mem::take(&mut to_file)).await?;
            mailbox.next_window(bounds).await
        };
        let (fetched, handled) = tokio::join!(filed_and_fetched, handle(store, desk, clock, window, &mut drained));
        let handled = handled?;
        on_commit.committed(&handled);
        drained.mails += handled.shelves.len();
        drained.opened += handled.opened;
        drained.letters += handled.letters;
        to_file = handled.shelves;
        window = shared(fetched?);
    }
    file(mailbox, to_file).await?;
    Ok(drained)
}

/// Handles a window; when one of its mails breaks the whole, each is handled alone, so that one bad mail
/// never blocks the next (I1, M93). A mail that breaks even alone stays where it is.
async fn handle(
    store: &dyn Store,
    desk: &Arc<Desk>,
    clock: &dyn Clock,
    window: Vec<Arc<RawMail>>,
    drained: &mut Drained,
) -> Result<Handled, IntakeError> {
    match intake::handle(store, desk, clock, window.clone()).await {
        Err(error) if !error.is_temporary() && window.len() > 1 => {
            tracing::error!(desk = desk.key().as_str(), %error, "a window of mails could not be handled; each is tried alone");
        }
        other => return other,
    }
    let mut together = Handled::default();
    for mail in window {
        match intake::handle(store, desk, clock, vec![mail]).await {
            Ok(handled) => {
                together.shelves.extend(handled.shelves);
                together.opened += handled.opened;
                together.letters += handled.letters;
                together.confirmations.extend(handled.confirmations);
                together.repeated += handled.repeated;
            }
            Err(error) if error.is_temporary() => return Err(error),
            Err(error) => {
                drained.stuck += 1;
                tracing::error!(desk = desk.key().as_str(), %error, "a mail could not be handled; it stays in the mailbox");
            }
        }
    }
    Ok(together)
}

/// A window may have to be handled twice; its bytes need not be copied for that.
fn shared(window: Vec<RawMail>) -> Vec<Arc<RawMail>> {
    window.into_iter().map(Arc::new).collect()
}

async fn file(mailbox: &mut dyn Retrieval, shelves: Vec<(Origin, Shelf)>) -> Result<(), RetrievalError> {
    for shelf in [Shelf::Done, Shelf::Quarantine] {
        let origins: Vec<Origin> = shelves.iter().filter(|(_, on)| *on == shelf).map(|(origin, _)| origin.clone()).collect();
        if !origins.is_empty() {
            mailbox.file(&origins, shelf).await?;
        }
    }
    Ok(())
}
