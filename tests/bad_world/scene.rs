//! A desk between a real Dovecot and an SMTP server, ready for trouble.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::dovecot::{Dovecot, PASSWORD};
use crate::program::{DESK, Ended, Installation, Process, Wiring, wait_for};
use crate::sink::Sink;

pub struct Scene {
    pub dovecot: Dovecot,
    pub sink: Sink,
    pub desk: Installation,
    mails: usize,
}

impl Scene {
    pub fn new(wire: impl FnOnce(&mut Wiring)) -> Self {
        let (dovecot, sink) = (Dovecot::start(), Sink::start(Duration::ZERO));
        let mut wiring = Wiring::new(dovecot.imap_port, sink.port);
        wire(&mut wiring);
        Self { desk: Installation::new(&wiring, PASSWORD), dovecot, sink, mails: 0 }
    }

    /// So many complaints of so many bytes that no compression makes smaller.
    pub fn complaints(&mut self, count: usize, bytes: usize) {
        for _ in 0..count {
            let number = self.mails;
            self.mails += 1;
            let mut noise = vec![0; bytes];
            rand::Rng::fill_bytes(&mut rand::rng(), &mut noise);
            let noise = data_encoding::BASE64_MIME.encode(&noise);
            let mail = format!(
                "From: Klager {number} <klager{number}@elders.example>\r\nTo: {DESK}\r\nSubject: Lang gewacht {number}\r\n\
                 Message-ID: <w{number}@elders.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
                 --b\r\nContent-Type: text/plain\r\n\r\nIk heb een klacht: ik heb vorige week drie uur moeten wachten op mijn \
                 afspraak en niemand wist waarom. Ik wil dat u dit uitzoekt.\r\n--b\r\nContent-Type: application/octet-stream\r\n\
                 Content-Transfer-Encoding: base64\r\n\r\n{noise}\r\n--b--\r\n"
            );
            self.dovecot.append("klachten", mail.as_bytes());
        }
    }

    pub fn once(&self) -> Ended {
        self.desk.command(&["run", "--once"])
    }

    pub fn waiting(&self) -> usize {
        self.dovecot.folder_count("klachten", "INBOX")
    }

    /// Everything that came is a case of its own, and its two letters went out once.
    pub fn all_is_well(&self) {
        assert_eq!(self.waiting(), 0);
        assert_eq!(self.dovecot.folder_count("klachten", "Verwerkt"), self.mails);
        let cases = self.desk.cases();
        assert_eq!(cases.len(), self.mails);
        let people: BTreeSet<String> = cases.iter().map(|case| case["complainant"]["address"].to_string()).collect();
        assert_eq!(people.len(), self.mails, "one case for each complaint");
        let ids: BTreeSet<String> = self.sink.taken().iter().map(crate::sink::Taken::message_id).collect();
        assert_eq!((ids.len(), self.sink.count()), (2 * self.mails, 2 * self.mails), "two letters for each");
    }

    /// The daemon goes on by itself, and ends in order.
    pub fn goes_on(&self, daemon: Process) {
        wait_for("an empty mailbox", || (self.waiting() == 0).then_some(()), || daemon.log());
        wait_for("all letters", || (self.sink.count() >= 2 * self.mails).then_some(()), || daemon.log());
        let ended = daemon.terminate();
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        self.all_is_well();
    }
}
