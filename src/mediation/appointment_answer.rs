//! What a calendar's answer means for a case with an appointment (M124–M128).
//!
//! An answer is about a date and nothing else. To accept is not to consent to the talk, and a calendar may accept by
//! itself; to decline is not to refuse the talk, only that time (R13). So no meaning here touches consent: whoever
//! wants or no longer wants the talk says so in words, and an officer reads them. What does not fit goes to an officer.

use serde::{Deserialize, Serialize};

use crate::message::{CalendarAnswer, CalendarMethod, Participation, ProposedTime};
use crate::model::{Appointment, AppointmentUid, Instant};

/// Which answer was heard last from one invitee: kept with the case, per invitee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerMark {
    /// The sequence that it answered.
    pub sequence: u32,
    /// When the calendar wrote it (DTSTAMP), if it said so.
    pub stamp: Option<Instant>,
}

/// Whose answer it is. The capability address that the mail came to tells, never the attendee inside (M124).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerFrom {
    /// Somebody who was invited, at their own address of the case.
    Invitee,
    /// Anybody else: a stranger, or mail that reached the desk by another way.
    Other,
}

/// What the case knows when an answer comes in.
#[derive(Clone, Copy, Debug)]
pub struct AnswerContext<'a> {
    /// The appointment as it stands; `None` where there is none, or where it was cancelled.
    pub appointment: Option<&'a Appointment>,
    /// Whose answer it is.
    pub from: AnswerFrom,
    /// The last answer of this invitee.
    pub last: Option<AnswerMark>,
}

/// What an answer means. None of them is consent to the talk, or its refusal (R13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerMeaning {
    /// The invitee comes, perhaps, or not at this time: noted, and the officer sees it. The mark is kept.
    Attendance(Attendance, AnswerMark),
    /// Another time is proposed: shown to the officer, who accepts it with a new invitation or declines it (M127).
    /// `None` where the calendar named no time.
    Proposal(Option<ProposedTime>, AnswerMark),
    /// The invitation got lost and may be sent once more as it stands, under the ceiling of M12 (M128).
    SendAgain,
    /// Nothing: it is older than what is known already, or it says nothing (M125).
    Ignore(IgnoredBecause),
    /// Nothing is done; an officer is shown the mail.
    ForOfficer(ShownBecause),
}

/// Whether an invitee comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    /// Yes.
    Comes,
    /// Perhaps.
    MayCome,
    /// Not at this time.
    CannotCome,
}

/// Why an answer has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IgnoredBecause {
    /// It answers an invitation that has been replaced (RFC 5546 section 2.1.5).
    OldInvitation,
    /// A later answer of the same invitee is known (RFC 5546 section 2.1.5).
    OldAnswer,
    /// It says neither yes nor no.
    NoAnswer,
}

/// Why an officer is shown an answer that is not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ShownBecause {
    /// There is no appointment, or not any more.
    NoAppointment,
    /// It is about another event.
    UnknownEvent,
    /// It is not from somebody who was invited.
    NotInvited,
    /// It answers a later change than the desk has made.
    FutureSequence,
    /// The invitee sends somebody else: nobody joins without the consent of both (R14).
    Delegated,
    /// Somebody else's calendar tries to change or cancel an event (M128).
    NotTheirs,
}

/// What an answer means for this case. Total: whatever an answer says, something visible or nothing follows.
pub fn meaning(answer: &CalendarAnswer, context: &AnswerContext<'_>) -> AnswerMeaning {
    match answer.method {
        CalendarMethod::Request | CalendarMethod::Cancel | CalendarMethod::Add | CalendarMethod::DeclineCounter => {
            AnswerMeaning::ForOfficer(ShownBecause::NotTheirs)
        }
        CalendarMethod::Reply | CalendarMethod::Counter | CalendarMethod::Refresh => answered(answer, context),
    }
}

fn answered(answer: &CalendarAnswer, context: &AnswerContext<'_>) -> AnswerMeaning {
    if context.from == AnswerFrom::Other {
        return AnswerMeaning::ForOfficer(ShownBecause::NotInvited);
    }
    let Some(appointment) = context.appointment else {
        return AnswerMeaning::ForOfficer(ShownBecause::NoAppointment);
    };
    // M124: the address has found case and person already. A UID that is there must be the event's; where a server has
    // stripped the calendar part, there is none.
    let uid = answer.uid.as_deref().map(str::parse::<AppointmentUid>);
    if uid.is_some_and(|uid| uid != Ok(appointment.uid)) {
        return AnswerMeaning::ForOfficer(ShownBecause::UnknownEvent);
    }
    if answer.method == CalendarMethod::Refresh {
        return AnswerMeaning::SendAgain;
    }
    // Without a sequence it answers the invitation that its reader saw last, as far as anybody can tell.
    let mark = AnswerMark { sequence: answer.sequence.unwrap_or(appointment.sequence), stamp: answer.stamp };
    if mark.sequence < appointment.sequence {
        return AnswerMeaning::Ignore(IgnoredBecause::OldInvitation);
    }
    if mark.sequence > appointment.sequence {
        return AnswerMeaning::ForOfficer(ShownBecause::FutureSequence);
    }
    if context.last.is_some_and(|last| is_older(mark, last)) {
        return AnswerMeaning::Ignore(IgnoredBecause::OldAnswer);
    }
    if answer.method == CalendarMethod::Counter {
        return AnswerMeaning::Proposal(answer.proposed, mark);
    }
    match answer.partstat {
        Some(Participation::Accepted) => AnswerMeaning::Attendance(Attendance::Comes, mark),
        Some(Participation::Tentative) => AnswerMeaning::Attendance(Attendance::MayCome, mark),
        Some(Participation::Declined) => AnswerMeaning::Attendance(Attendance::CannotCome, mark),
        Some(Participation::Delegated) => AnswerMeaning::ForOfficer(ShownBecause::Delegated),
        Some(Participation::NeedsAction | Participation::Other) | None => AnswerMeaning::Ignore(IgnoredBecause::NoAnswer),
    }
}

/// M125: lower sequence, or the same and an older stamp. An answer without a stamp is taken in order of arrival.
fn is_older(mark: AnswerMark, last: AnswerMark) -> bool {
    let by_stamp = mark.stamp.zip(last.stamp).is_some_and(|(mark, last)| mark < last);
    mark.sequence < last.sequence || (mark.sequence == last.sequence && by_stamp)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;
    use crate::message::CalendarTime;

    fn appointment() -> Appointment {
        let starts = NaiveDate::from_ymd_opt(2026, 12, 3).unwrap().and_hms_opt(14, 0, 0).unwrap();
        let first =
            Appointment::new(AppointmentUid::from_random([1; 16]), starts, chrono_tz::Europe::Amsterdam, 60, "hier").unwrap();
        first.moved(starts, 60, "daar").unwrap()
    }

    fn stamp(second: u32) -> Option<Instant> {
        chrono::DateTime::from_timestamp(1_790_000_000 + i64::from(second), 0)
    }

    fn reply(partstat: Participation) -> CalendarAnswer {
        CalendarAnswer {
            uid: Some(appointment().uid.to_string()),
            sequence: Some(1),
            stamp: stamp(10),
            partstat: Some(partstat),
            ..CalendarAnswer::default()
        }
    }

    fn check(answer: &CalendarAnswer, meant: AnswerMeaning) {
        let appointment = appointment();
        let context = AnswerContext { appointment: Some(&appointment), from: AnswerFrom::Invitee, last: None };
        assert_eq!(meaning(answer, &context), meant);
    }

    const MARK: fn() -> AnswerMark = || AnswerMark { sequence: 1, stamp: stamp(10) };

    #[test]
    fn an_answer_says_whether_somebody_comes_and_nothing_about_wanting_the_talk() {
        check(&reply(Participation::Accepted), AnswerMeaning::Attendance(Attendance::Comes, MARK()));
        check(&reply(Participation::Tentative), AnswerMeaning::Attendance(Attendance::MayCome, MARK()));
        check(&reply(Participation::Declined), AnswerMeaning::Attendance(Attendance::CannotCome, MARK()));
        check(&reply(Participation::NeedsAction), AnswerMeaning::Ignore(IgnoredBecause::NoAnswer));
        check(&reply(Participation::Other), AnswerMeaning::Ignore(IgnoredBecause::NoAnswer));
    }

    #[test]
    fn nobody_is_sent_in_somebodys_place_without_the_officer() {
        check(&reply(Participation::Delegated), AnswerMeaning::ForOfficer(ShownBecause::Delegated));
    }

    #[test]
    fn a_proposed_time_goes_to_the_officer() {
        let proposed = Some(ProposedTime { starts: CalendarTime::Moment(stamp(0).unwrap()), ends: None });
        let counter = CalendarAnswer { method: CalendarMethod::Counter, proposed, ..reply(Participation::Tentative) };
        check(&counter, AnswerMeaning::Proposal(proposed, MARK()));
    }

    #[test]
    fn a_cancellation_or_invitation_by_anybody_is_never_carried_out() {
        for method in [CalendarMethod::Cancel, CalendarMethod::Request, CalendarMethod::Add, CalendarMethod::DeclineCounter] {
            let appointment = appointment();
            for from in [AnswerFrom::Invitee, AnswerFrom::Other] {
                let context = AnswerContext { appointment: Some(&appointment), from, last: None };
                let answer = CalendarAnswer { method, sequence: Some(9), ..reply(Participation::Accepted) };
                assert_eq!(meaning(&answer, &context), AnswerMeaning::ForOfficer(ShownBecause::NotTheirs));
            }
        }
    }

    #[test]
    fn what_is_not_about_this_appointment_or_not_from_an_invitee_is_shown_and_changes_nothing() {
        let other = CalendarAnswer { uid: Some("ander@mail.example".to_owned()), ..reply(Participation::Accepted) };
        check(&other, AnswerMeaning::ForOfficer(ShownBecause::UnknownEvent));
        let future = CalendarAnswer { sequence: Some(7), ..reply(Participation::Accepted) };
        check(&future, AnswerMeaning::ForOfficer(ShownBecause::FutureSequence));
        let appointment = appointment();
        let stranger = AnswerContext { appointment: Some(&appointment), from: AnswerFrom::Other, last: None };
        let answer = reply(Participation::Accepted);
        assert_eq!(meaning(&answer, &stranger), AnswerMeaning::ForOfficer(ShownBecause::NotInvited));
        let none = AnswerContext { appointment: None, from: AnswerFrom::Invitee, last: None };
        assert_eq!(meaning(&answer, &none), AnswerMeaning::ForOfficer(ShownBecause::NoAppointment));
    }

    #[test]
    fn an_answer_to_the_invitation_before_the_move_changes_nothing() {
        let old = CalendarAnswer { sequence: Some(0), ..reply(Participation::Accepted) };
        check(&old, AnswerMeaning::Ignore(IgnoredBecause::OldInvitation));
    }

    #[test]
    fn an_answer_of_which_only_the_subject_is_left_counts_for_its_sender() {
        let bare = CalendarAnswer { partstat: Some(Participation::Accepted), ..CalendarAnswer::default() };
        check(&bare, AnswerMeaning::Attendance(Attendance::Comes, AnswerMark { sequence: 1, stamp: None }));
    }

    #[test]
    fn a_lost_invitation_may_be_sent_again() {
        let refresh = CalendarAnswer { method: CalendarMethod::Refresh, sequence: None, ..reply(Participation::NeedsAction) };
        check(&refresh, AnswerMeaning::SendAgain);
    }

    proptest! {
        /// M125: in whatever order answers arrive, the last word is the one written last.
        #[test]
        fn shuffled_answers_converge(order in Just((0..6_u32).collect::<Vec<_>>()).prop_shuffle()) {
            let appointment = appointment();
            let (mut last, mut stands) = (None, None);
            for second in order {
                let partstat = if second % 2 == 0 { Participation::Accepted } else { Participation::Declined };
                let answer = CalendarAnswer { stamp: stamp(second), ..reply(partstat) };
                let context = AnswerContext { appointment: Some(&appointment), from: AnswerFrom::Invitee, last };
                if let AnswerMeaning::Attendance(attendance, mark) = meaning(&answer, &context) {
                    (last, stands) = (Some(mark), Some(attendance));
                }
            }
            prop_assert_eq!(stands, Some(Attendance::CannotCome));
        }
    }
}
