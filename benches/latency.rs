//! How long a complainant waits: one mail at a time through a real Dovecot, the real program, and an SMTP server.
//!
//! `cargo bench --bench latency`; `WEDERHOOR_MAILS=200` for more than 50 mails. The mail server's notice is
//! stamped where it passes on its way to the program; acceptance is stamped by the SMTP server. The figure to
//! reach (design.md section 7): under 50 ms from the one to the other, in the median, on loopback.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a step that fails ends the measurement")]
#![expect(clippy::disallowed_methods, reason = "the names of files in a Maildir begin with the time of day")]
#![expect(clippy::print_stdout, reason = "figures are the result")]

#[path = "../tests/support/dovecot.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod dovecot;
#[path = "../tests/support/program.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod program;
#[path = "../tests/support/sink.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod sink;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dovecot::{Dovecot, PASSWORD};
use program::{DESK, Installation, Wiring, wait_for};
use sink::Sink;

/// What passes between the program and the mail server, on its way.
#[derive(Clone, Default)]
struct Line {
    /// The moments at which the server reported a mail.
    notices: Arc<Mutex<Vec<Instant>>>,
    /// Whether the server has been asked to report.
    idles: Arc<AtomicBool>,
}

/// Passes everything on and looks at it; gives the port for the program.
fn relay(server: u16, line: &Line) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let line = line.clone();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let upstream = TcpStream::connect(("127.0.0.1", server)).unwrap();
            client.set_nodelay(true).unwrap();
            upstream.set_nodelay(true).unwrap();
            let (from_client, to_server) = (client.try_clone().unwrap(), upstream.try_clone().unwrap());
            let asked = line.clone();
            std::thread::spawn(move || drop(pass(from_client, to_server, |bytes| asked.client_says(bytes))));
            let told = line.clone();
            std::thread::spawn(move || drop(pass(upstream, client, |bytes| told.server_says(bytes))));
        }
    });
    port
}

fn pass(mut from: TcpStream, mut to: TcpStream, look: impl Fn(&[u8])) -> std::io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from.read(&mut buffer)?;
        look(&buffer[..read]);
        to.write_all(&buffer[..read])?;
        if read == 0 {
            return to.shutdown(Shutdown::Write);
        }
    }
}

impl Line {
    fn client_says(&self, bytes: &[u8]) {
        if bytes.starts_with(b"DONE") {
            self.idles.store(false, Ordering::SeqCst);
        }
    }

    fn server_says(&self, bytes: &[u8]) {
        if bytes.starts_with(b"+ idling") {
            self.idles.store(true, Ordering::SeqCst);
        } else if self.idles.load(Ordering::SeqCst) && bytes.windows(9).any(|words| words == b" EXISTS\r\n") {
            self.notices.lock().unwrap().push(Instant::now());
        }
    }
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    let at = |share: usize| ms(times[(times.len() - 1) * share / 100]);
    println!("{what:<60} median {:>7.1} ms   95 % {:>7.1} ms   worst {:>7.1} ms", at(50), at(95), at(100));
}

fn main() {
    let mails: usize = std::env::var("WEDERHOOR_MAILS").ok().and_then(|text| text.parse().ok()).unwrap_or(50);
    let (dovecot, sink) = (Dovecot::start(), Sink::start(Duration::ZERO));
    let line = Line::default();
    let port = relay(dovecot.imap_port, &line);
    let desk = Installation::new(&Wiring::new(port, sink.port), PASSWORD);
    let daemon = desk.daemon();
    let (mut until_notice, mut until_accepted, mut until_both) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..mails {
        let complainant = format!("klager{number}@elders.example");
        let mail = format!(
            "From: Klager {number} <{complainant}>\r\nTo: {DESK}\r\nSubject: Lang gewacht {number}\r\nMessage-ID: <l{number}@elders.example>\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIk heb een klacht: ik heb vorige week drie uur moeten wachten op mijn afspraak en niemand wist waarom.\r\n"
        );
        // The mail meets the program at rest.
        wait_for("IDLE", || line.idles.load(Ordering::SeqCst).then_some(()), || daemon.log());
        let seen = line.notices.lock().unwrap().len();
        let before = sink.count();
        dovecot.deliver("klachten", mail.as_bytes());
        let delivered = Instant::now();
        wait_for("both letters", || (sink.count() >= before + 2).then_some(()), || daemon.log());
        wait_for("the mail to be filed", || (dovecot.folder_count("klachten", "INBOX") == 0).then_some(()), || daemon.log());
        let taken = sink.taken();
        let confirmed = taken.iter().find(|letter| letter.to == complainant).expect("a confirmation").at;
        let Some(notice) = line.notices.lock().unwrap().get(seen).copied() else {
            println!("mail {number} was found without a notice; it is left out");
            continue;
        };
        until_notice.push(notice.saturating_duration_since(delivered));
        until_accepted.push(confirmed.saturating_duration_since(notice));
        until_both.push(taken[before + 1].at.saturating_duration_since(notice));
    }
    println!("{} mails, one at a time", until_notice.len());
    report("delivery to the mail server's notice (Dovecot's own time)", until_notice);
    report("the notice to the confirmation accepted by SMTP", until_accepted);
    report("the notice to both letters accepted", until_both);
    assert_eq!(daemon.terminate().code, Some(0));
}
