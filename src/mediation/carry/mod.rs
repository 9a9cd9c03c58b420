//! What each command does to a case (design.md section 5; domain.md section 3).
//!
//! One function a command, in a file a part of the table. Each either does all of it on the draft or gives a
//! refusal; the caller then forgets the draft since the first command, so that a mail is done whole or not at all.

mod closing;
mod corrections;
mod flags;
mod intake;
mod meeting;
mod people;
mod wishes;
mod words;
mod written;

pub(super) use words::to_respondent;

use super::command::Command;
use super::draft::Draft;
use super::reply::{Need, Receipt, Refusal};
use super::{ArrivedMail, Entry, Phase};
use crate::model::{Outcome, RespondentNumber};

/// The longest text of a letter, in characters: beyond that mail programs cut a mail off (M142).
const LONGEST_TEXT: usize = 25_000;

/// A command on its way to be done, with what belongs to it.
pub(super) struct Carrying<'m> {
    /// The officer's mail.
    pub mail: &'m ArrivedMail,
    /// The text that follows the commands.
    pub text: &'m str,
    /// The desk's own word for the command, for a refusal.
    pub word: String,
    /// Whether another command of the mail needs the text.
    pub text_is_claimed: bool,
    /// The respondent whom an earlier command of the mail names.
    pub named: Option<RespondentNumber>,
}

impl Carrying<'_> {
    /// The text, or what is missing.
    pub fn needed_text(&self) -> Result<&str, Refusal> {
        if self.text.trim().is_empty() {
            return Err(Refusal::NeedsText { command: self.word.clone() });
        }
        self.fits(self.text.trim())
    }

    /// A text that a letter can hold as a whole: half an agreement is worse than none (M87).
    pub fn fits<'t>(&self, text: &'t str) -> Result<&'t str, Refusal> {
        if text.chars().count() > LONGEST_TEXT { Err(Refusal::TooLong { command: self.word.clone() }) } else { Ok(text) }
    }

    /// Something has to come first.
    pub fn first<T>(&self, need: Need) -> Result<T, Refusal> {
        Err(Refusal::First { command: self.word.clone(), need })
    }

    /// The state does not allow it.
    pub fn not_now<T>(&self, phase: &Phase) -> Result<T, Refusal> {
        Err(Refusal::NotNow { command: self.word.clone(), state: phase.code().to_owned() })
    }

    /// The case has to be open.
    pub fn open(&self, draft: &Draft<'_>) -> Result<(), Refusal> {
        if draft.case.phase.is_open() { Ok(()) } else { self.not_now(&draft.case.phase) }
    }

    /// R18 and rows 16 and 20: nothing goes to a respondent, and nobody is invited, while one of these stands.
    pub fn unbarred(&self, draft: &Draft<'_>) -> Result<(), Refusal> {
        let flags: Vec<String> = draft.case.bars().map(|flag| flag.code().to_owned()).collect();
        if flags.is_empty() { Ok(()) } else { Err(Refusal::Blocked { command: self.word.clone(), flags }) }
    }

    /// Letters to the complainant need an address.
    pub fn complainant_address(&self, draft: &Draft<'_>) -> Result<(), Refusal> {
        if draft.case.complainant.address.is_some() { Ok(()) } else { self.first(Need::ComplainantAddress) }
    }
}

/// Whether a command needs the text that follows the commands.
pub(super) fn claims_text(command: &Command) -> bool {
    match command {
        Command::ToComplainant
        | Command::Note
        | Command::Register(_)
        | Command::Clarify
        | Command::Hear
        | Command::Release
        | Command::Agreements
        | Command::Split
        // Nothing of that mail is kept, what stands below it neither.
        | Command::EraseNow { .. } => true,
        // The answer to a question, and where else to go, go with the letter that closes it (T03, T04).
        Command::Close { outcome } => matches!(outcome, Outcome::Question | Outcome::Misdirected),
        Command::Misdirected { .. }
        | Command::Complainant { .. }
        | Command::Respondent { .. }
        | Command::Contacted { .. }
        | Command::Kinds(_)
        | Command::Purposes(_)
        | Command::Language(_)
        | Command::Flag { .. }
        | Command::Authorisation(_)
        | Command::Mediation
        | Command::Appointment { .. }
        | Command::Move(_)
        | Command::Keep
        | Command::Cancel
        | Command::Held { .. }
        | Command::NotHeld { .. }
        | Command::Advice { .. }
        | Command::Refer { .. }
        | Command::Extend { .. }
        | Command::Decision { .. }
        | Command::Reopen
        | Command::Withdrawn
        | Command::Merge { .. }
        | Command::Assign { .. }
        | Command::NoFollowUp { .. }
        | Command::Figures(_)
        | Command::Stop
        | Command::Status
        | Command::File
        | Command::Access(_)
        | Command::Erase(_)
        | Command::List
        | Command::Report { .. }
        | Command::Help => false,
    }
}

/// `#notitie`: an internal note, which is in the mail itself; after the talk nothing is kept of it (R20).
fn note(draft: &mut Draft<'_>) -> Receipt {
    if !super::officer_mail::is_after_talk(draft) {
        return Receipt::Noted;
    }
    draft.note(Entry::TalkTextDropped);
    Receipt::NoteDropped
}

/// Does one command, or says why not.
pub(super) fn carry_out(draft: &mut Draft<'_>, command: &Command, carrying: &mut Carrying<'_>) -> Result<Receipt, Refusal> {
    match command {
        Command::Note => Ok(note(draft)),
        Command::ToComplainant => words::to_complainant(draft, carrying),
        Command::Complainant { name, address, phone } => {
            people::complainant(draft, carrying, name.as_deref(), address.as_ref(), phone.as_deref())
        }
        Command::Respondent { name, address } => words::respondent(draft, carrying, name.as_deref(), address.as_ref()),
        // Both open a case of their own, which is placed before this one is decided.
        Command::Register(_) | Command::Split => carrying.not_now(&draft.case.phase),
        Command::Contacted { on } => intake::contacted(draft, carrying, *on),
        Command::Authorisation(step) => intake::authorisation(draft, carrying, *step),
        Command::Clarify => intake::clarify(draft, carrying),
        Command::Merge { number } => intake::merge(draft, carrying, *number),
        Command::Kinds(kinds) => Ok(corrections::kinds(draft, kinds)),
        Command::Purposes(purposes) => Ok(corrections::purposes(draft, purposes)),
        Command::Language(language) => Ok(corrections::language(draft, *language)),
        Command::Assign { colleague } => Ok(corrections::assign(draft, colleague)),
        Command::Flag { flag, step } => flags::judge(draft, carrying, *flag, step),
        Command::Hear => written::hear(draft, carrying),
        Command::Release => written::release(draft, carrying),
        Command::Mediation => meeting::invite(draft, carrying),
        Command::Appointment { starts, minutes, place } => meeting::set(draft, carrying, *starts, *minutes, place),
        Command::Move(change) => meeting::moved(draft, carrying, change),
        Command::Keep => meeting::keep(draft, carrying),
        Command::Cancel => meeting::cancel(draft, carrying),
        Command::Held { on, result, dropped } => meeting::held(draft, carrying, *on, *result, *dropped),
        Command::NotHeld { why, .. } => meeting::not_held(draft, carrying, *why),
        Command::Agreements => meeting::agreements(draft, carrying),
        Command::Advice { topic } => closing::advise(draft, carrying, topic),
        Command::Refer { body } => closing::refer(draft, carrying, body),
        Command::Extend { reason } => closing::extend(draft, carrying, reason),
        Command::Decision { on } => closing::decision(draft, carrying, *on),
        Command::Close { outcome } => closing::close(draft, carrying, *outcome, None),
        Command::Misdirected { body } => closing::close(draft, carrying, Outcome::Misdirected, Some(body)),
        Command::Reopen => closing::reopen(draft, carrying),
        Command::Withdrawn => closing::withdrawn(draft, carrying),
        Command::NoFollowUp { .. } => closing::no_follow_up(draft, carrying),
        Command::Figures(figures) => corrections::figures(draft, carrying, figures),
        Command::Stop => corrections::stop(draft),
        Command::Status => Ok(Receipt::Status),
        Command::File => Ok(Receipt::File),
        Command::Help => Ok(Receipt::Help),
        Command::Access(request) => wishes::access(draft, carrying, request),
        Command::Erase(request) => wishes::erase(draft, carrying, request),
        Command::EraseNow { number } => wishes::erase_now(draft, carrying, *number),
        Command::List => wishes::list(draft, carrying),
        Command::Report { period } => Ok(wishes::report(*period)),
    }
}
