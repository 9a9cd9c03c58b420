use chrono::{TimeDelta, TimeZone as _, Utc};
use chrono_tz::Europe::Amsterdam;
use proptest::prelude::*;

use super::life::{Step, life};
use super::*;
use crate::mediation::command::Period;
use crate::mediation::{Actor, Case, Entry, FollowUp, JournalEntry, Phase, Reason, Sender};
use crate::model::{CaseNumber, DeskKey, Flag, FlagStanding, Instant, MailId, Outcome};

fn cells(counts: &[u64]) -> Vec<Cell> {
    counts.iter().enumerate().map(|(at, count)| Cell { code: at.to_string(), count: *count }).collect()
}

fn at(month: u32, day: u32) -> Instant {
    Utc.with_ymd_and_hms(2026, month, day, 9, 0, 0).unwrap()
}

fn closed(received: Instant, days: i64, outcome: Outcome) -> Case {
    let mut case = Case::unopened(CaseNumber::FIRST, DeskKey::of(&"klachten@zorg.example".parse().unwrap()));
    case.received_at = received;
    case.phase = Phase::Closed { at: received + TimeDelta::days(days), outcome };
    case
}

fn line(entry: Entry) -> JournalEntry {
    JournalEntry { at: at(3, 1), actor: Actor::Officer, reason: Reason::CommandsDone, entry }
}

#[test]
fn a_small_count_is_hidden_and_so_is_one_from_which_it_follows() {
    let shown = Disclosure::DEFAULT.rows(&cells(&[40, 3, 9]), true);
    assert_eq!(shown, [Shown::Count(40), Shown::Hidden, Shown::Hidden]);
    // Nothing adds up here, so the others say nothing about it.
    assert_eq!(Disclosure::DEFAULT.rows(&cells(&[40, 3, 9]), false), [Shown::Count(40), Shown::Hidden, Shown::Count(9)]);
    // Two fours would be known from their sum.
    assert_eq!(Disclosure::DEFAULT.rows(&cells(&[5, 4, 4]), true), [Shown::Hidden; 3]);
    assert_eq!(Disclosure::DEFAULT.rows(&cells(&[40, 0, 9]), true), [Shown::Count(40), Shown::Count(0), Shown::Count(9)]);
}

#[test]
fn a_share_that_tells_of_a_few_is_hidden() {
    assert_eq!(Disclosure::DEFAULT.percent(95, 100), Some(95));
    assert_eq!(Disclosure::DEFAULT.percent(98, 100), None);
    assert_eq!(Disclosure::DEFAULT.percent(100, 100), Some(100));
    assert_eq!(Disclosure::DEFAULT.percent(3, 3), None);
}

proptest! {
    #[test]
    fn what_is_hidden_has_more_than_one_answer(counts in prop::collection::vec(0_u64..30, 2..14)) {
        let cells = cells(&counts);
        let shown = Disclosure::DEFAULT.rows(&cells, true);
        for (cell, shown) in cells.iter().zip(&shown) {
            match shown {
                Shown::Count(count) => prop_assert!(*count == cell.count && (*count == 0 || *count >= 5)),
                Shown::Hidden => {}
            }
        }
        let hidden: Vec<u64> = cells.iter().zip(&shown).filter(|(_, shown)| **shown == Shown::Hidden).map(|(cell, _)| cell.count).collect();
        prop_assert!(hidden.len() != 1);
        // Every row hidden is as good as no table; otherwise at least one hidden row could be another number.
        if hidden.len() < cells.len() && !hidden.is_empty() {
            let sum: u64 = hidden.iter().sum();
            let rows = hidden.len() as u64;
            prop_assert!(sum >= 10 && sum > rows && sum != rows * 4);
        }
    }

    #[test]
    fn every_case_of_the_period_stands_once_in_each_table_that_adds_up(
        lives in prop::collection::vec((0_i64..700, 0_i64..200, 0_usize..7), 0..60),
    ) {
        let mut tally = Tally::new(Period::Year(2026), Amsterdam, &[]);
        let mut expected = 0;
        for (day, days, outcome) in lives {
            let received = Utc.with_ymd_and_hms(2025, 6, 1, 12, 0, 0).unwrap() + TimeDelta::days(day);
            let case = closed(received, days, Outcome::ALL[outcome]);
            expected += u64::from(received.format("%Y").to_string() == "2026");
            tally.add(&case, &[]);
        }
        prop_assert_eq!(tally.received, expected);
        for kind in [TableKind::Month, TableKind::Channel, TableKind::Complainant, TableKind::Route, TableKind::FollowUp] {
            prop_assert_eq!(tally.table(kind).iter().map(|cell| cell.count).sum::<u64>(), expected, "{:?}", kind);
        }
        prop_assert_eq!(tally.days_to_end.count(), tally.closed);
    }
}

#[test]
fn a_complaint_belongs_to_the_day_it_came_in_where_the_desk_is() {
    let mut tally = Tally::new(Period::Year(2026), Amsterdam, &[]);
    // A quarter past midnight on New Year's Day in Amsterdam is still 2025 in UTC.
    tally.add(&closed(Utc.with_ymd_and_hms(2025, 12, 31, 23, 15, 0).unwrap(), 10, Outcome::Satisfied), &[]);
    tally.add(&closed(Utc.with_ymd_and_hms(2025, 12, 31, 22, 45, 0).unwrap(), 10, Outcome::Satisfied), &[]);
    assert_eq!((tally.received, tally.received_before), (1, 1));
}

#[test]
fn days_terms_results_and_grades_are_counted_as_a_person_would() {
    let mut tally = Tally::new(Period::Year(2026), Amsterdam, &[]);
    for (days, outcome) in [(10, Outcome::Satisfied), (42, Outcome::Partly), (43, Outcome::Unknown), (71, Outcome::Question)] {
        tally.add(&closed(at(2, 2), days, outcome), &[]);
    }
    let mut answered = closed(at(5, 5), 20, Outcome::Satisfied);
    answered.follow_up = FollowUp::Answered { sent_at: at(6, 1), at: at(6, 3), grade: Some(8) };
    answered.flags.insert(Flag::Calamity, FlagStanding::Cleared);
    answered.ever_confirmed.insert(Flag::Calamity);
    answered.flags.insert(Flag::ThirdParty, FlagStanding::Confirmed);
    tally.add(&answered, &[]);
    assert_eq!(tally.in_six_weeks, Share { part: 3, whole: 5 });
    assert_eq!(tally.in_ten_weeks, Share { part: 4, whole: 5 });
    assert_eq!(tally.days_to_end.percentile(50, Disclosure::DEFAULT), Some(42));
    assert_eq!(tally.days_to_end.percentile(90, Disclosure::DEFAULT), Some(71));
    assert_eq!(tally.grades.mean_in_tenths(Disclosure { smallest: 1 }), Some(80));
    assert_eq!(tally.grades.mean_in_tenths(Disclosure::DEFAULT), None);
    let count = |kind, code: &str| tally.table(kind).iter().find(|cell| cell.code == code).map(|cell| cell.count);
    assert_eq!(count(TableKind::Result, "satisfied"), Some(2));
    assert_eq!(count(TableKind::Route, "question"), Some(1));
    assert_eq!(count(TableKind::Signal, "calamity"), Some(1));
    assert_eq!(count(TableKind::Complainant, "representative"), Some(1));
    assert_eq!(count(TableKind::Grade, "08"), Some(1));
}

#[test]
fn what_an_officer_took_back_did_not_happen() {
    let mail = || {
        line(Entry::MailFiled {
            mail: MailId::new(at(3, 1), [0; 10]),
            sender: Sender::Officer,
            class: crate::message::MailClass::Human,
            thread: Vec::new(),
        })
    };
    let before = || {
        Box::new(crate::mediation::Before {
            phase: Phase::Open,
            timers: std::collections::BTreeMap::new(),
            ends: std::collections::BTreeMap::new(),
            follow_up: FollowUp::None,
            deadlines: crate::mediation::Deadlines::default(),
            extension: None,
        })
    };
    let asked = || line(Entry::HearingAsked { respondents: std::collections::BTreeSet::new() });
    let revocable = || line(Entry::Revocable { until: at(3, 2), before: before() });
    let advised = line(Entry::AdviceGiven { topic: "kosten".to_owned() });
    let journal = [mail(), advised, mail(), asked(), revocable(), mail(), line(Entry::TakenBack { before: before() })];
    assert_eq!(life(&journal).steps.into_iter().collect::<Vec<_>>(), [Step::Advised]);
    assert!(life(&[mail(), asked(), revocable()]).steps.contains(&Step::Heard));
}

#[test]
fn what_officers_recorded_is_counted_and_the_rest_has_a_row_of_its_own() {
    use crate::mediation::particulars::{AgreementsKept, Dispute, Measure, Particulars, Profession};

    let units = ["Poli Noord".to_owned(), "Poli Zuid".to_owned()];
    let mut tally = Tally::new(Period::Year(2026), Amsterdam, &units);
    for number in 0..12 {
        let mut case = closed(at(3, 2), 10, Outcome::Satisfied);
        if number < 7 {
            case.particulars = Particulars {
                unit: Some("Poli Noord".to_owned()),
                profession: Some(Profession::Nurse),
                measures: [Measure::Procedure, Measure::Training].into(),
                disputes: [Dispute::Court].into(),
                agreements: Some(AgreementsKept::Partly),
                ..Particulars::default()
            };
        }
        // A unit that the desk has no longer still has its row.
        if number == 11 {
            case.particulars.unit = Some("Poli Oost".to_owned());
        }
        tally.add(&case, &[]);
    }
    let counts = |kind| tally.table(kind).into_iter().filter(|cell| cell.count > 0).map(|cell| (cell.code, cell.count));
    let named = |rows: &[(&str, u64)]| rows.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect::<Vec<_>>();
    assert_eq!(tally.table(TableKind::Unit).len(), 4, "a table has its zeros");
    assert_eq!(counts(TableKind::Unit).collect::<Vec<_>>(), named(&[("Poli Noord", 7), ("Poli Oost", 1), (NOT_RECORDED, 4)]));
    assert_eq!(counts(TableKind::Profession).collect::<Vec<_>>(), named(&[("nurse", 7), (NOT_RECORDED, 5)]));
    assert_eq!(counts(TableKind::Measure).collect::<Vec<_>>(), named(&[("procedure", 7), ("training", 7)]));
    assert_eq!(counts(TableKind::Dispute).collect::<Vec<_>>(), named(&[("court", 7)]));
    assert_eq!(counts(TableKind::Agreements).collect::<Vec<_>>(), named(&[("partly", 7)]));
    assert!(tally.has(TableKind::Unit) && !tally.has(TableKind::Theme));
}
