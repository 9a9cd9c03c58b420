//! Delivery from a real database.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use wederhoor::clock::Clock;
use wederhoor::composition::OutgoingLetter;
use wederhoor::delivery::{DeliverySettings, DeliveryWorker, Submission};
use wederhoor::model::LetterKind;
use wederhoor::store::{QueuedLetter, Store, StoreOptions, UnitOfWork};

use crate::outbox::{Desk, Ear, worker};
use crate::scripted::{AtTheDot, Behaviour, Scripted};
use crate::units::{first_complaint, follow_up, noon, opened};

async fn database(folder: &tempfile::TempDir) -> Arc<dyn Store> {
    let url = format!("sqlite:{}/desk.db", folder.path().display());
    let store = wederhoor::store::open(&url, &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    store
}

async fn commit(store: &dyn Store, letters: Vec<OutgoingLetter>, desk: &Desk) {
    let letters = letters.into_iter().map(|letter| QueuedLetter { letter, not_before: None, counts: Vec::new() }).collect();
    store.commit(&[UnitOfWork { letters, ..UnitOfWork::default() }], desk.clock.now()).await.unwrap();
}

fn worker_on(store: &Arc<dyn Store>, desk: &Desk, submission: Submission) -> DeliveryWorker {
    let ear = Arc::new(Ear::default());
    worker(Arc::clone(store), Arc::clone(&desk.clock), submission, DeliverySettings::default(), ear)
}

#[tokio::test]
async fn letters_of_a_database_leave_once_and_none_remains() {
    let folder = tempfile::tempdir().unwrap();
    let store = database(&folder).await;
    let server = Scripted::start(vec![Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    let letters = (0..100).map(|_| desk.letter(LetterKind::Acknowledgement)).collect();
    commit(&*store, letters, &desk).await;
    let first = worker_on(&store, &desk, server.submission());
    let second = worker_on(&store, &desk, server.submission());
    let (one, other) = tokio::join!(first.drain(), second.drain());
    assert_eq!(one.unwrap().accepted + other.unwrap().accepted, 100, "two daemons share the work");
    assert_eq!(server.taken().len(), 100);
    let backlog = store.backlog(desk.clock.now() + TimeDelta::days(9)).await.unwrap();
    assert_eq!((backlog.letters_due, backlog.letters_waiting), (0, 0));
}

#[tokio::test]
async fn a_daemon_killed_between_the_final_dot_and_the_answer_sends_no_second_follow_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = database(&folder).await;
    let silent = Behaviour { dot: AtTheDot::TakeAndBeSilent, ..Behaviour::default() };
    let server = Scripted::start(vec![silent.clone(), silent, Behaviour::default()]).await;
    let desk = Arc::new(Desk::new(server.submission()));
    // The database takes a follow-up only with its case (I4).
    desk.clock.set(noon());
    let mut opening = first_complaint(1);
    opening.letters.clear();
    let mut follow_up = follow_up(1, 1, opened(1), 5);
    follow_up.letters[0].letter.bytes = desk.letter(LetterKind::FollowUp).bytes;
    store.commit(&[opening, follow_up], desk.clock.now()).await.unwrap();
    desk.clock.advance(TimeDelta::seconds(1));
    commit(&*store, vec![desk.letter(LetterKind::Acknowledgement)], &desk).await;
    for taken in 1..=2 {
        let killed = worker_on(&store, &desk, server.submission());
        let running = tokio::spawn(async move { killed.drain().await });
        tokio::time::timeout(Duration::from_secs(20), async {
            while server.taken().len() < taken {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        })
        .await
        .unwrap();
        running.abort();
        assert!(running.await.unwrap_err().is_cancelled());
        // The dead daemon's lease ends.
        desk.clock.advance(TimeDelta::minutes(3));
    }
    for _ in 0..48 {
        worker_on(&store, &desk, server.submission()).drain().await.unwrap();
        desk.clock.advance(TimeDelta::hours(3));
    }
    let taken = server.taken();
    let copies = |tail: &str| taken.iter().filter(|taken| String::from_utf8_lossy(&taken.bytes).contains(tail)).count();
    assert_eq!(copies("01010101@"), 1, "the follow-up");
    assert_eq!(copies("02020202@"), 2, "the acknowledgement: once to the silence, once with an answer");
}
