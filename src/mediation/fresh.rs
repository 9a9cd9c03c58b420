//! New ids for one decision, as an argument.

use sha2::{Digest, Sha256};

use crate::model::{AppointmentUid, Instant, LetterId, MailId, Token};

/// A supply of tokens and ids, drawn by the shell once per event: 32 random bytes, expanded with SHA-256
/// in counter mode. The core stays pure, and the same seed gives the same decision again.
#[derive(Clone)]
pub struct Fresh {
    seed: [u8; 32],
    counter: u64,
    at: Instant,
}

impl std::fmt::Debug for Fresh {
    /// The seed would give the tokens away.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fresh").field("counter", &self.counter).finish_non_exhaustive()
    }
}

impl Fresh {
    /// A supply from fresh random bytes and the present moment.
    pub fn from_seed(seed: [u8; 32], at: Instant) -> Self {
        Self { seed, counter: 0, at }
    }

    fn next<const N: usize>(&mut self) -> [u8; N] {
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.counter.to_be_bytes());
        self.counter += 1;
        let digest = hash.finalize();
        let mut out = [0; N];
        for (to, from) in out.iter_mut().zip(digest.iter()) {
            *to = *from;
        }
        out
    }

    /// A new token for a capability address.
    pub fn token(&mut self) -> Token {
        Token::from_random(self.next())
    }

    /// A new UID for an appointment (M120).
    pub fn appointment(&mut self) -> AppointmentUid {
        AppointmentUid::from_random(self.next())
    }

    /// A new id for a letter.
    pub fn letter(&mut self) -> LetterId {
        LetterId::new(self.at, self.next())
    }

    /// A new id for a mail.
    pub fn mail(&mut self) -> MailId {
        MailId::new(self.at, self.next())
    }
}
