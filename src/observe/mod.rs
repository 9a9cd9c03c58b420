//! `/healthz` and `/metrics` on a loopback address.
//!
//! It answers GET and HEAD and nothing else, and holds nothing about a person. Whether the address is a
//! loopback one is proved by the configuration, and once more here, before anything listens.

mod health;
mod metrics;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

pub use health::{Health, Remedy};
pub use metrics::{LetterOutcome, Metrics};

use crate::clock::Clock;

/// Readers at a time; a scraper needs one.
const READERS: usize = 16;
/// How long a reader may take to ask.
const PATIENCE: Duration = Duration::from_secs(5);

/// Why nothing can be served.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// The address is another machine's business as well.
    #[error("{0} is not a loopback address; [observe] listen must be 127.0.0.1 or [::1]")]
    NotLoopback(SocketAddr),
    /// The port is taken, or may not be used.
    #[error("can not listen on {address}; choose another port in [observe] listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

/// What is shown.
#[derive(Clone, Debug)]
pub struct Observed {
    /// The figures.
    pub metrics: Arc<Metrics>,
    /// The parts of the daemon.
    pub health: Arc<Health>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Begins to listen.
pub async fn listen(address: SocketAddr) -> Result<TcpListener, ObserveError> {
    if !address.ip().is_loopback() {
        return Err(ObserveError::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|source| ObserveError::Listen { address, source })
}

/// Serves until the future is dropped. A reader that misbehaves disturbs nobody.
pub async fn serve(listener: TcpListener, observed: Observed) {
    let readers = Arc::new(Semaphore::new(READERS));
    loop {
        let Ok(permit) = Arc::clone(&readers).acquire_owned().await else { return };
        let stream = match listener.accept().await {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a reader of the metrics could not be accepted");
                tokio::time::sleep(Duration::from_millis(200)).await;
                continue;
            }
        };
        let observed = observed.clone();
        tokio::spawn(async move {
            let answer = service_fn(move |request| {
                let answer = answer(&request, &observed);
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .keep_alive(false)
                .serve_connection(TokioIo::new(stream), answer);
            // A reader that hangs up in mid-sentence is its own affair.
            drop(tokio::time::timeout(PATIENCE * 2, connection).await);
            drop(permit);
        });
    }
}

fn answer(request: &Request<Incoming>, observed: &Observed) -> Response<Full<Bytes>> {
    let plain = "text/plain; charset=utf-8";
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut refusal = page(StatusCode::METHOD_NOT_ALLOWED, plain, "only GET and HEAD\n".to_owned());
        refusal.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refusal;
    }
    match request.uri().path() {
        "/healthz" => {
            let troubles = observed.health.troubles(observed.clock.now());
            if troubles.is_empty() {
                return page(StatusCode::OK, plain, "well\n".to_owned());
            }
            let reasons: Vec<_> = troubles.into_iter().map(|(reason, _)| reason).collect();
            page(StatusCode::SERVICE_UNAVAILABLE, plain, reasons.join("\n") + "\n")
        }
        "/metrics" => match observed.metrics.text() {
            Ok(text) => page(StatusCode::OK, "application/openmetrics-text; version=1.0.0; charset=utf-8", text),
            Err(_) => page(StatusCode::INTERNAL_SERVER_ERROR, plain, "the metrics could not be written\n".to_owned()),
        },
        _ => page(StatusCode::NOT_FOUND, plain, "/healthz and /metrics are here\n".to_owned()),
    }
}

fn page(status: StatusCode, kind: &'static str, text: String) -> Response<Full<Bytes>> {
    let mut page = Response::new(Full::new(Bytes::from(text)));
    *page.status_mut() = status;
    page.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    page.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    page
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;
    use crate::clock::ManualClock;
    use crate::model::Instant;

    async fn ask(address: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(format!("{request} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn health_and_metrics_are_read_over_http() {
        let observed =
            Observed { metrics: Arc::default(), health: Arc::default(), clock: Arc::new(ManualClock::at(Instant::UNIX_EPOCH)) };
        let listener = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = tokio::spawn(serve(listener, observed.clone()));
        assert!(ask(address, "GET /healthz").await.starts_with("HTTP/1.1 200"));
        observed.health.trouble("mailbox", "login refused", Remedy::Patience);
        let ill = ask(address, "GET /healthz").await;
        assert!(ill.starts_with("HTTP/1.1 503") && ill.ends_with("mailbox: login refused\n"), "{ill}");
        let metrics = ask(address, "GET /metrics").await;
        assert!(metrics.contains("openmetrics-text") && metrics.ends_with("# EOF\n"), "{metrics}");
        assert!(ask(address, "GET /cases").await.starts_with("HTTP/1.1 404"));
        assert!(ask(address, "POST /metrics").await.starts_with("HTTP/1.1 405"));
        server.abort();
    }

    #[tokio::test]
    async fn nothing_listens_for_other_machines() {
        let refused = listen("0.0.0.0:0".parse().unwrap()).await.unwrap_err();
        assert!(matches!(refused, ObserveError::NotLoopback(_)));
    }
}
