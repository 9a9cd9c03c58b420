//! The original of a mail, as it hangs on the officer's notice.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

/// RFC 5322 section 2.1.1.
const LONGEST_LINE: usize = 998;

/// How the original travels.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Original<'a> {
    /// Not at all: there is none, or it is larger than the desk attaches.
    #[default]
    None,
    /// As `message/rfc822`, which officers can open and forward: seven-bit, lines ended by CRLF.
    Message(Cow<'a, [u8]>),
    /// As a file, byte for byte: what is not clean may not travel as a message (RFC 2046 section 5.2.1).
    File(&'a [u8]),
}

impl<'a> Original<'a> {
    /// Decides how these bytes travel.
    pub fn of(raw: &'a [u8], attach_up_to: usize) -> Self {
        if raw.is_empty() || raw.len() > attach_up_to {
            return Self::None;
        }
        match as_message(raw) {
            Some(bytes) => Self::Message(bytes),
            None => Self::File(raw),
        }
    }
}

/// The bytes with CRLF at every line end (a Maildir holds LF), or `None` where they are not clean.
fn as_message(raw: &[u8]) -> Option<Cow<'_, [u8]>> {
    // Attachments are long: each question is asked of many bytes at a time.
    if !raw.is_ascii() || memchr(0, raw).is_some() {
        return None;
    }
    let mut is_repaired = !raw.ends_with(b"\n");
    let mut start = 0;
    for end in memchr_iter(b'\n', raw).chain(std::iter::once(raw.len())) {
        let line = raw.get(start..end).unwrap_or_default();
        let ended_by_lf = end < raw.len();
        let content = if ended_by_lf { line.strip_suffix(b"\r") } else { None };
        is_repaired |= ended_by_lf && content.is_none();
        let content = content.unwrap_or(line);
        if content.len() > LONGEST_LINE || memchr(b'\r', content).is_some() {
            return None;
        }
        start = end + 1;
    }
    if !is_repaired {
        return Some(Cow::Borrowed(raw));
    }
    Some(Cow::Owned(with_wire_line_ends(raw)))
}

/// The bytes with CRLF at the end of every line, also of the last (M138).
pub fn with_wire_line_ends(raw: &[u8]) -> Vec<u8> {
    let mut wire = Vec::with_capacity(raw.len() + raw.len() / 32 + 2);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        wire.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        wire.extend_from_slice(b"\r\n");
    }
    wire
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clean_mail_travels_as_a_message_with_its_line_ends_repaired() {
        assert_eq!(Original::of(b"A: b\n\nc", 100), Original::Message(b"A: b\r\n\r\nc\r\n".into()));
        assert_eq!(Original::of(b"A: b\r\n\r\nc\r\n", 100), Original::Message(b"A: b\r\n\r\nc\r\n".into()));
    }

    #[test]
    fn what_is_not_clean_travels_as_a_file() {
        let long = [b"A: b\n\n".as_slice(), &[b'x'; 999]].concat();
        for raw in [&b"A: \xe9\n"[..], b"A: b\n\n\0", b"A: b\rc\n", b"A: b\r", &long] {
            assert_eq!(Original::of(raw, 2000), Original::File(raw));
        }
    }

    #[test]
    fn what_is_too_large_stays_at_home() {
        assert_eq!(Original::of(b"A: b\n", 3), Original::None);
    }
}
