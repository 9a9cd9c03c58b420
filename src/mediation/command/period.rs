//! The period of a report: a year, a quarter or a month.

use std::fmt;

use chrono::{Datelike, Months, NaiveDate};

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

    /// Reads a period; nothing typed means the year so far.
    pub fn read(text: &str, today: NaiveDate) -> Option<Self> {
        let text = text.trim().to_uppercase();
        if text.is_empty() {
            return Some(Self::Year(today.year()));
        }
        let parts: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
        let year = |part: &str| part.parse().ok().filter(|year| part.len() == 4 && (2000..=2999).contains(year));
        let quarter = |part: &str| {
            let digit = part.strip_prefix(['Q', 'K'])?;
            digit.parse().ok().filter(|quarter| (1..=4).contains(quarter))
        };
        let month = |part: &str| part.parse().ok().filter(|month| (1..=12).contains(month));
        match parts.as_slice() {
            [one] => year(one).map(Self::Year),
            [one, two] => {
                let (at, rest) = year(one).map(|at| (at, two)).or_else(|| year(two).map(|at| (at, one)))?;
                quarter(rest)
                    .map(|quarter| Self::Quarter(at, quarter))
                    .or_else(|| month(rest).map(|month| Self::Month(at, month)))
            }
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

    #[test]
    fn periods_are_read_back_from_their_text() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
        for period in [Period::Year(2026), Period::Quarter(2026, 3), Period::Month(2026, 9)] {
            assert_eq!(Period::read(&period.to_string(), today), Some(period));
        }
        assert_eq!(Period::read("q3 2026", today), Some(Period::Quarter(2026, 3)));
        assert_eq!(Period::read("", today), Some(Period::Year(2026)));
        for nonsense in ["2026-Q5", "2026-13", "vorig", "26", "2026-09-01-02"] {
            assert_eq!(Period::read(nonsense, today), None, "{nonsense}");
        }
    }

    #[test]
    fn a_quarter_ends_where_the_next_begins() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(Period::Quarter(2026, 4).bounds(), Some((day("2026-10-01"), day("2027-01-01"))));
        assert_eq!(Period::Month(2026, 2).bounds(), Some((day("2026-02-01"), day("2026-03-01"))));
    }
}
