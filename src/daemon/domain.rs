//! What a domain publishes about who may send its mail (RFC 7208, RFC 7489).

use super::dns::{DomainRecords, NoAnswer};

/// What was found under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Published {
    /// Exactly one record.
    Record(String),
    /// None.
    Nothing,
    /// More than one, which counts as none (RFC 7208 section 4.5, RFC 7489 section 6.6.3).
    Several,
}

/// SPF and DMARC of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DomainPolicy {
    /// `v=spf1 …` of the domain itself.
    pub spf: Published,
    /// `v=DMARC1; …` of the domain, or of one above it.
    pub dmarc: Published,
}

/// Asks for both.
///
/// # Errors
/// [`NoAnswer`]: temporary.
pub async fn domain_policy(domain: &str, dns: &dyn DomainRecords) -> Result<DomainPolicy, NoAnswer> {
    let spf = one(&dns.texts(domain).await?, "v=spf1");
    let mut dmarc = Published::Nothing;
    let mut above = Some(domain);
    while let Some(name) = above.filter(|name| name.contains('.')) {
        dmarc = one(&dns.texts(&format!("_dmarc.{name}")).await?, "v=DMARC1");
        if dmarc != Published::Nothing {
            break;
        }
        above = name.split_once('.').map(|(_, above)| above);
    }
    Ok(DomainPolicy { spf, dmarc })
}

fn one(texts: &[Vec<u8>], version: &str) -> Published {
    let texts = texts.iter().map(|text| String::from_utf8_lossy(text).trim().to_owned());
    let mut records = texts.filter(|text| text.split([' ', ';']).next().is_some_and(|v| v.eq_ignore_ascii_case(version)));
    match (records.next(), records.next()) {
        (None, _) => Published::Nothing,
        (Some(record), None) => Published::Record(record),
        (Some(_), Some(_)) => Published::Several,
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;

    #[derive(Debug)]
    struct Zone(&'static [(&'static str, &'static str)]);

    #[async_trait]
    impl DomainRecords for Zone {
        async fn texts(&self, name: &str) -> Result<Vec<Vec<u8>>, NoAnswer> {
            if name.ends_with("weg.example") {
                return Err(NoAnswer);
            }
            Ok(self.0.iter().filter(|(under, _)| *under == name).map(|(_, text)| text.as_bytes().to_vec()).collect())
        }
    }

    #[tokio::test]
    async fn a_domain_is_covered_by_its_own_spf_and_by_the_dmarc_above_it() {
        let zone = Zone(&[
            ("klachten.voorbeeldzorg.example", "v=spf1 mx -all"),
            ("klachten.voorbeeldzorg.example", "google-site-verification=x"),
            ("_dmarc.voorbeeldzorg.example", "v=DMARC1; p=reject"),
        ]);
        let found = domain_policy("klachten.voorbeeldzorg.example", &zone).await.unwrap();
        assert_eq!(found.spf, Published::Record("v=spf1 mx -all".to_owned()));
        assert_eq!(found.dmarc, Published::Record("v=DMARC1; p=reject".to_owned()));
    }

    #[tokio::test]
    async fn two_records_count_as_none_and_no_answer_is_no_record() {
        let zone = Zone(&[("voorbeeldzorg.example", "v=spf1 mx -all"), ("voorbeeldzorg.example", "V=SPF1 a -all")]);
        let found = domain_policy("voorbeeldzorg.example", &zone).await.unwrap();
        assert_eq!(found, DomainPolicy { spf: Published::Several, dmarc: Published::Nothing });
        assert_eq!(domain_policy("weg.example", &zone).await, Err(NoAnswer));
        let found = domain_policy("nieuw.example", &Zone(&[("nieuw.example", "v=spf10")])).await.unwrap();
        assert_eq!(found.spf, Published::Nothing);
    }
}
