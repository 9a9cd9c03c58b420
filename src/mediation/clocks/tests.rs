//! Each clock before, at and after its end, with the desk's zone on both changes of the clock and at year end.

use chrono::NaiveDate;

use super::*;
use crate::mediation::properties::policy;
use crate::mediation::{Actor, Case, CaseEvent, Entry, Fresh, JournalEntry, Phase, Policy, Reason, decide};
use crate::model::{CaseNumber, Flag, FlagStanding, Instant, Outcome};

fn regime(name: &str) -> Policy {
    #[derive(serde::Deserialize)]
    struct Rules {
        clock: ClockRules,
    }
    let text = std::fs::read_to_string(format!("{}/config/regimes/{name}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let rules: Rules = toml::from_str(&text).unwrap();
    Policy { clocks: rules.clock, digest: true, ..policy() }
}

/// A case that was received at this moment, with the clocks that hang on its entries.
struct Lived {
    policy: Policy,
    case: Case,
    now: Instant,
}

impl Lived {
    fn received(policy: Policy, at: &str) -> Self {
        let now: Instant = at.parse().unwrap();
        let mut case = Case::unopened(CaseNumber::new(2026, 1).unwrap(), policy.desk.clone());
        case.officer = policy.responsible().map(|officer| officer.address.clone());
        let mut lived = Self { policy, case, now };
        let received_on = lived.policy.civil_day(now);
        lived.happens(Entry::Opened {
            received_at: now,
            language: crate::model::Language::Nl,
            written_in: "nl".to_owned(),
            subject: String::new(),
            complainant: crate::mediation::Party { name: None, address: None, phone: None },
            officer: lived.case.officer.clone(),
            deadlines: deadlines(&lived.policy, received_on),
            kinds: Vec::new(),
            purposes: Vec::new(),
        });
        lived
    }

    fn happens(&mut self, entry: Entry) {
        let line = JournalEntry { at: self.now, actor: Actor::Desk, reason: Reason::CommandsDone, entry };
        self.case.apply(&line);
        for follows in follow(&line.entry, &self.case, &self.policy, self.now) {
            self.happens(follows);
        }
    }

    /// The days on which this clock speaks, until it stops or so many have passed.
    fn days_of(&mut self, clock: TimerKind, most: usize) -> Vec<String> {
        let mut days = Vec::new();
        while let Some(at) = self.case.timers.get(&clock).copied().filter(|_| days.len() < most) {
            self.now = at - chrono::TimeDelta::seconds(1);
            let before =
                decide(&self.case, &CaseEvent::TimerDue(clock), &mut Fresh::from_seed([1; 32], self.now), self.now, &self.policy);
            assert_eq!(before.reason, Reason::TimerObsolete, "a second before its time a clock is silent");
            self.now = at;
            let decision = decide(&self.case, &CaseEvent::TimerDue(clock), &mut Fresh::from_seed([2; 32], at), at, &self.policy);
            if decision.entries.iter().any(|line| matches!(line.entry, Entry::Alarmed { .. })) {
                assert_eq!(self.policy.moment(self.policy.civil_day(at), MORNING), at, "clocks speak at eight in the morning");
                days.push(self.policy.civil_day(at).to_string());
            }
            for line in &decision.entries {
                self.case.apply(line);
            }
        }
        days
    }
}

#[test]
fn the_first_contact_is_asked_for_from_the_third_day_and_every_working_day_after_the_fifth() {
    // Over the night in which the clock goes back, and over Christmas and the year's end.
    for (received, days) in [
        ("2026-10-22T08:00:00Z", ["2026-10-27", "2026-10-28", "2026-10-29", "2026-10-30", "2026-11-02"]),
        ("2026-12-22T08:00:00Z", ["2026-12-28", "2026-12-29", "2026-12-30", "2026-12-31", "2027-01-04"]),
        ("2027-03-24T08:00:00Z", ["2027-03-31", "2027-04-01", "2027-04-02", "2027-04-05", "2027-04-06"]),
    ] {
        let mut lived = Lived::received(regime("wkkgz"), received);
        assert_eq!(lived.days_of(TimerKind::FirstContact, 5), days);
        let on = lived.policy.civil_day(lived.now);
        lived.happens(Entry::FirstContact { on });
        assert!(!lived.case.timers.contains_key(&TimerKind::FirstContact));
    }
}

#[test]
fn the_decision_is_warned_of_at_half_at_ten_and_three_working_days_on_the_day_and_daily_after_it() {
    let mut lived = Lived::received(regime("wkkgz"), "2026-11-13T10:00:00Z");
    assert_eq!(lived.case.deadlines.decision, NaiveDate::from_ymd_opt(2026, 12, 28));
    let expected = ["2026-12-07", "2026-12-11", "2026-12-22", "2026-12-28", "2026-12-29", "2026-12-30"];
    assert_eq!(lived.days_of(TimerKind::Decision, 6), expected);
    lived.happens(Entry::Closed { outcome: Outcome::Unknown });
    assert!(!lived.case.timers.contains_key(&TimerKind::Decision));
    assert!(lived.case.timers.contains_key(&TimerKind::Retention));
    // Row 37: re-opened, the day stays the day.
    lived.happens(Entry::Reopened);
    assert_eq!(lived.case.deadlines.decision, NaiveDate::from_ymd_opt(2026, 12, 28));
    assert!(lived.case.timers.contains_key(&TimerKind::Decision) && !lived.case.timers.contains_key(&TimerKind::Retention));
}

#[test]
fn a_public_body_hears_of_the_four_weeks_in_which_it_can_refuse() {
    let mut lived = Lived::received(regime("awb"), "2026-11-30T10:00:00Z");
    // Four weeks end on Monday 28 December: Christmas lies before it.
    assert_eq!(lived.days_of(TimerKind::Refusal, 3), ["2026-12-22", "2026-12-28", "2026-12-29"]);
    assert!(!Lived::received(regime("wkkgz"), "2026-11-30T10:00:00Z").case.timers.contains_key(&TimerKind::Refusal));
}

#[test]
fn a_calamity_is_found_out_in_six_weeks_and_reported_in_three_working_days_and_then_the_clock_is_silent() {
    let mut lived = Lived::received(regime("wkkgz"), "2026-12-21T10:00:00Z");
    lived.happens(Entry::FlagSet { flag: Flag::Calamity, standing: FlagStanding::Suspected });
    assert!(lived.case.timers.contains_key(&TimerKind::CalamityDoubt));
    lived.now = "2026-12-23T10:00:00Z".parse().unwrap();
    lived.happens(Entry::FlagSet { flag: Flag::Calamity, standing: FlagStanding::Confirmed });
    assert!(!lived.case.timers.contains_key(&TimerKind::CalamityDoubt));
    // Wednesday before Christmas: Thursday, Monday and Tuesday are the three.
    assert_eq!(lived.days_of(TimerKind::CalamityReport, 9), ["2026-12-24", "2026-12-28", "2026-12-29"]);
    assert!(!lived.case.timers.contains_key(&TimerKind::CalamityReport));
}

#[test]
fn a_complainant_who_heard_nothing_for_two_weeks_stands_in_every_list_until_there_is_news() {
    let mut lived = Lived::received(regime("general"), "2027-03-15T10:00:00Z");
    // 14 days later is Easter Monday, and the clock went forward in between.
    assert_eq!(lived.days_of(TimerKind::Attention, 2), ["2027-03-30", "2027-03-31"]);
    let on = lived.policy.civil_day(lived.now);
    lived.happens(Entry::FirstContact { on });
    assert_eq!(lived.case.end_of(TimerKind::Attention), NaiveDate::from_ymd_opt(2027, 4, 14));
}

#[test]
fn a_file_is_announced_two_weeks_before_its_time_and_then_forgotten_unless_something_holds_it() {
    let mut lived = Lived::received(regime("wkkgz"), "2026-02-20T10:00:00Z");
    lived.now = "2026-02-28T10:00:00Z".parse().unwrap();
    lived.happens(Entry::Closed { outcome: Outcome::Satisfied });
    assert_eq!(lived.case.end_of(TimerKind::Retention), NaiveDate::from_ymd_opt(2028, 2, 28));
    let mut held = Lived { policy: lived.policy.clone(), case: lived.case.clone(), now: lived.now };
    assert_eq!(lived.days_of(TimerKind::Retention, 3), ["2028-02-14"]);
    assert!(lived.case.officer.is_none() && lived.case.timers.is_empty(), "everything about people is gone");
    assert!(matches!(lived.case.phase, Phase::Closed { .. }));

    held.happens(Entry::FlagSet { flag: Flag::Legal, standing: FlagStanding::Confirmed });
    for _ in 0..3 {
        held.now = held.case.timers[&TimerKind::Retention];
        let decision = decide(
            &held.case,
            &CaseEvent::TimerDue(TimerKind::Retention),
            &mut Fresh::from_seed([3; 32], held.now),
            held.now,
            &held.policy,
        );
        for line in &decision.entries {
            held.case.apply(line);
        }
    }
    assert!(held.case.officer.is_some(), "a dispute holds the file");
    assert!(held.case.timers.contains_key(&TimerKind::Retention));
}

#[test]
fn access_that_was_asked_is_answered_within_a_month_also_when_the_case_is_over() {
    let mut lived = Lived::received(regime("general"), "2026-11-16T10:00:00Z");
    lived.happens(Entry::Closed { outcome: Outcome::Satisfied });
    // Asked on the last of January: the month ends with February.
    lived.now = "2027-02-01T09:00:00Z".parse().unwrap();
    lived.happens(Entry::AccessAsked {
        who: crate::mediation::PartyRole::Complainant,
        wish: crate::mediation::Wish::Access,
        on: NaiveDate::from_ymd_opt(2027, 1, 31).unwrap(),
    });
    assert_eq!(lived.case.end_of(TimerKind::AccessRequest), NaiveDate::from_ymd_opt(2027, 2, 28));
    // The 28th is a Sunday: what can still be done is said on Friday, and from Monday on it is late.
    let expected = ["2027-02-22", "2027-02-26", "2027-03-01", "2027-03-02"];
    assert_eq!(lived.days_of(TimerKind::AccessRequest, 4), expected);
    lived.happens(Entry::AccessAnswered { who: crate::mediation::PartyRole::Complainant, wish: crate::mediation::Wish::Access });
    assert!(!lived.case.timers.contains_key(&TimerKind::AccessRequest));
}

#[test]
fn measures_are_awaited_for_a_month_from_the_opinion() {
    let mut lived = Lived::received(regime("jeugdwet"), "2026-11-16T10:00:00Z");
    lived.now = "2026-11-30T10:00:00Z".parse().unwrap();
    lived.happens(Entry::DecisionSent { on: NaiveDate::from_ymd_opt(2026, 11, 26).unwrap() });
    // 26 December is a holiday, and the 27th a Sunday.
    assert_eq!(lived.case.end_of(TimerKind::Measures), NaiveDate::from_ymd_opt(2026, 12, 28));
    lived.happens(Entry::Closed { outcome: Outcome::Partly });
    assert_eq!(lived.days_of(TimerKind::Measures, 4), ["2026-12-11", "2026-12-22", "2026-12-28", "2026-12-29"]);
}

#[test]
fn more_time_stops_the_refusal_and_is_warned_of_like_the_first_term() {
    let mut lived = Lived::received(regime("awb"), "2026-11-13T10:00:00Z");
    lived.now = "2026-12-14T10:00:00Z".parse().unwrap();
    let until = last_extended_day(&lived.policy, NaiveDate::from_ymd_opt(2026, 11, 13).unwrap()).unwrap();
    lived.happens(Entry::Extended { until, reason: String::new() });
    assert!(!lived.case.timers.contains_key(&TimerKind::Refusal), "what is extended is handled");
    let expected = ["2026-12-18", "2027-01-08", "2027-01-19", "2027-01-22", "2027-01-25"];
    assert_eq!(lived.days_of(TimerKind::Decision, 5), expected);
}

#[test]
fn what_stop_takes_back_brings_the_clocks_back_also_when_the_follow_up_has_gone() {
    use crate::mediation::{Before, FollowUp};
    use crate::model::LetterId;
    let mut lived = Lived::received(regime("wkkgz"), "2026-11-16T10:00:00Z");
    lived.happens(Entry::Closed { outcome: Outcome::Satisfied });
    lived.happens(Entry::FollowUpSent { letter: LetterId(uuid::Uuid::nil()) });
    lived.happens(Entry::Reopened);
    let before = Before {
        phase: lived.case.phase.clone(),
        timers: lived.case.timers.clone(),
        ends: lived.case.ends.clone(),
        follow_up: lived.case.follow_up.clone(),
        deadlines: lived.case.deadlines.clone(),
        extension: None,
    };
    lived.happens(Entry::Closed { outcome: Outcome::Partly });
    assert!(!lived.case.timers.contains_key(&TimerKind::Attention));
    lived.happens(Entry::TakenBack { before: Box::new(before.clone()) });
    assert!(lived.case.phase.is_open() && lived.case.is_watched(), "{:?}", lived.case.timers);
    assert_eq!(lived.case.timers, before.timers);
    assert!(matches!(lived.case.follow_up, FollowUp::Sent { .. }), "I4");
}

#[test]
fn finding_out_whether_it_is_a_calamity_is_asked_for_until_its_last_day() {
    let mut lived = Lived::received(regime("wkkgz"), "2026-11-16T10:00:00Z");
    lived.happens(Entry::FlagSet { flag: Flag::Calamity, standing: FlagStanding::Suspected });
    assert_eq!(lived.days_of(TimerKind::CalamityDoubt, 9), ["2026-12-11", "2026-12-22", "2026-12-28"]);
    assert!(!lived.case.timers.contains_key(&TimerKind::CalamityDoubt));
}
