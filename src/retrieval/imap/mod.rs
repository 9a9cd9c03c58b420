//! A mailbox over IMAP (RFC 9051, and RFC 3501 where a server is older).
//!
//! async-imap speaks the protocol. Below it, a stream of our own (`wire`) cuts whole answers first and lets
//! through what can be read, so that one bad answer costs one answer (M166, M181), a literal is measured before
//! room is made for it (M173), a refused FETCH is told from an empty one, and a lost connection from an empty
//! folder. What async-imap forgets is kept in `heard`.
//!
//! M185: async-imap hands every line, passwords and mails too, to the crate `log` at the level trace. Nothing in
//! this program listens to `log`, and nothing may (so tracing-subscriber comes without `tracing-log`).

mod answer;
mod connection;
mod filing;
mod folder;
mod frames;
mod handover;
mod heard;
mod lookout;
mod probe;
mod session;
mod settings;
mod tls;
mod uid_set;
mod window;
mod wire;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::Instant;

use super::{Origin, RawMail, Retrieval, RetrievalError, Shelf, WindowBounds};
use connection::Connected;
use filing::{Shelved, Shelves};
use window::Progress;

pub use filing::WayOfFiling;
pub use lookout::find_mail;
pub use probe::{ImapProbe, probe};
pub use settings::{ImapSettings, Login};

/// One mailbox on one connection (M175). After an error that is not [`RetrievalError::Protocol`] the
/// connection is of no more use: make a new value, after a pause ([`super::backoff`]).
///
/// In a backlog, file many mails with one call: every MOVE makes a server with a Maildir walk through the whole
/// folder. Dovecot moved 10,000 mails in 0.8 s by 2,000 at a time and in 2.4 to 4.9 s by 500 at a time.
pub struct ImapMailbox {
    connected: Connected,
    settings: ImapSettings,
    wire_name: String,
    shelves: Shelves,
    way: WayOfFiling,
    progress: Progress,
}

impl ImapMailbox {
    /// Connects, logs in, makes the folders for handled mail where they are absent, and opens the folder.
    ///
    /// # Errors
    /// Any [`RetrievalError`]; [`RetrievalError::PasswordWithoutTls`] before anything was sent.
    pub async fn connect(settings: &ImapSettings) -> Result<Self, RetrievalError> {
        let mut connected = connection::open(settings).await?;
        let session = &mut connected.session;
        let Some(wire_name) = folder::find(session, &settings.folder).await? else {
            return Err(RetrievalError::Protocol(format!("there is no folder {} in the mailbox", settings.folder)));
        };
        let shelves = Shelves {
            done: Shelved::find_or_make(session, &settings.done_folder).await?,
            quarantine: Shelved::find_or_make(session, &settings.quarantine_folder).await?,
        };
        let opened = folder::select(session, &wire_name).await?;
        let way = WayOfFiling::of(session, opened.keeps_keyword);
        if way.leaves_mail_in_folder() {
            tracing::warn!(?way, "the mail server can not move mails; handled mails stay in the folder");
        }
        let progress = Progress::new(opened.uid_validity, way == WayOfFiling::Keyword);
        Ok(Self { connected, settings: settings.clone(), wire_name, shelves, way, progress })
    }

    /// How mails are filed on this server.
    pub fn way_of_filing(&self) -> WayOfFiling {
        self.way
    }

    /// How many mails were found and could not be had, because they vanished or were unreadable (M184).
    pub fn missed(&self) -> u64 {
        self.progress.missed()
    }

    /// M162: opens the folder again before a sweep; under a new UIDVALIDITY no UID means what it meant.
    async fn reopen(&mut self) -> Result<(), RetrievalError> {
        let opened = folder::select(&mut self.connected.session, &self.wire_name).await?;
        if opened.uid_validity != self.progress.uid_validity() {
            tracing::warn!(uid_validity = opened.uid_validity, "the folder has been made anew; everything in it is read again");
            self.progress = Progress::new(opened.uid_validity, self.way == WayOfFiling::Keyword);
        }
        Ok(())
    }
}

#[async_trait]
impl Retrieval for ImapMailbox {
    async fn next_window(&mut self, bounds: WindowBounds) -> Result<Vec<RawMail>, RetrievalError> {
        if self.progress.sweep_is_due_again() {
            self.reopen().await?;
        }
        self.progress.next(&mut self.connected.session, bounds).await
    }

    async fn file(&mut self, mails: &[Origin], onto: Shelf) -> Result<(), RetrievalError> {
        // A UID of another UIDVALIDITY may be somebody else's mail by now (M162).
        let uids: Vec<u32> = mails
            .iter()
            .filter_map(|origin| match origin {
                Origin::Imap { uid_validity, uid } if *uid_validity == self.progress.uid_validity() => Some(*uid),
                Origin::Imap { .. } | Origin::Maildir { .. } => None,
            })
            .collect();
        self.shelves.file(&mut self.connected.session, self.way, &uids, onto).await?;
        if self.way != WayOfFiling::LeaveInPlace {
            self.progress.forget(&uids);
        }
        Ok(())
    }

    async fn wait(&mut self, at_most: Duration) -> Result<(), RetrievalError> {
        let session = &mut self.connected.session;
        let pause = at_most.min(self.settings.poll_every);
        if session.has_news() {
            return Ok(());
        }
        let reported = if session.can("IDLE") {
            session.idle(pause.min(self.settings.idle_renewal)).await?
        } else {
            tokio::time::sleep(pause).await;
            false
        };
        // M167: after a silent IDLE the server has to show that it is still there.
        if !reported {
            session.noop().await?;
        }
        Ok(())
    }

    fn last_notice(&self) -> Option<Instant> {
        self.connected.session.last_notice
    }

    async fn close(&mut self) {
        self.connected.session.logout().await;
    }
}

impl fmt::Debug for ImapMailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImapMailbox").field("way", &self.way).field("progress", &self.progress).finish_non_exhaustive()
    }
}
