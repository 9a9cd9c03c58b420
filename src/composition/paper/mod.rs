//! Letters on paper: for people without e-mail, and the agreements that both parties keep (R4, R19). A PDF that the
//! officer prints and posts.
//!
//! Takes facts, gives bytes; the same facts give the same bytes. Each PDF is tagged (ISO 32000-1 section 14.8), names its
//! language and its title, holds its fonts, and can be searched and read aloud. The address stands where the window of an
//! envelope is. What people wrote is set as it is and is never markup (M149). A letter never holds what was said in the
//! talk (R20): the agreements are the officer's own text, and nothing else is asked for.

mod example;
mod facts;
mod fonts;
mod page;
mod pdf;
mod setting;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::OnceLock;

use super::template::{Overrides, PaperLetters, Source};
use super::{CompositionError, DeskFacts, TemplateFault};
use crate::model::{CaseNumber, Instant, Language};
pub use example::example;
use facts::PaperWords;
use fonts::Fonts;

/// The letters that can be set on paper. The name in `templates/<language>/paper/` is [`PaperKind::template`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaperKind {
    /// T23: the agreements, and nothing but the agreements (R19, R20).
    Agreements,
    /// T01 for somebody without e-mail.
    Acknowledgement,
    /// The officer's own words to somebody without e-mail.
    Letter,
}

impl PaperKind {
    /// Every letter on paper.
    pub const ALL: [Self; 3] = [Self::Agreements, Self::Acknowledgement, Self::Letter];

    /// The file under `templates/<language>/paper/`, without `.md`.
    pub fn template(self) -> &'static str {
        match self {
            Self::Agreements => "agreements",
            Self::Acknowledgement => "acknowledgement",
            Self::Letter => "letter",
        }
    }

    /// The letter whose template has this name.
    pub fn from_template(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.template() == name)
    }
}

/// What a letter on paper is written from.
#[derive(Clone, Debug)]
pub struct PaperLetter<'a> {
    /// Which letter.
    pub kind: PaperKind,
    /// In which language.
    pub language: Language,
    /// The desk that writes.
    pub desk: &'a DeskFacts,
    /// The officer who signs.
    pub officer: &'a str,
    /// The case.
    pub number: CaseNumber,
    /// The moment of writing: its civil date stands on the letter.
    pub now: Instant,
    /// Who gets it, as greeted and as written above the address.
    pub recipient: Option<&'a str>,
    /// Street, postal code and town; empty where they are not known.
    pub postal_address: &'a [&'a str],
    /// The agreements, or the officer's words.
    pub words: &'a str,
    /// By whom the agreements were made.
    pub parties: &'a [&'a str],
    /// When the complaint came in.
    pub received_at: Option<Instant>,
    /// By when the officer gets in touch.
    pub contact_by: Option<chrono::NaiveDate>,
    /// The last day of the organisation's written answer, where the law knows one.
    pub decision_by: Option<chrono::NaiveDate>,
    /// Whether everybody has confirmed the agreements.
    pub settled: bool,
}

/// Something to print that is no letter.
#[derive(Clone, Debug)]
pub struct PaperSheet<'a> {
    /// Its title.
    pub title: &'a str,
    /// The desk that it is of.
    pub desk: &'a str,
    /// In which language.
    pub language: Language,
    /// The moment of writing.
    pub now: Instant,
    /// Its name, ending in `.pdf`.
    pub file_name: String,
    /// What stands on it.
    pub blocks: Vec<PaperBlock>,
}

/// A letter to print, as it hangs on a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its name, ending in `.pdf`.
    pub file_name: String,
    /// The PDF.
    pub bytes: Vec<u8>,
}

/// What a block of a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Some sentences.
    Paragraph,
    /// A heading.
    Heading,
    /// An item of a list.
    Bullet,
    /// An item of a numbered list.
    Number(u32),
    /// Somebody's words.
    Quote,
    /// A line across.
    Rule,
    /// A row of a table: its first line is the words, the second what stands behind them; with a bar of so many percent.
    Row(Option<u8>),
}

/// A block of a letter, filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaperBlock {
    /// What it is.
    pub shape: Shape,
    /// Its lines as they were broken by the writer; each is wrapped to the page.
    pub lines: Vec<PaperLine>,
}

/// One line as its writer broke it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaperLine {
    /// The text, without control characters.
    pub text: String,
    /// What of it is bold, in bytes.
    pub strong: Vec<Range<usize>>,
}

/// What writes letters on paper. Built once, used from any thread.
#[derive(Debug)]
pub struct Press {
    overrides: Overrides,
    /// Read when the first letter is printed, as the fonts are.
    letters: OnceLock<Result<PaperLetters, Vec<TemplateFault>>>,
    dutch: PaperWords,
    english: PaperWords,
    /// Read when the first letter is printed: a desk may never print one, and they take some megabytes.
    fonts: OnceLock<Option<Fonts>>,
}

impl Press {
    /// Takes the templates, with a desk's own versions where it has any. They are read and proven here where the desk
    /// has any or `whole` asks for it; what ships was proven when the program was made.
    pub fn new(overrides: Option<&Overrides>, whole: bool) -> Result<Self, Vec<TemplateFault>> {
        let dutch = PaperWords::read(Language::Nl).map_err(|fault| vec![fault])?;
        let english = PaperWords::read(Language::En).map_err(|fault| vec![fault])?;
        let overrides = overrides.cloned().unwrap_or_default();
        let letters = OnceLock::new();
        if whole || overrides.keys().any(|own| matches!(own, Source::Paper(..) | Source::Part(..))) {
            let read = PaperLetters::read(&overrides, &facts::samples)?;
            letters.get_or_init(|| Ok(read));
        }
        Ok(Self { overrides, letters, dutch, english, fonts: OnceLock::new() })
    }

    fn letters(&self) -> Result<&PaperLetters, String> {
        let read = self.letters.get_or_init(|| PaperLetters::read(&self.overrides, &facts::samples));
        read.as_ref().map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }

    /// Writes something that is no letter.
    ///
    /// # Errors
    /// What is damaged, in words.
    pub fn print_sheet(&self, sheet: PaperSheet<'_>) -> Result<Paper, String> {
        let words = match sheet.language {
            Language::Nl => &self.dutch,
            Language::En => &self.english,
        };
        let head = facts::plain_head(sheet.title, sheet.desk, words);
        let fonts = self.fonts()?;
        let sheets = page::set(fonts, &head, &sheet.blocks);
        let id = format!("{} {}", sheet.file_name, sheet.now.timestamp_micros());
        let bytes = pdf::write(fonts, &head, &sheets, &pdf::Colophon { language: sheet.language, now: sheet.now, id })?;
        Ok(Paper { file_name: sheet.file_name, bytes })
    }

    fn fonts(&self) -> Result<&Fonts, String> {
        let fonts = self.fonts.get_or_init(Fonts::new).as_ref();
        fonts.ok_or_else(|| "a font under config/fonts can not be read: report it".to_owned())
    }

    /// Writes one letter; `dates` says a day as people say it.
    pub(super) fn print(
        &self,
        letter: &PaperLetter<'_>,
        dates: &dyn Fn(chrono::NaiveDate) -> String,
    ) -> Result<Paper, CompositionError> {
        let words = match letter.language {
            Language::Nl => &self.dutch,
            Language::En => &self.english,
        };
        let fault = |reason: String| CompositionError::Paper { letter: letter.kind, reason };
        let context = facts::context(letter, dates).map_err(fault)?;
        let (title, blocks) = self.letters().map_err(fault)?.render(letter.language, letter.kind, &context).map_err(fault)?;
        let head = facts::head(letter, words, &title, dates);
        let fonts = self.fonts().map_err(fault)?;
        let sheets = page::set(fonts, &head, &blocks);
        let id = format!("{} {} {}", letter.number, letter.kind.template(), letter.now.timestamp_micros());
        let colophon = pdf::Colophon { language: letter.language, now: letter.now, id };
        let bytes = pdf::write(fonts, &head, &sheets, &colophon).map_err(fault)?;
        Ok(Paper { file_name: words.file_name(letter.kind, letter.number), bytes })
    }
}
