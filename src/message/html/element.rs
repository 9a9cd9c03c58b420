//! What the elements of HTML mean to a reader of mail (M98, M103).
//!
//! The names here are habits of mail programs, the same in every language.

use std::borrow::Cow;

use super::style;

/// An open element.
pub(super) struct Element {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Nobody sees what is in it.
    pub(super) hides: bool,
    /// A paragraph without space around it.
    pub(super) is_tight: bool,
}

/// What is left out of the text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Hiding {
    /// All that nobody sees.
    #[default]
    All,
    /// Elements that are never shown, but not what a style hides.
    Elements,
    /// Scripts and style sheets only.
    Scripts,
}

/// What an element does with its words.
pub(super) enum Kind {
    Inline,
    Block,
    Paragraph,
    /// With the number of its next item, where items are numbered.
    List {
        next: Option<u32>,
    },
    Item,
    Preformatted,
    /// Words of an earlier mail.
    Quotation,
    /// Here Outlook begins its history: a block of header lines follows.
    History,
}

/// Elements whose content nobody sees.
const HIDDEN: [&str; 8] = ["head", "style", "script", "title", "template", "noscript", "xml", "object"];
/// Elements without content and without an end.
const VOID: [&str; 14] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Elements that begin and end a line.
const BLOCKS: [&str; 28] = [
    "div",
    "tr",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "caption",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "blockquote",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "aside",
    "address",
    "center",
    "form",
    "fieldset",
    "figure",
    "pre",
    "p",
];
/// M103: classes of what is quoted. Yahoo puts letters of its own before the name.
const QUOTED_CLASSES: [&str; 9] = [
    "yahoo_quoted",
    "protonmail_quote",
    "tutanota_quote",
    "zmail_extra",
    "front-blockquote",
    "freshdesk_quote",
    "moz-email-headers-table",
    "skiff_quote",
    "aol_quoted",
];
/// M103: ids and classes of the place where the history of Outlook, on whatever device, begins.
const HISTORY_IDS: [&str; 5] =
    ["divrplyfwdmsg", "olk_src_body_section", "mail-editor-reference-message-container", "stopspelling", "appendonsend"];

/// Whether an element has no content.
pub(super) fn is_void(name: &str) -> bool {
    VOID.contains(&name)
}

/// Whether an element begins a line.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name) || is_heading(name)
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

impl Element {
    pub(super) fn of<'t>(name: String, attribute: &dyn Fn(&[u8]) -> Option<Cow<'t, str>>, hiding: Hiding) -> Self {
        let small = |name: &[u8]| attribute(name).map(|value| value.to_lowercase()).unwrap_or_default();
        let style: String = small(b"style").chars().filter(|c| !c.is_whitespace()).collect();
        let class = small(b"class");
        let hides = match name.as_str() {
            "script" | "style" => true,
            name if hiding != Hiding::Scripts && HIDDEN.contains(&name) => true,
            name => hiding == Hiding::All && (style::hides(&style) || (attribute(b"hidden").is_some() && name != "body")),
        };
        let kind = match name.as_str() {
            "blockquote" if is_indentation(&style, &class, &small(b"type")) => Kind::Block,
            "blockquote" => Kind::Quotation,
            "div" | "span" | "td" | "section" if is_quoted(&class, &small(b"name"), &name) => Kind::Quotation,
            "div" | "span" if is_history(&small(b"id"), &style) => Kind::History,
            "p" => Kind::Paragraph,
            "ul" => Kind::List { next: None },
            "ol" => Kind::List { next: Some(small(b"start").trim().parse().unwrap_or(1)) },
            "li" => Kind::Item,
            "pre" => Kind::Preformatted,
            name if is_heading(name) => Kind::Paragraph,
            name if BLOCKS.contains(&name) => Kind::Block,
            _ => Kind::Inline,
        };
        let is_tight = class.split_whitespace().any(|class| matches!(class, "msonormal" | "msoplaintext" | "msonospacing"))
            || style::is_tight(&style);
        Self { name, kind, hides, is_tight }
    }
}

/// Gmail and Apple Mail write what a person has indented as a `blockquote` without a line beside it.
fn is_indentation(style: &str, class: &str, kind: &str) -> bool {
    kind != "cite" && !class.contains("quote") && (style.contains("border:none") || class.contains("indent-blockquote"))
        || class.contains("webkit-indent-blockquote")
}

fn is_quoted(class: &str, name: &str, element: &str) -> bool {
    class.split_whitespace().any(|class| QUOTED_CLASSES.iter().any(|quoted| class.ends_with(quoted)))
        || (element == "div" && name == "quote")
}

fn is_history(id: &str, style: &str) -> bool {
    HISTORY_IDS.iter().any(|history| id.ends_with(history)) || style::is_outlook_border(style)
}
