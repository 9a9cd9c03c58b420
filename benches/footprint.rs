//! What the daemon takes while nothing happens: memory for one desk and for each further one, and the time
//! from its start on an existing database until it is ready (design.md section 7).
//!
//! `cargo bench --bench footprint`. The program itself runs, on an empty mailbox of a real Dovecot over TLS
//! and on Maildirs.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement that can not be made stops")]
#![expect(clippy::disallowed_methods, reason = "the names of files in a Maildir begin with the time of day")]
#![expect(clippy::indexing_slicing, clippy::print_stdout, reason = "its result is what it prints")]

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/support/dovecot.rs"]
mod dovecot;
#[expect(dead_code, reason = "the other benches use the rest")]
mod measuring;

use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use dovecot::{Dovecot, DovecotOptions, PASSWORD};
use measuring::desk::DeskText;
use measuring::process::{memory_kb, terminate, wederhoor};

/// Desks beside the first.
const FURTHER: usize = 50;

/// How long a daemon is left alone before its memory is looked at.
const REST: Duration = Duration::from_secs(3);

fn main() {
    let server = Dovecot::start_with(DovecotOptions { further_users: FURTHER, ..DovecotOptions::default() });
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, PASSWORD).unwrap();
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let imap = |desk: usize| {
        let user = if desk == 0 { "klachten".to_owned() } else { format!("klachten{desk}") };
        format!(
            "imap = \"imaps://{user}@localhost:{}\"\npassword_file = \"{}\"\nca_file = \"{}\"",
            server.tls_port,
            password.display(),
            server.certificate().display()
        )
    };
    for kind in ["IMAP", "Maildir"] {
        let retrieval = |desk: usize| match kind {
            "IMAP" => imap(desk),
            _ => format!("maildir = \"{}\"", maildir(folder.path(), desk)),
        };
        let (one, ready) = idle(folder.path(), &retrieval, 1, kind == "IMAP");
        let (many, _) = idle(folder.path(), &retrieval, 1 + FURTHER, kind == "IMAP");
        println!(
            "{kind:<8} one desk {:>5.1} MB resident, each further desk {:>4} kB",
            f64::from(one) / 1000.0,
            many.saturating_sub(one) / u32::try_from(FURTHER).unwrap()
        );
        println!("{kind:<8} ready {:>4.0} ms after its start (the middle one of 9)", ready.as_secs_f64() * 1000.0);
    }
}

fn maildir(folder: &Path, desk: usize) -> String {
    let maildir = folder.join(format!("in{desk}"));
    for part in ["new", "cur", "tmp"] {
        std::fs::create_dir_all(maildir.join(part)).unwrap();
    }
    maildir.display().to_string()
}

/// Resident memory in kB of an idle daemon with so many desks, and how long it takes to be ready.
fn idle(folder: &Path, retrieval: &dyn Fn(usize) -> String, desks: usize, is_imap: bool) -> (u32, Duration) {
    let count = desks;
    let database = format!("sqlite:{}", folder.join(format!("desk-{desks}.db")).display());
    let desks: Vec<_> = (0..desks)
        .map(|desk| DeskText {
            database: &database,
            retrieval: retrieval(desk),
            submission: format!("maildir = \"{}\"", folder.join("out").display()),
        })
        .collect();
    let file = measuring::desk::write(folder, &desks);
    // The first start makes the database; it is not counted.
    let mut times: Vec<_> = (0..10)
        .map(|_| {
            let (mut daemon, ready) = start(&file);
            terminate(&mut daemon);
            ready
        })
        .skip(1)
        .collect();
    times.sort_unstable();
    let (mut daemon, _) = start(&file);
    if is_imap {
        while sockets(daemon.id()) < count {
            std::thread::sleep(REST / 10);
        }
    }
    std::thread::sleep(REST);
    let resident = memory_kb(daemon.id(), "VmRSS");
    terminate(&mut daemon);
    (u32::try_from(resident).unwrap(), times[4])
}

/// Open sockets: a desk on IMAP that is connected has one.
fn sockets(process: u32) -> usize {
    let open = std::fs::read_dir(format!("/proc/{process}/fd")).unwrap();
    let is_socket = |link: &Path| std::fs::read_link(link).is_ok_and(|to| to.to_string_lossy().starts_with("socket:"));
    open.filter(|entry| entry.as_ref().is_ok_and(|entry| is_socket(&entry.path()))).count()
}

fn start(file: &Path) -> (Child, Duration) {
    let begun = Instant::now();
    let mut daemon = wederhoor()
        .args(["run", "--log", "info", "--config"])
        .arg(file)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(daemon.stderr.take().unwrap()).lines();
    let mut said = String::new();
    loop {
        let line = log.next().unwrap_or_else(|| panic!("it ended before it was ready: {said}")).unwrap();
        if line.contains(": ready ") {
            break;
        }
        said.push_str(&line);
        said.push('\n');
    }
    let ready = begun.elapsed();
    // What it says later is read away, or it would stop at a full pipe.
    std::thread::spawn(move || log.for_each(drop));
    (daemon, ready)
}
