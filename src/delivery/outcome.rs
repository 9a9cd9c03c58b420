//! From what was said to what happens next with the letter. Pure.

use crate::model::{Guarantee, Instant};
use crate::store::AttemptOutcome;

use super::backoff::{retry_at, retry_delay};
use super::classify::{Judgement, Stage};
use super::dispatch::Waiting;
use super::report::Report;
use super::smtp_letter::BrokenLine;

/// What a broken line means. Before the final dot nothing was taken (RFC 5321 section 4.1.1.4), after it
/// nobody knows (M153). A letter that may go only once is not judged so finely: once its first byte may
/// have left, only a definite answer brings it back (I4).
pub(super) fn report_of_break(broken: &BrokenLine, guarantee: Guarantee) -> Report {
    let unclear = guarantee == Guarantee::AtMostOnce || broken.stage == Stage::FinalDot;
    let judgement = if unclear { Judgement::Unclear } else { Judgement::Deferred };
    Report::ours(judgement, format!("the line broke at {:?}: {}", broken.stage, broken.text))
}

/// The outcome of an attempt that ended now. `look_again` is when the queue, if it rests, is looked at
/// again; `random` (0 up to 1) spreads the retries.
pub(super) fn outcome_of(
    judgement: Judgement,
    waiting: &Waiting,
    now: Instant,
    look_again: Instant,
    random: f64,
) -> AttemptOutcome {
    let attempt = waiting.attempts.saturating_add(1);
    let next = retry_at(waiting.committed_at, now, attempt, random);
    match (judgement, next) {
        (Judgement::Accepted, _) => AttemptOutcome::Accepted,
        (Judgement::Held(_), _) => AttemptOutcome::Held { next_at: look_again },
        (Judgement::Unclear, _) if waiting.letter.guarantee == Guarantee::AtMostOnce => {
            AttemptOutcome::Unclear { next_at: now + retry_delay(attempt, random) }
        }
        (Judgement::Unclear, Some(next_at)) => AttemptOutcome::Unclear { next_at },
        (Judgement::Deferred, Some(next_at)) => AttemptOutcome::Deferred { next_at },
        // M151: five days are enough; now a person hears of it.
        (Judgement::Failed, _) | (Judgement::Unclear | Judgement::Deferred, None) => AttemptOutcome::Failed,
    }
}
