//! `winmail.dat`: what Outlook sends to those it takes for its own kind (M108, MS-OXTNEF).
//!
//! Read by ourselves: the crates there are refuse a file for one wrong checksum and leave the text unread. Nothing
//! is believed of it but words, names and sizes; every length is checked against what is there.

mod properties;
mod rtf;

use self::properties::{Value, properties};
use super::attachments::safe_name;
use super::facts::Attachment;
use super::html;

/// MS-OXTNEF section 2.1.3.1.
const SIGNATURE: &[u8] = &[0x78, 0x9f, 0x3e, 0x22];
const BODY: u16 = 0x800c;
const ATTACHMENT_BEGINS: u16 = 0x9002;
const ATTACHMENT_DATA: u16 = 0x800f;
const ATTACHMENT_TITLE: u16 = 0x8010;
const MESSAGE_PROPERTIES: u16 = 0x9003;
const ATTACHMENT_PROPERTIES: u16 = 0x9005;
/// No more attachments than this are listed.
const MOST_ATTACHMENTS: usize = 200;

/// What was inside.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Unpacked {
    /// The text as a person reads it.
    pub(super) text: String,
    pub(super) attachments: Vec<Attachment>,
}

/// Unpacks; `None` where the bytes are no TNEF. A file that was cut off gives what it still holds.
pub(super) fn unpack(bytes: &[u8]) -> Option<Unpacked> {
    let mut rest = bytes.strip_prefix(SIGNATURE)?.get(2..)?;
    let mut plain = String::new();
    let mut rich = String::new();
    let mut found = Unpacked::default();
    while let Some((id, data, after)) = attribute(rest) {
        rest = after;
        match id {
            BODY => plain = text(data),
            MESSAGE_PROPERTIES => {
                let values = properties(data);
                rich = rich_text(&values).unwrap_or(rich);
                if let Some(words) = values.text(properties::BODY).filter(|_| plain.trim().is_empty()) {
                    plain = words;
                }
            }
            ATTACHMENT_BEGINS if found.attachments.len() < MOST_ATTACHMENTS => {
                let number = found.attachments.len() + 1;
                let media_type = "application/octet-stream".to_owned();
                found.attachments.push(Attachment { name: format!("{number}.bin"), media_type, bytes: 0 });
            }
            ATTACHMENT_TITLE => name(&mut found, &text(data)),
            ATTACHMENT_DATA => {
                if let Some(last) = found.attachments.last_mut() {
                    last.bytes = data.len();
                }
            }
            ATTACHMENT_PROPERTIES => {
                let values = properties(data);
                // The long name is the true one; the title was cut to eight letters and three.
                if let Some(long) = values.text(properties::LONG_FILE_NAME) {
                    name(&mut found, &long);
                }
                if let (Some(kind), Some(last)) = (values.text(properties::MIME_TAG), found.attachments.last_mut()) {
                    last.media_type = kind.trim().to_lowercase();
                }
            }
            _ => {}
        }
    }
    found.text = if rich.trim().is_empty() { plain } else { rich };
    Some(found)
}

/// One attribute (MS-OXTNEF section 2.1.3.2): its level, id, type, length, data and checksum, which proves nothing.
fn attribute(bytes: &[u8]) -> Option<(u16, &[u8], &[u8])> {
    let head = bytes.get(..9)?;
    let id = u16::from_le_bytes([*head.get(1)?, *head.get(2)?]);
    let length = u32::from_le_bytes(head.get(5..9)?.try_into().ok()?);
    let length = usize::try_from(length).ok()?;
    let rest = bytes.get(9..)?;
    let data = rest.get(..length.min(rest.len()))?;
    Some((id, data, rest.get(length.checked_add(2)?..).unwrap_or_default()))
}

fn name(found: &mut Unpacked, claimed: &str) {
    let safe = safe_name(claimed);
    if let Some(last) = found.attachments.last_mut().filter(|_| !safe.is_empty()) {
        last.name = safe;
    }
}

/// HTML where it is given, else compressed RTF.
fn rich_text(values: &properties::Properties<'_>) -> Option<String> {
    if let Some(Value::Bytes(page)) = values.get(properties::HTML) {
        return Some(html::to_text(&text(page)));
    }
    let Some(Value::Bytes(packed)) = values.get(properties::RTF) else { return None };
    Some(match rtf::read(&rtf::decompress(packed)?) {
        rtf::Text::Plain(words) => words,
        rtf::Text::Html(page) => html::to_text(&page),
    })
}

/// Text of the sender's code page, or of whatever it turns out to be; without the zero at its end.
fn text(bytes: &[u8]) -> String {
    let end = memchr::memchr(0, bytes).unwrap_or(bytes.len());
    super::body::clean_lines(&super::charset::to_text(bytes.get(..end).unwrap_or_default().to_vec(), None).value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An attribute with a checksum that nobody looks at.
    fn attribute_of(level: u8, id: u16, data: &[u8]) -> Vec<u8> {
        let mut out = vec![level];
        out.extend(id.to_le_bytes());
        out.extend([0, 0]);
        out.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
        out.extend(data);
        out.extend([0, 0]);
        out
    }

    fn file(attributes: &[Vec<u8>]) -> Vec<u8> {
        [SIGNATURE, &[1, 0], &attributes.concat()].concat()
    }

    /// One property with bytes or characters of one byte as its value.
    fn property(kind: u16, id: u16, value: &[u8]) -> Vec<u8> {
        let mut out = [1_u32.to_le_bytes().as_slice(), &kind.to_le_bytes(), &id.to_le_bytes()].concat();
        out.extend(1_u32.to_le_bytes());
        out.extend(u32::try_from(value.len()).unwrap().to_le_bytes());
        out.extend(value);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    #[test]
    fn the_text_and_the_names_of_files_come_out() {
        let bytes = file(&[
            attribute_of(1, BODY, b"plat\0"),
            attribute_of(1, MESSAGE_PROPERTIES, &property(0x0102, 0x1013, b"<p>Mijn <b>klacht</b> is \xe9\xe9n.</p>")),
            attribute_of(2, ATTACHMENT_BEGINS, &[0; 14]),
            attribute_of(2, ATTACHMENT_TITLE, b"BRIEF~1.PDF\0"),
            attribute_of(2, ATTACHMENT_DATA, &[7; 1234]),
            attribute_of(2, ATTACHMENT_PROPERTIES, &property(0x001e, 0x3707, b"brief van mei.pdf\0")),
        ]);
        let found = unpack(&bytes).unwrap();
        assert_eq!(found.text, "Mijn klacht is één.\n");
        assert_eq!((found.attachments[0].name.as_str(), found.attachments[0].bytes), ("brief van mei.pdf", 1234));
        // M108: cut off anywhere, it still ends.
        for end in 0..bytes.len() {
            let _ = unpack(&bytes[..end]);
        }
    }

    #[test]
    fn rich_text_is_read_too() {
        let raw = br"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}\f0 Mijn klacht is \'e9\'e9n.\par\u8364?5 {\*\x niet}te veel}";
        let mut packed = Vec::new();
        packed.extend(u32::try_from(raw.len() + 12).unwrap().to_le_bytes());
        packed.extend(u32::try_from(raw.len()).unwrap().to_le_bytes());
        packed.extend(b"MELA\0\0\0\0");
        packed.extend(raw);
        let found = unpack(&file(&[attribute_of(1, MESSAGE_PROPERTIES, &property(0x0102, 0x1009, &packed))])).unwrap();
        assert_eq!(found.text, "Mijn klacht is één.\n€5 te veel");
    }

    #[test]
    fn other_bytes_are_no_tnef() {
        assert_eq!(unpack(b"PK\x03\x04"), None);
        assert_eq!(unpack(b""), None);
    }
}
