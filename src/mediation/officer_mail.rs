//! Mail from an officer to the file of a case: commands, or an internal note (design.md section 5, I6, I9).

use super::command::{self, Command};
use super::draft::Draft;
use super::reply::{Receipt, Refusal};
use super::{
    ArrivedMail, Decision, Effect, Entry, Fresh, LetterOrder, Passage, Phase, Policy, Reason, Recipient, TimerKind, follow_up,
    party_mail,
};
use crate::message::MailClass;
use crate::model::{Audience, LetterKind, MailAddress};

/// Carries out all commands of the mail, or none; without commands the text is a note.
pub(super) fn command_or_note(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    party_mail::file(&mut draft, mail);
    let Some(officer) = registered_address(&draft, mail) else { return draft.done() };
    if mail.commands.is_empty() {
        if mail.says_something {
            draft.receipt(&officer, mail.mail, vec![Receipt::Noted]);
        }
        return draft.done();
    }
    let today = draft.policy.civil_day(draft.now);
    let understood: Result<Vec<Command>, Refusal> =
        mail.commands.iter().map(|typed| command::understand(typed, draft.policy, today)).collect();
    let refusal = match understood.and_then(|commands| allowed(&draft, &commands).map(|()| commands)) {
        Ok(commands) => {
            draft.reason = Reason::CommandsDone;
            let receipts = commands.iter().map(|command| carry_out(&mut draft, command)).collect();
            tell_complainant(&mut draft, &commands, mail);
            draft.receipt(&officer, mail.mail, receipts);
            return draft.done();
        }
        Err(refusal) => refusal,
    };
    draft.reason = Reason::CommandRefused;
    draft.refuse(&officer, mail.mail, refusal);
    draft.done()
}

/// The officer's address without the case's token, or the token without the address: nothing is done, and
/// the registered officer hears of it (I9, M71, M79), within the ceiling of M12.
pub(super) fn not_proven(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    party_mail::file(&mut draft, mail);
    let officer = registered_address(&draft, mail).or_else(|| draft.officer_address());
    if let Some(officer) = officer.filter(|_| mail.within_ceiling) {
        draft.refuse(&officer, mail.mail, Refusal::NotProven);
    }
    draft.done()
}

/// An officer wrote to the desk without any sign of a case: nothing can be done with it, and the officer hears
/// so at the registered address, within the ceiling of M12. There is no case to journal it on; the mail is kept.
pub fn officer_without_case(mail: &ArrivedMail, fresh: &mut Fresh, policy: &Policy) -> Option<Effect> {
    let officer = policy.officer_at(&mail.author.as_ref()?.address)?;
    let may_answer = mail.class == MailClass::Human && mail.silence.is_none() && mail.within_ceiling && mail.says_something;
    may_answer.then(|| {
        Effect::Send(Box::new(LetterOrder {
            letter: fresh.letter(),
            kind: LetterKind::OfficerRefusal,
            to: Recipient::Officer(officer.address.clone()),
            address: officer.address.clone(),
            language: policy.language,
            reply_token: fresh.token(),
            about: Some(mail.mail),
            passage: Passage::Refusal(Refusal::NoCase),
        }))
    })
}

/// Receipts go to the address in the configuration, whatever alias the officer wrote from (I9).
fn registered_address(draft: &Draft<'_>, mail: &ArrivedMail) -> Option<MailAddress> {
    let author = mail.author.as_ref()?;
    draft.policy.officer_at(&author.address).map(|officer| officer.address.clone())
}

/// Whether the commands fit the state one after another: a small run ahead over phases alone, so that
/// either all are done or none.
fn allowed(draft: &Draft<'_>, commands: &[Command]) -> Result<(), Refusal> {
    let mut open = draft.case.phase.is_open();
    let state = draft.case.phase.code().to_owned();
    for command in commands {
        let (needs_open, opens) = match command {
            Command::Note | Command::NoFollowUp => (open, open),
            Command::Contacted { .. } => (true, true),
            Command::Close { .. } => (true, false),
            Command::Reopen => (false, true),
        };
        if needs_open != open {
            return Err(Refusal::NotNow { command: command::word_for(command, draft.policy), state });
        }
        open = opens;
    }
    Ok(())
}

/// One mail of an officer gives the complainant at most one letter: about the state it leaves the case in.
fn tell_complainant(draft: &mut Draft<'_>, commands: &[Command], mail: &ArrivedMail) {
    let last = commands.iter().rev().find(|command| matches!(command, Command::Close { .. } | Command::Reopen));
    match last {
        Some(Command::Close { .. }) => draft.write_to_complainant(LetterKind::Closing, Audience::File, None),
        Some(Command::Reopen) => draft.write_to_complainant(LetterKind::Reopened, Audience::File, Some(mail.mail)),
        Some(Command::Note | Command::Contacted { .. } | Command::NoFollowUp) | None => None,
    };
}

fn carry_out(draft: &mut Draft<'_>, command: &Command) -> Receipt {
    match *command {
        Command::Note => Receipt::Noted,
        Command::Contacted { on } => {
            draft.note(Entry::FirstContact { on });
            Receipt::Contacted { on }
        }
        Command::Close { outcome } => {
            // Row 34. What still waits for the complainant is about a case that no longer runs.
            draft.withdraw_letters(Recipient::Complainant);
            draft.note(Entry::Closed { outcome });
            let planned = follow_up::plan(draft);
            Receipt::Closed { outcome, follow_up: planned }
        }
        Command::Reopen => {
            // Row 37: a follow-up that has not gone waits for the next closing; one that has is never repeated.
            follow_up::cancel(draft);
            draft.note(Entry::Reopened);
            Receipt::Reopened
        }
        Command::NoFollowUp => {
            draft.stop_timer(TimerKind::FollowUp);
            if !matches!(draft.case.phase, Phase::Unopened) {
                draft.note(Entry::FollowUpSuppressed);
            }
            Receipt::FollowUpSuppressed
        }
    }
}
