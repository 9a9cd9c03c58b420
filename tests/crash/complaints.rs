//! Mails of all kinds, each with what must become of it.

use std::collections::BTreeMap;

use rand::RngExt;
use rand::rngs::StdRng;
use wederhoor::model::{Audience, Capability, Holder};

use crate::program::{DESK, OFFICER};

/// What must become of a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// A case of its own, a confirmation, and a notice to the officer.
    Case,
    /// Nobody can read it: kept on no case, and in quarantine.
    Quarantine,
    /// A machine wrote it: kept on no case, and never answered (I5).
    Silence,
    /// The officer closes a case.
    Closing,
}

/// Everything that was put into the mailbox, by its mark.
#[derive(Debug, Default)]
pub struct Complaints {
    /// The fate of each mark. Repeats have no mark of their own.
    pub fates: BTreeMap<String, Fate>,
    /// How many mails were made, repeats included.
    pub made: usize,
    last: Vec<u8>,
}

/// The words that stand before a mark.
const MARK: &str = "Kenmerk: ";

/// The mark in a mail.
pub fn mark_of(raw: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(raw);
    let (_, after) = text.rsplit_once(MARK)?;
    Some(after.chars().take_while(char::is_ascii_alphanumeric).collect())
}

impl Complaints {
    /// The next mail.
    pub fn next(&mut self, chance: &mut StdRng) -> Vec<u8> {
        let number = self.made;
        self.made += 1;
        let mark = format!("m{number:06}");
        let id: u128 = chance.random();
        let domain = ["post", "elders", "thuis", "werk", "school"][number % 5];
        let mut to = DESK.to_owned();
        let mut headers = format!("Message-ID: <{id:x}@{domain}.example>\r\n");
        let mut fate = Fate::Case;
        match number % 25 {
            // Another mail under the id of the one before.
            3 => headers = header_of(&self.last, "Message-ID"),
            6 => headers.clear(),
            // The very bytes of the mail before: nothing of its own follows from it (I2).
            9 => return self.last.clone(),
            12 => {
                fate = Fate::Quarantine;
                self.fates.insert(mark.clone(), fate);
                self.last = format!("\r\nGeen kopregels, en toch iets.\r\n{MARK}{mark}\r\n").into_bytes();
                return self.last.clone();
            }
            15 => "klachten+aaaaaaaaaaaaaaaaaaaaa@voorbeeldzorg.example".clone_into(&mut to),
            18 => {
                fate = Fate::Silence;
                headers.push_str("Auto-Submitted: auto-replied\r\n");
            }
            _ => {}
        }
        // Mails of one to some twenty kilobytes: a read may break off anywhere.
        let length = chance.random_range(1..250);
        // In words that are a complaint also in an answer to nothing: else M13 lets the fourth in an hour wait for its turn.
        let story = "De medicijnen kwamen drie dagen te laat en niemand belde mij terug; ik wil uitleg.\r\n".repeat(length);
        self.fates.insert(mark.clone(), fate);
        self.last = format!(
            "Return-Path: <klager{number}@{domain}.example>\r\nFrom: Klager {number} <klager{number}@{domain}.example>\r\nTo: <{to}>\r\n\
             Subject: Lang gewacht {number}\r\n{headers}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
             Goedemorgen,\r\n\r\n{story}\r\n{MARK}{mark}\r\n"
        )
        .into_bytes();
        self.last.clone()
    }

    /// The officer closes the case that these addresses belong to.
    pub fn closing(&mut self, capabilities: &[Capability], chance: &mut StdRng) -> Vec<u8> {
        let number = self.made;
        self.made += 1;
        let mark = format!("m{number:06}");
        let file = capabilities
            .iter()
            .find(|capability| capability.holder == Holder::Officer && capability.audience == Audience::File)
            .expect("every case has a file address");
        let id: u128 = chance.random();
        self.fates.insert(mark.clone(), Fate::Closing);
        format!(
            "From: Noor de Wit <{OFFICER}>\r\nTo: <klachten+{}@voorbeeldzorg.example>\r\nSubject: Re: klacht\r\n\
             Message-ID: <{id:x}@voorbeeldzorg.example>\r\nX-Note: {MARK}{mark}\r\n\r\n#gesproken\r\n#sluiten tevreden\r\n",
            file.token
        )
        .into_bytes()
    }

    /// How many mails have this fate.
    pub fn count(&self, fate: Fate) -> usize {
        self.fates.values().filter(|one| **one == fate).count()
    }
}

fn header_of(mail: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(mail);
    text.lines().find(|line| line.starts_with(name)).map(|line| format!("{line}\r\n")).unwrap_or_default()
}
