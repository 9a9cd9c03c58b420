//! What our own mail server says about who really sent a mail: `Authentication-Results` (RFC 8601; M72–M75).
//!
//! Anybody can write that field. It counts only where it bears the configured name of our server, is the topmost of
//! that name, and stands above the first `Received` line that another server wrote: our server adds on top.
//! The value is read with its grammar, so that words in a comment or a quoted string are no result (M74).

use super::header::Headers;
use crate::model::MailAddress;

/// The mail server whose word is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedServer {
    /// Its authserv-id (RFC 8601 section 2.5).
    pub id: String,
    /// Host names by which our own servers sign `Received` lines, beside the id itself.
    pub hosts: Vec<String>,
}

/// Whether the server vouches that the author's domain sent this mail (M73): DMARC passed, or DKIM or SPF passed for
/// a domain that is aligned with the author's.
pub fn vouches(raw: &[u8], author: &MailAddress, server: &TrustedServer) -> bool {
    let (headers, _) = Headers::split(raw);
    if !is_only_author(&headers, author) {
        return false;
    }
    for (name, value) in headers.in_order() {
        if name.eq_ignore_ascii_case(b"Received") && !is_ours(&value, server) {
            return false;
        }
        if name.eq_ignore_ascii_case(b"Authentication-Results")
            && let [id, results @ ..] = segments(&value).as_slice()
            && id.first().is_some_and(|(id, _)| same_name(id, &server.id))
        {
            return results.iter().any(|result| is_pass(result, author));
        }
    }
    false
}

/// What a mail server did with a mail in which its word was forged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerWord {
    /// Its own word stands above all others of its name: it may be believed.
    Safe,
    /// There is no word of its name: it wrote none, and removed the forged one. Believing it refuses mail like this.
    Absent,
    /// The forged word would be believed (M75).
    Forgeable,
}

/// What the server of this name did with a mail that came with a forged `Authentication-Results` bearing `mark` (M75).
pub fn word_of_server(raw: &[u8], id: &str, mark: &str) -> ServerWord {
    let (headers, _) = Headers::split(raw);
    let topmost = headers.in_order().find_map(|(name, value)| {
        let is_theirs = name.eq_ignore_ascii_case(b"Authentication-Results")
            && segments(&value).first().and_then(|first| first.first()).is_some_and(|(word, _)| same_name(word, id));
        is_theirs.then(|| value.contains(mark))
    });
    match topmost {
        None => ServerWord::Absent,
        Some(false) => ServerWord::Safe,
        Some(true) => ServerWord::Forgeable,
    }
}

/// Whether a mail still says that it was meant for this address, detail and all (M59, M60).
pub fn has_detail(raw: &[u8], address: &MailAddress) -> bool {
    let (headers, _) = Headers::split(raw);
    ["To", "Delivered-To", "X-Original-To", "Envelope-To"].iter().any(|name| {
        let named = headers.addresses(name).into_iter().filter_map(|found| found.address);
        named.filter_map(|text| text.parse::<MailAddress>().ok()).any(|found| found.same_person(address))
    })
}

/// Whether what a domain says counts for an author: it is the author's domain, or one above it. A name below the
/// author's is often given away to somebody else, so it does not count, although RFC 7489 section 3.1 would allow it.
pub fn is_aligned(domain: &str, author: &MailAddress) -> bool {
    let domain = domain.trim_end_matches('.').to_lowercase();
    let own = author.comparable_domain();
    own == domain || (domain.contains('.') && own.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.')))
}

/// M70: one `From` with one mailbox. A signature covers one field and a reader may show another (RFC 6376 section 8.15).
pub fn has_only_author(raw: &[u8], author: &MailAddress) -> bool {
    is_only_author(&Headers::split(raw).0, author)
}

fn is_only_author(headers: &Headers<'_>, author: &MailAddress) -> bool {
    let written = headers.addresses("From");
    let [only] = written.as_slice() else { return false };
    let address = only.address.as_deref().and_then(|text| text.parse::<MailAddress>().ok());
    headers.count("From") == 1 && address.is_some_and(|address| address.same_person(author))
}

/// Whether a `Received` line was written by one of our servers: its `by` (RFC 5321 section 4.4).
fn is_ours(value: &str, server: &TrustedServer) -> bool {
    let words = segments(value);
    let words: Vec<&str> = words.iter().flatten().map(|(word, _)| word.as_str()).collect();
    let by = words.windows(2).find_map(|pair| match pair {
        [word, host] if word.eq_ignore_ascii_case("by") => Some(*host),
        _ => None,
    });
    by.is_some_and(|by| std::iter::once(&server.id).chain(&server.hosts).any(|host| same_name(by, host)))
}

fn same_name(one: &str, other: &str) -> bool {
    one.trim_end_matches('.').eq_ignore_ascii_case(other.trim_end_matches('.'))
}

/// One `method=result` with its properties.
fn is_pass(result: &[(String, Option<String>)], author: &MailAddress) -> bool {
    let Some((method, Some(verdict))) = result.first() else { return false };
    if !verdict.eq_ignore_ascii_case("pass") {
        return false;
    }
    let property = |name: &str| {
        let value = result.iter().skip(1).find(|(key, _)| key.eq_ignore_ascii_case(name))?.1.as_deref()?;
        Some(value.rsplit_once('@').map_or(value, |(_, domain)| domain))
    };
    // RFC 8601 section 2.2: a version may follow the method.
    match method.split('/').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "dmarc" => property("header.from").is_some_and(|domain| same_name(domain, &author.comparable_domain())),
        "dkim" => property("header.d").or_else(|| property("header.i")).is_some_and(|domain| is_aligned(domain, author)),
        "spf" => property("smtp.mailfrom").is_some_and(|domain| is_aligned(domain, author)),
        _ => false,
    }
}

/// A value at its semicolons, each part as words, each word cut at its equals sign. Comments are nothing, and what
/// is quoted is one word, whatever signs it holds.
fn segments(value: &str) -> Vec<Vec<(String, Option<String>)>> {
    let mut segments = vec![Vec::new()];
    let mut word = Word::default();
    let mut comments = 0_u32;
    let mut is_quoted = false;
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if comments > 0 || is_quoted => {
                let escaped = characters.next();
                if is_quoted {
                    word.push(escaped);
                }
            }
            '"' if comments == 0 => is_quoted = !is_quoted,
            _ if is_quoted => word.push(Some(character)),
            '(' => comments += 1,
            ')' if comments > 0 => comments -= 1,
            _ if comments > 0 => {}
            ';' => {
                word.end(&mut segments);
                segments.push(Vec::new());
            }
            '=' => word.equals(&mut segments),
            _ if character.is_whitespace() => word.blank(),
            _ => {
                word.begin(&mut segments);
                word.push(Some(character));
            }
        }
    }
    word.end(&mut segments);
    segments
}

/// The word that is being read. Blanks may stand around an equals sign, so a word ends where the next one begins.
#[derive(Default)]
struct Word {
    key: String,
    value: Option<String>,
    ended: bool,
}

impl Word {
    fn push(&mut self, character: Option<char>) {
        self.value.as_mut().unwrap_or(&mut self.key).extend(character);
    }

    fn blank(&mut self) {
        let waits_for_value = self.value.as_ref().is_some_and(String::is_empty);
        self.ended |= !self.key.is_empty() && !waits_for_value;
    }

    fn equals(&mut self, segments: &mut [Vec<(String, Option<String>)>]) {
        if self.value.is_none() && !self.key.is_empty() {
            self.value = Some(String::new());
            self.ended = false;
        } else {
            self.begin(segments);
            self.push(Some('='));
        }
    }

    fn begin(&mut self, segments: &mut [Vec<(String, Option<String>)>]) {
        if self.ended {
            self.end(segments);
        }
    }

    fn end(&mut self, segments: &mut [Vec<(String, Option<String>)>]) {
        let word = std::mem::take(self);
        if let Some(segment) = segments.last_mut().filter(|_| !word.key.is_empty() || word.value.is_some()) {
            segment.push((word.key, word.value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: &str = "From: Marieke <m.smit@voorbeeldzorg.example>\n";
    const OUR_LINE: &str = "Received: from buiten.example by mx.voorbeeldzorg.example (Postfix) with ESMTPS; Mon, 16 Nov 2026\n";
    const THEIR_LINE: &str = "Received: from thuis.example by smtp.elders.example; Mon, 16 Nov 2026\n";
    const PASS: &str =
        "Authentication-Results: mx.voorbeeldzorg.example 1;\n dmarc=pass (p=reject) header.from=voorbeeldzorg.example\n";

    fn passes(header: &str) -> bool {
        let server =
            TrustedServer { id: "mx.voorbeeldzorg.example".to_owned(), hosts: vec!["imap.voorbeeldzorg.example".to_owned()] };
        vouches(format!("{header}\ntekst\n").as_bytes(), &"M.Smit@voorbeeldzorg.example".parse().unwrap(), &server)
    }

    fn result(result: &str) -> bool {
        passes(&format!("Authentication-Results: mx.voorbeeldzorg.example; {result}\n{FROM}"))
    }

    #[test]
    fn the_topmost_word_of_our_own_server_counts_above_and_below_its_own_received_line() {
        assert!(passes(&format!("{PASS}{OUR_LINE}{THEIR_LINE}{FROM}")));
        assert!(passes(&format!("{OUR_LINE}{PASS}{THEIR_LINE}{FROM}")));
        let last_hop = "Received: from mx by imap.voorbeeldzorg.example with LMTP; Mon\n";
        assert!(passes(&format!("{last_hop}{OUR_LINE}{PASS}{FROM}")));
    }

    #[test]
    fn a_forged_word_counts_nowhere_else() {
        let fail = PASS.replace("dmarc=pass", "dmarc=fail");
        let foreign = PASS.replace("mx.voorbeeldzorg", "mx.elders");
        for (name, header) in [
            ("below another server's line", format!("{OUR_LINE}{THEIR_LINE}{PASS}{FROM}")),
            ("below the word of our server", format!("{fail}{OUR_LINE}{PASS}{FROM}")),
            ("with another id", format!("{foreign}{OUR_LINE}{FROM}")),
            ("with another id above and ours below a foreign line", format!("{foreign}{THEIR_LINE}{PASS}{FROM}")),
            ("missing", format!("{OUR_LINE}{FROM}")),
            ("with ours in a comment", format!("{}{FROM}", PASS.replace("mx.voor", "(mx.voorbeeldzorg.example) x.voor"))),
        ] {
            assert!(!passes(&header), "{name}");
        }
    }

    #[test]
    fn a_pass_of_another_domain_proves_nothing_about_this_author() {
        for pass in [
            "dmarc=pass header.from=voorbeeldzorg.example",
            "dkim=pass header.d=voorbeeldzorg.example header.s=a",
            "dkim=fail header.d=x.example; dkim = pass header.i = @voorbeeldzorg.example",
            "DKIM/1=Pass reason=\"good; signature\" Header.D=VoorbeeldZorg.example.",
            "spf=pass smtp.mailfrom=m.smit@voorbeeldzorg.example",
            "spf=pass (x) smtp.mailfrom=voorbeeldzorg.example",
        ] {
            assert!(result(pass), "{pass}");
        }
        for fail in [
            "none",
            "dmarc=pass",
            "dmarc=pass header.from=elders.example",
            "dmarc=pass header.from=sub.voorbeeldzorg.example",
            "dkim=pass header.d=elders.example",
            "dkim=pass header.d=example",
            "dkim=pass header.d=nepvoorbeeldzorg.example",
            "dkim=pass header.d=huur.voorbeeldzorg.example",
            "dkim=fail (dkim=pass header.d=voorbeeldzorg.example) header.d=voorbeeldzorg.example",
            "dkim=fail reason=\"dkim=pass header.d=voorbeeldzorg.example\"",
            "spf=fail smtp.mailfrom=\"x; dkim=pass header.d=voorbeeldzorg.example\"@elders.example",
            "spf=pass smtp.mailfrom=\"dkim=pass\"@elders.example",
            "spf=pass smtp.helo=voorbeeldzorg.example",
            "auth=pass smtp.auth=m.smit@voorbeeldzorg.example",
        ] {
            assert!(!result(fail), "{fail}");
        }
    }

    #[test]
    fn a_signature_of_the_domain_above_counts_for_a_department() {
        let author = "m.smit@zorg.voorbeeld.example".parse().unwrap();
        assert!(is_aligned("voorbeeld.example", &author));
        assert!(!is_aligned("example", &author));
        assert!(!is_aligned("eeld.example", &author));
    }

    #[test]
    fn a_server_is_safe_only_where_its_own_word_stands_above_a_forged_one() {
        let forged = "Authentication-Results: mx.voorbeeldzorg.example; dmarc=pass header.from=teken.invalid\n";
        for (header, expected) in [
            (format!("{PASS}{OUR_LINE}{forged}{FROM}"), ServerWord::Safe),
            (format!("{PASS}{OUR_LINE}{FROM}"), ServerWord::Safe),
            (format!("{OUR_LINE}{FROM}"), ServerWord::Absent),
            (format!("{}{OUR_LINE}{FROM}", PASS.replace("mx.voorbeeldzorg", "mx.elders")), ServerWord::Absent),
            (format!("{OUR_LINE}{forged}{FROM}"), ServerWord::Forgeable),
            (format!("{forged}{PASS}{OUR_LINE}{FROM}"), ServerWord::Forgeable),
        ] {
            assert_eq!(word_of_server(header.as_bytes(), "mx.voorbeeldzorg.example", "teken.invalid"), expected, "{header}");
        }
    }

    #[test]
    fn a_detail_that_was_cut_off_is_missed() {
        let address = "klachten+teken@voorbeeldzorg.example".parse().unwrap();
        assert!(has_detail(
            b"To: <klachten@voorbeeldzorg.example>\nDelivered-To: klachten+teken@voorbeeldzorg.example\n\n",
            &address
        ));
        assert!(!has_detail(b"To: <klachten@voorbeeldzorg.example>\n\nklachten+teken@voorbeeldzorg.example\n", &address));
    }

    #[test]
    fn two_authors_are_none() {
        let other = "From: x@elders.example\n";
        assert!(!passes(&format!("{PASS}{OUR_LINE}{FROM}{other}")));
        assert!(!passes(&format!("{PASS}{OUR_LINE}{other}{FROM}")));
        assert!(!passes(&format!("{PASS}{OUR_LINE}From: m.smit@voorbeeldzorg.example, x@elders.example\n")));
        assert!(!passes(&format!("{PASS}{OUR_LINE}From: \"m.smit@voorbeeldzorg.example\" <x@elders.example>\n")));
        assert!(!passes(&format!("{PASS}{OUR_LINE}")));
    }
}
