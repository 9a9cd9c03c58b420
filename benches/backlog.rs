//! What a backlog costs, from a mailbox on a real Dovecot to cases with their letters queued, all durable and
//! every mail moved, beside what the mail server and the database can do at most (design.md section 7).
//!
//! `cargo bench --bench backlog [-- MAILS] [sqlite|postgres] [huge]`. The program itself runs, as
//! `wederhoor run --once`, on a submission server that is away: it reads everything, and the letters wait.
//! `huge` puts a mail of 30 MB among each thousand. Needs Dovecot; PostgreSQL too unless `sqlite` is said.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement that can not be made stops")]
#![expect(clippy::disallowed_methods, reason = "the names of files in a Maildir begin with the time of day")]
#![expect(clippy::indexing_slicing, clippy::print_stdout, reason = "its result is what it prints")]

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/support/dovecot.rs"]
mod dovecot;
#[expect(dead_code, reason = "the other benches use the rest")]
mod measuring;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postgres;

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use dovecot::{Dovecot, PASSWORD};
use measuring::desk::DeskText;
use measuring::mails::{Mix, mail};
use measuring::process::Cost;
use measuring::raw_imap::RawImap;
use measuring::{per_second, process, write_limit};
use sqlx::Row;

/// Rows in one transaction of the write limit: what a window of the program holds.
const WINDOW: usize = 1_000;

/// What the database holds of a case, in bytes: the original, the letters, the journal, the state.
const KEPT: &str = "SELECT CAST(octet_length(m.raw) \
    + (SELECT coalesce(sum(octet_length(l.bytes)), 0) FROM letter l WHERE l.case_key = m.case_key) \
    + (SELECT coalesce(sum(octet_length(j.data)), 0) FROM journal j WHERE j.case_key = m.case_key) \
    + (SELECT coalesce(sum(octet_length(c.state_json)), 0) FROM complaint_case c WHERE c.case_key = m.case_key) AS bigint) \
    FROM mail m";

struct Plan {
    mails: usize,
    mix: Mix,
    sqlite: bool,
    postgres: bool,
}

fn plan() -> Plan {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let said = |word: &str| words.iter().any(|said| said == word);
    Plan {
        mails: words.iter().find_map(|word| word.parse().ok()).unwrap_or(10_000),
        mix: if said("huge") { Mix::WithHuge } else { Mix::Mixed },
        sqlite: !said("postgres"),
        postgres: !said("sqlite"),
    }
}

#[tokio::main]
async fn main() {
    let plan = plan();
    let server = Dovecot::start();
    let bytes = fill(&server, "beheer", &plan);
    println!("{} mails, {} MB, {} kB each on average", plan.mails, bytes / 1_000_000, bytes / plan.mails / 1000);
    raw_imap(&server, plan.mails, bytes);
    let folder = tempfile::tempdir().unwrap();
    if plan.sqlite {
        fill(&server, "klachten", &plan);
        let url = format!("sqlite:{}", folder.path().join("desk.db").display());
        let (cost, dovecot) = read_backlog(&server, folder.path(), "klachten", &url, plan.mails);
        let sizes = kept_by_sqlite(&url).await;
        let limit = write_limit::of_sqlite(&folder.path().join("raw.db"), &sizes, WINDOW).await;
        report("SQLite", &plan, cost, dovecot, &sizes, limit);
    }
    if plan.postgres {
        let database = postgres::Postgres::start();
        fill(&server, "klager", &plan);
        let url = database.database().await;
        let (cost, dovecot) = read_backlog(&server, folder.path(), "klager", &url, plan.mails);
        let sizes = kept_by_postgres(&url).await;
        let limit = write_limit::of_postgres(&database.database().await, &sizes, WINDOW).await;
        report("PostgreSQL", &plan, cost, dovecot, &sizes, limit);
    }
}

/// Puts the mails into a mailbox; gives their bytes. The server has seen them before anybody is measured, as
/// it has seen mail that it delivered itself.
fn fill(server: &Dovecot, user: &str, plan: &Plan) -> usize {
    let mut bytes = 0;
    for number in 0..plan.mails {
        let mail = mail(number, plan.mix);
        bytes += mail.len();
        server.append(user, &mail);
    }
    RawImap::login(server.imap_port, user, PASSWORD).command("SELECT INBOX");
    bytes
}

fn raw_imap(server: &Dovecot, mails: usize, bytes: usize) {
    let mut imap = RawImap::login(server.imap_port, "beheer", PASSWORD);
    imap.command("CREATE Verwerkt");
    imap.command("SELECT INBOX");
    let begun = Instant::now();
    let fetched = imap.command("UID FETCH 1:* (UID INTERNALDATE BODY.PEEK[])");
    let rate = measuring::rate(mails, begun);
    assert_eq!(fetched, bytes, "every mail came whole");
    println!("Dovecot     FETCH of all    {rate:>7.0} mails/s");
    let begun = Instant::now();
    for first in (1..=mails).step_by(2_000) {
        imap.command(&format!("UID MOVE {first}:{} Verwerkt", first + 1_999));
    }
    println!("Dovecot     MOVE by 2,000   {:>7.0} mails/s", measuring::rate(mails, begun));
}

/// Runs the program on this mailbox and this database. Gives what it cost, and the processor time of Dovecot.
fn read_backlog(server: &Dovecot, folder: &Path, user: &str, url: &str, mails: usize) -> (Cost, f64) {
    let file = configuration(server, folder, user, url);
    let log = std::fs::File::create(folder.join("log")).unwrap();
    let before = process::group_seconds(server.process());
    let cost = process::run(process::wederhoor().args(["run", "--once", "--config"]).arg(&file).stdin(Stdio::null()).stderr(log));
    let dovecot = process::group_seconds(server.process()) - before;
    // 75: the letters could not go yet.
    assert_eq!(cost.exit_code, Some(75), "{}", std::fs::read_to_string(folder.join("log")).unwrap());
    assert_eq!(server.folder_count(user, "Verwerkt"), mails, "every mail was moved");
    (cost, dovecot)
}

fn configuration(server: &Dovecot, folder: &Path, user: &str, url: &str) -> PathBuf {
    let password = folder.join("password");
    std::fs::write(&password, PASSWORD).unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    measuring::desk::write(
        folder,
        &[DeskText {
            database: url,
            retrieval: format!(
                "imap = \"imap://{user}@127.0.0.1:{}\"\npassword_file = \"{}\"\n{}",
                server.imap_port,
                password.display(),
                // To try another size of window.
                std::env::var("RETRIEVAL").unwrap_or_default()
            ),
            submission: format!("smtp = \"smtp://127.0.0.1:{nobody}\""),
        }],
    )
}

async fn kept_by_sqlite(url: &str) -> Vec<usize> {
    let pool = sqlx::SqlitePool::connect(url).await.unwrap();
    let rows = sqlx::query(KEPT).fetch_all(&pool).await.unwrap();
    pool.close().await;
    rows.iter().map(|row| usize::try_from(row.get::<i64, _>(0)).unwrap()).collect()
}

async fn kept_by_postgres(url: &str) -> Vec<usize> {
    let pool = sqlx::PgPool::connect(url).await.unwrap();
    let rows = sqlx::query(KEPT).fetch_all(&pool).await.unwrap();
    pool.close().await;
    rows.iter().map(|row| usize::try_from(row.get::<i64, _>(0)).unwrap()).collect()
}

fn report(database: &str, plan: &Plan, cost: Cost, dovecot: f64, sizes: &[usize], limit: f64) {
    assert_eq!(sizes.len(), plan.mails, "every mail is kept");
    let rate = per_second(plan.mails, cost.elapsed);
    println!(
        "{database:<11} write limit     {limit:>7.0} cases/s   ({} kB each at rest)",
        sizes.iter().sum::<usize>() / sizes.len() / 1000
    );
    println!(
        "{database:<11} mail to letters {rate:>7.0} mails/s   {:.0} % of the limit; {:.1} s in all, start and end included",
        100.0 * rate / limit,
        seconds(cost.elapsed)
    );
    println!(
        "{database:<11} processor       {:>7.1} s of ours, {dovecot:.1} s of Dovecot; most memory {} MB",
        cost.processor,
        cost.peak_kb / 1000
    );
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}
