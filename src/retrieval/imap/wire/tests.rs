//! async-imap on top of the wire, against a server that is a list of lines.

use async_imap::Client;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

use super::*;
use crate::retrieval::imap::session::Session;

const DEADLINE: Duration = Duration::from_millis(200);

/// A session with a server that answers the commands after the login by this script, whose `%` is the tag.
/// After the last line it hangs up, or stays silent.
async fn session(script: &[&str], hangs_up: bool) -> Session {
    let (server, client) = tokio::io::duplex(1 << 16);
    let script: Vec<String> = script.iter().map(|line| (*line).to_owned()).collect();
    tokio::spawn(serve(server, script, hangs_up));
    let mut client = Client::new(Wire::new(Box::new(client), DEADLINE));
    client.read_response().await.unwrap();
    client.get_mut().announce().unwrap();
    let mut imap = client.login("klachten", "geheim").await.unwrap();
    imap.get_mut().conclude(Ok(())).unwrap();
    Session::new(imap)
}

async fn serve(stream: DuplexStream, script: Vec<String>, hangs_up: bool) {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"* OK ready\r\n").await.unwrap();
    let mut line = String::new();
    for answer in std::iter::once("% OK\r\n".to_owned()).chain(script) {
        line.clear();
        stream.read_line(&mut line).await.unwrap();
        let tag = line.split_whitespace().next().unwrap_or_default();
        stream.write_all(answer.replace('%', tag).as_bytes()).await.unwrap();
    }
    if !hangs_up {
        std::future::pending::<()>().await;
    }
}

async fn search(session: &mut Session) -> Result<Vec<u32>, RetrievalError> {
    let result = session.begin().await?.uid_search("ALL").await;
    let (uids, answer) = session.end(result)?;
    answer.accepted("SEARCH")?;
    let mut uids: Vec<u32> = uids.into_iter().flatten().collect();
    uids.sort_unstable();
    Ok(uids)
}

#[tokio::test]
async fn a_line_that_breaks_during_a_search_is_no_empty_folder() {
    for cut_off in ["", "* SEARCH 1 2\r\n", "* SEARCH 1 2\r\n% O"] {
        let error = search(&mut session(&[cut_off], true).await).await.unwrap_err();
        assert!(matches!(error, RetrievalError::Unreachable(_)), "{cut_off}: {error}");
    }
}

#[tokio::test]
async fn silence_during_a_fetch_is_an_error_after_the_deadline_and_stays_one() {
    let mut session = session(&["* 1 FETCH (UID 1 BODY[] {3}\r\nabc)\r\n"], false).await;
    let mut found = Vec::new();
    for _ in 0..2 {
        let fetched = session.fetch("1:2", "(UID BODY.PEEK[])", |fetch| found.extend(fetch.uid)).await;
        assert!(matches!(fetched, Err(RetrievalError::Silent(DEADLINE))), "{fetched:?}");
    }
    assert_eq!(found, [1]);
}

#[tokio::test]
async fn a_refused_search_is_told_from_an_empty_one_and_a_full_server_from_a_broken_line() {
    let mut session = session(&["% NO [SERVERBUG] no\r\n", "* SEARCH\r\n% OK\r\n", "* BYE [UNAVAILABLE] later\r\n"], true).await;
    assert!(matches!(search(&mut session).await, Err(RetrievalError::Protocol(why)) if why.contains("SERVERBUG")));
    assert_eq!(search(&mut session).await.unwrap(), Vec::<u32>::new());
    assert!(matches!(search(&mut session).await, Err(RetrievalError::Busy(_))));
}

#[tokio::test]
async fn a_search_answer_of_any_length_arrives_whole() {
    let uids: Vec<u32> = (1..=200_000).map(|n| n * 21_473).collect();
    let words: Vec<String> = uids.iter().map(u32::to_string).collect();
    let answer = format!("* SEARCH {}\r\n% OK\r\n", words.join(" "));
    assert_eq!(search(&mut session(&[&answer], false).await).await.unwrap(), uids);
}

#[tokio::test]
async fn a_command_that_was_given_up_is_never_answered_by_the_next_one() {
    let mut session = session(&["* SEARCH 1\r\n", "% OK\r\n"], false).await;
    assert!(tokio::time::timeout(DEADLINE / 4, search(&mut session)).await.is_err());
    assert!(matches!(search(&mut session).await, Err(RetrievalError::Unreachable(_))));
}

#[tokio::test]
async fn a_refused_idle_is_told_even_where_the_server_has_no_words() {
    let mut session = session(&["% BAD\r\n", "* SEARCH 3\r\n% OK\r\n"], false).await;
    assert!(matches!(session.idle(DEADLINE).await, Err(RetrievalError::Protocol(_))));
    assert_eq!(search(&mut session).await.unwrap(), [3]);
}

#[tokio::test]
async fn an_idle_that_the_server_ends_by_itself_is_a_reason_to_look() {
    let mut session = session(&["+ idling\r\n* OK still here\r\n% OK enough\r\n", "* SEARCH 3\r\n% OK\r\n"], false).await;
    assert!(session.idle(DEADLINE * 100).await.unwrap());
    assert_eq!(search(&mut session).await.unwrap(), [3]);
}

#[tokio::test]
async fn whoever_is_no_mail_server_is_told_so_at_once() {
    let (mut server, client) = tokio::io::duplex(64);
    server.write_all(b"220 mail.elders.example ESMTP\r\n").await.unwrap();
    let mut client = Client::new(Wire::new(Box::new(client), DEADLINE));
    assert!(client.read_response().await.is_err());
    assert!(matches!(client.get_ref().greeting(), Err(RetrievalError::Protocol(_))));
}
