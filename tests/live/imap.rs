//! Reading a mailbox on a real Dovecot (M162 to M184).

use std::time::Duration;

use super::scripted::{beginning, scripted};
use tokio::net::TcpListener;
use wederhoor::model::LineSecurity;
use wederhoor::model::Secret;
use wederhoor::retrieval::imap::{ImapMailbox, ImapSettings, Login, WayOfFiling, probe};
use wederhoor::retrieval::{Origin, RawMail, Retrieval, RetrievalError, Shelf, WindowBounds};

use crate::support::dovecot::{Dovecot, DovecotOptions, PASSWORD};
use crate::support::proxy::Proxy;

const USER: &str = "klachten";
pub const ANY: WindowBounds = WindowBounds { count: 500, bytes: 50_000_000 };
pub const LONG: Duration = Duration::from_mins(1);

pub fn settings(port: u16) -> ImapSettings {
    let login = Login::Password(Secret::new(PASSWORD));
    ImapSettings {
        read_deadline: Duration::from_secs(20),
        ..ImapSettings::new("127.0.0.1", port, LineSecurity::PlainOnLoopback, USER, login)
    }
}

async fn connect(server: &Dovecot) -> ImapMailbox {
    ImapMailbox::connect(&settings(server.imap_port)).await.unwrap()
}

pub fn mail(number: usize) -> Vec<u8> {
    format!("From: Jan <jan@elders.example>\r\nSubject: Klacht {number}\r\n\r\nMail nummer {number}.\r\n").into_bytes()
}

pub fn origins(mails: &[RawMail]) -> Vec<Origin> {
    mails.iter().map(|mail| mail.origin.clone()).collect()
}

pub fn bytes(mails: &[RawMail]) -> Vec<Vec<u8>> {
    mails.iter().map(|mail| mail.bytes.clone()).collect()
}

#[tokio::test]
async fn mails_come_whole_and_oldest_first_and_leave_for_the_done_folder() {
    let server = Dovecot::start();
    let sent: Vec<Vec<u8>> = (1..=5).map(mail).collect();
    server.append_all(USER, &sent);
    let mut mailbox = connect(&server).await;
    assert_eq!(mailbox.way_of_filing(), WayOfFiling::Move);
    let first = mailbox.next_window(WindowBounds { count: 3, bytes: 1_000_000 }).await.unwrap();
    let second = mailbox.next_window(ANY).await.unwrap();
    assert_eq!(bytes(&[first.clone(), second.clone()].concat()), sent);
    assert!(first[0].arrived_at.is_some());
    assert!(mailbox.next_window(ANY).await.unwrap().is_empty(), "what was given is not given again");
    mailbox.file(&origins(&first), Shelf::Done).await.unwrap();
    mailbox.file(&origins(&second), Shelf::Quarantine).await.unwrap();
    mailbox.close().await;
    assert_eq!(server.folder_count(USER, "INBOX"), 0);
    assert_eq!(server.folder_count(USER, "Wederhoor/Done"), 3);
    assert_eq!(server.folder_count(USER, "Wederhoor/Quarantine"), 2);
}

#[tokio::test]
async fn reading_changes_no_flag_and_a_mail_read_by_somebody_else_still_counts() {
    let server = Dovecot::start();
    (1..=3).for_each(|number| server.append(USER, &mail(number)));
    server.doveadm(&["flags", "add", "-u", USER, "\\Seen \\Answered", "mailbox", "INBOX", "UID", "2"]);
    let before = server.doveadm(&["fetch", "-u", USER, "uid flags", "mailbox", "INBOX"]);
    let mut mailbox = connect(&server).await;
    assert_eq!(mailbox.next_window(ANY).await.unwrap().len(), 3);
    mailbox.close().await;
    let flags = |text: &str| text.replace("\\Recent", "").replace(' ', "");
    let after = server.doveadm(&["fetch", "-u", USER, "uid flags", "mailbox", "INBOX"]);
    assert!(before.contains("\\Seen"));
    assert_eq!(flags(&before), flags(&after));
}

#[tokio::test]
async fn what_was_not_filed_comes_again_on_a_new_connection() {
    let server = Dovecot::start();
    (1..=4).for_each(|number| server.append(USER, &mail(number)));
    let mut mailbox = connect(&server).await;
    let given = mailbox.next_window(ANY).await.unwrap();
    mailbox.file(&origins(&given[..1]), Shelf::Done).await.unwrap();
    mailbox.file(&origins(&given[2..3]), Shelf::Done).await.unwrap();
    drop(mailbox);
    let again = connect(&server).await.next_window(ANY).await.unwrap();
    assert_eq!(bytes(&again), [mail(2), mail(4)]);
}

#[tokio::test]
async fn without_move_mails_are_copied_and_only_they_are_expunged() {
    let server = Dovecot::start_with(DovecotOptions { without: vec!["MOVE"], ..DovecotOptions::default() });
    (1..=3).for_each(|number| server.append(USER, &mail(number)));
    server.doveadm(&["flags", "add", "-u", USER, "\\Deleted", "mailbox", "INBOX", "UID", "3"]);
    let mut mailbox = connect(&server).await;
    assert_eq!(mailbox.way_of_filing(), WayOfFiling::CopyAndExpunge);
    let given = mailbox.next_window(ANY).await.unwrap();
    mailbox.file(&origins(&given[..2]), Shelf::Done).await.unwrap();
    mailbox.close().await;
    assert_eq!(server.folder_count(USER, "Wederhoor/Done"), 2);
    assert_eq!(server.folder_count(USER, "INBOX"), 1, "what somebody else marked as deleted is not ours to remove");
}

#[tokio::test]
async fn without_move_and_uidplus_a_keyword_marks_what_was_handled() {
    let server = Dovecot::start_with(DovecotOptions { without: vec!["MOVE", "UIDPLUS"], ..DovecotOptions::default() });
    (1..=3).for_each(|number| server.append(USER, &mail(number)));
    let mut mailbox = connect(&server).await;
    assert_eq!(mailbox.way_of_filing(), WayOfFiling::Keyword);
    let given = mailbox.next_window(ANY).await.unwrap();
    mailbox.file(&origins(&given[..1]), Shelf::Done).await.unwrap();
    mailbox.file(&origins(&given[1..2]), Shelf::Quarantine).await.unwrap();
    mailbox.close().await;
    assert_eq!(server.folder_count(USER, "INBOX"), 3);
    assert_eq!(server.folder_count(USER, "Wederhoor/Quarantine"), 1);
    let again = connect(&server).await.next_window(ANY).await.unwrap();
    assert_eq!(bytes(&again), [mail(3)]);
}

#[tokio::test]
async fn a_folder_made_anew_is_read_anew_and_old_uids_move_nothing() {
    let server = Dovecot::start();
    server.doveadm(&["mailbox", "create", "-u", USER, "Loket"]);
    server.append_to(USER, ".Loket", &mail(1));
    let in_loket = ImapSettings { folder: "Loket".to_owned(), ..settings(server.imap_port) };
    let mut mailbox = ImapMailbox::connect(&in_loket).await.unwrap();
    let old = mailbox.next_window(ANY).await.unwrap();
    assert_eq!(bytes(&old), [mail(1)]);
    mailbox.close().await;
    server.doveadm(&["mailbox", "delete", "-u", USER, "Loket"]);
    server.doveadm(&["mailbox", "create", "-u", USER, "Loket"]);
    server.append_to(USER, ".Loket", &mail(2));
    let mut mailbox = ImapMailbox::connect(&in_loket).await.unwrap();
    mailbox.file(&origins(&old), Shelf::Done).await.unwrap();
    let new = mailbox.next_window(ANY).await.unwrap();
    assert_eq!(bytes(&new), [mail(2)]);
    assert_ne!(old[0].origin, new[0].origin);
    assert_eq!(server.folder_count(USER, "Loket"), 1, "the UID of another UIDVALIDITY moved nothing");
}

#[tokio::test]
async fn a_mail_that_vanishes_between_search_and_fetch_is_no_error() {
    let server = Dovecot::start();
    (1..=4).for_each(|number| server.append(USER, &mail(number)));
    let mut mailbox = connect(&server).await;
    let one = WindowBounds { count: 1, bytes: 1_000_000 };
    let first = mailbox.next_window(one).await.unwrap();
    server.doveadm(&["expunge", "-u", USER, "mailbox", "INBOX", "UID", "2,3"]);
    let second = mailbox.next_window(WindowBounds { count: 2, ..one }).await.unwrap();
    assert_eq!(bytes(&second), [mail(4)]);
    assert_eq!(mailbox.missed(), 2);
    server.doveadm(&["expunge", "-u", USER, "mailbox", "INBOX", "UID", "1"]);
    mailbox.file(&origins(&[first, second].concat()), Shelf::Done).await.unwrap();
    assert_eq!(server.folder_count(USER, "Wederhoor/Done"), 1);
}

#[tokio::test]
async fn mails_that_are_hardly_mails_come_byte_for_byte_and_block_nothing() {
    let server = Dovecot::start();
    let strange: [&[u8]; 4] =
        [b"", b"\r\n", b"Subject: {4294967295}\r\n\r\n* 1 EXISTS {9}\r\nw1 OK\r\n", b"\xff\xfe 8-bit\r\n\r\n\x00NUL\r\n"];
    server.append_all(USER, &strange);
    server.append(USER, &mail(1));
    let mut mailbox = connect(&server).await;
    let given = mailbox.next_window(ANY).await.unwrap();
    let given = bytes(&given);
    // Dovecot itself shows a NUL as 0x80: RFC 9051 section 4.3 forbids it in a literal.
    assert_eq!(given[..3], strange[..3]);
    assert!(given[3].starts_with(b"\xff\xfe 8-bit"));
    assert_eq!(given[4], mail(1));
}

#[tokio::test]
async fn a_wrong_password_is_refused_for_good() {
    let server = Dovecot::start();
    let wrong = ImapSettings { login: Login::Password(Secret::new("fout")), ..settings(server.imap_port) };
    let error = ImapMailbox::connect(&wrong).await.unwrap_err();
    assert!(matches!(error, RetrievalError::LoginRefused(_)), "{error}");
    assert!(!error.is_temporary());
}

#[tokio::test]
async fn a_password_with_quotes_and_backslashes_travels_quoted_in_a_login_command() {
    let (heard, mut commands) = tokio::sync::mpsc::unbounded_channel();
    let port = scripted(move |command| {
        heard.send(command.to_owned()).unwrap();
        Some(beginning(command))
    })
    .await;
    ImapMailbox::connect(&settings(port)).await.unwrap();
    assert_eq!(commands.recv().await.as_deref(), Some("CAPABILITY"));
    let login = r#"LOGIN "klachten" "een \"goed\" wachtwoord\\""#;
    assert_eq!(commands.recv().await.as_deref(), Some(login));
}

#[tokio::test]
async fn a_password_waits_for_the_server_where_it_may_not_come_at_once() {
    let (heard, mut lines) = tokio::sync::mpsc::unbounded_channel();
    let port = scripted(move |command| {
        heard.send(command.to_owned()).unwrap();
        Some(match command {
            "CAPABILITY" => "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n% OK\r\n".to_owned(),
            "AUTHENTICATE PLAIN" => "* OK one moment\r\n+ go ahead\r\n".to_owned(),
            _ => "% NO [AUTHENTICATIONFAILED] no\r\n".to_owned(),
        })
    })
    .await;
    let error = ImapMailbox::connect(&settings(port)).await.unwrap_err();
    assert!(matches!(&error, RetrievalError::LoginRefused(why) if why.contains("AUTHENTICATIONFAILED")), "{error}");
    assert_eq!(lines.recv().await.as_deref(), Some("CAPABILITY"));
    assert_eq!(lines.recv().await.as_deref(), Some("AUTHENTICATE PLAIN"));
    assert_eq!(lines.recv().await.as_deref(), Some("AGtsYWNodGVuAGVlbiAiZ29lZCIgd2FjaHR3b29yZFw="));
}

#[tokio::test]
async fn a_mail_of_thirty_megabytes_comes_alone_and_whole() {
    let server = Dovecot::start();
    let large = [mail(2), b"0123456789abcdef0123456789abcdef0123456789abcdef0123456789\r\n".repeat(500_000)].concat();
    server.append_all(USER, &[mail(1), large.clone(), mail(3)]);
    let mut mailbox = connect(&server).await;
    let bounds = WindowBounds { count: 100, bytes: 1_000_000 };
    for expected in [mail(1), large, mail(3)] {
        let window = mailbox.next_window(bounds).await.unwrap();
        assert!(bytes(&window) == [expected], "{} mails", window.len());
    }
}

#[tokio::test]
async fn a_server_killed_in_the_middle_of_a_fetch_costs_nothing() {
    let mut server = Dovecot::start();
    let large: Vec<Vec<u8>> = (1..=6).map(|n| [mail(n), vec![b'x'; 400_000], b"\r\n".to_vec()].concat()).collect();
    server.append_all(USER, &large);
    let proxy = Proxy::to(server.imap_port).await;
    let mut mailbox = ImapMailbox::connect(&settings(proxy.address.port())).await.unwrap();
    proxy.stop_after(1_000_000);
    let (window, ()) = tokio::join!(mailbox.next_window(ANY), async {
        proxy.stopped.notified().await;
        server.kill();
    });
    let error = window.unwrap_err();
    assert!(matches!(error, RetrievalError::Unreachable(_)) && error.is_temporary(), "{error}");
    assert!(ImapMailbox::connect(&settings(server.imap_port)).await.unwrap_err().is_temporary());
    server.restart();
    let again = connect(&server).await.next_window(ANY).await.unwrap();
    assert_eq!(bytes(&again), large);
}

#[tokio::test]
async fn a_line_that_swallows_everything_is_noticed_within_the_deadline() {
    let server = Dovecot::start();
    let proxy = Proxy::to(server.imap_port).await;
    let impatient = ImapSettings {
        read_deadline: Duration::from_secs(1),
        idle_renewal: Duration::from_millis(100),
        ..settings(proxy.address.port())
    };
    let mut mailbox = ImapMailbox::connect(&impatient).await.unwrap();
    mailbox.next_window(ANY).await.unwrap();
    mailbox.wait(LONG).await.unwrap();
    proxy.stop_after(0);
    let error = tokio::time::timeout(LONG, mailbox.wait(LONG)).await.unwrap().unwrap_err();
    assert!(matches!(error, RetrievalError::Silent(after) if after == Duration::from_secs(1)), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_servers_notice_ends_the_waiting() {
    let server = Dovecot::start();
    let mut mailbox = connect(&server).await;
    assert!(mailbox.next_window(ANY).await.unwrap().is_empty());
    assert_eq!(mailbox.last_notice(), None);
    let began = tokio::time::Instant::now();
    let (waited, ()) = tokio::join!(mailbox.wait(LONG), async {
        tokio::task::block_in_place(|| server.deliver("klachten+abc", &mail(1)));
    });
    waited.unwrap();
    assert!(mailbox.last_notice().is_some_and(|at| at > began));
    assert!(began.elapsed() < LONG / 2);
    assert_eq!(mailbox.next_window(ANY).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_idle_that_was_given_up_leaves_the_connection_usable() {
    let server = Dovecot::start();
    let mut mailbox = connect(&server).await;
    mailbox.next_window(ANY).await.unwrap();
    for _ in 0..3 {
        assert!(tokio::time::timeout(Duration::from_millis(50), mailbox.wait(LONG)).await.is_err());
    }
    server.append(USER, &mail(1));
    mailbox.wait(LONG).await.unwrap();
    assert_eq!(mailbox.next_window(ANY).await.unwrap().len(), 1);
}

#[tokio::test]
async fn whoever_leaves_during_an_idle_says_goodbye() {
    let (heard, mut commands) = tokio::sync::mpsc::unbounded_channel();
    let port = scripted(move |command| {
        heard.send(command.to_owned()).unwrap();
        Some(match command {
            "CAPABILITY" => "* CAPABILITY IMAP4rev1 MOVE IDLE\r\n% OK\r\n".to_owned(),
            "IDLE" => "+ idling\r\n".to_owned(),
            _ => beginning(command),
        })
    })
    .await;
    let mut mailbox = ImapMailbox::connect(&settings(port)).await.unwrap();
    mailbox.next_window(WindowBounds { count: 1, bytes: 1 }).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_millis(200), mailbox.wait(LONG)).await.is_err());
    mailbox.close().await;
    while commands.recv().await.unwrap() != "IDLE" {}
    assert_eq!(commands.recv().await.as_deref(), Some("DONE"));
    assert_eq!(commands.recv().await.as_deref(), Some("LOGOUT"));
}

#[tokio::test]
async fn leaving_takes_seconds_at_most_whatever_the_server_does() {
    let server = Dovecot::start();
    let proxy = Proxy::to(server.imap_port).await;
    let patient = ImapSettings { read_deadline: LONG, ..settings(proxy.address.port()) };
    for given_up_in_idle in [true, false] {
        proxy.stop_after(u64::MAX);
        let mut mailbox = ImapMailbox::connect(&patient).await.unwrap();
        mailbox.next_window(ANY).await.unwrap();
        if given_up_in_idle {
            assert!(tokio::time::timeout(Duration::from_millis(100), mailbox.wait(LONG)).await.is_err());
        }
        proxy.stop_after(0);
        if !given_up_in_idle {
            assert!(tokio::time::timeout(Duration::from_millis(100), mailbox.next_window(ANY)).await.is_err());
        }
        let began = tokio::time::Instant::now();
        mailbox.close().await;
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_server_without_idle_is_asked_from_time_to_time() {
    let server = Dovecot::start_with(DovecotOptions { without: vec!["IDLE"], ..DovecotOptions::default() });
    let often = ImapSettings { poll_every: Duration::from_millis(50), ..settings(server.imap_port) };
    let mut mailbox = ImapMailbox::connect(&often).await.unwrap();
    assert!(mailbox.next_window(ANY).await.unwrap().is_empty());
    server.append(USER, &mail(1));
    mailbox.wait(LONG).await.unwrap();
    assert_eq!(mailbox.next_window(ANY).await.unwrap().len(), 1);
}

#[tokio::test]
async fn tls_is_trusted_with_the_extra_authority_and_refused_without() {
    let server = Dovecot::start();
    server.append(USER, &mail(1));
    for (security, port) in [(LineSecurity::ImplicitTls, server.tls_port), (LineSecurity::StartTls, server.imap_port)] {
        let unknown = ImapSettings { security, ..settings(port) };
        let error = ImapMailbox::connect(&unknown).await.unwrap_err();
        assert!(matches!(error, RetrievalError::Tls(_)) && !error.is_temporary(), "{security:?}: {error}");
        let known = ImapSettings { extra_ca: Some(server.certificate()), ..unknown };
        let mut mailbox = ImapMailbox::connect(&known).await.unwrap();
        assert_eq!(bytes(&mailbox.next_window(ANY).await.unwrap()), [mail(1)], "{security:?}");
    }
}

#[tokio::test]
async fn a_password_without_tls_does_not_leave_for_another_machine() {
    // 192.0.2.1 is for documentation (RFC 5737): nobody is there, and nobody is asked.
    let elsewhere = ImapSettings { host: "192.0.2.1".to_owned(), ..settings(143) };
    let asked = tokio::time::timeout(Duration::from_secs(5), ImapMailbox::connect(&elsewhere)).await.unwrap();
    assert!(matches!(asked, Err(RetrievalError::PasswordWithoutTls)));
    // Also where another machine's address is really this machine's own, so that a connection would succeed.
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let own = ImapSettings { host: "0.0.0.0".to_owned(), ..settings(port) };
    assert!(matches!(ImapMailbox::connect(&own).await, Err(RetrievalError::PasswordWithoutTls)));
    let nobody = tokio::time::timeout(Duration::from_millis(200), listener.accept()).await;
    assert!(nobody.is_err(), "a connection was made before the address was judged");
}

#[tokio::test]
async fn folders_with_foreign_names_are_made_and_used() {
    let server = Dovecot::start();
    server.append(USER, &mail(1));
    let named = ImapSettings { done_folder: "Erledigt & geprüft/Entwürfe".to_owned(), ..settings(server.imap_port) };
    for _ in 0..2 {
        ImapMailbox::connect(&named).await.unwrap().close().await;
    }
    let mut mailbox = ImapMailbox::connect(&named).await.unwrap();
    let given = mailbox.next_window(ANY).await.unwrap();
    server.doveadm(&["mailbox", "delete", "-u", USER, "Erledigt & geprüft/Entwürfe"]);
    mailbox.file(&origins(&given), Shelf::Done).await.unwrap();
    let listed = server.doveadm(&["mailbox", "status", "-u", USER, "messages", "*"]);
    assert!(listed.contains("Erledigt & geprüft/Entwürfe messages=1"), "{listed}");
}

#[tokio::test]
async fn a_probe_looks_and_changes_nothing() {
    let server = Dovecot::start();
    server.append(USER, &mail(1));
    let found = probe(&settings(server.imap_port)).await.unwrap();
    assert_eq!((found.waiting, found.way_of_filing), (Some(1), Some(WayOfFiling::Move)));
    assert!(found.reports_new_mail && !found.done_folder_exists && !found.quarantine_folder_exists);
    assert!(found.capabilities.iter().any(|word| word == "MOVE"));
    assert_eq!(server.folder_count(USER, "Wederhoor/Done"), 0);
    let absent = ImapSettings { folder: "Bestaat niet".to_owned(), ..settings(server.imap_port) };
    assert_eq!(probe(&absent).await.unwrap().waiting, None);
}
