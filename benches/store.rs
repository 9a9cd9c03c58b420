//! How fast the store takes a backlog, beside what the database itself can do with the same bytes.
//!
//! `cargo bench --bench store [-- UNITS [FOLDER]]`. Prints units per second, and the processor time of each:
//! a unit is a complaint (mail, case, journal, tokens, clocks, two letters), committed in windows of 200.
//! The raw line writes the same number of bytes in transactions of the same size, in one table with
//! nothing but an ascending key. PostgreSQL is a server of the bench's own; its processor time is not ours.

#![expect(clippy::print_stdout, reason = "a measurement speaks to a person")]
#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a measurement that can not be made stops")]

#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postgres;
#[path = "measuring/process.rs"]
#[expect(dead_code, reason = "the bench of a backlog uses the rest")]
mod process;
#[path = "../tests/support/units.rs"]
#[expect(dead_code, reason = "the contract suite uses the rest")]
mod units;
#[path = "measuring/write_limit.rs"]
mod write_limit;

use std::path::Path;
use std::time::Instant as Moment;

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
    let same = vec![bytes / made.len(); made.len()];

    for round in 0..3 {
        let url = format!("sqlite:{}", folder.join(format!("desk-{round}.db")).display());
        let (rate, processor) = commit_rate(&url, &made).await;
        let raw = write_limit::of_sqlite(&folder.join(format!("raw-{round}.db")), &same, WINDOW).await;
        report("SQLite", rate, processor, raw);
    }
    let server = postgres::Postgres::start();
    for _ in 0..2 {
        let (rate, processor) = commit_rate(&server.database().await, &made).await;
        let raw = write_limit::of_postgres(&server.database().await, &same, WINDOW).await;
        report("PostgreSQL", rate, processor, raw);
    }
}

fn report(database: &str, rate: f64, processor: f64, raw: f64) {
    let share = 100.0 * rate / raw;
    println!(
        "{database:<10} commit {rate:>6.0} units/s ({processor:>3.0} µs each)  raw {raw:>6.0} units/s  share {share:>3.0} %"
    );
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
    let (begun, processor) = (Moment::now(), process::processor_seconds(std::process::id()));
    for window in made.chunks(WINDOW) {
        let committed = store.commit(window, units::noon()).await.expect("a commit");
        assert!(committed.iter().all(|one| *one == Committed::Recorded), "every unit is new");
    }
    let rate = rate(made.len(), begun);
    let each = (process::processor_seconds(std::process::id()) - processor) * 1e6 / count_of(made.len());
    store.close().await;
    (rate, each)
}

fn rate(count: usize, begun: Moment) -> f64 {
    count_of(count) / begun.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "a figure for people")]
fn count_of(count: usize) -> f64 {
    count as f64
}
