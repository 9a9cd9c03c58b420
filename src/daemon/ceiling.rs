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
    vec![format!("a:{}", address.comparable()), format!("d:{}", address.comparable_domain()), ALL.to_owned()]
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
        let mut of_address: Vec<String> = addresses.iter().map(|address| format!("a:{}", address.comparable())).collect();
        let mut of_domain: Vec<String> = addresses.iter().map(|address| format!("d:{}", address.comparable_domain())).collect();
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
        let of_address = format!("a:{}", address.comparable());
        let of_domain = format!("d:{}", address.comparable_domain());
        let count = |counts: &HashMap<String, u32>, key: &str| counts.get(key).copied().unwrap_or(0);
        count(&self.day, &of_address) < self.ceilings.per_address_per_day
            && count(&self.week, &of_address) < self.ceilings.per_address_per_week
            && count(&self.hour, &of_domain) < self.ceilings.per_domain_per_hour
            && count(&self.hour, ALL) < self.ceilings.in_all_per_hour
    }

    /// Counts an answer that this window is about to commit.
    pub fn count(&mut self, address: &MailAddress) {
        let of_address = format!("a:{}", address.comparable());
        *self.day.entry(of_address.clone()).or_default() += 1;
        *self.week.entry(of_address).or_default() += 1;
        *self.hour.entry(format!("d:{}", address.comparable_domain())).or_default() += 1;
        *self.hour.entry(ALL.to_owned()).or_default() += 1;
    }
}
