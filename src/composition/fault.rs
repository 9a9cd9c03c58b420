//! What can be wrong: with a template at start-up, and with one letter.

use super::paper::PaperKind;
use crate::model::LetterKind;

/// One thing that is wrong with a template. Start-up reports all of them at once.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("templates/{file}: {problem}; {hint}")]
pub struct TemplateFault {
    /// The file below `templates/`, or below the desk's own folder.
    pub file: String,
    /// The field or tag it is about, where it is about one.
    pub field: Option<String>,
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub hint: String,
}

impl TemplateFault {
    /// A fault of a whole file.
    pub(super) fn of_file(file: &str, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { file: file.to_owned(), field: None, problem: problem.into(), hint: hint.into() }
    }

    /// A fault of one tag or field.
    pub(super) fn of_field(file: &str, field: &str, problem: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { file: file.to_owned(), field: Some(field.to_owned()), problem: problem.into(), hint: hint.into() }
    }
}

/// Why a letter could not be composed. None of these passes by itself: the order is the same next time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompositionError {
    /// A field had no value. The letter is not sent (domain.md section 4).
    #[error("the letter {} has an unfilled field: {reason}", letter.template())]
    Unfilled {
        /// Which letter.
        letter: LetterKind,
        /// What the renderer said; holds field names only.
        reason: String,
    },
    /// A letter to print could not be set.
    #[error("the letter on paper {} can not be written: {reason}", letter.template())]
    Paper {
        /// Which letter.
        letter: PaperKind,
        /// What was missing; holds field names only.
        reason: String,
    },
    /// A report could not be written.
    #[error("the report can not be written: {reason}")]
    Report {
        /// What is damaged; holds names of files and fields only.
        reason: String,
    },
    /// The desk has no officer whose name could stand in the letter (R28).
    #[error("the desk has no officer to sign its letters; add [[desk.officer]] with a name and an address")]
    NobodyToSign,
    /// An address can not stand in a header field.
    #[error("an address of the letter {} can not be written in a header field", letter.template())]
    Address {
        /// Which letter.
        letter: LetterKind,
    },
    /// The order's passage does not belong to its letter: a mistake of the program, not of a person.
    #[error("the letter {} was ordered without what it tells about", letter.template())]
    WrongPassage {
        /// Which letter.
        letter: LetterKind,
    },
}

impl CompositionError {
    /// Whether trying again may help: never, the same order gives the same letter.
    pub fn is_temporary(&self) -> bool {
        false
    }
}
