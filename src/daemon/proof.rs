//! Whether it is proved that an officer wrote, for desks that demand more than the address and the case's own token.

use std::sync::Arc;

use futures_util::future::join_all;

use super::desk::Desk;
use super::dkim;
use super::dns::{DomainRecords, SystemDns};
use super::window::Understood;
use crate::config::AuthenticationSettings;
use crate::mediation::Proof;
use crate::message::{TrustedServer, vouches};

/// What may prove it; either is enough.
#[derive(Clone, Debug)]
pub struct Authentication {
    /// The server whose `Authentication-Results` are believed (M72).
    pub server: Option<TrustedServer>,
    /// Where the keys of DKIM come from, where we verify it ourselves (M75).
    pub keys: Option<Arc<dyn DomainRecords>>,
}

impl Authentication {
    /// As configured. The DNS is that of this machine; it is asked when the first signature is looked at.
    pub(super) fn open(settings: &AuthenticationSettings) -> Self {
        let keys = settings.dkim.then(|| Arc::new(SystemDns::default()) as Arc<dyn DomainRecords>);
        Self { server: settings.server.clone(), keys }
    }
}

/// The proofs of a window, each in the place of its mail. Only mails that claim to come from an officer are looked at,
/// all at once: where the DNS is away, a window waits once and not for each mail.
pub(super) async fn proofs(desk: &Desk, mails: &[Understood]) -> Vec<Proof> {
    let Some(authentication) = &desk.authentication else { return vec![Proof::NotDemanded; mails.len()] };
    join_all(mails.iter().map(|mail| proof(desk, authentication, mail))).await
}

async fn proof(desk: &Desk, authentication: &Authentication, mail: &Understood) -> Proof {
    let author = mail.facts.author.as_ref().map(|author| &author.address);
    let Some(author) = author.filter(|author| desk.policy.officer_at(author).is_some()) else { return Proof::NotDemanded };
    let raw = &mail.raw.bytes;
    let by_server = || authentication.server.as_ref().is_some_and(|server| vouches(raw, author, server));
    let is_proved = by_server()
        || match &authentication.keys {
            Some(keys) => dkim::is_signed(raw, author, keys.as_ref()).await,
            None => false,
        };
    if is_proved { Proof::Given } else { Proof::Missing }
}
