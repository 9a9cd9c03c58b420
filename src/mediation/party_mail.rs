//! Mail from the people of a case, and from people who are not.

use super::appointment_answer::{AnswerContext, AnswerFrom, AnswerMeaning, Attendance, meaning};
use super::draft::Draft;
use super::evolve_life::COUNTER;
use super::grade::grade_in;
use super::reply::{Alarm, Meaning};
use super::{
    ArrivedMail, Asked, Decision, Entry, FollowUp, PartyRole, Passage, Phase, Reason, Said, Sender, TimerKind, talk, waits,
};
use crate::message::{CalendarAnswer, MailClass};
use crate::model::{Audience, Flag, FlagStanding, Intent, LetterKind};

/// Longest reaction that is kept for release, in characters: the original is kept whole beside it.
const LONGEST_REACTION: usize = 20_000;

/// Files a mail on the case: the journal knows of every one (I1).
pub(super) fn file(draft: &mut Draft<'_>, mail: &ArrivedMail) {
    // Only a party's own ids may ever stand in a letter to that party (M133).
    let thread = match mail.sender {
        Sender::Complainant | Sender::Respondent(_) => mail.thread.clone(),
        Sender::Stranger | Sender::Officer | Sender::OfficerNotProven | Sender::Machine => Vec::new(),
    };
    draft.note(Entry::MailFiled { mail: mail.mail, sender: mail.sender, class: mail.class, thread });
}

/// Machine mail: filed with its class (M16). One thing is told: that somebody is away whose answer is awaited. An
/// automatic reply is never that answer (R13), and no reminder goes there.
pub(super) fn machine(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    file(&mut draft, mail);
    let author = mail.author.as_ref().and_then(|author| draft.case.role_of(&author.address));
    let awaited = match (&draft.case.phase, author) {
        (Phase::WrittenAsk { awaited, reminded: false }, Some(PartyRole::Respondent(number))) => awaited.contains(&number),
        (Phase::Consent { ballot }, Some(who)) => ballot.awaited().any(|party| party == who),
        (_, _) => false,
    };
    if let Some(who) = author.filter(|_| awaited && mail.class == MailClass::AutoReply) {
        draft.reason = Reason::PartyAway;
        draft.note(Entry::PartyAway { who });
        draft.alarm(Alarm::Away { who }, false);
    }
    draft.done()
}

/// The complainant wrote again while the case is open.
pub(super) fn complainant_on_open_case(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    if mail.class == MailClass::CalendarReply {
        return calendar(draft, mail, PartyRole::Complainant);
    }
    file(&mut draft, mail);
    if !mail.says_something {
        return nothing_said(draft, mail);
    }
    if is_awaited_answer(&draft, mail) {
        return follow_up_answered(draft, mail);
    }
    let grave = suspect(&mut draft, mail);
    let stopped = grave && talk::stop_for_hold(&mut draft);
    let meaning = if stopped {
        draft.reason = Reason::HoldStopsTalk;
        Some(Meaning::TalkStopped)
    } else if mail.intent == Some(Intent::Withdrawal) && !is_asked(&draft, mail) {
        // Row 35: recognised by words, confirmed by a person; no pressure, no reason asked.
        draft.note(Entry::WithdrawalRead);
        Some(Meaning::Withdrawal)
    } else {
        read_answer(&mut draft, mail, PartyRole::Complainant)
    };
    let urgent = grave || stopped;
    draft.show(mail, meaning, urgent);
    draft.done()
}

/// A respondent wrote while the case is open. Nothing is passed on by itself (row 17, R30).
pub(super) fn respondent_on_open_case(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    let Sender::Respondent(number) = mail.sender else { return other_person(draft, mail) };
    let who = PartyRole::Respondent(number);
    if mail.class == MailClass::CalendarReply {
        return calendar(draft, mail, who);
    }
    file(&mut draft, mail);
    if !mail.says_something {
        return nothing_said(draft, mail);
    }
    let meaning = if mail.suspected.contains(&Flag::NoContact) {
        draft.note(Entry::RespondentNoContact { number });
        Some(Meaning::RespondentNoContact)
    } else {
        read_answer(&mut draft, mail, who)
    };
    draft.show(mail, meaning, false);
    draft.done()
}

/// A signature alone: no answer, no reminder, no notice. A calendar's own invitation or cancellation says nothing either,
/// is never carried out, and is shown (M128).
fn nothing_said(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    if mail.calendar.is_some() {
        draft.reason = Reason::CalendarAnswered;
        draft.show(mail, Some(Meaning::Calendar { partstat: "other".to_owned(), proposed: None }), false);
    } else {
        draft.reason = Reason::NothingSaid;
    }
    draft.done()
}

/// Whether the mail came to an address that asks this very question.
fn is_asked(draft: &Draft<'_>, mail: &ArrivedMail) -> bool {
    talk::round(&draft.case.phase).is_some_and(|round| mail.audience == Audience::Consent(round))
}

/// What a party's mail says to what the case waits for. Only a person's own mail counts (R13): an automatic or
/// doubtful one is shown, and that is all.
fn read_answer(draft: &mut Draft<'_>, mail: &ArrivedMail, who: PartyRole) -> Option<Meaning> {
    let answers = draft.policy.answers.clone();
    let counts = |said: Said| if mail.class == MailClass::Human && mail.silence.is_none() { said } else { Said::Unclear };
    if is_asked(draft, mail) {
        draft.reason = Reason::ConsentRead;
        let said = counts(answers.read(&mail.text, Asked::Consent));
        return Some(talk::answered(draft, who, mail.mail, said));
    }
    match (&draft.case.phase, who) {
        (Phase::AgreementDraft { agreements }, _) if mail.audience == Audience::Agreement(agreements.version) => {
            draft.reason = Reason::AgreementRead;
            if counts(answers.read(&mail.text, Asked::Agreement)) != Said::Yes {
                return Some(Meaning::AgreementUnclear);
            }
            draft.note(Entry::AgreementsConfirmed { who });
            Some(agreements_settled(draft))
        }
        (Phase::WrittenSent, PartyRole::Complainant) => {
            draft.reason = Reason::SatisfactionRead;
            let satisfied = match counts(answers.read(&mail.text, Asked::Satisfaction)) {
                Said::Yes => true,
                Said::No => false,
                Said::Unclear => return Some(Meaning::SatisfactionUnclear),
            };
            draft.note(Entry::SatisfactionStated { satisfied });
            waits::start(draft);
            Some(if satisfied { Meaning::Satisfied } else { Meaning::NotSatisfied })
        }
        (Phase::WrittenAsk { awaited, .. } | Phase::WrittenReview { awaited, .. }, PartyRole::Respondent(respondent))
            if awaited.contains(&respondent) || matches!(draft.case.phase, Phase::WrittenReview { .. }) =>
        {
            let words = mail.text.chars().take(LONGEST_REACTION).collect();
            draft.note(Entry::ReactionReceived { respondent, words });
            waits::start(draft);
            Some(Meaning::Reaction)
        }
        (Phase::Clarify { .. }, PartyRole::Complainant) => {
            draft.note(Entry::Clarified);
            waits::start(draft);
            Some(Meaning::Clarified)
        }
        (Phase::AuthWait, PartyRole::Complainant) => Some(Meaning::Proof),
        (_, _) => None,
    }
}

/// Row 31: once everybody has confirmed this version, each gets it once more, as final.
fn agreements_settled(draft: &mut Draft<'_>) -> Meaning {
    let Phase::AgreementDraft { agreements } = draft.case.phase.clone() else { return Meaning::AgreementConfirmed };
    if !agreements.is_final() {
        return Meaning::AgreementConfirmed;
    }
    for role in agreements.parties() {
        let passage = Passage::Agreements { text: agreements.text.clone(), settled: true };
        draft.write_unasked(role, LetterKind::Agreements, Audience::File, passage);
    }
    draft.note(Entry::AgreementsSettled);
    Meaning::AgreementsSettled
}

/// A calendar answered (row 25). Accepting a date is no consent, declining it is no refusal of the talk, and the
/// reason is never passed on. What a person typed beside it is shown with it (M126).
fn calendar(mut draft: Draft<'_>, mail: &ArrivedMail, who: PartyRole) -> Decision {
    draft.reason = Reason::CalendarAnswered;
    file(&mut draft, mail);
    let nothing = CalendarAnswer::default();
    let context = AnswerContext { appointment: draft.case.phase.appointment(), from: AnswerFrom::Invitee, last: None };
    let mut proposed = None;
    let (noted, word) = match meaning(mail.calendar.as_ref().unwrap_or(&nothing), &context) {
        AnswerMeaning::Attendance(Attendance::Comes, _) => ("ACCEPTED", "accepted"),
        AnswerMeaning::Attendance(Attendance::MayCome, _) => ("TENTATIVE", "tentative"),
        AnswerMeaning::Attendance(Attendance::CannotCome, _) => ("DECLINED", "declined"),
        AnswerMeaning::Proposal(time, _) => {
            proposed = time.and_then(|time| time.starts.on_the_clock(draft.policy.zone));
            (COUNTER, "counter")
        }
        // M125: what was replaced meanwhile, or says nothing, needs nobody; it is kept with the case.
        AnswerMeaning::Ignore(_) => return draft.done(),
        AnswerMeaning::SendAgain | AnswerMeaning::ForOfficer(_) => ("OTHER", "other"),
    };
    draft.note(Entry::AppointmentAnswered { who, partstat: noted.to_owned() });
    draft.show(mail, Some(Meaning::Calendar { partstat: word.to_owned(), proposed }), false);
    draft.done()
}

/// The complainant wrote after the end: the answer to the follow-up, or something for the officer (rows 36, 39).
pub(super) fn complainant_on_closed_case(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    file(&mut draft, mail);
    if !mail.says_something {
        return nothing_said(draft, mail);
    }
    if is_awaited_answer(&draft, mail) {
        return follow_up_answered(draft, mail);
    }
    let grave = suspect(&mut draft, mail);
    draft.show(mail, None, grave);
    draft.done()
}

/// Whether this is the answer to the one follow-up. It is so in an open case too: one that was re-opened after it.
fn is_awaited_answer(draft: &Draft<'_>, mail: &ArrivedMail) -> bool {
    mail.answers_follow_up && matches!(draft.case.follow_up, FollowUp::Sent { .. } | FollowUp::Expired { sent_at: Some(_) })
}

/// Row 39: recorded and shown to the officer; never answered (R21).
fn follow_up_answered(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    draft.reason = Reason::FollowUpAnswered;
    let grade = grade_in(&mail.text, &draft.policy.vocabulary);
    draft.note(Entry::FollowUpAnswered { grade, words: mail.text.clone() });
    draft.stop_timer(TimerKind::FollowUpSilence);
    let must_not_wait = suspect(&mut draft, mail);
    draft.tell_officers(LetterKind::OfficerFollowUpAnswer, Some(mail.mail), &Passage::FollowUpAnswer { grade }, must_not_wait);
    draft.done()
}

/// Somebody who is no party wrote with a sign of the case, or a respondent after its end: kept and shown, nothing
/// is passed on and nothing is answered (M51, I6).
pub(super) fn other_person(mut draft: Draft<'_>, mail: &ArrivedMail) -> Decision {
    file(&mut draft, mail);
    if mail.says_something || mail.class == MailClass::CalendarReply {
        draft.show(mail, None, false);
        return draft.done();
    }
    nothing_said(draft, mail)
}

/// Notes what triage suspects in a further mail. A flag that an officer has judged is left alone.
///
/// Gives whether something was seen that must not wait for one person (row 12). Where the complainant may have died
/// or wants no more contact, what still waits for that address is taken back at once (rows 43, 44).
fn suspect(draft: &mut Draft<'_>, mail: &ArrivedMail) -> bool {
    let mut grave = false;
    for flag in &mail.suspected {
        if !draft.case.flags.contains_key(flag) {
            draft.note(Entry::FlagSet { flag: *flag, standing: FlagStanding::Suspected });
            grave |= flag.blocks_mediation();
            if matches!(flag, Flag::DeceasedComplainant | Flag::NoContact) {
                draft.withdraw_letters(PartyRole::Complainant);
            }
        }
    }
    grave
}
