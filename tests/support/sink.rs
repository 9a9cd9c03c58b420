//! An SMTP server that takes every letter, remembers it, and can be told to fall silent at the final dot.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A letter as it was taken.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The address in `RCPT TO`.
    pub to: String,
    /// Its bytes, the dots of the transport taken off again.
    pub bytes: Vec<u8>,
    /// When the server's answer to the final dot left.
    pub at: Instant,
}

impl Taken {
    /// The value of a header that stands on one line.
    pub fn header(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(&self.bytes);
        text.lines()
            .take_while(|line| !line.is_empty())
            .find_map(|line| line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)))
            .map(|(_, value)| value.trim().to_owned())
    }

    /// Its Message-ID without the brackets.
    pub fn message_id(&self) -> String {
        self.header("Message-ID").expect("a letter has a Message-ID").trim_matches(['<', '>']).to_owned()
    }
}

#[derive(Default)]
struct Shared {
    taken: Mutex<Vec<Taken>>,
    pause_us: AtomicU64,
    silent: AtomicBool,
    refuses: AtomicBool,
}

/// A running server; it ends with the process of its test.
#[derive(Clone)]
pub struct Sink {
    /// Where it listens.
    pub port: u16,
    shared: Arc<Shared>,
}

impl Sink {
    /// Starts; each letter takes `pause` before it is acknowledged, as a server takes that writes to a disk.
    pub fn start(pause: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let sink = Self { port, shared: Arc::default() };
        sink.pause(pause);
        let accepting = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&accepting.shared);
                // A client that was killed in mid-sentence is what these tests are about.
                std::thread::spawn(move || drop(converse(&stream, &shared)));
            }
        });
        sink
    }

    /// From now on each letter takes this long.
    pub fn pause(&self, pause: Duration) {
        self.shared.pause_us.store(u64::try_from(pause.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// From now on letters are taken and the answer to their final dot is withheld, or no longer withheld.
    pub fn be_silent(&self, silent: bool) {
        self.shared.silent.store(silent, Ordering::SeqCst);
    }

    /// From now on every connection is turned away with 421, or no longer.
    pub fn refuse(&self, refuses: bool) {
        self.shared.refuses.store(refuses, Ordering::SeqCst);
    }

    /// Everything taken so far, in order.
    pub fn taken(&self) -> Vec<Taken> {
        self.shared.taken.lock().unwrap().clone()
    }

    /// How many letters were taken so far.
    pub fn count(&self) -> usize {
        self.shared.taken.lock().unwrap().len()
    }
}

fn converse(stream: &TcpStream, shared: &Shared) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut out = stream;
    let mut lines = BufReader::new(stream);
    if shared.refuses.load(Ordering::SeqCst) {
        return out.write_all(b"421 4.3.2 closed for a moment\r\n");
    }
    out.write_all(b"220 sink\r\n")?;
    let mut to = String::new();
    let mut line = Vec::new();
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let command = String::from_utf8_lossy(&line).trim().to_ascii_uppercase();
        if command.starts_with("EHLO") {
            out.write_all(b"250-sink\r\n250-8BITMIME\r\n250-PIPELINING\r\n250-SMTPUTF8\r\n250 SIZE 100000000\r\n")?;
        } else if command.starts_with("RCPT") {
            let text = String::from_utf8_lossy(&line).into_owned();
            to = text.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
            out.write_all(b"250 2.1.5 ok\r\n")?;
        } else if command == "DATA" {
            out.write_all(b"354 go on\r\n")?;
            let bytes = letter(&mut lines)?;
            std::thread::sleep(Duration::from_micros(shared.pause_us.load(Ordering::SeqCst)));
            let silent = shared.silent.load(Ordering::SeqCst);
            let mut taken = shared.taken.lock().unwrap();
            // Taken before it is said: what a client that is killed now can not know.
            taken.push(Taken { to: to.clone(), bytes, at: Instant::now() });
            drop(taken);
            // The client may have been killed meanwhile; then the answer goes nowhere.
            while silent && shared.silent.load(Ordering::SeqCst) {
                std::thread::sleep(Duration::from_millis(5));
            }
            out.write_all(b"250 2.0.0 taken\r\n")?;
        } else if command == "QUIT" {
            return out.write_all(b"221 2.0.0 bye\r\n");
        } else {
            out.write_all(b"250 2.0.0 ok\r\n")?;
        }
    }
}

fn letter(lines: &mut impl BufRead) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line)? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            return Ok(bytes);
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
