//! From text to lines of a width: direction, line breaks and the choice of font are parley's.

use parley::{
    Alignment, AlignmentOptions, FontContext, FontWeight, Layout, LayoutContext, LineHeight, OverflowWrap, StyleProperty,
};

use super::PaperLine;
use super::fonts::Fonts;

/// How a text is set; lengths in points.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub size: f32,
    pub bold: bool,
    pub width: f32,
}

/// Leading, as a part of the size.
const LEADING: f32 = 1.38;

/// A text, set.
pub struct SetText {
    pub text: String,
    pub layout: Layout<()>,
}

/// Sets the texts of one letter.
pub struct Setter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
}

impl Setter {
    pub fn new(fonts: &Fonts) -> Self {
        Self { fonts: fonts.context(), layouts: LayoutContext::new() }
    }

    /// Sets a line of its writer, wrapped to the width. A word that is longer than a line is broken anywhere.
    pub fn set(&mut self, line: &PaperLine, style: Style) -> SetText {
        let mut builder = self.layouts.ranged_builder(&mut self.fonts, &line.text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(Fonts::families()));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(LEADING)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if style.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        for range in &line.strong {
            builder.push(StyleProperty::FontWeight(FontWeight::BOLD), range.clone());
        }
        let mut layout: Layout<()> = builder.build(&line.text);
        layout.break_all_lines(Some(style.width));
        layout.align(Alignment::Start, AlignmentOptions::default());
        SetText { text: line.text.clone(), layout }
    }
}
