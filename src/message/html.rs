//! HTML to the text that a person sees (M98). No network, no styles, one pass, linear.
//!
//! Quotations (`blockquote`) become lines that begin with `> `, so that own_text.rs needs to know but one
//! form of quotation.

/// Deepest quotation that gets its own marks.
const DEEPEST_QUOTE: usize = 8;

/// Elements whose content nobody sees.
const HIDDEN: [&str; 6] = ["head", "style", "script", "title", "template", "noscript"];
/// Elements that begin and end a line.
const BLOCKS: [&str; 20] = [
    "p",
    "div",
    "tr",
    "table",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "blockquote",
    "section",
    "article",
    "header",
    "footer",
    "address",
    "dd",
];

/// The words of an HTML part as lines.
pub(super) fn to_text(html: &str) -> String {
    let mut page = Page::default();
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (text, tag) = rest.split_at(open);
        page.text(text);
        if tag.starts_with("<!--") {
            rest = tag.split_once("-->").map_or("", |(_, after)| after);
            continue;
        }
        let begins_a_tag =
            tag.as_bytes().get(1).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'/' | b'!' | b'?'));
        if !begins_a_tag {
            page.text("<");
            rest = tag.get(1..).unwrap_or_default();
            continue;
        }
        match tag.split_once('>') {
            Some((inside, after)) => {
                page.tag(inside.get(1..).unwrap_or_default());
                rest = after;
            }
            None => rest = "",
        }
    }
    page.text(rest);
    page.finish()
}

#[derive(Default)]
struct Page {
    out: String,
    line: String,
    /// Empty lines owed before the next words.
    empty_lines: usize,
    quotes: usize,
    hidden: Option<String>,
    preformatted: bool,
    /// Where the open link points, and where its label starts in the line.
    link: Option<(String, String)>,
}

impl Page {
    fn text(&mut self, raw: &str) {
        if self.hidden.is_some() || raw.is_empty() {
            return;
        }
        let text = unescape(raw);
        if let Some((_, label)) = &mut self.link {
            label.push_str(&text);
        }
        if self.preformatted {
            for (number, line) in text.split('\n').enumerate() {
                if number > 0 {
                    self.end_line(true);
                }
                self.line.push_str(line.trim_end_matches('\r'));
            }
            return;
        }
        for character in text.chars() {
            if matches!(character, ' ' | '\t' | '\r' | '\n' | '\u{a0}') {
                if !self.line.is_empty() && !self.line.ends_with(' ') {
                    self.line.push(' ');
                }
            } else {
                self.line.push(character);
            }
        }
    }

    fn tag(&mut self, inside: &str) {
        let closes = inside.starts_with('/');
        let name =
            inside.trim_start_matches('/').split([' ', '\t', '\r', '\n', '/']).next().unwrap_or_default().to_ascii_lowercase();
        if let Some(hidden) = &self.hidden {
            // `body` ends a head that nobody closed.
            if (closes && *hidden == name) || (name == "body" && hidden == "head") {
                self.hidden = None;
            }
            return;
        }
        if !closes && HIDDEN.contains(&name.as_str()) && !inside.ends_with('/') {
            self.hidden = Some(name);
            return;
        }
        match name.as_str() {
            "br" => self.end_line(true),
            "hr" => {
                self.end_line(false);
                self.line.push_str("________________________________");
                self.end_line(false);
            }
            "pre" => {
                self.end_line(false);
                self.preformatted = !closes;
            }
            "blockquote" => {
                self.end_line(false);
                self.quotes = if closes { self.quotes.saturating_sub(1) } else { self.quotes + 1 };
            }
            "td" | "th" if closes => self.text(" "),
            "a" => self.anchor(inside, closes),
            _ if BLOCKS.contains(&name.as_str()) => {
                self.end_line(false);
                if name == "p" && closes {
                    self.empty_lines = self.empty_lines.max(1);
                }
                if name == "li" && !closes {
                    self.line.push_str("- ");
                }
            }
            _ => {}
        }
    }

    /// M98: where a link leads is shown when its label says something else.
    fn anchor(&mut self, inside: &str, closes: bool) {
        if !closes {
            self.link = attribute(inside, "href").map(|target| (target, String::new()));
            return;
        }
        if let Some((target, label)) = self.link.take() {
            let bare = |text: &str| {
                text.trim()
                    .trim_start_matches("mailto:")
                    .trim_start_matches("https://")
                    .trim_start_matches("http://")
                    .trim_end_matches('/')
                    .to_lowercase()
            };
            if target.starts_with("http") && bare(&target) != bare(&label) && !label.trim().is_empty() {
                self.line.extend(["<", target.trim(), ">"]);
            }
        }
    }

    fn end_line(&mut self, even_if_empty: bool) {
        let line = std::mem::take(&mut self.line);
        let line = line.trim_end();
        if line.is_empty() {
            if even_if_empty && !self.out.is_empty() {
                self.empty_lines = (self.empty_lines + 1).min(2);
            }
            return;
        }
        let mark = "> ".repeat(self.quotes.min(DEEPEST_QUOTE));
        if !self.out.is_empty() {
            for _ in 0..self.empty_lines {
                self.out.push_str(mark.trim_end());
                self.out.push('\n');
            }
        }
        self.empty_lines = 0;
        self.out.push_str(&mark);
        self.out.push_str(line);
        self.out.push('\n');
    }

    fn finish(mut self) -> String {
        self.end_line(false);
        self.out
    }
}

/// The value of an attribute inside a tag.
fn attribute(inside: &str, name: &str) -> Option<String> {
    let lower = inside.to_ascii_lowercase();
    let at = lower.find(&format!("{name}="))?;
    let value = inside.get(at + name.len() + 1..)?;
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
        _ => value.split([' ', '\t', '\n', '>']).next()?,
    };
    Some(unescape(value))
}

/// Character references; unknown ones stay as they are.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        out.push_str(before);
        let end = reference.bytes().take(12).position(|byte| byte == b';');
        let name = end.and_then(|end| reference.get(1..end));
        if let (Some(character), Some(end)) = (name.and_then(character), end) {
            out.push(character);
            rest = reference.get(end + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = reference.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code).filter(|c| *c != '\0');
    }
    // The ones that mail programs write; everything else comes as UTF-8.
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "euro" => '€',
        "eacute" => 'é',
        "egrave" => 'è',
        "ecirc" => 'ê',
        "euml" => 'ë',
        "iuml" => 'ï',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "auml" => 'ä',
        "aacute" => 'á',
        "agrave" => 'à',
        "oacute" => 'ó',
        "uacute" => 'ú',
        "iacute" => 'í',
        "ccedil" => 'ç',
        "ntilde" => 'ñ',
        "szlig" => 'ß',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "Eacute" => 'É',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bdquo" => '„',
        "hellip" => '…',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "reg" => '®',
        "deg" => '°',
        "laquo" => '«',
        "raquo" => '»',
        "zwnj" => '\u{200c}',
        "shy" => '\u{ad}',
        _ => return None,
    })
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
    fn broken_markup_still_gives_its_words() {
        assert_eq!(to_text("a < b <b>vet"), "a < b vet\n");
        assert_eq!(to_text("x<p"), "x\n");
        assert_eq!(to_text("&#0;&unknown; &#x20AC;"), "&#0;&unknown; €\n");
    }
}
