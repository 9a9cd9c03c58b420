//! From a host name to a session that is logged in.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use async_imap::{Authenticator, Client};
use data_encoding::BASE64;
use rustls::ClientConfig;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::Status;
use super::session::Session;
use super::settings::{ImapSettings, Login};
use super::tls;
use super::wire::{Transport, Wire};
use crate::model::LineSecurity;
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
        LineSecurity::PlainOnLoopback => None,
        LineSecurity::ImplicitTls | LineSecurity::StartTls => Some(tls::trust(settings.extra_ca.as_deref())?),
    };
    let tcp = dial(settings).await?;
    let deadline = settings.read_deadline;
    let stream = match (&settings.security, &trust) {
        (LineSecurity::ImplicitTls, Some(trust)) => tls::wrap(tcp, Arc::clone(trust), &settings.host, deadline).await?,
        _ => tcp,
    };
    let mut client = Client::new(Wire::new(stream, deadline));
    // Whatever this read comes to, the wire knows.
    let _ = client.read_response().await;
    let greeting = client.get_ref().greeting()?;
    ask(&mut client, "CAPABILITY").await?;
    if let (LineSecurity::StartTls, Some(trust)) = (&settings.security, &trust) {
        // RFC 9051 section 6.2.1: who is greeted as known can no longer ask for TLS; somebody sits between.
        if greeting.status == Status::PreAuth || !can(&client, "STARTTLS") {
            return Err(RetrievalError::Tls("the server offers no STARTTLS".to_owned()));
        }
        ask(&mut client, "STARTTLS").await?;
        let stream = tls::wrap(client.into_inner().into_stream()?, Arc::clone(trust), &settings.host, deadline).await?;
        client = Client::new(Wire::secured(stream, deadline, greeting.clone()));
        ask(&mut client, "CAPABILITY").await?;
    }
    if greeting.status == Status::PreAuth {
        // async-imap makes a session by logging in, and only a tunnel that we do not build greets like this.
        return Err(RetrievalError::Protocol("the server takes us for somebody it knows already (PREAUTH)".to_owned()));
    }
    let mut session = log_in(client, settings).await?;
    // M181: what a server can do changes with the login.
    session.run("CAPABILITY").await?;
    Ok(Connected { session, _trust: trust })
}

/// A command before the login, which has to succeed.
async fn ask(client: &mut Client<Wire>, line: &str) -> Result<(), RetrievalError> {
    client.get_mut().announce()?;
    let result = client.run_command_and_check_ok(line, None).await;
    client.get_mut().conclude(result)?.1.accepted(line)
}

fn can(client: &Client<Wire>, capability: &str) -> bool {
    client.get_ref().heard().capabilities.contains(capability)
}

/// A TCP connection to the first address that answers.
async fn dial(settings: &ImapSettings) -> Result<Box<dyn Transport>, RetrievalError> {
    let unreachable = |error: &std::io::Error| RetrievalError::Unreachable(format!("{}: {error}", settings.host));
    let looking_up = tokio::net::lookup_host((settings.host.as_str(), settings.port));
    let found = timeout(settings.read_deadline, looking_up).await.map_err(|_| RetrievalError::Silent(settings.read_deadline))?;
    let addresses: Vec<SocketAddr> = found.map_err(|error| unreachable(&error))?.collect();
    // Every address is looked at, not only the one that would be used: a name that points to this machine
    // and to another one is not this machine.
    if settings.security == LineSecurity::PlainOnLoopback && !addresses.iter().all(|address| address.ip().is_loopback()) {
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

async fn log_in(mut client: Client<Wire>, settings: &ImapSettings) -> Result<Session, RetrievalError> {
    let Login::Password(password) = &settings.login;
    let (user, password) = (settings.user.as_str(), password.expose());
    if [user, password].iter().any(|text| text.contains(['\r', '\n', '\0'])) {
        return Err(RetrievalError::LoginRefused("the user or the password holds a line end".to_owned()));
    }
    client.get_mut().announce()?;
    let logged_in = if can(&client, "AUTH=PLAIN") {
        let secret = format!("\0{user}\0{password}");
        // RFC 4959: with SASL-IR the secret may come at once.
        let at_once = can(&client, "SASL-IR").then(|| format!(" {}", BASE64.encode(secret.as_bytes())));
        client.authenticate(format!("PLAIN{}", at_once.unwrap_or_default()), Plain(secret)).await
    } else if can(&client, "LOGINDISABLED") {
        // M181: the server said that it would not listen; the password stays here.
        return Err(RetrievalError::LoginRefused("the server takes no password on this connection (LOGINDISABLED)".to_owned()));
    } else {
        client.login(user, password).await
    };
    let answer = match logged_in {
        Ok(mut imap) => {
            imap.get_mut().conclude(Ok(()))?;
            return Ok(Session::new(imap));
        }
        Err((error, mut client)) => client.get_mut().conclude::<()>(Err(error))?.1,
    };
    match answer.status {
        _ if answer.asks_to_come_back() => Err(RetrievalError::Busy(answer.words())),
        Status::No => Err(RetrievalError::LoginRefused(answer.words())),
        _ => Err(RetrievalError::Protocol(format!("the login was not understood: {}", answer.words()))),
    }
}

/// RFC 4616: the secret, when the server asks for it.
struct Plain(String);

impl Authenticator for Plain {
    type Response = String;

    fn process(&mut self, _challenge: &[u8]) -> String {
        std::mem::take(&mut self.0)
    }
}

/// RFC 9051 section 4.3: a quoted string.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
