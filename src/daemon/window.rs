//! The pure part of intake: mails and what the store knows about them in, units of work out.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::ceiling::{Tally, is_recognised};
use super::desk::Desk;
use super::forgetting::forget_talk;
use super::known::{Asked, commands_of};
use super::unit::{Decided, is_counted};
use crate::mediation::reply::Refusal;
use crate::mediation::{
    ArrivedMail, Case, CaseEvent, Ceiling, Evidence, Filed, Footing, Fresh, KnownToOfficer, OtherFile, Phase, Placement, Sender,
    decide, officer_without_case,
};
use crate::message::{Clue, MailClass, MailFacts};
use crate::model::{Audience, CaseNumber, Holder, Instant, LetterId, MailAddress, MailId, MessageId, Token};
use crate::retrieval::RawMail;
use crate::store::{KnownLetter, MailRecord, StoreError, UnitOfWork, Versioned, decompress};

/// A mail that has been read.
#[derive(Debug)]
pub(super) struct Understood {
    pub raw: Arc<RawMail>,
    /// When it reached the organisation, on our clock, if the mail server says so.
    pub arrived_at: Option<Instant>,
    pub facts: MailFacts,
    /// The original as it is kept; it moves into the unit of work, and back if that is not committed.
    pub packed: Vec<u8>,
}

/// From this size on, in bytes, the original waits for its commit in its packed form alone.
const LARGE: usize = 1 << 20;

impl Understood {
    /// Lets go of a large original; [`Self::with_original`] gets it back.
    pub fn without_large_original(mut self) -> Self {
        if self.raw.bytes.len() >= LARGE {
            let raw = &self.raw;
            self.raw = Arc::new(RawMail { origin: raw.origin.clone(), arrived_at: raw.arrived_at, bytes: Vec::new() });
        }
        self
    }

    /// The mail with its original, which is needed to decide once more. Fails where what was packed is not what comes
    /// back, which is a defect.
    pub fn with_original(mut self) -> Result<Self, StoreError> {
        if self.raw.bytes.is_empty() && !self.packed.is_empty() {
            let corrupt = |error: std::io::Error| StoreError::Corrupt { what: "mail", detail: error.to_string() };
            let bytes = decompress(&self.packed).map_err(corrupt)?;
            let raw = &self.raw;
            self.raw = Arc::new(RawMail { origin: raw.origin.clone(), arrived_at: raw.arrived_at, bytes });
        }
        Ok(self)
    }
}

/// Everything the store knows about a window.
pub(super) struct Knowledge {
    pub capabilities: HashMap<Token, crate::model::Capability>,
    pub letters: HashMap<MessageId, KnownLetter>,
    /// Letters by the return address that a mail came to, or by the envelope id that a report gives back (M40).
    pub returned: HashMap<LetterId, KnownLetter>,
    pub cases: HashMap<CaseNumber, Versioned>,
    pub tally: Tally,
}

impl Knowledge {
    /// Adds what a unit will have changed once it is committed.
    pub fn add(&mut self, unit: &UnitOfWork) {
        if let Some(change) = &unit.case
            && let Some(known) = self.cases.get_mut(&change.after.number)
        {
            *known = Versioned { version: change.decided_on + 1, case: change.after.clone() };
        }
        for queued in &unit.letters {
            self.tally.count_under(&queued.counts);
        }
    }
}

/// The pure part: from mails and knowledge to units of work.
pub(super) struct Window<'a> {
    pub desk: &'a Desk,
    pub now: Instant,
    pub year: u16,
    pub next_serial: u32,
    pub knowledge: Knowledge,
    /// What officers' commands need to know, by the place of their mail in the window.
    pub known: HashMap<usize, Asked>,
    pub seed: [u8; 32],
}

impl Window<'_> {
    /// Decides on every mail in order, then composes all letters on all cores, where `finish` is done too.
    pub fn units<U: Send>(
        mut self,
        mails: &mut [Understood],
        placements: &[Placement],
        finish: impl Fn(UnitOfWork) -> U + Sync,
    ) -> Vec<U> {
        // Deciding is quick and in order, so that a second mail on a case sees the first; composing is the
        // larger part of the work, and each letter stands alone.
        let decided: Vec<Decided> = mails
            .iter_mut()
            .zip(placements)
            .enumerate()
            .map(|(index, (mail, placement))| self.decide(index, mail, *placement))
            .collect();
        let (desk, now) = (self.desk, self.now);
        decided.into_par_iter().zip(&*mails).map(|(decided, mail)| finish(compose(desk, decided, mail, now))).collect()
    }

    fn fresh(&self, index: usize) -> Fresh {
        let mut seed = self.seed;
        for (byte, salt) in seed.iter_mut().zip((index as u64).to_le_bytes()) {
            *byte ^= salt;
        }
        Fresh::from_seed(seed, self.now)
    }

    fn decide(&mut self, index: usize, mail: &mut Understood, placement: Placement) -> Decided {
        let mut fresh = self.fresh(index);
        let mut record = self.record(mail, fresh.mail());
        let (footing, versioned) = match placement {
            Placement::OnCase(footing) => (footing, self.knowledge.cases.get(&footing.case).cloned()),
            Placement::NewCase => match self.new_case(Sender::Complainant) {
                Some((footing, versioned)) => (Footing { also: self.numbered(mail), ..footing }, Some(versioned)),
                // A hundred million complaints in a year: kept, and shown to the operator as unplaced.
                None => return self.unplaced(record),
            },
            Placement::OfficerOpens { .. } => match self.new_case(Sender::Officer) {
                Some((footing, versioned)) => (footing, Some(versioned)),
                None => return self.unplaced(record),
            },
            Placement::OfficerWithoutCase => return self.officer_without_case(index, mail, record, Refusal::NoCase, &mut fresh),
            Placement::OfficerNotProven => return self.officer_without_case(index, mail, record, Refusal::NotProven, &mut fresh),
            Placement::Unplaced => return self.unplaced(record),
        };
        let Some(Versioned { version, case }) = versioned else { return self.unplaced(record) };
        record.case = Some(footing.case);
        record.sender = Some(footing.sender);
        record.evidence = footing.evidence_told();
        let Asked { known, material } = self.asked(index);
        let event = CaseEvent::MailArrived(Box::new(ArrivedMail { known, ..self.arrived(mail, &record, footing) }));
        let mut decided = Decided { material, ..Decided::on(case, version, Some(record)) };
        decided.add(decide(&decided.after, &event, &mut fresh, self.now, &self.desk.policy));
        if let Some(event) = self.letter_failed(mail) {
            decided.add(decide(&decided.after, &event, &mut fresh, self.now, &self.desk.policy));
        }
        if footing.sender == Sender::Officer {
            decided.hold_until = Some(self.now + self.desk.hold);
        }
        if decided.after.phase == Phase::Unopened {
            // A registration that was refused opens nothing; the mail is kept.
            let Decided { effects, record, .. } = decided;
            let record = record.map(unfiled);
            let nobody = Case::unopened(CaseNumber::FIRST, self.desk.key().clone());
            let mut decided = Decided { effects, ..Decided::on(nobody, 0, record) };
            forget_talk(&mut decided, mail, self.desk);
            return decided;
        }
        forget_talk(&mut decided, mail, self.desk);
        for order in decided.orders() {
            if is_counted(order.kind) {
                self.knowledge.tally.count(&order.address);
            }
        }
        self.knowledge.cases.insert(footing.case, Versioned { version: version + 1, case: decided.after.clone() });
        decided
    }

    /// What an officer's mail needs to know, with the cases as earlier mails of this window left them.
    fn asked(&mut self, index: usize) -> Asked {
        let mut asked = self.known.remove(&index).unwrap_or_default();
        for case in asked.known.desk.iter_mut().flat_map(|desk| &mut desk.cases) {
            if let Some(newer) = self.knowledge.cases.get(&case.number) {
                case.clone_from(&newer.case);
            }
        }
        asked
    }

    /// The next number, and a case that nothing has happened to.
    fn new_case(&mut self, sender: Sender) -> Option<(Footing, Versioned)> {
        let number = CaseNumber::new(self.year, self.next_serial).ok()?;
        self.next_serial += 1;
        let case = Case::unopened(number, self.desk.key().clone());
        let footing = Footing {
            case: number,
            sender,
            evidence: Evidence::New,
            answers_follow_up: false,
            audience: Audience::File,
            also: None,
        };
        Some((footing, Versioned { version: 0, case }))
    }

    /// A mail on no case: kept whole, with its class.
    fn unplaced(&self, record: MailRecord) -> Decided {
        let nobody = Case::unopened(CaseNumber::FIRST, self.desk.key().clone());
        Decided::on(nobody, 0, Some(record))
    }

    /// An officer's mail on no case: kept, and the officer is told that nothing was done.
    fn officer_without_case(
        &mut self,
        index: usize,
        mail: &Understood,
        record: MailRecord,
        why: Refusal,
        fresh: &mut Fresh,
    ) -> Decided {
        let nowhere = Footing {
            case: CaseNumber::FIRST,
            sender: Sender::Officer,
            evidence: Evidence::New,
            answers_follow_up: false,
            audience: Audience::File,
            also: None,
        };
        let Asked { known, material } = self.asked(index);
        let arrived = ArrivedMail { known, ..self.arrived(mail, &record, nowhere) };
        let mut decided = Decided { material, ..self.unplaced(record) };
        forget_talk(&mut decided, mail, self.desk);
        decided.effects.extend(officer_without_case(&arrived, why, fresh, self.now, &self.desk.policy));
        for order in decided.orders() {
            self.knowledge.tally.count(&order.address);
        }
        decided
    }

    fn record(&self, mail: &mut Understood, id: MailId) -> MailRecord {
        MailRecord {
            id,
            desk: self.desk.key().clone(),
            key: mail.facts.key,
            message_id: mail.facts.message_id.clone(),
            received_at: self.arrival(mail),
            stored_at: self.now,
            class: mail.facts.class,
            class_reason: mail.facts.class_reason.clone(),
            sender: None,
            case: None,
            evidence: "none".to_owned(),
            size: mail.raw.bytes.len(),
            raw: std::mem::take(&mut mail.packed),
        }
    }

    /// M179: our own first sight, or the server's word where that is earlier; never the sender's.
    fn arrival(&self, mail: &Understood) -> Instant {
        mail.arrived_at.map_or(self.now, |arrived_at| arrived_at.min(self.now))
    }

    fn arrived(&self, mail: &Understood, record: &MailRecord, footing: Footing) -> ArrivedMail {
        let facts = &mail.facts;
        let author = facts.author.as_ref().map(|author| &author.address);
        // The ceiling that matters is that of whoever would be written to.
        let correspondent = match footing.sender {
            Sender::OfficerNotProven => self.desk.policy.responsible().map(|officer| &officer.address),
            Sender::Complainant | Sender::Respondent(_) | Sender::Officer | Sender::Stranger | Sender::Machine => author,
        };
        let (commands, text) = match footing.sender {
            Sender::Officer => commands_of(facts),
            Sender::Complainant | Sender::Respondent(_) | Sender::OfficerNotProven | Sender::Stranger | Sender::Machine => {
                (Vec::new(), facts.reply_text.clone())
            }
        };
        let mut thread = facts.references.clone();
        thread.extend(facts.message_id.clone());
        // Ids of ours say nothing new, and the thread of a case is about the complainant's own mails (M133).
        thread.retain(|id| id.token().is_none());
        ArrivedMail {
            mail: record.id,
            class: facts.class,
            silence: facts.silence,
            ceiling: self.ceiling(facts, &footing, correspondent),
            sender: footing.sender,
            author: facts.author.clone(),
            subject: facts.subject.clone(),
            language: facts.language.clone(),
            text,
            says_something: facts.says_something,
            thread,
            arrived_at: record.received_at,
            suspected: facts.triage.flags.clone(),
            kinds: facts.triage.kinds.clone(),
            purposes: facts.triage.purposes.clone(),
            answers_follow_up: footing.answers_follow_up,
            audience: footing.audience,
            filed: self.filed(&footing),
            intent: facts.triage.intent,
            calendar: facts.calendar.clone(),
            attachments: facts.attachments.iter().map(|attachment| attachment.name.clone()).collect(),
            commands,
            known: KnownToOfficer::default(),
        }
    }

    /// Why a mail stands where it stands, for the officer (M50).
    fn filed(&self, footing: &Footing) -> Filed {
        let file = |case: CaseNumber| OtherFile {
            case,
            token: self.knowledge.cases.get(&case).and_then(|known| known.case.token(Holder::Officer, Audience::File)),
        };
        Filed { by: footing.evidence, also: footing.also.map(file) }
    }

    /// The case whose number stands in the subject of a mail that opens a case of its own: a number is no proof (M52).
    fn numbered(&self, mail: &Understood) -> Option<CaseNumber> {
        let of_this_desk =
            |number: &CaseNumber| self.knowledge.cases.get(number).is_some_and(|known| known.case.desk == *self.desk.key());
        mail.facts.clues.iter().find_map(|clue| match clue {
            Clue::SubjectNumber(number) => Some(*number).filter(of_this_desk),
            _ => None,
        })
    }

    /// M12 for whom would be written to; M13 for a mail that opens a case and says nothing of a complaint.
    fn ceiling(&self, facts: &MailFacts, footing: &Footing, correspondent: Option<&MailAddress>) -> Ceiling {
        let opens = footing.evidence == Evidence::New && footing.sender == Sender::Complainant;
        if !correspondent.is_none_or(|address| self.knowledge.tally.allows(address)) {
            Ceiling::Reached
        } else if opens && !is_recognised(facts) && !self.knowledge.tally.allows_unrecognised() {
            Ceiling::Later
        } else {
            Ceiling::Allows
        }
    }

    /// M42: a bounce means something only where it names a letter that we sent, by the first of the signs of M40 that is
    /// there.
    fn letter_failed(&self, mail: &Understood) -> Option<CaseEvent> {
        if mail.facts.class != MailClass::Bounce {
            return None;
        }
        let bounce = mail.facts.bounce.as_ref()?;
        let came_to = mail.facts.clues.iter().filter_map(|clue| match clue {
            Clue::Returned(letter) => Some(letter),
            _ => None,
        });
        let letter = came_to
            .chain(&bounce.envelope)
            .find_map(|letter| self.knowledge.returned.get(letter))
            .or_else(|| bounce.ids().find_map(|id| self.knowledge.letters.get(id)))?;
        // M43: 5.1.x says the address is bad, 5.4.4 that its domain does not exist; others are on the way.
        let address_is_bad = bounce.status.as_deref().is_some_and(|status| status.starts_with("5.1.") || status == "5.4.4");
        Some(CaseEvent::LetterFailed { letter: letter.letter, kind: letter.kind, to: letter.to.clone(), address_is_bad })
    }
}

/// A record that stands on no case after all.
fn unfiled(record: MailRecord) -> MailRecord {
    MailRecord { case: None, sender: None, evidence: "refused".to_owned(), ..record }
}

/// Composes a unit. A letter that can not be composed must not lose the mail: it is kept on no case, and the
/// operator is told, since start-up proved that this can not happen.
fn compose(desk: &Desk, mut decided: Decided, mail: &Understood, now: Instant) -> UnitOfWork {
    let record = decided.record.take();
    match decided.compose(desk, Some((&mail.facts, &mail.raw.bytes)), now) {
        Ok(unit) => UnitOfWork { mail: record, ..unit },
        Err(error) => {
            tracing::error!(desk = desk.key().as_str(), %error, "a letter could not be composed; the mail is kept and needs a person");
            let on_no_case =
                |record| MailRecord { case: None, sender: None, evidence: "composition-failed".to_owned(), ..record };
            UnitOfWork { mail: record.map(on_no_case), ..UnitOfWork::default() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{OwnAddresses, Words, understand};
    use crate::retrieval::Origin;
    use crate::store::compress;

    fn mail_of(body: &str) -> Understood {
        let bytes = format!("From: anna@post.example\r\nSubject: Klacht\r\n\r\n{body}\r\n").into_bytes();
        let own = OwnAddresses { addresses: Vec::new(), separator: '+', trace: String::new() };
        let facts = understand(&bytes, &own, &Words::builtin().unwrap(), Instant::UNIX_EPOCH);
        let packed = compress(&bytes).unwrap();
        let origin = Origin::Maildir { file_name: "1.post".to_owned() };
        Understood { raw: Arc::new(RawMail { origin, arrived_at: None, bytes }), arrived_at: None, facts, packed }
    }

    #[test]
    fn a_large_original_waits_packed_and_comes_back_byte_for_byte() {
        let original = mail_of(&"Ik wachtte drie uur. ".repeat(100_000)).raw.bytes.clone();
        let waiting = mail_of(&"Ik wachtte drie uur. ".repeat(100_000)).without_large_original();
        assert!(waiting.raw.bytes.is_empty());
        assert_eq!(waiting.with_original().unwrap().raw.bytes, original);
    }

    #[test]
    fn a_small_original_is_held() {
        let mail = mail_of("Ik wachtte drie uur.").without_large_original();
        assert!(!mail.raw.bytes.is_empty());
    }

    #[test]
    fn what_can_not_be_unpacked_is_a_defect_and_no_empty_mail() {
        let mut waiting = mail_of(&"Ik wachtte drie uur. ".repeat(100_000)).without_large_original();
        waiting.packed = b"no archive".to_vec();
        assert!(waiting.with_original().is_err());
    }
}
