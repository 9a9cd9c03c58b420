//! The store: everything that must survive, behind one trait and two databases.
//!
//! Takes units of work, gives a commit. SQLite is the embedded default; PostgreSQL carries several
//! daemons. Every SQL text is a named constant in `statements.rs` and is prepared on both databases by
//! `check` and by a test; one contract suite runs on both (`tests/store_contract.rs`). No network I/O of
//! ours ever happens inside a transaction (I3).
//!
//! # What a crash leaves behind
//!
//! | stopped | found again |
//! |---|---|
//! | before [`Store::commit`] returned | the whole window or nothing of it; where nothing, the mails are still in their mailbox and come again |
//! | after the commit, before the mail was moved | the mail comes again, and is [`Committed::AlreadyRecorded`] (I2, M163) |
//! | after a claim, before the first byte | the letter may be claimed again when the lease ends (M154) |
//! | while a letter was handed over | [`AtLeastOnce`]: it is claimed again, with the same bytes and Message-ID; [`AtMostOnce`]: it stays `handing_over`, counts as sent, and is never given again (I4) |
//! | after a server took it, before the attempt was recorded | the same as the line above |
//! | while the mailbox was held | another daemon may take it when the lease ends |
//!
//! "Returned" means durable: SQLite runs in WAL mode with `synchronous=FULL`, so that a commit is on the
//! disk when it returns; PostgreSQL does the same unless its administrator turned `synchronous_commit` off.
//!
//! # Which rows belong to a case
//!
//! The rows of timers and capabilities are not derived from the journal entries of a change: they are
//! compared, inside the transaction, with the state after it, and made equal. So they can not drift from
//! the fold, whatever entries later versions invent (I10, I11).
//!
//! [`AtLeastOnce`]: crate::model::Guarantee::AtLeastOnce
//! [`AtMostOnce`]: crate::model::Guarantee::AtMostOnce

mod case_rows;
mod compression;
mod digests;
mod encoding;
mod error;
mod migrate;
mod outbox;
mod packed;
mod postgres;
mod reading;
mod records;
mod retention;
mod session;
mod sql_store;
mod sqlite;
mod statement;
mod statements;
mod verdict;
mod window;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;

use crate::mediation::{Case, JournalEntry};
use crate::model::{Capability, CaseNumber, ContentKey, DeskKey, Instant, LetterId, LetterKind, MailAddress, MessageId, Token};

pub use compression::{compress, decompress};
pub use error::StoreError;
pub use migrate::{MigrationFile, migration_files};
pub use packed::PackedUnit;
pub use records::{
    Attempt, AttemptOutcome, Backlog, CaseChange, CaseFilter, ClaimedLetter, Committed, DigestRecord, DueTimer, FailedLetter,
    KnownLetter, LastDigest, MailRecord, QueuedLetter, StoredLetter, StoredMail, UnitOfWork, Versioned,
};
pub use sql_store::{SqlStore, StoreOptions};

/// Opens the database that this URL names, `sqlite:path` or `postgres://…`. The schema is brought up to
/// date by [`Store::migrate`], not here.
pub async fn open(url: &str, options: &StoreOptions) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(SqlStore::connect(url, options).await?))
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

    /// These letters of ours, where we wrote them (M40).
    async fn letters_named(&self, letters: &[LetterId]) -> Result<HashMap<LetterId, KnownLetter>, StoreError>;

    /// These cases, with the version a change must name.
    async fn cases(&self, numbers: &[CaseNumber]) -> Result<HashMap<CaseNumber, Versioned>, StoreError>;

    /// The next serials of this year, `count` in a row; gives the first. Never gives one twice.
    async fn reserve_case_numbers(&self, year: u16, count: u32) -> Result<u32, StoreError>;

    /// How many automatic answers went to each of these keys since this moment (M12, M13).
    async fn automatic_answers(&self, keys: &[String], since: Instant) -> Result<HashMap<String, u32>, StoreError>;

    /// Commits a window of units in one transaction. Each unit is all-or-nothing within it: a unit that is
    /// [`Committed::AlreadyRecorded`] or [`Committed::Conflict`] leaves no trace and does not disturb the
    /// others. When this returns `Ok`, everything recorded is durable.
    async fn commit_packed(&self, units: &[PackedUnit], now: Instant) -> Result<Vec<Committed>, StoreError>;

    /// The same for units that have not been packed yet: a few, or one.
    async fn commit(&self, units: &[UnitOfWork], now: Instant) -> Result<Vec<Committed>, StoreError> {
        let packed: Vec<PackedUnit> = units.iter().cloned().map(PackedUnit::new).collect::<Result<_, _>>()?;
        self.commit_packed(&packed, now).await
    }

    /// Leases up to `limit` letters of this desk that may go now, oldest first, until `lease_until` (M154).
    /// A letter that may go only once (I4) that was handed over by a daemon that then died is never given
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

    /// Letters of these desks that failed for good, or expired before they could leave, and of which nobody has been told
    /// yet (M44); a unit tells of one with [`UnitOfWork::failure_told`].
    async fn untold_failures(&self, desks: &[DeskKey], limit: u32) -> Result<Vec<FailedLetter>, StoreError>;

    /// Letters of these desks and kinds that were born by this moment and still wait, and of which nobody has been
    /// told; a unit tells of one with [`UnitOfWork::failure_told`]. Somebody hears again if it fails.
    async fn late_letters(&self, wanted: &[(DeskKey, LetterKind, Instant)], limit: u32) -> Result<Vec<KnownLetter>, StoreError>;

    /// Clocks of these desks that are due, oldest first. Costs the same however many cases are closed.
    async fn due_timers(&self, desks: &[DeskKey], now: Instant, limit: u32) -> Result<Vec<DueTimer>, StoreError>;

    /// The moment at which the next clock of these desks comes due, if any runs.
    async fn next_timer_at(&self, desks: &[DeskKey]) -> Result<Option<Instant>, StoreError>;

    /// For each of these officers of a desk the last morning whose list was looked at; those without one are
    /// absent. Keyed by the address in comparable form.
    async fn last_digests(&self, desk: &DeskKey, officers: &[MailAddress]) -> Result<HashMap<String, LastDigest>, StoreError>;

    /// What a morning list is made of: open cases of this desk, those whose follow-up was answered since this
    /// moment, and closed ones with a clock that is looked at before that moment. Each case once, by number.
    async fn cases_for_digest(
        &self,
        desk: &DeskKey,
        answered_since: Instant,
        clocks_until: Instant,
    ) -> Result<Vec<Case>, StoreError>;

    /// Takes or renews the right to read this desk's mailbox; `false` while another daemon has it.
    async fn hold_mailbox(&self, desk: &DeskKey, holder: &str, now: Instant, until: Instant) -> Result<bool, StoreError>;

    /// The names of all daemons that hold a lease at this moment, of a mailbox or of letters.
    async fn lease_holders(&self) -> Result<Vec<String>, StoreError>;

    /// Gives back every lease of this holder, who is known to be gone: its letters may be claimed from `now`
    /// on. One that may go only once and that it had begun to hand over stays counted as sent (I4).
    async fn release_leases(&self, holder: &str, now: Instant) -> Result<(), StoreError>;

    /// Gives the mailbox back at a clean stop.
    async fn release_mailbox(&self, desk: &DeskKey, holder: &str) -> Result<(), StoreError>;

    /// Cases by number.
    async fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<Case>, StoreError>;

    /// The whole journal of a case, oldest first.
    async fn journal(&self, number: CaseNumber) -> Result<Vec<JournalEntry>, StoreError>;

    /// The whole journals of many cases, each oldest first; a case that does not exist is not among them.
    async fn journals(&self, numbers: &[CaseNumber]) -> Result<HashMap<CaseNumber, Vec<JournalEntry>>, StoreError>;

    /// The letters of a case with their attempts, oldest first.
    async fn letters_of_case(&self, number: CaseNumber) -> Result<Vec<StoredLetter>, StoreError>;

    /// The mails filed on a case, oldest first; with `None`, those filed on no case.
    async fn mails_of_case(&self, number: Option<CaseNumber>) -> Result<Vec<StoredMail>, StoreError>;

    /// What a file on paper is made of: the mails of a case with their bytes as far as they fit in `most` bytes in all,
    /// those that do not fit without theirs; and the letters to people that left, not those to officers, which repeat
    /// the mails. Oldest first.
    async fn file_of_case(&self, number: CaseNumber, most: usize) -> Result<(Vec<StoredMail>, Vec<StoredLetter>), StoreError>;

    /// Counts, cheap enough to ask every few seconds.
    async fn backlog(&self, now: Instant) -> Result<Backlog, StoreError>;

    /// Closes all connections after what is under way has ended.
    async fn close(&self);
}
