//! Delivery status notifications by their structure (RFC 3464, RFC 6522, RFC 6533, M35–M37), and what they return.

use super::charset::transfer_decode;
use super::facts::Bounce;
use super::header::Headers;
use super::structure::Part;
use crate::model::{LetterId, MailAddress, MessageId, ReturnDetail};

/// Blocks of a report that are read: the message, and one for each recipient.
const MOST_BLOCKS: usize = 200;
/// Recipients that are kept.
const MOST_RECIPIENTS: usize = 50;

/// The part with the fields, wherever the report lies; never one inside a forwarded mail, whose parts are not opened.
pub(super) fn status_part<'p, 'b>(root: &'p Part<'b>) -> Option<&'p Part<'b>> {
    first_part(root, &["message/delivery-status", "message/global-delivery-status"])
}

/// The first part of one of these types.
pub(super) fn first_part<'p, 'b>(root: &'p Part<'b>, names: &[&str]) -> Option<&'p Part<'b>> {
    let mut found = None;
    root.walk(&mut |part| {
        if found.is_none() && names.contains(&part.media.name.as_str()) {
            found = Some(part);
        }
    });
    found
}

/// RFC 3464 section 2: blocks of fields, the first about the message, one for each recipient after it. The first
/// recipient that failed speaks for all; where none failed, the first.
pub(super) fn read(part: &Part<'_>) -> Bounce {
    let bytes = transfer_decode(part.body, part.encoding().trim()).value;
    let mut rest = bytes.as_slice();
    let mut blocks: Vec<Bounce> = Vec::new();
    for _ in 0..MOST_BLOCKS {
        if rest.is_empty() || blocks.len() >= MOST_RECIPIENTS {
            break;
        }
        let (fields, length) = Headers::split(rest);
        rest = rest.get(length.max(1)..).unwrap_or_default();
        let recipient = recipient(&fields);
        let action = fields.first_raw("Action").map(|value| first_word(&value).to_lowercase());
        if recipient.is_some() || action.is_some() {
            blocks.push(Bounce { recipient, status: status(&fields), action, ..Bounce::default() });
        }
    }
    let failed = |block: &Bounce| block.action.as_deref() == Some("failed");
    let chosen = blocks.iter().position(failed).unwrap_or(0);
    let also: Vec<String> = blocks
        .iter()
        .enumerate()
        .filter(|(at, block)| *at != chosen && failed(block))
        .filter_map(|(_, block)| block.recipient.clone())
        .collect();
    let mut bounce = blocks.into_iter().nth(chosen).unwrap_or_default();
    bounce.also_failed = also;
    bounce
}

/// The final recipient, unless it is no mail address (X.400, an internal name) and the original one is.
fn recipient(fields: &Headers<'_>) -> Option<String> {
    let written: Vec<String> = ["Final-Recipient", "Original-Recipient", "X-Actual-Recipient"]
        .iter()
        .filter_map(|name| fields.first_raw(name))
        .map(|value| address_of(&value))
        .filter(|value| !value.is_empty())
        .collect();
    let is_address = |value: &&String| value.parse::<MailAddress>().is_ok_and(|address| address.domain().contains('.'));
    written.iter().find(is_address).or_else(|| written.first()).cloned()
}

/// M43: the detail decides what follows, so that a bare `5.0.0` gives way to what the remote server said.
fn status(fields: &Headers<'_>) -> Option<String> {
    let status = fields.first_raw("Status").and_then(|value| enhanced_status(&value));
    let diagnostic = fields.first_raw("Diagnostic-Code").and_then(|value| enhanced_status(&value));
    match (status, diagnostic) {
        (Some(status), Some(said)) if status.ends_with(".0.0") && said.get(..1) == status.get(..1) => Some(said),
        (status, diagnostic) => status.or(diagnostic),
    }
}

/// `rfc822; a@b` is `a@b`; RFC 6533 has `utf-8;` in front, Gmail brackets around.
pub(super) fn address_of(value: &str) -> String {
    let value = value.split_once(';').map_or(value, |(_, address)| address);
    value.trim().trim_matches(['<', '>', ' ']).to_owned()
}

fn first_word(value: &str) -> &str {
    value.split([' ', '(', ';']).find(|word| !word.is_empty()).unwrap_or_default()
}

/// RFC 3463 section 2: class, subject, detail. M37: nothing is invented where none is written.
pub(super) fn enhanced_status(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let word = word.trim_matches('.');
        let numbers: Vec<&str> = word.split('.').collect();
        let [class, subject, detail] = numbers.as_slice() else { return None };
        let fits = |number: &str| (1..=3).contains(&number.len());
        (matches!(*class, "2" | "4" | "5") && fits(subject) && fits(detail)).then(|| word.to_owned())
    })
}

/// What a report returns of our mail.
#[derive(Debug, Default)]
pub(super) struct Returned {
    /// M40: its Message-ID.
    pub(super) id: Option<MessageId>,
    /// M53: every id in it and in the report's own fields, ours perhaps among them.
    pub(super) ids: Vec<MessageId>,
    /// To whom it was written, where that is one address.
    pub(super) to: Option<String>,
    /// M40: which letter of ours its envelope id names.
    pub(super) envelope: Option<LetterId>,
    /// Whether anything was returned at all.
    pub(super) is_there: bool,
}

/// Reads the returned mail, whole or its header alone.
pub(super) fn returned(root: &Part<'_>) -> Returned {
    let mut returned = Returned::default();
    root.walk(&mut |part| match part.media.name.as_str() {
        "message/rfc822"
        | "text/rfc822-headers"
        | "text/rfc822-header"
        | "message/rfc822-headers"
        | "message/global"
        | "message/global-headers"
        | "text/global-headers" => {
            returned.is_there = true;
            if returned.id.is_none() {
                let bytes = transfer_decode(part.body, part.encoding().trim()).value;
                let (headers, _) = Headers::split(&bytes);
                returned.add(&headers);
            }
        }
        "message/delivery-status" | "message/global-delivery-status" | "message/disposition-notification" => {
            let bytes = transfer_decode(part.body, part.encoding().trim()).value;
            let (headers, _) = Headers::split(&bytes);
            for name in ["X-Original-Message-ID", "Original-Message-ID", "Original-Envelope-Id"] {
                returned.ids.extend(headers.ids(name));
            }
            // RFC 3461 section 5.4: given back as it was given, though some servers write it in capitals.
            returned.envelope = headers
                .first_raw("Original-Envelope-Id")
                .and_then(|value| value.trim().trim_matches(['<', '>']).parse::<ReturnDetail>().ok())
                .map(|ReturnDetail(letter)| letter)
                .or(returned.envelope);
        }
        _ => {}
    });
    // Gmail and others name it only among their own fields.
    returned.id = returned.id.take().or_else(|| returned.ids.first().cloned());
    returned
}

impl Returned {
    /// Takes what the header of our mail says.
    pub(super) fn add(&mut self, headers: &Headers<'_>) {
        self.id = headers.ids("Message-ID").into_iter().next();
        for name in
            ["Message-ID", "X-Microsoft-Original-Message-ID", "X-Google-Original-Message-ID", "References", "X-Wederhoor-Id"]
        {
            self.ids.extend(headers.ids(name).into_iter().take(20));
        }
        let to: Vec<String> = headers.addresses("To").into_iter().filter_map(|one| one.address).collect();
        self.to = if let [only] = to.as_slice() { Some(only.clone()) } else { None };
    }
}
