//! Lines to an SMTP submission server: connected, encrypted, greeted, logged in, and closed again.
//!
//! All of that comes before a letter is begun and is a step of its own, because a letter that may go only
//! once must not be spent on a server that is not there (I4).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Ehlo, Noop, Quit};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::classify::{HoldCause, Judgement, Stage, enhanced_code, judge};
use super::error::SubmissionError;
use super::mask::masked;
use super::smtp_settings::SmtpSettings;
use super::wire::{Line, Wire};
use super::{starttls, tls};
use crate::model::LineSecurity;

/// QUIT is a courtesy; nobody waits for it longer than this (M155).
const GOODBYE: Duration = Duration::from_secs(2);

/// One server, and what we learned about it.
#[derive(Debug)]
pub struct SmtpSubmission {
    settings: Arc<SmtpSettings>,
    tls: OnceCell<Arc<rustls::ClientConfig>>,
    /// The server refused a sender of ours once (M136), so it is not asked again.
    own_sender_refused: Arc<AtomicBool>,
}

/// What the server offers in its answer to EHLO, as far as we use it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is one extension, offered or not, independent of the others")]
pub(super) struct Offers {
    /// RFC 2920.
    pub pipelining: bool,
    /// RFC 6152.
    pub eight_bit: bool,
    /// RFC 6531.
    pub smtputf8: bool,
    /// RFC 1870: the largest letter in bytes; 0 where the server takes SIZE and names no number.
    pub size: Option<usize>,
    /// RFC 3461.
    pub reports: bool,
}

impl Offers {
    /// Reads the lines after the first, in any case of letters.
    fn of(response: &Response) -> Self {
        let mut offers = Self::default();
        for line in response.message().skip(1) {
            let mut words = line.split_whitespace();
            match words.next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "PIPELINING" => offers.pipelining = true,
                "8BITMIME" => offers.eight_bit = true,
                "SMTPUTF8" => offers.smtputf8 = true,
                "DSN" => offers.reports = true,
                "SIZE" => offers.size = Some(words.next().and_then(|number| number.parse().ok()).unwrap_or(0)),
                _ => {}
            }
        }
        offers
    }
}

/// A line that is ready for letters.
pub struct SmtpConnection {
    pub(super) session: AsyncSmtpConnection,
    pub(super) offers: Offers,
    pub(super) settings: Arc<SmtpSettings>,
    pub(super) own_sender_refused: Arc<AtomicBool>,
    /// Letters begun on this line.
    pub(super) letters: u32,
    /// Whether the next letter may be begun on it.
    pub(super) usable: bool,
}

impl std::fmt::Debug for SmtpConnection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpConnection").field("offers", &self.offers).field("letters", &self.letters).finish_non_exhaustive()
    }
}

impl SmtpSubmission {
    /// Nothing is connected yet.
    pub fn new(settings: SmtpSettings) -> Self {
        Self { settings: Arc::new(settings), tls: OnceCell::new(), own_sender_refused: Arc::default() }
    }

    /// What it was made with.
    pub fn settings(&self) -> &SmtpSettings {
        &self.settings
    }

    /// Opens a line, up to and including the login. No letter is concerned.
    pub async fn connect(&self) -> Result<SmtpConnection, SubmissionError> {
        let settings = &self.settings;
        let stream = self.in_time(async { open(&settings.host, settings.port).await }).await?;
        let peer = stream.peer_addr().map_err(|error| SubmissionError::Unreachable(error.to_string()))?;
        let wire = self.in_time(self.protect(stream, peer)).await?;
        let hello = ClientId::Domain(settings.hello_name.clone());
        let (session, offers) = self
            .in_time(async {
                let mut session =
                    AsyncSmtpConnection::connect_with_transport(Box::new(wire), &hello).await.map_err(|error| fault(&error))?;
                // lettre forgets SIZE and PIPELINING, so the question is put once more.
                let answer = session.command(Ehlo::new(hello.clone())).await.map_err(|error| fault(&error))?;
                Ok((session, Offers::of(&answer)))
            })
            .await?;
        let mut connection = SmtpConnection {
            session,
            offers,
            settings: Arc::clone(settings),
            own_sender_refused: Arc::clone(&self.own_sender_refused),
            letters: 0,
            usable: true,
        };
        self.in_time(connection.log_in()).await?;
        Ok(connection)
    }

    async fn in_time<T>(&self, step: impl Future<Output = Result<T, SubmissionError>>) -> Result<T, SubmissionError> {
        timeout(self.settings.timeout, step).await.unwrap_or(Err(SubmissionError::Silent(self.settings.timeout)))
    }

    /// M150: nothing but the request for TLS ever travels in the clear to another machine.
    async fn protect(&self, mut stream: TcpStream, peer: SocketAddr) -> Result<Wire, SubmissionError> {
        let mut heard: &[u8] = b"";
        let line: Box<dyn Line> = match self.settings.security {
            LineSecurity::PlainOnLoopback if peer.ip().is_loopback() => Box::new(stream),
            LineSecurity::PlainOnLoopback => return Err(SubmissionError::PlainToAnotherMachine),
            LineSecurity::ImplicitTls => Box::new(tls::shake_hands(self.trust().await?, &self.settings.host, stream).await?),
            LineSecurity::StartTls => {
                starttls::ask(&mut stream, &self.settings.hello_name).await?;
                heard = b"220 ready\r\n";
                Box::new(tls::shake_hands(self.trust().await?, &self.settings.host, stream).await?)
            }
        };
        Ok(Wire::new(line, peer, heard))
    }

    async fn trust(&self) -> Result<Arc<rustls::ClientConfig>, SubmissionError> {
        self.tls
            .get_or_try_init(|| async {
                let extra_ca = self.settings.extra_ca.clone();
                tokio::task::spawn_blocking(move || tls::client_config(extra_ca.as_deref()))
                    .await
                    .map_err(|error| SubmissionError::Tls(error.to_string()))?
            })
            .await
            .cloned()
    }
}

impl SmtpConnection {
    async fn log_in(&mut self) -> Result<(), SubmissionError> {
        let Some(login) = &self.settings.login else { return Ok(()) };
        let credentials = Credentials::new(login.user.clone(), login.password.expose().to_owned());
        match self.session.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_client() => Err(SubmissionError::LoginNotOffered),
            Err(error) => Err(match words(&error) {
                Some((code, text)) => match judge(Stage::Login, code, enhanced_code(code, &text)) {
                    Judgement::Held(HoldCause::Busy) => SubmissionError::Busy { code, text: masked(&text) },
                    Judgement::Held(HoldCause::PasswordLoginDisabled) => {
                        SubmissionError::PasswordLoginDisabled { code, text: masked(&text) }
                    }
                    _ => SubmissionError::LoginRefused { code, text: masked(&text) },
                },
                None => fault(&error),
            }),
        }
    }

    /// Whether the server still answers: asked before a letter that may go only once (I4).
    pub async fn prove_alive(&mut self) -> bool {
        self.usable = self.usable && matches!(timeout(self.settings.timeout, self.session.command(Noop)).await, Ok(Ok(_)));
        self.usable
    }

    /// Whether another letter may be begun on this line.
    pub fn is_usable(&self) -> bool {
        self.usable && self.letters < self.settings.letters_per_connection
    }

    /// Whether a letter was begun on it already; such a line may have gone stale since.
    pub fn was_used(&self) -> bool {
        self.letters > 0
    }

    /// Says goodbye, without waiting for ever (M155).
    pub async fn close(mut self) {
        if self.usable {
            let _ = timeout(GOODBYE, self.session.command(Quit)).await;
        }
    }
}

async fn open(host: &str, port: u16) -> Result<TcpStream, SubmissionError> {
    let unreachable = |error: std::io::Error| SubmissionError::Unreachable(error.to_string());
    let stream = TcpStream::connect((host, port)).await.map_err(unreachable)?;
    // A question waits for its answer: nothing is gained by holding a packet back.
    stream.set_nodelay(true).map_err(unreachable)?;
    Ok(stream)
}

/// Code and words of a negative reply; `None` when the line broke or the reply can not be read.
pub(super) fn words(error: &lettre::transport::smtp::Error) -> Option<(u16, String)> {
    let code = error.status()?;
    let text = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    Some((code.into(), text))
}

/// A fault before the login.
fn fault(error: &lettre::transport::smtp::Error) -> SubmissionError {
    match words(error) {
        Some((code, text)) => SubmissionError::Busy { code, text: masked(&text) },
        None if error.is_response() => SubmissionError::Protocol(masked(&error.to_string())),
        None => SubmissionError::Unreachable(masked(&error.to_string())),
    }
}
