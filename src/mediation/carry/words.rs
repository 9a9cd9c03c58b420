//! Carrying words to a party, and recording who the other party is (R11, R30).

use super::Carrying;
use crate::mediation::draft::Draft;
use crate::mediation::reply::{Need, Receipt, Refusal};
use crate::mediation::{Entry, Party, PartyRole, Passage, Phase};
use crate::model::{Audience, Holder, LetterKind, MailAddress, RespondentNumber};

/// `#klager`: the text goes to the complainant, and to nobody else; on paper where there is no e-mail (R4).
pub(super) fn to_complainant(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    let text = carrying.needed_text()?.to_owned();
    still_corresponds(draft, carrying)?;
    if draft.case.complainant.address.is_none() {
        // The letter is the officer's to post; the file shows that there was one (Wkkgz 16(3), R4).
        draft.note(Entry::WrittenOnPaper { who: PartyRole::Complainant, mail: carrying.mail.mail });
        return Ok(Receipt::OnPaper { to: PartyRole::Complainant, words: text });
    }
    send(draft, carrying, PartyRole::Complainant, text);
    Ok(Receipt::Words { to: PartyRole::Complainant })
}

/// `#beklaagde`: records a respondent; with text and a respondent who was known before, the text goes to them.
pub(super) fn respondent(
    draft: &mut Draft<'_>,
    carrying: &mut Carrying<'_>,
    name: Option<&str>,
    address: Option<&MailAddress>,
) -> Result<Receipt, Refusal> {
    still_corresponds(draft, carrying)?;
    if let Some(address) = address {
        // R11: nobody is respondent in a case of their own, and no officer in a case of the own desk.
        let is_desk = crate::model::DeskKey::of(address) == draft.policy.desk;
        if draft.case.complainant.is_at(address) || draft.policy.officer_at(address).is_some() || is_desk {
            return Err(Refusal::WrongRespondent);
        }
    }
    let known = find(draft, name, address);
    let number = match (known, name, address) {
        (Some(number), ..) => number,
        (None, None, None) => match draft.case.respondents.len() {
            0 => return carrying.first(Need::Respondent),
            _ => return carrying.first(Need::WhichRespondent),
        },
        (None, ..) => next_number(draft),
    };
    let before = draft.case.respondents.get(&number).cloned();
    let party = Party {
        name: name.map(str::to_owned).or_else(|| before.as_ref().and_then(|party| party.name.clone())),
        address: address.cloned().or_else(|| before.as_ref().and_then(|party| party.address.clone())),
        phone: before.as_ref().and_then(|party| party.phone.clone()),
    };
    if before.as_ref() != Some(&party) {
        draft.note(Entry::RespondentRecorded { number, party });
    }
    draft.token(Holder::Officer, Audience::Respondent(number));
    carrying.named = Some(number);
    let is_for_them = before.is_some() && !carrying.text.trim().is_empty() && !carrying.text_is_claimed;
    if !is_for_them {
        return Ok(Receipt::RespondentRecorded { number });
    }
    to_respondent(draft, carrying, number)
}

/// The text goes to this respondent.
pub(in crate::mediation) fn to_respondent(
    draft: &mut Draft<'_>,
    carrying: &Carrying<'_>,
    number: RespondentNumber,
) -> Result<Receipt, Refusal> {
    let text = carrying.needed_text()?.to_owned();
    still_corresponds(draft, carrying)?;
    // Row 12: while a hold stands, nothing goes to the other side.
    carrying.unbarred(draft)?;
    let role = PartyRole::Respondent(number);
    if draft.case.party(role).is_none_or(|party| party.address.is_none()) {
        return carrying.first(Need::Respondent);
    }
    send(draft, carrying, role, text);
    Ok(Receipt::Words { to: role })
}

fn send(draft: &mut Draft<'_>, carrying: &Carrying<'_>, role: PartyRole, text: String) {
    let audience = match role {
        PartyRole::Complainant => Audience::Complainant,
        PartyRole::Respondent(number) => Audience::Respondent(number),
    };
    // The next letter can be written by simply answering this receipt's address.
    draft.token(Holder::Officer, audience);
    draft.write_to(role, LetterKind::Message, Audience::File, Some(carrying.mail.mail), Passage::Words(text));
}

/// Row 35: after a withdrawal nothing more is sent; a merged case goes on elsewhere.
pub(super) fn still_corresponds(draft: &Draft<'_>, carrying: &Carrying<'_>) -> Result<(), Refusal> {
    if matches!(draft.case.phase, Phase::Withdrawn { .. } | Phase::Merged { .. } | Phase::Unopened) {
        return carrying.not_now(&draft.case.phase);
    }
    Ok(())
}

/// The respondent who is meant: by address, by name, or the only one.
fn find(draft: &Draft<'_>, name: Option<&str>, address: Option<&MailAddress>) -> Option<RespondentNumber> {
    let respondents = &draft.case.respondents;
    let by_address = address.and_then(|address| respondents.iter().find(|(_, party)| party.is_at(address)));
    let by_name = name.and_then(|name| {
        respondents.iter().find(|(number, party)| {
            let same_name = party.name.as_deref().is_some_and(|known| known.to_lowercase() == name.to_lowercase());
            // Two people of one name have two addresses; before anything went to the first, it was a slip.
            same_name && (address.is_none() || party.address.is_none() || !draft.case.contacted.contains(number))
        })
    });
    let only = (name.is_none() && address.is_none() && respondents.len() == 1).then(|| respondents.iter().next()).flatten();
    by_address.or(by_name).or(only).map(|(number, _)| *number)
}

fn next_number(draft: &Draft<'_>) -> RespondentNumber {
    RespondentNumber(draft.case.respondents.keys().map(|number| number.0).max().unwrap_or(0).saturating_add(1))
}
