//! Where the text of a letter comes from: compiled in, or the desk's own folder (design.md section 6).

use std::collections::HashMap;

use include_dir::{Dir, include_dir};

use crate::composition::paper::PaperKind;
use crate::model::{Language, LetterKind};

/// The letters that come with the program.
static SHIPPED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// One file below `templates/`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// `layout.html`: what stands around every HTML part.
    Layout,
    /// `<language>/<letter>.md`.
    Letter(Language, LetterName),
    /// `<language>/paper/<letter>.md`: a letter to print.
    Paper(Language, PaperKind),
    /// `<language>/parts/<name>.md`: a passage that several letters share.
    Part(Language, String),
}

/// A letter by the name of its template, so that sources can be sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LetterName(pub &'static str);

/// A desk's own versions of files, already read.
pub type Overrides = HashMap<Source, String>;

impl Source {
    /// The letter of this kind.
    pub fn letter(language: Language, kind: LetterKind) -> Self {
        Self::Letter(language, LetterName(kind.template()))
    }

    /// The letter to print of this kind.
    pub fn paper(language: Language, kind: PaperKind) -> Self {
        Self::Paper(language, kind)
    }

    /// The file with this name below a template folder; `None` for a name that no letter has.
    pub fn from_file_name(name: &str) -> Option<Self> {
        if name == "layout.html" {
            return Some(Self::Layout);
        }
        let (language, rest) = name.split_once('/')?;
        let language = Language::ALL.into_iter().find(|known| known.tag() == language)?;
        let stem = rest.strip_suffix(".md")?;
        if let Some(paper) = stem.strip_prefix("paper/") {
            return PaperKind::from_template(paper).map(|kind| Self::Paper(language, kind));
        }
        match stem.strip_prefix("parts/") {
            Some(part) => SHIPPED.get_file(name).map(|_| Self::Part(language, part.to_owned())),
            None => LetterKind::from_template(stem).map(|kind| Self::letter(language, kind)),
        }
    }

    /// Its name below a template folder.
    pub fn file_name(&self) -> String {
        match self {
            Self::Layout => "layout.html".to_owned(),
            Self::Letter(language, name) => format!("{}/{}.md", language.tag(), name.0),
            Self::Paper(language, kind) => format!("{}/paper/{}.md", language.tag(), kind.template()),
            Self::Part(language, name) => format!("{}/parts/{name}.md", language.tag()),
        }
    }

    /// Its text: the desk's own, or the shipped one.
    pub fn text<'a>(&self, overrides: Option<&'a Overrides>) -> Option<&'a str> {
        let own = overrides.and_then(|files| files.get(self)).map(String::as_str);
        own.or_else(|| SHIPPED.get_file(self.file_name()).and_then(include_dir::File::contents_utf8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_file_has_a_place_and_every_letter_has_a_file() {
        fn walk(dir: &Dir<'_>) {
            for file in dir.files() {
                let name = file.path().to_str().unwrap();
                // The page of the yearly report is no letter, and no desk replaces it.
                if name == "report.html" {
                    continue;
                }
                assert_eq!(Source::from_file_name(name).map(|source| source.file_name()).as_deref(), Some(name));
            }
            dir.dirs().for_each(walk);
        }
        walk(&SHIPPED);
        for (language, kind) in Language::ALL.into_iter().flat_map(|l| LetterKind::ALL.map(|k| (l, k))) {
            assert!(Source::letter(language, kind).text(None).is_some(), "{} {}", language.tag(), kind.template());
        }
    }
}
