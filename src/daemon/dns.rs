//! What domains publish as text in the DNS: keys of DKIM, and who may send their mail.

use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use mail_auth::MessageAuthenticator;
use mail_auth::hickory_resolver::net::{DnsError, NetError};
use mail_auth::hickory_resolver::proto::op::ResponseCode;
use mail_auth::hickory_resolver::proto::rr::RData;

/// A domain that answers later than this does not prove anything today.
const PATIENCE: Duration = Duration::from_secs(10);

/// The DNS could not be asked, or did not answer: whether there is a record is not known. Temporary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the DNS gives no answer: look at the resolver of this machine, and try again")]
pub struct NoAnswer;

/// Where domains publish their records.
#[async_trait]
pub trait DomainRecords: fmt::Debug + Send + Sync {
    /// The text records under this name, such as `sleutel._domainkey.voorbeeldzorg.example`; empty where there is none.
    async fn texts(&self, name: &str) -> Result<Vec<Vec<u8>>, NoAnswer>;
}

/// The DNS as this machine is set up to ask it; its settings are read at the first question.
#[derive(Default)]
pub struct SystemDns(OnceLock<Option<MessageAuthenticator>>);

impl fmt::Debug for SystemDns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SystemDns")
    }
}

#[async_trait]
impl DomainRecords for SystemDns {
    async fn texts(&self, name: &str) -> Result<Vec<Vec<u8>>, NoAnswer> {
        let resolver = self.0.get_or_init(|| MessageAuthenticator::new_system_conf().ok()).as_ref().ok_or(NoAnswer)?;
        // The dot at the end keeps the search list of this machine out of it.
        let whole = format!("{}.", name.trim_end_matches('.'));
        let asked = tokio::time::timeout(PATIENCE, resolver.resolver().txt_lookup(whole)).await.map_err(|_| NoAnswer)?;
        match asked {
            Ok(found) => {
                let texts = found.answers().iter().filter_map(|record| match &record.data {
                    RData::TXT(text) => Some(text.txt_data.concat()),
                    _ => None,
                });
                Ok(texts.collect())
            }
            Err(NetError::Dns(DnsError::NoRecordsFound(none)))
                if matches!(none.response_code, ResponseCode::NXDomain | ResponseCode::NoError) =>
            {
                Ok(Vec::new())
            }
            Err(_) => Err(NoAnswer),
        }
    }
}
