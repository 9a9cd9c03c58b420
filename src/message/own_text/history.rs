//! Where the history of a mail begins without marks: a block of header lines, or a line that says so (M100).

use super::Reader;
use super::attribution::has_time;
use crate::message::words::is_any;

/// The labels of a header block stand within so many lines of its first one.
const LONGEST_BLOCK: usize = 9;

impl Reader<'_> {
    /// Where the header lines of a history end that begins here.
    pub(super) fn history(&self, at: usize) -> Option<usize> {
        if let Some(after) = self.header_block(at) {
            return Some(after);
        }
        let line = self.line(at)?.trim();
        if line.len() >= 10 && is_rule(line) {
            // The rule above Outlook's block, also in a language that is not in the lists.
            let next = self.next_words(at + 1, 3)?;
            return self.header_block(next).or_else(|| self.unknown_block(next));
        }
        if !self.is_separator(line) {
            return None;
        }
        let Some(next) = self.next_words(at + 1, 3) else { return Some(at + 1) };
        self.header_block(next).or_else(|| self.bare_block(next)).or(Some(at + 1))
    }

    /// "-----Oorspronkelijk bericht-----", "Begin doorgestuurd bericht:".
    fn is_separator(&self, line: &str) -> bool {
        if line.len() < 5 || line.len() > 120 || !(line.starts_with(['-', '*', '_', '=', '~', '—']) || line.ends_with(':')) {
            return false;
        }
        let lower = line.to_lowercase();
        if self.words.separators.alone.contains(lower.as_str()) {
            return true;
        }
        let inner = lower.trim_matches(['-', ' ', '_', '=', '*', '~', '—']);
        inner.len() + 2 <= lower.len() && lower.starts_with(['-', '*', '_', '=', '~', '—']) && {
            self.words.separators.dashed.contains(inner)
        }
    }

    /// "Van: / Verzonden: / Aan: / Onderwerp:", bold or not, in any order; gives where its lines end.
    fn header_block(&self, at: usize) -> Option<usize> {
        let labels = &self.words.header_block;
        let first = self.line(at).and_then(label)?;
        let starts_with_author = is_any(first, &labels.from);
        if !starts_with_author && !is_any(first, &labels.others) {
            return None;
        }
        let mut others = usize::from(!starts_with_author);
        let mut author = starts_with_author.then_some(at);
        let mut end = at + 1;
        for next in at + 1..at + LONGEST_BLOCK {
            // Where the author does not come first, they come soon.
            if author.is_none() && next > at + 3 {
                return None;
            }
            let Some(label) = self.line(next).and_then(label) else {
                // One empty line may stand in the block, and long lists of people are wrapped.
                if self.line(next).is_none() || (!starts_with_author && author.is_none()) {
                    break;
                }
                continue;
            };
            if is_any(label, &labels.from) {
                if author.is_some() {
                    break;
                }
                author = Some(next);
            } else if is_any(label, &labels.others) {
                others += 1;
            } else {
                continue;
            }
            end = next + 1;
        }
        let names_author = |at: usize| self.line(at).is_some_and(|line| line.contains('@') || line.contains('"'));
        // A form that a person fills in has such labels too; its author's line comes first or names an address.
        let is_block = others >= 2 && author.is_some_and(|author| author == at || names_author(author));
        is_block.then_some(end)
    }

    /// Three lines or more with labels of any language, an address or a time among them.
    fn unknown_block(&self, at: usize) -> Option<usize> {
        let is_labelled =
            |line: &&str| label(line).is_some_and(|label| label.chars().count() <= 20 && label.split(' ').count() <= 3);
        let lines: Vec<&str> = (at..at + LONGEST_BLOCK).map_while(|at| self.line(at)).take_while(is_labelled).collect();
        let is_by_a_program = lines.iter().any(|line| line.contains('@')) || lines.iter().any(|line| has_time(line));
        (lines.len() >= 3 && is_by_a_program).then_some(at + lines.len())
    }

    /// Labels without a colon, as eM Client writes them below its separator.
    fn bare_block(&self, at: usize) -> Option<usize> {
        let labels = &self.words.header_block;
        let is_labelled = |line: &&str| {
            let word = line.split(' ').next().unwrap_or_default();
            is_any(word, &labels.from) || is_any(word, &labels.others)
        };
        let count = (at..at + LONGEST_BLOCK).map_while(|at| self.line(at)).take_while(is_labelled).count();
        (count >= 3).then_some(at + count)
    }
}

/// Whether a line is nothing but dashes of one kind or another.
pub(super) fn is_line_of_dashes(line: &str) -> bool {
    line.len() >= 3 && is_rule(line)
}

fn is_rule(line: &str) -> bool {
    line.bytes().all(|byte| matches!(byte, b'_' | b'-' | b'=' | b'*'))
}

/// `*Van:* Jan` and `Van : Jan` both have the label `van`.
fn label(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['*', '>', ' ', '\t', '_']);
    let colon = line.bytes().take(40).position(|byte| byte == b':')?;
    let label = line.get(..colon)?.trim_matches(['*', ' ', '\u{a0}', '_']);
    (!label.is_empty()).then_some(label)
}
