//! Intake: a window of mails becomes cases, letters and journal lines, durable in one commit.
//!
//! The order of things, and why nothing is lost (I1) or done twice (I2):
//! 1. every mail is understood, on all cores; a mail that breaks the reader is still a mail;
//! 2. the store is asked once what it knows about all of them;
//! 3. each is decided and its letters composed, purely;
//! 4. one commit makes all of it durable, each mail whole or not at all;
//! 5. only then may the caller move them on the server.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{Datelike, TimeDelta};
use rand::RngExt;
use rayon::prelude::*;

use super::ceiling::{Tally, is_recognised};
use super::desk::Desk;
use super::known::{self, Asked};
use super::proof::proofs;
use super::window::{Knowledge, Understood, Window};
use crate::clock::Clock;
use crate::composition::OperatorTrouble;
use crate::mediation::reply::Alarm;
use crate::mediation::{Case, Entry, Known, Phase, Placement, Proof, Reason, place};
use crate::message::{Clue, MailClass, MailFacts, understand};
use crate::model::{CaseNumber, Instant, LetterId, LetterKind, MailAddress, MessageId};
use crate::retrieval::{Origin, RawMail, Shelf};
use crate::store::{Committed, PackedUnit, Store, StoreError, UnitOfWork, Versioned, compress};

/// A mail whose commit met somebody else's change is decided again at most this often in a row.
const TRIES: usize = 5;

/// What became of a window.
#[derive(Debug, Default)]
pub struct Handled {
    /// Where each mail may be filed now.
    pub shelves: Vec<(Origin, Shelf)>,
    /// Cases opened.
    pub opened: usize,
    /// Letters put in the outbox.
    pub letters: usize,
    /// Those among them that confirm a complaint.
    pub confirmations: Vec<LetterId>,
    /// Mails that had been recorded before.
    pub repeated: usize,
    /// Complaints that were not confirmed because a ceiling of automatic answers was reached (M12, M13).
    pub over_ceiling: usize,
}

impl Handled {
    /// Adds what became of further mails.
    pub(super) fn add(&mut self, more: Self) {
        self.shelves.extend(more.shelves);
        self.opened += more.opened;
        self.letters += more.letters;
        self.confirmations.extend(more.confirmations);
        self.repeated += more.repeated;
        self.over_ceiling += more.over_ceiling;
    }
}

/// Why a window could not be handled. Nothing of it is lost: it still lies in the mailbox.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mail met a change of somebody else at each try.
    #[error("a case is being changed by another daemon again and again; it is tried later")]
    Contended,
    /// A defect: the worker ended without an answer.
    #[error("the worker that handles mail ended unexpectedly")]
    WorkerEnded,
}

impl IntakeError {
    /// Whether trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Contended | Self::WorkerEnded => true,
        }
    }
}

/// Reads a window of mails: all that can be known without the store, so that the next window can be read while
/// the one before is committed.
pub(super) async fn read(desk: &Arc<Desk>, clock: &dyn Clock, window: Vec<Arc<RawMail>>) -> Result<Vec<Understood>, IntakeError> {
    understand_all(desk, translated(window, clock), clock.now()).await
}

/// A window of mails with all that the store knows about them.
pub(super) struct Gathered {
    mails: Vec<Understood>,
    knowledge: Knowledge,
    /// What an officer's commands ask of the store, by the place of the mail.
    known: HashMap<usize, Asked>,
    placements: Vec<Placement>,
    now: Instant,
    year: u16,
    first_serial: u32,
    handled: Handled,
}

/// A window decided and composed, of which nothing is durable yet.
pub(super) struct Composed {
    mails: Vec<Understood>,
    units: Vec<PackedUnit>,
    /// Repeats, which need no commit.
    handled: Handled,
}

/// Asks the store about a window. `before` is the window that was composed and will be committed before this one,
/// but is not in the store yet: what it decided counts as known, so that this window is decided as if it were.
/// Should that commit fail, the versions of this one no longer fit, and it is decided anew.
pub(super) async fn gather(
    store: &dyn Store,
    desk: &Desk,
    now: Instant,
    mut mails: Vec<Understood>,
    before: Option<&Composed>,
) -> Result<Gathered, IntakeError> {
    let mut handled = Handled::default();
    set_aside_repeats(store, &mut mails, before, &mut handled).await?;
    let mut knowledge = known_about(store, desk, &mails, now).await?;
    for unit in before.into_iter().flat_map(|before| &before.units) {
        knowledge.add(unit.unit());
    }
    let placements = placements(desk, &mails, &proofs(desk, &mails).await, &knowledge);
    let known = known::to_officers(store, desk, &mails, &placements, &knowledge, now).await?;
    let new_cases = placements.iter().filter(|p| matches!(p, Placement::NewCase | Placement::OfficerOpens { .. })).count();
    let year = u16::try_from(desk.policy.civil_day(now).year()).unwrap_or(1970);
    let first_serial = match u32::try_from(new_cases) {
        Ok(0) | Err(_) => 1,
        Ok(count) => store.reserve_case_numbers(year, count).await?,
    };
    Ok(Gathered { mails, knowledge, known, placements, now, year, first_serial, handled })
}

/// Decides on a window and composes its letters, on all cores.
pub(super) async fn compose(desk: &Arc<Desk>, gathered: Gathered) -> Result<Composed, IntakeError> {
    let Gathered { mut mails, knowledge, known, placements, now, year, first_serial, handled } = gathered;
    let seed: [u8; 32] = rand::rng().random();
    let desk = Arc::clone(desk);
    on_all_cores(move || {
        let window = Window { desk: &desk, now, year, next_serial: first_serial, knowledge, known, seed };
        let units = window.units(&mut mails, &placements, PackedUnit::new);
        Ok(Composed { mails, units: units.into_iter().collect::<Result<_, _>>()?, handled })
    })
    .await?
}

/// Makes a window durable. What met somebody else's change is decided again.
pub(super) async fn commit(
    store: &dyn Store,
    desk: &Arc<Desk>,
    clock: &dyn Clock,
    composed: Composed,
) -> Result<Handled, IntakeError> {
    let Composed { mails, units, mut handled } = composed;
    let mut again = record(store, desk, clock.now(), mails, units, &mut handled).await?;
    for _ in 1..TRIES {
        if again.is_empty() {
            break;
        }
        let gathered = gather(store, desk, clock.now(), again, None).await?;
        let Composed { mails, units, handled: repeats } = compose(desk, gathered).await?;
        handled.add(repeats);
        again = record(store, desk, clock.now(), mails, units, &mut handled).await?;
    }
    if !again.is_empty() {
        return Err(IntakeError::Contended);
    }
    if handled.shelves.iter().any(|(_, shelf)| *shelf == Shelf::Quarantine) {
        // I1: what can not be read is kept, and a person hears of it.
        super::alarm::raise(store, desk, OperatorTrouble::MailQuarantined, None, clock.now()).await;
    }
    if handled.over_ceiling > 0 {
        // M13: mail is received as before; a person has to look who writes.
        super::alarm::raise(store, desk, OperatorTrouble::CeilingReached, None, clock.now()).await;
    }
    Ok(handled)
}

/// Whether a ceiling kept this complaint from being confirmed.
fn was_stopped(unit: &UnitOfWork) -> bool {
    let code = Reason::NewComplaintCeiling.code();
    let is_stop = |entry: &Entry| matches!(entry, Entry::Alarmed { alarm: Alarm::NotAnswered { why } } if why == code);
    unit.case.as_ref().is_some_and(|change| change.entries.iter().any(|line| is_stop(&line.entry)))
}

/// Arrival as the mail server wrote it down, on our clock.
fn translated(window: Vec<Arc<RawMail>>, clock: &dyn Clock) -> Vec<(Arc<RawMail>, Option<Instant>)> {
    window
        .into_iter()
        .map(|raw| {
            let arrived_at = raw.arrived_at.map(|moment| clock.translate(moment));
            (raw, arrived_at)
        })
        .collect()
}

async fn understand_all(
    desk: &Arc<Desk>,
    window: Vec<(Arc<RawMail>, Option<Instant>)>,
    now: Instant,
) -> Result<Vec<Understood>, IntakeError> {
    let desk = Arc::clone(desk);
    let read = move |(raw, arrived_at): (Arc<RawMail>, Option<Instant>)| {
        let facts = understand(&raw.bytes, &desk.own, &desk.words, now);
        // Compressing to memory only fails when memory does; then the bytes are kept as they are, which
        // decompression recognises.
        let packed = compress(&raw.bytes).unwrap_or_else(|_| raw.bytes.clone());
        Understood { raw, arrived_at, facts, packed }
    };
    on_all_cores(move || window.into_par_iter().map(read).collect()).await
}

/// Runs work that needs the processor, not the network, beside the network.
async fn on_all_cores<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, IntakeError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| IntakeError::WorkerEnded)
}

/// Decides on a window and commits nothing: for `run --dry-run`. Case numbers are not drawn; new cases stand
/// under numbers that no year has.
pub(super) async fn decide_only(
    store: &dyn Store,
    desk: &Arc<Desk>,
    clock: &dyn Clock,
    window: Vec<Arc<RawMail>>,
) -> Result<Vec<UnitOfWork>, IntakeError> {
    let now = clock.now();
    let mut mails = understand_all(desk, translated(window, clock), now).await?;
    set_aside_repeats(store, &mut mails, None, &mut Handled::default()).await?;
    let knowledge = known_about(store, desk, &mails, now).await?;
    let placements = placements(desk, &mails, &proofs(desk, &mails).await, &knowledge);
    let known = known::to_officers(store, desk, &mails, &placements, &knowledge, now).await?;
    let worker_desk = Arc::clone(desk);
    on_all_cores(move || {
        Window { desk: &worker_desk, now, year: 9999, next_serial: 1, knowledge, known, seed: [0; 32] }.units(
            &mut mails,
            &placements,
            std::convert::identity,
        )
    })
    .await
}

/// Commits what can be committed; gives back the mails that met a conflict.
async fn record(
    store: &dyn Store,
    desk: &Desk,
    now: Instant,
    mails: Vec<Understood>,
    units: Vec<PackedUnit>,
    handled: &mut Handled,
) -> Result<Vec<Understood>, IntakeError> {
    let mails: Vec<Understood> = mails.into_iter().map(Understood::without_large_original).collect();
    let outcomes = store.commit_packed(&units, now).await?;
    let mut again = Vec::new();
    for ((mail, unit), outcome) in mails.into_iter().zip(units).zip(outcomes) {
        let unit = unit.into_unit();
        match outcome {
            Committed::Recorded => {
                handled.letters += unit.letters.len();
                let confirmations = unit.letters.iter().filter(|queued| queued.letter.kind.is_confirmation());
                handled.confirmations.extend(confirmations.map(|queued| queued.letter.letter));
                handled.opened += usize::from(unit.case.as_ref().is_some_and(|change| change.decided_on == 0));
                handled.over_ceiling += usize::from(was_stopped(&unit));
                log_handled(desk, &mail.facts, &unit);
                handled.shelves.push((mail.raw.origin.clone(), shelf_of(&mail.facts)));
            }
            Committed::AlreadyRecorded => {
                handled.repeated += 1;
                handled.shelves.push((mail.raw.origin.clone(), shelf_of(&mail.facts)));
            }
            Committed::Conflict => {
                let packed = unit.mail.map(|record| record.raw).unwrap_or_default();
                again.push(Understood { packed, ..mail }.with_original()?);
            }
        }
    }
    Ok(again)
}

/// Where a mail goes, also when it is met again: a crash between the commit and the move must not put into the
/// done folder what a person has to look at.
fn shelf_of(facts: &MailFacts) -> Shelf {
    if facts.class == MailClass::Unreadable { Shelf::Quarantine } else { Shelf::Done }
}

/// One line per decision (style.md, logs): ids and codes only.
fn log_handled(desk: &Desk, facts: &MailFacts, unit: &UnitOfWork) {
    let number = unit.case.as_ref().map(|change| change.after.number.to_string());
    let reason = unit.case.as_ref().and_then(|change| change.entries.last()).map(|line| line.reason.code());
    tracing::info!(
        desk = desk.key().as_str(),
        case.number = number,
        mail.class = facts.class.code(),
        mail.bytes = facts.size,
        reason,
        letters = unit.letters.len(),
        "mail handled"
    );
}

/// I2: what was recorded before, or stands twice in this window or the one before, has no second effect. Should that
/// one fail after all, its own copy of the mail stays in the mailbox (I1).
async fn set_aside_repeats(
    store: &dyn Store,
    mails: &mut Vec<Understood>,
    before: Option<&Composed>,
    handled: &mut Handled,
) -> Result<(), IntakeError> {
    let keys: Vec<_> = mails.iter().map(|mail| mail.facts.key).collect();
    let known = store.known_content(&keys).await?;
    let mut seen: HashSet<_> =
        before.iter().flat_map(|before| &before.units).filter_map(|unit| Some(unit.unit().mail.as_ref()?.key)).collect();
    mails.retain(|mail| {
        let is_new = !known.contains(&mail.facts.key) && seen.insert(mail.facts.key);
        if !is_new {
            handled.repeated += 1;
            handled.shelves.push((mail.raw.origin.clone(), shelf_of(&mail.facts)));
        }
        is_new
    });
    Ok(())
}

/// Asks the store about all clues of all mails at once.
async fn known_about(store: &dyn Store, desk: &Desk, mails: &[Understood], now: Instant) -> Result<Knowledge, IntakeError> {
    let (mut tokens, mut ids, mut names, mut numbers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for mail in mails {
        for clue in &mail.facts.clues {
            match clue {
                Clue::Capability(token) | Clue::Quoted(token) => tokens.push(*token),
                Clue::Returned(letter) => names.push(*letter),
                Clue::InReplyTo(id) | Clue::Reference(id) => ids.push(id.clone()),
                Clue::SubjectNumber(number) => numbers.push(*number),
            }
        }
        ids.extend(mail.facts.bounce.iter().flat_map(|bounce| bounce.ids().cloned()));
        names.extend(mail.facts.bounce.iter().filter_map(|bounce| bounce.envelope));
    }
    tokens.extend(ids.iter().filter_map(MessageId::token));
    let capabilities = if tokens.is_empty() { HashMap::new() } else { store.capabilities(&tokens).await? };
    let letters = if ids.is_empty() { HashMap::new() } else { store.letters_with_ids(&ids).await? };
    let returned = if names.is_empty() { HashMap::new() } else { store.letters_named(&names).await? };
    numbers.extend(capabilities.values().map(|capability| capability.case));
    numbers.extend(letters.values().chain(returned.values()).filter_map(|letter| letter.case));
    numbers.sort_unstable();
    numbers.dedup();
    let mut cases = if numbers.is_empty() { HashMap::new() } else { store.cases(&numbers).await? };
    // Row 6: what is written on a merged case belongs where that case goes on.
    let elsewhere: Vec<CaseNumber> = cases.values().filter_map(goes_on_in).filter(|other| !cases.contains_key(other)).collect();
    if !elsewhere.is_empty() {
        cases.extend(store.cases(&elsewhere).await?);
    }
    // A refusal goes to the registered officer, so that address counts as well (M79).
    let mut correspondents: Vec<&MailAddress> =
        mails.iter().filter_map(|mail| Some(&mail.facts.author.as_ref()?.address)).collect();
    correspondents.extend(desk.policy.officers.iter().map(|officer| &officer.address));
    let is_new = |mail: &&Understood| mail.facts.class == MailClass::Human && !is_recognised(&mail.facts);
    // Mail servers write down whole seconds: the mail may have come at the end of its second.
    let arrival = |mail: &Understood| mail.arrived_at.map_or(now, |at| at + TimeDelta::seconds(1)).min(now);
    let first_arrival = mails.iter().filter(is_new).map(arrival).min();
    let tally = Tally::load(store, desk.ceilings, &correspondents, first_arrival, now).await?;
    Ok(Knowledge { capabilities, letters, returned, cases, tally })
}

fn goes_on_in(versioned: &Versioned) -> Option<CaseNumber> {
    if let Phase::Merged { into, .. } = &versioned.case.phase { Some(*into) } else { None }
}

fn placements(desk: &Desk, mails: &[Understood], proofs: &[Proof], knowledge: &Knowledge) -> Vec<Placement> {
    let letters: HashMap<MessageId, (LetterKind, Option<CaseNumber>)> =
        knowledge.letters.iter().map(|(id, letter)| (id.clone(), (letter.kind, letter.case))).collect();
    let returned = knowledge.returned.iter().map(|(id, letter)| (*id, (letter.kind, letter.case))).collect();
    let cases: HashMap<CaseNumber, Case> =
        knowledge.cases.iter().map(|(number, versioned)| (*number, versioned.case.clone())).collect();
    let known = Known { capabilities: &knowledge.capabilities, letters: &letters, returned: &returned, cases: &cases };
    let placed = |(mail, proof): (&Understood, &Proof)| {
        known::opening(&mail.facts, place(&mail.facts, *proof, &known, &desk.policy), desk)
    };
    mails.iter().zip(proofs).map(placed).collect()
}
