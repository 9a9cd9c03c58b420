//! How fast the store takes a backlog, beside what the database itself can do with the same bytes.
//!
//! `cargo bench --bench store [-- UNITS [FOLDER [POSTGRES-URL]]]`. Prints units per second: each unit is a
//! complaint (mail, case, journal, tokens, clocks, two letters), committed in windows of 200. The raw line
//! writes the same number of bytes in transactions of the same size, in one table with nothing but an
//! ascending key.

#![expect(clippy::print_stdout, reason = "a measurement speaks to a person")]

#[path = "../tests/support/units.rs"]
#[expect(dead_code, reason = "the contract suite uses the rest")]
mod units;

use std::path::Path;
use std::time::Instant as Moment;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use wederhoor::store::{Committed, SqlStore, Store, StoreOptions, UnitOfWork, compress};

const WINDOW: usize = 200;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let count: u32 = words.first().map_or(6_000, |word| word.parse().expect("a number of units"));
    let own = tempfile::tempdir().expect("a temporary folder");
    let folder = words.get(1).map_or(own.path(), Path::new);
    let postgres = words.get(2);

    let made: Vec<UnitOfWork> = (1..=count).map(units::first_complaint).collect();
    let bytes: usize = made.iter().map(stored_bytes).sum();
    println!("{count} complaints, {} bytes each at rest, windows of {WINDOW}", bytes / made.len());

    for round in 0..3 {
        let url = format!("sqlite:{}", folder.join(format!("desk-{round}.db")).display());
        let rate = commit_rate(&url, &made).await;
        let raw = raw_rate(&folder.join(format!("raw-{round}.db")), bytes, made.len()).await;
        println!("SQLite      commit {rate:>8.0} units/s   raw {raw:>8.0} units/s   share {:>3.0} %", 100.0 * rate / raw);
    }
    if let Some(url) = postgres {
        let rate = commit_rate(url, &made).await;
        println!("PostgreSQL  commit {rate:>8.0} units/s");
    }
}

/// What of a unit is kept as it is: the mail and the letters, compressed.
fn stored_bytes(unit: &UnitOfWork) -> usize {
    let mail = unit.mail.as_ref().map_or(0, |mail| mail.raw.len());
    let letters: usize = unit.letters.iter().map(|queued| compress(&queued.letter.bytes).expect("a letter").len()).sum();
    let journal = unit.case.as_ref().map_or(0, |change| {
        let entries: usize = change.entries.iter().map(|entry| serde_json::to_vec(&entry.entry).expect("an entry").len()).sum();
        entries + serde_json::to_vec(&change.after).expect("a case").len()
    });
    mail + letters + journal
}

async fn commit_rate(url: &str, made: &[UnitOfWork]) -> f64 {
    let store = SqlStore::connect(url, &StoreOptions::default()).await.expect("a database");
    store.migrate().await.expect("a schema");
    let begun = Moment::now();
    for window in made.chunks(WINDOW) {
        let committed = store.commit(window, units::noon()).await.expect("a commit");
        assert!(committed.iter().all(|one| *one == Committed::Recorded), "every unit is new");
    }
    let rate = rate(made.len(), begun);
    store.close().await;
    rate
}

async fn raw_rate(file: &Path, bytes: usize, count: usize) -> f64 {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", "8192")
        .pragma("cache_size", "-16384");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("a database");
    sqlx::query("CREATE TABLE raw (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)").execute(&pool).await.expect("a table");
    let row = vec![0x5a_u8; bytes / count];
    let rows = 50;
    let text = format!("INSERT INTO raw (bytes) VALUES {}", vec!["(?)"; rows].join(", "));
    let begun = Moment::now();
    for _ in 0..count / WINDOW {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.expect("a transaction");
        for _ in 0..WINDOW / rows {
            let mut query = sqlx::query(sqlx::AssertSqlSafe(text.as_str()));
            for _ in 0..rows {
                query = query.bind(row.clone());
            }
            query.execute(&mut *transaction).await.expect("rows");
        }
        transaction.commit().await.expect("a commit");
    }
    let rate = rate(count / WINDOW * WINDOW, begun);
    pool.close().await;
    rate
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn rate(count: usize, begun: Moment) -> f64 {
    count as f64 / begun.elapsed().as_secs_f64()
}
