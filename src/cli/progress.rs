//! Progress on a terminal; silent where standard error is none.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::daemon::{Handled, OnCommit};

/// A line that counts while a backlog is read. How long the backlog is nobody knows beforehand.
pub(super) struct Reading(ProgressBar);

impl Reading {
    /// Begins to count.
    pub fn begin(what: &'static str) -> Self {
        let target = if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} {msg}, {per_sec}, {elapsed}") {
            bar.set_style(style);
        }
        bar.set_message(what);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// Takes the line away.
    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}

impl OnCommit for Reading {
    fn committed(&self, handled: &Handled) {
        self.0.inc(handled.shelves.len() as u64);
    }
}
