//! How often an officer's plain note is offered the right commands (design.md section 5).
//!
//! `cargo bench --bench officer_notes` reads the notes under `tests/officer_notes/`; `WEDERHOOR_NOTES=FILE` another
//! file, and `WEDERHOOR_SHOW=1` prints each note that is read otherwise than expected. Figures to reach on notes nobody
//! has seen: the right commands 90 %, with the right arguments 80 %, nothing offered where nothing was asked 90 %. The
//! tuned sets show what the cues can say; the held-out set shows what they are worth.

#![expect(clippy::unwrap_used, reason = "a note that can not be read ends the measurement")]
#![expect(clippy::print_stdout, reason = "figures are the result")]

#[path = "../tests/support/officer_notes.rs"]
mod officer_notes;

use std::path::{Path, PathBuf};

use officer_notes::{Heard, Score, notes, sentences};
use wederhoor::mediation::offer::Offers;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/officer_notes");
    let files: Vec<PathBuf> = match std::env::var_os("WEDERHOOR_NOTES") {
        Some(file) => vec![PathBuf::from(file)],
        None => [
            "development.jsonl",
            "tuning.jsonl",
            "tuning-more.jsonl",
            "tuning-again.jsonl",
            "tuning-lately.jsonl",
            "tuning-plain.jsonl",
            "held-out.jsonl",
        ]
        .iter()
        .map(|name| folder.join(name))
        .collect(),
    };
    let show = std::env::var_os("WEDERHOOR_SHOW").is_some();
    let offers = Offers::builtin().unwrap();
    for file in files {
        let notes = notes(&file);
        let mut score = Score::default();
        for note in &notes {
            let offered = offers.offered(&note.text, &note.facts);
            if score.count(note, &offered) || !show {
                continue;
            }
            println!("{}: {}\n  expected {:?}\n  offered  {offered:?}", note.id, note.text.replace('\n', " / "), note.offers);
        }
        println!("{}: {score}", file.file_name().unwrap_or_default().to_string_lossy());
    }
    if std::env::var_os("WEDERHOOR_NOTES").is_none() {
        for name in ["sentences.jsonl", "sentences-more.jsonl"] {
            alone(&folder.join(name), &offers, show);
        }
    }
}

/// Single sentences, each command by itself.
fn alone(file: &Path, offers: &Offers, show: bool) {
    let mut heard = Heard::default();
    for sentence in sentences(file) {
        let offered = offers.offered(&sentence.text, &sentence.facts());
        if !heard.count(&sentence, &offered) && show {
            println!("{}\n  expected {:?}\n  offered  {offered:?}", sentence.text, sentence.commands);
        }
    }
    for (command, [asked, found, wrong]) in &heard.by_command {
        println!("  {command}: {found} of {asked}, {wrong} where it is not asked for");
    }
    let [commands, nothing] = heard.shares().map(|share| share * 100.0);
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    println!("{name}: commands {commands:.1} %, nothing where nothing was asked {nothing:.1} %");
}
