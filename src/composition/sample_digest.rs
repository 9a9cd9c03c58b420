//! Sample facts of the morning's list: everything at once, and next to nothing.

use chrono::TimeDelta;

use super::sample::Sample;
use crate::mediation::{Digest, DigestLine, TimerKind, WaitsFor};

/// A full morning, one with a single new case, and one with more than anybody can read.
pub fn digests(base: &Sample) -> Vec<Sample> {
    let today = base.now.with_timezone(&base.desk.zone).date_naive();
    let line = |days: Option<i64>, clock| DigestLine {
        case: base.case.number,
        token: base.case.capabilities.first().map(|capability| capability.token),
        age_days: Some(12),
        clock: days.map(|days| (clock, today + TimeDelta::days(days))),
        waits_for: Some(WaitsFor::Officer),
        grade: None,
    };
    let over = |days, clock| DigestLine { age_days: None, waits_for: None, ..line(days, clock) };
    let waiting = |waits_for| DigestLine { waits_for: Some(waits_for), ..line(Some(30), TimerKind::Attention) };
    let full = Digest {
        late: vec![line(Some(-1), TimerKind::FirstContact), line(Some(-4), TimerKind::Attention)],
        today: vec![line(Some(0), TimerKind::Decision)],
        soon: vec![line(Some(14), TimerKind::Decision)],
        new: vec![line(Some(7), TimerKind::FirstContact)],
        answered: vec![DigestLine { grade: Some(8), ..over(None, TimerKind::FollowUp) }, over(None, TimerKind::FollowUp)],
        ending: vec![
            DigestLine { waits_for: Some(WaitsFor::Hold), ..over(Some(14), TimerKind::Retention) },
            over(Some(14), TimerKind::Retention),
        ],
        others: vec![
            waiting(WaitsFor::Complainant),
            waiting(WaitsFor::Respondent),
            waiting(WaitsFor::Parties),
            waiting(WaitsFor::Talk),
            DigestLine { age_days: Some(1), ..line(None, TimerKind::Attention) },
        ],
        deadlines: Vec::new(),
        gone: Vec::new(),
    };
    let quiet = Digest { new: vec![line(Some(7), TimerKind::FirstContact)], ..Digest::default() };
    let long = Digest { others: vec![line(Some(9), TimerKind::Attention); 50], ..quiet.clone() };
    [full, quiet, long].map(|digest| Sample { digest: Some(digest), ..base.clone() }).into()
}
