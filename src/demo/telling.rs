//! The story in the terminal: who wrote, what the desk did and why, and who got which letter.

use chrono_tz::Tz;
use mail_parser::MessageParser;

use super::journal::told;
use super::stage::{Proof, Scene, SentLetter};
use super::story::{Role, Script};
use super::words::{Bilingual, Words};
use crate::mediation::{Case, FollowUp};
use crate::model::Language;

/// How the story is told.
#[derive(Debug)]
pub struct Telling {
    words: Words,
    language: Language,
    zone: Tz,
    colours: bool,
}

/// ANSI attributes: weight and dimness only, and one colour, so that the reader's own palette stays readable.
#[derive(Clone, Copy)]
enum Style {
    Strong,
    Soft,
    Letter,
}

impl Telling {
    /// Tells in this language; with colours on a terminal only.
    pub fn new(words: Words, language: Language, zone: Tz, colours: bool) -> Self {
        Self { words, language, zone, colours }
    }

    /// The words it tells with.
    pub fn words(&self) -> &Words {
        &self.words
    }

    fn say(&self, code: &str) -> Bilingual {
        self.words.say("telling", code)
    }

    fn text<'a>(&self, words: &'a Bilingual) -> &'a str {
        words.in_language(self.language)
    }

    fn styled(&self, style: Style, text: &str) -> String {
        if !self.colours {
            return text.to_owned();
        }
        let code = match style {
            Style::Strong => "1",
            Style::Soft => "2",
            Style::Letter => "36",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// How it begins.
    pub fn welcome(&self, script: &Script, folder: &str, from: crate::model::Instant) -> Vec<String> {
        let date = |at: crate::model::Instant| self.words.date(at.with_timezone(&self.zone).date_naive());
        let welcome = self
            .say("welcome")
            .with("stories", &Bilingual::same(&script.stories.len().to_string()))
            .with("from", &date(from))
            .with("until", &date(script.until()));
        let place = self.say("place").with("folder", &Bilingual::same(folder));
        vec![self.styled(Style::Strong, self.text(&welcome)), self.styled(Style::Soft, self.text(&place))]
    }

    /// One scene.
    pub fn scene(&self, scene: &Scene, script: &Script) -> Vec<String> {
        let Some(story) = script.stories.get(scene.story) else { return Vec::new() };
        let moment = self.words.moment(scene.at.with_timezone(&self.zone));
        let head = format!("{} · {}", self.text(&moment), self.text(&story.title));
        let mut lines = vec![String::new(), self.styled(Style::Strong, &head)];
        match &scene.mail {
            Some((line, bytes)) => {
                let writes = self
                    .say("writes")
                    .with("who", &Bilingual::same(&line.who))
                    .with("subject", &subject(bytes).map_or_else(|| self.say("no_subject"), |text| Bilingual::same(&text)));
                lines.push(format!("  {}", self.text(&writes)));
            }
            None => lines.push(format!("  {}", self.text(&self.say("clock")))),
        }
        for decision in told(scene, &self.words, self.zone) {
            lines.push(format!("    {}", self.text(&decision.why)));
            let facts: Vec<&str> = decision.facts.iter().map(|fact| self.text(fact)).collect();
            if !facts.is_empty() {
                lines.push(format!("    {}", facts.join(" ")));
            }
        }
        if scene.journal.is_empty() && scene.letters.is_empty() {
            lines.push(format!("    {}", self.text(&self.words.say("entry", "kept"))));
        }
        lines.extend(scene.letters.iter().map(|letter| self.letter(letter, script)));
        if let Some((line, _)) = &scene.mail {
            if scene.letters.is_empty() {
                lines.push(format!("  → {}", self.text(&self.say("nobody"))));
            }
            lines.push(self.styled(Style::Soft, &format!("  {}", self.text(&line.notice()))));
        }
        lines
    }

    fn letter(&self, letter: &SentLetter, script: &Script) -> String {
        let name = match (letter.role, script.stories.get(letter.story)) {
            (Role::Complainant, Some(story)) => story.complainant.clone(),
            (Role::Officer, _) => script.officer.name.clone(),
            (Role::Respondent, Some(story)) => story.respondent.clone().unwrap_or_default(),
            (Role::Complainant | Role::Respondent | Role::Deputy | Role::Machine | Role::Outsider | Role::Nobody, _) => {
                letter.to.to_string()
            }
        };
        let sends = self
            .say("sends")
            .with("letter", &self.words.say("letter", letter.kind.template()))
            .with("role", &self.words.say("role", letter.role.code()))
            .with("name", &Bilingual::same(&name))
            .with("subject", &Bilingual::same(&subject(&letter.bytes).unwrap_or_default()));
        self.styled(Style::Letter, &format!("  → {}", self.text(&sends)))
    }

    /// What came of doing everything once more.
    pub fn proof(&self, proof: Proof, asked: usize) -> Vec<String> {
        let number = |n: usize| Bilingual::same(&n.to_string());
        let again = self.say("proof_again").with("letters", &number(proof.letters_again));
        let repeated = self
            .say("proof_mail")
            .with("mails", &number(proof.mails_repeated))
            .with("letters", &number(proof.letters_repeated))
            .with("cases", &number(proof.cases_repeated));
        let follow_up = self.say("proof_follow_up").with("asked", &number(asked));
        let head = self.styled(Style::Strong, self.text(&self.say("proof")));
        let lines = [again, repeated, follow_up].map(|line| format!("  {}", self.text(&line)));
        [vec![String::new(), head], lines.to_vec()].concat()
    }

    /// How the cases stand at the end.
    pub fn cases(&self, cases: &[(usize, Case)], script: &Script) -> Vec<String> {
        let mut lines = vec![String::new(), self.styled(Style::Strong, self.text(&self.say("cases")))];
        for (story, case) in cases {
            let state = self.words.say("state", case.phase.code());
            let follow_up = follow_up_words(&case.follow_up, &self.words);
            let title = script.stories.get(*story).map(|story| self.text(&story.title)).unwrap_or_default();
            lines.push(format!("  {}  {:<26} {:<24} {title}", case.number, self.text(&state), self.text(&follow_up)));
        }
        lines
    }

    /// What it was, and how the reader goes on from here.
    pub fn farewell(&self, sum: &Sum, folder: &str, number: &str) -> Vec<String> {
        let value = |n: usize| Bilingual::same(&n.to_string());
        let seconds = self
            .say("seconds")
            .with("mails", &value(sum.mails))
            .with("cases", &value(sum.cases))
            .with("letters", &value(sum.letters))
            .with("days", &Bilingual::same(&sum.days.to_string()))
            .with("seconds", &Bilingual::same(&format!("{:.1}", sum.took.as_secs_f64())));
        vec![
            String::new(),
            format!("  {}", self.text(&seconds)),
            String::new(),
            self.styled(Style::Strong, self.text(&self.say("go_on"))),
            format!("  {}", self.text(&self.say("open_page"))),
            self.styled(Style::Letter, &format!("    {folder}/index.html")),
            format!("  {}", self.text(&self.say("list_cases"))),
            self.styled(Style::Letter, &format!("    wederhoor cases --config {folder}/wederhoor.toml")),
            self.styled(Style::Letter, &format!("    wederhoor case {number} --config {folder}/wederhoor.toml")),
        ]
    }
}

/// What the demo was, in figures.
#[derive(Clone, Copy, Debug)]
pub struct Sum {
    /// Mails that came.
    pub mails: usize,
    /// Cases that were opened.
    pub cases: usize,
    /// Letters that left.
    pub letters: usize,
    /// Days that passed on the desk's clock.
    pub days: i64,
    /// How long it took in our time.
    pub took: std::time::Duration,
}

/// The record of the follow-up, in words.
pub(super) fn follow_up_words(record: &FollowUp, words: &Words) -> Bilingual {
    match record {
        FollowUp::Answered { grade: Some(grade), .. } => {
            words.say("follow_up", "answered").with("grade", &Bilingual::same(&grade.to_string()))
        }
        FollowUp::Answered { grade: None, .. } => words.say("follow_up", "answered_words"),
        other => words.say("follow_up", other.code()),
    }
}

fn subject(mail: &[u8]) -> Option<String> {
    let mail = MessageParser::default().parse_headers(mail)?;
    mail.subject().filter(|subject| !subject.trim().is_empty()).map(str::to_owned)
}
