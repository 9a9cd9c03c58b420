//! A report of failure finds its letter by the address that it comes to (M40), whatever it says and whatever it returns.

use wederhoor::model::{LetterId, ReturnDetail};

use crate::folders::{COMPLAINT, Carried, deliver, desk, mail, turn};
use crate::program::{DESK, Installation};

const COMPLAINANT: &str = "anna@elders.example";

/// Where failures of this letter come back.
fn returns_to(letter: &Carried) -> String {
    let detail = ReturnDetail(LetterId(letter.id.parse().unwrap()));
    DESK.replace('@', &format!("+{detail}@"))
}

/// A report without a word about our letter: no returned part, no status, no address of the one who was written to.
fn empty_report(to_field: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\n{to_field}\nFrom: MAILER-DAEMON@mx.elders.example\nSubject: .\nMessage-ID: <r@mx.elders.example>\n\n"
    )
    .into_bytes()
}

fn acknowledged(desk: &Installation) -> Carried {
    deliver(desk, &mail(COMPLAINANT, DESK, "Wachttijd oogpoli", 1, COMPLAINT));
    turn(desk).into_iter().find(|letter| letter.to == COMPLAINANT).expect("an acknowledgement")
}

/// The journal, the evidence of each mail and the flags of the first case.
fn case(desk: &Installation) -> String {
    let cases = desk.command(&["cases", "--json"]);
    let number = cases.output.split("\"number\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    desk.command(&["case", &number, "--json"]).output
}

#[test]
fn a_report_that_says_nothing_names_its_letter_by_the_address_it_comes_to() {
    for written in ["Delivered-To: ADDRESS", "To: <ADDRESS>", "X-Original-To: UPPER", "Envelope-To: MANGLED"] {
        let desk = desk(DESK, "officier@voorbeeldzorg.example");
        let address = returns_to(&acknowledged(&desk));
        let field = written
            .replace("ADDRESS", &address)
            .replace("UPPER", &address.to_uppercase())
            .replace("MANGLED", &address.replace('+', "=2B"));
        deliver(&desk, &empty_report(&field));
        turn(&desk);
        let case = case(&desk);
        assert!(case.contains("letter_failed") || case.contains("letter-failed"), "{written}: {case}");
        assert!(case.contains("return-address"), "{written}: {case}");
    }
}

#[test]
fn a_report_at_an_address_that_no_letter_has_changes_nothing() {
    let desk = desk(DESK, "officier@voorbeeldzorg.example");
    acknowledged(&desk);
    let invented = ReturnDetail(LetterId::new("2026-11-01T09:00:00Z".parse().unwrap(), [3; 10]));
    deliver(&desk, &empty_report(&format!("To: <{}>", DESK.replace('@', &format!("+{invented}@")))));
    assert!(turn(&desk).is_empty(), "nobody is told of a letter that nobody wrote");
    let case = case(&desk);
    assert!(!case.contains("letter_failed") && !case.contains("letter-failed") && !case.contains("return-address"), "{case}");
}

#[test]
fn a_person_who_writes_to_the_return_address_is_heard_on_the_case() {
    let desk = desk(DESK, "officier@voorbeeldzorg.example");
    let address = returns_to(&acknowledged(&desk));
    deliver(&desk, &mail(COMPLAINANT, &address, "Nog iets", 2, "Ik vergat te zeggen dat het om de middag ging.\n\nAnna"));
    let told = turn(&desk);
    assert!(told.iter().all(|letter| letter.to != COMPLAINANT), "it is no new complaint (M63)");
    assert_eq!(told.len(), 1, "the officer reads it");
    assert!(case(&desk).contains("return-address"));
}
