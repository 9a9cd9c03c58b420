//! Two machines that face each other stop (I5, M10, M13), over a real mail server: Postfix carries, Dovecot keeps.

use std::collections::BTreeSet;

use lettre::address::Envelope;
use lettre::{SmtpTransport, Transport};
use mail_parser::MessageParser;

use crate::dovecot::{Dovecot, DovecotOptions, PASSWORD};
use crate::folders::{COMPLAINT, mail};
use crate::postfix::{Postfix, PostfixOptions};
use crate::program::{DESK, Installation, OFFICER, OPERATOR, PATIENCE, Process, Wiring, wait_for};

/// More than any loop that stops.
const ROUNDS: usize = 25;
/// The other desk, in the tests of two daemons.
const OTHER: &str = "klachten1@elders.example";

/// The mail server of everybody.
struct Server {
    dovecot: Dovecot,
    postfix: Postfix,
    markers: std::cell::Cell<usize>,
}

impl Server {
    fn start() -> Self {
        let dovecot = Dovecot::start_with(DovecotOptions { further_users: ROUNDS, ..DovecotOptions::default() });
        let robots = (1..=ROUNDS).map(|round| format!("klachten{round}@elders.example"));
        let desks = [DESK, OFFICER, OPERATOR, "plaatsvervanger@voorbeeldzorg.example"].map(str::to_owned);
        let options = PostfixOptions {
            users: desks.into_iter().chain(robots).collect(),
            lmtp: Some(format!("inet:127.0.0.1:{}", dovecot.lmtp_port)),
            ..PostfixOptions::default()
        };
        Self { postfix: Postfix::start(&options), dovecot, markers: std::cell::Cell::new(0) }
    }

    /// A desk whose mailbox is this user's.
    fn desk(&self, user: &str, address: &str, officer: &str) -> Installation {
        let wiring = Wiring::new(self.dovecot.imap_port, self.postfix.smtp_port);
        let retrieval = wiring.retrieval.replace("klachten@", &format!("{user}@"));
        let wiring = Wiring { retrieval, desk: address.to_owned(), officer: officer.to_owned(), ..wiring };
        Installation::new(&wiring, PASSWORD)
    }

    fn send(&self, from: &str, to: &str, bytes: &[u8]) {
        let envelope = Envelope::new(Some(from.parse().unwrap()), vec![to.parse().unwrap()]).unwrap();
        let server = SmtpTransport::builder_dangerous("127.0.0.1").port(self.postfix.smtp_port).timeout(Some(PATIENCE)).build();
        server.send_raw(&envelope, bytes).expect("Postfix takes the mail");
    }

    /// Waits until nothing is on its way. A mail to the operator goes last: what the log says before it is complete.
    fn settle(&self) {
        let marker = self.markers.get() + 1;
        self.markers.set(marker);
        self.send("tester@elders.example", OPERATOR, &mail("tester@elders.example", OPERATOR, "Merkteken", 10_000 + marker, "-"));
        let nothing_left = || {
            let log = self.postfix.log();
            let arrived = self.dovecot.folder_count("beheer", "INBOX") >= marker;
            (arrived && log.matches(": client=").count() == log.matches(": removed").count()).then_some(())
        };
        wait_for("an empty queue", nothing_left, || self.postfix.log());
    }

    /// The mails that reached this user.
    fn mails(&self, user: &str) -> usize {
        ["INBOX", "Verwerkt", "Quarantaine"].map(|folder| self.dovecot.folder_count(user, folder)).iter().sum()
    }

    /// Lets daemons answer what comes, until nothing is on its way and nothing waits.
    fn rest(&self, desks: &[(&str, &Installation)]) {
        let daemons: Vec<Process> = desks.iter().map(|(_, desk)| desk.daemon()).collect();
        for (user, _) in desks {
            let read = || (self.dovecot.folder_count(user, "INBOX") == 0).then_some(());
            wait_for("an empty mailbox", read, || daemons.iter().map(Process::log).collect());
        }
        for daemon in daemons {
            let ended = daemon.terminate();
            assert_eq!(ended.code, Some(0), "{}", ended.log);
        }
        // What the daemons left when they were stopped, in turns until a turn brings nothing.
        for _ in 0..ROUNDS {
            self.settle();
            if desks.iter().all(|(user, _)| self.dovecot.folder_count(user, "INBOX") == 0) {
                return;
            }
            for (_, desk) in desks {
                let ended = desk.command(&["run", "--once"]);
                assert_eq!(ended.code, Some(0), "{}", ended.log);
            }
        }
        panic!("they never stopped\n{}", self.postfix.log());
    }
}

/// Two desks, each with a mail in the name of the other; gives how many mails went between them.
fn mails_between(officers: [&str; 2], both_take_a_complaint: bool) -> usize {
    let server = Server::start();
    let (here, there) = (server.desk("klachten", DESK, officers[0]), server.desk("klachten1", OTHER, officers[1]));
    server.send(OTHER, DESK, &mail(OTHER, DESK, "Wachttijd oogpoli", 1, COMPLAINT));
    server.send(DESK, OTHER, &mail(DESK, OTHER, "Wachttijd oogpoli", 2, COMPLAINT));
    server.settle();
    server.rest(&[("klachten", &here), ("klachten1", &there)]);
    assert_eq!(!here.cases().is_empty() && !there.cases().is_empty(), both_take_a_complaint);
    server.mails("klachten") + server.mails("klachten1")
}

#[test]
fn two_live_daemons_that_answer_each_other_stop() {
    // Each the complainant of the other: both confirm, and neither answers a confirmation.
    let mails = mails_between([OFFICER, OFFICER], true);
    assert!((4..10).contains(&mails), "{mails} mails went between them");
    // Each the officer of the other.
    let mails = mails_between([OTHER, DESK], false);
    assert!((2..10).contains(&mails), "{mails} mails went between them");
}

#[test]
fn a_live_responder_that_changes_everything_each_time_is_left_alone_soon() {
    let server = Server::start();
    let desk = server.desk("klachten", DESK, OFFICER);
    let robot = |round: usize| format!("klachten{}@elders.example", round + 1);
    server.send(&robot(0), DESK, &mail(&robot(0), DESK, "Wachttijd oogpoli", 100, COMPLAINT));
    server.settle();
    let (mut mails, mut answered) = (1, BTreeSet::new());
    for round in 1..ROUNDS {
        server.rest(&[("klachten", &desk)]);
        let letters = (1..=ROUNDS).flat_map(|number| server.dovecot.mails(&format!("klachten{number}"), "INBOX"));
        let new: Vec<Vec<u8>> = letters.filter(|letter| answered.insert(letter.clone())).collect();
        mails += new.len();
        if new.is_empty() {
            assert!((2..10).contains(&mails), "{mails} mails in all");
            return;
        }
        for letter in &new {
            mails += 1;
            let letter = MessageParser::default().parse(letter).expect("a letter");
            let to = letter.reply_to().or(letter.from()).and_then(|list| list.first()).and_then(|one| one.address()).unwrap();
            let answer = mail(&robot(round), to, &format!("Bericht {round}"), 100 + mails, ANSWER);
            server.send(&robot(round), to, &answer);
        }
        server.settle();
    }
    panic!("it never stopped, {mails} mails");
}

const ANSWER: &str = "Hallo, ik lees dit later deze week. Groet, P.";
