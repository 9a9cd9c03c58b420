//! Signs of the case a mail belongs to (M50–M61), and of mail that is our own (M10, M11).
//!
//! The store decides what a sign is worth. A token is looked for generously, because only a token that we
//! issued opens anything (M57).

use super::facts::{Clue, OwnAddresses};
use super::header::Headers;
use crate::model::{CaseNumber, MailAddress, MessageId, ReturnDetail, Token};

/// M61: every field in which servers leave the true recipient.
const RECIPIENT_FIELDS: [&str; 11] = [
    "To",
    "Cc",
    "Delivered-To",
    "X-Original-To",
    "Envelope-To",
    "X-Envelope-To",
    "Resent-To",
    "Resent-Cc",
    "X-Forwarded-To",
    "X-Delivered-To",
    "Apparently-To",
];

/// Our private trace header (M11).
pub(super) const TRACE_HEADER: &str = "X-Wederhoor-Trace";

/// So much of a text is searched for an address of ours, in bytes.
const SEARCHED: usize = 200_000;
/// More of our addresses than this in one text come from no letter of ours.
const MOST_QUOTED: usize = 20;

/// All signs, strongest first (M50).
pub(super) fn clues(headers: &Headers<'_>, subject: &str, text: &str, own: &OwnAddresses) -> Vec<Clue> {
    let mut clues: Vec<Clue> = Vec::new();
    let mut add = |clue: Clue| {
        // A letter that quotes the address it was answered at says nothing new.
        let is_known = matches!(&clue, Clue::Quoted(token) if clues.contains(&Clue::Capability(*token)));
        if !is_known && !clues.contains(&clue) {
            clues.push(clue);
        }
    };
    let mut returned = Vec::new();
    for field in recipient_fields(headers) {
        details(&field, own, &mut |detail| {
            if let Some(token) = first_token(detail) {
                add(Clue::Capability(token));
            } else if let Some(ReturnDetail(letter)) = first_whole(detail, ReturnDetail::CHARACTERS) {
                returned.push(Clue::Returned(letter));
            }
        });
    }
    returned.into_iter().for_each(&mut add);
    let answered = headers.ids("In-Reply-To");
    for id in &answered {
        add(Clue::InReplyTo(id.clone()));
    }
    // From last to first: the last id is the nearest.
    for id in headers.ids("References").into_iter().rev().filter(|id| !answered.contains(id)) {
        add(Clue::Reference(id));
    }
    // A client that dropped every header of the thread still quotes the letter.
    for token in quoted_tokens(text, own) {
        add(Clue::Quoted(token));
    }
    for number in case_numbers(subject) {
        add(Clue::SubjectNumber(number));
    }
    clues
}

/// Tokens in whole addresses of ours, `klachten+token@voorbeeldzorg.example` or as a `mailto:` link writes it.
fn quoted_tokens(text: &str, own: &OwnAddresses) -> Vec<Token> {
    let mut found: Vec<Token> = Vec::new();
    let text = super::language::prefix(text, SEARCHED);
    if memchr::memchr(b'@', text.as_bytes()).is_none() {
        return found;
    }
    let lower = text.to_ascii_lowercase();
    for ours in &own.addresses {
        let (local, domain) = (ours.local_part().to_lowercase(), ours.comparable_domain());
        for (at, _) in lower.match_indices(&format!("@{domain}")).take(200) {
            let Some(start) = at.checked_sub(Token::CHARACTERS) else { continue };
            let Some(token) = lower.get(start..at).and_then(|text| text.parse::<Token>().ok()) else { continue };
            let before = lower.get(..start).unwrap_or_default();
            let before = ["%2b", "=2b"]
                .iter()
                .find_map(|sign| before.strip_suffix(sign))
                .or_else(|| before.strip_suffix('+').or_else(|| before.strip_suffix(own.separator)));
            if before.is_some_and(|before| before.ends_with(&local)) && !found.contains(&token) && found.len() < MOST_QUOTED {
                found.push(token);
            }
        }
    }
    found
}

/// The ids that an answer quotes in its headers, oldest first, the answered one last (M133).
pub(super) fn references(headers: &Headers<'_>) -> Vec<MessageId> {
    let mut ids = headers.ids("References");
    for id in headers.ids("In-Reply-To") {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// Whether a sign leads to a letter of ours, by itself and without asking the store (M27).
pub(super) fn leads_to_us(clue: &Clue) -> bool {
    match clue {
        Clue::Capability(_) | Clue::Returned(_) | Clue::Quoted(_) => true,
        Clue::InReplyTo(id) | Clue::Reference(id) => id.token().is_some(),
        Clue::SubjectNumber(_) => false,
    }
}

/// Whether a mail bears our trace or an id that we issued, at its top level only (M10, M11).
pub(super) fn own_mark(headers: &Headers<'_>, id: Option<&MessageId>, own: &OwnAddresses) -> Option<&'static str> {
    if !own.trace.is_empty() && headers.raw(TRACE_HEADER).any(|value| value.trim() == own.trace) {
        return Some("own-trace (M11)");
    }
    let issued = id.is_some_and(|id| {
        let domain = id.as_str().rsplit('@').next().unwrap_or_default().to_lowercase();
        id.token().is_some() && own.addresses.iter().any(|ours| ours.comparable_domain() == domain)
    });
    issued.then_some("own-message-id (M10)")
}

/// Whether an address is ours, with or without a token, in any case of its letters (M58).
pub(super) fn is_own(address: &MailAddress, own: &OwnAddresses) -> bool {
    let (local, domain) = (address.local_part().to_lowercase(), address.comparable_domain());
    own.addresses.iter().filter(|ours| ours.comparable_domain() == domain).any(|ours| {
        local.strip_prefix(&ours.local_part().to_lowercase()).is_some_and(|detail| {
            detail.is_empty()
                || detail.starts_with('+')
                || detail
                    .strip_prefix(own.separator)
                    .is_some_and(|rest| [Token::CHARACTERS, ReturnDetail::CHARACTERS].contains(&rest.len()))
        })
    })
}

/// M15: whether one of our addresses stands among the recipients. Unknown counts as yes.
pub(super) fn is_addressed_to_us(headers: &Headers<'_>, own: &OwnAddresses) -> bool {
    own.addresses.is_empty()
        || recipient_fields(headers).any(|field| {
            let field = field.to_lowercase();
            own.addresses.iter().any(|ours| {
                let (local, domain) = (ours.local_part().to_lowercase(), ours.comparable_domain());
                field.contains(&domain) && find_local_parts(&field, &local).next().is_some()
            })
        })
}

/// The values that may name the recipient; of `Received` only the topmost, which our own server wrote.
fn recipient_fields<'h>(headers: &'h Headers<'_>) -> impl Iterator<Item = String> + 'h {
    let received = headers.first_raw("Received").and_then(|field| {
        let after = field.split_once(" for ")?.1.trim_start();
        after.split([';', ' ']).next().map(ToOwned::to_owned)
    });
    RECIPIENT_FIELDS.iter().flat_map(|name| headers.raw(name)).chain(received)
}

/// Where a local part of ours stands in a field, not as the end of a longer word. Gives what follows it.
fn find_local_parts<'f>(field: &'f str, local: &str) -> impl Iterator<Item = &'f str> {
    field.match_indices(local).filter_map(move |(at, found)| {
        let before = field.get(..at)?.chars().next_back();
        // SRS and BATV leave the true local part behind a `=` (M59).
        let begins = before.is_none_or(|c| !(c.is_alphanumeric() || c == '.' || c == '-' || c == '_'));
        begins.then(|| field.get(at + found.len()..)).flatten()
    })
}

/// M58–M60: what stands behind a local part of ours: in capitals, quoted, `+` as `=2B`, `%2B`, `=` or a blank, and inside
/// what forwarders wrap around an address (`SRS0=…=voorbeeldzorg.example=klachten+token@…`, `prvs=…=klachten+token@…`).
fn details(field: &str, own: &OwnAddresses, add: &mut dyn FnMut(&str)) {
    let lower = field.to_lowercase();
    let mut locals: Vec<String> = own.addresses.iter().map(|ours| ours.local_part().to_lowercase()).collect();
    locals.sort();
    locals.dedup();
    for local in &locals {
        for rest in find_local_parts(&lower, local) {
            let detail = ["=2b", "%2b", "+", "=", "-", " "].iter().find_map(|sign| rest.strip_prefix(sign));
            if let Some(detail) = detail.or_else(|| rest.strip_prefix(own.separator)) {
                add(detail);
            }
        }
    }
    if locals.is_empty() {
        // Nothing is known of the desk (`inspect` without a configuration): any detail with the form of a token.
        for (at, _) in lower.match_indices('+') {
            lower.get(at + 1..).into_iter().for_each(&mut *add);
        }
    }
}

fn first_token(detail: &str) -> Option<Token> {
    first_whole(detail, Token::CHARACTERS)
}

/// What so many characters say, where no further letter follows them.
fn first_whole<T: std::str::FromStr>(detail: &str, characters: usize) -> Option<T> {
    let found = detail.get(..characters)?.parse().ok()?;
    let next = detail.get(characters..)?.chars().next();
    next.is_none_or(|c| !c.is_alphanumeric()).then_some(found)
}

/// M52: `[2026-0142]` or `2026-0142`; the bracketed form first.
fn case_numbers(subject: &str) -> Vec<CaseNumber> {
    let mut found: Vec<(bool, CaseNumber)> = Vec::new();
    for (at, _) in subject.match_indices('-') {
        let before = subject.get(..at).unwrap_or_default();
        let after = subject.get(at + 1..).unwrap_or_default();
        let (Some(year), digits) =
            (before.get(before.len().saturating_sub(4)..), after.bytes().take_while(u8::is_ascii_digit).count())
        else {
            continue;
        };
        let head = before.get(..before.len().saturating_sub(4)).unwrap_or_default();
        let next = after.get(digits..).and_then(|rest| rest.chars().next());
        let stands_free = head.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '-')
            && next.is_none_or(|c| !c.is_alphanumeric() && c != '-');
        let text = format!("{year}-{}", after.get(..digits).unwrap_or_default());
        if let Ok(number) = text.parse::<CaseNumber>()
            && stands_free
            && (2000..2200).contains(&number.year())
            && !found.iter().any(|(_, other)| *other == number)
        {
            found.push((!head.ends_with('['), number));
        }
    }
    found.sort_by_key(|(is_bare, _)| *is_bare);
    found.into_iter().map(|(_, number)| number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::LetterId;

    fn own() -> OwnAddresses {
        OwnAddresses {
            addresses: vec!["klachten@voorbeeldzorg.example".parse().unwrap()],
            separator: '+',
            trace: "geheim".to_owned(),
        }
    }

    fn found(mail: &str) -> Vec<Clue> {
        let (headers, _) = Headers::split(mail.as_bytes());
        clues(&headers, &headers.text("Subject").unwrap_or_default(), "", &own())
    }

    #[test]
    fn a_token_is_found_in_every_place_and_through_every_wrapping() {
        let token = Token::from_random([5; Token::BYTES]);
        for field in [
            "To: Naar klager <klachten+TOKEN@voorbeeldzorg.example>",
            "Cc: x@y.example, klachten+TOKEN@voorbeeldzorg.example",
            "Delivered-To: klachten+TOKEN@voorbeeldzorg.example",
            "X-Original-To: klachten-TOKEN@voorbeeldzorg.example",
            "Envelope-To: \"klachten+TOKEN\"@voorbeeldzorg.example",
            "X-Envelope-To: klachten=2BTOKEN@voorbeeldzorg.example",
            "Resent-To: <klachten TOKEN@voorbeeldzorg.example>",
            "X-Forwarded-To: SRS0=HHH=TT=voorbeeldzorg.example=klachten+TOKEN@forwarder.example",
            "To: prvs=1234abcdef=klachten+TOKEN@voorbeeldzorg.example",
            "Received: from a by b\n\tfor <klachten+TOKEN@voorbeeldzorg.example>; Mon, 1 Jan 2026 00:00:00 +0100",
        ] {
            for written in [token.to_string(), token.to_string().to_uppercase()] {
                let mail = format!("{}\n\n", field.replace("TOKEN", &written));
                assert_eq!(found(&mail), [Clue::Capability(token)], "{field}");
            }
        }
        assert_eq!(found(&format!("To: geenklachten+{token}@voorbeeldzorg.example\n\n")), []);
        assert_eq!(found(&format!("Received: a\nReceived: b for <klachten+{token}@voorbeeldzorg.example>;\n\n")), []);
    }

    #[test]
    fn a_return_address_is_found_where_tokens_are_and_is_ours() {
        let letter = LetterId::new("2026-11-01T09:00:00Z".parse().unwrap(), [0x5A; 10]);
        let detail = ReturnDetail(letter).to_string();
        for field in [
            "To: <klachten+DETAIL@voorbeeldzorg.example>",
            "Delivered-To: klachten-DETAIL@voorbeeldzorg.example",
            "X-Original-To: \"klachten=2BDETAIL\"@voorbeeldzorg.example",
            "Resent-To: <klachten DETAIL@voorbeeldzorg.example>",
            "To: prvs=1234abcdef=klachten+DETAIL@voorbeeldzorg.example",
            "Envelope-To: SRS0=HHH=TT=voorbeeldzorg.example=klachten+DETAIL@forwarder.example",
        ] {
            for written in [detail.clone(), detail.to_uppercase()] {
                let mail = format!("{}\n\n", field.replace("DETAIL", &written));
                assert_eq!(found(&mail), [Clue::Returned(letter)], "{field}");
            }
        }
        assert_eq!(found(&format!("To: klachten+{detail}x@voorbeeldzorg.example\n\n")), []);
        let own = OwnAddresses { separator: '-', ..own() };
        assert!(is_own(&format!("klachten-{detail}@voorbeeldzorg.example").parse().unwrap(), &own));
    }

    #[test]
    fn a_quoted_letter_of_ours_leads_to_its_case_and_a_strangers_address_does_not() {
        let token = Token::from_random([5; Token::BYTES]);
        let (headers, _) = Headers::split(b"Subject: x\n\n");
        for quoted in [
            "> Van: Klachtenhulp <Klachten+TOKEN@voorbeeldzorg.example>",
            "Aan: klachten-TOKEN@VOORBEELDZORG.example wrote:",
            "<mailto:klachten%2BTOKEN@voorbeeldzorg.example?subject=x>",
        ] {
            let text = quoted.replace("TOKEN", &token.to_string());
            let own = OwnAddresses { separator: '-', ..own() };
            assert_eq!(clues(&headers, "x", &text, &own), [Clue::Quoted(token)], "{quoted}");
        }
        for quoted in [
            "klachten+TOKEN@elders.example",
            "TOKEN@voorbeeldzorg.example",
            "klachten+kort@voorbeeldzorg.example",
            "é@voorbeeldzorg.example",
        ] {
            assert_eq!(clues(&headers, "x", &quoted.replace("TOKEN", &token.to_string()), &own()), [], "{quoted}");
        }
    }

    #[test]
    fn ids_come_from_the_nearest_to_the_oldest_and_the_number_last() {
        let id = |text: &str| text.parse::<MessageId>().unwrap();
        assert_eq!(
            found("In-Reply-To: <c@x>\nReferences: <a@x> <b@x>\n <c@x>\nSubject: Re: klacht 2025-0007 [2026-0142]\n\n"),
            [
                Clue::InReplyTo(id("c@x")),
                Clue::Reference(id("b@x")),
                Clue::Reference(id("a@x")),
                Clue::SubjectNumber("2026-0142".parse().unwrap()),
                Clue::SubjectNumber("2025-0007".parse().unwrap()),
            ]
        );
    }

    #[test]
    fn dates_and_telephone_numbers_are_no_case_numbers() {
        for subject in ["klacht 2025-03-12", "bel 0612-345678", "12026-0142", "2026-014", "é2026-0142"] {
            assert_eq!(case_numbers(subject), [], "{subject}");
        }
    }

    #[test]
    fn our_own_mail_is_known_by_its_trace_at_the_top_level_only() {
        let (headers, _) = Headers::split(b"X-Wederhoor-Trace: geheim\n\n");
        assert_eq!(own_mark(&headers, None, &own()), Some("own-trace (M11)"));
        let (headers, _) = Headers::split(b"Subject: x\n\nX-Wederhoor-Trace: geheim\n");
        assert_eq!(own_mark(&headers, None, &own()), None);
    }
}
