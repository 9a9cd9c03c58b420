//! The [`Store`] of both databases.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use sqlx::postgres::PgPool;

use super::error::{Fault, StoreError};
use super::session::Session;
use super::sqlite::Pools;
use super::statement::Dialect;
use super::{
    Attempt, Backlog, CaseFilter, ClaimedLetter, Committed, DueTimer, FailedLetter, KnownLetter, LastDigest, PackedUnit, Store,
    StoredLetter, StoredMail, Versioned, digests, migrate, outbox, postgres, reading, sqlite, statements, window,
};
use crate::mediation::{Case, JournalEntry};
use crate::model::{Capability, CaseNumber, ContentKey, DeskKey, Instant, LetterId, LetterKind, MailAddress, MessageId, Token};

/// The name under which the value of the trace header is kept (M11).
const TRACE: &str = "trace";

/// What can be chosen about the connections.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Connections to PostgreSQL, or readers beside the one writer of SQLite.
    pub connections: u32,
    /// The SQLite file never grows beyond this many pages of 4 KiB; beyond it the store answers
    /// [`StoreError::DiskFull`]. `None` for the disk's own limit.
    pub sqlite_max_pages: Option<u32>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { connections: 4, sqlite_max_pages: None }
    }
}

enum Database {
    Sqlite(Pools),
    Postgres(PgPool),
}

/// A store on SQLite or PostgreSQL.
pub struct SqlStore {
    database: Database,
}

impl std::fmt::Debug for SqlStore {
    /// The URL may hold a password, so it is not kept.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SqlStore").field("dialect", &self.dialect()).finish_non_exhaustive()
    }
}

/// The database that a URL names, by its scheme.
pub(super) fn dialect_of(url: &str) -> Option<Dialect> {
    match url.split_once(':')?.0 {
        "sqlite" => Some(Dialect::Sqlite),
        "postgres" | "postgresql" => Some(Dialect::Postgres),
        _ => None,
    }
}

impl SqlStore {
    /// Connects to the database that this URL names.
    pub async fn connect(url: &str, options: &StoreOptions) -> Result<Self, StoreError> {
        let database = match dialect_of(url).ok_or(StoreError::UnknownUrl)? {
            Dialect::Sqlite => Database::Sqlite(sqlite::open(url, options).await?),
            Dialect::Postgres => Database::Postgres(postgres::open(url, options).await?),
        };
        Ok(Self { database })
    }

    /// Lets the database read every statement that will ever be sent, in every size, without running one.
    /// For `check`: it proves that schema and binary fit. Gives the number of statements.
    pub async fn prepare_all(&self) -> Result<usize, StoreError> {
        let mut session = self.read().await?;
        let mut prepared = 0;
        for statement in statements::ALL {
            for rows in statement.sizes() {
                session
                    .prepare(statement, *rows)
                    .await
                    .map_err(|fault| StoreError::Schema(format!("{}: {}", statement.name, StoreError::from(fault))))?;
                prepared += 1;
            }
        }
        Ok(prepared)
    }

    /// A statement by its name, with one row of values, as this database gets it: for `EXPLAIN`.
    pub fn statement(&self, name: &str) -> Option<String> {
        let statement = statements::ALL.iter().find(|statement| statement.name == name)?;
        Some(statement.write_out(self.dialect(), 1))
    }

    fn dialect(&self) -> Dialect {
        match &self.database {
            Database::Sqlite(_) => Dialect::Sqlite,
            Database::Postgres(_) => Dialect::Postgres,
        }
    }

    /// A connection to read from; each statement sees the last commit.
    pub(super) async fn read(&self) -> Result<Session, Fault> {
        Ok(match &self.database {
            Database::Sqlite(pools) => Session::SqliteRead(pools.readers.acquire().await?),
            Database::Postgres(pool) => Session::PostgresRead(pool.acquire().await?),
        })
    }

    /// A transaction to write in. SQLite takes the write lock at once: a lock that is taken later can fail
    /// half-way.
    pub(super) async fn write(&self) -> Result<Session, Fault> {
        Ok(match &self.database {
            Database::Sqlite(pools) => Session::SqliteWrite(pools.writer.begin_with("BEGIN IMMEDIATE").await?),
            Database::Postgres(pool) => Session::PostgresWrite(pool.begin().await?),
        })
    }
}

#[async_trait]
impl Store for SqlStore {
    async fn migrate(&self) -> Result<(), StoreError> {
        match &self.database {
            Database::Sqlite(pools) => {
                // One transaction around all changes: a second process waits here, and then finds them made.
                let mut transaction = pools.writer.begin_with("BEGIN IMMEDIATE").await.map_err(Fault::from)?;
                migrate::migrate(Dialect::Sqlite, &mut *transaction).await?;
                Ok(transaction.commit().await.map_err(Fault::from)?)
            }
            Database::Postgres(pool) => {
                let mut connection = pool.acquire().await.map_err(Fault::from)?;
                // The advisory lock lives as long as the connection; after a failure it must not come back.
                connection.close_on_drop();
                migrate::migrate(Dialect::Postgres, &mut *connection).await
            }
        }
    }

    async fn trace_value(&self, random: [u8; 16]) -> Result<String, StoreError> {
        let read = async |store: &Self| -> Result<Option<String>, Fault> {
            let rows = store.read().await?.fetch(&statements::READ_VALUE, [TRACE.into()]).await?;
            rows.first().map(|row| Ok(row.text(0)?.to_owned())).transpose()
        };
        if let Some(value) = read(self).await? {
            return Ok(value);
        }
        let value = data_encoding::BASE32_NOPAD.encode(&random).to_ascii_lowercase();
        let mut session = self.write().await?;
        session.execute(&statements::MAKE_VALUE, [TRACE.into(), value.into()]).await?;
        session.commit().await?;
        // Another daemon may have been faster: what is stored counts.
        read(self).await?.ok_or_else(|| StoreError::Corrupt { what: "trace value", detail: "it is absent".to_owned() })
    }

    async fn known_content(&self, keys: &[ContentKey]) -> Result<HashSet<ContentKey>, StoreError> {
        Ok(reading::known_content(self, keys).await?)
    }

    async fn capabilities(&self, tokens: &[Token]) -> Result<HashMap<Token, Capability>, StoreError> {
        Ok(reading::capabilities(self, tokens).await?)
    }

    async fn letters_with_ids(&self, ids: &[MessageId]) -> Result<HashMap<MessageId, KnownLetter>, StoreError> {
        Ok(outbox::letters_with_ids(self, ids).await?)
    }

    async fn letters_named(&self, letters: &[LetterId]) -> Result<HashMap<LetterId, KnownLetter>, StoreError> {
        Ok(outbox::letters_named(self, letters).await?)
    }

    async fn cases(&self, numbers: &[CaseNumber]) -> Result<HashMap<CaseNumber, Versioned>, StoreError> {
        Ok(reading::cases(self, numbers).await?)
    }

    async fn reserve_case_numbers(&self, year: u16, count: u32) -> Result<u32, StoreError> {
        let mut session = self.write().await?;
        let values = [i64::from(year).into(), i64::from(count).into()];
        let rows = session.fetch(&statements::RESERVE_NUMBERS, values).await?;
        session.commit().await?;
        let next = rows.first().map_or(Ok(0), |row| row.int(0))?;
        super::encoding::number("case number", next - i64::from(count))
    }

    async fn automatic_answers(&self, keys: &[String], since: Instant) -> Result<HashMap<String, u32>, StoreError> {
        Ok(reading::automatic_answers(self, keys, since).await?)
    }

    async fn commit_packed(&self, units: &[PackedUnit], now: Instant) -> Result<Vec<Committed>, StoreError> {
        window::commit(self, units, now).await
    }

    async fn claim_letters(
        &self,
        desk: &DeskKey,
        holder: &str,
        now: Instant,
        lease_until: Instant,
        limit: u32,
    ) -> Result<Vec<ClaimedLetter>, StoreError> {
        Ok(outbox::claim(self, desk, holder, now, lease_until, limit).await?)
    }

    async fn begin_handover(&self, letter: LetterId, holder: &str, now: Instant) -> Result<bool, StoreError> {
        Ok(outbox::begin_handover(self, letter, holder, now).await?)
    }

    async fn record_attempts(&self, attempts: &[Attempt], holder: &str) -> Result<(), StoreError> {
        Ok(outbox::record(self, attempts, holder).await?)
    }

    async fn next_letter_at(&self, desk: &DeskKey) -> Result<Option<Instant>, StoreError> {
        Ok(outbox::next_letter_at(self, desk).await?)
    }

    async fn untold_failures(&self, desks: &[DeskKey], limit: u32) -> Result<Vec<FailedLetter>, StoreError> {
        Ok(outbox::untold_failures(self, desks, limit).await?)
    }

    async fn late_letters(&self, wanted: &[(DeskKey, LetterKind, Instant)], limit: u32) -> Result<Vec<KnownLetter>, StoreError> {
        Ok(outbox::late(self, wanted, limit).await?)
    }

    async fn due_timers(&self, desks: &[DeskKey], now: Instant, limit: u32) -> Result<Vec<DueTimer>, StoreError> {
        Ok(reading::due_timers(self, desks, now, limit).await?)
    }

    async fn next_timer_at(&self, desks: &[DeskKey]) -> Result<Option<Instant>, StoreError> {
        Ok(reading::next_timer_at(self, desks).await?)
    }

    async fn last_digests(&self, desk: &DeskKey, officers: &[MailAddress]) -> Result<HashMap<String, LastDigest>, StoreError> {
        Ok(digests::last(self, desk, officers).await?)
    }

    async fn cases_for_digest(
        &self,
        desk: &DeskKey,
        answered_since: Instant,
        clocks_until: Instant,
    ) -> Result<Vec<Case>, StoreError> {
        Ok(digests::cases(self, desk, answered_since, clocks_until).await?)
    }

    async fn hold_mailbox(&self, desk: &DeskKey, holder: &str, now: Instant, until: Instant) -> Result<bool, StoreError> {
        let mut session = self.write().await?;
        let values = [desk.as_str().into(), holder.into(), until.into(), now.into()];
        let held = session.execute(&statements::HOLD_MAILBOX, values).await? == 1;
        session.commit().await?;
        Ok(held)
    }

    async fn lease_holders(&self) -> Result<Vec<String>, StoreError> {
        Ok(outbox::lease_holders(self).await?)
    }

    async fn release_leases(&self, holder: &str, now: Instant) -> Result<(), StoreError> {
        Ok(outbox::release_leases(self, holder, now).await?)
    }

    async fn release_mailbox(&self, desk: &DeskKey, holder: &str) -> Result<(), StoreError> {
        let mut session = self.write().await?;
        session.execute(&statements::RELEASE_MAILBOX, [desk.as_str().into(), holder.into()]).await?;
        Ok(session.commit().await?)
    }

    async fn list_cases(&self, filter: &CaseFilter) -> Result<Vec<Case>, StoreError> {
        Ok(reading::list_cases(self, filter).await?)
    }

    async fn journal(&self, number: CaseNumber) -> Result<Vec<JournalEntry>, StoreError> {
        Ok(reading::journal(self, number).await?)
    }

    async fn journals(&self, numbers: &[CaseNumber]) -> Result<HashMap<CaseNumber, Vec<JournalEntry>>, StoreError> {
        Ok(reading::journals(self, numbers).await?)
    }

    async fn letters_of_case(&self, number: CaseNumber) -> Result<Vec<StoredLetter>, StoreError> {
        Ok(outbox::letters_of_case(self, number, &statements::LETTERS_OF_CASE).await?)
    }

    async fn mails_of_case(&self, number: Option<CaseNumber>) -> Result<Vec<StoredMail>, StoreError> {
        Ok(reading::mails_of_case(self, number).await?)
    }

    async fn file_of_case(&self, number: CaseNumber, most: usize) -> Result<(Vec<StoredMail>, Vec<StoredLetter>), StoreError> {
        let mails = reading::mails_up_to(self, number, most).await?;
        Ok((mails, outbox::letters_of_case(self, number, &statements::PARTY_LETTERS_OF_CASE).await?))
    }

    async fn backlog(&self, now: Instant) -> Result<Backlog, StoreError> {
        Ok(reading::backlog(self, now).await?)
    }

    async fn close(&self) {
        match &self.database {
            Database::Sqlite(pools) => {
                pools.readers.close().await;
                pools.writer.close().await;
            }
            Database::Postgres(pool) => pool.close().await,
        }
    }
}
