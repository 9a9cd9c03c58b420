//! A disk that is full and a file that may not be written: clear words, nothing lost, and it goes on after.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can not go on fails"
)]

#[path = "support/small_disk.rs"]
mod small_disk;
#[path = "support/units.rs"]
#[expect(dead_code, reason = "the contract suite uses the rest")]
mod units;

use std::path::Path;

use small_disk::SmallDisk;
use units::{at, first_complaint, noon};
use wederhoor::model::Instant;
use wederhoor::store::{CaseFilter, Committed, Store, StoreError, StoreOptions, open};

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("var/desk.db").display())
}

/// Fills the store until it refuses, window by window; gives the refusal and the number of cases before it.
async fn fill(store: &dyn Store, now: Instant) -> (StoreError, usize) {
    for window in 0..100_u32 {
        let units: Vec<_> = (1..=20).map(|place| first_complaint(window * 20 + place)).collect();
        if let Err(error) = store.commit(&units, now).await {
            return (error, usize::try_from(window * 20).unwrap());
        }
    }
    panic!("two thousand complaints fitted on a disk that should be full");
}

async fn count(store: &dyn Store) -> usize {
    store.list_cases(&CaseFilter::default()).await.unwrap().len()
}

#[tokio::test]
async fn a_full_database_says_so_and_keeps_what_it_had() {
    let folder = tempfile::tempdir().unwrap();
    let tight = StoreOptions { sqlite_max_pages: Some(600), ..StoreOptions::default() };
    let store = open(&url(folder.path()), &tight).await.unwrap();
    store.migrate().await.unwrap();
    let (error, before) = fill(&*store, noon()).await;
    assert!(matches!(error, StoreError::DiskFull) && error.is_temporary(), "{error:?}");
    assert_eq!(count(&*store).await, before, "a window was written by half");
    store.close().await;

    // Room was made: the same window goes in, and what was recorded is known.
    let store = open(&url(folder.path()), &StoreOptions::default()).await.unwrap();
    let again: Vec<_> = (1..=u32::try_from(before).unwrap() + 20).map(first_complaint).collect();
    let committed = store.commit(&again, at(1)).await.unwrap();
    assert_eq!(committed.iter().filter(|one| **one == Committed::AlreadyRecorded).count(), before);
    assert_eq!(count(&*store).await, before + 20);
}

#[tokio::test]
async fn a_full_disk_says_so_and_the_store_goes_on_when_there_is_room() {
    let disk = SmallDisk::mount();
    let store = open(&url(disk.path()), &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    let (error, before) = fill(&*store, noon()).await;
    assert!(matches!(error, StoreError::DiskFull), "{error:?}");
    assert_eq!(count(&*store).await, before, "a window was written by half");
    disk.remount("size=64m");
    let next: Vec<_> = (5001..=5020).map(first_complaint).collect();
    let committed = store.commit(&next, at(1)).await.unwrap();
    assert!(committed.iter().all(|one| *one == Committed::Recorded));
    store.close().await;
}

#[tokio::test]
async fn a_disk_that_may_not_be_written_is_named_as_such() {
    let disk = SmallDisk::mount();
    let store = open(&url(disk.path()), &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    store.close().await;
    disk.remount("ro");
    let refused = match open(&url(disk.path()), &StoreOptions::default()).await {
        Ok(store) => store.commit(&[first_complaint(2)], noon()).await.unwrap_err(),
        Err(refused) => refused,
    };
    assert!(matches!(refused, StoreError::ReadOnly) && !refused.is_temporary(), "{refused:?}");
    // A folder that can not be made there either.
    let elsewhere = format!("sqlite:{}", disk.path().join("new/desk.db").display());
    let refused = open(&elsewhere, &StoreOptions::default()).await.unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly), "{refused:?}");
}

#[tokio::test]
async fn a_database_opened_for_reading_refuses_to_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&url(folder.path()), &StoreOptions::default()).await.unwrap();
    store.migrate().await.unwrap();
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    let reading = open(&format!("{}?mode=ro", url(folder.path())), &StoreOptions::default()).await.unwrap();
    assert_eq!(count(&*reading).await, 1);
    let refused = reading.commit(&[first_complaint(2)], noon()).await.unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly), "{refused:?}");
}

#[tokio::test]
async fn a_file_that_is_no_database_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    let words = "this is somebody's letter, not a database\n".repeat(200);
    std::fs::write(&file, &words).unwrap();
    let refused = open(&format!("sqlite:{}", file.display()), &StoreOptions::default()).await.unwrap_err();
    assert!(matches!(refused, StoreError::Corrupt { .. }), "{refused:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), words);
}
