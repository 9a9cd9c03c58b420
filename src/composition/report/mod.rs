//! The report of a desk: one page that needs nothing else, a PDF to print, and a table for a spreadsheet (domain.md
//! section 2.5).

mod chart;
mod sheet;
mod words;

#[cfg(test)]
mod tests;

use handlebars::Handlebars;
use serde_json::json;

use super::paper::{Paper, PaperBlock, PaperLine, PaperSheet, Press, Shape};
use super::relay::Relayed;
use super::{CompositionError, DeskFacts};
use crate::mediation::report::{Disclosure, Tally};
use crate::model::{Instant, Language};
use sheet::{Sheet, day};
use words::ReportWords;

/// A report in its three forms. The same figures give the same bytes.
#[derive(Clone, Debug)]
pub struct Report {
    /// Name of its files, without an ending.
    pub name: String,
    /// One page that needs nothing else.
    pub html: String,
    /// For a spreadsheet: table, row, what stands there.
    pub csv: String,
    /// To print.
    pub pdf: Vec<u8>,
}

impl Report {
    /// The three files.
    pub fn files(self) -> [Relayed; 3] {
        let file = |ending: &str, media_type, bytes| Relayed { name: format!("{}.{ending}", self.name), media_type, bytes };
        [
            file("pdf", "application/pdf", self.pdf),
            file("html", "text/html; charset=utf-8", self.html.into_bytes()),
            file("csv", "text/csv; charset=utf-8", self.csv.into_bytes()),
        ]
    }
}

/// Writes the report of a desk.
///
/// # Errors
/// Where a file that comes with the program is damaged.
pub fn report(
    desk: &DeskFacts,
    tally: &Tally,
    disclosure: Disclosure,
    language: Language,
    now: Instant,
    press: &Press,
) -> Result<Report, CompositionError> {
    let fault = |reason: String| CompositionError::Report { reason };
    let words = ReportWords::read(language).map_err(|error| fault(error.to_string()))?;
    let sheet = Sheet::of(tally, disclosure, &words, &desk.name, &day(now.with_timezone(&desk.zone).date_naive()));
    let name = words.file.replace("{period}", &tally.period().to_string());
    let paper = PaperSheet {
        title: &sheet.title,
        desk: &desk.name,
        language,
        now,
        file_name: format!("{name}.pdf"),
        blocks: blocks(&sheet),
    };
    let Paper { bytes: pdf, .. } = press.print_sheet(paper).map_err(fault)?;
    Ok(Report { name, html: html(&sheet, &words, language).map_err(fault)?, csv: csv(&sheet), pdf })
}

fn html(sheet: &Sheet, words: &ReportWords, language: Language) -> Result<String, String> {
    let mut page = Handlebars::new();
    page.set_strict_mode(true);
    let chart = chart::svg(&sheet.columns);
    let facts = json!({
        "language": language.tag(),
        "title": sheet.title,
        "made": sheet.made,
        "notes": sheet.notes,
        "chart": chart.map(|svg| json!({ "title": words.chart, "svg": svg, "note": words.chart_note })),
        "sections": sheet.sections,
    });
    page.render_template(include_str!("../../../templates/report.html"), &facts).map_err(|error| error.to_string())
}

/// The same on paper: each row with its bar stands for the chart too.
fn blocks(sheet: &Sheet) -> Vec<PaperBlock> {
    let line = |text: &String| PaperLine { text: text.clone(), strong: Vec::new() };
    let block = |shape: Shape, lines: &[&String]| PaperBlock { shape, lines: lines.iter().map(|text| line(text)).collect() };
    let mut blocks: Vec<PaperBlock> =
        std::iter::once(&sheet.made).chain(&sheet.notes).map(|text| block(Shape::Paragraph, &[text])).collect();
    for section in &sheet.sections {
        blocks.push(block(Shape::Heading, &[&section.title]));
        blocks.extend(section.note.iter().map(|note| block(Shape::Paragraph, &[note])));
        blocks.extend(section.rows.iter().map(|row| {
            let percent = row.percent.and_then(|percent| u8::try_from(percent).ok());
            block(Shape::Row(percent), &[&row.label, &row.value])
        }));
    }
    blocks
}

/// RFC 4180, with a line of headings.
fn csv(sheet: &Sheet) -> String {
    let field = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut lines = vec!["table,row,words,value".to_owned()];
    for section in &sheet.sections {
        for row in &section.rows {
            lines.push([section.code.as_str(), &row.code, &row.label, &row.value].map(field).join(","));
        }
    }
    lines.push(String::new());
    lines.join("\r\n")
}
