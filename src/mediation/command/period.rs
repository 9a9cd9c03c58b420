//! The period of a report: a year, a quarter or a month.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};

use crate::mediation::Vocabulary;
use crate::mediation::prose::tokens;
use crate::mediation::vocabulary::PeriodWord;
use crate::mediation::written_time::month_called;

/// A period of whole months.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// `2026`.
    Year(i32),
    /// `2026-Q3`: year, and quarter from 1 to 4.
    Quarter(i32, u32),
    /// `2026-09`: year, and month from 1 to 12.
    Month(i32, u32),
}

impl Period {
    /// The first day, and the first day after the period.
    pub fn bounds(self) -> Option<(NaiveDate, NaiveDate)> {
        let (year, month, months) = match self {
            Self::Year(year) => (year, 1, 12),
            Self::Quarter(year, quarter) => (year, quarter.checked_mul(3)?.checked_sub(2)?, 3),
            Self::Month(year, month) => (year, month, 1),
        };
        let first = NaiveDate::from_ymd_opt(year, month, 1)?;
        Some((first, first.checked_add_months(Months::new(months))?))
    }

    /// The period before it, of the same kind.
    pub fn before(self) -> Option<Self> {
        Some(match self {
            Self::Year(year) => Self::Year(year.checked_sub(1)?),
            Self::Quarter(year, 1) => Self::Quarter(year.checked_sub(1)?, 4),
            Self::Quarter(year, quarter) => Self::Quarter(year, quarter.checked_sub(1)?),
            Self::Month(year, 1) => Self::Month(year.checked_sub(1)?, 12),
            Self::Month(year, month) => Self::Month(year, month.checked_sub(1)?),
        })
    }

    /// Reads a period as people write it: "2026", "2026-Q3", "derde kwartaal 2026", "september", "vorig jaar". Nothing
    /// typed means the year so far; a month or quarter without a year is the last one that has begun.
    pub fn read(text: &str, words: &Vocabulary, today: NaiveDate) -> Option<Self> {
        let pieces = pieces(text, words)?;
        if text.trim().is_empty() {
            return Some(Self::Year(today.year()));
        }
        let mut said = Said::default();
        let mut rest = pieces.as_slice();
        while let Some((piece, behind)) = rest.split_first() {
            rest = behind;
            let taken = match (*piece, behind.first()) {
                (Piece::Word(PeriodWord::Filler | PeriodWord::Year | PeriodWord::Month), _) => true,
                (Piece::Word(which @ (PeriodWord::Current | PeriodWord::Previous)), Some(Piece::Word(unit))) => {
                    rest = behind.get(1..).unwrap_or_default();
                    said.relative(*unit, which == PeriodWord::Previous, today)
                }
                (Piece::Word(PeriodWord::Current | PeriodWord::Previous), _) => false,
                (Piece::Word(PeriodWord::Quarter), _) => said.is_quarter.replace(()).is_none(),
                (Piece::Word(PeriodWord::First), _) => said.ordinal.replace(1).is_none(),
                (Piece::Word(PeriodWord::Second), _) => said.ordinal.replace(2).is_none(),
                (Piece::Word(PeriodWord::Third), _) => said.ordinal.replace(3).is_none(),
                (Piece::Word(PeriodWord::Fourth), _) => said.ordinal.replace(4).is_none(),
                (Piece::Year(year), _) => said.year.replace(year).is_none(),
                (Piece::Month(month), _) => said.month.replace(month).is_none(),
                (Piece::Number(number), _) => said.number.replace(number).is_none(),
            };
            if !taken {
                return None;
            }
        }
        said.period(today)
    }
}

/// A piece of what was typed.
#[derive(Clone, Copy)]
enum Piece {
    Year(i32),
    Number(u32),
    Month(u32),
    Word(PeriodWord),
}

/// The pieces; `None` where one is no part of a period.
fn pieces(text: &str, words: &Vocabulary) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    for part in text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
        if let Some(piece) = piece(part, words) {
            pieces.push(piece);
            continue;
        }
        // "Q3", "2026Q3", "kw3": letters and digits without a blank between them.
        let letter = part.find(char::is_alphabetic)?;
        let (digits, behind) = part.split_at_checked(letter)?;
        let (letters, number) = behind.split_at_checked(behind.find(|c: char| c.is_ascii_digit())?)?;
        for part in [digits, letters, number].into_iter().filter(|part| !part.is_empty()) {
            pieces.push(piece(part, words)?);
        }
    }
    Some(pieces)
}

fn piece(part: &str, words: &Vocabulary) -> Option<Piece> {
    if let Ok(number) = part.parse::<u32>() {
        let year = i32::try_from(number).ok().filter(|year| part.len() == 4 && (2000..=2999).contains(year));
        return year.map(Piece::Year).or((part.len() <= 2).then_some(Piece::Number(number)));
    }
    let month = || tokens(part).first().and_then(month_called).map(Piece::Month);
    words.periods.meaning(part).copied().map(Piece::Word).or_else(month)
}

/// What was said so far.
#[derive(Default)]
struct Said {
    year: Option<i32>,
    number: Option<u32>,
    ordinal: Option<u32>,
    month: Option<u32>,
    is_quarter: Option<()>,
    /// "Last month", which says it all.
    whole: Option<Period>,
}

impl Said {
    /// "Dit jaar", "vorige maand".
    fn relative(&mut self, unit: PeriodWord, previous: bool, today: NaiveDate) -> bool {
        let running = match unit {
            PeriodWord::Year => {
                return self.year.replace(today.year() - i32::from(previous)).is_none();
            }
            PeriodWord::Quarter => Period::Quarter(today.year(), today.quarter()),
            PeriodWord::Month => Period::Month(today.year(), today.month()),
            PeriodWord::Current
            | PeriodWord::Previous
            | PeriodWord::First
            | PeriodWord::Second
            | PeriodWord::Third
            | PeriodWord::Fourth
            | PeriodWord::Filler => return false,
        };
        let meant = if previous { running.before() } else { Some(running) };
        meant.is_some_and(|meant| self.whole.replace(meant).is_none())
    }

    fn period(&self, today: NaiveDate) -> Option<Period> {
        // Without a year the last one that has begun.
        let begun = |period: &dyn Fn(i32) -> Period| {
            let this = period(self.year.unwrap_or(today.year()));
            let is_ahead = self.year.is_none() && this.bounds().is_some_and(|(first, _)| first > today);
            if is_ahead { period(today.year() - 1) } else { this }
        };
        let which = self.ordinal.or(self.number);
        match (self.whole, self.is_quarter, self.month) {
            (Some(whole), None, None) if self.year.is_none() && which.is_none() => Some(whole),
            (None, Some(()), None) if self.ordinal.is_none() || self.number.is_none() => {
                let quarter = which.filter(|quarter| (1..=4).contains(quarter))?;
                Some(begun(&|year| Period::Quarter(year, quarter)))
            }
            (None, None, Some(month)) if which.is_none() => Some(begun(&|year| Period::Month(year, month))),
            (None, None, None) if self.ordinal.is_none() => match (self.year?, self.number) {
                (year, None) => Some(Period::Year(year)),
                (year, Some(month)) => (1..=12).contains(&month).then_some(Period::Month(year, month)),
            },
            _ => None,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year}"),
            Self::Quarter(year, quarter) => write!(f, "{year}-Q{quarter}"),
            Self::Month(year, month) => write!(f, "{year}-{month:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Period> {
        Period::read(text, &Vocabulary::builtin().unwrap(), NaiveDate::from_ymd_opt(2026, 11, 22).unwrap())
    }

    #[test]
    fn periods_are_read_back_from_their_text() {
        for period in [Period::Year(2026), Period::Quarter(2026, 3), Period::Month(2026, 9)] {
            assert_eq!(read(&period.to_string()), Some(period));
        }
    }

    #[test]
    fn periods_are_read_as_people_write_them() {
        for (typed, period) in [
            ("", Period::Year(2026)),
            ("jaar 2025", Period::Year(2025)),
            ("dit jaar", Period::Year(2026)),
            ("vorig jaar", Period::Year(2025)),
            ("last year", Period::Year(2025)),
            ("q3 2026", Period::Quarter(2026, 3)),
            ("2026Q3", Period::Quarter(2026, 3)),
            ("kw 3 2026", Period::Quarter(2026, 3)),
            ("3e kwartaal van 2026", Period::Quarter(2026, 3)),
            ("derde kwartaal", Period::Quarter(2026, 3)),
            ("the first quarter of last year", Period::Quarter(2025, 1)),
            ("vorig kwartaal", Period::Quarter(2026, 3)),
            ("september 2026", Period::Month(2026, 9)),
            ("2026 sept.", Period::Month(2026, 9)),
            ("december", Period::Month(2025, 12)),
            ("this month", Period::Month(2026, 11)),
            ("09-2026", Period::Month(2026, 9)),
        ] {
            assert_eq!(read(typed), Some(period), "{typed}");
        }
        for nonsense in ["2026-Q5", "2026-13", "vorig", "26", "2026-09-01-02", "kwartaal", "2025 2026", "derde 2026", "alles"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_quarter_ends_where_the_next_begins() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(Period::Quarter(2026, 4).bounds(), Some((day("2026-10-01"), day("2027-01-01"))));
        assert_eq!(Period::Month(2026, 2).bounds(), Some((day("2026-02-01"), day("2026-03-01"))));
    }
}
