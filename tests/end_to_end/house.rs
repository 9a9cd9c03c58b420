//! The house: a mail server for everybody, and one installation of the program.

use lettre::address::Envelope;
use lettre::{SmtpTransport, Transport};
use mail_parser::{Message, MessageParser};

use crate::dovecot::{Dovecot, PASSWORD};
use crate::postfix::{Postfix, PostfixOptions};
use crate::program::{DESK, Installation, OFFICER, OPERATOR, PATIENCE, Wiring, wait_for};

/// The complainant's address.
pub const COMPLAINANT: &str = "klager@elders.example";

/// Dovecot keeps everybody's mail; Postfix carries it there.
pub struct House {
    pub dovecot: Dovecot,
    pub postfix: Postfix,
    pub desk: Installation,
}

/// A letter as its reader got it.
#[derive(Clone, Debug)]
pub struct Letter {
    pub subject: String,
    pub reply_to: String,
    pub message_id: String,
    pub text: String,
}

impl House {
    /// Everything started, the daemon not.
    pub fn new(wire: impl FnOnce(&mut Wiring)) -> Self {
        let dovecot = Dovecot::start();
        let users = [COMPLAINANT, DESK, OFFICER, OPERATOR, "plaatsvervanger@voorbeeldzorg.example"];
        let options = PostfixOptions {
            users: users.map(str::to_owned).to_vec(),
            lmtp: Some(format!("inet:127.0.0.1:{}", dovecot.lmtp_port)),
            ..PostfixOptions::default()
        };
        let postfix = Postfix::start(&options);
        let mut wiring = Wiring::new(dovecot.imap_port, postfix.smtp_port);
        wire(&mut wiring);
        Self { desk: Installation::new(&wiring, PASSWORD), dovecot, postfix }
    }

    /// Somebody sends a mail, through Postfix.
    pub fn send(&self, from: &str, to: &str, subject: &str, headers: &str, text: &str) {
        let id: u128 = rand::random();
        let mail = format!(
            "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id:x}@elders.example>\r\n{headers}MIME-Version: 1.0\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
        );
        let envelope = Envelope::new(Some(from.parse().unwrap()), vec![to.parse().unwrap()]).unwrap();
        let server = SmtpTransport::builder_dangerous("127.0.0.1").port(self.postfix.smtp_port).timeout(Some(PATIENCE)).build();
        server.send_raw(&envelope, mail.as_bytes()).expect("Postfix takes the mail");
    }

    /// Somebody answers a letter.
    pub fn answer(&self, from: &str, letter: &Letter, text: &str) {
        let headers = format!("In-Reply-To: <{0}>\r\nReferences: <{0}>\r\n", letter.message_id);
        self.send(from, &letter.reply_to, &format!("Re: {}", letter.subject), &headers, text);
    }

    /// The letters in somebody's mailbox, in the order in which they came.
    pub fn letters_of(&self, user: &str) -> Vec<Letter> {
        let mails = self.dovecot.mails(user, "INBOX");
        mails.iter().map(|mail| read(&MessageParser::default().parse(mail).expect("a letter"))).collect()
    }

    /// Waits until somebody has this many letters and gives the last of them.
    pub fn nth_letter(&self, user: &str, count: usize, log: impl Fn() -> String) -> Letter {
        let what = format!("letter {count} of {user}");
        wait_for(&what, || self.letters_of(user).get(count - 1).cloned(), || format!("{}\n{}", log(), self.postfix.log()))
    }
}

fn read(mail: &Message<'_>) -> Letter {
    let address = |list: Option<&mail_parser::Address<'_>>| {
        list.and_then(|list| list.first()).and_then(|one| one.address()).unwrap_or_default().to_owned()
    };
    Letter {
        subject: mail.subject().unwrap_or_default().to_owned(),
        reply_to: address(mail.reply_to().or(mail.from())),
        message_id: mail.message_id().unwrap_or_default().to_owned(),
        text: mail.body_text(0).unwrap_or_default().into_owned(),
    }
}
