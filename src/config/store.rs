//! The database, proved.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::fault::{Findings, Written};
use super::retrieval::password;
use super::section::path_beside;
use super::server::is_loopback;

/// Which database, and where.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreLocation {
    /// The embedded default.
    Sqlite {
        /// The file; its folder is made when absent.
        file: PathBuf,
    },
    /// A server that several daemons may share.
    Postgres {
        /// The whole URL, with the password in it: it is never printed.
        url: String,
    },
}

impl StoreLocation {
    /// The URL that the store takes.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite { file } => format!("sqlite:{}", file.display()),
            Self::Postgres { url } => url.clone(),
        }
    }
}

impl fmt::Debug for StoreLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { file } => f.debug_struct("Sqlite").field("file", file).finish(),
            Self::Postgres { .. } => f.write_str("Postgres { url: … }"),
        }
    }
}

/// Proves a `[store]`.
pub fn prove(url: &Written<String>, password_file: Option<&Written<String>>, findings: &Findings) -> Option<StoreLocation> {
    let secret = password_file.map(|written| password(written, findings));
    let hint = "write sqlite:var/wederhoor.db, or postgres://user@host/database";
    if let Some(rest) = url.value.strip_prefix("sqlite:") {
        let path = rest.strip_prefix("//").unwrap_or(rest);
        // I1: what is only in memory is lost.
        if path.is_empty() || path.contains(":memory:") || path.contains('?') {
            findings.fault(&url.key, "names no file", hint);
            return None;
        }
        let file = path_beside(findings, path);
        if file.is_dir() {
            findings.fault(&url.key, format!("{} is a folder", file.display()), "name a file in it, such as wederhoor.db");
            return None;
        }
        return Some(StoreLocation::Sqlite { file });
    }
    let parsed = Url::parse(&url.value).ok().filter(|parsed| matches!(parsed.scheme(), "postgres" | "postgresql"));
    let Some(mut parsed) = parsed else {
        findings.fault(&url.key, "is neither a sqlite: nor a postgres:// URL", hint);
        return None;
    };
    let host = parsed.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    let option = |name: &str| parsed.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
    // libpq, section 34.1.1.3: a socket's folder stands in the place of the host, its slashes as %2F.
    let folder = host.get(..3).is_some_and(|begin| begin.eq_ignore_ascii_case("%2f"));
    let socket = folder || host.is_empty() || option("host").is_some_and(|host| host.starts_with('/'));
    let encrypted = option("sslmode").is_some_and(|mode| matches!(mode.as_str(), "require" | "verify-ca" | "verify-full"));
    if !socket && !is_loopback(&host) && !encrypted {
        let hint = "add ?sslmode=verify-full to the URL";
        findings.fault(&url.key, format!("{host} is another machine, and this line may have no TLS"), hint);
        return None;
    }
    if let Some(secret) = secret
        && parsed.set_password(Some(secret?.expose())).is_err()
    {
        findings.fault(&url.key, "has no place for a password", "write postgres://user@host/database");
        return None;
    }
    Some(StoreLocation::Postgres { url: parsed.into() })
}
