//! The pass over the clocks: a due timer is one more event (design.md section 3).

use std::collections::HashSet;
use std::sync::Arc;

use rand::RngExt;

use super::ceiling::Waiting;
use super::desk::Desk;
use super::unit::Decided;
use crate::clock::Clock;
use crate::mediation::{Case, CaseEvent, Fresh, TimerKind, decide};
use crate::model::{CaseNumber, DeskKey, Instant, LetterId, LetterKind};
use crate::store::{Committed, FailedLetter, KnownLetter, Store, StoreError, UnitOfWork};

/// Timers handled in one commit.
const BATCH: u32 = 200;

/// What a pass did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pass {
    /// Timers handled.
    pub timers: usize,
    /// Failed letters told of.
    pub failures: usize,
    /// Letters put in the outbox.
    pub letters: usize,
}

/// Why a pass stopped early. What was not handled is still due.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A letter could not be composed, although start-up proved that it can.
    #[error("a letter could not be composed: {0}")]
    Composition(#[from] crate::composition::CompositionError),
}

impl PassError {
    /// Whether trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Composition(_) => false,
        }
    }
}

/// One thing that is due.
enum Due {
    Timer(crate::store::DueTimer),
    Failure(FailedLetter),
    Late(KnownLetter),
}

impl Due {
    fn case(&self) -> Option<CaseNumber> {
        match self {
            Self::Timer(timer) => Some(timer.case),
            Self::Failure(failed) => failed.letter.case,
            Self::Late(letter) => letter.case,
        }
    }

    /// The letter that is told of.
    fn told(&self) -> Option<LetterId> {
        match self {
            Self::Timer(_) => None,
            Self::Failure(failed) => Some(failed.letter.letter),
            Self::Late(letter) => Some(letter.letter),
        }
    }

    fn event(&self) -> CaseEvent {
        match self {
            Self::Timer(due) => crate::schedule::event_of(due),
            Self::Late(letter) => CaseEvent::LetterLate { kind: letter.kind },
            Self::Failure(failed) => CaseEvent::LetterFailed {
                letter: failed.letter.letter,
                kind: failed.letter.kind,
                to: failed.letter.to.clone(),
                address_is_bad: failed.enhanced.as_deref().is_some_and(|code| code.starts_with("5.1.")),
            },
        }
    }
}

/// Handles every clock that is due at this moment and every failed letter nobody was told of.
pub async fn pass(store: &dyn Store, desks: &[Arc<Desk>], clock: &dyn Clock) -> Result<Pass, PassError> {
    let keys: Vec<DeskKey> = desks.iter().map(|desk| desk.key().clone()).collect();
    let mut done = Pass::default();
    // A timer may set itself anew, but never to a moment that is already past; the bound is for a clock
    // that runs wild.
    for _ in 0..10_000 {
        let now = clock.now();
        let mut due: Vec<Due> = store.due_timers(&keys, now, BATCH).await?.into_iter().map(Due::Timer).collect();
        due.extend(store.untold_failures(&keys, BATCH).await?.into_iter().map(Due::Failure));
        if due.is_empty() {
            break;
        }
        handle(store, desks, now, due, &mut done).await?;
    }
    // After the clocks have struck: a list says what they say.
    for desk in desks {
        done.letters += super::digest::write(store, desk, clock.now()).await?;
    }
    Ok(done)
}

/// Tells of confirmations, and of letters that a law wants, that the mail server has not taken for too long: the
/// complainant hears nothing, so somebody has to phone (I10, R2). To be asked once delivery has had its turn.
pub async fn tell_of_late_letters(store: &dyn Store, desks: &[Arc<Desk>], clock: &dyn Clock) -> Result<Pass, PassError> {
    let now = clock.now();
    let wanted: Vec<_> = desks.iter().flat_map(|desk| late_kinds(desk, now)).collect();
    let mut done = Pass::default();
    if !wanted.is_empty() {
        let late = store.late_letters(&wanted, BATCH).await?.into_iter().map(Due::Late).collect();
        handle(store, desks, now, late, &mut done).await?;
    }
    Ok(done)
}

/// What is watched on this day. On a free day only what answers a sign of danger: nobody is there to phone about the
/// others, and by the next morning most have gone (row 42).
fn late_kinds(desk: &Desk, now: Instant) -> Vec<(DeskKey, LetterKind, Instant)> {
    let policy = &desk.policy;
    let mut kinds = vec![LetterKind::CarefulAcknowledgement];
    if policy.not_on_a_free_day(now).is_none() {
        kinds.push(LetterKind::Acknowledgement);
        kinds.extend(policy.mandatory_letters.iter().filter(|kind| !kind.is_confirmation()));
    }
    let born_by = now - policy.waits.acknowledgement.as_time();
    kinds.into_iter().map(|kind| (desk.key().clone(), kind, born_by)).collect()
}

async fn handle(store: &dyn Store, desks: &[Arc<Desk>], now: Instant, due: Vec<Due>, done: &mut Pass) -> Result<(), PassError> {
    let numbers: Vec<CaseNumber> = due.iter().filter_map(Due::case).collect();
    let cases = store.cases(&numbers).await?;
    let mut units = Vec::new();
    let mut taken = HashSet::new();
    let mut waiting = Waiting::default();
    for item in &due {
        let Some(number) = item.case() else {
            units.extend(untold_without_case(item));
            continue;
        };
        // One change per case and commit; the next round finds the others.
        if !taken.insert(number) {
            continue;
        }
        let Some(versioned) = cases.get(&number) else { continue };
        let Some(desk) = desks.iter().find(|desk| *desk.key() == versioned.case.desk) else { continue };
        let event = event_of(item, &versioned.case, store, desk, &mut waiting, now).await?;
        units.push(unit(desk, versioned, item, &event, now)?);
    }
    let outcomes = store.commit(&units, now).await?;
    for (unit, outcome) in units.iter().zip(outcomes) {
        if outcome == Committed::Recorded {
            done.letters += unit.letters.len();
            if unit.failure_told.is_some() { done.failures += 1 } else { done.timers += 1 }
        }
    }
    Ok(())
}

/// The event that something due is. Whether the ceilings let a confirmation go that waits for them is asked here, where
/// what has been sent is known (M13).
async fn event_of(
    item: &Due,
    case: &Case,
    store: &dyn Store,
    desk: &Desk,
    waiting: &mut Waiting,
    now: Instant,
) -> Result<CaseEvent, StoreError> {
    let event = item.event();
    match (&event, &case.complainant.address) {
        (CaseEvent::TimerDue(TimerKind::Confirmation), Some(address)) => {
            Ok(CaseEvent::ConfirmationDue { allowed: waiting.allows(store, desk.ceilings, address, now).await? })
        }
        (_, _) => Ok(event),
    }
}

fn unit(
    desk: &Desk,
    versioned: &crate::store::Versioned,
    item: &Due,
    event: &CaseEvent,
    now: Instant,
) -> Result<UnitOfWork, PassError> {
    let mut fresh = Fresh::from_seed(rand::rng().random(), now);
    let decision = decide(&versioned.case, event, &mut fresh, now, &desk.policy);
    tracing::info!(
        desk = desk.key().as_str(),
        case.number = %versioned.case.number,
        reason = decision.reason.code(),
        "clock handled"
    );
    let mut decided = Decided::on(versioned.case.clone(), versioned.version, None);
    decided.add(decision);
    decided.failure_told = item.told();
    Ok(decided.compose(desk, None, now)?)
}

/// A letter without a case was for the operator: its failure is only logged (M44).
fn untold_without_case(item: &Due) -> Option<UnitOfWork> {
    let letter = match item {
        Due::Timer(_) => return None,
        Due::Failure(failed) => &failed.letter,
        Due::Late(letter) => letter,
    };
    tracing::error!(letter = %letter.letter, template = letter.kind.template(), "a letter without a case did not get away");
    Some(UnitOfWork { failure_told: Some(letter.letter), ..UnitOfWork::default() })
}
