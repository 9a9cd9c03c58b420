//! Who holds a lease, and whether that daemon still lives.
//!
//! A lease protects against two daemons at once. A daemon that was killed can not give its leases back; so
//! that its successor on the same machine need not wait for them to run out, a holder's name says which
//! process of which machine it is.

use std::fmt;

use crate::model::Instant;
use crate::store::{Store, StoreError};

/// The name of this daemon in leases: machine, process, the moment that process started, and chance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseHolder {
    machine: String,
    process: u32,
    started: String,
    chance: u64,
}

impl LeaseHolder {
    /// The name of this very process.
    pub fn this_process(chance: u64) -> Self {
        let process = std::process::id();
        Self { machine: machine(), process, started: started(process).unwrap_or_default(), chance }
    }

    /// Whether a holder of this name is known to be gone: a process of this machine that has ended. Of other
    /// machines nothing is known, and their leases are left to run out.
    fn is_gone(&self, name: &str) -> bool {
        let mut parts = name.split('/');
        let (Some(machine), Some(process), Some(start)) = (parts.next(), parts.next(), parts.next()) else { return false };
        let Ok(process) = process.parse::<u32>() else { return false };
        // Without a machine id or without /proc nothing can be known.
        if self.machine.is_empty() || machine != self.machine || start.is_empty() || self.started.is_empty() {
            return false;
        }
        started(process).is_none_or(|now| now != start)
    }
}

impl fmt::Display for LeaseHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{:x}", self.machine, self.process, self.started, self.chance)
    }
}

/// Gives back the leases of daemons of this machine that are gone.
pub async fn release_leases_of_the_dead(store: &dyn Store, this: &LeaseHolder, now: Instant) -> Result<usize, StoreError> {
    let mut released = 0;
    for name in store.lease_holders().await? {
        if this.is_gone(&name) {
            store.release_leases(&name, now).await?;
            released += 1;
        }
    }
    Ok(released)
}

/// This boot of this machine: process numbers mean nothing beyond it.
fn machine() -> String {
    std::fs::read_to_string("/proc/sys/kernel/random/boot_id").map(|id| id.trim().replace('/', "-")).unwrap_or_default()
}

/// When a process started, in the kernel's ticks since boot (proc(5), field 22); `None` when there is no such
/// process.
fn started(process: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in parentheses and may hold anything.
    let after_name = stat.get(stat.rfind(')')? + 1..)?;
    let mut fields = after_name.split_whitespace();
    // A process that has ended but was not yet waited for holds nothing any more.
    if fields.next()? == "Z" {
        return None;
    }
    fields.nth(18).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_daemon_keeps_its_leases_and_a_dead_one_does_not() {
        let this = LeaseHolder::this_process(1);
        assert!(!this.is_gone(&this.to_string()));
        let elsewhere = LeaseHolder { machine: "another".to_owned(), ..this.clone() };
        assert!(!this.is_gone(&elsewhere.to_string()));
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = LeaseHolder { process: child.id(), started: "1".to_owned(), ..this.clone() };
        child.wait().unwrap();
        assert!(this.is_gone(&dead.to_string()));
        assert!(!this.is_gone("nonsense"));
    }
}
