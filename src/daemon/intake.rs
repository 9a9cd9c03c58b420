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

use chrono::Datelike;
use rand::RngExt;
use rayon::prelude::*;

use super::ceiling::Tally;
use super::desk::Desk;
use super::unit::Decided;
use crate::clock::Clock;
use crate::mediation::{
    ArrivedMail, Case, CaseEvent, Evidence, Footing, Fresh, Known, Placement, Sender, decide, place, read_commands,
};
use crate::message::{Clue, MailClass, MailFacts, understand};
use crate::model::{CaseNumber, Instant, LetterKind, MailAddress, MailId, MessageId, Token};
use crate::retrieval::{Origin, RawMail, Shelf};
use crate::store::{Committed, KnownLetter, MailRecord, Store, StoreError, UnitOfWork, Versioned, compress};

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
    /// Mails that had been recorded before.
    pub repeated: usize,
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

/// A mail that has been read.
#[derive(Debug)]
struct Understood {
    raw: Arc<RawMail>,
    /// When it reached the organisation, on our clock, if the mail server says so.
    arrived_at: Option<Instant>,
    facts: MailFacts,
    packed: Vec<u8>,
}

/// Handles a window of mails for one desk.
pub async fn handle(
    store: &dyn Store,
    desk: &Arc<Desk>,
    clock: &dyn Clock,
    window: Vec<Arc<RawMail>>,
) -> Result<Handled, IntakeError> {
    let now = clock.now();
    let mut handled = Handled::default();
    let mut waiting = understand_all(desk, translated(window, clock), now).await?;
    for _ in 0..TRIES {
        if waiting.is_empty() {
            return Ok(handled);
        }
        waiting = attempt(store, desk, clock.now(), waiting, &mut handled).await?;
    }
    if waiting.is_empty() { Ok(handled) } else { Err(IntakeError::Contended) }
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

/// Everything the store knows about a window.
struct Knowledge {
    capabilities: HashMap<Token, crate::model::Capability>,
    letters: HashMap<MessageId, KnownLetter>,
    cases: HashMap<CaseNumber, Versioned>,
    tally: Tally,
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
    set_aside_repeats(store, &mut mails, &mut Handled::default()).await?;
    let knowledge = gather(store, desk, &mails, now).await?;
    let placements = placements(desk, &mails, &knowledge);
    let worker_desk = Arc::clone(desk);
    on_all_cores(move || {
        Window { desk: &worker_desk, now, year: 9999, next_serial: 1, knowledge, seed: [0; 32] }.units(&mails, &placements)
    })
    .await
}

/// Handles what can be handled; gives back the mails that met a conflict.
async fn attempt(
    store: &dyn Store,
    desk: &Arc<Desk>,
    now: Instant,
    mut mails: Vec<Understood>,
    handled: &mut Handled,
) -> Result<Vec<Understood>, IntakeError> {
    set_aside_repeats(store, &mut mails, handled).await?;
    let knowledge = gather(store, desk, &mails, now).await?;
    let placements = placements(desk, &mails, &knowledge);
    let new_cases = placements.iter().filter(|placement| matches!(placement, Placement::NewCase)).count();
    let year = u16::try_from(desk.policy.civil_day(now).year()).unwrap_or(1970);
    let first_serial = match u32::try_from(new_cases) {
        Ok(0) | Err(_) => 1,
        Ok(count) => store.reserve_case_numbers(year, count).await?,
    };
    let seed: [u8; 32] = rand::rng().random();
    let worker_desk = Arc::clone(desk);
    let (mails, units) = on_all_cores(move || {
        let units =
            Window { desk: &worker_desk, now, year, next_serial: first_serial, knowledge, seed }.units(&mails, &placements);
        (mails, units)
    })
    .await?;

    let outcomes = store.commit(&units, now).await?;
    let mut again = Vec::new();
    for ((mail, unit), outcome) in mails.into_iter().zip(&units).zip(outcomes) {
        match outcome {
            Committed::Recorded => {
                handled.letters += unit.letters.len();
                handled.opened += usize::from(unit.case.as_ref().is_some_and(|change| change.decided_on == 0));
                let shelf = if mail.facts.class == MailClass::Unreadable { Shelf::Quarantine } else { Shelf::Done };
                log_handled(desk, &mail.facts, unit);
                handled.shelves.push((mail.raw.origin.clone(), shelf));
            }
            Committed::AlreadyRecorded => {
                handled.repeated += 1;
                handled.shelves.push((mail.raw.origin.clone(), Shelf::Done));
            }
            Committed::Conflict => again.push(mail),
        }
    }
    Ok(again)
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

/// I2: what was recorded before, or stands twice in this window, has no second effect.
async fn set_aside_repeats(store: &dyn Store, mails: &mut Vec<Understood>, handled: &mut Handled) -> Result<(), IntakeError> {
    let keys: Vec<_> = mails.iter().map(|mail| mail.facts.key).collect();
    let known = store.known_content(&keys).await?;
    let mut seen = HashSet::new();
    mails.retain(|mail| {
        let is_new = !known.contains(&mail.facts.key) && seen.insert(mail.facts.key);
        if !is_new {
            handled.repeated += 1;
            handled.shelves.push((mail.raw.origin.clone(), Shelf::Done));
        }
        is_new
    });
    Ok(())
}

/// Asks the store about all clues of all mails at once.
async fn gather(store: &dyn Store, desk: &Desk, mails: &[Understood], now: Instant) -> Result<Knowledge, IntakeError> {
    let (mut tokens, mut ids, mut numbers) = (Vec::new(), Vec::new(), Vec::new());
    for mail in mails {
        for clue in &mail.facts.clues {
            match clue {
                Clue::Capability(token) => tokens.push(*token),
                Clue::InReplyTo(id) | Clue::Reference(id) => ids.push(id.clone()),
                Clue::SubjectNumber(number) => numbers.push(*number),
            }
        }
        ids.extend(mail.facts.bounce.as_ref().and_then(|bounce| bounce.original_message_id.clone()));
    }
    tokens.extend(ids.iter().filter_map(MessageId::token));
    let capabilities = if tokens.is_empty() { HashMap::new() } else { store.capabilities(&tokens).await? };
    let letters = if ids.is_empty() { HashMap::new() } else { store.letters_with_ids(&ids).await? };
    numbers.extend(capabilities.values().map(|capability| capability.case));
    numbers.extend(letters.values().filter_map(|letter| letter.case));
    numbers.sort_unstable();
    numbers.dedup();
    let cases = if numbers.is_empty() { HashMap::new() } else { store.cases(&numbers).await? };
    // A refusal goes to the registered officer, so that address counts as well (M79).
    let mut correspondents: Vec<&MailAddress> =
        mails.iter().filter_map(|mail| Some(&mail.facts.author.as_ref()?.address)).collect();
    correspondents.extend(desk.policy.officers.iter().map(|officer| &officer.address));
    let tally = Tally::load(store, desk.ceilings, &correspondents, now).await?;
    Ok(Knowledge { capabilities, letters, cases, tally })
}

fn placements(desk: &Desk, mails: &[Understood], knowledge: &Knowledge) -> Vec<Placement> {
    let letters: HashMap<MessageId, (LetterKind, Option<CaseNumber>)> =
        knowledge.letters.iter().map(|(id, letter)| (id.clone(), (letter.kind, letter.case))).collect();
    let cases: HashMap<CaseNumber, Case> =
        knowledge.cases.iter().map(|(number, versioned)| (*number, versioned.case.clone())).collect();
    let known = Known { capabilities: &knowledge.capabilities, letters: &letters, cases: &cases };
    mails.iter().map(|mail| place(&mail.facts, &known, &desk.policy)).collect()
}

/// The pure part: from mails and knowledge to units of work.
struct Window<'a> {
    desk: &'a Desk,
    now: Instant,
    year: u16,
    next_serial: u32,
    knowledge: Knowledge,
    seed: [u8; 32],
}

impl Window<'_> {
    fn units(mut self, mails: &[Understood], placements: &[Placement]) -> Vec<UnitOfWork> {
        // Deciding is quick and in order, so that a second mail on a case sees the first; composing is the
        // larger part of the work, and each letter stands alone.
        let decided: Vec<Decided> = mails
            .iter()
            .zip(placements)
            .enumerate()
            .map(|(index, (mail, placement))| self.decide(index, mail, *placement))
            .collect();
        let (desk, now) = (self.desk, self.now);
        decided.into_par_iter().zip(mails).map(|(decided, mail)| compose(desk, decided, mail, now)).collect()
    }

    fn fresh(&self, index: usize) -> Fresh {
        let mut seed = self.seed;
        for (byte, salt) in seed.iter_mut().zip((index as u64).to_le_bytes()) {
            *byte ^= salt;
        }
        Fresh::from_seed(seed, self.now)
    }

    fn decide(&mut self, index: usize, mail: &Understood, placement: Placement) -> Decided {
        let mut fresh = self.fresh(index);
        let mut record = self.record(mail, fresh.mail());
        let (footing, versioned) = match placement {
            Placement::OnCase(footing) => (footing, self.knowledge.cases.get(&footing.case).cloned()),
            Placement::NewCase => match CaseNumber::new(self.year, self.next_serial) {
                Ok(number) => {
                    self.next_serial += 1;
                    let case = Case::unopened(number, self.desk.key().clone());
                    let footing =
                        Footing { case: number, sender: Sender::Complainant, evidence: Evidence::New, answers_follow_up: false };
                    (footing, Some(Versioned { version: 0, case }))
                }
                // A hundred million complaints in a year: kept, and shown to the operator as unplaced.
                Err(_) => return self.unplaced(record),
            },
            Placement::OfficerWithoutCase | Placement::Unplaced => return self.unplaced(record),
        };
        let Some(Versioned { version, case }) = versioned else { return self.unplaced(record) };
        record.case = Some(footing.case);
        record.sender = Some(footing.sender);
        footing.evidence.code().clone_into(&mut record.evidence);
        let event = CaseEvent::MailArrived(Box::new(self.arrived(mail, &record, footing)));
        let mut decided = Decided::on(case, version, Some(record));
        decided.add(decide(&decided.after, &event, &mut fresh, self.now, &self.desk.policy));
        if let Some(event) = self.letter_failed(mail) {
            decided.add(decide(&decided.after, &event, &mut fresh, self.now, &self.desk.policy));
        }
        if footing.sender == Sender::Officer {
            decided.hold_until = Some(self.now + self.desk.hold);
        }
        for order in decided.orders() {
            if matches!(order.kind, LetterKind::Acknowledgement | LetterKind::CarefulAcknowledgement | LetterKind::OfficerRefusal)
            {
                self.knowledge.tally.count(&order.address);
            }
        }
        self.knowledge.cases.insert(footing.case, Versioned { version: version + 1, case: decided.after.clone() });
        decided
    }

    /// A mail on no case: kept whole, with its class.
    fn unplaced(&self, record: MailRecord) -> Decided {
        let nobody = Case::unopened(CaseNumber::FIRST, self.desk.key().clone());
        Decided::on(nobody, 0, Some(record))
    }

    fn record(&self, mail: &Understood, id: MailId) -> MailRecord {
        MailRecord {
            id,
            desk: self.desk.key().clone(),
            key: mail.facts.key,
            message_id: mail.facts.message_id.clone(),
            received_at: self.arrival(mail),
            stored_at: self.now,
            class: mail.facts.class,
            class_reason: mail.facts.class_reason.clone(),
            sender: None,
            case: None,
            evidence: "none".to_owned(),
            size: mail.raw.bytes.len(),
            raw: mail.packed.clone(),
        }
    }

    /// M179: our own first sight, or the server's word where that is earlier; never the sender's.
    fn arrival(&self, mail: &Understood) -> Instant {
        mail.arrived_at.map_or(self.now, |arrived_at| arrived_at.min(self.now))
    }

    fn arrived(&self, mail: &Understood, record: &MailRecord, footing: Footing) -> ArrivedMail {
        let facts = &mail.facts;
        let author = facts.author.as_ref().map(|author| &author.address);
        // The ceiling that matters is that of whoever would be written to.
        let correspondent = match footing.sender {
            Sender::OfficerNotProven => self.desk.policy.responsible().map(|officer| &officer.address),
            Sender::Complainant | Sender::Respondent(_) | Sender::Officer | Sender::Stranger | Sender::Machine => author,
        };
        let (commands, text) = match footing.sender {
            Sender::Officer => read_commands(&facts.reply_text),
            Sender::Complainant | Sender::Respondent(_) | Sender::OfficerNotProven | Sender::Stranger | Sender::Machine => {
                (Vec::new(), facts.reply_text.clone())
            }
        };
        let mut thread = facts.references.clone();
        thread.extend(facts.message_id.clone());
        // Ids of ours say nothing new, and the thread of a case is about the complainant's own mails (M133).
        thread.retain(|id| id.token().is_none());
        ArrivedMail {
            mail: record.id,
            class: facts.class,
            silence: facts.silence,
            within_ceiling: correspondent.is_none_or(|address| self.knowledge.tally.allows(address)),
            sender: footing.sender,
            author: facts.author.clone(),
            subject: facts.subject.clone(),
            language: facts.language.clone(),
            text,
            says_something: facts.says_something,
            thread,
            arrived_at: record.received_at,
            suspected: facts.triage.flags.clone(),
            kinds: facts.triage.kinds.clone(),
            purposes: facts.triage.purposes.clone(),
            answers_follow_up: footing.answers_follow_up,
            commands,
        }
    }

    /// M42: a bounce means something only where it returns the id of a letter that we sent.
    fn letter_failed(&self, mail: &Understood) -> Option<CaseEvent> {
        if mail.facts.class != MailClass::Bounce {
            return None;
        }
        let bounce = mail.facts.bounce.as_ref()?;
        let letter = self.knowledge.letters.get(bounce.original_message_id.as_ref()?)?;
        // M43: 5.1.x says the address is bad, 5.4.4 that its domain does not exist; others are on the way.
        let address_is_bad = bounce.status.as_deref().is_some_and(|status| status.starts_with("5.1.") || status == "5.4.4");
        Some(CaseEvent::LetterFailed { letter: letter.letter, kind: letter.kind, to: letter.to.clone(), address_is_bad })
    }
}

/// Composes a unit. A letter that can not be composed must not lose the mail: it is kept on no case, and the
/// operator is told, since start-up proved that this can not happen.
fn compose(desk: &Desk, decided: Decided, mail: &Understood, now: Instant) -> UnitOfWork {
    let record = decided.record.clone();
    decided.compose(desk, Some((&mail.facts, &mail.raw.bytes)), now).unwrap_or_else(|error| {
        tracing::error!(desk = desk.key().as_str(), %error, "a letter could not be composed; the mail is kept and needs a person");
        let record = record.map(|record| MailRecord { case: None, sender: None, evidence: "composition-failed".to_owned(), ..record });
        UnitOfWork { mail: record, ..UnitOfWork::default() }
    })
}
