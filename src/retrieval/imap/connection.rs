//! From a host name to a session that is logged in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use data_encoding::BASE64;
use rustls::ClientConfig;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::Status;
use super::session::{Received, Session};
use super::settings::{ImapSettings, Login, Security};
use super::tls;
use super::wire::Transport;
use crate::retrieval::RetrievalError;

/// A session, and what it needs kept for as long as it lives.
pub(super) struct Connected {
    pub session: Session,
    /// Kept so that the next connection finds the shared certificate store (see `tls`).
    pub _trust: Option<Arc<ClientConfig>>,
}

/// Connects, secures the line as the settings say, and logs in.
pub(super) async fn open(settings: &ImapSettings) -> Result<Connected, RetrievalError> {
    let trust = match settings.security {
        Security::PlainLoopback => None,
        Security::ImplicitTls | Security::StartTls => Some(tls::trust(settings.extra_ca.as_deref())?),
    };
    let tcp = dial(settings).await?;
    let deadline = settings.read_deadline;
    let mut session = match (&settings.security, &trust) {
        (Security::ImplicitTls, Some(trust)) => {
            Session::new(tls::wrap(tcp, Arc::clone(trust), &settings.host, deadline).await?, deadline)
        }
        _ => Session::new(tcp, deadline),
    };
    let greeting = session.greeting().await?;
    session.read_capabilities().await?;
    if let (Security::StartTls, Some(trust)) = (&settings.security, &trust) {
        // RFC 9051 section 6.2.1: who is greeted as known can no longer ask for TLS; somebody sits between.
        if greeting == Status::PreAuth || !session.can("STARTTLS") {
            return Err(RetrievalError::Tls("the server offers no STARTTLS".to_owned()));
        }
        session.run("STARTTLS").await?;
        let stream = tls::wrap(session.into_stream()?, Arc::clone(trust), &settings.host, deadline).await?;
        session = Session::new(stream, deadline);
        // M181: what was said before TLS does not count.
        session.read_capabilities().await?;
    }
    if greeting != Status::PreAuth {
        log_in(&mut session, settings).await?;
        session.read_capabilities().await?;
    }
    Ok(Connected { session, _trust: trust })
}

/// A TCP connection to the first address that answers.
async fn dial(settings: &ImapSettings) -> Result<Box<dyn Transport>, RetrievalError> {
    let unreachable = |error: &std::io::Error| RetrievalError::Unreachable(format!("{}: {error}", settings.host));
    let looking_up = tokio::net::lookup_host((settings.host.as_str(), settings.port));
    let found = timeout(settings.read_deadline, looking_up).await.map_err(|_| RetrievalError::Silent(settings.read_deadline))?;
    let addresses: Vec<SocketAddr> = found.map_err(|error| unreachable(&error))?.collect();
    // Every address is looked at, not only the one that would be used: a name that points to this machine
    // and to another one is not this machine.
    if settings.security == Security::PlainLoopback && !addresses.iter().all(|address| address.ip().is_loopback()) {
        return Err(RetrievalError::PasswordWithoutTls);
    }
    let mut last = RetrievalError::Unreachable(format!("{} has no address", settings.host));
    for address in addresses {
        match timeout(settings.read_deadline, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                keep_alive(&stream).map_err(|error| unreachable(&error))?;
                return Ok(Box::new(stream));
            }
            Ok(Err(error)) => last = unreachable(&error),
            Err(_) => last = RetrievalError::Silent(settings.read_deadline),
        }
    }
    Err(last)
}

/// M167: the kernel notices a peer that is gone within about two minutes, also while we only listen.
fn keep_alive(stream: &TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let times = TcpKeepalive::new().with_time(Duration::from_mins(1)).with_interval(Duration::from_secs(15));
    SockRef::from(stream).set_tcp_keepalive(&times)
}

async fn log_in(session: &mut Session, settings: &ImapSettings) -> Result<(), RetrievalError> {
    let Login::Password(password) = &settings.login;
    let (user, password) = (settings.user.as_str(), password.expose());
    if [user, password].iter().any(|text| text.contains(['\r', '\n', '\0'])) {
        return Err(RetrievalError::LoginRefused("the user or the password holds a line end".to_owned()));
    }
    let answer = if session.can("AUTH=PLAIN") {
        let secret = BASE64.encode(format!("\0{user}\0{password}").as_bytes());
        if session.can("SASL-IR") {
            session.command(&format!("AUTHENTICATE PLAIN {secret}"), drop).await?
        } else {
            let tag = session.begin("AUTHENTICATE PLAIN").await?;
            loop {
                match session.receive(&tag).await? {
                    Received::Continue => session.continue_with(&secret).await?,
                    Received::Untagged(_) => {}
                    Received::Done(answer) => break answer,
                }
            }
        }
    } else if session.can("LOGINDISABLED") {
        // M181: the server said that it would not listen; the password stays here.
        return Err(RetrievalError::LoginRefused("the server takes no password on this connection (LOGINDISABLED)".to_owned()));
    } else {
        session.command(&format!("LOGIN {} {}", quoted(user), quoted(password)), drop).await?
    };
    match answer.status {
        Status::Ok => Ok(()),
        _ if answer.asks_to_come_back() => Err(RetrievalError::Busy(answer.words())),
        Status::No => Err(RetrievalError::LoginRefused(answer.words())),
        _ => Err(RetrievalError::Protocol(format!("the login was not understood: {}", answer.words()))),
    }
}

/// RFC 9051 section 4.3: a quoted string.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
