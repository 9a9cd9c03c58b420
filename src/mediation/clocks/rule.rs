//! What a regime says about one clock.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

use super::{Mark, TimerKind};
use crate::mediation::term::{Term, Unit};
use crate::mediation::{Deadlines, Policy};

/// One clock of a regime: `[clock.NAME]` in its file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// From which mark it runs. That day is day 0.
    pub from: Mark,
    /// How long.
    pub length: Term,
    /// Whether a law sets it: then it does not end on a free day (Algemene termijnenwet; domain.md section 2.3).
    #[serde(default)]
    pub of_law: bool,
    /// Whether the officer hears at half of it.
    #[serde(default)]
    pub warn_at_half: bool,
    /// The officer hears so many working days before its end, once for each number.
    #[serde(default)]
    pub warn_working_days_before: Vec<u32>,
    /// The officer hears so many calendar days before its end.
    #[serde(default)]
    pub warn_days_before: Vec<u32>,
    /// Whether, and how far, it may be extended, once, before it has ended (row 32).
    pub extension: Option<ExtensionRule>,
}

/// How a clock may be extended.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtensionRule {
    /// By at most this much, counted from the same first day.
    pub by: Term,
    /// Who has to get the notice.
    pub told: Vec<Told>,
    /// What makes an even later day possible.
    pub longer: Longer,
}

/// Who is told of an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// The complainant.
    Complainant,
    /// Each respondent (Awb 9:11).
    Respondent,
}

/// What makes a day beyond the extension possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Longer {
    /// Nothing.
    Never,
    /// The complainant agrees, and it is noted.
    Agreed,
    /// The complainant agrees in writing (Awb 9:11).
    AgreedInWriting,
}

/// How long the desk waits for an answer before a person hears of it (domain.md section 3): `[wait]` of a regime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waits {
    /// For the mail server to take a confirmation.
    pub acknowledgement: Term,
    /// For the complainant's answer to questions (row 9).
    pub clarification: Term,
    /// Until the one reminder of those questions (row 8).
    pub clarification_reminder: Term,
    /// For proof of somebody who writes for another person (row 11).
    pub authorisation: Term,
    /// For the complainant to say whether a reaction is enough (row 19).
    pub satisfaction: Term,
    /// For a respondent's reaction (row 17).
    pub reaction: Term,
    /// For an answer to the question whether somebody wants the talk (row 23).
    pub consent: Term,
    /// After closing, for what makes an officer open the case again: later it is a new one (row 37).
    pub reopening: Term,
}

/// The clocks of a regime.
pub type ClockRules = BTreeMap<TimerKind, ClockRule>;

/// The last day of a clock that runs from this day; `None` where the regime has no such clock.
pub fn last_day(policy: &Policy, clock: TimerKind, from: NaiveDate) -> Option<NaiveDate> {
    let rule = policy.clocks.get(&clock)?;
    Some(policy.calendar.end_of(from, rule.length, rule.of_law))
}

/// The dates that bind a case that reached the organisation on this day.
pub fn deadlines(policy: &Policy, received_on: NaiveDate) -> Deadlines {
    Deadlines {
        first_contact: last_day(policy, TimerKind::FirstContact, received_on),
        decision: last_day(policy, TimerKind::Decision, received_on),
    }
}

/// The last day to which the decision can be extended without anybody's consent; `None` where it can not.
///
/// Ten weeks are counted from the first day and only then moved off a free day. Moving the six weeks first
/// and adding four can give a later day; the earlier of both is the safe one (domain.md section 2.3).
pub fn last_extended_day(policy: &Policy, received_on: NaiveDate) -> Option<NaiveDate> {
    let rule = policy.clocks.get(&TimerKind::Decision)?;
    let extension = rule.extension.as_ref()?;
    let calendar = &policy.calendar;
    let end = calendar.end_of(received_on, rule.length, rule.of_law);
    let by_steps = calendar.end_of(end, extension.by, rule.of_law);
    let at_once = match (rule.length.unit, extension.by.unit) {
        (Unit::Weeks, Unit::Weeks) => {
            let whole = Term { count: rule.length.count + extension.by.count, unit: Unit::Weeks };
            calendar.end_of(received_on, whole, rule.of_law)
        }
        _ => by_steps,
    };
    Some(at_once.min(by_steps))
}
