//! Attachments that travel from an officer to a party (M88): only kinds from which everything is removed that
//! betrays who made them, where and when; under names of our own. The rest is held, and the officer is told.

use img_parts::ImageEXIF as _;
use img_parts::jpeg::Jpeg;
use img_parts::png::Png;
use mail_parser::{MessageParser, MimeHeaders as _};

/// Largest attachment that travels, in bytes.
const LARGEST: usize = 8_000_000;

/// One attachment, cleaned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relayed {
    /// Our name for it.
    pub name: String,
    /// What it is.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The attachments of a mail that may travel, and the names of those that may not.
pub fn attachments(raw: &[u8], name: &str) -> (Vec<Relayed>, Vec<String>) {
    let Some(mail) = MessageParser::default().parse(raw) else { return (Vec::new(), Vec::new()) };
    let (mut clean, mut held) = (Vec::new(), Vec::new());
    for part in mail.attachments() {
        let number = clean.len() + 1;
        match cleaned(part.contents()) {
            Some((extension, media_type, bytes)) => {
                clean.push(Relayed { name: format!("{name}-{number}.{extension}"), media_type, bytes });
            }
            None if is_signature_picture(part) => {}
            None => held.push(part.attachment_name().unwrap_or("?").to_owned()),
        }
    }
    (clean, held)
}

/// Small pictures inside an HTML mail are a logo; nobody misses them, and nobody needs to hear of them.
fn is_signature_picture(part: &mail_parser::MessagePart<'_>) -> bool {
    part.content_id().is_some() && part.contents().len() < 100_000
}

/// By what the bytes are, never by what they are called: an executable called `foto.jpg` is held.
fn cleaned(bytes: &[u8]) -> Option<(&'static str, &'static str, Vec<u8>)> {
    if bytes.len() > LARGEST {
        return None;
    }
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return Some(("jpg", "image/jpeg", clean_jpeg(bytes)?));
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(("png", "image/png", clean_png(bytes)?));
    }
    None
}

/// Keeps what is needed to draw the picture: comments and the application segments with EXIF, XMP, IPTC and colour
/// profiles go; Adobe's APP14 stays, because it says how colours are stored.
fn clean_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    const APP1: u8 = 0xe1;
    const APP15: u8 = 0xef;
    const ADOBE: u8 = 0xee;
    const COMMENT: u8 = 0xfe;
    let mut picture = Jpeg::from_bytes(bytes.to_vec().into()).ok()?;
    picture.set_exif(None);
    picture.segments_mut().retain(|segment| {
        let marker = segment.marker();
        marker == ADOBE || !(marker == COMMENT || (APP1..=APP15).contains(&marker))
    });
    Some(picture.encoder().bytes().to_vec())
}

/// Keeps the chunks that draw the picture (PNG, third edition, section 11): text, time, EXIF and profiles go.
fn clean_png(bytes: &[u8]) -> Option<Vec<u8>> {
    const DRAWING: [[u8; 4]; 9] = [*b"IHDR", *b"PLTE", *b"IDAT", *b"IEND", *b"tRNS", *b"gAMA", *b"cHRM", *b"sRGB", *b"pHYs"];
    let mut picture = Png::from_bytes(bytes.to_vec().into()).ok()?;
    picture.chunks_mut().retain(|chunk| DRAWING.contains(&chunk.kind()));
    Some(picture.encoder().bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(secret: &[u8]) -> Vec<u8> {
        let segment = |marker: u8, content: &[u8]| {
            let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
            [&[0xff, marker], &length[..], content].concat()
        };
        let exif = [b"Exif\0\0".as_slice(), secret].concat();
        [
            &[0xff, 0xd8][..],
            &segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            &segment(0xe1, &exif),
            &segment(0xfe, secret),
            &segment(0xdb, &[0; 65]),
            &segment(0xc0, &[8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
            &segment(0xc4, &[0; 19]),
            &segment(0xda, &[1, 1, 0, 0, 63, 0]),
            &[0x00, 0xff, 0xd9],
        ]
        .concat()
    }

    fn png(secret: &[u8]) -> Vec<u8> {
        let chunk = |kind: &[u8; 4], content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap().to_be_bytes();
            let crc = crc32(&[kind.as_slice(), content].concat()).to_be_bytes();
            [&length[..], kind, content, &crc].concat()
        };
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]),
            chunk(b"tEXt", secret),
            chunk(b"eXIf", secret),
            chunk(b"IDAT", &[0x78, 0x9c, 0x63, 0, 0, 0, 2, 0, 1]),
            chunk(b"IEND", b""),
        ]
        .concat()
    }

    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }

    fn mail(name: &str, bytes: &[u8]) -> Vec<u8> {
        let encoded = data_encoding::BASE64.encode(bytes);
        format!(
            "From: o@voorbeeldzorg.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
             Content-Type: text/plain\r\n\r\nHierbij.\r\n--b\r\nContent-Type: application/octet-stream\r\n\
             Content-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n--b--\r\n"
        )
        .into_bytes()
    }

    #[test]
    fn a_picture_travels_without_place_camera_comment_or_name() {
        let secret = b"anna.de.boer@post.example 52.3702N";
        for (name, bytes) in [("anna-de-boer.jpg", jpeg(secret)), ("scherm van Anna.png", png(secret))] {
            let (clean, held) = attachments(&mail(name, &bytes), "bijlage");
            assert!(held.is_empty(), "{held:?}");
            let found = clean[0].bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!found, "{name} betrays its maker (M88)");
            assert!(clean[0].bytes.len() > 20 && clean[0].name.starts_with("bijlage-1."));
        }
    }

    #[test]
    fn what_can_not_be_cleaned_is_held_whatever_it_is_called() {
        for (name, bytes) in [
            ("foto.jpg", b"MZ\x90\0 an executable".as_slice()),
            ("brief.docx", b"PK\x03\x04"),
            ("brief.pdf", b"%PDF-1.7"),
            ("x.eml", b"From: a@b"),
        ] {
            let (clean, held) = attachments(&mail(name, bytes), "bijlage");
            assert!(clean.is_empty());
            assert_eq!(held, [name]);
        }
    }
}
