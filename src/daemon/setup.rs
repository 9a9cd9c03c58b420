//! From the proved configuration to everything a daemon consists of.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rand::RngExt;

use super::desk::Desk;
use super::holder::LeaseHolder;
use super::proof::Authentication;
use crate::clock::Clock;
use crate::composition::{Composer, Overrides, Source, TemplateFault};
use crate::config::{self, RetrievalSettings, RetrievalSource, SubmissionSettings, SubmissionTarget, Validated};
use crate::delivery::{DeliverySettings, MaildirSettings, ProviderLimits, SendmailSettings, SmtpLogin, SmtpSettings, Submission};
use crate::message::{OwnAddresses, Words, WordsError};
use crate::model::{DeskKey, MailAddress};
use crate::retrieval::imap::{ImapMailbox, ImapSettings, Login};
use crate::retrieval::maildir::MaildirMailbox;
use crate::retrieval::{Retrieval, RetrievalError, WindowBounds};
use crate::store::{self, Store, StoreError, StoreOptions};

/// How often a Maildir is looked at: a directory on this machine costs next to nothing to look at.
const MAILDIR_PAUSE: std::time::Duration = std::time::Duration::from_millis(500);

/// RFC 5321 section 4.5.3.2.6: how long the answer to the final dot may take (M153).
const FINAL_DOT: std::time::Duration = std::time::Duration::from_mins(10);

/// Letters before a line is closed: no provider minds as many, and a line that went wrong does not stay (M156).
const LETTERS_PER_CONNECTION: u32 = 1_000;

/// Everything a daemon consists of.
pub struct Setup {
    /// The database, its schema up to date.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// The name of this daemon in leases.
    pub holder: LeaseHolder,
    /// The desks.
    pub desks: Vec<DeskSetup>,
}

/// One desk and how the world reaches it.
pub struct DeskSetup {
    /// The desk.
    pub desk: Arc<Desk>,
    /// Its mailbox.
    pub retrieval: RetrievalSettings,
    /// Its way out.
    pub submission: SubmissionSettings,
}

/// Why a daemon can not start.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Letters that can not be written.
    #[error("{} of the letters can not be used; `wederhoor templates check` names each", .0.len())]
    Templates(Vec<TemplateFault>),
    /// A word list.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// The operator's own weights of triage.
    #[error("{TRIAGE_WEIGHTS} names {}, which cannot be read: {source}", file.display())]
    Weights {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A folder with letters of a desk's own.
    #[error("the folder with the desk's own letters can not be read: {0}")]
    Overrides(std::io::Error),
}

impl SetupError {
    /// Whether trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Store(error) => error.is_temporary(),
            Self::Templates(_) | Self::Words(_) | Self::Weights { .. } | Self::Overrides(_) => false,
        }
    }
}

/// Reads the letters that a desk keeps in a folder of its own.
pub fn own_letters(folder: &Path) -> std::io::Result<Overrides> {
    let mut letters = Overrides::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(next)? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            // A file that is no letter of ours is the operator's own note; `templates check` speaks of it.
            if let Some(source) = Source::from_file_name(&name) {
                letters.insert(source, std::fs::read_to_string(&path)?);
            }
        }
    }
    Ok(letters)
}

impl Setup {
    /// Opens the database, brings it up to date, and makes every desk ready. Nothing is read or sent.
    pub async fn open(configuration: &Validated, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        let store = store::open(&configuration.store.url(), &StoreOptions::default()).await?;
        store.migrate().await?;
        Self::with_store(configuration, clock, store).await
    }

    /// As [`Setup::open`], on a database that is open already.
    pub async fn with_store(configuration: &Validated, clock: Arc<dyn Clock>, store: Arc<dyn Store>) -> Result<Self, SetupError> {
        let trace = store.trace_value(rand::rng().random()).await?;
        let holder = LeaseHolder::this_process(rand::rng().random());
        super::holder::release_leases_of_the_dead(store.as_ref(), &holder, clock.now()).await?;
        let mut house = House::default();
        let desks = configuration
            .desks
            .iter()
            .map(|desk| DeskSetup::prepare(desk, &mut house, configuration.operator.as_ref(), &trace))
            .collect::<Result<_, _>>()?;
        Ok(Self { store, clock, holder, desks })
    }

    /// The keys of all desks.
    pub fn keys(&self) -> Vec<DeskKey> {
        self.desks.iter().map(|setup| setup.desk.key().clone()).collect()
    }

    /// The desks without their connections.
    pub fn desks(&self) -> Vec<Arc<Desk>> {
        self.desks.iter().map(|setup| Arc::clone(&setup.desk)).collect()
    }
}

/// The environment variable that names weights of triage that the operator has made (`wederhoor triage train`).
pub const TRIAGE_WEIGHTS: &str = "WEDERHOOR_TRIAGE_WEIGHTS";

/// The words that mail is understood by, with the operator's own weights where the environment names them.
pub fn words() -> Result<Words, SetupError> {
    let Some(path) = std::env::var_os(TRIAGE_WEIGHTS) else { return Ok(Words::builtin()?) };
    let weights = std::fs::read(&path).map_err(|source| SetupError::Weights { file: PathBuf::from(&path), source })?;
    Ok(Words::with_weights(&weights)?)
}

/// What the house gives to every desk: made once, however many desks there are.
#[derive(Default)]
struct House {
    letters: Option<Arc<Composer>>,
    words: Option<Arc<Words>>,
}

impl House {
    fn words(&mut self) -> Result<Arc<Words>, SetupError> {
        let words = match self.words.take() {
            Some(words) => words,
            None => Arc::new(words()?),
        };
        Ok(Arc::clone(self.words.insert(words)))
    }

    /// The letters of a desk: those of the house, unless it keeps some of its own.
    fn letters_of(&mut self, desk: &config::Desk) -> Result<Arc<Composer>, SetupError> {
        if let Some(folder) = &desk.templates {
            let own = own_letters(folder).map_err(SetupError::Overrides)?;
            return Ok(Arc::new(Composer::new(Some(&own)).map_err(SetupError::Templates)?));
        }
        let letters = match self.letters.take() {
            Some(letters) => letters,
            None => Arc::new(Composer::new(None).map_err(SetupError::Templates)?),
        };
        Ok(Arc::clone(self.letters.insert(letters)))
    }
}

impl DeskSetup {
    fn prepare(desk: &config::Desk, house: &mut House, operator: Option<&MailAddress>, trace: &str) -> Result<Self, SetupError> {
        let mut facts = desk.facts.clone();
        trace.clone_into(&mut facts.trace);
        let addresses = std::iter::once(facts.address.clone()).chain(desk.aliases.iter().cloned()).collect();
        let own = OwnAddresses { addresses, separator: facts.separator, trace: trace.to_owned() };
        let desk_parts = Desk {
            operator: operator.cloned().or_else(|| desk.policy.responsible().map(|officer| officer.address.clone())),
            policy: desk.policy.clone(),
            facts,
            own,
            composer: house.letters_of(desk)?,
            words: house.words()?,
            authentication: desk.authentication.as_ref().map(Authentication::open),
            ceilings: desk.ceilings,
            hold: desk.hold,
        };
        Ok(Self { desk: Arc::new(desk_parts), retrieval: desk.retrieval.clone(), submission: desk.submission.clone() })
    }

    /// How much of the mailbox is handled at a time.
    pub fn bounds(&self) -> WindowBounds {
        WindowBounds { count: self.retrieval.window_mails, bytes: self.retrieval.window_bytes }
    }

    /// Opens the mailbox.
    pub async fn open_mailbox(&self) -> Result<Box<dyn Retrieval>, RetrievalError> {
        match &self.retrieval.source {
            RetrievalSource::Maildir { folder, done_folder, quarantine_folder } => {
                let mailbox = MaildirMailbox::open(folder, done_folder, quarantine_folder).await?;
                Ok(Box::new(mailbox.looking_every(MAILDIR_PAUSE.min(self.retrieval.poll))))
            }
            RetrievalSource::Imap { .. } => match self.imap_settings() {
                Some(settings) => Ok(Box::new(ImapMailbox::connect(&settings).await?)),
                None => Err(RetrievalError::Protocol("no IMAP server is configured".to_owned())),
            },
        }
    }

    /// The IMAP server, where there is one.
    pub fn imap_settings(&self) -> Option<ImapSettings> {
        let RetrievalSource::Imap {
            server,
            user,
            password,
            folder,
            done_folder,
            quarantine_folder,
            ca_file,
            read_deadline,
            idle_renewal,
        } = &self.retrieval.source
        else {
            return None;
        };
        Some(ImapSettings {
            folder: folder.clone(),
            done_folder: done_folder.clone(),
            quarantine_folder: quarantine_folder.clone(),
            extra_ca: ca_file.clone(),
            read_deadline: *read_deadline,
            idle_renewal: *idle_renewal,
            poll_every: self.retrieval.poll,
            ..ImapSettings::new(&server.host, server.port, server.security, user, Login::Password(password.clone()))
        })
    }

    /// Where letters go.
    pub fn open_submission(&self) -> Submission {
        match &self.submission.target {
            SubmissionTarget::Maildir { folder } => Submission::maildir(MaildirSettings { folder: folder.clone() }),
            SubmissionTarget::Sendmail { program } => Submission::sendmail(SendmailSettings {
                program: program.clone(),
                connections: 2,
                timeout: std::time::Duration::from_mins(5),
            }),
            SubmissionTarget::Smtp { server, login, ca_file, hello_name, connections, timeout, idle } => {
                Submission::smtp(SmtpSettings {
                    security: server.security,
                    login: login.as_ref().map(|(user, password)| SmtpLogin { user: user.clone(), password: password.clone() }),
                    extra_ca: ca_file.clone(),
                    connections: *connections as usize,
                    timeout: *timeout,
                    idle: *idle,
                    hello_name: hello_name.clone().unwrap_or_else(|| self.desk.facts.message_id_domain.clone()),
                    fallback_sender: self.submission.bounce_address.clone().or_else(|| Some(self.desk.facts.address.clone())),
                    host: server.host.clone(),
                    port: server.port,
                    final_dot_timeout: FINAL_DOT,
                    letters_per_connection: LETTERS_PER_CONNECTION,
                })
            }
        }
    }

    /// How fast letters may go.
    pub fn delivery_settings(&self) -> DeliverySettings {
        let limits = ProviderLimits {
            per_minute: self.submission.per_minute,
            per_day: self.submission.per_day,
            ..ProviderLimits::default()
        };
        DeliverySettings { limits, ..DeliverySettings::default() }
    }
}
