//! From a decision to a unit of work: letters composed, everything that follows in one piece (I3).

use super::ceiling::keys_of;
use super::desk::Desk;
use crate::composition::{About, CompositionError, DeskView};
use crate::mediation::{Case, Decision, Effect, JournalEntry, LetterOrder, Recipient};
use crate::message::MailFacts;
use crate::model::{Instant, LetterId, LetterKind, MailAddress};
use crate::store::{CaseChange, MailRecord, QueuedLetter, UnitOfWork};

/// What has been decided about one event, not yet composed.
#[derive(Debug)]
pub(super) struct Decided {
    /// The record of the mail, if the event was one.
    pub record: Option<MailRecord>,
    /// The version of the case the decision rests on.
    pub version: u64,
    /// The case before.
    pub before: Case,
    /// The case after.
    pub after: Case,
    /// What was written in the journal.
    pub entries: Vec<JournalEntry>,
    /// What to do.
    pub effects: Vec<Effect>,
    /// Letters to the complainant wait this long, because an officer may want them back.
    pub hold_until: Option<Instant>,
    /// The failed letter that is told of, if that is what happened.
    pub failure_told: Option<LetterId>,
}

impl Decided {
    /// Starts from a case that nothing has happened to in this unit.
    pub fn on(case: Case, version: u64, record: Option<MailRecord>) -> Self {
        Self {
            record,
            version,
            before: case.clone(),
            after: case,
            entries: Vec::new(),
            effects: Vec::new(),
            hold_until: None,
            failure_told: None,
        }
    }

    /// Adds what follows from one more event of the same unit.
    pub fn add(&mut self, decision: Decision) {
        for line in &decision.entries {
            self.after.apply(line);
        }
        self.entries.extend(decision.entries);
        self.effects.extend(decision.effects);
    }

    /// The letters that were ordered.
    pub fn orders(&self) -> impl Iterator<Item = &LetterOrder> {
        self.effects.iter().filter_map(|effect| match effect {
            Effect::Send(order) => Some(order.as_ref()),
            Effect::WithdrawLetters(_) => None,
        })
    }

    /// Composes the letters and closes the unit.
    pub fn compose(self, desk: &Desk, about: Option<(&MailFacts, &[u8])>, now: Instant) -> Result<UnitOfWork, CompositionError> {
        let mut unit = UnitOfWork { mail: self.record, failure_told: self.failure_told, ..UnitOfWork::default() };
        for effect in &self.effects {
            match effect {
                Effect::WithdrawLetters(recipient) => unit.withdraw_letters_to = address_of(recipient, &self.before),
                Effect::Send(order) => {
                    let about = about.filter(|_| order.about.is_some()).map(|(facts, raw)| About { facts, raw });
                    let view = DeskView::new(&desk.facts, &desk.policy);
                    let letter = desk.composer.compose(order, &self.after, about, &view, now)?;
                    if order.kind == LetterKind::FollowUp {
                        unit.follow_up = Some(order.letter);
                    }
                    let not_before = self.hold_until.filter(|_| order.to == Recipient::Complainant);
                    unit.letters.push(QueuedLetter { letter, not_before, counts: counts(order) });
                }
            }
        }
        if !self.entries.is_empty() {
            unit.case = Some(CaseChange { decided_on: self.version, entries: self.entries, after: self.after });
        }
        Ok(unit)
    }
}

fn address_of(recipient: &Recipient, case: &Case) -> Option<MailAddress> {
    match recipient {
        Recipient::Complainant => case.complainant.address.clone(),
        Recipient::Officer(address) => Some(address.clone()),
    }
}

/// M12: what counts as an automatic answer. Confirmations do, and refusals, since a forged flood asks for
/// them; what an officer or the calendar caused does not.
fn counts(order: &LetterOrder) -> Vec<String> {
    match order.kind {
        LetterKind::Acknowledgement | LetterKind::CarefulAcknowledgement | LetterKind::OfficerRefusal => keys_of(&order.address),
        LetterKind::Closing
        | LetterKind::Reopened
        | LetterKind::FollowUp
        | LetterKind::OfficerNewCase
        | LetterKind::OfficerFurtherMail
        | LetterKind::OfficerFollowUpAnswer
        | LetterKind::OfficerReceipt
        | LetterKind::OfficerAlarm
        | LetterKind::OfficerDigest
        | LetterKind::OperatorAlarm => Vec::new(),
    }
}
