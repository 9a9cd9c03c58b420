//! Which days are free, and deadlines counted in civil days (domain.md section 2.3, I12).
//!
//! The days themselves are data: `config/calendar/*.toml`. What is computed here is only Easter.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::Deserialize;

use super::term::{Term, Unit};

/// A holiday on the same day of every year.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FixedHoliday {
    /// Month, 1 to 12.
    pub month: u32,
    /// Day of the month.
    pub day: u32,
    /// Days to move when it falls on a Sunday: King's Day moves to the 26th (-1).
    #[serde(default)]
    pub on_sunday: i64,
}

/// The free days of one country, from `config/calendar/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CivilCalendar {
    /// Holidays with a date.
    pub fixed: Vec<FixedHoliday>,
    /// Holidays by their distance from Easter Sunday, in days.
    pub from_easter: Vec<i64>,
    /// Days equated with holidays by decree (Algemene termijnenwet, article 3(3)).
    pub by_decree: BTreeSet<NaiveDate>,
    /// The last year that the decree list covers: after it, the operator is warned.
    pub decree_covers_until: i32,
    /// Further closing days of the organisation; they count for house promises, not for the law.
    #[serde(default)]
    pub closing_days: BTreeSet<NaiveDate>,
}

impl CivilCalendar {
    /// A recognised holiday or a day equated with one (Algemene termijnenwet, article 3).
    pub fn is_holiday(&self, day: NaiveDate) -> bool {
        let fixed = self.fixed.iter().any(|holiday| {
            NaiveDate::from_ymd_opt(day.year(), holiday.month, holiday.day).is_some_and(|date| {
                let observed = if date.weekday() == Weekday::Sun { moved(date, holiday.on_sunday) } else { date };
                observed == day
            })
        });
        fixed
            || self.by_decree.contains(&day)
            || easter(day.year()).is_some_and(|sunday| self.from_easter.contains(&(day - sunday).num_days()))
    }

    /// Saturday, Sunday or a holiday: a statutory term does not end here (Algemene termijnenwet, article 1).
    pub fn is_free(&self, day: NaiveDate) -> bool {
        matches!(day.weekday(), Weekday::Sat | Weekday::Sun) || self.is_holiday(day)
    }

    /// A day on which the organisation works: "werkdag" of house promises.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        !self.is_free(day) && !self.closing_days.contains(&day)
    }

    /// The day itself, or the first working day after it.
    pub fn working_day_from(&self, day: NaiveDate) -> NaiveDate {
        first(day, |candidate| self.is_working_day(candidate))
    }

    /// The `count`th working day after this day; the day itself is day 0.
    pub fn add_working_days(&self, day: NaiveDate, count: u32) -> NaiveDate {
        (0..count).fold(day, |reached, _| self.working_day_from(moved(reached, 1)))
    }

    /// The last day of a term that begins on this day, which is day 0.
    ///
    /// Working days are counted one by one; everything else in calendar days. A term of law that ends on a
    /// Saturday, Sunday or holiday runs on (Algemene termijnenwet, article 1), and one of three days or more
    /// holds at least two days that are none of these (article 2), as far as that law reaches (article 4).
    pub fn end_of(&self, from: NaiveDate, term: Term, of_law: bool) -> NaiveDate {
        let end = match term.unit {
            // Hours are counted on the clock, not here.
            Unit::Hours => return from,
            Unit::WorkingDays => return self.add_working_days(from, term.count),
            Unit::Days => from.checked_add_days(Days::new(term.count.into())),
            Unit::Weeks => from.checked_add_days(Days::new(u64::from(term.count) * 7)),
            Unit::Months => from.checked_add_months(Months::new(term.count)),
            Unit::Years => from.checked_add_months(Months::new(term.count.saturating_mul(12))),
        };
        let end = end.unwrap_or(from);
        if !of_law || !term.is_reached_by_the_law_on_terms() {
            return end;
        }
        let wanted = if (end - from).num_days() >= 3 { 2 } else { 0 };
        let ordinary = |last| from.iter_days().skip(1).take_while(move |day| *day <= last).filter(|day| !self.is_free(*day));
        first(end, |last| !self.is_free(last) && ordinary(last).take(2).count() >= wanted)
    }

    /// The `count`th working day before this day.
    pub fn working_days_before(&self, day: NaiveDate, count: u32) -> NaiveDate {
        let mut earlier = day.iter_days().rev().skip(1).filter(|candidate| self.is_working_day(*candidate));
        (0..count).fold(day, |reached, _| earlier.next().unwrap_or(reached))
    }

    /// The day itself, or the last working day before it.
    pub fn working_day_until(&self, day: NaiveDate) -> NaiveDate {
        if self.is_working_day(day) { day } else { self.working_days_before(day, 1) }
    }

    /// Whether the list of decrees reaches this year; if not, deadlines in it may be a day early.
    pub fn covers(&self, year: i32) -> bool {
        year <= self.decree_covers_until
    }
}

fn moved(day: NaiveDate, by: i64) -> NaiveDate {
    day.checked_add_signed(chrono::TimeDelta::days(by)).unwrap_or(day)
}

/// The first day from here on that fits. No calendar has sixty free days in a row; the bound keeps a
/// nonsensical configuration from looping.
fn first(day: NaiveDate, fits: impl Fn(NaiveDate) -> bool) -> NaiveDate {
    day.iter_days().take(60).find(|candidate| fits(*candidate)).unwrap_or(day)
}

/// Easter Sunday in the Gregorian calendar (the anonymous Gregorian algorithm, Meeus chapter 8).
#[expect(clippy::many_single_char_names, reason = "the letters are those of the published algorithm")]
fn easter(year: i32) -> Option<NaiveDate> {
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let (d, e) = (b / 4, b % 4);
    let f = (b + 8) / 25;
    let g = (b - f + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let (i, k) = (c / 4, c % 4);
    let l = (32 + 2 * e + 2 * i - h - k) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dutch() -> CivilCalendar {
        toml::from_str(include_str!("../../config/calendar/nl.toml")).unwrap()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn the_worked_dates_of_the_law_come_out() {
        // domain.md section 2.3, the table.
        let calendar = dutch();
        for (filed, six, ten) in [
            ("2026-11-13", "2026-12-28", "2027-01-22"),
            ("2026-11-14", "2026-12-28", "2027-01-25"),
            ("2026-11-20", "2027-01-04", "2027-01-29"),
            ("2026-02-20", "2026-04-07", "2026-05-01"),
            ("2026-04-03", "2026-05-18", "2026-06-12"),
            ("2026-03-16", "2026-04-28", "2026-05-26"),
            ("2027-03-25", "2027-05-10", "2027-06-03"),
        ] {
            let end = |term: &str| calendar.end_of(day(filed), term.parse().unwrap(), true);
            assert_eq!(end("6 weeks"), day(six), "six weeks from {filed}");
            assert_eq!(end("10 weeks"), day(ten), "ten weeks from {filed}");
        }
    }

    #[test]
    fn kings_day_is_a_day_earlier_when_it_falls_on_a_sunday() {
        let calendar = dutch();
        assert!(calendar.is_holiday(day("2031-04-26")) && !calendar.is_holiday(day("2031-04-27")));
        assert!(calendar.is_holiday(day("2026-04-27")) && !calendar.is_holiday(day("2026-04-26")));
    }

    #[test]
    fn working_days_skip_the_whole_of_christmas() {
        // Thursday 24 December 2026: 25 and 26 are holidays, 27 is a Sunday.
        assert_eq!(dutch().add_working_days(day("2026-12-24"), 1), day("2026-12-28"));
    }

    #[test]
    fn a_short_term_of_law_holds_two_ordinary_days_and_a_long_one_is_not_moved() {
        let calendar = dutch();
        let end = |from: &str, term: &str| calendar.end_of(day(from), term.parse().unwrap(), true).to_string();
        // Article 2: Thursday 24 December 2026 and three days is the 27th; the 28th and 29th are ordinary.
        assert_eq!(end("2026-12-24", "3 days"), "2026-12-29");
        // Article 4: 91 days are out of reach, and Saturday stays Saturday.
        assert_eq!(end("2026-01-03", "91 days"), "2026-04-04");
        assert_eq!(end("2026-01-03", "13 weeks"), "2026-04-04");
        // A house rule is never moved.
        assert_eq!(calendar.end_of(day("2026-11-13"), "6 weeks".parse().unwrap(), false), day("2026-12-25"));
    }

    #[test]
    fn months_end_where_a_month_is_shorter_and_leap_days_are_days() {
        let calendar = dutch();
        let end = |from: &str, term: &str| calendar.end_of(day(from), term.parse().unwrap(), false).to_string();
        assert_eq!(end("2028-01-31", "1 month"), "2028-02-29");
        assert_eq!(end("2027-01-31", "1 month"), "2027-02-28");
        assert_eq!(end("2028-02-29", "2 years"), "2030-02-28");
        assert_eq!(end("2028-02-28", "14 days"), "2028-03-13");
        assert_eq!(end("2026-12-31", "1 month"), "2027-01-31");
    }

    #[test]
    fn working_days_are_found_backwards_too() {
        let calendar = dutch();
        assert_eq!(calendar.working_days_before(day("2026-12-28"), 3), day("2026-12-22"));
        assert_eq!(calendar.working_day_until(day("2026-12-27")), day("2026-12-24"));
        assert_eq!(calendar.working_day_until(day("2026-12-24")), day("2026-12-24"));
    }
}
