//! The HTML part of a letter, as a handlebars template: plain blocks with inline styles, which Word's
//! renderer in Outlook, Gmail and phones all understand (M142). The styles are data, in the head of the
//! layout.

use std::collections::BTreeMap;

use super::document::{Block, Entry, Inline};
use super::tag::Tag;

/// Attributes for each element, from the head of the layout.
pub type Attributes = BTreeMap<String, String>;

/// Every element that the head of the layout may give attributes to.
pub const ELEMENTS: [&str; 15] = [
    "p",
    "heading",
    "ul",
    "ol",
    "li",
    "quote",
    "words",
    "rule",
    "link",
    "button-table",
    "button-alone",
    "button-cell",
    "button",
    "code",
    "number",
];

/// Fields that hold a number with hyphens or a day: on a phone it would break inside, and could not be read out, tapped or
/// copied into a diary as one.
const KEPT_TOGETHER: [&str; 21] = [
    "number",
    "phone",
    "date",
    "today",
    "on",
    "by",
    "old",
    "new",
    "received_on",
    "received_short",
    "opened_on",
    "closed_on",
    "reopened_on",
    "contact_by",
    "contact_day",
    "decision_by",
    "decision_day",
    "read_by",
    "reopen_until",
    "keep_until",
    "follow_up_on",
];

/// Writes the blocks of a letter.
pub fn write(blocks: &[Block], attributes: &Attributes) -> String {
    let mut writer = Writer { attributes, out: String::new() };
    writer.blocks(blocks, false);
    writer.out
}

struct Writer<'a> {
    attributes: &'a Attributes,
    out: String,
}

impl Writer<'_> {
    fn open(&mut self, element: &str, style: &str) {
        self.out.push('<');
        self.out.push_str(element);
        if let Some(attributes) = self.attributes.get(style) {
            self.out.push(' ');
            self.out.push_str(attributes);
        }
        self.out.push('>');
    }

    fn close(&mut self, element: &str) {
        self.out.push_str("</");
        self.out.push_str(element);
        self.out.push('>');
    }

    fn wrapped(&mut self, element: &str, style: &str, inlines: &[Inline]) {
        self.open(element, style);
        self.inlines(inlines);
        self.close(element);
    }

    fn blocks(&mut self, blocks: &[Block], quoted: bool) {
        for (index, block) in blocks.iter().enumerate() {
            match block {
                Block::Paragraph(inlines) => match inlines.as_slice() {
                    [Inline::Link { to, label, button: true }] => self.button(to, label, index + 1 == blocks.len()),
                    _ => self.wrapped("p", if quoted { "words" } else { "p" }, inlines),
                },
                Block::Heading(inlines) => self.wrapped("h2", "heading", inlines),
                Block::List(first, entries) => {
                    let element = if first.is_some() { "ol" } else { "ul" };
                    self.open(element, element);
                    self.entries(entries);
                    self.close(element);
                }
                Block::Quote(inner) => {
                    self.open("blockquote", "quote");
                    self.blocks(inner, true);
                    self.close("blockquote");
                }
                Block::Rule => self.open("hr", "rule"),
                Block::When { open, body, otherwise } => {
                    self.out.push_str(&open.handlebars());
                    self.blocks(body, quoted);
                    if !otherwise.is_empty() {
                        self.out.push_str(&Tag::Else.handlebars());
                        self.blocks(otherwise, quoted);
                    }
                    if let Tag::Open(kind, _) = open {
                        self.out.push_str(&Tag::Close(*kind).handlebars());
                    }
                }
            }
        }
    }

    fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            match entry {
                Entry::Tag(tag) => self.out.push_str(&tag.handlebars()),
                Entry::Item(blocks) => {
                    self.open("li", "li");
                    for (index, block) in blocks.iter().enumerate() {
                        match block {
                            Block::Paragraph(inlines) => {
                                if index > 0 {
                                    self.out.push_str("<br>");
                                }
                                self.inlines(inlines);
                            }
                            other => self.blocks(std::slice::from_ref(other), false),
                        }
                    }
                    self.close("li");
                }
            }
        }
    }

    /// A button is a table cell with a link, because Word ignores the padding of a link (M142). What follows on it tells what
    /// it does and stands close to it; after the last of its part something else begins, and it keeps its distance.
    fn button(&mut self, to: &[Inline], label: &[Inline], last: bool) {
        self.open("table", if last { "button-alone" } else { "button-table" });
        self.out.push_str("<tr>");
        self.open("td", "button-cell");
        self.link(to, label, "button");
        self.out.push_str("</td></tr></table>");
    }

    fn link(&mut self, to: &[Inline], label: &[Inline], style: &str) {
        self.out.push_str("<a href=\"");
        self.address(to);
        self.out.push('"');
        if let Some(attributes) = self.attributes.get(style) {
            self.out.push(' ');
            self.out.push_str(attributes);
        }
        self.out.push('>');
        self.inlines(label);
        self.close("a");
    }

    /// What stands in an attribute: words and fields, and no elements.
    fn address(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Tag(tag) => self.out.push_str(&tag.handlebars()),
                other => self.inlines(std::slice::from_ref(other)),
            }
        }
    }

    fn tag(&mut self, tag: &Tag) {
        match tag {
            Tag::Field(path) if path.rsplit('.').next().is_some_and(|field| KEPT_TOGETHER.contains(&field)) => {
                self.open("span", "number");
                self.out.push_str(&tag.handlebars());
                self.close("span");
            }
            _ => self.out.push_str(&tag.handlebars()),
        }
    }

    fn inlines(&mut self, inlines: &[Inline]) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => escape_into(text, &mut self.out),
                Inline::Tag(tag) => self.tag(tag),
                Inline::Strong(inner) => self.wrapped("strong", "strong", inner),
                Inline::Emphasis(inner) => self.wrapped("em", "em", inner),
                Inline::Code(inner) => self.wrapped("code", "code", inner),
                Inline::Link { to, label, button } => self.link(to, label, if *button { "button" } else { "link" }),
                Inline::Break => self.out.push_str("<br>"),
            }
        }
    }
}

/// Escapes for element content and for quoted attributes alike; a line break becomes one that Word shows.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    escape_into(text, &mut out);
    out
}

fn escape_into(text: &str, out: &mut String) {
    // All that is escaped is ASCII, so a text may be cut in front of it and behind it.
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'<' | b'>' | b'"' | b'\'' | b'\n')) {
        let (plain, special) = rest.split_at(at);
        out.push_str(plain);
        let mut behind = special.chars();
        match behind.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some('"') => out.push_str("&quot;"),
            Some('\'') => out.push_str("&#39;"),
            Some(_) => out.push_str("<br>"),
            None => {}
        }
        rest = behind.as_str();
    }
    out.push_str(rest);
}
