//! The written route: a reaction is asked, and released (rows 16 to 19, R12).

use std::collections::BTreeSet;

use super::Carrying;
use crate::mediation::draft::Draft;
use crate::mediation::reply::{Need, Receipt, Refusal};
use crate::mediation::{Entry, PartyRole, Passage, Phase, waits};
use crate::model::{Audience, LetterKind, RespondentNumber};

/// `#wederhoor` (row 16): the text is what the respondent may read; without text it is the complaint's own words.
pub(super) fn hear(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    let fits = matches!(
        draft.case.phase,
        Phase::Intake
            | Phase::Open
            | Phase::Clarify { .. }
            | Phase::WrittenAsk { .. }
            | Phase::WrittenReview { .. }
            | Phase::WrittenSent
            | Phase::Closing
    );
    // Row 12 before anything else: a flag is the better reason than a phase.
    carrying.unbarred(draft)?;
    if draft.case.phase == Phase::AuthWait {
        return carrying.first(Need::Authorisation);
    }
    if !fits {
        return carrying.not_now(&draft.case.phase);
    }
    let respondents = asked(draft, carrying)?;
    let own_words = carrying.text.trim().is_empty();
    let words = if own_words {
        let complaint = carrying.mail.known.complaint.clone().filter(|words| !words.trim().is_empty());
        complaint.ok_or_else(|| Refusal::NeedsText { command: carrying.word.clone() })?
    } else {
        carrying.text.trim().to_owned()
    };
    carrying.fits(&words)?;
    let by = waits::answer_by(draft.policy, draft.policy.civil_day(draft.now), draft.policy.waits.reaction);
    for number in &respondents {
        let passage = Passage::Hearing { words: words.clone(), by };
        draft.write_to(PartyRole::Respondent(*number), LetterKind::Hearing, Audience::File, Some(carrying.mail.mail), passage);
    }
    draft.note(Entry::HearingAsked { respondents });
    waits::start(draft);
    Ok(Receipt::HearingAsked { by, own_words })
}

/// The respondent whom the mail names, else all who can be written to.
fn asked(draft: &Draft<'_>, carrying: &Carrying<'_>) -> Result<BTreeSet<RespondentNumber>, Refusal> {
    let reachable = draft.case.respondents.iter().filter(|(_, party)| party.address.is_some()).map(|(number, _)| *number);
    let asked: BTreeSet<RespondentNumber> =
        reachable.filter(|number| carrying.named.is_none_or(|named| named == *number)).collect();
    if asked.is_empty() { carrying.first(Need::Respondent) } else { Ok(asked) }
}

/// `#doorgeven` (row 18): the reaction as the officer approved it; attachments only if the officer attached them.
pub(super) fn release(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    let Phase::WrittenReview { words, .. } = draft.case.phase.clone() else { return carrying.first(Need::Reaction) };
    carrying.complainant_address(draft)?;
    let released = if carrying.text.trim().is_empty() { words } else { carrying.text.trim().to_owned() };
    carrying.fits(&released)?;
    draft.write_to(
        PartyRole::Complainant,
        LetterKind::Reaction,
        Audience::File,
        Some(carrying.mail.mail),
        Passage::Words(released),
    );
    draft.note(Entry::ReactionReleased);
    waits::start(draft);
    Ok(Receipt::Released)
}
