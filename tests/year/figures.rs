//! The figures of the report, held against what the world outside saw: mails that were sent and letters that came.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;

use chrono::{Datelike, NaiveDate};
use wederhoor::daemon::tally;
use wederhoor::mediation::command::Period;
use wederhoor::mediation::report::{TableKind, Tally};
use wederhoor::model::{CaseNumber, LetterKind};

use crate::Seen;
use crate::stage::{DESKS, Letter, Stage, ZONE};

/// What was seen of one desk in one year, by the year in which the complaint was sent.
#[derive(Debug, Default)]
pub struct Expected {
    months: BTreeMap<String, u64>,
    confirmed: u64,
    questions: u64,
    misdirected: u64,
    withdrawn: u64,
    merged: u64,
    closed_with_a_letter: u64,
    followed_up: u64,
    grades: BTreeMap<String, u64>,
    /// The professions that officers were told they had recorded.
    professions: BTreeMap<String, u64>,
}

/// Watches what goes in and comes out.
#[derive(Debug, Default)]
pub struct Watch {
    sent: Vec<(usize, NaiveDate)>,
    /// Desk and day of each case, from its confirmation.
    cases: HashMap<CaseNumber, (usize, NaiveDate)>,
    /// The last letter that tells a complainant of the state of their case.
    states: HashMap<CaseNumber, LetterKind>,
    followed_up: Vec<CaseNumber>,
    grades: Vec<(CaseNumber, u8)>,
    /// What the last receipt says is recorded for the report.
    professions: HashMap<CaseNumber, &'static str>,
}

impl Watch {
    pub fn complaint(&mut self, desk: usize, day: NaiveDate) {
        self.sent.push((desk, day));
    }

    pub fn graded(&mut self, case: CaseNumber, grade: u8) {
        self.grades.push((case, grade));
    }

    /// An officer reads back all that is recorded, each time.
    fn recorded(&mut self, letter: &Letter) {
        const SAYS: &str = "Voor het jaarverslag staat vast:";
        let Some(case) = letter.case.filter(|_| letter.kind == LetterKind::OfficerReceipt) else { return };
        let Some((_, recorded)) = letter.text.split_once(SAYS) else { return };
        let recorded = recorded.split_once("Niemand krijgt").unwrap().0;
        let word = |word: &str| recorded.split(|c: char| !c.is_alphanumeric()).any(|other| other == word);
        match (word("arts"), word("balie")) {
            (true, false) => self.professions.insert(case, "doctor"),
            (false, true) => self.professions.insert(case, "reception"),
            _ => self.professions.remove(&case),
        };
    }

    pub fn letter(&mut self, letter: &Letter, day: NaiveDate) {
        self.recorded(letter);
        let Some(case) = letter.case.filter(|_| letter.to.starts_with("klager")) else { return };
        match letter.kind {
            LetterKind::Acknowledgement | LetterKind::CarefulAcknowledgement => {
                let of_desk = |desk: &str| letter.reply_to.ends_with(desk.rsplit_once('@').unwrap().1);
                self.cases.insert(case, (DESKS.iter().position(|desk| of_desk(desk)).unwrap(), day));
            }
            LetterKind::Closing
            | LetterKind::Question
            | LetterKind::Misdirected
            | LetterKind::Reopened
            | LetterKind::Withdrawal
            | LetterKind::Merged => {
                self.states.insert(case, letter.kind);
            }
            LetterKind::FollowUp => self.followed_up.push(case),
            _ => {}
        }
    }

    fn expected(&self, desk: usize, year: i32) -> Expected {
        let mut expected = Expected::default();
        for (_, day) in self.sent.iter().filter(|(at, day)| *at == desk && day.year() == year) {
            *expected.months.entry(day.format("%Y-%m").to_string()).or_default() += 1;
        }
        let here = |case: &CaseNumber| self.cases.get(case).is_some_and(|(at, day)| *at == desk && day.year() == year);
        expected.confirmed = self.cases.keys().filter(|case| here(case)).count() as u64;
        for (_, state) in self.states.iter().filter(|(case, _)| here(case)) {
            match state {
                LetterKind::Closing => expected.closed_with_a_letter += 1,
                LetterKind::Question => expected.questions += 1,
                LetterKind::Misdirected => expected.misdirected += 1,
                LetterKind::Withdrawal => expected.withdrawn += 1,
                LetterKind::Merged => expected.merged += 1,
                _ => {}
            }
        }
        expected.followed_up = self.followed_up.iter().filter(|case| here(case)).count() as u64;
        for (_, grade) in self.grades.iter().filter(|(case, _)| here(case)) {
            *expected.grades.entry(format!("{grade:02}")).or_default() += 1;
        }
        for (_, profession) in self.professions.iter().filter(|(case, _)| here(case)) {
            *expected.professions.entry((*profession).to_owned()).or_default() += 1;
        }
        expected
    }
}

fn row(tally: &Tally, kind: TableKind, code: &str) -> u64 {
    tally.table(kind).iter().find(|cell| cell.code == code).unwrap_or_else(|| panic!("no row {code}")).count
}

/// Every total of the report that can be seen from outside, for both desks and both years.
pub async fn are_those_of_the_year(stage: &Stage, watch: &Watch, seen: &Seen) {
    let mut received = 0;
    assert!(!watch.professions.is_empty(), "a year in which nobody recorded anything proves nothing");
    for (place, desk) in stage.setup.desks().iter().enumerate() {
        let place = DESKS.iter().position(|known| desk.key().as_str() == *known).unwrap_or(place);
        for year in [2026, 2027] {
            let tally = tally(stage.setup.store.as_ref(), desk.key(), Period::Year(year), ZONE, &[]).await.unwrap();
            let expected = watch.expected(place, year);
            received += tally.received;
            assert_eq!(tally.received, expected.months.values().sum::<u64>(), "{place} {year}");
            for cell in tally.table(TableKind::Month) {
                assert_eq!(cell.count, expected.months.get(&cell.code).copied().unwrap_or_default(), "{place} {}", cell.code);
            }
            assert_eq!(row(&tally, TableKind::Channel, "mail"), tally.received);
            assert_eq!((tally.confirmed.part, tally.confirmed.whole), (expected.confirmed, tally.received), "{place} {year}");
            let route = |code| row(&tally, TableKind::Route, code);
            assert_eq!(route("question"), expected.questions, "{place} {year}");
            assert_eq!(route("misdirected"), expected.misdirected, "{place} {year}");
            assert_eq!(route("withdrawn"), expected.withdrawn, "{place} {year}");
            assert_eq!(route("merged"), expected.merged, "{place} {year}");
            let closed = route("talk") + route("written") + route("contact") + route("referred");
            assert_eq!(closed, expected.closed_with_a_letter, "{place} {year}");
            let ended = closed + expected.questions + expected.misdirected + expected.withdrawn;
            assert_eq!(tally.closed, ended, "{place} {year}");
            assert_eq!(route("open"), tally.received - ended - expected.merged, "{place} {year}");
            let asked = ["answered", "unanswered", "sent", "undelivered"].map(|code| row(&tally, TableKind::FollowUp, code));
            assert_eq!(asked.iter().sum::<u64>(), expected.followed_up, "{place} {year}");
            for cell in tally.table(TableKind::Grade) {
                assert_eq!(
                    cell.count,
                    expected.grades.get(&cell.code).copied().unwrap_or_default(),
                    "{place} {year} {}",
                    cell.code
                );
            }
            for profession in ["doctor", "reception"] {
                let counted = expected.professions.get(profession).copied().unwrap_or_default();
                assert_eq!(row(&tally, TableKind::Profession, profession), counted, "{place} {year} {profession}");
            }
            the_command_line_says_the_same(stage, DESKS[place], year, &expected);
        }
    }
    assert_eq!(received, seen.complaints as u64);
}

fn report(stage: &Stage, arguments: &[&str]) -> (Option<i32>, String) {
    let program = Command::new(env!("CARGO_BIN_EXE_wederhoor"))
        .args(["--config", stage.configuration().to_str().unwrap(), "report"])
        .args(arguments)
        .output()
        .unwrap();
    (program.status.code(), String::from_utf8_lossy(&program.stdout).into_owned() + &String::from_utf8_lossy(&program.stderr))
}

/// The rows of a table in a report's CSV.
fn rows(csv: &str, table: &str) -> BTreeMap<String, String> {
    let quoted = |line: &str| line.trim_matches('"').split("\",\"").map(str::to_owned).collect::<Vec<_>>();
    let lines = csv.lines().skip(1).map(quoted).filter(|fields| fields[0] == table);
    lines.map(|fields| (fields[1].clone(), fields[3].clone())).collect()
}

fn the_command_line_says_the_same(stage: &Stage, desk: &str, year: i32, expected: &Expected) {
    let folder = tempfile::tempdir().unwrap();
    let (at, year) = (folder.path().to_str().unwrap(), year.to_string());
    let (code, said) = report(stage, &[&year, at, "--desk", desk, "--smallest", "1"]);
    assert_eq!(code, Some(0), "{said}");
    let file = |ending: &str| folder.path().join(format!("klachten-{year}.{ending}"));
    for ending in ["html", "pdf", "csv"] {
        assert!(file(ending).is_file() && said.contains(&file(ending).display().to_string()), "{said}");
    }
    assert!(std::fs::read(file("pdf")).unwrap().starts_with(b"%PDF"));
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    let csv = read(&file("csv"));
    let in_csv: u64 = rows(&csv, "month").values().map(|count| count.parse::<u64>().unwrap()).sum();
    assert_eq!(in_csv, expected.months.values().sum::<u64>());
    for (grade, count) in rows(&csv, "grade") {
        assert_eq!(count.parse::<u64>().unwrap(), expected.grades.get(&grade).copied().unwrap_or_default(), "{grade}");
    }
    // As it is published: no number that is small, in any of its forms.
    let (code, said) = report(stage, &[&year, at, "--desk", desk]);
    assert_eq!(code, Some(0), "{said}");
    for table in [
        "month",
        "channel",
        "kind",
        "complainant",
        "purpose",
        "route",
        "result",
        "signal",
        "step",
        "follow_up",
        "grade",
        "profession",
        "agreements",
        "measure",
        "theme",
    ] {
        for (row, count) in rows(&read(&file("csv")), table) {
            let small = count.parse::<u64>().is_ok_and(|count| (1..5).contains(&count));
            assert!(!small, "{table} {row} shows {count}");
        }
    }
}

/// What is typed wrong ends with its own code, and writes nothing.
pub fn a_wrong_question_is_refused(stage: &Stage) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().to_str().unwrap();
    for (arguments, code, says) in [
        (vec!["2026-Q5", at, "--desk", DESKS[0]], 64, "2026-Q3"),
        (vec!["volgend", at, "--desk", DESKS[0]], 64, "2026-Q3"),
        (vec!["2026", at], 64, "--desk"),
        (vec!["2026", at, "--desk", "nergens@voorbeeld.example"], 66, DESKS[1]),
        (vec!["2026", at, "--desk", DESKS[0], "--language", "fr"], 64, "nl or en"),
    ] {
        let (ended, said) = report(stage, &arguments);
        assert_eq!(ended, Some(code), "{arguments:?}: {said}");
        assert!(said.contains(says), "{arguments:?}: {said}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
