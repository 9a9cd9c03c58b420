//! The parts of a letter, as bytes that are the same for the same letter (M131, M138, M140).

use std::borrow::Cow;

use lettre::message::Body;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType, Headers};

use super::original::Original;
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
}

/// The whole letter. A boundary holds `=_`, which neither quoted-printable nor base64 can produce, so that
/// no text is taken for one whatever a person wrote (RFC 2045 section 6.7); and it holds the letter's id,
/// which an attached original can not know beforehand. A second rendering gives the same bytes.
pub fn assemble(head: &Headers, content: Content<'_>, letter: LetterId) -> Vec<u8> {
    let texts = format!("=_text-{letter}");
    let plain = quoted_printable(content.plain);
    let html = quoted_printable(content.html);
    let mut bytes = head.to_string().into_bytes();
    if let Some((file, body)) = attachment(content.original, content.original_name) {
        let whole = format!("=_mail-{letter}");
        bytes.reserve(plain.len() + html.len() + body.len() + 1024);
        begin(&mut bytes, "mixed", &whole);
        delimit(&mut bytes, &whole);
        alternatives(&mut bytes, &texts, &plain, &html);
        delimit(&mut bytes, &whole);
        add(&mut bytes, &file, &body);
        end(&mut bytes, &whole);
    } else {
        bytes.reserve(plain.len() + html.len() + 512);
        alternatives(&mut bytes, &texts, &plain, &html);
    }
    bytes
}

/// RFC 2046 section 5.1.4: the plain part first, the better one last.
fn alternatives(out: &mut Vec<u8>, boundary: &str, plain: &[u8], html: &[u8]) {
    begin(out, "alternative", boundary);
    for (kind, text) in [(ContentType::TEXT_PLAIN, plain), (ContentType::TEXT_HTML, html)] {
        delimit(out, boundary);
        let mut head = Headers::new();
        head.set(kind);
        head.set(ContentTransferEncoding::QuotedPrintable);
        add(out, &head, text);
    }
    end(out, boundary);
}

// The frame of RFC 2046 section 5.1.1 is written here rather than by lettre, which would copy every letter three times.

fn begin(out: &mut Vec<u8>, subtype: &str, boundary: &str) {
    out.extend_from_slice(format!("Content-Type: multipart/{subtype};\r\n boundary=\"{boundary}\"\r\n\r\n").as_bytes());
}

fn delimit(out: &mut Vec<u8>, boundary: &str) {
    out.extend_from_slice(b"--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(b"\r\n");
}

fn add(out: &mut Vec<u8>, head: &Headers, body: &[u8]) {
    out.extend_from_slice(head.to_string().as_bytes());
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out.extend_from_slice(b"\r\n");
}

fn end(out: &mut Vec<u8>, boundary: &str) {
    out.extend_from_slice(b"--");
    out.extend_from_slice(boundary.as_bytes());
    out.extend_from_slice(b"--\r\n");
}

fn attachment<'a>(original: Original<'a>, name: &str) -> Option<(Headers, Cow<'a, [u8]>)> {
    let (kind, encoding, body) = match original {
        Original::None => return None,
        // RFC 2046 section 5.2.1: message/rfc822 allows no encoding beyond 7bit here.
        Original::Message(bytes) => ("message/rfc822", ContentTransferEncoding::SevenBit, bytes),
        Original::File(bytes) => {
            let body = Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64).ok()?;
            ("application/octet-stream", ContentTransferEncoding::Base64, body.into_vec().into())
        }
    };
    let mut head = Headers::new();
    head.set(ContentType::parse(kind).ok()?);
    head.set(ContentDisposition::attachment(name));
    head.set(encoding);
    Some((head, body))
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
