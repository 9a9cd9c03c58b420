//! Days, times of the day and lengths of time as people write them, in Dutch and English: "do 3 december 14:00",
//! "over twee weken op woensdag", "half drie", "anderhalf uur".
//!
//! Relative to a civil day that comes in as an argument. What is found is a proposal: whoever promises it to a party
//! reads it back in words first. Maintained crates for this speak English only, and read "half drie" as 3:30.

mod clock;
mod day;
mod length;
mod words;

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime};

use super::prose::{Kind, Token};
use words::{Around, TimeWords};

/// Where a day without a year, or a bare weekday, is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lean {
    /// It happened: the last one.
    Back,
    /// It is planned: the first to come.
    Ahead,
}

/// One statement of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A day.
    Day(NaiveDate),
    /// A weekday and a date that do not belong together, or a weekday that may be in this week or the next: the date
    /// as written or nearest, and the other reading.
    TwoDays(NaiveDate, NaiveDate),
    /// A time of the day. Without a part of the day it lies between 8 and 18.
    Clock(NaiveTime),
    /// A length in minutes.
    Length(u32),
}

/// A statement and the pieces of text that make it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What.
    pub what: What,
    /// The pieces, by their index.
    pub pieces: Range<usize>,
}

/// Everything that a text says of time, in its order.
pub fn find(tokens: &[Token], today: NaiveDate, lean: Lean) -> Vec<Found> {
    let Some(words) = TimeWords::builtin() else { return Vec::new() };
    let reader = Reader { tokens, words, today, lean };
    let mut found: Vec<Found> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let clock_before = found.iter().rev().any(|f| matches!(f.what, What::Clock(_)) && reader.same_sentence(f.pieces.end, at));
        let statement = reader
            .day(at)
            .or_else(|| reader.length(at, clock_before).map(|(what, end)| (what.map(What::Length), end)))
            .or_else(|| reader.clock(at).map(|(time, end)| (Some(What::Clock(time)), end)));
        match statement {
            Some((what, end)) => {
                found.extend(what.map(|what| Found { what, pieces: at..end }));
                at = end.max(at + 1);
            }
            None => at += 1,
        }
    }
    found
}

/// The month that a word names, from 1.
pub fn month_called(token: &Token) -> Option<u32> {
    TimeWords::builtin()?.month(token)
}

/// Whether a word stands before a time and means nothing without it: "om", "at".
pub fn leads_to_time(token: &Token) -> bool {
    TimeWords::builtin().is_some_and(|words| words.is(Some(token), Around::LeadsToTime))
}

/// Whether a word stands before a place and is no part of its name: "in", "at".
pub fn leads_to_place(token: &Token) -> bool {
    TimeWords::builtin().is_some_and(|words| words.is(Some(token), Around::LeadsToPlace))
}

/// What every matcher looks at.
struct Reader<'a> {
    tokens: &'a [Token],
    words: &'a TimeWords,
    today: NaiveDate,
    lean: Lean,
}

impl Reader<'_> {
    fn token(&self, at: usize) -> Option<&Token> {
        self.tokens.get(at)
    }

    fn before(&self, at: usize) -> Option<&Token> {
        at.checked_sub(1).and_then(|at| self.token(at))
    }

    fn is(&self, at: usize, around: Around) -> bool {
        self.words.is(self.token(at), around)
    }

    fn is_sign(&self, at: usize, sign: char) -> bool {
        self.token(at).is_some_and(|token| token.is_sign(sign))
    }

    /// Whether the piece and the one behind it stand together without a blank.
    fn touches(&self, at: usize) -> bool {
        self.token(at).zip(self.token(at + 1)).is_some_and(|(one, two)| one.touches(two))
    }

    fn number(&self, at: usize, digits: Range<usize>) -> Option<u32> {
        let token = self.token(at)?;
        token.number().filter(|_| digits.contains(&token.text.len()))
    }

    fn count(&self, at: usize) -> Option<u32> {
        self.words.count(self.token(at)?)
    }

    fn same_sentence(&self, from: usize, to: usize) -> bool {
        !self
            .tokens
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .any(|token| token.kind == Kind::Break || token.is_sign('!') || token.is_sign('?') || token.is_sign(';'))
    }
}

#[cfg(test)]
mod tests;
