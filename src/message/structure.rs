//! The parts of a mail, with limits before anything is decoded (RFC 2046 section 5, M110).

use memchr::memmem;

use super::header::{Headers, MediaType};

/// M110: deeper parts are read as flat text.
const DEEPEST: usize = 50;
/// M110: parts after this many are not read.
const MOST_PARTS: usize = 500;

/// One part and what it holds.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) headers: Headers<'a>,
    pub(super) media: MediaType,
    /// The raw body, still in its transfer encoding.
    pub(super) body: &'a [u8],
    /// Of a multipart whose boundary was found; empty otherwise.
    pub(super) children: Vec<Part<'a>>,
}

impl<'a> Part<'a> {
    /// Reads a whole mail.
    pub(super) fn read(bytes: &'a [u8]) -> Tree<'a> {
        let mut budget = Budget { parts: MOST_PARTS, was_exceeded: false };
        let root = Self::read_at(bytes, 0, "text/plain", &mut budget);
        Tree { root, was_exceeded: budget.was_exceeded }
    }

    fn read_at(bytes: &'a [u8], depth: usize, default: &str, budget: &mut Budget) -> Self {
        let (headers, start) = Headers::split(bytes);
        let body = bytes.get(start..).unwrap_or_default();
        let media = headers.media_type("Content-Type").filter(|media| media.name.contains('/'));
        let mut part = Self { headers, media: media.unwrap_or_else(|| MediaType::plain(default)), body, children: Vec::new() };
        if !part.media.name.starts_with("multipart/") {
            return part;
        }
        if depth >= DEEPEST {
            budget.was_exceeded = true;
            part.media = MediaType::plain("text/plain");
            return part;
        }
        let default = if part.media.name == "multipart/digest" { "message/rfc822" } else { "text/plain" };
        let boundary = part.media.parameter("boundary").unwrap_or_default().to_owned();
        for child in split_at_boundary(body, &boundary) {
            if budget.parts == 0 {
                budget.was_exceeded = true;
                break;
            }
            budget.parts -= 1;
            part.children.push(Self::read_at(child, depth + 1, default, budget));
        }
        if part.children.is_empty() {
            // M114: a multipart without its boundary is read as the text that stands there.
            part.media = MediaType::plain("text/plain");
        }
        part
    }

    /// The transfer encoding, in the sender's spelling.
    pub(super) fn encoding(&self) -> String {
        self.headers.first_raw("Content-Transfer-Encoding").unwrap_or_default()
    }

    /// Whether the part asks to be saved rather than shown.
    pub(super) fn is_attachment(&self) -> bool {
        self.headers.media_type("Content-Disposition").is_some_and(|disposition| disposition.name == "attachment")
    }

    /// This part and all below it, outer before inner.
    pub(super) fn walk<'s>(&'s self, visit: &mut dyn FnMut(&'s Part<'a>)) {
        visit(self);
        for child in &self.children {
            child.walk(visit);
        }
    }
}

/// A mail as parts.
#[derive(Debug)]
pub(super) struct Tree<'a> {
    pub(super) root: Part<'a>,
    /// There were more or deeper parts than are read.
    pub(super) was_exceeded: bool,
}

struct Budget {
    parts: usize,
    was_exceeded: bool,
}

/// The bodies between the boundary lines; the preamble and the epilogue belong to nobody. A missing last
/// boundary is borne with (M114).
fn split_at_boundary<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    if boundary.is_empty() {
        return parts;
    }
    let delimiter = format!("--{boundary}");
    let mut open: Option<usize> = None;
    for at in memmem::find_iter(body, delimiter.as_bytes()) {
        let after = body.get(at + delimiter.len()..).unwrap_or_default();
        let begins_a_line = at == 0 || body.get(at - 1) == Some(&b'\n');
        let closes = after.starts_with(b"--");
        let ends_its_line =
            after.iter().take(80).find(|byte| !matches!(byte, b' ' | b'\t' | b'\r')).is_none_or(|byte| *byte == b'\n');
        if !begins_a_line || !(closes || ends_its_line) {
            continue;
        }
        if let Some(start) = open.take() {
            parts.push(without_last_line_end(body.get(start..at).unwrap_or_default()));
        }
        if closes {
            return parts;
        }
        if parts.len() > MOST_PARTS {
            return parts;
        }
        let line = memchr::memchr(b'\n', after).map_or(after.len(), |end| end + 1);
        open = Some(at + delimiter.len() + line);
    }
    if let Some(start) = open {
        parts.push(body.get(start..).unwrap_or_default());
    }
    parts
}

/// RFC 2046 section 5.1.1: the line end before a boundary belongs to the boundary.
fn without_last_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_that_starts_like_another_is_not_mixed_up_with_it() {
        let mail =
            b"Content-Type: multipart/mixed; boundary=a\n\nno\n--a\n\none\n--ab\n--a\nContent-Type: text/html\n\ntwo\n--a--\nno";
        let tree = Part::read(mail);
        let bodies: Vec<_> = tree.root.children.iter().map(|part| part.body).collect();
        assert_eq!(bodies, [b"one\n--ab".as_slice(), b"two"]);
    }

    #[test]
    fn nesting_and_number_are_bounded() {
        let level = |level: u8| format!("Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n");
        let mail: String = (0..200).map(level).collect();
        assert!(Part::read(mail.as_bytes()).was_exceeded);
        let many = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", "--b\n\nx\n".repeat(100_000));
        let tree = Part::read(many.as_bytes());
        assert!(tree.was_exceeded);
        assert_eq!(tree.root.children.len(), MOST_PARTS);
    }
}
