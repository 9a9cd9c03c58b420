//! M150: nothing but a request for TLS goes in the clear to another machine, and only to whom we meant.

use wederhoor::delivery::{HoldCause, SmtpLogin, SmtpSettings, Submission, SubmissionError};
use wederhoor::model::LineSecurity;
use wederhoor::model::Secret;

use crate::postfix::{Postfix, PostfixOptions, make_certificates};
use crate::scripted::{Behaviour, Scripted};

async fn refusal(settings: SmtpSettings) -> SubmissionError {
    match Submission::smtp(settings).connect().await {
        Ok(_) => panic!("a line that must not be"),
        Err(error) => error,
    }
}

fn with_password(settings: SmtpSettings) -> SmtpSettings {
    SmtpSettings { login: Some(SmtpLogin { user: "desk".into(), password: Secret::new("geheim") }), ..settings }
}

#[tokio::test]
async fn port_587_without_starttls_is_refused_before_any_password() {
    let server = Scripted::start(vec![Behaviour { offers: vec!["AUTH PLAIN"], ..Behaviour::default() }]).await;
    let error = refusal(with_password(SmtpSettings { security: LineSecurity::StartTls, ..server.settings() })).await;
    assert!(matches!(error, SubmissionError::StartTlsNotOffered), "{error}");
    assert_eq!(error.cause(), HoldCause::NotSecure);
    assert_eq!(server.commands().len(), 1, "only EHLO: {:?}", server.commands());
}

#[tokio::test]
async fn a_plain_line_never_leaves_this_machine() {
    let listener = std::net::UdpSocket::bind("0.0.0.0:0").unwrap();
    // An address of this machine that is not a loopback one: what `connect` would choose as our own.
    listener.connect("192.0.2.1:9").ok();
    let own = listener.local_addr().unwrap().ip();
    if own.is_loopback() || own.is_unspecified() {
        // A machine without any network can not be spoken to from elsewhere.
        return;
    }
    let server = tokio::net::TcpListener::bind((own, 0)).await.unwrap();
    let port = server.local_addr().unwrap().port();
    let error = refusal(SmtpSettings { host: own.to_string(), ..SmtpSettings::plain_on_loopback(port) }).await;
    assert!(matches!(error, SubmissionError::PlainToAnotherMachine), "{error}");
}

#[tokio::test]
async fn what_is_slipped_in_before_the_handshake_is_forgotten() {
    use std::sync::Arc;
    use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

    let folder = tempfile::tempdir().unwrap();
    make_certificates(folder.path());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(server_config(folder.path())));
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"220 hier\r\n").await.unwrap();
        let mut heard = [0; 512];
        let _ = stream.read(&mut heard).await.unwrap();
        stream.write_all(b"250-hier\r\n250 STARTTLS\r\n").await.unwrap();
        let _ = stream.read(&mut heard).await.unwrap();
        // The stranger's words: an answer to EHLO with a limit that would make every letter fail.
        stream.write_all(b"220 go\r\n250-vreemd\r\n250-SIZE 1\r\n250 SMTPUTF8\r\n").await.unwrap();
        let mut stream = BufReader::new(acceptor.accept(stream).await.unwrap());
        let mut commands = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return commands;
            }
            let answer: &[u8] = if line.starts_with("EHLO") { b"250-hier\r\n250 SIZE 4242\r\n" } else { b"221 dag\r\n" };
            commands.push(line);
            stream.write_all(answer).await.unwrap();
            stream.flush().await.unwrap();
        }
    });
    let settings = SmtpSettings {
        host: "localhost".into(),
        security: LineSecurity::StartTls,
        extra_ca: Some(folder.path().join("ca.pem")),
        ..SmtpSettings::plain_on_loopback(port)
    };
    let connection = Submission::smtp(settings).connect().await.unwrap();
    let seen = format!("{connection:?}");
    assert!(seen.contains("size: Some(4242)") && seen.contains("smtputf8: false"), "{seen}");
    connection.close().await;
    let commands = server.await.unwrap();
    assert!(commands.iter().all(|line| line.starts_with("EHLO") || line.starts_with("QUIT")), "{commands:?}");
}

fn server_config(folder: &std::path::Path) -> rustls::ServerConfig {
    use rustls::pki_types::pem::PemObject;
    let certificate = rustls::pki_types::CertificateDer::from_pem_file(folder.join("cert.pem")).unwrap();
    let key = rustls::pki_types::PrivateKeyDer::from_pem_file(folder.join("key.pem")).unwrap();
    rustls::ServerConfig::builder_with_provider(std::sync::Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap()
}

#[tokio::test]
async fn tls_from_the_first_byte_and_by_starttls_reach_a_real_server_that_bears_its_name() {
    let server = Postfix::start(&PostfixOptions::default());
    let settings = |host: &str, port, security| SmtpSettings {
        host: host.into(),
        security,
        extra_ca: Some(server.authority()),
        ..SmtpSettings::plain_on_loopback(port)
    };
    for (port, security) in [(server.tls_port, LineSecurity::ImplicitTls), (server.submission_port, LineSecurity::StartTls)] {
        Submission::smtp(settings("localhost", port, security)).connect().await.unwrap().close().await;
        let wrong_name = refusal(settings("127.0.0.1", port, security)).await;
        assert!(matches!(wrong_name, SubmissionError::Tls(_)), "{wrong_name}");
        let unknown = refusal(SmtpSettings { extra_ca: None, ..settings("localhost", port, security) }).await;
        assert!(matches!(unknown, SubmissionError::Tls(_)), "{unknown}");
    }
}
