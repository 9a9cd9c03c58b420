//! A TCP relay that can stop at an exact byte, so that a connection breaks where a test wants it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A relay to one server, for any number of connections, until it is dropped.
pub struct Proxy {
    /// Where clients connect.
    pub address: SocketAddr,
    /// Told once the limit is reached and nothing passes any more.
    pub stopped: Arc<Notify>,
    budget: Arc<AtomicU64>,
    relaying: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Passes everything on, until [`Proxy::stop_after`] says otherwise.
    pub async fn to(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let budget = Arc::new(AtomicU64::new(u64::MAX));
        let stopped = Arc::new(Notify::new());
        let (shared_budget, shared_stopped) = (Arc::clone(&budget), Arc::clone(&stopped));
        let relaying = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (budget, stopped) = (Arc::clone(&shared_budget), Arc::clone(&shared_stopped));
                tokio::spawn(async move { relay(client, server, &budget, &stopped).await });
            }
        });
        Self { address, stopped, budget, relaying }
    }

    /// From now on so many bytes pass from the server to the client; then silence, with the connection open.
    pub fn stop_after(&self, bytes: u64) {
        self.budget.store(bytes, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.relaying.abort();
    }
}

async fn relay(client: TcpStream, server: u16, budget: &AtomicU64, stopped: &Notify) {
    let server = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let upward = tokio::spawn(async move { tokio::io::copy(&mut from_client, &mut to_server).await });
    let mut buffer = vec![0; 16 * 1024];
    // Ends with the server's side, so that a server that dies is seen as such by the client.
    while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
        let left = budget.load(Ordering::SeqCst);
        let passing = usize::try_from(left).unwrap_or(usize::MAX).min(read);
        if left != u64::MAX {
            budget.store(left - passing as u64, Ordering::SeqCst);
        }
        if to_client.write_all(&buffer[..passing]).await.is_err() {
            break;
        }
        if passing < read {
            stopped.notify_one();
        }
    }
    upward.abort();
}
