//! Killed while follow-ups are handed over: at most one a case, ever (I4, M17, M153).

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use rand::RngExt;
use rand::rngs::StdRng;
use wederhoor::mediation::{Case, FollowUp};
use wederhoor::model::LetterKind;
use wederhoor::store::{Store, StoreOptions, StoredLetter};

use crate::complaints::Complaints;
use crate::dovecot::{Dovecot, PASSWORD};
use crate::postgres::Postgres;
use crate::program::{Installation, PATIENCE, Process, Wiring, wait_for};
use crate::sink::Sink;
use crate::verdict::{all_cases, by_message_id};
use crate::{chance, rounds};

/// Cases that are closed together, and so come due together.
const TOGETHER: usize = 90;

struct Scene {
    dovecot: Dovecot,
    sink: Sink,
    desk: Installation,
    store: Arc<dyn Store>,
    complaints: Complaints,
    chance: StdRng,
}

impl Scene {
    async fn new(name: &str, database: Option<String>) -> Self {
        let (dovecot, sink) = (Dovecot::start(), Sink::start(Duration::ZERO));
        let mut wiring = Wiring::new(dovecot.imap_port, sink.port);
        wiring.database.clone_from(&database);
        let desk = Installation::new(&wiring, PASSWORD);
        let store =
            wederhoor::store::open(&database.unwrap_or_else(|| desk.sqlite_url()), &StoreOptions::default()).await.unwrap();
        store.migrate().await.unwrap();
        Self { dovecot, sink, desk, store, complaints: Complaints::default(), chance: chance(name) }
    }

    fn once(&self, arguments: &[&str]) {
        let ended = self.desk.command(&[&["run", "--once"], arguments].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.log);
    }

    /// Complaints come and are closed. Gives the moment at which all their follow-ups are due.
    async fn close_some(&mut self, how_many: usize) -> String {
        for _ in 0..how_many {
            let mail = self.complaints.next(&mut self.chance);
            self.dovecot.append("klachten", &mail);
        }
        self.once(&[]);
        for case in all_cases(self.store.as_ref()).await.iter().filter(|case| case.phase.is_open()) {
            let mail = self.complaints.closing(&case.capabilities, &mut self.chance);
            self.dovecot.append("klachten", &mail);
        }
        self.once(&[]);
        let cases = all_cases(self.store.as_ref()).await;
        let due = cases.iter().filter_map(planned_for).max().expect("a follow-up is planned");
        (due + TimeDelta::minutes(5)).to_rfc3339()
    }

    async fn planned(&self) -> usize {
        all_cases(self.store.as_ref()).await.iter().filter_map(planned_for).count()
    }

    async fn follow_ups_that_wait(&self) -> usize {
        self.follow_ups().await.iter().filter(|stored| stored.state == "queued").count()
    }

    async fn follow_ups(&self) -> Vec<StoredLetter> {
        let mut found = Vec::new();
        for case in all_cases(self.store.as_ref()).await {
            let letters = self.store.letters_of_case(case.number).await.unwrap();
            let before = found.len();
            found.extend(letters.into_iter().filter(|stored| stored.letter.kind == LetterKind::FollowUp));
            assert!(found.len() <= before + 1, "{}: two follow-ups", case.number);
        }
        found
    }
}

fn planned_for(case: &Case) -> Option<wederhoor::model::Instant> {
    match case.follow_up {
        FollowUp::Planned { due_at } => Some(due_at),
        _ => None,
    }
}

/// The program is started, at times twice at once, and killed after a while that chance measures.
async fn killed_again_and_again(name: &str, database: Option<String>, rounds: usize, at_once: usize) {
    let begun = Instant::now();
    let mut scene = Scene::new(name, database).await;
    let mut at = scene.close_some(TOGETHER).await;
    let (mut kills, mut in_hand_over) = (0, 0);
    for _ in 0..rounds {
        if scene.planned().await == 0 && scene.follow_ups_that_wait().await == 0 {
            at = scene.close_some(TOGETHER).await;
        }
        // Slow enough that kills fall between the first byte and the answer.
        scene.sink.pause(Duration::from_millis(15));
        let sent_before = scene.sink.count();
        let mut running: Vec<Process> = (0..at_once).map(|_| scene.desk.begin(&["run", "--once", "--at", &at])).collect();
        if scene.chance.random_bool(0.8) {
            let until = Instant::now() + PATIENCE;
            while scene.sink.count() == sent_before
                && running.iter_mut().any(|process| process.has_ended().is_none())
                && Instant::now() < until
            {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        // The moment is the point of this test; nothing is ordered by it.
        std::thread::sleep(Duration::from_micros(scene.chance.random_range(0..150_000)));
        for mut process in running {
            if process.has_ended().is_none() {
                process.kill();
                kills += 1;
            }
        }
        in_hand_over += usize::from(scene.follow_ups_that_wait().await > 0);
        scene.sink.pause(Duration::ZERO);
    }
    // Undisturbed, then once more.
    scene.once(&["--at", &at]);
    let sent = scene.sink.count();
    scene.once(&["--at", &at]);
    assert_eq!(scene.sink.count(), sent, "nothing is left to send");
    assert_eq!(scene.planned().await, 0, "every follow-up that was due has gone");

    let taken = by_message_id(&scene.sink.taken());
    let (mut unclear, mut all) = (0, 0);
    for stored in scene.follow_ups().await {
        all += 1;
        let copies = taken.get(&stored.letter.message_id.to_string()).map_or(0, Vec::len);
        assert!(copies <= 1, "{}: went out {copies} times (I4)", stored.letter.message_id);
        match stored.state.as_str() {
            "sent" => assert_eq!(copies, 1, "{} counts as sent", stored.letter.message_id),
            "handing_over" => unclear += 1,
            other => panic!("a follow-up is {other}"),
        }
    }
    eprintln!(
        "{name}: {rounds} rounds, {kills} kills ({in_hand_over} with follow-ups under way), {all} follow-ups, none twice, \
         {unclear} cut off and never tried again, {:.0?}",
        begun.elapsed()
    );
    scene.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_follow_up_goes_out_twice_whenever_it_is_killed_on_sqlite() {
    killed_again_and_again("follow-ups, sqlite", None, rounds(8), 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_follow_up_goes_out_twice_with_two_at_once_on_postgresql() {
    let server = Postgres::start();
    let database = server.database().await;
    killed_again_and_again("follow-ups, postgresql", Some(database), rounds(4), 2).await;
}

/// The hardest moment: the server has taken the letter, and the answer never came.
#[tokio::test(flavor = "multi_thread")]
async fn a_kill_between_the_final_dot_and_the_answer_repeats_a_confirmation_and_never_a_follow_up() {
    let mut scene = Scene::new("the final dot", None).await;
    scene.sink.be_silent(true);
    let mail = scene.complaints.next(&mut scene.chance);
    scene.dovecot.append("klachten", &mail);
    let cut_off = scene.desk.begin(&["run", "--once"]);
    wait_for("confirmation and notice at the dot", || (scene.sink.count() == 2).then_some(()), || cut_off.log());
    cut_off.kill();
    scene.sink.be_silent(false);
    scene.once(&[]);
    let taken = scene.sink.taken();
    assert_eq!(taken.len(), 4, "both go again: better twice than never");
    for copies in by_message_id(&taken).values() {
        assert_eq!(copies.len(), 2, "under the same id");
        assert!(copies[0].bytes == copies[1].bytes, "with the same bytes");
    }

    let at = scene.close_some(0).await;
    let before = scene.sink.count();
    scene.sink.be_silent(true);
    let cut_off = scene.desk.begin(&["run", "--once", "--at", &at]);
    wait_for("the follow-up at the dot", || (scene.sink.count() == before + 1).then_some(()), || cut_off.log());
    cut_off.kill();
    scene.sink.be_silent(false);
    scene.once(&["--at", &at]);
    scene.once(&[]);
    assert_eq!(scene.sink.count(), before + 1, "an unclear outcome counts as sent (I4)");
    let case = &scene.desk.cases()[0];
    assert_eq!(case["follow_up"]["state"], "sent", "{case:#}");
}
