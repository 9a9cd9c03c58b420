//! The writer's own words, exactly, out of mails as mail programs write them (M97–M108).
//!
//! `tests/mail/own_words/PROGRAM/NAME.eml` is a mail, `NAME.txt` beside it what its writer newly said. People and
//! addresses are invented.
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene must stop")]

use std::path::{Path, PathBuf};

use chrono::{TimeZone, Utc};
use wederhoor::message::{OwnAddresses, Words, understand};

fn mails(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(mails(&path));
        } else if path.extension().is_some_and(|extension| extension == "eml") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn every_labelled_mail_gives_exactly_what_its_writer_said() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/own_words");
    let words = Words::builtin().unwrap();
    let own = OwnAddresses {
        addresses: vec!["klachten@voorbeeldzorg.example".parse().unwrap()],
        separator: '+',
        trace: "een-geheim-van-deze-installatie".to_owned(),
    };
    let now = Utc.with_ymd_and_hms(2026, 7, 1, 12, 0, 0).unwrap();
    let files = mails(&folder);
    assert!(files.len() >= 120, "the labelled mails are complete");
    let mut wrong = Vec::new();
    for file in &files {
        let expected = std::fs::read_to_string(file.with_extension("txt")).unwrap();
        let facts = understand(&std::fs::read(file).unwrap(), &own, &words, now);
        if facts.reply_text != expected.trim_end() {
            let name = file.strip_prefix(&folder).unwrap().display();
            wrong.push(format!("== {name}\n{}\n-- instead of\n{}", facts.reply_text, expected.trim_end()));
        }
    }
    assert!(wrong.is_empty(), "{} of {} mails\n{}", wrong.len(), files.len(), wrong.join("\n"));
}
