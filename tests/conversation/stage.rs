//! Plays a script against the whole product: Maildir in, SQLite, Maildir out, a clock moved by hand.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{NaiveDateTime, TimeZone};
use mail_parser::{MessageParser, MimeHeaders};
use wederhoor::clock::{Clock, ManualClock};
use wederhoor::config;
use wederhoor::daemon::{Handled, OnCommit, Setup, once};
use wederhoor::model::Instant;

use crate::script::{Person, Script, Step, What};

const DESK: &str = "klachten@voorbeeldzorg.example";

/// A letter that went out.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) to: String,
    pub(crate) kind: String,
    pub(crate) language: String,
    subject: String,
    message_id: String,
    reply_to: String,
    pub(crate) text: String,
    pub(crate) attachments: Vec<String>,
    /// The UID of the event in its calendar part; empty where it has none.
    event: String,
    /// Calendar files that hang on it and ask for no answer.
    deadlines: Vec<String>,
}

pub(crate) struct Stage<'a> {
    folder: tempfile::TempDir,
    pub(crate) script: &'a Script,
    pub(crate) setup: Setup,
    clock: Arc<ManualClock>,
    seen_files: HashSet<PathBuf>,
    pub(crate) letters: Vec<Letter>,
    mails: u32,
    server_takes: bool,
    transcript: String,
}

/// The tests look at the results themselves.
struct Silent;

impl OnCommit for Silent {
    fn committed(&self, _handled: &Handled) {}
}

/// Plays a script; gives the transcript, or where it went otherwise than written.
pub async fn play(script: &Script) -> Result<String, String> {
    let mut stage = Stage::open(script).await?;
    for step in &script.steps {
        stage.play(step).await.map_err(|why| format!("{}, line {}: {why}", script.title, step.line))?;
    }
    Ok(stage.transcript)
}

pub(crate) fn instant(at: NaiveDateTime) -> Instant {
    chrono_tz::Europe::Amsterdam.from_local_datetime(&at).earliest().expect("a moment that exists").to_utc()
}

impl<'a> Stage<'a> {
    pub(crate) async fn open(script: &'a Script) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let file = folder.path().join("wederhoor.toml");
        std::fs::write(&file, configuration(folder.path(), script)).map_err(|error| error.to_string())?;
        for part in ["in/new", "in/cur", "in/tmp"] {
            std::fs::create_dir_all(folder.path().join(part)).map_err(|error| error.to_string())?;
        }
        let clock = Arc::new(ManualClock::at(instant(script.steps.first().ok_or("an empty script")?.at)));
        let proved = config::load(&file).map_err(|faults| format!("{faults:#?}"))?;
        let setup = Setup::open(&proved, Arc::clone(&clock) as Arc<dyn Clock>).await.map_err(|error| error.to_string())?;
        let transcript = format!("{}\n", script.title);
        Ok(Self {
            folder,
            script,
            setup,
            clock,
            seen_files: HashSet::new(),
            letters: Vec::new(),
            mails: 0,
            server_takes: true,
            transcript,
        })
    }

    pub(crate) fn person(&self, role: &str) -> Result<&'a Person, String> {
        self.script.people.iter().find(|person| person.role == role).ok_or_else(|| format!("who is {role}?"))
    }

    async fn play(&mut self, step: &Step) -> Result<(), String> {
        if !matches!(step.what, What::Outage) {
            self.let_time_pass_until(instant(step.at)).await?;
        }
        let sent = self.act(step).await?;
        self.states(step).await?;
        self.compare(step, &sent)
    }

    /// Does what the step says; gives what went out.
    pub(crate) async fn act(&mut self, step: &Step) -> Result<Vec<Letter>, String> {
        let at = instant(step.at);
        self.clock.set(at);
        let _ = writeln!(self.transcript, "\n━━ {} ━━", step.at.format("%a %Y-%m-%d %H:%M"));
        match &step.what {
            What::TimePasses | What::Outage => {}
            What::MailServer { takes } => {
                self.mail_server(*takes)?;
                if *takes {
                    // What waits is tried again at moments of chance, all of them within some hours.
                    self.clock.set(at + chrono::TimeDelta::hours(4));
                }
            }
            What::Writes { who, subject, headers, text } => {
                let mail = self.mail(who, DESK, subject, None, headers, text)?;
                self.arrives(&mail)?;
            }
            What::WritesOnCase { who, headers, text } => {
                let address = self.person(who)?.address.clone();
                let last = self
                    .letters
                    .iter()
                    .rev()
                    .find(|letter| letter.to == address)
                    .ok_or("nothing was ever sent to this person")?
                    .clone();
                let mail = self.mail(who, &last.reply_to, &format!("Re: {}", last.subject), Some(&last), headers, text)?;
                self.arrives(&mail)?;
            }
            What::Answers { who, letter, headers, text } => {
                let own = self.person(who)?.address.clone();
                let of_kind = |sent: &&Letter| sent.kind == *letter;
                let last = self
                    .letters
                    .iter()
                    .rev()
                    .filter(of_kind)
                    .find(|sent| sent.to == own)
                    .or_else(|| self.letters.iter().rev().find(of_kind))
                    .ok_or_else(|| format!("no {letter} was sent"))?
                    .clone();
                let quoted: String = last.text.lines().fold(String::new(), |mut quoted, line| {
                    let _ = writeln!(quoted, "> {line}");
                    quoted
                });
                let text = format!("{text}\n\nOp 16 november 2026 schreef Klachtenhulp Voorbeeldzorg:\n{quoted}");
                let mail = self.mail(who, &last.reply_to, &format!("Re: {}", last.subject), Some(&last), headers, &text)?;
                self.arrives(&mail)?;
            }
            What::Presses { who, button, letter } => {
                let last = self
                    .letters
                    .iter()
                    .rev()
                    .find(|sent| sent.kind == *letter)
                    .ok_or_else(|| format!("no {letter} was sent"))?
                    .clone();
                let mail = self.mail(who, &last.reply_to, &format!("{button} [2026-0001]"), None, &[], "")?;
                self.arrives(&mail)?;
            }
            What::Bounces { letter, status, action } => {
                let last =
                    self.letters.iter().rev().find(|sent| sent.kind == *letter).ok_or_else(|| format!("no {letter} was sent"))?;
                let mail = delivery_report(last, status, action);
                self.arrives(&mail)?;
            }
        }
        self.settle().await
    }

    /// Clocks that are due on the way strike at their own moment, and may send nothing that no step expects.
    async fn let_time_pass_until(&mut self, at: Instant) -> Result<(), String> {
        for _ in 0..10_000 {
            let Some((next, sent)) = self.next_strike(at).await? else { return Ok(()) };
            if let Some(letter) = sent.first() {
                return Err(format!("on {next} {} received {}, which the script does not expect", letter.to, letter.kind));
            }
        }
        Err("the clocks never come to rest".to_owned())
    }

    /// The moment on the desk's own wall.
    pub(crate) fn civil_now(&self) -> String {
        self.clock.now().with_timezone(&chrono_tz::Europe::Amsterdam).format("%Y-%m-%d %H:%M").to_string()
    }

    /// Goes to the next moment before `at` at which something is due; gives it and what went out. `None` when nothing is.
    pub(crate) async fn next_strike(&mut self, at: Instant) -> Result<Option<(Instant, Vec<Letter>)>, String> {
        let timer = self.setup.store.next_timer_at(&self.setup.keys()).await.map_err(|error| error.to_string())?;
        let letter = self.setup.store.next_letter_at(&self.setup.keys()[0]).await.map_err(|error| error.to_string())?;
        let digest = wederhoor::daemon::next_digest_at(&self.setup.desks()[0], self.clock.now());
        let Some(next) = [timer, letter, digest].into_iter().flatten().min().filter(|next| *next < at) else { return Ok(None) };
        self.clock.set(next.max(self.clock.now()));
        Ok(Some((next, self.settle().await?)))
    }

    fn mail(
        &mut self,
        who: &str,
        to: &str,
        subject: &str,
        answers: Option<&Letter>,
        headers: &[String],
        text: &str,
    ) -> Result<String, String> {
        let person = self.person(who)?;
        self.mails += 1;
        let number = self.mails;
        let now = self.clock.now().to_rfc2822();
        let mut mail = format!(
            "Return-Path: <{address}>\nReceived: from mail.post.example by mx.voorbeeldzorg.example; {now}\nFrom: {name} <{address}>\nTo: <{to}>\n\
             Subject: {subject}\nDate: {now}\nMessage-ID: <mail-{number}@post.example>\nMIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\n",
            address = person.address,
            name = person.name,
        );
        if !headers.iter().any(|header| header.starts_with("Content-Type:")) {
            let _ = writeln!(mail, "Content-Type: text/plain; charset=utf-8");
        }
        if let Some(letter) = answers {
            let _ = writeln!(mail, "In-Reply-To: <{0}>\nReferences: <{0}>", letter.message_id);
        }
        for header in headers {
            let _ = writeln!(mail, "{header}");
        }
        let _ = write!(
            self.transcript,
            "\n{} writes: {subject}\n{}\n",
            person.name,
            indented(text.split("\n\nOp 16").next().unwrap_or_default())
        );
        // A calendar's answer names the event that it is about, by an id that is drawn anew each time: the transcript
        // shows the place of it.
        let text = text.replace("{uid}", answers.map_or("", |letter| letter.event.as_str()));
        Ok(format!("{mail}\n{text}\n"))
    }

    fn arrives(&mut self, mail: &str) -> Result<(), String> {
        self.mails += 1;
        let path = self.folder.path().join(format!("in/new/{:05}.mail", self.mails));
        std::fs::write(&path, mail).map_err(|error| error.to_string())?;
        let file = std::fs::File::options().write(true).open(&path).map_err(|error| error.to_string())?;
        file.set_modified(self.clock.now().into()).map_err(|error| error.to_string())
    }

    /// A Maildir in whose place a file stands takes nothing.
    fn mail_server(&mut self, takes: bool) -> Result<(), String> {
        let (place, aside) = (self.folder.path().join("out"), self.folder.path().join("out-aside"));
        self.server_takes = takes;
        let moved = if takes {
            std::fs::remove_file(&place).and_then(|()| std::fs::rename(&aside, &place))
        } else {
            std::fs::create_dir_all(&place)
                .and_then(|()| std::fs::rename(&place, &aside))
                .and_then(|()| std::fs::write(&place, "not a folder"))
        };
        moved.map_err(|error| error.to_string())
    }

    /// Runs the product until nothing moves; gives what went out.
    async fn settle(&mut self) -> Result<Vec<Letter>, String> {
        let report = once(&self.setup, &Silent).await;
        let excused = |fault: &&String| !self.server_takes && fault.contains("letters");
        if let Some(fault) = report.permanent.iter().chain(&report.temporary).find(|fault| !excused(fault)) {
            return Err(format!("the desk reports a fault: {fault}"));
        }
        let mut sent = Vec::new();
        let mut files: Vec<PathBuf> = std::fs::read_dir(self.folder.path().join("out/new"))
            .map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()).collect())
            .unwrap_or_default();
        files.retain(|file| !self.seen_files.contains(file));
        for file in files {
            let bytes = std::fs::read(&file).map_err(|error| error.to_string())?;
            sent.push(self.read_letter(&bytes).await?);
            self.seen_files.insert(file);
        }
        sent.sort_by_key(|letter| {
            (letter.to != self.script.people[0].address, letter.to.clone(), letter.kind.clone(), letter.text.clone())
        });
        for letter in &sent {
            let _ = write!(
                self.transcript,
                "\n→ {} receives {} ({})\n  Subject: {}\n{}\n",
                letter.to,
                letter.kind,
                letter.language,
                letter.subject,
                indented(&without_tokens(&letter.text))
            );
            for file in &letter.deadlines {
                let _ = writeln!(self.transcript, "  [calendar]\n{}", indented(file));
            }
        }
        self.letters.extend(sent.iter().cloned());
        self.as_announced(&sent)?;
        Ok(sent)
    }

    async fn read_letter(&self, bytes: &[u8]) -> Result<Letter, String> {
        let message = MessageParser::default().parse(bytes).ok_or("a letter that can not be read")?;
        let text_of = |address: Option<&mail_parser::Address<'_>>| {
            address.and_then(|address| address.first()).and_then(|address| address.address()).unwrap_or_default().to_owned()
        };
        let message_id = message.message_id().ok_or("a letter without Message-ID")?.to_owned();
        let id = message_id.parse().map_err(|error| format!("{error}"))?;
        let known = self.setup.store.letters_with_ids(&[id]).await.map_err(|error| error.to_string())?;
        let known = known.values().next().ok_or("a letter that the store does not know")?;
        assert!(message.parts.iter().all(|part| part.content_type().is_some() || part.is_text()), "a part without a type");
        let attached = message.attachments().map(|part| String::from_utf8_lossy(part.contents()).replace("\r\n", "\n"));
        let calendar = message.parts.iter().filter_map(|part| part.text_contents()).find(|text| text.contains("BEGIN:VEVENT"));
        let event = calendar.and_then(|text| text.lines().find_map(|line| line.strip_prefix("UID:"))).unwrap_or_default();
        Ok(Letter {
            event: event.trim().to_owned(),
            attachments: message.attachments().filter_map(|part| part.attachment_name()).map(ToOwned::to_owned).collect(),
            deadlines: attached.filter(|file| file.contains("METHOD:PUBLISH")).collect(),
            to: text_of(message.to()),
            kind: known.kind.template().to_owned(),
            language: message.header("Content-Language").and_then(|value| value.as_text()).unwrap_or_default().to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            message_id,
            reply_to: text_of(message.reply_to().or(message.from())),
            text: message.body_text(0).unwrap_or_default().replace("\r\n", "\n"),
        })
    }
}

/// The secret part of an address is another one in each run.
fn without_tokens(text: &str) -> String {
    let mut parts = text.split("klachten+");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shown, part| shown + "klachten+…" + part.find('@').map_or(part, |at| &part[at..]))
}

pub(crate) fn indented(text: &str) -> String {
    text.trim_end().lines().map(|line| format!("  | {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn configuration(folder: &Path, script: &Script) -> String {
    let mut officers = String::new();
    for person in script.people.iter().filter(|person| matches!(person.role.as_str(), "officer" | "deputy")) {
        let Person { role, name, address } = person;
        let _ = writeln!(
            officers,
            "[[desk.officer]]\nname = \"{name}\"\naddress = \"{address}\"\nrole = \"{role}\"\ncalendar = {}",
            script.calendar
        );
    }
    if let Some(server) = &script.believes {
        let _ = writeln!(officers, "[desk.authentication]\nauthserv_id = \"{server}\"");
    }
    let folder = folder.display();
    format!(
        r#"rehearsal = true
[store]
url = "sqlite:{folder}/wederhoor.db"
[operator]
address = "beheer@voorbeeldzorg.example"
[[desk]]
name = "Klachtenhulp Voorbeeldzorg"
address = "{DESK}"
regime = "{regime}"
language = "nl"
time_zone = "Europe/Amsterdam"
phone = "010-0000000"
hours = "werkdagen 9.00-16.00 uur"
hold = "2m"
units = ["Poli Noord", "Poli Zuid"]
[desk.retrieval]
maildir = "{folder}/in"
[desk.submission]
maildir = "{folder}/out"
[desk.follow_up]
after = "28d"
cron = "0 0 9 * * Mon-Fri"
[desk.digest]
enabled = {digest}
[desk.mediation]
complainant_first = {complainant_first}
{officers}"#,
        complainant_first = script.complainant_first,
        digest = script.digest,
        regime = script.regime,
    )
}

/// A report as RFC 3464 has it, with the headers of our letter in its third part.
fn delivery_report(letter: &Letter, status: &str, action: &str) -> String {
    format!(
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.voorbeeldzorg.example\nTo: {DESK}\nSubject: Undelivered Mail Returned to Sender\n\
         Message-ID: <dsn-{action}@mx.voorbeeldzorg.example>\nDate: Mon, 16 Nov 2026 09:20:00 +0100\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\n--b\nContent-Type: text/plain\n\nI'm sorry.\n\n\
         --b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.voorbeeldzorg.example\n\nFinal-Recipient: rfc822; {to}\nAction: {action}\n\
         Status: {status}\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: {DESK}\nTo: {to}\nMessage-ID: <{id}>\nSubject: x\n\n--b--\n",
        to = letter.to,
        id = letter.message_id,
    )
}
