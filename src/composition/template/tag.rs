//! The handlebars tags of a letter, replaced by stand-ins before CommonMark sees the text.
//!
//! A letter may use fields, `if`, `unless` and `each`, and nothing else: no partials of its own, no raw
//! output, no helpers. What is small can be proved.

use super::super::TemplateFault;

/// One tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tag {
    /// `{{path}}`.
    Field(String),
    /// `{{#if path}}`, `{{#unless path}}`, `{{#each path}}`.
    Open(Block, String),
    /// `{{else}}`.
    Else,
    /// `{{/if}}` and so on.
    Close(Block),
}

/// The kinds of block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// When there is a value.
    If,
    /// When there is none.
    Unless,
    /// Once per value.
    Each,
}

impl Block {
    const ALL: [Self; 3] = [Self::If, Self::Unless, Self::Each];

    fn word(self) -> &'static str {
        match self {
            Self::If => "if",
            Self::Unless => "unless",
            Self::Each => "each",
        }
    }
}

impl Tag {
    /// The tag as handlebars reads it.
    pub fn handlebars(&self) -> String {
        match self {
            Self::Field(path) => format!("{{{{{path}}}}}"),
            Self::Open(block, path) => format!("{{{{#{} {path}}}}}", block.word()),
            Self::Else => "{{else}}".to_owned(),
            Self::Close(block) => format!("{{{{/{}}}}}", block.word()),
        }
    }

    fn read(inside: &str) -> Option<Self> {
        let inside = inside.trim();
        if inside == "else" {
            return Some(Self::Else);
        }
        if let Some(word) = inside.strip_prefix('/') {
            return Block::ALL.into_iter().find(|block| block.word() == word.trim()).map(Self::Close);
        }
        if let Some(rest) = inside.strip_prefix('#') {
            let (word, path) = rest.split_once(' ')?;
            let block = Block::ALL.into_iter().find(|block| block.word() == word)?;
            return is_path(path.trim()).then(|| Self::Open(block, path.trim().to_owned()));
        }
        is_path(inside).then(|| Self::Field(inside.to_owned()))
    }
}

fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text.split('.').all(|step| {
            step.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
                && step.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        })
}

/// First of the characters that stand in for tags: plane 15, private use. CommonMark treats them as letters.
const FIRST_STAND_IN: u32 = 0xF_0000;

/// The tags of one letter, and how to find them again.
#[derive(Debug, Default)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// The tag that this character stands for.
    pub fn behind(&self, c: char) -> Option<&Tag> {
        u32::from(c).checked_sub(FIRST_STAND_IN).and_then(|index| self.0.get(usize::try_from(index).ok()?))
    }

    /// All tags in order.
    pub fn iter(&self) -> impl Iterator<Item = &Tag> {
        self.0.iter()
    }

    /// Replaces every tag in a text by its stand-in.
    pub fn extract(&mut self, file: &str, text: &str, faults: &mut Vec<TemplateFault>) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            if before.ends_with('\\') || after.starts_with('{') {
                let hint = "write {{field}}, with two braces and without a backslash";
                faults.push(TemplateFault::of_file(file, "a placeholder that is escaped or raw", hint));
            }
            let Some((inside, behind)) = after.split_once("}}") else {
                faults.push(TemplateFault::of_file(file, "a placeholder that does not end", "close it with }}"));
                return out;
            };
            out.push_str(before);
            if let Some(tag) = Tag::read(inside) {
                let index = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
                out.extend(FIRST_STAND_IN.checked_add(index).and_then(char::from_u32));
                self.0.push(tag);
            } else {
                let hint =
                    "a letter may use {{field}}, {{#if field}}, {{#unless field}}, {{#each field}}, {{else}} and their ends";
                faults.push(TemplateFault::of_field(file, inside.trim(), format!("unknown tag {{{{{}}}}}", inside.trim()), hint));
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }
}
