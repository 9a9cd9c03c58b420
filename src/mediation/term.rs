//! How long something may take, in the words of a law or a house rule: `6 weeks`, `5 working days`.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Hours of the clock on the wall.
    Hours,
    /// Calendar days.
    Days,
    /// Days on which the organisation works ("werkdagen").
    WorkingDays,
    /// Calendar weeks: the same weekday.
    Weeks,
    /// Calendar months: the same day of the month, or the last one where that month is shorter.
    Months,
    /// Calendar years.
    Years,
}

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Term {
    /// How many, at least 1.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// A text that is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no length of time; write a number with hours, days, working days, weeks, months or years")]
pub struct TermError(String);

/// Longer than any law or house rule asks; a larger number is a mistake in the file.
const LONGEST: u32 = 1_000;

impl FromStr for Term {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, TermError> {
        let wrong = || TermError(text.to_owned());
        let (count, unit) = text.trim().split_once(' ').ok_or_else(wrong)?;
        let unit = match unit.trim() {
            "hour" | "hours" => Unit::Hours,
            "day" | "days" => Unit::Days,
            "working day" | "working days" => Unit::WorkingDays,
            "week" | "weeks" => Unit::Weeks,
            "month" | "months" => Unit::Months,
            "year" | "years" => Unit::Years,
            _ => return Err(wrong()),
        };
        match count.parse() {
            Ok(count) if (1..=LONGEST).contains(&count) => Ok(Self { count, unit }),
            _ => Err(wrong()),
        }
    }
}

impl TryFrom<String> for Term {
    type Error = TermError;

    fn try_from(text: String) -> Result<Self, TermError> {
        text.parse()
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Hours => "hours",
            Unit::Days => "days",
            Unit::WorkingDays => "working days",
            Unit::Weeks => "weeks",
            Unit::Months => "months",
            Unit::Years => "years",
        };
        write!(f, "{} {unit}", self.count)
    }
}

impl Term {
    /// On the clock on the wall, where a day is a day: for what waits for a machine, not for a person.
    pub fn as_time(self) -> chrono::TimeDelta {
        let count = i64::from(self.count);
        match self.unit {
            Unit::Hours => chrono::TimeDelta::hours(count),
            Unit::Days | Unit::WorkingDays => chrono::TimeDelta::days(count),
            Unit::Weeks => chrono::TimeDelta::weeks(count),
            Unit::Months => chrono::TimeDelta::days(count * 30),
            Unit::Years => chrono::TimeDelta::days(count * 365),
        }
    }

    /// Whether the Algemene termijnenwet reaches a term of law of this length (article 4: not one in hours, nor
    /// one of more than 90 days, twelve weeks or three months).
    pub fn is_reached_by_the_law_on_terms(self) -> bool {
        match self.unit {
            Unit::Days | Unit::WorkingDays => self.count <= 90,
            Unit::Weeks => self.count <= 12,
            Unit::Months => self.count <= 3,
            Unit::Hours | Unit::Years => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_read_as_people_write_it_and_written_back() {
        for text in ["6 weeks", "5 working days", "14 days", "1 months", "2 years", "1 hours"] {
            assert_eq!(text.parse::<Term>().unwrap().to_string(), text);
        }
        assert_eq!("1 month".parse::<Term>().unwrap(), Term { count: 1, unit: Unit::Months });
        for text in ["", "six weeks", "6", "6 fortnights", "0 days", "-1 days", "1001 days"] {
            assert!(text.parse::<Term>().is_err(), "{text:?}");
        }
    }
}
