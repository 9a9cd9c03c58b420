//! `#markeer`, `#bevestig`, `#vrij`: what an officer says of a flag (rows 12 to 14, 43, 44; R18).

use super::Carrying;
use crate::mediation::command::FlagStep;
use crate::mediation::draft::Draft;
use crate::mediation::reply::{Receipt, Refusal};
use crate::mediation::{Entry, PartyRole, talk, waits};
use crate::model::{Flag, FlagStanding};

/// Sets, confirms or clears a flag; whatever follows for a talk follows at once.
pub(super) fn judge(draft: &mut Draft<'_>, carrying: &Carrying<'_>, flag: Flag, step: &FlagStep) -> Result<Receipt, Refusal> {
    let standing = match step {
        FlagStep::Suspect => FlagStanding::Suspected,
        FlagStep::Confirm => FlagStanding::Confirmed,
        FlagStep::Clear { .. } => FlagStanding::Cleared,
    };
    draft.note(Entry::FlagSet { flag, standing });
    if let FlagStep::Clear { reason } = step {
        draft.note(Entry::FlagReason { flag, reason: reason.clone() });
    }
    if flag == Flag::Bounced || !draft.case.phase.is_open() {
        return Ok(Receipt::Flag { flag, standing, stops_talk: false });
    }
    if standing == FlagStanding::Cleared {
        let none_confirmed = !draft.case.holds().any(|other| draft.case.flags.get(&other) == Some(&FlagStanding::Confirmed));
        if none_confirmed {
            draft.note(Entry::ReferralDropped);
        }
        // Row 14: the phase resumes, and with it a talk to which everybody had said yes.
        talk::settle(draft);
        return Ok(Receipt::Flag { flag, standing, stops_talk: false });
    }
    if matches!(flag, Flag::DeceasedComplainant | Flag::NoContact) {
        draft.withdraw_letters(PartyRole::Complainant);
    }
    let stops_talk = talk::stop_for_hold(draft);
    // Row 13. A crisis is no matter for a referral: the person comes first, and the phase waits.
    let refers = flag.blocks_mediation() && flag != Flag::Crisis && standing == FlagStanding::Confirmed;
    if refers {
        carrying.open(draft)?;
        draft.note(Entry::ReferralPrepared);
        waits::start(draft);
    }
    Ok(Receipt::Flag { flag, standing, stops_talk })
}
