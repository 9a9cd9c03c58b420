//! The morning's lists, held against the states of the cases on the same morning.

use std::collections::HashSet;

use chrono::NaiveDate;
use wederhoor::mediation::{Case, TimerKind};
use wederhoor::model::{Flag, LetterKind};

use crate::stage::{Letter, Stage};

/// What may disturb an officer on a free day.
pub fn is_dangerous(case: &Case) -> bool {
    [Flag::Crisis, Flag::Calamity, Flag::Abuse].into_iter().any(|flag| case.stands(flag))
}

/// The clocks that an officer has to heed (domain.md section 3).
const HEEDED: [TimerKind; 8] = [
    TimerKind::FirstContact,
    TimerKind::Decision,
    TimerKind::Refusal,
    TimerKind::Measures,
    TimerKind::CalamityReport,
    TimerKind::CalamityDoubt,
    TimerKind::Attention,
    TimerKind::AccessRequest,
];

pub async fn are_whole(stage: &Stage, letters: &[Letter], day: NaiveDate, hour: u32) {
    let lists: Vec<&Letter> = letters.iter().filter(|letter| letter.kind == LetterKind::OfficerDigest).collect();
    assert!(lists.is_empty() || (hour == 8 && stage.works(day)), "a list on {day} at {hour}");
    let readers: HashSet<&str> = lists.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(readers.len(), lists.len(), "somebody got two lists on {day}");
    for list in &lists {
        assert!(list.text.contains("2026-0") || list.text.contains("2027-0"), "a list without a case on {day}:\n{}", list.text);
        assert!(list.files.iter().all(|file| file.contains("METHOD:PUBLISH") && file.contains("BEGIN:VEVENT")));
    }
    if hour != 8 || !stage.works(day) {
        return;
    }
    for case in stage.open_cases().await {
        let overdue = HEEDED
            .iter()
            .filter(|clock| case.timers.contains_key(clock))
            .any(|clock| case.end_of(*clock).is_some_and(|end| end < day));
        let (domain, number) = (case.desk.as_str().rsplit_once('@').unwrap().1, case.number.to_string());
        for reader in [format!("m.smit@{domain}"), format!("j.bakker@{domain}")].iter().filter(|_| overdue) {
            let list = lists.iter().find(|letter| letter.to == *reader);
            let shown = list.is_some_and(|list| list.text.contains(&number));
            assert!(shown, "{number} is late on {day}, and {reader} does not read of it: {:?}", case.timers);
        }
    }
}
