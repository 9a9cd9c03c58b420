//! Pages to look at: every letter in every language with sample facts, wide and narrow, light and dark
//! (`wederhoor templates preview DIR`).

use handlebars::Handlebars;
use mail_parser::{MessageParser, MimeHeaders};
use serde::Serialize;

use super::composer::Composer;
use super::paper::{PaperKind, example};
use super::{CompositionError, sample};
use crate::model::{Language, LetterKind};

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

/// What switches the dark colours on in a letter.
const DARK: &str = "(prefers-color-scheme:dark)";

#[derive(Debug, Serialize)]
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
    let index = registry.render_template(INDEX, &serde_json::json!({ "letters": entries, "papers": links }));
    let unfilled = |error: handlebars::RenderError| CompositionError::Unfilled {
        letter: LetterKind::OperatorAlarm,
        reason: format!("preview: {error}"),
    };
    pages.extend(papers);
    pages.insert(0, Page { file_name: "index.html".to_owned(), bytes: index.map_err(unfilled)?.into_bytes() });
    Ok(pages)
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
