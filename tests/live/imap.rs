//! Reading a mailbox on a real Dovecot (M162 to M184).

use std::time::Duration;

use wederhoor::model::Secret;
use wederhoor::retrieval::imap::{ImapMailbox, ImapSettings, Login, Security, WayOfFiling, probe};
use wederhoor::retrieval::{Origin, RawMail, Retrieval, RetrievalError, Shelf, WindowBounds};

use crate::support::dovecot::{Dovecot, DovecotOptions, PASSWORD};

const USER: &str = "klachten";
const ANY: WindowBounds = WindowBounds { count: 500, bytes: 50_000_000 };

fn settings(port: u16) -> ImapSettings {
    let login = Login::Password(Secret::new(PASSWORD));
    ImapSettings {
        read_deadline: Duration::from_secs(20),
        ..ImapSettings::new("127.0.0.1", port, Security::PlainLoopback, USER, login)
    }
}

fn mail(number: usize) -> Vec<u8> {
    format!("From: Jan <jan@elders.example>\r\nSubject: Klacht {number}\r\n\r\nMail nummer {number}.\r\n").into_bytes()
}

fn origins(mails: &[RawMail]) -> Vec<Origin> {
    mails.iter().map(|mail| mail.origin.clone()).collect()
}

fn bytes(mails: Vec<RawMail>) -> Vec<Vec<u8>> {
    mails.into_iter().map(|mail| mail.bytes).collect()
}

#[tokio::test]
async fn mails_come_whole_and_oldest_first_and_leave_for_the_done_folder() {
    let server = Dovecot::start();
    let sent: Vec<Vec<u8>> = (1..=5).map(mail).collect();
    sent.iter().for_each(|mail| server.append(USER, mail));
    let mut mailbox = ImapMailbox::connect(&settings(server.imap_port)).await.unwrap();
    assert_eq!(mailbox.way_of_filing(), WayOfFiling::Move);
    let first = mailbox.next_window(WindowBounds { count: 3, bytes: 1_000_000 }).await.unwrap();
    let second = mailbox.next_window(ANY).await.unwrap();
    assert_eq!(bytes([first.clone(), second.clone()].concat()), sent);
    assert!(first[0].arrived_at.is_some());
    assert!(mailbox.next_window(ANY).await.unwrap().is_empty(), "what was given is not given again");
    mailbox.file(&origins(&first), Shelf::Done).await.unwrap();
    mailbox.file(&origins(&second), Shelf::Quarantine).await.unwrap();
    mailbox.close().await;
    assert_eq!(server.folder_count(USER, "INBOX"), 0);
    assert_eq!(server.folder_count(USER, "Wederhoor/Done"), 3);
    assert_eq!(server.folder_count(USER, "Wederhoor/Quarantine"), 2);
}
