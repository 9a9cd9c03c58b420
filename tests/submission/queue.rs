//! The queue of one desk: many letters, several lines, waking, stopping, and the database in trouble.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use wederhoor::clock::Clock;
use wederhoor::delivery::{DeliverySettings, ProviderLimits, SmtpSettings, Submission};
use wederhoor::model::LetterKind;
use wederhoor::store::AttemptOutcome;

use crate::outbox::{Desk, Ear};
use crate::scripted::{Behaviour, Scripted};

/// Waits until a desk has told of this many attempts.
async fn heard_of(ear: &Ear, attempts: usize) {
    tokio::time::timeout(Duration::from_secs(20), async {
        while ear.attempts() < attempts {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn each_of_many_letters_is_taken_once_over_a_few_lines() {
    let server = Scripted::start(vec![Behaviour { offers: vec!["PIPELINING"], ..Behaviour::default() }]).await;
    let settings = SmtpSettings { connections: 3, letters_per_connection: 40, ..server.settings() };
    let desk = Desk::with(Submission::smtp(settings), DeliverySettings { batch: 25, ..Default::default() }, Arc::default());
    for _ in 0..250 {
        desk.put_kind(LetterKind::Acknowledgement);
    }
    assert_eq!(desk.worker.drain().await.unwrap().accepted, 250);
    assert_eq!(desk.outbox.states()["sent"], 250);
    assert!((0..250).all(|index| desk.outbox.letter(index).1.len() == 1));
    assert_eq!(server.taken().len(), 250);
    // 250 letters at 40 a line.
    assert!((7..=10).contains(&server.connections()), "{} lines", server.connections());
}

#[tokio::test]
async fn a_running_worker_sends_when_it_is_woken_and_says_goodbye_when_it_is_stopped() {
    let server = Scripted::start(vec![Behaviour::default()]).await;
    let desk = Arc::new(Desk::new(server.submission()));
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn({
        let desk = Arc::clone(&desk);
        async move { desk.worker.run(stopped).await }
    });
    for count in 1..=3 {
        desk.put_kind(LetterKind::Acknowledgement);
        desk.worker.wake().notify_one();
        heard_of(&desk.ear, count).await;
    }
    assert_eq!(server.connections(), 1, "the line is kept between letters");
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(desk.outbox.states()["sent"], 3);
    assert_eq!(server.commands().last().unwrap(), "QUIT");
}

#[tokio::test]
async fn letters_that_were_only_claimed_when_the_daemon_stops_are_given_back() {
    let server = Scripted::start(vec![Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    for _ in 0..20 {
        desk.put_kind(LetterKind::Acknowledgement);
    }
    desk.put_kind(LetterKind::FollowUp);
    // Stopped as soon as the first letter has gone.
    let stop = async {
        heard_of(&desk.ear, 1).await;
        desk.worker.stop();
    };
    let (tally, ()) = tokio::join!(desk.worker.drain(), stop);
    let tally = tally.unwrap();
    assert_eq!(tally.accepted + tally.held, 21);
    let next = Desk::with(server.submission(), DeliverySettings::default(), Arc::clone(&desk.outbox));
    next.worker.drain().await.unwrap();
    assert_eq!(next.outbox.states()["sent"], 21, "at once, without waiting for the lease");
    assert_eq!(server.taken().len(), 21);
}

#[tokio::test]
async fn an_outcome_waits_for_the_database_and_is_not_lost() {
    let server = Scripted::start(vec![Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::Acknowledgement);
    desk.outbox.full.store(true, Ordering::SeqCst);
    let room = async {
        heard_of(&desk.ear, 1).await;
        assert_eq!(desk.outbox.letter(0).0, "queued");
        desk.outbox.full.store(false, Ordering::SeqCst);
    };
    let (tally, ()) = tokio::join!(desk.worker.drain(), room);
    assert_eq!(tally.unwrap().accepted, 1);
    assert_eq!((desk.outbox.letter(0).0, server.taken().len()), ("sent", 1));
}

#[tokio::test]
async fn the_provider_s_numbers_are_kept_and_a_share_is_left_for_confirmations() {
    let server = Scripted::start(vec![Behaviour::default()]).await;
    let limits = ProviderLimits { per_minute: Some(10), ..ProviderLimits::default() };
    let desk = Desk::with(server.submission(), DeliverySettings { limits, ..Default::default() }, Arc::default());
    for _ in 0..10 {
        desk.put_kind(LetterKind::OfficerNewCase);
    }
    for _ in 0..10 {
        desk.put_kind(LetterKind::Acknowledgement);
    }
    let tally = desk.worker.drain().await.unwrap();
    assert_eq!((tally.accepted, server.taken().len()), (10, 10));
    let held = desk.outbox.letter(9).1[0].outcome;
    assert_eq!(held, AttemptOutcome::Held { next_at: desk.clock.now() + TimeDelta::minutes(1) });
    assert_eq!((desk.outbox.letter(10).0, desk.outbox.letter(11).0), ("sent", "sent"), "two are kept for confirmations");
    desk.clock.advance(TimeDelta::minutes(1));
    assert_eq!(desk.worker.drain().await.unwrap().accepted, 10);
}

#[tokio::test]
async fn one_desk_s_dead_server_does_not_disturb_another_desk() {
    let [gone] = crate::postfix::free_ports();
    let server = Scripted::start(vec![Behaviour::default()]).await;
    let unlucky = Desk::new(Submission::smtp(SmtpSettings::plain_on_loopback(gone)));
    let lucky = Desk::new(server.submission());
    unlucky.put_kind(LetterKind::Acknowledgement);
    lucky.put_kind(LetterKind::Acknowledgement);
    let (one, other) = tokio::join!(unlucky.worker.drain(), lucky.worker.drain());
    assert_eq!((one.unwrap().held, other.unwrap().accepted), (1, 1));
}
