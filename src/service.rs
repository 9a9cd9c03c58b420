//! Being a good service: readiness and watchdog of systemd (sd_notify(3)), and the signals that end the day.
//!
//! Without systemd every call here does nothing, and nothing else changes.

use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::clock::Clock;
use crate::observe::Health;

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager could not be told");
    }
}

/// Start-up is done: mail can come. `text` is one line for `systemctl status`.
pub fn ready(text: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(text)]);
}

/// What is going on, in one line without names or addresses of people.
pub fn status(text: &str) {
    tell(&[NotifyState::Status(text)]);
}

/// The end has begun; what is under way is finished first.
pub fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Tells the watchdog twice per interval that a restart would not help. While one would, it is silent and
/// systemd restarts the daemon. Runs until dropped; ends at once where no watchdog is set.
pub async fn keep_watchdog(health: Arc<Health>, clock: Arc<dyn Clock>) {
    let Some(interval) = sd_notify::watchdog_enabled().map(|limit| limit / 2).filter(|half| *half > Duration::ZERO) else {
        return;
    };
    let mut ticks = tokio::time::interval(interval);
    loop {
        ticks.tick().await;
        if health.needs_no_restart(clock.now()) {
            tell(&[NotifyState::Watchdog]);
        } else {
            tracing::error!("a part of the daemon hangs; the watchdog is not told that all is well");
        }
    }
}

/// SIGTERM and SIGINT, caught from the moment this value exists.
#[derive(Debug)]
pub struct Termination {
    terminate: Signal,
    interrupt: Signal,
}

impl Termination {
    /// Begins to catch both signals. Fails where the runtime has no signals.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits for either; gives its name.
    pub async fn requested(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::process::{Command, Stdio};

    use chrono::TimeDelta;

    use super::*;
    use crate::clock::ManualClock;
    use crate::model::Instant;

    /// The daemon's side, in a process of its own: the socket comes by its environment.
    #[tokio::test]
    #[ignore = "started by the_service_manager_hears_ready_watchdog_and_stopping"]
    async fn the_daemons_side() {
        let (clock, health) = (Arc::new(ManualClock::at(Instant::UNIX_EPOCH)), Arc::new(Health::default()));
        let mut termination = Termination::listen().unwrap();
        health.beat("delivery", clock.now(), TimeDelta::minutes(1));
        ready("1 desk");
        let watchdog = tokio::spawn(keep_watchdog(Arc::clone(&health), Arc::<ManualClock>::clone(&clock)));
        assert_eq!(termination.requested().await, "SIGTERM");
        stopping();
        watchdog.abort();
    }

    #[test]
    fn the_service_manager_hears_ready_watchdog_and_stopping() {
        let folder = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut daemon = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "service::tests::the_daemons_side", "--ignored"])
            .env("NOTIFY_SOCKET", folder.path().join("notify"))
            .env("WATCHDOG_USEC", "100000")
            .env_remove("WATCHDOG_PID")
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let hear = || {
            let mut buffer = [0; 256];
            let length = socket.recv(&mut buffer).unwrap();
            String::from_utf8_lossy(&buffer[..length]).trim_end().to_owned()
        };
        assert_eq!(hear(), "READY=1\nSTATUS=1 desk");
        assert_eq!((hear(), hear()), ("WATCHDOG=1".to_owned(), "WATCHDOG=1".to_owned()));
        assert!(Command::new("kill").args(["-TERM", &daemon.id().to_string()]).status().unwrap().success());
        // Beats that were under way may come before it.
        while hear() != "STOPPING=1" {}
        assert!(daemon.wait().unwrap().success());
    }
}
