//! A carrier takes letters from the queue and hands them over, one after the other, on one line.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use chrono::TimeDelta;
use tokio::sync::mpsc;

use crate::composition::OutgoingLetter;
use crate::model::{Guarantee, Instant};
use crate::store::{Attempt, AttemptOutcome};

use super::classify::{HoldCause, Judgement, Stage};
use super::dispatch::{Dispatch, Done, Waiting, locked};
use super::error::SubmissionError;
use super::outcome::{outcome_of, report_of_break};
use super::report::Report;
use super::submission::Connection;

/// A letter is not begun when its lease ends sooner than this: another daemon may take it meanwhile (M154).
const LEASE_LEFT: TimeDelta = TimeDelta::seconds(20);

/// A letter that waited longer than this since its claim is asked for once more: the officer may have taken
/// it back meanwhile (`#stop`).
const STILL_OURS: TimeDelta = TimeDelta::seconds(1);

/// Carries until the queue is empty.
pub(super) async fn carry(dispatch: Arc<Dispatch>, done: mpsc::Sender<Done>) {
    let mut line = None;
    while let Some(waiting) = dispatch.next_letter(&mut line) {
        let started_at = dispatch.clock.now();
        let verdict = handle(&dispatch, &mut line, &waiting, started_at).await;
        let Some((outcome, report)) = verdict else {
            dispatch.let_go(waiting.letter.letter);
            continue;
        };
        let attempt = Attempt {
            letter: waiting.letter.letter,
            started_at,
            ended_at: dispatch.clock.now(),
            outcome,
            code: report.code,
            enhanced: report.enhanced,
            text: report.text,
        };
        let cause = match report.judgement {
            Judgement::Held(cause) => Some(cause),
            Judgement::Accepted | Judgement::Deferred | Judgement::Failed | Judgement::Unclear => None,
        };
        dispatch.carried(waiting.letter.letter);
        // The recorder ends before the carriers only when it failed, and then the worker ends too.
        if done.send(Done { letter: waiting.letter, attempt, cause }).await.is_err() {
            return;
        }
    }
}

/// What becomes of one letter; `None` when it is not ours any more.
async fn handle(
    dispatch: &Dispatch,
    line: &mut Option<Connection>,
    waiting: &Waiting,
    now: Instant,
) -> Option<(AttemptOutcome, Report)> {
    let held = |cause, text: &str, next_at| Some((AttemptOutcome::Held { next_at }, Report::held(cause, text)));
    let letter = &waiting.letter;
    if now + LEASE_LEFT >= waiting.lease_until {
        return None;
    }
    if letter.expires_at <= now {
        let report = Report::ours(Judgement::Failed, "its moment passed before it could be sent");
        return Some((AttemptOutcome::Expired, report));
    }
    if dispatch.stopping.load(Ordering::SeqCst) {
        return held(HoldCause::Stopping, "the daemon stopped before it was tried", now);
    }
    if let Some((until, cause)) = dispatch.resting(now) {
        return held(cause, "not tried: delivery rests", until);
    }
    if let Err(free_at) = locked(&dispatch.governor).take(letter.kind, now) {
        return held(HoldCause::ProviderLimit, "not tried: the limit set for the provider is reached", free_at);
    }
    let ask_again = now - waiting.claimed_at > STILL_OURS;
    let report = hand_over(dispatch, line, letter, ask_again).await?;
    let now = dispatch.clock.now();
    let look_again = match report.judgement {
        Judgement::Held(cause) if cause.concerns_the_queue() => dispatch.begin_rest(cause, &report.text, now).await,
        // Whatever was said of this letter: the server speaks with us.
        Judgement::Held(_) | Judgement::Unclear => now,
        Judgement::Accepted | Judgement::Deferred | Judgement::Failed => {
            dispatch.end_rest();
            now
        }
    };
    Some((outcome_of(report.judgement, waiting, now, look_again, (dispatch.random)()), report))
}

/// Finds a line that is ready, makes durable what has to be, and sends.
async fn hand_over(
    dispatch: &Dispatch,
    line: &mut Option<Connection>,
    letter: &Arc<OutgoingLetter>,
    ask_again: bool,
) -> Option<Report> {
    // Every pass but the last uses up a line that had gone stale; a new line always ends the loop.
    loop {
        let mut connection = match ready_line(dispatch, line).await {
            Ok(connection) => connection,
            Err(error) => return Some(report_of(&error)),
        };
        let was_used = connection.was_used();
        let once = letter.guarantee == Guarantee::AtMostOnce;
        if once && was_used && !connection.prove_alive().await {
            continue;
        }
        if once || ask_again {
            // I4: from here on the letter that may go once counts as sent, unless a definite answer says
            // otherwise. For all others this only asks whether they are still to be sent.
            match dispatch.store.begin_handover(letter.letter, &dispatch.holder, dispatch.clock.now()).await {
                Ok(true) => {}
                Ok(false) => {
                    *line = Some(connection);
                    return None;
                }
                Err(error) => {
                    *line = Some(connection);
                    return Some(Report::held(HoldCause::LocalFault, error.to_string()));
                }
            }
        }
        match connection.send(Arc::clone(letter)).await {
            // RFC 5321 section 3.8: 421 to the first word is how a server says that it had closed the line.
            Ok(report)
                if was_used && !once && report.code == Some(421) && report.judgement == Judgement::Held(HoldCause::Busy) => {}
            Ok(report) => {
                if connection.is_usable() {
                    *line = Some(connection);
                } else {
                    connection.close().await;
                }
                return Some(report);
            }
            // A line that was closed while it was idle: nothing of this letter was heard.
            Err(broken) if was_used && !once && broken.stage == Stage::Sender => {}
            Err(broken) => return Some(report_of_break(&broken, letter.guarantee)),
        }
    }
}

async fn ready_line(dispatch: &Dispatch, line: &mut Option<Connection>) -> Result<Connection, SubmissionError> {
    match line.take().or_else(|| dispatch.idle_line()) {
        Some(connection) => Ok(connection),
        None => dispatch.submission.connect().await,
    }
}

fn report_of(error: &SubmissionError) -> Report {
    Report { code: error.code(), ..Report::held(error.cause(), error.to_string()) }
}
