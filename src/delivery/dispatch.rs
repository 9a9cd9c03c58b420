//! What the worker, the carriers and the recorder of one desk share.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::clock::Clock;
use crate::composition::OutgoingLetter;
use crate::model::{DeskKey, Instant, LetterId};
use crate::store::{Attempt, AttemptOutcome, ClaimedLetter, Store};

use super::backoff::rest_delay;
use super::classify::HoldCause;
use super::limits::Governor;
use super::submission::{Connection, Submission};
use super::worker::{DeliveryEvent, DeliverySettings, Listener, Tally};

/// A claimed letter and how long it is ours.
#[derive(Debug)]
pub(super) struct Waiting {
    pub letter: Arc<OutgoingLetter>,
    /// Attempts made before.
    pub attempts: u32,
    pub committed_at: Instant,
    pub claimed_at: Instant,
    pub lease_until: Instant,
}

impl Waiting {
    pub(super) fn new(claimed: ClaimedLetter, claimed_at: Instant, lease_until: Instant) -> Self {
        let ClaimedLetter { letter, attempts, committed_at } = claimed;
        Self { letter: Arc::new(letter), attempts, committed_at, claimed_at, lease_until }
    }
}

/// A letter that a carrier is done with.
#[derive(Debug)]
pub(super) struct Done {
    pub letter: Arc<OutgoingLetter>,
    pub attempt: Attempt,
    /// Why it was held, if it was.
    pub cause: Option<HoldCause>,
}

/// A line that nobody uses at the moment.
#[derive(Debug)]
pub(super) struct IdleLine {
    pub connection: Connection,
    pub since: tokio::time::Instant,
}

/// Letters, carriers and lines: one lock, so that there are never more lines than carriers allowed.
#[derive(Debug, Default)]
pub(super) struct Queue {
    pub waiting: VecDeque<Waiting>,
    /// What is waiting or being carried. A server that takes minutes to answer the final dot outlasts the
    /// lease, and then the store gives the same letter again.
    pub ours: HashSet<LetterId>,
    pub carriers: usize,
    pub idle: Vec<IdleLine>,
}

/// The queue's rest after a fault that is not a letter's (M152).
#[derive(Debug, Default)]
struct Rest {
    failures: u32,
    until: Option<(Instant, HoldCause)>,
}

/// See the module's own words.
pub(super) struct Dispatch {
    pub desk: DeskKey,
    pub holder: String,
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub submission: Submission,
    pub settings: DeliverySettings,
    pub random: Box<dyn Fn() -> f64 + Send + Sync>,
    pub listener: Arc<dyn Listener>,
    pub governor: Mutex<Governor>,
    pub queue: Mutex<Queue>,
    /// Letters claimed that no carrier is done with.
    pub under_way: AtomicUsize,
    /// Letters claimed whose outcome is not yet durable.
    pub unrecorded: AtomicUsize,
    /// Rung when there may be room for more letters, or all are recorded.
    pub progress: Notify,
    /// Rung when a letter was put off: the moment to look again may be nearer than the worker thinks.
    pub put_off: Notify,
    /// No further letter is begun.
    pub stopping: AtomicBool,
    /// Somebody waits for the end of this round: [`DeliveryWorker::drain`](super::DeliveryWorker::drain).
    pub awaited: AtomicBool,
    pub tally: Mutex<Tally>,
    rest: Mutex<Rest>,
}

/// A poisoned lock means that a task of ours panicked; the worker ends on that by itself.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Dispatch {
    pub(super) fn new(parts: super::worker::DeliveryParts) -> Self {
        Self {
            governor: Mutex::new(Governor::new(parts.settings.limits)),
            desk: parts.desk,
            holder: parts.holder,
            store: parts.store,
            clock: parts.clock,
            submission: parts.submission,
            settings: parts.settings,
            random: parts.random,
            listener: parts.listener,
            queue: Mutex::default(),
            under_way: AtomicUsize::new(0),
            unrecorded: AtomicUsize::new(0),
            progress: Notify::new(),
            put_off: Notify::new(),
            stopping: AtomicBool::new(false),
            awaited: AtomicBool::new(false),
            tally: Mutex::default(),
            rest: Mutex::default(),
        }
    }

    /// The next letter for a carrier; with `None` the carrier has ended, and its line is kept for the next.
    pub(super) fn next_letter(&self, line: &mut Option<Connection>) -> Option<Waiting> {
        let mut queue = locked(&self.queue);
        let next = queue.waiting.pop_front();
        if queue.waiting.len() == self.low_water() {
            self.progress.notify_one();
        }
        if next.is_none() {
            queue.carriers -= 1;
            if let Some(connection) = line.take() {
                queue.idle.push(IdleLine { connection, since: tokio::time::Instant::now() });
            }
        }
        next
    }

    /// With so few letters left it is time to claim the next.
    pub(super) fn low_water(&self) -> usize {
        self.settings.batch as usize / 2
    }

    /// The line used last: it is the least likely to have gone stale.
    pub(super) fn idle_line(&self) -> Option<Connection> {
        locked(&self.queue).idle.pop().map(|line| line.connection)
    }

    /// Whether the queue rests now, until when and why.
    pub(super) fn resting(&self, now: Instant) -> Option<(Instant, HoldCause)> {
        locked(&self.rest).until.filter(|&(until, _)| until > now)
    }

    /// Lets the queue rest after a fault. Several carriers that meet the same fault count it once.
    pub(super) async fn begin_rest(&self, cause: HoldCause, text: &str, now: Instant) -> Instant {
        let until = {
            let mut rest = locked(&self.rest);
            if let Some((until, _)) = rest.until.filter(|&(until, _)| until > now) {
                return until;
            }
            rest.failures = rest.failures.saturating_add(1);
            // What only a person can mend is not knocked at: servers lock accounts that fail to log in.
            let failures = if cause.needs_operator() { u32::MAX } else { rest.failures };
            let until = now + rest_delay(failures, (self.random)());
            rest.until = Some((until, cause));
            until
        };
        tracing::warn!(desk = self.desk.as_str(), cause = cause.code(), %until, text, "delivery rests, all letters are kept");
        self.listener.heard(&DeliveryEvent::QueueRests { desk: self.desk.clone(), cause, text: text.to_owned(), until }).await;
        until
    }

    /// A letter got through: the fault is over.
    pub(super) fn end_rest(&self) {
        let mut rest = locked(&self.rest);
        if rest.failures > 0 {
            *rest = Rest::default();
        }
    }

    /// A carrier is done with a letter that leaves no trace: somebody else has it now.
    pub(super) fn let_go(&self, letter: LetterId) {
        self.carried(letter);
        self.unrecorded.fetch_sub(1, Ordering::SeqCst);
        self.progress.notify_one();
    }

    /// A carrier is done with a letter.
    pub(super) fn carried(&self, letter: LetterId) {
        locked(&self.queue).ours.remove(&letter);
        self.under_way.fetch_sub(1, Ordering::SeqCst);
    }

    pub(super) fn count(&self, outcome: AttemptOutcome) {
        let mut tally = locked(&self.tally);
        let field = match outcome {
            AttemptOutcome::Accepted => &mut tally.accepted,
            AttemptOutcome::Deferred { .. } => &mut tally.deferred,
            AttemptOutcome::Failed => &mut tally.failed,
            AttemptOutcome::Unclear { .. } => &mut tally.unclear,
            AttemptOutcome::Expired => &mut tally.expired,
            AttemptOutcome::Held { .. } => &mut tally.held,
        };
        *field += 1;
    }
}
