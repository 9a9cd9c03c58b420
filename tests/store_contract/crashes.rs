//! Starting, vanishing, and a schema that does not fit.

use wederhoor::store::{CaseFilter, Committed, SqlStore, Store, StoreError, StoreOptions, open};

use super::Place;
use super::units::{at, first_complaint, key, noon, number};

pub async fn a_schema_is_made_once_however_many_start(place: Place) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let url = place.url.clone();
        tasks.spawn(async move {
            let store = open(&url, &StoreOptions::default()).await.unwrap();
            store.migrate().await.unwrap();
            store.migrate().await.unwrap();
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
}

pub async fn a_schema_from_a_later_version_is_refused(place: Place) {
    let store = place.open().await;
    place.sql("UPDATE _sqlx_migrations SET version = 9999 WHERE version = 1").await.unwrap();
    let refused = store.migrate().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(_)) && !refused.is_temporary(), "{refused:?}");
    // And the refusal leaves no lock behind.
    place.sql("UPDATE _sqlx_migrations SET version = 1 WHERE version = 9999").await.unwrap();
    store.migrate().await.unwrap();
}

pub async fn what_was_committed_survives_a_daemon_that_vanishes(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    drop(store);
    let store = place.open().await;
    assert_eq!(
        store.commit(&[first_complaint(1), first_complaint(2)], at(1)).await.unwrap(),
        [Committed::AlreadyRecorded, Committed::Recorded]
    );
    store.close().await;
    assert!(store.backlog(noon()).await.unwrap_err().is_temporary(), "a closed store answers nothing");
    let store = place.open().await;
    assert_eq!(store.list_cases(&CaseFilter::default()).await.unwrap().len(), 2);
}

pub async fn a_commit_that_is_abandoned_leaves_nothing(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    let window: Vec<_> = (100..200).map(first_complaint).collect();
    // The future is dropped after ever more steps: the transaction must go with it.
    for steps in 0..40 {
        let mut commit = std::pin::pin!(store.commit(&window, noon()));
        let mut finished = false;
        for _ in 0..steps {
            if futures_util::poll!(&mut commit).is_ready() {
                finished = true;
                break;
            }
            tokio::task::yield_now().await;
        }
        if finished {
            break;
        }
    }
    let keys: Vec<_> = (100..200).map(|serial| key(serial, 0)).collect();
    let known = store.known_content(&keys).await.unwrap().len();
    let cases = store.list_cases(&CaseFilter { after: Some(number(99)), ..CaseFilter::default() }).await.unwrap().len();
    assert!(known == cases && (known == 0 || known == 100), "{known} mails and {cases} cases are half a window");
    let committed = store.commit(&[first_complaint(2)], noon()).await.unwrap();
    assert_eq!(committed, [Committed::Recorded], "the store writes on");
}

pub async fn every_statement_fits_the_schema(place: Place) {
    let store = SqlStore::connect(&place.url, &StoreOptions::default()).await.unwrap();
    let refused = store.prepare_all().await.unwrap_err();
    assert!(matches!(refused, StoreError::Schema(_)), "without a schema nothing fits: {refused:?}");
    store.migrate().await.unwrap();
    assert!(store.prepare_all().await.unwrap() > 80);
}

pub async fn the_trace_value_is_the_same_for_every_daemon(place: Place) {
    let (one, two) = (place.open().await, place.open().await);
    let (first, second) = tokio::join!(one.trace_value([1; 16]), two.trace_value([2; 16]));
    let value = first.unwrap();
    assert_eq!(value, second.unwrap());
    assert_eq!(value.len(), 26);
    assert_eq!(place.open().await.trace_value([3; 16]).await.unwrap(), value);
}
