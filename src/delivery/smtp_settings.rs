//! How a desk reaches its SMTP server.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::{LineSecurity, MailAddress, Secret};

/// Who we are to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpLogin {
    /// User name.
    pub user: String,
    /// Password.
    pub password: Secret,
}

/// Everything about one server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpSettings {
    /// Name or address of the server; its certificate has to bear it.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the line is protected.
    pub security: LineSecurity,
    /// Who we are to the server; `None` to send without a login.
    pub login: Option<SmtpLogin>,
    /// A PEM file with certificates to trust besides those of the operating system.
    pub extra_ca: Option<PathBuf>,
    /// Lines at the same time, 1 or more. M156: Microsoft 365 allows three per mailbox.
    pub connections: usize,
    /// How long to wait for one answer, other than the one to the final dot.
    pub timeout: Duration,
    /// How long to wait for the answer to the final dot (RFC 5321 section 4.5.3.2.6 asks for 10 minutes).
    pub final_dot_timeout: Duration,
    /// How long an unused line is kept.
    pub idle: Duration,
    /// Letters before a line is closed and a new one opened, 1 or more (M156).
    pub letters_per_connection: u32,
    /// What we call ourselves in EHLO.
    pub hello_name: String,
    /// The envelope sender where the server refuses the letter's own, or `<>` (M136): the desk's bounce address.
    pub fallback_sender: Option<MailAddress>,
}

/// What is wrong with the `smtp` line of a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SmtpUrlError {
    /// Neither scheme.
    #[error("the smtp address must begin with smtps:// (TLS, port 465) or smtp:// (STARTTLS, port 587)")]
    Scheme,
    /// No host.
    #[error("the smtp address names no server, for instance smtps://user@mail.voorbeeldzorg.example:465")]
    Host,
    /// Not a port number.
    #[error("the port of the smtp address is not a number from 1 to 65535")]
    Port,
    /// A password in the address: it would stand in a readable file.
    #[error("the smtp address must not hold a password; put it in a file and name that with password_file")]
    Password,
}

impl SmtpSettings {
    /// `smtps://[user@]host[:465]` or `smtp://[user@]host[:587]`, with the password of the user if there is
    /// one. A user name may be a whole mail address. `smtp://` to this machine is plain, elsewhere STARTTLS
    /// is required. Everything else gets its default value.
    pub fn from_url(url: &str, password: Option<Secret>) -> Result<Self, SmtpUrlError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(SmtpUrlError::Scheme)?;
        let implicit = match scheme {
            "smtps" => true,
            "smtp" => false,
            _ => return Err(SmtpUrlError::Scheme),
        };
        let rest = rest.trim_end_matches('/');
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err(SmtpUrlError::Password);
        }
        let (host, port) = split_port(place)?;
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c == '/') {
            return Err(SmtpUrlError::Host);
        }
        let security = match (implicit, is_this_machine(host)) {
            (true, _) => LineSecurity::ImplicitTls,
            (false, true) => LineSecurity::PlainOnLoopback,
            (false, false) => LineSecurity::StartTls,
        };
        let login = user
            .filter(|user| !user.is_empty())
            .zip(password)
            .map(|(user, password)| SmtpLogin { user: user.replace("%40", "@"), password });
        Ok(Self {
            host: host.to_owned(),
            port: port.unwrap_or(if implicit { 465 } else { 587 }),
            security,
            login,
            ..Self::plain_on_loopback(0)
        })
    }

    /// A server on this machine, without TLS and login, everything at its default value.
    pub fn plain_on_loopback(port: u16) -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port,
            security: LineSecurity::PlainOnLoopback,
            login: None,
            extra_ca: None,
            connections: 2,
            timeout: Duration::from_mins(1),
            final_dot_timeout: Duration::from_mins(10),
            idle: Duration::from_secs(20),
            letters_per_connection: 100,
            hello_name: lettre::transport::smtp::extension::ClientId::default().to_string(),
            fallback_sender: None,
        }
    }
}

/// Host and port of `host`, `host:25`, `[::1]` or `[::1]:25`.
fn split_port(place: &str) -> Result<(&str, Option<u16>), SmtpUrlError> {
    let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or(SmtpUrlError::Port)?)),
        None => place.split_once(':').map_or((place, None), |(host, port)| (host, Some(port))),
    };
    let port = port.map(|port| port.parse::<u16>().ok().filter(|&port| port > 0).ok_or(SmtpUrlError::Port)).transpose()?;
    Ok((host, port))
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> (String, u16, LineSecurity, Option<String>) {
        let settings = SmtpSettings::from_url(url, Some(Secret::new("geheim"))).unwrap();
        (settings.host, settings.port, settings.security, settings.login.map(|login| login.user))
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        assert_eq!(
            read("smtps://desk@mail.example"),
            ("mail.example".into(), 465, LineSecurity::ImplicitTls, Some("desk".into()))
        );
        assert_eq!(read("smtp://mail.example"), ("mail.example".into(), 587, LineSecurity::StartTls, None));
        assert_eq!(read("smtp://mail.example:25").2, LineSecurity::StartTls);
        assert_eq!(read("smtp://127.0.0.1:2525"), ("127.0.0.1".into(), 2525, LineSecurity::PlainOnLoopback, None));
        assert_eq!(read("smtp://[::1]:2525"), ("::1".into(), 2525, LineSecurity::PlainOnLoopback, None));
        assert_eq!(read("smtps://localhost:1465").2, LineSecurity::ImplicitTls);
    }

    #[test]
    fn a_user_may_be_a_mail_address() {
        assert_eq!(read("smtps://klachten@zorg.example@mail.example:465").3.as_deref(), Some("klachten@zorg.example"));
        assert_eq!(read("smtps://klachten%40zorg.example@mail.example").3.as_deref(), Some("klachten@zorg.example"));
    }

    #[test]
    fn each_mistake_has_its_own_words() {
        for (url, error) in [
            ("mail.example:25", SmtpUrlError::Scheme),
            ("http://mail.example", SmtpUrlError::Scheme),
            ("smtps://", SmtpUrlError::Host),
            ("smtps://user@", SmtpUrlError::Host),
            ("smtps://mail.example:0", SmtpUrlError::Port),
            ("smtps://mail.example:smtp", SmtpUrlError::Port),
            ("smtps://user:geheim@mail.example", SmtpUrlError::Password),
        ] {
            assert_eq!(SmtpSettings::from_url(url, None), Err(error), "{url}");
        }
    }
}
