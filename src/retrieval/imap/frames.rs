//! Whole answers cut from the stream of bytes (RFC 9051 section 2.2.2).
//!
//! An answer is cut out before anybody tries to understand it. So one that can not be understood costs that
//! one answer and not the connection (M166, M181), and a literal is measured before room is made for it
//! (M173). No input or output happens here.

use crate::retrieval::LARGEST_MAIL;

/// How much room there is for reading, at least.
const CHUNK: usize = 64 * 1024;

/// From this size on an answer does not leave its room behind for the next one.
const LARGE: usize = 1024 * 1024;

/// The longest line without a literal: a search answer of two million mails.
const LONGEST_LINE: usize = 20 * 1024 * 1024;

/// A literal above [`LARGEST_MAIL`] is read and dropped, up to this size; above it nobody means it seriously.
const DROPPABLE: u64 = 1024 * 1024 * 1024;

/// What lies at the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Front {
    /// An answer, whole, so many bytes long.
    Whole(usize),
    /// An answer of this length that held a literal too large to keep, which is gone.
    Oversized(usize),
    /// More bytes are needed.
    Partial,
    /// No server means this: why.
    Absurd(&'static str, u64),
}

/// Bytes as they came, and where answers end in them.
#[derive(Default)]
pub(super) struct Frames {
    buffer: Vec<u8>,
    /// Before this, `buffer` was taken already.
    taken: usize,
    /// Where the current line of the current answer begins.
    line_start: usize,
    /// Up to here the current line holds no line end.
    searched: usize,
    /// Bytes still to come of a literal that is being dropped.
    to_drop: u64,
    oversized: bool,
}

impl Frames {
    /// Whether bytes lie here that nobody has taken.
    pub fn is_empty(&self) -> bool {
        self.taken == self.buffer.len()
    }

    /// Where the next bytes are to be appended; [`Frames::appended`] is called after that.
    pub fn room(&mut self) -> &mut Vec<u8> {
        if self.taken > 0 {
            self.buffer.drain(..self.taken);
            self.line_start -= self.taken;
            self.searched -= self.taken;
            self.taken = 0;
        }
        if self.buffer.capacity() - self.buffer.len() < CHUNK / 4 {
            self.buffer.reserve(CHUNK);
        }
        &mut self.buffer
    }

    /// Bytes were appended: those of a literal that is being dropped go at once.
    pub fn appended(&mut self) {
        let here = self.buffer.len().saturating_sub(self.line_start);
        let gone = usize::try_from(self.to_drop).unwrap_or(usize::MAX).min(here);
        if gone > 0 {
            self.buffer.drain(self.line_start..self.line_start + gone);
            self.to_drop -= gone as u64;
        }
    }

    /// Looks whether the answer at the front is all here.
    pub fn front(&mut self) -> Front {
        loop {
            if self.to_drop > 0 || self.line_start > self.buffer.len() {
                return Front::Partial;
            }
            let unsearched = self.buffer.get(self.searched..).unwrap_or_default();
            let Some(offset) = unsearched.iter().position(|byte| *byte == b'\n') else {
                self.searched = self.buffer.len();
                let length = self.searched - self.line_start;
                return if length > LONGEST_LINE {
                    Front::Absurd("a line without an end", length as u64)
                } else {
                    Front::Partial
                };
            };
            let line_end = self.searched + offset + 1;
            let line = self.buffer.get(self.line_start..line_end).unwrap_or_default();
            let first_line = self.buffer.get(self.taken..line_end).unwrap_or_default();
            let Some(length) = literal_length(line).filter(|_| may_hold_literal(first_line)) else {
                let length = line_end - self.taken;
                return if self.oversized { Front::Oversized(length) } else { Front::Whole(length) };
            };
            if !self.expect_literal(line_end, length) {
                return Front::Absurd("a literal", length);
            }
        }
    }

    /// M173: makes room for a literal, or sees to it that it is dropped; false where it is absurd.
    fn expect_literal(&mut self, line_end: usize, length: u64) -> bool {
        self.line_start = line_end;
        self.searched = line_end;
        match usize::try_from(length).ok().filter(|length| *length <= LARGEST_MAIL) {
            Some(length) => {
                self.line_start += length;
                self.searched = self.line_start;
                let missing = self.line_start.saturating_sub(self.buffer.len());
                self.buffer.reserve_exact(missing + CHUNK);
            }
            None if length <= DROPPABLE => {
                self.oversized = true;
                self.to_drop = length;
                self.appended();
            }
            None => return false,
        }
        true
    }

    /// The first bytes of the answer at the front, whose length [`Frames::front`] gave.
    pub fn peek(&mut self, length: usize) -> &mut [u8] {
        let end = self.taken.saturating_add(length).min(self.buffer.len());
        self.buffer.get_mut(self.taken..end).unwrap_or_default()
    }

    /// Forgets the first bytes of an answer that goes on after them.
    pub fn take_part(&mut self, length: usize) {
        self.taken = (self.taken + length).min(self.buffer.len());
    }

    /// Forgets the rest of the answer at the front; what comes next begins a new one.
    pub fn take(&mut self, length: usize) {
        self.take_part(length);
        self.line_start = self.taken;
        self.searched = self.taken;
        self.oversized = false;
        // M173: a mail of 30 MB is now with the reader; its room here would be the third copy.
        if self.taken >= LARGE {
            self.buffer = self.buffer.split_off(self.taken);
            (self.taken, self.line_start, self.searched) = (0, 0, 0);
        }
    }
}

/// RFC 9051 section 4.3: a line that ends with `{123}` announces that many bytes.
fn literal_length(line: &[u8]) -> Option<u64> {
    let line = line.strip_suffix(b"\n")?;
    let line = line.strip_suffix(b"\r").unwrap_or(line).strip_suffix(b"}")?;
    let open = line.iter().rposition(|byte| *byte == b'{')?;
    let digits = std::str::from_utf8(line.get(open + 1..)?).ok()?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // More digits than a number can hold is as absurd as the largest number.
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// Only data holds literals. The text of `* OK …` or of a tagged answer may end with `{5}` and mean nothing.
fn may_hold_literal(answer: &[u8]) -> bool {
    let Some(rest) = answer.strip_prefix(b"* ") else { return false };
    let word = rest.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    ![&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"].iter().any(|status| word.eq_ignore_ascii_case(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every answer of the input, which arrives in pieces of this size; the last one is what stopped us.
    fn cut(input: &[u8], piece: usize) -> Vec<Result<String, Front>> {
        let mut frames = Frames::default();
        let mut found = Vec::new();
        for part in input.chunks(piece) {
            frames.room().extend_from_slice(part);
            frames.appended();
            loop {
                match frames.front() {
                    Front::Whole(length) => {
                        found.push(Ok(String::from_utf8_lossy(frames.peek(length)).into_owned()));
                        frames.take(length);
                    }
                    Front::Oversized(length) => {
                        found.push(Err(Front::Oversized(length)));
                        frames.take(length);
                    }
                    Front::Partial => break,
                    absurd @ Front::Absurd(..) => {
                        found.push(Err(absurd));
                        return found;
                    }
                }
            }
        }
        assert!(frames.is_empty());
        found
    }

    #[test]
    fn answers_are_cut_alike_however_the_bytes_arrive() {
        let answers = [
            "* 1 FETCH (BODY[] {10}\r\na\r\nb {9}\r\n)\r\n",
            "* OK it is {5}\r\n",
            "* LIST () \"/\" {3}\r\na b\r\n",
            "A1 OK {7}\r\n",
        ];
        for piece in [1, 2, 7, 64, 4096] {
            let expected: Vec<_> = answers.iter().map(|answer| Ok((*answer).to_owned())).collect();
            assert_eq!(cut(answers.concat().as_bytes(), piece), expected, "{piece}");
        }
    }

    #[test]
    fn an_absurd_literal_is_told_before_room_is_made_for_it() {
        for absurd in ["4294967295", "99999999999999999999999999"] {
            let got = cut(format!("* 1 FETCH (BODY[] {{{absurd}}}\r\nabc").as_bytes(), 64);
            assert!(matches!(got[..], [Err(Front::Absurd("a literal", 4_294_967_295..))]), "{got:?}");
        }
    }

    #[test]
    fn a_literal_over_the_limit_is_dropped_and_the_next_answer_is_read() {
        let mut input = format!("* 1 FETCH (BODY[] {{{}}}\r\n", LARGEST_MAIL + 1).into_bytes();
        let announced = input.len();
        input.resize(announced + LARGEST_MAIL + 1, b'x');
        input.extend_from_slice(b" UID 3)\r\n* 2 EXISTS\r\n");
        let got = cut(&input, 1 << 20);
        assert_eq!(got, [Err(Front::Oversized(announced + 9)), Ok("* 2 EXISTS\r\n".to_owned())]);
    }

    #[test]
    fn a_large_answer_leaves_what_follows_it_alone() {
        let body = "x".repeat(3 * LARGE);
        let large = format!("* 1 FETCH (BODY[] {{{}}}\r\n{body})\r\n", body.len());
        let got = cut(format!("* 1 EXISTS\r\n{large}* 2 EXISTS\r\n").as_bytes(), 1 << 16);
        assert!(got == [Ok("* 1 EXISTS\r\n".to_owned()), Ok(large), Ok("* 2 EXISTS\r\n".to_owned())]);
    }
}
