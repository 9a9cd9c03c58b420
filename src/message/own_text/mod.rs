//! The author's own new words: what is left without quotations, signatures and disclaimers (M100–M106).
//!
//! One pass over the lines with a bounded look ahead, so that hostile input stays linear (M102). Nothing that
//! follows a quotation is lost: answers between and below quoted lines are kept (M101). How mail programs announce what
//! they quote is data, `config/words/quotation.toml`.

mod attribution;
mod ending;
mod history;

use super::facts::{Cut, CutReason};
use super::words::{Quotation, contains_any};

/// No more cuts than this are told; a text of quoted and own lines in turn has thousands.
const MOST_CUTS: usize = 50;
/// So many characters of what was left out are told.
const BEGINNING: usize = 80;
/// Above a history without marks, words that announce answers in it stand in a text of at most so many bytes.
const LONGEST_ANNOUNCEMENT: usize = 600;

/// What the author wrote, and whether that is anything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct OwnText {
    pub(super) text: String,
    pub(super) says_something: bool,
    /// What was left out, from top to bottom.
    pub(super) cuts: Vec<Cut>,
}

/// Finds the author's own words. `stands_alone` tells that the mail answers nothing, or passes something on: then
/// a mail that is nothing but a quotation says what it quotes.
pub(super) fn own_text(full: &str, stands_alone: bool, words: &Quotation) -> OwnText {
    let lines: Vec<&str> = full.lines().collect();
    let mut reader = Reader::new(&lines, words);
    reader.run();
    let text = reader.finish();
    let whole = full.trim();
    // Answers typed into a history without marks look like history. Who announces them is shown whole (M86, M101).
    if reader.has_bare_history
        && text.len() < LONGEST_ANNOUNCEMENT
        && contains_any(&text.to_lowercase(), &words.inline.announcements)
    {
        return OwnText { text: whole.to_owned(), says_something: true, cuts: Vec::new() };
    }
    if !text.is_empty() {
        return OwnText { text, says_something: true, cuts: reader.cuts };
    }
    // M101: a forward, or a mail that looks like a quotation, is shown whole rather than not at all. A signature above
    // a quotation says nothing, and neither do quoted lines alone.
    let shows_whole = if reader.saw_signature {
        reader.was_forward || (stands_alone && reader.saw_quotation)
    } else {
        reader.was_forward || stands_alone || (reader.has_bare_history && !reader.has_attribution)
    };
    if shows_whole && !whole.is_empty() {
        return OwnText { text: whole.to_owned(), says_something: true, cuts: Vec::new() };
    }
    OwnText { cuts: reader.cuts, ..OwnText::default() }
}

/// One pass over the lines of a mail.
#[expect(clippy::struct_excessive_bools, reason = "five things that a text has or has not, in any combination")]
struct Reader<'a> {
    lines: &'a [&'a str],
    words: &'a Quotation,
    kept: Vec<&'a str>,
    cuts: Vec<Cut>,
    saw_quotation: bool,
    saw_signature: bool,
    was_forward: bool,
    /// History without marks was left out: where it ends nobody can tell.
    has_bare_history: bool,
    /// A line announced the history, rather than a block of header lines.
    has_attribution: bool,
}

impl<'a> Reader<'a> {
    fn new(lines: &'a [&'a str], words: &'a Quotation) -> Self {
        Self {
            lines,
            words,
            kept: Vec::new(),
            cuts: Vec::new(),
            saw_quotation: false,
            saw_signature: false,
            was_forward: false,
            has_bare_history: false,
            has_attribution: false,
        }
    }

    fn run(&mut self) {
        let mut at = self.after_banners();
        while let Some(line) = self.line(at) {
            let (next, why) = self.judge(at);
            if let Some(why) = why {
                self.cut(at, next, why);
            } else {
                self.kept.push(line);
            }
            at = next;
        }
    }

    /// Where the lines that belong to this one end, and why they are not the author's, if so.
    fn judge(&mut self, at: usize) -> (usize, Option<CutReason>) {
        let bare = self.line(at).unwrap_or_default().trim();
        let end = self.lines.len();
        if bare.is_empty() {
            return (at + 1, None);
        }
        if let Some(next) = self.reply_marker(at) {
            self.saw_quotation = true;
            return (next, Some(CutReason::ReplyMarker));
        }
        if self.is_groupwise_line(bare) {
            self.saw_quotation = true;
            self.has_bare_history = true;
            return (end, Some(CutReason::Attribution));
        }
        if bare.starts_with('>') {
            self.saw_quotation = true;
            return (at + 1, Some(CutReason::Quotation));
        }
        if let Some(length) = self.attribution(at) {
            self.saw_quotation = true;
            self.has_attribution = true;
            // Without marks the rest is the quotation; with marks each quoted line shows itself.
            let next = if self.is_quoted_after(at + length) { at + length } else { end };
            self.has_bare_history |= next == end;
            return (next, Some(CutReason::Attribution));
        }
        if let Some(after) = self.history(at) {
            self.saw_quotation = true;
            self.was_forward |= contains_any(&bare.to_lowercase(), &self.words.separators.forwards);
            let next = if self.is_quoted_after(after) { after } else { end };
            self.has_bare_history |= next == end;
            return (next, Some(CutReason::HeaderBlock));
        }
        if self.is_signature_start(at) {
            self.saw_signature = true;
            return (self.end_of_own_lines(at), Some(CutReason::Signature));
        }
        if self.is_phone_line(at) {
            self.saw_signature = true;
            return (at + 1, Some(CutReason::PhoneLine));
        }
        if self.is_disclaimer(at) {
            return (self.end_of_own_lines(at), Some(CutReason::Disclaimer));
        }
        (at + 1, None)
    }

    fn line(&self, at: usize) -> Option<&'a str> {
        self.lines.get(at).copied()
    }

    fn cut(&mut self, from: usize, to: usize, why: CutReason) {
        let lines = to.saturating_sub(from);
        if let Some(last) = self.cuts.last_mut().filter(|last| last.why == why && why == CutReason::Quotation)
            && last.last_line == from
        {
            last.lines += lines;
            last.last_line = to;
        } else if self.cuts.len() < MOST_CUTS {
            let begins = self.line(from).unwrap_or_default().trim().chars().take(BEGINNING).collect();
            self.cuts.push(Cut { why, first_line: from + 1, last_line: to, lines, begins });
        }
    }

    /// Whether the next line that is not empty is quoted.
    fn is_quoted_after(&self, at: usize) -> bool {
        let next = self.lines.iter().skip(at).take(6).find(|line| !line.trim().is_empty());
        next.is_some_and(|line| line.trim_start().starts_with('>'))
    }

    /// The next line that is not empty, within a few lines.
    fn next_words(&self, at: usize, within: usize) -> Option<usize> {
        (at..at + within).find(|next| self.line(*next).is_some_and(|line| !line.trim().is_empty()))
    }

    /// Whether a quotation begins here, so that what stands above it is at its end.
    fn ends_own_words(&self, at: usize) -> bool {
        self.line(at).is_some_and(|line| line.trim_start().starts_with('>'))
            || self.attribution(at).is_some()
            || self.history(at).is_some()
    }

    /// Where the lines that belong together from here on end: at the next quotation, or at the end.
    fn end_of_own_lines(&self, at: usize) -> usize {
        let mut next = at + 1;
        while next < self.lines.len() && !self.ends_own_words(next) {
            next += 1;
        }
        next
    }

    fn finish(&self) -> String {
        let mut out = String::new();
        let mut empty_lines = 0;
        // A rule that parted the words from what was left out parts nothing any more.
        let is_rule = |line: &str| line.len() >= 5 && line.bytes().all(|byte| matches!(byte, b'_' | b'-' | b'=' | b'*'));
        let ends = if self.cuts.is_empty() {
            self.kept.len()
        } else {
            self.kept.iter().rposition(|line| !line.trim().is_empty() && !is_rule(line.trim())).map_or(0, |last| last + 1)
        };
        for line in self.kept.iter().take(ends) {
            let line = line.trim_end();
            if line.trim().is_empty() {
                empty_lines += 1;
                continue;
            }
            if out.is_empty() {
                out.push_str(line.trim_start());
            } else {
                out.push('\n');
                // Where a quotation was taken out, one empty line is enough.
                if empty_lines > 0 {
                    out.push('\n');
                }
                out.push_str(line);
            }
            empty_lines = 0;
        }
        out
    }
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
            "Klachten <a@b.example> schrieb am Dienstag, 3. März 2026 um 10:12:\n> alt",
            "Klachten schreef op 2026-03-03 10:12:\n> oud",
            "3 mar 2026 10:12 autor: a@b.example:\n> stary",
            "W dniu 03.03.2026 o 10:12, Skargi <a@b.example>\nnapisał(a) do a@b.example:\n> stary",
            "________________________________\nOd: Skargi <a@b.example>\nWysłano: wtorek\nDo: Jan\nTemat: x\n\nstary",
            "Gesendet: Dienstag, 03. März 2026 um 10:12 Uhr\nVon: \"X\" <a@b.example>\nAn: y@z.example\nBetreff: x\n\nalt",
            "------ Oorspronkelijk bericht ------\nVan \"X\" <a@b.example>\nAan Y\nDatum 3-3-2026 10:12:33\n\noud",
            ">>> X <a@b.example> 3-3-2026 10:12 >>>\noud",
            "##- Typ uw antwoord boven deze regel -##\n\noud",
            "Outlook voor iOS<https://aka.ms/o0ukef> downloaden\n________________________________\nVan: X <a@b.example>\nVerzonden: \
             ma\nAan: Jan\n\noud",
            "-- \nJan\nStraat 1\n\nOn 4 Mar 2025, at 21:12, X <a@b.example> wrote:\n> old",
        ] {
            check(&format!("Nieuw.\n\nTweede.\n\n{quotation}\n"), "Nieuw.\n\nTweede.");
        }
    }

    #[test]
    fn a_command_with_an_address_directly_above_a_quotation_stays() {
        let text = "#beklaagde Bert Visser <b.visser@poli.example>\nOn Mon, Nov 23, 2026 at 03:37:03AM +0100, Klachtenhulp \
                    wrote:\n> Er is een nieuwe klacht.";
        check(text, "#beklaagde Bert Visser <b.visser@poli.example>");
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
            "Mijn klacht.\n\nDeze mail is vertrouwelijk, de arts mag hem niet lezen.",
            "Beste Linda,\n\nHet gebruik van de tillift ging mis.",
            "Let op: de arts wist het niet.\n\nJan",
            "Van: ma\nTot: vr\nTijd: 9 uur",
            "Ik kan op deze dagen:\n3 maart 2026 10:12\n4 maart 2026 11:00",
            "Naam: Jan\nDatum: 3 maart\nOnderwerp: het eten\nVan: de keuken",
            "Op 3 mei 2026 schreef de arts:\nniets",
            "Zij zei op 3 mei 2026 om 10:12:\nga maar weg",
            "--\u{20}of niet\n- een\n- twee",
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
        let found = own_text(forward, true, &words);
        assert_eq!((found.text.as_str(), found.says_something), (forward, true));
        for nothing in
            ["Verstuurd vanaf mijn Galaxy\n\nOp 4 mei 2025 om 10:00 schreef X <a@b.example>:\n> oud", "-- \nJan", "> oud", ""]
        {
            let found = own_text(nothing, false, &words);
            assert_eq!((found.text.as_str(), found.says_something), ("", false), "{nothing}");
        }
        assert!(!own_text("-- \nJan", true, &words).says_something);
    }
}
