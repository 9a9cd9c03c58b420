//! A short visit, to tell an operator whether the mailbox can be used (`wederhoor check --online`).

use super::filing::WayOfFiling;
use super::settings::ImapSettings;
use super::{connection, folder};
use crate::retrieval::RetrievalError;

/// What was found. Nothing was made or changed on the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImapProbe {
    /// The capabilities after the login, in capitals.
    pub capabilities: Vec<String>,
    /// How many mails lie in the folder that would be read; `None` where it does not exist.
    pub waiting: Option<u32>,
    /// Whether the done folder exists already; if not, it will be made.
    pub done_folder_exists: bool,
    /// Whether the quarantine folder exists already; if not, it will be made.
    pub quarantine_folder_exists: bool,
    /// How handled mails would be filed; `None` where the folder does not exist.
    pub way_of_filing: Option<WayOfFiling>,
    /// Whether the server reports new mail by itself (IDLE); if not, the folder is searched from time to time.
    pub reports_new_mail: bool,
}

/// Connects, logs in, looks, and leaves.
///
/// # Errors
/// What kept us from looking: any [`RetrievalError`].
pub async fn probe(settings: &ImapSettings) -> Result<ImapProbe, RetrievalError> {
    let mut session = connection::open(settings).await?.session;
    let opened = match folder::find(&mut session, &settings.folder).await? {
        Some(wire_name) => Some(folder::select(&mut session, &wire_name).await?),
        None => None,
    };
    let found = ImapProbe {
        capabilities: session.capabilities().map(str::to_owned).collect(),
        waiting: opened.map(|opened| opened.mails),
        done_folder_exists: folder::find(&mut session, &settings.done_folder).await?.is_some(),
        quarantine_folder_exists: folder::find(&mut session, &settings.quarantine_folder).await?.is_some(),
        way_of_filing: opened.map(|opened| WayOfFiling::of(&session, opened.keeps_keyword)),
        reports_new_mail: session.can("IDLE"),
    };
    session.logout().await;
    Ok(found)
}
