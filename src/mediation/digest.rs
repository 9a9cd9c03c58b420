//! The officer's morning: what is late, what is due, what is new, and who everybody waits for (row 42, T30).
//!
//! Worked out from the states of the cases alone, so that a digest that was missed loses nothing: the next one
//! says the same.

use chrono::NaiveDate;

use super::clocks::{looks, working_day_it_can_still_be_done};
use super::{Case, FollowUp, Officer, OfficerRole, Policy, TimerKind};
use crate::model::{Audience, CaseNumber, Holder, Instant, Token};

/// Who has to do something next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WaitsFor {
    /// The officer.
    Officer,
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
    /// Days since the complaint reached the organisation.
    pub age_days: i64,
    /// The clock that comes first, if one has a last day.
    pub clock: Option<(TimerKind, NaiveDate)>,
    /// Who has to do something.
    pub waits_for: WaitsFor,
    /// The grade in an answer to the follow-up, if that is what the line tells.
    pub grade: Option<u8>,
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
}

impl Digest {
    /// Whether there is anything that an officer has to know today. What merely goes on is no news.
    pub fn has_news(&self) -> bool {
        [&self.late, &self.today, &self.soon, &self.new, &self.answered, &self.ending].iter().any(|lines| !lines.is_empty())
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
        place(case, mine, policy, today, news, &mut digest);
    }
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
        age_days: (today - policy.civil_day(case.received_at)).num_days(),
        clock,
        waits_for: if super::retention::held_by(case).is_some() { WaitsFor::Hold } else { WaitsFor::Officer },
        grade,
    };
    let clock = most_pressing(case);
    let late = clock.filter(|(_, day)| *day < today);
    if late.is_some() {
        digest.late.push(line(clock, None));
        return;
    }
    if !mine {
        return;
    }
    if let FollowUp::Answered { at, grade, .. } = case.follow_up
        && is_new(at)
    {
        digest.answered.push(line(None, grade));
    }
    if let Some((kind, day)) = clock {
        if working_day_it_can_still_be_done(kind, day, policy) <= today {
            digest.today.push(line(clock, None));
            return;
        }
        let warned = policy.clocks.get(&kind).is_some_and(|rule| {
            let from = policy.civil_day(case.received_at);
            looks(kind, rule, from, day, &policy.calendar).contains(&today)
        });
        if warned {
            digest.soon.push(line(clock, None));
            return;
        }
    }
    if let Some((rule, day)) = policy.clocks.get(&TimerKind::Retention).zip(case.end_of(TimerKind::Retention))
        && day >= today
        && looks(TimerKind::Retention, rule, today, day, &policy.calendar).contains(&today)
    {
        digest.ending.push(line(Some((TimerKind::Retention, day)), None));
    }
    if case.phase.is_open() {
        let lines = if is_new(case.opened_at) { &mut digest.new } else { &mut digest.others };
        lines.push(line(clock, None));
    }
}

/// The running clock whose last day comes first, of those that somebody has to heed.
fn most_pressing(case: &Case) -> Option<(TimerKind, NaiveDate)> {
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
        TimerKind::FollowUp
        | TimerKind::FollowUpSilence
        | TimerKind::FollowUpWords
        | TimerKind::Retention
        | TimerKind::Answer
        | TimerKind::Talk => false,
    };
    let running = case.timers.keys().copied().filter(is_heeded);
    running.filter_map(|kind| case.end_of(kind).map(|day| (kind, day))).min_by_key(|(_, day)| *day)
}
