//! One mail, wherever it lies by now (`wederhoor check --online`).

use super::connection::quoted;
use super::settings::ImapSettings;
use super::{connection, folder};
use crate::model::MessageId;
use crate::retrieval::RetrievalError;

/// The mail with this id, whole, from the folder that is read or from those for handled mail: a daemon may have been
/// quicker. Nothing is changed on the server.
///
/// # Errors
/// What kept us from looking: any [`RetrievalError`].
pub async fn find_mail(settings: &ImapSettings, id: &MessageId) -> Result<Option<Vec<u8>>, RetrievalError> {
    let mut session = connection::open(settings).await?.session;
    let mut mail = None;
    for name in [&settings.folder, &settings.done_folder, &settings.quarantine_folder] {
        let Some(wire_name) = folder::find(&mut session, name).await? else { continue };
        folder::select(&mut session, &wire_name).await?;
        let query = format!("HEADER Message-ID {}", quoted(id.as_str()));
        let result = session.begin().await?.uid_search(query).await;
        let (uids, answer) = session.end(result)?;
        answer.accepted("UID SEARCH")?;
        for uid in uids.into_iter().flatten() {
            session.fetch(&uid.to_string(), "(UID BODY.PEEK[])", |fetch| mail = fetch.body().map(<[u8]>::to_vec)).await?;
        }
        if mail.is_some() {
            break;
        }
    }
    session.logout().await;
    Ok(mail)
}
