//! Every clock of every regime, counted a second time by a slow and obvious counter: one day after another, on a
//! calendar written out by hand (domain.md section 2.3, I12).
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, Weekday};
use wederhoor::config::{self, Desk};
use wederhoor::mediation::clocks::{self, ClockRule};
use wederhoor::mediation::term::Unit;
use wederhoor::model::Instant;

/// Easter Sundays as printed in any almanac; the rest of the year follows from them or stands fast.
const EASTER: [(i32, u32, u32); 9] = [
    (2024, 3, 31),
    (2025, 4, 20),
    (2026, 4, 5),
    (2027, 3, 28),
    (2028, 4, 16),
    (2029, 4, 1),
    (2030, 4, 21),
    (2031, 4, 13),
    (2032, 3, 28),
];
const DECREES: [(i32, u32, u32); 5] = [(2026, 1, 2), (2026, 5, 15), (2027, 5, 7), (2028, 4, 28), (2028, 5, 26)];

fn date((year, month, day): (i32, u32, u32)) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn holidays() -> BTreeSet<NaiveDate> {
    let mut free: BTreeSet<NaiveDate> = DECREES.map(date).into();
    for (year, month, day) in EASTER {
        let easter = date((year, month, day));
        for step in [-2, 1, 39, 50] {
            free.insert(easter + chrono::TimeDelta::days(step));
        }
        let kings_day = date((year, 4, 27));
        free.insert(if kings_day.weekday() == Weekday::Sun { date((year, 4, 26)) } else { kings_day });
        free.extend([(year, 1, 1), (year, 5, 5), (year, 12, 25), (year, 12, 26)].map(date));
    }
    free.insert(date((2033, 1, 1)));
    free
}

struct Counter {
    holidays: BTreeSet<NaiveDate>,
}

impl Counter {
    fn is_ordinary(&self, day: NaiveDate) -> bool {
        !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !self.holidays.contains(&day)
    }

    /// Takes one day after another until the term is over.
    fn end_of(&self, from: NaiveDate, rule: &ClockRule) -> NaiveDate {
        let mut day = from;
        match rule.length.unit {
            Unit::WorkingDays => {
                let mut left = rule.length.count;
                while left > 0 {
                    day = day.succ_opt().unwrap();
                    left -= u32::from(self.is_ordinary(day));
                }
                return day;
            }
            Unit::Days => (0..rule.length.count).for_each(|_| day = day.succ_opt().unwrap()),
            Unit::Weeks => (0..rule.length.count * 7).for_each(|_| day = day.succ_opt().unwrap()),
            Unit::Months | Unit::Years => {
                let months = rule.length.count * if rule.length.unit == Unit::Years { 12 } else { 1 };
                let (mut year, mut month) = (from.year(), from.month());
                for _ in 0..months {
                    (year, month) = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
                }
                let mut wanted = from.day();
                while NaiveDate::from_ymd_opt(year, month, wanted).is_none() {
                    wanted -= 1;
                }
                day = date((year, month, wanted));
            }
            Unit::Hours => unreachable!("a clock of a case is never in hours"),
        }
        // Four weeks, six, ten and a month are all within reach of the law, and hold two ordinary days.
        while rule.of_law && !self.is_ordinary(day) {
            day = day.succ_opt().unwrap();
        }
        day
    }
}

fn desk(regime: &str, zone: &str) -> Desk {
    let text = format!(
        "[store]\nurl = \"sqlite:desk.db\"\n[[desk]]\nname = \"Loket\"\naddress = \"klachten@zorg.example\"\nregime = \"{regime}\"\n\
         time_zone = \"{zone}\"\nphone = \"010-0000000\"\nhours = \"werkdagen\"\n[desk.retrieval]\nmaildir = \"in\"\n[desk.submission]\n\
         maildir = \"out\"\n[[desk.officer]]\nname = \"A\"\naddress = \"a@zorg.example\"\n[[desk.officer]]\nname = \"B\"\n\
         address = \"b@zorg.example\"\nrole = \"deputy\"\n"
    );
    let now: Instant = "2026-11-16T08:00:00Z".parse().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut proved = config::prove(&text, &folder.path().join("wederhoor.toml"), now).unwrap();
    proved.desks.remove(0)
}

#[test]
fn every_clock_of_every_regime_ends_on_the_day_that_a_slow_counter_gives() {
    let counter = Counter { holidays: holidays() };
    let mut compared = 0;
    for regime in config::regime::names() {
        let desk = desk(&regime, "Europe/Amsterdam");
        // The last day of 2032 and a clock of years: what ends behind the calendar of the test is left out.
        let (first, last) = (date((2024, 1, 1)), date((2032, 12, 31)));
        for day in first.iter_days().take_while(|day| *day <= last) {
            for (clock, rule) in &desk.policy.clocks {
                let expected = counter.end_of(day, rule);
                if expected > last {
                    continue;
                }
                assert_eq!(clocks::last_day(&desk.policy, *clock, day), Some(expected), "{regime}, {}, from {day}", clock.code());
                compared += 1;
            }
        }
    }
    assert!(compared > 80_000, "only {compared} days were compared");
}

#[test]
fn ten_weeks_are_counted_from_the_first_day_and_the_earlier_day_is_kept() {
    let (care, public) = (desk("wkkgz", "Europe/Amsterdam"), desk("awb", "Europe/Amsterdam"));
    for (filed, ten) in [
        ((2026, 11, 13), (2027, 1, 22)),
        ((2026, 11, 14), (2027, 1, 25)),
        ((2026, 11, 20), (2027, 1, 29)),
        ((2026, 2, 20), (2026, 5, 1)),
        ((2026, 4, 3), (2026, 6, 12)),
        ((2026, 3, 16), (2026, 5, 26)),
        // Six weeks moved to 10 May and four more would be 7 June.
        ((2027, 3, 25), (2027, 6, 3)),
    ] {
        assert_eq!(clocks::last_extended_day(&care.policy, date(filed)), Some(date(ten)), "from {filed:?}");
        assert_eq!(clocks::last_extended_day(&public.policy, date(filed)), Some(date(ten)), "from {filed:?}");
    }
    assert_eq!(clocks::last_extended_day(&desk("general", "Europe/Amsterdam").policy, date((2026, 11, 13))), None);
}

#[test]
fn the_day_of_arrival_is_that_of_the_desk_on_both_changes_of_the_clock_and_at_new_year() {
    let policy = desk("wkkgz", "Europe/Amsterdam").policy;
    for (arrived, day) in [
        // The night in which the clock goes forward, and the one in which it goes back.
        ("2026-03-28T22:59:59Z", (2026, 3, 28)),
        ("2026-03-28T23:00:00Z", (2026, 3, 29)),
        ("2026-03-29T21:59:59Z", (2026, 3, 29)),
        ("2026-10-24T21:59:59Z", (2026, 10, 24)),
        ("2026-10-24T22:00:00Z", (2026, 10, 25)),
        ("2026-10-25T22:59:59Z", (2026, 10, 25)),
        ("2026-12-31T22:59:59Z", (2026, 12, 31)),
        ("2026-12-31T23:00:00Z", (2027, 1, 1)),
        ("2028-02-28T23:00:00Z", (2028, 2, 29)),
    ] {
        assert_eq!(policy.civil_day(arrived.parse().unwrap()), date(day), "{arrived}");
    }
    // Eight in the morning is eight in the morning, whichever way the clock went.
    for (day, at) in [
        ((2026, 3, 28), "2026-03-28T07:00:00Z"),
        ((2026, 3, 29), "2026-03-29T06:00:00Z"),
        ((2026, 10, 25), "2026-10-25T07:00:00Z"),
        ((2026, 12, 31), "2026-12-31T07:00:00Z"),
    ] {
        assert_eq!(policy.moment(date(day), clocks::MORNING), at.parse::<Instant>().unwrap());
    }
    // Elsewhere another day: the zone is the desk's, not the machine's.
    let curacao = desk("general", "America/Curacao").policy;
    assert_eq!(curacao.civil_day("2027-01-01T03:59:59Z".parse().unwrap()), date((2026, 12, 31)));
}
