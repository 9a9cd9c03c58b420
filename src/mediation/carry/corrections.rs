//! What an officer corrects, hands over or takes back.

use super::Carrying;
use crate::mediation::command::written_figures;
use crate::mediation::draft::Draft;
use crate::mediation::particulars::Figure;
use crate::mediation::reply::{Alarm, Need, Receipt, Refusal};
use crate::mediation::vocabulary::plain;
use crate::mediation::{Entry, Passage};
use crate::model::{ComplaintKind, Language, LetterKind, MailAddress, Purpose};

/// `#soort` (R2).
pub(super) fn kinds(draft: &mut Draft<'_>, kinds: &[ComplaintKind]) -> Receipt {
    draft.note(Entry::KindsSet { kinds: kinds.to_vec() });
    Receipt::Kinds { kinds: kinds.to_vec() }
}

/// `#doel` (R9).
pub(super) fn purposes(draft: &mut Draft<'_>, purposes: &[Purpose]) -> Receipt {
    draft.note(Entry::PurposesSet { purposes: purposes.to_vec() });
    Receipt::Purposes { purposes: purposes.to_vec() }
}

/// `#taal` (domain.md section 4: the officer may override the language).
pub(super) fn language(draft: &mut Draft<'_>, language: Language) -> Receipt {
    draft.note(Entry::LanguageSet { language });
    Receipt::Language { language }
}

/// `#cijfers`: for the yearly report alone (domain.md section 2.5). A unit is one of the desk's list, so that no name of a
/// person gets into the figures.
pub(super) fn figures(draft: &mut Draft<'_>, carrying: &Carrying<'_>, figures: &[Figure]) -> Result<Receipt, Refusal> {
    let mut particulars = draft.case.particulars.clone();
    for figure in figures {
        if let Figure::Unit(Some(typed)) = figure {
            particulars.take(&Figure::Unit(Some(known_unit(draft, carrying, typed)?)));
        } else {
            particulars.take(figure);
        }
    }
    let recorded = written_figures(&particulars.figures(), &draft.policy.vocabulary, draft.policy.language);
    draft.note(Entry::ParticularsSet { particulars });
    Ok(Receipt::Figures { recorded })
}

fn known_unit(draft: &Draft<'_>, carrying: &Carrying<'_>, typed: &str) -> Result<String, Refusal> {
    let units = &draft.policy.units;
    if units.is_empty() {
        return carrying.first(Need::Units);
    }
    let known = units.iter().find(|unit| plain(unit) == plain(typed)).cloned();
    known.ok_or_else(|| Refusal::NotInDirectory { name: typed.to_owned(), choices: units.clone() })
}

/// `#overdragen`: the colleague hears at once, so that the case lies with somebody who knows (I10).
pub(super) fn assign(draft: &mut Draft<'_>, colleague: &MailAddress) -> Receipt {
    draft.note(Entry::Assigned { officer: Some(colleague.clone()) });
    let name = draft.policy.officer_at(colleague).map(|officer| officer.name.clone()).unwrap_or_default();
    draft.note(Entry::Alarmed { alarm: Alarm::Assigned });
    draft.write_to_officer(LetterKind::OfficerAlarm, colleague, None, Passage::Alarm(Alarm::Assigned));
    Receipt::Assigned { name }
}

/// `#stop`: what waits for the desk's hold is taken back, and the case is where it was.
pub(super) fn stop(draft: &mut Draft<'_>) -> Result<Receipt, Refusal> {
    let Some(revocable) = draft.case.revocable.clone().filter(|revocable| draft.now < revocable.until) else {
        return Err(Refusal::NothingWaits);
    };
    let everybody: Vec<_> = draft.case.parties().collect();
    for role in everybody {
        draft.withdraw_letters(role);
    }
    draft.note(Entry::TakenBack { before: revocable.before });
    Ok(Receipt::TakenBack)
}
