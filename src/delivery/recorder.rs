//! Makes outcomes durable, many at a time when many come, and one at once when one comes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout_at};

use crate::store::{Attempt, AttemptOutcome};

use super::classify::address_is_bad;
use super::dispatch::{Dispatch, Done};
use super::error::DeliveryError;
use super::worker::DeliveryEvent;

/// While other letters are under way, an outcome waits at most this long for company.
const COMPANY: Duration = Duration::from_millis(8);

/// How long recording is tried while somebody waits for the end, as a supervisor or the caller of `run --once`
/// does; the letters are then sent again, with the same Message-ID, after their lease. A supervisor gives a
/// daemon 90 seconds by default.
const LAST_PATIENCE: Duration = Duration::from_secs(10);

/// Records until all carriers are gone.
pub(super) async fn record(dispatch: Arc<Dispatch>, mut done: mpsc::Receiver<Done>) -> Result<(), DeliveryError> {
    let most = dispatch.settings.batch.max(1) as usize;
    let mut batch = Vec::with_capacity(most);
    while done.recv_many(&mut batch, most).await > 0 {
        let leaves_at = Instant::now() + COMPANY;
        while batch.len() < most && dispatch.under_way.load(Ordering::SeqCst) > 0 {
            match timeout_at(leaves_at, done.recv()).await {
                Ok(Some(one)) => batch.push(one),
                Ok(None) | Err(_) => break,
            }
        }
        // Before the record, so that a crash in between tells of a failed letter twice rather than never.
        for one in &batch {
            tell(&dispatch, one).await;
        }
        let attempts: Vec<Attempt> = batch.iter().map(|one| one.attempt.clone()).collect();
        make_durable(&dispatch, &attempts).await?;
        dispatch.unrecorded.fetch_sub(batch.len(), Ordering::SeqCst);
        dispatch.progress.notify_one();
        if attempts.iter().any(|attempt| attempt.outcome.next_at().is_some()) {
            dispatch.put_off.notify_one();
        }
        batch.clear();
    }
    Ok(())
}

async fn tell(dispatch: &Dispatch, one: &Done) {
    let Done { letter, attempt, cause } = one;
    dispatch.count(attempt.outcome);
    let duration_ms = (attempt.ended_at - attempt.started_at).num_milliseconds();
    let (kind, code, enhanced) = (letter.kind.template(), attempt.code, attempt.enhanced.as_deref());
    if attempt.outcome == AttemptOutcome::Accepted {
        tracing::info!(letter = %letter.letter, kind, code, duration_ms, "letter accepted");
    } else {
        tracing::info!(letter = %letter.letter, kind, code, enhanced, duration_ms, outcome = ?attempt.outcome, text = attempt.text, "letter not accepted");
    }
    dispatch
        .listener
        .heard(&DeliveryEvent::Attempted {
            letter: Arc::clone(letter),
            attempt: attempt.clone(),
            cause: *cause,
            address_is_bad: attempt.outcome == AttemptOutcome::Failed && address_is_bad(enhanced),
        })
        .await;
}

/// What a server has taken must be written down, or it would be sent again: so this does not give up
/// while there is hope.
async fn make_durable(dispatch: &Dispatch, attempts: &[Attempt]) -> Result<(), DeliveryError> {
    let begun = Instant::now();
    let mut tries = 0;
    loop {
        let Err(error) = dispatch.store.record_attempts(attempts, &dispatch.holder).await else { return Ok(()) };
        tries += 1;
        let awaited = dispatch.stopping.load(Ordering::SeqCst) || dispatch.awaited.load(Ordering::SeqCst);
        if !error.is_temporary() || (awaited && begun.elapsed() > LAST_PATIENCE) {
            return Err(error.into());
        }
        if tries == 1 {
            tracing::warn!(desk = dispatch.desk.as_str(), %error, letters = attempts.len(), "outcomes can not be recorded yet");
        }
        sleep(Duration::from_millis(100) * tries.min(20)).await;
    }
}
