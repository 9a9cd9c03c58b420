//! Pages to look at: every letter in every language with sample facts, wide and narrow, light and dark
//! (`wederhoor templates preview DIR`).

use handlebars::Handlebars;
use mail_parser::{MessageParser, MimeHeaders};
use serde::{Deserialize, Serialize};

use super::composer::Composer;
use super::paper::{PaperKind, example};
use super::{CompositionError, sample};
use crate::model::{Language, LetterKind, Readership};

/// One file of the preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its name below the folder, with `/` between folders.
    pub file_name: String,
    /// Its content: HTML in UTF-8, or a PDF.
    pub bytes: Vec<u8>,
}

/// The page around the letters. It is for the operator and no letter, so it is no template of a desk.
const INDEX: &str = include_str!("../../config/preview/index.html");

/// In which moment of a case each letter stands.
const MOMENTS: &str = include_str!("../../config/preview/moments.toml");

/// The readers, in the order of the page.
const READERS: [(Readership, &str, &str); 5] = [
    (Readership::Complainant, "complainant", "To the complainant"),
    (Readership::Respondent, "respondent", "To the respondent"),
    (Readership::EitherParty, "both", "To each party, in the same words"),
    (Readership::Officer, "officer", "To the officer"),
    (Readership::Operator, "operator", "To the operator"),
];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Life {
    moment: Vec<Moment>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Moment {
    title: String,
    letters: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ReaderShown {
    id: &'static str,
    title: &'static str,
    moments: Vec<MomentShown>,
}

#[derive(Debug, Serialize)]
struct MomentShown {
    title: String,
    letters: Vec<LetterShown>,
}

#[derive(Debug, Serialize)]
struct LetterShown {
    name: String,
    /// The subject of its first sample.
    title: String,
    count: usize,
    samples: Vec<Entry>,
}

/// What switches the dark colours on in a letter.
const DARK: &str = "(prefers-color-scheme:dark)";

#[derive(Clone, Debug, Serialize)]
struct Entry {
    name: String,
    language: &'static str,
    number: usize,
    light: String,
    dark: String,
    subject: String,
    from: String,
    reply_to: String,
    to: String,
    plain: String,
    attachments: Vec<String>,
    bytes: usize,
}

/// All pages; the first is the index.
pub fn preview(composer: &Composer) -> Result<Vec<Page>, CompositionError> {
    let (mut entries, mut pages) = (Vec::new(), Vec::new());
    for (kind, language) in LetterKind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|language| (kind, language))) {
        for (index, sample) in sample::samples(kind).iter().enumerate() {
            let letter = sample.compose(composer, language)?;
            let Some(mail) = MessageParser::default().parse(&letter.bytes) else { continue };
            let html = mail.body_html(0).unwrap_or_default().into_owned();
            let stem = format!("{}/{}-{}", language.tag(), kind.template(), index + 1);
            let header = |name: &str| mail.header_raw(name).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
            entries.push(Entry {
                name: kind.template().to_owned(),
                language: language.tag(),
                number: index + 1,
                light: format!("{stem}.html"),
                dark: format!("{stem}.dark.html"),
                subject: mail.subject().unwrap_or_default().to_owned(),
                from: header("From"),
                reply_to: header("Reply-To"),
                to: header("To"),
                plain: mail.body_text(0).unwrap_or_default().into_owned(),
                attachments: mail.attachments().filter_map(|part| part.attachment_name().map(str::to_owned)).collect(),
                bytes: letter.bytes.len(),
            });
            // A browser shows one scheme at a time; the copies fix it, so that both can be seen side by side.
            pages.push(Page { file_name: format!("{stem}.dark.html"), bytes: html.replace(DARK, "all").into_bytes() });
            pages.push(Page { file_name: format!("{stem}.html"), bytes: html.replace(DARK, "not all").into_bytes() });
        }
    }
    let papers = papers(composer)?;
    let links: Vec<&str> = papers.iter().map(|page| page.file_name.as_str()).collect();
    let mut registry = Handlebars::new();
    registry.set_strict_mode(true);
    let index = registry.render_template(INDEX, &serde_json::json!({ "readers": by_reader(&entries)?, "papers": links }));
    pages.extend(papers);
    let index = index.map_err(|error| of_the_page(&error))?;
    pages.insert(0, Page { file_name: "index.html".to_owned(), bytes: index.into_bytes() });
    Ok(pages)
}

fn of_the_page(error: &dyn std::error::Error) -> CompositionError {
    CompositionError::Unfilled { letter: LetterKind::OperatorAlarm, reason: format!("preview: {error}") }
}

/// The letters by who reads them and, within that, by the moment in the life of a case.
fn by_reader(entries: &[Entry]) -> Result<Vec<ReaderShown>, CompositionError> {
    let life: Life = toml::from_str(MOMENTS).map_err(|error| of_the_page(&error))?;
    let letter = |name: &String| {
        let samples: Vec<Entry> = entries.iter().filter(|entry| entry.name == *name).cloned().collect();
        let title = samples.first()?.subject.clone();
        Some(LetterShown { name: name.clone(), title, count: samples.len(), samples })
    };
    let read_by = |readership: Readership, moment: &Moment| {
        let reads = |name: &&String| LetterKind::from_template(name).is_some_and(|kind| kind.readership() == readership);
        let letters: Vec<LetterShown> = moment.letters.iter().filter(reads).filter_map(letter).collect();
        (!letters.is_empty()).then(|| MomentShown { title: moment.title.clone(), letters })
    };
    let reader = |(readership, id, title)| ReaderShown {
        id,
        title,
        moments: life.moment.iter().filter_map(|moment| read_by(readership, moment)).collect(),
    };
    Ok(READERS.into_iter().map(reader).collect())
}

/// Every letter to print, in every language.
fn papers(composer: &Composer) -> Result<Vec<Page>, CompositionError> {
    let Some(sample) = sample::samples(LetterKind::Reopened).into_iter().next() else { return Ok(Vec::new()) };
    let each = PaperKind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|language| (kind, language)));
    each.map(|(kind, language)| {
        let paper = composer.paper(&example(kind, language, &sample.desk, sample.case.number, sample.now))?;
        Ok(Page { file_name: format!("{}/paper-{}.pdf", language.tag(), kind.template()), bytes: paper.bytes })
    })
    .collect()
}
