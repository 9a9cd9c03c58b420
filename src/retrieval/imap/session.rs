//! Commands on one connection: async-imap's session, with what the wire below it knows.

use std::future::ready;
use std::time::Duration;

use async_imap::error::{Error, Result as ImapResult};
use async_imap::imap_proto::Response;
use async_imap::types::Fetch;
use futures_util::TryStreamExt;
use tokio::time::{Instant, timeout};

use super::answer::Answer;
use super::wire::Wire;
use crate::retrieval::RetrievalError;

/// async-imap on top of our wire.
pub(super) type Imap = async_imap::Session<Wire>;

/// How long a goodbye may take, whatever state the line is in: a daemon that stops does not wait for a server.
const GOODBYE: Duration = Duration::from_secs(2);

/// A connection that is logged in.
pub(super) struct Session {
    imap: Imap,
    /// When an EXISTS last ended an IDLE.
    pub last_notice: Option<Instant>,
    /// Whether an IDLE was begun and not ended.
    idling: bool,
}

impl Session {
    pub fn new(mut imap: Imap) -> Self {
        imap.get_mut().heard_mut().passes_data = true;
        Self { imap, last_notice: None, idling: false }
    }

    /// Whether the server can do this, by the last list it gave (M181).
    pub fn can(&self, capability: &str) -> bool {
        self.imap.get_ref().heard().capabilities.contains(&capability.to_ascii_uppercase())
    }

    /// What the server can do, in capitals.
    pub fn capabilities(&self) -> impl Iterator<Item = &str> {
        self.imap.get_ref().heard().capabilities.iter().map(String::as_str)
    }

    /// Whether the server reported mails since somebody last began to search.
    pub fn has_news(&self) -> bool {
        self.imap.get_ref().heard().news
    }

    /// Forgets what was reported, before a search: a mail that comes meanwhile is then searched for once more.
    pub fn forget_news(&mut self) {
        self.imap.get_mut().heard_mut().news = false;
    }

    /// The session for exactly one command, whose result goes to [`Session::end`].
    pub async fn begin(&mut self) -> Result<&mut Imap, RetrievalError> {
        self.leave_idle().await?;
        // What nobody asked for is heard by the wire; async-imap would keep a hundred answers of it.
        while self.imap.unsolicited_responses.try_recv().is_ok() {}
        self.imap.get_mut().announce()?;
        Ok(&mut self.imap)
    }

    /// What the command came to: the value, unless the server refused, and the server's answer. A lost line is
    /// an error here, although async-imap may have called it the end of a search.
    pub fn end<T>(&mut self, result: ImapResult<T>) -> Result<(Option<T>, Answer), RetrievalError> {
        self.imap.get_mut().conclude(result)
    }

    /// Runs a command whose untagged answers do not matter, and insists on success.
    pub async fn run(&mut self, line: &str) -> Result<(), RetrievalError> {
        let result = self.begin().await?.run_command_and_check_ok(line).await;
        self.end(result)?.1.accepted(line.split(' ').next().unwrap_or_default())
    }

    /// Shows that the server is still there, and lets it tell what has changed.
    pub async fn noop(&mut self) -> Result<(), RetrievalError> {
        let result = self.begin().await?.noop().await;
        self.end(result)?.1.accepted("NOOP")
    }

    /// `UID FETCH`; every mail that comes is given to `each`.
    pub async fn fetch(&mut self, set: &str, items: &str, mut each: impl FnMut(Fetch) + Send) -> Result<Answer, RetrievalError> {
        let result = match self.begin().await?.uid_fetch(set, items).await {
            Ok(fetches) => {
                fetches
                    .try_for_each(|fetch| {
                        each(fetch);
                        ready(Ok(()))
                    })
                    .await
            }
            Err(error) => Err(error),
        };
        Ok(self.end(result)?.1)
    }

    /// RFC 2177: lets the server speak first, until it reports a new mail or `at_most` has passed. `* OK
    /// Still here` and the like prolong nothing (M167). True where it reported something.
    ///
    /// The future may be dropped at any time; the next command ends the IDLE. That is why async-imap's own
    /// handle is not used: it takes the session with it, it panics where a refusal has no words, and it calls
    /// a lost line an interruption.
    pub async fn idle(&mut self, at_most: Duration) -> Result<bool, RetrievalError> {
        let until = Instant::now() + at_most;
        self.begin().await?;
        self.idling = true;
        let begun = self.begin_idle().await;
        if begun.is_err() || self.imap.get_ref().is_answered() {
            self.idling = false;
            return Err(self.end(begun)?.1.refusal("IDLE"));
        }
        self.imap.get_mut().listen();
        while !self.has_news() && !self.imap.get_ref().is_answered() {
            match timeout(until.saturating_duration_since(Instant::now()), self.imap.read_response()).await {
                Ok(Ok(Some(_))) => {}
                Ok(lost) => {
                    self.idling = false;
                    return self.end(lost.map_err(Error::from)).map(|_| true);
                }
                Err(_) => break,
            }
        }
        if self.has_news() {
            self.last_notice = Some(Instant::now());
        }
        // A server that ends the IDLE by itself is done with it; we look and come again.
        let reported = self.has_news() || self.imap.get_ref().is_answered();
        self.leave_idle().await?;
        Ok(reported)
    }

    /// Sends IDLE and waits until the server listens, or refuses.
    async fn begin_idle(&mut self) -> ImapResult<()> {
        self.imap.run_command("IDLE").await?;
        loop {
            let response = self.imap.read_response().await?.ok_or(Error::ConnectionLost)?;
            if matches!(response.parsed(), Response::Continue(_) | Response::Done { .. }) {
                return Ok(());
            }
        }
    }

    /// RFC 2177 section 3: `DONE`, and the answer to it within the read deadline (M167).
    async fn leave_idle(&mut self) -> Result<(), RetrievalError> {
        if !std::mem::take(&mut self.idling) {
            return Ok(());
        }
        let done = self.end_idle().await;
        self.end(done)?;
        Ok(())
    }

    async fn end_idle(&mut self) -> ImapResult<()> {
        if !self.imap.get_ref().is_answered() {
            self.imap.run_command_untagged("DONE").await?;
        }
        while !self.imap.get_ref().is_answered() {
            self.imap.read_response().await?.ok_or(Error::ConnectionLost)?;
        }
        Ok(())
    }

    /// M175: LOGOUT; the server's answer to it does not matter, and neither does its silence.
    pub async fn logout(&mut self) {
        let leaving = async {
            let result = self.begin().await?.logout().await;
            self.end(result)
        };
        match timeout(GOODBYE, leaving).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "the mail server was left without a goodbye"),
            Err(_) => tracing::debug!("the mail server did not say goodbye in time"),
        }
    }
}
