//! The plain part of a letter, as a handlebars template.
//!
//! A paragraph is one line and stands between empty lines, so that no client can join two (M140) and every
//! client wraps it to its own width; `format=flowed` is therefore left off (M141).

use super::document::{Block, Entry, Inline};
use super::tag::Tag;

/// Stands for a line break until after rendering, so that handlebars' own rules about lines with nothing
/// but a tag never apply. People's words can not hold it: it is a control character.
pub const BREAK: char = '\u{1e}';

/// The helper that puts people's words behind quotation marks, line by line.
pub const QUOTED: &str = "quoted";

/// Writes the blocks of a letter.
pub fn write(blocks: &[Block]) -> String {
    let mut out = String::new();
    write_blocks(blocks, "", &mut out);
    out
}

fn write_blocks(blocks: &[Block], margin: &str, out: &mut String) {
    for block in blocks {
        match block {
            Block::Paragraph(inlines) | Block::Heading(inlines) => {
                empty_line(margin, out);
                write_inlines(inlines, margin, out);
            }
            Block::List(first, entries) => write_list(*first, entries, margin, out),
            Block::Quote(inner) => write_blocks(inner, "> ", out),
            Block::Rule => {
                empty_line(margin, out);
                out.push_str("----");
            }
            Block::When { open, body, otherwise } => {
                out.push_str(&open.handlebars());
                write_blocks(body, margin, out);
                if !otherwise.is_empty() {
                    out.push_str(&Tag::Else.handlebars());
                    write_blocks(otherwise, margin, out);
                }
                if let Tag::Open(kind, _) = open {
                    out.push_str(&Tag::Close(*kind).handlebars());
                }
            }
        }
    }
}

fn write_list(first: Option<u64>, entries: &[Entry], margin: &str, out: &mut String) {
    out.push(BREAK);
    out.push_str(margin.trim_end());
    let mut number = first;
    for entry in entries {
        match entry {
            Entry::Tag(tag) => out.push_str(&tag.handlebars()),
            Entry::Item(blocks) => {
                out.push(BREAK);
                out.push_str(margin);
                match &mut number {
                    Some(number) => {
                        out.push_str(&number.to_string());
                        out.push_str(". ");
                        *number += 1;
                    }
                    None => out.push_str("- "),
                }
                for (index, block) in blocks.iter().enumerate() {
                    match block {
                        Block::Paragraph(inlines) | Block::Heading(inlines) => {
                            if index > 0 {
                                out.push(BREAK);
                                out.push_str(margin);
                                out.push_str("  ");
                            }
                            write_inlines(inlines, &format!("{margin}  "), out);
                        }
                        other => write_blocks(std::slice::from_ref(other), "  ", out),
                    }
                }
            }
        }
    }
}

fn empty_line(margin: &str, out: &mut String) {
    out.push(BREAK);
    out.push(BREAK);
    out.push_str(margin);
}

fn write_inlines(inlines: &[Inline], margin: &str, out: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => out.push_str(text),
            Inline::Tag(Tag::Field(path)) if margin == "> " => {
                for piece in ["{{", QUOTED, " ", path, "}}"] {
                    out.push_str(piece);
                }
            }
            Inline::Tag(tag) => out.push_str(&tag.handlebars()),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Code(inner) => write_inlines(inner, margin, out),
            Inline::Link { to, label, button } => {
                write_inlines(label, margin, out);
                // A button's address is long and unreadable; the letter says beside it what to type instead.
                // So does the label of an address to write to or a number to call.
                let is_spoken = |text: &str| text.starts_with("mailto:") || text.starts_with("tel:");
                let is_spoken = matches!(to.first(), Some(Inline::Text(text)) if is_spoken(text));
                if !button && !is_spoken && to != label {
                    out.push_str(" (");
                    write_inlines(to, margin, out);
                    out.push(')');
                }
            }
            Inline::Break => {
                out.push(BREAK);
                out.push_str(margin);
            }
        }
    }
}
