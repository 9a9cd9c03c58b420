//! Counting: one case after another, in any order; what was counted apart can be put together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, TimeDelta};
use chrono_tz::Tz;
use serde::Serialize;

use super::TableKind;
use super::life::{Life, Step, life};
use super::suppress::{Cell, Disclosure};
use crate::mediation::command::Period;
use crate::mediation::particulars::{AgreementsKept, Dispute, Measure, Particulars, Profession, Theme};
use crate::mediation::{Case, FollowUp, JournalEntry, Phase};
use crate::model::{ComplaintKind, Flag, FlagStanding, Instant, Outcome, Purpose, code_of};

/// A confirmation within this time is called prompt.
const PROMPT: TimeDelta = TimeDelta::hours(1);
/// The two terms of article 17 Wkkgz, in days.
const SIX_WEEKS: i64 = 42;
const TEN_WEEKS: i64 = 70;

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// So many of them.
    pub part: u64,
    /// Of so many.
    pub whole: u64,
}

impl Share {
    fn add(&mut self, is: bool) {
        self.part += u64::from(is);
        self.whole += 1;
    }
}

/// Numbers of days, or grades, of which the middle is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spread {
    counted: BTreeMap<i64, u64>,
}

impl Spread {
    fn add(&mut self, value: i64) {
        *self.counted.entry(value).or_default() += 1;
    }

    /// How many there are.
    pub fn count(&self) -> u64 {
        self.counted.values().sum()
    }

    /// The value that so many percent are not above; `None` where there are too few to show it.
    pub fn percentile(&self, percent: u64, disclosure: Disclosure) -> Option<i64> {
        let count = self.count();
        if count < disclosure.smallest.max(1) {
            return None;
        }
        let rank = (count * percent).div_ceil(100).max(1);
        let mut before = 0;
        self.counted.iter().find_map(|(value, times)| {
            before += times;
            (before >= rank).then_some(*value)
        })
    }

    /// Ten times the mean, rounded; `None` where there are too few to show it.
    pub fn mean_in_tenths(&self, disclosure: Disclosure) -> Option<i64> {
        let count = i64::try_from(self.count()).ok()?;
        if self.count() < disclosure.smallest.max(1) {
            return None;
        }
        let sum: i64 = self.counted.iter().filter_map(|(value, times)| Some(value * i64::try_from(*times).ok()?)).sum();
        Some((sum * 10 + count / 2) / count)
    }
}

/// What was counted.
#[derive(Clone, Debug)]
pub struct Tally {
    period: Period,
    zone: Tz,
    /// Those of the desk, and those that cases still name.
    units: BTreeSet<String>,
    tables: BTreeMap<TableKind, BTreeMap<String, u64>>,
    /// Cases received in the period.
    pub received: u64,
    /// Cases received in the period before it, of the same length.
    pub received_before: u64,
    /// Of those received, closed by now.
    pub closed: u64,
    /// Confirmed within the hour.
    pub confirmed: Share,
    /// First contact within its term, of those that had one or should have had.
    pub contact_in_time: Share,
    /// Days from arrival to first contact.
    pub days_to_contact: Spread,
    /// Days from arrival to the end.
    pub days_to_end: Spread,
    /// Ended within six weeks.
    pub in_six_weeks: Share,
    /// Ended within ten weeks.
    pub in_ten_weeks: Share,
    /// Grades of the follow-up.
    pub grades: Spread,
}

impl Tally {
    /// Nothing yet. Days are those of this zone; `units` are those of the desk.
    pub fn new(period: Period, zone: Tz, units: &[String]) -> Self {
        Self {
            period,
            zone,
            units: units.iter().cloned().collect(),
            tables: BTreeMap::new(),
            received: 0,
            received_before: 0,
            closed: 0,
            confirmed: Share::default(),
            contact_in_time: Share::default(),
            days_to_contact: Spread::default(),
            days_to_end: Spread::default(),
            in_six_weeks: Share::default(),
            in_ten_weeks: Share::default(),
            grades: Spread::default(),
        }
    }

    /// The period that is counted.
    pub fn period(&self) -> Period {
        self.period
    }

    /// Whether this case stands in the period, so that its journal is needed.
    pub fn holds(&self, case: &Case) -> bool {
        let day = self.day(case.received_at);
        self.period.bounds().is_some_and(|(first, after)| (first..after).contains(&day))
    }

    /// Counts a case. A case belongs to the period in which the complaint reached the organisation.
    pub fn add(&mut self, case: &Case, journal: &[JournalEntry]) {
        let received = self.day(case.received_at);
        if self.period.before().and_then(Period::bounds).is_some_and(|(first, after)| (first..after).contains(&received)) {
            self.received_before += 1;
        }
        if !self.holds(case) {
            return;
        }
        let life = life(journal);
        self.received += 1;
        self.row(TableKind::Month, &received.format("%Y-%m").to_string());
        self.row(TableKind::Channel, if life.by_officer { "officer" } else { "mail" });
        case.kinds.iter().for_each(|kind| self.row(TableKind::Kind, &code_of(kind)));
        self.row(TableKind::Complainant, complainant(case));
        case.purposes
            .iter()
            .filter(|purpose| **purpose != Purpose::NoneStated)
            .for_each(|purpose| self.row(TableKind::Purpose, &code_of(purpose)));
        self.row(TableKind::Route, route(case, &life));
        SIGNALS.iter().filter(|flag| was_confirmed(case, **flag)).for_each(|flag| self.row(TableKind::Signal, flag.code()));
        life.steps.iter().for_each(|step| self.row(TableKind::Step, step.code()));
        if !life.by_officer {
            self.confirmed.add(life.acknowledged_at.is_some_and(|at| at - case.received_at <= PROMPT));
        }
        self.recorded(case, &life);
        self.contact(case, received);
        self.end(case, received);
        self.follow_up(case);
    }

    /// What officers recorded; what nobody recorded has a row of its own, so that rows add up.
    fn recorded(&mut self, case: &Case, life: &Life) {
        let Particulars { unit, profession, measures, disputes, agreements, themes } = &case.particulars;
        self.units.extend(unit.iter().cloned());
        self.row(TableKind::Unit, unit.as_deref().unwrap_or(NOT_RECORDED));
        self.row(TableKind::Profession, &profession.as_ref().map_or_else(|| NOT_RECORDED.to_owned(), code_of));
        if life.steps.contains(&Step::Agreed) || agreements.is_some() {
            self.row(TableKind::Agreements, &agreements.as_ref().map_or_else(|| NOT_RECORDED.to_owned(), code_of));
        }
        self.rows(TableKind::Measure, measures);
        self.rows(TableKind::Dispute, disputes);
        self.rows(TableKind::Theme, themes);
    }

    fn rows<T: Serialize>(&mut self, table: TableKind, codes: &BTreeSet<T>) {
        for code in codes {
            self.row(table, &code_of(code));
        }
    }

    /// Whether anything stands in a table that officers fill.
    pub fn has(&self, kind: TableKind) -> bool {
        self.tables.get(&kind).is_some_and(|rows| rows.keys().any(|code| code != NOT_RECORDED))
    }

    fn contact(&mut self, case: &Case, received: NaiveDate) {
        if let Some(on) = case.first_contact {
            self.days_to_contact.add((on - received).num_days().max(0));
            self.contact_in_time.add(case.deadlines.first_contact.is_none_or(|last| on <= last));
        } else if !matches!(case.phase, Phase::Merged { .. }) && case.deadlines.first_contact.is_some() && !case.phase.is_open() {
            // Ended without a word: late for ever.
            self.contact_in_time.add(false);
        }
    }

    fn end(&mut self, case: &Case, received: NaiveDate) {
        let (Phase::Closed { at: ended, .. } | Phase::Withdrawn { at: ended }) = &case.phase else { return };
        let days = (self.day(*ended) - received).num_days().max(0);
        self.closed += 1;
        self.days_to_end.add(days);
        self.in_six_weeks.add(days <= SIX_WEEKS);
        self.in_ten_weeks.add(days <= TEN_WEEKS);
        if let Phase::Closed { outcome, .. } = &case.phase
            && let Some(result) = result(*outcome)
        {
            self.row(TableKind::Result, result);
        }
    }

    fn follow_up(&mut self, case: &Case) {
        self.row(
            TableKind::FollowUp,
            match &case.follow_up {
                FollowUp::None => "none",
                FollowUp::Planned { .. } => "planned",
                FollowUp::Sent { .. } => "sent",
                FollowUp::Answered { .. } => "answered",
                FollowUp::Undelivered { .. } => "undelivered",
                FollowUp::Expired { sent_at: Some(_) } => "unanswered",
                FollowUp::Expired { sent_at: None } => "expired",
                FollowUp::Suppressed => "suppressed",
            },
        );
        if let FollowUp::Answered { grade: Some(grade), .. } = &case.follow_up {
            self.grades.add(i64::from(*grade));
            self.row(TableKind::Grade, &format!("{grade:02}"));
        }
    }

    fn row(&mut self, table: TableKind, code: &str) {
        *self.tables.entry(table).or_default().entry(code.to_owned()).or_default() += 1;
    }

    fn day(&self, at: Instant) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    fn unit_rows(&self) -> Vec<String> {
        self.units.iter().cloned().chain([NOT_RECORDED.to_owned()]).collect()
    }

    /// The rows of a table, in their own order. Every row there can be: a table without its zeros would tell which rows
    /// are not zero.
    pub fn table(&self, kind: TableKind) -> Vec<Cell> {
        let counted = self.tables.get(&kind);
        let count = |code: &str| counted.and_then(|rows| rows.get(code)).copied().unwrap_or_default();
        let rows = if kind == TableKind::Unit { self.unit_rows() } else { rows(kind, self.period) };
        rows.into_iter().map(|code| Cell { count: count(&code), code }).collect()
    }
}

fn rows(kind: TableKind, period: Period) -> Vec<String> {
    let named = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    match kind {
        TableKind::Month => months(period).collect(),
        TableKind::Channel => named(&["mail", "officer"]),
        TableKind::Kind => KINDS.iter().map(code_of).collect(),
        TableKind::Complainant => named(&["self", "representative", "bereaved", "anonymous"]),
        TableKind::Purpose => PURPOSES.iter().map(code_of).collect(),
        TableKind::Profession => recorded(&Profession::ALL),
        // Units are the desk's own.
        TableKind::Unit => Vec::new(),
        TableKind::Route => named(&ROUTES),
        TableKind::Result => named(&RESULTS),
        TableKind::Signal => named(&SIGNALS.map(Flag::code)),
        TableKind::Step => named(&Step::ALL.map(Step::code)),
        TableKind::Agreements => recorded(&AgreementsKept::ALL),
        TableKind::Dispute => Dispute::ALL.iter().map(code_of).collect(),
        TableKind::Measure => Measure::ALL.iter().map(code_of).collect(),
        TableKind::FollowUp => named(&FOLLOW_UPS),
        TableKind::Theme => Theme::ALL.iter().map(code_of).collect(),
        TableKind::Grade => (1..=10).map(|grade| format!("{grade:02}")).collect(),
    }
}

fn recorded<T: Serialize>(all: &[T]) -> Vec<String> {
    all.iter().map(code_of).chain([NOT_RECORDED.to_owned()]).collect()
}

/// The row of cases of which nobody recorded it.
pub const NOT_RECORDED: &str = "not_recorded";

const KINDS: [ComplaintKind; 5] = [
    ComplaintKind::ProductService,
    ComplaintKind::Medical,
    ComplaintKind::Organisational,
    ComplaintKind::Conduct,
    ComplaintKind::Communication,
];
const PURPOSES: [Purpose; 6] = [
    Purpose::Explanation,
    Purpose::Apology,
    Purpose::Prevention,
    Purpose::Conversation,
    Purpose::Compensation,
    Purpose::Solution,
];
const ROUTES: [&str; 9] = ["open", "talk", "written", "contact", "referred", "question", "misdirected", "withdrawn", "merged"];
const RESULTS: [&str; 4] = ["satisfied", "partly", "not_satisfied", "unknown"];
const SIGNALS: [Flag; 4] = [Flag::Calamity, Flag::Abuse, Flag::Legal, Flag::Crisis];
const FOLLOW_UPS: [&str; 8] = ["answered", "unanswered", "sent", "planned", "undelivered", "expired", "suppressed", "none"];

/// How a case was handled, as far as it went.
fn route(case: &Case, life: &Life) -> &'static str {
    match &case.phase {
        Phase::Closed { outcome: Outcome::Question, .. } => "question",
        Phase::Closed { outcome: Outcome::Misdirected, .. } => "misdirected",
        Phase::Closed { outcome: Outcome::Referred, .. } => "referred",
        Phase::Closed { .. } if life.steps.contains(&Step::Talked) => "talk",
        Phase::Closed { .. } if life.steps.contains(&Step::Heard) => "written",
        Phase::Closed { .. } => "contact",
        Phase::Withdrawn { .. } => "withdrawn",
        Phase::Merged { .. } => "merged",
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
        | Phase::Consent { .. }
        | Phase::Planning { .. }
        | Phase::Scheduled { .. }
        | Phase::Held { .. }
        | Phase::AgreementDraft { .. }
        | Phase::Closing => "open",
    }
}

/// As the complainant says it; what is no complaint has no result.
fn result(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Satisfied => Some("satisfied"),
        Outcome::Partly => Some("partly"),
        Outcome::NotSatisfied => Some("not_satisfied"),
        Outcome::Unknown => Some("unknown"),
        Outcome::Question | Outcome::Misdirected | Outcome::Referred => None,
    }
}

fn complainant(case: &Case) -> &'static str {
    let stands = |flag: Flag| case.flags.get(&flag).is_some_and(|standing| *standing != FlagStanding::Cleared);
    if stands(Flag::Anonymous) {
        "anonymous"
    } else if stands(Flag::DeceasedPatient) {
        "bereaved"
    } else if stands(Flag::ThirdParty) {
        "representative"
    } else {
        "self"
    }
}

fn was_confirmed(case: &Case, flag: Flag) -> bool {
    case.ever_confirmed.contains(&flag) || case.flags.get(&flag) == Some(&FlagStanding::Confirmed)
}

fn months(period: Period) -> impl Iterator<Item = String> {
    let (first, after) = period.bounds().unwrap_or_default();
    first.iter_days().take_while(move |day| *day < after).filter(|day| day.day() == 1).map(|day| day.format("%Y-%m").to_string())
}
