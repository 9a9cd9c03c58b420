//! What people may ask about their own data (AVG articles 12, 15 and 17; domain.md section 2.4), and what an officer
//! asks of the desk: the list of cases and the report.

use super::Carrying;
use crate::mediation::command::{Period, Request, RequestStep};
use crate::mediation::draft::Draft;
use crate::mediation::reply::{Need, Obstacle, Receipt, Refusal};
use crate::mediation::vocabulary::plain;
use crate::mediation::{Entry, PartyRole, Phase, Reason, TimerKind, Verb, Wish, digest_for, retention};
use crate::model::{CaseNumber, MailAddress};

/// `#inzage`: the officer gets what is kept about exactly this person, and gives it to them. The month runs.
pub(super) fn access(draft: &mut Draft<'_>, carrying: &Carrying<'_>, request: &Request) -> Result<Receipt, Refusal> {
    let who = person(draft, carrying, request)?;
    match request.step {
        RequestStep::Answered => answered(draft, carrying, who, Wish::Access),
        RequestStep::Asked { on } => {
            let until = asked(draft, who, Wish::Access, on);
            Ok(Receipt::Access { who, until })
        }
    }
}

/// `#wissen`, the first of two mails: the wish is noted and its month runs. Nothing is erased.
pub(super) fn erase(draft: &mut Draft<'_>, carrying: &Carrying<'_>, request: &Request) -> Result<Receipt, Refusal> {
    let who = person(draft, carrying, request)?;
    match request.step {
        RequestStep::Answered => answered(draft, carrying, who, Wish::Erasure),
        RequestStep::Asked { on } => {
            let until = asked(draft, who, Wish::Erasure, on);
            Ok(Receipt::EraseAsked { who, until, obstacle: obstacle(draft) })
        }
    }
}

/// `#wissen NUMMER`, the second: the file is forgotten, for ever. By the officer who has the case and nobody else, alone
/// in its mail, and never while a dispute or an inquiry needs the file.
pub(super) fn erase_now(draft: &mut Draft<'_>, carrying: &Carrying<'_>, number: CaseNumber) -> Result<Receipt, Refusal> {
    let command = || carrying.word.clone();
    if carrying.mail.commands.len() > 1 {
        return Err(Refusal::Alone { command: command() });
    }
    if number != draft.case.number {
        let choices = vec![draft.case.number.to_string()];
        return Err(Refusal::Incomplete { command: command(), argument: number.to_string(), choices });
    }
    let holder = draft.officer_address().and_then(|address| draft.policy.officer_at(&address));
    let author = carrying.mail.author.as_ref().and_then(|author| draft.policy.officer_at(&author.address));
    match (holder, author) {
        (Some(holder), Some(author)) if holder.address.same_person(&author.address) => {}
        (holder, _) => {
            let holder = holder.map(|officer| officer.name.clone()).unwrap_or_default();
            return Err(Refusal::OnlyHolder { command: command(), holder });
        }
    }
    match obstacle(draft) {
        Some(Obstacle::Open) => return carrying.not_now(&draft.case.phase),
        Some(Obstacle::Held(flag)) => {
            return Err(Refusal::Blocked { command: command(), flags: vec![flag.code().to_owned()] });
        }
        Some(Obstacle::Waiting) => return carrying.first(Need::NothingWaiting),
        None => {}
    }
    if draft.case.wishes.iter().all(|open| open.wish != Wish::Erasure) {
        return carrying.first(Need::EraseWish);
    }
    draft.reason = Reason::ErasedOnRequest;
    for entry in retention::erasing(&draft.case) {
        draft.note(entry);
    }
    Ok(Receipt::Erased)
}

/// `#lijst`: the officer's cases as they are now. Of this case, as the commands before this one left it.
pub(super) fn list(draft: &Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    let officer = carrying.mail.author.as_ref().and_then(|author| draft.policy.officer_at(&author.address));
    let (Some(officer), Some(desk)) = (officer, &carrying.mail.known.desk) else {
        return Err(Refusal::NotPossibleYet { command: carrying.word.clone() });
    };
    let mut cases = desk.cases.clone();
    cases.retain(|case| case.number != draft.case.number);
    if draft.case.phase != Phase::Unopened {
        cases.push(draft.case.clone());
    }
    cases.sort_by_key(|case| case.number);
    let today = draft.policy.civil_day(draft.now);
    let digest = digest_for(officer, &cases, draft.policy, today, (desk.news_since, draft.now));
    Ok(Receipt::Listed { digest: Box::new(digest) })
}

/// `#rapport`: of the officer's own desk, with what is small left out, whoever asks.
pub(super) fn report(period: Period) -> Receipt {
    Receipt::Reported { period }
}

/// Notes the wish, whose month runs from the day on which it came; gives the last day.
fn asked(draft: &mut Draft<'_>, who: PartyRole, wish: Wish, on: chrono::NaiveDate) -> Option<chrono::NaiveDate> {
    // Asked again is no new month.
    if draft.case.open_wish(who, wish).is_none_or(|open| on < open.on) {
        draft.note(Entry::AccessAsked { who, wish, on });
    }
    let on = draft.case.open_wish(who, wish).map_or(on, |open| open.on);
    let rule = draft.policy.clocks.get(&TimerKind::AccessRequest)?;
    Some(draft.policy.calendar.end_of(on, rule.length, rule.of_law))
}

fn answered(draft: &mut Draft<'_>, carrying: &Carrying<'_>, who: PartyRole, wish: Wish) -> Result<Receipt, Refusal> {
    if draft.case.open_wish(who, wish).is_none() {
        return carrying.first(Need::OpenWish);
    }
    draft.note(Entry::AccessAnswered { who, wish });
    Ok(Receipt::WishAnswered { who, wish })
}

/// What has to happen before the file can be erased.
fn obstacle(draft: &Draft<'_>) -> Option<Obstacle> {
    if draft.case.phase.is_open() {
        return Some(Obstacle::Open);
    }
    if let Some(flag) = retention::held_by(&draft.case) {
        return Some(Obstacle::Held(flag));
    }
    let waits = draft.case.revocable.as_ref().is_some_and(|revocable| draft.now < revocable.until);
    waits.then_some(Obstacle::Waiting)
}

/// Who asks: a role, a name or an address; the complainant where nobody is named.
fn person(draft: &Draft<'_>, carrying: &Carrying<'_>, request: &Request) -> Result<PartyRole, Refusal> {
    let Some(typed) = &request.who else { return Ok(PartyRole::Complainant) };
    let respondents = || draft.case.respondents.keys().copied().map(PartyRole::Respondent);
    let found = match draft.policy.vocabulary.verb(typed) {
        Some(Verb::ToComplainant) => Some(PartyRole::Complainant),
        Some(Verb::Respondent) => only(respondents()),
        Some(_) | None => match typed.trim_matches(['<', '>']).parse::<MailAddress>() {
            Ok(address) => draft.case.role_of(&address),
            Err(_) => only(draft.case.parties().filter(|role| is_called(draft, *role, typed))),
        },
    };
    found.ok_or_else(|| {
        let complainant = draft.policy.vocabulary.command_word(Verb::ToComplainant, draft.policy.language);
        let names = respondents().filter_map(|role| draft.case.party(role)?.name.clone());
        Refusal::Incomplete {
            command: carrying.word.clone(),
            argument: typed.clone(),
            choices: std::iter::once(complainant).chain(names).collect(),
        }
    })
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Whether every word that was typed stands in the name of this person.
fn is_called(draft: &Draft<'_>, role: PartyRole, typed: &str) -> bool {
    let Some(name) = draft.case.party(role).and_then(|party| party.name.as_deref()) else { return false };
    let name = plain(name);
    plain(typed).split_whitespace().all(|word| name.split_whitespace().any(|part| part == word))
}
