//! The files themselves: a head between two lines of `---`, and a body.

use super::html::{Attributes, ELEMENTS};
use super::source::{Overrides, Source};
use crate::composition::TemplateFault;
use crate::model::Language;

/// One letter as it stands in its file.
#[derive(Debug)]
pub struct LetterFile {
    /// The `subject:` of its head.
    pub subject: String,
    /// The `reply-name:` of its head: who reads an answer. Without it, the name of the desk.
    pub reply_name: Option<String>,
    /// CommonMark with placeholders, the shared parts put in.
    pub body: String,
}

impl LetterFile {
    /// Reads a letter and the parts it shares with others.
    pub fn read(
        source: &Source,
        language: Language,
        overrides: Option<&Overrides>,
        faults: &mut Vec<TemplateFault>,
    ) -> Option<Self> {
        let file = source.file_name();
        let Some(text) = source.text(overrides) else {
            faults.push(TemplateFault::of_file(&file, "the letter is missing", "add the file"));
            return None;
        };
        let Some((head, body)) = split_head(text) else {
            let hint = "begin with a line ---, a line `subject: …` and a line ---";
            faults.push(TemplateFault::of_file(&file, "the letter has no head", hint));
            return None;
        };
        let mut letter =
            Self { subject: String::new(), reply_name: None, body: with_parts(&file, body, language, overrides, faults) };
        for (key, value) in head {
            match key {
                "subject" => value.clone_into(&mut letter.subject),
                "reply-name" => letter.reply_name = Some(value.to_owned()),
                other => faults.push(TemplateFault::of_field(
                    &file,
                    other,
                    format!("unknown line `{other}` in the head"),
                    "a head knows subject and reply-name",
                )),
            }
        }
        if letter.subject.is_empty() {
            faults.push(TemplateFault::of_file(&file, "the letter has no subject", "add `subject: …` to its head"));
        }
        Some(letter)
    }
}

/// Puts the shared parts where `{{> name}}` stands.
fn with_parts(
    file: &str,
    body: &str,
    language: Language,
    overrides: Option<&Overrides>,
    faults: &mut Vec<TemplateFault>,
) -> String {
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once("{{>") {
        out.push_str(before);
        let (name, behind) = after.split_once("}}").unwrap_or((after, ""));
        let part = Source::Part(language, name.trim().to_owned());
        match part.text(overrides) {
            Some(text) => out.push_str(text.trim()),
            None => faults.push(TemplateFault::of_field(
                file,
                name.trim(),
                format!("there is no part `{}`", name.trim()),
                format!("parts are the files {}/parts/*.md", language.tag()),
            )),
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The parts that the text of a letter asks for.
pub fn parts_of(language: Language, text: &str) -> Vec<Source> {
    let names = text.split("{{>").skip(1).filter_map(|after| after.split_once("}}"));
    names.map(|(name, _)| Source::Part(language, name.trim().to_owned())).collect()
}

/// What stands around every HTML part.
#[derive(Debug, Default)]
pub struct Layout {
    /// Attributes of each element.
    pub attributes: Attributes,
    /// The page, with [`LANG`], [`SUBJECT`] and [`LETTER`] where these go.
    pub page: String,
}

impl Layout {
    /// Reads the layout.
    pub fn read(overrides: Option<&Overrides>, faults: &mut Vec<TemplateFault>) -> Self {
        let file = Source::Layout.file_name();
        let Some((head, page)) = Source::Layout.text(overrides).and_then(split_head) else {
            let hint = "begin with a line ---, lines `element: attributes` and a line ---";
            faults.push(TemplateFault::of_file(&file, "the layout is missing or has no head", hint));
            return Self::default();
        };
        let mut layout = Self::default();
        for (element, attributes) in head {
            if !ELEMENTS.contains(&element) {
                let hint = format!("known elements: {}", ELEMENTS.join(", "));
                faults.push(TemplateFault::of_field(&file, element, format!("unknown element `{element}`"), hint));
            }
            layout.attributes.insert(element.to_owned(), attributes.to_owned());
        }
        for (mark, _) in MARKS {
            if !page.contains(mark) {
                faults.push(TemplateFault::of_field(&file, mark, format!("{mark} is missing"), "put it where it belongs"));
            }
        }
        let lines = page.lines().map(str::trim).filter(|line| !line.is_empty());
        layout.page = lines.fold(String::with_capacity(page.len()), |page, line| page + line + "\n");
        for (mark, place) in MARKS {
            layout.page = layout.page.replace(mark, place);
        }
        layout
    }
}

/// Places in the page. Control characters, because people's words can not hold one (M149) and so never become a place.
const LANG: &str = "\u{1}lang\u{2}";
const SUBJECT: &str = "\u{1}subject\u{2}";
const LETTER: &str = "\u{1}letter\u{2}";
const MARKS: [(&str, &str); 3] = [("{{> lang}}", LANG), ("{{> subject}}", SUBJECT), ("{{> letter}}", LETTER)];

/// A page, its own fields filled in, with a letter in it.
pub fn around(page: &str, language: Language, subject: &str, letter: &str) -> String {
    page.replace(LANG, language.tag()).replace(SUBJECT, subject).replace(LETTER, letter)
}

type Head<'a> = Vec<(&'a str, &'a str)>;

/// A head of `key: value` lines, and what follows it.
fn split_head(text: &str) -> Option<(Head<'_>, &str)> {
    let text = text.strip_prefix("---")?.trim_start_matches('\r').strip_prefix('\n')?;
    let (head, body) = text.split_once("\n---")?;
    let head = head.lines().filter_map(|line| line.split_once(':')).map(|(key, value)| (key.trim(), value.trim())).collect();
    Some((head, body.trim_start_matches(['\r', '\n'])))
}
