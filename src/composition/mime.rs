//! The parts of a letter, as bytes that are the same for the same letter (M131, M138, M140).

use lettre::message::header::{
    ContentDisposition, ContentTransferEncoding, ContentType, Header, HeaderName, HeaderValue, Headers,
};
use lettre::message::{Body, MultiPart, SinglePart};

use super::calendar::CalendarFile;
use super::original::Original;
use super::paper::Paper;
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
    /// A letter to print.
    pub paper: Option<&'a Paper>,
}

/// The whole letter. A boundary holds `=_`, which neither quoted-printable nor base64 can produce, so that
/// no text is taken for one whatever a person wrote (RFC 2045 section 6.7); and it holds the letter's id,
/// which an attached original can not know beforehand. A second rendering gives the same bytes.
pub fn assemble(head: &Headers, content: Content<'_>, letter: LetterId) -> Vec<u8> {
    let mut texts = MultiPart::alternative()
        .boundary(format!("=_text-{letter}"))
        .singlepart(text(ContentType::TEXT_PLAIN, content.plain))
        .singlepart(text(ContentType::TEXT_HTML, content.html));
    let mut attached = Vec::new();
    if let Some((file, name)) = content.calendar {
        // M116: the last part is the one that calendars look for; the copy as a file helps Apple Mail and mutt.
        texts = texts.singlepart(invitation(file));
        attached.extend(file_part("application/ics", name, file.text.as_bytes()));
    }
    attached.extend(content.paper.and_then(|paper| file_part("application/pdf", &paper.file_name, &paper.bytes)));
    attached.extend(attachment(content.original, content.original_name));
    let whole = if attached.is_empty() {
        texts
    } else {
        let mixed = MultiPart::mixed().boundary(format!("=_mail-{letter}")).multipart(texts);
        attached.into_iter().fold(mixed, MultiPart::singlepart)
    };
    let mut bytes = head.to_string().into_bytes();
    bytes.append(&mut whole.formatted());
    bytes
}

/// RFC 6047 section 2.4: the parameter repeats the method of the file.
fn invitation(file: &CalendarFile) -> SinglePart {
    let kind = ContentType::parse(&format!("text/calendar; method={}; charset=UTF-8", file.method));
    let encoding = ContentTransferEncoding::QuotedPrintable;
    SinglePart::builder()
        .header(kind.unwrap_or(ContentType::TEXT_PLAIN))
        .header(ContentClass)
        .body(Body::dangerous_pre_encoded(quoted_printable(&file.text), encoding))
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

fn file_part(kind: &str, name: &str, bytes: &[u8]) -> Option<SinglePart> {
    let kind = ContentType::parse(&format!("{kind}; name=\"{name}\"")).ok()?;
    let body = Body::new_with_encoding(bytes.to_vec(), ContentTransferEncoding::Base64).ok()?;
    Some(SinglePart::builder().header(kind).header(ContentDisposition::attachment(name)).body(body))
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
