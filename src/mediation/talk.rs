//! The voluntary talk: consent of each, the date, and its end (rows 20 to 28; R13, R18, I7).

use super::draft::Draft;
use super::reply::Meaning;
use super::{Agreed, DateChange, Entry, PartyRole, Passage, Phase, Said, waits};
use crate::model::{Appointment, Audience, Flag, LetterKind, MailId};

/// The number of the asking that runs, if one does.
pub(super) fn round(phase: &Phase) -> Option<u16> {
    match phase {
        Phase::Consent { ballot } => Some(ballot.round),
        Phase::Planning { agreed, .. } | Phase::Scheduled { agreed, .. } => Some(agreed.round()),
        Phase::Unopened
        | Phase::New
        | Phase::Intake
        | Phase::Clarify { .. }
        | Phase::AuthWait
        | Phase::Open
        | Phase::ReferPending
        | Phase::WrittenAsk { .. }
        | Phase::WrittenReview { .. }
        | Phase::WrittenSent
        | Phase::Held { .. }
        | Phase::AgreementDraft { .. }
        | Phase::Closing
        | Phase::Closed { .. }
        | Phase::Withdrawn { .. }
        | Phase::Merged { .. } => None,
    }
}

/// Who was asked: of the talk that does not come about nobody else hears.
fn asked(phase: &Phase) -> Vec<PartyRole> {
    if let Phase::Consent { ballot } = phase {
        return ballot.asked().collect();
    }
    if let Phase::Planning { agreed, .. } | Phase::Scheduled { agreed, .. } = phase {
        return agreed.parties().collect();
    }
    Vec::new()
}

/// What a party said to the question whether they want the talk (rows 21 to 23, 27). Each may change their mind
/// until the talk.
pub(super) fn answered(draft: &mut Draft<'_>, who: PartyRole, mail: MailId, said: Said) -> Meaning {
    match said {
        Said::Unclear => Meaning::ConsentUnclear,
        Said::No => {
            end_by(draft, Some(who));
            Meaning::ConsentNo
        }
        Said::Yes => {
            let waits_for_answers = matches!(draft.case.phase, Phase::Consent { .. });
            draft.note(Entry::ConsentGiven { who, mail });
            if waits_for_answers {
                let audience = round(&draft.case.phase).map_or(Audience::File, Audience::Consent);
                draft.write_unasked(who, LetterKind::ConsentReceived, audience, Passage::Plain);
            }
            ask_the_others(draft).or_else(|| settle(draft)).unwrap_or(Meaning::ConsentYes)
        }
    }
}

/// Row 20, "K first": the complainant said yes, so the question goes to the others, if the guards of row 20 are still true.
fn ask_the_others(draft: &mut Draft<'_>) -> Option<Meaning> {
    let Phase::Consent { ballot } = draft.case.phase.clone() else { return None };
    let others: Vec<PartyRole> = ballot.unasked().collect();
    if others.is_empty() || ballot.awaited().next().is_some() {
        return None;
    }
    if draft.case.bars().next().is_some() {
        return Some(Meaning::ConsentBlocked);
    }
    let by = waits::answer_by(draft.policy, draft.policy.civil_day(draft.now), draft.policy.waits.consent);
    for role in &others {
        draft.write_unasked(
            *role,
            LetterKind::Invitation,
            Audience::Consent(ballot.round),
            Passage::Invitation { by, others_later: false },
        );
    }
    let respondents = others.iter().filter_map(|role| role.respondent()).collect();
    draft.note(Entry::ConsentAsked { round: ballot.round, respondents, complainant_first: false });
    waits::start(draft);
    Some(Meaning::ConsentPutToOthers)
}

/// Row 22: everybody said yes and the guards of row 20 are still true.
pub(super) fn settle(draft: &mut Draft<'_>) -> Option<Meaning> {
    let Phase::Consent { ballot } = &draft.case.phase else { return None };
    Agreed::try_from(ballot.clone()).ok()?;
    if draft.case.bars().next().is_some() {
        return Some(Meaning::ConsentBlocked);
    }
    draft.note(Entry::ConsentComplete);
    waits::start(draft);
    Some(Meaning::ConsentComplete)
}

/// The talk goes no further (row 23): nobody said yes in time, or the officer ends it.
pub(super) fn end(draft: &mut Draft<'_>) {
    end_by(draft, None);
}

/// The same by the no of one (rows 23, 27): both hear the same, and nobody hears who refused or why.
fn end_by(draft: &mut Draft<'_>, refused: Option<PartyRole>) {
    let everybody = asked(&draft.case.phase);
    let off = draft.case.phase.appointment().map(Appointment::cancelled);
    if let Some(appointment) = off.clone() {
        draft.note(Entry::AppointmentCancelled { appointment });
    }
    if let Some(who) = refused {
        draft.note(Entry::ConsentRefused { who });
    }
    tell_everybody(draft, &everybody, off.as_ref());
    draft.note(Entry::MediationEnded);
    waits::start(draft);
}

fn tell_everybody(draft: &mut Draft<'_>, everybody: &[PartyRole], off: Option<&Appointment>) {
    for role in everybody {
        draft.withdraw_letters(*role);
        let passage = match off {
            Some(appointment) => Passage::Date { appointment: appointment.clone(), change: DateChange::Cancelled },
            None => Passage::Plain,
        };
        draft.write_unasked(*role, LetterKind::MediationOff, Audience::File, passage);
    }
}

/// Row 26: a flag that forbids the talk takes the date away from both, and stops invitations that still wait. The
/// person who may be in danger gets nothing from a machine about it.
pub(super) fn stop_for_hold(draft: &mut Draft<'_>) -> bool {
    let Some(round) = round(&draft.case.phase) else { return false };
    if draft.case.bars().next().is_none() {
        return false;
    }
    let everybody = asked(&draft.case.phase);
    let in_danger = [Flag::Crisis, Flag::Abuse, Flag::Calamity].into_iter().any(|flag| draft.case.stands(flag));
    if let Phase::Scheduled { appointment, .. } = draft.case.phase.clone() {
        let off = appointment.cancelled();
        draft.note(Entry::AppointmentCancelled { appointment: off.clone() });
        for role in everybody {
            draft.withdraw_letters(role);
            if role == PartyRole::Complainant && in_danger {
                continue;
            }
            let passage = Passage::Date { appointment: off.clone(), change: DateChange::Cancelled };
            draft.write_unasked(role, LetterKind::AppointmentChanged, Audience::Consent(round), passage);
        }
    } else {
        for role in everybody {
            draft.withdraw_letters(role);
        }
    }
    waits::start(draft);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mediation::properties::{Life, address};
    use crate::mediation::{Case, Decision, Effect, Sender};
    use crate::message::{CalendarAnswer, MailClass, Participation};
    use crate::model::{Mailbox, RespondentNumber};

    const BERT: RespondentNumber = RespondentNumber(1);

    fn typed(life: &mut Life, text: &str) -> Decision {
        let mail = life.mail(Sender::Officer, text);
        life.arrives(mail)
    }

    fn says(life: &mut Life, who: Sender, text: &str) -> Decision {
        let mut mail = life.mail(who, text);
        mail.audience = round(&life.case.phase).map_or(Audience::File, Audience::Consent);
        life.arrives(mail)
    }

    /// A life up to a date.
    fn scheduled() -> Life {
        let mut life = Life::new();
        let opening = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
        life.arrives(opening);
        typed(&mut life, "#gesproken\n#beklaagde Bert Visser <b.visser@voorbeeldzorg.example>\n#bemiddeling");
        says(&mut life, Sender::Complainant, "ja");
        says(&mut life, Sender::Respondent(BERT), "Ja, ik doe mee.");
        typed(&mut life, "#afspraak 2026-12-03 14:00 60m kamer 2");
        assert_eq!(life.case.phase.code(), "SCHEDULED");
        life
    }

    fn party_letters(decision: &Decision) -> Vec<(PartyRole, LetterKind)> {
        let sent = decision.effects.iter().filter_map(|effect| match effect {
            Effect::Send(order) => order.to.party().map(|role| (role, order.kind)),
            Effect::WithdrawLetters(_) => None,
        });
        sent.collect()
    }

    /// Row 25, R13: a calendar speaks about a date, never about consent.
    #[test]
    fn declining_a_date_is_no_refusal_and_accepting_one_is_no_consent() {
        let mut life = scheduled();
        for partstat in [Participation::Declined, Participation::Accepted, Participation::Tentative] {
            let mut mail = life.mail(Sender::Respondent(BERT), "");
            mail.class = MailClass::CalendarReply;
            mail.audience = Audience::Consent(1);
            mail.calendar = Some(CalendarAnswer { partstat: Some(partstat), ..CalendarAnswer::default() });
            let before = life.case.phase.clone();
            let decision = life.arrives(mail);
            assert_eq!(life.case.phase, before, "{partstat:?}");
            assert_eq!(party_letters(&decision), [], "a reason is never passed on");
        }
    }

    #[test]
    fn a_yes_from_a_machine_a_stranger_or_an_old_question_never_counts() {
        let mut life = Life::new();
        let opening = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
        life.arrives(opening);
        typed(&mut life, "#gesproken\n#beklaagde Bert Visser <b.visser@voorbeeldzorg.example>\n#bemiddeling");
        let awaited = |case: &Case| if let Phase::Consent { ballot } = &case.phase { ballot.awaited().count() } else { 0 };
        for (sender, class, audience) in [
            (Sender::Machine, MailClass::AutoReply, Audience::Consent(1)),
            (Sender::Machine, MailClass::Bounce, Audience::Consent(1)),
            (Sender::Stranger, MailClass::Human, Audience::Consent(1)),
            (Sender::Complainant, MailClass::CalendarReply, Audience::Consent(1)),
            (Sender::Complainant, MailClass::Human, Audience::Consent(0)),
            (Sender::Complainant, MailClass::Human, Audience::File),
        ] {
            let mut mail = life.mail(sender, "ja");
            (mail.class, mail.audience) = (class, audience);
            life.arrives(mail);
            assert_eq!(awaited(&life.case), 2, "{sender:?} {class:?} {audience:?} (R13)");
        }
    }

    /// M120: updates and the cancellation keep the UID, and the sequence grows.
    #[test]
    fn a_date_keeps_its_uid_and_its_sequence_grows() {
        let mut life = scheduled();
        let first = life.case.phase.appointment().cloned().unwrap();
        typed(&mut life, "#verzet 15:30");
        let second = life.case.phase.appointment().cloned().unwrap();
        assert_eq!((second.uid, second.sequence), (first.uid, 1));
        typed(&mut life, "#annuleer");
        typed(&mut life, "#afspraak 2026-12-04 14:00 60m kamer 2");
        let third = life.case.phase.appointment().cloned().unwrap();
        assert_eq!((third.uid, third.sequence), (first.uid, 3));
        let decision = typed(&mut life, "#sluiten tevreden");
        let kinds: Vec<_> = party_letters(&decision).into_iter().map(|(_, kind)| kind).collect();
        assert_eq!(kinds, [LetterKind::Closing, LetterKind::ClosingRespondent]);
    }

    /// R18, row 26: the person who may be in danger hears nothing of it from a machine.
    #[test]
    fn a_cry_for_help_takes_the_date_away_and_writes_to_the_other_side_only() {
        let mut life = scheduled();
        let mut mail = life.mail(Sender::Complainant, "Ik zit op het perron.");
        mail.suspected = vec![Flag::Crisis];
        let decision = life.arrives(mail);
        assert_eq!(party_letters(&decision), [(PartyRole::Respondent(BERT), LetterKind::AppointmentChanged)]);
        assert_eq!(life.case.phase.code(), "PLANNING");
        // R11: nobody else commands.
        let mut forged = life.mail(Sender::OfficerNotProven, "");
        forged.author = Some(Mailbox { name: None, address: address("boef@elders.example") });
        life.arrives(forged);
        assert_eq!(life.case.phase.code(), "PLANNING");
    }
}
