//! Whether the work stays the same while closed cases pile up (design.md section 7: within 1.5 times).
//!
//! `cargo bench --bench growth [-- CASES] [sqlite|postgres]`. Fills a database with a thousand closed cases, and
//! then with a million, through the store's own commit; each time measures mails that open cases and passes of
//! the clocks. Needs 4 GB of disk and some minutes; PostgreSQL too unless `sqlite` is said.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement that can not be made stops")]
#![expect(clippy::indexing_slicing, clippy::print_stdout, reason = "its result is what it prints")]

#[expect(dead_code, reason = "the other benches use the rest")]
mod measuring;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postgres;
#[path = "../tests/support/units.rs"]
#[expect(dead_code, reason = "the contract suite uses the rest")]
mod units;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use measuring::desk::DeskText;
use measuring::mails::{Mix, mail};
use wederhoor::clock::{Clock, ManualClock, SystemClock};
use wederhoor::config;
use wederhoor::daemon::{Handled, OnCommit, Setup, drain, pass};
use wederhoor::mediation::{FollowUp, Phase, Sender, TimerKind};
use wederhoor::message::MailClass;
use wederhoor::model::{LetterKind, MailId, Outcome};
use wederhoor::retrieval::WindowBounds;
use wederhoor::store::{CaseChange, Committed, MailRecord, QueuedLetter, Store, StoreOptions, UnitOfWork, compress};

/// Mails handled one by one, and then together.
const ALONE: usize = 200;
const TOGETHER: usize = 2_000;
/// Passes of the clocks.
const PASSES: usize = 200;

struct Silent;

impl OnCommit for Silent {
    fn committed(&self, _handled: &Handled) {}
}

/// What was measured at one size.
#[derive(Clone, Copy, Debug)]
struct Measured {
    alone: Duration,
    together: Duration,
    pass: Duration,
    clock: Duration,
}

#[tokio::main]
async fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let most: u32 = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir().unwrap();
    if !words.iter().any(|word| word == "postgres") {
        let url = format!("sqlite:{}", folder.path().join("desk.db").display());
        compare("SQLite", &url, folder.path(), most).await;
    }
    if !words.iter().any(|word| word == "sqlite") {
        let server = postgres::Postgres::start();
        compare("PostgreSQL", &server.database().await, folder.path(), most).await;
    }
}

async fn compare(database: &str, url: &str, folder: &Path, most: u32) {
    let store = wederhoor::store::open(url, &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    fill(store.as_ref(), url, 0, 1_000).await;
    let few = measure(&store, folder, 0).await;
    let begun = Instant::now();
    fill(store.as_ref(), url, 1_000, most).await;
    println!("{database:<11} {most} closed cases written in {:.0} s", begun.elapsed().as_secs_f64());
    let many = measure(&store, folder, 1).await;
    for (what, few, many) in [
        ("one mail alone", few.alone, many.alone),
        ("one mail of a backlog", few.together, many.together),
        ("one pass of the clocks", few.pass, many.pass),
        ("one clock that is due", few.clock, many.clock),
    ] {
        println!(
            "{database:<11} {what:<23} {:>6.0} µs with 1000 closed cases, {:>6.0} µs with {most}: {:.2} times",
            few.as_secs_f64() * 1e6,
            many.as_secs_f64() * 1e6,
            many.as_secs_f64() / few.as_secs_f64()
        );
    }
    store.close().await;
}

async fn fill(store: &dyn Store, url: &str, from: u32, to: u32) {
    // The mails that were measured drew numbers too.
    let first = store.reserve_case_numbers(2026, to - from).await.unwrap();
    let serials: Vec<u32> = (first..first + to - from).collect();
    for window in serials.chunks(2_000) {
        let made: Vec<UnitOfWork> = window.iter().map(|serial| closed(*serial)).collect();
        let committed = store.commit(&made, units::noon()).await.unwrap();
        assert!(committed.iter().all(|one| *one == Committed::Recorded), "every case is new");
    }
    // Their letters went out long ago; and as on a database that has run for a while, what it knows about its
    // tables is up to date.
    let settle = "UPDATE outbox SET state = 'sent', attempts = 1";
    if url.starts_with("sqlite") {
        let pool = sqlx::SqlitePool::connect(url).await.unwrap();
        sqlx::query(settle).execute(&pool).await.unwrap();
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await.unwrap();
        pool.close().await;
    } else {
        let pool = sqlx::PgPool::connect(url).await.unwrap();
        sqlx::query(settle).execute(&pool).await.unwrap();
        sqlx::query("VACUUM ANALYZE").execute(&pool).await.unwrap();
        sqlx::query("CHECKPOINT").execute(&pool).await.unwrap();
        pool.close().await;
    }
    // What was filled in lies on the disk, or it would be written beside the mails that are measured.
    assert!(std::process::Command::new("sync").status().is_ok_and(|status| status.success()));
}

/// A case that was answered, closed and followed up.
fn closed(serial: u32) -> UnitOfWork {
    let mut case = units::opened(serial);
    case.phase = Phase::Closed { at: units::at(0), outcome: Outcome::Satisfied };
    // Each closed case has a clock of its own that runs for two years.
    case.timers = [(TimerKind::Retention, units::at(i64::from(serial % 86_400)) + TimeDelta::days(730))].into();
    case.follow_up = FollowUp::Answered { sent_at: units::at(0), at: units::at(0), grade: Some(8) };
    let raw = units::text(u64::from(serial), 300);
    let mail = MailRecord {
        id: MailId::new(units::at(i64::from(serial)), [7; 10]),
        desk: units::desk(),
        key: units::key(serial, 0),
        message_id: case.thread.first().cloned(),
        received_at: units::at(-60),
        stored_at: units::at(0),
        class: MailClass::Human,
        class_reason: "no sign of a machine".to_owned(),
        sender: Some(Sender::Complainant),
        case: Some(case.number),
        evidence: "new".to_owned(),
        size: raw.len(),
        raw: compress(&raw).unwrap(),
    };
    let to = units::complainant(serial);
    let letter = |which, kind| units::letter(serial, which, kind, &to, 300);
    let answers = vec![units::address(&to).comparable()];
    let opened = units::further(0, case, wederhoor::mediation::Entry::FollowUpSent { letter: units::letter_id(serial, 1) });
    UnitOfWork {
        mail: Some(mail),
        letters: vec![
            QueuedLetter { counts: answers, ..units::queued(letter(0, LetterKind::Acknowledgement)) },
            units::queued(letter(1, LetterKind::FollowUp)),
        ],
        follow_up: Some(units::letter_id(serial, 1)),
        case: opened.case.map(|change| CaseChange { decided_on: 0, ..change }),
        ..UnitOfWork::default()
    }
}

/// Mails into a Maildir, read one by one and then together, and then the clocks: when nothing is due, and when much
/// is.
async fn measure(store: &Arc<dyn Store>, folder: &Path, round: usize) -> Measured {
    let maildir = folder.join(format!("in-{round}"));
    for part in ["new", "cur", "tmp"] {
        let _ = std::fs::create_dir_all(maildir.join(part));
    }
    let file = measuring::desk::write(
        folder,
        &[DeskText {
            database: "sqlite:unused.db",
            retrieval: format!("maildir = \"{}\"", maildir.display()),
            submission: format!("maildir = \"{}\"", folder.join("out").display()),
        }],
    );
    let proved = config::load(&file).unwrap_or_else(|faults| panic!("{faults:?}"));
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let mut setup = Setup::with_store(&proved, Arc::clone(&clock), Arc::clone(store)).await.unwrap();
    let first = round * (ALONE + TOGETHER) + 30; // no large mail among those that are handled alone
    let alone = read(&setup, &maildir, first, ALONE, 1).await;
    let together = read(&setup, &maildir, first + ALONE, TOGETHER, 1_000).await;
    let begun = Instant::now();
    for _ in 0..PASSES {
        let done = pass(setup.store.as_ref(), &setup.desks(), setup.clock.as_ref()).await.unwrap();
        assert_eq!(done.timers, 0, "nothing is due");
    }
    let pass_alone = begun.elapsed() / u32::try_from(PASSES).unwrap();
    // In half a year the first contact of every open case is long overdue, and so are some other clocks.
    let later: Arc<dyn Clock> = Arc::new(ManualClock::at(clock.now() + TimeDelta::days(180 + i64::try_from(round).unwrap())));
    setup.clock = later;
    let begun = Instant::now();
    let done = pass(setup.store.as_ref(), &setup.desks(), setup.clock.as_ref()).await.unwrap();
    assert!(done.timers >= ALONE + TOGETHER, "only {} clocks were due", done.timers);
    Measured { alone, together, pass: pass_alone, clock: begun.elapsed() / u32::try_from(done.timers).unwrap() }
}

/// The time for one mail, where so many are handled at once.
async fn read(setup: &Setup, maildir: &Path, first: usize, count: usize, at_once: usize) -> Duration {
    for number in first..first + count {
        // Attachments would hide the cost that grows: that of finding things.
        let mut text = mail(number, Mix::Mixed);
        if text.len() > 20_000 {
            text = mail(number + 1_000_001, Mix::Mixed);
        }
        std::fs::write(maildir.join("new").join(format!("{number}.bench")), text).unwrap();
    }
    let desk = &setup.desks[0];
    let mut mailbox = desk.open_mailbox().await.unwrap();
    let bounds = WindowBounds { count: at_once, bytes: 8_000_000 };
    let begun = Instant::now();
    let drained = drain(&setup.store, &desk.desk, &setup.clock, mailbox.as_mut(), bounds, &Silent).await.unwrap();
    let elapsed = begun.elapsed();
    assert_eq!(drained.opened, count, "every mail opened a case");
    elapsed / u32::try_from(count).unwrap()
}
