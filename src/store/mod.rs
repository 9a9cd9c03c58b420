//! The store: everything that must survive, behind one trait and two databases.
//!
//! Takes units of work, gives a commit. SQLite is the embedded default; PostgreSQL carries several
//! daemons. Every SQL text is a named constant; one contract suite runs on both
//! (`tests/store_contract.rs`). No network I/O of ours ever happens inside a transaction (I3).

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;

use crate::composition::OutgoingLetter;
use crate::mediation::{Case, JournalEntry, Sender, TimerKind};
use crate::message::MailClass;
use crate::model::{
    Capability, CaseNumber, ContentKey, DeskKey, Instant, LetterId, LetterKind, MailAddress, MailId, MessageId, Token,
};

/// A mail to be kept.
#[derive(Clone, Debug)]
pub struct MailRecord {
    /// Its id.
    pub id: MailId,
    /// The desk whose mailbox it came to.
    pub desk: DeskKey,
    /// What makes it the same mail again (I2). Unique in the database.
    pub key: ContentKey,
    /// Its Message-ID, if it has one.
    pub message_id: Option<MessageId>,
    /// When it reached the organisation.
    pub received_at: Instant,
    /// When it was stored.
    pub stored_at: Instant,
    /// Its class (M1).
    pub class: MailClass,
    /// Why it has this class.
    pub class_reason: String,
    /// Who wrote it, in the eyes of its case; `None` for a mail on no case.
    pub sender: Option<Sender>,
    /// The case it is filed on, if any.
    pub case: Option<CaseNumber>,
    /// Which sign led to the case: a stable code such as `capability`, `in-reply-to`, `new`.
    pub evidence: String,
    /// Size of the original, in bytes.
    pub size: usize,
    /// The original, compressed by [`compress`].
    pub raw: Vec<u8>,
}

/// A change of one case.
#[derive(Clone, Debug)]
pub struct CaseChange {
    /// The version this change was decided on; 0 for a case that does not exist yet.
    pub decided_on: u64,
    /// The entries to append, in order.
    pub entries: Vec<JournalEntry>,
    /// The state after them: the fold of the whole journal (I11).
    pub after: Case,
}

/// A letter on its way into the outbox.
#[derive(Clone, Debug)]
pub struct QueuedLetter {
    /// The letter, final.
    pub letter: OutgoingLetter,
    /// Earliest moment at which it may leave (the desk's `hold`); `None` for at once.
    pub not_before: Option<Instant>,
    /// The keys under which it counts as an automatic answer (M12, M13); empty for letters that do not.
    pub counts: Vec<String>,
}

/// What becomes of one event: all of it or nothing (I1, I3).
#[derive(Clone, Debug, Default)]
pub struct UnitOfWork {
    /// The mail, if the event was one.
    pub mail: Option<MailRecord>,
    /// The change of the case, if one is concerned.
    pub case: Option<CaseChange>,
    /// Letters of the case to this address that have not left yet and are taken back, before those of this
    /// unit are put in the outbox.
    pub withdraw_letters_to: Option<MailAddress>,
    /// Letters to put in the outbox.
    pub letters: Vec<QueuedLetter>,
    /// The letter whose failure this unit has told of: it is not reported again.
    pub failure_told: Option<LetterId>,
    /// The follow-up that this unit sends: guarded by a unique key, so that the database forbids a
    /// second one (I4).
    pub follow_up: Option<LetterId>,
}

/// What became of one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is durable.
    Recorded,
    /// The mail was recorded before, by us or by another daemon: nothing was done (I2).
    AlreadyRecorded,
    /// The case changed since the decision, or the follow-up exists: nothing was done; decide again.
    Conflict,
}

/// A case and the version its next change has to name.
#[derive(Clone, Debug)]
pub struct Versioned {
    /// Rises by one with each commit on the case.
    pub version: u64,
    /// The cached fold.
    pub case: Case,
}

/// What the store knows of a letter that somebody refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLetter {
    /// Its id.
    pub letter: LetterId,
    /// Which letter.
    pub kind: LetterKind,
    /// Its case.
    pub case: Option<CaseNumber>,
    /// The address it went to.
    pub to: MailAddress,
}

/// A letter that failed for good, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedLetter {
    /// The letter.
    pub letter: KnownLetter,
    /// Its desk.
    pub desk: DeskKey,
    /// Enhanced status code of the last attempt (RFC 3463), if there was one.
    pub enhanced: Option<String>,
}

/// A letter that this daemon alone may deliver until the lease ends (M154).
#[derive(Clone, Debug)]
pub struct ClaimedLetter {
    /// The letter with its final bytes.
    pub letter: OutgoingLetter,
    /// Attempts made before this one.
    pub attempts: u32,
    /// When it was committed to the outbox.
    pub committed_at: Instant,
}

/// How an attempt ended (M151–M153).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttemptOutcome {
    /// A server has taken it.
    Accepted,
    /// Not now; try again at this moment.
    Deferred {
        /// When.
        next_at: Instant,
    },
    /// The letter can not be delivered.
    Failed,
    /// The line broke between the final dot and the answer. For [`Guarantee::AtLeastOnce`] it is tried
    /// again at this moment; for [`Guarantee::AtMostOnce`] it counts as sent.
    Unclear {
        /// When to try again, where that is allowed.
        next_at: Instant,
    },
    /// Its moment passed unsent.
    Expired,
    /// It was not tried: the fault is ours (login refused, server gone), the queue waits (M152).
    Held {
        /// When to look again.
        next_at: Instant,
    },
}

/// One attempt, kept as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which letter.
    pub letter: LetterId,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// How.
    pub outcome: AttemptOutcome,
    /// SMTP reply code, if the server answered.
    pub code: Option<u16>,
    /// Enhanced status code (RFC 3463), if there was one.
    pub enhanced: Option<String>,
    /// The server's words, or ours; never a body, addresses masked (M161, M185).
    pub text: String,
}

/// A clock that has come due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTimer {
    /// Whose.
    pub case: CaseNumber,
    /// Which.
    pub timer: TimerKind,
    /// When it was due.
    pub due_at: Instant,
}

/// Which cases to list.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Of this desk only.
    pub desk: Option<DeskKey>,
    /// Open ones only.
    pub open_only: bool,
    /// After this number (for paging).
    pub after: Option<CaseNumber>,
    /// At most this many; 0 for all.
    pub limit: u32,
}

/// A letter as `case NUMBER --json` shows it.
#[derive(Clone, Debug)]
pub struct StoredLetter {
    /// The letter, final bytes included.
    pub letter: OutgoingLetter,
    /// queued, handing_over, sent, failed, expired, withdrawn, unclear.
    pub state: String,
    /// When it was committed.
    pub committed_at: Instant,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
}

/// A mail as it was stored.
#[derive(Clone, Debug)]
pub struct StoredMail {
    /// The record; `raw` is decompressed here.
    pub record: MailRecord,
}

/// Counts for `/metrics` and for the exit code of `run --once`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Letters that may go now and have not gone.
    pub letters_due: u64,
    /// Letters that wait for a later moment.
    pub letters_waiting: u64,
    /// Timers due and not handled.
    pub timers_due: u64,
    /// Open cases.
    pub open_cases: u64,
}

/// Everything the daemon asks of a database.
#[async_trait]
pub trait Store: Send + Sync + std::fmt::Debug {
    /// Brings the schema up to date; safe to call from several daemons at once.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// The private value of the trace header (M11), made from these random bytes when there is none yet;
    /// the same for every daemon on this database.
    async fn trace_value(&self, random: [u8; 16]) -> Result<String, StoreError>;

    /// Which of these mails are recorded already (I2).
    async fn known_content(&self, keys: &[ContentKey]) -> Result<HashSet<ContentKey>, StoreError>;

    /// What these tokens stand for; unknown and revoked ones are absent (M57).
    async fn capabilities(&self, tokens: &[Token]) -> Result<HashMap<Token, Capability>, StoreError>;

    /// Which letters of ours have these ids (M53).
    async fn letters_with_ids(&self, ids: &[MessageId]) -> Result<HashMap<MessageId, KnownLetter>, StoreError>;

    /// These cases, with the version a change must name.
    async fn cases(&self, numbers: &[CaseNumber]) -> Result<HashMap<CaseNumber, Versioned>, StoreError>;

    /// The next serials of this year, `count` in a row; gives the first. Never gives one twice.
    async fn reserve_case_numbers(&self, year: u16, count: u32) -> Result<u32, StoreError>;

    /// How many automatic answers went to each of these keys since this moment (M12, M13).
    async fn automatic_answers(&self, keys: &[String], since: Instant) -> Result<HashMap<String, u32>, StoreError>;

    /// Commits a window of units in one transaction. Each unit is all-or-nothing within it: a unit that is
    /// [`Committed::AlreadyRecorded`] or [`Committed::Conflict`] leaves no trace and does not disturb the
    /// others. When this returns `Ok`, everything recorded is durable.
    async fn commit(&self, units: &[UnitOfWork], now: Instant) -> Result<Vec<Committed>, StoreError>;

    /// Leases up to `limit` letters of this desk that may go now, oldest first, until `lease_until` (M154).
    /// A letter [`Guarantee::AtMostOnce`] that was handed over by a daemon that then died is never given
    /// again.
    async fn claim_letters(
        &self,
        desk: &DeskKey,
        holder: &str,
        now: Instant,
        lease_until: Instant,
        limit: u32,
    ) -> Result<Vec<ClaimedLetter>, StoreError>;

    /// Makes durable that this letter's first byte is about to leave (I4). `false` when somebody else holds
    /// it or it was withdrawn: then it must not be sent.
    async fn begin_handover(&self, letter: LetterId, holder: &str, now: Instant) -> Result<bool, StoreError>;

    /// Records attempts and sets each letter's state accordingly, in one transaction.
    async fn record_attempts(&self, attempts: &[Attempt], holder: &str) -> Result<(), StoreError>;

    /// The moment at which the next letter of this desk may go, if any waits.
    async fn next_letter_at(&self, desk: &DeskKey) -> Result<Option<Instant>, StoreError>;

    /// Letters of these desks that failed for good and of which nobody has been told yet (M44), oldest
    /// first; a unit tells of one with [`UnitOfWork::failure_told`].
    async fn untold_failures(&self, desks: &[DeskKey], limit: u32) -> Result<Vec<FailedLetter>, StoreError>;

    /// Clocks of these desks that are due, oldest first. Costs the same however many cases are closed.
    async fn due_timers(&self, desks: &[DeskKey], now: Instant, limit: u32) -> Result<Vec<DueTimer>, StoreError>;

    /// The moment at which the next clock of these desks comes due, if any runs.
    async fn next_timer_at(&self, desks: &[DeskKey]) -> Result<Option<Instant>, StoreError>;

    /// Takes or renews the right to read this desk's mailbox; `false` while another daemon has it.
    async fn hold_mailbox(&self, desk: &DeskKey, holder: &str, now: Instant, until: Instant) -> Result<bool, StoreError>;

    /// The names of all daemons that hold a lease at this moment, of a mailbox or of letters.
    async fn lease_holders(&self) -> Result<Vec<String>, StoreError>;

    /// Gives back every lease of this holder, who is known to be gone. A letter [`Guarantee::AtMostOnce`]
    /// that it had begun to hand over stays counted as sent.
    async fn release_leases(&self, holder: &str) -> Result<(), StoreError>;

    /// Gives the mailbox back at a clean stop.
    async fn release_mailbox(&self, desk: &DeskKey, holder: &str) -> Result<(), StoreError>;

    /// Cases by number.
    async fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<Case>, StoreError>;

    /// The whole journal of a case, oldest first.
    async fn journal(&self, number: CaseNumber) -> Result<Vec<JournalEntry>, StoreError>;

    /// The letters of a case with their attempts, oldest first.
    async fn letters_of_case(&self, number: CaseNumber) -> Result<Vec<StoredLetter>, StoreError>;

    /// The mails filed on a case, oldest first; with `None`, those filed on no case.
    async fn mails_of_case(&self, number: Option<CaseNumber>) -> Result<Vec<StoredMail>, StoreError>;

    /// Counts, cheap enough to ask every few seconds.
    async fn backlog(&self, now: Instant) -> Result<Backlog, StoreError>;

    /// Closes all connections after what is under way has ended.
    async fn close(&self);
}

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It can not be reached, is locked, or ended the connection.
    #[error("the database can not be reached at this moment: {0}")]
    Unavailable(String),
    /// The disk is full.
    #[error("the database can not grow: the disk is full; free space, nothing is lost meanwhile")]
    DiskFull,
    /// The file or the account may not be written.
    #[error("the database may not be written; check the owner and the rights of the file and its folder")]
    ReadOnly,
    /// The schema is newer than this binary, or a migration failed.
    #[error("the database schema does not fit this version: {0}")]
    Schema(String),
    /// A row does not hold what was written there.
    #[error("a stored {what} can not be read: {detail}")]
    Corrupt {
        /// Which kind of row.
        what: &'static str,
        /// In which way.
        detail: String,
    },
    /// The URL in the configuration names no known database.
    #[error("the store url must begin with sqlite: or postgres://")]
    UnknownUrl,
    /// A fault in a statement: a defect of ours.
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

impl StoreError {
    /// Whether trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::DiskFull => true,
            Self::ReadOnly | Self::Schema(_) | Self::Corrupt { .. } | Self::UnknownUrl | Self::Statement(_) => false,
        }
    }
}

/// Compresses an original or a letter for keeping (zstd).
pub fn compress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::bulk::compress(bytes, 1)
}

/// Gives the original back.
pub fn decompress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    zstd::stream::decode_all(bytes)
}
