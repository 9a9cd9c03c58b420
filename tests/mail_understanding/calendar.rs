//! What calendars of many makers send, and what is understood of it (M124–M130).

use wederhoor::message::{CalendarAnswer, CalendarMethod, CalendarProblem as Odd, CalendarTime, Participation as P};
use wederhoor::model::AppointmentUid;

use super::*;

fn facts(name: &str) -> MailFacts {
    let mail = filled(&std::fs::read_to_string(folder("calendar").join(name)).unwrap());
    let facts = understand(mail.as_bytes(), &own(), &WORDS, now());
    let wired = understand(mail.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes(), &own(), &WORDS, now());
    assert_eq!(facts.calendar, wired.calendar, "{name} with CRLF");
    facts
}

fn answer(name: &str) -> CalendarAnswer {
    let answer = facts(name).calendar;
    assert!(answer.is_some(), "{name} was not understood");
    answer.unwrap()
}

/// The event of all these invitations.
fn ours() -> AppointmentUid {
    AppointmentUid::from_random([9; 16])
}

#[test]
fn every_makers_answer_is_understood() {
    use CalendarMethod::{Counter, Refresh, Reply};
    type Expected = (&'static str, CalendarMethod, Option<P>, Option<&'static str>, &'static [Odd]);
    let expected: Vec<Expected> = vec![
        ("exchange-accepted-without-organizer.eml", Reply, Some(P::Accepted), Some("rstins@intern.voorbeeldzorg.example"), &[]),
        ("google-maybe-with-a-note.eml", Reply, Some(P::Tentative), Some("nadia.fernandes@gmail.example"), &[]),
        ("google-proposes-a-new-time.eml", Counter, Some(P::Tentative), Some("nadia.fernandes@gmail.example"), &[]),
        ("icloud-accepted-principal-address.eml", Reply, Some(P::Accepted), Some("hulyademir@icloud.example"), &[]),
        ("microsoft-365-declined-with-words.eml", Reply, Some(P::Declined), Some("k.verschuur@voorbeeldzorg.example"), &[]),
        ("nextcloud-accepted-as-attachment.eml", Reply, Some(P::Accepted), Some("sanne@wolk.example"), &[]),
        ("octet-stream-utf16.eml", Reply, Some(P::Accepted), Some("p.bos@mail.example"), &[]),
        ("outlook-proposes-a-new-time.eml", Counter, Some(P::Tentative), Some("k.verschuur@voorbeeldzorg.example"), &[]),
        ("partstat-of-its-own.eml", Reply, Some(P::Other), Some("p.bos@mail.example"), &[]),
        ("refresh.eml", Refresh, None, Some("hilde@mail.example"), &[]),
        (
            "several-events-and-no-method.eml",
            Reply,
            Some(P::Accepted),
            Some("p.bos@mail.example"),
            &[Odd::SeveralEvents, Odd::NoMethod],
        ),
        ("subject-only-accepted.eml", Reply, Some(P::Accepted), None, &[Odd::SubjectOnly]),
        ("thunderbird-declined.eml", Reply, Some(P::Declined), Some("jelle@mail.example"), &[]),
        ("winmail-declined.eml", Reply, Some(P::Declined), None, &[Odd::OutlookFormat]),
        ("zimbra-tentative.eml", Reply, Some(P::Tentative), Some("b.visser@zorggroep.example"), &[]),
    ];
    for (name, method, partstat, attendee, odd) in &expected {
        let facts = facts(name);
        let answer = facts.calendar.as_ref().unwrap_or_else(|| panic!("{name} was not understood"));
        assert_eq!(answer.method, *method, "{name}");
        assert_eq!(answer.partstat, *partstat, "{name}");
        assert_eq!(answer.attendee.as_deref(), *attendee, "{name}");
        assert_eq!(answer.problems, *odd, "{name}");
        assert_eq!(facts.class, MailClass::CalendarReply, "{name}");
        let uid = answer.uid.as_deref().map(str::parse::<AppointmentUid>);
        assert_eq!(uid, (*odd != [Odd::SubjectOnly]).then_some(Ok(ours())), "{name}");
    }
    let not_answers =
        ["complaint-with-such-a-subject.eml", "holiday-calendar-attached.eml", "party-invites-us.eml", "stranger-cancels.eml"];
    let mut covered: Vec<String> =
        expected.iter().map(|(name, ..)| (*name).to_owned()).chain(not_answers.map(str::to_owned)).collect();
    covered.sort();
    let there: Vec<String> =
        files(&folder("calendar")).iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect();
    assert_eq!(covered, there, "each mail is judged");
}

#[test]
fn a_proposal_says_when_in_any_makers_zone() {
    let proposed = answer("outlook-proposes-a-new-time.eml").proposed.unwrap();
    assert_eq!(proposed.starts, CalendarTime::Moment("2026-12-04T13:30:00Z".parse().unwrap()));
    let proposed = answer("google-proposes-a-new-time.eml").proposed.unwrap();
    assert_eq!(proposed.ends, Some(CalendarTime::Moment("2026-12-04T10:00:00Z".parse().unwrap())));
    assert_eq!(answer("thunderbird-declined.eml").proposed, None, "the time of an answer is the time of the invitation");
}

#[test]
fn answers_can_be_put_in_order() {
    let answer = answer("microsoft-365-declined-with-words.eml");
    assert_eq!(answer.sequence, Some(1));
    assert_eq!(answer.stamp, Some("2026-11-24T15:31:00Z".parse().unwrap()));
}

#[test]
fn what_a_person_typed_with_an_answer_is_kept_and_what_the_program_wrote_is_not() {
    for (name, words) in [
        ("exchange-accepted-without-organizer.eml", ""),
        ("google-maybe-with-a-note.eml", "Kan mijn zus mee?"),
        ("google-proposes-a-new-time.eml", ""),
        ("icloud-accepted-principal-address.eml", ""),
        (
            "microsoft-365-declined-with-words.eml",
            "Dan heb ik vroege dienst gehad, daarna moet ik mijn kind halen.\nVrijdag na 14 uur kan wél.",
        ),
        ("nextcloud-accepted-as-attachment.eml", "Fijn."),
        ("octet-stream-utf16.eml", "Ik kom. Mag de deur beneden open blijven? Ik loop slecht."),
        ("outlook-proposes-a-new-time.eml", "Kan het een dag later?"),
        ("thunderbird-declined.eml", ""),
        ("zimbra-tentative.eml", ""),
    ] {
        let facts = facts(name);
        assert_eq!(facts.reply_text, words, "{name}");
        assert_eq!(facts.says_something, !words.is_empty(), "{name}");
    }
}

#[test]
fn a_strangers_cancellation_and_a_partys_own_invitation_are_shown_and_named_for_what_they_are() {
    let cancel = facts("stranger-cancels.eml");
    assert_eq!((cancel.class, cancel.calendar.unwrap().method), (MailClass::Human, CalendarMethod::Cancel));
    let request = facts("party-invites-us.eml");
    assert_eq!(request.class, MailClass::Human);
    assert!(request.says_something);
    let calendar = request.calendar.unwrap();
    assert_eq!((calendar.method, calendar.problems), (CalendarMethod::Request, vec![Odd::MethodMismatch]));
}

#[test]
fn a_complaint_is_not_taken_for_an_answer() {
    for name in ["complaint-with-such-a-subject.eml", "holiday-calendar-attached.eml"] {
        let facts = facts(name);
        assert_eq!((facts.class, facts.calendar), (MailClass::Human, None), "{name}");
    }
}

proptest! {
    /// M93: whatever a calendar part holds, facts come out.
    #[test]
    fn damaged_calendars_give_facts(which in 0usize..19, damage in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..30)) {
        let file = files(&folder("calendar"))[which].clone();
        let mut bytes = filled(&std::fs::read_to_string(file).unwrap()).into_bytes();
        for (index, byte) in damage {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        let facts = understand(&bytes, &own(), &WORDS, now());
        prop_assert!(!facts.problems.contains(&Problem::ReaderFailed));
    }
}
