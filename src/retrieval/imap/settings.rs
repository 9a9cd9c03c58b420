//! What is needed to read a mailbox over IMAP.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::{LineSecurity, Secret};

/// How we prove who we are. Tokens (OAuth, M176) will be a second variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// User and password, as SASL PLAIN where the server has it, else as LOGIN.
    Password(Secret),
}

/// One mailbox on one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImapSettings {
    /// Host name, as it stands in the server's certificate.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the line is protected.
    pub security: LineSecurity,
    /// The user, as the server knows it.
    pub user: String,
    /// How the user is proved.
    pub login: Login,
    /// The folder that is read, usually `INBOX`. `/` separates levels in all folder names here.
    pub folder: String,
    /// Where handled mail goes; made when absent.
    pub done_folder: String,
    /// Where mail goes that a person has to look at; made when absent.
    pub quarantine_folder: String,
    /// One more certificate authority to trust (PEM), beside those of the machine.
    pub extra_ca: Option<PathBuf>,
    /// The longest silence while an answer is due (M167).
    pub read_deadline: Duration,
    /// After this an IDLE is ended and begun anew, well under the 29 minutes of RFC 2177.
    pub idle_renewal: Duration,
    /// How often the folder is searched although nothing was reported (M168).
    pub poll_every: Duration,
}

impl ImapSettings {
    /// Settings with the usual folders and times: INBOX, `Wederhoor/Done`, `Wederhoor/Quarantine`; a read
    /// deadline of one minute, IDLE renewed after nine minutes, a search at least every five.
    pub fn new(host: impl Into<String>, port: u16, security: LineSecurity, user: impl Into<String>, login: Login) -> Self {
        Self {
            host: host.into(),
            port,
            security,
            user: user.into(),
            login,
            folder: "INBOX".to_owned(),
            done_folder: "Wederhoor/Done".to_owned(),
            quarantine_folder: "Wederhoor/Quarantine".to_owned(),
            extra_ca: None,
            read_deadline: Duration::from_mins(1),
            idle_renewal: Duration::from_mins(9),
            poll_every: Duration::from_mins(5),
        }
    }
}
