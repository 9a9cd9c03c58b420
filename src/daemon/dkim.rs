//! Our own verification of DKIM (RFC 6376), for servers that write no `Authentication-Results` to be believed (M75).
//!
//! The keys are asked for first and the signature is verified with them afterwards, so that nothing but
//! [`DomainRecords`] speaks to a network. A key that can not be had proves nothing: the officer is told, and sends again.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::time::Instant;

use mail_auth::common::parse::TxtRecordParser;
use mail_auth::common::verify::{DomainKey, VerifySignature};
use mail_auth::hickory_resolver::config::{ResolverConfig, ResolverOpts};
use mail_auth::{AuthenticatedMessage, DkimResult, Error, MessageAuthenticator, Parameters, ResolverCache, Txt};

use super::dns::DomainRecords;
use crate::composition::with_wire_line_ends;
use crate::message::{has_only_author, is_aligned};
use crate::model::MailAddress;

/// M110: signatures beyond these are not looked at; an honest mail has one or two of its own domain.
const MOST_SIGNATURES: usize = 5;

/// Whether a signature of the author's domain, or of one above it, covers this mail whole (M73).
pub async fn is_signed(raw: &[u8], author: &MailAddress, keys: &dyn DomainRecords) -> bool {
    if !has_only_author(raw, author) {
        return false;
    }
    // Mail in a Maildir has the line ends of this system; what was signed has those of the wire, and a body that lacks the
    // last one is signed as if it had it (RFC 6376 section 3.4.3).
    let wire = with_wire_line_ends(raw);
    // Strict reading refuses signatures that cover only the beginning of a mail (RFC 6376 section 8.2).
    let Some(mut message) = AuthenticatedMessage::parse(&wire) else { return false };
    message.dkim_headers.retain(|header| {
        header.header.as_ref().is_ok_and(|signature| {
            is_aligned(signature.domain(), author) && signature.h.iter().any(|name| name.eq_ignore_ascii_case("from"))
        })
    });
    message.dkim_headers.truncate(MOST_SIGNATURES);
    let mut published = Published::default();
    for signature in message.dkim_headers.iter().filter_map(|header| header.header.as_ref().ok()) {
        let name = signature.domain_key();
        let records = keys.texts(name.trim_end_matches('.')).await.unwrap_or_default();
        // RFC 6376 section 3.6.2.2: more than one is nobody's promise; the first that is a key is taken.
        let key = records.iter().find_map(|record| DomainKey::parse(record).ok()).ok_or(Error::InvalidRecordType);
        published.0.insert(name.to_lowercase().into_boxed_str(), key.into());
    }
    // It is given every answer beforehand, so its own resolver has nobody to ask.
    let Ok(verifier) = MessageAuthenticator::new(ResolverConfig::default(), ResolverOpts::default()) else { return false };
    let outcome = verifier.verify_dkim(Parameters::new(&message).with_txt_cache(&published)).await;
    outcome.iter().any(|signature| *signature.result() == DkimResult::Pass)
}

/// The answers, under the names by which they are asked for.
#[derive(Default)]
struct Published(HashMap<Box<str>, Txt>);

impl ResolverCache<Box<str>, Txt> for Published {
    fn get<Q>(&self, name: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        self.0.get(name).cloned()
    }

    fn remove<Q>(&self, _: &Q) -> Option<Txt>
    where
        Box<str>: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        None
    }

    fn insert(&self, _: Box<str>, _: Txt, _: Instant) {}
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use mail_auth::common::crypto::Ed25519Key;
    use mail_auth::common::headers::HeaderWriter as _;
    use mail_auth::dkim::DkimSigner;

    use super::super::dns::NoAnswer;
    use super::*;

    const MAIL: &str = "From: Marieke Smit <m.smit@voorbeeldzorg.example>\r\nTo: klachten+x@voorbeeldzorg.example\r\n\
                        Subject: Re: zaak\r\n\r\n#sluiten tevreden\r\n";

    /// A domain that publishes one key.
    #[derive(Debug)]
    struct OneDomain {
        name: String,
        record: String,
    }

    #[async_trait]
    impl DomainRecords for OneDomain {
        async fn texts(&self, name: &str) -> Result<Vec<Vec<u8>>, NoAnswer> {
            let other = b"google-site-verification=x".to_vec();
            Ok(if name == self.name { vec![other, self.record.clone().into_bytes()] } else { Vec::new() })
        }
    }

    /// No answer to anything.
    #[derive(Debug)]
    struct Silence;

    #[async_trait]
    impl DomainRecords for Silence {
        async fn texts(&self, _: &str) -> Result<Vec<Vec<u8>>, NoAnswer> {
            Err(NoAnswer)
        }
    }

    /// The mail with a signature of this domain in front, and the world that knows its key.
    fn signed(mail: &str, domain: &str, headers: &[&str]) -> (String, OneDomain) {
        let pkcs8 = Ed25519Key::generate_pkcs8().unwrap();
        let key = Ed25519Key::from_pkcs8_der(&pkcs8).unwrap();
        let record = format!("v=DKIM1; k=ed25519; p={}", STANDARD.encode(key.public_key()));
        let signer = DkimSigner::from_key(key).domain(domain).selector("sleutel").headers(headers.iter().copied());
        let signature = signer.sign(mail.as_bytes()).unwrap().to_header();
        (format!("{signature}{mail}"), OneDomain { name: format!("sleutel._domainkey.{domain}"), record })
    }

    async fn proves(raw: &str, world: &OneDomain) -> bool {
        is_signed(raw.as_bytes(), &"m.smit@voorbeeldzorg.example".parse().unwrap(), world).await
    }

    #[tokio::test]
    async fn a_signature_of_the_officers_own_domain_proves_who_wrote_with_both_line_ends() {
        let (mail, world) = signed(MAIL, "voorbeeldzorg.example", &["From", "Subject"]);
        assert!(proves(&mail, &world).await);
        assert!(proves(&mail.replace("\r\n", "\n"), &world).await);
    }

    #[tokio::test]
    async fn a_changed_word_an_unknown_key_or_no_signature_proves_nothing() {
        let (mail, world) = signed(MAIL, "voorbeeldzorg.example", &["From", "Subject"]);
        assert!(!proves(&mail.replace("#sluiten tevreden", "#sluiten onbekend"), &world).await);
        assert!(!proves(&mail, &OneDomain { record: String::new(), ..signed(MAIL, "voorbeeldzorg.example", &["From"]).1 }).await);
        assert!(!proves(&mail, &signed(MAIL, "voorbeeldzorg.example", &["From"]).1).await, "another key under the same name");
        assert!(!proves(&mail, &OneDomain { name: "elders".to_owned(), ..world }).await);
        assert!(!is_signed(mail.as_bytes(), &"m.smit@voorbeeldzorg.example".parse().unwrap(), &Silence).await);
        assert!(!proves(MAIL, &signed(MAIL, "voorbeeldzorg.example", &["From"]).1).await);
    }

    #[tokio::test]
    async fn a_valid_signature_of_somebody_elses_domain_proves_nothing_about_the_officer() {
        for domain in ["elders.example", "huur.voorbeeldzorg.example", "nepvoorbeeldzorg.example"] {
            let (mail, world) = signed(MAIL, domain, &["From", "Subject"]);
            assert!(!proves(&mail, &world).await, "{domain}");
        }
    }

    #[tokio::test]
    async fn a_second_author_above_the_signed_one_is_not_believed() {
        let (mail, world) = signed(&MAIL.replace("m.smit@", "kantine@"), "voorbeeldzorg.example", &["From"]);
        assert!(!proves(&mail, &world).await);
        assert!(!proves(&format!("From: m.smit@voorbeeldzorg.example\r\n{mail}"), &world).await);
    }
}
