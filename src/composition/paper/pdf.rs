//! From set pages to a tagged PDF: the drawing and the tree of tags are krilla's.
//!
//! PDF/UA-1 (ISO 14289-1); should a text make that impossible, the letter is still tagged.

use std::num::NonZeroU16;

use chrono::{Datelike as _, Timelike as _};
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use super::facts::Head;
use super::fonts::Fonts;
use super::page::{FOOT, HEIGHT, Placed, Role, Sheets, Stretch, WIDTH};
use super::setting::SetText;
use crate::model::{Instant, Language};

/// What a reader of the file is told about it, beside its title.
pub struct Colophon {
    pub language: Language,
    pub now: Instant,
    /// Which document it is; the same for the same document.
    pub id: String,
}

/// Writes the PDF. The same letter gives the same bytes.
pub fn write(fonts: &Fonts, head: &Head, sheets: &Sheets, colophon: &Colophon) -> Result<Vec<u8>, String> {
    let accessible = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish().ok();
    if let Some(configuration) = accessible {
        let settings = SerializeSettings { configuration, ..SerializeSettings::default() };
        if let Ok(bytes) = draw(fonts, head, sheets, colophon, settings) {
            return Ok(bytes);
        }
    }
    draw(fonts, head, sheets, colophon, SerializeSettings::default()).map_err(|_| "the pdf could not be written".to_owned())
}

fn draw(
    fonts: &Fonts,
    head: &Head,
    sheets: &Sheets,
    colophon: &Colophon,
    settings: SerializeSettings,
) -> Result<Vec<u8>, krilla::error::KrillaError> {
    let mut document = Document::new_with(settings);
    let mut content: Vec<Vec<Identifier>> = sheets.stretches.iter().map(|_| Vec::new()).collect();
    for (number, foot) in sheets.feet.iter().enumerate() {
        let size = PageSettings::from_wh(WIDTH, HEIGHT);
        let mut page = match size {
            Some(size) => document.start_page_with(size),
            None => document.start_page(),
        };
        let mut surface = page.surface();
        let on_this_page: Vec<&Placed> = sheets.placed.iter().filter(|placed| placed.page == number).collect();
        for lines in on_this_page.chunk_by(|one, next| one.stretch == next.stretch) {
            let Some(stretch) = lines.first().and_then(|placed| sheets.stretches.get(placed.stretch)) else { continue };
            let tag = match stretch.role {
                Role::Rule | Role::Bar { .. } => ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)),
                _ => ContentTag::Span(SpanTag::empty()),
            };
            let identifier = surface.start_tagged(tag);
            for placed in lines {
                match stretch.texts.get(placed.text) {
                    Some(text) => draw_line(&mut surface, fonts, text, placed.line, (placed.x, placed.y)),
                    None => match stretch.role {
                        Role::Bar { width } => draw_bar(&mut surface, placed, width, BAR),
                        _ => draw_bar(&mut surface, placed, 120.0, 0.5),
                    },
                }
            }
            surface.end_tagged();
            if !matches!(stretch.role, Role::Rule | Role::Bar { .. })
                && let Some(content) = lines.first().and_then(|placed| content.get_mut(placed.stretch))
            {
                content.push(identifier);
            }
        }
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        draw_line(&mut surface, fonts, foot, 0, FOOT);
        surface.end_tagged();
        surface.finish();
        page.finish();
    }
    let language = colophon.language.tag().to_owned();
    document.set_tag_tree(tree(&sheets.stretches, content).with_lang(Some(language.clone())));
    document.set_outline(outline(sheets));
    document.set_metadata(metadata(head, colophon, language));
    document.finish()
}

/// One line, run by run: each run has one font and one direction. A sign that no font of ours has is drawn as an empty
/// square, and its text is kept: whoever copies or hears the letter gets the sign itself.
fn draw_line(surface: &mut Surface<'_>, fonts: &Fonts, set: &SetText, line: usize, (x, y): (f32, f32)) {
    let Some(line) = set.layout.get(line) else { return };
    let mut x = x;
    for run in line.runs() {
        let Some(font) = fonts.embedded(run.font()) else { continue };
        let size = run.font_size();
        let mut start = x;
        let mut glyphs: Vec<KrillaGlyph> = Vec::with_capacity(run.len());
        for cluster in run.visual_clusters() {
            let text = cluster.text_range();
            if cluster.is_ligature_continuation() {
                if let Some(glyph) = glyphs.last_mut() {
                    glyph.text_range = glyph.text_range.start.min(text.start)..glyph.text_range.end.max(text.end);
                }
                continue;
            }
            for glyph in cluster.glyphs() {
                let square = fonts.square().filter(|_| glyph.id == 0);
                let id = square.map_or(glyph.id, |(_, id)| *id);
                let (advance, dx, dy) = (glyph.advance / size, glyph.x / size, glyph.y / size);
                let written = KrillaGlyph::new(GlyphId::new(id), advance, dx, dy, 0.0, text.clone(), None);
                if let Some((other, _)) = square {
                    surface.draw_glyphs(Point::from_xy(start, y), &glyphs, font.clone(), &set.text, size, false);
                    glyphs.clear();
                    surface.draw_glyphs(Point::from_xy(x, y), &[written], other.clone(), &set.text, size, false);
                    start = x + glyph.advance;
                } else {
                    glyphs.push(written);
                }
                x += glyph.advance;
            }
        }
        surface.draw_glyphs(Point::from_xy(start, y), &glyphs, font, &set.text, size, false);
    }
}

/// Title and headings, for jumping to.
fn outline(sheets: &Sheets) -> Outline {
    let mut outline = Outline::new();
    for (number, stretch) in sheets.stretches.iter().enumerate() {
        if !matches!(stretch.role, Role::Title | Role::Heading) {
            continue;
        }
        if let Some(first) = sheets.placed.iter().find(|placed| placed.stretch == number) {
            let top = Point::from_xy(first.x, first.y - 20.0);
            outline.push_child(OutlineNode::new(stretch.words(), XyzDestination::new(first.page, top)));
        }
    }
    outline
}

/// Height of the bar of a row, in points.
const BAR: f32 = 7.0;

/// A filled stretch; it ends at the line it stands on where it is a bar.
fn draw_bar(surface: &mut Surface<'_>, placed: &Placed, width: f32, height: f32) {
    let mut path = PathBuilder::new();
    if let Some(rect) = Rect::from_xywh(placed.x, placed.y, width, height) {
        path.push_rect(rect);
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

/// The letter for somebody who hears it: title, headings, paragraphs, lists with their marks, quotations.
fn tree(stretches: &[Stretch], content: Vec<Vec<Identifier>>) -> TagTree {
    let mut tree = TagTree::new();
    let mut list: Option<TagGroup> = None;
    let mut item: Option<TagGroup> = None;
    let mut table: Option<TagGroup> = None;
    let mut row: Option<TagGroup> = None;
    for (stretch, identifiers) in stretches.iter().zip(content) {
        let children = || identifiers.iter().map(|identifier| (*identifier).into()).collect::<Vec<_>>();
        if !matches!(stretch.role, Role::Mark { .. } | Role::Item)
            && let Some(list) = list.take()
        {
            tree.push(list);
        }
        if !matches!(stretch.role, Role::RowLabel | Role::RowValue | Role::Bar { .. })
            && let Some(table) = table.take()
        {
            tree.push(table);
        }
        match stretch.role {
            Role::Rule | Role::Bar { .. } => {}
            Role::RowLabel => {
                let mut begun = TagGroup::new(Tag::TR);
                begun.push(TagGroup::with_children(Tag::TH(TableHeaderScope::Row), children()));
                row = Some(begun);
            }
            Role::RowValue => {
                if let Some(mut row) = row.take() {
                    row.push(TagGroup::with_children(Tag::TD, children()));
                    table.get_or_insert_with(|| TagGroup::new(Tag::Table)).push(row);
                }
            }
            Role::Paragraph => tree.push(TagGroup::with_children(Tag::P, children())),
            Role::Title | Role::Heading => {
                let level = if stretch.role == Role::Title { NonZeroU16::MIN } else { NonZeroU16::MIN.saturating_add(1) };
                tree.push(TagGroup::with_children(Tag::Hn(level, Some(stretch.words())), children()));
            }
            Role::Quote => {
                let mut quote = TagGroup::new(Tag::BlockQuote);
                quote.push(TagGroup::with_children(Tag::P, children()));
                tree.push(quote);
            }
            Role::Mark { numbered } => {
                let numbering = if numbered { ListNumbering::Decimal } else { ListNumbering::Disc };
                list.get_or_insert_with(|| TagGroup::new(Tag::L(numbering)));
                let mut begun = TagGroup::new(Tag::LI);
                begun.push(TagGroup::with_children(Tag::Lbl, children()));
                item = Some(begun);
            }
            Role::Item => {
                if let (Some(list), Some(mut item)) = (list.as_mut(), item.take()) {
                    item.push(TagGroup::with_children(Tag::LBody, children()));
                    list.push(item);
                }
            }
        }
    }
    for rest in [list, table].into_iter().flatten() {
        tree.push(rest);
    }
    tree
}

fn metadata(head: &Head, colophon: &Colophon, language: String) -> Metadata {
    let now = colophon.now;
    let small = |number: u32| u8::try_from(number).unwrap_or_default();
    let date = DateTime::new(u16::try_from(now.year()).unwrap_or_default())
        .month(small(now.month()))
        .day(small(now.day()))
        .hour(small(now.hour()))
        .minute(small(now.minute()))
        .second(small(now.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(head.title.clone())
        .language(language)
        .authors(head.sender.first().cloned().into_iter().collect())
        .creator("wederhoor".to_owned())
        .creation_date(date)
        .document_id(colophon.id.clone())
}
