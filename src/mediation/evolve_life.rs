//! The fold of what happens between the first contact and the end (domain.md section 3, rows 8 to 36).
//!
//! An entry that does not fit the phase changes nothing: the types of [`Phase`] hold what each phase needs, so
//! there is no half-filled state to fall into.

use super::{Agreements, Answer, Ballot, Before, Case, Entry, Extension, FollowUp, Phase, Revocable, TimerKind};
use crate::model::Instant;

/// The answer of a calendar that proposes another time (RFC 5546 section 3.2.7).
pub(super) const COUNTER: &str = "COUNTER";

/// Applies one entry.
pub(super) fn life(case: &mut Case, at: Instant, entry: &Entry) {
    match entry {
        Entry::ClarificationAsked => case.phase = Phase::Clarify { reminded: false },
        Entry::ClarificationReminded => {
            if matches!(case.phase, Phase::Clarify { .. }) {
                case.phase = Phase::Clarify { reminded: true };
            }
        }
        Entry::Clarified => {
            if matches!(case.phase, Phase::Clarify { .. }) {
                case.phase = Phase::Open;
            }
        }
        Entry::ReferralPrepared => case.phase = Phase::ReferPending,
        Entry::ReferralDropped => {
            if case.phase == Phase::ReferPending {
                case.phase = Phase::Open;
            }
        }
        Entry::AuthorisationAsked => case.phase = Phase::AuthWait,
        Entry::AuthorisationJudged { accepted } => {
            case.authorised = *accepted;
            if case.phase == Phase::AuthWait {
                case.phase = Phase::Open;
            }
        }
        Entry::RespondentRecorded { number, party } => {
            case.respondents.insert(*number, party.clone());
        }
        Entry::ComplainantRecorded { party } => case.complainant.clone_from(party),
        Entry::KindsSet { kinds } => case.kinds.clone_from(kinds),
        Entry::ParticularsSet { particulars } => case.particulars.clone_from(particulars),
        Entry::PurposesSet { purposes } => case.purposes.clone_from(purposes),
        Entry::LanguageSet { language } => case.language = *language,
        Entry::RespondentContacted { number } => {
            case.contacted.insert(*number);
        }
        Entry::Extended { until, .. } => {
            case.extension = Some(Extension { at, until: *until });
            case.deadlines.decision = Some(*until);
        }
        Entry::DecisionSent { on } => case.decision_sent = Some(*on),
        Entry::Assigned { officer } => case.officer.clone_from(officer),
        Entry::FollowsOn { other } => case.follows = Some(*other),
        Entry::AppointmentAnswered { who, partstat } => {
            // A later answer of the same calendar takes the proposal back.
            if partstat == COUNTER {
                case.proposals.insert(*who)
            } else {
                case.proposals.remove(who)
            };
        }
        Entry::ProposalDeclined { who } => {
            case.proposals.remove(who);
        }
        Entry::Withdrawn => case.phase = Phase::Withdrawn { at },
        Entry::MergedInto { other } => case.phase = Phase::Merged { at, into: *other },
        Entry::Revocable { until, before } => {
            case.revocable = Some(Revocable { until: *until, before: before.clone() });
        }
        Entry::TakenBack { before } => taken_back(case, before),
        Entry::RespondentNoContact { number } => {
            case.silent_respondents.insert(*number);
        }
        Entry::HearingAsked { .. }
        | Entry::PartyAway { .. }
        | Entry::HearingReminded
        | Entry::ReactionReceived { .. }
        | Entry::ReactionReleased
        | Entry::SatisfactionStated { .. } => written(case, entry),
        Entry::ConsentAsked { .. }
        | Entry::ConsentGiven { .. }
        | Entry::ConsentRefused { .. }
        | Entry::ConsentComplete
        | Entry::MediationEnded
        | Entry::AppointmentSet { .. }
        | Entry::AppointmentMoved { .. }
        | Entry::AppointmentCancelled { .. }
        | Entry::TalkHeld { .. }
        | Entry::TalkNotHeld { .. }
        | Entry::AgreementsDrafted { .. }
        | Entry::AgreementsConfirmed { .. }
        | Entry::AgreementsSettled => {
            // What was proposed was about the date that stood then.
            if matches!(entry, Entry::AppointmentMoved { .. } | Entry::AppointmentCancelled { .. } | Entry::TalkHeld { .. }) {
                case.proposals.clear();
            }
            case.talked |= matches!(entry, Entry::TalkHeld { .. });
            talk(case, at, entry);
        }
        // Lines that are there to be read: they change nothing that a later decision asks for. Those of the
        // earlier life are folded where this is called.
        Entry::FlagReason { .. }
        | Entry::WrittenOnPaper { .. }
        | Entry::AccessAsked { .. }
        | Entry::AccessAnswered { .. }
        | Entry::TalkTextDropped
        | Entry::AdviceGiven { .. }
        | Entry::Referred { .. }
        | Entry::WithdrawalRead
        | Entry::MergedFrom { .. }
        | Entry::Opened { .. }
        | Entry::CapabilityIssued { .. }
        | Entry::MailFiled { .. }
        | Entry::LetterOrdered { .. }
        | Entry::Acknowledged
        | Entry::FlagSet { .. }
        | Entry::TimerSet { .. }
        | Entry::TimerStopped { .. }
        | Entry::FirstContact { .. }
        | Entry::Closed { .. }
        | Entry::Reopened
        | Entry::FollowUpPlanned { .. }
        | Entry::FollowUpSent { .. }
        | Entry::FollowUpAnswered { .. }
        | Entry::FollowUpUndelivered
        | Entry::FollowUpExpired
        | Entry::FollowUpCancelled
        | Entry::FollowUpSuppressed
        | Entry::FollowUpWordsDropped
        | Entry::Anonymised
        | Entry::Alarmed { .. }
        | Entry::CommandRefused { .. }
        | Entry::LetterFailed { .. } => {}
    }
}

/// Rows 16 to 19.
fn written(case: &mut Case, entry: &Entry) {
    match (entry, &mut case.phase) {
        (Entry::HearingAsked { respondents }, _) => {
            case.phase = Phase::WrittenAsk { awaited: respondents.clone(), reminded: false };
        }
        (Entry::HearingReminded | Entry::PartyAway { .. }, Phase::WrittenAsk { reminded, .. }) => *reminded = true,
        (
            Entry::ReactionReceived { respondent, words },
            Phase::WrittenAsk { awaited, .. } | Phase::WrittenReview { awaited, .. },
        ) => {
            let mut awaited = std::mem::take(awaited);
            awaited.remove(respondent);
            case.phase = Phase::WrittenReview { respondent: *respondent, words: words.clone(), awaited };
        }
        (Entry::ReactionReleased, _) => {
            case.reaction_passed = true;
            case.phase = Phase::WrittenSent;
        }
        (Entry::SatisfactionStated { satisfied }, Phase::WrittenSent) => {
            case.phase = if *satisfied { Phase::Closing } else { Phase::Open };
        }
        (_, _) => {}
    }
}

/// Rows 20 to 31.
fn talk(case: &mut Case, at: Instant, entry: &Entry) {
    // The phase is taken out and put back, so that what it holds moves instead of being copied.
    let phase = std::mem::replace(&mut case.phase, Phase::Open);
    case.phase = match (entry, phase) {
        (Entry::ConsentAsked { round, complainant_first: false, .. }, Phase::Consent { ballot }) if ballot.round == *round => {
            Phase::Consent { ballot: ballot.put_to_all() }
        }
        (Entry::ConsentAsked { round, respondents, complainant_first }, phase) => {
            case.rounds = (*round).max(case.rounds);
            let first = |ballot: Ballot| if *complainant_first { ballot.complainant_first() } else { ballot };
            Ballot::new(*round, respondents.iter().copied()).map_or(phase, |ballot| Phase::Consent { ballot: first(ballot) })
        }
        (Entry::ConsentGiven { who, mail }, Phase::Consent { ballot }) => {
            Phase::Consent { ballot: ballot.with(*who, Answer::Yes { at, mail: *mail }) }
        }
        (Entry::ConsentComplete, Phase::Consent { ballot }) => match ballot.clone().try_into() {
            Ok(agreed) => Phase::Planning { agreed, last: None },
            Err(_) => Phase::Consent { ballot },
        },
        (Entry::ConsentRefused { who }, Phase::Consent { ballot }) => {
            Phase::Consent { ballot: ballot.with(*who, Answer::Awaited) }
        }
        (Entry::ConsentRefused { who }, Phase::Planning { agreed, .. } | Phase::Scheduled { agreed, .. }) => {
            Phase::Consent { ballot: agreed.without(*who) }
        }
        (Entry::MediationEnded, Phase::Consent { .. } | Phase::Planning { .. } | Phase::Scheduled { .. }) => Phase::Open,
        (Entry::AppointmentSet { appointment }, Phase::Planning { agreed, .. })
        | (Entry::AppointmentMoved { appointment }, Phase::Scheduled { agreed, .. }) => {
            Phase::Scheduled { agreed, appointment: appointment.clone() }
        }
        (Entry::AppointmentCancelled { appointment }, Phase::Scheduled { agreed, .. }) => {
            Phase::Planning { agreed, last: Some(appointment.clone()) }
        }
        (Entry::TalkHeld { on, result }, _) => Phase::Held { on: *on, result: *result },
        (Entry::TalkNotHeld { .. }, Phase::Scheduled { agreed, appointment }) => {
            Phase::Planning { agreed, last: Some(appointment) }
        }
        (Entry::AgreementsDrafted { version, text, parties }, _) => {
            case.agreement_versions = (*version).max(case.agreement_versions);
            Phase::AgreementDraft { agreements: Agreements::new(*version, text.clone(), parties.iter().copied()) }
        }
        (Entry::AgreementsConfirmed { who }, Phase::AgreementDraft { agreements }) => {
            Phase::AgreementDraft { agreements: agreements.confirmed_by(*who) }
        }
        (Entry::AgreementsSettled, Phase::AgreementDraft { .. }) => Phase::Closing,
        (_, unchanged) => unchanged,
    };
}

fn taken_back(case: &mut Case, before: &Before) {
    case.phase.clone_from(&before.phase);
    // I4: a follow-up that has gone in the meantime stays gone, with its clocks.
    let stays = |clock: &TimerKind| matches!(clock, TimerKind::FollowUp | TimerKind::FollowUpSilence | TimerKind::FollowUpWords);
    if matches!(case.follow_up, FollowUp::None | FollowUp::Planned { .. } | FollowUp::Suppressed) {
        case.follow_up.clone_from(&before.follow_up);
        case.timers.clone_from(&before.timers);
        case.ends.clone_from(&before.ends);
    } else {
        // I10: the phase of before comes back with all the others, or nobody would look at it again.
        case.timers.retain(|clock, _| stays(clock));
        case.ends.retain(|clock, _| stays(clock));
        case.timers.extend(before.timers.iter().filter(|(clock, _)| !stays(clock)));
        case.ends.extend(before.ends.iter().filter(|(clock, _)| !stays(clock)));
    }
    case.deadlines.clone_from(&before.deadlines);
    case.extension.clone_from(&before.extension);
    case.revocable = None;
}
