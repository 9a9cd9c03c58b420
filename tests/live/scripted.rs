//! What Dovecot is too good for: servers that follow a script, with the bad answers that others have recorded.

use super::imap::{ANY, LONG, bytes, settings};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use wederhoor::model::LineSecurity;
use wederhoor::retrieval::imap::{ImapMailbox, ImapSettings};
use wederhoor::retrieval::{Retrieval, RetrievalError};

/// A server that answers each command by a script: `%` stands for the tag, `None` for silence.
pub async fn scripted(answer: impl Fn(&str) -> Option<String> + Send + 'static) -> u16 {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _): (TcpStream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"* OK ready\r\n").await.unwrap();
        let (mut line, mut tag) = (String::new(), String::new());
        while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
            let mut command = line.trim_end();
            // A line without a tag, as `DONE`, belongs to the command before.
            if let Some((begins, rest)) = command.split_once(' ') {
                (tag, command) = (begins.to_owned(), rest);
            }
            if let Some(text) = answer(command) {
                stream.write_all(text.replace('%', &tag).as_bytes()).await.unwrap();
            }
            line.clear();
        }
    });
    port
}

/// What every scripted server says until the mails are asked for.
pub fn beginning(command: &str) -> String {
    let word = command.split(' ').next().unwrap();
    match word {
        "CAPABILITY" => "* CAPABILITY IMAP4rev1 MOVE XYZZY=1\r\n% OK\r\n".to_owned(),
        "LIST" => "* LIST () \".\" INBOX\r\n% OK\r\n".to_owned(),
        "SELECT" => "* 2 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* XYZZY what is this\r\n% OK [READ-WRITE]\r\n".to_owned(),
        "UID" if command.starts_with("UID SEARCH") => "* SEARCH 1 2\r\n% OK\r\n".to_owned(),
        "UID" if command.ends_with("RFC822.SIZE)") => {
            "* 1 FETCH (UID 1 RFC822.SIZE 3)\r\n* 2 FETCH (UID 2 RFC822.SIZE 4294967295)\r\n% OK\r\n".to_owned()
        }
        _ => "% OK\r\n".to_owned(),
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_within_the_deadline() {
    let port = scripted(|command| if command.starts_with("UID SEARCH") { None } else { Some(beginning(command)) }).await;
    let short = ImapSettings { read_deadline: Duration::from_millis(300), ..settings(port) };
    let mut mailbox = ImapMailbox::connect(&short).await.unwrap();
    let window = tokio::time::timeout(LONG, mailbox.next_window(ANY)).await.unwrap();
    assert!(matches!(window, Err(RetrievalError::Silent(_))));
    let again = mailbox.next_window(ANY).await;
    assert!(again.is_err_and(|error| error.is_temporary()), "half an answer is never taken for the next one");
}

#[tokio::test]
async fn a_literal_of_four_gigabytes_is_refused_and_not_made_room_for() {
    let port = scripted(|command| {
        if command.contains("BODY.PEEK") {
            return Some("* 1 FETCH (UID 1 BODY[] {4294967295}\r\nabc".to_owned());
        }
        Some(beginning(command))
    })
    .await;
    let mut mailbox = ImapMailbox::connect(&settings(port)).await.unwrap();
    let error = mailbox.next_window(ANY).await.unwrap_err();
    assert!(matches!(&error, RetrievalError::Protocol(why) if why.contains("4294967295")), "{error}");
}

#[tokio::test]
async fn an_answer_nobody_understands_costs_one_mail_and_a_lying_size_costs_nothing() {
    let port = scripted(|command| {
        if command.starts_with("UID FETCH 1 ") && command.contains("BODY.PEEK") {
            return Some("* 1 FETCH (UID 1 ENVELOPE (broken BODY[] {3}\r\nabc)\r\n* 7 EXISTS\r\n% OK\r\n".to_owned());
        }
        if command.contains("BODY.PEEK[]<0.") {
            let flags = "* 2 FETCH (FLAGS (\\Seen))\r\n* 1 EXPUNGE\r\n";
            return Some(format!("{flags}* 2 FETCH (UID 2 BODY[]<0> {{3}}\r\nxyz)\r\n% OK\r\n"));
        }
        Some(beginning(command))
    })
    .await;
    let mut mailbox = ImapMailbox::connect(&settings(port)).await.unwrap();
    let given = mailbox.next_window(ANY).await.unwrap();
    assert_eq!(bytes(&given), [b"xyz"]);
    assert_eq!(mailbox.missed(), 1);
}

#[tokio::test]
async fn a_refused_window_is_read_one_by_one() {
    let port = scripted(|command| {
        if command.ends_with("RFC822.SIZE)") {
            return Some("* 1 FETCH (UID 1 RFC822.SIZE 3)\r\n* 2 FETCH (UID 2 RFC822.SIZE 3)\r\n% OK\r\n".to_owned());
        }
        if command.starts_with("UID FETCH 2 ") {
            return Some("* 2 FETCH (UID 2 BODY[] {3}\r\nxyz)\r\n% OK\r\n".to_owned());
        }
        if command.contains("BODY.PEEK") {
            return Some("% NO [SERVERBUG] mail 1 is corrupted\r\n".to_owned());
        }
        Some(beginning(command))
    })
    .await;
    let mut mailbox = ImapMailbox::connect(&settings(port)).await.unwrap();
    assert_eq!(bytes(&mailbox.next_window(ANY).await.unwrap()), [b"xyz"]);
    assert_eq!(mailbox.missed(), 1);
}

#[tokio::test]
async fn a_server_that_wants_no_password_in_the_clear_does_not_get_one() {
    let (heard, mut commands) = tokio::sync::mpsc::unbounded_channel();
    let port = scripted(move |command| {
        heard.send(command.to_owned()).unwrap();
        Some("* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n% OK\r\n".to_owned())
    })
    .await;
    let error = ImapMailbox::connect(&settings(port)).await.unwrap_err();
    assert!(matches!(&error, RetrievalError::LoginRefused(why) if why.contains("LOGINDISABLED")), "{error}");
    assert_eq!(commands.recv().await.as_deref(), Some("CAPABILITY"));
    assert_eq!(commands.recv().await, None);
}

#[tokio::test]
async fn starttls_is_not_done_without_and_nothing_said_before_it_counts() {
    let port = scripted(|command| Some(beginning(command))).await;
    let tls = |port| ImapSettings { security: LineSecurity::StartTls, ..settings(port) };
    let error = ImapMailbox::connect(&tls(port)).await.unwrap_err();
    assert!(matches!(&error, RetrievalError::Tls(why) if why.contains("STARTTLS")), "{error}");
    let port = scripted(|command| match command {
        "CAPABILITY" => Some("* CAPABILITY IMAP4rev1 STARTTLS\r\n% OK\r\n".to_owned()),
        _ => Some("% OK begin\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n".to_owned()),
    })
    .await;
    let error = ImapMailbox::connect(&tls(port)).await.unwrap_err();
    assert!(matches!(&error, RetrievalError::Tls(why) if why.contains("between")), "{error}");
}

#[tokio::test]
async fn a_server_that_is_full_asks_to_come_back() {
    for refusal in [
        "% NO [UNAVAILABLE] later\r\n",
        "% NO [ALERT] Too many simultaneous connections\r\n",
        "* BYE [LIMIT] full\r\n% NO [LIMIT] full\r\n",
    ] {
        let port = scripted(
            move |command| if command.starts_with("LOGIN") { Some(refusal.to_owned()) } else { Some(beginning(command)) },
        )
        .await;
        let error = ImapMailbox::connect(&settings(port)).await.unwrap_err();
        assert!(matches!(error, RetrievalError::Busy(_)) && error.is_temporary(), "{refusal}: {error}");
    }
}
