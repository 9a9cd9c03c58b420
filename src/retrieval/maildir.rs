//! A Maildir as the mailbox: the embedded default, with the guarantees of IMAP (I1).
//!
//! Each mail is a file in `new/` or `cur/`. Filing it is one rename into `cur/` of another Maildir, so at
//! every moment the mail lies in exactly one of them.

mod folder;

use std::collections::{HashSet, VecDeque};
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use super::{Origin, RawMail, Retrieval, RetrievalError, Shelf, WindowBounds};
use folder::{Folder, Waiting};

/// How often [`Retrieval::wait`] looks into the folders. Looking is one `readdir` of two folders that are
/// empty unless mail waits, so a second costs nothing that can be measured.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A Maildir being read.
#[derive(Debug)]
pub struct MaildirMailbox {
    inbox: Folder,
    done: Folder,
    quarantine: Folder,
    look_every: Duration,
    /// Found and not yet given, oldest first.
    pending: VecDeque<Waiting>,
    /// Given and not yet filed, by the part of the name that no mail client changes.
    given: HashSet<String>,
    /// Could not be read; warned of once.
    unreadable: HashSet<String>,
}

impl MaildirMailbox {
    /// Opens the Maildir at `path`; makes it, and the two Maildirs for handled mail, where they are absent.
    ///
    /// # Errors
    /// [`RetrievalError::Io`] where a folder can not be made or read, or where `done` or `quarantine` lies on
    /// another file system: a mail could then not be moved by one rename.
    pub async fn open(
        path: impl Into<PathBuf>,
        done: impl Into<PathBuf>,
        quarantine: impl Into<PathBuf>,
    ) -> Result<Self, RetrievalError> {
        let (inbox, done, quarantine) = (Folder::new(path), Folder::new(done), Folder::new(quarantine));
        let (inbox, done, quarantine) = in_background(move || {
            for folder in [&inbox, &done, &quarantine] {
                folder.make()?;
            }
            for shelf in [&done, &quarantine] {
                inbox.must_share_file_system_with(shelf)?;
            }
            Ok((inbox, done, quarantine))
        })
        .await?;
        Ok(Self {
            inbox,
            done,
            quarantine,
            look_every: LOOK_EVERY,
            pending: VecDeque::new(),
            given: HashSet::new(),
            unreadable: HashSet::new(),
        })
    }

    /// Looks this often while waiting, instead of every second.
    #[must_use]
    pub fn looking_every(mut self, pause: Duration) -> Self {
        self.look_every = pause;
        self
    }

    /// How many files could not be read so far and wait for a person.
    pub fn unreadable(&self) -> usize {
        self.unreadable.len()
    }

    /// Everything that lies there and was not given yet, oldest first.
    async fn look(&self) -> Result<VecDeque<Waiting>, RetrievalError> {
        let inbox = self.inbox.clone();
        let mut found = in_background(move || inbox.list()).await?;
        found.retain(|waiting| !self.given.contains(folder::base(&waiting.file_name)));
        found.sort_unstable_by(|a, b| (a.modified, &a.file_name).cmp(&(b.modified, &b.file_name)));
        Ok(found.into())
    }

    /// Takes from the front of the line what fits into one window.
    fn choose(&mut self, bounds: WindowBounds) -> Vec<Waiting> {
        let mut chosen = Vec::new();
        let mut bytes = 0_usize;
        while let Some(next) = self.pending.front() {
            let size = usize::try_from(next.size).unwrap_or(usize::MAX);
            let full = chosen.len() >= bounds.count.max(1) || bytes.saturating_add(size) > bounds.bytes;
            if full && !chosen.is_empty() {
                break;
            }
            bytes = bytes.saturating_add(size);
            chosen.extend(self.pending.pop_front());
        }
        chosen
    }

    /// Remembers a file that can not be read. M93: it is left where it is, and the next one is read.
    fn note_unreadable(&mut self, waiting: &Waiting, error: &std::io::Error) {
        if self.unreadable.insert(folder::base(&waiting.file_name).to_owned()) {
            tracing::warn!(file = %waiting.file_name, %error, "a mail file can not be read; it is left where it is");
        }
    }
}

/// A mail whose file holds this text, such as its Message-ID, in any of these Maildirs; for `wederhoor check --online`.
/// Only files that came since `since` are read.
///
/// # Errors
/// [`RetrievalError::Io`] where a folder can not be read.
pub async fn find_mail(
    folders: Vec<PathBuf>,
    text: String,
    since: std::time::SystemTime,
) -> Result<Option<Vec<u8>>, RetrievalError> {
    in_background(move || {
        for folder in folders.into_iter().filter(|folder| folder.join("new").is_dir()).map(Folder::new) {
            for waiting in folder.list()?.into_iter().filter(|waiting| waiting.modified >= since) {
                let Ok(mail) = folder.read(&waiting) else { continue };
                if memchr::memmem::find(&mail, text.as_bytes()).is_some() {
                    return Ok(Some(mail));
                }
            }
        }
        Ok(None)
    })
    .await
}

#[async_trait]
impl Retrieval for MaildirMailbox {
    async fn next_window(&mut self, bounds: WindowBounds) -> Result<Vec<RawMail>, RetrievalError> {
        let mut looked = false;
        loop {
            if self.pending.is_empty() {
                if looked {
                    return Ok(Vec::new());
                }
                self.pending = self.look().await?;
                looked = true;
            }
            let chosen = self.choose(bounds);
            let inbox = self.inbox.clone();
            let read =
                in_background(move || Ok(chosen.into_iter().map(|waiting| (inbox.read(&waiting), waiting)).collect::<Vec<_>>()))
                    .await?;
            let mut mails = Vec::with_capacity(read.len());
            for (result, waiting) in read {
                match result {
                    Ok(bytes) => {
                        self.unreadable.remove(folder::base(&waiting.file_name));
                        self.given.insert(folder::base(&waiting.file_name).to_owned());
                        mails.push(RawMail {
                            arrived_at: Some(waiting.modified.into()),
                            origin: Origin::Maildir { file_name: waiting.file_name },
                            bytes,
                        });
                    }
                    // M184: somebody took it away between looking and reading; if it was only renamed, the
                    // next look finds it.
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => self.note_unreadable(&waiting, &error),
                }
            }
            if !mails.is_empty() {
                return Ok(mails);
            }
        }
    }

    async fn file(&mut self, mails: &[Origin], onto: Shelf) -> Result<(), RetrievalError> {
        let inbox = self.inbox.clone();
        let target = match onto {
            Shelf::Done => self.done.clone(),
            Shelf::Quarantine => self.quarantine.clone(),
        };
        let names: Vec<String> = mails
            .iter()
            .filter_map(|origin| match origin {
                Origin::Maildir { file_name } => Some(file_name.clone()),
                Origin::Imap { .. } => None,
            })
            .collect();
        let filed = in_background(move || {
            inbox.move_into(&target, &names)?;
            Ok(names)
        })
        .await?;
        for name in filed {
            self.given.remove(folder::base(&name));
        }
        Ok(())
    }

    async fn wait(&mut self, at_most: Duration) -> Result<(), RetrievalError> {
        let until = tokio::time::Instant::now() + at_most;
        loop {
            let found = self.look().await?;
            if found.iter().any(|waiting| !self.unreadable.contains(folder::base(&waiting.file_name))) {
                return Ok(());
            }
            let now = tokio::time::Instant::now();
            if now >= until {
                return Ok(());
            }
            tokio::time::sleep_until(until.min(now + self.look_every)).await;
        }
    }

    async fn close(&mut self) {}
}

/// File work away from the threads that carry the network.
async fn in_background<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, RetrievalError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => Ok(result?),
        Err(error) => Err(RetrievalError::Io(std::io::Error::other(error))),
    }
}

#[cfg(test)]
mod tests;
