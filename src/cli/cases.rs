//! `wederhoor cases` and `wederhoor case NUMBER`.

use std::path::Path;

use super::case_json::Zones;
use super::output::{self, Failure};
use super::{case_json, exit};
use crate::mediation::Case;
use crate::model::{CaseNumber, DeskKey, MailAddress};
use crate::store::{CaseFilter, Store};

/// Cases read from the store at a time: a list of a million cases is not held in memory.
const PAGE: u32 = 500;

/// Lists cases, oldest first.
pub(super) fn list(config: &Path, json: bool, desk: Option<&str>, open_only: bool) -> Result<(), Failure> {
    let desk = desk.map(|text| text.parse::<MailAddress>().map(|address| DeskKey::of(&address))).transpose().map_err(|_| {
        Failure::new(exit::USAGE, "--desk takes the address of a desk, for instance klachten@voorbeeldzorg.example")
    })?;
    super::run::with_zones(config, async |store, zones| {
        let mut filter = CaseFilter { desk, open_only, after: None, limit: PAGE };
        loop {
            let page = store.list_cases(&filter).await.map_err(|error| Failure::store(&error))?;
            for case in &page {
                output::line(&if json {
                    serde_json::Value::Object(case_json::case(case, zones)).to_string()
                } else {
                    row(case, zones)
                })?;
            }
            match page.last() {
                Some(last) if page.len() == PAGE as usize => filter.after = Some(last.number),
                Some(_) | None => return Ok(()),
            }
        }
    })
}

/// One line for a person: number, state, received, next clock, follow-up.
fn row(case: &Case, zones: &Zones) -> String {
    let next = zones.due(case).min_by_key(|(_, at)| *at);
    let due = next.map_or_else(|| "-".to_owned(), |(timer, at)| format!("{} {}", timer.code(), at.format("%Y-%m-%d")));
    format!(
        "{:<10} {:<16} received {}  due {:<26} follow-up {}",
        case.number.to_string(),
        case.phase.code(),
        case.received_at.format("%Y-%m-%d"),
        due,
        case.follow_up.code()
    )
}

/// Shows one case with everything that happened on it.
pub(super) fn show(config: &Path, number: &str, json: bool) -> Result<(), Failure> {
    let number: CaseNumber = number.parse().map_err(|error| Failure::new(exit::USAGE, format!("{error}")))?;
    super::run::with_zones(config, async |store, zones| {
        let object = whole(store, zones, number).await?;
        if json {
            return output::line(&serde_json::Value::Object(object).to_string());
        }
        output::line(&serde_json::to_string_pretty(&object).unwrap_or_default())
    })
}

/// One case with everything that is kept of it.
pub(super) async fn whole(
    store: &dyn Store,
    zones: &Zones,
    number: CaseNumber,
) -> Result<serde_json::Map<String, serde_json::Value>, Failure> {
    let failed = |error| Failure::store(&error);
    let mut cases = store.cases(&[number]).await.map_err(failed)?;
    let Some(found) = cases.remove(&number) else {
        return Err(Failure::new(exit::NO_INPUT, format!("there is no case {number}")));
    };
    let journal = store.journal(number).await.map_err(failed)?;
    let letters = store.letters_of_case(number).await.map_err(failed)?;
    let mails = store.mails_of_case(Some(number)).await.map_err(failed)?;
    Ok(case_json::whole_case(&found.case, zones, &journal, &letters, &mails))
}
