//! What people write, and what it means on Tuesday 24 November 2026.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;
use crate::mediation::prose::tokens;

fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
}

fn read(text: &str, lean: Lean) -> String {
    let pieces = tokens(text);
    let all = find(&pieces, today(), lean).into_iter().map(|found| match found.what {
        What::Day(day) => day.to_string(),
        What::TwoDays(one, two) => format!("{one}|{two}"),
        What::Clock(time) => time.format("%H:%M").to_string(),
        What::Length(minutes) => format!("{minutes}m"),
    });
    all.collect::<Vec<_>>().join(" ")
}

fn check(lean: Lean, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(read(text, lean), *expected, "{text}");
    }
}

#[test]
fn moments_to_come_are_read_as_people_write_them() {
    check(
        Lean::Ahead,
        &[
            ("do 3 december 14:00", "2026-12-03 14:00"),
            ("3-12 om 14u", "2026-12-03 14:00"),
            ("2026-12-03 14:00", "2026-12-03 14:00"),
            ("Thursday 3 December at 2 pm", "2026-12-03 14:00"),
            ("morgen 9 uur", "2026-11-25 09:00"),
            ("morgenmiddag twee uur", "2026-11-25 14:00"),
            ("aanstaande donderdag om kwart over elf", "2026-11-26 11:15"),
            ("volgende week dinsdag om half drie", "2026-12-01 14:30"),
            ("dinsdag volgende week half 3", "2026-12-01 14:30"),
            ("over twee weken op woensdag, kwart voor vier", "2026-12-09 15:45"),
            ("over twee weken", "2026-12-08"),
            ("7 januari kwart over negen", "2027-01-07 09:15"),
            ("this Friday, half two", "2026-11-27 14:30"),
            ("A week on Monday, quarter to eleven", "2026-12-07 10:45"),
            ("vrijdag de 27e 10.30", "2026-11-27 10:30"),
            ("the 4th of January at ten past three", "2027-01-04 15:10"),
            ("December 3rd, 2.30 p.m.", "2026-12-03 14:30"),
            ("3/12/26 9:15", "2026-12-03 09:15"),
            ("vr. 4 dec. 15.00 uur", "2026-12-04 15:00"),
            ("donderdagmiddag 3 uur", "2026-11-26 15:00"),
            ("maandag over een week om 10 uur", "2026-12-07 10:00"),
            ("overmorgen vijf voor half elf", "2026-11-26 10:25"),
            ("vrijdag 4 december om acht uur 's avonds", "2026-12-04 20:00"),
            ("woensdag 13u30", "2026-11-25 13:30"),
        ],
    );
}

#[test]
fn what_happened_lies_behind_us() {
    check(
        Lean::Back,
        &[
            ("gisteren", "2026-11-23"),
            ("eergisteren", "2026-11-22"),
            ("vanmorgen", "2026-11-24"),
            ("vrijdag", "2026-11-20"),
            ("afgelopen vrijdag", "2026-11-20"),
            ("dinsdag", "2026-11-17"),
            ("29 december", "2025-12-29"),
            ("last Thursday", "2026-11-19"),
            ("vorige week woensdag", "2026-11-18"),
            ("twee dagen geleden", "2026-11-22"),
            ("a week ago", "2026-11-17"),
            ("gistermiddag", "2026-11-23"),
            ("op de 12e", "2026-11-12"),
        ],
    );
}

#[test]
fn lengths_are_read_in_words_and_figures() {
    check(
        Lean::Ahead,
        &[
            ("60m", "60m"),
            ("45 min", "45m"),
            ("een uur", "60m"),
            ("uurtje", "60m"),
            ("anderhalf uur", "90m"),
            ("1,5 uur", "90m"),
            ("half uurtje", "30m"),
            ("drie kwartier", "45m"),
            ("an hour and a half", "90m"),
            ("half an hour", "30m"),
            ("two hours", "120m"),
            ("om 14.00 uur, duurt 2 uur", "14:00 120m"),
            ("om een uur", "13:00"),
            ("een half uur later", ""),
        ],
    );
}

#[test]
fn a_weekday_that_is_not_of_the_date_has_two_readings() {
    check(
        Lean::Ahead,
        &[
            ("vrijdag 3 december", "2026-12-03|2026-12-04"),
            ("do 2-12", "2026-12-02|2026-12-03"),
            // Today is Tuesday: half of the people mean the 26th.
            ("next Thursday", "2026-12-03|2026-11-26"),
        ],
    );
}

#[test]
fn what_only_looks_like_a_time_is_none() {
    for text in [
        "Kamer 2.14",
        "spreekkamer 10.30",
        "mw. T. de 2e keer",
        "hij is 84 jaar",
        "zaak 2026-0142",
        "do your best",
        "ma heeft gebeld",
        "goedemorgen",
        "om 3 redenen",
        "tel. 0161-555 312",
        "bel 06-12 34 56 78",
        "de derde brief",
        "wij za",
        "drie vragen",
        "may I ask",
    ] {
        assert_eq!(read(text, Lean::Ahead), "", "{text}");
    }
}

#[test]
fn a_date_that_just_passed_is_not_taken_for_next_year() {
    assert_eq!(read("20 november", Lean::Ahead), "2026-11-20");
    assert_eq!(read("24 november", Lean::Ahead), "2026-11-24");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever way a day and time are written out, they come back.
    #[test]
    fn every_writing_of_a_moment_means_the_moment(ahead in 1_u64..290, hour in 8_u32..18, minute in 0_u32..12, form in 0_usize..6) {
        use chrono::{Datelike, Days, NaiveTime};
        let day = today() + Days::new(ahead);
        let time = NaiveTime::from_hms_opt(hour, minute * 5, 0).unwrap();
        let weekdays = ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"];
        let months = ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"];
        let weekday = weekdays[day.weekday().num_days_from_monday() as usize];
        let month = months[day.month0() as usize];
        let text = match form {
            0 => format!("{} {}", day, time.format("%H:%M")),
            1 => format!("{weekday} {} {month} om {}", day.day(), time.format("%H.%M uur")),
            2 => format!("{} {month} {} {}", day.day(), day.year(), time.format("%Hu%M")),
            3 => format!("{}-{} om {}", day.day(), day.month(), time.format("%H:%M")),
            4 => day.format("%A %-d %B at ").to_string() + &time.format("%-I:%M %P").to_string(),
            _ => day.format("%B %-d, %Y, ").to_string() + &time.format("%H:%M").to_string(),
        };
        let expected = format!("{} {}", day, time.format("%H:%M"));
        prop_assert_eq!(read(&text, Lean::Ahead), expected, "{}", text);
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,80}") {
        let pieces = tokens(&text);
        for found in find(&pieces, today(), Lean::Ahead) {
            prop_assert!(found.pieces.end <= pieces.len() && !found.pieces.is_empty());
        }
    }
}
