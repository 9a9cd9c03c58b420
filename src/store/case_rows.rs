//! The rows that a case keeps beside its state: clocks and tokens.
//!
//! They are made equal to the state after a change by comparing, not by following the entries of the
//! change: an entry that a later version invents can not leave a clock behind (I10).

use std::collections::{HashMap, HashSet};

use super::encoding::{from_json, from_word, to_json};
use super::error::{Fault, StoreError};
use super::session::{Session, Value};
use super::statements;
use crate::mediation::{Case, TimerKind};
use crate::model::Instant;

/// A case whose rows have to follow its state.
pub(super) struct Followed<'a> {
    /// The state.
    pub(super) case: &'a Case,
    /// Whether it has no rows yet: then there is nothing to compare with.
    pub(super) is_new: bool,
}

fn keys_of_old(cases: &[Followed<'_>]) -> Vec<Value> {
    cases.iter().filter(|followed| !followed.is_new).map(|followed| Value::from(followed.case.number.database_key())).collect()
}

/// Makes the clocks equal to those of the states.
pub(super) async fn follow_timers(session: &mut Session, cases: &[Followed<'_>]) -> Result<(), Fault> {
    let mut running: HashMap<(i64, TimerKind), i64> = HashMap::new();
    let mut stopped = Vec::new();
    for row in session.fetch_rows(&statements::RUNNING_TIMERS, keys_of_old(cases), []).await? {
        running.insert((row.int(0)?, from_word("timer", row.text(1)?)?), row.int(2)?);
    }
    let mut set = Vec::new();
    for Followed { case, .. } in cases {
        let key = case.number.database_key();
        for (timer, due_at) in &case.timers {
            if running.remove(&(key, *timer)) != Some(due_at.timestamp_micros()) {
                set.extend([Value::from(key), Value::Word(timer.code()), case.desk.as_str().into(), (*due_at).into()]);
            }
        }
    }
    for (key, timer) in running.into_keys() {
        stopped.extend([Value::from(key), Value::Word(timer.code())]);
    }
    session.execute_rows(&statements::STOP_TIMERS, stopped).await?;
    session.execute_rows(&statements::SET_TIMERS, set).await?;
    Ok(())
}

/// Makes the tokens equal to those of the states. A token that is gone from its case is revoked, not
/// forgotten (M57).
pub(super) async fn follow_tokens(session: &mut Session, cases: &[Followed<'_>], now: Instant) -> Result<(), Fault> {
    let mut working = HashSet::new();
    let mut revoked = HashSet::new();
    for row in session.fetch_rows(&statements::ISSUED_TOKENS, keys_of_old(cases), []).await? {
        let set = if row.opt_int(1)?.is_none() { &mut working } else { &mut revoked };
        set.insert(row.text(0)?.to_owned());
    }
    let (mut added, mut changed) = (Vec::new(), Vec::new());
    for Followed { case, .. } in cases {
        for capability in &case.capabilities {
            let token = capability.token.to_string();
            if revoked.contains(&token) {
                changed.extend([Value::from(token), Value::Int(None)]);
            } else if !working.remove(&token) {
                let (holder, audience) = (to_json("holder", &capability.holder)?, to_json("audience", &capability.audience)?);
                added.extend([token.into(), case.number.database_key().into(), holder.into(), audience.into()]);
            }
        }
    }
    for token in working {
        changed.extend([Value::from(token), now.into()]);
    }
    session.execute_rows(&statements::ADD_TOKENS, added).await?;
    session.execute_rows(&statements::REVOKE_TOKENS, changed).await?;
    Ok(())
}

/// Reads a case from its cached state.
pub(super) fn case_of(state_json: &str) -> Result<Case, StoreError> {
    from_json("case", state_json)
}
