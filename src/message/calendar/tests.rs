use super::*;

fn check(text: &str) -> Option<CalendarAnswer> {
    read(&[CalendarText { text: text.to_owned(), method: None }], None)
}

#[test]
fn an_answer_is_read_through_folds_and_quoted_names() {
    let text = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:20250417-\r\n abc@x.example\r\nATTENDEE;CN=\"Stins: \
                R\";PARTSTAT=declined:MAILTO:r.stins@\r\n voorbeeldzorg.example\r\nSEQUENCE:2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    let answer = check(text).unwrap();
    assert_eq!(answer.method, CalendarMethod::Reply);
    assert_eq!(answer.uid.as_deref(), Some("20250417-abc@x.example"));
    assert_eq!(answer.sequence, Some(2));
    assert_eq!(answer.attendee.as_deref(), Some("r.stins@voorbeeldzorg.example"));
    assert_eq!(answer.partstat, Some(Participation::Declined));
    assert_eq!(check("Goedemiddag: dit is geen agenda"), None);
}

#[test]
fn a_time_without_a_known_zone_is_one_on_the_clock() {
    let counter = |start: &str| {
        let text = format!(
            "BEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nUID:a\nATTENDEE:mailto:a@b.example\n{start}\nEND:VEVENT\nEND:VCALENDAR\n"
        );
        check(&text).unwrap().proposed.map(|proposed| proposed.starts)
    };
    let civil = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap().and_hms_opt(9, 0, 0).unwrap();
    assert_eq!(counter("DTSTART:20260701T090000"), Some(CalendarTime::Floating(civil)));
    assert_eq!(counter("DTSTART;TZID=Hier:20260701T090000"), Some(CalendarTime::Floating(civil)));
    let moment = CalendarTime::Moment("2026-07-01T07:00:00Z".parse().unwrap());
    assert_eq!(counter("DTSTART;TZID=W. Europe Standard Time:20260701T090000"), Some(moment));
    assert_eq!(counter("DTSTART;TZID=\"Europe/Amsterdam\":20260701T090000"), Some(moment));
    assert_eq!(counter("DTSTART:20260701T070000Z"), Some(moment));
    assert_eq!(counter("DTSTART;VALUE=DATE:20260701"), Some(CalendarTime::Day(civil.date())));
    assert_eq!(counter("DTSTART:morgen"), None);
}

#[test]
fn a_uid_in_exchanges_wrapping_is_taken_out() {
    let uid = "09090909-0909-4909-8909-090909090909";
    let hex = data_encoding::HEXUPPER.encode(format!("{uid}\0").as_bytes());
    let wrapped =
        format!("040000008200E00074C5B7101A82E0080000000000000000000000000000000000000000310000007643616C2D55696401000000{hex}");
    assert_eq!(event_uid(&wrapped), uid);
    assert_eq!(event_uid(&wrapped.to_lowercase()), uid);
    assert_eq!(event_uid(" a@b "), "a@b");
    let own = "040000008200E00074C5B7101A82E00800000000B0A1";
    assert_eq!(event_uid(own), own);
}
