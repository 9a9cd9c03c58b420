//! The stream that lies between lettre and the network.
//!
//! lettre speaks SMTP well enough for us, with four exceptions that are all mended here, one layer below:
//! it writes a mail in several small pieces (each would be a packet of its own), it reads replies as UTF-8
//! (one Latin-1 letter in a server's sentence would count as a broken line), it does not take a reply of
//! three digits alone (RFC 5321 section 4.2.1), and it expects a greeting, which a server does not repeat
//! after STARTTLS.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Outgoing bytes are gathered up to this many before they leave without being asked.
const GATHERED: usize = 128 * 1024;

/// A plain or encrypted line to a submission server.
pub(super) trait Line: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> Line for T {}

/// See the module's own words.
#[derive(Debug)]
pub(super) struct Wire {
    line: Box<dyn Line>,
    peer: SocketAddr,
    outgoing: Vec<u8>,
    /// How much of `outgoing` has left.
    left: usize,
    incoming: Vec<u8>,
    /// How much of `incoming` has been handed on.
    taken: usize,
    /// Bytes since the last line end, to know where a reply code ends.
    column: usize,
}

impl Wire {
    /// A wire whose first words are `heard`: the server's `220` to STARTTLS, or nothing.
    pub(super) fn new(line: Box<dyn Line>, peer: SocketAddr, heard: &[u8]) -> Self {
        let mut wire = Self { line, peer, outgoing: Vec::new(), left: 0, incoming: Vec::new(), taken: 0, column: 0 };
        wire.hear(heard);
        wire
    }

    /// Takes bytes of replies in, in a form that lettre reads.
    fn hear(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            // RFC 5321 section 4.2.1: a code without text is a reply too.
            if byte == b'\r' && self.column == 3 {
                self.incoming.push(b' ');
            }
            self.incoming.push(if byte.is_ascii() { byte } else { b'?' });
            self.column = if byte == b'\n' { 0 } else { self.column + 1 };
        }
    }

    /// Lets everything gathered leave.
    fn poll_leave(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.outgoing.get(self.left..).filter(|rest| !rest.is_empty()) {
            let count = ready!(Pin::new(&mut self.line).poll_write(context, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.left += count;
        }
        if !self.outgoing.is_empty() {
            ready!(Pin::new(&mut self.line).poll_flush(context))?;
            self.outgoing.clear();
            self.left = 0;
            // A 30 MB mail shall not leave its buffer behind.
            self.outgoing.shrink_to(GATHERED);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.taken == wire.incoming.len() {
            // Whoever reads waits for an answer, so the question has to leave first.
            ready!(wire.poll_leave(context))?;
            let mut space = [0_u8; 2048];
            let mut arrived = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut wire.line).poll_read(context, &mut arrived))?;
            wire.incoming.clear();
            wire.taken = 0;
            wire.hear(arrived.filled());
        }
        let waiting = wire.incoming.get(wire.taken..).unwrap_or_default();
        let given = waiting.get(..waiting.len().min(buffer.remaining())).unwrap_or_default();
        buffer.put_slice(given);
        wire.taken += given.len();
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        if wire.outgoing.len() >= GATHERED {
            ready!(wire.poll_leave(context))?;
        }
        wire.outgoing.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    /// Gathered bytes leave with the next read: lettre flushes after every piece and then always reads.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        ready!(wire.poll_leave(context))?;
        Pin::new(&mut wire.line).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Wire {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    async fn heard(reply: &[u8]) -> Vec<u8> {
        let (ours, mut theirs) = duplex(4096);
        let mut wire = Wire::new(Box::new(ours), ([127, 0, 0, 1], 25).into(), b"220 go on\r\n");
        theirs.write_all(reply).await.unwrap();
        drop(theirs);
        let mut all = Vec::new();
        wire.read_to_end(&mut all).await.unwrap();
        all
    }

    #[tokio::test]
    async fn the_answer_to_starttls_serves_as_greeting_and_replies_become_readable() {
        assert_eq!(heard(b"250\r\n550-5.1.1 caf\xe9\r\n550\r\n").await, b"220 go on\r\n250 \r\n550-5.1.1 caf?\r\n550 \r\n");
    }

    #[tokio::test]
    async fn pieces_leave_together_when_an_answer_is_awaited() {
        let (ours, mut theirs) = duplex(4096);
        let mut wire = Wire::new(Box::new(ours), ([127, 0, 0, 1], 25).into(), b"");
        wire.write_all(b"one ").await.unwrap();
        wire.flush().await.unwrap();
        wire.write_all(b"two").await.unwrap();
        let asked = tokio::spawn(async move { wire.read_u8().await });
        let mut got = [0; 7];
        theirs.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"one two");
        theirs.write_all(b"2").await.unwrap();
        assert_eq!(asked.await.unwrap().unwrap(), b'2');
    }
}
