//! How long a complainant waits for the confirmation: from the mail server's notice to the moment at which the
//! submission server has taken the letter (design.md section 7).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::model::LetterId;

/// Confirmations that are followed at a time. Those of a backlog say nothing about the time of one mail, and a
/// letter that never leaves is not waited for.
const FOLLOWED: usize = 64;

/// Confirmations that are on their way, and when the mail server told of their mails.
#[derive(Debug, Default)]
pub(super) struct AnswerTimes(Mutex<HashMap<LetterId, Instant>>);

impl AnswerTimes {
    /// These letters were committed for mails of which the server told at `notice`.
    pub fn begun(&self, notice: Instant, confirmations: &[LetterId]) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() + confirmations.len() > FOLLOWED {
            waiting.clear();
        }
        waiting.extend(confirmations.iter().take(FOLLOWED).map(|letter| (*letter, notice)));
    }

    /// An attempt at this letter ended; gives the notice it goes back to, once.
    pub fn end(&self, letter: LetterId) -> Option<Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&letter)
    }
}
