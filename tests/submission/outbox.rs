//! An outbox in memory that keeps the promises of `Store` about letters, and a desk that delivers from it.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::TimeDelta;
use wederhoor::clock::{Clock, ManualClock};
use wederhoor::composition::OutgoingLetter;
use wederhoor::delivery::{DeliveryEvent, DeliveryParts, DeliverySettings, DeliveryWorker, Listener, Submission};
use wederhoor::mediation::{Case, JournalEntry};
use wederhoor::model::{
    Capability, CaseNumber, ContentKey, DeskKey, Guarantee, Instant, LetterId, LetterKind, MailAddress, MessageId, Token,
};
use wederhoor::store::{
    Attempt, AttemptOutcome, Backlog, CaseFilter, ClaimedLetter, Committed, DueTimer, FailedLetter, KnownLetter, PackedUnit,
    Store, StoreError, StoredLetter, StoredMail, Versioned,
};

#[derive(Clone, Debug)]
struct Row {
    letter: OutgoingLetter,
    state: &'static str,
    due_at: Instant,
    holder: Option<String>,
    attempts: Vec<Attempt>,
    committed_at: Instant,
}

/// Letters in memory.
#[derive(Debug, Default)]
pub struct Outbox {
    rows: Mutex<Vec<Row>>,
    /// Recording fails as long as this is set.
    pub full: AtomicBool,
}

impl Outbox {
    pub fn put(&self, letter: OutgoingLetter, now: Instant) {
        let row = Row { letter, state: "queued", due_at: now, holder: None, attempts: vec![], committed_at: now };
        self.rows.lock().unwrap().push(row);
    }

    /// State and attempts of the letter that was put in as the `index`th.
    pub fn letter(&self, index: usize) -> (&'static str, Vec<Attempt>) {
        let rows = self.rows.lock().unwrap();
        (rows[index].state, rows[index].attempts.clone())
    }

    pub fn states(&self) -> HashMap<&'static str, usize> {
        let mut states = HashMap::new();
        for row in self.rows.lock().unwrap().iter() {
            *states.entry(row.state).or_default() += 1;
        }
        states
    }
}

#[async_trait]
impl Store for Outbox {
    async fn claim_letters(
        &self,
        desk: &DeskKey,
        holder: &str,
        now: Instant,
        lease_until: Instant,
        limit: u32,
    ) -> Result<Vec<ClaimedLetter>, StoreError> {
        let mut rows = self.rows.lock().unwrap();
        let due = rows.iter_mut().filter(|row| row.state == "queued" && row.due_at <= now && row.letter.desk == *desk);
        Ok(due
            .take(limit as usize)
            .map(|row| {
                (row.due_at, row.holder) = (lease_until, Some(holder.to_owned()));
                let counted =
                    row.attempts.iter().filter(|attempt| !matches!(attempt.outcome, AttemptOutcome::Held { .. })).count();
                ClaimedLetter {
                    letter: row.letter.clone(),
                    attempts: counted.try_into().unwrap(),
                    committed_at: row.committed_at,
                }
            })
            .collect())
    }

    async fn begin_handover(&self, letter: LetterId, holder: &str, now: Instant) -> Result<bool, StoreError> {
        let mut rows = self.rows.lock().unwrap();
        let row = rows.iter_mut().find(|row| row.letter.letter == letter).unwrap();
        let ours = row.state == "queued" && row.holder.as_deref() == Some(holder) && row.due_at > now;
        if ours && row.letter.guarantee == Guarantee::AtMostOnce {
            row.state = "handing_over";
        }
        Ok(ours)
    }

    async fn record_attempts(&self, attempts: &[Attempt], _: &str) -> Result<(), StoreError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(StoreError::DiskFull);
        }
        let mut rows = self.rows.lock().unwrap();
        let mut known: HashMap<LetterId, &mut Row> = rows.iter_mut().map(|row| (row.letter.letter, row)).collect();
        for attempt in attempts {
            let row = known.get_mut(&attempt.letter).unwrap();
            row.attempts.push(attempt.clone());
            let once = row.letter.guarantee == Guarantee::AtMostOnce;
            (row.state, row.due_at) = match attempt.outcome {
                AttemptOutcome::Accepted => ("sent", row.due_at),
                AttemptOutcome::Failed => ("failed", row.due_at),
                AttemptOutcome::Expired => ("expired", row.due_at),
                AttemptOutcome::Unclear { next_at } => (if once { "unclear" } else { "queued" }, next_at),
                AttemptOutcome::Deferred { next_at } | AttemptOutcome::Held { next_at } => ("queued", next_at),
            };
        }
        Ok(())
    }

    async fn next_letter_at(&self, desk: &DeskKey) -> Result<Option<Instant>, StoreError> {
        let rows = self.rows.lock().unwrap();
        Ok(rows.iter().filter(|row| row.state == "queued" && row.letter.desk == *desk).map(|row| row.due_at).min())
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        unreachable!()
    }
    async fn trace_value(&self, _: [u8; 16]) -> Result<String, StoreError> {
        unreachable!()
    }
    async fn known_content(&self, _: &[ContentKey]) -> Result<HashSet<ContentKey>, StoreError> {
        unreachable!()
    }
    async fn capabilities(&self, _: &[Token]) -> Result<HashMap<Token, Capability>, StoreError> {
        unreachable!()
    }
    async fn letters_with_ids(&self, _: &[MessageId]) -> Result<HashMap<MessageId, KnownLetter>, StoreError> {
        unreachable!()
    }
    async fn letters_named(&self, _: &[LetterId]) -> Result<HashMap<LetterId, KnownLetter>, StoreError> {
        unreachable!()
    }
    async fn cases(&self, _: &[CaseNumber]) -> Result<HashMap<CaseNumber, Versioned>, StoreError> {
        unreachable!()
    }
    async fn reserve_case_numbers(&self, _: u16, _: u32) -> Result<u32, StoreError> {
        unreachable!()
    }
    async fn automatic_answers(&self, _: &[String], _: Instant) -> Result<HashMap<String, u32>, StoreError> {
        unreachable!()
    }
    async fn commit_packed(&self, _: &[PackedUnit], _: Instant) -> Result<Vec<Committed>, StoreError> {
        unreachable!()
    }
    async fn due_timers(&self, _: &[DeskKey], _: Instant, _: u32) -> Result<Vec<DueTimer>, StoreError> {
        unreachable!()
    }
    async fn last_digests(
        &self,
        _: &DeskKey,
        _: &[wederhoor::model::MailAddress],
    ) -> Result<HashMap<String, wederhoor::store::LastDigest>, StoreError> {
        unreachable!()
    }

    async fn cases_for_digest(&self, _: &DeskKey, _: Instant, _: Instant) -> Result<Vec<Case>, StoreError> {
        unreachable!()
    }

    async fn next_timer_at(&self, _: &[DeskKey]) -> Result<Option<Instant>, StoreError> {
        unreachable!()
    }
    async fn hold_mailbox(&self, _: &DeskKey, _: &str, _: Instant, _: Instant) -> Result<bool, StoreError> {
        unreachable!()
    }
    async fn late_letters(&self, _: &[(DeskKey, LetterKind, Instant)], _: u32) -> Result<Vec<KnownLetter>, StoreError> {
        unreachable!()
    }

    async fn untold_failures(&self, _: &[DeskKey], _: u32) -> Result<Vec<FailedLetter>, StoreError> {
        unreachable!()
    }

    async fn lease_holders(&self) -> Result<Vec<String>, StoreError> {
        unreachable!()
    }

    async fn release_leases(&self, _: &str, _: Instant) -> Result<(), StoreError> {
        unreachable!()
    }

    async fn release_mailbox(&self, _: &DeskKey, _: &str) -> Result<(), StoreError> {
        unreachable!()
    }
    async fn list_cases(&self, _: &CaseFilter) -> Result<Vec<Case>, StoreError> {
        unreachable!()
    }
    async fn journal(&self, _: CaseNumber) -> Result<Vec<JournalEntry>, StoreError> {
        unreachable!()
    }
    async fn journals(&self, _: &[CaseNumber]) -> Result<HashMap<CaseNumber, Vec<JournalEntry>>, StoreError> {
        unreachable!()
    }
    async fn letters_of_case(&self, _: CaseNumber) -> Result<Vec<StoredLetter>, StoreError> {
        unreachable!()
    }
    async fn mails_of_case(&self, _: Option<CaseNumber>) -> Result<Vec<StoredMail>, StoreError> {
        unreachable!()
    }
    async fn file_of_case(&self, _: CaseNumber, _: usize) -> Result<(Vec<StoredMail>, Vec<StoredLetter>), StoreError> {
        unreachable!()
    }
    async fn backlog(&self, _: Instant) -> Result<Backlog, StoreError> {
        unreachable!()
    }
    async fn close(&self) {}
}

/// Remembers what it heard.
#[derive(Debug, Default)]
pub struct Ear(Mutex<Vec<DeliveryEvent>>);

#[async_trait]
impl Listener for Ear {
    async fn heard(&self, event: &DeliveryEvent) {
        self.0.lock().unwrap().push(event.clone());
    }
}

impl Ear {
    /// How many attempts it was told of.
    pub fn attempts(&self) -> usize {
        self.0.lock().unwrap().iter().filter(|event| matches!(event, DeliveryEvent::Attempted { .. })).count()
    }

    pub fn events(&self) -> Vec<DeliveryEvent> {
        self.0.lock().unwrap().clone()
    }
}

/// A desk with an outbox, a clock that stands still, and somewhere to send.
pub struct Desk {
    pub outbox: Arc<Outbox>,
    pub clock: Arc<ManualClock>,
    pub ear: Arc<Ear>,
    pub worker: DeliveryWorker,
    serial: Mutex<u8>,
}

/// A worker of the desk on any store.
pub fn worker(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
    submission: Submission,
    settings: DeliverySettings,
    ear: Arc<Ear>,
) -> DeliveryWorker {
    DeliveryWorker::new(DeliveryParts {
        desk: DeskKey::of(&address("klachten@voorbeeldzorg.example")),
        holder: "test".to_owned(),
        store,
        clock,
        submission,
        settings,
        random: Box::new(|| 0.0),
        listener: ear,
    })
}

pub fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

impl Desk {
    pub fn new(submission: Submission) -> Self {
        Self::with(submission, DeliverySettings::default(), Arc::default())
    }

    /// A desk that goes on with the outbox of another daemon that died.
    pub fn with(submission: Submission, settings: DeliverySettings, outbox: Arc<Outbox>) -> Self {
        let clock = Arc::new(ManualClock::at("2026-03-02T09:00:00Z".parse().unwrap()));
        let ear = Arc::new(Ear::default());
        let store = Arc::clone(&outbox) as Arc<dyn Store>;
        let worker = worker(store, Arc::clone(&clock), submission, settings, Arc::clone(&ear));
        Self { outbox, clock, ear, worker, serial: Mutex::new(0) }
    }

    /// A letter of this kind, not yet in the outbox.
    pub fn letter(&self, kind: LetterKind) -> OutgoingLetter {
        let mut serial = self.serial.lock().unwrap();
        *serial += 1;
        let id = LetterId::new(self.clock.now(), [*serial; 10]);
        OutgoingLetter {
            letter: id,
            kind,
            case: None,
            desk: DeskKey::of(&address("klachten@voorbeeldzorg.example")),
            envelope_from: Some(address("klachten+retour@voorbeeldzorg.example")),
            to: address("klager@elders.example"),
            message_id: format!("{id}@voorbeeldzorg.example").parse().unwrap(),
            guarantee: kind.guarantee(),
            expires_at: self.clock.now() + TimeDelta::days(6),
            bytes: format!("Message-ID: <{id}@voorbeeldzorg.example>\r\nSubject: proef\r\n\r\n.een\r\n..twee\r\n.\r\neinde\r\n")
                .into_bytes(),
        }
    }

    pub fn put(&self, letter: OutgoingLetter) {
        self.outbox.put(letter, self.clock.now());
    }

    pub fn put_kind(&self, kind: LetterKind) {
        self.put(self.letter(kind));
    }
}
