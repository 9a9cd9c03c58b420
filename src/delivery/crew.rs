//! The tasks of one run of a worker: carriers, a recorder, and who gives them letters.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use crate::model::Instant;
use crate::store::ClaimedLetter;

use super::carrier::carry;
use super::dispatch::{Dispatch, Done, Waiting, locked};
use super::error::DeliveryError;
use super::recorder::record;

/// What one look at the outbox gave.
pub(super) struct Fed {
    pub claimed: usize,
    /// Letters may be waiting that there was no room for.
    pub more: bool,
    /// When the last claim was made, no letter of ours was on its way or unrecorded.
    pub none_under_way: bool,
}

/// The tasks of one run.
pub(super) struct Crew {
    dispatch: Arc<Dispatch>,
    carriers: JoinSet<()>,
    /// `None` once its end has been seen.
    recorder: Option<JoinHandle<Result<(), DeliveryError>>>,
    done: mpsc::Sender<Done>,
}

impl Crew {
    pub(super) fn assemble(dispatch: &Arc<Dispatch>) -> Self {
        let (done, outcomes) = mpsc::channel(dispatch.settings.batch.max(1) as usize);
        let recorder = Some(tokio::spawn(record(Arc::clone(dispatch), outcomes)));
        Self { dispatch: Arc::clone(dispatch), carriers: JoinSet::new(), recorder, done }
    }

    /// Claims as many letters as there is room for, and sees to it that somebody carries them.
    pub(super) async fn feed(&mut self) -> Result<Fed, DeliveryError> {
        let dispatch = Arc::clone(&self.dispatch);
        let batch = dispatch.settings.batch.max(1);
        let mut fed = Fed { claimed: 0, more: false, none_under_way: false };
        loop {
            let unrecorded = dispatch.unrecorded.load(Ordering::SeqCst);
            fed.none_under_way = unrecorded == 0;
            let now = dispatch.clock.now();
            if dispatch.stopping.load(Ordering::SeqCst) || dispatch.resting(now).is_some() {
                fed.more = false;
                return Ok(fed);
            }
            // Enough are waiting, or the database has yet to catch up: the rest stays free for others.
            if locked(&dispatch.queue).waiting.len() > dispatch.low_water() || unrecorded > 4 * batch as usize {
                fed.more = true;
                return Ok(fed);
            }
            let room = locked(&dispatch.governor).room(now).map_or(batch, |room| room.min(batch));
            if room == 0 {
                fed.more = false;
                return Ok(fed);
            }
            let lease_until = now + dispatch.settings.lease;
            let letters = dispatch.store.claim_letters(&dispatch.desk, &dispatch.holder, now, lease_until, room).await?;
            let count = letters.len();
            fed.claimed += count;
            self.take_on(letters, now, lease_until);
            if count < room as usize {
                fed.more = false;
                return Ok(fed);
            }
        }
    }

    fn take_on(&mut self, letters: Vec<ClaimedLetter>, now: Instant, lease_until: Instant) {
        let dispatch = &self.dispatch;
        let missing = {
            let mut queue = locked(&dispatch.queue);
            let fresh: Vec<_> = letters.into_iter().filter(|claimed| queue.ours.insert(claimed.letter.letter)).collect();
            dispatch.under_way.fetch_add(fresh.len(), Ordering::SeqCst);
            dispatch.unrecorded.fetch_add(fresh.len(), Ordering::SeqCst);
            queue.waiting.extend(fresh.into_iter().map(|claimed| Waiting::new(claimed, now, lease_until)));
            let wanted = dispatch.submission.connections().min(queue.carriers + queue.waiting.len());
            let missing = wanted.saturating_sub(queue.carriers);
            queue.carriers += missing;
            missing
        };
        for _ in 0..missing {
            self.carriers.spawn(carry(Arc::clone(dispatch), self.done.clone()));
        }
    }

    /// Returns only when a task ended that should not have.
    pub(super) async fn trouble(&mut self) -> DeliveryError {
        loop {
            tokio::select! {
                ended = end_of(&mut self.recorder) => {
                    self.recorder = None;
                    return ended.err().unwrap_or_else(|| broken(&"the recorder left early"));
                }
                Some(ended) = self.carriers.join_next(), if !self.carriers.is_empty() => {
                    if let Err(panic) = ended {
                        return broken(&panic);
                    }
                }
            }
        }
    }

    /// Lets everybody finish what they began; then says goodbye to the server.
    pub(super) async fn dismiss(self) -> Result<(), DeliveryError> {
        let Self { dispatch, mut carriers, mut recorder, done } = self;
        let mut result = Ok(());
        while let Some(ended) = carriers.join_next().await {
            if let Err(panic) = ended {
                result = Err(broken(&panic));
            }
        }
        drop(done);
        if recorder.is_some() {
            result = result.and(end_of(&mut recorder).await);
        }
        let queue = std::mem::take(&mut *locked(&dispatch.queue));
        // After a fault some letters were never carried; their leases end by themselves.
        dispatch.under_way.store(0, Ordering::SeqCst);
        dispatch.unrecorded.store(0, Ordering::SeqCst);
        futures_util::future::join_all(queue.idle.into_iter().map(|line| line.connection.close())).await;
        result
    }
}

async fn end_of(recorder: &mut Option<JoinHandle<Result<(), DeliveryError>>>) -> Result<(), DeliveryError> {
    match recorder {
        Some(recorder) => recorder.await.unwrap_or_else(|panic| Err(broken(&panic))),
        None => std::future::pending().await,
    }
}

fn broken(what: &dyn std::fmt::Display) -> DeliveryError {
    DeliveryError::Broken(what.to_string())
}
