//! SQLite, the embedded default: one writer, a few readers, nothing to install.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use sqlx::error::DatabaseError;
use sqlx::{ConnectOptions, Connection};

use super::StoreOptions;
use super::error::{Fault, StoreError, of_io};

/// How long a statement waits for another process that writes, such as a backup or `wederhoor erase`.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long it waits before it tries again to open a file that another process holds alone.
const BUSY_PAUSE: Duration = Duration::from_millis(20);
/// SQLite's primary code for "somebody else has it".
const BUSY: i32 = 5;
/// How long a task waits for its turn to write before it says that the database can not be reached.
const TURN_TIMEOUT: Duration = Duration::from_secs(30);
/// Pages in the write-ahead log before they are copied into the file, 32 MiB: a page that a backlog
/// changes again and again is copied once for several windows.
const CHECKPOINT_PAGES: u32 = 8192;
/// The log is cut back to this many bytes after a backlog.
const LOG_LIMIT: u32 = 64 << 20;
/// Page cache of the writer in KiB: a window of mails fits, so that it is written once.
const WRITER_CACHE: &str = "-8192";
/// Page cache of each reader in KiB.
const READER_CACHE: &str = "-2048";

/// The one connection that writes, and those that read beside it.
pub(super) struct Pools {
    /// One connection: writers take turns here, in order, and never meet SQLITE_BUSY among themselves.
    pub(super) writer: SqlitePool,
    /// Readers see the last commit and never wait for the writer (WAL).
    pub(super) readers: SqlitePool,
}

/// Opens the file, and makes it and its folder when they are absent.
pub(super) async fn open(url: &str, options: &StoreOptions) -> Result<Pools, StoreError> {
    let connect: SqliteConnectOptions = url.parse().map_err(|error| StoreError::from(Fault::from(error)))?;
    make_folder(connect.get_filename())?;
    let read_only = url.contains("mode=ro");
    let mut connect = connect
        .create_if_missing(!read_only)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES.to_string())
        .pragma("journal_size_limit", LOG_LIMIT.to_string())
        .pragma("temp_store", "memory") // what a statement of many rows may have to take back is kept for a moment only
        .pragma("fullfsync", "on") // without it macOS leaves a commit in the drive's own cache
        .statement_cache_capacity(200)
        .disable_statement_logging();
    if read_only {
        // Reading a database that may not be written, for `check` and for a rescue.
        connect = connect.read_only(true);
    }
    if let Some(pages) = options.sqlite_max_pages {
        connect = connect.pragma("max_page_count", pages.to_string());
    }
    let pool = |connections: u32| {
        SqlitePoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(TURN_TIMEOUT)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
    };
    let writing = pool(1).before_acquire(|connection, _| {
        Box::pin(async move {
            // On a full disk SQLite ends the transaction by itself, which sqlx does not notice: it
            // would count that transaction as open for ever. The ping waits for the roll-back of a
            // transaction that was dropped.
            connection.ping().await?;
            Ok(!connection.is_in_transaction())
        })
    });
    let writer = open_in_turn(writing, connect.clone().pragma("cache_size", WRITER_CACHE))
        .await
        .map_err(|error| why_not_opened(connect.get_filename(), error))?;
    let readers = pool(options.connections.max(1)).connect_lazy_with(connect.pragma("cache_size", READER_CACHE));
    Ok(Pools { writer, readers })
}

/// Opens the writer, again and again while another process is just making the file, or leaving it: going over
/// to the write-ahead log asks for the file alone, and SQLite answers "locked" at once there, without the
/// patience that `busy_timeout` gives every other statement.
async fn open_in_turn(pool: SqlitePoolOptions, connect: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let latest = tokio::time::Instant::now() + BUSY_TIMEOUT;
    loop {
        match pool.clone().connect_with(connect.clone()).await {
            Err(sqlx::Error::Database(error)) if is_busy(error.as_ref()) && tokio::time::Instant::now() < latest => {
                tokio::time::sleep(BUSY_PAUSE).await;
            }
            done => return done,
        }
    }
}

fn is_busy(error: &dyn DatabaseError) -> bool {
    error.code().and_then(|code| code.parse::<i32>().ok()).is_some_and(|code| code & 0xff == BUSY)
}

/// SQLite says "unable to open" for a read-only disk too; the file system knows better.
fn why_not_opened(file: &Path, error: sqlx::Error) -> StoreError {
    match StoreError::from(Fault::from(error)) {
        StoreError::Unavailable(text) => match std::fs::OpenOptions::new().append(true).create(true).open(file) {
            Err(error) => of_io(&error),
            Ok(_) => StoreError::Unavailable(text),
        },
        other => other,
    }
}

fn make_folder(file: &Path) -> Result<(), StoreError> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder).map_err(|error| of_io(&error)),
        _ => Ok(()),
    }
}

/// SQLite's result codes (https://sqlite.org/rescode.html). sqlx gives the extended code; its low byte is
/// the primary one.
pub(super) fn fault(code: &str, message: &str) -> Fault {
    const LOCKED: i32 = 6;
    const READONLY: i32 = 8;
    const IOERR: i32 = 10;
    const CORRUPT: i32 = 11;
    const FULL: i32 = 13;
    const CANTOPEN: i32 = 14;
    const NOTADB: i32 = 26;
    // Growing the shared memory of the log is the first thing that fails on a full disk.
    const IOERR_SHMSIZE: i32 = 0x130a;

    let extended = code.parse::<i32>().unwrap_or_default();
    Fault::Store(match (extended & 0xff, extended) {
        (FULL, _) | (_, IOERR_SHMSIZE) => StoreError::DiskFull,
        (READONLY, _) => StoreError::ReadOnly,
        (BUSY | LOCKED | IOERR | CANTOPEN, _) => StoreError::Unavailable(message.to_owned()),
        (CORRUPT | NOTADB, _) => StoreError::Corrupt { what: "database file", detail: message.to_owned() },
        _ => StoreError::Statement(message.to_owned()),
    })
}
