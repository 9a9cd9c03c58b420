//! What is forgotten is gone from every table, and what counts stays.

use wederhoor::mediation::{Actor, Case, Entry, JournalEntry, Phase, Reason};
use wederhoor::model::Outcome;
use wederhoor::store::{CaseChange, Committed, DigestRecord, UnitOfWork};

use super::Place;
use super::units::{address, at, desk, first_complaint, key, noon, number};

const TABLES: [&str; 5] = ["complaint_case", "journal", "mail", "letter", "capability"];

fn change(decided_on: u64, before: &Case, entry: Entry, seconds: i64) -> (UnitOfWork, Case) {
    let line = JournalEntry { at: at(seconds), actor: Actor::Desk, reason: Reason::RetentionEnded, entry };
    let after = before.clone().evolve(&line);
    let change = CaseChange { decided_on, entries: vec![line], after: after.clone() };
    (UnitOfWork { case: Some(change), ..UnitOfWork::default() }, after)
}

/// Every row of every table as one text.
async fn everything(place: &Place) -> String {
    let mut all = String::new();
    for table in TABLES {
        let sql = match (table, place.is_postgres()) {
            (_, true) => format!("SELECT t::text FROM {table} t"),
            ("complaint_case", false) => "SELECT state_json || coalesce(complainant_address, '') FROM complaint_case".to_owned(),
            ("journal", false) => "SELECT data FROM journal".to_owned(),
            ("mail", false) => "SELECT coalesce(message_id, '') || hex(raw) FROM mail".to_owned(),
            ("letter", false) => "SELECT envelope_to || hex(bytes) FROM letter".to_owned(),
            (_, false) => "SELECT holder FROM capability".to_owned(),
        };
        all.push_str(&place.lines(&sql).await.join("\n"));
    }
    all
}

pub async fn an_anonymised_case_holds_nothing_about_a_person(place: Place) {
    let store = place.open().await;
    let unit = first_complaint(1);
    let opened = unit.case.as_ref().unwrap().after.clone();
    let person = opened.complainant.address.clone().unwrap().as_str().to_owned();
    store.commit(std::slice::from_ref(&unit), noon()).await.unwrap();
    assert!(everything(&place).await.contains(&person), "the test looks where the person stands");

    let (close, closed) = change(1, &opened, Entry::Closed { outcome: Outcome::Satisfied }, 10);
    assert_eq!(store.commit(&[close], at(10)).await.unwrap(), [Committed::Recorded]);
    let (forget, forgotten) = change(2, &closed, Entry::Anonymised, 20);
    assert_eq!(store.commit(&[forget], at(20)).await.unwrap(), [Committed::Recorded]);

    let left = everything(&place).await;
    assert!(!left.contains(&person), "an address is left: {left}");
    assert!(opened.subject.is_empty() || !left.contains(&opened.subject), "a subject is left");
    assert!(store.letters_of_case(number(1)).await.unwrap().is_empty());
    assert!(store.mails_of_case(Some(number(1))).await.unwrap().iter().all(|mail| mail.record.raw.is_empty()));
    // What counts is still there, and the journal still gives the state (I11).
    let case = store.cases(&[number(1)]).await.unwrap().remove(&number(1)).unwrap().case;
    assert_eq!(case, forgotten);
    assert!(matches!(case.phase, Phase::Closed { outcome: Outcome::Satisfied, .. }));
    assert_eq!((case.received_at, &case.kinds), (opened.received_at, &opened.kinds));
    // I2: a mailbox restored from a backup makes no second case of it.
    assert!(store.known_content(&[key(1, 0)]).await.unwrap().contains(&key(1, 0)));
    // Others are as they were.
    store.commit(&[first_complaint(2)], at(30)).await.unwrap();
    assert!(!store.letters_of_case(number(2)).await.unwrap().is_empty());
}

pub async fn a_morning_list_is_recorded_once(place: Place) {
    let store = place.open().await;
    let morning = |day: &str| UnitOfWork {
        digest: Some(DigestRecord { desk: desk(), officer: address("M.Smit@voorbeeldzorg.example"), day: day.parse().unwrap() }),
        ..UnitOfWork::default()
    };
    let officer = [address("m.smit@voorbeeldzorg.example")];
    assert!(store.last_digests(&desk(), &officer).await.unwrap().is_empty());
    assert_eq!(store.commit(&[morning("2026-03-03")], noon()).await.unwrap(), [Committed::Recorded]);
    // Two daemons on one database: the second finds the record, whoever asked first.
    let other = place.open().await;
    let (one, two) = ([morning("2026-03-04")], [morning("2026-03-04")]);
    let (first, second) = tokio::join!(store.commit(&one, at(1)), other.commit(&two, at(1)));
    let outcomes = [first.unwrap(), second.unwrap()].concat();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Committed::Recorded).count(), 1, "{outcomes:?}");
    assert_eq!(store.commit(&[morning("2026-03-03")], at(2)).await.unwrap(), [Committed::AlreadyRecorded]);
    let last = store.last_digests(&desk(), &officer).await.unwrap();
    assert_eq!(last.values().map(ToString::to_string).collect::<Vec<_>>(), ["2026-03-04"]);
}
