//! `wederhoor export` and `wederhoor erase`: the whole file of a case, handed out or forgotten (AVG articles 15
//! and 17; row 45).

use std::path::Path;

use super::output::{self, Failure};
use super::{cases, exit};
use crate::clock::{Clock, SystemClock};
use crate::mediation::{Actor, Case, JournalEntry, Reason, retention};
use crate::model::CaseNumber;
use crate::store::{CaseChange, Committed, Store, UnitOfWork};

fn number_of(text: &str) -> Result<CaseNumber, Failure> {
    text.parse().map_err(|error| Failure::new(exit::USAGE, format!("{error}")))
}

/// Writes a case, its mails and its letters into a folder that is not there yet.
///
/// The folder holds what every party wrote. Somebody who asks for access gets the part that is about them; an
/// officer takes out the rest (domain.md section 2.4).
pub(super) fn export(config: &Path, number: &str, folder: &Path) -> Result<(), Failure> {
    let number = number_of(number)?;
    super::run::with_zones(config, async |store, zones| {
        let object = cases::whole(store, zones, number).await?;
        let failed = |error| Failure::store(&error);
        std::fs::create_dir(folder).map_err(|error| Failure::io(&error))?;
        let write = |name: String, bytes: &[u8]| std::fs::write(folder.join(name), bytes).map_err(|error| Failure::io(&error));
        write("case.json".to_owned(), serde_json::to_string_pretty(&object).unwrap_or_default().as_bytes())?;
        for (place, mail) in store.mails_of_case(Some(number)).await.map_err(failed)?.iter().enumerate() {
            write(format!("mail-{:03}.eml", place + 1), &mail.record.raw)?;
        }
        for (place, stored) in store.letters_of_case(number).await.map_err(failed)?.iter().enumerate() {
            write(format!("letter-{:03}-{}.eml", place + 1, stored.letter.kind.template()), &stored.letter.bytes)?;
        }
        output::line(&format!("{number} lies in {}. It holds the words of every party.", folder.display()))
    })
}

/// Forgets everything about people in a closed case. What stays are days, codes and figures.
pub(super) fn erase(config: &Path, number: &str, sure: bool, despite_hold: bool) -> Result<(), Failure> {
    let number = number_of(number)?;
    if !sure {
        let words = format!("this can not be undone: mails, letters and names of {number} are gone for ever; say --yes");
        return Err(Failure::new(exit::USAGE, words));
    }
    super::run::with_store(config, async |store| {
        forget(store, number, despite_hold).await?;
        output::line(&format!("{number} is anonymised. Backups made before today still hold it."))
    })
}

async fn forget(store: &dyn Store, number: CaseNumber, despite_hold: bool) -> Result<(), Failure> {
    let failed = |error| Failure::store(&error);
    let mut cases = store.cases(&[number]).await.map_err(failed)?;
    let Some(found) = cases.remove(&number) else {
        return Err(Failure::new(exit::NO_INPUT, format!("there is no case {number}")));
    };
    // I10: an open case would go on with nobody in it.
    if found.case.phase.is_open() {
        return Err(Failure::new(exit::USAGE, format!("{number} is open; an officer closes it first")));
    }
    if let Some(flag) = retention::held_by(&found.case).filter(|_| !despite_hold) {
        let words = format!("{number} is held by the flag {}; an officer clears it, or say --despite-hold", flag.code());
        return Err(Failure::new(exit::USAGE, words));
    }
    let now = SystemClock.now();
    let line = |entry| JournalEntry { at: now, actor: Actor::Desk, reason: Reason::ErasedOnRequest, entry };
    let entries: Vec<JournalEntry> = retention::erasing(&found.case).into_iter().map(line).collect();
    let after = entries.iter().fold(found.case, Case::evolve);
    let change = CaseChange { decided_on: found.version, entries, after };
    let unit = UnitOfWork { case: Some(change), ..UnitOfWork::default() };
    match store.commit(&[unit], now).await.map_err(failed)?.first() {
        Some(Committed::Recorded) => Ok(()),
        _ => Err(Failure::new(exit::TEMPORARY, "the case changed just now; try again")),
    }
}
