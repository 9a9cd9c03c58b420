//! The parts of a letter, as bytes that are the same for the same letter (M131, M138, M140).

use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType, Headers};
use lettre::message::{Body, MultiPart, SinglePart};

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
    let texts = MultiPart::alternative()
        .boundary(format!("=_text-{letter}"))
        .singlepart(text(ContentType::TEXT_PLAIN, content.plain))
        .singlepart(text(ContentType::TEXT_HTML, content.html));
    let whole = match attachment(content.original, content.original_name) {
        Some(part) => MultiPart::mixed().boundary(format!("=_mail-{letter}")).multipart(texts).singlepart(part),
        None => texts,
    };
    let mut bytes = head.to_string().into_bytes();
    bytes.append(&mut whole.formatted());
    bytes
}

fn text(kind: ContentType, text: &str) -> SinglePart {
    let encoding = ContentTransferEncoding::QuotedPrintable;
    SinglePart::builder().header(kind).body(Body::dangerous_pre_encoded(quoted_printable(text), encoding))
}

fn attachment(original: Original<'_>, name: &str) -> Option<SinglePart> {
    let disposition = ContentDisposition::attachment(name);
    match original {
        Original::None => None,
        // RFC 2046 section 5.2.1: message/rfc822 allows no encoding beyond 7bit here.
        Original::Message(bytes) => {
            let kind = ContentType::parse("message/rfc822").ok()?;
            let body = Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::SevenBit);
            Some(SinglePart::builder().header(kind).header(disposition).body(body))
        }
        Original::File(bytes) => {
            let kind = ContentType::parse("application/octet-stream").ok()?;
            let body = Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64).ok()?;
            Some(SinglePart::builder().header(kind).header(disposition).body(body))
        }
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
            let safe = if fragile { 0 } else { rest.iter().take(room).take_while(|byte| is_safe(**byte)).count() };
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
