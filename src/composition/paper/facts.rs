//! The facts of a letter on paper, and what stands around its text.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use handlebars::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{PaperKind, PaperLetter};
use crate::composition::TemplateFault;
use crate::composition::human_text::{Line, Words};
use crate::model::{CaseNumber, Language};

/// Longest text of a person on paper, in bytes: some two hundred pages.
const LONGEST_WORDS: usize = 600_000;

/// The words of one language, from `config/words/paper.<language>.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperWords {
    page: String,
    date: String,
    number: String,
    phone: String,
    file_names: BTreeMap<String, String>,
}

impl PaperWords {
    /// The words of one language.
    pub fn read(language: Language) -> Result<Self, TemplateFault> {
        let (file, text) = match language {
            Language::Nl => ("config/words/paper.nl.toml", include_str!("../../../config/words/paper.nl.toml")),
            Language::En => ("config/words/paper.en.toml", include_str!("../../../config/words/paper.en.toml")),
        };
        toml::from_str(text).map_err(|error| TemplateFault::of_file(file, error.message(), "correct the file"))
    }

    /// The name of the file.
    pub fn file_name(&self, kind: PaperKind, number: CaseNumber) -> String {
        let pattern = self.file_names.get(kind.template()).map_or("{number}.pdf", String::as_str);
        pattern.replace("{number}", &number.to_string())
    }
}

/// What the template of a letter may use.
#[derive(Debug, Serialize)]
struct Facts {
    desk: Desk,
    officer: Officer,
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recipient_name: Option<Line>,
    words: Words,
    parties: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    received_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_by: Option<String>,
    settled: bool,
}

#[derive(Debug, Serialize)]
struct Desk {
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_address: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_link: Option<Line>,
    name: Line,
    address: Line,
    phone: Line,
    hours: Line,
}

#[derive(Debug, Serialize)]
struct Officer {
    name: Line,
}

/// The facts as handlebars reads them. A field that may be absent is left out, so that a letter must ask first.
pub fn context(letter: &PaperLetter<'_>, dates: &dyn Fn(NaiveDate) -> String) -> Result<Context, String> {
    let zone = letter.desk.zone;
    let facts = Facts {
        desk: Desk {
            postal_address: letter.desk.postal_address.as_deref().map(Line::new),
            scheme_link: letter.desk.scheme_link.as_deref().map(Line::new),
            name: Line::new(&letter.desk.name),
            address: Line::new(letter.desk.address.as_str()),
            phone: Line::new(&letter.desk.phone),
            hours: Line::new(letter.desk.hours_in(letter.language)),
        },
        officer: Officer { name: Line::new(letter.officer) },
        number: letter.number.to_string(),
        recipient_name: letter.recipient.and_then(Line::greeting),
        words: Words::new(letter.words, LONGEST_WORDS).0,
        parties: letter.parties.iter().map(|party| Line::new(party)).filter(|party| !party.is_empty()).collect(),
        received_on: letter.received_at.map(|at| dates(at.with_timezone(&zone).date_naive())),
        contact_by: letter.contact_by.map(dates),
        decision_by: letter.decision_by.map(dates),
        settled: letter.settled,
    };
    Context::wraps(&facts).map_err(|error| error.to_string())
}

/// Facts in which every field is filled in, to prove the templates with.
pub fn samples(_: PaperKind) -> Vec<Value> {
    let line = |text: &str| Line::new(text);
    let facts = Facts {
        desk: Desk {
            postal_address: Some(line("o")),
            scheme_link: Some(line("s")),
            name: line("d"),
            address: line("a"),
            phone: line("p"),
            hours: line("h"),
        },
        officer: Officer { name: line("o") },
        number: "n".to_owned(),
        recipient_name: Some(line("r")),
        words: Words::new("w", 10).0,
        parties: vec![line("p")],
        received_on: Some("d".to_owned()),
        contact_by: Some("d".to_owned()),
        decision_by: Some("d".to_owned()),
        settled: true,
    };
    serde_json::to_value(&facts).into_iter().collect()
}

/// What stands around the text of a letter.
#[derive(Debug)]
pub struct Head {
    /// Whether sender, address and date stand around the words.
    pub is_letter: bool,
    /// The title of letter and document.
    pub title: String,
    /// Who writes: the desk's name first.
    pub sender: Vec<String>,
    /// Who it is for, as in the window of an envelope.
    pub address: Vec<String>,
    /// Date and number.
    pub reference: Vec<String>,
    /// At the foot of every page, before the number of the page.
    pub foot: String,
    page: String,
}

impl Head {
    /// "Klachtenhulp, 2026-0142, pagina 1 van 2".
    pub fn foot_of(&self, page: usize, pages: usize) -> String {
        let page = self.page.replace("{page}", &page.to_string()).replace("{pages}", &pages.to_string());
        format!("{} · {page}", self.foot)
    }
}

/// The surroundings of something that is no letter: a title, and a foot on every page.
pub fn plain_head(title: &str, desk: &str, words: &PaperWords) -> Head {
    let text = |text: &str| Line::new(text).as_str().to_owned();
    Head {
        is_letter: false,
        title: text(title),
        sender: vec![text(desk)],
        address: Vec::new(),
        reference: Vec::new(),
        foot: text(desk),
        page: words.page.clone(),
    }
}

/// The surroundings of a letter.
pub fn head(letter: &PaperLetter<'_>, words: &PaperWords, title: &str, dates: &dyn Fn(NaiveDate) -> String) -> Head {
    let desk = letter.desk;
    let text = |text: &str| Line::new(text).as_str().to_owned();
    let today = letter.now.with_timezone(&desk.zone).date_naive();
    let recipient = letter.recipient.iter().chain(letter.postal_address).map(|line| text(line));
    Head {
        is_letter: true,
        title: text(title),
        sender: std::iter::once(text(&desk.name))
            .chain(desk.postal_address.iter().flat_map(|address| address.split(',')).map(|line| text(line.trim())))
            .chain([
                text(desk.address.as_str()),
                format!("{} {}", words.phone, text(&desk.phone)),
                text(desk.hours_in(letter.language)),
            ])
            .collect(),
        address: recipient.filter(|line| !line.is_empty()).collect(),
        reference: vec![format!("{}: {}", words.date, dates(today)), format!("{}: {}", words.number, letter.number)],
        foot: format!("{} · {}", text(&desk.name), letter.number),
        page: words.page.clone(),
    }
}
