//! A year of two desks, day by day: people who complain, officers who act or do not, respondents, machines.
//!
//! Thirty cases in every run of the tests; `WEDERHOOR_YEAR_CASES=1000 cargo test --release --test year` makes a real year
//! of it in some minutes, `WEDERHOOR_YEAR_SEED` another one.
//!
//! On each day it is asked whether an open case lies with nobody (I10), whether anybody was asked twice how it went
//! (I4), and whether the morning's lists are what an officer can rely on (row 42).

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test stops where it fails")]

mod figures;
mod mornings;
mod people;
mod stage;

use std::collections::{HashMap, HashSet};

use chrono::{Datelike, NaiveDate};
use stage::{Letter, Stage};
use wederhoor::mediation::{Case, FollowUp};
use wederhoor::model::{CaseNumber, LetterKind};
use wederhoor::store::CaseFilter;

use crate::people::Chance;

fn wanted(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// What the world outside the desks saw in the year: counted from mails that were sent and letters that came, never
/// from the desks' own books.
#[derive(Debug, Default)]
pub struct Seen {
    /// Complaints that were sent.
    pub complaints: usize,
    /// Cases to whose complainant a follow-up came, with how often.
    pub follow_ups: HashMap<CaseNumber, usize>,
    /// Cases whose follow-up was answered.
    pub answered: HashSet<CaseNumber>,
    /// Grades that complainants gave in their answers.
    pub grades: Vec<u8>,
    /// Cases that were confirmed.
    pub confirmed: usize,
    /// Lists that officers got.
    pub lists: usize,
    /// What the report is held against.
    pub watch: figures::Watch,
}

#[tokio::test]
async fn a_year_of_two_desks_forgets_no_case_and_asks_nobody_twice() {
    let (cases, which) = (wanted("WEDERHOOR_YEAR_CASES", 30), wanted("WEDERHOOR_YEAR_SEED", 2026));
    let mut chance = Chance::new(which);
    let first = NaiveDate::from_ymd_opt(2026, 10, 1).unwrap();
    let mut stage = Stage::open(first).await;
    let mut arrivals: Vec<u64> = (0..cases).map(|_| chance.below(300)).collect();
    arrivals.sort_unstable();
    let mut seen = Seen::default();
    // Ten months of complaints, and five in which no further one comes.
    for (place, day) in first.iter_days().take(450).enumerate() {
        let new = arrivals.iter().filter(|arrival| **arrival == place as u64).count();
        live_through(&mut stage, &mut chance, &mut seen, day, new).await;
        nobody_is_forgotten(&stage, day).await;
    }
    assert_eq!(stage.all_cases().await.len(), seen.complaints, "every complaint is a case");
    for (case, count) in &seen.follow_ups {
        assert_eq!(*count, 1, "{case} was asked {count} times (I4)");
    }
    assert!(!seen.follow_ups.is_empty() && seen.lists > 100, "a year without life proves nothing: {seen:?}");
    the_journals_give_the_states(&stage).await;
    hand_over(&stage, &seen).await;
}

/// One day: the morning, the hour of the follow-ups, and two moments at which people write.
async fn live_through(stage: &mut Stage, chance: &mut Chance, seen: &mut Seen, day: NaiveDate, mut new: usize) {
    for hour in [8, 9, 13, 20] {
        stage.set_clock(day, hour);
        if hour == 13 {
            for _ in 0..new {
                let complaint = people::complaint(chance, seen.complaints);
                seen.watch.complaint(complaint.desk, day);
                stage.arrives(&complaint);
                seen.complaints += 1;
            }
            new = 0;
        }
        if hour > 9 {
            let open = stage.open_cases().await.iter().map(|case| case.number).collect();
            for mail in people::mails(chance, stage, &open, seen, day, hour) {
                stage.arrives(&mail);
            }
        }
        let letters = stage.settle().await;
        look_at(stage, seen, &letters, day, hour).await;
    }
}

async fn look_at(stage: &Stage, seen: &mut Seen, letters: &[Letter], day: NaiveDate, hour: u32) {
    let works = stage.works(day);
    for letter in letters {
        seen.watch.letter(letter, day);
        match letter.kind {
            LetterKind::FollowUp => {
                *seen.follow_ups.entry(letter.case.unwrap()).or_default() += 1;
                assert!(works && (9..17).contains(&hour), "a follow-up on {day} at {hour}");
            }
            LetterKind::Acknowledgement | LetterKind::CarefulAcknowledgement => seen.confirmed += 1,
            LetterKind::OfficerAlarm => {
                let case = stage.case(letter.case.unwrap()).await;
                assert!(works || mornings::is_dangerous(&case), "an officer was disturbed on {day} about {:?}", case.phase);
            }
            LetterKind::OfficerDigest => seen.lists += 1,
            _ => {}
        }
    }
    mornings::are_whole(stage, letters, day, hour).await;
}

/// I10, on each day: a clock that will strike, and an officer of the desk who hears it.
async fn nobody_is_forgotten(stage: &Stage, day: NaiveDate) {
    for case in stage.open_cases().await {
        assert!(case.is_watched(), "{} is open in {:?} and no clock runs on {day}", case.number, case.phase);
        let next = case.timers.values().min().unwrap();
        assert!(*next > stage.now(), "{}: a clock that was due is still waiting on {day}", case.number);
        // Nobody waits longer than the longest week of holidays for the next look.
        let attention = case.timers[&wederhoor::mediation::TimerKind::Attention];
        assert!((attention - stage.now()).num_days() <= 20, "{}: looked at on {attention}, and it is {day}", case.number);
        assert!(stage.is_officer(case.officer.as_ref()), "{} lies with {:?}", case.number, case.officer);
    }
}

/// I11.
async fn the_journals_give_the_states(stage: &Stage) {
    for case in stage.all_cases().await {
        let journal = stage.setup.store.journal(case.number).await.unwrap();
        // A case whose file was forgotten has a journal without people: its state is that of a case without people.
        let replayed = Case::replay(Case::unopened(case.number, case.desk.clone()), &journal);
        assert_eq!(replayed, case, "{}", case.number);
    }
}

/// The database of the year, and the report that is counted from it, held against what the world outside has [`Seen`].
async fn hand_over(stage: &Stage, seen: &Seen) {
    assert!(stage.database().is_file());
    let cases = stage.setup.store.list_cases(&CaseFilter::default()).await.unwrap();
    let followed_up = cases.iter().filter(|case| {
        matches!(case.follow_up, FollowUp::Sent { .. } | FollowUp::Answered { .. } | FollowUp::Undelivered { .. })
            || matches!(case.follow_up, FollowUp::Expired { sent_at: Some(_) })
    });
    assert_eq!(followed_up.count(), seen.follow_ups.len());
    let mut grades: Vec<u8> = cases
        .iter()
        .filter_map(|case| match case.follow_up {
            FollowUp::Answered { grade, .. } => grade,
            _ => None,
        })
        .collect();
    let mut given = seen.grades.clone();
    grades.sort_unstable();
    given.sort_unstable();
    assert_eq!(grades, given);
    figures::are_those_of_the_year(stage, &seen.watch, seen).await;
    figures::a_wrong_question_is_refused(stage);
    assert!(cases.iter().all(|case| case.number.year() == 2026 || case.number.year() == 2027), "{}", cases[0].opened_at.year());
}
