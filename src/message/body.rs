//! What a person reads of a mail: one text, and the list of what came with it (M97, M107, M109, M112).

use super::attachments::attachment;
use super::calendar::CalendarText;
use super::charset::{to_text, transfer_decode};
use super::facts::{Attachment, Problem};
use super::sealed::Envelope;
use super::structure::Part;
use super::{flowed, html, sealed, tnef};

/// M110: no more text than this is read, in bytes before decoding.
const LONGEST_TEXT: usize = 1024 * 1024;

/// So many calendar objects of one mail are looked at.
const MOST_CALENDARS: usize = 4;
/// M110: signed wrappings and `winmail.dat` are opened up to this size, in bytes before decoding.
const LONGEST_SEALED: usize = 20 * 1024 * 1024;
/// M110: signed wrappings inside each other.
const MOST_WRAPPINGS: usize = 3;
/// A text that stands in for the HTML is shorter than this, in bytes.
const LONGEST_STUB: usize = 300;
/// Where a page names its own character set, it does so within its first bytes.
const LONGEST_HEAD: usize = 1024;

/// The readable content of a mail.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The text, lines ending in a line feed, without NUL.
    pub(super) text: String,
    /// Whether the text was made from HTML.
    from_html: bool,
    pub(super) attachments: Vec<Attachment>,
    /// Calendar objects, decoded: a damaged one is often followed by a whole one.
    pub(super) calendars: Vec<CalendarText>,
    /// The first message in Outlook's own format, decoded.
    pub(super) winmail: Option<Vec<u8>>,
    /// What is wrong with the text, in the order in which it was noticed.
    pub(super) problems: Vec<Problem>,
    /// How many signed wrappings this was inside of.
    unwrapped: usize,
}

impl Body {
    /// Reads the body of a part and of everything below it.
    pub(super) fn of(part: &Part<'_>) -> Self {
        let mut body = Self::default();
        body.add(part);
        body
    }

    fn add(&mut self, part: &Part<'_>) {
        let name = part.media.name.as_str();
        match name {
            "multipart/alternative" => self.add_alternative(part),
            // M107: the second part is a signature, not an attachment a person sent.
            "multipart/signed" => {
                if let Some(first) = part.children.first() {
                    self.add(first);
                }
            }
            "multipart/encrypted" => {
                // RFC 3156 section 4.
                self.note(Problem::Encrypted);
                for child in &part.children {
                    self.list(child);
                }
            }
            "application/pkcs7-mime" | "application/x-pkcs7-mime" => self.add_signed(part),
            "application/ms-tnef" | "application/vnd.ms-tnef" => self.add_winmail(part),
            "multipart/report" => {
                // RFC 6522: only the first part is for people.
                if let Some(first) = part.children.first() {
                    self.add(first);
                }
            }
            _ if !part.children.is_empty() => {
                for child in &part.children {
                    self.add(child);
                }
            }
            _ if is_named(part, "winmail.dat") => self.add_winmail(part),
            "text/plain" | "text/enriched" | "text" if !part.is_attachment() => self.add_text(part),
            "text/html" if !part.is_attachment() => self.add_html(part),
            "text/calendar" => {
                self.add_calendar(part);
                if part.is_attachment() {
                    self.list(part);
                }
            }
            _ => {
                if name == "application/ics" || is_named(part, ".ics") {
                    self.add_calendar(part);
                }
                self.list(part);
            }
        }
    }

    /// M97: the plain words, unless they are missing, a stub, or much shorter than the HTML.
    fn add_alternative(&mut self, part: &Part<'_>) {
        let mut plain: Option<Body> = None;
        let mut rich: Option<Body> = None;
        let mut rich_bytes = 0;
        for child in &part.children {
            if child.media.name == "text/html" && plain.as_ref().is_some_and(|plain| plain.outweighs(child.body.len())) {
                // The HTML cannot say more than the words already read: its conversion is spared.
                continue;
            }
            let body = Body::of(child);
            if body.from_html {
                rich_bytes = body.text.len();
                rich = Some(body);
            } else if let Some(plain) = &mut plain {
                plain.join(body);
            } else {
                plain = Some(body);
            }
        }
        let plain_bytes = plain.as_ref().map_or(0, |plain| plain.text.trim().len());
        let is_stub = plain.as_ref().is_some_and(Self::is_stub);
        let prefers_rich = rich_bytes > 0 && (plain_bytes == 0 || is_stub || rich_bytes > 3 * plain_bytes + 200);
        let (first, second) = if prefers_rich { (rich, plain) } else { (plain, rich) };
        if let Some(body) = first {
            self.join(body);
        }
        if let Some(mut body) = second {
            body.text.clear();
            self.join(body);
        }
    }

    /// Whether an HTML part of so many bytes cannot hold much more text than this.
    fn outweighs(&self, html_bytes: usize) -> bool {
        let plain = self.text.trim().len();
        plain > 0 && html_bytes < 6 * plain + 600 && !self.is_stub()
    }

    /// "Your program cannot show HTML", in whatever language: a few words, and that one among them. Should a person have
    /// written them, the HTML says the same.
    fn is_stub(&self) -> bool {
        let text = self.text.trim();
        text.len() < LONGEST_STUB && text.to_ascii_lowercase().contains("html")
    }

    fn note(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    fn join(&mut self, other: Body) {
        if !other.text.trim().is_empty() {
            if !self.text.is_empty() && !self.text.ends_with("\n\n") {
                self.text.push('\n');
            }
            self.text.push_str(&other.text);
        }
        self.from_html |= other.from_html;
        self.attachments.extend(other.attachments);
        self.calendars.extend(other.calendars);
        self.calendars.truncate(MOST_CALENDARS);
        self.winmail = self.winmail.take().or(other.winmail);
        for problem in other.problems {
            self.note(problem);
        }
    }

    fn add_text(&mut self, part: &Part<'_>) {
        let mut text = self.decoded(part);
        if part.media.parameter("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
            let delete_space = part.media.parameter("delsp").is_some_and(|value| value.eq_ignore_ascii_case("yes"));
            text = flowed::unfold(&text, delete_space);
        }
        let (text, is_encrypted) = sealed::without_armour(text);
        if is_encrypted {
            self.note(Problem::Encrypted);
        }
        self.join(Body { text, ..Body::default() });
    }

    /// M107: opaque signed content is unwrapped without being trusted; whatever it is labelled, its bytes decide.
    fn add_signed(&mut self, part: &Part<'_>) {
        let encoding = part.encoding();
        let is_short = part.body.len() <= LONGEST_SEALED && self.unwrapped < MOST_WRAPPINGS;
        let opened = is_short.then(|| sealed::open(&transfer_decode(part.body, encoding.trim()).value));
        match opened {
            Some(Envelope::Signed(bytes)) => {
                let mut inner = Self { unwrapped: self.unwrapped + 1, ..Self::default() };
                inner.add(&Part::read(&bytes).root);
                self.join(inner);
            }
            Some(Envelope::Sealed) | None => {
                if part.media.parameter("smime-type").is_none_or(|kind| !kind.eq_ignore_ascii_case("certs-only")) {
                    self.note(Problem::Encrypted);
                }
                self.list(part);
            }
        }
    }

    /// M108: the files in a `winmail.dat`, and its text where the mail has no other.
    fn add_winmail(&mut self, part: &Part<'_>) {
        let is_short = part.body.len() <= LONGEST_SEALED;
        let bytes = is_short.then(|| transfer_decode(part.body, part.encoding().trim()).value);
        let unpacked = bytes.as_deref().and_then(tnef::unpack);
        // An answer to an invitation travels in it too (M124).
        self.winmail = self.winmail.take().or(bytes);
        let Some(unpacked) = unpacked else {
            self.note(Problem::UnreadableWinmail);
            return self.list(part);
        };
        self.attachments.extend(unpacked.attachments);
        if self.text.trim().is_empty() {
            self.join(Body { text: unpacked.text, ..Body::default() });
        }
    }

    fn add_html(&mut self, part: &Part<'_>) {
        let text = html::to_text(&self.decoded(part));
        self.join(Body { text, from_html: true, ..Body::default() });
    }

    fn add_calendar(&mut self, part: &Part<'_>) {
        if self.calendars.len() < MOST_CALENDARS {
            let method = part.media.parameter("method").map(ToOwned::to_owned);
            let text = self.decoded(part);
            self.calendars.push(CalendarText { text, method });
        }
    }

    fn list(&mut self, part: &Part<'_>) {
        self.attachments.push(attachment(part, self.attachments.len() + 1));
    }

    /// The text of a leaf: decoded, its line ends made one kind, NUL and byte order marks taken out (M94, M114).
    fn decoded(&mut self, part: &Part<'_>) -> String {
        let is_cut = part.body.len() > LONGEST_TEXT;
        let raw = part.body.get(..part.body.len().min(LONGEST_TEXT)).unwrap_or_default();
        let bytes = transfer_decode(raw, part.encoding().trim());
        let named = part.media.parameter("charset").map(ToOwned::to_owned);
        let named = named.or_else(|| (part.media.name == "text/html").then(|| charset_of_page(&bytes.value)).flatten());
        let text = to_text(bytes.value, named.as_deref());
        // A text cut in the middle of a character is not the sender's fault.
        let is_broken = (bytes.was_broken || text.was_broken) && !is_cut;
        let has_nul = memchr::memchr(0, text.value.as_bytes()).is_some();
        for (holds, problem) in [(is_cut, Problem::TooLarge), (is_broken, Problem::BrokenEncoding), (has_nul, Problem::NulBytes)]
        {
            if holds {
                self.note(problem);
            }
        }
        clean_lines(&text.value)
    }
}

/// Whether the file name that a part claims ends like this.
fn is_named(part: &Part<'_>, end: &str) -> bool {
    let disposition = part.headers.media_type("Content-Disposition");
    let claimed = disposition.as_ref().and_then(|disposition| disposition.parameter("filename"));
    let name = claimed.or_else(|| part.media.parameter("name")).unwrap_or_default();
    name.len() >= end.len() && name.get(name.len() - end.len()..).is_some_and(|tail| tail.eq_ignore_ascii_case(end))
}

/// `<meta charset=…>`, where the mail itself names none (M94).
fn charset_of_page(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(bytes.get(..bytes.len().min(LONGEST_HEAD)).unwrap_or_default()).to_lowercase();
    let (_, name) = head.split_once("charset=")?;
    let name = name.trim_start_matches(['"', '\'', ' ']);
    name.split(['"', '\'', ' ', ';', '>', '/']).next().filter(|name| !name.is_empty()).map(ToOwned::to_owned)
}

/// One kind of line end; no NUL, no byte order mark.
pub(super) fn clean_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // 0xEF begins the byte order mark, and some other characters.
    while let Some(at) = memchr::memchr3(b'\r', b'\0', 0xef, rest.as_bytes()) {
        let (before, odd) = rest.split_at(at);
        out.push_str(before);
        rest = match odd.as_bytes().first() {
            Some(b'\r') => {
                // CRLF, CRCRLF and a bare CR are one line end each.
                let after = odd.trim_start_matches('\r');
                out.push('\n');
                after.strip_prefix('\n').unwrap_or(after)
            }
            Some(0) => odd.get(1..).unwrap_or_default(),
            _ => {
                let mut characters = odd.chars();
                out.extend(characters.next().filter(|character| *character != '\u{feff}'));
                characters.as_str()
            }
        };
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(mail: &str, text: &str) {
        assert_eq!(Body::of(&Part::read(mail.as_bytes()).root).text, text);
    }

    #[test]
    fn the_plain_words_are_taken_unless_the_html_says_much_more() {
        let mail = |plain: &str, html: &str| {
            format!(
                "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{plain}\n--b\nContent-Type: \
                 text/html\n\n{html}\n--b--\n"
            )
        };
        check(&mail("plain", "<p>rich</p>"), "plain");
        check(&mail("", "<p>rich</p>"), "rich\n");
        let long = "<p>Lange tekst die er alleen in HTML staat.</p>".repeat(100);
        assert!(
            Body::of(&Part::read(mail("Uw programma kan geen HTML tonen.", &long).as_bytes()).root).text.starts_with("Lange")
        );
    }

    #[test]
    fn every_kind_of_line_end_becomes_one() {
        assert_eq!(clean_lines("a\r\nb\rc\nd\r\r\ne\0"), "a\nb\nc\nd\ne");
    }
}
