//! `run --dry-run`: the same decisions, handed to the caller to print; nothing is stored, moved or sent.

use std::sync::Arc;

use super::once::OnceReport;
use super::setup::Setup;
use super::unit::Decided;
use crate::mediation::{Fresh, decide};
use crate::retrieval::RawMail;
use crate::store::{UnitOfWork, Versioned};

/// Most mails of one mailbox that a dry run looks at.
const MOST_WINDOWS: usize = 1_000;

/// Decides on everything that waits and everything that is due, and shows each unit instead of committing
/// it. The mailbox is left as it is: not even a flag changes.
pub async fn dry_run(setup: &Setup, show: &mut (dyn FnMut(&UnitOfWork) + Send)) -> OnceReport {
    let mut report = OnceReport::default();
    for desk in &setup.desks {
        if let Err(error) = read(setup, desk, show, &mut report).await {
            report.temporary.push(format!("{}: {error}", desk.desk.key().as_str()));
        }
    }
    if let Err(error) = clocks(setup, show, &mut report).await {
        report.temporary.push(error.to_string());
    }
    report
}

async fn read(
    setup: &Setup,
    desk: &super::setup::DeskSetup,
    show: &mut (dyn FnMut(&UnitOfWork) + Send),
    report: &mut OnceReport,
) -> Result<(), super::reading::ReadingError> {
    let mut mailbox = desk.open_mailbox().await?;
    for _ in 0..MOST_WINDOWS {
        let window: Vec<Arc<RawMail>> = mailbox.next_window(desk.bounds()).await?.into_iter().map(Arc::new).collect();
        if window.is_empty() {
            break;
        }
        let units = super::intake::decide_only(setup.store.as_ref(), &desk.desk, setup.clock.as_ref(), window).await?;
        for unit in &units {
            report.read.mails += 1;
            report.read.letters += unit.letters.len();
            report.read.opened += usize::from(unit.case.as_ref().is_some_and(|change| change.decided_on == 0));
            show(unit);
        }
    }
    mailbox.close().await;
    Ok(())
}

async fn clocks(
    setup: &Setup,
    show: &mut (dyn FnMut(&UnitOfWork) + Send),
    report: &mut OnceReport,
) -> Result<(), super::clocks::PassError> {
    let now = setup.clock.now();
    let due = setup.store.due_timers(&setup.keys(), now, u32::MAX).await?;
    let numbers: Vec<_> = due.iter().map(|timer| timer.case).collect();
    let cases = setup.store.cases(&numbers).await?;
    for timer in &due {
        let Some(Versioned { version, case }) = cases.get(&timer.case) else { continue };
        let Some(desk) = setup.desks.iter().find(|desk| *desk.desk.key() == case.desk) else { continue };
        let mut fresh = Fresh::from_seed([0; 32], now);
        let mut decided = Decided::on(case.clone(), *version, None);
        decided.add(decide(case, &crate::schedule::event_of(timer), &mut fresh, now, &desk.desk.policy));
        let unit = decided.compose(&desk.desk, None, now)?;
        report.timers += 1;
        show(&unit);
    }
    Ok(())
}
