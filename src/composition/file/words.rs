//! The words of a file on paper, from `config/words/file.<language>.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::Language;

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileWords {
    /// Title of the whole file.
    pub whole: String,
    /// Title of what is kept about one person.
    pub access: String,
    /// File name of the whole file, without an ending.
    pub whole_name: String,
    /// File name of the part about one person.
    pub access_name: String,
    /// File name of an original mail.
    pub mail_name: String,
    /// How to read the whole file.
    pub whole_note: String,
    /// What the part about one person is, and what is not in it.
    pub access_notes: Vec<String>,
    /// Names of facts by code.
    pub facts: BTreeMap<String, String>,
    /// Headings by code.
    pub headings: BTreeMap<String, String>,
    /// Who wrote, by code.
    pub senders: BTreeMap<String, String>,
    /// Names of entries of the journal by kind; those without one are not shown.
    pub events: BTreeMap<String, String>,
    /// Where a text was cut.
    pub shortened: String,
    /// Where a mail was too large to be read.
    pub too_large: String,
    /// Where somebody wrote nothing.
    pub no_text: String,
    /// Names of attachments stand behind this.
    pub attachments: String,
}

impl FileWords {
    /// The words that come with the program.
    pub fn read(language: Language) -> Result<Self, String> {
        let text = match language {
            Language::Nl => include_str!("../../../config/words/file.nl.toml"),
            Language::En => include_str!("../../../config/words/file.en.toml"),
        };
        toml::from_str(text).map_err(|error| error.message().to_owned())
    }

    /// Words by code, or the code.
    pub fn of<'a>(table: &'a BTreeMap<String, String>, code: &'a str) -> &'a str {
        table.get(code).map_or(code, String::as_str)
    }
}
