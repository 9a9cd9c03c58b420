//! Retrieval: raw bytes from a mailbox, and the mailbox tidied once the store is safe.
//!
//! Takes an IMAP session or a Maildir; gives [`RawMail`]. It does not look inside a mail, it does not
//! decide, and it never deletes (M34, M166). Standards: RFC 9051, RFC 2177, RFC 6851, RFC 4315.

pub mod backoff;
pub mod imap;
pub mod maildir;

use std::time::Duration;

use async_trait::async_trait;

use crate::model::Instant;

/// The most bytes of one mail that are taken in, 100 MiB (M173). Mail servers accept far less (25 to 150 MB
/// is usual), so whatever is longer is no ordinary mail: its first part is given, the whole stays in the mailbox.
pub const LARGEST_MAIL: usize = 100 * 1024 * 1024;

/// Where a mail lies, so that it can be filed after the commit.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// RFC 9051 section 2.3.1.1: a UID means something only together with its UIDVALIDITY (M162).
    Imap {
        /// UIDVALIDITY of the folder.
        uid_validity: u32,
        /// UID within it.
        uid: u32,
    },
    /// The name of a file in `new/` or `cur/`.
    Maildir {
        /// File name without folder.
        file_name: String,
    },
}

/// One mail as the mailbox holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawMail {
    /// Where it lies.
    pub origin: Origin,
    /// When the mail server says it arrived (INTERNALDATE, or the file's modification time): a hint, M179.
    pub arrived_at: Option<Instant>,
    /// Every byte of it, unchanged.
    pub bytes: Vec<u8>,
}

/// How much one window may hold; whichever bound is met first ends it. A single mail larger than
/// `bytes` is a window of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowBounds {
    /// Most mails in a window.
    pub count: usize,
    /// Most bytes in a window.
    pub bytes: usize,
}

/// Which folder a handled mail goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shelf {
    /// The done folder: the store holds the mail and all that follows from it.
    Done,
    /// The quarantine folder: the store holds the mail, but a person has to look at it.
    Quarantine,
}

/// A mailbox being read.
///
/// What each call guarantees once it has returned:
/// - [`Retrieval::next_window`] has changed nothing on the server, not even `\Seen` (M165). It gives the
///   oldest mails that this value has not given before; an empty window means nothing waits. A new value
///   (after a reconnect) gives everything again that was not filed; content keys stop repeats (I2).
/// - [`Retrieval::file`] has moved every mail that was still there; one that vanished is no error (M184).
/// - [`Retrieval::wait`] returns when something may have come, or when the time is up.
#[async_trait]
pub trait Retrieval: Send {
    /// The next mails, oldest first.
    async fn next_window(&mut self, bounds: WindowBounds) -> Result<Vec<RawMail>, RetrievalError>;

    /// Moves handled mails out of the way.
    async fn file(&mut self, mails: &[Origin], shelf: Shelf) -> Result<(), RetrievalError>;

    /// Waits for news, at most this long (IDLE where the server has it, M167, else a pause, M168).
    async fn wait(&mut self, at_most: Duration) -> Result<(), RetrievalError>;

    /// When the server last reported a new mail by itself, as far as it ever does: the beginning of the time that
    /// an answer takes.
    fn last_notice(&self) -> Option<tokio::time::Instant> {
        None
    }

    /// Says goodbye to the server; failure to do so is of no consequence (M175).
    async fn close(&mut self);
}

/// What can go wrong with a mailbox.
#[derive(Debug, thiserror::Error)]
pub enum RetrievalError {
    /// The server can not be reached, or the line broke.
    #[error("the mailbox can not be reached: {0}")]
    Unreachable(String),
    /// The server did not answer within the read deadline (M167).
    #[error("the mail server has been silent for {0:?}")]
    Silent(Duration),
    /// The server asks us to come back later: `[UNAVAILABLE]`, `[LIMIT]`, `[INUSE]` (M175).
    #[error("the mail server asks to come back later: {0}")]
    Busy(String),
    /// Name, password or token refused; repeating it will not help (M177, M178).
    #[error("the mail server refuses the login; check the user and the password file: {0}")]
    LoginRefused(String),
    /// A password would have travelled without TLS to another machine.
    #[error("refusing to send a password without TLS to a server that is not on this machine; use imaps://")]
    PasswordWithoutTls,
    /// The certificate is not trusted or TLS failed.
    #[error("no trusted TLS connection to the mail server: {0}")]
    Tls(String),
    /// The server answered something that RFC 9051 does not allow here.
    #[error("the mail server answered unexpectedly: {0}")]
    Protocol(String),
    /// A folder or a file of a Maildir.
    #[error("the mail folder can not be used: {0}")]
    Io(#[from] std::io::Error),
}

impl RetrievalError {
    /// Whether trying again may help. Unknown counts as temporary (style.md, errors).
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Silent(_) | Self::Busy(_) | Self::Protocol(_) | Self::Io(_) => true,
            Self::LoginRefused(_) | Self::PasswordWithoutTls | Self::Tls(_) => false,
        }
    }
}
