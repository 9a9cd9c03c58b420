//! Where everything stands on A4 paper.
//!
//! The address lies in the left window of a DL or C5/6 envelope when the sheet is folded in three (DIN 5008 form B, ISO 269).

use super::facts::Head;
use super::fonts::Fonts;
use super::setting::{SetText, Setter, Style};
use super::{PaperBlock, PaperLine, Shape};

/// Millimetres in points.
pub const fn mm(millimetres: f32) -> f32 {
    millimetres * 72.0 / 25.4
}

/// A4.
pub const WIDTH: f32 = mm(210.0);
/// A4.
pub const HEIGHT: f32 = mm(297.0);

const LEFT: f32 = mm(25.0);
const TEXT_WIDTH: f32 = mm(165.0);
const BOTTOM: f32 = mm(272.0);
const TOP_OF_FURTHER_PAGES: f32 = mm(25.0);
const SENDER: (f32, f32) = (mm(120.0), mm(20.0));
const SENDER_WIDTH: f32 = mm(70.0);
const WINDOW: (f32, f32) = (LEFT, mm(52.0));
const WINDOW_WIDTH: f32 = mm(80.0);
const REFERENCE_TOP: f32 = mm(98.0);
/// The foot of a page.
pub const FOOT: (f32, f32) = (LEFT, mm(282.0));

const BODY: f32 = 11.0;
const SMALL: f32 = 9.0;
const ROW: f32 = 10.0;
/// Where the bar of a row begins, and how long it is at most.
const ROW_BAR: (f32, f32) = (mm(112.0), mm(38.0));
/// Where what stands behind a row begins, and its width.
const ROW_VALUE: (f32, f32) = (mm(154.0), mm(36.0));
const GAP: f32 = 8.0;
const INDENT: f32 = mm(6.0);
/// A heading stands above at least so much of what it announces: a note and two rows.
const ROOM_UNDER_HEADING: f32 = 84.0;

/// What a stretch of text is to a reader that can not see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Role {
    Paragraph,
    Title,
    Heading,
    /// The mark of a list item: a bullet or its number.
    Mark {
        numbered: bool,
    },
    /// The words of a list item.
    Item,
    Quote,
    /// A line across; decoration.
    Rule,
    /// The words of a row of a table.
    RowLabel,
    /// What stands behind them.
    RowValue,
    /// How much that is; decoration, in points.
    Bar {
        width: f32,
    },
}

/// One text with its role; its lines may stand on several pages.
pub struct Stretch {
    pub role: Role,
    pub texts: Vec<SetText>,
}

impl Stretch {
    /// All its words.
    pub fn words(&self) -> String {
        self.texts.iter().map(|text| text.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// A line on a page.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    pub page: usize,
    pub stretch: usize,
    pub text: usize,
    pub line: usize,
    pub x: f32,
    /// The baseline.
    pub y: f32,
}

/// A letter, set.
pub struct Sheets {
    pub stretches: Vec<Stretch>,
    /// In reading order.
    pub placed: Vec<Placed>,
    pub feet: Vec<SetText>,
}

struct Typist {
    setter: Setter,
    sheets: Sheets,
    page: usize,
    y: f32,
}

/// Sets a letter.
pub fn set(fonts: &Fonts, head: &Head, blocks: &[PaperBlock]) -> Sheets {
    let sheets = Sheets { stretches: Vec::new(), placed: Vec::new(), feet: Vec::new() };
    let mut typist = Typist { setter: Setter::new(fonts), sheets, page: 0, y: 0.0 };
    if head.is_letter {
        typist.around(head);
    } else {
        typist.y = TOP_OF_FURTHER_PAGES;
    }
    let title = [PaperLine { text: head.title.clone(), strong: Vec::new() }];
    typist.write(Role::Title, &title, LEFT, Style { size: 14.0, bold: true, width: TEXT_WIDTH });
    typist.y += GAP * 1.25;
    for block in blocks {
        typist.block(block);
    }
    let pages = typist.page + 1;
    let foot = Style { size: SMALL, bold: false, width: TEXT_WIDTH };
    for page in 1..=pages {
        let line = PaperLine { text: head.foot_of(page, pages), strong: Vec::new() };
        let text = typist.setter.set(&line, foot);
        typist.sheets.feet.push(text);
    }
    typist.sheets
}

impl Typist {
    /// What stands around the words of a letter: who writes, to whom, when.
    fn around(&mut self, head: &Head) {
        self.corner(&head.sender, SENDER, Style { size: SMALL, bold: false, width: SENDER_WIDTH }, true);
        self.corner(&head.address, WINDOW, Style { size: BODY, bold: false, width: WINDOW_WIDTH }, false);
        self.corner(&head.reference, (LEFT, REFERENCE_TOP), Style { size: BODY, bold: false, width: TEXT_WIDTH }, false);
        self.y += GAP * 2.0;
    }

    /// A row of a table: its words, a bar, and what stands behind them.
    fn row(&mut self, lines: &[PaperLine], percent: Option<u8>) {
        let (label, value) = (lines.get(..1).unwrap_or_default(), lines.get(1..).unwrap_or_default());
        let style = Style { size: ROW, bold: false, width: ROW_BAR.0 - LEFT - mm(4.0) };
        if self.y + ROW * 3.0 > BOTTOM {
            self.next_page();
        }
        let top = self.y;
        self.write(Role::RowLabel, label, LEFT, style);
        let (page, end) = (self.page, self.y);
        if let Some(percent) = percent {
            let stretch = self.sheets.stretches.len();
            let width = ROW_BAR.1 * f32::from(percent) / 100.0;
            self.sheets.stretches.push(Stretch { role: Role::Bar { width }, texts: Vec::new() });
            self.sheets.placed.push(Placed { page, stretch, text: 0, line: 0, x: ROW_BAR.0, y: top + ROW * 0.35 });
        }
        self.y = top;
        self.write(Role::RowValue, value, ROW_VALUE.0, Style { width: ROW_VALUE.1, ..style });
        self.y = self.y.max(end) + GAP / 4.0;
    }

    /// Lines at a fixed place of the first page.
    fn corner(&mut self, lines: &[String], (x, y): (f32, f32), style: Style, first_is_bold: bool) {
        if lines.is_empty() {
            // What follows begins where it would have begun.
            self.y = y;
            return;
        }
        let line = |(index, text): (usize, &String)| PaperLine {
            strong: (index == 0 && first_is_bold).then_some(0..text.len()).into_iter().collect(),
            text: text.clone(),
        };
        let lines: Vec<PaperLine> = lines.iter().enumerate().map(line).collect();
        self.y = y;
        self.write(Role::Paragraph, &lines, x, style);
    }

    fn block(&mut self, block: &PaperBlock) {
        let body = Style { size: BODY, bold: false, width: TEXT_WIDTH };
        let indented = Style { width: TEXT_WIDTH - INDENT, ..body };
        match block.shape {
            Shape::Paragraph => self.write(Role::Paragraph, &block.lines, LEFT, body),
            Shape::Heading => {
                self.y += GAP / 2.0;
                if self.y + ROOM_UNDER_HEADING > BOTTOM {
                    self.next_page();
                }
                self.write(Role::Heading, &block.lines, LEFT, Style { size: 12.0, bold: true, ..body });
                self.y -= GAP / 2.0;
            }
            Shape::Quote => self.write(Role::Quote, &block.lines, LEFT + INDENT, indented),
            Shape::Bullet => self.item("•", false, &block.lines, indented),
            Shape::Number(number) => self.item(&format!("{number}."), true, &block.lines, indented),
            Shape::Row(percent) => return self.row(&block.lines, percent),
            Shape::Rule => {
                let stretch = self.sheets.stretches.len();
                self.sheets.stretches.push(Stretch { role: Role::Rule, texts: Vec::new() });
                self.sheets.placed.push(Placed { page: self.page, stretch, text: 0, line: 0, x: LEFT, y: self.y });
            }
        }
        self.y += if matches!(block.shape, Shape::Bullet | Shape::Number(_)) { GAP / 2.0 } else { GAP };
    }

    fn item(&mut self, mark: &str, numbered: bool, lines: &[PaperLine], style: Style) {
        if self.y + style.size * 2.0 > BOTTOM {
            self.next_page();
        }
        let top = self.y;
        let mark = [PaperLine { text: mark.to_owned(), strong: Vec::new() }];
        self.write(Role::Mark { numbered }, &mark, LEFT, style);
        self.y = top;
        self.write(Role::Item, lines, LEFT + INDENT, style);
    }

    fn next_page(&mut self) {
        self.page += 1;
        self.y = TOP_OF_FURTHER_PAGES;
    }

    fn write(&mut self, role: Role, lines: &[PaperLine], x: f32, style: Style) {
        let stretch = self.sheets.stretches.len();
        let mut texts = Vec::with_capacity(lines.len());
        for line in lines {
            if line.text.is_empty() {
                self.y += GAP;
                continue;
            }
            let set = self.setter.set(line, style);
            for (index, one) in set.layout.lines().enumerate() {
                let metrics = one.metrics();
                let height = metrics.line_height;
                if self.y + height > BOTTOM {
                    self.next_page();
                }
                let baseline = self.y + (metrics.baseline - metrics.block_min_coord);
                let at = Placed { page: self.page, stretch, text: texts.len(), line: index, x: x + metrics.offset, y: baseline };
                self.sheets.placed.push(at);
                self.y += height;
            }
            texts.push(set);
        }
        self.sheets.stretches.push(Stretch { role, texts });
    }
}
