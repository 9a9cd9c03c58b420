//! The talk: invitation, date, and that it took place (rows 20 to 31; R13, R14, R18 to R20, I7, I8).

use chrono::{NaiveDate, NaiveDateTime};

use super::Carrying;
use crate::mediation::command::Change;
use crate::mediation::draft::Draft;
use crate::mediation::reply::{Need, Receipt, Refusal};
use crate::mediation::vocabulary::NotHeldReason;
use crate::mediation::{Agreed, Ballot, DateChange, Entry, PartyRole, Passage, Phase, waits};
use crate::model::{Appointment, Audience, LetterKind, Outcome, RespondentNumber};

/// `#bemiddeling` (row 20): each party is asked apart, in the same words; where the desk wants it so, the others only
/// when the complainant has said yes. Asked again while answers are awaited, it
/// reminds those who have not said yes.
pub(super) fn invite(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    carrying.unbarred(draft)?;
    let by = waits::answer_by(draft.policy, draft.policy.civil_day(draft.now), draft.policy.waits.consent);
    if let Phase::Consent { ballot } = draft.case.phase.clone() {
        let others_later = ballot.unasked().next().is_some();
        for role in ballot.awaited().collect::<Vec<_>>() {
            let passage = Passage::Invitation { by, others_later };
            draft.write_to(role, LetterKind::Invitation, Audience::Consent(ballot.round), None, passage);
        }
        waits::start(draft);
        return Ok(Receipt::ConsentAsked { by, complainant_first: others_later });
    }
    if draft.case.phase == Phase::AuthWait {
        return carrying.first(Need::Authorisation);
    }
    if draft.case.first_contact.is_none() {
        carrying.open(draft)?;
        return carrying.first(Need::FirstContact);
    }
    let fits = matches!(
        draft.case.phase,
        Phase::Open
            | Phase::Clarify { .. }
            | Phase::WrittenAsk { .. }
            | Phase::WrittenReview { .. }
            | Phase::WrittenSent
            | Phase::Closing
    );
    if !fits {
        return carrying.not_now(&draft.case.phase);
    }
    carrying.complainant_address(draft)?;
    let respondents = draft.case.respondents.iter().filter(|(_, party)| party.address.is_some()).map(|(number, _)| *number);
    let respondents: std::collections::BTreeSet<RespondentNumber> =
        respondents.filter(|number| carrying.named.is_none_or(|named| named == *number)).collect();
    let round = draft.case.rounds.saturating_add(1);
    let Some(ballot) = Ballot::new(round, respondents.iter().copied()) else { return carrying.first(Need::Respondent) };
    let complainant_first = draft.policy.complainant_first;
    let ballot = if complainant_first { ballot.complainant_first() } else { ballot };
    for role in ballot.asked().collect::<Vec<_>>() {
        let passage = Passage::Invitation { by, others_later: complainant_first };
        draft.write_to(role, LetterKind::Invitation, Audience::Consent(round), None, passage);
    }
    draft.note(Entry::ConsentAsked { round, respondents, complainant_first });
    waits::start(draft);
    Ok(Receipt::ConsentAsked { by, complainant_first })
}

/// `#afspraak` (row 24).
pub(super) fn set(
    draft: &mut Draft<'_>,
    carrying: &Carrying<'_>,
    starts: NaiveDateTime,
    minutes: u32,
    place: &str,
) -> Result<Receipt, Refusal> {
    carrying.unbarred(draft)?;
    match draft.case.phase.clone() {
        Phase::Planning { agreed, last } => {
            let minutes = minutes_of(carrying, minutes)?;
            let appointment = match last {
                // A date that was off comes back under its own UID, so that calendars show one event (M120).
                Some(last) => last.moved(starts, minutes, place),
                None => Appointment::new(draft.fresh.appointment(), starts, draft.policy.zone, minutes, place),
            };
            let appointment = appointment.or_else(|_| carrying.first(Need::FutureMoment))?;
            not_past(draft, carrying, &appointment)?;
            tell(draft, &agreed, LetterKind::Appointment, &appointment, DateChange::New);
            draft.note(Entry::AppointmentSet { appointment: appointment.clone() });
            waits::start(draft);
            let free_day = is_free(draft, &appointment);
            Ok(Receipt::AppointmentSet { appointment, free_day })
        }
        Phase::Scheduled { agreed, appointment } => {
            let minutes = minutes_of(carrying, minutes)?;
            let appointment = appointment.moved(starts, minutes, place).or_else(|_| carrying.first(Need::FutureMoment))?;
            move_to(draft, carrying, &agreed, appointment)
        }
        // I7: no appointment without an explicit yes of each.
        phase @ (Phase::Unopened
        | Phase::New
        | Phase::Intake
        | Phase::Clarify { .. }
        | Phase::AuthWait
        | Phase::Open
        | Phase::ReferPending
        | Phase::WrittenAsk { .. }
        | Phase::WrittenReview { .. }
        | Phase::WrittenSent
        | Phase::Consent { .. }
        | Phase::Held { .. }
        | Phase::AgreementDraft { .. }
        | Phase::Closing
        | Phase::Closed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Merged { .. }) => {
            if phase.is_open() {
                carrying.first(Need::Consent)
            } else {
                carrying.not_now(&phase)
            }
        }
    }
}

/// `#verzet` (row 26): what is not said stays as it was.
pub(super) fn moved(draft: &mut Draft<'_>, carrying: &Carrying<'_>, change: &Change) -> Result<Receipt, Refusal> {
    carrying.unbarred(draft)?;
    let Phase::Scheduled { agreed, appointment: old } = draft.case.phase.clone() else {
        return carrying.first(Need::Appointment);
    };
    let minutes = match change.minutes {
        Some(minutes) => minutes_of(carrying, minutes)?,
        None => old.minutes,
    };
    let place = change.place.clone().unwrap_or_else(|| old.place.clone());
    let new = old.moved(change.starts(old.starts), minutes, place).or_else(|_| carrying.first(Need::FutureMoment))?;
    move_to(draft, carrying, &agreed, new)
}

fn move_to(draft: &mut Draft<'_>, carrying: &Carrying<'_>, agreed: &Agreed, new: Appointment) -> Result<Receipt, Refusal> {
    not_past(draft, carrying, &new)?;
    tell(draft, agreed, LetterKind::AppointmentChanged, &new, DateChange::Moved);
    draft.note(Entry::AppointmentMoved { appointment: new.clone() });
    waits::start(draft);
    let free_day = is_free(draft, &new);
    Ok(Receipt::AppointmentMoved { appointment: new, free_day })
}

/// `#verzet niet` (M127): another time was proposed and does not suit. Nobody else hears of it, and the yes of each stays.
pub(super) fn keep(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    carrying.unbarred(draft)?;
    let Phase::Scheduled { agreed, appointment } = draft.case.phase.clone() else { return carrying.first(Need::Appointment) };
    if draft.case.proposals.is_empty() {
        return carrying.first(Need::Proposal);
    }
    for who in draft.case.proposals.clone() {
        let passage = Passage::Date { appointment: appointment.clone(), change: DateChange::Stays };
        draft.write_to(who, LetterKind::AppointmentChanged, Audience::Consent(agreed.round()), None, passage);
        draft.note(Entry::ProposalDeclined { who });
    }
    Ok(Receipt::AppointmentStays)
}

/// `#annuleer` (row 26): the date is off; the yes of each stays.
pub(super) fn cancel(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    let Phase::Scheduled { agreed, appointment } = draft.case.phase.clone() else { return carrying.first(Need::Appointment) };
    let off = appointment.cancelled();
    tell(draft, &agreed, LetterKind::AppointmentChanged, &off, DateChange::Cancelled);
    draft.note(Entry::AppointmentCancelled { appointment: off });
    waits::start(draft);
    Ok(Receipt::AppointmentCancelled)
}

/// Each in a letter of their own (M119). An answer to it can still take the yes back.
fn tell(draft: &mut Draft<'_>, agreed: &Agreed, kind: LetterKind, appointment: &Appointment, change: DateChange) {
    for role in agreed.parties().collect::<Vec<_>>() {
        let passage = Passage::Date { appointment: appointment.clone(), change };
        draft.write_to(role, kind, Audience::Consent(agreed.round()), None, passage);
    }
}

fn minutes_of(carrying: &Carrying<'_>, minutes: u32) -> Result<u16, Refusal> {
    u16::try_from(minutes).or_else(|_| carrying.first(Need::FutureMoment))
}

fn not_past(draft: &Draft<'_>, carrying: &Carrying<'_>, appointment: &Appointment) -> Result<(), Refusal> {
    if appointment.starts_at() > draft.now { Ok(()) } else { carrying.first(Need::FutureMoment) }
}

fn is_free(draft: &Draft<'_>, appointment: &Appointment) -> bool {
    !draft.policy.calendar.is_working_day(appointment.starts.date())
}

/// `#gehouden` (row 29): the day and one code. There is no report of the talk, so anything else that was typed is
/// dropped, and the officer hears why (R20, I8).
pub(super) fn held(
    draft: &mut Draft<'_>,
    carrying: &Carrying<'_>,
    on: NaiveDate,
    result: Outcome,
    dropped: bool,
) -> Result<Receipt, Refusal> {
    if !matches!(draft.case.phase, Phase::Scheduled { .. } | Phase::Planning { .. }) {
        carrying.open(draft)?;
        return carrying.first(Need::Appointment);
    }
    draft.note(Entry::TalkHeld { on, result });
    waits::start(draft);
    Ok(Receipt::Held { on, result, dropped: drop_text(draft, carrying, dropped) })
}

/// `#niet-gehouden` (row 29): a code, no story.
pub(super) fn not_held(draft: &mut Draft<'_>, carrying: &Carrying<'_>, why: NotHeldReason) -> Result<Receipt, Refusal> {
    if !matches!(draft.case.phase, Phase::Scheduled { .. }) {
        return carrying.first(Need::Appointment);
    }
    draft.note(Entry::TalkNotHeld { why });
    waits::start(draft);
    Ok(Receipt::NotHeld { why, dropped: drop_text(draft, carrying, false) })
}

fn drop_text(draft: &mut Draft<'_>, carrying: &Carrying<'_>, on_the_line: bool) -> bool {
    let attached = !carrying.mail.attachments.is_empty();
    let dropped = on_the_line || attached || (!carrying.text.trim().is_empty() && !carrying.text_is_claimed);
    if dropped {
        draft.note(Entry::TalkTextDropped);
    }
    dropped
}

/// `#afspraken` (rows 30, 31; R19): the officer's text, to each apart, to confirm in words.
pub(super) fn agreements(draft: &mut Draft<'_>, carrying: &Carrying<'_>) -> Result<Receipt, Refusal> {
    if !matches!(draft.case.phase, Phase::Held { .. } | Phase::AgreementDraft { .. } | Phase::Closing) {
        carrying.open(draft)?;
        return carrying.first(Need::Talk);
    }
    let text = carrying.needed_text()?.to_owned();
    let version = draft.case.agreement_versions.saturating_add(1);
    let others = draft.case.contacted.iter().copied().map(PartyRole::Respondent);
    let parties: Vec<PartyRole> = std::iter::once(PartyRole::Complainant).chain(others).collect();
    for role in &parties {
        let passage = Passage::Agreements { text: text.clone(), settled: false };
        draft.write_to(*role, LetterKind::Agreements, Audience::Agreement(version), None, passage);
    }
    draft.note(Entry::AgreementsDrafted { version, text, parties });
    waits::start(draft);
    Ok(Receipt::AgreementsSent { version })
}
