//! Two machines that face each other stop (I5, M10, M13): the real program, its mail carried by hand between Maildirs.

use crate::folders::{COMPLAINT, Carried, deliver, desk, mail, turn};
use crate::program::DESK;

/// Longer than any loop that stops, in rounds.
const ROUNDS: usize = 25;

#[test]
fn two_daemons_that_answer_each_other_stop() {
    let other = "klachten@elders.example";
    let (here, there) = (desk(DESK, other), desk(other, DESK));
    // Somebody writes to each in the name of the other, and each has the other for its officer.
    deliver(&here, &mail(other, DESK, "Wachttijd oogpoli", 1, COMPLAINT));
    deliver(&there, &mail(DESK, other, "Wachttijd oogpoli", 2, COMPLAINT));
    let mut mails = 2;
    for _ in 0..ROUNDS {
        let (sent_here, sent_back) = (turn(&here), turn(&there));
        for (sent, receiver, domain) in [(&sent_here, &there, "elders.example"), (&sent_back, &here, "voorbeeldzorg.example")] {
            for letter in sent.iter().filter(|letter| letter.to.ends_with(domain)) {
                mails += 1;
                deliver(receiver, &[b"Return-Path: <>\n", letter.bytes.as_slice()].concat());
            }
        }
        if sent_here.is_empty() && sent_back.is_empty() {
            assert!(mails < 10, "{mails} mails went between them");
            return;
        }
    }
    panic!("they never stopped: {mails} mails");
}

/// A responder that leaves no trace of a machine: everything it can change, it changes each time.
fn stops(what: &str, sender: impl Fn(usize) -> String, to_whom: impl Fn(&Carried) -> String) {
    const WORDS: [&str; 4] = [
        "Dank voor uw bericht. Wij komen hier zo spoedig mogelijk op terug.",
        "Hallo, ik lees dit later deze week. Groet, P.",
        "Thank you for your message, we will get back to you shortly.",
        "Ik heb uw mail gezien en reageer binnenkort.",
    ];
    let desk = desk(DESK, "officier@voorbeeldzorg.example");
    deliver(&desk, &mail(&sender(0), DESK, "Wachttijd oogpoli", 100, COMPLAINT));
    let mut mails = 1;
    for round in 1..ROUNDS {
        let for_it: Vec<Carried> = turn(&desk).into_iter().filter(|letter| letter.to.ends_with("elders.example")).collect();
        mails += for_it.len();
        if for_it.is_empty() {
            assert!(mails < 10, "{what}: {mails} mails in all");
            return;
        }
        for letter in &for_it {
            mails += 1;
            let subject = format!("Bericht {round}");
            deliver(&desk, &mail(&sender(round), &to_whom(letter), &subject, 100 + round, WORDS[round % WORDS.len()]));
        }
    }
    panic!("{what}: it never stopped, {mails} mails");
}

#[test]
fn a_responder_that_changes_subject_id_and_sender_each_time_is_left_alone_soon() {
    let same_domain = |round: usize| format!("robot{round}@elders.example");
    let other_domain = |round: usize| format!("robot@r{round}.elders.example");
    stops("to the reply address", same_domain, |letter| letter.reply_to.clone());
    stops("to the desk, from one domain", same_domain, |_| DESK.to_owned());
    stops("to the desk, from many domains", other_domain, |_| DESK.to_owned());
}
