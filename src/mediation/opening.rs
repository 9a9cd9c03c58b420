//! A new complaint becomes a case (rows 1 and 3).

use super::draft::Draft;
use super::reply::Alarm;
use super::{ArrivedMail, Case, Decision, Entry, Party, Passage, Reason, clocks, party_mail};
use crate::model::{Audience, Flag, FlagStanding, Holder, LetterKind};

/// Registers the case, confirms it where a machine may, and tells the officer at once (R5).
pub(super) fn open(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    let policy = draft.policy;
    let received_on = policy.civil_day(mail.arrived_at);
    let deadlines = clocks::deadlines(policy, received_on);
    let confirmation = may_confirm(&draft, mail);
    if let Err(reason) = confirmation {
        draft.reason = reason;
    }
    draft.note(Entry::Opened {
        received_at: mail.arrived_at,
        language: Case::letter_language(&mail.language, policy.language),
        written_in: mail.language.clone(),
        subject: mail.subject.clone(),
        complainant: Party {
            name: mail.author.as_ref().and_then(|author| author.name.clone()),
            address: mail.author.as_ref().map(|author| author.address.clone()),
        },
        officer: policy.responsible().map(|officer| officer.address.clone()),
        deadlines,
        kinds: mail.kinds.clone(),
        purposes: mail.purposes.clone(),
    });
    for flag in &mail.suspected {
        draft.note(Entry::FlagSet { flag: *flag, standing: FlagStanding::Suspected });
    }
    // Made once, so that every later letter of the case uses the same addresses (M57).
    draft.token(Holder::Complainant, Audience::File);
    draft.token(Holder::Officer, Audience::File);
    party_mail::file(&mut draft, mail);

    let acknowledged = confirmation.is_ok() && {
        // Row 3: a suspicion of something grave gives the careful variant, never a cheerful one.
        let careful = mail.suspected.iter().any(|flag| flag.asks_for_care());
        let kind = if careful { LetterKind::CarefulAcknowledgement } else { LetterKind::Acknowledgement };
        draft.write_to_complainant(kind, Audience::File, Some(mail.mail)).is_some()
    };
    if acknowledged {
        draft.note(Entry::Acknowledged);
    }
    // Row 12: what may not wait goes to the deputy as well.
    let urgent = mail.suspected.iter().any(|flag| flag.blocks_mediation());
    draft.tell_officers(LetterKind::OfficerNewCase, Some(mail.mail), &Passage::NewCase { acknowledged }, urgent);
    if let Err(reason) = confirmation {
        // The notice says so too; the journal has to show why nobody answered.
        draft.note(Entry::Alarmed { alarm: Alarm::NotAnswered { why: reason.code().to_owned() } });
    }
    draft.done()
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
    if !mail.within_ceiling {
        return Err(Reason::NewComplaintCeiling);
    }
    Ok(())
}
