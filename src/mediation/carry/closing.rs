//! Advice, referral, the written decision, and the end (rows 15, 32 to 37).

use chrono::NaiveDate;

use super::Carrying;
use crate::mediation::clocks::Told;
use crate::mediation::directory::ReferralKind;
use crate::mediation::draft::Draft;
use crate::mediation::reply::{Need, Receipt, Refusal};
use crate::mediation::{DateChange, DirectoryEntry, Entry, PartyRole, Passage, Phase, TimerKind, clocks, follow_up, waits};
use crate::model::{Appointment, Audience, Flag, LetterKind, Outcome};

/// `#advies` (R22): standard advice, never advice on the case.
pub(super) fn advise(draft: &mut Draft<'_>, carrying: &Carrying<'_>, topic: &str) -> Result<Receipt, Refusal> {
    corresponds(draft, carrying)?;
    let Some(advice) = draft.policy.directory.advice(topic) else {
        let choices = draft.policy.directory.advice.iter().map(|advice| advice.topic.clone()).collect();
        return Err(Refusal::NotInDirectory { name: topic.to_owned(), choices });
    };
    let text = advice.text.get(draft.case.language).to_owned();
    draft.write_to(PartyRole::Complainant, LetterKind::Advice, Audience::File, None, Passage::Words(text));
    draft.note(Entry::AdviceGiven { topic: topic.to_owned() });
    Ok(Receipt::Advised { topic: topic.to_owned() })
}

/// `#verwijs` (row 15, R26, R27): where else to go; the choice stays theirs, and the case stays open until closed.
pub(super) fn refer(draft: &mut Draft<'_>, carrying: &Carrying<'_>, body: &str) -> Result<Receipt, Refusal> {
    corresponds(draft, carrying)?;
    let entry = known_body(draft, body)?;
    let today = draft.policy.civil_day(draft.now);
    let stale = draft.policy.directory.stale(today).any(|old| old.name == entry.name);
    let receipt = Receipt::Referred { body: entry.name.clone(), checked_on: entry.checked_on, stale };
    draft.note(Entry::Referred { body: entry.name.clone() });
    // Some of these bodies are there for every complaint: only where a calamity stands does the letter speak of one.
    let is_calamity = entry.kind == ReferralKind::Calamity && draft.case.stands(Flag::Calamity);
    let kind = if entry.kind == ReferralKind::Calamity && !is_calamity { ReferralKind::Other } else { entry.kind };
    draft.write_to(PartyRole::Complainant, kind.letter(), Audience::File, None, Passage::Referral(entry));
    Ok(receipt)
}

fn known_body(draft: &Draft<'_>, body: &str) -> Result<DirectoryEntry, Refusal> {
    draft.policy.directory.body(body).cloned().ok_or_else(|| {
        let choices = draft.policy.directory.body.iter().map(|entry| entry.name.clone()).collect();
        Refusal::NotInDirectory { name: body.to_owned(), choices }
    })
}

fn corresponds(draft: &Draft<'_>, carrying: &Carrying<'_>) -> Result<(), Refusal> {
    if matches!(draft.case.phase, Phase::Withdrawn { .. } | Phase::Merged { .. } | Phase::Unopened) {
        return carrying.not_now(&draft.case.phase);
    }
    carrying.complainant_address(draft)
}

/// `#verdaging` (row 32): once, before the first term ends, by what the regime allows, counted from the filing day.
pub(super) fn extend(draft: &mut Draft<'_>, carrying: &Carrying<'_>, reason: &str) -> Result<Receipt, Refusal> {
    carrying.open(draft)?;
    let filed = draft.policy.civil_day(draft.case.received_at);
    let longest = clocks::last_extended_day(draft.policy, filed);
    let (Some(old), Some(until)) = (draft.case.deadlines.decision, longest) else {
        return carrying.first(Need::Deadline);
    };
    if draft.case.extension.is_some() {
        return carrying.first(Need::NotExtendedYet);
    }
    let today = draft.policy.civil_day(draft.now);
    if today > old {
        return carrying.first(Need::BeforeDeadline);
    }
    carrying.complainant_address(draft)?;
    let passage = Passage::Extension { old, new: until, reason: reason.to_owned() };
    let told = draft.policy.clocks.get(&TimerKind::Decision).and_then(|rule| rule.extension.as_ref());
    let tells = |who: Told| told.is_some_and(|extension| extension.told.contains(&who));
    let (complainant, respondents) = (tells(Told::Complainant), tells(Told::Respondent));
    if complainant {
        draft.write_to(PartyRole::Complainant, LetterKind::Extension, Audience::File, None, passage);
    }
    // Awb 9:11. Without the reason: it was written for the complainant (R30). Not where nothing may go to a
    // respondent at all (rows 12, 16).
    if respondents && draft.case.bars().next().is_none() {
        for number in draft.case.respondents.keys().copied().collect::<Vec<_>>() {
            let passage = Passage::Extension { old, new: until, reason: String::new() };
            draft.write_unasked(PartyRole::Respondent(number), LetterKind::ExtensionRespondent, Audience::File, passage);
        }
    }
    draft.note(Entry::Extended { until, reason: reason.to_owned() });
    Ok(Receipt::Extended { until })
}

/// `#oordeel` (row 33): the provider's decision went out; the desk only notes the day.
pub(super) fn decision(draft: &mut Draft<'_>, carrying: &Carrying<'_>, on: NaiveDate) -> Result<Receipt, Refusal> {
    carrying.open(draft)?;
    draft.note(Entry::DecisionSent { on });
    draft.stop_timer(TimerKind::Decision);
    Ok(Receipt::DecisionNoted { on })
}

/// `#sluiten` (rows 4, 5, 34).
pub(super) fn close(
    draft: &mut Draft<'_>,
    carrying: &Carrying<'_>,
    outcome: Outcome,
    elsewhere: Option<&str>,
) -> Result<Receipt, Refusal> {
    carrying.open(draft)?;
    let text = || carrying.fits(carrying.text.trim()).map(|text| Passage::Words(text.to_owned()));
    let (kind, passage) = match outcome {
        Outcome::Question => (LetterKind::Question, text()?),
        // T04: the right address, from the directory or in the officer's words.
        Outcome::Misdirected => match elsewhere {
            Some(body) => (LetterKind::Misdirected, Passage::Referral(known_body(draft, body)?)),
            None => (LetterKind::Misdirected, text()?),
        },
        Outcome::Satisfied | Outcome::Partly | Outcome::NotSatisfied | Outcome::Unknown | Outcome::Referred => {
            (LetterKind::Closing, Passage::Plain)
        }
    };
    let decision_open = draft.case.deadlines.decision.is_some() && draft.case.decision_sent.is_none() && outcome.is_followed_up();
    let last = |passage| last_passage(draft, passage);
    let (for_complainant, for_others) = (last(passage), last(Passage::Plain));
    take_back_and_stop(draft, Entry::Closed { outcome });
    let planned = follow_up::plan(draft);
    draft.write_to(PartyRole::Complainant, kind, Audience::File, Some(carrying.mail.mail), for_complainant);
    tell_respondents(draft, &for_others);
    Ok(Receipt::Closed { outcome, follow_up: planned, decision_open })
}

/// `#ingetrokken` (row 35): no reason, no persuasion, and nothing after the one confirmation.
pub(super) fn withdrawn(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    carrying.open(draft)?;
    let passage = last_passage(draft, Passage::Plain);
    take_back_and_stop(draft, Entry::Withdrawn);
    draft.note(Entry::FollowUpSuppressed);
    draft.write_to(PartyRole::Complainant, LetterKind::Withdrawal, Audience::File, None, passage.clone());
    tell_respondents(draft, &passage);
    Ok(Receipt::Withdrawn)
}

/// A date that stands goes off with the letter that ends the case.
fn last_passage(draft: &Draft<'_>, otherwise: Passage) -> Passage {
    match draft.case.phase.appointment().map(Appointment::cancelled) {
        Some(appointment) => Passage::Date { appointment, change: DateChange::Cancelled },
        None => otherwise,
    }
}

/// What still waits for anybody is about a case that no longer runs.
fn take_back_and_stop(draft: &mut Draft<'_>, entry: Entry) {
    for role in draft.case.parties().collect::<Vec<_>>() {
        draft.withdraw_letters(role);
    }
    if let Some(appointment) = draft.case.phase.appointment().map(Appointment::cancelled) {
        draft.note(Entry::AppointmentCancelled { appointment });
    }
    draft.note(entry);
    waits::start(draft);
}

/// T26: short, neutral, and only to who ever heard of the case.
fn tell_respondents(draft: &mut Draft<'_>, passage: &Passage) {
    for number in draft.case.contacted.clone() {
        draft.write_unasked(PartyRole::Respondent(number), LetterKind::ClosingRespondent, Audience::File, passage.clone());
    }
}

/// `#heropenen` (row 37): a follow-up that has not gone waits for the next closing; one that has is never repeated.
pub(super) fn reopen(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    if !matches!(draft.case.phase, Phase::Closed { .. } | Phase::Withdrawn { .. }) {
        return carrying.not_now(&draft.case.phase);
    }
    let policy = draft.policy;
    if let Some(until) = draft.case.reopening_until(policy.waits.reopening, policy.zone, &policy.calendar)
        && policy.civil_day(draft.now) > until
    {
        return Err(Refusal::TooLateToReopen { until });
    }
    follow_up::cancel(draft);
    draft.note(Entry::Reopened);
    draft.write_to(PartyRole::Complainant, LetterKind::Reopened, Audience::File, Some(carrying.mail.mail), Passage::Plain);
    Ok(Receipt::Reopened)
}

/// `#geen-nameting`.
pub(super) fn no_follow_up(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    if draft.case.phase == Phase::Unopened {
        return carrying.not_now(&draft.case.phase);
    }
    draft.stop_timer(TimerKind::FollowUp);
    draft.note(Entry::FollowUpSuppressed);
    Ok(Receipt::FollowUpSuppressed)
}

#[cfg(test)]
mod tests {
    use crate::mediation::properties::Life;
    use crate::mediation::{Effect, Sender};
    use crate::model::LetterKind;

    fn letters(life: &mut Life, typed: &str) -> Vec<LetterKind> {
        let mail = life.mail(Sender::Officer, typed);
        let effects = life.arrives(mail).effects.into_iter();
        let sent = effects.filter_map(|effect| match effect {
            Effect::Send(order) => order.to.party().map(|_| order.kind),
            Effect::WithdrawLetters(_) => None,
        });
        sent.collect()
    }

    /// T10: "you wrote to us about something grave" is for those who did.
    #[test]
    fn a_body_for_grave_matters_gets_the_grave_letter_only_where_a_calamity_stands() {
        let mut life = Life::new();
        let opening = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
        life.arrives(opening);
        letters(&mut life, "#gesproken");
        assert_eq!(letters(&mut life, "#verwijs Landelijk Meldpunt Zorg"), [LetterKind::ReferralOther]);
        letters(&mut life, "#markeer calamiteit");
        assert_eq!(letters(&mut life, "#verwijs Landelijk Meldpunt Zorg"), [LetterKind::ReferralCalamity]);
    }
}
