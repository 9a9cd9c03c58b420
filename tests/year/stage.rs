//! Two desks with Maildirs and SQLite, and a clock that is moved by hand.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{NaiveDate, TimeZone, Timelike};
use mail_parser::MessageParser;
use wederhoor::clock::{Clock, ManualClock};
use wederhoor::config;
use wederhoor::daemon::{Handled, OnCommit, Setup, once};
use wederhoor::mediation::Case;
use wederhoor::model::{CaseNumber, Instant, LetterKind, MailAddress};
use wederhoor::store::CaseFilter;

use crate::people::Mail;

/// Under the Wkkgz, and under the Awb.
pub const DESKS: [&str; 2] = ["klachten@voorbeeldzorg.example", "klachten@gemeente.example"];

/// In which both desks live.
pub const ZONE: chrono_tz::Tz = chrono_tz::Europe::Amsterdam;

/// A letter that reached somebody.
#[derive(Clone, Debug)]
pub struct Letter {
    pub kind: LetterKind,
    pub case: Option<CaseNumber>,
    pub to: String,
    pub reply_to: String,
    pub message_id: String,
    pub subject: String,
    pub text: String,
    pub files: Vec<String>,
}

struct Silent;

impl OnCommit for Silent {
    fn committed(&self, _handled: &Handled) {}
}

pub struct Stage {
    folder: tempfile::TempDir,
    pub setup: Setup,
    clock: Arc<ManualClock>,
    mails: u32,
    mail_waits: bool,
    /// The last letter of each case to each person.
    pub last: HashMap<(CaseNumber, String), Letter>,
}

impl Stage {
    pub async fn open(first: NaiveDate) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().display();
        let desk = |place: usize, regime: &str| {
            for part in ["new", "cur", "tmp"] {
                std::fs::create_dir_all(folder.path().join(format!("in-{place}/{part}"))).unwrap();
            }
            let domain = DESKS[place].rsplit_once('@').unwrap().1;
            format!(
                "[[desk]]\nname = \"Loket {place}\"\naddress = \"{desk}\"\nregime = \"{regime}\"\nphone = \"010-0000000\"\n\
                 hours = \"werkdagen\"\n[desk.retrieval]\nmaildir = \"{at}/in-{place}\"\n[desk.submission]\nmaildir = \"{at}/out-{place}\"\n\
                 [desk.ceilings]\nper_address_per_day = 1000\nper_address_per_week = 1000\n\
                 [[desk.officer]]\nname = \"Marieke Smit\"\naddress = \"m.smit@{domain}\"\ncalendar = true\n\
                 [[desk.officer]]\nname = \"Joost Bakker\"\naddress = \"j.bakker@{domain}\"\nrole = \"deputy\"\n",
                desk = DESKS[place],
            )
        };
        let text = format!(
            "rehearsal = true\n[store]\nurl = \"sqlite:{at}/year.db\"\n[operator]\naddress = \"beheer@beheer.example\"\n{}{}",
            desk(0, "wkkgz"),
            desk(1, "awb")
        );
        let file = folder.path().join("wederhoor.toml");
        std::fs::write(&file, text).unwrap();
        let proved = config::load(&file).unwrap_or_else(|faults| panic!("{faults:#?}"));
        let clock = Arc::new(ManualClock::at(moment(first, 7)));
        let setup = Setup::open(&proved, Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
        Self { folder, setup, clock, mails: 0, mail_waits: false, last: HashMap::new() }
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("year.db")
    }

    pub fn configuration(&self) -> PathBuf {
        self.folder.path().join("wederhoor.toml")
    }

    pub fn set_clock(&self, day: NaiveDate, hour: u32) {
        self.clock.set(moment(day, hour));
    }

    pub fn now(&self) -> Instant {
        self.clock.now()
    }

    pub fn works(&self, day: NaiveDate) -> bool {
        self.setup.desks()[0].policy.calendar.is_working_day(day)
    }

    pub fn is_officer(&self, address: Option<&MailAddress>) -> bool {
        address.is_some_and(|address| self.setup.desks().iter().any(|desk| desk.policy.officer_at(address).is_some()))
    }

    pub fn arrives(&mut self, mail: &Mail) {
        self.mails += 1;
        self.mail_waits = true;
        let path = self.folder.path().join(format!("in-{}/new/{:06}.year", mail.desk, self.mails));
        let now = self.clock.now();
        let auto = if mail.automatic { "Auto-Submitted: auto-replied\r\n" } else { "" };
        let answers = mail.answers.as_ref().map(|id| format!("In-Reply-To: <{id}>\r\n")).unwrap_or_default();
        let bytes = format!(
            "Return-Path: <{from}>\r\nReceived: from mail.post.example by mx.example; {date}\r\nFrom: Anna de Boer <{from}>\r\n\
             To: <{to}>\r\nSubject: {subject}\r\nDate: {date}\r\nMessage-ID: <{number}@post.example>\r\n{answers}{auto}\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n",
            from = mail.from,
            to = mail.to,
            subject = mail.subject,
            text = mail.text.replace('\n', "\r\n"),
            date = now.to_rfc2822(),
            number = self.mails,
        );
        std::fs::write(&path, bytes).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(now.into()).unwrap();
    }

    /// Lets the desks do all that is to be done; gives what went out.
    pub async fn settle(&mut self) -> Vec<Letter> {
        if self.is_quiet().await {
            return Vec::new();
        }
        let report = once(&self.setup, &Silent).await;
        assert!(report.permanent.is_empty() && report.temporary.is_empty(), "{:?} {:?}", report.permanent, report.temporary);
        let mut letters = Vec::new();
        for place in 0..DESKS.len() {
            let Ok(entries) = std::fs::read_dir(self.folder.path().join(format!("out-{place}/new"))) else { continue };
            for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
                letters.push(self.read(&std::fs::read(&path).unwrap()).await);
                // Read and put away, as people do: a folder of a whole year is slow to look through each hour.
                std::fs::remove_file(&path).unwrap();
            }
        }
        for letter in &letters {
            if let Some(case) = letter.case {
                self.last.insert((case, letter.to.clone()), letter.clone());
            }
        }
        letters
    }

    /// Whether nothing came and nothing is due: most hours of a year are like that.
    async fn is_quiet(&mut self) -> bool {
        let (now, keys) = (self.clock.now(), self.setup.keys());
        let mut due = vec![self.setup.store.next_timer_at(&keys).await.unwrap()];
        for key in &keys {
            due.push(self.setup.store.next_letter_at(key).await.unwrap());
        }
        let morning = now.with_timezone(&ZONE).time().hour() == 8;
        !morning && !std::mem::take(&mut self.mail_waits) && due.into_iter().flatten().all(|at| at > now)
    }

    async fn read(&self, bytes: &[u8]) -> Letter {
        let message = MessageParser::default().parse(bytes).unwrap();
        let first = |address: Option<&mail_parser::Address<'_>>| {
            address.and_then(|address| address.first()).and_then(|address| address.address()).unwrap_or_default().to_owned()
        };
        let message_id = message.message_id().unwrap().to_owned();
        let known = self.setup.store.letters_with_ids(&[message_id.parse().unwrap()]).await.unwrap();
        let known = known.values().next().unwrap();
        let files = message.attachments().map(|part| String::from_utf8_lossy(part.contents()).into_owned()).collect();
        Letter {
            kind: known.kind,
            case: known.case,
            to: first(message.to()),
            reply_to: first(message.reply_to().or(message.from())),
            message_id,
            subject: message.subject().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            files,
        }
    }

    pub async fn case(&self, number: CaseNumber) -> Case {
        self.setup.store.cases(&[number]).await.unwrap().remove(&number).unwrap().case
    }

    pub async fn all_cases(&self) -> Vec<Case> {
        self.setup.store.list_cases(&CaseFilter::default()).await.unwrap()
    }

    pub async fn open_cases(&self) -> Vec<Case> {
        self.setup.store.list_cases(&CaseFilter { open_only: true, ..CaseFilter::default() }).await.unwrap()
    }
}

fn moment(day: NaiveDate, hour: u32) -> Instant {
    ZONE.from_local_datetime(&day.and_hms_opt(hour, 0, 0).unwrap()).earliest().unwrap().to_utc()
}
