//! How fast letters leave, beside what `smtp-source` reaches with the same `smtp-sink` (design.md section 7:
//! at least 80 %). `cargo bench --bench delivery [-- LETTERS]`; needs the programs of Postfix.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a bench says what went wrong by stopping there")]
#![expect(clippy::indexing_slicing, clippy::print_stdout, reason = "its result is what it prints")]

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/submission/outbox.rs"]
mod outbox;

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wederhoor::clock::Clock;
use wederhoor::composition::OutgoingLetter;
use wederhoor::delivery::{DeliverySettings, SmtpSettings, Submission};
use wederhoor::model::{LetterId, LetterKind};
use wederhoor::store::{QueuedLetter, Store, StoreOptions, UnitOfWork};

use outbox::{Desk, worker};

/// Bytes of one letter.
const SIZE: usize = 4096;

/// Stops the sink.
struct Sink(Child, u16);

impl Drop for Sink {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn sink() -> Sink {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new("smtp-sink")
        .args(["-u", "postfix", &format!("127.0.0.1:{port}"), "200"])
        .stderr(Stdio::null())
        .spawn()
        .expect("this bench needs smtp-sink: install the package postfix");
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        std::thread::sleep(Duration::from_millis(10));
    }
    Sink(child, port)
}

fn smtp_source(sink: &Sink, connections: usize, letters: usize) -> f64 {
    let began = Instant::now();
    let ended = Command::new("smtp-source")
        .args(["-s", &connections.to_string(), "-m", &letters.to_string(), "-l", &SIZE.to_string()])
        .args(["-d", "-f", "klachten@voorbeeldzorg.example", "-t", "klager@elders.example"])
        .arg(format!("127.0.0.1:{}", sink.1))
        .status()
        .expect("this bench needs smtp-source: install the package postfix");
    assert!(ended.success());
    rate(letters, began)
}

fn rate(letters: usize, began: Instant) -> f64 {
    f64::from(u32::try_from(letters).unwrap()) / began.elapsed().as_secs_f64()
}

async fn ours(sink: &Sink, connections: usize, letters: usize, durable: bool) -> f64 {
    let submission = Submission::smtp(SmtpSettings {
        connections,
        letters_per_connection: u32::MAX,
        ..SmtpSettings::plain_on_loopback(sink.1)
    });
    let desk = Desk::with(Submission::smtp(SmtpSettings::plain_on_loopback(sink.1)), DeliverySettings::default(), Arc::default());
    let mut letter = desk.letter(LetterKind::Acknowledgement);
    letter.bytes.resize(SIZE, b'x');
    for line in letter.bytes.chunks_mut(72).skip(3) {
        line[0] = b'\r';
        if let Some(second) = line.get_mut(1) {
            *second = b'\n';
        }
    }
    letter.bytes.extend_from_slice(b"\r\n");
    let copies =
        (0..letters).map(|number| OutgoingLetter { letter: LetterId(uuid::Uuid::from_u128(number as u128)), ..letter.clone() });
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = if durable {
        let url = format!("sqlite:{}/desk.db", folder.path().display());
        let store = wederhoor::store::open(&url, &StoreOptions::default()).await.unwrap();
        store.migrate().await.unwrap();
        let unit = UnitOfWork {
            letters: copies
                .map(|copy| QueuedLetter { letter: with_own_id(copy), not_before: None, counts: Vec::new() })
                .collect(),
            ..UnitOfWork::default()
        };
        store.commit(&[unit], desk.clock.now()).await.unwrap();
        store
    } else {
        copies.for_each(|copy| desk.put(copy));
        Arc::clone(&desk.outbox) as Arc<dyn Store>
    };
    let worker = worker(store, Arc::clone(&desk.clock), submission, DeliverySettings::default(), Arc::clone(&desk.ear));
    let began = Instant::now();
    let tally = worker.drain().await.unwrap();
    let rate = rate(letters, began);
    assert_eq!(tally.accepted, u64::try_from(letters).unwrap(), "{:?}", desk.outbox.letter(0));
    rate
}

/// The database takes no Message-ID twice.
fn with_own_id(letter: OutgoingLetter) -> OutgoingLetter {
    OutgoingLetter { message_id: format!("{}@voorbeeldzorg.example", letter.letter).parse().unwrap(), ..letter }
}

/// The time until one letter is taken, from the moment the worker is woken, on a line that is open.
async fn one_letter(sink: &Sink) -> Duration {
    let desk = Arc::new(Desk::new(Submission::smtp(SmtpSettings::plain_on_loopback(sink.1))));
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let running = tokio::spawn({
        let desk = Arc::clone(&desk);
        async move { desk.worker.run(stopped).await }
    });
    let mut times = Vec::new();
    for count in 1..=201 {
        let began = Instant::now();
        desk.put_kind(LetterKind::Acknowledgement);
        desk.worker.wake().notify_one();
        while desk.ear.attempts() < count {
            tokio::task::yield_now().await;
        }
        times.push(began.elapsed());
    }
    stop.send(true).unwrap();
    running.await.unwrap().unwrap();
    times.sort_unstable();
    times[100]
}

fn main() {
    let letters = std::env::args().find_map(|word| word.parse().ok()).unwrap_or(2_000);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sink = sink();
    println!("{letters} letters of {SIZE} bytes, letters per second (the middle one of five runs)");
    println!("lines  smtp-source  ours, in memory  ours, SQLite");
    for connections in [1, 2, 5, 10] {
        // Turn by turn, so that a slow moment of the machine hits both.
        let (mut theirs, mut mine, mut stored) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..5 {
            theirs.push(smtp_source(&sink, connections, letters));
            mine.push(runtime.block_on(ours(&sink, connections, letters, false)));
            stored.push(runtime.block_on(ours(&sink, connections, letters, true)));
        }
        let [theirs, mine, stored] = [theirs, mine, stored].map(|mut rates| {
            rates.sort_by(f64::total_cmp);
            rates[2]
        });
        let share = |rate: f64| 100.0 * rate / theirs;
        println!("{connections:>5}  {theirs:>11.0}  {mine:>7.0} {:>5.0} %  {stored:>5.0} {:>4.0} %", share(mine), share(stored));
    }
    println!("one letter, woken to accepted, median of 201: {:?}", runtime.block_on(one_letter(&sink)));
}
