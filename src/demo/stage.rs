//! The stage: a desk with its own configuration, database and mailboxes, and a clock that is moved by hand.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mail_parser::MessageParser;

use super::envelope::{self, Answered};
use super::story::{MailLine, Role, Script, ScriptError, Story};
use crate::clock::{Clock, ManualClock};
use crate::config::{self, Fault};
use crate::daemon::{Handled, OnCommit, Setup, SetupError, once};
use crate::mediation::{Case, JournalEntry, Officer, OfficerRole};
use crate::model::{CaseNumber, Instant, LetterKind, MailAddress, MessageId};
use crate::store::{CaseFilter, StoreError};

/// Why the desk could not live.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The configuration that we wrote ourselves.
    #[error("the configuration of the demo has faults: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Configuration(Vec<Fault>),
    /// The desk can not start.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stories.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The disk.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The desk reports a fault.
    #[error("the desk reports a fault: {0}")]
    Desk(String),
    /// A mail answers a letter that was never sent: a defect of the stories.
    #[error("{0} answers a letter that was never sent")]
    NothingToAnswer(String),
}

/// A letter that left the desk.
#[derive(Clone, Debug)]
pub struct SentLetter {
    /// Which.
    pub kind: LetterKind,
    /// Its case, where it has one.
    pub case: Option<CaseNumber>,
    /// Its story.
    pub story: usize,
    /// Who reads it.
    pub role: Role,
    /// Where it went.
    pub to: MailAddress,
    /// Its Message-ID.
    pub message_id: MessageId,
    /// Where a bounce of it goes.
    pub envelope_from: Option<MailAddress>,
    /// The moment at which it left.
    pub at: Instant,
    /// What the reader gets.
    pub bytes: Vec<u8>,
}

/// What one moment brought: a mail, or a clock that struck.
#[derive(Clone, Debug)]
pub struct Scene {
    /// When.
    pub at: Instant,
    /// In which story.
    pub story: usize,
    /// The mail that came, with its exact bytes; `None` when a clock struck.
    pub mail: Option<(MailLine, Vec<u8>)>,
    /// What was written in the journals: the case and its new lines.
    pub journal: Vec<(CaseNumber, Vec<JournalEntry>)>,
    /// The letters that left.
    pub letters: Vec<SentLetter>,
}

/// What came of doing everything once more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Letters that left when the desk was started anew and ran again.
    pub letters_again: usize,
    /// Mails that were delivered a second time.
    pub mails_repeated: usize,
    /// Letters that left because of them.
    pub letters_repeated: usize,
    /// Cases that were opened because of them.
    pub cases_repeated: usize,
}

/// The scenes tell what happened; nobody has to listen while it does.
struct Quiet;

impl OnCommit for Quiet {
    fn committed(&self, _handled: &Handled) {}
}

/// The desk and its clock.
pub struct Stage {
    folder: PathBuf,
    setup: Setup,
    clock: Arc<ManualClock>,
    officers: Vec<Officer>,
    seen_files: HashSet<PathBuf>,
    /// The story of each case, and how much of its journal has been told.
    cases: BTreeMap<CaseNumber, (usize, usize)>,
    letters: Vec<SentLetter>,
    arrived: Vec<(Instant, Vec<u8>)>,
    /// Mails put into the mailbox: no two files may have one name.
    mails: usize,
}

impl Stage {
    /// Opens the desk of this configuration at this moment.
    pub async fn open(configuration: &Path, at: Instant) -> Result<Self, StageError> {
        let proved = config::load(configuration).map_err(StageError::Configuration)?;
        let clock = Arc::new(ManualClock::at(at));
        let setup = Setup::open(&proved, Arc::clone(&clock) as Arc<dyn Clock>).await?;
        let officers = proved.desks.iter().flat_map(|desk| desk.policy.officers.clone()).collect();
        Ok(Self {
            folder: configuration.parent().unwrap_or(Path::new("")).to_owned(),
            setup,
            clock,
            officers,
            seen_files: HashSet::new(),
            cases: BTreeMap::new(),
            letters: Vec::new(),
            arrived: Vec::new(),
            mails: 0,
        })
    }

    /// The desk's time zone.
    pub fn zone(&self) -> chrono_tz::Tz {
        self.setup.desks.first().map_or(chrono_tz::UTC, |desk| desk.desk.policy.zone)
    }

    /// The next moment before this one at which a clock strikes or a letter may leave.
    pub async fn next_clock(&self, before: Instant) -> Result<Option<Instant>, StageError> {
        let keys = self.setup.keys();
        let mut next = self.setup.store.next_timer_at(&keys).await?;
        for key in &keys {
            let letter = self.setup.store.next_letter_at(key).await?;
            next = [next, letter].into_iter().flatten().min();
        }
        Ok(next.filter(|next| *next < before))
    }

    /// A clock strikes: one scene for each story in which something happened.
    pub async fn clock_strikes(&mut self, at: Instant, script: &Script) -> Result<Vec<Scene>, StageError> {
        self.clock.set(at.max(self.clock.now()));
        let now = self.clock.now();
        let letters = self.run(script, None).await?;
        let numbers: Vec<CaseNumber> = self.cases.keys().copied().collect();
        let mut scenes: BTreeMap<usize, Scene> = BTreeMap::new();
        let empty = |story| Scene { at: now, story, mail: None, journal: Vec::new(), letters: Vec::new() };
        for (number, lines) in self.new_lines(&numbers).await? {
            let story = self.cases.get(&number).map_or(0, |(story, _)| *story);
            scenes.entry(story).or_insert_with(|| empty(story)).journal.push((number, lines));
        }
        for letter in letters {
            scenes.entry(letter.story).or_insert_with(|| empty(letter.story)).letters.push(letter);
        }
        Ok(scenes.into_values().collect())
    }

    /// A mail of a story arrives.
    pub async fn mail_arrives(
        &mut self,
        at: Instant,
        story: usize,
        line: &MailLine,
        script: &Script,
    ) -> Result<Scene, StageError> {
        self.clock.set(at.max(self.clock.now()));
        let letters: Vec<Answered<'_>> = self.letters.iter().filter(|letter| letter.story == story).map(Answered::from).collect();
        let case = self.cases.iter().rev().find(|(_, (of, _))| *of == story).map(|(number, _)| *number);
        let mail =
            envelope::fill(line.template()?, &letters, case).ok_or_else(|| StageError::NothingToAnswer(line.file.clone()))?;
        self.put(&mail)?;
        self.arrived.push((self.clock.now(), mail.clone()));
        let letters = self.run(script, Some(story)).await?;
        let numbers: Vec<CaseNumber> = self.cases.iter().filter(|(_, (of, _))| *of == story).map(|(n, _)| *n).collect();
        let journal = self.new_lines(&numbers).await?;
        Ok(Scene { at: self.clock.now(), story, mail: Some((line.clone(), mail)), journal, letters })
    }

    /// All cases, with the story of each.
    pub async fn cases(&self) -> Result<Vec<(usize, Case)>, StageError> {
        let cases = self.setup.store.list_cases(&CaseFilter::default()).await?;
        Ok(cases.into_iter().map(|case| (self.cases.get(&case.number).map_or(0, |(story, _)| *story), case)).collect())
    }

    /// Starts the desk anew and does everything once more: first as it is, then with every mail delivered again,
    /// as after a restored backup (I2, I4).
    pub async fn once_more(mut self, configuration: &Path, script: &Script) -> Result<(Self, Proof), StageError> {
        let now = self.clock.now();
        self.setup.store.close().await;
        let mut anew = Self::open(configuration, now).await?;
        anew.seen_files = std::mem::take(&mut self.seen_files);
        anew.cases = std::mem::take(&mut self.cases);
        anew.mails = self.mails;
        let cases = anew.cases.len();
        let letters_again = anew.run(script, None).await?.len();
        for (at, mail) in &self.arrived {
            anew.put_at(mail, *at)?;
        }
        let letters_repeated = anew.run(script, None).await?.len();
        let proof = Proof {
            letters_again,
            mails_repeated: self.arrived.len(),
            letters_repeated,
            cases_repeated: anew.cases().await?.len().saturating_sub(cases),
        };
        Ok((anew, proof))
    }

    /// Closes the database in order.
    pub async fn close(self) {
        self.setup.store.close().await;
    }

    fn put(&mut self, mail: &[u8]) -> Result<(), StageError> {
        self.put_at(mail, self.clock.now())
    }

    /// As a mail server does: written aside, then moved to where new mail lies, with the moment it came.
    fn put_at(&mut self, mail: &[u8], at: Instant) -> Result<(), StageError> {
        self.mails += 1;
        let name = format!("{}.{:04}.demo", at.timestamp(), self.mails);
        let (draft, path) = (self.folder.join("klachten/tmp").join(&name), self.folder.join("klachten/new").join(&name));
        let written = || {
            fs::write(&draft, mail)?;
            fs::File::options().write(true).open(&draft)?.set_modified(at.into())?;
            fs::rename(&draft, &path)
        };
        written().map_err(|source| StageError::Io { path: path.clone(), source })
    }

    /// Runs the desk until nothing moves, and gives what left it.
    async fn run(&mut self, script: &Script, story: Option<usize>) -> Result<Vec<SentLetter>, StageError> {
        let report = once(&self.setup, &Quiet).await;
        if let Some(fault) = report.permanent.into_iter().chain(report.temporary).next() {
            return Err(StageError::Desk(fault));
        }
        if report.read.opened > 0 {
            let after = self.cases.keys().next_back().copied();
            for case in self.setup.store.list_cases(&CaseFilter { after, ..CaseFilter::default() }).await? {
                self.cases.entry(case.number).or_insert((story.unwrap_or(0), 0));
            }
        }
        let mut sent = Vec::new();
        for (path, bytes) in self.new_files()? {
            if let Some(letter) = self.read_letter(bytes, script, story).await? {
                sent.push(letter);
            }
            self.seen_files.insert(path);
        }
        // The party first, then those who watch.
        sent.sort_by_key(|letter| letter.role);
        self.letters.extend(sent.iter().cloned());
        Ok(sent)
    }

    fn new_files(&self) -> Result<Vec<(PathBuf, Vec<u8>)>, StageError> {
        let folder = self.folder.join("verzonden/new");
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| StageError::Io { path, source }
        };
        let mut files = Vec::new();
        // The folder is made with the first letter.
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
            Err(error) => return Err(failed(&folder)(error)),
        };
        for entry in entries {
            let path = entry.map_err(failed(&folder))?.path();
            if !self.seen_files.contains(&path) {
                let bytes = fs::read(&path).map_err(failed(&path))?;
                files.push((path, bytes));
            }
        }
        files.sort();
        Ok(files)
    }

    async fn read_letter(&self, bytes: Vec<u8>, script: &Script, story: Option<usize>) -> Result<Option<SentLetter>, StageError> {
        let id = MessageParser::default().parse_headers(&bytes).and_then(|mail| mail.message_id().map(str::to_owned));
        let Some(message_id) = id.and_then(|id| id.parse::<MessageId>().ok()) else { return Ok(None) };
        let known = self.setup.store.letters_with_ids(std::slice::from_ref(&message_id)).await?;
        let Some(known) = known.get(&message_id) else { return Ok(None) };
        let story = known.case.and_then(|case| self.cases.get(&case)).map(|(story, _)| *story).or(story).unwrap_or(0);
        let envelope_from = match known.case {
            Some(case) => {
                let letters = self.setup.store.letters_of_case(case).await?;
                letters.into_iter().find(|stored| stored.letter.letter == known.letter).and_then(|s| s.letter.envelope_from)
            }
            None => None,
        };
        let role = self.role_of(&known.to, script.stories.get(story));
        Ok(Some(SentLetter {
            kind: known.kind,
            case: known.case,
            story,
            role,
            to: known.to.clone(),
            message_id,
            envelope_from,
            at: self.clock.now(),
            bytes,
        }))
    }

    /// Who reads at this address. An address from which nobody in the story ever writes is a typing error.
    fn role_of(&self, address: &MailAddress, story: Option<&Story>) -> Role {
        let address = address.comparable();
        if let Some(officer) = self.officers.iter().find(|officer| officer.address.comparable() == address) {
            return match officer.role {
                OfficerRole::Officer => Role::Officer,
                OfficerRole::Deputy => Role::Deputy,
            };
        }
        let writes = |line: &&MailLine| {
            line.role != Role::Machine
                && line.template().is_ok_and(|mail| envelope::author(mail.as_bytes()).is_some_and(|from| from == address))
        };
        story.and_then(|story| story.mail.iter().find(writes)).map_or(Role::Nobody, |line| line.role)
    }

    async fn new_lines(&mut self, numbers: &[CaseNumber]) -> Result<Vec<(CaseNumber, Vec<JournalEntry>)>, StageError> {
        let mut told = Vec::new();
        for number in numbers {
            let Some((_, known)) = self.cases.get_mut(number) else { continue };
            let journal = self.setup.store.journal(*number).await?;
            let new: Vec<JournalEntry> = journal.iter().skip(*known).cloned().collect();
            *known = journal.len();
            if !new.is_empty() {
                told.push((*number, new));
            }
        }
        Ok(told)
    }
}
