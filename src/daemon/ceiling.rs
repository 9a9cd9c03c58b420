//! How many automatic answers may go to one address, one domain, and out at all (M12, M13).
//!
//! Counts are durable: they stand in the store and survive a restart.
//!
//! A responder that changes its address, its domain and its words each time passes all of these for long. What it cannot
//! hide is that each of its mails comes after an answer of ours, and that none of them is about a complaint. So answers to
//! mails in which no complaint was recognised have a small ceiling of their own, and only those count that went out
//! before the mail arrived: people who wrote while the desk was away did not answer it.
//!
//! What this small ceiling stops is not dropped: behind it may be a person. Its confirmation waits until an hour has
//! fewer of them. A loop that was broken would begin anew then, so all that waits is treated as one correspondent: so
//! many a day and so many a week, and after each of them an hour in which nothing else goes to such mails at once.

use std::collections::HashMap;

use chrono::TimeDelta;

use crate::config::Ceilings;
use crate::message::MailFacts;
use crate::model::{Instant, Intent, MailAddress};
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

/// The key under which answers count that went to mails in which no complaint was recognised.
pub(super) const UNRECOGNISED: &str = "?";
/// The key under which those of them count that had to wait.
pub(super) const LATE: &str = "?late";
/// M13: so many of those in an hour, and the next such mail is for an officer to look at first. Both sides of a loop
/// together then send fewer than ten.
const MOST_UNRECOGNISED: u32 = 3;

/// In a mail of fewer words than this, one sign of a complaint may be chance.
const FEW_WORDS: usize = 20;

/// Whether a complaint was recognised by any word of it, or a form of our own carries it (M29, M34). A mail that says
/// nothing is taken for a complaint as well, for filing; it is not enough for answering one after another. Nor is one
/// slight sign in a mail of few words, which the polite line of a machine may bear too.
pub(super) fn is_recognised(facts: &MailFacts) -> bool {
    let triage = &facts.triage;
    let is_grounded = !triage.flags.is_empty() || !triage.purposes.is_empty() || triage.evidence.len() >= 2;
    let says_something = !triage.kinds.is_empty() || !triage.evidence.is_empty();
    let is_long = facts.reply_text.split_whitespace().nth(FEW_WORDS - 1).is_some();
    facts.from.is_some() || (triage.intent == Some(Intent::Complaint) && (is_grounded || (says_something && is_long)))
}

/// What has been sent already, as far as a window of mails needs to know.
#[derive(Debug)]
pub(super) struct Tally {
    ceilings: Ceilings,
    day: HashMap<String, u32>,
    week: HashMap<String, u32>,
    hour: HashMap<String, u32>,
    /// Answers to unrecognised mails within the hour, before the first mail of the window arrived.
    unrecognised: u32,
}

impl Tally {
    /// Asks the store for the counts of these addresses: three questions, however many mails wait, and two more
    /// for mails in which no complaint was recognised, of which `first_arrival` is the earliest.
    pub async fn load(
        store: &dyn Store,
        ceilings: Ceilings,
        addresses: &[&MailAddress],
        first_arrival: Option<Instant>,
        now: Instant,
    ) -> Result<Self, StoreError> {
        let mut of_address: Vec<String> = addresses.iter().map(|address| of_address(address)).collect();
        let mut of_domain: Vec<String> = addresses.iter().map(|address| of_domain(address)).collect();
        of_domain.push(ALL.to_owned());
        for keys in [&mut of_address, &mut of_domain] {
            keys.sort_unstable();
            keys.dedup();
        }
        let mut unrecognised = 0;
        if let Some(arrival) = first_arrival {
            let keys = [UNRECOGNISED.to_owned(), LATE.to_owned()];
            let since = async |since: Instant| -> Result<(u32, u32), StoreError> {
                let counts = store.automatic_answers(&keys, since).await?;
                let count = |key: &str| counts.get(key).copied().unwrap_or(0);
                Ok((count(UNRECOGNISED), count(LATE)))
            };
            let (within_the_hour, late) = since(now - TimeDelta::hours(1)).await?;
            if within_the_hour >= MOST_UNRECOGNISED || late > 0 {
                let (too_new, late_too_new) = since(arrival).await?;
                unrecognised = within_the_hour.saturating_sub(too_new);
                if late > late_too_new {
                    unrecognised = unrecognised.max(MOST_UNRECOGNISED);
                }
            }
        }
        Ok(Self {
            unrecognised,
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

    /// Whether one more mail may be answered in which no complaint was recognised.
    pub fn allows_unrecognised(&self) -> bool {
        self.unrecognised < MOST_UNRECOGNISED
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

/// Confirmations that waited and go in one pass of the clocks, one after another.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    given: u32,
}

impl Waiting {
    /// Whether one more of them may go, to this address; `true` counts it.
    pub async fn allows(
        &mut self,
        store: &dyn Store,
        ceilings: Ceilings,
        address: &MailAddress,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let given = async |key: &str, within: TimeDelta| -> Result<u32, StoreError> {
            let counts = store.automatic_answers(&[key.to_owned()], now - within).await?;
            Ok(counts.get(key).copied().unwrap_or(0) + self.given)
        };
        let allowed = given(UNRECOGNISED, TimeDelta::hours(1)).await? < MOST_UNRECOGNISED
            && given(LATE, TimeDelta::days(1)).await? < ceilings.per_address_per_day
            && given(LATE, TimeDelta::days(7)).await? < ceilings.per_address_per_week
            && Tally::load(store, ceilings, &[address], None, now).await?.allows(address);
        self.given += u32::from(allowed);
        Ok(allowed)
    }
}
