//! What each answer of a server does to a letter and to the queue.

use std::time::Duration;

use chrono::TimeDelta;
use wederhoor::clock::Clock;
use wederhoor::delivery::{DeliveryEvent, HoldCause, SmtpLogin, SmtpSettings, Submission, Tally};
use wederhoor::model::{LetterKind, ReturnDetail, Secret};
use wederhoor::store::AttemptOutcome;

use crate::outbox::{Desk, address};
use crate::scripted::{AtTheDot, Behaviour, Scripted};

/// One acknowledgement to a server that behaves so, once; gives the desk afterwards.
async fn after(behaviour: Behaviour) -> (Desk, Scripted, Tally) {
    let server = Scripted::start(vec![behaviour]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::Acknowledgement);
    let tally = desk.worker.drain().await.unwrap();
    (desk, server, tally)
}

fn rests(desk: &Desk) -> Vec<HoldCause> {
    let causes = desk.ear.events().into_iter().filter_map(|event| match event {
        DeliveryEvent::QueueRests { cause, .. } => Some(cause),
        DeliveryEvent::Attempted { .. } => None,
    });
    causes.collect()
}

#[tokio::test]
async fn every_byte_arrives_as_it_was_whether_or_not_the_server_pipelines() {
    for offers in [vec![], vec!["PIPELINING", "SIZE 9999", "8BITMIME"]] {
        let pipelines = offers.contains(&"PIPELINING");
        let (desk, server, tally) = after(Behaviour { offers, ..Behaviour::default() }).await;
        assert_eq!(tally.accepted, 1);
        let taken = server.taken();
        assert_eq!(taken[0].rcpt, "RCPT TO:<klager@elders.example>");
        let text = String::from_utf8(taken[0].bytes.clone()).unwrap();
        assert!(text.ends_with("\r\n\r\n.een\r\n..twee\r\n.\r\neinde\r\n"), "{text:?}");
        let size = if pipelines { format!(" SIZE={}", text.len()) } else { String::new() };
        assert_eq!(taken[0].mail, format!("MAIL FROM:<klachten+retour@voorbeeldzorg.example>{size}"));
        assert_eq!(server.commands().last().unwrap(), "QUIT");
        assert_eq!(desk.outbox.letter(0).0, "sent");
        assert_eq!(desk.outbox.letter(0).1[0].code, Some(250));
    }
}

#[tokio::test]
async fn a_refused_recipient_fails_one_letter_and_disturbs_no_other() {
    for offers in [vec![], vec!["PIPELINING"]] {
        let server = Scripted::start(vec![Behaviour {
            rcpt: "550 5.1.1 <klager@elders.example> is hier niet bekend",
            // A server that wants the text for nobody all the same.
            offers: offers.clone(),
            ..Behaviour::default()
        }])
        .await;
        let desk = Desk::new(server.submission());
        desk.put_kind(LetterKind::Acknowledgement);
        desk.put_kind(LetterKind::OfficerNewCase);
        assert_eq!(desk.worker.drain().await.unwrap().failed, 2);
        assert_eq!(server.connections(), 1, "the line is used on");
        assert!(rests(&desk).is_empty());
        let (state, attempts) = desk.outbox.letter(0);
        assert_eq!((state, attempts[0].code, attempts[0].enhanced.as_deref()), ("failed", Some(550), Some("5.1.1")));
        assert_eq!(attempts[0].text, "5.1.1 <…@elders.example> is hier niet bekend");
        assert!(matches!(desk.ear.events()[0], DeliveryEvent::Attempted { address_is_bad: true, .. }));
    }
}

#[tokio::test]
async fn what_is_refused_for_now_comes_again_after_five_and_fifteen_minutes() {
    for behaviour in [
        Behaviour { rcpt: "451 4.7.1 greylisted", ..Behaviour::default() },
        Behaviour { dot: AtTheDot::Answer("452 4.3.1 disk full"), ..Behaviour::default() },
        Behaviour { data: "421 4.3.2 closing", ..Behaviour::default() },
    ] {
        let (desk, ..) = after(behaviour).await;
        let start = desk.clock.now();
        let mut due = start;
        for minutes in [5, 15, 30, 60] {
            due += TimeDelta::minutes(minutes);
            let last = desk.outbox.letter(0).1.last().unwrap().outcome;
            assert_eq!(last, AttemptOutcome::Deferred { next_at: due });
            desk.clock.set(due - TimeDelta::seconds(1));
            assert_eq!(desk.worker.drain().await.unwrap(), Tally::default(), "not before its time");
            desk.clock.set(due);
            assert_eq!(desk.worker.drain().await.unwrap().deferred, 1);
        }
        desk.clock.set(start + TimeDelta::days(5));
        assert_eq!(desk.worker.drain().await.unwrap().failed, 1, "given up");
    }
}

#[tokio::test]
async fn a_fault_of_ours_holds_every_letter_and_calls_the_operator() {
    let login = Some(SmtpLogin { user: "desk".into(), password: Secret::new("fout") });
    for (behaviour, cause) in [
        (Behaviour { auth: "535 5.7.8 nee", offers: vec!["AUTH PLAIN LOGIN"], ..Behaviour::default() }, HoldCause::LoginRefused),
        (
            Behaviour {
                auth: "535 5.7.139 SmtpClientAuthentication is disabled for the Tenant",
                offers: vec!["AUTH PLAIN"],
                ..Behaviour::default()
            },
            HoldCause::PasswordLoginDisabled,
        ),
        (Behaviour { offers: vec!["AUTH XOAUTH2"], ..Behaviour::default() }, HoldCause::LoginRefused),
        (
            Behaviour { mail: "550 5.7.1 not your address", offers: vec!["AUTH PLAIN"], ..Behaviour::default() },
            HoldCause::SenderRefused,
        ),
        (Behaviour { mail: "530 5.7.0 log in", offers: vec!["AUTH PLAIN"], ..Behaviour::default() }, HoldCause::LoginRefused),
        (
            Behaviour { dot: AtTheDot::Answer("550 5.7.60 SendAsDenied"), offers: vec!["AUTH PLAIN"], ..Behaviour::default() },
            HoldCause::SenderRefused,
        ),
    ] {
        let server = Scripted::start(vec![behaviour]).await;
        let desk = Desk::new(Submission::smtp(SmtpSettings { login: login.clone(), ..server.settings() }));
        for _ in 0..3 {
            desk.put_kind(LetterKind::Acknowledgement);
        }
        let tally = desk.worker.drain().await.unwrap();
        assert_eq!(tally, Tally { held: 3, ..Tally::default() }, "{cause:?}");
        assert_eq!(rests(&desk), [cause], "one alarm, not three");
        assert!(cause.needs_operator());
        assert_eq!(server.connections(), 1, "a refused login is not repeated");
        let words = &desk.outbox.letter(0).1[0].text;
        assert!(!words.contains("fout"), "a password in {words:?}");
        // When it is mended, all go, and no try was counted against them.
        assert_eq!(desk.outbox.states()["queued"], 3);
    }
}

#[tokio::test]
async fn a_busy_server_is_asked_again_soon_and_nobody_is_called() {
    let greeting = "421 4.3.2 even niet";
    let server = Scripted::start(vec![Behaviour { greeting, ..Behaviour::default() }, Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::Acknowledgement);
    assert_eq!(desk.worker.drain().await.unwrap().held, 1);
    assert_eq!(rests(&desk), [HoldCause::Busy]);
    assert!(!HoldCause::Busy.needs_operator());
    desk.clock.advance(TimeDelta::seconds(5));
    assert_eq!(desk.worker.drain().await.unwrap().accepted, 1);
}

#[tokio::test]
async fn a_server_that_is_gone_costs_one_try_for_the_whole_queue() {
    let [port] = crate::postfix::free_ports();
    let desk = Desk::new(Submission::smtp(SmtpSettings::plain_on_loopback(port)));
    for _ in 0..50 {
        desk.put_kind(LetterKind::Acknowledgement);
    }
    assert_eq!(desk.worker.drain().await.unwrap().held, 50);
    assert_eq!(rests(&desk), [HoldCause::Unreachable]);
}

#[tokio::test]
async fn a_server_that_says_nothing_is_not_waited_for_for_ever() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = SmtpSettings {
        timeout: Duration::from_millis(100),
        ..SmtpSettings::plain_on_loopback(listener.local_addr().unwrap().port())
    };
    let desk = Desk::new(Submission::smtp(settings));
    desk.put_kind(LetterKind::Acknowledgement);
    assert_eq!(desk.worker.drain().await.unwrap().held, 1);
    assert!(desk.outbox.letter(0).1[0].text.contains("silent"));
}

#[tokio::test]
async fn an_empty_sender_that_is_refused_becomes_the_bounce_address() {
    for offers in [vec![], vec!["PIPELINING"]] {
        let behaviour = Behaviour { mail_null: "550 5.7.1 no empty senders", offers, ..Behaviour::default() };
        let server = Scripted::start(vec![behaviour]).await;
        let fallback_sender = Some(address("klachten+retour@voorbeeldzorg.example"));
        let desk = Desk::new(Submission::smtp(SmtpSettings { fallback_sender, ..server.settings() }));
        for _ in 0..2 {
            let mut letter = desk.letter(LetterKind::Acknowledgement);
            letter.envelope_from = None;
            desk.put(letter);
        }
        assert_eq!(desk.worker.drain().await.unwrap().accepted, 2);
        assert!(server.taken().iter().all(|taken| taken.mail == "MAIL FROM:<klachten+retour@voorbeeldzorg.example>"));
        let asked = server.commands().iter().filter(|line| line.starts_with("MAIL FROM:<>")).count();
        assert_eq!(asked, 1, "the server is not asked twice");
    }
}

#[tokio::test]
async fn a_sub_address_that_is_refused_as_sender_becomes_the_bounce_address() {
    let behaviour = Behaviour {
        offers: vec![],
        mail: "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        ..Behaviour::default()
    };
    let server = Scripted::start(vec![behaviour, Behaviour::default()]).await;
    let fallback_sender = Some(address("klachten@voorbeeldzorg.example"));
    let desk = Desk::new(Submission::smtp(SmtpSettings { fallback_sender, ..server.settings() }));
    desk.put_kind(LetterKind::Acknowledgement);
    desk.worker.drain().await.unwrap();
    let asked: Vec<String> = server.commands().into_iter().filter(|line| line.starts_with("MAIL")).collect();
    assert_eq!(
        asked,
        ["MAIL FROM:<klachten+retour@voorbeeldzorg.example>", "MAIL FROM:<klachten@voorbeeldzorg.example>"],
        "the letter's own address first, then the desk's"
    );
}

#[tokio::test]
async fn a_server_that_reports_is_given_the_name_of_the_letter() {
    let (desk, server, tally) = after(Behaviour { offers: vec!["PIPELINING", "DSN"], ..Behaviour::default() }).await;
    assert_eq!(tally.accepted, 1);
    let letter = desk.letter(LetterKind::Acknowledgement).letter;
    let taken = server.taken();
    let name = ReturnDetail(letter).to_string();
    assert!(taken[0].mail.contains(" RET=HDRS ENVID="), "{}", taken[0].mail);
    assert_eq!(taken[0].mail.rsplit('=').next().unwrap().len(), name.len());
    assert!(taken[0].rcpt.ends_with("> NOTIFY=FAILURE,DELAY"), "{}", taken[0].rcpt);
}

#[tokio::test]
async fn what_the_server_can_not_carry_fails_with_clear_words_and_is_not_sent() {
    let server = Scripted::start(vec![Behaviour { offers: vec!["SIZE 60"], ..Behaviour::default() }]).await;
    let desk = Desk::new(server.submission());
    desk.put_kind(LetterKind::OfficerNewCase);
    for (to, bytes) in [
        ("jürgen@elders.example", &b"Subject: x\r\n\r\n"[..]),
        ("a@elders.example", b"X: caf\xc3\xa9\r\n"),
        ("a@elders.example", b"a\nb\r\n"),
    ] {
        let mut letter = desk.letter(LetterKind::Acknowledgement);
        (letter.to, letter.bytes) = (address(to), bytes.to_vec());
        desk.put(letter);
    }
    assert_eq!(desk.worker.drain().await.unwrap().failed, 4);
    for (index, word) in ["takes at most 60", "SMTPUTF8", "8BITMIME", "CRLF"].into_iter().enumerate() {
        let words = desk.outbox.letter(index).1[0].text.clone();
        assert!(words.contains(word), "{words}");
    }
    assert!(server.commands().iter().all(|line| !line.starts_with("MAIL")));
}

#[tokio::test]
async fn an_address_outside_ascii_goes_where_the_server_takes_it() {
    let server = Scripted::start(vec![Behaviour { offers: vec!["SMTPUTF8", "8BITMIME"], ..Behaviour::default() }]).await;
    let desk = Desk::new(server.submission());
    let mut letter = desk.letter(LetterKind::Acknowledgement);
    letter.to = address("jürgen@café.example");
    desk.put(letter);
    assert_eq!(desk.worker.drain().await.unwrap().accepted, 1);
    assert!(server.taken()[0].mail.ends_with(" SMTPUTF8"));
    assert_eq!(server.taken()[0].rcpt, "RCPT TO:<jürgen@xn--caf-dma.example>");
}

#[tokio::test]
async fn a_letter_whose_moment_passed_is_not_sent() {
    let server = Scripted::start(vec![Behaviour::default()]).await;
    let desk = Desk::new(server.submission());
    let mut letter = desk.letter(LetterKind::FollowUp);
    letter.expires_at = desk.clock.now();
    desk.put(letter);
    assert_eq!(desk.worker.drain().await.unwrap().expired, 1);
    assert_eq!(desk.outbox.letter(0).0, "expired");
    assert_eq!(server.connections(), 0);
}
