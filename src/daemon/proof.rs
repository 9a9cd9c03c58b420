//! Whether it is proved that an officer wrote, for desks that demand more than the address and the case's own token.

use super::desk::Desk;
use super::window::Understood;
use crate::mediation::Proof;
use crate::message::vouches;

/// The proofs of a window, each in the place of its mail. Only mails that claim to come from an officer are looked at.
pub(super) fn proofs(desk: &Desk, mails: &[Understood]) -> Vec<Proof> {
    let Some(server) = &desk.trusted_server else { return vec![Proof::NotDemanded; mails.len()] };
    let proof = |mail: &Understood| match mail.facts.author.as_ref().map(|author| &author.address) {
        Some(author) if desk.policy.officer_at(author).is_some() => {
            if vouches(&mail.raw.bytes, author, server) {
                Proof::Given
            } else {
                Proof::Missing
            }
        }
        Some(_) | None => Proof::NotDemanded,
    };
    mails.iter().map(proof).collect()
}
