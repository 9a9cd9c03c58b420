//! Two machines that face each other stop (I5, M10, M13): the real program, its mail carried by hand between Maildirs, so
//! that every mail is counted and nothing has to be waited for.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use mail_parser::MessageParser;

use crate::program::{DESK, Installation, Wiring};

/// Longer than any loop that stops, in rounds.
const ROUNDS: usize = 25;

/// A desk whose mailbox and submission are folders, with this address and this officer.
fn desk(address: &str, officer: &str) -> Installation {
    let wiring = Wiring {
        retrieval: "maildir = \"in\"".to_owned(),
        submission: "maildir = \"out\"".to_owned(),
        desk: address.to_owned(),
        officer: officer.to_owned(),
        ..Wiring::new(0, 0)
    };
    let desk = Installation::new(&wiring, "-");
    for folder in ["in", "out"].iter().flat_map(|maildir| ["tmp", "new", "cur"].map(|part| format!("{maildir}/{part}"))) {
        fs::create_dir_all(desk.path(&folder)).unwrap();
    }
    desk
}

/// Puts a mail into the mailbox of a desk.
fn deliver(desk: &Installation, mail: &[u8]) {
    static DELIVERED: AtomicU32 = AtomicU32::new(0);
    let name = format!("{}.carried.test", DELIVERED.fetch_add(1, Ordering::Relaxed));
    fs::write(desk.path("in/tmp").join(&name), mail).unwrap();
    fs::rename(desk.path("in/tmp").join(&name), desk.path("in/new").join(&name)).unwrap();
}

/// A letter on its way.
struct Carried {
    to: String,
    reply_to: String,
    bytes: Vec<u8>,
}

/// The desk handles what waits; gives what it sent.
fn turn(desk: &Installation) -> Vec<Carried> {
    let ended = desk.command(&["run", "--once"]);
    assert_eq!(ended.code, Some(0), "{}", ended.log);
    let mut files: Vec<PathBuf> = fs::read_dir(desk.path("out/new")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let bytes = fs::read(&file).unwrap();
            fs::remove_file(file).unwrap();
            let mail = MessageParser::default().parse(&bytes).expect("a letter");
            let first = |list: Option<&mail_parser::Address<'_>>| {
                list.and_then(|list| list.first()).and_then(|one| one.address()).unwrap_or_default().to_owned()
            };
            Carried { to: first(mail.to()), reply_to: first(mail.reply_to().or(mail.from())), bytes }
        })
        .collect()
}

const COMPLAINT: &str = "Goedemorgen,\n\nIk heb een klacht: ik heb vrijdag twee uur gewacht op de oogpoli.\n\nAnna de Boer";

fn mail(from: &str, to: &str, subject: &str, id: usize, text: &str) -> Vec<u8> {
    format!(
        "Return-Path: <{from}>\nFrom: {from}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{id}@elders.example>\nMIME-Version: \
         1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
    .into_bytes()
}

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
