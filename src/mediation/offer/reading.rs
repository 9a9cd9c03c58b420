//! A note as the rules see it: sentences of plain words, with marks for people, times, bodies and quotations.

use std::ops::Range;

use super::cues::Offers;
use super::{CaseFacts, people};
use crate::mediation::prose::{Kind, Token, tokens as tokens_of};
use crate::mediation::written_time::{Lean, What, find};

/// Something that a mark stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// A word or a sign.
    Word,
    /// The complainant.
    Complainant,
    /// A respondent of the case, by index.
    Respondent(usize),
    /// Another person.
    Person,
    /// A mail address.
    Address,
    /// The number of a case.
    Number,
    /// A day, a time of the day, a length.
    Time,
    /// A body, by its Dutch name.
    Body(String),
    /// Quoted words.
    Quotation,
}

/// One word or mark of a sentence.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub mark: Mark,
    /// The tokens of the note that it stands for.
    pub tokens: Range<usize>,
    /// Its place in the marked sentence.
    pub at: Range<usize>,
}

/// One sentence.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    /// Plain words and marks with single blanks between them, and one at each end.
    pub marked: String,
    /// The same before idioms were hidden: "als niet tevreden" commands nothing, but tells how it ended.
    pub whole: String,
    pub pieces: Vec<Piece>,
    /// The clauses, as ranges of the marked sentence.
    pub clauses: Vec<Range<usize>>,
    /// It ends with a question mark.
    pub is_question: bool,
    /// It stands on a line of a list.
    pub in_list: bool,
    /// Its tokens.
    pub tokens: Range<usize>,
}

/// A note.
#[derive(Debug)]
pub(super) struct Note<'a> {
    pub text: &'a str,
    pub tokens: Vec<Token>,
    pub sentences: Vec<Sentence>,
}

impl Note<'_> {
    /// The words of these tokens as they were written.
    pub fn written(&self, tokens: Range<usize>) -> &str {
        let slice = self.tokens.get(tokens).unwrap_or_default();
        let ends = slice.first().zip(slice.last());
        ends.and_then(|(first, last)| self.text.get(first.span.start..last.span.end)).unwrap_or_default()
    }
}

impl Sentence {
    /// The clauses that a stretch of the sentence touches, as one stretch.
    pub fn around(&self, at: &Range<usize>) -> &str {
        let touched = self.clauses.iter().filter(|clause| clause.start < at.end.saturating_sub(1) && at.start + 1 < clause.end);
        let bounds = touched.fold(None, |bounds: Option<(usize, usize)>, clause| {
            Some(bounds.map_or((clause.start, clause.end), |(from, to)| (from.min(clause.start), to.max(clause.end))))
        });
        bounds.and_then(|(from, to)| self.marked.get(from..to)).unwrap_or(&self.marked)
    }

    /// The piece at a place of the marked sentence, and those behind it.
    pub fn pieces_from(&self, at: usize) -> &[Piece] {
        let first = self.pieces.iter().position(|piece| piece.at.end > at).unwrap_or(self.pieces.len());
        self.pieces.get(first..).unwrap_or_default()
    }
}

/// Takes a note apart.
pub(super) fn read<'a>(text: &'a str, facts: &CaseFacts, offers: &Offers) -> Note<'a> {
    let tokens = tokens_of(text);
    let marks = marks(&tokens, facts, offers);
    let sentences =
        sentences(&tokens, &marks, offers).into_iter().map(|range| sentence(&tokens, &marks, range, offers)).collect();
    Note { text, tokens, sentences }
}

/// Stretches of tokens that stand for one thing. The first kind that claims a token has it.
fn marks(tokens: &[Token], facts: &CaseFacts, offers: &Offers) -> Vec<(Range<usize>, Mark)> {
    let mut marks: Vec<(Range<usize>, Mark)> = Vec::new();
    let mut claim = |range: Range<usize>, mark: Mark| {
        let free = !range.is_empty() && marks.iter().all(|(taken, _)| taken.end <= range.start || range.end <= taken.start);
        if free {
            marks.push((range, mark));
        }
    };
    for range in quotations(tokens) {
        claim(range, Mark::Quotation);
    }
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Address {
            claim(at..at + 1, Mark::Address);
        }
        if is_case_number(tokens, at) {
            claim(at..at + 3, Mark::Number);
        }
    }
    for (range, name) in bodies(tokens, facts, offers) {
        claim(range, Mark::Body(name));
    }
    for (range, mark) in people::known(tokens, facts, offers) {
        claim(range, mark);
    }
    for found in find(tokens, facts.today, Lean::Ahead) {
        if !matches!(found.what, What::Length(_)) || found.pieces.len() > 1 {
            claim(found.pieces, Mark::Time);
        }
    }
    for range in people::others(tokens, offers) {
        claim(range, Mark::Person);
    }
    marks.sort_by_key(|(range, _)| range.start);
    marks
}

/// Quoted words command nothing. A quotation ends at the end of its paragraph at the latest.
fn quotations(tokens: &[Token]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    for (at, token) in tokens.iter().enumerate() {
        let sign = if token.kind == Kind::Sign { token.text.chars().next() } else { None };
        match (open, sign) {
            (None, Some('"' | '“' | '„' | '«')) => open = Some((at, if sign == Some('"') { '"' } else { '”' })),
            (Some((start, closing)), Some(c)) if c == closing || matches!(c, '”' | '»') || (c == '"' && closing == '”') => {
                found.push(start..at + 1);
                open = None;
            }
            (Some(_), None) if token.kind == Kind::Break => open = None,
            _ => {}
        }
    }
    found
}

fn is_case_number(tokens: &[Token], at: usize) -> bool {
    let Some([year, dash, serial]) = tokens.get(at..at + 3) else { return false };
    let digits = |token: &Token, least: usize| token.kind == Kind::Number && token.text.len() >= least;
    let goes_on = tokens.get(at + 3).is_some_and(|next| next.is_sign('-') && serial.touches(next));
    digits(year, 4) && dash.is_sign('-') && digits(serial, 3) && year.touches(dash) && dash.touches(serial) && !goes_on
}

/// Bodies of the directory under any of their names; the longest name wins.
fn bodies(tokens: &[Token], facts: &CaseFacts, offers: &Offers) -> Vec<(Range<usize>, String)> {
    let mut names: Vec<(Vec<String>, String)> = Vec::new();
    let own = offers.bodies.iter().map(|(name, others)| (name.clone(), others));
    let directory = facts.bodies.iter().map(|(name, others)| (without_article(name).to_owned(), others));
    for (name, others) in own.chain(directory) {
        for spelling in others.iter().chain([&name]) {
            let words: Vec<String> = tokens_of(spelling).into_iter().map(|token| token.plain).collect();
            if !words.is_empty() {
                names.push((words, name.clone()));
            }
        }
    }
    names.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let fits = |words: &Vec<String>| {
            let stretch = tokens.get(at..at + words.len()).unwrap_or_default();
            stretch.len() == words.len() && stretch.iter().zip(words).all(|(token, word)| token.plain == *word)
        };
        if let Some((words, name)) = names.iter().find(|(words, _)| fits(words)) {
            found.push((at..at + words.len(), name.clone()));
        }
    }
    found
}

fn without_article(name: &str) -> &str {
    name.strip_prefix("De ").or_else(|| name.strip_prefix("Het ")).unwrap_or(name)
}

/// Where sentences end: at a mark that is not part of an abbreviation or a number, at an empty line, and at a line
/// that goes on with a capital or a bullet.
fn sentences(tokens: &[Token], marks: &[(Range<usize>, Mark)], offers: &Offers) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, token) in tokens.iter().enumerate() {
        let next = tokens.get(at + 1);
        let before = at.checked_sub(1).and_then(|at| tokens.get(at));
        let ends = match token.kind {
            Kind::Sign if token.is_sign('.') => {
                let inside = next.is_some_and(|next| token.touches(next) && next.kind != Kind::Sign && next.kind != Kind::Break)
                    && before.is_some_and(|before| before.touches(token));
                let short = before.is_some_and(|before| {
                    before.kind == Kind::Word
                        && (before.text.chars().count() == 1 || offers.in_list("abbreviations", &before.plain))
                });
                // "svp." may end a sentence all the same.
                let may_end = before.is_some_and(|before| offers.in_list("closing_abbreviations", &before.plain))
                    && next.is_none_or(|next| next.is_capitalised() || next.kind == Kind::Break);
                !inside && (!short || may_end)
            }
            Kind::Sign => matches!(token.text.as_str(), "!" | "?" | "…" | ";"),
            Kind::Break => {
                let ended = next.is_none_or(|next| next.kind == Kind::Break || next.is_capitalised() || next.kind != Kind::Word);
                ended || before.is_some_and(|before| before.kind == Kind::Break)
            }
            Kind::Word | Kind::Number | Kind::Address => false,
        };
        // The dot of "mw." belongs to the person.
        let inside_a_mark = marks.iter().any(|(mark, _)| mark.start <= at && at + 1 < mark.end);
        let last_of_title = marks.iter().any(|(mark, what)| mark.end == at + 1 && mark.len() == 2 && *what == Mark::Complainant)
            && token.is_sign('.')
            && next.is_some_and(|next| next.kind != Kind::Break && !next.is_capitalised());
        if ends && !inside_a_mark && !last_of_title {
            found.push(start..at + 1);
            start = at + 1;
        }
    }
    found.push(start..tokens.len());
    found.retain(|range| {
        tokens.get(range.clone()).is_some_and(|tokens| tokens.iter().any(|t| t.kind != Kind::Break && t.kind != Kind::Sign))
    });
    found
}

fn sentence(tokens: &[Token], marks: &[(Range<usize>, Mark)], range: Range<usize>, offers: &Offers) -> Sentence {
    let mut sentence = Sentence {
        marked: " ".to_owned(),
        whole: String::new(),
        pieces: Vec::new(),
        clauses: Vec::new(),
        is_question: tokens.get(range.clone()).and_then(<[Token]>::last).is_some_and(|last| last.is_sign('?')),
        in_list: is_in_list(tokens, range.start),
        tokens: range.clone(),
    };
    let mut at = range.start;
    while at < range.end {
        let (word, mark, end) = match marks.iter().find(|(taken, _)| taken.start <= at && at < taken.end) {
            Some((taken, mark)) => (name_of(mark).to_owned(), mark.clone(), taken.end.min(range.end)),
            None => (tokens.get(at).map(|token| token.plain.clone()).unwrap_or_default(), Mark::Word, at + 1),
        };
        if tokens.get(at).is_some_and(|token| token.kind == Kind::Break) {
            at += 1;
            continue;
        }
        let from = sentence.marked.len();
        sentence.marked.push_str(if word.is_empty() { "_" } else { &word });
        sentence.pieces.push(Piece { mark, tokens: at..end, at: from..sentence.marked.len() });
        sentence.marked.push(' ');
        at = end.max(at + 1);
    }
    sentence.whole = sentence.marked.clone();
    sentence.marked = without_idioms(&sentence.whole, offers);
    sentence.clauses = clauses(&sentence, offers);
    sentence
}

/// Whether the line of a token begins with a bullet or a number.
fn is_in_list(tokens: &[Token], at: usize) -> bool {
    let before = tokens.get(..at).unwrap_or_default();
    let mut line = before.iter().rposition(|token| token.kind == Kind::Break).map_or(0, |last| last + 1);
    while tokens.get(line).is_some_and(|token| token.kind == Kind::Break) {
        line += 1;
    }
    let first = tokens.get(line);
    let second = tokens.get(line + 1);
    let numbered = first.is_some_and(|token| token.kind == Kind::Number && token.text.len() < 3)
        && second.is_some_and(|token| token.is_sign('.') || token.is_sign(')'));
    numbered || first.is_some_and(|token| ["-", "*", "•", "–"].contains(&token.text.as_str()))
}

fn name_of(mark: &Mark) -> &'static str {
    match mark {
        Mark::Word => "_",
        Mark::Complainant => "@k",
        Mark::Respondent(_) => "@b",
        Mark::Person => "@p",
        Mark::Address => "@mail",
        Mark::Number => "@nr",
        Mark::Time => "@t",
        Mark::Body(_) => "@org",
        Mark::Quotation => "@q",
    }
}

/// Idioms sound like commands and are none: their letters become underscores, so that places stay what they are.
fn without_idioms(marked: &str, offers: &Offers) -> String {
    let mut plain = marked.to_owned();
    for idiom in &offers.idioms {
        let ranges: Vec<Range<usize>> = idiom.find_iter(&plain).map(|found| found.range()).collect();
        for range in ranges {
            let hidden: String =
                plain.get(range.clone()).unwrap_or_default().bytes().map(|b| if b == b' ' { ' ' } else { '_' }).collect();
            plain.replace_range(range, &hidden);
        }
    }
    plain
}

fn clauses(sentence: &Sentence, offers: &Offers) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for piece in &sentence.pieces {
        let word = sentence.marked.get(piece.at.clone()).unwrap_or_default();
        if offers.in_list("clause_breaks", word) && piece.at.start > start + 1 {
            found.push(start..piece.at.start);
            // The blank before a clause belongs to it, as every cue begins with one.
            start = piece.at.start - 1;
        }
    }
    found.push(start..sentence.marked.len());
    found
}
