//! Where a desk's mail comes from, proved.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::fault::{Findings, Written};
use super::secret;
use super::section::path_beside;
use super::server::{self, Protocol, Server};
use super::settings::RetrievalSection;
use crate::model::Secret;

/// Where handled mail goes when the operator names no folder. People see it in their mail client.
const DONE_FOLDER: &str = "Verwerkt";
/// Where mail goes that a person has to look at.
const QUARANTINE_FOLDER: &str = "Nakijken";

/// A mailbox to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RetrievalSource {
    /// A Maildir on this machine.
    Maildir {
        /// The folder that holds `new/`, `cur/` and `tmp/`.
        folder: PathBuf,
        /// The Maildir of handled mail: `.Verwerkt` within it, unless a path was given.
        done_folder: PathBuf,
        /// The Maildir of mail that a person has to look at: `.Nakijken` within it.
        quarantine_folder: PathBuf,
    },
    /// A folder on an IMAP server.
    Imap {
        /// The server; its `user` is always there.
        server: Server,
        /// Who logs in.
        user: String,
        /// With what.
        password: Secret,
        /// The folder that is read.
        folder: String,
        /// The folder of handled mail, created when absent.
        done_folder: String,
        /// The folder of mail that a person has to look at, created when absent.
        quarantine_folder: String,
        /// Certificate authorities trusted beside those of the system, PEM.
        ca_file: Option<PathBuf>,
        /// How long the server may be silent while an answer is owed (M167).
        read_deadline: Duration,
        /// How often IDLE is renewed (M167).
        idle_renewal: Duration,
    },
}

/// A mailbox and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrievalSettings {
    /// The mailbox.
    pub source: RetrievalSource,
    /// How often to look, beside IDLE (M168).
    pub poll: Duration,
    /// Most mails in one window (M174).
    pub window_mails: usize,
    /// Most bytes in one window.
    pub window_bytes: usize,
}

impl RetrievalSource {
    /// Two desks with the same identity would read each other's mail.
    pub fn identity(&self) -> String {
        match self {
            Self::Maildir { folder, .. } => identity_of(folder),
            Self::Imap { server, user, folder, .. } => format!("{user}@{}:{} {folder}", server.host, server.port),
        }
    }
}

/// One name for a folder, however its path was written.
pub fn identity_of(folder: &Path) -> String {
    folder.canonicalize().unwrap_or_else(|_| folder.components().collect()).display().to_string()
}

/// Exactly one of these keys must be there; more than one, or none, is a fault.
pub fn exactly_one<'w>(
    section: &super::fault::Key,
    choices: &[(&str, &'w Option<Written<String>>)],
    findings: &Findings,
) -> Option<&'w Written<String>> {
    let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
    let mut present = choices.iter().filter_map(|(_, written)| written.as_ref());
    let (first, second) = (present.next(), present.next());
    match (first, second) {
        (Some(only), None) if only.value.is_empty() => {
            findings.fault(&only.key, "is empty", "name a folder or a server");
            None
        }
        (Some(only), None) => Some(only),
        (Some(_), Some(second)) => {
            findings.fault(&second.key, format!("only one of {} can be chosen", names.join(", ")), "leave out the others");
            None
        }
        (None, _) => {
            let mistyped = names.iter().any(|name| findings.knows(&format!("{}.{name}", section.path)));
            if !mistyped {
                findings.fault(
                    section,
                    format!("has none of {}", names.join(", ")),
                    format!("choose one of {}", names.join(", ")),
                );
            }
            None
        }
    }
}

/// A Maildir must be a folder, or not be there yet: the daemon makes it.
pub fn maildir(written: &Written<String>, findings: &Findings) -> Option<PathBuf> {
    let folder = path_beside(findings, &written.value);
    if folder.exists() && !folder.is_dir() {
        findings.fault(
            &written.key,
            format!("{} is not a folder", folder.display()),
            "name the folder that holds new, cur and tmp",
        );
        return None;
    }
    Some(folder)
}

/// A file with certificates in PEM form, if one was named.
pub fn ca_file(written: Option<&Written<PathBuf>>, findings: &Findings) -> Option<PathBuf> {
    let written = written?;
    let shown = written.value.display();
    match std::fs::read_to_string(&written.value) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => return Some(written.value.clone()),
        Ok(_) => findings.fault(&written.key, format!("{shown} holds no certificate"), "give a file in PEM form"),
        Err(error) => findings.fault(&written.key, format!("can not be read: {shown}: {error}"), "name a file in PEM form"),
    }
    None
}

/// The password behind a `password_file`.
pub fn password(written: &Written<String>, findings: &Findings) -> Option<Secret> {
    let beside = path_beside(findings, "");
    let credentials = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    match secret::read(&written.value, &beside, credentials.as_deref()) {
        Ok(secret) => Some(secret),
        Err((what, hint)) => {
            findings.fault(&written.key, what, hint);
            None
        }
    }
}

/// Proves a `[desk.retrieval]`.
pub fn prove(section: &RetrievalSection, findings: &Findings) -> Option<RetrievalSettings> {
    let choices = [("maildir", &section.maildir), ("imap", &section.imap)];
    let chosen = exactly_one(&section.key, &choices, findings);
    let password_written = section.password_file.as_ref();
    let secret = password_written.map(|written| password(written, findings));
    let ca_file = ca_file(section.ca_file.as_ref(), findings);
    let name =
        |written: &Option<Written<String>>, default: &str| written.as_ref().map_or(default.to_owned(), |w| w.value.clone());
    let done = name(&section.done_folder, DONE_FOLDER);
    let quarantine = name(&section.quarantine_folder, QUARANTINE_FOLDER);
    let inbox = name(&section.folder, "INBOX");
    if done == quarantine || done == inbox || quarantine == inbox {
        let key =
            section.quarantine_folder.as_ref().or(section.done_folder.as_ref()).map_or(&section.key, |written| &written.key);
        findings.fault(key, "the folders read, done and quarantine must differ", "give each its own name");
    }
    let chosen = chosen?;
    let source = if section.maildir.is_some() {
        let folder = maildir(chosen, findings)?;
        // Maildir++: a folder within a Maildir is a Maildir whose name begins with a dot.
        let within = |name: &str| {
            if name.contains('/') {
                path_beside(findings, name)
            } else {
                folder.join(format!(".{}", name.trim_start_matches('.')))
            }
        };
        RetrievalSource::Maildir { done_folder: within(&done), quarantine_folder: within(&quarantine), folder }
    } else {
        let server = server::read(chosen, Protocol::Imap, section.starttls, findings)?;
        let Some(user) = server.user.clone() else {
            findings.fault(&chosen.key, "names no user", "write it like imaps://user@mail.voorbeeldzorg.example:993");
            return None;
        };
        let Some(secret) = secret else {
            findings.fault(&chosen.key, "has no password", "name a file with the password in password_file");
            return None;
        };
        RetrievalSource::Imap {
            server,
            user,
            password: secret?,
            folder: inbox,
            done_folder: done,
            quarantine_folder: quarantine,
            ca_file,
            read_deadline: section.read_deadline,
            idle_renewal: section.idle_renewal,
        }
    };
    Some(RetrievalSettings {
        source,
        poll: section.poll,
        window_mails: usize::try_from(section.window_mails).unwrap_or(usize::MAX),
        window_bytes: section.window_bytes,
    })
}
