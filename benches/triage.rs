//! How well triage tells what mails are about, on mails it has not learned from.
//!
//! `cargo bench --bench triage [-- FOLDER [--kept-apart] [--by-file] [--audit LABEL | --wrong LABEL,LABEL…]]`. Every labelled file of the folder
//! (`tests/triage`) is judged by what was learned from the others, which are by other hands; `held-out` files are never
//! learned from and stand apart. Prints
//! precision, recall and F1 of each label, shares of right intents and main categories, what is taken for what, whether the
//! person blamed is the right one, and the time for one mail. `--wrong` names the mails that a label was missed in or
//! wrongly given to. `--audit` prints for each group of patterns of a label where
//! it is right and what it finds where it is not. `--kept-apart` judges the `held-out` files alone, `--by-file` tells the
//! measures of each file by itself.

#![expect(clippy::print_stdout, reason = "a measurement speaks to a person")]
#![expect(clippy::expect_used, reason = "a measurement that can not be made stops")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant as Moment;

use serde::Serialize;
use wederhoor::message::triage::{Judged, LABELS, across_files, audit, grammar_files};
use wederhoor::message::{OwnAddresses, Words, understand};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/triage");
    let folder = words.first().filter(|word| !word.starts_with("--")).map_or(own, PathBuf::from);
    let files = labelled(&folder);
    if let Some(label) = words.iter().skip_while(|word| *word != "--audit").nth(1) {
        let lines = audit(&files, &grammar_files()).expect("labelled files and patterns in their form");
        lines.iter().filter(|line| line.starts_with(label.as_str())).for_each(|line| println!("{line}"));
        return;
    }
    let only_held_out = words.iter().any(|word| word == "--kept-apart");
    let judged = across_files(&files, &grammar_files(), only_held_out).expect("labelled files and patterns in their form");
    if let Some(asked) = words.iter().skip_while(|word| *word != "--wrong").nth(1) {
        asked.split(',').for_each(|label| wrong(&judged, label));
        return;
    }
    if words.iter().any(|word| word == "--by-file") {
        let mut by_file: BTreeMap<&str, Vec<&Judged>> = BTreeMap::new();
        for one in &judged {
            by_file.entry(one.place.0.as_str()).or_default().push(one);
        }
        for (file, judged) in by_file {
            println!("\n{file}: {} mails", judged.len());
            told(&judged);
        }
        return;
    }
    let (kept_apart, others): (Vec<&Judged>, Vec<&Judged>) = judged.iter().partition(|one| one.place.0.starts_with("held-out"));
    if !only_held_out {
        println!("{} mails, each file judged by what was learned from the others", others.len());
        told(&others);
    }
    println!("\n{} mails kept apart: nothing is learned from them, and no pattern was written for them", kept_apart.len());
    told(&kept_apart);
    speed(&judged);
}

fn labelled(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .expect("a folder of labelled files")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl" || ending == "txt"))
        .map(|path| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            (name, std::fs::read_to_string(&path).expect("a readable file"))
        })
        .collect();
    files.sort();
    files
}

fn code<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(ToOwned::to_owned)).unwrap_or_default()
}

/// The labels that were given to one mail, named as in `LABELS`.
fn given(one: &Judged) -> Vec<String> {
    let triage = &one.triage;
    let mut given: Vec<String> = triage.flags.iter().map(|flag| flag.code().to_owned()).collect();
    given.extend(triage.against_person.then(|| "against_person".to_owned()));
    given.extend(triage.purposes.iter().map(|purpose| format!("purpose:{}", code(purpose))));
    given.extend(triage.kinds.iter().map(|kind| format!("kind:{}", code(kind))));
    given
}

/// All measures of some mails.
fn told(judged: &[&Judged]) {
    labels(judged);
    chosen(judged, "intent", |one| Some(code(&one.triage.intent)));
    chosen(judged, "main", |one| one.triage.kinds.first().map(code));
}

fn labels(judged: &[&Judged]) {
    println!("\n{:<26} precision  recall  F1    right  false  missed", "label");
    for (at, label) in LABELS.iter().enumerate().filter(|(_, label)| !label.starts_with("intent:") && !label.starts_with("main:"))
    {
        let (mut right, mut wrong, mut missed) = (0_u16, 0_u16, 0_u16);
        for one in judged {
            let has = given(one).iter().any(|other| other == label);
            match (one.example.targets.get(at).copied().flatten(), has) {
                (Some(true), true) => right += 1,
                (Some(false), true) => wrong += 1,
                (Some(true), false) => missed += 1,
                _ => {}
            }
        }
        let share = |of: u16| f32::from(right) / f32::from((right + of).max(1));
        let (precision, recall) = (share(wrong), share(missed));
        let f1 = 2.0 * precision * recall / (precision + recall).max(f32::EPSILON);
        println!("{label:<26} {precision:>9.2}  {recall:>6.2}  {f1:.2}  {right:>6}  {wrong:>5}  {missed:>6}");
    }
}

/// Each mail that lacks a label it should have, or has one it should not, with the words that led to it.
fn wrong(judged: &[Judged], label: &str) {
    let Some(at) = LABELS.iter().position(|other| *other == label) else { return };
    let code = label.rsplit(':').next().unwrap_or(label);
    for one in judged {
        let has = given(one).iter().any(|other| other == label);
        let fault = match (one.example.targets.get(at).copied().flatten(), has) {
            (Some(true), false) => "missed",
            (Some(false), true) => "false",
            _ => continue,
        };
        let words: Vec<&str> =
            one.triage.evidence.iter().filter(|found| found.label == code).map(|found| found.words.as_str()).collect();
        println!("{fault} {label} {} {}: {}", one.place.0, one.place.1, words.join(" | "));
    }
}

/// What one of several was chosen, and what it was taken for.
fn chosen(judged: &[&Judged], group: &str, choice: impl Fn(&Judged) -> Option<String>) {
    let mut confusion: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut by_file: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for one in judged {
        let truth = LABELS.iter().zip(&one.example.targets).find_map(|(label, target)| {
            let code = label.strip_prefix(group)?.strip_prefix(':')?;
            (*target == Some(true)).then_some(code)
        });
        let Some(truth) = truth else { continue };
        let choice = choice(one).unwrap_or_else(|| "-".to_owned());
        let file = by_file.entry(one.place.0.as_str()).or_default();
        file.0 += usize::from(choice == truth);
        file.1 += 1;
        *confusion.entry((truth.to_owned(), choice)).or_default() += 1;
    }
    let (right, all) = by_file.values().fold((0, 0), |sum, file| (sum.0 + file.0, sum.1 + file.1));
    println!("\n{group}: {right} of {all} right; by file: {by_file:?}");
    for ((truth, choice), count) in confusion.iter().filter(|((truth, choice), _)| truth != choice) {
        println!("  {truth} taken for {choice}: {count}");
    }
}

/// The whole way of a mail, triage with the rest.
fn speed(judged: &[Judged]) {
    let words = Words::builtin().expect("the words in the binary");
    let own = OwnAddresses { addresses: Vec::new(), separator: '+', trace: String::new() };
    let mails: Vec<String> = judged
        .iter()
        .map(|one| {
            let subject = one.example.subject.replace('\n', " ");
            format!(
                "From: a@klant.example\r\nTo: klachten@voorbeeldzorg.example\r\nSubject: {subject}\r\nMessage-ID: <a@klant.example>\r\n\
                 Content-Type: text/plain; charset=utf-8\r\n\r\n{}",
                one.example.body
            )
        })
        .collect();
    let start = Moment::now();
    let flags: usize =
        mails.iter().map(|mail| understand(mail.as_bytes(), &own, &words, chrono::DateTime::UNIX_EPOCH).triage.flags.len()).sum();
    let each = start.elapsed().as_secs_f64() * 1_000.0 / f64::from(u32::try_from(mails.len().max(1)).unwrap_or(u32::MAX));
    println!("\n{each:.2} ms a mail, read and judged, on one core ({flags} flags)");
}
