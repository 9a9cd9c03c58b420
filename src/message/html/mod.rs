//! HTML to the text that a person sees (M98). No network, no scripts, one pass, linear.
//!
//! Tokens come from html5gum, which follows the standard; what they mean for a reader of mail is decided here.
//! Quotations become lines that begin with `> `, and the place where Outlook begins its history becomes a rule, so that
//! `own_text` needs to know but the forms of plain text.

mod element;
mod lines;
mod style;

use std::borrow::Cow;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{HtmlString, StartTag, Token, Tokenizer};

use element::{Element, Hiding, Kind};
use lines::Lines;

/// Deeper elements are read as if they stood in the last one that counts.
const DEEPEST: usize = 512;
/// An end tag closes an element at most so many levels up; mail programs leave few open.
const FARTHEST_END: usize = 64;

/// The words of an HTML part as lines.
pub(super) fn to_text(html: &str) -> String {
    // M101: a page that hides everything, or whose title nobody closed, still shows what it holds.
    let ways = [(true, Hiding::All), (true, Hiding::Elements), (false, Hiding::Scripts)];
    let mut text = String::new();
    for (switches_states, hiding) in ways {
        let hides_words;
        (text, hides_words) = Page::read(html, switches_states, hiding);
        if !text.trim().is_empty() || !hides_words {
            break;
        }
    }
    text
}

#[derive(Default)]
struct Page {
    lines: Lines,
    open: Vec<Element>,
    /// How many of the open elements hide what is in them.
    hiding: usize,
    hides: Hiding,
    /// Something was left out that another way of reading would show.
    has_left_out: bool,
    /// Outlook on the web says once, in its style sheet, that paragraphs have no space around them.
    has_tight_paragraphs: bool,
    /// Where the open link points.
    link: Option<Link>,
}

struct Link {
    target: String,
    label: String,
}

impl Page {
    fn read(html: &str, switches_states: bool, hides: Hiding) -> (String, bool) {
        let mut emitter = DefaultEmitter::default();
        emitter.naively_switch_states(switches_states);
        let mut page = Self { hides, ..Self::default() };
        // Reading from a string cannot fail; were it to, the words read so far would be all there is.
        for token in Tokenizer::new_with_emitter(html, emitter).map_while(Result::ok) {
            match token {
                Token::StartTag(tag) => page.start(&tag),
                Token::EndTag(tag) => page.end(&lower(&tag.name)),
                Token::String(text) => page.text(&String::from_utf8_lossy(&text)),
                Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
            }
        }
        (page.lines.finish(), page.has_left_out)
    }

    fn text(&mut self, text: &str) {
        if self.hiding > 0 {
            self.has_left_out |= !text.trim().is_empty();
            if self.open.last().is_some_and(|element| element.name == "style") && style::makes_paragraphs_tight(text) {
                self.has_tight_paragraphs = true;
            }
            return;
        }
        if let Some(link) = &mut self.link {
            link.label.push_str(text);
        }
        self.lines.text(text);
    }

    fn start(&mut self, tag: &StartTag<()>) {
        let name = lower(&tag.name);
        let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| String::from_utf8_lossy(value));
        self.close_what_ends_before(&name);
        if self.hiding == 0 {
            match name.as_ref() {
                "br" => return self.lines.break_line(),
                "hr" => return self.lines.rule(),
                "img" => return self.picture(attribute(b"alt").as_deref()),
                "td" | "th" => self.lines.text(" "),
                "a" => {
                    self.link = attribute(b"href").map(|target| Link { target: target.into_owned(), label: String::new() });
                }
                _ => {}
            }
        }
        self.has_left_out |= self.hiding > 0 && &*name == "img";
        if element::is_void(&name) {
            return;
        }
        let mut element = Element::of(name.into_owned(), &attribute, self.hides);
        if tag.self_closing && element.name.contains(':') {
            // Word writes `<o:p/>`.
            return;
        }
        if element.name == "body" {
            self.leave_head();
        }
        if self.hiding == 0 && !element.hides {
            self.enter(&mut element);
        }
        self.hiding += usize::from(element.hides);
        if self.open.len() < DEEPEST {
            self.open.push(element);
        } else {
            self.hiding -= usize::from(element.hides);
        }
    }

    /// What an element means at its beginning.
    fn enter(&mut self, element: &mut Element) {
        match element.kind {
            Kind::Quotation => self.lines.quote(true),
            Kind::History => self.lines.rule(),
            Kind::Paragraph => {
                element.is_tight |= self.has_tight_paragraphs;
                self.lines.begin_paragraph(element.is_tight);
            }
            Kind::Block | Kind::List { .. } => self.lines.begin_block(),
            Kind::Item => {
                let depth = self.open.iter().filter(|element| matches!(element.kind, Kind::List { .. })).count();
                let list = self.open.iter_mut().rev().find_map(|element| match &mut element.kind {
                    Kind::List { next } => Some(next),
                    _ => None,
                });
                let mark = match list {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "- ".to_owned(),
                };
                self.lines.item(&mark, depth.saturating_sub(1).min(4));
            }
            Kind::Preformatted => self.lines.preformatted(true),
            Kind::Inline => {}
        }
    }

    fn end(&mut self, name: &str) {
        if name == "br" {
            // Browsers read `</br>` as a line break.
            return self.lines.break_line();
        }
        if name == "p" && !self.open.iter().rev().take(FARTHEST_END).any(|element| element.name == "p") {
            return self.lines.begin_block();
        }
        let above = self.open.iter().rev().take(FARTHEST_END).position(|element| element.name == name);
        for _ in 0..above.map_or(0, |above| above + 1) {
            self.leave_last();
        }
    }

    fn leave_last(&mut self) {
        let Some(element) = self.open.pop() else { return };
        self.hiding -= usize::from(element.hides);
        if self.hiding > 0 || element.hides {
            return;
        }
        match element.kind {
            Kind::Quotation => self.lines.quote(false),
            Kind::Paragraph => self.lines.end_paragraph(element.is_tight),
            Kind::Block | Kind::List { .. } | Kind::Item | Kind::History => self.lines.begin_block(),
            Kind::Preformatted => self.lines.preformatted(false),
            Kind::Inline if element.name == "a" => self.end_link(),
            Kind::Inline => {}
        }
    }

    /// HTML lets the end of these go unsaid.
    fn close_what_ends_before(&mut self, name: &str) {
        let ends = |open: &str| match open {
            "p" => element::is_block(name),
            "li" => name == "li",
            "td" | "th" => matches!(name, "td" | "th" | "tr"),
            "tr" => name == "tr",
            "option" => name == "option",
            _ => false,
        };
        if self.open.last().is_some_and(|element| ends(&element.name)) {
            self.leave_last();
        }
    }

    /// A body begins: whatever nobody closed in the head is over.
    fn leave_head(&mut self) {
        self.open.clear();
        self.hiding = 0;
    }

    /// M98: where a link leads is shown when its label says something else.
    fn end_link(&mut self) {
        let Some(Link { target, label }) = self.link.take() else { return };
        let bare = |text: &str| {
            let text = text.trim().trim_start_matches("mailto:").trim_start_matches("https://").trim_start_matches("http://");
            text.trim_end_matches('/').to_lowercase()
        };
        if target.starts_with("http") && bare(&target) != bare(&label) && !label.trim().is_empty() {
            self.lines.text(&format!("<{}>", target.trim()));
        }
    }

    /// A smiley is a word; a picture is an attachment.
    fn picture(&mut self, words: Option<&str>) {
        if let Some(words) = words.filter(|words| words.chars().count() <= 8 && !words.is_ascii())
            && !words.chars().any(char::is_alphanumeric)
        {
            self.lines.text(words);
        }
    }
}

fn lower(name: &HtmlString) -> Cow<'_, str> {
    // The tokenizer has made letters of ASCII small.
    String::from_utf8_lossy(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_sees_comes_out_line_by_line() {
        let html = "<html><head><style>p {a:b}</style></head><body><p>Caf&eacute; &amp; thee<br>twee &lt;3</p><p>drie</p>\
                    <!-- nee --><ul><li>een<li>twee</ul><blockquote><div>oud</div><div>ouder</div></blockquote>\
                    <a href=\"https://x.example/\">x.example</a> <a href='https://y.example/?a=1&amp;b'>hier</a></body></html>";
        assert_eq!(
            to_text(html),
            "Café & thee\ntwee <3\n\ndrie\n\n- een\n- twee\n> oud\n> ouder\nx.example hier<https://y.example/?a=1&b>\n"
        );
    }

    #[test]
    fn lists_tables_and_smileys_keep_their_sense() {
        assert_eq!(to_text("<ol start=3><li>drie<ul><li>a</li></ul></li><li>vier</li></ol>"), "3. drie\n  - a\n4. vier\n");
        assert_eq!(to_text("<table><tr><td>Naam<td>Jan<tr><th>Dag</th><td>ma</td></tr></table>"), "Naam Jan\nDag ma\n");
        assert_eq!(to_text("goed <img alt=\"👍\" src=x> <img alt=\"Logo\">"), "goed 👍\n");
    }

    #[test]
    fn what_nobody_sees_is_left_out_unless_it_is_all_there_is() {
        let hidden = "<div style='Display : none'>volg-pixel</div><span hidden>weg</span><p style='mso-hide:all'>ook</p>";
        assert_eq!(to_text(&format!("{hidden}<p>zichtbaar</p>")), "zichtbaar\n");
        assert_eq!(to_text("<div style='display:none'>alles</div>"), "alles\n");
        assert_eq!(to_text("<title>nooit gesloten <p>mijn klacht</p>").trim(), "nooit gesloten\n\nmijn klacht");
    }

    #[test]
    fn an_indented_paragraph_is_no_quotation() {
        assert_eq!(
            to_text("<blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\"><div>eigen</div></blockquote>"),
            "eigen\n"
        );
        assert_eq!(to_text("<div class=\"ydp1yahoo_quoted\"><div>Od: x</div>oud</div>nieuw"), "> Od: x\n> oud\nnieuw\n");
    }

    #[test]
    fn lines_of_word_stand_together_and_its_empty_ones_part_them() {
        let html = "<p class=MsoNormal>een<o:p></o:p></p><p class=MsoNormal>twee</p><p class=MsoNormal><o:p>&nbsp;</o:p></p>\
                    <p class=MsoNormal>drie</p>";
        assert_eq!(to_text(html), "een\ntwee\n\ndrie\n");
        assert_eq!(to_text("<style>P {margin-top:0;margin-bottom:0;}</style><p>een</p><p>twee</p>"), "een\ntwee\n");
    }

    #[test]
    fn broken_markup_still_gives_its_words() {
        assert_eq!(to_text("a < b <b>vet"), "a < b vet\n");
        assert_eq!(to_text("x<p"), "x\n");
        assert_eq!(to_text("&unknown; &#x20AC;"), "&unknown; €\n");
    }
}
