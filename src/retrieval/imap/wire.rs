//! The stream that lies between the socket and async-imap.
//!
//! It hands over whole answers, one at a time, and only those that async-imap can read; it knows the read
//! deadline (M167), and it remembers when the line broke. async-imap reports a broken line during SEARCH and
//! FETCH as an early end, so whoever gets a short answer asks [`Wire::conclude`] whether it was one.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use async_imap::error::Error;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::answer::{Answer, Status};
use super::frames::{Frames, Front};
use super::handover::Handover;
use super::heard::{Command, Heard, Verdict};
use crate::retrieval::RetrievalError;

/// A TCP or a TLS stream.
pub(super) trait Transport: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Transport for T {}

/// Why nothing more can be read.
#[derive(Debug)]
enum Fault {
    Broken(String),
    Silent(Duration),
    Nonsense(String),
}

/// One connection to a mail server.
pub(super) struct Wire {
    stream: Box<dyn Transport>,
    frames: Frames,
    handing_over: Option<Handover>,
    heard: Heard,
    fault: Option<Fault>,
    /// Commands that the socket has not taken yet.
    outgoing: Vec<u8>,
    unflushed: bool,
    deadline: Duration,
    /// Runs while an answer is due.
    silence: Option<Pin<Box<Sleep>>>,
    /// Whether the server has a right to be silent, until something is sent.
    listening: bool,
}

impl Wire {
    /// A connection on which the server speaks first, and silence longer than `deadline` is an error.
    pub fn new(stream: Box<dyn Transport>, deadline: Duration) -> Self {
        Self {
            stream,
            frames: Frames::default(),
            handing_over: None,
            heard: Heard::default(),
            fault: None,
            outgoing: Vec::new(),
            unflushed: false,
            deadline,
            silence: None,
            listening: false,
        }
    }

    /// A connection after STARTTLS, where the server does not greet again. M181: what was heard before TLS is
    /// not heard here.
    pub fn secured(stream: Box<dyn Transport>, deadline: Duration, greeting: Answer) -> Self {
        let mut wire = Self::new(stream, deadline);
        wire.heard.greeting = Some(greeting);
        wire
    }

    /// The stream itself, to put TLS around it. Whatever came before TLS must not be believed after it
    /// (RFC 9051 section 6.2.1), so a server that sent more than its answer is refused. async-imap holds
    /// nothing back: it gets one answer at a time.
    pub fn into_stream(self) -> Result<Box<dyn Transport>, RetrievalError> {
        if !self.frames.is_empty() || self.handing_over.is_some() {
            return Err(RetrievalError::Tls("the server sent data between its answer to STARTTLS and TLS".to_owned()));
        }
        Ok(self.stream)
    }

    /// What was heard on this line.
    pub fn heard(&self) -> &Heard {
        &self.heard
    }

    /// What was heard on this line, to clear what was looked at.
    pub fn heard_mut(&mut self) -> &mut Heard {
        &mut self.heard
    }

    /// The server may be silent now for as long as it likes (IDLE), until something is sent.
    pub fn listen(&mut self) {
        self.listening = true;
        self.silence = None;
    }

    /// A command follows, whose answer [`Wire::conclude`] gives. Half an answer to the command before would be
    /// taken for part of the next one, so a line on which a command was given up is of no more use.
    pub fn announce(&mut self) -> Result<(), RetrievalError> {
        if let Some(trouble) = self.trouble() {
            return Err(trouble);
        }
        if matches!(self.heard.command, Command::Sent(_)) {
            return Err(RetrievalError::Unreachable("the command before was given up half-way".to_owned()));
        }
        self.heard.command = Command::Announced;
        Ok(())
    }

    /// Whether the command under way has been answered.
    pub fn is_answered(&self) -> bool {
        matches!(self.heard.command, Command::Answered(_))
    }

    /// What a command came to: the value, unless the server refused, and the server's answer.
    ///
    /// # Errors
    /// Where the answer did not come. async-imap's own words never go into it: they can quote a mail (M185).
    pub fn conclude<T>(&mut self, result: Result<T, Error>) -> Result<(Option<T>, Answer), RetrievalError> {
        match (std::mem::take(&mut self.heard.command), result) {
            (Command::Answered(answer), Ok(value)) => Ok((Some(value), answer)),
            (Command::Answered(answer), Err(_)) if answer.status != Status::Ok => Ok((None, answer)),
            (Command::Answered(_), Err(_)) => {
                Err(RetrievalError::Protocol("the answer holds something that can not be read".to_owned()))
            }
            (Command::Announced, Err(Error::Validate(_))) => {
                Err(RetrievalError::Protocol("a name holds a line end and can not be sent".to_owned()))
            }
            (command, _) => {
                self.heard.command = command;
                let cut_short = || RetrievalError::Unreachable("the answer was cut short".to_owned());
                Err(self.trouble().unwrap_or_else(cut_short))
            }
        }
    }

    /// What the first line of the server says.
    pub fn greeting(&self) -> Result<Answer, RetrievalError> {
        let Some(greeting) = self.heard.greeting.clone() else {
            let silent = || RetrievalError::Unreachable("the server did not greet".to_owned());
            return Err(self.trouble().unwrap_or_else(silent));
        };
        match greeting.status {
            Status::Ok | Status::PreAuth => Ok(greeting),
            _ if greeting.asks_to_come_back() => Err(RetrievalError::Busy(greeting.words())),
            _ => Err(RetrievalError::Unreachable(format!("the server sends us away: {}", greeting.words()))),
        }
    }

    /// Why this line is of no more use, if so; a server that said why it hangs up is believed (M175).
    fn trouble(&self) -> Option<RetrievalError> {
        let fault = self.fault.as_ref()?;
        Some(match (&self.heard.farewell, fault) {
            (Some(farewell), _) if farewell.asks_to_come_back() => RetrievalError::Busy(farewell.words()),
            (Some(farewell), Fault::Broken(_)) => {
                RetrievalError::Unreachable(format!("the server said goodbye: {}", farewell.words()))
            }
            (_, Fault::Broken(why)) => RetrievalError::Unreachable(why.clone()),
            (_, Fault::Silent(after)) => RetrievalError::Silent(*after),
            (_, Fault::Nonsense(what)) => RetrievalError::Protocol(what.clone()),
        })
    }

    fn broke(&mut self, error: &io::Error) {
        self.fault = Some(Fault::Broken(format!("the connection broke: {error}")));
    }

    /// Judges the answers that are here, until one is to be handed over or more bytes are needed.
    fn look(&mut self) -> Front {
        let front = self.frames.front();
        match front {
            Front::Whole(length) => match self.heard.judge(self.frames.peek(length)) {
                _ if self.heard.greeting.is_none() => {
                    self.fault = Some(Fault::Nonsense("this does not look like an IMAP server".to_owned()));
                }
                Verdict::Pass => self.handing_over = Some(Handover::Front(length)),
                Verdict::Instead(words) => {
                    self.frames.take(length);
                    self.handing_over = Some(Handover::Words(words));
                }
                Verdict::Drop => self.frames.take(length),
            },
            Front::Oversized(length) => {
                self.heard.lost_oversized();
                self.frames.take(length);
            }
            Front::Absurd(what, size) => {
                self.fault = Some(Fault::Nonsense(format!("{what} of {size} bytes was announced")));
            }
            Front::Partial => {}
        }
        front
    }

    /// Sends what is waiting, as far as the socket takes it.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.outgoing.is_empty() {
            let sent = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.outgoing))?;
            if sent == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.outgoing.drain(..sent);
            self.unflushed = true;
        }
        if self.unflushed {
            ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }

    /// Waits for bytes, at most for the deadline; what goes wrong is remembered.
    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Poll::Ready(Err(error)) = self.poll_send(cx) {
            self.broke(&error);
            return Poll::Ready(());
        }
        let reading = pin!(self.stream.read_buf(self.frames.room())).poll(cx);
        match reading {
            Poll::Ready(Ok(0)) => self.fault = Some(Fault::Broken("the server closed the connection".to_owned())),
            Poll::Ready(Ok(_)) => {
                self.frames.appended();
                self.silence = None;
            }
            Poll::Ready(Err(error)) => self.broke(&error),
            Poll::Pending if self.listening => return Poll::Pending,
            Poll::Pending => {
                let deadline = self.deadline;
                ready!(self.silence.get_or_insert_with(|| Box::pin(sleep(deadline))).as_mut().poll(cx));
                self.fault = Some(Fault::Silent(deadline));
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Wire {
    /// Gives a part of one answer at most, so that nothing is left in async-imap's own buffer between answers.
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if let Some(handover) = this.handing_over.take() {
                this.handing_over = handover.give(&mut this.frames, out);
                return Poll::Ready(Ok(()));
            }
            if this.fault.is_some() {
                return Poll::Ready(Err(io::Error::other("the line is of no more use")));
            }
            if this.look() == Front::Partial {
                ready!(this.poll_fill(cx));
            }
        }
    }
}

impl AsyncWrite for Wire {
    /// Takes everything at once: a command is never cut in two because its future was dropped.
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.fault.is_some() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        if this.heard.command == Command::Announced {
            let tag = bytes.split(|byte| *byte == b' ').next().unwrap_or_default();
            this.heard.command = Command::Sent(String::from_utf8_lossy(tag).into_owned());
        }
        this.outgoing.extend_from_slice(bytes);
        this.listening = false;
        this.silence = None;
        Poll::Ready(Ok(bytes.len()))
    }

    /// Sends what the socket takes at once. The rest leaves while the answer is waited for, under its deadline.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Poll::Ready(Err(error)) = this.poll_send(cx) {
            this.broke(&error);
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("fault", &self.fault).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
