//! Mail from an officer: commands, words for a party, or an internal note (design.md section 5, I6, I9).

use chrono::TimeDelta;

use super::carry::{self, Carrying, carry_out, claims_text};
use super::command::{self, Command};
use super::draft::Draft;
use super::offer::{CaseFacts, Offers};
use super::reply::{Receipt, Refusal};
use super::{
    Actor, ArrivedMail, Before, Case, Ceiling, CommandText, Decision, Effect, Entry, Fresh, LetterOrder, Passage, Policy, Reason,
    Recipient, Verb, party_mail,
};
use crate::message::MailClass;
use crate::model::{Audience, CaseNumber, Instant, LetterKind, MailAddress};

/// Letters that tell of a state: of several in one mail only the last one is true.
const OF_STATE: [LetterKind; 5] =
    [LetterKind::Closing, LetterKind::Reopened, LetterKind::Question, LetterKind::Misdirected, LetterKind::ClosingRespondent];

/// So much of a note is read for what it may ask, in characters.
const LONGEST_READ: usize = 10_000;

/// Carries out all commands of the mail, or none; without commands the text goes where the address says, and to
/// nobody where it came to the file.
pub(super) fn command_or_note(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    party_mail::file(&mut draft, mail);
    let Some(officer) = registered_address(&draft, mail) else { return draft.done() };
    if mail.class == MailClass::Human && mail.commands.is_empty() && !mail.attachments.is_empty() && is_after_talk(&draft) {
        // R20: a recording or a note of the talk that is only attached.
        return note(draft, mail, &officer);
    }
    if mail.class != MailClass::Human || (mail.commands.is_empty() && !mail.says_something) {
        return draft.done();
    }
    if mail.commands.is_empty() && mail.audience == Audience::File {
        return note(draft, mail, &officer);
    }
    let mark = draft.mark();
    match done(&mut draft, mail) {
        Ok(receipts) => {
            draft.reason = Reason::CommandsDone;
            draft.receipt(&officer, mail.mail, receipts);
        }
        Err(refusal) => {
            draft.back_to(mark);
            draft.reason = Reason::CommandRefused;
            draft.refuse(&officer, mail.mail, refusal);
        }
    }
    draft.done()
}

/// Plain text to the file: nobody else gets it. After the talk nothing is kept of what was said (R20).
fn note(mut draft: Draft<'_>, mail: &ArrivedMail, officer: &MailAddress) -> Decision {
    let receipts = if is_after_talk(&draft) {
        draft.note(Entry::TalkTextDropped);
        vec![Receipt::NoteDropped]
    } else {
        let facts = CaseFacts::of(&draft.case, &draft.policy.directory, draft.policy.civil_day(draft.now));
        // Nobody hides an instruction behind pages of pasted text, and reading all of those takes seconds.
        let beginning: String = mail.text.chars().take(LONGEST_READ).collect();
        let lines = Offers::shipped().map(|offers| offers.offered(&beginning, &facts)).unwrap_or_default();
        let offered = (!lines.is_empty()).then_some(Receipt::Offered { lines });
        std::iter::once(Receipt::Noted).chain(offered).collect()
    };
    draft.receipt(officer, mail.mail, receipts);
    draft.done()
}

/// Whether free text of an officer may be about a talk that took place.
pub(super) fn is_after_talk(draft: &Draft<'_>) -> bool {
    draft.case.talked || draft.case.phase.appointment().is_some_and(|appointment| appointment.starts_at() <= draft.now)
}

/// Does everything the mail asks for, on the draft; an error means that the draft has to go back.
fn done(draft: &mut Draft<'_>, mail: &ArrivedMail) -> Result<Vec<Receipt>, Refusal> {
    let now = draft.now.with_timezone(&draft.policy.zone).naive_local();
    let commands: Vec<Command> =
        mail.commands.iter().map(|typed| command::understand(typed, &mail.text, draft.policy, now)).collect::<Result<_, _>>()?;
    let before = before(draft);
    let start = draft.mark();
    let has_text = !mail.text.trim().is_empty();
    let text_is_claimed = commands.iter().any(claims_text);
    let mut carrying = Carrying { mail, text: &mail.text, word: String::new(), text_is_claimed, named: None };
    let mut receipts = Vec::new();
    for command in &commands {
        carrying.word = draft.policy.vocabulary.command_word(command.verb(), draft.policy.language);
        receipts.push(carry_out(draft, command, &mut carrying)?);
    }
    let carried = receipts
        .iter()
        .any(|receipt| matches!(receipt, Receipt::Words { .. } | Receipt::ComplainantRecorded { writes: true, .. }));
    if has_text && !text_is_claimed && !carried {
        receipts.extend(leftover(draft, mail, &mut carrying, &receipts)?);
    }
    one_letter_each(draft)?;
    revocable(draft, before, &start);
    Ok(receipts)
}

/// Text that no command needs goes where the address says; at the file address it is a note.
fn leftover(
    draft: &mut Draft<'_>,
    mail: &ArrivedMail,
    carrying: &mut Carrying<'_>,
    receipts: &[Receipt],
) -> Result<Option<Receipt>, Refusal> {
    let word = |draft: &Draft<'_>, verb| draft.policy.vocabulary.command_word(verb, draft.policy.language);
    match mail.audience {
        Audience::Complainant => {
            carrying.word = word(draft, Verb::ToComplainant);
            carry_out(draft, &Command::ToComplainant, carrying).map(Some)
        }
        Audience::Respondent(number) => {
            carrying.word = word(draft, Verb::Respondent);
            carry::to_respondent(draft, carrying, number).map(Some)
        }
        Audience::File | Audience::FollowUp | Audience::Consent(_) | Audience::Agreement(_) => {
            let was_dropped = receipts
                .iter()
                .any(|receipt| matches!(receipt, Receipt::Held { dropped: true, .. } | Receipt::NotHeld { dropped: true, .. }));
            if was_dropped {
                return Ok(None);
            }
            if is_after_talk(draft) {
                draft.note(Entry::TalkTextDropped);
                return Ok(Some(Receipt::NoteDropped));
            }
            Ok(Some(Receipt::Noted))
        }
    }
}

/// One mail of an officer gives a party at most one letter: about the state it leaves the case in.
fn one_letter_each(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    for role in draft.case.parties().collect::<Vec<_>>() {
        draft.keep_last(role, &OF_STATE);
        if draft.party_letters(None).filter(|(to, _)| *to == role).count() > 1 {
            return Err(Refusal::TwoLetters);
        }
    }
    Ok(())
}

fn before(draft: &Draft<'_>) -> Before {
    Before {
        phase: draft.case.phase.clone(),
        timers: draft.case.timers.clone(),
        ends: draft.case.ends.clone(),
        follow_up: draft.case.follow_up.clone(),
        deadlines: draft.case.deadlines.clone(),
        extension: draft.case.extension.clone(),
    }
}

/// What an officer sends to a party waits for the desk's hold, and until then `#stop` takes it back.
fn revocable(draft: &mut Draft<'_>, before: Before, start: &super::draft::Mark) {
    let waits = draft.policy.hold > TimeDelta::zero() && draft.party_letters(Some(start)).next().is_some();
    if waits {
        let until = draft.now + draft.policy.hold;
        draft.note(Entry::Revocable { until, before: Box::new(before) });
    }
}

/// The officer's address without the case's token, or the token without the address: nothing is done, and
/// the registered officer hears of it (I9, M71, M79), within the ceiling of M12.
pub(super) fn not_proven(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    party_mail::file(&mut draft, mail);
    let officer = registered_address(&draft, mail).or_else(|| draft.officer_address());
    if let Some(officer) = officer.filter(|_| mail.ceiling == Ceiling::Allows) {
        draft.refuse(&officer, mail.mail, Refusal::NotProven);
    }
    draft.done()
}

/// An officer wrote to the desk without any sign of a case, or without the proof that the desk demands: nothing can be
/// done with it, and the officer hears so at the registered address, within the ceiling of M12. There is no case to
/// journal it on; the mail is kept.
///
/// Three commands belong to no case, change nothing and tell nobody but that registered officer: `#lijst`, `#rapport` and
/// `#help`. They are answered here too, as far as the desk believes who wrote (I9).
pub fn officer_without_case(
    mail: &ArrivedMail,
    why: Refusal,
    fresh: &mut Fresh,
    now: Instant,
    policy: &Policy,
) -> Option<Effect> {
    let officer = policy.officer_at(&mail.author.as_ref()?.address)?;
    let says_something = mail.says_something || !mail.commands.is_empty();
    let may_answer =
        mail.class == MailClass::Human && mail.silence.is_none() && mail.ceiling == Ceiling::Allows && says_something;
    may_answer.then(|| {
        let asked = (why == Refusal::NoCase).then(|| asked_of_the_desk(mail, fresh, now, policy)).flatten();
        let (kind, passage) = match asked.unwrap_or(Err(why)) {
            Ok(receipts) => (LetterKind::OfficerReceipt, Passage::Receipt(receipts)),
            Err(refusal) => (LetterKind::OfficerRefusal, Passage::Refusal(refusal)),
        };
        Effect::Send(Box::new(LetterOrder {
            letter: fresh.letter(),
            kind,
            to: Recipient::Officer(officer.address.clone()),
            address: officer.address.clone(),
            language: policy.language,
            reply_token: fresh.token(),
            about: Some(mail.mail),
            passage,
        }))
    })
}

/// What the desk answers to commands that belong to no case; `None` where one of them belongs to one.
fn asked_of_the_desk(
    mail: &ArrivedMail,
    fresh: &mut Fresh,
    now: Instant,
    policy: &Policy,
) -> Option<Result<Vec<Receipt>, Refusal>> {
    let belongs_to_none =
        |typed: &CommandText| matches!(policy.vocabulary.verb(&typed.word), Some(Verb::List | Verb::Report | Verb::Help));
    if mail.commands.is_empty() || !mail.commands.iter().all(belongs_to_none) {
        return None;
    }
    let local = now.with_timezone(&policy.zone).naive_local();
    let nobody = Case::unopened(CaseNumber::FIRST, policy.desk.clone());
    let mut draft = Draft::new(&nobody, policy, fresh, now, Actor::Officer, Reason::CommandsDone);
    let mut carrying = Carrying { mail, text: "", word: String::new(), text_is_claimed: false, named: None };
    let mut done = |typed: &CommandText| {
        let command = command::understand(typed, &mail.text, policy, local)?;
        carrying.word = policy.vocabulary.command_word(command.verb(), policy.language);
        carry_out(&mut draft, &command, &mut carrying)
    };
    Some(mail.commands.iter().map(&mut done).collect())
}

/// Receipts go to the address in the configuration, whatever alias the officer wrote from (I9).
pub(super) fn registered_address(draft: &Draft<'_>, mail: &ArrivedMail) -> Option<MailAddress> {
    let author = mail.author.as_ref()?;
    draft.policy.officer_at(&author.address).map(|officer| officer.address.clone())
}
