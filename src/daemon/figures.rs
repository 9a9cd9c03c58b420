//! The figures of a desk, read from the store page by page.

use chrono_tz::Tz;

use crate::mediation::command::Period;
use crate::mediation::report::Tally;
use crate::model::{CaseNumber, DeskKey};
use crate::store::{CaseFilter, Store, StoreError};

/// Cases in memory at a time.
const PAGE: u32 = 500;

/// Counts every case of a desk, which has these units, that came in during the period. Reads nothing that is older than the period before it.
pub async fn tally(store: &dyn Store, desk: &DeskKey, period: Period, zone: Tz, units: &[String]) -> Result<Tally, StoreError> {
    let mut tally = Tally::new(period, zone, units);
    // A complaint can be registered after it came in, and so have a later number, but never an earlier one than the year
    // in which it came in.
    let first_year = period.before().and_then(Period::bounds).map_or(1000, |(first, _)| chrono::Datelike::year(&first));
    let before = u16::try_from(first_year - 1).ok().and_then(CaseNumber::last_of);
    let mut filter = CaseFilter { desk: Some(desk.clone()), open_only: false, after: before, limit: PAGE };
    loop {
        let page = store.list_cases(&filter).await?;
        // One query for a page: an officer's `#rapport` is answered while mails of others wait.
        let counted: Vec<CaseNumber> = page.iter().filter(|case| tally.holds(case)).map(|case| case.number).collect();
        let journals = store.journals(&counted).await?;
        for case in &page {
            tally.add(case, journals.get(&case.number).map_or(&[], Vec::as_slice));
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => filter.after = Some(last.number),
            Some(_) | None => return Ok(tally),
        }
    }
}
