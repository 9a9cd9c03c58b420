//! The outbox: leases, handing over, and what attempts mean (M151–M154, I4).
//!
//! A claim is a lease and nothing else: it names the daemon and puts the moment at which the letter may
//! be claimed to the end of the lease. A daemon that dies needs no cleaning up after; its letters come due
//! again by themselves.

use std::collections::HashMap;

use super::encoding::{case_number, from_word, letter, letter_id, letter_key, letter_kind, number, parse};
use super::error::Fault;
use super::session::{Row, Value};
use super::statement::Statement;
use super::{Attempt, AttemptOutcome, ClaimedLetter, FailedLetter, KnownLetter, SqlStore, statements};
use crate::model::{DeskKey, Guarantee, Instant, LetterId, LetterKind, MessageId};

/// How often a write is tried again when another daemon was in the way.
const TRIES: u32 = 5;

/// See [`super::Store::claim_letters`].
pub(super) async fn claim(
    store: &SqlStore,
    desk: &DeskKey,
    holder: &str,
    now: Instant,
    lease_until: Instant,
    limit: u32,
) -> Result<Vec<ClaimedLetter>, Fault> {
    // Looked at first without a turn to write: a queue in which nothing is due is asked far more often.
    if next_letter_at(store, desk).await?.is_none_or(|due_at| due_at > now) {
        return Ok(Vec::new());
    }
    let mut session = store.write().await?;
    let values = [desk.as_str().into(), now.into(), i64::from(limit).into(), Value::from(holder), lease_until.into()];
    let mut claimed = Vec::new();
    for row in session.fetch(&statements::CLAIM_LETTERS, values).await? {
        claimed.push(letter_key(letter_id(&row, 0)?));
    }
    session.commit().await?;

    let mut letters = Vec::with_capacity(claimed.len());
    for row in store.read().await?.fetch_rows(&statements::CLAIMED_LETTERS, claimed, []).await? {
        letters.push(ClaimedLetter {
            letter: letter(&row)?,
            committed_at: row.instant(8)?,
            attempts: number("number of attempts", row.int(12)?)?,
        });
    }
    letters.sort_by_key(|claimed| (claimed.committed_at, claimed.letter.letter));
    Ok(letters)
}

/// See [`super::Store::begin_handover`]. A letter that may go more than once needs no durable word before
/// its first byte, only the lease; that saves a commit for each of them.
pub(super) async fn begin_handover(store: &SqlStore, letter: LetterId, holder: &str, now: Instant) -> Result<bool, Fault> {
    let values = || [letter_key(letter), Value::from(holder), now.into()];
    let leased = store.read().await?.fetch(&statements::STILL_LEASED, values()).await?;
    let Some(row) = leased.first() else { return Ok(false) };
    match from_word("guarantee", row.text(0)?)? {
        Guarantee::AtLeastOnce => Ok(true),
        Guarantee::AtMostOnce => {
            let mut session = store.write().await?;
            let handed_over = session.execute(&statements::HAND_OVER, values()).await? == 1;
            session.commit().await?;
            Ok(handed_over)
        }
    }
}

/// See [`super::Store::record_attempts`].
pub(super) async fn record(store: &SqlStore, attempts: &[Attempt], holder: &str) -> Result<(), Fault> {
    let mut tries = 1;
    loop {
        match record_once(store, attempts, holder).await {
            Err(Fault::Again(_)) if tries < TRIES => tries += 1,
            outcome => return outcome,
        }
    }
}

async fn record_once(store: &SqlStore, attempts: &[Attempt], holder: &str) -> Result<(), Fault> {
    if attempts.is_empty() {
        return Ok(());
    }
    let mut kept = Vec::with_capacity(attempts.len() * 8);
    let mut last: HashMap<LetterId, (AttemptOutcome, i64)> = HashMap::new();
    for attempt in attempts {
        kept.extend([
            letter_key(attempt.letter),
            attempt.started_at.into(),
            attempt.ended_at.into(),
            Value::Word(attempt.outcome.code()),
            attempt.outcome.next_at().into(),
            Value::Int(attempt.code.map(i64::from)),
            attempt.enhanced.as_deref().into(),
            attempt.text.as_str().into(),
        ]);
        let entry = last.entry(attempt.letter).or_insert((attempt.outcome, 0));
        entry.0 = attempt.outcome;
        entry.1 += i64::from(!matches!(attempt.outcome, AttemptOutcome::Held { .. })); // M152
    }
    let mut last: Vec<_> = last.into_iter().collect();
    last.sort_unstable_by_key(|(letter, _)| *letter); // two daemons lock in the same order
    let mut settled = Vec::with_capacity(last.len() * 5);
    for (letter, (outcome, tries)) in last {
        let state = match outcome {
            AttemptOutcome::Accepted => "sent",
            AttemptOutcome::Deferred { .. } | AttemptOutcome::Held { .. } => "queued",
            AttemptOutcome::Failed => "failed",
            AttemptOutcome::Unclear { .. } => "unclear",
            AttemptOutcome::Expired => "expired",
        };
        settled.extend([letter_key(letter), holder.into(), Value::Word(state), outcome.next_at().into(), tries.into()]);
    }
    let mut session = store.write().await?;
    session.execute_rows(&statements::ADD_ATTEMPTS, kept).await?;
    session.execute_rows(&statements::SETTLE_LETTERS, settled).await?;
    session.commit().await
}

/// See [`super::Store::next_letter_at`].
pub(super) async fn next_letter_at(store: &SqlStore, desk: &DeskKey) -> Result<Option<Instant>, Fault> {
    let rows = store.read().await?.fetch(&statements::NEXT_LETTER, [desk.as_str().into()]).await?;
    rows.first().map_or(Ok(None), |row| row.opt_instant(0))
}

/// See [`super::Store::letters_with_ids`].
pub(super) async fn letters_with_ids(store: &SqlStore, ids: &[MessageId]) -> Result<HashMap<MessageId, KnownLetter>, Fault> {
    let wanted = ids.iter().map(|id| Value::from(id.as_str())).collect();
    let mut known = HashMap::new();
    for row in store.read().await?.fetch_rows(&statements::LETTERS_WITH_IDS, wanted, []).await? {
        known.insert(parse("Message-ID", row.text(0)?)?, known_letter(&row, 1)?);
    }
    Ok(known)
}

/// See [`super::Store::letters_named`].
pub(super) async fn letters_named(store: &SqlStore, letters: &[LetterId]) -> Result<HashMap<LetterId, KnownLetter>, Fault> {
    let wanted = letters.iter().map(|letter| letter_key(*letter)).collect();
    let rows = store.read().await?.fetch_rows(&statements::LETTERS_NAMED, wanted, []).await?;
    rows.iter().map(|row| known_letter(row, 0).map(|letter| (letter.letter, letter))).collect()
}

/// The letter in four columns from this one on.
fn known_letter(row: &Row, first: usize) -> Result<KnownLetter, Fault> {
    Ok(KnownLetter {
        letter: letter_id(row, first)?,
        kind: letter_kind(row.text(first + 1)?)?,
        case: row.opt_int(first + 2)?.map(case_number).transpose()?,
        to: parse("recipient", row.text(first + 3)?)?,
    })
}

/// See [`super::Store::untold_failures`].
pub(super) async fn untold_failures(store: &SqlStore, desks: &[DeskKey], limit: u32) -> Result<Vec<FailedLetter>, Fault> {
    let desks = desks.iter().map(|desk| Value::from(desk.as_str())).collect();
    let rows = store.read().await?.fetch_rows(&statements::UNTOLD_FAILURES, desks, [i64::from(limit).into()]).await?;
    rows.iter()
        .map(|row| Ok(FailedLetter { letter: known_letter(row, 0)?, enhanced: row.opt_text(4)?.map(str::to_owned) }))
        .collect()
}

/// See [`super::Store::late_letters`].
pub(super) async fn late(
    store: &SqlStore,
    wanted: &[(DeskKey, LetterKind, Instant)],
    limit: u32,
) -> Result<Vec<KnownLetter>, Fault> {
    let rows = wanted
        .iter()
        .flat_map(|(desk, kind, born_by)| [Value::from(desk.as_str()), Value::Word(kind.template()), (*born_by).into()]);
    let rows = store.read().await?.fetch_rows(&statements::LATE_LETTERS, rows.collect(), [i64::from(limit).into()]).await?;
    rows.iter().map(|row| known_letter(row, 0)).collect()
}

/// See [`super::Store::lease_holders`].
pub(super) async fn lease_holders(store: &SqlStore) -> Result<Vec<String>, Fault> {
    let rows = store.read().await?.fetch(&statements::LEASE_HOLDERS, []).await?;
    rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
}

/// See [`super::Store::release_leases`].
pub(super) async fn release_leases(store: &SqlStore, holder: &str, now: Instant) -> Result<(), Fault> {
    let mut session = store.write().await?;
    session.execute(&statements::RELEASE_MAILBOXES_OF, [holder.into()]).await?;
    session.execute(&statements::RELEASE_LETTERS_OF, [now.into(), holder.into()]).await?;
    session.commit().await
}

/// The state of each letter, with its attempts; see [`super::Store::letters_of_case`].
pub(super) async fn letters_of_case(
    store: &SqlStore,
    number: crate::model::CaseNumber,
    which: &Statement,
) -> Result<Vec<super::StoredLetter>, Fault> {
    let key = number.database_key();
    let mut session = store.read().await?;
    let mut attempts: HashMap<LetterId, Vec<Attempt>> = HashMap::new();
    for row in session.fetch(&statements::ATTEMPTS_OF_CASE, [key.into()]).await? {
        let attempt = super::encoding::attempt(&row)?;
        attempts.entry(attempt.letter).or_default().push(attempt);
    }
    let mut letters = Vec::new();
    for row in session.fetch(which, [key.into()]).await? {
        let letter = letter(&row)?;
        letters.push(super::StoredLetter {
            state: row.text(11)?.to_owned(),
            committed_at: row.instant(8)?,
            attempts: attempts.remove(&letter.letter).unwrap_or_default(),
            letter,
        });
    }
    Ok(letters)
}
