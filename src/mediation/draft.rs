//! A decision in the making.

use super::reply::{Alarm, Meaning, Receipt, Refusal};
use super::{
    Actor, ArrivedMail, Case, Decision, Effect, Entry, Fresh, JournalEntry, LetterOrder, PartyRole, Passage, Policy, Reason,
    Recipient, TimerKind,
};
use crate::model::{Audience, Capability, Holder, Instant, Language, LetterId, LetterKind, MailAddress, MailId, Token};

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

/// A place to go back to, so that several commands are done all or none.
pub(super) struct Mark {
    case: Case,
    reason: Reason,
    entries: usize,
    effects: usize,
}

impl<'a> Draft<'a> {
    pub fn new(case: &Case, policy: &'a Policy, fresh: &'a mut Fresh, now: Instant, actor: Actor, reason: Reason) -> Self {
        Self { case: case.clone(), policy, fresh, now, actor, reason, entries: Vec::new(), effects: Vec::new() }
    }

    /// Where the decision stands now.
    pub fn mark(&self) -> Mark {
        Mark { case: self.case.clone(), reason: self.reason, entries: self.entries.len(), effects: self.effects.len() }
    }

    /// Forgets everything since the mark.
    pub fn back_to(&mut self, mark: Mark) {
        self.entries.truncate(mark.entries);
        self.effects.truncate(mark.effects);
        self.case = mark.case;
        self.reason = mark.reason;
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
        self.write_to(PartyRole::Complainant, kind, audience, about, Passage::Plain)
    }

    /// Orders a letter to one party; `None` when there is no address to write to. Each party has an address of
    /// their own to answer to, and it says what is answered.
    pub fn write_to(
        &mut self,
        role: PartyRole,
        kind: LetterKind,
        audience: Audience,
        about: Option<MailId>,
        passage: Passage,
    ) -> Option<LetterId> {
        let address = self.case.party(role)?.address.clone()?;
        let (holder, language) = match role {
            PartyRole::Complainant => (Holder::Complainant, self.case.language),
            PartyRole::Respondent(number) => (Holder::Respondent(number), self.policy.language),
        };
        let reply_token = self.token(holder, audience);
        if let PartyRole::Respondent(number) = role
            && !self.case.contacted.contains(&number)
        {
            self.note(Entry::RespondentContacted { number });
        }
        Some(self.send(kind, Recipient::Party(role), address, language, reply_token, about, passage))
    }

    /// As [`Draft::write_to`], for what the desk sends of its own accord: never to somebody who is silenced
    /// (rows 41, 43, 44).
    pub fn write_unasked(&mut self, role: PartyRole, kind: LetterKind, audience: Audience, passage: Passage) -> Option<LetterId> {
        if self.case.is_silenced(role) { None } else { self.write_to(role, kind, audience, None, passage) }
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
        // What is forgotten gets no address again: a token that stands for nothing.
        let reply_token = if self.case.is_forgotten() { self.fresh.token() } else { self.token(Holder::Officer, Audience::File) };
        let language = self.policy.language;
        self.send(kind, Recipient::Officer(officer.clone()), officer.clone(), language, reply_token, about, passage)
    }

    /// The officer who has the case, or who is responsible for the desk. Who is no officer of the desk any more
    /// gets nothing of it (I6), and the case falls to who is (I10).
    pub fn officer_address(&self) -> Option<MailAddress> {
        let holder = self.case.officer.as_ref().and_then(|address| self.policy.officer_at(address));
        holder.or_else(|| self.policy.responsible()).map(|officer| officer.address.clone())
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

    /// Shows a party's mail to the officer, with what was read in it.
    pub fn show(&mut self, mail: &ArrivedMail, meaning: Option<Meaning>, others_too: bool) {
        let passage = Passage::FurtherMail { sender: mail.sender, meaning, filed: mail.filed };
        self.tell_officers(LetterKind::OfficerFurtherMail, Some(mail.mail), &passage, others_too);
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

    /// Takes back what has not left yet to this party.
    pub fn withdraw_letters(&mut self, role: PartyRole) {
        let Some(address) = self.case.party(role).and_then(|party| party.address.clone()) else { return };
        // What this very decision ordered is not in the outbox yet and must not get there.
        self.effects.retain(|effect| !matches!(effect, Effect::Send(order) if order.to == Recipient::Party(role)));
        self.effects.push(Effect::WithdrawLetters(address));
    }

    /// Letters to parties that were ordered since the mark, or ever without one.
    pub fn party_letters(&self, since: Option<&Mark>) -> impl Iterator<Item = (PartyRole, LetterKind)> + '_ {
        let effects = self.effects.get(since.map_or(0, |mark| mark.effects)..).unwrap_or_default();
        effects.iter().filter_map(|effect| match effect {
            Effect::Send(order) => order.to.party().map(|role| (role, order.kind)),
            Effect::WithdrawLetters(_) => None,
        })
    }

    /// Keeps the last of several letters of these kinds to one party: they tell of a state that the same mail
    /// has left again.
    pub fn keep_last(&mut self, role: PartyRole, of_state: &[LetterKind]) {
        let is_of_state = |effect: &Effect| matches!(effect, Effect::Send(order) if order.to == Recipient::Party(role) && of_state.contains(&order.kind));
        let Some(last) = self.effects.iter().rposition(is_of_state) else { return };
        let mut index = 0;
        self.effects.retain(|effect| {
            index += 1;
            index > last || !is_of_state(effect)
        });
    }

    /// The letters without the journal: for a mail that opens no case after all.
    pub fn forgetting_entries(mut self) -> Decision {
        self.entries.clear();
        self.done()
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
        language: Language,
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
