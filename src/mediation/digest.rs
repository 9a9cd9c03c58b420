//! The officer's morning: what is late, what is due, what is new, and who everybody waits for (row 42, T30).
//!
//! Worked out from the states of the cases alone, so that a digest that was missed loses nothing: the next one
//! says the same.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::clocks::{looks, working_day_it_can_still_be_done};
use super::{Case, FollowUp, Officer, OfficerRole, PartyRole, Phase, Policy, TimerKind};
use crate::model::{Audience, CaseNumber, Holder, Instant, Token};

/// Who has to do something next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitsFor {
    /// The officer.
    Officer,
    /// The complainant.
    Complainant,
    /// A respondent.
    Respondent,
    /// People on both sides.
    Parties,
    /// The day of the talk.
    Talk,
    /// The end of a dispute, or of an inquiry, as a flag says.
    Hold,
}

/// One case in a digest. Nothing in it says what the complaint is about (T30).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DigestLine {
    /// Which case.
    pub case: CaseNumber,
    /// The officer's token of its file.
    pub token: Option<Token>,
    /// Days since the complaint reached the organisation; `None` once the case is over.
    pub age_days: Option<i64>,
    /// The clock that comes first, if one has a last day.
    pub clock: Option<(TimerKind, NaiveDate)>,
    /// Who has to do something; `None` once the case is over.
    pub waits_for: Option<WaitsFor>,
    /// The grade in an answer to the follow-up, if that is what the line tells.
    pub grade: Option<u8>,
}

/// The last day of a clock, for the officer's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Deadline {
    /// That day.
    pub on: NaiveDate,
    /// Of which case.
    pub case: CaseNumber,
    /// Which clock.
    pub clock: TimerKind,
}

/// A digest: sections in the order in which they are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Past their day, the longest past first.
    pub late: Vec<DigestLine>,
    /// On their last day, or the last working day before it.
    pub today: Vec<DigestLine>,
    /// Coming: on this day the regime wants a warning.
    pub soon: Vec<DigestLine>,
    /// Registered since the last morning.
    pub new: Vec<DigestLine>,
    /// Follow-ups answered since the last morning.
    pub answered: Vec<DigestLine>,
    /// Files that will be anonymised.
    pub ending: Vec<DigestLine>,
    /// All other open cases.
    pub others: Vec<DigestLine>,
    /// Every last day that the officer has to heed, the next one first: for the calendar, not for the list.
    pub deadlines: Vec<Deadline>,
    /// Last days to come that an earlier calendar file held, and that are no longer the officer's to heed.
    pub gone: Vec<Deadline>,
}

impl WaitsFor {
    /// The word under which the list has its words.
    pub fn code(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Complainant => "complainant",
            Self::Respondent => "respondent",
            Self::Parties => "parties",
            Self::Talk => "talk",
            Self::Hold => "hold",
        }
    }

    /// Who has to do something in this case: for an open one always somebody (I10).
    pub fn of(case: &Case) -> Option<Self> {
        if super::retention::held_by(case).is_some() && !case.phase.is_open() {
            return Some(Self::Hold);
        }
        match &case.phase {
            Phase::Clarify { .. } | Phase::AuthWait | Phase::WrittenSent => Some(Self::Complainant),
            Phase::WrittenAsk { .. } => Some(Self::Respondent),
            Phase::Consent { ballot } => Some(Self::among(ballot.awaited())),
            Phase::AgreementDraft { .. } => Some(Self::Parties),
            Phase::Scheduled { .. } => Some(Self::Talk),
            Phase::New
            | Phase::Intake
            | Phase::Open
            | Phase::ReferPending
            | Phase::WrittenReview { .. }
            | Phase::Planning { .. }
            | Phase::Held { .. }
            | Phase::Closing => Some(Self::Officer),
            Phase::Unopened | Phase::Closed { .. } | Phase::Withdrawn { .. } | Phase::Merged { .. } => None,
        }
    }

    fn among(mut awaited: impl Iterator<Item = PartyRole>) -> Self {
        let of = |role| if role == PartyRole::Complainant { Self::Complainant } else { Self::Respondent };
        let Some(first) = awaited.next().map(of) else { return Self::Officer };
        if awaited.all(|role| of(role) == first) { first } else { Self::Parties }
    }
}

impl Digest {
    /// Whether there is anything that an officer has to know today. What merely goes on is no news.
    pub fn has_news(&self) -> bool {
        [&self.late, &self.today, &self.soon, &self.new, &self.answered, &self.ending].iter().any(|lines| !lines.is_empty())
    }

    /// Finds what the calendar has to lose: `held` is what its last file said. What lies behind stays in it, as it was.
    pub fn take_out(&mut self, held: &[Deadline], today: NaiveDate) {
        let stands = |gone: &Deadline| self.deadlines.iter().any(|own| own.case == gone.case && own.clock == gone.clock);
        self.gone = held.iter().filter(|gone| gone.on >= today && !stands(gone)).copied().collect();
    }

    /// Every case in it.
    pub fn cases(&self) -> impl Iterator<Item = CaseNumber> + '_ {
        let lines = [&self.late, &self.today, &self.soon, &self.new, &self.answered, &self.ending, &self.others];
        lines.into_iter().flatten().map(|line| line.case)
    }
}

/// The digest of an officer on a day. New is what happened after the first of the two moments, up to the second.
///
/// An officer reads of the cases that are theirs; a deputy of what is past its day, whoever has it (row 42).
pub fn digest_for(officer: &Officer, cases: &[Case], policy: &Policy, today: NaiveDate, news: (Instant, Instant)) -> Digest {
    let mut digest = Digest::default();
    for case in cases {
        let mine = is_theirs(case, officer, policy);
        let deputy = officer.role == OfficerRole::Deputy;
        if !mine && !deputy {
            continue;
        }
        if mine {
            digest.deadlines.extend(heeded(case).map(|(clock, on)| Deadline { on, case: case.number, clock }));
        }
        place(case, mine, policy, today, news, &mut digest);
    }
    digest.deadlines.sort_unstable();
    for lines in [&mut digest.late, &mut digest.today, &mut digest.soon, &mut digest.ending, &mut digest.others] {
        lines.sort_by_key(|line| (line.clock.map(|(_, day)| day), line.case));
    }
    digest
}

fn is_theirs(case: &Case, officer: &Officer, policy: &Policy) -> bool {
    let known = case.officer.as_ref().and_then(|address| policy.officer_at(address));
    known.or_else(|| policy.responsible()).is_some_and(|holder| holder.address.same_person(&officer.address))
}

fn place(case: &Case, mine: bool, policy: &Policy, today: NaiveDate, news: (Instant, Instant), digest: &mut Digest) {
    let is_new = |at: Instant| news.0 < at && at <= news.1;
    let line = |clock, grade| DigestLine {
        case: case.number,
        token: case.token(Holder::Officer, Audience::File),
        age_days: case.phase.is_open().then(|| (today - policy.civil_day(case.received_at)).num_days()),
        clock,
        waits_for: WaitsFor::of(case),
        grade,
    };
    // Every clock by itself: a decision that is due must not hide behind news that is late already.
    let mut stands = false;
    let mut clocks: Vec<(TimerKind, NaiveDate)> = heeded(case).collect();
    clocks.sort_by_key(|(_, day)| *day);
    for (kind, day) in clocks {
        let lines = match standing(kind, day, case, policy, today) {
            Some(Standing::Late) => &mut digest.late,
            Some(Standing::Today) if mine => &mut digest.today,
            Some(Standing::Soon) if mine => &mut digest.soon,
            Some(Standing::Today | Standing::Soon) | None => continue,
        };
        lines.push(line(Some((kind, day)), None));
        stands = true;
    }
    if !mine {
        return;
    }
    if let FollowUp::Answered { at, grade, .. } = case.follow_up
        && is_new(at)
    {
        digest.answered.push(line(None, grade));
    }
    if let Some((rule, day)) = policy.clocks.get(&TimerKind::Retention).zip(case.end_of(TimerKind::Retention))
        && day >= today
        && looks(TimerKind::Retention, rule, today, day, &policy.calendar).contains(&today)
    {
        digest.ending.push(line(Some((TimerKind::Retention, day)), None));
    }
    if case.phase.is_open() && !stands {
        let lines = if is_new(case.opened_at) { &mut digest.new } else { &mut digest.others };
        lines.push(line(most_pressing(case), None));
    }
}

/// Where a clock stands on a morning on which somebody has to hear of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Late,
    Today,
    Soon,
}

fn standing(kind: TimerKind, day: NaiveDate, case: &Case, policy: &Policy, today: NaiveDate) -> Option<Standing> {
    if day < today {
        return Some(Standing::Late);
    }
    if working_day_it_can_still_be_done(kind, day, policy) <= today {
        return Some(Standing::Today);
    }
    let from = policy.civil_day(case.received_at);
    let rule = policy.clocks.get(&kind)?;
    looks(kind, rule, from, day, &policy.calendar).contains(&today).then_some(Standing::Soon)
}

/// The running clock whose last day comes first, of those that somebody has to heed.
fn most_pressing(case: &Case) -> Option<(TimerKind, NaiveDate)> {
    heeded(case).min_by_key(|(_, day)| *day)
}

/// The running clocks that an officer has to heed, with their last days.
fn heeded(case: &Case) -> impl Iterator<Item = (TimerKind, NaiveDate)> + '_ {
    let is_heeded = |kind: &TimerKind| match kind {
        TimerKind::FirstContact
        | TimerKind::Decision
        | TimerKind::Refusal
        | TimerKind::Measures
        | TimerKind::CalamityReport
        | TimerKind::CalamityDoubt
        | TimerKind::Attention
        | TimerKind::AccessRequest => true,
        // What people still have to answer is not for the officer to heed until their time is over.
        TimerKind::Confirmation
        | TimerKind::FollowUp
        | TimerKind::FollowUpSilence
        | TimerKind::FollowUpWords
        | TimerKind::Retention
        | TimerKind::Answer
        | TimerKind::Talk => false,
    };
    let running = case.timers.keys().copied().filter(is_heeded);
    running.filter_map(|kind| case.end_of(kind).map(|day| (kind, day)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mediation::properties::{Life, policy};
    use crate::mediation::{CaseEvent, Sender};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn digest(case: &Case, place: usize, today: &str) -> Digest {
        let policy = Policy { digest: true, ..policy() };
        let morning = policy.moment(day(today), super::super::clocks::MORNING);
        let officer = policy.officers.get(place).unwrap();
        digest_for(officer, std::slice::from_ref(case), &policy, day(today), (morning - chrono::TimeDelta::days(1), morning))
    }

    fn contacted() -> Case {
        let mut life = Life::new();
        let opening = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
        life.arrives(opening);
        let spoken = life.mail(Sender::Officer, "#gesproken");
        life.arrives(spoken);
        life.case
    }

    #[test]
    fn a_decision_that_is_due_does_not_hide_behind_news_that_is_late() {
        // Received on 16 November: news is late from 1 December on, and the six weeks end on 28 December.
        let case = contacted();
        let today = digest(&case, 0, "2026-12-28");
        assert_eq!(
            today.late.iter().filter_map(|line| line.clock).collect::<Vec<_>>(),
            [(TimerKind::Attention, day("2026-11-30"))]
        );
        assert_eq!(
            today.today.iter().filter_map(|line| line.clock).collect::<Vec<_>>(),
            [(TimerKind::Decision, day("2026-12-28"))]
        );
        assert_eq!(digest(&case, 0, "2026-12-22").soon.len(), 1);
        // The deputy reads of what is late, and of nothing else.
        let deputy = digest(&case, 1, "2026-12-28");
        assert_eq!((deputy.late.len(), deputy.today.len(), deputy.soon.len()), (1, 0, 0));
        assert!(deputy.deadlines.is_empty());
    }

    #[test]
    fn the_case_of_an_officer_who_left_lies_with_who_is_there() {
        let mut case = contacted();
        case.officer = Some("gone@voorbeeldzorg.example".parse().unwrap());
        assert_eq!(digest(&case, 0, "2026-11-17").others.len() + digest(&case, 0, "2026-11-17").new.len(), 1);
        // And nobody writes to who left (I6).
        let mut life = Life::new();
        life.case = case;
        life.now = life.case.timers[&TimerKind::Attention];
        let decision = life.happens(&CaseEvent::TimerDue(TimerKind::Attention));
        let readers = crate::mediation::properties::letters(&decision);
        assert!(!readers.is_empty() && readers.iter().all(|(_, to)| format!("{to:?}").contains("m.smit")), "{readers:?}");
    }

    #[test]
    fn the_calendar_has_every_last_day_once() {
        let deadlines = digest(&contacted(), 0, "2026-11-17").deadlines;
        let days: Vec<_> = deadlines.iter().map(|deadline| (deadline.on.to_string(), deadline.clock)).collect();
        let expected = [("2026-11-30".to_owned(), TimerKind::Attention), ("2026-12-28".to_owned(), TimerKind::Decision)];
        assert_eq!(days, expected);
    }
}
