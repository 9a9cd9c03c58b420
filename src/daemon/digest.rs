//! The morning list of each officer: looked at once each working morning, written when there is something to say.

use chrono::{NaiveDate, TimeDelta};
use rand::RngExt;

use super::clocks::PassError;
use super::desk::Desk;
use crate::mediation::clocks::MORNING;
use crate::mediation::{Deadline, Digest, Fresh, Officer, digest_for};
use crate::model::{Instant, MailAddress};
use crate::store::{Committed, DigestRecord, QueuedLetter, Store, UnitOfWork};

/// Closed cases are asked for whose clocks are looked at within this time: the longest warning, and a few days.
pub(super) const CLOCKS_AHEAD: TimeDelta = TimeDelta::days(20);

/// The first list of all tells what happened within this time.
pub(super) const FIRST_LIST: TimeDelta = TimeDelta::days(7);

/// The next moment after `now` at which a list of this desk is due; `None` where it wants none.
pub fn next_digest_at(desk: &Desk, now: Instant) -> Option<Instant> {
    let policy = &desk.policy;
    let today = policy.civil_day(now);
    let days =
        std::iter::once(today).chain(std::iter::successors(Some(today), |day| Some(policy.calendar.add_working_days(*day, 1))));
    let mut mornings = days.filter(|day| policy.calendar.is_working_day(*day)).map(|day| policy.moment(day, MORNING));
    mornings.find(|at| *at > now).filter(|_| policy.digest)
}

/// Writes the lists that this morning owes; gives the number of letters. A second look on the same day, by this
/// daemon or another, finds the record and does nothing.
pub(super) async fn write(store: &dyn Store, desk: &Desk, now: Instant) -> Result<usize, PassError> {
    let policy = &desk.policy;
    let today = policy.civil_day(now);
    // Nothing on free days (row 42): what is grave goes out at once and does not wait for a list.
    if !policy.digest || !policy.calendar.is_working_day(today) || now < policy.moment(today, MORNING) {
        return Ok(0);
    }
    let addresses: Vec<MailAddress> = policy.officers.iter().map(|officer| officer.address.clone()).collect();
    let last = store.last_digests(desk.key(), &addresses).await?;
    let last_of = |officer: &Officer| last.get(&officer.address.comparable());
    let owed: Vec<&Officer> =
        policy.officers.iter().filter(|officer| last_of(officer).is_none_or(|last| last.day < today)).collect();
    if owed.is_empty() {
        return Ok(0);
    }
    // From morning to morning, whenever the daemon came to look: what happened after eight stands in the next list.
    let until = policy.moment(today, MORNING);
    let since = |officer: &Officer| last_of(officer).map_or(until - FIRST_LIST, |last| policy.moment(last.day, MORNING));
    let earliest = owed.iter().map(|officer| since(officer)).min().unwrap_or(until);
    let cases = store.cases_for_digest(desk.key(), earliest, now + CLOCKS_AHEAD).await?;
    let mut units = Vec::new();
    for officer in owed {
        let held = last_of(officer).map_or(&[][..], |last| last.calendar.as_slice());
        let mut digest = digest_for(officer, &cases, policy, today, (since(officer), until));
        digest.take_out(held, today);
        units.push(unit(desk, officer, &digest, held, (today, now))?);
    }
    let outcomes = store.commit(&units, now).await?;
    let recorded = units.iter().zip(outcomes).filter(|(_, outcome)| *outcome == Committed::Recorded);
    Ok(recorded.map(|(unit, _)| unit.letters.len()).sum())
}

fn unit(
    desk: &Desk,
    officer: &Officer,
    digest: &Digest,
    held: &[Deadline],
    (today, now): (NaiveDate, Instant),
) -> Result<UnitOfWork, PassError> {
    // A morning without a letter changes nothing in the officer's calendar.
    let calendar = if officer.calendar && digest.has_news() { digest.deadlines.clone() } else { held.to_vec() };
    let record = DigestRecord { desk: desk.key().clone(), officer: officer.address.clone(), day: today, calendar };
    let mut unit = UnitOfWork { digest: Some(record), ..UnitOfWork::default() };
    // Never an empty one; the morning is recorded all the same, so that it is not looked at again.
    if digest.has_news() {
        let letter = Fresh::from_seed(rand::rng().random(), now).letter();
        let letter = desk.composer.compose_digest(officer, digest, &desk.facts, desk.policy.language, letter, now)?;
        unit.letters.push(QueuedLetter { letter, not_before: None, counts: Vec::new() });
    }
    Ok(unit)
}
