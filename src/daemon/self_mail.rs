//! A mail of a desk to itself, to learn what its mail server does to mail (`wederhoor check --online`; M60, M75).

use std::time::{Duration, SystemTime};

use rand::RngExt;

use super::dkim;
use super::dns::DomainRecords;
use super::setup::DeskSetup;
use crate::composition::{forged_mark, trial_mail};
use crate::config::{RetrievalSource, SubmissionTarget};
use crate::mediation::Fresh;
use crate::message::{ServerWord, has_detail, word_of_server};
use crate::model::{Instant, MailAddress, MessageId, Token};
use crate::retrieval::{RetrievalError, imap, maildir};

/// How often the mailbox is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What became of the mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SelfMail {
    /// Letters of this desk go into a folder, so nothing could come back.
    NotTried,
    /// The server did not take it: its words.
    Refused(String),
    /// It went, and did not come in time.
    Lost {
        /// Whether a mail to the address without anything behind it did come: then the server drops addresses with a
        /// detail (M60).
        plain_came: bool,
    },
    /// It came.
    Came {
        /// Whether the address of the case still stood in it (M59, M60).
        kept_detail: bool,
        /// What the server said about it whose word the desk believes, where it believes one (M75).
        word: Option<ServerWord>,
        /// Whether it bore a signature of the desk's domain that the keys in the DNS prove.
        is_signed: bool,
    },
}

/// Writes to the desk itself, at an address such as its cases have, and looks for the mail for as long as `patience`.
/// Nothing is left to clean up: the daemon files the mail as its own (M11).
///
/// # Errors
/// What kept us from looking into the mailbox.
pub async fn write_to_itself(
    desk: &DeskSetup,
    dns: &dyn DomainRecords,
    now: Instant,
    patience: Duration,
) -> Result<SelfMail, RetrievalError> {
    if matches!(desk.submission.target, SubmissionTarget::Maildir { .. }) {
        return Ok(SelfMail::NotTried);
    }
    let facts = &desk.desk.facts;
    let token = Token::from_random(rand::rng().random());
    let Ok(address) = facts.address.with_detail(facts.separator, &token.to_string()) else {
        return Ok(SelfMail::Refused(format!("{} has no room for the sign of a case", facts.address)));
    };
    // A minute for a file system whose clock is not quite ours.
    let began = SystemTime::from(now - chrono::TimeDelta::minutes(1));
    let id = match send(desk, &address, token, now).await {
        Ok(id) => id,
        Err(words) => return Ok(SelfMail::Refused(words)),
    };
    if let Some(raw) = wait_for(desk, &id, began, patience).await? {
        let word = authserv_id(desk).map(|server| word_of_server(&raw, server, &forged_mark(token)));
        let is_signed = dkim::is_signed(&raw, &facts.address, dns).await;
        return Ok(SelfMail::Came { kept_detail: has_detail(&raw, &address), word, is_signed });
    }
    let plain_came = match send(desk, &facts.address, Token::from_random(rand::rng().random()), now).await {
        Ok(id) => wait_for(desk, &id, began, patience).await?.is_some(),
        Err(_) => false,
    };
    Ok(SelfMail::Lost { plain_came })
}

/// The name of the server whose word is believed.
fn authserv_id(desk: &DeskSetup) -> Option<&str> {
    let authentication = desk.desk.authentication.as_ref()?;
    authentication.server.as_ref().map(|server| server.id.as_str())
}

async fn send(desk: &DeskSetup, to: &MailAddress, token: Token, now: Instant) -> Result<MessageId, String> {
    let letter = Fresh::from_seed(rand::rng().random(), now).letter();
    let mail = trial_mail(&desk.desk.facts, to, (token, letter), authserv_id(desk), now).map_err(|error| error.to_string())?;
    let id = mail.message_id.clone();
    desk.open_submission().try_out(mail).await.map(|()| id)
}

/// A server that is away for one look may be there at the next; what it said is told at the end.
async fn wait_for(
    desk: &DeskSetup,
    id: &MessageId,
    since: SystemTime,
    patience: Duration,
) -> Result<Option<Vec<u8>>, RetrievalError> {
    let until = tokio::time::Instant::now() + patience;
    loop {
        let found = look(desk, id, since).await;
        match found {
            Ok(None) if tokio::time::Instant::now() < until => {}
            Err(error) if error.is_temporary() && tokio::time::Instant::now() < until => {}
            Ok(_) | Err(_) => return found,
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn look(desk: &DeskSetup, id: &MessageId, since: SystemTime) -> Result<Option<Vec<u8>>, RetrievalError> {
    match (&desk.retrieval.source, desk.imap_settings()) {
        (RetrievalSource::Maildir { folder, done_folder, quarantine_folder }, _) => {
            let folders = vec![folder.clone(), done_folder.clone(), quarantine_folder.clone()];
            maildir::find_mail(folders, id.as_str().to_owned(), since).await
        }
        (RetrievalSource::Imap { .. }, Some(settings)) => imap::find_mail(&settings, id).await,
        (RetrievalSource::Imap { .. }, None) => Ok(None),
    }
}
