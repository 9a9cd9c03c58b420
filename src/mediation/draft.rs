//! A decision in the making.

use super::reply::{Alarm, Receipt, Refusal};
use super::{
    Actor, Case, Decision, Effect, Entry, Fresh, JournalEntry, LetterOrder, Passage, Policy, Reason, Recipient, TimerKind,
};
use crate::model::{Audience, Capability, Holder, Instant, LetterId, LetterKind, MailAddress, MailId, Token};

/// Collects entries and effects while one event is decided. Each entry is folded at once, so that the next
/// line of the decision sees the state it will have.
pub(super) struct Draft<'a> {
    /// The case as it is after the entries so far.
    pub case: Case,
    pub policy: &'a Policy,
    pub fresh: &'a mut Fresh,
    pub now: Instant,
    pub actor: Actor,
    pub reason: Reason,
    entries: Vec<JournalEntry>,
    effects: Vec<Effect>,
}

impl<'a> Draft<'a> {
    pub fn new(case: &Case, policy: &'a Policy, fresh: &'a mut Fresh, now: Instant, actor: Actor, reason: Reason) -> Self {
        Self { case: case.clone(), policy, fresh, now, actor, reason, entries: Vec::new(), effects: Vec::new() }
    }

    /// Writes one line in the journal.
    pub fn note(&mut self, entry: Entry) {
        let line = JournalEntry { at: self.now, actor: self.actor, reason: self.reason, entry };
        self.case.apply(&line);
        // No command can forget a clock: every entry starts and stops those that hang on it.
        let clocks = super::clocks::follow(&line.entry, &self.case, self.policy, self.now);
        self.entries.push(line);
        for entry in clocks {
            self.note(entry);
        }
    }

    /// The token of this holder and audience, made if the case has none yet (M57: one per case, holder and
    /// audience).
    pub fn token(&mut self, holder: Holder, audience: Audience) -> Token {
        if let Some(token) = self.case.token(holder, audience) {
            return token;
        }
        let capability = Capability { token: self.fresh.token(), case: self.case.number, holder, audience };
        self.note(Entry::CapabilityIssued { capability });
        capability.token
    }

    /// Starts or moves a clock.
    pub fn set_timer(&mut self, timer: TimerKind, due_at: Instant) {
        self.note(Entry::TimerSet { timer, due_at, ends_on: None });
    }

    /// Stops a clock, if it runs.
    pub fn stop_timer(&mut self, timer: TimerKind) {
        if self.case.timers.contains_key(&timer) {
            self.note(Entry::TimerStopped { timer });
        }
    }

    /// Orders a letter to the complainant; `None` when there is no address to write to.
    pub fn write_to_complainant(&mut self, kind: LetterKind, audience: Audience, about: Option<MailId>) -> Option<LetterId> {
        let address = self.case.complainant.address.clone()?;
        let reply_token = self.token(Holder::Complainant, audience);
        let language = self.case.language;
        Some(self.send(kind, Recipient::Complainant, address, language, reply_token, about, Passage::Plain))
    }

    /// Orders a letter to one officer, always with the file address of the case as its Reply-To
    /// (design.md section 5: plain text to the file is an internal note).
    pub fn write_to_officer(
        &mut self,
        kind: LetterKind,
        officer: &MailAddress,
        about: Option<MailId>,
        passage: Passage,
    ) -> LetterId {
        let reply_token = self.token(Holder::Officer, Audience::File);
        let language = self.policy.language;
        self.send(kind, Recipient::Officer(officer.clone()), officer.clone(), language, reply_token, about, passage)
    }

    /// The officer who has the case, or who is responsible for the desk.
    pub fn officer_address(&self) -> Option<MailAddress> {
        self.case.officer.clone().or_else(|| self.policy.responsible().map(|officer| officer.address.clone()))
    }

    /// Tells the officer of the case, and the others too where it must not wait for one person's absence.
    pub fn tell_officers(&mut self, kind: LetterKind, about: Option<MailId>, passage: &Passage, others_too: bool) {
        let Some(first) = self.officer_address() else { return };
        self.write_to_officer(kind, &first, about, passage.clone());
        if others_too {
            let others: Vec<MailAddress> = self.policy.others_than(&first).map(|officer| officer.address.clone()).collect();
            for other in others {
                self.write_to_officer(kind, &other, about, passage.clone());
            }
        }
    }

    /// Notes an alarm and tells the officer.
    pub fn alarm(&mut self, alarm: Alarm, others_too: bool) {
        self.note(Entry::Alarmed { alarm: alarm.clone() });
        self.tell_officers(LetterKind::OfficerAlarm, None, &Passage::Alarm(alarm), others_too);
    }

    /// Answers an officer's mail: what was done.
    pub fn receipt(&mut self, officer: &MailAddress, about: MailId, receipts: Vec<Receipt>) {
        self.write_to_officer(LetterKind::OfficerReceipt, officer, Some(about), Passage::Receipt(receipts));
    }

    /// Answers an officer's mail: why nothing was done.
    pub fn refuse(&mut self, officer: &MailAddress, about: MailId, refusal: Refusal) {
        self.note(Entry::CommandRefused { refusal: refusal.clone() });
        self.write_to_officer(LetterKind::OfficerRefusal, officer, Some(about), Passage::Refusal(refusal));
    }

    /// Takes back what has not left yet.
    pub fn withdraw_letters(&mut self, to: Recipient) {
        self.effects.push(Effect::WithdrawLetters(to));
    }

    /// The decision.
    pub fn done(self) -> Decision {
        Decision { entries: self.entries, effects: self.effects, reason: self.reason }
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where an order is put together from its parts")]
    fn send(
        &mut self,
        kind: LetterKind,
        to: Recipient,
        address: MailAddress,
        language: crate::model::Language,
        reply_token: Token,
        about: Option<MailId>,
        passage: Passage,
    ) -> LetterId {
        let letter = self.fresh.letter();
        self.note(Entry::LetterOrdered { letter, letter_kind: kind });
        self.effects.push(Effect::Send(Box::new(LetterOrder {
            letter,
            kind,
            to,
            address,
            language,
            reply_token,
            about,
            passage,
        })));
        letter
    }
}
