//! `run --once`: all that waits and all that is due, then an end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use rand::RngExt;

use super::clocks::{pass, tell_of_late_letters};
use super::reading::{Drained, OnCommit, ReadingError, drain};
use super::setup::{DeskSetup, Setup};
use crate::delivery::{DeliveryEvent, DeliveryParts, DeliveryWorker, Listener, Tally};
use crate::model::Instant;
use crate::store::{Store, StoreError};

/// How long a mailbox is held without a sign of life.
pub(super) const MAILBOX_LEASE: chrono::TimeDelta = chrono::TimeDelta::seconds(60);

/// How long `--once` waits for a mailbox that another daemon holds.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was done, and what could not be.
#[derive(Clone, Debug, Default)]
pub struct OnceReport {
    /// Mails, cases and letters.
    pub read: Drained,
    /// Clocks handled.
    pub timers: usize,
    /// What became of the letters.
    pub delivered: Tally,
    /// Faults that may pass: the exit code is 75.
    pub temporary: Vec<String>,
    /// Faults that will not pass by themselves: the exit code is 78.
    pub permanent: Vec<String>,
}

impl OnceReport {
    fn fault(&mut self, is_temporary: bool, words: String) {
        if is_temporary { self.temporary.push(words) } else { self.permanent.push(words) }
    }
}

/// Handles everything once. One failing mailbox or server never keeps the other desks from their turn.
pub async fn once(setup: &Setup, on_commit: &dyn OnCommit) -> OnceReport {
    let mut report = OnceReport::default();
    for (desk, outcome) in
        join_all(setup.desks.iter().map(|desk| async move { (desk, read(setup, desk, on_commit).await) })).await
    {
        match outcome {
            Ok(drained) => add(&mut report.read, drained),
            Err(error) => {
                super::alarm::about_reading(setup.store.as_ref(), &desk.desk, &error, setup.clock.now()).await;
                report.fault(error.is_temporary(), format!("{}: {error}", desk.desk.key().as_str()));
            }
        }
    }
    // A clock may write a letter, a letter may fail and be told of: a few rounds until nothing moves.
    for _ in 0..4 {
        let moved = match pass(setup.store.as_ref(), &setup.desks(), setup.clock.as_ref()).await {
            Ok(done) => {
                report.timers += done.timers;
                done.letters + done.failures
            }
            Err(error) => {
                report.fault(error.is_temporary(), error.to_string());
                0
            }
        };
        let sent = deliver(setup, &mut report).await;
        let late = match tell_of_late_letters(setup.store.as_ref(), &setup.desks(), setup.clock.as_ref()).await {
            Ok(done) => done.letters,
            Err(error) => {
                report.fault(error.is_temporary(), error.to_string());
                0
            }
        };
        if moved == 0 && sent == 0 && late == 0 {
            break;
        }
    }
    report
}

async fn read(setup: &Setup, desk: &DeskSetup, on_commit: &dyn OnCommit) -> Result<Drained, ReadingError> {
    hold_mailbox(setup, desk).await?;
    let outcome = async {
        let mut mailbox = desk.open_mailbox().await?;
        let drained = drain(&setup.store, &desk.desk, &setup.clock, mailbox.as_mut(), desk.bounds(), on_commit).await;
        mailbox.close().await;
        drained
    }
    .await;
    if let Err(error) = setup.store.release_mailbox(desk.desk.key(), &setup.holder.to_string()).await {
        tracing::warn!(desk = desk.desk.key().as_str(), %error, "the mailbox could not be given back; its lease runs out by itself");
    }
    outcome
}

async fn hold_mailbox(setup: &Setup, desk: &DeskSetup) -> Result<(), ReadingError> {
    let begun = tokio::time::Instant::now();
    loop {
        let now = setup.clock.now();
        if try_hold(setup.store.as_ref(), desk, &setup.holder.to_string(), now).await? {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            return Err(StoreError::Unavailable("another daemon reads this mailbox".to_owned()).into());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

pub(super) async fn try_hold(store: &dyn Store, desk: &DeskSetup, holder: &str, now: Instant) -> Result<bool, ReadingError> {
    Ok(store.hold_mailbox(desk.desk.key(), holder, now, now + MAILBOX_LEASE).await?)
}

async fn deliver(setup: &Setup, report: &mut OnceReport) -> u64 {
    let workers: Vec<(&DeskSetup, DeliveryWorker)> =
        setup.desks.iter().map(|desk| (desk, delivery_worker(setup, desk, Arc::new(NobodyListens)))).collect();
    let outcomes = join_all(workers.iter().map(|(_, worker)| worker.drain())).await;
    let mut sent = 0;
    for ((desk, _), outcome) in workers.iter().zip(outcomes) {
        match outcome {
            Ok(tally) => {
                sent += tally.accepted + tally.failed;
                add_tally(&mut report.delivered, tally);
                if tally.something_waits() {
                    report.temporary.push(format!("{}: some letters could not go yet", desk.desk.key().as_str()));
                }
            }
            Err(error) => report.fault(error.is_temporary(), format!("{}: {error}", desk.desk.key().as_str())),
        }
    }
    sent
}

/// The worker that delivers the letters of a desk.
pub(super) fn delivery_worker(setup: &Setup, desk: &DeskSetup, listener: Arc<dyn Listener>) -> DeliveryWorker {
    DeliveryWorker::new(DeliveryParts {
        desk: desk.desk.key().clone(),
        holder: setup.holder.to_string(),
        store: Arc::clone(&setup.store),
        clock: Arc::clone(&setup.clock),
        submission: desk.open_submission(),
        settings: desk.delivery_settings(),
        random: Box::new(|| rand::rng().random()),
        listener,
    })
}

/// `run --once` looks at the counts afterwards.
struct NobodyListens;

#[async_trait]
impl Listener for NobodyListens {
    async fn heard(&self, _event: &DeliveryEvent) {}
}

fn add(sum: &mut Drained, more: Drained) {
    sum.mails += more.mails;
    sum.opened += more.opened;
    sum.letters += more.letters;
    sum.stuck += more.stuck;
}

fn add_tally(sum: &mut Tally, more: Tally) {
    sum.accepted += more.accepted;
    sum.deferred += more.deferred;
    sum.failed += more.failed;
    sum.unclear += more.unclear;
    sum.expired += more.expired;
    sum.held += more.held;
}
