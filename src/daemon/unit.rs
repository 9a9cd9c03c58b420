//! From a decision to a unit of work: letters composed, everything that follows in one piece (I3).

use super::ceiling::{LATE, UNRECOGNISED, is_recognised, keys_of};
use super::desk::Desk;
use crate::composition::{About, Beside, CompositionError, DeskView, GoingOut, Material};
use crate::mediation::{Case, Decision, Effect, JournalEntry, LetterOrder, Phase};
use crate::message::MailFacts;
use crate::model::{Flag, Instant, LetterId, LetterKind};
use crate::store::{CaseChange, MailRecord, QueuedLetter, UnitOfWork};

/// What has been decided about one event, not yet composed.
#[derive(Debug)]
pub(super) struct Decided {
    /// The record of the mail, if the event was one.
    pub record: Option<MailRecord>,
    /// The version of the case the decision rests on.
    pub version: u64,
    /// The case after.
    pub after: Case,
    /// What was written in the journal.
    pub entries: Vec<JournalEntry>,
    /// What to do.
    pub effects: Vec<Effect>,
    /// Letters to the complainant wait this long, because an officer may want them back.
    pub hold_until: Option<Instant>,
    /// What an officer asked to be shown.
    pub material: Material,
    /// The failed letter that is told of, if that is what happened.
    pub failure_told: Option<LetterId>,
}

impl Decided {
    /// Starts from a case that nothing has happened to in this unit.
    pub fn on(case: Case, version: u64, record: Option<MailRecord>) -> Self {
        Self {
            record,
            version,
            after: case,
            entries: Vec::new(),
            effects: Vec::new(),
            hold_until: None,
            material: Material::default(),
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

    /// Composes the letters and closes the unit. Letters to parties come first, so that the receipt of the officer
    /// who caused them shows them exactly as they will leave (M87).
    pub fn compose(self, desk: &Desk, about: Option<(&MailFacts, &[u8])>, now: Instant) -> Result<UnitOfWork, CompositionError> {
        let answers = match about {
            Some((facts, _)) if is_recognised(facts) => Answers::Complaint,
            Some(_) => Answers::Unrecognised,
            None => Answers::Waited,
        };
        let mut unit = UnitOfWork { mail: self.record, failure_told: self.failure_told, ..UnitOfWork::default() };
        let view = DeskView::new(&desk.facts, &desk.policy);
        let write = |order: &LetterOrder, going_out: &[GoingOut]| {
            let about = about.filter(|_| order.about.is_some()).map(|(facts, raw)| About { facts, raw });
            let papers = desk.composer.printed(order, &self.after, &view, now)?;
            let files = desk.composer.enclosed(order, &self.after, &view, &self.material, now)?;
            let beside = Beside { going_out, papers: &papers, files: &files };
            desk.composer.compose_beside(order, &self.after, about, &view, now, beside)
        };
        let (mut going_out, mut orders) = (Vec::new(), Vec::new());
        for effect in &self.effects {
            match effect {
                Effect::WithdrawLetters(address) => unit.withdraw_letters_to.push(address.clone()),
                Effect::Send(order) => orders.push(order.as_ref()),
            }
        }
        // A stable sort: among themselves the letters keep their order.
        orders.sort_by_key(|order| order.to.party().is_none());
        for order in orders {
            let composed = write(order, &going_out)?;
            if order.kind == LetterKind::FollowUp {
                unit.follow_up = Some(order.letter);
            }
            let not_before = match order.to.party() {
                Some(_) => self.hold_until,
                None => working_morning(order, &self.after, desk, now),
            };
            going_out.extend(composed.going_out.map(|letter| GoingOut { leaves_at: not_before, ..letter }));
            // What the desk answers without a case costs a forger nothing, so it has a ceiling.
            let on_no_case = self.after.phase == Phase::Unopened;
            let counts = counts(order, answers, on_no_case);
            unit.letters.push(QueuedLetter { letter: composed.letter, not_before, counts });
        }
        if !self.entries.is_empty() {
            unit.case = Some(CaseChange { decided_on: self.version, entries: self.entries, after: self.after });
        }
        Ok(unit)
    }
}

/// A reminder waits for the next working morning: nothing on free days except what is dangerous (row 42).
fn working_morning(order: &LetterOrder, case: &Case, desk: &Desk, now: Instant) -> Option<Instant> {
    let dangerous = [Flag::Crisis, Flag::Calamity, Flag::Abuse].into_iter().any(|flag| case.stands(flag));
    desk.policy.not_on_a_free_day(now).filter(|_| order.kind == LetterKind::OfficerAlarm && !dangerous)
}

/// M12: what counts as an automatic answer. Confirmations do, and refusals, since a forged flood asks for
/// them; what an officer or the calendar caused does not.
fn counts(order: &LetterOrder, answers: Answers, on_no_case: bool) -> Vec<String> {
    if !is_counted(order.kind) && !on_no_case {
        return Vec::new();
    }
    let mut keys = keys_of(&order.address);
    if order.kind.is_confirmation() {
        let more: &[&str] = match answers {
            Answers::Complaint => &[],
            Answers::Unrecognised => &[UNRECOGNISED],
            Answers::Waited => &[UNRECOGNISED, LATE],
        };
        keys.extend(more.iter().map(|key| (*key).to_owned()));
    }
    keys
}

/// What a confirmation answers (M13).
#[derive(Clone, Copy)]
enum Answers {
    /// A mail in which a complaint was recognised.
    Complaint,
    /// One in which none was.
    Unrecognised,
    /// One of those, for which it had to wait: a clock sends it.
    Waited,
}

/// Whether this letter counts for the ceilings of M12.
pub(super) fn is_counted(kind: LetterKind) -> bool {
    kind.is_confirmation() || kind == LetterKind::OfficerRefusal || kind == LetterKind::ConsentReceived
}
