//! The beginning of a case: contact, proof, clarification, merging (rows 6 to 11).

use chrono::NaiveDate;

use super::Carrying;
use crate::mediation::draft::Draft;
use crate::mediation::reply::{Receipt, Refusal};
use crate::mediation::vocabulary::AuthorisationStep;
use crate::mediation::{Entry, PartyRole, Passage, Phase, TimerKind, waits};
use crate::model::{Audience, CaseNumber, Flag, FlagStanding, LetterKind};

/// `#gesproken`: the day only (row 7, R8).
pub(super) fn contacted(draft: &mut Draft<'_>, carrying: &Carrying<'_>, on: NaiveDate) -> Result<Receipt, Refusal> {
    carrying.open(draft)?;
    draft.note(Entry::FirstContact { on });
    draft.stop_timer(TimerKind::FirstContact);
    Ok(Receipt::Contacted { on })
}

/// `#verduidelijking` (row 8, R25): the officer's own questions, never a machine's.
pub(super) fn clarify(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    if !matches!(draft.case.phase, Phase::New | Phase::Intake | Phase::Open | Phase::Clarify { .. }) {
        return carrying.not_now(&draft.case.phase);
    }
    let text = carrying.needed_text()?.to_owned();
    carrying.complainant_address(draft)?;
    draft.write_to(
        PartyRole::Complainant,
        LetterKind::Clarification,
        Audience::File,
        Some(carrying.mail.mail),
        Passage::Words(text),
    );
    draft.note(Entry::ClarificationAsked);
    waits::start(draft);
    Ok(Receipt::ClarificationAsked)
}

/// `#machtiging` (rows 10, 11): the officer looks at the proof; nothing here ever judges it.
pub(super) fn authorisation(draft: &mut Draft<'_>, carrying: &Carrying<'_>, step: AuthorisationStep) -> Result<Receipt, Refusal> {
    carrying.open(draft)?;
    carrying.complainant_address(draft)?;
    let accepted = match step {
        AuthorisationStep::Ask => {
            if !matches!(draft.case.phase, Phase::New | Phase::Intake | Phase::Open | Phase::Clarify { .. } | Phase::AuthWait) {
                return carrying.not_now(&draft.case.phase);
            }
            if !draft.case.stands(Flag::ThirdParty) {
                draft.note(Entry::FlagSet { flag: Flag::ThirdParty, standing: FlagStanding::Suspected });
            }
            draft.write_to(PartyRole::Complainant, LetterKind::AuthorisationRequest, Audience::File, None, Passage::Plain);
            draft.note(Entry::AuthorisationAsked);
            waits::start(draft);
            return Ok(Receipt::AuthorisationAsked);
        }
        AuthorisationStep::Accept => true,
        AuthorisationStep::Refuse => false,
    };
    let passage = Passage::Authorisation { accepted };
    draft.write_to(PartyRole::Complainant, LetterKind::AuthorisationOutcome, Audience::File, None, passage);
    draft.note(Entry::AuthorisationJudged { accepted });
    waits::start(draft);
    Ok(Receipt::AuthorisationJudged { accepted })
}

/// `#samenvoegen` (row 6): this case goes on in the other one, where the earlier date counts.
pub(super) fn merge(draft: &mut Draft<'_>, carrying: &Carrying<'_>, number: CaseNumber) -> Result<Receipt, Refusal> {
    carrying.open(draft)?;
    if number == draft.case.number {
        return Err(Refusal::SameCase { number });
    }
    let refused = |other_way_round| Err(Refusal::NotMergeable { number, other_way_round });
    let Some(other) = carrying.mail.known.cases.iter().find(|other| other.number == number) else { return refused(false) };
    if !other.is_open {
        return refused(false);
    }
    if other.received_at > draft.case.received_at {
        return refused(true);
    }
    let off = draft.case.phase.appointment().cloned();
    if off.is_some() || !draft.case.contacted.is_empty() {
        // Somebody else has been written to about this case: it can not vanish quietly.
        return carrying.not_now(&draft.case.phase);
    }
    draft.write_unasked(PartyRole::Complainant, LetterKind::Merged, Audience::File, Passage::Merged { into: number });
    draft.note(Entry::MergedInto { other: number });
    waits::start(draft);
    draft.note(Entry::FollowUpSuppressed);
    Ok(Receipt::Merged { into: number })
}
