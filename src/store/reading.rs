//! What the daemon and the command line ask: cases, journals, clocks, counts.

use std::collections::{HashMap, HashSet};

use super::case_rows::case_of;
use super::encoding::{case_number, content_key, from_json, from_word, journal_entry, mail, number, parse};
use super::error::{Fault, StoreError};
use super::session::{Row, Value};
use super::{Backlog, CaseFilter, DueTimer, SqlStore, StoredMail, Versioned, statements};
use crate::mediation::{Case, JournalEntry};
use crate::model::{Capability, CaseNumber, ContentKey, DeskKey, Instant, Token};

fn names(desks: &[DeskKey]) -> Vec<Value> {
    desks.iter().map(|desk| Value::from(desk.as_str())).collect()
}

/// See [`super::Store::known_content`].
pub(super) async fn known_content(store: &SqlStore, keys: &[ContentKey]) -> Result<HashSet<ContentKey>, Fault> {
    let wanted = keys.iter().map(|key| Value::from(key.0.as_slice())).collect();
    let rows = store.read().await?.fetch_rows(&statements::KNOWN_CONTENT, wanted, []).await?;
    rows.iter().map(|row| content_key(row, 0)).collect()
}

/// See [`super::Store::capabilities`].
pub(super) async fn capabilities(store: &SqlStore, tokens: &[Token]) -> Result<HashMap<Token, Capability>, Fault> {
    let wanted = tokens.iter().map(|token| Value::from(token.to_string())).collect();
    let mut known = HashMap::new();
    for row in store.read().await?.fetch_rows(&statements::CAPABILITIES, wanted, []).await? {
        let token = parse("token", row.text(0)?)?;
        let capability = Capability {
            token,
            case: case_number(row.int(1)?)?,
            holder: from_json("holder", row.text(2)?)?,
            audience: from_json("audience", row.text(3)?)?,
        };
        known.insert(token, capability);
    }
    Ok(known)
}

/// See [`super::Store::cases`].
pub(super) async fn cases(store: &SqlStore, numbers: &[CaseNumber]) -> Result<HashMap<CaseNumber, Versioned>, Fault> {
    let wanted = numbers.iter().map(|number| Value::from(number.database_key())).collect();
    let mut found = HashMap::new();
    for row in store.read().await?.fetch_rows(&statements::CASES, wanted, []).await? {
        let case = case_of(row.text(1)?)?;
        found.insert(case.number, Versioned { version: number("version", row.int(0)?)?, case });
    }
    Ok(found)
}

/// See [`super::Store::automatic_answers`].
pub(super) async fn automatic_answers(store: &SqlStore, keys: &[String], since: Instant) -> Result<HashMap<String, u32>, Fault> {
    let wanted: HashSet<&str> = keys.iter().map(String::as_str).collect();
    let wanted = wanted.into_iter().map(Value::from).collect();
    let mut counts: HashMap<String, u32> = keys.iter().map(|key| (key.clone(), 0)).collect();
    for row in store.read().await?.fetch_rows(&statements::COUNT_ANSWERS, wanted, [since.into()]).await? {
        counts.insert(row.text(0)?.to_owned(), number("number of answers", row.int(1)?)?);
    }
    Ok(counts)
}

/// See [`super::Store::due_timers`].
pub(super) async fn due_timers(store: &SqlStore, desks: &[DeskKey], now: Instant, limit: u32) -> Result<Vec<DueTimer>, Fault> {
    let others = [now.into(), i64::from(limit).into()];
    let mut due = Vec::new();
    for row in store.read().await?.fetch_rows(&statements::DUE_TIMERS, names(desks), others).await? {
        due.push(DueTimer { case: case_number(row.int(0)?)?, timer: from_word("timer", row.text(1)?)?, due_at: row.instant(2)? });
    }
    // Many desks are asked for in several parts.
    due.sort_by_key(|timer| (timer.due_at, timer.case, timer.timer));
    due.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(due)
}

/// See [`super::Store::next_timer_at`].
pub(super) async fn next_timer_at(store: &SqlStore, desks: &[DeskKey]) -> Result<Option<Instant>, Fault> {
    let rows = store.read().await?.fetch_rows(&statements::NEXT_TIMER, names(desks), []).await?;
    let moments: Vec<_> = rows.iter().map(|row| row.opt_instant(0)).collect::<Result<_, _>>()?;
    Ok(moments.into_iter().flatten().min())
}

/// See [`super::Store::list_cases`].
pub(super) async fn list_cases(store: &SqlStore, filter: &CaseFilter) -> Result<Vec<Case>, Fault> {
    let after = Value::from(filter.after.map_or(0, CaseNumber::database_key));
    let limit = Value::from(if filter.limit == 0 { i64::MAX } else { i64::from(filter.limit) });
    let mut session = store.read().await?;
    let rows = match (&filter.desk, filter.open_only) {
        (None, false) => session.fetch(&statements::LIST_CASES, [after, limit]).await?,
        (None, true) => session.fetch(&statements::LIST_OPEN_CASES, [after, limit]).await?,
        (Some(desk), false) => session.fetch(&statements::LIST_CASES_OF_DESK, [after, desk.as_str().into(), limit]).await?,
        (Some(desk), true) => session.fetch(&statements::LIST_OPEN_CASES_OF_DESK, [after, desk.as_str().into(), limit]).await?,
    };
    rows.iter().map(|row| Ok(case_of(row.text(0)?)?)).collect()
}

/// See [`super::Store::journal`].
pub(super) async fn journal(store: &SqlStore, case: CaseNumber) -> Result<Vec<JournalEntry>, Fault> {
    let rows = store.read().await?.fetch(&statements::JOURNAL, [case.database_key().into()]).await?;
    rows.iter().map(journal_entry).collect()
}

/// See [`super::Store::journals`].
pub(super) async fn journals(store: &SqlStore, cases: &[CaseNumber]) -> Result<HashMap<CaseNumber, Vec<JournalEntry>>, Fault> {
    let wanted = cases.iter().map(|case| Value::from(case.database_key())).collect();
    let mut journals: HashMap<CaseNumber, Vec<JournalEntry>> = HashMap::new();
    for row in store.read().await?.fetch_rows(&statements::JOURNALS, wanted, []).await? {
        journals.entry(case_number(row.int(4)?)?).or_default().push(journal_entry(&row)?);
    }
    Ok(journals)
}

/// See [`super::Store::mails_of_case`].
pub(super) async fn mails_of_case(store: &SqlStore, case: Option<CaseNumber>) -> Result<Vec<StoredMail>, Fault> {
    let mut session = store.read().await?;
    let rows = match case {
        Some(case) => session.fetch(&statements::MAILS_OF_CASE, [case.database_key().into()]).await?,
        None => session.fetch(&statements::MAILS_OF_NO_CASE, []).await?,
    };
    rows.iter().map(|row| Ok(StoredMail { record: mail(row)? })).collect()
}

/// The mails of [`super::Store::file_of_case`].
pub(super) async fn mails_up_to(store: &SqlStore, case: CaseNumber, most: usize) -> Result<Vec<StoredMail>, Fault> {
    // A quarter: what is larger never fits.
    let (largest, most) = (super::encoding::count(most / 4), super::encoding::count(most));
    let nothing = super::compress(&[]).map_err(|error| StoreError::Corrupt { what: "mail", detail: error.to_string() })?;
    let values = [largest.clone(), largest, most, Value::Bytes(nothing), case.database_key().into()];
    let rows = store.read().await?.fetch(&statements::FILE_OF_CASE, values).await?;
    rows.iter().map(|row| Ok(StoredMail { record: mail(row)? })).collect()
}

/// See [`super::Store::backlog`].
pub(super) async fn backlog(store: &SqlStore, now: Instant) -> Result<Backlog, Fault> {
    fn counted(rows: &[Row], column: usize) -> Result<u64, Fault> {
        let row = rows.first().ok_or_else(|| StoreError::Corrupt { what: "count", detail: "no row".to_owned() })?;
        Ok(number("count", row.int(column)?)?)
    }
    let mut session = store.read().await?;
    let letters = session.fetch(&statements::COUNT_LETTERS, [now.into()]).await?;
    let timers = session.fetch(&statements::COUNT_TIMERS, [now.into()]).await?;
    let cases = session.fetch(&statements::COUNT_OPEN_CASES, []).await?;
    let letters_due = counted(&letters, 0)?;
    Ok(Backlog {
        letters_due,
        letters_waiting: counted(&letters, 1)?.saturating_sub(letters_due),
        timers_due: counted(&timers, 0)?,
        open_cases: counted(&cases, 0)?,
    })
}
