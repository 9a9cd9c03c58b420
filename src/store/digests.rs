//! What the officers' morning lists ask of the database.

use std::collections::{BTreeMap, HashMap};

use super::case_rows::case_of;
use super::encoding::{from_json, parse};
use super::error::Fault;
use super::session::Value;
use super::{CaseFilter, DigestRecord, LastDigest, SqlStore, reading, statements};
use crate::mediation::Case;
use crate::model::{CaseNumber, DeskKey, Instant, MailAddress};

/// The key of a morning, as the database holds it.
pub(super) fn key(digest: &DigestRecord) -> [String; 3] {
    [digest.desk.as_str().to_owned(), digest.officer.comparable(), digest.day.to_string()]
}

/// See [`super::Store::last_digests`].
pub(super) async fn last(
    store: &SqlStore,
    desk: &DeskKey,
    officers: &[MailAddress],
) -> Result<HashMap<String, LastDigest>, Fault> {
    let wanted = officers.iter().flat_map(|officer| [Value::from(desk.as_str()), officer.comparable().into()]).collect();
    let mut found = HashMap::new();
    for row in store.read().await?.fetch_rows(&statements::LAST_DIGESTS, wanted, []).await? {
        let last = LastDigest { day: parse("day", row.text(1)?)?, calendar: from_json("calendar", row.text(2)?)? };
        found.insert(row.text(0)?.to_owned(), last);
    }
    Ok(found)
}

/// See [`super::Store::cases_for_digest`].
pub(super) async fn cases(
    store: &SqlStore,
    desk: &DeskKey,
    answered_since: Instant,
    clocks_until: Instant,
) -> Result<Vec<Case>, Fault> {
    let open = CaseFilter { desk: Some(desk.clone()), open_only: true, ..CaseFilter::default() };
    let mut cases: BTreeMap<CaseNumber, Case> =
        reading::list_cases(store, &open).await?.into_iter().map(|case| (case.number, case)).collect();
    let mut session = store.read().await?;
    let answered = session.fetch(&statements::ANSWERED_SINCE, [answered_since.into(), desk.as_str().into()]).await?;
    let with_clocks = session.fetch(&statements::CLOSED_WITH_CLOCKS, [desk.as_str().into(), clocks_until.into()]).await?;
    for row in answered.iter().chain(&with_clocks) {
        let case = case_of(row.text(0)?)?;
        cases.insert(case.number, case);
    }
    Ok(cases.into_values().collect())
}
