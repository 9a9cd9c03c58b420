//! Whom we trust: the machine's own certificate store, and one more authority where the operator names it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::wire::Transport;
use crate::retrieval::RetrievalError;

/// A store of certificates takes half a megabyte, so desks share it while one of them is connected.
static SHARED: Mutex<BTreeMap<Option<PathBuf>, Weak<ClientConfig>>> = Mutex::new(BTreeMap::new());

/// The TLS settings for one more authority (PEM), or for none.
///
/// # Errors
/// [`RetrievalError::Tls`] where a file can not be read or nobody would be trusted.
pub(super) fn trust(extra_ca: Option<&Path>) -> Result<Arc<ClientConfig>, RetrievalError> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    let key = extra_ca.map(Path::to_path_buf);
    if let Some(config) = shared.get(&key).and_then(Weak::upgrade) {
        return Ok(config);
    }
    let mut roots = RootCertStore::empty();
    // One broken certificate in the machine's store is the machine's matter; an empty store is ours.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = extra_ca {
        let unusable = |error: String| RetrievalError::Tls(format!("the certificate file {}: {error}", path.display()));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|e| unusable(e.to_string()))? {
            let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unusable(error.to_string()))?;
        }
    }
    if roots.is_empty() {
        return Err(RetrievalError::Tls("this machine trusts no certificate authority; install ca-certificates".to_owned()));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| RetrievalError::Tls(error.to_string()))?;
    let config = Arc::new(builder.with_root_certificates(roots).with_no_client_auth());
    shared.retain(|_, config| config.strong_count() > 0);
    shared.insert(key, Arc::downgrade(&config));
    Ok(config)
}

/// TLS around a stream, with a proven server name.
pub(super) async fn wrap(
    stream: Box<dyn Transport>,
    config: Arc<ClientConfig>,
    host: &str,
    deadline: Duration,
) -> Result<Box<dyn Transport>, RetrievalError> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| RetrievalError::Tls(format!("{host} can not be the name in a certificate")))?;
    match timeout(deadline, TlsConnector::from(config).connect(name, stream)).await {
        Err(_) => Err(RetrievalError::Silent(deadline)),
        Ok(Ok(stream)) => Ok(Box::new(stream)),
        Ok(Err(error)) if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) => {
            Err(RetrievalError::Tls(error.to_string()))
        }
        Ok(Err(error)) => Err(RetrievalError::Unreachable(format!("the connection broke while TLS began: {error}"))),
    }
}
