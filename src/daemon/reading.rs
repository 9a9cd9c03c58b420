//! Reading one desk's mailbox: window after window, from the server to the store and onto its shelf.
//!
//! While one window is being committed, the next is decided and composed, the one behind it understood, and the one
//! behind that fetched, so that network, processor and disk all have work. A mail is filed only after its commit (I1, M163).

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

use super::desk::Desk;
use super::intake::{self, Composed, Gathered, Handled, IntakeError};
use super::window::Understood;
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

/// Filed with one command: every MOVE makes a server with a Maildir walk through the whole folder, so a backlog
/// is filed by many. After a crash so many come again at most, and are recognised (I2).
const FILED_AT_ONCE: usize = 2_000;

/// So many windows' bytes are on their way at once: one fetched, one read, one decided, one committed, and one that
/// waits between two of these steps.
const IN_FLIGHT: usize = 5;

/// A window on its way, and the room it takes until it has been handled.
struct Fetched {
    mails: Vec<Arc<RawMail>>,
    room: Option<OwnedSemaphorePermit>,
}

/// The same window, read.
struct Read {
    mails: Vec<Arc<RawMail>>,
    outcome: Result<Vec<Understood>, IntakeError>,
    room: Option<OwnedSemaphorePermit>,
}

/// The same window, decided and composed, or why that was not possible.
struct Ready {
    mails: Vec<Arc<RawMail>>,
    outcome: Result<Composed, IntakeError>,
    room: Option<OwnedSemaphorePermit>,
}

/// Reads until nothing waits: three steps beside each other, each working on another window.
///
/// After an error the mailbox has to be opened anew: what was fetched and not filed comes again then, and is
/// recognised (I2).
pub async fn drain(
    store: &Arc<dyn Store>,
    desk: &Arc<Desk>,
    clock: &Arc<dyn Clock>,
    mailbox: &mut dyn Retrieval,
    bounds: WindowBounds,
    on_commit: &dyn OnCommit,
) -> Result<Drained, ReadingError> {
    let means = Means { store: Arc::clone(store), desk: Arc::clone(desk), clock: Arc::clone(clock) };
    let (fetched, to_read) = mpsc::channel(1);
    let (read, to_handle) = mpsc::channel(1);
    let (handled, to_file) = mpsc::unbounded_channel();
    // A step that ends closes its channel, and the others end after it: what was begun is finished.
    let (fetching, (), handling) = tokio::join!(
        fetch_and_file(mailbox, bounds, fetched, to_file),
        read_all(desk, clock.as_ref(), to_read, read),
        handle_all(means, to_handle, handled, on_commit),
    );
    let drained = handling?;
    fetching?;
    Ok(drained)
}

/// The one step that speaks to the mail server. Windows that wait or are worked on hold together at most
/// [`IN_FLIGHT`] times what one may hold, so that large mails do not pile up in memory (M174).
async fn fetch_and_file(
    mailbox: &mut dyn Retrieval,
    bounds: WindowBounds,
    fetched: mpsc::Sender<Fetched>,
    mut handled: mpsc::UnboundedReceiver<Vec<(Origin, Shelf)>>,
) -> Result<(), RetrievalError> {
    let most = u32::try_from(bounds.bytes.saturating_mul(IN_FLIGHT)).unwrap_or(u32::MAX);
    let rooms = Arc::new(Semaphore::new(most as usize));
    let mut to_file = Vec::new();
    loop {
        while let Ok(shelves) = handled.try_recv() {
            to_file.extend(shelves);
        }
        if to_file.len() >= FILED_AT_ONCE {
            file(mailbox, std::mem::take(&mut to_file)).await?;
        }
        let mails = shared(mailbox.next_window(bounds).await?);
        if mails.is_empty() {
            break;
        }
        let bytes = mails.iter().map(|mail| mail.bytes.len()).sum::<usize>();
        let room = u32::try_from(bytes).unwrap_or(u32::MAX).min(most);
        // The semaphore is never closed; without room the window would only wait less.
        let room = Arc::clone(&rooms).acquire_many_owned(room).await.ok();
        if fetched.send(Fetched { mails, room }).await.is_err() {
            break;
        }
    }
    drop(fetched);
    while let Some(shelves) = handled.recv().await {
        to_file.extend(shelves);
    }
    file(mailbox, to_file).await
}

async fn read_all(desk: &Arc<Desk>, clock: &dyn Clock, mut fetched: mpsc::Receiver<Fetched>, read: mpsc::Sender<Read>) {
    while let Some(Fetched { mails, room }) = fetched.recv().await {
        let outcome = intake::read(desk, clock, mails.clone()).await;
        if read.send(Read { mails, outcome, room }).await.is_err() {
            return;
        }
    }
}

async fn handle_all(
    means: Means,
    mut read: mpsc::Receiver<Read>,
    to_file: mpsc::UnboundedSender<Vec<(Origin, Shelf)>>,
    on_commit: &dyn OnCommit,
) -> Result<Drained, IntakeError> {
    let mut drained = Drained::default();
    let mut ready: Option<Ready> = None;
    loop {
        // A window that is ready waits for no other: a lone mail is committed at once.
        let next = if ready.is_some() { read.try_recv().ok() } else { read.recv().await };
        let handled = match (ready.take(), next) {
            (None, None) => break,
            (None, Some(next)) => {
                ready = Some(means.make_ready(next, None).await);
                continue;
            }
            (Some(this), None) => means.settle(this, &mut drained).await?,
            (Some(this), Some(next)) => means.settle_and_make_ready(this, next, &mut ready, &mut drained).await?,
        };
        on_commit.committed(&handled);
        drained.mails += handled.shelves.len();
        drained.opened += handled.opened;
        drained.letters += handled.letters;
        // Only a mailbox that broke does not listen any more; what it did not file comes again.
        let _ = to_file.send(handled.shelves);
    }
    Ok(drained)
}

/// What a window is handled with.
#[derive(Clone)]
struct Means {
    store: Arc<dyn Store>,
    desk: Arc<Desk>,
    clock: Arc<dyn Clock>,
}

impl Means {
    /// Decides on a window; `before` is committed later than this begins.
    async fn make_ready(&self, read: Read, before: Option<&Composed>) -> Ready {
        let Read { mails, outcome, room } = read;
        let outcome = async { intake::compose(&self.desk, self.gather(outcome?, before).await?).await }.await;
        Ready { mails, outcome, room }
    }

    async fn gather(&self, read: Vec<Understood>, before: Option<&Composed>) -> Result<Gathered, IntakeError> {
        intake::gather(self.store.as_ref(), &self.desk, self.clock.now(), read, before).await
    }

    /// Commits one window while the next is decided.
    async fn settle_and_make_ready(
        &self,
        this: Ready,
        next: Read,
        ready: &mut Option<Ready>,
        drained: &mut Drained,
    ) -> Result<Handled, IntakeError> {
        let Read { mails, outcome, room } = next;
        // Before the commit begins, so that what it writes is counted once: from `this`.
        let gathered = async { self.gather(outcome?, this.outcome.as_ref().ok()).await }.await;
        // A task of its own, so that the work between two statements holds up nothing else.
        let means = self.clone();
        let settling = tokio::spawn(async move {
            let mut drained = Drained::default();
            means.settle(this, &mut drained).await.map(|handled| (handled, drained.stuck))
        });
        let outcome = async { intake::compose(&self.desk, gathered?).await }.await;
        *ready = Some(Ready { mails, outcome, room });
        let (handled, stuck) = settling.await.map_err(|_| IntakeError::WorkerEnded)??;
        drained.stuck += stuck;
        Ok(handled)
    }

    /// Commits a window; when one of its mails breaks the whole, each is handled alone, so that one bad mail
    /// never blocks the next (I1, M93). A mail that breaks even alone stays where it is.
    async fn settle(&self, ready: Ready, drained: &mut Drained) -> Result<Handled, IntakeError> {
        let Ready { mut mails, outcome, room: _room } = ready;
        if mails.len() == 1 {
            // A mail that is a window of its own is not tried again: a large one is held no longer than is needed.
            mails.clear();
        }
        match self.commit(outcome).await {
            Err(error) if !error.is_temporary() && mails.len() > 1 => {
                tracing::error!(desk = self.desk.key().as_str(), %error, "a window of mails could not be handled; each is tried alone");
            }
            other => return other,
        }
        let mut together = Handled::default();
        for mail in mails {
            let outcome = intake::read(&self.desk, self.clock.as_ref(), vec![Arc::clone(&mail)]).await;
            let alone = self.make_ready(Read { mails: vec![mail], outcome, room: None }, None).await;
            match self.commit(alone.outcome).await {
                Ok(handled) => together.add(handled),
                Err(error) if error.is_temporary() => return Err(error),
                Err(error) => {
                    drained.stuck += 1;
                    tracing::error!(desk = self.desk.key().as_str(), %error, "a mail could not be handled; it stays in the mailbox");
                }
            }
        }
        Ok(together)
    }

    async fn commit(&self, composed: Result<Composed, IntakeError>) -> Result<Handled, IntakeError> {
        intake::commit(self.store.as_ref(), &self.desk, self.clock.as_ref(), composed?).await
    }
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
