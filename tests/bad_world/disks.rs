//! A full disk and a read-only one under the database.

use crate::scene::Scene;
use crate::small_disk::SmallDisk;

/// A mail of this many bytes is larger by a third in base64.
const LARGE: usize = 150_000;

fn on(disk: &SmallDisk) -> Scene {
    let url = format!("sqlite:{}", disk.path().join("wederhoor.db").display());
    Scene::new(|wiring| {
        wiring.database = Some(url);
        wiring.retrieval.push_str("\nwindow_mails = 5");
    })
}

#[test]
fn a_full_disk_is_named_and_the_mails_stay_in_the_mailbox_until_there_is_room() {
    let disk = SmallDisk::mount();
    let mut scene = on(&disk);
    scene.complaints(30, LARGE);
    let ended = scene.once();
    assert_eq!(ended.code, Some(75), "{}", ended.log);
    assert!(ended.log.contains("the disk is full; free space"), "{}", ended.log);
    assert!(scene.waiting() > 0, "thirty such mails do not fit");

    // The daemon says so, too, and goes on by itself as soon as there is room.
    let daemon = scene.desk.daemon();
    daemon.wait_for_log("the disk is full");
    assert!(scene.waiting() > 0);
    disk.remount("size=256m");
    scene.goes_on(daemon);
}

#[test]
fn a_read_only_database_is_named_and_nothing_is_taken_from_the_mailbox() {
    let disk = SmallDisk::mount();
    let mut scene = on(&disk);
    scene.complaints(1, 100);
    assert_eq!(scene.once().code, Some(0));
    disk.remount("ro");
    scene.complaints(2, 100);
    for command in [&["run", "--once"][..], &["check"]] {
        let ended = scene.desk.command(command);
        assert_eq!(ended.code, Some(78), "{command:?}: {}{}", ended.output, ended.log);
        let words = ended.output + &ended.log;
        assert!(words.contains("may not be written; check the owner"), "{command:?}: {words}");
    }
    assert_eq!((scene.waiting(), scene.sink.count()), (2, 2));
    disk.remount("rw");
    assert_eq!(scene.once().code, Some(0));
    scene.all_is_well();
}
