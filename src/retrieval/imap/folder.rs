//! Folders: their names on the wire, finding and making them, opening the one that is read.

use std::future::ready;

use async_imap::types::{Flag, NameAttribute};
use data_encoding::BASE64_NOPAD;
use futures_util::TryStreamExt;

use super::connection::quoted;
use super::session::Session;
use crate::retrieval::RetrievalError;

/// The keyword that marks a handled mail where it can not be moved (M169, M170).
pub(super) const HANDLED: &str = "$Mediated";

/// What the server said when the folder was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Opened {
    /// RFC 9051 section 2.3.1.1.
    pub uid_validity: u32,
    /// How many mails it holds.
    pub mails: u32,
    /// M170: whether PERMANENTFLAGS permits our keyword.
    pub keeps_keyword: bool,
}

/// Opens a folder for reading and moving.
pub(super) async fn select(session: &mut Session, wire_name: &str) -> Result<Opened, RetrievalError> {
    let result = session.begin().await?.select(wire_name).await;
    let (folder, answer) = session.end(result)?;
    answer.accepted("SELECT")?;
    if answer.has_code("READ-ONLY") {
        let problem = "the folder may only be read; the user needs the right to move mails out of it";
        return Err(RetrievalError::Protocol(problem.to_owned()));
    }
    let Some((uid_validity, folder)) = folder.and_then(|folder| folder.uid_validity.zip(Some(folder))) else {
        return Err(RetrievalError::Protocol("the server names no UIDVALIDITY for the folder".to_owned()));
    };
    let keeps_keyword = folder.permanent_flags.iter().any(|flag| match flag {
        Flag::MayCreate => true,
        Flag::Custom(keyword) => keyword.eq_ignore_ascii_case(HANDLED),
        _ => false,
    });
    Ok(Opened { uid_validity, mails: folder.exists, keeps_keyword })
}

/// The wire name of a folder that exists, or `None`. Servers that keep all folders below INBOX (Courier,
/// some Dovecot) are found out by trying.
pub(super) async fn find(session: &mut Session, name: &str) -> Result<Option<String>, RetrievalError> {
    for candidate in candidates(session, name).await? {
        if !list(session, &candidate).await?.is_empty() {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// The wire name of a folder, which is made and subscribed to where it is absent.
pub(super) async fn find_or_make(session: &mut Session, name: &str) -> Result<String, RetrievalError> {
    if let Some(found) = find(session, name).await? {
        return Ok(found);
    }
    let mut refusal = None;
    for candidate in candidates(session, name).await? {
        let result = session.begin().await?.create(&candidate).await;
        let (_, answer) = session.end(result)?;
        if answer.accepted("CREATE").is_ok() || answer.has_code("ALREADYEXISTS") {
            // Without it most mail clients do not show the folder; a refusal changes nothing for us.
            let result = session.begin().await?.subscribe(&candidate).await;
            session.end(result)?;
            return Ok(candidate);
        }
        refusal.get_or_insert(answer);
    }
    Err(refusal.map_or_else(
        || RetrievalError::Protocol(format!("no folder can be named {name}")),
        |answer| answer.refusal("making the folder for handled mail"),
    ))
}

/// M172: the name with the server's own separator, at the top and below INBOX.
async fn candidates(session: &mut Session, name: &str) -> Result<Vec<String>, RetrievalError> {
    if name.eq_ignore_ascii_case("INBOX") {
        return Ok(vec!["INBOX".to_owned()]);
    }
    let delimiter = list(session, "INBOX").await?.into_iter().next().flatten().unwrap_or_else(|| "/".to_owned());
    let top = modified_utf7(&name.replace('/', &delimiter));
    let below = format!("INBOX{delimiter}{top}");
    Ok(if top.starts_with(&format!("INBOX{delimiter}")) { vec![top] } else { vec![top, below] })
}

/// The delimiters of the folders with exactly this name that can be opened.
async fn list(session: &mut Session, wire_name: &str) -> Result<Vec<Option<String>>, RetrievalError> {
    let mut found = Vec::new();
    let result = match session.begin().await?.list(None, Some(&quoted(wire_name))).await {
        Ok(names) => {
            let noting = names.try_for_each(|name| {
                if !name.attributes().iter().any(can_not_be_opened) {
                    found.push(name.delimiter().map(str::to_owned));
                }
                ready(Ok(()))
            });
            noting.await
        }
        Err(error) => Err(error),
    };
    session.end(result)?.1.accepted("LIST")?;
    Ok(found)
}

/// RFC 9051 section 7.3.1.
fn can_not_be_opened(attribute: &NameAttribute<'_>) -> bool {
    match attribute {
        NameAttribute::NoSelect => true,
        NameAttribute::Extension(word) => word.eq_ignore_ascii_case("\\NonExistent"),
        _ => false,
    }
}

/// RFC 3501 section 5.1.3: printable ASCII as it is, `&` as `&-`, the rest as base64 of UTF-16.
fn modified_utf7(name: &str) -> String {
    let mut wire = String::with_capacity(name.len());
    let mut foreign: Vec<u8> = Vec::new();
    for character in name.chars() {
        if matches!(character, ' '..='~') {
            close(&mut wire, &mut foreign);
            wire.push(character);
            if character == '&' {
                wire.push('-');
            }
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                foreign.extend(unit.to_be_bytes());
            }
        }
    }
    close(&mut wire, &mut foreign);
    wire
}

fn close(wire: &mut String, foreign: &mut Vec<u8>) {
    if !foreign.is_empty() {
        wire.push('&');
        wire.push_str(&BASE64_NOPAD.encode(foreign).replace('/', ","));
        wire.push('-');
        foreign.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_travel_in_modified_utf7() {
        for (name, wire) in [
            ("Entwürfe", "Entw&APw-rfe"),
            ("Verwijderde items", "Verwijderde items"),
            ("a&b", "a&-b"),
            ("INBOX.x", "INBOX.x"),
            ("台北", "&U,BTFw-"),
            ("😀", "&2D3eAA-"),
        ] {
            assert_eq!(modified_utf7(name), wire);
        }
    }
}
