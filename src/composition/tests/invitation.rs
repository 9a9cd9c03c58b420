//! A letter that also puts an appointment in its reader's calendar (M116–M119).

use chrono::NaiveDate;
use mail_parser::MimeHeaders;

use super::*;
use crate::mediation::{DateChange, Passage};
use crate::model::{Appointment, AppointmentUid};

fn invitation(change: DateChange, language: Language) -> OutgoingLetter {
    let starts = NaiveDate::from_ymd_opt(2026, 12, 3).unwrap().and_hms_opt(14, 0, 0).unwrap();
    let uid = AppointmentUid::from_random([3; 16]);
    let appointment = Appointment::new(uid, starts, chrono_tz::Europe::Amsterdam, 60, "Café De Brink, 1e etage").unwrap();
    let mut sample = samples(LetterKind::AppointmentChanged).remove(0);
    sample.order.passage = Passage::Date { appointment, change };
    sample.compose(&composer(), language).unwrap()
}

#[test]
fn the_calendar_part_stands_last_among_the_texts_and_once_more_as_a_file() {
    for (change, method, name) in [
        (DateChange::New, "REQUEST", "afspraak.ics"),
        (DateChange::Moved, "REQUEST", "afspraak.ics"),
        (DateChange::Cancelled, "CANCEL", "afspraak-vervalt.ics"),
    ] {
        let letter = invitation(change, Language::Nl);
        let mail = parsed(&letter);
        let kinds: Vec<String> = mail
            .parts
            .iter()
            .map(|part| part.content_type().unwrap())
            .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap()))
            .collect();
        assert_eq!(
            kinds,
            ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics"]
        );
        let (part, file) = (&mail.parts[4], &mail.parts[5]);
        let kind = part.content_type().unwrap();
        assert_eq!(kind.attribute("method"), Some(method));
        assert_eq!(kind.attribute("charset").map(str::to_lowercase).as_deref(), Some("utf-8"));
        let raw = String::from_utf8_lossy(&letter.bytes);
        assert!(raw.contains("Content-Class: urn:content-classes:calendarmessage\r\n"));
        assert!(raw.lines().all(|line| line.len() <= 998));
        let text = part.text_contents().unwrap();
        assert!(text.contains(&format!("\r\nMETHOD:{method}\r\n")), "{text}");
        assert_eq!(file.contents(), text.as_bytes());
        assert_eq!(file.attachment_name(), Some(name));
        assert!(text.contains("LOCATION;LANGUAGE=nl:Café De Brink\\, 1e etage\r\n"));
    }
}

#[test]
fn an_answer_to_the_invitation_comes_back_to_the_address_of_this_reader() {
    let letter = invitation(DateChange::New, Language::En);
    let mail = parsed(&letter);
    let from = mail.from().unwrap().first().unwrap().address().unwrap().to_owned();
    let text = mail.parts[4].text_contents().unwrap().replace("\r\n ", "");
    let organizer = text.lines().find(|line| line.starts_with("ORGANIZER")).unwrap();
    assert!(organizer.ends_with(&format!(":mailto:{from}")), "{organizer}");
    let attendee: Vec<&str> = text.lines().filter(|line| line.starts_with("ATTENDEE")).collect();
    assert!(matches!(attendee.as_slice(), [one] if one.ends_with(&format!(":mailto:{}", letter.to))), "{attendee:?}");
    assert_eq!(text.matches('@').count(), 2, "{text}");
}
