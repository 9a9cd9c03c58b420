//! The parts of a letter, as bytes that are the same for the same letter (M131, M138, M140).

use std::borrow::Cow;

use lettre::message::Body;
use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue, Headers,
};

use super::calendar::CalendarFile;
use super::original::Original;
use super::paper::Paper;
use super::relay::Relayed;
use crate::model::LetterId;

/// What a letter holds.
#[derive(Debug)]
pub struct Content<'a> {
    /// The plain part, lines ended by LF.
    pub plain: &'a str,
    /// The HTML part.
    pub html: &'a str,
    /// The mail that it tells about.
    pub original: Original<'a>,
    /// The file name of that mail, where it is attached as a file.
    pub original_name: &'a str,
    /// What the letter puts in its reader's calendar, and the name under which that is attached as well.
    pub calendar: Option<(&'a CalendarFile, &'a str)>,
    /// Letters to print.
    pub papers: &'a [Paper],
    /// Deadlines for the officer's own calendar, and the name under which they are attached. They ask nothing, so
    /// they are a file and no invitation.
    pub deadlines: Option<(&'a CalendarFile, &'a str)>,
    /// What an officer sends along, cleaned (M88).
    pub relayed: &'a [Relayed],
    /// What an officer asked for.
    pub files: &'a [Relayed],
}

/// The whole letter. A boundary holds `=_`, which neither quoted-printable nor base64 can produce, so that
/// no text is taken for one whatever a person wrote (RFC 2045 section 6.7); and it holds the letter's id,
/// which an attached original can not know beforehand. A second rendering gives the same bytes.
pub fn assemble(head: &Headers, content: Content<'_>, letter: LetterId) -> Vec<u8> {
    // RFC 2046 section 5.1.4: the plain part first, the better one last.
    let mut texts = vec![text(ContentType::TEXT_PLAIN, content.plain), text(ContentType::TEXT_HTML, content.html)];
    let mut attached = Vec::new();
    if let Some((file, name)) = content.calendar {
        // M116: the last part is the one that calendars look for; the copy as a file helps Apple Mail and mutt.
        texts.push(invitation(file));
        attached.extend(file_part("application/ics", name, file.text.as_bytes()));
    }
    attached.extend(content.papers.iter().filter_map(|paper| file_part("application/pdf", &paper.file_name, &paper.bytes)));
    attached.extend(content.deadlines.and_then(|(file, name)| {
        file_part(&format!("text/calendar; method={}; charset=UTF-8", file.method), name, file.text.as_bytes())
    }));
    attached.extend(
        content.relayed.iter().chain(content.files).filter_map(|file| file_part(file.media_type, &file.name, &file.bytes)),
    );
    attached.extend(attachment(content.original, content.original_name));
    let mut bytes = head.to_string().into_bytes();
    bytes.reserve(texts.iter().chain(&attached).map(|part| part.body.len() + 512).sum());
    let inner = format!("=_text-{letter}");
    if attached.is_empty() {
        multipart(&mut bytes, "alternative", &inner, &texts);
    } else {
        let outer = format!("=_mail-{letter}");
        begin(&mut bytes, "mixed", &outer);
        delimit(&mut bytes, &outer);
        multipart(&mut bytes, "alternative", &inner, &texts);
        add(&mut bytes, &outer, &attached);
    }
    bytes
}

/// A part that holds no others.
struct Part<'a> {
    head: Headers,
    body: Cow<'a, [u8]>,
}

impl<'a> Part<'a> {
    fn new(kind: ContentType, encoding: ContentTransferEncoding, body: impl Into<Cow<'a, [u8]>>) -> Self {
        let mut head = Headers::new();
        head.set(kind);
        head.set(encoding);
        Self { head, body: body.into() }
    }

    fn with(mut self, field: impl Header) -> Self {
        self.head.set(field);
        self
    }
}

// The frame of RFC 2046 section 5.1.1 is written here rather than by lettre, which would copy every letter three times.

fn multipart(out: &mut Vec<u8>, subtype: &str, boundary: &str, parts: &[Part<'_>]) {
    begin(out, subtype, boundary);
    add(out, boundary, parts);
}

fn begin(out: &mut Vec<u8>, subtype: &str, boundary: &str) {
    out.extend_from_slice(format!("Content-Type: multipart/{subtype};\r\n boundary=\"{boundary}\"\r\n\r\n").as_bytes());
}

fn delimit(out: &mut Vec<u8>, boundary: &str) {
    out.extend_from_slice(b"--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// Adds the last parts and closes the frame.
fn add(out: &mut Vec<u8>, boundary: &str, parts: &[Part<'_>]) {
    for part in parts {
        delimit(out, boundary);
        out.extend_from_slice(part.head.to_string().as_bytes());
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&part.body);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(b"--\r\n");
}

fn text(kind: ContentType, text: &str) -> Part<'static> {
    Part::new(kind, ContentTransferEncoding::QuotedPrintable, quoted_printable(text))
}

/// RFC 6047 section 2.4: the parameter repeats the method of the file.
fn invitation(file: &CalendarFile) -> Part<'static> {
    let kind = ContentType::parse(&format!("text/calendar; method={}; charset=UTF-8", file.method));
    text(kind.unwrap_or(ContentType::TEXT_PLAIN), &file.text).with(ContentClass)
}

/// By which Exchange knows a calendar part.
#[derive(Clone, Copy, Debug)]
struct ContentClass;

impl Header for ContentClass {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Class")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "urn:content-classes:calendarmessage".to_owned())
    }
}

fn file_part(kind: &str, name: &str, bytes: &[u8]) -> Option<Part<'static>> {
    base64_part(ContentType::parse(&format!("{kind}; name=\"{name}\"")).ok()?, name, bytes)
}

fn base64_part(kind: ContentType, name: &str, bytes: &[u8]) -> Option<Part<'static>> {
    let body = Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64).ok()?.into_vec();
    Some(Part::new(kind, ContentTransferEncoding::Base64, body).with(ContentDisposition::attachment(name)))
}

fn attachment<'a>(original: Original<'a>, name: &str) -> Option<Part<'a>> {
    match original {
        Original::None => None,
        // RFC 2046 section 5.2.1: message/rfc822 allows no encoding beyond 7bit here.
        Original::Message(bytes) => {
            let kind = ContentType::parse("message/rfc822").ok()?;
            Some(Part::new(kind, ContentTransferEncoding::SevenBit, bytes).with(ContentDisposition::attachment(name)))
        }
        Original::File(bytes) => base64_part(ContentType::parse("application/octet-stream").ok()?, name, bytes),
    }
}

/// RFC 2045 section 6.7: lines of at most 76 octets ended by CRLF. A dot or an F at the start of a line and
/// a blank at its end are encoded, so that no server on the way can change them (dots are stuffed, `From `
/// becomes `>From `, blanks are trimmed).
fn quoted_printable(text: &str) -> Vec<u8> {
    // One column of the 76 is kept for the `=` of a soft break.
    const WIDTH: usize = 75;
    let mut out = Vec::with_capacity(text.len() + text.len() / 6 + 64);
    for line in text.lines() {
        let mut rest = line.as_bytes();
        let mut column = 0;
        while let Some((&byte, behind)) = rest.split_first() {
            let room = WIDTH - column;
            let fragile = column == 0 && matches!(byte, b'.' | b'F');
            let safe = if fragile { 0 } else { safe_run(rest.get(..room).unwrap_or(rest)) };
            let ends_in_blank = safe == rest.len() && rest.last() == Some(&b' ');
            let (run, after) = rest.split_at_checked(safe - usize::from(ends_in_blank)).unwrap_or((rest, &[]));
            if !run.is_empty() {
                out.extend_from_slice(run);
                column += run.len();
                rest = after;
            } else if room < 3 {
                out.extend_from_slice(b"=\r\n");
                column = 0;
            } else {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push(b'=');
                out.extend(HEX.get(usize::from(byte >> 4)));
                out.extend(HEX.get(usize::from(byte & 15)));
                column += 3;
                rest = behind;
            }
        }
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// How many bytes stand there that need no encoding. Whole lines of them are the rule, and found without a look at each.
fn safe_run(bytes: &[u8]) -> usize {
    if bytes.iter().fold(true, |safe, byte| safe & is_safe(*byte)) {
        bytes.len()
    } else {
        bytes.iter().position(|byte| !is_safe(*byte)).unwrap_or(bytes.len())
    }
}

/// Printable ASCII without `=`, and the blank.
fn is_safe(byte: u8) -> bool {
    matches!(byte, b' '..=b'<' | b'>'..=b'~')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decoded(encoded: &[u8]) -> String {
        let mut mail = b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".to_vec();
        mail.extend_from_slice(encoded);
        let parsed = mail_parser::MessageParser::default().parse(&mail).unwrap();
        parsed.body_text(0).unwrap().replace("\r\n", "\n")
    }

    proptest! {
        #[test]
        fn every_text_survives_and_no_line_is_longer_than_76(text in "([a-zé€ .=F-]{0,40}\n?){0,20}") {
            let text = format!("x{text}\n");
            let encoded = quoted_printable(&text);
            for line in encoded.split(|b| *b == b'\n') {
                prop_assert!(line.len() <= 77);
                prop_assert!(!line.starts_with(b"."));
                prop_assert!(!line.starts_with(b"From "));
            }
            prop_assert_eq!(decoded(&encoded), text);
        }
    }
}
