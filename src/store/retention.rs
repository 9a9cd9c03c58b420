//! What is forgotten of a case, in the transaction of the entry that says so (row 45; domain.md section 2.4).
//!
//! What stays is what counts: days, codes, grades, and the keys that keep a mail from having a second effect (I2) and
//! a follow-up from going out twice (I4). The journal stays as long as it was, without words, and still folds to the
//! state (I11).

use super::encoding::{from_json, to_json};
use super::error::{Fault, StoreError};
use super::session::{Session, Value};
use super::statements;
use crate::mediation::retention::{redacted, without_words};
use crate::mediation::{Case, Entry, JournalEntry};

/// The letter that tells an officer what was answered to the follow-up.
const ANSWER_LETTER: &str = "officer-follow-up-answer";

/// Forgets what these new entries of a case say is to be forgotten.
pub(super) async fn follow(session: &mut Session, case: &Case, entries: &[JournalEntry]) -> Result<(), Fault> {
    if entries.iter().any(|line| line.entry == Entry::Anonymised) {
        return forget_people(session, case).await;
    }
    if entries.iter().any(|line| line.entry == Entry::FollowUpWordsDropped) {
        forget_answer(session, case).await?;
    }
    Ok(())
}

/// A mail of no bytes, as the table holds it.
fn nothing() -> Result<Value, Fault> {
    let bytes = super::compress(&[]).map_err(|error| StoreError::Corrupt { what: "mail", detail: error.to_string() })?;
    Ok(Value::Bytes(bytes))
}

/// Mails, letters, addresses and words of a case.
async fn forget_people(session: &mut Session, case: &Case) -> Result<(), Fault> {
    let key = case.number.database_key();
    rewrite(session, case, |entries| entries.iter().map(redacted).collect()).await?;
    session.execute(&statements::EMPTY_MAILS_OF_CASE, [nothing()?, key.into()]).await?;
    forget_letters(session, key, "").await
}

/// The words of the answer to the follow-up, wherever they stand. The grade stays.
async fn forget_answer(session: &mut Session, case: &Case) -> Result<(), Fault> {
    let entries = rewrite(session, case, |entries| entries.iter().map(without_words).collect()).await?;
    // The mail that was answered with is filed in the entry before.
    let mails: Vec<Value> = entries
        .iter()
        .zip(entries.iter().skip(1))
        .filter_map(|(filed, answered)| match (filed, answered) {
            (Entry::MailFiled { mail, .. }, Entry::FollowUpAnswered { .. }) => Some(mail.0.as_bytes().as_slice().into()),
            _ => None,
        })
        .collect();
    for mail in mails {
        session.execute(&statements::EMPTY_MAIL, [nothing()?, mail]).await?;
    }
    forget_letters(session, case.number.database_key(), ANSWER_LETTER).await
}

/// Writes the journal of a case anew; gives it as it was.
async fn rewrite(session: &mut Session, case: &Case, change: impl FnOnce(&[Entry]) -> Vec<Entry>) -> Result<Vec<Entry>, Fault> {
    let key = case.number.database_key();
    let mut before = Vec::new();
    let mut places = Vec::new();
    for row in session.fetch(&statements::JOURNAL_PLACES, [key.into()]).await? {
        places.push(row.int(0)?);
        before.push(from_json::<Entry>("journal entry", row.text(1)?)?);
    }
    let mut rows = Vec::new();
    for ((place, old), new) in places.into_iter().zip(&before).zip(change(&before)) {
        if *old != new {
            rows.extend([key.into(), place.into(), to_json("journal entry", &new)?.into()]);
        }
    }
    session.execute_rows(&statements::REWRITE_ENTRIES, rows).await?;
    Ok(before)
}

/// Letters of a case with all that hangs on them; those of one template, or all where it is empty.
async fn forget_letters(session: &mut Session, case: i64, template: &str) -> Result<(), Fault> {
    for statement in
        [&statements::FORGET_ATTEMPTS, &statements::FORGET_ANSWERS, &statements::FORGET_QUEUE, &statements::FORGET_LETTERS]
    {
        session.execute(statement, [case.into(), template.into(), template.into()]).await?;
    }
    Ok(())
}
