//! Identities of stored things. All come in from outside the core: ids are arguments.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Instant;

macro_rules! time_ordered_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id from the moment and fresh random bytes (UUID version 7, RFC 9562 section 5.7):
            /// ids sort by time, which keeps the database's index pages warm.
            pub fn new(at: Instant, random: [u8; 10]) -> Self {
                let milliseconds = u64::try_from(at.timestamp_millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.simple().fmt(f)
            }
        }
    };
}

time_ordered_id!(
    /// One stored incoming mail.
    MailId
);
time_ordered_id!(
    /// One letter in the outbox.
    LetterId
);

/// What makes two retrieved mails the same mail (M68, M69, I2): a SHA-256.
///
/// Of Message-ID, From, Date, Subject and body text where there is a Message-ID, so that the same mail by
/// another route is recognised; of all bytes where there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentKey(pub [u8; 32]);

impl fmt::Display for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}
