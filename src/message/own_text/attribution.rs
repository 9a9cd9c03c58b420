//! The line above a quotation: who wrote it, and when (M100).

use super::Reader;
use crate::message::words::{contains_any, starts_with_any};

/// An announcement of a quotation runs over at most so many lines.
const LONGEST: usize = 4;
/// No line of it is longer than this, in bytes.
const LONGEST_LINE: usize = 300;

impl Reader<'_> {
    /// How many lines announce a quotation here, if any do.
    pub(super) fn attribution(&self, at: usize) -> Option<usize> {
        // Most lines end without a colon, and so do the lines after them: those are done here.
        let length = (1..=LONGEST).find(|length| self.line(at + length - 1).is_some_and(ends_in_colon))?;
        // Every form has a date or an address in it.
        let mut bytes = (at..at + length).map_while(|at| self.line(at)).flat_map(str::bytes);
        if !bytes.any(|byte| byte == b'@' || byte.is_ascii_digit()) {
            return None;
        }
        let first = self.line(at)?.trim_start_matches(['*', ' ', '\t']);
        let mut joined = String::new();
        for line in (at..at + length).map_while(|at| self.line(at)) {
            let line = line.trim();
            if line.is_empty() || line.len() > LONGEST_LINE {
                return None;
            }
            joined.push(' ');
            joined.push_str(&line.to_lowercase());
        }
        let is_marked = self.is_quoted_after(at + length);
        (self.is_known_form(first, &joined, is_marked)
            || (length == 1 && self.is_sentence_of_a_program(&joined))
            || (is_marked && is_stamp(&joined, first, length) && !(length == 2 && self.announces_alone(at + 1))))
        .then_some(length)
    }

    /// Whether this one line announces the quotation without help: then the line above it is its author's, an officer's
    /// command with an address in it for instance.
    fn announces_alone(&self, at: usize) -> bool {
        let Some(line) = self.line(at).map(str::trim) else { return false };
        let joined = format!(" {}", line.to_lowercase());
        self.is_known_form(line, &joined, true) || self.is_sentence_of_a_program(&joined)
    }

    /// `Op 3 mrt 2026 om 10:12 schreef …:`, by its first word and its verb.
    fn is_known_form(&self, first: &str, joined: &str, is_marked: bool) -> bool {
        let Some(form) = self.words.attribution.iter().find(|form| starts_with_any(first, &form.starts)) else { return false };
        let by_a_program = joined.contains('@') || joined.bytes().any(|byte| byte.is_ascii_digit());
        // A person may write "Op 3 mei schreef u het volgende:" and go on in their own words.
        contains_any(joined, &form.verbs) && by_a_program && (is_marked || joined.contains('@') || has_time(joined))
    }

    /// `… <a@b.example> schrieb am 3. März 2026 um 10:12:`, whatever its first word: a person writes no minute and year.
    fn is_sentence_of_a_program(&self, joined: &str) -> bool {
        let verbs = || self.words.attribution.iter().flat_map(|form| &form.verbs);
        has_year(joined) && has_time(joined) && verbs().any(|verb| joined.contains(verb.as_str()))
    }

    /// `>>> Naam <a@b.example> 3-3-2026 10:12 >>>`, as GroupWise writes it above a quotation without marks.
    #[expect(clippy::unused_self, reason = "stands beside the other forms")]
    pub(super) fn is_groupwise_line(&self, line: &str) -> bool {
        line.starts_with(">>> ") && line.ends_with(">>>") && line.len() < LONGEST_LINE && has_time(line)
    }

    /// "Typ uw antwoord boven deze regel": what help desks put above their own letter (M104).
    pub(super) fn reply_marker(&self, at: usize) -> Option<usize> {
        let line = self.line(at)?.trim();
        let is_decorated = line.starts_with(['#', '-', '=', '*', '_', '~', '(']) && line.len() < 160;
        (is_decorated && contains_any(&line.to_lowercase(), &self.words.separators.reply_markers)).then_some(self.lines.len())
    }
}

fn ends_in_colon(line: &str) -> bool {
    let line = line.trim_end().trim_end_matches(['*', '_']);
    line.ends_with([':', '：'])
}

/// In a language that is not in the lists: an address, or a date with its minute, directly above quoted lines.
fn is_stamp(joined: &str, first: &str, length: usize) -> bool {
    let is_dated = |text: &str| has_year(text) && has_time(text);
    let is_addressed = |text: &str| text.contains('@') && text.contains(['<', '[']);
    match length {
        1 => is_dated(joined) || is_addressed(joined) || (joined.contains('@') && has_time(joined)),
        // Only a line that is the beginning of such an announcement is joined with the next one.
        2 => (is_dated(first) || is_addressed(first)) && joined.contains('@'),
        _ => false,
    }
}

/// A time of day, as programs write it.
pub(super) fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(5).any(
        |window| matches!(window, [a, b, b':' | b'.' | b'h', c, d] if [b, c, d].iter().all(|byte| byte.is_ascii_digit()) && (a.is_ascii_digit() || *a == b' ')),
    )
}

/// A year of this century or the last one, also `03-03-26`.
fn has_year(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_date = |byte: &u8| matches!(byte, b'-' | b'/' | b'.');
    bytes.windows(4).any(|window| matches!(window, [b'2', b'0', ..] | [b'1', b'9', ..]) && window.iter().all(u8::is_ascii_digit))
        || bytes.windows(6).any(|window| {
            matches!(window, [a, b, first, c, d, second] if is_date(first) && is_date(second)
            && [a, b, c, d].iter().all(|byte| byte.is_ascii_digit()))
        })
}
