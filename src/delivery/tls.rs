//! Whom we trust when we hand a letter over (M150): the operating system's certificates, and one file of
//! the operator's if they have a server of their own making.

use std::path::Path;
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::error::SubmissionError;

/// A client that checks certificate and name. Reading the store of the operating system takes some
/// milliseconds, so it is done once per desk.
pub(super) fn client_config(extra_ca: Option<&Path>) -> Result<Arc<ClientConfig>, SubmissionError> {
    let mut roots = rustls::RootCertStore::empty();
    // A certificate in the system's store that can not be read is one fewer to trust, no reason to stop.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = extra_ca {
        let unreadable = |error: String| SubmissionError::Tls(format!("the file with extra certificates: {error}"));
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))? {
            let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
            roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SubmissionError::Tls(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Shakes hands; the certificate has to bear this name.
pub(super) async fn shake_hands(
    config: Arc<ClientConfig>,
    host: &str,
    line: TcpStream,
) -> Result<TlsStream<TcpStream>, SubmissionError> {
    let name = ServerName::try_from(host.to_owned()).map_err(|error| SubmissionError::Tls(error.to_string()))?;
    TlsConnector::from(config).connect(name, line).await.map_err(|error| match error.kind() {
        // rustls wraps its own verdicts so; everything else is the network's.
        std::io::ErrorKind::InvalidData => SubmissionError::Tls(error.to_string()),
        _ => SubmissionError::Unreachable(error.to_string()),
    })
}
