//! The one follow-up (R21, I4; domain.md section 3, "Follow-up rule").

use chrono::{Datelike, TimeDelta};

use super::draft::Draft;
use super::reply::Alarm;
use super::{Case, Entry, FollowUp, Phase, Policy, Reason, TimerKind};
use crate::model::{Audience, Flag, FlagStanding, Instant, LetterKind};

/// A follow-up that is later than this is not sent any more: the officer is told (domain.md section 3).
const TOO_LATE: TimeDelta = TimeDelta::days(60);

/// After this time without an answer the follow-up is closed (row 40).
const SILENCE: TimeDelta = TimeDelta::days(60);

/// Whether a case may be followed up at all; asked at closing and again when the moment has come.
///
/// `None` allows it; otherwise the rule that forbids it.
pub(super) fn forbidden(case: &Case) -> Option<&'static str> {
    let is_confirmed = |flag: Flag| case.flags.get(&flag) == Some(&FlagStanding::Confirmed);
    let Phase::Closed { outcome, .. } = &case.phase else { return Some("the case is open") };
    if !outcome.is_followed_up() {
        return Some("the case ended without handling");
    }
    match case.follow_up {
        FollowUp::None | FollowUp::Planned { .. } => {}
        FollowUp::Sent { .. } | FollowUp::Answered { .. } | FollowUp::Undelivered { .. } | FollowUp::Expired { .. } => {
            return Some("already sent");
        }
        FollowUp::Suppressed => return Some("suppressed by the officer"),
    }
    if case.complainant.address.is_none() {
        return Some("no address");
    }
    // Suspected counts as standing, except where the rule says confirmed.
    let standing =
        [Flag::DeceasedComplainant, Flag::NoContact, Flag::Anonymous, Flag::Bounced, Flag::DeceasedPatient, Flag::ThirdParty];
    if standing.into_iter().any(|flag| case.stands(flag)) {
        return Some("a flag stands");
    }
    if [Flag::Calamity, Flag::Legal].into_iter().any(is_confirmed) {
        return Some("a flag is confirmed");
    }
    // Once these were true, asking how the handling was could hurt, whatever was found later.
    if [Flag::Crisis, Flag::Abuse].iter().any(|flag| case.ever_confirmed.contains(flag)) {
        return Some("a flag was confirmed once");
    }
    None
}

/// The first moment at or after `earliest` at which the desk's cron rule fires on a working day.
///
/// `None` when the rule does not fire within two years: then nothing is planned, and `check` says so.
pub(super) fn next_moment(policy: &Policy, earliest: Instant) -> Option<Instant> {
    let from = (earliest - TimeDelta::seconds(1)).with_timezone(&policy.zone);
    policy
        .follow_up_rule
        .after(&from)
        .take(800)
        .find(|moment| policy.calendar.is_working_day(moment.date_naive()) && moment.year() <= from.year() + 2)
        .map(|moment| moment.to_utc())
}

/// Whether the follow-up may leave at this moment: a working day, and within the hours or at the very
/// moment that the desk's own rule names.
fn may_leave(policy: &Policy, planned_for: Instant, at: Instant) -> bool {
    let local = at.with_timezone(&policy.zone);
    let (first, before) = policy.follow_up_hours;
    let in_time = at - planned_for < TimeDelta::hours(1);
    policy.calendar.is_working_day(local.date_naive()) && (in_time || (first..before).contains(&local.time()))
}

/// Plans the follow-up of a case that was just closed; gives the moment, if there will be one.
pub(super) fn plan(draft: &mut Draft<'_>) -> Option<Instant> {
    if forbidden(&draft.case).is_some() {
        return None;
    }
    // Counted in calendar days (domain.md section 3): the day of closing is day 0.
    let policy = draft.policy;
    let day = policy.civil_day(draft.now) + policy.follow_up_after;
    let due_at = next_moment(policy, policy.moment(day, 0))?;
    draft.note(Entry::FollowUpPlanned { due_at });
    draft.set_timer(TimerKind::FollowUp, due_at);
    Some(due_at)
}

/// Drops a plan that has not been carried out (re-opening before sending).
pub(super) fn cancel(draft: &mut Draft<'_>) {
    draft.stop_timer(TimerKind::FollowUp);
    if matches!(draft.case.follow_up, FollowUp::Planned { .. }) {
        draft.note(Entry::FollowUpCancelled);
    }
}

/// The follow-up's timer fired (row 38).
pub(super) fn due(mut draft: Draft<'_>) -> super::Decision {
    let FollowUp::Planned { due_at } = draft.case.follow_up else {
        draft.reason = Reason::TimerObsolete;
        draft.stop_timer(TimerKind::FollowUp);
        return draft.done();
    };
    if forbidden(&draft.case).is_some() {
        draft.reason = Reason::FollowUpForbidden;
        draft.stop_timer(TimerKind::FollowUp);
        draft.note(Entry::FollowUpSuppressed);
        return draft.done();
    }
    if draft.now - due_at > TOO_LATE {
        // An outage or a restored backup: asking now would hurt more than it helps.
        draft.reason = Reason::FollowUpTooLate;
        draft.stop_timer(TimerKind::FollowUp);
        draft.note(Entry::FollowUpExpired);
        draft.alarm(Alarm::FollowUpTooLate, false);
        return draft.done();
    }
    let planned_for = draft.case.timers.get(&TimerKind::FollowUp).copied().unwrap_or(due_at);
    if !may_leave(draft.policy, planned_for, draft.now) {
        draft.reason = Reason::FollowUpOutsideHours;
        match next_moment(draft.policy, draft.now) {
            Some(later) => draft.set_timer(TimerKind::FollowUp, later),
            None => draft.stop_timer(TimerKind::FollowUp),
        }
        return draft.done();
    }
    draft.stop_timer(TimerKind::FollowUp);
    if let Some(letter) = draft.write_to_complainant(LetterKind::FollowUp, Audience::FollowUp, None) {
        // I4: from this line on it counts as sent; the store refuses a second one.
        draft.note(Entry::FollowUpSent { letter });
        let silence_at = draft.now + SILENCE;
        draft.set_timer(TimerKind::FollowUpSilence, silence_at);
    }
    draft.done()
}

/// Nobody answered for 60 days (row 40): nothing is sent, the record is closed.
pub(super) fn silence(mut draft: Draft<'_>) -> super::Decision {
    draft.stop_timer(TimerKind::FollowUpSilence);
    if matches!(draft.case.follow_up, FollowUp::Sent { .. }) {
        draft.note(Entry::FollowUpExpired);
    }
    draft.done()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mediation::{Actor, JournalEntry};
    use crate::model::{CaseNumber, DeskKey, LetterId, Outcome};

    fn closed(outcome: Outcome) -> Case {
        let desk: crate::model::MailAddress = "klachten@voorbeeldzorg.example".parse().unwrap();
        let mut case = Case::unopened(CaseNumber::new(2026, 1).unwrap(), DeskKey::of(&desk));
        case.phase = Phase::Closed { at: Instant::UNIX_EPOCH, outcome };
        case.complainant.address = Some("klager@post.example".parse().unwrap());
        case
    }

    fn with(mut case: Case, flag: Flag, standing: FlagStanding) -> Case {
        let (at, actor, reason) = (Instant::UNIX_EPOCH, Actor::Officer, Reason::CommandsDone);
        case.apply(&JournalEntry { at, actor, reason, entry: Entry::FlagSet { flag, standing } });
        case
    }

    #[test]
    fn every_never_when_of_the_rule_is_honoured() {
        let handled = || closed(Outcome::Satisfied);
        assert_eq!(forbidden(&handled()), None);
        for outcome in [Outcome::Question, Outcome::Misdirected, Outcome::Referred] {
            assert!(forbidden(&closed(outcome)).is_some(), "{outcome:?}");
        }
        // Even suspected.
        for flag in [Flag::DeceasedComplainant, Flag::NoContact, Flag::Anonymous, Flag::DeceasedPatient, Flag::ThirdParty] {
            assert!(forbidden(&with(handled(), flag, FlagStanding::Suspected)).is_some(), "{flag:?} suspected");
            assert!(forbidden(&with(handled(), flag, FlagStanding::Cleared)).is_none(), "{flag:?} cleared");
        }
        // Confirmed, and while it is.
        for flag in [Flag::Calamity, Flag::Legal] {
            assert!(forbidden(&with(handled(), flag, FlagStanding::Suspected)).is_none(), "{flag:?} suspected");
            let confirmed = with(handled(), flag, FlagStanding::Confirmed);
            assert!(forbidden(&confirmed).is_some(), "{flag:?} confirmed");
            assert!(forbidden(&with(confirmed, flag, FlagStanding::Cleared)).is_none(), "{flag:?} cleared");
        }
        // Ever confirmed.
        for flag in [Flag::Crisis, Flag::Abuse] {
            let confirmed = with(handled(), flag, FlagStanding::Confirmed);
            assert!(forbidden(&with(confirmed, flag, FlagStanding::Cleared)).is_some(), "{flag:?} was confirmed once");
        }
        let mut bounced = handled();
        bounced.complainant.address = None;
        assert!(forbidden(&bounced).is_some());
        assert!(forbidden(&with(handled(), Flag::Bounced, FlagStanding::Confirmed)).is_some());
        let mut reopened = handled();
        reopened.phase = Phase::Open;
        assert!(forbidden(&reopened).is_some());
        let (at, letter) = (Instant::UNIX_EPOCH, LetterId(uuid::Uuid::nil()));
        for record in [
            FollowUp::Sent { at, letter },
            FollowUp::Answered { sent_at: at, at, grade: None },
            FollowUp::Undelivered { sent_at: at },
            FollowUp::Expired { sent_at: None },
            FollowUp::Suppressed,
        ] {
            let mut case = handled();
            case.follow_up = record;
            assert!(forbidden(&case).is_some(), "{:?}", case.follow_up);
        }
    }
}
