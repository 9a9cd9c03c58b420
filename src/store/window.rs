//! The commit of a window: one transaction, each unit all or nothing.
//!
//! First every unit is judged against what the database knows (`verdict.rs`), then all that may be
//! written goes in with as few statements as there are tables. What the judging could not foresee, a
//! daemon that was faster or a unit that the database refuses, takes the whole window back; then each
//! unit is tried in a transaction of its own, so that a bad one never takes others with it (I1).

use std::collections::BTreeMap;

use super::case_rows::{Followed, follow_timers, follow_tokens};
use super::encoding::{Encoded, content_key, count, guarantee_word, letter_id, letter_key, number, parse, to_json};
use super::error::{Fault, StoreError};
use super::session::{Session, Value};
use super::verdict::{Known, Standing, follow_up_of};
use super::{CaseChange, Committed, MailRecord, PackedUnit, SqlStore, UnitOfWork, digests, encoding, retention, statements};
use crate::composition::OutgoingLetter;
use crate::model::{CaseNumber, Instant, MailAddress, MessageId};

/// How often the same transaction is tried again when another daemon was in the way.
const TRIES: u32 = 5;

/// A mail of so many packed bytes leaves large buffers behind.
const LARGE: usize = 1 << 20;

/// Commits a window; see [`super::Store::commit`].
pub(super) async fn commit(store: &SqlStore, units: &[PackedUnit], now: Instant) -> Result<Vec<Committed>, StoreError> {
    match try_again(store, units, now).await {
        Ok(committed) => Ok(committed),
        Err(Fault::Store(error)) if error.is_temporary() => Err(error),
        Err(fault) if units.len() == 1 => Err(fault.into()),
        Err(_) => one_by_one(store, units, now).await,
    }
}

/// Each unit in its own transaction. All that can be written is; then the first refusal is reported.
async fn one_by_one(store: &SqlStore, units: &[PackedUnit], now: Instant) -> Result<Vec<Committed>, StoreError> {
    let mut committed = Vec::with_capacity(units.len());
    let mut refused = None;
    for unit in units {
        match try_again(store, std::slice::from_ref(unit), now).await.map_err(StoreError::from) {
            Ok(one) => committed.extend(one),
            Err(error) if error.is_temporary() => return Err(error),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or(Ok(committed), Err)
}

async fn try_again(store: &SqlStore, units: &[PackedUnit], now: Instant) -> Result<Vec<Committed>, Fault> {
    let mut tries = 1;
    loop {
        match commit_once(store, units, now).await {
            Err(Fault::Again(_)) if tries < TRIES => {}
            // A unit alone: whoever was faster has committed by now, and the next judging sees it.
            Err(Fault::Taken(_)) if units.len() == 1 && tries < 2 => {}
            outcome => return outcome,
        }
        tries += 1;
    }
}

async fn commit_once(store: &SqlStore, units: &[PackedUnit], now: Instant) -> Result<Vec<Committed>, Fault> {
    let mut session = store.write().await?;
    let mut known = what_is_known(&mut session, units).await?;
    let mut committed = Vec::with_capacity(units.len());
    let mut batch = Batch::default();
    for packed in units {
        let unit = packed.unit();
        let verdict = known.judge(unit)?;
        committed.push(verdict.committed);
        if verdict.committed != Committed::Recorded {
            continue;
        }
        // What is taken back must be in the outbox by then, and what this unit sends must not be.
        if !unit.withdraw_letters_to.is_empty() && batch.touches(unit) {
            std::mem::take(&mut batch).write(&mut session, now).await?;
        }
        batch.add(unit, &packed.encoded, verdict.before, now)?;
    }
    batch.write(&mut session, now).await?;
    if units.iter().filter_map(|packed| packed.unit().mail.as_ref()).any(|mail| mail.raw.len() >= LARGE) {
        session.give_back_room();
    }
    if committed.contains(&Committed::Recorded) {
        session.commit().await?;
    }
    Ok(committed)
}

async fn what_is_known(session: &mut Session, units: &[PackedUnit]) -> Result<Known, Fault> {
    let mut known = Known::default();
    // Locks first: behind them nobody changes these cases any more.
    let mut keys: Vec<i64> =
        units.iter().filter_map(|packed| packed.unit().case.as_ref()).map(|change| change.after.number.database_key()).collect();
    keys.sort_unstable();
    keys.dedup();
    for row in session.fetch_rows(&statements::LOCK_CASES, keys.into_iter().map(Value::from).collect(), []).await? {
        let standing =
            Standing { version: number("version", row.int(1)?)?, journal_length: number("journal length", row.int(2)?)? };
        known.cases.insert(encoding::case_number(row.int(0)?)?, standing);
    }
    let content =
        units.iter().filter_map(|packed| packed.unit().mail.as_ref()).map(|mail| Value::from(mail.key.0.as_slice())).collect();
    for row in session.fetch_rows(&statements::KNOWN_CONTENT, content, []).await? {
        known.content.insert(content_key(&row, 0)?);
    }
    let mut follow_ups = Vec::new();
    for packed in units {
        follow_ups.extend(follow_up_of(packed.unit())?.map(|(case, _)| Value::from(case.database_key())));
    }
    for row in session.fetch_rows(&statements::KNOWN_FOLLOW_UPS, follow_ups, []).await? {
        known.followed_up.insert(encoding::case_number(row.int(0)?)?);
    }
    let mornings =
        units.iter().filter_map(|packed| packed.unit().digest.as_ref()).flat_map(digests::key).map(Value::from).collect();
    for row in session.fetch_rows(&statements::KNOWN_DIGESTS, mornings, []).await? {
        known.mornings.insert([row.text(0)?.to_owned(), row.text(1)?.to_owned(), row.text(2)?.to_owned()]);
    }
    Ok(known)
}

/// A case as it will be after the units of a batch.
struct Pending<'a> {
    is_new: bool,
    after: Standing,
    change: &'a CaseChange,
    state_json: &'a str,
}

/// The rows of several units, table by table.
#[derive(Default)]
struct Batch<'a> {
    withdrawals: Vec<(CaseNumber, &'a MailAddress)>,
    cases: BTreeMap<i64, Pending<'a>>,
    entries: Vec<Value>,
    mails: Vec<Value>,
    letters: Vec<Value>,
    queue: Vec<Value>,
    follow_ups: Vec<Value>,
    answers: Vec<Value>,
    told: Vec<Value>,
    digests: Vec<Value>,
    changes: Vec<&'a CaseChange>,
}

impl<'a> Batch<'a> {
    fn touches(&self, unit: &UnitOfWork) -> bool {
        unit.case.as_ref().is_some_and(|change| self.cases.contains_key(&change.after.number.database_key()))
    }

    fn add(&mut self, unit: &'a UnitOfWork, encoded: &'a Encoded, before: Standing, now: Instant) -> Result<(), StoreError> {
        if let Some(change) = &unit.case {
            self.add_change(change, encoded, before);
            self.withdrawals.extend(unit.withdraw_letters_to.iter().map(|to| (change.after.number, to)));
        }
        if let Some(mail) = &unit.mail {
            self.add_mail(mail)?;
        }
        for (queued, bytes) in unit.letters.iter().zip(&encoded.letters) {
            self.add_letter(&queued.letter, bytes, queued.not_before, now);
            for key in &queued.counts {
                self.answers.extend([key.as_str().into(), now.into(), letter_key(queued.letter.letter)]);
            }
        }
        self.told.extend(unit.failure_told.map(letter_key));
        if let Some(digest) = &unit.digest {
            self.digests.extend(digests::key(digest).map(Value::from));
            self.digests.push(now.into());
            self.digests.push(Value::Text(unit.letters.first().map(|queued| queued.letter.letter.to_string())));
            self.digests.push(encoding::to_json("calendar", &digest.calendar)?.into());
        }
        if let Some((case, letter)) = follow_up_of(unit)? {
            self.follow_ups.extend([case.database_key().into(), letter_key(letter), now.into()]);
        }
        Ok(())
    }

    fn add_change(&mut self, change: &'a CaseChange, encoded: &'a Encoded, before: Standing) {
        self.changes.push(change);
        let key = change.after.number.database_key();
        for (place, (entry, (kind, data))) in change.entries.iter().zip(&encoded.entries).enumerate() {
            self.entries.extend([
                key.into(),
                count(before.journal_length + place),
                entry.at.into(),
                Value::Word(entry.actor.code()),
                kind.as_str().into(),
                Value::Word(entry.reason.code()),
                data.as_str().into(),
            ]);
        }
        let after = Standing { version: before.version + 1, journal_length: before.journal_length + change.entries.len() };
        let is_new = self.cases.get(&key).map_or(before.version == 0, |earlier| earlier.is_new);
        self.cases.insert(key, Pending { is_new, after, change, state_json: &encoded.state_json });
    }

    fn add_mail(&mut self, mail: &MailRecord) -> Result<(), StoreError> {
        let sender = mail.sender.as_ref().map(|sender| to_json("sender", sender)).transpose()?;
        self.mails.extend([
            mail.id.0.as_bytes().as_slice().into(),
            mail.desk.as_str().into(),
            mail.key.0.as_slice().into(),
            mail.message_id.as_ref().map(MessageId::as_str).into(),
            mail.received_at.into(),
            mail.stored_at.into(),
            Value::Word(mail.class.code()),
            mail.class_reason.as_str().into(),
            Value::Text(sender),
            Value::Int(mail.case.map(CaseNumber::database_key)),
            mail.evidence.as_str().into(),
            count(mail.size),
            mail.raw.as_slice().into(),
        ]);
        Ok(())
    }

    fn add_letter(&mut self, letter: &OutgoingLetter, bytes: &[u8], not_before: Option<Instant>, now: Instant) {
        let guarantee = guarantee_word(letter.guarantee);
        self.letters.extend([
            letter_key(letter.letter),
            Value::Int(letter.case.map(CaseNumber::database_key)),
            letter.desk.as_str().into(),
            Value::Word(letter.kind.template()),
            letter.envelope_from.as_ref().map(MailAddress::as_str).into(),
            letter.to.as_str().into(),
            letter.message_id.as_str().into(),
            Value::Word(guarantee),
            now.into(),
            letter.expires_at.into(),
            bytes.into(),
        ]);
        self.queue.extend([
            letter_key(letter.letter),
            letter.desk.as_str().into(),
            Value::Word(guarantee),
            Value::Word("queued"),
            not_before.map_or(now, |moment| moment.max(now)).into(),
        ]);
    }

    async fn write(self, session: &mut Session, now: Instant) -> Result<(), Fault> {
        for (case, to) in self.withdrawals {
            withdraw(session, case, to).await?;
        }
        let (mut new, mut changed, mut followed) = (Vec::new(), Vec::new(), Vec::new());
        for (key, pending) in self.cases {
            let rows = if pending.is_new { &mut new } else { &mut changed };
            followed.push(Followed { case: &pending.change.after, is_new: pending.is_new });
            add_case_row(rows, key, &pending);
        }
        session.execute_rows(&statements::ADD_CASES, new).await?;
        session.execute_rows(&statements::CHANGE_CASES, changed).await?;
        session.execute_rows(&statements::ADD_ENTRIES, self.entries).await?;
        follow_timers(session, &followed).await?;
        follow_tokens(session, &followed, now).await?;
        session.execute_rows(&statements::ADD_MAILS, self.mails).await?;
        session.execute_rows(&statements::ADD_LETTERS, self.letters).await?;
        session.execute_rows(&statements::QUEUE_LETTERS, self.queue).await?;
        session.execute_rows(&statements::ADD_FOLLOW_UPS, self.follow_ups).await?;
        session.execute_rows(&statements::ADD_ANSWERS, self.answers).await?;
        session.execute_rows(&statements::TELL_FAILURES, self.told).await?;
        session.execute_rows(&statements::ADD_DIGESTS, self.digests).await?;
        for change in self.changes {
            retention::follow(session, &change.after, &change.entries).await?;
        }
        Ok(())
    }
}

fn add_case_row(rows: &mut Vec<Value>, key: i64, pending: &Pending<'_>) {
    let case = &pending.change.after;
    let closed_at = case.phase.ended_at();
    rows.extend([
        key.into(),
        case.desk.as_str().into(),
        Value::Word(case.phase.code()),
        i64::from(case.phase.is_open()).into(),
        i64::try_from(pending.after.version).unwrap_or(i64::MAX).into(),
        count(pending.after.journal_length),
        pending.state_json.into(),
        case.opened_at.into(),
        case.received_at.into(),
        closed_at.into(),
        Value::Text(case.complainant.address.as_ref().map(MailAddress::comparable)),
    ]);
}

/// Takes back the letters of a case to one person that still wait. Addresses are compared as people are
/// (M81), which no database does the same way as another.
async fn withdraw(session: &mut Session, case: CaseNumber, to: &MailAddress) -> Result<(), Fault> {
    let mut letters = Vec::new();
    for row in session.fetch(&statements::WAITING_LETTERS, [case.database_key().into()]).await? {
        if parse::<MailAddress>("recipient", row.text(1)?)?.same_person(to) {
            letters.push(letter_key(letter_id(&row, 0)?));
        }
    }
    session.execute_rows(&statements::WITHDRAW_LETTERS, letters).await?;
    Ok(())
}
