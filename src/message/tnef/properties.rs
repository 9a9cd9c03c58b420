//! MAPI properties in a TNEF attribute (MS-OXTNEF section 2.1.3.4).

/// PidTagBody, the plain text.
pub(super) const BODY: u16 = 0x1000;
/// PidTagRtfCompressed.
pub(super) const RTF: u16 = 0x1009;
/// PidTagHtml.
pub(super) const HTML: u16 = 0x1013;
/// PidTagAttachLongFilename.
pub(super) const LONG_FILE_NAME: u16 = 0x3707;
/// PidTagAttachMimeTag.
pub(super) const MIME_TAG: u16 = 0x370e;

/// No more properties than this are read of one attribute.
const MOST: u32 = 5_000;

/// A value as it stands in the file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value<'a> {
    /// Bytes, or characters of the sender's code page.
    Bytes(&'a [u8]),
    /// UTF-16, lower byte first.
    Wide(&'a [u8]),
}

/// The values that have words in them.
#[derive(Debug, Default)]
pub(super) struct Properties<'a>(Vec<(u16, Value<'a>)>);

impl<'a> Properties<'a> {
    pub(super) fn get(&self, id: u16) -> Option<Value<'a>> {
        self.0.iter().find(|(found, _)| *found == id).map(|(_, value)| *value)
    }

    /// A value as text.
    pub(super) fn text(&self, id: u16) -> Option<String> {
        Some(match self.get(id)? {
            Value::Bytes(bytes) => super::text(bytes),
            Value::Wide(bytes) => {
                let units = bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes([*pair.first()?, *pair.get(1)?])));
                let text: String =
                    char::decode_utf16(units.take_while(|unit| *unit != 0)).map(|c| c.unwrap_or('\u{fffd}')).collect();
                crate::message::body::clean_lines(&text)
            }
        })
    }
}

/// Reads all properties that can be read; one of an unknown type ends the list, since nobody can tell its length.
pub(super) fn properties(bytes: &[u8]) -> Properties<'_> {
    let mut found = Properties::default();
    let mut rest = Rest(bytes);
    let count = rest.u32().unwrap_or_default().min(MOST);
    for _ in 0..count {
        if one(&mut rest, &mut found).is_none() {
            break;
        }
    }
    found
}

fn one<'a>(rest: &mut Rest<'a>, found: &mut Properties<'a>) -> Option<()> {
    let (kind, id) = (rest.u16()?, rest.u16()?);
    if id >= 0x8000 {
        // A named property: its set, and a number or a name.
        rest.take(16)?;
        if rest.u32()? == 0 {
            rest.take(4)?;
        } else {
            rest.padded()?;
        }
    }
    // Sizes in bytes; short ones stand in four all the same.
    let fixed = match kind & 0x0fff {
        0x002 | 0x003 | 0x004 | 0x00a | 0x00b => Some(4),
        0x005 | 0x006 | 0x007 | 0x014 | 0x040 => Some(8),
        0x048 => Some(16),
        0x00d | 0x01e | 0x01f | 0x102 => None,
        _ => return None,
    };
    let is_list = kind & 0x1000 != 0;
    let values = if fixed.is_none() || is_list { rest.u32()?.min(MOST) } else { 1 };
    for _ in 0..values {
        if let Some(size) = fixed {
            rest.take(size)?;
            continue;
        }
        let value = rest.padded()?;
        found.0.push((id, if kind & 0x0fff == 0x01f { Value::Wide(value) } else { Value::Bytes(value) }));
    }
    Some(())
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(size)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A length and so many bytes, filled up to a multiple of four. One that was cut off is given as far as it goes.
    fn padded(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        let taken = self.take(length.min(self.0.len()))?;
        let _ = self.take(length.next_multiple_of(4).saturating_sub(length).min(self.0.len()));
        Some(taken)
    }
}
