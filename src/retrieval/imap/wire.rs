//! Whole answers cut from the stream of bytes (RFC 9051 section 2.2.2).
//!
//! An answer is cut out before anybody tries to understand it. So one that can not be understood costs that
//! one answer and not the connection (M166, M181), and a literal is measured before room is made for it
//! (M173). Every wait for bytes has a deadline (M167).

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use crate::retrieval::{LARGEST_MAIL, RetrievalError};

/// A TCP or a TLS stream.
pub(super) trait Transport: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Transport for T {}

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// From this size on an answer takes the buffer with it instead of being copied out.
const LARGE: usize = 1024 * 1024;

/// The longest line without a literal: a search answer of two million mails.
const LONGEST_LINE: usize = 20 * 1024 * 1024;

/// A literal above [`LARGEST_MAIL`] is read and dropped, up to this size; above it nobody means it seriously.
const DROPPABLE: u64 = 1024 * 1024 * 1024;

/// One answer of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// All of it, with its last line end.
    Whole(Vec<u8>),
    /// It held a literal that was too large, which was dropped.
    Oversized,
}

/// The connection as a sequence of answers.
pub(super) struct Wire {
    stream: Box<dyn Transport>,
    deadline: Duration,
    buffer: Vec<u8>,
    /// Before this, `buffer` was handed out already.
    taken: usize,
    /// Where the current line of the current answer begins.
    line_start: usize,
    /// Up to here the current line holds no line end.
    searched: usize,
    /// Bytes still to come of a literal that is being dropped.
    to_drop: u64,
    oversized: bool,
}

impl Wire {
    /// A connection on which silence longer than `deadline` is an error.
    pub fn new(stream: Box<dyn Transport>, deadline: Duration) -> Self {
        let (taken, line_start, searched, to_drop) = (0, 0, 0, 0);
        Self { stream, deadline, buffer: Vec::new(), taken, line_start, searched, to_drop, oversized: false }
    }

    /// The stream itself, to put TLS around it. Whatever came before TLS must not be believed after it
    /// (RFC 9051 section 6.2.1), so a server that sent more than its answer is refused.
    pub fn into_stream(self) -> Result<Box<dyn Transport>, RetrievalError> {
        if self.taken < self.buffer.len() {
            return Err(RetrievalError::Tls("the server sent data between its answer to STARTTLS and TLS".to_owned()));
        }
        Ok(self.stream)
    }

    /// Sends bytes and sees them off.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), RetrievalError> {
        let stream = &mut self.stream;
        let sending = async move {
            stream.write_all(bytes).await?;
            stream.flush().await
        };
        timeout(self.deadline, sending).await.map_err(|_| RetrievalError::Silent(self.deadline))?.map_err(|e| broken(&e))
    }

    /// The next answer, waiting no longer than the read deadline for each further byte.
    pub async fn frame(&mut self) -> Result<Frame, RetrievalError> {
        self.frame_within(self.deadline).await
    }

    /// The next answer, where the server has a right to be silent for `patience`. Nothing is lost when the
    /// future is dropped half-way.
    pub async fn frame_within(&mut self, patience: Duration) -> Result<Frame, RetrievalError> {
        loop {
            if let Some(end) = self.end_of_frame()? {
                return Ok(self.cut(end));
            }
            self.fill(patience).await?;
        }
    }

    /// Where the answer at the front ends, once all of it is here.
    fn end_of_frame(&mut self) -> Result<Option<usize>, RetrievalError> {
        loop {
            if self.to_drop > 0 || self.line_start > self.buffer.len() {
                return Ok(None);
            }
            let unsearched = self.buffer.get(self.searched..).unwrap_or_default();
            let Some(offset) = unsearched.iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                if self.searched - self.line_start > LONGEST_LINE {
                    return Err(RetrievalError::Protocol("a line has no end".to_owned()));
                }
                return Ok(None);
            };
            let line_end = self.searched + offset + 1;
            let line = self.buffer.get(self.line_start..line_end).unwrap_or_default();
            let first_line = self.buffer.get(self.taken..line_end).unwrap_or_default();
            match literal_length(line).filter(|_| may_hold_literal(first_line)) {
                None => return Ok(Some(line_end)),
                Some(length) => self.expect_literal(line_end, length)?,
            }
        }
    }

    /// M173: makes room for a literal, or sees to it that it is dropped.
    fn expect_literal(&mut self, line_end: usize, length: u64) -> Result<(), RetrievalError> {
        self.line_start = line_end;
        match usize::try_from(length).ok().filter(|length| *length <= LARGEST_MAIL) {
            Some(length) => {
                self.line_start += length;
                let missing = self.line_start.saturating_sub(self.buffer.len());
                self.buffer.reserve_exact(missing + CHUNK);
            }
            None if length <= DROPPABLE => {
                self.oversized = true;
                self.to_drop = length;
                self.drop_what_came();
            }
            None => {
                return Err(RetrievalError::Protocol(format!("a literal of {length} bytes was announced")));
            }
        }
        self.searched = self.line_start;
        Ok(())
    }

    fn drop_what_came(&mut self) {
        let here = self.buffer.len() - self.line_start;
        let gone = usize::try_from(self.to_drop).unwrap_or(usize::MAX).min(here);
        self.buffer.drain(self.line_start..self.line_start + gone);
        self.to_drop -= gone as u64;
    }

    async fn fill(&mut self, patience: Duration) -> Result<(), RetrievalError> {
        if self.taken > 0 {
            self.buffer.drain(..self.taken);
            self.line_start -= self.taken;
            self.searched -= self.taken;
            self.taken = 0;
        }
        if self.buffer.capacity() - self.buffer.len() < CHUNK / 4 {
            self.buffer.reserve(CHUNK);
        }
        let read = timeout(patience, self.stream.read_buf(&mut self.buffer)).await;
        let bytes = read.map_err(|_| RetrievalError::Silent(patience))?.map_err(|error| broken(&error))?;
        if bytes == 0 {
            return Err(RetrievalError::Unreachable("the server closed the connection".to_owned()));
        }
        if self.to_drop > 0 {
            self.drop_what_came();
        }
        Ok(())
    }

    fn cut(&mut self, end: usize) -> Frame {
        let frame = if end - self.taken >= LARGE {
            let rest = self.buffer.split_off(end);
            let mut frame = std::mem::replace(&mut self.buffer, rest);
            frame.drain(..self.taken);
            self.taken = 0;
            frame
        } else {
            let frame = self.buffer.get(self.taken..end).unwrap_or_default().to_vec();
            self.taken = end;
            frame
        };
        self.line_start = self.taken;
        self.searched = self.taken;
        if std::mem::take(&mut self.oversized) { Frame::Oversized } else { Frame::Whole(frame) }
    }
}

/// The line broke; whatever the system calls it, trying again may help.
fn broken(error: &std::io::Error) -> RetrievalError {
    RetrievalError::Unreachable(format!("the connection broke: {error}"))
}

/// RFC 9051 section 4.3: a line that ends with `{123}` announces that many bytes.
fn literal_length(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let open = line.iter().rposition(|byte| *byte == b'{')?;
    let digits = std::str::from_utf8(line.get(open + 1..)?).ok()?;
    // More digits than a number can hold is as absurd as the largest number.
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// Only data holds literals. The text of `* OK …` or of a tagged answer may end with `{5}` and mean nothing.
fn may_hold_literal(answer: &[u8]) -> bool {
    let Some(rest) = answer.strip_prefix(b"* ") else { return false };
    let word = rest.split(|byte| *byte == b' ').next().unwrap_or_default();
    ![&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"].iter().any(|status| word.eq_ignore_ascii_case(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEADLINE: Duration = Duration::from_millis(200);

    async fn frames(input: &[u8], piece: usize) -> Vec<Result<Frame, String>> {
        let (mut server, client) = tokio::io::duplex(piece);
        let input = input.to_vec();
        let feeding = tokio::spawn(async move {
            let _ = server.write_all(&input).await;
        });
        let mut wire = Wire::new(Box::new(client), DEADLINE);
        let mut frames = Vec::new();
        loop {
            match wire.frame().await {
                Ok(frame) => frames.push(Ok(frame)),
                Err(error) => {
                    frames.push(Err(error.to_string()));
                    break;
                }
            }
        }
        feeding.abort();
        frames
    }

    fn whole(text: &str) -> Frame {
        Frame::Whole(text.as_bytes().to_vec())
    }

    #[tokio::test]
    async fn answers_are_cut_alike_however_the_bytes_arrive() {
        let input = b"* 1 FETCH (BODY[] {10}\r\na\r\nb {9}\r\n)\r\n* OK it is {5}\r\n* LIST () \"/\" {3}\r\na b\r\nA1 OK {7}\r\n";
        for piece in [1, 2, 7, 64, 4096] {
            let got = frames(input, piece).await;
            assert_eq!(got[0], Ok(whole("* 1 FETCH (BODY[] {10}\r\na\r\nb {9}\r\n)\r\n")), "{piece}");
            assert_eq!(got[1], Ok(whole("* OK it is {5}\r\n")));
            assert_eq!(got[2], Ok(whole("* LIST () \"/\" {3}\r\na b\r\n")));
            assert_eq!(got[3], Ok(whole("A1 OK {7}\r\n")));
            assert!(got[4].as_ref().is_err_and(|error| error.contains("closed")), "{:?}", got[4]);
        }
    }

    #[tokio::test]
    async fn an_absurd_literal_ends_the_reading_before_room_is_made_for_it() {
        for absurd in ["4294967295", "99999999999999999999999999"] {
            let got = frames(format!("* 1 FETCH (BODY[] {{{absurd}}}\r\nabc").as_bytes(), 64).await;
            assert!(got[0].as_ref().is_err_and(|error| error.contains("literal")), "{:?}", got[0]);
        }
    }

    #[tokio::test]
    async fn a_literal_over_the_limit_is_dropped_and_the_next_answer_is_read() {
        let mut input = format!("* 1 FETCH (BODY[] {{{}}}\r\n", LARGEST_MAIL + 1).into_bytes();
        input.resize(input.len() + LARGEST_MAIL + 1, b'x');
        input.extend_from_slice(b" UID 3)\r\n* 2 EXISTS\r\n");
        let got = frames(&input, 1 << 20).await;
        assert_eq!(got[0], Ok(Frame::Oversized));
        assert_eq!(got[1], Ok(whole("* 2 EXISTS\r\n")));
    }

    #[tokio::test]
    async fn a_large_answer_leaves_what_follows_it_alone() {
        let body = "x".repeat(3 * LARGE);
        let input = format!("* 1 EXISTS\r\n* 1 FETCH (BODY[] {{{}}}\r\n{body})\r\n* 2 EXISTS\r\n", body.len());
        let got = frames(input.as_bytes(), 1 << 16).await;
        assert_eq!(got[0], Ok(whole("* 1 EXISTS\r\n")));
        assert!(matches!(&got[1], Ok(Frame::Whole(frame)) if frame.len() > 3 * LARGE));
        assert_eq!(got[2], Ok(whole("* 2 EXISTS\r\n")));
    }

    #[tokio::test]
    async fn silence_is_an_error_after_the_deadline() {
        let (_server, client) = tokio::io::duplex(64);
        let mut wire = Wire::new(Box::new(client), DEADLINE);
        assert!(matches!(wire.frame().await, Err(RetrievalError::Silent(_))));
    }
}
