//! Machines are told from people, and the way a mail came is not mistaken for its author (M1–M28, M46, M48).

use super::*;

#[test]
fn machines_are_told_from_people_by_their_headers() {
    let ours = format!("In-Reply-To: <{}.{UUID}@voorbeeldzorg.example>", token(6));
    for (header, class, silence) in [
        ("Subject: klacht", MailClass::Human, None),
        ("Subject: klacht\nAuto-Submitted: No", MailClass::Human, None),
        ("Subject: klacht\nAuto-Submitted: Auto-Replied (vacation)", MailClass::AutoReply, None),
        ("Subject: klacht\nAuto-Submitted: no\nAuto-Submitted: auto-generated; x", MailClass::AutoReply, None),
        (
            "Subject: klacht\nAuto-Submitted: auto-generated\nList-Id: <nieuws.example>",
            MailClass::List,
            Some(Silence::ListOrBulk),
        ),
        ("Subject: klacht\nX-Autoreply: yes\nPrecedence: bulk", MailClass::AutoReply, Some(Silence::ListOrBulk)),
        ("Subject: klacht\nPrecedence: auto_reply", MailClass::AutoReply, None),
        ("Subject: klacht\nX-POST-MessageClass: 9; Autoresponder", MailClass::AutoReply, None),
        ("Subject: klacht\nDelivered-To: Autoresponder", MailClass::AutoReply, None),
        ("Subject: klacht\nList-Id: <buurt.example>", MailClass::Human, Some(Silence::ListOrBulk)),
        ("Subject: klacht\nX-Auto-Response-Suppress: All", MailClass::Human, Some(Silence::SuppressRequested)),
        ("Subject: klacht\nX-Auto-Response-Suppress: DR, RN", MailClass::Human, None),
        ("Subject: Out of office for three weeks", MailClass::Human, Some(Silence::SuspectedMachine)),
        (&format!("Subject: Afwezig: klacht\n{ours}"), MailClass::AutoReply, Some(Silence::SuspectedMachine)),
        ("Subject: klacht\nReply-To: klachten@voorbeeldzorg.example", MailClass::Human, Some(Silence::OwnAddress)),
        ("Subject: klacht\nX-Wederhoor-Trace: een-geheim-van-deze-installatie", MailClass::Own, None),
        ("Subject: klacht\nX-Wederhoor-Trace: van-een-ander", MailClass::Human, None),
    ] {
        let facts = read(&mail(header, "Er ging iets mis."));
        assert_eq!((facts.class, facts.silence), (class, silence), "{header}");
    }
}

#[test]
fn the_way_a_mail_came_silences_the_desk_without_making_it_a_machine() {
    let check = |mail: &str, silence: Option<Silence>| {
        let facts = read(mail);
        assert_eq!((facts.class, facts.silence), (MailClass::Human, silence), "{mail}");
    };
    let plain = mail("Subject: klacht", "Er ging iets mis.");
    check(&plain.replace("<jan@mail.example>\nFrom", "<>\nFrom"), Some(Silence::EmptyReturnPath));
    check(plain.split_once('\n').unwrap().1, None);
    check(&plain.replace("To: klachten@voorbeeldzorg.example", "To: undisclosed-recipients:;"), Some(Silence::NotAddressedToUs));
    check(
        &plain.replace("To: klachten@voorbeeldzorg.example", "To: x@y.example\nDelivered-To: klachten@voorbeeldzorg.example"),
        None,
    );
    check(&plain.replace("From: Jan <jan@", "From: Jan <noreply@"), Some(Silence::SystemMailbox));
    check(
        &format!("{}{plain}", "Received: from a by b; Tue, 4 Mar 2025 21:12:36 +0100\n".repeat(51)),
        Some(Silence::TooManyHops),
    );
}

#[test]
fn a_web_form_marked_as_a_machine_is_still_answered_to_the_person_in_it() {
    let form =
        mail("Subject: formulier\nAuto-Submitted: auto-generated", "Naam: Gerda\nE-mail: gerda@mail.example\n\nHet ging mis.");
    let facts = read(&form.replace("Jan <jan@mail.example>", "Website <noreply@voorbeeldzorg.example>"));
    assert_eq!((facts.class, facts.silence), (MailClass::Human, None));
    assert_eq!(facts.author.unwrap().address.as_str(), "gerda@mail.example");
    assert_eq!(facts.from.unwrap().address.as_str(), "noreply@voorbeeldzorg.example");

    // A stranger's form may not make us write to third people (M20), but what it carries may be a complaint (M34).
    let facts = read(&form.replace("Jan <jan@mail.example>", "Website <noreply@elders.example>"));
    assert_eq!((facts.class, facts.silence), (MailClass::Human, Some(Silence::SystemMailbox)));
    assert_eq!(facts.author.unwrap().address.as_str(), "noreply@elders.example");

    // Many a site sends its form in the name of the desk itself: never answered (M10), never lost (M34).
    let facts = read(&form.replace("Jan <jan@mail.example>", "Website <klachten@voorbeeldzorg.example>"));
    assert_eq!((facts.class, facts.silence), (MailClass::Human, Some(Silence::OwnAddress)));
    assert_eq!(facts.author.unwrap().address.as_str(), "gerda@mail.example");
}

#[test]
fn what_is_attached_says_nothing_about_the_mail_that_carries_it() {
    let returned = format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nX-Wederhoor-Trace: een-geheim-van-deze-installatie\nAuto-Submitted: \
         auto-replied\nTo: klachten+{}@voorbeeldzorg.example\nSubject: Undelivered\n\nniet bezorgd",
        token(1)
    );
    let facts = read(&mail(
        "Subject: FW: wat is dit?\nContent-Type: multipart/mixed; boundary=b",
        &format!("--b\n\nDit kreeg ik terug.\n--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"),
    ));
    assert_eq!((facts.class, facts.silence), (MailClass::Human, None));
    assert_eq!(facts.clues, []);
    assert_eq!(facts.reply_text, "Dit kreeg ik terug.");
    assert_eq!(facts.attachments[0].media_type, "message/rfc822");
}

#[test]
fn receipts_and_abuse_reports_are_known_by_their_structure() {
    for (kind, part, class) in [
        ("disposition-notification", "message/disposition-notification", MailClass::Receipt),
        ("feedback-report", "message/feedback-report", MailClass::AbuseReport),
    ] {
        let facts = read(&mail(
            &format!("Subject: Gelezen: Uw klacht is ontvangen\nContent-Type: multipart/report; report-type={kind}; boundary=b"),
            &format!("--b\n\nUw bericht is gelezen.\n--b\nContent-Type: {part}\n\nFeedback-Type: abuse\n--b--\n"),
        ));
        assert_eq!((facts.class, facts.says_something), (class, false), "{kind}");
    }
}
