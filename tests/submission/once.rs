//! I4: the follow-up reaches the wire at most once; everything else at least once, with the same bytes.

use std::sync::Arc;

use chrono::TimeDelta;
use wederhoor::clock::Clock;
use wederhoor::delivery::{DeliverySettings, SmtpSettings, Submission};
use wederhoor::model::LetterKind;
use wederhoor::store::{AttemptOutcome, Store};

use crate::outbox::Desk;
use crate::scripted::{AtTheDot, Behaviour, Scripted};

/// Drains again and again over six days.
async fn six_days(desk: &Desk) {
    for _ in 0..6 * 24 {
        desk.worker.drain().await.unwrap();
        desk.clock.advance(TimeDelta::hours(1));
    }
}

#[tokio::test]
async fn a_server_that_accepts_and_cuts_gets_one_follow_up_and_the_same_acknowledgement_again() {
    let cut = Behaviour { dot: AtTheDot::TakeAndCut, ..Behaviour::default() };
    let server = Scripted::start(vec![cut.clone(), cut, Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::FollowUp);
    desk.put_kind(LetterKind::Acknowledgement);
    six_days(&desk).await;
    let taken = server.taken();
    let copies = |index: u8| taken.iter().filter(|taken| contains(&taken.bytes, &format!("{}@", hex(index)))).collect::<Vec<_>>();
    assert_eq!(copies(1).len(), 1, "the follow-up");
    assert_eq!(copies(2).len(), 2, "the acknowledgement");
    assert_eq!(copies(2)[0].bytes, copies(2)[1].bytes);
    assert_eq!(desk.outbox.letter(0).0, "unclear");
    assert_eq!(desk.outbox.letter(1).0, "sent");
}

/// The tail of the ids that `Desk::letter` makes.
fn hex(index: u8) -> String {
    format!("{index:02x}").repeat(7)
}

fn contains(bytes: &[u8], text: &str) -> bool {
    String::from_utf8_lossy(bytes).contains(text)
}

#[tokio::test]
async fn a_line_cut_in_mid_letter_counts_as_sent_for_the_follow_up_alone() {
    let cut = Behaviour { cut_in_letter: Some(20), ..Behaviour::default() };
    let server = Scripted::start(vec![cut.clone(), cut, Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::FollowUp);
    desk.put_kind(LetterKind::Acknowledgement);
    six_days(&desk).await;
    assert_eq!((desk.outbox.letter(0).0, desk.outbox.letter(1).0), ("unclear", "sent"));
    assert_eq!(server.taken().len(), 1, "only the acknowledgement arrived");
}

#[tokio::test]
async fn a_definite_refusal_brings_the_follow_up_back() {
    let later = Behaviour { dot: AtTheDot::Answer("451 4.3.0 later"), ..Behaviour::default() };
    let greylisted = Behaviour { rcpt: "450 4.7.1 greylisted", ..Behaviour::default() };
    let refused = Behaviour { mail: "550 5.7.1 not you", ..Behaviour::default() };
    let server = Scripted::start(vec![later, greylisted, refused, Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::FollowUp);
    six_days(&desk).await;
    let outcomes: Vec<_> = desk.outbox.letter(0).1.iter().map(|attempt| attempt.outcome).collect();
    assert!(
        matches!(
            outcomes[..],
            [
                AttemptOutcome::Deferred { .. },
                AttemptOutcome::Deferred { .. },
                AttemptOutcome::Held { .. },
                AttemptOutcome::Accepted
            ]
        ),
        "{outcomes:?}"
    );
    assert_eq!(server.taken().len(), 1);
}

#[tokio::test]
async fn a_server_that_is_gone_does_not_cost_the_follow_up() {
    let [port] = crate::postfix::free_ports();
    let desk = Desk::new(Submission::smtp(SmtpSettings::plain_on_loopback(port)));
    desk.put_kind(LetterKind::FollowUp);
    for _ in 0..3 {
        desk.worker.drain().await.unwrap();
        desk.clock.advance(TimeDelta::hours(1));
    }
    assert_eq!(desk.outbox.letter(0).0, "queued", "no line, no handing over");
}

#[tokio::test]
async fn the_follow_up_never_meets_a_line_that_went_stale() {
    // The first line takes one letter and then closes without a word.
    let server = Scripted::start(vec![Behaviour { cut_after: 1, ..Behaviour::default() }, Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::Acknowledgement);
    desk.put_kind(LetterKind::FollowUp);
    assert_eq!(desk.worker.drain().await.unwrap().accepted, 2);
    assert_eq!(server.connections(), 2);
    assert_eq!(server.taken().len(), 2);
}

#[tokio::test]
async fn any_other_letter_that_meets_a_stale_line_goes_at_once_on_a_new_one() {
    let server = Scripted::start(vec![Behaviour { cut_after: 1, ..Behaviour::default() }, Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::Acknowledgement);
    desk.put_kind(LetterKind::OfficerNewCase);
    assert_eq!(desk.worker.drain().await.unwrap().accepted, 2);
    assert_eq!(desk.outbox.letter(1).1.len(), 1, "no try was lost");
}

#[tokio::test]
async fn what_a_daemon_was_handing_over_when_it_died_is_never_sent_by_the_next() {
    let server = Scripted::start(vec![Behaviour::default()]).await;
    let dead = Desk::new(server.submission());
    dead.put_kind(LetterKind::FollowUp);
    let now = dead.clock.now();
    let letter = dead.letter(LetterKind::Acknowledgement);
    let claimed = dead.outbox.claim_letters(&letter.desk, "dead", now, now + TimeDelta::minutes(2), 10).await.unwrap();
    assert!(dead.outbox.begin_handover(claimed[0].letter.letter, "dead", now).await.unwrap());
    let next = Desk::with(server.submission(), DeliverySettings::default(), Arc::clone(&dead.outbox));
    six_days(&next).await;
    assert!(server.taken().is_empty());
    assert_eq!(next.outbox.letter(0).0, "handing_over");
}
