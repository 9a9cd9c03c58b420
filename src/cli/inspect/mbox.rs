//! An mbox read one mail at a time, however long it is (RFC 4155).
//!
//! A `From ` line with a date begins a mail, at the beginning and after an empty line. Lines of the mail that looked
//! like one were quoted with `>`: by mboxrd every such line gets one more, by mboxo only those without any.
//! Taking one away gives the original back in both.

use std::io::{BufRead, Read};

/// No line is longer in memory than this; RFC 5322 allows 998.
const LONGEST_LINE: u64 = 64 * 1024 * 1024;

/// The mails of a stream.
pub(super) struct Mbox<'s> {
    stream: &'s mut dyn BufRead,
    line: Vec<u8>,
    /// The `From ` line of the next mail has been read.
    is_at_start: bool,
}

impl<'s> Mbox<'s> {
    /// Whether a stream begins like an mbox. Nothing is taken from it.
    pub(super) fn begins(stream: &mut dyn BufRead) -> std::io::Result<bool> {
        Ok(stream.fill_buf()?.starts_with(b"From "))
    }

    /// Reads from the beginning of an mbox.
    pub(super) fn new(stream: &'s mut dyn BufRead) -> Self {
        Self { stream, line: Vec::new(), is_at_start: false }
    }

    /// Whether nothing follows the mail that was given last.
    pub(super) fn has_ended(&self) -> bool {
        !self.is_at_start
    }

    /// The next mail, with its `From ` line, which readers of mail pass over.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let mut mail = if self.is_at_start { std::mem::take(&mut self.line) } else { Vec::new() };
        self.is_at_start = false;
        let mut before_is_empty = false;
        loop {
            self.line.clear();
            if (&mut *self.stream).take(LONGEST_LINE).read_until(b'\n', &mut self.line)? == 0 {
                return Ok((!mail.is_empty()).then_some(mail));
            }
            if before_is_empty && is_from_line(&self.line) {
                self.is_at_start = true;
                // The empty line between two mails belongs to the mbox.
                let without = mail.strip_suffix(b"\r\n").or_else(|| mail.strip_suffix(b"\n")).map_or(mail.len(), <[u8]>::len);
                mail.truncate(without);
                return Ok(Some(mail));
            }
            before_is_empty = matches!(self.line.as_slice(), b"\n" | b"\r\n");
            mail.extend_from_slice(unquoted(&self.line));
        }
    }
}

/// `From sender Tue Mar  4 21:12:36 2025`: a sentence that begins with "From" has no time of day and year.
fn is_from_line(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"From ").filter(|rest| rest.len() < 500) else { return false };
    let is_time =
        |word: &[u8]| word.len() >= 5 && word.contains(&b':') && word.iter().all(|byte| byte.is_ascii_digit() || *byte == b':');
    let is_year = |word: &[u8]| word.len() == 4 && word.iter().all(u8::is_ascii_digit);
    let words = || rest.split(u8::is_ascii_whitespace);
    words().any(is_time) && words().any(is_year)
}

/// `>From` and `>>From` with one mark less.
fn unquoted(line: &[u8]) -> &[u8] {
    match line.split_first() {
        Some((b'>', rest)) => {
            let marks = rest.iter().take_while(|byte| **byte == b'>').count();
            if rest.get(marks..).is_some_and(|rest| rest.starts_with(b"From ")) { rest } else { line }
        }
        _ => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mails(bytes: &[u8]) -> Vec<String> {
        let mut stream = bytes;
        let mut mbox = Mbox::new(&mut stream);
        std::iter::from_fn(|| mbox.next().unwrap()).map(|mail| String::from_utf8(mail).unwrap()).collect()
    }

    #[test]
    fn mails_are_cut_where_a_from_line_with_a_date_follows_an_empty_line() {
        let one = "From jan@mail.example Tue Mar  4 21:12:36 2025\nSubject: een\n\nFrom here on I waited.\n\nFrom then on in 2025 too.\n";
        let two = "From - Wed Mar 05 08:00:00 2025\nSubject: twee\n\nx\n";
        assert_eq!(mails(format!("{one}\n{two}").as_bytes()), [one, two]);
        let crlf = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(mails(crlf(&format!("{one}\n{two}")).as_bytes()), [crlf(one), crlf(two)]);
    }

    #[test]
    fn quoted_from_lines_become_what_was_written() {
        let mail = "From a@b.example Tue Mar  4 21:12:36 2025\n\n>From my side\n>>From older\n> From the mail\n";
        let original = "From a@b.example Tue Mar  4 21:12:36 2025\n\nFrom my side\n>From older\n> From the mail\n";
        assert_eq!(mails(mail.as_bytes()), [original]);
    }
}
