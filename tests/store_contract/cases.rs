//! Units of work: what goes in comes out, once.

use std::collections::{BTreeMap, HashSet};

use wederhoor::mediation::{Entry, Phase, TimerKind};
use wederhoor::model::{Audience, Holder, Outcome, RespondentNumber};
use wederhoor::store::{CaseFilter, Committed, Store, StoreError, UnitOfWork};

use super::Place;
use super::units::{
    address, at, complainant, desk, first_complaint, follow_up, further, key, letter_id, mail, noon, number, opened, token,
};

pub async fn what_is_committed_is_read_back(place: Place) {
    let store = place.open().await;
    let unit = first_complaint(1);
    assert_eq!(store.commit(std::slice::from_ref(&unit), noon()).await.unwrap(), [Committed::Recorded]);

    let change = unit.case.as_ref().unwrap();
    let cases = store.cases(&[number(1), number(2)]).await.unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[&number(1)].version, 1);
    assert_eq!(cases[&number(1)].case, change.after);
    assert_eq!(store.journal(number(1)).await.unwrap(), change.entries);

    let mails = store.mails_of_case(Some(number(1))).await.unwrap();
    let sent = unit.mail.as_ref().unwrap();
    let kept = &mails[0].record;
    assert_eq!(mails.len(), 1);
    assert_eq!(wederhoor::store::compress(&kept.raw).unwrap(), sent.raw);
    assert_eq!(kept.raw.len(), sent.size);
    assert_eq!((kept.id, &kept.desk, kept.key, &kept.message_id), (sent.id, &sent.desk, sent.key, &sent.message_id));
    assert_eq!((kept.received_at, kept.stored_at, kept.class), (sent.received_at, sent.stored_at, sent.class));
    assert_eq!((kept.sender, kept.case, &kept.evidence), (sent.sender, sent.case, &sent.evidence));

    let letters = store.letters_of_case(number(1)).await.unwrap();
    let ordered: Vec<_> = unit.letters.iter().map(|queued| &queued.letter).collect();
    assert_eq!(letters.iter().map(|stored| stored.letter.letter).collect::<HashSet<_>>().len(), 2);
    for stored in &letters {
        assert!(ordered.contains(&&stored.letter), "the letter came back changed");
        assert_eq!((stored.state.as_str(), stored.committed_at, stored.attempts.len()), ("queued", noon(), 0));
    }

    let found = store.capabilities(&[token(1, 0), token(1, 2), token(9, 0)]).await.unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[&token(1, 2)], change.after.capabilities[2]);
    assert_eq!(store.known_content(&[key(1, 0), key(2, 0)]).await.unwrap(), HashSet::from([key(1, 0)]));
    let backlog = store.backlog(noon()).await.unwrap();
    assert_eq!((backlog.letters_due, backlog.letters_waiting, backlog.timers_due, backlog.open_cases), (2, 0, 0, 1));
}

pub async fn a_mail_has_one_effect(place: Place) {
    let store = place.open().await;
    let unit = first_complaint(1);
    store.commit(std::slice::from_ref(&unit), noon()).await.unwrap();
    // The same mail, fetched again, was decided on as a new complaint with another number.
    let mut again = first_complaint(2);
    again.mail.as_mut().unwrap().key = key(1, 0);
    assert_eq!(store.commit(&[again], at(5)).await.unwrap(), [Committed::AlreadyRecorded]);
    assert!(store.cases(&[number(2)]).await.unwrap().is_empty());
    assert!(store.letters_of_case(number(2)).await.unwrap().is_empty());
    assert_eq!(store.commit(&[unit], at(5)).await.unwrap(), [Committed::AlreadyRecorded]);
    assert_eq!(store.cases(&[number(1)]).await.unwrap()[&number(1)].version, 1);
}

pub async fn a_mail_that_comes_twice_in_a_window_has_one_effect(place: Place) {
    let store = place.open().await;
    let mut again = first_complaint(2);
    again.mail.as_mut().unwrap().key = key(1, 0);
    let committed = store.commit(&[first_complaint(1), again, first_complaint(3)], noon()).await.unwrap();
    assert_eq!(committed, [Committed::Recorded, Committed::AlreadyRecorded, Committed::Recorded]);
    assert_eq!(store.list_cases(&CaseFilter::default()).await.unwrap().len(), 2);
}

pub async fn a_change_decided_on_an_old_state_is_refused(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    let mut closed = opened(1);
    closed.phase = Phase::Closed { at: at(9), outcome: Outcome::Satisfied };
    let unit = |decided_on| further(decided_on, closed.clone(), Entry::Closed { outcome: Outcome::Satisfied });
    assert_eq!(store.commit(&[unit(0)], at(9)).await.unwrap(), [Committed::Conflict], "the case exists");
    assert_eq!(store.commit(&[unit(2)], at(9)).await.unwrap(), [Committed::Conflict], "a state from the future");
    assert_eq!(store.commit(&[unit(1)], at(9)).await.unwrap(), [Committed::Recorded]);
    assert_eq!(store.commit(&[unit(1)], at(9)).await.unwrap(), [Committed::Conflict], "the case has moved on");
    let journal = store.journal(number(1)).await.unwrap();
    assert_eq!(journal.len(), first_complaint(1).case.unwrap().entries.len() + 1);
    assert_eq!(journal.last().unwrap().entry, Entry::Closed { outcome: Outcome::Satisfied });
    assert_eq!(store.backlog(noon()).await.unwrap().open_cases, 0);

    let mut unknown = further(3, opened(7), Entry::Reopened);
    unknown.mail = Some(mail(7, 0, Some(number(7))));
    assert_eq!(store.commit(&[unknown], at(9)).await.unwrap(), [Committed::Conflict], "no such case");
    assert!(store.known_content(&[key(7, 0)]).await.unwrap().is_empty(), "a conflict left its mail behind");
}

pub async fn changes_of_one_case_follow_each_other_in_a_window(place: Place) {
    let store = place.open().await;
    let mut case = opened(1);
    "Een ander onderwerp".clone_into(&mut case.subject);
    let window = [
        first_complaint(1),
        further(1, case.clone(), Entry::Acknowledged),
        further(1, opened(1), Entry::Reopened),
        further(2, case.clone(), Entry::Reopened),
    ];
    let committed = store.commit(&window, noon()).await.unwrap();
    assert_eq!(committed, [Committed::Recorded, Committed::Recorded, Committed::Conflict, Committed::Recorded]);
    let stored = &store.cases(&[number(1)]).await.unwrap()[&number(1)];
    assert_eq!((stored.version, &stored.case), (3, &case));
    let kinds: Vec<_> = store.journal(number(1)).await.unwrap().into_iter().rev().take(2).map(|entry| entry.entry).collect();
    assert_eq!(kinds, [Entry::Reopened, Entry::Acknowledged]);
}

pub async fn a_bad_unit_takes_no_others_with_it(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    // A letter that exists already: a defect that nobody could foresee.
    let mut bad = first_complaint(3);
    bad.letters[0].letter.letter = letter_id(1, 0);
    let window = [first_complaint(2), bad, first_complaint(4)];
    let refused = store.commit(&window, noon()).await.expect_err("the bad unit is reported");
    assert!(!refused.is_temporary(), "{refused:?}");
    let cases: Vec<_> = store.list_cases(&CaseFilter::default()).await.unwrap().iter().map(|case| case.number).collect();
    assert_eq!(cases, [number(1), number(2), number(4)]);
    assert!(store.known_content(&[key(3, 0)]).await.unwrap().is_empty(), "half of a unit was left behind");
    assert!(store.capabilities(&[token(3, 0)]).await.unwrap().is_empty(), "half of a unit was left behind");
    let again = store.commit(&window[..1], noon()).await.unwrap();
    assert_eq!(again, [Committed::AlreadyRecorded], "the daemon may simply try again");
}

pub async fn clocks_and_tokens_equal_the_state(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1), first_complaint(2)], noon()).await.unwrap();
    let running = async |serial| -> BTreeMap<_, _> {
        let due = store.due_timers(&[desk()], at(10_000 * 86_400), 100).await.unwrap();
        due.into_iter().filter(|timer| timer.case == number(serial)).map(|timer| (timer.timer, timer.due_at)).collect()
    };
    assert_eq!(running(1).await, opened(1).timers);

    // One clock stops, one moves, one starts; a token goes, a token comes. No entry says so.
    let mut case = opened(1);
    case.timers = [(TimerKind::Decision, at(77)), (TimerKind::FollowUp, at(78))].into();
    let gone = case.capabilities.remove(1);
    let mut new = gone;
    new.token = token(1, 9);
    new.audience = Audience::Respondent(RespondentNumber(1));
    new.holder = Holder::Respondent(RespondentNumber(1));
    case.capabilities.push(new);
    store.commit(&[further(1, case.clone(), Entry::Acknowledged)], noon()).await.unwrap();
    assert_eq!(running(1).await, case.timers);
    assert_eq!(running(2).await, opened(2).timers, "another case was touched");
    let known = store.capabilities(&[gone.token, new.token, token(1, 0)]).await.unwrap();
    assert_eq!(known.get(&new.token), Some(&new));
    assert!(known.contains_key(&token(1, 0)) && !known.contains_key(&gone.token), "a revoked token still opens the case");

    assert_eq!(store.next_timer_at(&[desk()]).await.unwrap(), Some(at(77)));
    assert_eq!(store.backlog(at(77)).await.unwrap().timers_due, 1);
    case.timers.clear();
    case.capabilities = opened(1).capabilities;
    store.commit(&[further(2, case, Entry::Acknowledged)], noon()).await.unwrap();
    assert!(running(1).await.is_empty());
    let known = store.capabilities(&[gone.token, new.token]).await.unwrap();
    assert!(known.contains_key(&gone.token) && !known.contains_key(&new.token), "a token that came back does not work");
}

pub async fn a_case_has_one_follow_up(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1), first_complaint(2)], noon()).await.unwrap();
    let first = follow_up(1, 1, opened(1), 5);
    let second = follow_up(1, 2, opened(1), 6);
    let committed = store.commit(&[first, second.clone(), follow_up(2, 1, opened(2), 5)], noon()).await.unwrap();
    assert_eq!(committed, [Committed::Recorded, Committed::Conflict, Committed::Recorded]);
    assert_eq!(store.commit(&[second], at(1)).await.unwrap(), [Committed::Conflict]);

    // Also without the word: a letter that may go once is a follow-up.
    let smuggled = UnitOfWork { follow_up: None, ..follow_up(1, 2, opened(1), 7) };
    assert_eq!(store.commit(&[smuggled], at(1)).await.unwrap(), [Committed::Conflict]);
    let letters = store.letters_of_case(number(1)).await.unwrap();
    assert_eq!(letters.iter().filter(|stored| stored.letter.letter == letter_id(1, 5)).count(), 1);
    assert_eq!(letters.len(), 3);
    let orphan = UnitOfWork { follow_up: Some(letter_id(8, 5)), ..UnitOfWork::default() };
    assert!(matches!(store.commit(&[orphan], at(1)).await, Err(StoreError::Statement(_))), "a follow-up without a case");
}

pub async fn the_database_itself_refuses_a_second_follow_up(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    store.commit(&[follow_up(1, 1, opened(1), 5)], noon()).await.unwrap();
    let key = number(1).database_key();
    let again =
        format!("INSERT INTO follow_up SELECT case_key, letter_id, committed_at + 1 FROM follow_up WHERE case_key = {key}");
    assert!(place.sql(&again).await.unwrap_err().to_string().to_lowercase().contains("unique"));
    let once_more = format!("UPDATE letter SET guarantee = 'at_most_once' WHERE case_key = {key}");
    assert!(place.sql(&once_more).await.unwrap_err().to_string().to_lowercase().contains("unique"));
}

pub async fn serials_are_never_given_twice(place: Place) {
    let store = place.open().await;
    assert_eq!(store.reserve_case_numbers(2026, 3).await.unwrap(), 1);
    assert_eq!(store.reserve_case_numbers(2026, 1).await.unwrap(), 4);
    assert_eq!(store.reserve_case_numbers(2027, 1).await.unwrap(), 1, "each year begins at 1");
    let second = place.open().await;
    let mut tasks = tokio::task::JoinSet::new();
    for turn in 0..40_u32 {
        let store = if turn % 2 == 0 { store.clone() } else { second.clone() };
        let count = 1 + turn % 5;
        tasks.spawn(async move { (store.reserve_case_numbers(2026, count).await.unwrap(), count) });
    }
    let mut given = HashSet::from([1, 2, 3, 4]);
    while let Some(done) = tasks.join_next().await {
        let (first, count) = done.unwrap();
        for serial in first..first + count {
            assert!(given.insert(serial), "serial {serial} was given twice");
        }
    }
    assert_eq!(given.len(), 4 + 120);
    assert_eq!(given.iter().max(), Some(&124), "serials were left out");
}

pub async fn automatic_answers_are_counted_per_address_and_time(place: Place) {
    let store = place.open().await;
    let mut second = first_complaint(2);
    second.letters[0].counts = vec![address(&complainant(1)).comparable()];
    store.commit(&[first_complaint(1)], at(0)).await.unwrap();
    store.commit(&[second, first_complaint(3)], at(100)).await.unwrap();
    let keys: Vec<_> = [1, 3, 9].map(|serial| address(&complainant(serial)).comparable()).into();
    let count = async |since| {
        let counts = store.automatic_answers(&keys, since).await.unwrap();
        keys.iter().map(|key| counts.get(key).copied().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(count(at(0)).await, [2, 1, 0]);
    assert_eq!(count(at(1)).await, [1, 1, 0]);
    assert_eq!(count(at(101)).await, [0, 0, 0]);
}

pub async fn cases_are_listed_by_desk_and_by_page(place: Place) {
    let store = place.open().await;
    let other = wederhoor::model::DeskKey::of(&address("klachten@elders.example"));
    let mut elsewhere = first_complaint(4);
    elsewhere.case.as_mut().unwrap().after.desk = other.clone();
    let mut window: Vec<_> = (1..=3).map(first_complaint).collect();
    window.push(elsewhere);
    store.commit(&window, noon()).await.unwrap();
    let mut closed = opened(2);
    closed.phase = Phase::Closed { at: at(9), outcome: Outcome::Partly };
    closed.timers.clear();
    store.commit(&[further(1, closed, Entry::Closed { outcome: Outcome::Partly })], noon()).await.unwrap();

    let list = async |filter: CaseFilter| -> Vec<u32> {
        store.list_cases(&filter).await.unwrap().iter().map(|case| case.number.serial()).collect()
    };
    let all = CaseFilter::default();
    assert_eq!(list(all.clone()).await, [1, 2, 3, 4]);
    assert_eq!(list(CaseFilter { open_only: true, ..all.clone() }).await, [1, 3, 4]);
    assert_eq!(list(CaseFilter { desk: Some(desk()), ..all.clone() }).await, [1, 2, 3]);
    assert_eq!(list(CaseFilter { desk: Some(desk()), open_only: true, ..all.clone() }).await, [1, 3]);
    assert_eq!(list(CaseFilter { after: Some(number(1)), limit: 2, ..all }).await, [2, 3]);
    assert_eq!(store.due_timers(std::slice::from_ref(&other), at(90 * 86_400), 9).await.unwrap().len(), 2);
    assert_eq!(store.due_timers(&[other, desk()], at(90 * 86_400), 3).await.unwrap().len(), 3);
    assert_eq!(store.next_timer_at(&[]).await.unwrap(), None);
}

pub async fn a_large_window_is_written_whole(place: Place) {
    let store = place.open().await;
    let window: Vec<_> = (1..=217).map(first_complaint).collect();
    let committed = store.commit(&window, noon()).await.unwrap();
    assert!(committed.iter().all(|one| *one == Committed::Recorded));
    let numbers: Vec<_> = (1..=217).map(number).collect();
    let cases = store.cases(&numbers).await.unwrap();
    for unit in &window {
        let after = &unit.case.as_ref().unwrap().after;
        assert_eq!(cases[&after.number].case, *after);
    }
    assert_eq!(store.journal(number(217)).await.unwrap(), window[216].case.as_ref().unwrap().entries);
    // All journals at once say what each says alone; a case that does not exist has none.
    let asked: Vec<_> = (1..=218).map(number).collect();
    let journals = store.journals(&asked).await.unwrap();
    assert_eq!(journals.len(), 217);
    for unit in &window {
        let change = unit.case.as_ref().unwrap();
        assert_eq!(journals[&change.after.number], change.entries);
    }
    assert!(store.journals(&[]).await.unwrap().is_empty());
    let backlog = store.backlog(noon()).await.unwrap();
    assert_eq!((backlog.letters_due, backlog.open_cases), (434, 217));
    assert!(store.commit(&[], noon()).await.unwrap().is_empty());
}

pub async fn mails_on_no_case_are_kept(place: Place) {
    let store = place.open().await;
    let mut odd = mail(1, 0, None);
    "a NUL \0 in it".clone_into(&mut odd.class_reason);
    odd.raw = wederhoor::store::compress(b"\0\xff not a mail").unwrap();
    let unit = UnitOfWork { mail: Some(odd), ..UnitOfWork::default() };
    assert_eq!(store.commit(&[unit.clone(), unit], noon()).await.unwrap(), [Committed::Recorded, Committed::AlreadyRecorded]);
    let kept = store.mails_of_case(None).await.unwrap();
    assert_eq!(kept[0].record.raw, b"\0\xff not a mail");
    assert_eq!((kept.len(), kept[0].record.case, kept[0].record.sender), (1, None, None));
}

pub async fn two_daemons_give_one_mail_one_effect(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    // Both fetch the same sixty mails, in windows cut differently, and number the cases themselves.
    let window = |offset: u32| -> Vec<UnitOfWork> {
        (1..=60)
            .map(|serial| {
                let mut unit = first_complaint(serial + offset);
                unit.mail.as_mut().unwrap().key = key(serial, 0);
                unit
            })
            .collect()
    };
    let work = |store: std::sync::Arc<dyn Store>, window: Vec<UnitOfWork>, size: usize| async move {
        let mut recorded = 0;
        for part in window.chunks(size) {
            let committed = store.commit(part, noon()).await.unwrap();
            recorded += committed.iter().filter(|one| **one == Committed::Recorded).count();
        }
        recorded
    };
    let first = tokio::spawn(work(one.clone(), window(0), 7));
    let second = tokio::spawn(work(two, window(1000), 11));
    assert_eq!(first.await.unwrap() + second.await.unwrap(), 60);
    let cases = one.list_cases(&CaseFilter::default()).await.unwrap();
    assert_eq!(cases.len(), 60);
    let mut letters = 0;
    for case in cases {
        letters += one.letters_of_case(case.number).await.unwrap().len();
        assert_eq!(one.mails_of_case(Some(case.number)).await.unwrap().len(), 1);
    }
    assert_eq!(letters, 120);
}
