//! The outbox and the leases.

use std::collections::HashSet;

use wederhoor::mediation::Entry;
use wederhoor::model::{Instant, LetterId, LetterKind};
use wederhoor::store::{Attempt, AttemptOutcome, Committed, Store, UnitOfWork};

use super::Place;
use super::units::{
    address, at, complainant, desk, first_complaint, follow_up, further, letter, letter_id, noon, number, opened, queued, token,
};

async fn claim(store: &dyn Store, holder: &str, now: Instant, until: Instant) -> Vec<LetterId> {
    let claimed = store.claim_letters(&desk(), holder, now, until, 10).await.unwrap();
    claimed.iter().map(|claimed| claimed.letter.letter).collect()
}

fn attempt(letter: LetterId, outcome: AttemptOutcome) -> Attempt {
    Attempt {
        letter,
        started_at: at(1),
        ended_at: at(2),
        outcome,
        code: Some(250),
        enhanced: Some("2.0.0".to_owned()),
        text: "queued as 4Xy\0".to_owned(),
    }
}

async fn state(store: &dyn Store, serial: u32, letter: LetterId) -> String {
    let letters = store.letters_of_case(number(serial)).await.unwrap();
    letters.into_iter().find(|stored| stored.letter.letter == letter).unwrap().state
}

/// A closed case whose follow-up waits.
async fn with_follow_up(store: &dyn Store) -> LetterId {
    let mut first = first_complaint(1);
    first.letters.clear();
    store.commit(&[first, follow_up(1, 1, opened(1), 5)], noon()).await.unwrap();
    letter_id(1, 5)
}

pub async fn a_letter_is_leased_to_one_daemon(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let unit = first_complaint(1);
    let ordered = unit.letters[0].letter.clone();
    one.commit(&[unit], noon()).await.unwrap();
    assert_eq!(one.next_letter_at(&desk()).await.unwrap(), Some(noon()));
    let claimed = one.claim_letters(&desk(), "one", at(1), at(61), 1).await.unwrap();
    assert_eq!(claimed.len(), 1, "the limit is kept");
    let rest = two.claim_letters(&desk(), "two", at(1), at(61), 10).await.unwrap();
    assert_eq!(rest.len(), 1, "what is leased was given again");
    assert_ne!(claimed[0].letter.letter, rest[0].letter.letter);
    let mine = claimed.iter().chain(&rest).find(|claimed| claimed.letter.letter == ordered.letter).unwrap();
    assert_eq!(mine.letter, ordered, "the bytes are the same");
    assert_eq!((mine.attempts, mine.committed_at), (0, noon()));
    assert!(claim(&*two, "two", at(60), at(120)).await.is_empty());
    assert_eq!(one.next_letter_at(&desk()).await.unwrap(), Some(at(61)), "the end of the lease is the next moment");

    assert!(one.begin_handover(claimed[0].letter.letter, "one", at(2)).await.unwrap());
    assert!(!two.begin_handover(claimed[0].letter.letter, "two", at(2)).await.unwrap(), "somebody else holds it");
    let other = wederhoor::model::DeskKey::of(&address("klachten@elders.example"));
    assert!(one.claim_letters(&other, "one", at(500), at(600), 10).await.unwrap().is_empty(), "another desk's letters");
}

pub async fn a_lease_that_ended_gives_the_letter_to_the_next(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    one.commit(&[first_complaint(1)], noon()).await.unwrap();
    let mine = claim(&*one, "one", at(1), at(61)).await;
    assert!(one.begin_handover(mine[0], "one", at(2)).await.unwrap());
    let theirs = claim(&*two, "two", at(61), at(121)).await;
    assert_eq!(theirs.iter().collect::<HashSet<_>>(), mine.iter().collect());
    assert!(!one.begin_handover(mine[0], "one", at(62)).await.unwrap(), "the lease is lost");
    assert!(two.begin_handover(mine[0], "two", at(62)).await.unwrap());
    assert!(!two.begin_handover(mine[0], "two", at(121)).await.unwrap(), "a lease that ended is no lease");
}

pub async fn a_follow_up_is_never_given_again_after_its_handover_began(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let letter = with_follow_up(&*one).await;
    assert_eq!(claim(&*one, "one", at(1), at(61)).await, [letter]);
    // The daemon dies before the first byte: nothing has left, so the next one may.
    assert_eq!(claim(&*two, "two", at(61), at(121)).await, [letter]);
    assert!(!one.begin_handover(letter, "one", at(62)).await.unwrap());
    assert!(two.begin_handover(letter, "two", at(62)).await.unwrap());
    assert!(!two.begin_handover(letter, "two", at(63)).await.unwrap(), "handed over twice");
    // This one dies after it: nobody knows what has left, so nobody may (I4).
    drop(two);
    let three = place.open().await;
    assert!(claim(&*three, "two", at(1_000_000), at(1_000_060)).await.is_empty());
    assert!(!three.begin_handover(letter, "two", at(1_000_000)).await.unwrap());
    assert_eq!(state(&*three, 1, letter).await, "handing_over");
    assert_eq!(three.next_letter_at(&desk()).await.unwrap(), None);
}

pub async fn an_unclear_follow_up_counts_as_sent(place: Place) {
    let store = place.open().await;
    let letter = with_follow_up(&*store).await;
    store.commit(&[first_complaint(2)], noon()).await.unwrap();
    assert_eq!(claim(&*store, "one", at(1), at(61)).await.len(), 3);
    for letter in [letter, letter_id(2, 0)] {
        assert!(store.begin_handover(letter, "one", at(2)).await.unwrap());
    }
    let unclear = AttemptOutcome::Unclear { next_at: at(600) };
    store.record_attempts(&[attempt(letter, unclear), attempt(letter_id(2, 0), unclear)], "one").await.unwrap();
    assert_eq!(state(&*store, 1, letter).await, "unclear");
    assert_eq!(state(&*store, 2, letter_id(2, 0)).await, "queued");
    let later = claim(&*store, "one", at(600), at(660)).await;
    assert!(!later.contains(&letter) && later.contains(&letter_id(2, 0)));

    // A refusal that was heard is no doubt: then the follow-up may be tried again.
    let store = place.open().await;
    store.commit(&[first_complaint(3), follow_up(3, 1, opened(3), 5)], noon()).await.unwrap();
    let second = letter_id(3, 5);
    assert!(claim(&*store, "one", at(1000), at(1060)).await.contains(&second));
    assert!(store.begin_handover(second, "one", at(1001)).await.unwrap());
    let deferred = AttemptOutcome::Deferred { next_at: at(2000) };
    store.record_attempts(&[attempt(second, deferred)], "one").await.unwrap();
    assert!(claim(&*store, "one", at(2000), at(2060)).await.contains(&second));
}

pub async fn attempts_are_kept_and_settle_the_letter(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1), first_complaint(2)], noon()).await.unwrap();
    let [one, two, three, four] = [letter_id(1, 0), letter_id(1, 1), letter_id(2, 0), letter_id(2, 1)];
    assert_eq!(claim(&*store, "one", at(1), at(61)).await.len(), 4);
    let held = attempt(one, AttemptOutcome::Held { next_at: at(70) });
    let deferred = attempt(one, AttemptOutcome::Deferred { next_at: at(300) });
    let attempts = [
        held.clone(),
        deferred.clone(),
        attempt(two, AttemptOutcome::Accepted),
        attempt(three, AttemptOutcome::Failed),
        attempt(four, AttemptOutcome::Expired),
    ];
    store.record_attempts(&attempts, "one").await.unwrap();
    store.record_attempts(&[], "one").await.unwrap();
    for (serial, letter, expected) in [(1, one, "queued"), (1, two, "sent"), (2, three, "failed"), (2, four, "expired")] {
        assert_eq!(state(&*store, serial, letter).await, expected);
    }
    assert_eq!(store.next_letter_at(&desk()).await.unwrap(), Some(at(300)));
    let backlog = store.backlog(at(299)).await.unwrap();
    assert_eq!((backlog.letters_due, backlog.letters_waiting), (0, 1));
    assert!(claim(&*store, "two", at(299), at(400)).await.is_empty());
    let again = store.claim_letters(&desk(), "two", at(300), at(400), 10).await.unwrap();
    assert_eq!((again.len(), again[0].attempts), (1, 1), "a try that our own fault prevented counts not (M152)");

    let letters = store.letters_of_case(number(1)).await.unwrap();
    let kept = &letters.iter().find(|stored| stored.letter.letter == one).unwrap().attempts;
    let clean = |attempt: Attempt| Attempt { text: attempt.text.replace('\0', "\u{fffd}"), ..attempt };
    assert_eq!(*kept, [clean(held), clean(deferred)]);
}

pub async fn a_confirmation_that_waits_for_too_long_is_told_of_once(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1), first_complaint(2)], noon()).await.unwrap();
    let late = async |kind, born_by| {
        let wanted = [(desk(), kind, born_by)];
        let found = store.late_letters(&wanted, 10).await.unwrap();
        found.into_iter().map(|letter| (letter.letter, letter.case)).collect::<Vec<_>>()
    };
    let confirmation = LetterKind::Acknowledgement;
    assert!(late(confirmation, at(-1)).await.is_empty(), "born later than that");
    let [one, two] = [letter_id(1, 0), letter_id(2, 0)];
    assert_eq!(late(confirmation, noon()).await, [(one, Some(number(1))), (two, Some(number(2)))]);
    assert!(late(LetterKind::CarefulAcknowledgement, noon()).await.is_empty(), "of another kind");
    assert!(store.late_letters(&[], 10).await.unwrap().is_empty());

    // One has gone, and of the other somebody was told.
    claim(&*store, "one", at(1), at(61)).await;
    store.record_attempts(&[attempt(one, AttemptOutcome::Accepted)], "one").await.unwrap();
    assert_eq!(late(confirmation, at(10)).await, [(two, Some(number(2)))]);
    let told = UnitOfWork { failure_told: Some(two), ..UnitOfWork::default() };
    store.commit(&[told], at(11)).await.unwrap();
    assert!(late(confirmation, at(20)).await.is_empty());
    // That it fails in the end is another matter, and told as well.
    assert!(store.untold_failures(&[desk()], 10).await.unwrap().is_empty());
    store.record_attempts(&[attempt(two, AttemptOutcome::Failed)], "one").await.unwrap();
    let failed = store.untold_failures(&[desk()], 10).await.unwrap();
    assert_eq!(failed.iter().map(|failed| failed.letter.letter).collect::<Vec<_>>(), [two]);
}

pub async fn a_letter_that_expired_is_told_of_like_one_that_failed(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1), first_complaint(2)], noon()).await.unwrap();
    let [expired, failed] = [letter_id(1, 0), letter_id(2, 0)];
    claim(&*store, "one", at(1), at(61)).await;
    let attempts = [attempt(expired, AttemptOutcome::Expired), attempt(failed, AttemptOutcome::Failed)];
    store.record_attempts(&attempts, "one").await.unwrap();
    let untold = async || {
        let letters = store.untold_failures(&[desk()], 10).await.unwrap();
        letters.iter().map(|letter| letter.letter.letter).collect::<Vec<_>>()
    };
    assert_eq!(untold().await, [expired, failed]);
    let told = UnitOfWork { failure_told: Some(expired), ..UnitOfWork::default() };
    store.commit(&[told], at(11)).await.unwrap();
    assert_eq!(untold().await, [failed]);
}

pub async fn a_daemon_that_lost_the_lease_disturbs_nobody(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    claim(&*store, "one", at(1), at(61)).await;
    claim(&*store, "two", at(61), at(121)).await;
    let letter = letter_id(1, 0);
    store.record_attempts(&[attempt(letter, AttemptOutcome::Failed)], "one").await.unwrap();
    assert_eq!(state(&*store, 1, letter).await, "queued");
    assert!(store.begin_handover(letter, "two", at(62)).await.unwrap(), "the second daemon lost its lease");
    // But a server that took it has taken it, whoever says so.
    store.record_attempts(&[attempt(letter, AttemptOutcome::Accepted)], "one").await.unwrap();
    assert_eq!(state(&*store, 1, letter).await, "sent");
    assert!(!store.begin_handover(letter, "two", at(63)).await.unwrap());
    let deferred = AttemptOutcome::Deferred { next_at: at(500) };
    store.record_attempts(&[attempt(letter, deferred)], "two").await.unwrap();
    assert_eq!(state(&*store, 1, letter).await, "sent");
    let letters = store.letters_of_case(number(1)).await.unwrap();
    let attempts: usize = letters.iter().map(|stored| stored.attempts.len()).sum();
    assert_eq!(attempts, 3, "every attempt is evidence");
}

pub async fn waiting_letters_are_taken_back(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1), first_complaint(2)], noon()).await.unwrap();
    let claimed = store.claim_letters(&desk(), "one", at(1), at(61), 10).await.unwrap();
    assert_eq!(claimed.len(), 4);
    let closing = letter(1, 7, LetterKind::Closing, &complainant(1), 900);
    let unit = UnitOfWork {
        withdraw_letters_to: vec![address(&complainant(1).to_uppercase())],
        letters: vec![queued(closing.clone())],
        ..further(1, opened(1), Entry::Acknowledged)
    };
    assert_eq!(store.commit(&[unit], at(2)).await.unwrap(), [Committed::Recorded]);
    assert_eq!(state(&*store, 1, letter_id(1, 0)).await, "withdrawn");
    assert_eq!(state(&*store, 1, closing.letter).await, "queued", "the new letter to the same person goes");
    assert_eq!(state(&*store, 1, letter_id(1, 1)).await, "queued", "the officer's letter goes");
    assert_eq!(state(&*store, 2, letter_id(2, 0)).await, "queued", "another case's letter goes");
    assert!(!store.begin_handover(letter_id(1, 0), "one", at(3)).await.unwrap(), "it was withdrawn");
    let deferred = AttemptOutcome::Deferred { next_at: at(10) };
    store.record_attempts(&[attempt(letter_id(1, 0), deferred)], "one").await.unwrap();
    assert_eq!(state(&*store, 1, letter_id(1, 0)).await, "withdrawn", "it came back by a late attempt");
}

pub async fn a_letter_withdrawn_in_the_window_it_was_born_in_stays_back(place: Place) {
    let store = place.open().await;
    let closing = letter(1, 7, LetterKind::Closing, &complainant(1), 900);
    let unit = UnitOfWork {
        withdraw_letters_to: vec![address(&complainant(1))],
        letters: vec![queued(closing.clone())],
        ..further(1, opened(1), Entry::Acknowledged)
    };
    let committed = store.commit(&[first_complaint(1), first_complaint(2), unit], noon()).await.unwrap();
    assert!(committed.iter().all(|one| *one == Committed::Recorded));
    assert_eq!(state(&*store, 1, letter_id(1, 0)).await, "withdrawn");
    assert_eq!(state(&*store, 1, closing.letter).await, "queued");
    assert_eq!(store.cases(&[number(1)]).await.unwrap()[&number(1)].version, 2);
}

pub async fn letters_wait_for_the_hold_of_the_desk(place: Place) {
    let store = place.open().await;
    let held_until = |mut unit: UnitOfWork, moment| {
        for queued in &mut unit.letters {
            queued.not_before = Some(moment);
        }
        unit
    };
    let unit = held_until(first_complaint(1), at(120));
    let past = held_until(first_complaint(2), at(-120));
    store.commit(&[unit, past], noon()).await.unwrap();
    assert_eq!(claim(&*store, "one", at(119), at(180)).await.len(), 2);
    assert_eq!(store.next_letter_at(&desk()).await.unwrap(), Some(at(120)));
    let held: HashSet<_> = claim(&*store, "one", at(120), at(180)).await.into_iter().collect();
    assert_eq!(held, HashSet::from([letter_id(1, 0), letter_id(1, 1)]));
}

pub async fn letters_are_found_by_their_ids(place: Place) {
    let store = place.open().await;
    let mut foreign = first_complaint(2);
    foreign.letters[0].letter.message_id = "short@x.example".parse().unwrap();
    store.commit(&[first_complaint(1), foreign], noon()).await.unwrap();
    let ours = letter(1, 0, LetterKind::Acknowledgement, &complainant(1), 1).message_id;
    let mut forged = ours.as_str().to_owned();
    forged.replace_range(..21, &token(5, 0).to_string());
    let asked = [ours.clone(), "short@x.example".parse().unwrap(), forged.parse().unwrap(), "other@y.example".parse().unwrap()];
    let found = store.letters_with_ids(&asked).await.unwrap();
    assert_eq!(found.len(), 2, "an id is compared whole");
    assert_eq!(found[&ours].letter, letter_id(1, 0));
    assert_eq!(found[&ours].kind, LetterKind::Acknowledgement);
    assert_eq!(found[&ours].case, Some(number(1)));
    assert_eq!(found[&ours].to, address(&complainant(1)));
    assert_eq!(found[&asked[1]].letter, letter_id(2, 0));
    let named = store.letters_named(&[letter_id(1, 0), letter_id(7, 0)]).await.unwrap();
    assert_eq!(named.len(), 1, "a letter that nobody wrote is not found");
    assert_eq!(named[&letter_id(1, 0)], found[&ours]);
}

pub async fn many_daemons_share_an_outbox(place: Place) {
    let first = place.open().await;
    let window: Vec<_> = (1..=100).map(first_complaint).collect();
    first.commit(&window, noon()).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for daemon in 0..4 {
        let store = place.open().await;
        tasks.spawn(async move {
            let holder = format!("daemon {daemon}");
            let mut mine = Vec::new();
            loop {
                let claimed = store.claim_letters(&desk(), &holder, at(1), at(600), 7).await.unwrap();
                if claimed.is_empty() {
                    break mine;
                }
                let attempts: Vec<_> =
                    claimed.iter().map(|claimed| attempt(claimed.letter.letter, AttemptOutcome::Accepted)).collect();
                store.record_attempts(&attempts, &holder).await.unwrap();
                mine.extend(claimed.into_iter().map(|claimed| claimed.letter.letter));
            }
        });
    }
    let mut sent = Vec::new();
    while let Some(mine) = tasks.join_next().await {
        sent.extend(mine.unwrap());
    }
    assert_eq!(sent.len(), 200, "a letter was given to two daemons, or to none");
    assert_eq!(sent.iter().collect::<HashSet<_>>().len(), 200);
    let backlog = first.backlog(at(1000)).await.unwrap();
    assert_eq!((backlog.letters_due, backlog.letters_waiting), (0, 0));
}

pub async fn a_mailbox_has_one_reader(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    assert!(one.hold_mailbox(&desk(), "one", at(0), at(60)).await.unwrap());
    assert!(!two.hold_mailbox(&desk(), "two", at(1), at(61)).await.unwrap());
    assert!(one.hold_mailbox(&desk(), "one", at(30), at(90)).await.unwrap(), "a lease is renewed");
    assert!(!two.hold_mailbox(&desk(), "two", at(89), at(150)).await.unwrap());
    assert!(two.hold_mailbox(&desk(), "two", at(90), at(150)).await.unwrap(), "a lease that ended is free");
    assert!(!one.hold_mailbox(&desk(), "one", at(91), at(151)).await.unwrap());
    one.release_mailbox(&desk(), "one").await.unwrap();
    assert!(!one.hold_mailbox(&desk(), "one", at(91), at(151)).await.unwrap(), "only the holder gives it back");
    two.release_mailbox(&desk(), "two").await.unwrap();
    assert!(one.hold_mailbox(&desk(), "one", at(92), at(152)).await.unwrap());
}
