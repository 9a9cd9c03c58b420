//! `wederhoor run`.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::watch;

use super::arguments::RunOptions;
use super::case_json::Zones;
use super::output::{self, Failure};
use super::{exit, progress};
use crate::clock::{Clock, RehearsalClock, SystemClock};
use crate::config::{self, Fault, Validated};
use crate::daemon::{OnceReport, Setup, SetupError, dry_run, once, run as run_for_ever};
use crate::model::Instant;
use crate::observe::{self, Health, Metrics, Observed};
use crate::service;
use crate::store::{self, Store, StoreOptions, UnitOfWork};

/// Loads the configuration; all its faults at once when it has any.
pub(super) fn load(file: &Path) -> Result<Validated, Failure> {
    config::load(file)
        .map_err(|faults| Failure { words: faults.iter().map(Fault::to_string).collect(), exit_code: exit::CONFIGURATION })
}

/// The runtime of every command that touches a network or a database.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| Failure::io(&error))
}

/// Opens the database of a configuration, as it is, for a command that only looks.
pub(super) fn with_store(file: &Path, look: impl AsyncFnOnce(&dyn Store) -> Result<(), Failure>) -> Result<(), Failure> {
    with_zones(file, async |store, _| look(store).await)
}

/// As [`with_store`], for what tells of days: they end in the zone of their desk.
pub(super) fn with_zones(file: &Path, look: impl AsyncFnOnce(&dyn Store, &Zones) -> Result<(), Failure>) -> Result<(), Failure> {
    let configuration = load(file)?;
    let zones = Zones::of(&configuration);
    runtime()?.block_on(async {
        let store =
            store::open(&configuration.store.url(), &StoreOptions::default()).await.map_err(|error| Failure::store(&error))?;
        store.migrate().await.map_err(|error| Failure::store(&error))?;
        let outcome = look(store.as_ref(), &zones).await;
        store.close().await;
        outcome
    })
}

/// Runs as the options say.
pub(super) fn run(file: &Path, options: &RunOptions) -> Result<(), Failure> {
    let configuration = load(file)?;
    let clock = clock(&configuration, options)?;
    runtime()?.block_on(async {
        let setup = Setup::open(&configuration, clock).await.map_err(|error| set_up(&error))?;
        if options.dry_run {
            let report = dry_run(&setup, &mut |unit| print(unit)).await;
            setup.store.close().await;
            return verdict(&report);
        }
        if options.once {
            let progress = progress::Reading::begin("mails handled");
            let report = once(&setup, &progress).await;
            progress.end();
            setup.store.close().await;
            return verdict(&report);
        }
        stay(&configuration, setup).await
    })
}

/// `--at` moves the clock of a rehearsal only: on a live desk it would send letters at the wrong time.
fn clock(configuration: &Validated, options: &RunOptions) -> Result<Arc<dyn Clock>, Failure> {
    let Some(text) = &options.at else { return Ok(Arc::new(SystemClock)) };
    if !configuration.rehearsal {
        return Err(Failure::new(exit::CONFIGURATION, "--at is refused: the configuration does not say `rehearsal = true`"));
    }
    if !options.once && !options.dry_run {
        return Err(Failure::new(exit::USAGE, "--at goes with --once or --dry-run"));
    }
    let at: Instant = text.parse().map_err(|_| {
        Failure::new(exit::USAGE, "--at takes a moment as RFC 3339 has it, for instance 2026-12-18T09:00:00+01:00")
    })?;
    Ok(Arc::new(RehearsalClock::showing(at)))
}

fn set_up(error: &SetupError) -> Failure {
    let exit_code = if error.is_temporary() { exit::TEMPORARY } else { exit::CONFIGURATION };
    match error {
        SetupError::Templates(faults) => Failure { words: faults.iter().map(ToString::to_string).collect(), exit_code },
        SetupError::Store(_) | SetupError::Words(_) | SetupError::Weights { .. } | SetupError::Overrides(_) => {
            Failure::new(exit_code, error.to_string())
        }
    }
}

/// The exit code of `--once`: 0 when nothing overdue is left, 75 when something may pass, 78 when it will not.
fn verdict(report: &OnceReport) -> Result<(), Failure> {
    let mut words = report.permanent.clone();
    words.extend(report.temporary.iter().cloned());
    if report.read.stuck > 0 {
        words.push(format!("{} mails could not be handled and stay in the mailbox", report.read.stuck));
    }
    tracing::info!(
        mails = report.read.mails,
        cases.opened = report.read.opened,
        letters.written = report.read.letters,
        clocks = report.timers,
        letters.accepted = report.delivered.accepted,
        letters.failed = report.delivered.failed,
        "done"
    );
    if words.is_empty() {
        return Ok(());
    }
    let exit_code = if report.permanent.is_empty() { exit::TEMPORARY } else { exit::CONFIGURATION };
    Err(Failure { words, exit_code })
}

/// What a dry run decided, one line each: ids and codes, since the mails themselves lie in the mailbox.
fn print(unit: &UnitOfWork) {
    let mail = unit
        .mail
        .as_ref()
        .map_or_else(|| "clock".to_owned(), |mail| format!("mail ({}, {})", mail.class.code(), mail.class_reason));
    let case = match &unit.case {
        Some(change) if change.decided_on == 0 => "a new case".to_owned(),
        Some(change) => format!("case {}", change.after.number),
        None => "no case".to_owned(),
    };
    let reason = unit.case.as_ref().and_then(|change| change.entries.last()).map_or("kept", |line| line.reason.code());
    let letters: Vec<&str> = unit.letters.iter().map(|queued| queued.letter.kind.template()).collect();
    let _ = output::line(&format!(
        "{mail} -> {case}: {reason}; letters: {}",
        if letters.is_empty() { "none".to_owned() } else { letters.join(", ") }
    ));
}

/// The daemon, until SIGTERM or SIGINT.
async fn stay(configuration: &Validated, setup: Setup) -> Result<(), Failure> {
    let mut termination = service::Termination::listen().map_err(|error| Failure::io(&error))?;
    let (metrics, health) = (Arc::<Metrics>::default(), Arc::<Health>::default());
    let clock = Arc::clone(&setup.clock);
    if let Some(address) = configuration.listen {
        let listener = observe::listen(address).await.map_err(|error| Failure::new(exit::CONFIGURATION, error.to_string()))?;
        let observed = Observed { metrics: Arc::clone(&metrics), health: Arc::clone(&health), clock: Arc::clone(&clock) };
        tokio::spawn(observe::serve(listener, observed));
    }
    tokio::spawn(service::keep_watchdog(Arc::clone(&health), Arc::clone(&clock)));
    let (stop, stopping) = watch::channel(false);
    let desks = setup.desks.len();
    let daemon = tokio::spawn(run_for_ever(setup, metrics, health, stopping));
    service::ready(&format!("{desks} desks"));
    tracing::info!(desks, "ready");
    tokio::pin!(daemon);
    let ended = tokio::select! {
        signal = termination.requested() => {
            tracing::info!(signal, "stopping; what was begun is finished");
            service::stopping();
            let _ = stop.send(true);
            daemon.await
        }
        ended = &mut daemon => ended,
    };
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(why)) => Err(Failure::new(exit::SOFTWARE, why)),
        Err(error) => Err(Failure::new(exit::SOFTWARE, error.to_string())),
    }
}
