//! A letter as a tree: CommonMark read once at start-up, with conditions and repetitions between its blocks.
//!
//! People's words are not part of this tree, only the places where they will stand. So they never pass
//! through the CommonMark parser, and can not become markup (M149).

use pulldown_cmark::{Event, Parser, Tag as Element};

use super::tag::{Block as BlockKind, Tag, Tags};
use crate::composition::TemplateFault;

/// A block of a letter.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// Some sentences.
    Paragraph(Vec<Inline>),
    /// A heading.
    Heading(Vec<Inline>),
    /// A list; numbered from the given number, or with bullets.
    List(Option<u64>, Vec<Entry>),
    /// Somebody's words.
    Quote(Vec<Block>),
    /// A line across.
    Rule,
    /// Blocks that are there under a condition, or several times.
    When {
        /// The opening tag.
        open: Tag,
        /// What stands there.
        body: Vec<Block>,
        /// What stands there otherwise.
        otherwise: Vec<Block>,
    },
}

/// What a list holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// An item.
    Item(Vec<Block>),
    /// A condition or repetition around items.
    Tag(Tag),
}

/// A piece of a paragraph.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Words of the letter.
    Text(String),
    /// A field, or the edge of a condition within a paragraph.
    Tag(Tag),
    /// Bold.
    Strong(Vec<Inline>),
    /// Italic.
    Emphasis(Vec<Inline>),
    /// As typed, for commands.
    Code(Vec<Inline>),
    /// A link, or a button where its title says `button`.
    Link {
        /// Where it leads.
        to: Vec<Inline>,
        /// What is read.
        label: Vec<Inline>,
        /// Whether it is shown as a button.
        button: bool,
    },
    /// A line break.
    Break,
}

/// Reads the body of a letter.
pub fn read(file: &str, body: &str, tags: &mut Tags, faults: &mut Vec<TemplateFault>) -> Vec<Block> {
    let text = tags.extract(file, body, faults);
    let mut reader = Reader { file, tags, faults };
    let (blocks, _) = reader.section(&mut text.lines(), None);
    merge_lists(blocks)
}

struct Reader<'a> {
    file: &'a str,
    tags: &'a Tags,
    faults: &'a mut Vec<TemplateFault>,
}

impl Reader<'_> {
    fn fault(&mut self, field: &str, problem: &str, hint: &str) {
        self.faults.push(TemplateFault::of_field(self.file, field, problem, hint));
    }

    /// Blocks up to the end of the section that `within` opened, and those behind its `{{else}}`.
    fn section(&mut self, lines: &mut std::str::Lines<'_>, within: Option<BlockKind>) -> (Vec<Block>, Vec<Block>) {
        let mut blocks = Vec::new();
        let mut before_else = None;
        let mut markdown = String::new();
        loop {
            let line = lines.next();
            let edge = line.and_then(|line| self.edge(line));
            if let (Some(line), None) = (line, &edge) {
                markdown.push_str(line);
                markdown.push('\n');
                continue;
            }
            self.commonmark(&std::mem::take(&mut markdown), &mut blocks);
            match edge {
                Some(Tag::Open(kind, path)) => {
                    let (body, otherwise) = self.section(lines, Some(kind));
                    blocks.push(Block::When { open: Tag::Open(kind, path), body, otherwise });
                }
                Some(Tag::Else) if within.is_some() && before_else.is_none() => before_else = Some(std::mem::take(&mut blocks)),
                Some(Tag::Close(kind)) if within == Some(kind) => break,
                Some(tag) => self.fault(&tag.handlebars(), "a tag without its counterpart", "close each tag where it was opened"),
                None => {
                    if within.is_some() {
                        self.fault("", "a condition that does not end", "add its {{/if}}, {{/unless}} or {{/each}}");
                    }
                    break;
                }
            }
        }
        match before_else {
            Some(body) => (body, blocks),
            None => (blocks, Vec::new()),
        }
    }

    /// The tag of a line that holds the edge of a condition and nothing else.
    fn edge(&self, line: &str) -> Option<Tag> {
        let mut characters = line.trim().chars();
        let tag = characters.next().and_then(|c| self.tags.behind(c))?;
        (characters.next().is_none() && !matches!(tag, Tag::Field(_))).then(|| tag.clone())
    }

    fn commonmark(&mut self, text: &str, blocks: &mut Vec<Block>) {
        let mut events = Parser::new(text);
        blocks.extend(self.blocks(&mut events));
    }

    /// Blocks up to the end of the element that holds them. Words that stand in a list item without a
    /// paragraph of their own become one.
    fn blocks(&mut self, events: &mut Parser<'_>) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut loose = Vec::new();
        while let Some(event) = events.next() {
            let block = match event {
                Event::Start(Element::Paragraph) => Block::Paragraph(self.inlines(events)),
                Event::Start(Element::Heading { .. }) => Block::Heading(self.inlines(events)),
                Event::Start(Element::List(first)) => Block::List(first, self.items(events)),
                Event::Start(Element::BlockQuote(_)) => Block::Quote(self.blocks(events)),
                Event::Rule => Block::Rule,
                Event::End(_) => break,
                inline => {
                    loose.extend(self.inline(inline, events));
                    continue;
                }
            };
            if !loose.is_empty() {
                blocks.push(Block::Paragraph(std::mem::take(&mut loose)));
            }
            blocks.push(block);
        }
        if !loose.is_empty() {
            blocks.push(Block::Paragraph(loose));
        }
        blocks
    }

    fn items(&mut self, events: &mut Parser<'_>) -> Vec<Entry> {
        let mut items = Vec::new();
        while let Some(Event::Start(_)) = events.next() {
            items.push(Entry::Item(self.blocks(events)));
        }
        items
    }

    fn inlines(&mut self, events: &mut Parser<'_>) -> Vec<Inline> {
        let mut inlines = Vec::new();
        while let Some(event) = events.next() {
            if matches!(event, Event::End(_)) {
                break;
            }
            inlines.extend(self.inline(event, events));
        }
        self.check_edges(&inlines);
        inlines
    }

    fn inline(&mut self, event: Event<'_>, events: &mut Parser<'_>) -> Vec<Inline> {
        match event {
            Event::Text(text) => self.split(&text),
            Event::Code(text) => vec![Inline::Code(self.split(&text))],
            Event::SoftBreak => vec![Inline::Text(" ".to_owned())],
            Event::HardBreak => vec![Inline::Break],
            Event::Start(Element::Strong) => vec![Inline::Strong(self.inlines(events))],
            Event::Start(Element::Emphasis) => vec![Inline::Emphasis(self.inlines(events))],
            Event::Start(Element::Link { dest_url, title, .. }) => {
                let button = title.as_ref() == "button";
                vec![Inline::Link { to: self.split(&dest_url), label: self.inlines(events), button }]
            }
            other => {
                self.fault("", &format!("something a letter may not hold: {other:?}"), "use paragraphs, lists, quotes and links");
                if matches!(other, Event::Start(_)) {
                    self.inlines(events);
                }
                Vec::new()
            }
        }
    }

    /// Words and the tags between them.
    fn split(&self, text: &str) -> Vec<Inline> {
        let mut inlines = Vec::new();
        let mut words = String::new();
        for c in text.chars() {
            if let Some(tag) = self.tags.behind(c) {
                if !words.is_empty() {
                    inlines.push(Inline::Text(std::mem::take(&mut words)));
                }
                inlines.push(Inline::Tag(tag.clone()));
            } else {
                words.push(c);
            }
        }
        if !words.is_empty() {
            inlines.push(Inline::Text(words));
        }
        inlines
    }

    /// A condition within a paragraph begins and ends between the same two marks, or the HTML would be torn.
    fn check_edges(&mut self, inlines: &[Inline]) {
        let mut open = Vec::new();
        for inline in inlines {
            match inline {
                Inline::Tag(Tag::Open(kind, _)) => open.push(*kind),
                Inline::Tag(Tag::Close(kind)) if open.last() == Some(kind) => {
                    open.pop();
                }
                Inline::Tag(tag @ Tag::Close(_)) => {
                    self.fault(&tag.handlebars(), "a condition that ends elsewhere", "end it within the same paragraph");
                }
                _ => {}
            }
        }
        for kind in open {
            let tag = Tag::Close(kind).handlebars();
            self.fault(&tag, "a condition that ends elsewhere", "end it within the same paragraph");
        }
    }
}

/// Lists that are torn apart only by conditions and repetitions between their items are one list.
fn merge_lists(blocks: Vec<Block>) -> Vec<Block> {
    let mut merged: Vec<Block> = Vec::new();
    let mut run: Vec<Block> = Vec::new();
    for block in blocks {
        let block = match block {
            Block::When { open, body, otherwise } => {
                Block::When { open, body: merge_lists(body), otherwise: merge_lists(otherwise) }
            }
            other => other,
        };
        if is_listy(&block) {
            run.push(block);
        } else {
            end_run(&mut run, &mut merged);
            merged.push(block);
        }
    }
    end_run(&mut run, &mut merged);
    merged
}

fn is_listy(block: &Block) -> bool {
    match block {
        Block::List(..) => true,
        Block::When { body, otherwise, .. } => !body.is_empty() && body.iter().chain(otherwise).all(is_listy),
        Block::Paragraph(_) | Block::Heading(_) | Block::Quote(_) | Block::Rule => false,
    }
}

/// A run with a list that is always there becomes one list. Conditions alone stay what they are: a list
/// without items must not be left behind.
fn end_run(run: &mut Vec<Block>, merged: &mut Vec<Block>) {
    let repeats = |block: &Block| matches!(block, Block::List(..) | Block::When { open: Tag::Open(BlockKind::Each, _), .. });
    if run.iter().any(repeats) {
        let first = run.iter().find_map(list_start).and_then(ListStart::number);
        let mut entries = Vec::new();
        run.drain(..).for_each(|block| flatten(block, &mut entries));
        merged.push(Block::List(first, entries));
    } else {
        merged.append(run);
    }
}

/// How a list counts.
#[derive(Clone, Copy)]
struct ListStart(Option<u64>);

impl ListStart {
    fn number(self) -> Option<u64> {
        self.0
    }
}

fn list_start(block: &Block) -> Option<ListStart> {
    match block {
        Block::List(first, _) => Some(ListStart(*first)),
        Block::When { body, .. } => body.iter().find_map(list_start),
        Block::Paragraph(_) | Block::Heading(_) | Block::Quote(_) | Block::Rule => None,
    }
}

fn flatten(block: Block, entries: &mut Vec<Entry>) {
    match block {
        Block::List(_, mut items) => entries.append(&mut items),
        Block::When { open, body, otherwise } => {
            let close = match &open {
                Tag::Open(kind, _) => Tag::Close(*kind),
                other => other.clone(),
            };
            entries.push(Entry::Tag(open));
            for block in body {
                flatten(block, entries);
            }
            if !otherwise.is_empty() {
                entries.push(Entry::Tag(Tag::Else));
                for block in otherwise {
                    flatten(block, entries);
                }
            }
            entries.push(Entry::Tag(close));
        }
        Block::Paragraph(_) | Block::Heading(_) | Block::Quote(_) | Block::Rule => {}
    }
}
