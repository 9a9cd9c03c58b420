//! The author's own new words: what is left without quotations, signatures and disclaimers (M100–M106).
//!
//! One pass over the lines with a bounded look ahead, so that hostile input stays linear (M102). Nothing that
//! follows a quotation is lost: answers between and below quoted lines are kept (M101).

use super::words::{Quotation, contains_any, is_any, starts_with_any};

/// An announcement of a quotation runs over at most so many lines.
const LONGEST_ATTRIBUTION: usize = 4;
/// The labels of a header block stand within so many lines of its first one.
const LONGEST_BLOCK: usize = 9;
/// A bare `--` that is followed by more lines than this divides a text rather than ending it.
const LONGEST_SIGNATURE: usize = 12;

/// What the author wrote, and whether that is anything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OwnText {
    pub(super) text: String,
    pub(super) says_something: bool,
}

/// Finds the author's own words. `stands_alone` tells that the mail answers nothing, or passes something on: then
/// a mail that is nothing but a quotation says what it quotes.
pub(super) fn own_text(full: &str, stands_alone: bool, words: &Quotation) -> OwnText {
    let lines: Vec<&str> = full.lines().collect();
    let mut reader = Reader { lines: &lines, words, kept: Vec::new(), only_signature: false, was_forward: false };
    reader.run();
    let text = reader.finish();
    if !text.is_empty() {
        return OwnText { text, says_something: true };
    }
    // M101: a forward, or a first mail that looks like a quotation, is shown whole rather than not at all.
    let whole = full.trim();
    if (reader.was_forward || stands_alone) && !reader.only_signature && !whole.is_empty() {
        return OwnText { text: whole.to_owned(), says_something: true };
    }
    OwnText::default()
}

struct Reader<'a> {
    lines: &'a [&'a str],
    words: &'a Quotation,
    kept: Vec<&'a str>,
    /// A signature was taken out, and no quotation: then nothing was said at all.
    only_signature: bool,
    was_forward: bool,
}

impl<'a> Reader<'a> {
    fn run(&mut self) {
        let mut at = self.after_banner();
        let mut saw_quotation = false;
        let mut saw_signature = false;
        while let Some(line) = self.line(at) {
            let bare = line.trim();
            if bare.starts_with('>') {
                saw_quotation = true;
                at += 1;
            } else if let Some(length) = self.attribution(at) {
                saw_quotation = true;
                at += length;
                // Without marks the rest is the quotation; with marks each quoted line shows itself.
                if !self.is_quoted_after(at) {
                    break;
                }
            } else if self.is_separator(at) {
                saw_quotation = true;
                self.was_forward |= is_forward_mark(bare);
                at += 1;
                if self.header_block(at) {
                    break;
                }
            } else if self.header_block(at) {
                saw_quotation = true;
                break;
            } else if self.is_signature_start(at) {
                saw_signature = true;
                at = self.end_of_own_lines(at);
            } else if self.is_phone_line(at) {
                saw_signature = true;
                at += 1;
            } else if self.is_disclaimer(at) {
                at = self.end_of_own_lines(at);
            } else {
                self.kept.push(line);
                at += 1;
            }
        }
        self.only_signature = saw_signature && !saw_quotation;
    }

    fn line(&self, at: usize) -> Option<&'a str> {
        self.lines.get(at).copied()
    }

    /// M106: a warning that the mail server put above the text is not the text.
    fn after_banner(&self) -> usize {
        let Some(first) = self.lines.iter().position(|line| !line.trim().is_empty()) else { return 0 };
        let opening = self.line(first).unwrap_or_default().trim_start_matches(['*', '_', ' ']);
        if !starts_with_any(opening, &self.words.banner.starts) {
            return 0;
        }
        // A banner is one short paragraph with something below it.
        match self.lines.iter().skip(first).take(6).position(|line| line.trim().is_empty()) {
            Some(length) if self.lines.iter().skip(first + length).any(|line| !line.trim().is_empty()) => first + length,
            _ => 0,
        }
    }

    /// How many lines announce a quotation here, if any do (M100).
    fn attribution(&self, at: usize) -> Option<usize> {
        let first = self.line(at)?.trim_start_matches(['*', ' ', '\t']);
        let form = self.words.attribution.iter().find(|form| starts_with_any(first, &form.starts))?;
        let mut joined = String::new();
        for length in 1..=LONGEST_ATTRIBUTION {
            let line = self.line(at + length - 1)?.trim();
            if line.is_empty() || line.len() > 300 {
                return None;
            }
            joined.push(' ');
            joined.push_str(&line.to_lowercase());
            if joined.ends_with([':', '：']) || joined.ends_with(":*") {
                let by_a_program = joined.contains('@') || joined.bytes().any(|byte| byte.is_ascii_digit());
                let announces = contains_any(&joined, &form.verbs) && by_a_program;
                // A person may write "Op 3 mei schreef u het volgende:" and go on in their own words.
                let quotes = self.is_quoted_after(at + length) || joined.contains('@') || has_time(&joined);
                return (announces && quotes).then_some(length);
            }
        }
        None
    }

    /// Whether the next line that is not empty is quoted.
    fn is_quoted_after(&self, at: usize) -> bool {
        let next = self.lines.iter().skip(at).take(6).find(|line| !line.trim().is_empty());
        next.is_some_and(|line| line.trim_start().starts_with('>'))
    }

    /// "-----Oorspronkelijk bericht-----", "Begin doorgestuurd bericht:", or the rule above Outlook's block.
    fn is_separator(&self, at: usize) -> bool {
        let Some(line) = self.line(at).map(str::trim).filter(|line| line.len() >= 5 && line.len() < 120) else { return false };
        if line.len() >= 10 && line.bytes().all(|byte| matches!(byte, b'_' | b'-' | b'=')) {
            let next = (at + 1..at + 4).find(|next| self.line(*next).is_some_and(|line| !line.trim().is_empty()));
            return next.is_some_and(|next| self.header_block(next));
        }
        if !line.starts_with('-') && !line.ends_with([':', '-']) {
            return false;
        }
        let lower = line.to_lowercase();
        if self.words.separators.alone.contains(&lower) {
            return true;
        }
        let inner = lower.trim_matches(['-', ' ', '_', '=']);
        inner.len() + 2 <= lower.len() && lower.starts_with('-') && self.words.separators.dashed.contains(inner)
    }

    /// Outlook's "Van: / Verzonden: / Aan: / Onderwerp:" (M100), bold or not, in any order after the first.
    fn header_block(&self, at: usize) -> bool {
        let labels = &self.words.header_block;
        if !self.line(at).and_then(label).is_some_and(|label| is_any(label, &labels.from)) {
            return false;
        }
        let others = (at + 1..at + LONGEST_BLOCK).map_while(|next| self.line(next)).filter_map(label);
        let others = others.take_while(|label| !is_any(label, &labels.from));
        others.filter(|label| is_any(label, &labels.others)).take(2).count() == 2
    }

    /// RFC 3676 section 4.3: `-- `, also where the blank was eaten on the way.
    fn is_signature_start(&self, at: usize) -> bool {
        match self.line(at) {
            Some("-- ") => true,
            Some(line) if line.trim_end() == "--" => {
                let rest = self.lines.iter().skip(at + 1).take(LONGEST_SIGNATURE + 1);
                rest.take_while(|line| !line.trim_start().starts_with('>')).count() <= LONGEST_SIGNATURE
            }
            _ => false,
        }
    }

    /// M105: what phones add, as the last line of what was written.
    fn is_phone_line(&self, at: usize) -> bool {
        let line = self.line(at).unwrap_or_default().trim();
        let signature = &self.words.signature;
        if line.len() < 8 || line.len() > signature.longest + 120 {
            return false;
        }
        // Links may be long; the words before them may not.
        let words = line.split('<').next().unwrap_or_default().trim().trim_matches(['*', '_', '[', ']']);
        if words.len() > signature.longest
            || !starts_with_any(words, &signature.starts)
            || words.split_whitespace().count() > signature.most_words
        {
            return false;
        }
        let next = (at + 1..at + 8).find(|next| self.line(*next).is_some_and(|line| !line.trim().is_empty()));
        next.is_none_or(|next| self.ends_own_words(next) || self.is_separator(next) || self.is_signature_start(next))
    }

    /// M106: the legal text under a mail.
    fn is_disclaimer(&self, at: usize) -> bool {
        let opening = self.line(at).unwrap_or_default().trim_start_matches([' ', '*', '_']);
        starts_with_any(opening, &self.words.disclaimer.starts)
            && (at == 0 || self.line(at - 1).is_some_and(|line| line.trim().is_empty()))
            && self.kept.iter().any(|line| !line.trim().is_empty())
    }

    fn ends_own_words(&self, at: usize) -> bool {
        self.line(at).is_some_and(|line| line.trim_start().starts_with('>'))
            || self.attribution(at).is_some()
            || self.header_block(at)
    }

    /// Where the lines that belong together from here on end: at the next quotation, or at the end.
    fn end_of_own_lines(&self, at: usize) -> usize {
        let mut next = at + 1;
        while next < self.lines.len() && !self.ends_own_words(next) && !self.is_separator(next) {
            next += 1;
        }
        next
    }

    fn finish(&self) -> String {
        let mut out = String::new();
        let mut empty_lines = 0;
        for line in &self.kept {
            let line = line.trim_end();
            if line.trim().is_empty() {
                empty_lines += 1;
                continue;
            }
            if !out.is_empty() {
                out.push('\n');
                // Where a quotation was taken out, one empty line is enough.
                if empty_lines > 0 {
                    out.push('\n');
                }
            }
            empty_lines = 0;
            out.push_str(line);
        }
        out
    }
}

/// `*Van:* Jan` and `Van : Jan` both have the label `van`.
fn label(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(['*', '>', ' ', '\t']);
    let colon = line.bytes().take(40).position(|byte| byte == b':')?;
    let label = line.get(..colon)?.trim_matches(['*', ' ', '\u{a0}']);
    (!label.is_empty()).then_some(label)
}

/// A time of day, as programs write it.
fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes
        .windows(5)
        .any(|window| matches!(window, [a, b, b':' | b'.', c, d] if [a, b, c, d].iter().all(|byte| byte.is_ascii_digit())))
}

fn is_forward_mark(line: &str) -> bool {
    let lower = line.to_lowercase();
    ["doorgestuurd", "forwarded", "weitergeleitet", "transféré", "réexpédié"].iter().any(|mark| lower.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::words::Words;

    fn check(full: &str, own: &str) {
        assert_eq!(own_text(full, false, &Words::builtin().unwrap().quotation).text, own, "{full}");
    }

    #[test]
    fn what_mail_programs_quote_is_left_out_in_four_languages() {
        for quotation in [
            "Op di 4 mrt. 2025 om 21:12 schreef Klachten <\nklachten@voorbeeldzorg.example>:\n\n> oud",
            "Op 4 maart 2025 heeft Klachten het volgende geschreven:\n> oud",
            "On Tue, Mar 4, 2025 at 9:12 PM Complaints <a@b.example> wrote:\n\noud zonder tekens",
            "Am 04.03.2025 um 21:12 schrieb Beschwerden:\n> alt",
            "Le mar. 4 mars 2025 à 21:12, Plaintes <a@b.example> a écrit :\n> vieux",
            "________________________________\nVan: Klachten <a@b.example>\nVerzonden: dinsdag\nAan: Jan\nOnderwerp: x\n\noud",
            "*Von:* Beschwerden\n*Gesendet:* Dienstag\n*An:* Jan\n*Betreff:* x\n\nalt",
            "-----Oorspronkelijk bericht-----\nVan: Klachten\nDatum: 4 maart\nAan: Jan\n\noud",
            "Verstuurd vanaf mijn iPhone\n\n> Op 4 mrt 2025 om 21:12 heeft Klachten het volgende geschreven:\n> oud",
            "-- \nJan\nStraat 1\n\nOn 4 Mar 2025, at 21:12, X <a@b.example> wrote:\n> old",
        ] {
            check(&format!("Nieuw.\n\nTweede.\n\n{quotation}\n"), "Nieuw.\n\nTweede.");
        }
    }

    #[test]
    fn what_people_wrote_is_never_taken_for_a_quotation() {
        for text in [
            "Op 3 mei schreef u het volgende:\ndat ik gebeld zou worden. Dat is niet gebeurd.",
            "Sent from my desk, where I have been waiting for an answer since the third of May and long before that.",
            "Verstuurd vanaf mijn iPhone\nmaar dit hoort er nog bij",
            "Van: de arts hoorde ik niets\nen verder ook niet",
            "eerst\n--\n1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13",
            "De informatie in deze e-mail is van mij.",
        ] {
            check(text, text);
        }
        check("> vraag 1\nantwoord 1\n> vraag 2\nantwoord 2\n", "antwoord 1\nantwoord 2");
    }

    #[test]
    fn banners_and_disclaimers_are_not_the_text() {
        check(
            "[EXTERN] Let op met bijlagen.\n\nMijn klacht.\n\nDit bericht is uitsluitend bestemd voor u.\nEn zo voort.\n",
            "Mijn klacht.",
        );
    }

    #[test]
    fn a_forward_is_shown_whole_and_a_bare_signature_says_nothing() {
        let words = Words::builtin().unwrap().quotation;
        let forward =
            "---------- Forwarded message ---------\nVan: Jan <a@b.example>\nDatum: ma\nOnderwerp: klacht\n\nHet eten was koud.";
        assert_eq!(own_text(forward, true, &words), OwnText { text: forward.to_owned(), says_something: true });
        for nothing in
            ["Verstuurd vanaf mijn Galaxy\n\nOp 4 mei 2025 om 10:00 schreef X <a@b.example>:\n> oud", "-- \nJan", "> oud", ""]
        {
            assert_eq!(own_text(nothing, false, &words), OwnText::default(), "{nothing}");
        }
        assert_eq!(own_text("-- \nJan", true, &words), OwnText::default());
    }
}
