//! Where a desk's letters are handed over, proved.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use super::fault::Findings;
use super::retrieval::{ca_file, exactly_one, maildir, password};
use super::section::path_beside;
use super::server::{self, Protocol, Server};
use super::settings::SubmissionSection;
use crate::model::{MailAddress, Secret};

/// Letters a minute to a server elsewhere, where the operator says nothing: what Microsoft 365 takes (M156).
const PER_MINUTE: u32 = 30;
/// Letters a day to a server elsewhere: what Google Workspace takes (M157).
const PER_DAY: u32 = 2_000;

/// Where letters go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmissionTarget {
    /// A Maildir on this machine: for rehearsals and for the demo.
    Maildir {
        /// The folder that holds `new/`, `cur/` and `tmp/`.
        folder: PathBuf,
    },
    /// A submission server (RFC 6409).
    Smtp {
        /// The server.
        server: Server,
        /// User and password, where the server wants them.
        login: Option<(String, Secret)>,
        /// Certificate authorities trusted beside those of the system, PEM.
        ca_file: Option<PathBuf>,
        /// The name in EHLO; `None` for the name of the machine.
        hello_name: Option<String>,
        /// Connections at a time (M156).
        connections: u32,
        /// How long an answer may take (M153).
        timeout: Duration,
        /// How long a connection stays open with nothing to send.
        idle: Duration,
    },
    /// A sendmail program on this machine.
    Sendmail {
        /// Its path.
        program: PathBuf,
    },
}

/// Where letters go, and how many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionSettings {
    /// Where.
    pub target: SubmissionTarget,
    /// Letters a minute; `None` for no limit (M156).
    pub per_minute: Option<u32>,
    /// Letters a day; `None` for no limit (M157).
    pub per_day: Option<u32>,
    /// Where failure reports go where the server takes no address of the letter's own (M136); `None` for the desk.
    pub bounce_address: Option<MailAddress>,
}

/// Proves a `[desk.submission]`.
pub fn prove(section: &SubmissionSection, findings: &Findings) -> Option<SubmissionSettings> {
    let choices = [("maildir", &section.maildir), ("smtp", &section.smtp), ("sendmail", &section.sendmail)];
    let chosen = exactly_one(&section.key, &choices, findings);
    let secret = section.password_file.as_ref().map(|written| password(written, findings));
    let ca_file = ca_file(section.ca_file.as_ref(), findings);
    let chosen = chosen?;
    let mut elsewhere = false;
    let target = if section.maildir.is_some() {
        SubmissionTarget::Maildir { folder: maildir(chosen, findings)? }
    } else if section.sendmail.is_some() {
        let program = path_beside(findings, &chosen.value);
        let runs = std::fs::metadata(&program).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0);
        if !runs {
            findings.fault(
                &chosen.key,
                format!("{} is not a program", program.display()),
                "give its path, such as /usr/sbin/sendmail",
            );
            return None;
        }
        SubmissionTarget::Sendmail { program }
    } else {
        let server = server::read(chosen, Protocol::Smtp, section.starttls, findings)?;
        elsewhere = !server.is_loopback();
        let login = match (server.user.clone(), secret) {
            (None, None) => None,
            (Some(user), Some(secret)) => Some((user, secret?)),
            (Some(_), None) => {
                findings.fault(&chosen.key, "names a user and has no password", "name a file with the password in password_file");
                return None;
            }
            (None, Some(_)) => {
                findings.fault(
                    &chosen.key,
                    "has a password and names no user",
                    "write it like smtps://user@mail.voorbeeldzorg.example",
                );
                return None;
            }
        };
        SubmissionTarget::Smtp {
            server,
            login,
            ca_file,
            hello_name: section.hello_name.as_ref().map(|written| written.value.clone()),
            connections: section.connections,
            timeout: section.timeout,
            idle: section.idle,
        }
    };
    // A server on this machine has a queue of its own and its own limits; one elsewhere is a provider.
    let limit = |written: Option<u32>, default: u32| match written {
        Some(0) => None,
        Some(number) => Some(number),
        None => elsewhere.then_some(default),
    };
    Some(SubmissionSettings {
        target,
        per_minute: limit(section.per_minute, PER_MINUTE),
        per_day: limit(section.per_day, PER_DAY),
        bounce_address: section.bounce_address.as_ref().map(|written| written.value.clone()),
    })
}
