//! A mail server as a URL names it: `imaps://user@host:993`, `smtp://127.0.0.1:2525`.

use std::net::IpAddr;

use percent_encoding::percent_decode_str;
use url::Url;

use super::fault::{Findings, Written};
use crate::model::LineSecurity;

/// Which protocol a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Reading a mailbox.
    Imap,
    /// Submission.
    Smtp,
}

impl Protocol {
    fn scheme(self) -> &'static str {
        match self {
            Self::Imap => "imap",
            Self::Smtp => "smtp",
        }
    }

    /// RFC 8314 section 3 for TLS; RFC 6409 for STARTTLS.
    fn default_port(self, security: LineSecurity) -> u16 {
        match (self, security) {
            (Self::Imap, LineSecurity::ImplicitTls) => 993,
            (Self::Imap, LineSecurity::StartTls | LineSecurity::PlainOnLoopback) => 143,
            (Self::Smtp, LineSecurity::ImplicitTls) => 465,
            (Self::Smtp, LineSecurity::StartTls) => 587,
            (Self::Smtp, LineSecurity::PlainOnLoopback) => 25,
        }
    }

    fn example(self) -> &'static str {
        match self {
            Self::Imap => "imaps://user@mail.voorbeeldzorg.example:993",
            Self::Smtp => "smtps://user@mail.voorbeeldzorg.example:465",
        }
    }
}

/// A server and who logs in to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Name or address; an IPv6 address without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// TLS.
    pub security: LineSecurity,
    /// Who logs in; `None` where nobody does.
    pub user: Option<String>,
}

impl Server {
    /// Whether this is the machine itself.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.host)
    }
}

/// Whether a host is this machine.
pub fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Reads a server's URL. A password in it is refused without being repeated.
pub fn read(written: &Written<String>, protocol: Protocol, starttls: bool, findings: &Findings) -> Option<Server> {
    let fault = |what: String, hint: String| {
        findings.fault(&written.key, what, hint);
        None
    };
    let example = || format!("write it like {}", protocol.example());
    let url = match Url::parse(&written.value) {
        Ok(url) => url,
        Err(error) => return fault(format!("is not a URL: {error}"), example()),
    };
    let plain = protocol.scheme();
    let implicit = match url.scheme().strip_prefix(plain) {
        Some("s") => true,
        Some("") => false,
        _ => return fault(format!("begins with {}://, which is not {plain}s:// or {plain}://", url.scheme()), example()),
    };
    if url.password().is_some() {
        return fault("holds a password".to_owned(), "put the password in a file and name it in password_file".to_owned());
    }
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    if host.is_empty() {
        return fault("names no host".to_owned(), example());
    }
    if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
        return fault("has something behind the port".to_owned(), example());
    }
    let security = match (implicit, starttls, is_loopback(&host)) {
        (true, true, _) => {
            let hint = format!("leave out starttls, or write {plain}:// instead of {plain}s://");
            return fault(format!("{plain}s:// has TLS from the first byte; it can not have STARTTLS as well"), hint);
        }
        (true, false, _) => LineSecurity::ImplicitTls,
        (false, true, _) => LineSecurity::StartTls,
        (false, false, true) => LineSecurity::PlainOnLoopback,
        // M150, design.md section 6: neither a password nor a mail leaves this machine without TLS.
        (false, false, false) => {
            let hint = format!("write {plain}s://, or add starttls = true");
            return fault(format!("{host} is another machine, and this line would have no TLS"), hint);
        }
    };
    let user = percent_decode_str(url.username()).decode_utf8_lossy().into_owned();
    let port = url.port().unwrap_or_else(|| protocol.default_port(security));
    Some(Server { host, port, security, user: Some(user).filter(|user| !user.is_empty()) })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::fault::Key;
    use super::*;

    fn check(text: &str, protocol: Protocol, starttls: bool) -> Result<Server, String> {
        let findings = Findings::in_file(Path::new("wederhoor.toml"));
        let key = Key { path: "desk[0].retrieval.imap".to_owned(), line: None };
        let server = read(&Written { value: text.to_owned(), key }, protocol, starttls, &findings);
        server.ok_or_else(|| findings.into_faults().remove(0).what)
    }

    #[test]
    fn ports_follow_from_the_scheme_and_a_user_may_be_an_address() {
        let server = check("imaps://klachten@voorbeeldzorg.example@mail.example", Protocol::Imap, false).unwrap();
        assert_eq!((server.host.as_str(), server.port, server.security), ("mail.example", 993, LineSecurity::ImplicitTls));
        assert_eq!(server.user.as_deref(), Some("klachten@voorbeeldzorg.example"));
        let server = check("imap://a%40b.example@mail.example", Protocol::Imap, true).unwrap();
        assert_eq!((server.port, server.security, server.user.as_deref()), (143, LineSecurity::StartTls, Some("a@b.example")));
        assert_eq!(check("smtp://mail.example", Protocol::Smtp, true).unwrap().port, 587);
        assert_eq!(check("smtps://mail.example", Protocol::Smtp, false).unwrap().port, 465);
        let server = check("smtp://[::1]:2525", Protocol::Smtp, false).unwrap();
        assert_eq!((server.host.as_str(), server.port, server.security), ("::1", 2525, LineSecurity::PlainOnLoopback));
    }

    #[test]
    fn no_tls_is_for_this_machine_only() {
        for host in ["127.0.0.1", "127.8.8.8", "localhost", "[::1]"] {
            assert!(check(&format!("imap://u@{host}:10143"), Protocol::Imap, false).is_ok(), "{host}");
        }
        for host in ["mail.example", "10.0.0.1", "127.0.0.1.example", "localhost.example"] {
            let what = check(&format!("imap://u@{host}"), Protocol::Imap, false).unwrap_err();
            assert!(what.contains("no TLS"), "{host}: {what}");
        }
    }

    #[test]
    fn what_is_no_server_is_refused_and_a_password_is_not_repeated() {
        for text in [
            "",
            "mail.example",
            "imaps://",
            "https://mail.example",
            "smtps://mail.example",
            "imaps://mail.example:99999",
            "imaps://m.example/INBOX",
        ] {
            assert!(check(text, Protocol::Imap, false).is_err(), "{text:?}");
        }
        let what = check("imaps://u:geheim@mail.example", Protocol::Imap, false).unwrap_err();
        assert!(what.contains("password") && !what.contains("geheim"));
        assert!(check("imaps://u@mail.example", Protocol::Imap, true).is_err());
    }
}
