//! Everything one desk needs to handle a mail, put together once at start-up.

use std::sync::Arc;

use chrono::TimeDelta;

use super::proof::Authentication;
use crate::composition::{Composer, DeskFacts};
use crate::config::Ceilings;
use crate::mediation::Policy;
use crate::message::{OwnAddresses, Words};
use crate::model::{DeskKey, MailAddress};

/// One desk, proved and ready.
#[derive(Debug)]
pub struct Desk {
    /// What the core may decide.
    pub policy: Policy,
    /// What its letters say.
    pub facts: DeskFacts,
    /// By which addresses and marks it knows its own mail.
    pub own: OwnAddresses,
    /// Its letters; desks that keep none of their own share those of the house.
    pub composer: Arc<Composer>,
    /// The word lists by which mail is understood.
    pub words: Arc<Words>,
    /// Where alarms about the daemon go; the responsible officer where no operator is named.
    pub operator: Option<MailAddress>,
    /// What has to prove, beside address and token, that an officer wrote (M71); `None` where nothing has to.
    pub authentication: Option<Authentication>,
    /// How many automatic answers may go out (M12, M13).
    pub ceilings: Ceilings,
    /// How long a letter that an officer caused waits before it leaves (design.md section 5).
    pub hold: TimeDelta,
}

impl Desk {
    /// Its key.
    pub fn key(&self) -> &DeskKey {
        &self.policy.desk
    }
}
