//! Quantities as people write them: durations, sizes, hours of the day. Each gives the value, or what is
//! wrong with it and a hint.

use std::time::Duration;

use chrono::{NaiveTime, TimeDelta};

/// A value, or what is wrong and what to write instead.
pub type Reading<T> = Result<T, (String, String)>;

/// A duration such as `2m`, `28d` or `1h 30m`, in the words of the humantime crate.
pub fn duration(text: &str) -> Reading<Duration> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    humantime::parse_duration(text).map_err(|error| {
        (format!("is not a duration: {error}"), "write a number and a unit, such as 90s, 2m, 4h or 28d".to_owned())
    })
}

/// A duration between two bounds, both included.
pub fn duration_within(text: &str, least: Duration, most: Duration) -> Reading<Duration> {
    let read = duration(text)?;
    if (least..=most).contains(&read) {
        return Ok(read);
    }
    let (least, most) = (humantime::format_duration(least), humantime::format_duration(most));
    Err((format!("must lie between {least} and {most}"), "choose a duration within these bounds".to_owned()))
}

/// The same span of time for arithmetic with instants. Every bound in this module is far below its limit.
pub fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

/// A number of bytes such as `10MB` (a million bytes each) or `32MiB` (1,048,576 bytes each).
pub fn bytes(text: &str) -> Reading<usize> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let factor = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1_usize),
        "kb" => Some(1_000),
        "mb" => Some(1_000_000),
        "gb" => Some(1_000_000_000),
        "kib" => Some(1 << 10),
        "mib" => Some(1 << 20),
        "gib" => Some(1 << 30),
        _ => None,
    };
    let size = digits.parse::<usize>().ok().zip(factor).and_then(|(number, factor)| number.checked_mul(factor));
    size.ok_or_else(|| ("is not a size".to_owned(), "write a whole number and a unit, such as 500kB, 10MB or 32MiB".to_owned()))
}

/// Hours of the day, from and until, in the desk's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// The first moment.
    pub from: NaiveTime,
    /// The first moment that is too late.
    pub until: NaiveTime,
}

impl Hours {
    /// Nine to five: when a follow-up may leave unless the operator says otherwise (domain.md section 3).
    pub const OF_A_WORKING_DAY: Self = Self { from: clock_time(9), until: clock_time(17) };

    /// Whether this time of day lies within.
    pub fn contain(self, time: NaiveTime) -> bool {
        self.from <= time && time < self.until
    }
}

impl From<Hours> for (NaiveTime, NaiveTime) {
    fn from(hours: Hours) -> Self {
        (hours.from, hours.until)
    }
}

/// A whole hour; an hour that no day has is midnight.
const fn clock_time(hour: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, 0, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

/// Hours such as `09:00-17:00`.
pub fn hours(text: &str) -> Reading<Hours> {
    let read = text.split_once('-').and_then(|(from, until)| {
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), "%H:%M").ok();
        Some(Hours { from: time(from)?, until: time(until)? })
    });
    let hint = "write two 24-hour times, such as 09:00-17:00".to_owned();
    match read {
        Some(hours) if hours.from < hours.until => Ok(hours),
        Some(_) => Err(("ends before it begins".to_owned(), hint)),
        None => Err(("are not hours of the day".to_owned(), hint)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_decimal_and_binary_units() {
        for (text, size) in [("0", 0), ("10MB", 10_000_000), ("10 mb", 10_000_000), ("32MiB", 33_554_432), ("7kB", 7_000)] {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for text in ["", "MB", "-1MB", "1.5MB", "10 parsecs", "99999999999999999999GB"] {
            assert!(bytes(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn hours_end_after_they_begin() {
        let office = hours("09:00-17:00").unwrap();
        let at = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
        assert!(office.contain(at("09:00")) && office.contain(at("16:59")));
        assert!(!office.contain(at("08:59")) && !office.contain(at("17:00")));
        for text in ["17:00-09:00", "9-17", "09:00", "09:00-09:00", "25:00-26:00"] {
            assert!(hours(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn durations_need_a_unit() {
        assert_eq!(duration("28d"), Ok(Duration::from_hours(28 * 24)));
        assert_eq!(duration("0"), Ok(Duration::ZERO));
        assert!(duration("28").is_err() && duration("soon").is_err());
        assert!(duration_within("13d", Duration::from_hours(14 * 24), Duration::from_hours(90 * 24)).is_err());
    }
}
