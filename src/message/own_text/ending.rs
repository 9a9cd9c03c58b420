//! What stands above and below the words without being the author's: banners, signatures, disclaimers (M105, M106).

use super::Reader;
use super::history;
use crate::message::facts::CutReason;
use crate::message::words::{contains_any, starts_with_any};

/// A bare `--` that is followed by more lines than this divides a text rather than ending it.
const LONGEST_SIGNATURE: usize = 12;
/// A banner or a disclaimer is known by so many of its lines.
const LOOKED_AT: usize = 8;
/// Longest line that is looked at, in bytes.
const LONGEST_LINE: usize = 2_000;

impl Reader<'_> {
    /// M106: warnings that the mail server put above the text are not the text. Gives where the text begins.
    pub(super) fn after_banners(&mut self) -> usize {
        let mut at = 0;
        while let Some(end) = self.banner(at) {
            self.cut(at, end, CutReason::Banner);
            at = end;
        }
        at
    }

    fn banner(&self, at: usize) -> Option<usize> {
        let first = self.lines.iter().skip(at).take(50).position(|line| !line.trim().is_empty())? + at;
        let line = self.line(first)?;
        let opening = line.trim_start_matches(['*', '_', ' ', '>', '!', '⚠', '\u{fe0f}', '|']);
        if !starts_with_any(opening, &self.words.banner.starts) {
            return None;
        }
        // A banner is one short paragraph with something below it, or a line that says what banners say.
        let length = self.lines.iter().skip(first).take(LOOKED_AT).position(|line| line.trim().is_empty());
        let end = match length {
            Some(length) => first + length,
            None if self.says(first, 1, &self.words.banner.also) => first + 1,
            None => return None,
        };
        let has_more = self.lines.iter().skip(end).take(200).any(|line| !line.trim().is_empty());
        let is_tag = opening.starts_with('[') && opening.trim_end().len() < 40;
        (has_more && (is_tag || self.says(first, end - first, &self.words.banner.also))).then_some(end)
    }

    /// So many lines in lower case, without very long ones.
    fn lower(&self, at: usize, lines: usize) -> String {
        let lines = (at..at + lines.min(LOOKED_AT)).map_while(|at| self.line(at)).filter(|line| line.len() <= LONGEST_LINE);
        lines.collect::<Vec<_>>().join("\n").to_lowercase()
    }

    /// Whether these lines hold one of the words.
    fn says(&self, at: usize, lines: usize, words: &[String]) -> bool {
        contains_any(&self.lower(at, lines), words)
    }

    /// RFC 3676 section 4.3: `-- `, also where the blank was eaten on the way, or a program made a dash of it.
    pub(super) fn is_signature_start(&self, at: usize) -> bool {
        match self.line(at) {
            Some("-- ") => true,
            Some(line) if matches!(line.trim_end(), "--" | "—" | "--\u{a0}") => {
                let rest = self.lines.iter().skip(at + 1).take(LONGEST_SIGNATURE + 1);
                rest.take_while(|line| !line.trim_start().starts_with('>')).count() <= LONGEST_SIGNATURE
            }
            _ => false,
        }
    }

    /// M105: what phones and programs add, as the last line of what was written.
    pub(super) fn is_phone_line(&self, at: usize) -> bool {
        let line = self.line(at).unwrap_or_default().trim();
        let signature = &self.words.signature;
        if line.len() < 8 || line.len() > signature.longest + 120 {
            return false;
        }
        // Links may be long; the words around them may not.
        let words = without_links(line);
        let words = words.trim().trim_matches(['*', '_', '[', ']', '\u{2063}', '\u{200b}', '\u{feff}', '-', ' ']);
        if words.len() > signature.longest || words.split_whitespace().count() > signature.most_words + 4 {
            return false;
        }
        let is_whole = signature.whole.iter().any(|one| *one == words.trim_end_matches('.').to_lowercase());
        let starts = starts_with_any(words, &signature.starts) && words.split_whitespace().count() <= signature.most_words;
        if !is_whole && !starts {
            return false;
        }
        self.next_words(at + 1, 8).is_none_or(|next| {
            self.ends_own_words(next)
                || self.is_signature_start(next)
                || self.is_disclaimer(next)
                || self.reply_marker(next).is_some()
        })
    }

    /// M106: the legal text under a mail, and the seal of a virus scanner. It opens a paragraph in one of the known
    /// ways and says what such texts say: a person may begin a sentence with the same words.
    pub(super) fn is_disclaimer(&self, at: usize) -> bool {
        let opening = self.line(at).unwrap_or_default().trim_start_matches([' ', '*', '_', '|']);
        let is_new = at == 0
            || self.line(at - 1).is_some_and(|line| {
                let line = line.trim();
                line.is_empty() || history::is_line_of_dashes(line) || starts_with_any(line, &self.words.disclaimer.titles)
            });
        if !is_new || !self.kept.iter().any(|line| !line.trim().is_empty()) {
            return false;
        }
        let is_title = starts_with_any(opening, &self.words.disclaimer.titles) && opening.len() < 40;
        let known = starts_with_any(opening, &self.words.disclaimer.starts);
        let paragraph = self.lines.iter().skip(at).take(LOOKED_AT).take_while(|line| !line.trim().is_empty()).count();
        let more = if is_title { LOOKED_AT } else { paragraph };
        if !known && !is_title {
            return false;
        }
        let words = &self.words.disclaimer;
        let text = self.lower(at, more);
        contains_any(&text, &words.surely) || words.also.iter().filter(|one| text.contains(one.as_str())).nth(1).is_some()
    }
}

/// A line without `<https://…>` and `(https://…)`.
fn without_links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find(['<', '(']) {
        let (before, link) = rest.split_at(open);
        let close = link.find(['>', ')']);
        let is_link = link.get(1..).is_some_and(|link| link.starts_with("http") || link.starts_with("mailto:"));
        out.push_str(before);
        match close {
            Some(close) if is_link => rest = link.get(close + 1..).unwrap_or_default(),
            _ => {
                out.push_str(link.get(..1).unwrap_or_default());
                rest = link.get(1..).unwrap_or_default();
            }
        }
    }
    out.push_str(rest);
    // The link may have stood between two words.
    out.replace("  ", " ")
}
