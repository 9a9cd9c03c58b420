//! How fast the store takes a backlog, beside what the database itself can do with the same bytes.
//!
//! `cargo bench --bench store [-- UNITS [FOLDER]]`. Prints units per second, and the processor time of each:
//! a unit is a complaint (mail, case, journal, tokens, clocks, two letters), committed in windows of 200.
//! The raw line writes the same number of bytes in transactions of the same size, in one table with
//! nothing but an ascending key. PostgreSQL is a server of the bench's own; its processor time is not ours.

#![expect(clippy::print_stdout, reason = "a measurement speaks to a person")]
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a measurement that can not be made stops")]

#[path = "../tests/support/postgres.rs"]
mod postgres;
#[path = "../tests/support/units.rs"]
#[expect(dead_code, reason = "the contract suite uses the rest")]
mod units;

use std::path::Path;
use std::time::Instant as Moment;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use wederhoor::store::{Committed, SqlStore, Store, StoreOptions, UnitOfWork, compress};

const WINDOW: usize = 200;

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let count: u32 = words.first().map_or(6_000, |word| word.parse().expect("a number of units"));
    let own = tempfile::tempdir().expect("a temporary folder");
    let folder = words.get(1).map_or(own.path(), Path::new);

    let made: Vec<UnitOfWork> = (1..=count).map(units::first_complaint).collect();
    let bytes: usize = made.iter().map(stored_bytes).sum();
    println!("{count} complaints, {} bytes each at rest, windows of {WINDOW}", bytes / made.len());

    for round in 0..3 {
        let url = format!("sqlite:{}", folder.join(format!("desk-{round}.db")).display());
        let (rate, processor) = commit_rate(&url, &made).await;
        let raw = raw_rate_of_sqlite(&folder.join(format!("raw-{round}.db")), bytes, made.len()).await;
        report("SQLite", rate, processor, raw);
    }
    let server = postgres::Postgres::start();
    for _ in 0..2 {
        let (rate, processor) = commit_rate(&server.database().await, &made).await;
        let raw = raw_rate_of_postgres(&server.database().await, bytes, made.len()).await;
        report("PostgreSQL", rate, processor, raw);
    }
}

fn report(database: &str, rate: f64, processor: f64, raw: f64) {
    let share = 100.0 * rate / raw;
    println!(
        "{database:<10} commit {rate:>6.0} units/s ({processor:>3.0} µs each)  raw {raw:>6.0} units/s  share {share:>3.0} %"
    );
}

/// Processor time of this process so far, in seconds, user and system (Linux; clock ticks of 10 ms).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let behind_the_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u32 = behind_the_name.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
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

async fn commit_rate(url: &str, made: &[UnitOfWork]) -> (f64, f64) {
    let store = SqlStore::connect(url, &StoreOptions::default()).await.expect("a database");
    store.migrate().await.expect("a schema");
    let (begun, processor) = (Moment::now(), processor_seconds());
    for window in made.chunks(WINDOW) {
        let committed = store.commit(window, units::noon()).await.expect("a commit");
        assert!(committed.iter().all(|one| *one == Committed::Recorded), "every unit is new");
    }
    let rate = rate(made.len(), begun);
    let each = (processor_seconds() - processor) * 1e6 / count_of(made.len());
    store.close().await;
    (rate, each)
}

async fn raw_rate_of_sqlite(file: &Path, bytes: usize, count: usize) -> f64 {
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

async fn raw_rate_of_postgres(url: &str, bytes: usize, count: usize) -> f64 {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await.expect("a database");
    sqlx::raw_sql(
        "CREATE TABLE raw (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bytes BYTEA NOT NULL); \
         ALTER TABLE raw ALTER COLUMN bytes SET STORAGE EXTERNAL",
    )
    .execute(&pool)
    .await
    .expect("a table");
    let rows = vec![vec![0x5a_u8; bytes / count]; WINDOW];
    let begun = Moment::now();
    for _ in 0..count / WINDOW {
        sqlx::query("INSERT INTO raw (bytes) SELECT * FROM unnest($1::bytea[])").bind(&rows).execute(&pool).await.expect("rows");
    }
    let rate = rate(count / WINDOW * WINDOW, begun);
    pool.close().await;
    rate
}

fn rate(count: usize, begun: Moment) -> f64 {
    count_of(count) / begun.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn count_of(count: usize) -> f64 {
    count as f64
}
