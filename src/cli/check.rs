//! `wederhoor check`: the configuration, the letters and the database, all faults at once.

mod online;

use std::path::Path;

use super::output::{self, Failure};
use super::{exit, run};
use crate::clock::{Clock as _, SystemClock};
use crate::composition::Composer;
use crate::config::{self, Validated};
use crate::daemon::{DeskSetup, Setup, SystemDns, own_letters};
use crate::retrieval::imap;

/// Proves everything that can be proved without another machine; `online` asks the mail servers as well.
pub(super) fn check(file: &Path, online: bool) -> Result<(), Failure> {
    let configuration = match config::load(file) {
        Ok(configuration) => configuration,
        Err(faults) => {
            for fault in &faults {
                output::line(&fault.to_string())?;
            }
            return Err(Failure::new(exit::CONFIGURATION, format!("{} faults", faults.len())));
        }
    };
    for remark in &configuration.remarks {
        output::line(&format!("note: {remark}"))?;
    }
    let mut faults = letters(&configuration);
    run::runtime()?.block_on(async {
        // The database of a desk may be made by this; it holds nothing yet, and `run` would make it the same.
        match Setup::open(&configuration, std::sync::Arc::new(SystemClock)).await {
            Ok(setup) => {
                if online {
                    let dns = SystemDns::default();
                    for desk in &setup.desks {
                        let before = faults.len();
                        faults.extend(mail_servers(desk).await);
                        // A server that refuses us is told once.
                        if faults.len() == before {
                            faults.extend(online::faults_of(desk, &dns, SystemClock.now()).await);
                        }
                    }
                }
                setup.store.close().await;
            }
            Err(error) => faults.push(format!("{}: store.url: {error}", file.display())),
        }
    });
    if faults.is_empty() {
        return output::line(&format!("{}: all is well", file.display()));
    }
    for fault in &faults {
        output::line(fault)?;
    }
    Err(Failure::new(exit::CONFIGURATION, format!("{} faults", faults.len())))
}

fn letters(configuration: &Validated) -> Vec<String> {
    let mut faults = Vec::new();
    for desk in &configuration.desks {
        let own = match desk.templates.as_deref().map(own_letters).transpose() {
            Ok(own) => own,
            Err(error) => {
                faults.push(format!("{}: the folder with its own letters can not be read: {error}", desk.key.as_str()));
                continue;
            }
        };
        if let Err(found) = Composer::proven(own.as_ref()) {
            faults.extend(found.iter().map(|fault| format!("{}: {fault}", desk.key.as_str())));
        }
    }
    faults
}

/// Logs in to the mailbox and to the submission server, and leaves again.
async fn mail_servers(desk: &DeskSetup) -> Vec<String> {
    let key = desk.desk.key().as_str();
    let mut faults = Vec::new();
    match desk.imap_settings() {
        Some(settings) => match imap::probe(&settings).await {
            Ok(found) if found.waiting.is_none() => {
                faults.push(format!("{key}: retrieval: the folder {} does not exist", settings.folder));
            }
            Ok(found) => {
                let idle = if found.reports_new_mail { "reports new mail" } else { "is searched from time to time" };
                let _ = output::line(&format!(
                    "{key}: retrieval: logged in; {} mails wait; the mailbox {idle}",
                    found.waiting.unwrap_or(0)
                ));
            }
            Err(error) => faults.push(format!("{key}: retrieval: {error}")),
        },
        None => {
            if let Err(error) = desk.open_mailbox().await {
                faults.push(format!("{key}: retrieval: {error}"));
            }
        }
    }
    match desk.open_submission().connect().await {
        Ok(connection) => {
            connection.close().await;
            let _ = output::line(&format!("{key}: submission: logged in"));
        }
        Err(error) => faults.push(format!("{key}: submission: {error}")),
    }
    faults
}
