//! `wederhoor report`: the figures of a desk over a period.

use std::path::Path;

use super::arguments::ReportOptions;
use super::output::{self, Failure};
use super::{exit, run};
use crate::clock::{Clock, SystemClock};
use crate::composition::Composer;
use crate::config;
use crate::daemon;
use crate::mediation::command::Period;
use crate::mediation::report::Disclosure;
use crate::model::{DeskKey, Language, MailAddress};

/// Writes the three files.
pub(super) fn report(file: &Path, options: &ReportOptions) -> Result<(), Failure> {
    let configuration = run::load(file)?;
    let desk = desk_of(&configuration.desks, options.desk.as_deref())?;
    let now = SystemClock.now();
    let period = Period::read(&options.period, &desk.policy.vocabulary, desk.policy.civil_day(now))
        .ok_or_else(|| Failure::new(exit::USAGE, "the period is a year, a quarter or a month: 2026, 2026-Q3 or 2026-09"))?;
    let language = match options.language.as_deref() {
        None => desk.policy.language,
        Some("nl") => Language::Nl,
        Some("en") => Language::En,
        Some(_) => return Err(Failure::new(exit::USAGE, "--language takes nl or en")),
    };
    let composer = Composer::new(None).map_err(|faults| {
        let words = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
        Failure::new(exit::SOFTWARE, words)
    })?;
    run::with_store(file, async |store| {
        let tally = daemon::tally(store, &desk.key, period, desk.policy.zone, &desk.policy.units)
            .await
            .map_err(|error| Failure::store(&error))?;
        let report = composer
            .report(&desk.facts, &tally, Disclosure { smallest: options.smallest }, language, now)
            .map_err(|error| Failure::new(exit::SOFTWARE, error.to_string()))?;
        std::fs::create_dir_all(&options.folder).map_err(|error| Failure::io(&error))?;
        for (ending, bytes) in [("html", report.html.as_bytes()), ("pdf", &report.pdf), ("csv", report.csv.as_bytes())] {
            let path = options.folder.join(format!("{}.{ending}", report.name));
            std::fs::write(&path, bytes).map_err(|error| Failure::io(&error))?;
            output::line(&path.display().to_string())?;
        }
        Ok(())
    })
}

fn desk_of<'a>(desks: &'a [config::Desk], address: Option<&str>) -> Result<&'a config::Desk, Failure> {
    let known = || desks.iter().map(|desk| desk.facts.address.as_str()).collect::<Vec<_>>().join(", ");
    match (address, desks) {
        (None, [only]) => Ok(only),
        (None, _) => Err(Failure::new(exit::USAGE, format!("say --desk with one of {}", known()))),
        (Some(text), _) => {
            let key = text.parse::<MailAddress>().map(|address| DeskKey::of(&address)).ok();
            desks
                .iter()
                .find(|desk| Some(&desk.key) == key.as_ref())
                .ok_or_else(|| Failure::new(exit::NO_INPUT, format!("there is no such desk; there are {}", known())))
        }
    }
}
