//! Letters on paper, as handlebars templates whose result says which block is which.
//!
//! The same CommonMark, fields and conditions as in a mail. Between the words stand control characters that say what a
//! block is; people's words can not hold one, so they never become a heading or a list (M149).

use handlebars::{Context, Handlebars};
use serde_json::Value;

use super::document::{Block, Entry, Inline};
use super::letter_file::LetterFile;
use super::source::{Overrides, Source};
use super::tag::{Tag, Tags};
use crate::composition::TemplateFault;
use crate::composition::paper::{PaperBlock, PaperKind, PaperLine, Shape};
use crate::model::Language;

/// Begins a block; the character behind it says which.
const BLOCK: char = '\u{1}';
const STRONG: char = '\u{2}';
const END_STRONG: char = '\u{3}';
const BREAK: char = '\u{1e}';

/// Every letter on paper in every language, ready to be filled in.
#[derive(Debug)]
pub struct PaperLetters(Handlebars<'static>);

impl PaperLetters {
    /// Reads all files; `facts` gives, per letter, facts in which every field is filled in at least once.
    pub fn read(overrides: &Overrides, facts: &dyn Fn(PaperKind) -> Vec<Value>) -> Result<Self, Vec<TemplateFault>> {
        let mut faults = Vec::new();
        let mut registry = Handlebars::new();
        registry.set_strict_mode(true);
        registry.register_escape_fn(handlebars::no_escape);
        for (kind, language) in PaperKind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|language| (kind, language))) {
            let source = Source::paper(language, kind);
            let file = source.file_name();
            let Some(letter) = LetterFile::read(&source, language, Some(overrides), &mut faults) else { continue };
            let mut tags = Tags::default();
            let blocks = super::document::read(&file, &letter.body, &mut tags, &mut faults);
            tags.extract(&file, &letter.subject, &mut faults);
            super::fields::check_fields(&file, &tags, &facts(kind), &mut faults);
            for (name, template) in [(title_of(&file), letter.subject), (file.clone(), write(&blocks))] {
                if let Err(error) = registry.register_template_string(&name, template) {
                    let problem = error.reason().to_string();
                    faults.push(TemplateFault::of_file(&file, problem, "check the braces and the conditions"));
                }
            }
        }
        if faults.is_empty() { Ok(Self(registry)) } else { Err(faults) }
    }

    /// Fills in one letter: its title and its blocks. The error text names fields, never their values.
    pub fn render(&self, language: Language, kind: PaperKind, facts: &Context) -> Result<(String, Vec<PaperBlock>), String> {
        let file = Source::paper(language, kind).file_name();
        let written = |name: &str| self.0.render_with_context(name, facts).map_err(|error| super::reason(&error));
        Ok((written(&title_of(&file))?, blocks_of(&written(&file)?)))
    }
}

fn title_of(file: &str) -> String {
    format!("{file} subject")
}

fn write(blocks: &[Block]) -> String {
    let mut out = String::new();
    write_blocks(blocks, 'p', &mut out);
    out
}

fn write_blocks(blocks: &[Block], paragraph: char, out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) => {
                out.extend([BLOCK, paragraph]);
                write_inlines(inlines, out);
            }
            Block::Heading(inlines) => {
                out.extend([BLOCK, 'h']);
                write_inlines(inlines, out);
            }
            Block::List(first, entries) => write_list(if first.is_some() { 'n' } else { 'b' }, entries, out),
            Block::Quote(inner) => write_blocks(inner, 'q', out),
            Block::Rule => out.extend([BLOCK, '-']),
            Block::When { open, body, otherwise } => {
                out.push_str(&open.handlebars());
                write_blocks(body, paragraph, out);
                if !otherwise.is_empty() {
                    out.push_str(&Tag::Else.handlebars());
                    write_blocks(otherwise, paragraph, out);
                }
                if let Tag::Open(kind, _) = open {
                    out.push_str(&Tag::Close(*kind).handlebars());
                }
            }
        }
    }
}

fn write_list(item: char, entries: &[Entry], out: &mut String) {
    for entry in entries {
        match entry {
            Entry::Tag(tag) => out.push_str(&tag.handlebars()),
            Entry::Item(blocks) => write_blocks(blocks, item, out),
        }
    }
}

fn write_inlines(inlines: &[Inline], out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => out.push_str(text),
            Inline::Tag(tag) => out.push_str(&tag.handlebars()),
            Inline::Strong(inner) => {
                out.push(STRONG);
                write_inlines(inner, out);
                out.push(END_STRONG);
            }
            // Paper can not be clicked: the words of a link are read, and an address is written out in them.
            Inline::Emphasis(inner) | Inline::Code(inner) | Inline::Link { label: inner, .. } => write_inlines(inner, out),
            Inline::Break => out.push(BREAK),
        }
    }
}

fn blocks_of(rendered: &str) -> Vec<PaperBlock> {
    let mut blocks = Vec::new();
    let mut number = 0;
    for piece in rendered.split(BLOCK).skip(1) {
        let mut characters = piece.chars();
        let shape = match characters.next() {
            Some('h') => Shape::Heading,
            Some('b') => Shape::Bullet,
            Some('n') => Shape::Number(number + 1),
            Some('q') => Shape::Quote,
            Some('-') => Shape::Rule,
            _ => Shape::Paragraph,
        };
        number = if let Shape::Number(number) = shape { number } else { 0 };
        let lines: Vec<PaperLine> = characters.as_str().split([BREAK, '\n']).map(line_of).collect();
        if shape == Shape::Rule || lines.iter().any(|line| !line.text.is_empty()) {
            blocks.push(PaperBlock { shape, lines });
        }
    }
    blocks
}

fn line_of(marked: &str) -> PaperLine {
    let mut line = PaperLine::default();
    let mut begun = None;
    for c in marked.trim().chars() {
        match c {
            STRONG => begun = Some(line.text.len()),
            END_STRONG => line.strong.extend(begun.take().map(|start| start..line.text.len())),
            c if c.is_control() => {}
            c => line.text.push(c),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_told_apart_by_what_no_person_can_write() {
        let rendered =
            "\u{1}hKop\u{1}pEen \u{2}vet\u{3} woord\u{1e}en een regel\u{1}nA\u{1}nB\u{1}b# geen kop\n- geen lijst\u{1}-";
        let blocks = blocks_of(rendered);
        let shapes: Vec<Shape> = blocks.iter().map(|block| block.shape).collect();
        let expected = [Shape::Heading, Shape::Paragraph, Shape::Number(1), Shape::Number(2), Shape::Bullet, Shape::Rule];
        assert_eq!(shapes, expected);
        assert_eq!(blocks[1].lines[0].text, "Een vet woord");
        assert!(blocks[1].lines[0].strong.iter().eq([&(4..7)]));
        assert_eq!(blocks[1].lines[1].text, "en een regel");
        assert_eq!(blocks[4].lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), ["# geen kop", "- geen lijst"]);
    }
}
