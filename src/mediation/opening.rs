//! A new complaint becomes a case (rows 1 to 3).

use chrono::TimeDelta;

use super::command::{self, Command, Registration};
use super::draft::Draft;
use super::officer_mail::registered_address;
use super::reply::{Alarm, Receipt, Refusal};
use super::{
    ArrivedMail, Case, Ceiling, Confirmation, Deadlines, Decision, Entry, Party, PartyRole, Passage, Reason, TimerKind, clocks,
    party_mail,
};
use crate::model::{Audience, Flag, FlagStanding, Holder, Instant, LetterKind, MailId};

/// Registers the case, confirms it where a machine may, and tells the officer at once (R5).
pub(super) fn open(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    let policy = draft.policy;
    let may_confirm = may_confirm(&draft, mail);
    if let Err(reason) = may_confirm {
        draft.reason = reason;
    }
    let deadlines = deadlines(&draft, mail.arrived_at);
    draft.note(Entry::Opened {
        received_at: mail.arrived_at,
        language: Case::letter_language(&mail.language, policy.language),
        written_in: mail.language.clone(),
        subject: mail.subject.clone(),
        complainant: Party {
            name: mail.author.as_ref().and_then(|author| author.name.clone()),
            address: mail.author.as_ref().map(|author| author.address.clone()),
            phone: None,
        },
        officer: policy.responsible().map(|officer| officer.address.clone()),
        deadlines,
        kinds: mail.kinds.clone(),
        purposes: mail.purposes.clone(),
    });
    for flag in &mail.suspected {
        draft.note(Entry::FlagSet { flag: *flag, standing: FlagStanding::Suspected });
    }
    issue_addresses(&mut draft);
    party_mail::file(&mut draft, mail);

    // Somebody who is complained about and writes unasked has no complaint of their own, and may not learn from us that
    // there is one (I6).
    let other_side = policy.answers.is_from_the_other_side(&mail.text);
    let passage = if other_side { Passage::OtherSide } else { Passage::Plain };
    let confirmation = match may_confirm {
        Ok(()) if acknowledge(&mut draft, Some(mail.mail), passage) => Confirmation::Sent,
        Err(Reason::NewComplaintCeiling) if mail.ceiling == Ceiling::Later => {
            confirm_later(&mut draft);
            Confirmation::Later
        }
        Ok(()) | Err(_) => Confirmation::None,
    };
    // Row 12: what may not wait goes to the deputy as well.
    let urgent = mail.suspected.iter().any(|flag| flag.blocks_mediation());
    let notice = Passage::NewCase { confirmation, other_side, also: mail.filed.also };
    draft.tell_officers(LetterKind::OfficerNewCase, Some(mail.mail), &notice, urgent);
    if let Err(reason) = may_confirm {
        // The notice says so too; the journal has to show why nobody answered.
        draft.note(Entry::Alarmed { alarm: Alarm::NotAnswered { why: reason.code().to_owned() } });
    }
    draft.done()
}

/// The dates that bind, counted from the day on which the complaint reached the organisation (R4).
fn deadlines(draft: &Draft<'_>, received_at: Instant) -> Deadlines {
    clocks::deadlines(draft.policy, draft.policy.civil_day(received_at))
}

/// Made once, so that every later letter of the case uses the same addresses (M57).
fn issue_addresses(draft: &mut Draft<'_>) {
    draft.token(Holder::Complainant, Audience::File);
    draft.token(Holder::Officer, Audience::File);
}

impl Draft<'_> {
    /// Confirms the complaint to an address that only became known now (row 3).
    pub(super) fn confirm_receipt(&mut self) {
        if !self.case.is_silenced(PartyRole::Complainant) {
            acknowledge(self, None, Passage::Plain);
        }
    }
}

fn acknowledge(draft: &mut Draft<'_>, about: Option<MailId>, passage: Passage) -> bool {
    // Row 3: a suspicion of something grave gives the careful variant, never a cheerful one.
    let careful = draft.case.flags.iter().any(|(flag, standing)| standing.stands() && flag.asks_for_care());
    let kind = if careful { LetterKind::CarefulAcknowledgement } else { LetterKind::Acknowledgement };
    let written = draft.write_to(PartyRole::Complainant, kind, Audience::File, about, passage).is_some();
    if written {
        draft.note(Entry::Acknowledged);
    }
    written
}

/// Whether a machine may confirm this complaint (M2–M15, M174, row 3).
fn may_confirm(draft: &Draft<'_>, mail: &ArrivedMail) -> Result<(), Reason> {
    let stays_silent = mail.silence.is_some()
        || mail.author.is_none()
        || mail.suspected.contains(&Flag::DeceasedComplainant)
        || draft.now - mail.arrived_at > draft.policy.acknowledge_up_to;
    if stays_silent {
        return Err(Reason::NewComplaintUnanswered);
    }
    if mail.ceiling != Ceiling::Allows {
        return Err(Reason::NewComplaintCeiling);
    }
    Ok(())
}

/// How long a confirmation waits until the ceiling is asked again: it counts by the hour (M13).
const ASKED_AGAIN_AFTER: TimeDelta = TimeDelta::hours(1);

fn confirm_later(draft: &mut Draft<'_>) {
    let due_at = draft.now + ASKED_AGAIN_AFTER;
    draft.set_timer(TimerKind::Confirmation, due_at);
}

/// M13: a confirmation that had to wait goes once the ceiling allows it. Whoever has heard from the desk by then needs
/// none (the clock has stopped), and after the time in which a confirmation still makes sense the officer is told.
pub(super) fn confirmation_due(mut draft: Draft<'_>, allowed: bool) -> Decision {
    let runs = draft.case.timers.get(&TimerKind::Confirmation).is_some_and(|due_at| *due_at <= draft.now);
    if !runs {
        draft.reason = Reason::TimerObsolete;
        return draft.done();
    }
    draft.stop_timer(TimerKind::Confirmation);
    if draft.case.is_silenced(PartyRole::Complainant) {
        // Rows 41, 43, 44: an alarm of its own said so already.
        draft.reason = Reason::NewComplaintUnanswered;
    } else if allowed {
        acknowledge(&mut draft, None, Passage::Plain);
    } else if draft.now - draft.case.received_at > draft.policy.acknowledge_up_to {
        draft.reason = Reason::NewComplaintCeiling;
        draft.alarm(Alarm::NotAnswered { why: Reason::NewComplaintCeiling.code().to_owned() }, false);
    } else {
        confirm_later(&mut draft);
    }
    draft.done()
}

/// `#nieuw` and `#splitsen` (row 2, R4): an officer registers a complaint that came by telephone, on paper, at the
/// desk, in a forwarded mail, or as a second matter in another case. It counts from its true day of receipt.
pub(super) fn register(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    draft.reason = Reason::OfficerRegistered;
    let Some(officer) = registered_address(&draft, mail) else { return draft.done() };
    let registration = match understood(&draft, mail) {
        Ok(registration) => registration,
        Err(refusal) => {
            // There is no case to journal a refusal on: the officer hears of it, and the mail is kept.
            draft.write_to_officer(LetterKind::OfficerRefusal, &officer, Some(mail.mail), Passage::Refusal(refusal));
            return draft.forgetting_entries();
        }
    };
    let policy = draft.policy;
    let received_at = registration.received.map_or(mail.arrived_at, |day| noon(&draft, day).min(mail.arrived_at));
    let deadlines = deadlines(&draft, received_at);
    let language = Case::letter_language(&mail.language, policy.language);
    draft.note(Entry::Opened {
        received_at,
        language,
        written_in: language.tag().to_owned(),
        subject: mail.subject.clone(),
        complainant: Party { name: registration.name, address: registration.email, phone: registration.phone },
        officer: Some(officer.clone()),
        deadlines,
        kinds: mail.kinds.clone(),
        purposes: mail.purposes.clone(),
    });
    if let Some(from) = &mail.known.written_on {
        draft.note(Entry::FollowsOn { other: from.number });
    }
    issue_addresses(&mut draft);
    party_mail::file(&mut draft, mail);
    // Row 3: the person hears from us where there is an address, once; on paper the officer does that.
    let acknowledged =
        !mail.suspected.contains(&Flag::DeceasedComplainant) && acknowledge(&mut draft, Some(mail.mail), Passage::Plain);
    if !acknowledged {
        draft.note(Entry::Alarmed { alarm: Alarm::NotAnswered { why: draft.reason.code().to_owned() } });
    }
    draft.receipt(&officer, mail.mail, vec![Receipt::Registered]);
    draft.done()
}

/// The middle of a civil day: a complaint that came on a day came within it.
fn noon(draft: &Draft<'_>, day: chrono::NaiveDate) -> Instant {
    draft.policy.moment(day, 12)
}

/// What is to be registered: as typed, from the forwarded mail, or from the case it was split off.
fn understood(draft: &Draft<'_>, mail: &ArrivedMail) -> Result<Registration, Refusal> {
    let now = draft.now.with_timezone(&draft.policy.zone).naive_local();
    let mut commands = mail.commands.iter().map(|typed| command::understand(typed, &mail.text, draft.policy, now));
    let (first, more) = (commands.next().transpose()?, commands.next().transpose()?);
    if let Some(second) = more {
        // Further commands are about a case that has no number yet: they come in the next mail.
        let command = draft.policy.vocabulary.command_word(second.verb(), draft.policy.language);
        return Err(Refusal::NotNow { command, state: "NONE".to_owned() });
    }
    let word = |verb| draft.policy.vocabulary.command_word(verb, draft.policy.language);
    match first {
        Some(Command::Register(typed)) => {
            let forwarded = mail.known.forwarded_from.as_ref();
            let name = typed.name.clone().or_else(|| forwarded.and_then(|author| author.name.clone()));
            let email = typed.email.clone().or_else(|| {
                // A name that was typed belongs to who was typed, not to who forwarded something.
                forwarded.filter(|_| typed.name.is_none() || typed.phone.is_none()).map(|author| author.address.clone())
            });
            if name.is_none() && email.is_none() && typed.phone.is_none() {
                let choices = draft.policy.vocabulary.examples.words_for(&super::Verb::Register, draft.policy.language);
                return Err(Refusal::Incomplete { command: word(super::Verb::Register), argument: String::new(), choices });
            }
            let is_ours = email.as_ref().is_some_and(|address| {
                draft.policy.officer_at(address).is_some() || crate::model::DeskKey::of(address) == draft.policy.desk
            });
            if is_ours {
                return Err(Refusal::WrongRespondent);
            }
            Ok(Registration { name, email, ..typed })
        }
        Some(Command::Split) => {
            let Some(from) = &mail.known.written_on else { return Err(Refusal::NoCase) };
            if mail.text.trim().is_empty() {
                return Err(Refusal::NeedsText { command: word(super::Verb::Split) });
            }
            let day = draft.policy.civil_day(from.received_at.min(mail.arrived_at));
            Ok(Registration {
                name: from.complainant.name.clone(),
                email: from.complainant.address.clone(),
                phone: from.complainant.phone.clone(),
                received: Some(day),
                text: mail.text.clone(),
            })
        }
        Some(_) | None => Err(Refusal::NoCase),
    }
}
