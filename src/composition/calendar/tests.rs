use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use icalendar::{Component as _, EventLike as _};
use proptest::prelude::*;

use super::*;
use crate::model::AppointmentUid;

fn civil_time(year: i32, month: u32, day: u32, hour: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(hour, 0, 0).unwrap()
}

fn appointment(starts: NaiveDateTime, zone: Tz, place: &str) -> Appointment {
    Appointment::new(AppointmentUid::from_random([9; 16]), starts, zone, 60, place).unwrap()
}

struct Invitee {
    name: Option<&'static str>,
    address: MailAddress,
    organizer: MailAddress,
}

fn invitee() -> Invitee {
    Invitee {
        name: Some("Hülya Demir"),
        address: "hulya.demir@voorbeeld.example".parse().unwrap(),
        organizer: "klachten+abcdefghijklmnopqrstu@voorbeeldzorg.example".parse().unwrap(),
    }
}

fn item<'a>(news: CalendarNews, appointment: &'a Appointment, invitee: &'a Invitee) -> CalendarItem<'a> {
    CalendarItem {
        news,
        appointment,
        organizer: ("Klachtenhulp Voorbeeldzorg", &invitee.organizer),
        attendee: (invitee.name, &invitee.address),
        language: Language::Nl,
        summary: "Gesprek klachtbemiddeling",
        description: "Vragen, of kunt u niet komen? Bel 010-0000000.",
        now: DateTime::from_timestamp(1_790_000_000, 0).unwrap(),
    }
}

fn written(news: CalendarNews, appointment: &Appointment) -> String {
    write(&item(news, appointment, &invitee())).text
}

/// A second reader, by other people: what we wrote is what it finds.
fn read_back(text: &str) -> icalendar::Calendar {
    text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn event_of(calendar: &icalendar::Calendar) -> icalendar::Event {
    calendar.components.iter().find_map(|component| component.as_event()).unwrap().clone()
}

/// M117 and RFC 5546 section 3.2.2: what is missing of an invitation that Outlook and Gmail give buttons to.
fn missing(text: &str) -> Vec<&'static str> {
    let lines = text.replace("\r\n ", "");
    let line = |start: &str| lines.lines().find(|line| line.starts_with(start));
    let attendee = line("ATTENDEE").unwrap_or_default();
    let found = [
        ("method", line("METHOD:REQUEST").is_some()),
        ("prodid", line("PRODID:").is_some()),
        ("version", line("VERSION:2.0").is_some()),
        ("uid", line("UID:").is_some()),
        ("dtstamp", line("DTSTAMP:").is_some_and(|stamp| stamp.ends_with('Z'))),
        ("dtstart", lines.contains("\nDTSTART;TZID=")),
        ("dtend", line("DTEND").is_some()),
        ("organizer", line("ORGANIZER").is_some_and(|organizer| organizer.contains(":mailto:"))),
        ("attendee", attendee.contains(":mailto:") && lines.matches("ATTENDEE").count() == 1),
        ("rsvp", attendee.contains("RSVP=TRUE")),
        ("partstat", attendee.contains("PARTSTAT=NEEDS-ACTION")),
        ("role", attendee.contains("ROLE=REQ-PARTICIPANT")),
        ("sequence", line("SEQUENCE:").is_some()),
        ("status", line("STATUS:CONFIRMED").is_some()),
    ];
    found.into_iter().filter(|(_, is_there)| !is_there).map(|(what, _)| what).collect()
}

#[test]
fn an_invitation_holds_all_that_clients_need_for_buttons() {
    let text = written(CalendarNews::Invitation, &appointment(civil_time(2026, 4, 17, 14), Tz::Europe__Amsterdam, "Kamer 2"));
    assert_eq!(missing(&text), Vec::<&str>::new());
    for gone in [
        "METHOD:REQUEST",
        "PRODID:",
        "VERSION:2.0",
        "UID:",
        "DTSTAMP:",
        "DTSTART;",
        "DTEND;",
        "ORGANIZER;",
        "ATTENDEE;",
        "RSVP=TRUE",
        "PARTSTAT=NEEDS-ACTION",
        "ROLE=REQ-PARTICIPANT",
        "SEQUENCE:",
        "STATUS:CONFIRMED",
    ] {
        let unfolded = text.replace("\r\n ", "");
        assert_eq!(missing(&unfolded.replacen(gone, "X-GONE:", 9)).len().min(1), 1, "nobody would miss {gone}");
    }
    insta::assert_snapshot!("invitation", text);
}

#[test]
fn a_change_and_a_cancellation_name_the_same_event_with_a_higher_sequence() {
    let first = appointment(civil_time(2026, 4, 17, 14), Tz::Europe__Amsterdam, "Kamer 2");
    let moved = first.moved(civil_time(2026, 11, 3, 9), 45, "Wijkcentrum De Brink; zaal 1, begane grond").unwrap();
    insta::assert_snapshot!("change", written(CalendarNews::Invitation, &moved));
    insta::assert_snapshot!("cancellation", written(CalendarNews::Cancellation, &moved.cancelled()));
    insta::assert_snapshot!("proposal_declined", written(CalendarNews::ProposalDeclined, &moved));
}

#[test]
fn each_invitee_sees_one_address_beside_their_own_and_that_is_the_desks() {
    let appointment = appointment(civil_time(2026, 4, 17, 14), Tz::Europe__Amsterdam, "Kamer 2");
    for news in [CalendarNews::Invitation, CalendarNews::Cancellation, CalendarNews::ProposalDeclined] {
        let text = written(news, &appointment).replace("\r\n ", "");
        assert_eq!(text.matches('@').count(), 2, "{text}");
        assert_eq!(text.matches("mailto:hulya.demir@voorbeeld.example").count(), 1);
        assert_eq!(text.matches("mailto:klachten+abcdefghijklmnopqrstu@voorbeeldzorg.example").count(), 1);
        assert!(!text.contains("VALARM"));
    }
}

/// The offset in force at a civil time by the rules in the file, found without a zone database.
fn offset_by_the_file(text: &str, at: NaiveDateTime) -> i64 {
    let text = text.replace("\r\n ", "");
    let mut latest: Option<(NaiveDateTime, i64)> = None;
    for block in text.split("BEGIN:").filter(|block| block.starts_with("STANDARD") || block.starts_with("DAYLIGHT")) {
        let value = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        let start = NaiveDateTime::parse_from_str(&value("DTSTART:").unwrap(), "%Y%m%dT%H%M%S").unwrap();
        let to = value("TZOFFSETTO:").unwrap();
        let minutes = to[1..3].parse::<i64>().unwrap() * 60 + to[3..5].parse::<i64>().unwrap();
        let offset = if to.starts_with('-') { -minutes } else { minutes };
        let mut onsets = vec![start];
        if let Some(rule) = value("RRULE:") {
            let one: icalendar::Calendar = format!(
                "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:a\r\nDTSTART:{}\r\nRRULE:{rule}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
                start.format("%Y%m%dT%H%M%S")
            )
            .parse()
            .unwrap();
            assert!(event_of(&one).property_value("RRULE").is_some());
            onsets.extend(yearly(start, &rule));
        }
        for onset in onsets.into_iter().filter(|onset| *onset <= at) {
            if latest.is_none_or(|(known, _)| onset >= known) {
                latest = Some((onset, offset));
            }
        }
    }
    latest.unwrap().1
}

/// The onsets of `FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3` and its like for ten years.
fn yearly(start: NaiveDateTime, rule: &str) -> Vec<NaiveDateTime> {
    use chrono::Datelike as _;
    let part = |name: &str| rule.split(';').find_map(|part| part.strip_prefix(name)).map(str::to_owned);
    let month: u32 = part("BYMONTH=").unwrap().parse().unwrap();
    let day = part("BYDAY=").unwrap();
    let (nth, weekday) = day.split_at(day.len() - 2);
    let weekday = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].iter().position(|known| *known == weekday).unwrap();
    let until = part("UNTIL=").map(|until| NaiveDateTime::parse_from_str(&until, "%Y%m%dT%H%M%SZ").unwrap() + TimeDelta::days(1));
    let onset = |year: i32| {
        let days: Vec<NaiveDate> = (1..=31)
            .filter_map(|day| NaiveDate::from_ymd_opt(year, month, day))
            .filter(|day| day.weekday().num_days_from_monday() as usize == weekday)
            .collect();
        let nth: i64 = nth.parse().unwrap();
        let index = if nth < 0 { i64::try_from(days.len()).unwrap() + nth } else { nth - 1 };
        days[usize::try_from(index).unwrap()].and_time(start.time())
    };
    (start.year()..start.year() + 10).map(onset).filter(|at| *at >= start && until.is_none_or(|until| *at <= until)).collect()
}

#[test]
fn the_rules_beside_the_appointment_give_its_moment_in_every_zone_of_the_world() {
    // Days around both switches of Amsterdam, New York and Sydney, and the middle of both halves of the year.
    let days =
        [(1, 15), (3, 7), (3, 9), (3, 28), (3, 30), (4, 4), (4, 6), (7, 15), (10, 3), (10, 5), (10, 24), (10, 26), (11, 2)];
    for zone in TZ_VARIANTS.into_iter().filter(|zone| !super::zone::is_utc(*zone)) {
        for (year, (month, day)) in days.into_iter().map(|day| (2026, day)).chain([(2027, (3, 28)), (2027, (10, 31))]) {
            let appointment = appointment(civil_time(year, month, day, 12), zone, "hier");
            let text = written(CalendarNews::Invitation, &appointment);
            let minutes = offset_by_the_file(&text, appointment.starts);
            let by_the_file = (appointment.starts - TimeDelta::minutes(minutes)).and_utc();
            assert_eq!(by_the_file, appointment.starts_at(), "{zone} {}\n{text}", appointment.starts);
        }
    }
}

#[test]
fn outlook_gets_one_rule_for_each_half_of_the_year() {
    let text = written(CalendarNews::Invitation, &appointment(civil_time(2026, 7, 1, 9), Tz::Europe__Amsterdam, "hier"));
    assert_eq!(text.matches("BEGIN:DAYLIGHT").count(), 1);
    assert_eq!(text.matches("BEGIN:STANDARD").count(), 1);
    assert!(text.contains("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10"), "{text}");
}

#[test]
fn an_appointment_in_utc_needs_no_rules() {
    let text = written(CalendarNews::Invitation, &appointment(civil_time(2026, 7, 1, 9), Tz::UTC, "hier"));
    assert!(text.contains("DTSTART:20260701T090000Z\r\n") && !text.contains("VTIMEZONE"), "{text}");
}

#[test]
fn an_unusual_address_stays_one_address() {
    for (address, uri) in [
        ("\"jan, de;boer?cc=x\"@voorbeeld.example", "mailto:%22jan%2C%20de%3Bboer%3Fcc=x%22@voorbeeld.example"),
        ("jan%x@bücher.example", "mailto:jan%25x@xn--bcher-kva.example"),
        ("o'neill+zorg@voorbeeld.example", "mailto:o'neill+zorg@voorbeeld.example"),
    ] {
        assert_eq!(mailto(&address.parse().unwrap()), uri);
    }
}

proptest! {
    #[test]
    fn any_text_survives_in_lines_of_at_most_75_octets_and_none_becomes_a_property(
        place in "(\\PC|[\r\n\t;,:\\\\\"]|BEGIN:VALARM|ATTENDEE:mailto:x@y\\.example){0,120}",
        name in "(\\PC|[\r\n\t;,:\\\\\"^]){0,60}",
        description in "(\\PC|[\r\n\0;,:\\\\]){0,200}",
    ) {
        let appointment = appointment(civil_time(2026, 10, 26, 10), Tz::Europe__Amsterdam, &place);
        let invitee = invitee();
        let item = CalendarItem { attendee: (Some(&name), &invitee.address), description: &description, ..item(CalendarNews::Invitation, &appointment, &invitee) };
        let text = write(&item).text;
        prop_assert!(text.ends_with("END:VCALENDAR\r\n"));
        for line in text.split_terminator("\r\n") {
            prop_assert!(line.len() <= 75, "{line}");
            prop_assert!(!line.contains(['\r', '\n']) && !line.chars().any(char::is_control), "{line:?}");
        }
        let names: Vec<String> = text.replace("\r\n ", "").lines().filter_map(|line| line.split([':', ';']).next().map(str::to_owned)).collect();
        let expected = ["BEGIN", "PRODID", "VERSION", "CALSCALE", "METHOD", "TZID", "DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE", "END", "UID", "SEQUENCE",
            "DTSTAMP", "DTEND", "ORGANIZER", "ATTENDEE", "SUMMARY", "LOCATION", "DESCRIPTION", "STATUS", "CLASS", "TRANSP"];
        for name in &names {
            prop_assert!(expected.contains(&name.as_str()), "{name} came from somewhere\n{text}");
        }
        prop_assert_eq!(names.iter().filter(|name| *name == "ATTENDEE").count(), 1);

        let event = event_of(&read_back(&text));
        let (place, _) = Words::new(&place, LONGEST_PLACE);
        prop_assert_eq!(event.get_location().unwrap_or_default().trim(), place.as_str().trim());
        let (description, _) = Words::new(&description, LONGEST_DESCRIPTION);
        prop_assert_eq!(event.get_description().unwrap_or_default(), description.as_str());
        prop_assert_eq!(event.get_uid().map(str::to_owned), Some(appointment.uid.to_string()));
        prop_assert_eq!(event.get_sequence(), Some(0));
        prop_assert_eq!(event.get_timestamp(), Some(item.now.with_timezone(&Utc)));
    }
}
