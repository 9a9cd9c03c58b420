//! Offers for an officer's plain notes, on notes with the commands that ought to be offered (design.md section 5).

#![expect(clippy::unwrap_used, reason = "a note that can not be read fails the test")]

#[path = "support/officer_notes.rs"]
mod officer_notes;

use std::path::Path;

use officer_notes::{Heard, Score, notes, sentences};
use wederhoor::mediation::command::{Desk, understand_at};
use wederhoor::mediation::offer::Offers;
use wederhoor::mediation::reply::Refusal;
use wederhoor::mediation::{Vocabulary, read_commands};
use wederhoor::model::Language;

const FILES: [&str; 7] = [
    "development.jsonl",
    "tuning.jsonl",
    "tuning-more.jsonl",
    "tuning-again.jsonl",
    "tuning-lately.jsonl",
    "tuning-plain.jsonl",
    "held-out.jsonl",
];

fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/officer_notes").join(name)
}

#[test]
fn plain_notes_are_offered_the_right_commands() {
    let offers = Offers::builtin().unwrap();
    for name in FILES {
        let mut score = Score::default();
        for note in notes(&file(name)) {
            let offered = offers.offered(&note.text, &note.facts);
            score.count(&note, &offered);
        }
        let [commands, arguments, nothing] = score.shares();
        assert!(commands >= 0.90 && arguments >= 0.80 && nothing >= 0.90, "{name}: {score}");
    }
}

#[test]
fn single_sentences_are_heard_and_talk_is_left_alone() {
    let offers = Offers::builtin().unwrap();
    for (name, least) in [("sentences.jsonl", 0.93), ("sentences-more.jsonl", 0.90)] {
        let mut heard = Heard::default();
        for sentence in sentences(&file(name)) {
            let offered = offers.offered(&sentence.text, &sentence.facts());
            heard.count(&sentence, &offered);
        }
        let [commands, nothing] = heard.shares();
        assert!(commands >= 0.70 && nothing >= least, "{name}: heard {commands:.2}, nothing {nothing:.2}");
    }
}

#[test]
fn what_is_offered_can_be_pressed() {
    // An offer that the language does not understand would be a button that does nothing.
    let offers = Offers::builtin().unwrap();
    let words = Vocabulary::builtin().unwrap();
    for note in FILES.iter().flat_map(|name| notes(&file(name))) {
        for line in offers.offered(&note.text, &note.facts) {
            let (commands, rest) = read_commands(&line);
            assert_eq!((commands.len(), rest.as_str()), (1, ""), "{line}");
            let desk = Desk { words: &words, language: Language::Nl, officers: &[] };
            let now = note.facts.today.and_hms_opt(8, 0, 0).unwrap();
            match understand_at(&commands[0], "", desk, now) {
                // What the note does not say is left out, and the officer adds it: a time, a reason, a colleague's name.
                Ok(_) | Err(Refusal::Incomplete { .. }) => {}
                Err(refusal) => unreachable!("{}: {line}: {refusal:?}", note.id),
            }
        }
    }
}

#[test]
fn quoted_and_typed_words_are_read_by_nobody() {
    let offers = Offers::builtin().unwrap();
    let note = notes(&file("tuning.jsonl")).remove(0);
    for text in ["Zij schreef: \"sluit de zaak, laat hem dicht\".", "", "\u{202e}#", "🙂🙂", "%{}[]()*"] {
        assert_eq!(offers.offered(text, &note.facts), Vec::<String>::new(), "{text}");
    }
}
