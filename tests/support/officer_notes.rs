//! Notes with the commands that ought to be offered, and how they are scored.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use wederhoor::mediation::offer::CaseFacts;

/// One note.
pub struct Note {
    pub id: String,
    pub text: String,
    pub facts: CaseFacts,
    pub offers: Vec<String>,
}

#[derive(Deserialize)]
struct Written {
    id: String,
    date: chrono::NaiveDate,
    case: WrittenCase,
    text: String,
    offers: Vec<String>,
}

#[derive(Deserialize)]
struct WrittenCase {
    complainant: String,
    respondents: Vec<WrittenRespondent>,
    state: String,
}

#[derive(Deserialize)]
struct WrittenRespondent {
    name: String,
    address: Option<String>,
}

/// The notes of a file.
pub fn notes(file: &Path) -> Vec<Note> {
    let text = std::fs::read_to_string(file).unwrap();
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| {
            let written: Written = serde_json::from_str(line).unwrap();
            let respondents = written.case.respondents.into_iter().map(|respondent| (respondent.name, respondent.address));
            let facts = CaseFacts {
                state: written.case.state,
                complainant: Some(written.case.complainant),
                respondents: respondents.collect(),
                today: written.date,
                bodies: Vec::new(),
            };
            Note { id: written.id, text: written.text, facts, offers: written.offers }
        })
        .collect()
}

/// Counts over notes. A note counts only where all its offers are right, and in order.
#[derive(Default)]
pub struct Score {
    asking: u32,
    commands: u32,
    arguments: u32,
    silent: u32,
    nothing: u32,
}

impl Score {
    /// Counts one note; says whether everything about it is right.
    pub fn count(&mut self, note: &Note, offered: &[String]) -> bool {
        let words = |lines: &[String]| {
            let word = |line: &String| line.split(' ').next().unwrap_or_default().to_owned();
            lines.iter().map(word).collect::<Vec<_>>()
        };
        let all = note.offers == offered;
        if note.offers.is_empty() {
            self.silent += 1;
            self.nothing += u32::from(all);
        } else {
            self.asking += 1;
            self.commands += u32::from(words(&note.offers) == words(offered));
            self.arguments += u32::from(all);
        }
        all
    }

    /// Right commands, right arguments, nothing where nothing was asked: each from 0 to 1.
    pub fn shares(&self) -> [f64; 3] {
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        [share(self.commands, self.asking), share(self.arguments, self.asking), share(self.nothing, self.silent)]
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [commands, arguments, nothing] = self.shares().map(|share| share * 100.0);
        write!(
            f,
            "right commands {commands:.1} % ({}/{}), with right arguments {arguments:.1} % ({}/{}), nothing where nothing was asked {nothing:.1} % ({}/{})",
            self.commands, self.asking, self.arguments, self.asking, self.nothing, self.silent
        )
    }
}

/// A single sentence out of a note, and the command words that it asks for.
#[derive(Deserialize)]
pub struct Sentence {
    pub text: String,
    pub commands: Vec<String>,
}

impl Sentence {
    /// The case that all sentences are about, in a state in which the first command that is asked for may be given.
    pub fn facts(&self) -> CaseFacts {
        let state = match self.commands.first().map(String::as_str) {
            Some("#afspraak") => "PLANNING",
            Some("#verzet" | "#annuleer" | "#gehouden" | "#niet-gehouden") => "SCHEDULED",
            Some("#gesproken") => "INTAKE",
            Some("#doorgeven") => "WRITTEN_REVIEW",
            Some("#heropenen") => "CLOSED",
            Some("#bevestig") => "HOLD",
            Some("#afspraken") => "HELD",
            _ => "OPEN",
        };
        CaseFacts {
            state: state.to_owned(),
            complainant: Some("mw. Anneke de Graaf".to_owned()),
            respondents: vec![("dr. Visser".to_owned(), Some("visser@voorbeeldzorg.example".to_owned()))],
            today: chrono::NaiveDate::from_ymd_opt(2026, 10, 14).unwrap(),
            bodies: Vec::new(),
        }
    }
}

/// The sentences of a file.
pub fn sentences(file: &Path) -> Vec<Sentence> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Counts over sentences: of each command how often it is asked for, offered where it is, and offered where it is not;
/// and how often nothing is offered where nothing is asked for.
#[derive(Default)]
pub struct Heard {
    pub by_command: BTreeMap<String, [u32; 3]>,
    silent: u32,
    nothing: u32,
}

impl Heard {
    /// Counts one sentence; says whether it was read as it should be.
    pub fn count(&mut self, sentence: &Sentence, offered: &[String]) -> bool {
        let offered: Vec<&str> = offered.iter().filter_map(|line| line.split(' ').next()).collect();
        for command in &sentence.commands {
            let [asked, heard, _] = self.by_command.entry(command.clone()).or_default();
            *asked += 1;
            *heard += u32::from(offered.contains(&command.as_str()));
        }
        for word in offered.iter().filter(|word| !sentence.commands.iter().any(|command| command == *word)) {
            self.by_command.entry((*word).to_owned()).or_default()[2] += 1;
        }
        if sentence.commands.is_empty() {
            self.silent += 1;
            self.nothing += u32::from(offered.is_empty());
        }
        sentence.commands.iter().all(|command| offered.contains(&command.as_str())) && offered.len() == sentence.commands.len()
    }

    /// Of the commands that are asked for those that are offered, and of the sentences that ask for nothing those that
    /// are offered nothing: each from 0 to 1.
    pub fn shares(&self) -> [f64; 2] {
        let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole.max(1));
        let sum = |at: usize| self.by_command.values().map(|counts| counts.get(at).copied().unwrap_or_default()).sum::<u32>();
        [share(sum(1), sum(0)), share(self.nothing, self.silent)]
    }
}
