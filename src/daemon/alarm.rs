//! Alarms for the operator, through the outbox like every letter, at most one a day for each trouble of a
//! desk (M178).

use chrono::TimeDelta;
use rand::RngExt;

use super::desk::Desk;
use super::reading::ReadingError;
use crate::composition::{OperatorAlarm, OperatorTrouble};
use crate::mediation::Fresh;
use crate::model::Instant;
use crate::retrieval::RetrievalError;
use crate::store::{QueuedLetter, Store, UnitOfWork};

/// Tells the operator of a mailbox that needs a person. What passes by itself is not worth a letter.
pub(super) async fn about_reading(store: &dyn Store, desk: &Desk, error: &ReadingError, now: Instant) {
    let trouble = match error {
        ReadingError::Retrieval(RetrievalError::LoginRefused(_)) => OperatorTrouble::LoginRefused,
        ReadingError::Retrieval(error) if !error.is_temporary() => OperatorTrouble::MailboxUnreachable,
        ReadingError::Retrieval(_) | ReadingError::Intake(_) | ReadingError::Store(_) => return,
    };
    raise(store, desk, trouble, Some(error.to_string()), now).await;
}

/// Puts an alarm in the outbox, unless one of this kind went out for this desk within a day. A failure to do
/// so is only logged: the log and `/healthz` tell of the trouble as well.
pub(super) async fn raise(store: &dyn Store, desk: &Desk, trouble: OperatorTrouble, detail: Option<String>, now: Instant) {
    if let Err(why) = try_raise(store, desk, trouble, detail, now).await {
        tracing::error!(desk = desk.key().as_str(), trouble = trouble.code(), why, "the operator could not be told by mail");
    }
}

async fn try_raise(
    store: &dyn Store,
    desk: &Desk,
    trouble: OperatorTrouble,
    detail: Option<String>,
    now: Instant,
) -> Result<(), String> {
    let Some(operator) = &desk.operator else { return Ok(()) };
    let key = format!("alarm:{}:{}", desk.key().as_str(), trouble.code());
    let told =
        store.automatic_answers(std::slice::from_ref(&key), now - TimeDelta::days(1)).await.map_err(|error| error.to_string())?;
    if told.get(&key).copied().unwrap_or(0) > 0 {
        return Ok(());
    }
    let letter = Fresh::from_seed(rand::rng().random(), now).letter();
    let alarm = OperatorAlarm { trouble, since: now, detail };
    let letter = desk
        .composer
        .compose_operator_alarm(operator, &alarm, &desk.facts, desk.policy.language, letter, now)
        .map_err(|error| error.to_string())?;
    let queued = QueuedLetter { letter, not_before: None, counts: vec![key] };
    let unit = UnitOfWork { letters: vec![queued], ..UnitOfWork::default() };
    store.commit(&[unit], now).await.map(|_| ()).map_err(|error| error.to_string())
}
