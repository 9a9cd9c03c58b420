//! How many automatic answers may go to one address, one domain, and out at all (M12, M13).
//!
//! Counts are durable: they stand in the store and survive a restart.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::config::Ceilings;
use crate::model::{Instant, MailAddress};
use crate::store::{Store, StoreError};

/// The keys under which an answer to this address counts.
pub(super) fn keys_of(address: &MailAddress) -> Vec<String> {
    vec![of_address(address), of_domain(address), ALL.to_owned()]
}

/// What the key of an address begins with.
const OF_ADDRESS: &str = "a:";

fn of_address(address: &MailAddress) -> String {
    format!("{OF_ADDRESS}{}", address.comparable())
}

fn of_domain(address: &MailAddress) -> String {
    format!("d:{}", address.comparable_domain())
}

/// The key under which every answer counts.
const ALL: &str = "*";

/// What has been sent already, as far as a window of mails needs to know.
#[derive(Debug)]
pub(super) struct Tally {
    ceilings: Ceilings,
    day: HashMap<String, u32>,
    week: HashMap<String, u32>,
    hour: HashMap<String, u32>,
}

impl Tally {
    /// Asks the store for the counts of these addresses: three questions, however many mails wait.
    pub async fn load(
        store: &dyn Store,
        ceilings: Ceilings,
        addresses: &[&MailAddress],
        now: Instant,
    ) -> Result<Self, StoreError> {
        let mut of_address: Vec<String> = addresses.iter().map(|address| of_address(address)).collect();
        let mut of_domain: Vec<String> = addresses.iter().map(|address| of_domain(address)).collect();
        of_domain.push(ALL.to_owned());
        for keys in [&mut of_address, &mut of_domain] {
            keys.sort_unstable();
            keys.dedup();
        }
        Ok(Self {
            ceilings,
            day: store.automatic_answers(&of_address, now - TimeDelta::days(1)).await?,
            week: store.automatic_answers(&of_address, now - TimeDelta::days(7)).await?,
            hour: store.automatic_answers(&of_domain, now - TimeDelta::hours(1)).await?,
        })
    }

    /// Whether one more automatic answer may go to this address.
    pub fn allows(&self, address: &MailAddress) -> bool {
        let (of_address, of_domain) = (of_address(address), of_domain(address));
        let count = |counts: &HashMap<String, u32>, key: &str| counts.get(key).copied().unwrap_or(0);
        count(&self.day, &of_address) < self.ceilings.per_address_per_day
            && count(&self.week, &of_address) < self.ceilings.per_address_per_week
            && count(&self.hour, &of_domain) < self.ceilings.per_domain_per_hour
            && count(&self.hour, ALL) < self.ceilings.in_all_per_hour
    }

    /// Counts an answer that this window is about to commit.
    pub fn count(&mut self, address: &MailAddress) {
        self.count_under(&keys_of(address));
    }

    /// Counts an answer under the keys of [`keys_of`].
    pub fn count_under(&mut self, keys: &[String]) {
        for key in keys {
            if key.starts_with(OF_ADDRESS) {
                *self.day.entry(key.clone()).or_default() += 1;
                *self.week.entry(key.clone()).or_default() += 1;
            } else {
                *self.hour.entry(key.clone()).or_default() += 1;
            }
        }
    }
}
