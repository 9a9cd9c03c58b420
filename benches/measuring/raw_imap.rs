//! What the mail server can give at most: a client that only fetches or only moves, and understands nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// A logged-in connection.
pub struct RawImap {
    stream: BufReader<TcpStream>,
    tag: u32,
}

impl RawImap {
    /// Connects and logs in.
    pub fn login(port: u16, user: &str, password: &str) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("the mail server");
        stream.set_nodelay(true).expect("a socket");
        let mut imap = Self { stream: BufReader::with_capacity(256 * 1024, stream), tag: 0 };
        let quoted = password.replace('\\', "\\\\").replace('"', "\\\"");
        imap.command(&format!("LOGIN {user} \"{quoted}\""));
        imap
    }

    /// Sends a command and reads its answer away; gives the bytes of all literals in it.
    pub fn command(&mut self, text: &str) -> usize {
        self.tag += 1;
        let tag = format!("a{} ", self.tag);
        self.stream.get_mut().write_all(format!("{tag}{text}\r\n").as_bytes()).expect("a connection");
        let (mut literals, mut line) = (0, Vec::new());
        loop {
            line.clear();
            assert!(self.stream.read_until(b'\n', &mut line).expect("an answer") > 0, "the server hung up");
            if let Some(bytes) = literal(&line) {
                let read = std::io::copy(&mut self.stream.by_ref().take(bytes), &mut std::io::sink()).expect("a literal");
                literals += usize::try_from(read).unwrap();
            } else if line.starts_with(tag.as_bytes()) {
                let answer = String::from_utf8_lossy(&line);
                assert!(answer[tag.len()..].starts_with("OK"), "{text}: {answer}");
                return literals;
            }
        }
    }
}

/// The length in a line that ends with `{N}`.
fn literal(line: &[u8]) -> Option<u64> {
    let line = std::str::from_utf8(line).ok()?.trim_end().strip_suffix('}')?;
    line.rsplit_once('{')?.1.parse().ok()
}
