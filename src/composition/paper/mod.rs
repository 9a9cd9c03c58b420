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

use super::template::{Overrides, PaperLetters};
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
    letters: PaperLetters,
    dutch: PaperWords,
    english: PaperWords,
    /// Read when the first letter is printed: a desk may never print one, and they take some megabytes.
    fonts: OnceLock<Option<Fonts>>,
}

impl Press {
    /// Reads the templates, with a desk's own versions where it has any.
    pub fn new(overrides: Option<&Overrides>) -> Result<Self, Vec<TemplateFault>> {
        let dutch = PaperWords::read(Language::Nl).map_err(|fault| vec![fault])?;
        let english = PaperWords::read(Language::En).map_err(|fault| vec![fault])?;
        Ok(Self { letters: PaperLetters::read(overrides, &facts::samples)?, dutch, english, fonts: OnceLock::new() })
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
        let (title, blocks) = self.letters.render(letter.language, letter.kind, &context).map_err(fault)?;
        let head = facts::head(letter, words, &title, dates);
        let fonts = self.fonts.get_or_init(Fonts::new).as_ref();
        let fonts = fonts.ok_or_else(|| fault("a font under config/fonts can not be read: report it".to_owned()))?;
        let sheets = page::set(fonts, &head, &blocks);
        let bytes = pdf::write(fonts, &head, &sheets, letter).map_err(fault)?;
        Ok(Paper { file_name: words.file_name(letter.kind, letter.number), bytes })
    }
}
