//! The promises of `fuzz/targets.rs`, on the project's own mails and on thousands that a fixed seed damages.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot set its scene, or finds a promise broken, must stop"
)]

use std::path::{Path, PathBuf};

#[path = "../fuzz/targets.rs"]
mod targets;

/// So many damaged mails for each target; all six together take seconds.
const ROUNDS: usize = 400;
/// Longer seeds make slow rounds that find nothing more.
const LONGEST_SEED: usize = 12_000;

fn seeds() -> Vec<Vec<u8>> {
    fn files(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "eml") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail"), &mut found);
    found.sort();
    let seeds: Vec<_> = found.iter().map(|path| std::fs::read(path).unwrap()).filter(|mail| mail.len() < LONGEST_SEED).collect();
    assert!(seeds.len() > 200, "the seeds are the project's own mails");
    seeds
}

/// The same numbers in every run (xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

/// Pieces of mail that change its meaning.
const PIECES: [&[u8]; 24] = [
    b"\n> ",
    b"\n\n",
    b"\r\n",
    b"\r",
    b"\0",
    b"--",
    b"\n-- \n",
    b"=\n",
    b"=C3",
    b"=?utf-8?q?",
    b"?=",
    b"<!--",
    b"</blockquote>",
    b"<blockquote>",
    b"<div style='display:none'>",
    b"&#x",
    b"\nVan: ",
    b"\nAan: x@y.example\nOnderwerp: ",
    b"\nOp 3 mei 2026 om 10:12 schreef X <x@y.example>:\n",
    b"\nContent-Type: multipart/mixed; boundary=b\n\n--b\n",
    b"\xff\xfe",
    b"\xc3",
    b"\n#",
    b"\nAction: failed\nStatus: 5.1.1\n",
];

fn damaged(seeds: &[Vec<u8>], dice: &mut Dice) -> Vec<u8> {
    let mut mail = seeds[dice.below(seeds.len())].clone();
    for _ in 0..=dice.below(8) {
        if mail.is_empty() {
            break;
        }
        let at = dice.below(mail.len());
        match dice.below(6) {
            0 => mail.truncate(at + 1),
            1 => mail[at] = u8::try_from(dice.below(256)).unwrap(),
            2 => {
                let to = (at + dice.below(200)).min(mail.len());
                mail.drain(at..to);
            }
            3 => {
                let to = (at + dice.below(400)).min(mail.len());
                let copy = mail[at..to].to_vec();
                let target = dice.below(mail.len());
                mail.splice(target..target, copy);
            }
            4 => {
                let other = &seeds[dice.below(seeds.len())];
                let from = dice.below(other.len());
                let piece = other[from..(from + dice.below(600)).min(other.len())].to_vec();
                mail.splice(at..at, piece);
            }
            _ => {
                mail.splice(at..at, PIECES[dice.below(PIECES.len())].iter().copied());
            }
        }
        if mail.is_empty() {
            mail.push(b'x');
        }
    }
    mail
}

fn run(seed: u64, target: fn(&[u8])) {
    let seeds = seeds();
    let mut dice = Dice(seed);
    for number in 0..seeds.len() + ROUNDS {
        let mail = seeds.get(number).cloned().unwrap_or_else(|| damaged(&seeds, &mut dice));
        if let Err(panic) = std::panic::catch_unwind(|| target(&mail)) {
            let words = panic.downcast_ref::<String>().cloned().unwrap_or_default();
            panic!("number {number} breaks a promise: {words}\n{}", String::from_utf8_lossy(&mail));
        }
    }
}

#[test]
fn any_bytes_are_parsed() {
    run(0x5eed_0001, targets::parsing);
}

#[test]
fn any_mail_has_a_class_and_a_reason() {
    run(0x5eed_0002, targets::classification);
}

#[test]
fn the_authors_words_are_words_of_the_mail() {
    run(0x5eed_0003, targets::reply_text);
}

#[test]
fn a_report_is_no_statement() {
    run(0x5eed_0004, targets::bounce);
}

#[test]
fn a_calendar_object_decides_its_own_answer_only() {
    run(0x5eed_0005, targets::calendar);
}

#[test]
fn any_text_can_be_read_for_commands() {
    run(0x5eed_0006, targets::commands);
}
