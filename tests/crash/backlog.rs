//! Killed while a backlog is read and letters go out.

use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;
use wederhoor::store::{Store, StoreOptions};

use crate::complaints::Complaints;
use crate::dovecot::{Dovecot, PASSWORD};
use crate::postgres::Postgres;
use crate::program::{Installation, PATIENCE, Process, Wiring, wait_for};
use crate::sink::Sink;
use crate::verdict::{all_cases, judge, letters_waiting};
use crate::{chance, rounds};

/// How many mails wait when the mailbox was filled.
const BACKLOG: usize = 300;
/// Below this many it is filled again, so that a kill falls into work.
const TOO_FEW: usize = 100;
/// Cases that the officer closes at each filling.
const CLOSINGS: usize = 10;

/// The scene of the crimes.
struct Scene {
    dovecot: Dovecot,
    sink: Sink,
    desk: Installation,
    store: std::sync::Arc<dyn Store>,
    complaints: Complaints,
    chance: StdRng,
    closed: usize,
}

/// What the kills hit.
#[derive(Debug, Default)]
struct Hits {
    rounds: usize,
    kills: usize,
    /// With mails in the mailbox.
    in_backlog: usize,
    /// With letters that had not gone.
    in_delivery: usize,
}

impl Scene {
    async fn new(name: &str, database: Option<String>) -> Self {
        let (dovecot, sink) = (Dovecot::start(), Sink::start(Duration::from_millis(1)));
        let mut wiring = Wiring::new(dovecot.imap_port, sink.port);
        wiring.database.clone_from(&database);
        // Small windows, so that there are many moments between a commit and a move.
        wiring.retrieval.push_str("\nwindow_mails = 20");
        let desk = Installation::new(&wiring, PASSWORD);
        let url = database.unwrap_or_else(|| desk.sqlite_url());
        let store = wederhoor::store::open(&url, &StoreOptions::default()).await.unwrap();
        store.migrate().await.unwrap();
        Self { dovecot, sink, desk, store, complaints: Complaints::default(), chance: chance(name), closed: 0 }
    }

    fn waiting(&self) -> usize {
        self.dovecot.folder_count("klachten", "INBOX")
    }

    /// Fills the mailbox; among the mails are some by which the officer closes older cases.
    async fn fill(&mut self) {
        let cases = all_cases(self.store.as_ref()).await;
        let to_close: Vec<_> = cases.iter().skip(self.closed).take(CLOSINGS).collect();
        self.closed += to_close.len();
        let mut mails: Vec<Vec<u8>> =
            to_close.iter().map(|case| self.complaints.closing(&case.capabilities, &mut self.chance)).collect();
        while mails.len() + self.waiting() < BACKLOG {
            mails.push(self.complaints.next(&mut self.chance));
        }
        self.dovecot.append_all("klachten", &mails);
    }

    /// Lets the daemons live for a random while: counted from their start, or from the first mail they move.
    fn let_live(&mut self, living: &[Option<Process>]) {
        // Mails are filed many at a time, so the log tells sooner than the mailbox that a backlog is being read.
        let at_most = if self.chance.random_bool(0.3) {
            1_500
        } else {
            let reads = |daemon: &Process| daemon.log().contains("mail handled");
            let until = Instant::now() + PATIENCE;
            while !living.iter().flatten().any(reads) && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(2));
            }
            200
        };
        // The moment is the point of this test; nothing is ordered by it.
        std::thread::sleep(Duration::from_micros(self.chance.random_range(0..at_most * 1_000)));
    }

    async fn torture(&mut self, rounds: usize, daemons: usize) -> Hits {
        let mut hits = Hits { rounds, ..Hits::default() };
        let mut living: Vec<Option<Process>> = (0..daemons).map(|_| None).collect();
        for _ in 0..rounds {
            if self.waiting() < TOO_FEW {
                self.fill().await;
            }
            for daemon in &mut living {
                daemon.get_or_insert_with(|| self.desk.begin(&["run"]));
            }
            self.let_live(&living);
            // One of them, or all.
            let only = self.chance.random_range(0..=daemons);
            for (index, daemon) in living.iter_mut().enumerate() {
                if (only == daemons || only == index)
                    && let Some(mut daemon) = daemon.take()
                {
                    assert!(daemon.has_ended().is_none(), "it ended by itself: {}", daemon.log());
                    daemon.kill();
                    hits.kills += 1;
                }
            }
            hits.in_backlog += usize::from(self.waiting() > 0);
            hits.in_delivery += usize::from(letters_waiting(self.store.as_ref()).await > 0);
        }
        hits
    }

    /// One undisturbed run to the end.
    async fn settle(&mut self, daemons: usize) {
        let running: Vec<Process> = (0..daemons).map(|_| self.desk.begin(&["run"])).collect();
        let logs = || running.iter().map(Process::log).collect::<Vec<_>>().join("\n");
        // SIGTERM means something only to a program that has begun to listen for it.
        wait_for("every daemon ready", || running.iter().all(|daemon| daemon.log().contains("ready")).then_some(()), logs);
        wait_for("an empty mailbox", || (self.waiting() == 0).then_some(()), logs);
        let until = Instant::now() + PATIENCE;
        while letters_waiting(self.store.as_ref()).await > 0 {
            assert!(Instant::now() < until, "letters that never go:\n{}", logs());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for ended in running.into_iter().map(Process::terminate) {
            assert_eq!(ended.code, Some(0), "{}", ended.log);
        }
    }
}

async fn survive(name: &str, database: Option<String>, rounds: usize, daemons: usize) {
    let begun = Instant::now();
    let mut scene = Scene::new(name, database).await;
    let hits = scene.torture(rounds, daemons).await;
    scene.settle(daemons).await;
    let verdict = judge(scene.store.as_ref(), &scene.complaints, &scene.dovecot, &scene.sink).await;
    eprintln!(
        "{name}: {} rounds, {} kills ({} during a backlog, {} with letters waiting), {} mails, {} cases ({} closed), {} letters, \
         {} copies of letters with the same id and bytes, {:.0?}",
        hits.rounds,
        hits.kills,
        hits.in_backlog,
        hits.in_delivery,
        scene.complaints.made,
        verdict.cases,
        scene.closed,
        verdict.letters,
        verdict.copies,
        begun.elapsed()
    );
    assert!(hits.in_backlog > 0, "no kill fell into a backlog, so nothing was tried: {hits:?}");
    scene.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_by_kills_in_a_backlog_on_sqlite() {
    survive("sqlite", None, rounds(12), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_by_kills_of_two_daemons_on_postgresql() {
    let server = Postgres::start();
    let database = server.database().await;
    survive("postgresql", Some(database), rounds(6), 2).await;
}
