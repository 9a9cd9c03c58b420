//! Letters through real programs: Postfix and its `sendmail`.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use wederhoor::delivery::{HoldCause, SendmailSettings, SmtpSettings, Submission};
use wederhoor::model::LetterKind;
use wederhoor::model::LineSecurity;

use crate::outbox::{Desk, address};
use crate::postfix::{Postfix, PostfixOptions};

#[tokio::test]
async fn letters_reach_their_readers_through_postfix_with_every_line_as_it_was() {
    let server = Postfix::start(&PostfixOptions::default());
    for (port, security) in [
        (server.smtp_port, LineSecurity::PlainOnLoopback),
        (server.submission_port, LineSecurity::StartTls),
        (server.tls_port, LineSecurity::ImplicitTls),
    ] {
        let settings = SmtpSettings {
            host: "localhost".into(),
            security,
            extra_ca: Some(server.authority()),
            ..SmtpSettings::plain_on_loopback(port)
        };
        let desk = Desk::new(Submission::smtp(settings));
        let mut letter = desk.letter(LetterKind::Acknowledgement);
        letter.to = address("klager+zaak@elders.example");
        desk.put(letter);
        let mut unknown = desk.letter(LetterKind::Acknowledgement);
        unknown.to = address("niemand@elders.example");
        desk.put(unknown);
        let tally = desk.worker.drain().await.unwrap();
        assert_eq!((tally.accepted, tally.failed), (1, 1), "{}", server.log());
        assert_eq!(desk.outbox.letter(1).1[0].enhanced.as_deref(), Some("5.1.1"));
    }
    let mails = server.mails_of("klager@elders.example", 3);
    for mail in &mails {
        assert!(mail.ends_with("\n\n.een\n..twee\n.\neinde\n"), "{mail:?}");
        assert!(mail.contains("Return-Path: <klachten+retour@voorbeeldzorg.example>"));
    }
}

#[tokio::test]
async fn a_letter_larger_than_postfix_takes_fails_before_it_travels() {
    let server = Postfix::start(&PostfixOptions { size: 4_096, ..PostfixOptions::default() });
    let desk = Desk::new(Submission::smtp(SmtpSettings::plain_on_loopback(server.smtp_port)));
    let mut letter = desk.letter(LetterKind::OfficerNewCase);
    letter.bytes.extend(b"een regel van de klacht\r\n".repeat(400));
    desk.put(letter);
    assert_eq!(desk.worker.drain().await.unwrap().failed, 1);
    assert!(desk.outbox.letter(0).1[0].text.contains("at most 4096"));
}

/// A program that writes down how it was called and what it was given.
fn program(folder: &std::path::Path, exit: u8) -> PathBuf {
    let path = folder.join("sendmail");
    let here = folder.display();
    std::fs::write(&path, format!("#!/bin/sh\necho \"$@\" >{here}/called\ncat >{here}/given\nexit {exit}\n")).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

fn through(program: PathBuf) -> Desk {
    Desk::new(Submission::sendmail(SendmailSettings { program, connections: 1, timeout: Duration::from_secs(10) }))
}

#[tokio::test]
async fn sendmail_gets_the_envelope_on_its_command_line_and_its_exit_code_decides() {
    let folder = tempfile::tempdir().unwrap();
    for (exit, state) in [(0, "sent"), (67, "failed"), (75, "queued")] {
        let desk = through(program(folder.path(), exit));
        desk.put_kind(LetterKind::Acknowledgement);
        desk.worker.drain().await.unwrap();
        assert_eq!(desk.outbox.letter(0).0, state);
        let called = std::fs::read_to_string(folder.path().join("called")).unwrap();
        assert_eq!(called, "-i -f klachten+retour@voorbeeldzorg.example -- klager@elders.example\n");
        let given = std::fs::read_to_string(folder.path().join("given")).unwrap();
        assert!(given.ends_with("\n\n.een\n..twee\n.\neinde\n") && !given.contains('\r'));
    }
    let desk = through(folder.path().join("nothing"));
    desk.put_kind(LetterKind::Acknowledgement);
    assert_eq!(desk.worker.drain().await.unwrap().held, 1);
    let cause = desk.ear.events().iter().find_map(|event| match event {
        wederhoor::delivery::DeliveryEvent::QueueRests { cause, .. } => Some(*cause),
        wederhoor::delivery::DeliveryEvent::Attempted { .. } => None,
    });
    assert_eq!(cause, Some(HoldCause::LocalFault));
}
