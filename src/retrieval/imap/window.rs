//! Searching and fetching: the next mails of a folder, oldest first.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;

use async_imap::types::Fetch;
use tokio::time::Instant;

use super::answer::Status;
use super::folder::HANDLED;
use super::session::Session;
use super::uid_set::uid_sets;
use crate::retrieval::{LARGEST_MAIL, Origin, RawMail, RetrievalError, WindowBounds};

/// M164: how often everything in the folder is looked at, not only what is above the mark.
const SWEEP_EVERY: Duration = Duration::from_mins(15);

/// How many sizes are asked for at once; small, as most windows hold fewer mails.
const SIZES_AT_ONCE: usize = 1000;

/// What a mail counts for in a window when the server names no size.
const GUESSED_SIZE: usize = 256 * 1024;

/// A mail that waits, with the server's word for its size. M166: the size only helps to fill a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Waiting {
    uid: u32,
    size: Option<usize>,
}

/// Where we are in one folder under one UIDVALIDITY. It lives in memory only: a new connection begins
/// with a full sweep, and content keys stop repeats (M162).
#[derive(Debug)]
pub(super) struct Progress {
    uid_validity: u32,
    /// Handled mails stay in the folder and carry [`HANDLED`].
    skips_handled: bool,
    pending: VecDeque<Waiting>,
    /// The highest UID that was found.
    mark: u32,
    /// Given and still in the folder.
    given: HashSet<u32>,
    swept_at: Option<Instant>,
    /// So many of the pending mails are fetched alone, since fetching them together failed.
    one_by_one: usize,
    /// Mails that the server announced and did not give.
    missed: u64,
}

impl Progress {
    pub fn new(uid_validity: u32, skips_handled: bool) -> Self {
        Self {
            uid_validity,
            skips_handled,
            pending: VecDeque::new(),
            mark: 0,
            given: HashSet::new(),
            swept_at: None,
            one_by_one: 0,
            missed: 0,
        }
    }

    pub fn uid_validity(&self) -> u32 {
        self.uid_validity
    }

    /// How often a mail was found and could not be had (M184).
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Whether it is time to look at the whole folder again, after it was looked at once.
    pub fn sweep_is_due_again(&self) -> bool {
        self.pending.is_empty() && self.swept_at.is_some_and(|at| at.elapsed() >= SWEEP_EVERY)
    }

    /// Mails that left the folder need not be remembered.
    pub fn forget(&mut self, uids: &[u32]) {
        for uid in uids {
            self.given.remove(uid);
        }
    }

    /// The next mails; empty only when nothing waits.
    pub async fn next(&mut self, session: &mut Session, bounds: WindowBounds) -> Result<Vec<RawMail>, RetrievalError> {
        let mut searched = false;
        loop {
            if self.pending.is_empty() {
                if searched {
                    return Ok(Vec::new());
                }
                self.search(session).await?;
                searched = true;
            }
            self.ask_sizes(session, bounds).await?;
            let chosen = self.choose(bounds);
            let mails = self.fetch(session, &chosen).await?;
            if !mails.is_empty() {
                return Ok(mails);
            }
        }
    }

    /// M164: the work list is what lies in the folder, whatever its flags.
    async fn search(&mut self, session: &mut Session) -> Result<(), RetrievalError> {
        let sweep = self.swept_at.is_none() || self.sweep_is_due_again();
        let from = if sweep { 1 } else { self.mark.saturating_add(1) };
        let handled = if self.skips_handled { format!("UNKEYWORD {HANDLED} ") } else { String::new() };
        // Before the search, so that a mail that comes meanwhile is searched for once more.
        session.forget_news();
        let result = session.begin().await?.uid_search(format!("{handled}UID {from}:*")).await;
        let (uids, answer) = session.end(result)?;
        answer.accepted("UID SEARCH")?;
        let mut found: Vec<u32> = uids.into_iter().flatten().collect();
        // RFC 9051 section 9: `n:*` always holds the last mail, also when its UID is below n.
        found.retain(|uid| *uid >= from && !self.given.contains(uid));
        found.sort_unstable();
        self.mark = found.last().copied().unwrap_or(0).max(self.mark);
        self.pending = found.into_iter().map(|uid| Waiting { uid, size: None }).collect();
        if sweep {
            self.swept_at = Some(Instant::now());
        }
        Ok(())
    }

    /// Asks for the sizes of the mails in front, where they are not known.
    async fn ask_sizes(&mut self, session: &mut Session, bounds: WindowBounds) -> Result<(), RetrievalError> {
        if self.pending.iter().take(bounds.count.max(1)).all(|waiting| waiting.size.is_some()) {
            return Ok(());
        }
        let ahead = SIZES_AT_ONCE.max(bounds.count);
        let uids: Vec<u32> = self.pending.iter().take(ahead).map(|waiting| waiting.uid).collect();
        let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
        for set in uid_sets(&uids) {
            // A refusal (a mail vanished, a size that can not be counted) leaves the guess.
            session
                .fetch(&set, "(UID RFC822.SIZE)", |fetch| {
                    let size = fetch.size.and_then(|size| usize::try_from(size).ok());
                    sizes.extend(fetch.uid.zip(size));
                })
                .await?;
        }
        for waiting in self.pending.iter_mut().take(ahead) {
            waiting.size = Some(sizes.get(&waiting.uid).copied().unwrap_or(GUESSED_SIZE));
        }
        Ok(())
    }

    /// Takes from the front what fits into one window. A mail above [`LARGEST_MAIL`] is always alone.
    fn choose(&mut self, bounds: WindowBounds) -> Vec<Waiting> {
        let most = if self.one_by_one > 0 { 1 } else { bounds.count.max(1) };
        self.one_by_one = self.one_by_one.saturating_sub(1);
        let mut chosen: Vec<Waiting> = Vec::new();
        let mut bytes = 0_usize;
        while let Some(next) = self.pending.front() {
            let size = next.size.unwrap_or(GUESSED_SIZE);
            let full = chosen.len() >= most || bytes.saturating_add(size) > bounds.bytes || size > LARGEST_MAIL;
            if full && !chosen.is_empty() {
                break;
            }
            bytes = bytes.saturating_add(size);
            chosen.extend(self.pending.pop_front());
        }
        chosen
    }

    /// Fetches mails with one command, without touching a flag (M165).
    async fn fetch(&mut self, session: &mut Session, chosen: &[Waiting]) -> Result<Vec<RawMail>, RetrievalError> {
        let uids: Vec<u32> = chosen.iter().map(|waiting| waiting.uid).collect();
        let huge = chosen.iter().any(|waiting| waiting.size.is_some_and(|size| size > LARGEST_MAIL));
        // M173: of a mail over the limit its first part; the whole stays on the server.
        let body = if huge { format!("BODY.PEEK[]<0.{LARGEST_MAIL}>") } else { "BODY.PEEK[]".to_owned() };
        if huge {
            tracing::warn!(?uids, limit = LARGEST_MAIL, "a mail is too large; only its first part is read");
        }
        let mut found: BTreeMap<u32, RawMail> = BTreeMap::new();
        let mut refused = None;
        for set in uid_sets(&uids) {
            let answer = session
                .fetch(&set, &format!("(UID INTERNALDATE {body})"), |fetch| {
                    found.extend(read_mail(&fetch, self.uid_validity));
                })
                .await?;
            if answer.asks_to_come_back() && answer.status != Status::Ok {
                return Err(answer.refusal("UID FETCH"));
            }
            // RFC 5530 section 3: EXPUNGEISSUED tells only that some were gone (M184).
            if answer.status != Status::Ok && !answer.has_code("EXPUNGEISSUED") {
                refused = Some(answer.words());
            }
        }
        found.retain(|uid, _| uids.contains(uid));
        let absent: Vec<Waiting> = chosen.iter().filter(|waiting| !found.contains_key(&waiting.uid)).copied().collect();
        if let Some(words) = refused.filter(|_| chosen.len() > 1 && !absent.is_empty()) {
            // M93, M166: one of them is at fault, and the server does not say which. Each gets its own try.
            tracing::warn!(mails = absent.len(), reason = %words, "the mail server refused to give these together; one by one now");
            self.one_by_one = absent.len();
            for waiting in absent.into_iter().rev() {
                self.pending.push_front(waiting);
            }
        } else if !absent.is_empty() {
            // M184: noted, and not remembered as given, so that the next sweep confirms it.
            self.missed += absent.len() as u64;
            tracing::info!(mails = absent.len(), "mails vanished before they could be read, or could not be read");
        }
        self.given.extend(found.keys());
        Ok(found.into_values().collect())
    }
}

/// One mail out of a FETCH answer. `None` for flags that another client changed, and for `NIL`.
fn read_mail(fetch: &Fetch, uid_validity: u32) -> Option<(u32, RawMail)> {
    let (uid, body) = fetch.uid.zip(fetch.body())?;
    let origin = Origin::Imap { uid_validity, uid };
    let arrived_at = fetch.internal_date().map(|at| at.to_utc());
    Some((uid, RawMail { origin, arrived_at, bytes: body.to_vec() }))
}

#[cfg(test)]
mod tests {
    use futures_util::TryStreamExt;
    use tokio::io::AsyncWriteExt;

    use super::*;

    /// The mail that async-imap finds in an answer.
    async fn mail(answer: &str) -> Option<(u32, RawMail)> {
        let (mut server, client) = tokio::io::duplex(4096);
        let script = format!("A0001 OK\r\n{answer}A0002 OK\r\n");
        server.write_all(script.as_bytes()).await.unwrap();
        let mut imap = async_imap::Client::new(client).login("klachten", "geheim").await.unwrap();
        let mut fetches = imap.uid_fetch("1:*", "(UID INTERNALDATE BODY.PEEK[])").await.unwrap();
        fetches.try_next().await.unwrap().and_then(|fetch| read_mail(&fetch, 4))
    }

    async fn text(answer: &str) -> Option<(u32, String)> {
        mail(answer).await.map(|(uid, mail)| (uid, String::from_utf8(mail.bytes).unwrap()))
    }

    #[tokio::test]
    async fn a_fetch_answer_becomes_a_mail() {
        let answer = "* 3 FETCH (UID 9 INTERNALDATE \" 1-Jan-2026 10:00:00 +0100\" BODY[] {7}\r\nA: b\r\n\r)\r\n";
        let (uid, mail) = mail(answer).await.unwrap();
        assert_eq!((uid, mail.bytes.as_slice()), (9, b"A: b\r\n\r".as_slice()));
        assert_eq!(mail.arrived_at.unwrap().to_rfc3339(), "2026-01-01T09:00:00+00:00");
        assert_eq!(mail.origin, Origin::Imap { uid_validity: 4, uid: 9 });
    }

    #[tokio::test]
    async fn an_empty_mail_is_a_mail_and_nil_is_none() {
        assert_eq!(text("* 3 FETCH (BODY[] \"\" UID 9)\r\n").await, Some((9, String::new())));
        assert_eq!(text("* 3 FETCH (BODY[] {0}\r\n UID 9)\r\n").await, Some((9, String::new())));
        assert_eq!(text("* 3 FETCH (BODY[] NIL UID 9)\r\n").await, None);
        assert_eq!(text("* 3 FETCH (FLAGS (\\Seen) UID 9)\r\n").await, None);
    }

    #[tokio::test]
    async fn a_date_that_nobody_can_read_does_not_cost_the_mail() {
        let answer = "* 3 FETCH (UID 9 INTERNALDATE \"yesterday\" BODY[] {1}\r\nx)\r\n";
        assert_eq!(text(answer).await, Some((9, "x".to_owned())));
    }

    #[test]
    fn a_window_ends_at_either_bound_and_a_large_mail_is_alone() {
        let mut progress = Progress::new(1, false);
        progress.pending = [10, 10, 500, 10, LARGEST_MAIL + 1, 10]
            .iter()
            .zip(1..)
            .map(|(size, uid)| Waiting { uid, size: Some(*size) })
            .collect();
        let mut windows = Vec::new();
        while !progress.pending.is_empty() {
            let window = progress.choose(WindowBounds { count: 3, bytes: 100 });
            windows.push(window.iter().map(|waiting| waiting.uid).collect::<Vec<_>>());
        }
        assert_eq!(windows, [vec![1, 2], vec![3], vec![4], vec![5], vec![6]]);
    }
}
