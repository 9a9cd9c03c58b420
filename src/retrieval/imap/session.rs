//! Commands and their answers on one connection.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::answer::{Answer, Status};
use super::wire::{Frame, Transport, Wire};
use crate::retrieval::RetrievalError;

/// The name of one command, which its answer carries too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tag(String);

/// One answer, sorted.
pub(super) enum Received {
    /// `* …`: data, asked for or not.
    Untagged(Vec<u8>),
    /// `+ …`: the server waits for us.
    Continue,
    /// The end of the command with our tag.
    Done(Answer),
}

/// A connection that speaks IMAP.
pub(super) struct Session {
    wire: Wire,
    last_tag: u32,
    capabilities: BTreeSet<String>,
    /// Set by every unsolicited EXISTS; cleared by whoever searches.
    pub news: bool,
    /// When an EXISTS last ended an IDLE.
    pub last_notice: Option<Instant>,
    /// The reason given in `* BYE`.
    farewell: Option<Answer>,
    /// The command whose answer has not been read; a value dropped half-way leaves it set.
    unfinished: bool,
    /// The IDLE that has not been ended.
    idling: Option<Tag>,
}

impl Session {
    pub fn new(stream: Box<dyn Transport>, deadline: Duration) -> Self {
        Self {
            wire: Wire::new(stream, deadline),
            last_tag: 0,
            capabilities: BTreeSet::new(),
            news: false,
            last_notice: None,
            farewell: None,
            unfinished: false,
            idling: None,
        }
    }

    /// Gives the stream back, for STARTTLS.
    pub fn into_stream(self) -> Result<Box<dyn Transport>, RetrievalError> {
        self.wire.into_stream()
    }

    /// RFC 9051 section 7.1: the first line, before any command.
    pub async fn greeting(&mut self) -> Result<Status, RetrievalError> {
        let frame = match self.wire.frame().await? {
            Frame::Whole(frame) => frame,
            Frame::Oversized => Vec::new(),
        };
        let greeting = frame.strip_prefix(b"* ").and_then(Answer::parse);
        match greeting {
            Some(greeting) if matches!(greeting.status, Status::Ok | Status::PreAuth) => Ok(greeting.status),
            Some(greeting) if greeting.asks_to_come_back() => Err(RetrievalError::Busy(greeting.words())),
            Some(greeting) => Err(RetrievalError::Unreachable(format!("the server sends us away: {}", greeting.words()))),
            None => Err(RetrievalError::Protocol("this does not look like an IMAP server".to_owned())),
        }
    }

    /// Whether the server can do this, by the last list it gave (M181).
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.contains(&capability.to_ascii_uppercase())
    }

    /// What the server can do, in capitals.
    pub fn capabilities(&self) -> impl Iterator<Item = &str> {
        self.capabilities.iter().map(String::as_str)
    }

    /// M181: asks for the list anew; needed at the start, after STARTTLS and after the login.
    pub async fn read_capabilities(&mut self) -> Result<(), RetrievalError> {
        let mut found = BTreeSet::new();
        let answer = self
            .command("CAPABILITY", |frame| {
                let text = String::from_utf8_lossy(&frame).to_ascii_uppercase();
                if let Some(list) = text.strip_prefix("* CAPABILITY ") {
                    found.extend(list.split_whitespace().map(str::to_owned));
                }
            })
            .await?;
        answer.accepted("CAPABILITY")?;
        self.capabilities = found;
        Ok(())
    }

    /// Sends a command and gives every untagged answer to `untagged` until the command is done. What the
    /// answer means is the caller's to judge.
    pub async fn command(&mut self, line: &str, mut untagged: impl FnMut(Vec<u8>) + Send) -> Result<Answer, RetrievalError> {
        let tag = self.begin(line).await?;
        loop {
            match self.receive(&tag).await? {
                Received::Untagged(frame) => untagged(frame),
                Received::Continue => {
                    return Err(RetrievalError::Protocol("the server waits for data we do not have".to_owned()));
                }
                Received::Done(answer) => return Ok(answer),
            }
        }
    }

    /// Sends a command whose untagged answers do not matter, and insists on success.
    pub async fn run(&mut self, line: &str) -> Result<(), RetrievalError> {
        let answer = self.command(line, drop).await?;
        answer.accepted(line.split(' ').next().unwrap_or_default())
    }

    /// Sends a command line; its answers are then taken with [`Session::receive`].
    pub async fn begin(&mut self, line: &str) -> Result<Tag, RetrievalError> {
        self.leave_idle().await?;
        if self.unfinished {
            return Err(RetrievalError::Unreachable("the command before was given up half-way".to_owned()));
        }
        self.last_tag = self.last_tag.wrapping_add(1);
        let tag = Tag(format!("w{}", self.last_tag));
        self.unfinished = true;
        self.wire.send(format!("{} {line}\r\n", tag.0).as_bytes()).await?;
        Ok(tag)
    }

    /// Sends a line that belongs to the command under way.
    pub async fn continue_with(&mut self, line: &str) -> Result<(), RetrievalError> {
        self.wire.send(format!("{line}\r\n").as_bytes()).await
    }

    /// The next answer, within the read deadline.
    pub async fn receive(&mut self, tag: &Tag) -> Result<Received, RetrievalError> {
        loop {
            let frame = self.wire.frame().await;
            if let Some(received) = self.sort(frame, tag)? {
                return Ok(received);
            }
        }
    }

    /// Looks at one answer; `None` for one that concerns nobody.
    fn sort(&mut self, frame: Result<Frame, RetrievalError>, tag: &Tag) -> Result<Option<Received>, RetrievalError> {
        let frame = match (frame, &self.farewell) {
            (Ok(Frame::Whole(frame)), _) => frame,
            (Ok(Frame::Oversized), _) => return Ok(None),
            (Err(_), Some(farewell)) if farewell.asks_to_come_back() => return Err(RetrievalError::Busy(farewell.words())),
            (Err(RetrievalError::Unreachable(_)), Some(farewell)) => {
                return Err(RetrievalError::Unreachable(format!("the server said goodbye: {}", farewell.words())));
            }
            (Err(error), _) => return Err(error),
        };
        if let Some(rest) = frame.strip_prefix(b"* ") {
            if is_exists(rest) {
                self.news = true;
            } else if rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case(b"BYE ")) {
                self.farewell = Answer::parse(rest);
            }
            return Ok(Some(Received::Untagged(frame)));
        }
        if frame.starts_with(b"+") {
            return Ok(Some(Received::Continue));
        }
        let ours = frame.strip_prefix(tag.0.as_bytes()).and_then(|rest| rest.strip_prefix(b" "));
        let Some(answer) = ours.and_then(Answer::parse) else { return Ok(None) };
        self.unfinished = false;
        Ok(Some(Received::Done(answer)))
    }

    /// RFC 2177: lets the server speak first, until it reports a new mail or `at_most` has passed. `* OK
    /// Still here` and the like prolong nothing. True where it reported something.
    ///
    /// The future may be dropped at any time; the next command ends the IDLE.
    pub async fn idle(&mut self, at_most: Duration) -> Result<bool, RetrievalError> {
        let until = Instant::now() + at_most;
        let tag = self.begin("IDLE").await?;
        self.unfinished = false;
        self.idling = Some(tag.clone());
        loop {
            match self.receive(&tag).await? {
                Received::Continue => break,
                Received::Untagged(_) => {}
                Received::Done(answer) => {
                    self.idling = None;
                    return Err(answer.refusal("IDLE"));
                }
            }
        }
        while !self.news {
            let left = until.saturating_duration_since(Instant::now());
            match self.wire.frame_within(left).await {
                Err(RetrievalError::Silent(_)) => break,
                frame => {
                    // A server that ends the IDLE by itself is done with it; we look and come again.
                    if let Some(Received::Done(_)) = self.sort(frame, &tag)? {
                        self.idling = None;
                        return Ok(true);
                    }
                    if self.news {
                        self.last_notice = Some(Instant::now());
                    }
                }
            }
        }
        self.leave_idle().await?;
        Ok(self.news)
    }

    /// RFC 2177 section 3: `DONE`, and the answer to it within the read deadline (M167).
    async fn leave_idle(&mut self) -> Result<(), RetrievalError> {
        let Some(tag) = self.idling.take() else { return Ok(()) };
        self.unfinished = true;
        self.wire.send(b"DONE\r\n").await?;
        while !matches!(self.receive(&tag).await?, Received::Done(_)) {}
        Ok(())
    }

    /// M175: LOGOUT; the server's answer to it does not matter.
    pub async fn logout(&mut self) {
        if let Err(error) = self.run("LOGOUT").await {
            tracing::debug!(%error, "the mail server did not say goodbye");
        }
    }
}

/// RFC 9051 section 7.4.1: `23 EXISTS`.
fn is_exists(rest: &[u8]) -> bool {
    let end = b" EXISTS\r\n";
    let last = rest.len().checked_sub(end.len()).and_then(|start| rest.get(start..)).unwrap_or_default();
    rest.first().is_some_and(u8::is_ascii_digit) && last.eq_ignore_ascii_case(end)
}
