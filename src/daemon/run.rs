//! `run`: for ever, until SIGTERM; then what was begun is finished (design.md section 6).

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use rand::RngExt;
use tokio::sync::{Notify, mpsc, watch};
use tokio::task::JoinSet;

use super::answer_time::AnswerTimes;
use super::clocks::{pass, tell_of_late_letters};
use super::intake::Handled;
use super::once::{MAILBOX_LEASE, delivery_worker, try_hold};
use super::reading::{OnCommit, ReadingError, drain};
use super::setup::{DeskSetup, Setup};
use crate::clock::Clock;
use crate::composition::OperatorTrouble;
use crate::delivery::{DeliveryEvent, DeliveryWorker, Listener};
use crate::observe::{Health, LetterOutcome, Metrics, Remedy};
use crate::retrieval::backoff;
use crate::store::{AttemptOutcome, StoreError};

/// How often a mailbox lease is renewed: three times within its life.
const RENEW_EVERY: Duration = Duration::from_secs(20);

/// Parts of the daemon as `/healthz` names them.
const CLOCKS: &str = "clocks";
const DATABASE: &str = "database";

/// How often it is asked whether a confirmation is late.
const LATE_LETTERS_EVERY: Duration = Duration::from_mins(1);

/// How often the counts for `/metrics` are asked of the store.
const COUNT_EVERY: Duration = Duration::from_secs(15);

/// Bells that one task rings for another.
#[derive(Debug, Default)]
struct Bells {
    /// Letters were put in an outbox, one bell per desk.
    letters: Vec<Arc<Notify>>,
    /// Something changed that the clocks should look at.
    clocks: Notify,
}

impl Bells {
    fn ring_letters(&self) {
        for bell in &self.letters {
            bell.notify_one();
        }
    }
}

/// Everything the tasks share.
struct Shared {
    setup: Setup,
    bells: Bells,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    answers: Arc<AnswerTimes>,
    shutdown: watch::Receiver<bool>,
}

/// Runs until `shutdown` says so.
///
/// # Errors
/// A task that panicked: the caller ends the program, and the supervisor starts it again.
pub async fn run(
    setup: Setup,
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    shutdown: watch::Receiver<bool>,
) -> Result<(), String> {
    let answers = Arc::<AnswerTimes>::default();
    let mut workers = Vec::new();
    let mut ears = Vec::new();
    for desk in &setup.desks {
        let (troubles, heard) = mpsc::unbounded_channel();
        let failures = Arc::<Notify>::default();
        let ear = Ear {
            metrics: Arc::clone(&metrics),
            health: Arc::clone(&health),
            answers: Arc::clone(&answers),
            clock: Arc::clone(&setup.clock),
            failures: Arc::clone(&failures),
            troubles,
        };
        workers.push(delivery_worker(&setup, desk, Arc::new(ear)));
        ears.push((failures, heard));
    }
    let bells = Bells { letters: workers.iter().map(DeliveryWorker::wake).collect(), clocks: Notify::new() };
    let shared = Arc::new(Shared { setup, bells, metrics, health, answers, shutdown });
    let mut tasks = JoinSet::new();
    for (index, (worker, (failures, heard))) in workers.into_iter().zip(ears).enumerate() {
        tasks.spawn(keep_reading(Arc::clone(&shared), index));
        tasks.spawn(listen_to_delivery(Arc::clone(&shared), index, failures, heard));
        let shared = Arc::clone(&shared);
        tasks.spawn(async move { keep_delivering(&shared, index, &worker).await });
    }
    tasks.spawn(keep_clocks(Arc::clone(&shared)));
    tasks.spawn(keep_counting(Arc::clone(&shared)));
    let mut broken = None;
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            // A panic is a defect. The others stop in order; starting again is recovering.
            tracing::error!(%error, "a part of the daemon broke; it stops to be started again");
            broken = Some(error.to_string());
            tasks.abort_all();
        }
    }
    shared.setup.store.close().await;
    broken.map_or(Ok(()), Err)
}

impl Shared {
    fn is_stopping(&self) -> bool {
        *self.shutdown.borrow()
    }

    /// Waits, but not beyond the shutdown.
    async fn rest(&self, pause: Duration) {
        let mut shutdown = self.shutdown.clone();
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = shutdown.wait_for(|stop| *stop) => {}
        }
    }

    /// Resolves when the daemon stops.
    async fn stopped(&self) {
        let mut shutdown = self.shutdown.clone();
        let _ = shutdown.wait_for(|stop| *stop).await;
    }
}

/// Hears of the windows of one desk.
struct Reception<'a> {
    shared: &'a Shared,
    desk: &'a crate::model::DeskKey,
    /// When the mail server told of what is being read, if it did.
    notice: Option<tokio::time::Instant>,
}

impl OnCommit for Reception<'_> {
    fn committed(&self, handled: &Handled) {
        if let Some(notice) = self.notice {
            self.shared.answers.begun(notice, &handled.confirmations);
        }
        self.shared.metrics.mails_retrieved(self.desk, handled.shelves.len() as u64);
        for _ in 0..handled.opened {
            self.shared.metrics.case_opened(self.desk);
        }
        self.shared.bells.ring_letters();
        // A mail may have started a clock that is due before the one that was waited for.
        self.shared.bells.clocks.notify_one();
    }
}

/// The part of the daemon that reads this mailbox, as `/healthz` names it.
fn mailbox_part(desk: &crate::model::DeskKey) -> String {
    format!("mailbox {}", desk.as_str())
}

/// Reads one desk's mailbox, connects again after faults with growing pauses (M175), and keeps the lease.
async fn keep_reading(shared: Arc<Shared>, index: usize) {
    let Some(desk) = shared.setup.desks.get(index) else { return };
    let mut failures = 0_u32;
    while !shared.is_stopping() {
        match read_on(&shared, desk, &mut failures).await {
            Ok(()) => {}
            Err(error) => {
                shared.health.trouble(&mailbox_part(desk.desk.key()), error.to_string(), Remedy::Patience);
                tracing::warn!(desk = desk.desk.key().as_str(), failures, %error, "the mailbox is tried again later");
                super::alarm::about_reading(shared.setup.store.as_ref(), &desk.desk, &error, shared.setup.clock.now()).await;
                shared.bells.ring_letters();
                let pause = backoff::pause(failures, rand::rng().random());
                failures = failures.saturating_add(1);
                shared.rest(pause).await;
            }
        }
    }
    let holder = shared.setup.holder.to_string();
    if let Err(error) = shared.setup.store.release_mailbox(desk.desk.key(), &holder).await {
        tracing::warn!(desk = desk.desk.key().as_str(), %error, "the mailbox could not be given back; its lease runs out by itself");
    }
}

/// One connection: reads, waits, reads, until it breaks or the daemon stops.
async fn read_on(shared: &Arc<Shared>, desk: &DeskSetup, failures: &mut u32) -> Result<(), ReadingError> {
    let setup = &shared.setup;
    let holder = setup.holder.to_string();
    if !try_hold(setup.store.as_ref(), desk, &holder, setup.clock.now()).await? {
        // Another daemon reads it: this one stands by, which is no fault.
        shared.health.good(&mailbox_part(desk.desk.key()));
        shared.rest(RENEW_EVERY / 2).await;
        return Ok(());
    }
    let mut mailbox = desk.open_mailbox().await?;
    let mut lease = tokio::spawn(keep_lease(Arc::clone(shared), desk.desk.key().clone()));
    let mut notice = None;
    let outcome = loop {
        let reception = Reception { shared, desk: desk.desk.key(), notice };
        let read = drain(&setup.store, &desk.desk, &setup.clock, mailbox.as_mut(), desk.bounds(), &reception);
        if let Err(error) = read.await {
            break Err(error);
        }
        *failures = 0;
        shared.health.good(&mailbox_part(desk.desk.key()));
        shared.metrics.mailbox_contact(desk.desk.key(), setup.clock.now());
        let heard_before = mailbox.last_notice();
        tokio::select! {
            waited = mailbox.wait(desk.retrieval.poll) => if let Err(error) = waited { break Err(error.into()) },
            () = shared.stopped() => break Ok(()),
            _ = &mut lease => break Err(StoreError::Unavailable("the right to read this mailbox was lost".to_owned()).into()),
        }
        // What was found by looking, and not told by the server, says nothing about the time an answer takes.
        notice = mailbox.last_notice().filter(|notice| Some(*notice) != heard_before);
    };
    lease.abort();
    if outcome.is_ok() {
        mailbox.close().await;
    }
    outcome
}

/// Renews the lease until it is lost. A store that is away for a moment does not lose it: the lease lasts
/// longer than that.
async fn keep_lease(shared: Arc<Shared>, desk: crate::model::DeskKey) {
    let holder = shared.setup.holder.to_string();
    let mut renewed_at = shared.setup.clock.now();
    loop {
        tokio::time::sleep(RENEW_EVERY).await;
        let now = shared.setup.clock.now();
        match shared.setup.store.hold_mailbox(&desk, &holder, now, now + MAILBOX_LEASE).await {
            Ok(true) => renewed_at = now,
            Err(error) if now - renewed_at < MAILBOX_LEASE => {
                tracing::warn!(desk = desk.as_str(), %error, "the mailbox lease is renewed a little later");
            }
            Ok(false) | Err(_) => return,
        }
    }
}

/// Delivers one desk's letters, and starts again after a fault.
async fn keep_delivering(shared: &Shared, index: usize, worker: &DeliveryWorker) {
    let Some(desk) = shared.setup.desks.get(index) else { return };
    let mut failures = 0;
    while !shared.is_stopping() {
        if let Err(error) = worker.run(shared.shutdown.clone()).await {
            tracing::error!(desk = desk.desk.key().as_str(), %error, "delivery stopped and is started again");
            let pause = backoff::pause(failures, rand::rng().random());
            shared.rest(pause).await;
            failures = failures.saturating_add(1);
        }
    }
}

/// Keeps the clocks: looks when the next is due, when something changed, and every minute.
async fn keep_clocks(shared: Arc<Shared>) {
    let setup = &shared.setup;
    let desks = setup.desks();
    // What waited while nobody ran goes out first.
    let mut late_at = tokio::time::Instant::now() + LATE_LETTERS_EVERY * 2;
    while !shared.is_stopping() {
        if late_at <= tokio::time::Instant::now() {
            late_at = tokio::time::Instant::now() + LATE_LETTERS_EVERY;
            match tell_of_late_letters(setup.store.as_ref(), &desks, setup.clock.as_ref()).await {
                Ok(done) if done.letters > 0 => shared.bells.ring_letters(),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "whether a confirmation is late is asked again in a minute"),
            }
        }
        match pass(setup.store.as_ref(), &desks, setup.clock.as_ref()).await {
            Ok(done) => {
                shared.health.good(CLOCKS);
                shared.health.beat(CLOCKS, setup.clock.now(), TimeDelta::minutes(5));
                if done.letters > 0 {
                    shared.bells.ring_letters();
                }
            }
            Err(error) => {
                shared.health.trouble(CLOCKS, error.to_string(), Remedy::Patience);
                tracing::error!(%error, "the clocks could not be kept; they are tried again");
                shared.rest(Duration::from_secs(5)).await;
                continue;
            }
        }
        let next = setup.store.next_timer_at(&setup.keys()).await.unwrap_or_default();
        let rest = crate::schedule::rest(setup.clock.now(), next);
        tokio::select! {
            () = shared.rest(rest) => {}
            // Not for every mail of a backlog: a clock may be a second late.
            () = shared.bells.clocks.notified() => shared.rest(Duration::from_secs(1)).await,
        }
    }
}

/// Asks the store for the counts that `/metrics` shows.
async fn keep_counting(shared: Arc<Shared>) {
    while !shared.is_stopping() {
        match shared.setup.store.backlog(shared.setup.clock.now()).await {
            Ok(backlog) => {
                let gauge = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
                shared.metrics.letters_due.set(gauge(backlog.letters_due));
                shared.metrics.letters_waiting.set(gauge(backlog.letters_waiting));
                shared.metrics.timers_due.set(gauge(backlog.timers_due));
                shared.metrics.open_cases.set(gauge(backlog.open_cases));
                shared.health.good(DATABASE);
            }
            Err(error) => shared.health.trouble(DATABASE, error.to_string(), Remedy::Patience),
        }
        shared.rest(COUNT_EVERY).await;
    }
}

/// Letters that failed are told of at the next look at the clocks (M44); a server that refuses us needs the
/// operator (M152).
async fn listen_to_delivery(
    shared: Arc<Shared>,
    index: usize,
    failures: Arc<Notify>,
    mut troubles: mpsc::UnboundedReceiver<String>,
) {
    let Some(desk) = shared.setup.desks.get(index) else { return };
    loop {
        tokio::select! {
            () = failures.notified() => shared.bells.clocks.notify_one(),
            Some(text) = troubles.recv() => {
                let (store, now) = (shared.setup.store.as_ref(), shared.setup.clock.now());
                super::alarm::raise(store, &desk.desk, OperatorTrouble::SubmissionFailing, Some(text), now).await;
            }
            () = shared.stopped() => return,
        }
    }
}

fn outcome_of(outcome: AttemptOutcome) -> LetterOutcome {
    match outcome {
        AttemptOutcome::Accepted => LetterOutcome::Accepted,
        AttemptOutcome::Deferred { .. } => LetterOutcome::Deferred,
        AttemptOutcome::Failed => LetterOutcome::Failed,
        AttemptOutcome::Unclear { .. } => LetterOutcome::Unclear,
        AttemptOutcome::Expired => LetterOutcome::Expired,
        AttemptOutcome::Held { .. } => LetterOutcome::Held,
    }
}

/// The part of the daemon that hands letters over, as `/healthz` names it.
fn submission_part(desk: &crate::model::DeskKey) -> String {
    format!("submission {}", desk.as_str())
}

/// Hears what became of letters.
struct Ear {
    metrics: Arc<Metrics>,
    health: Arc<Health>,
    answers: Arc<AnswerTimes>,
    clock: Arc<dyn Clock>,
    failures: Arc<Notify>,
    /// Troubles of the submission server that last until a person acts.
    troubles: mpsc::UnboundedSender<String>,
}

#[async_trait]
impl Listener for Ear {
    async fn heard(&self, event: &DeliveryEvent) {
        match event {
            DeliveryEvent::Attempted { letter, attempt, .. } => {
                self.metrics.letter(letter.kind, outcome_of(attempt.outcome));
                if let Some(begun) = self.answers.end(letter.letter)
                    && attempt.outcome == AttemptOutcome::Accepted
                {
                    // What was heard is heard a little after it happened.
                    let since = (self.clock.now() - attempt.ended_at).to_std().unwrap_or_default();
                    self.metrics.notice_to_accepted(begun.elapsed().saturating_sub(since));
                }
                match attempt.outcome {
                    AttemptOutcome::Accepted => self.health.good(&submission_part(&letter.desk)),
                    AttemptOutcome::Failed => self.failures.notify_one(),
                    AttemptOutcome::Deferred { .. }
                    | AttemptOutcome::Unclear { .. }
                    | AttemptOutcome::Expired
                    | AttemptOutcome::Held { .. } => {}
                }
            }
            DeliveryEvent::QueueRests { desk, cause, text, until } => {
                tracing::warn!(desk = desk.as_str(), cause = ?cause, until = %until, "letters wait: the submission server does not take them");
                self.health.trouble(&submission_part(desk), text.clone(), Remedy::Patience);
                if cause.needs_operator() {
                    let _ = self.troubles.send(text.clone());
                }
            }
        }
    }
}
