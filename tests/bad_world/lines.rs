//! Servers that go away and come back.

use crate::postgres::Postgres;
use crate::program::wait_for;
use crate::proxy::Proxy;
use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_falls_silent_in_the_middle_of_a_mail_is_asked_again() {
    let mut scene = Scene::new(|_| {});
    let proxy = Proxy::to(scene.dovecot.imap_port).await;
    let mut wiring = crate::program::Wiring::new(proxy.address.port(), scene.sink.port);
    wiring.retrieval.push_str("\nread_deadline = \"1s\"\nwindow_mails = 10");
    scene.desk.configure(&wiring);
    scene.complaints(20, 40_000);
    // Ten mails are half a megabyte: this falls into one of the second window.
    proxy.stop_after(800_000);
    let daemon = scene.desk.daemon();
    daemon.wait_for_log("the mail server has been silent");
    assert!(scene.waiting() >= 10, "what was not read stays where it is");
    proxy.stop_after(u64::MAX);
    scene.goes_on(daemon);
}

#[test]
fn a_mail_server_that_is_gone_and_comes_back_is_found_again() {
    let mut scene = Scene::new(|wiring| wiring.retrieval.push_str("\nwindow_mails = 5"));
    scene.complaints(60, 2_000);
    let daemon = scene.desk.daemon();
    wait_for("a mail that is handled", || (scene.waiting() < 60).then_some(()), || daemon.log());
    scene.dovecot.kill();
    daemon.wait_for_log("the mailbox is tried again later");
    scene.complaints(3, 2_000);
    scene.dovecot.restart();
    scene.goes_on(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgresql_that_is_restarted_under_a_running_daemon_is_used_again() {
    let mut server = Postgres::start();
    let database = server.database().await;
    let mut scene = Scene::new(|wiring| wiring.database = Some(database));
    let daemon = scene.desk.daemon();
    scene.complaints(3, 2_000);
    wait_for("the first letters", || (scene.sink.count() == 6).then_some(()), || daemon.log());
    wait_for("an empty mailbox", || (scene.waiting() == 0).then_some(()), || daemon.log());
    server.stop();
    scene.complaints(3, 2_000);
    daemon.wait_for_log("the database can not be reached");
    assert_eq!(scene.waiting(), 3, "what is not stored stays in the mailbox");
    let ended = scene.once();
    assert_eq!(ended.code, Some(75), "{}", ended.log);
    assert!(ended.log.contains("the database can not be reached"), "{}", ended.log);
    server.start_again();
    scene.goes_on(daemon);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_when_a_letter_was_taken_does_not_hold_up_run_once_for_ever() {
    let mut server = Postgres::start();
    let database = server.database().await;
    let mut scene = Scene::new(|wiring| wiring.database = Some(database));
    scene.sink.be_silent(true);
    scene.complaints(1, 2_000);
    let running = scene.desk.begin(&["run", "--once"]);
    wait_for("both letters at the dot", || (scene.sink.count() == 2).then_some(()), || running.log());
    server.stop();
    scene.sink.be_silent(false);
    let ended = running.end();
    assert_eq!(ended.code, Some(75), "{}", ended.log);
    assert!(ended.log.contains("the database can not be reached"), "{}", ended.log);
    server.start_again();
    assert_eq!(scene.once().code, Some(0));
    let copies: Vec<Vec<u8>> = scene.sink.taken().into_iter().map(|letter| letter.bytes).collect();
    assert_eq!(copies.len(), 4, "what could not be recorded goes again: better twice than never");
    assert!(copies.iter().all(|bytes| copies.iter().filter(|other| *other == bytes).count() == 2), "with the same bytes");
}

#[test]
fn letters_wait_for_a_submission_server_that_is_closed_for_a_moment() {
    let mut scene = Scene::new(|_| {});
    scene.sink.refuse(true);
    scene.complaints(3, 2_000);
    let ended = scene.once();
    assert_eq!(ended.code, Some(75), "{}", ended.log);
    assert!(ended.log.contains("some letters could not go yet"), "{}", ended.log);
    assert_eq!((scene.waiting(), scene.desk.cases().len()), (0, 3), "the complaints are safe");
    let daemon = scene.desk.daemon();
    daemon.wait_for_log("letters wait: the submission server does not take them");
    scene.sink.refuse(false);
    scene.goes_on(daemon);
}
