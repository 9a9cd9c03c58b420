//! Who the complainant is, corrected by an officer: a slip of the tongue on the phone, a typing error in a web form.

use super::{Carrying, words};
use crate::mediation::draft::Draft;
use crate::mediation::reply::{Receipt, Refusal};
use crate::mediation::{Entry, Party, PartyRole, Phase};
use crate::model::{Flag, FlagStanding, MailAddress};

/// `#klager NAAM <adres>`: from now on letters go there, and who writes from the old address is no party (M51). With text,
/// that is the first letter to the new address; without it, a confirmation that never arrived goes there.
pub(super) fn complainant(
    draft: &mut Draft<'_>,
    carrying: &Carrying<'_>,
    name: Option<&str>,
    address: Option<&MailAddress>,
    phone: Option<&str>,
) -> Result<Receipt, Refusal> {
    words::still_corresponds(draft, carrying)?;
    if let Some(address) = address {
        // R11: nobody stands on two sides.
        let is_desk = crate::model::DeskKey::of(address) == draft.policy.desk;
        let is_respondent = matches!(draft.case.role_of(address), Some(PartyRole::Respondent(_)));
        if is_respondent || is_desk || draft.policy.officer_at(address).is_some() {
            return Err(Refusal::WrongComplainant);
        }
    }
    let before = draft.case.complainant.clone();
    let party = Party {
        name: name.map(str::to_owned).or_else(|| before.name.clone()),
        address: address.cloned().or_else(|| before.address.clone()),
        phone: phone.map(str::to_owned).or_else(|| before.phone.clone()),
    };
    let moved = address.is_some_and(|address| !before.is_at(address));
    // Whoever reads the old address got letters of this case, unless they came back (AVG article 33).
    let others_may_have_read = moved && before.address.is_some() && !draft.case.stands(Flag::Bounced);
    let unconfirmed = draft.case.phase == Phase::New || (draft.case.phase == Phase::Intake && draft.case.stands(Flag::Bounced));
    if moved {
        draft.withdraw_letters(PartyRole::Complainant);
    }
    if party != before {
        draft.note(Entry::ComplainantRecorded { party });
    }
    if moved && draft.case.stands(Flag::Bounced) {
        // What came back came from the old address (row 41).
        draft.note(Entry::FlagSet { flag: Flag::Bounced, standing: FlagStanding::Cleared });
    }
    let reachable = draft.case.complainant.address.is_some();
    let has_text = reachable && !carrying.text.trim().is_empty() && !carrying.text_is_claimed;
    if has_text {
        words::to_complainant(draft, carrying)?;
    } else if moved && unconfirmed {
        draft.confirm_receipt();
    }
    Ok(Receipt::ComplainantRecorded { moved, others_may_have_read, writes: has_text })
}
