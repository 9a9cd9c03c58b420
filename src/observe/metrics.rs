//! What is counted. No label holds a person: desks, kinds of letters and outcomes only.

use std::fmt;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::model::{DeskKey, Instant, LetterKind};

/// The desk a figure is about.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct DeskLabel {
    desk: String,
}

/// A letter and what became of an attempt at it.
#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct LetterLabel {
    letter: &'static str,
    outcome: &'static str,
}

/// What became of an attempt, as a metric names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterOutcome {
    /// A server has taken it.
    Accepted,
    /// Not now.
    Deferred,
    /// It can not be delivered.
    Failed,
    /// It was not tried, because the fault is ours (M152).
    Held,
    /// The line broke before the answer (M153).
    Unclear,
    /// Its moment passed.
    Expired,
}

impl LetterOutcome {
    fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Deferred => "deferred",
            Self::Failed => "failed",
            Self::Held => "held",
            Self::Unclear => "unclear",
            Self::Expired => "expired",
        }
    }
}

/// Every figure of the daemon.
pub struct Metrics {
    registry: Registry,
    mails_retrieved: Family<DeskLabel, Counter>,
    cases_opened: Family<DeskLabel, Counter>,
    letters: Family<LetterLabel, Counter>,
    last_contact: Family<DeskLabel, Gauge>,
    notice_to_accepted: Histogram,
    /// Letters that may go now and have not gone.
    pub letters_due: Gauge,
    /// Letters that wait for a later moment.
    pub letters_waiting: Gauge,
    /// Timers due and not handled.
    pub timers_due: Gauge,
    /// Open cases.
    pub open_cases: Gauge,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Metrics")
    }
}

impl Default for Metrics {
    fn default() -> Self {
        // From 5 ms to 20 s: the figure to reach is 50 ms (design.md section 7).
        let buckets = [0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 20.0];
        let mut metrics = Self {
            registry: Registry::with_prefix("wederhoor"),
            mails_retrieved: Family::default(),
            cases_opened: Family::default(),
            letters: Family::default(),
            last_contact: Family::default(),
            notice_to_accepted: Histogram::new(buckets),
            letters_due: Gauge::default(),
            letters_waiting: Gauge::default(),
            timers_due: Gauge::default(),
            open_cases: Gauge::default(),
        };
        let of = &mut metrics.registry;
        of.register("mails_retrieved", "Mails read from a mailbox", metrics.mails_retrieved.clone());
        of.register("cases_opened", "Cases opened", metrics.cases_opened.clone());
        of.register("letters", "Attempts to hand over a letter, by letter and outcome", metrics.letters.clone());
        of.register_with_unit(
            "mailbox_last_contact_timestamp",
            "Unix time of the last good answer of a mailbox",
            Unit::Seconds,
            metrics.last_contact.clone(),
        );
        of.register_with_unit(
            "notice_to_accepted",
            "From the mail server's notice to the confirmation accepted by submission",
            Unit::Seconds,
            metrics.notice_to_accepted.clone(),
        );
        of.register("letters_due", "Letters that may go now and have not gone", metrics.letters_due.clone());
        of.register("letters_waiting", "Letters that wait for a later moment", metrics.letters_waiting.clone());
        of.register("timers_due", "Timers due and not handled", metrics.timers_due.clone());
        of.register("open_cases", "Open cases", metrics.open_cases.clone());
        metrics
    }
}

fn desk_label(desk: &DeskKey) -> DeskLabel {
    DeskLabel { desk: desk.as_str().to_owned() }
}

impl Metrics {
    /// So many mails were read from the desk's mailbox.
    pub fn mails_retrieved(&self, desk: &DeskKey, count: u64) {
        self.mails_retrieved.get_or_create(&desk_label(desk)).inc_by(count);
    }

    /// A case was opened.
    pub fn case_opened(&self, desk: &DeskKey) {
        self.cases_opened.get_or_create(&desk_label(desk)).inc();
    }

    /// An attempt at a letter ended.
    pub fn letter(&self, kind: LetterKind, outcome: LetterOutcome) {
        self.letters.get_or_create(&LetterLabel { letter: kind.template(), outcome: outcome.word() }).inc();
    }

    /// The desk's mailbox answered well.
    pub fn mailbox_contact(&self, desk: &DeskKey, at: Instant) {
        self.last_contact.get_or_create(&desk_label(desk)).set(at.timestamp());
    }

    /// A confirmation was accepted this long after the mail server told of the mail.
    pub fn notice_to_accepted(&self, took: std::time::Duration) {
        self.notice_to_accepted.observe(took.as_secs_f64());
    }

    /// All figures in the OpenMetrics text form.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut page = String::new();
        text::encode(&mut page, &self.registry)?;
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_counted_can_be_read() {
        let metrics = Metrics::default();
        let desk = DeskKey::of(&"Klachten@voorbeeldzorg.example".parse().unwrap());
        metrics.mails_retrieved(&desk, 3);
        metrics.letter(LetterKind::FollowUp, LetterOutcome::Unclear);
        metrics.mailbox_contact(&desk, "2026-11-23T09:00:00Z".parse().unwrap());
        metrics.notice_to_accepted(std::time::Duration::from_millis(30));
        metrics.letters_due.set(2);
        let page = metrics.text().unwrap();
        for line in [
            "wederhoor_mails_retrieved_total{desk=\"klachten@voorbeeldzorg.example\"} 3",
            "wederhoor_letters_total{letter=\"follow-up\",outcome=\"unclear\"} 1",
            "wederhoor_mailbox_last_contact_timestamp_seconds{desk=\"klachten@voorbeeldzorg.example\"} 1795424400",
            "wederhoor_notice_to_accepted_seconds_bucket{le=\"0.03\"} 1",
            "wederhoor_letters_due 2",
        ] {
            assert!(page.contains(line), "{line} is not in\n{page}");
        }
    }
}
