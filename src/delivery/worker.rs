//! Delivery of one desk: claims letters, keeps the carriers busy, and ends in order.
//!
//! Each desk has a worker of its own, so that one desk's server never disturbs another's.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use crate::clock::Clock;
use crate::composition::OutgoingLetter;
use crate::model::{DeskKey, Instant};
use crate::store::{Attempt, Store};

use super::classify::HoldCause;
use super::crew::Crew;
use super::dispatch::{Dispatch, locked};
use super::error::DeliveryError;
use super::limits::ProviderLimits;
use super::submission::Submission;

/// Even if nobody wakes it, a worker looks this often: another daemon may have committed a letter.
const LOOK_ANYWAY: Duration = Duration::from_mins(1);

/// Numbers of a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliverySettings {
    /// Letters claimed at a time, and outcomes recorded at a time; 1 or more.
    pub batch: u32,
    /// How long a claimed letter is ours (M154). After a crash it waits this long.
    pub lease: TimeDelta,
    /// What the provider allows.
    pub limits: ProviderLimits,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self { batch: 200, lease: TimeDelta::minutes(2), limits: ProviderLimits::default() }
    }
}

/// Everything a worker is made of.
pub struct DeliveryParts {
    /// Whose letters.
    pub desk: DeskKey,
    /// The name under which letters are claimed: this daemon's.
    pub holder: String,
    /// Where letters are and outcomes go.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where letters go.
    pub submission: Submission,
    /// Numbers.
    pub settings: DeliverySettings,
    /// Gives 0 up to 1, to spread retries.
    pub random: Box<dyn Fn() -> f64 + Send + Sync>,
    /// Who wants to know.
    pub listener: Arc<dyn Listener>,
}

/// Something the daemon may have to act on.
#[derive(Clone, Debug, PartialEq)]
pub enum DeliveryEvent {
    /// An attempt ended and is about to be recorded. For `Failed` and `Expired` a person has to hear of it
    /// (rows 40, 41); after a crash in between it is told again.
    Attempted {
        /// The letter.
        letter: Arc<OutgoingLetter>,
        /// What became of it.
        attempt: Attempt,
        /// Why it was held, if it was.
        cause: Option<HoldCause>,
        /// Whether the address itself is bad (M43).
        address_is_bad: bool,
    },
    /// The whole queue of the desk waits (M152); with [`HoldCause::needs_operator`], until a person acts.
    QueueRests {
        /// Whose.
        desk: DeskKey,
        /// Why.
        cause: HoldCause,
        /// In words, for the operator.
        text: String,
        /// When it is looked at again.
        until: Instant,
    },
}

/// Hears of every attempt. It should return soon: recording waits for it.
#[async_trait]
pub trait Listener: Send + Sync {
    /// Hears of one.
    async fn heard(&self, event: &DeliveryEvent);
}

/// What became of the letters, for the exit code of `run --once` and for metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken.
    pub accepted: u64,
    /// Tried again later.
    pub deferred: u64,
    /// Given up.
    pub failed: u64,
    /// Nobody knows.
    pub unclear: u64,
    /// Too late.
    pub expired: u64,
    /// Not tried.
    pub held: u64,
}

impl Tally {
    /// Whether something waits that should have gone: exit code 75 of `run --once`.
    pub fn something_waits(&self) -> bool {
        self.deferred + self.held + self.unclear > 0
    }
}

/// Delivers the letters of one desk.
pub struct DeliveryWorker {
    dispatch: Arc<Dispatch>,
    wake: Arc<Notify>,
}

impl DeliveryWorker {
    /// Nothing is claimed or connected yet.
    pub fn new(parts: DeliveryParts) -> Self {
        Self { dispatch: Arc::new(Dispatch::new(parts)), wake: Arc::default() }
    }

    /// To be rung after each commit that holds letters of this desk.
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }

    /// What became of all letters since this worker was made.
    pub fn tally(&self) -> Tally {
        *locked(&self.dispatch.tally)
    }

    /// No further letter is begun: ends a [`DeliveryWorker::drain`] early. The letter under way is finished.
    pub fn stop(&self) {
        self.dispatch.stopping.store(true, Ordering::SeqCst);
        self.dispatch.progress.notify_one();
    }

    /// Delivers until `shutdown` says `true`: woken by [`DeliveryWorker::wake`], by the next letter's
    /// moment, or after a minute. Then finishes the letters under way, records them, and says goodbye.
    pub async fn run(&self, mut shutdown: watch::Receiver<bool>) -> Result<(), DeliveryError> {
        let mut crew = Crew::assemble(&self.dispatch);
        let ended = loop {
            if *shutdown.borrow_and_update() {
                break Ok(());
            }
            let (more, pause) = match crew.feed().await {
                Ok(fed) => (fed.more, self.pause(fed.more).await),
                Err(error) if error.is_temporary() => {
                    tracing::warn!(desk = self.dispatch.desk.as_str(), %error, "letters can not be claimed yet");
                    (false, Duration::from_secs(5))
                }
                Err(error) => break Err(error),
            };
            tokio::select! {
                () = self.wake.notified() => {}
                changed = shutdown.changed() => if changed.is_err() { break Ok(()) },
                () = self.dispatch.progress.notified(), if more => {}
                () = self.dispatch.put_off.notified() => {}
                () = sleep(pause) => {}
                ended = crew.trouble() => break Err(ended),
            }
            self.close_stale_lines().await;
        };
        self.stop();
        crew.dismiss().await.and(ended)
    }

    /// Delivers all that may go now, and returns what became of it. Letters put off until later are not
    /// waited for.
    pub async fn drain(&self) -> Result<Tally, DeliveryError> {
        let before = self.tally();
        self.dispatch.awaited.store(true, Ordering::SeqCst);
        let mut crew = Crew::assemble(&self.dispatch);
        let ended = loop {
            let fed = match crew.feed().await {
                Ok(fed) => fed,
                Err(error) => break Err(error),
            };
            // Only a claim that gave nothing while nothing was under way proves that nothing is left.
            if fed.claimed == 0 && fed.none_under_way {
                break Ok(());
            }
            tokio::select! {
                () = self.dispatch.progress.notified() => {}
                ended = crew.trouble() => break Err(ended),
            }
        };
        crew.dismiss().await.and(ended)?;
        Ok(since(before, self.tally()))
    }

    /// How long nothing can happen by itself.
    async fn pause(&self, more: bool) -> Duration {
        let now = self.dispatch.clock.now();
        let mut pause = LOOK_ANYWAY;
        if let Some((until, _)) = self.dispatch.resting(now) {
            pause = pause.min((until - now).to_std().unwrap_or_default());
        } else if !more {
            // A store that can not say falls back on the minute.
            if let Ok(Some(next)) = self.dispatch.store.next_letter_at(&self.dispatch.desk).await {
                // A letter due now that could not be claimed is somebody else's, or waits for the governor.
                let wait = (next - now).to_std().ok().filter(|wait| !wait.is_zero()).unwrap_or(Duration::from_secs(1));
                pause = pause.min(wait);
            }
        }
        if locked(&self.dispatch.queue).idle.is_empty() { pause } else { pause.min(self.dispatch.submission.idle()) }
    }

    /// M156: a line that is not used is given back.
    async fn close_stale_lines(&self) {
        let idle = self.dispatch.submission.idle();
        let stale: Vec<_> = locked(&self.dispatch.queue).idle.extract_if(.., |line| line.since.elapsed() >= idle).collect();
        for line in stale {
            line.connection.close().await;
        }
    }
}

fn since(before: Tally, now: Tally) -> Tally {
    Tally {
        accepted: now.accepted - before.accepted,
        deferred: now.deferred - before.deferred,
        failed: now.failed - before.failed,
        unclear: now.unclear - before.unclear,
        expired: now.expired - before.expired,
        held: now.held - before.held,
    }
}
