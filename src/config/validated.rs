//! The configuration as proved. Nothing behind it needs to doubt a value again.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use super::desk::{self, Connections, Desk};
use super::fault::{Fault, Findings, Key, Written};
use super::retrieval::identity_of;
use super::settings::{DeskSettings, Settings};
use super::store::{self, StoreLocation};
use super::submission::SubmissionTarget;
use crate::model::{Instant, MailAddress};

/// A configuration in which nothing is wrong.
#[derive(Clone, Debug)]
pub struct Validated {
    /// The file it came from.
    pub file: PathBuf,
    /// Whether `--at` may set the clock.
    pub rehearsal: bool,
    /// The database.
    pub store: StoreLocation,
    /// Who hears when the daemon itself needs a person; `None` leaves it to the log and `/healthz`.
    pub operator: Option<MailAddress>,
    /// Where `/healthz` and `/metrics` are served; always a loopback address.
    pub listen: Option<SocketAddr>,
    /// The desks, in the order of the file; at least one.
    pub desks: Vec<Desk>,
    /// What the operator should know although nothing is wrong.
    pub remarks: Vec<Fault>,
}

/// Proves settings against each other and against the machine.
pub fn prove(settings: &Settings, now: Instant, findings: &Findings) -> Option<Validated> {
    let store = settings.store_url.as_ref().and_then(|url| store::prove(url, settings.store_password_file.as_ref(), findings));
    if let Some(listen) = &settings.listen
        && !listen.value.ip().is_loopback()
    {
        let hint = "write 127.0.0.1 or [::1]; put a proxy before it if another machine must read it";
        findings.fault(&listen.key, "is not a loopback address, and what is served there is for nobody else", hint);
    }
    if let Some(folder) = &settings.regimes
        && !folder.value.is_dir()
    {
        findings.fault(&folder.key, format!("{} is not a folder", folder.value.display()), "make it, or leave the key out");
    }
    let regimes = settings.regimes.as_ref().map(|folder| folder.value.as_path());
    let connections: Vec<Connections> = settings.desks.iter().map(|desk| desk::connections(desk, findings)).collect();
    mailboxes(&settings.desks, &connections, findings);
    let desks = settings.desks.iter().zip(connections);
    let proved: Vec<Option<Desk>> =
        desks.map(|(desk, connections)| desk::prove(desk, connections, regimes, now, findings)).collect();
    if settings.desks.is_empty() && !findings.knows("desk") {
        let key = Key { path: "desk".to_owned(), line: None };
        findings.fault(&key, "there is no desk", "add [[desk]] with name, address, regime, phone and hours");
    }
    addresses(settings, findings);
    if settings.operator.is_none() && !findings.knows("operator.address") {
        let key = Key { path: "operator.address".to_owned(), line: None };
        // M178: a lost login must be told by another way than the mailbox that was lost.
        findings.remark(
            &key,
            "nobody is told when a mailbox can not be reached",
            "add [operator] with an address outside the desks",
        );
    }
    if !findings.is_clean() {
        return None;
    }
    Some(Validated {
        file: findings.file().to_owned(),
        rehearsal: settings.rehearsal,
        store: store?,
        operator: settings.operator.as_ref().map(|address| address.value.clone()),
        listen: settings.listen.as_ref().map(|listen| listen.value),
        desks: proved.into_iter().collect::<Option<_>>()?,
        remarks: findings.take_remarks(),
    })
}

/// Every address belongs to one desk only, and no desk's address is a person's: two machines that write to
/// each other would never stop (M10).
fn addresses(settings: &Settings, findings: &Findings) {
    let mut owner: HashMap<String, String> = HashMap::new();
    for desk in &settings.desks {
        for address in desk.address.iter().chain(&desk.aliases) {
            if let Some(other) = owner.get(&address.value.comparable()) {
                findings.fault(&address.key, format!("is an address of {other} already"), "each desk reads addresses of its own");
            } else {
                owner.insert(address.value.comparable(), desk.key.path.clone());
            }
        }
    }
    let is_a_desk = |address: &Written<MailAddress>, hint: &str| {
        if let Some(desk) = owner.get(&address.value.comparable()) {
            findings.fault(&address.key, format!("is the address of {desk}, so the desk would write to itself"), hint);
        }
    };
    for officer in settings.desks.iter().flat_map(|desk| &desk.officers) {
        for address in officer.address.iter().chain(&officer.aliases) {
            is_a_desk(address, "give the officer's own address");
        }
    }
    if let Some(operator) = &settings.operator {
        is_a_desk(operator, "give an address that still works when a desk's mailbox does not (M178)");
    }
}

/// No mailbox is read twice, and no desk reads what a desk sends.
fn mailboxes(written: &[DeskSettings], proved: &[Connections], findings: &Findings) {
    let mut reader: HashMap<String, &str> = HashMap::new();
    for (desk, connections) in written.iter().zip(proved) {
        let key = desk.retrieval.as_ref().and_then(|section| section.maildir.as_ref().or(section.imap.as_ref()));
        let (Some(key), Some(retrieval)) = (key, &connections.retrieval) else { continue };
        let identity = retrieval.source.identity();
        if let Some(other) = reader.get(&identity) {
            findings.fault(&key.key, format!("is the mailbox of {other} already"), "give each desk a mailbox of its own");
        } else {
            reader.insert(identity, &desk.key.path);
        }
    }
    for (desk, connections) in written.iter().zip(proved) {
        let key = desk.submission.as_ref().and_then(|section| section.maildir.as_ref());
        let (Some(key), Some(submission)) = (key, &connections.submission) else { continue };
        if let SubmissionTarget::Maildir { folder } = &submission.target
            && let Some(other) = reader.get(&identity_of(folder))
        {
            let what = format!("is the mailbox that {other} reads, so the desk would answer itself");
            findings.fault(&key.key, what, "send into another folder");
        }
    }
}
