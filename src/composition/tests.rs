//! What holds for every letter.

use mail_parser::MessageParser;

use super::sample::{Sample, samples};
use super::*;
use crate::model::Language;

fn composer() -> Composer {
    match Composer::new(None) {
        Ok(composer) => composer,
        Err(faults) => panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

/// Every sample of every letter in every language.
fn all() -> Vec<(LetterKind, Language, usize, Sample, OutgoingLetter)> {
    let composer = composer();
    let mut letters = Vec::new();
    for kind in LetterKind::ALL {
        for language in Language::ALL {
            for (index, sample) in samples(kind).into_iter().enumerate() {
                let letter = sample.compose(&composer, language).unwrap();
                letters.push((kind, language, index + 1, sample, letter));
            }
        }
    }
    letters
}

#[test]
fn every_shipped_letter_can_be_written_with_every_way_it_can_differ() {
    assert!(all().len() > 80);
}

#[test]
fn letters_as_their_readers_get_them() {
    for (kind, language, number, _, letter) in all() {
        let mail = MessageParser::default().parse(&letter.bytes).unwrap();
        let text = String::from_utf8_lossy(&letter.bytes);
        let head = text.split("\r\n\r\n").next().unwrap();
        let plain = mail.body_text(0).unwrap().replace("\r\n", "\n");
        let name = format!("{}.{}.{number}", kind.template(), language.tag());
        // The long sample would drown the rest; its size is another test's business.
        let plain: String = plain.chars().take(4000).collect();
        insta::assert_snapshot!(name.clone(), format!("{}\n\n{plain}", head.replace("\r\n", "\n")));
        if number == 1 {
            insta::assert_snapshot!(format!("{name}.html"), mail.body_html(0).unwrap());
        }
    }
}
