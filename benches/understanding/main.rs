//! How well mail is understood: the share of right answers over folders of labelled mails.
//!
//! `cargo bench --bench understanding [-- FOLDER…] [--desk ADDRESS] [--wrong]`. Without a folder: the project's own
//! labelled mails, `tests/mail/labelled` and `tests/mail/own_words`. `--wrong` names each mail that was misread.
//!
//! A folder of labelled mails holds mails and one `labels.jsonl`, one object a line: `file` (the mail's name in that
//! folder) and whatever its sections compare, with the words of `inspect --json`; a key that is absent is not compared.
//! A `NAME.txt` beside `NAME.eml` does as well: it is the label `reply_text`. Folders inside the named ones are measured too. Each section of the report is one file beside this one:
//!
//! | section | reads |
//! |---|---|
//! | `machines` | `class`; of bounces and delays `recipient`, `status`, `original_message_id` |
//! | `own_words` | `reply_text`: how many are exactly that, and how many nearly |
//!
//! A section is one function over all mails that were read; it says nothing where no label is its own.

#![expect(clippy::print_stdout, reason = "its result is what it prints")]

mod labelled;
mod machines;
mod own_words;

use std::path::PathBuf;

use labelled::Reading;

/// A section of the report, with its heading.
type Section = fn(&[Reading], bool);

/// In the order in which they are printed.
const SECTIONS: [(&str, Section); 2] = [("Machines and people", machines::report), ("The writer's own words", own_words::report)];

fn main() {
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut desk = labelled::DESK.to_owned();
    let mut names_the_wrong = false;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        match word.as_str() {
            // `cargo bench` adds this one.
            "--bench" => {}
            "--wrong" => names_the_wrong = true,
            "--desk" => desk = words.next().unwrap_or_default(),
            _ => folders.push(word.into()),
        }
    }
    if folders.is_empty() {
        let own = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/mail");
        folders.extend(["labelled", "own_words"].map(|folder| own.join(folder)));
    }
    let readings: Vec<Reading> = folders.iter().flat_map(|folder| labelled::read(folder, &desk)).collect();
    println!("{} labelled mails", readings.len());
    for (heading, section) in SECTIONS {
        println!("\n## {heading}");
        section(&readings, names_the_wrong);
    }
}
