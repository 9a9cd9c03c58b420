//! Mail that came back, mail that is late, receipts and abuse reports (M35–M48).
//!
//! By structure first (RFC 3464, RFC 8098, RFC 5965); then the families that answer in prose (M38), for which two
//! signs are asked, because people write about undelivered mail too.

use super::facts::{Bounce, MailClass};
use super::header::{Headers, collect_ids};
use super::structure::Part;
use super::words::{BounceWords, contains_any, starts_with_any};
use crate::model::{MailAddress, MessageId};

/// A report, its class and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Report {
    pub(super) class: MailClass,
    pub(super) reason: &'static str,
    pub(super) bounce: Option<Bounce>,
}

impl Report {
    fn of(class: MailClass, reason: &'static str) -> Self {
        Self { class, reason, bounce: None }
    }
}

/// What the header says about the sender of a possible report.
#[derive(Clone, Copy, Debug)]
pub(super) struct Claim<'a> {
    pub(super) from: Option<&'a MailAddress>,
    pub(super) subject: &'a str,
    pub(super) has_empty_return_path: bool,
}

/// A report by its structure, or by its words; `None` for everything else.
pub(super) fn report(root: &Part<'_>, text: &str, claim: Claim<'_>, words: &BounceWords) -> Option<Report> {
    by_structure(root).or_else(|| in_prose(root, text, claim, words)).or_else(|| receipt_in_prose(text, claim, words))
}

fn by_structure(root: &Part<'_>) -> Option<Report> {
    if root.media.name != "multipart/report" {
        return None;
    }
    let kind = root.media.parameter("report-type").unwrap_or_default().to_lowercase();
    let holds = |name: &str| root.children.iter().any(|part| part.media.name == name);
    if kind == "disposition-notification" || holds("message/disposition-notification") {
        return Some(Report::of(MailClass::Receipt, "disposition-notification (M46)"));
    }
    if kind == "feedback-report" || holds("message/feedback-report") {
        return Some(Report::of(MailClass::AbuseReport, "feedback-report (M48)"));
    }
    let status = root
        .children
        .iter()
        .find(|part| matches!(part.media.name.as_str(), "message/delivery-status" | "message/global-delivery-status"));
    let Some(status) = status else {
        return (kind == "delivery-status").then(|| Report {
            class: MailClass::Bounce,
            reason: "delivery-status-without-fields (M35)",
            bounce: Some(Bounce { original_message_id: returned_id(root), ..Bounce::default() }),
        });
    };
    let mut bounce = delivery_status(status);
    bounce.original_message_id = returned_id(root);
    // M36: only `failed` fails; a report that names no action is read by its status, and is a failure when in doubt.
    let (class, reason) = match (bounce.action.as_deref(), bounce.status.as_deref()) {
        (Some("failed"), _) => (MailClass::Bounce, "delivery-failed (M35)"),
        (Some("delayed"), _) => (MailClass::DelayNotice, "delivery-delayed (M36)"),
        (Some("relayed" | "expanded" | "delivered"), _) => (MailClass::DelayNotice, "delivery-went-on (M36)"),
        (_, Some(status)) if status.starts_with('4') => (MailClass::DelayNotice, "status-4 (M36)"),
        (_, Some(status)) if status.starts_with('2') => (MailClass::DelayNotice, "status-2 (M36)"),
        _ => (MailClass::Bounce, "delivery-status (M35)"),
    };
    Some(Report { class, reason, bounce: Some(bounce) })
}

/// RFC 3464 section 2: blocks of fields, the first about the message, one for each recipient after it. The
/// first recipient that failed speaks for all.
fn delivery_status(part: &Part<'_>) -> Bounce {
    let bytes = super::charset::transfer_decode(part.body, part.encoding().trim()).value;
    let mut rest = bytes.as_slice();
    let mut chosen: Option<Bounce> = None;
    for _ in 0..200 {
        if rest.is_empty() {
            break;
        }
        let (fields, length) = Headers::split(rest);
        rest = rest.get(length.max(1)..).unwrap_or_default();
        let recipient = ["Final-Recipient", "Original-Recipient"]
            .iter()
            .find_map(|name| fields.first_raw(name))
            .map(|value| address_of(&value));
        let action = fields.first_raw("Action").map(|value| first_word(&value).to_lowercase());
        if recipient.is_none() && action.is_none() {
            continue;
        }
        let status = fields.first_raw("Status").and_then(|value| enhanced_status(&value));
        let status = status.or_else(|| fields.first_raw("Diagnostic-Code").and_then(|value| enhanced_status(&value)));
        let fails = action.as_deref() == Some("failed");
        let block = Bounce { recipient, status, action, original_message_id: None };
        if chosen.is_none() || (fails && chosen.as_ref().is_some_and(|one| one.action.as_deref() != Some("failed"))) {
            chosen = Some(block);
        }
    }
    chosen.unwrap_or_default()
}

/// `rfc822; a@b` is `a@b`.
fn address_of(value: &str) -> String {
    let value = value.split_once(';').map_or(value, |(_, address)| address);
    value.trim().trim_matches(['<', '>']).to_owned()
}

fn first_word(value: &str) -> &str {
    value.split([' ', '(', ';']).find(|word| !word.is_empty()).unwrap_or_default()
}

/// RFC 3463 section 2: class, subject, detail. M37: nothing is invented where none is written.
fn enhanced_status(text: &str) -> Option<String> {
    text.split(|c: char| !(c.is_ascii_digit() || c == '.')).find_map(|word| {
        let word = word.trim_matches('.');
        let numbers: Vec<&str> = word.split('.').collect();
        let [class, subject, detail] = numbers.as_slice() else { return None };
        let fits = |number: &str| (1..=3).contains(&number.len());
        (matches!(*class, "2" | "4" | "5") && fits(subject) && fits(detail)).then(|| word.to_owned())
    })
}

/// M40: the Message-ID of the returned mail, whole or headers only.
fn returned_id(root: &Part<'_>) -> Option<MessageId> {
    let mut found = None;
    root.walk(&mut |part| {
        let is_returned = matches!(
            part.media.name.as_str(),
            "message/rfc822" | "text/rfc822-headers" | "message/rfc822-headers" | "message/global" | "message/global-headers"
        );
        if found.is_none() && is_returned {
            let bytes = super::charset::transfer_decode(part.body, part.encoding().trim()).value;
            let (headers, _) = Headers::split(&bytes);
            found = headers.ids("Message-ID").into_iter().next();
        }
    });
    found
}

/// M38, M39: a mail system writes, and it returns something of ours or says what failed.
fn in_prose(root: &Part<'_>, text: &str, claim: Claim<'_>, words: &BounceWords) -> Option<Report> {
    let from_mail_system = claim.from.is_some_and(|from| words.senders.contains(&from.local_part().to_lowercase()));
    let has_exim_field = root.headers.has("X-Failed-Recipients");
    let subject = claim.subject.to_lowercase();
    let says_late = starts_with_any(&subject, &words.late_subjects);
    let says_failed = starts_with_any(&subject, &words.subjects);
    // A person's mail holds none of these; the long search through the text is spared.
    if !from_mail_system && !has_exim_field && !((says_late || says_failed) && claim.has_empty_return_path) {
        return None;
    }
    let lower = text.to_lowercase();
    let has_sentence = contains_any(&lower, &words.sentences);
    let is_late = says_late || contains_any(&lower, &words.late_sentences);
    let copy = words.copies.iter().filter_map(|mark| lower.find(mark.as_str())).min();
    let original_message_id = returned_id(root).or_else(|| id_in_copy(text, copy));
    let returns_a_copy = original_message_id.is_some() || copy.is_some();
    let second_sign = says_failed || says_late || has_sentence || (from_mail_system && returns_a_copy);
    if !has_exim_field && !second_sign {
        return None;
    }
    let own_words = text.get(..copy.filter(|at| text.is_char_boundary(*at)).unwrap_or(text.len())).unwrap_or(text);
    let recipient =
        root.headers.first_raw("X-Failed-Recipients").map(|value| address_of(value.split(',').next().unwrap_or_default()));
    let bounce = Bounce {
        recipient: recipient.or_else(|| first_foreign_address(own_words, claim.from)),
        status: enhanced_status_in(own_words),
        action: Some(if is_late { "delayed" } else { "failed" }.to_owned()),
        original_message_id,
    };
    let (class, reason) = if is_late {
        (MailClass::DelayNotice, "delay-in-prose (M36)")
    } else if has_exim_field {
        (MailClass::Bounce, "failed-recipients (M38)")
    } else {
        (MailClass::Bounce, "mail-system-returns (M39)")
    };
    Some(Report { class, reason, bounce: Some(bounce) })
}

/// A status stands beside the word of a reply code or in parentheses; a version number does not.
fn enhanced_status_in(text: &str) -> Option<String> {
    text.lines().take(400).find_map(|line| {
        let near =
            ["#", "550", "551", "552", "553", "554", "421", "450", "451", "452", "smtp", "status", "remote", "error", "fout"];
        let lower = line.to_lowercase();
        near.iter().any(|sign| lower.contains(sign)).then(|| enhanced_status(line)).flatten()
    })
}

/// The Message-ID line in a copy that was put under the prose.
fn id_in_copy(text: &str, copy: Option<usize>) -> Option<MessageId> {
    let from = copy.filter(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let line = text.get(from..)?.lines().take(2_000).find(|line| {
        let line = line.trim_start_matches(['>', ' ', '\t']);
        line.get(..11).is_some_and(|start| start.eq_ignore_ascii_case("message-id:"))
    })?;
    let mut ids = Vec::new();
    collect_ids(line.split_once(':')?.1, &mut ids);
    ids.into_iter().next()
}

/// The first address in the words of a mail system that is not its own.
fn first_foreign_address(text: &str, from: Option<&MailAddress>) -> Option<String> {
    text.lines().take(200).flat_map(|line| line.split([' ', '<', '>', '(', ')', '"', '\'', ',', ';', '\t'])).find_map(|word| {
        let word = word.trim_start_matches("mailto:").trim_matches([':', '.']);
        let address = word.parse::<MailAddress>().ok().filter(|address| address.domain().contains('.'))?;
        let is_own =
            from.is_some_and(|from| from.same_person(&address)) || address.local_part().eq_ignore_ascii_case("postmaster");
        (!is_own).then(|| address.as_str().to_owned())
    })
}

/// M46: Outlook's plain `Gelezen:`, with its sentence, so that "Gelezen: uw brief van 3 mei" stays a person's mail.
fn receipt_in_prose(text: &str, claim: Claim<'_>, words: &BounceWords) -> Option<Report> {
    if !starts_with_any(&claim.subject.to_lowercase(), &words.receipt.subjects) {
        return None;
    }
    contains_any(&text.to_lowercase(), &words.receipt.sentences).then(|| Report::of(MailClass::Receipt, "receipt-in-prose (M46)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::body::Body;
    use crate::message::words::Words;

    fn check(mail: &str) -> Option<Report> {
        let words = Words::builtin().unwrap();
        let tree = Part::read(mail.as_bytes());
        let from =
            tree.root.headers.addresses("From").first().and_then(|one| one.address.clone()).and_then(|one| one.parse().ok());
        let subject = tree.root.headers.text("Subject").unwrap_or_default();
        let text = Body::of(&tree.root).text;
        let claim = Claim { from: from.as_ref(), subject: &subject, has_empty_return_path: mail.contains("Return-Path: <>") };
        report(&tree.root, &text, claim, &words.bounce)
    }

    fn dsn(action: &str) -> String {
        format!(
            "From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\nsorry\n--b\n\
             Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; a@x.example\nAction: \
             delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822;<b@x.example>\nAction: {action}\nStatus: 5.1.1 (unknown)\n\n--b\n\
             Content-Type: text/rfc822-headers\n\nMessage-ID: <ours@desk.example>\n--b--\n"
        )
    }

    #[test]
    fn the_recipient_that_failed_speaks_for_the_report() {
        let report = check(&dsn("Failed")).unwrap();
        assert_eq!(report.class, MailClass::Bounce);
        let bounce = report.bounce.unwrap();
        assert_eq!(bounce.recipient.as_deref(), Some("b@x.example"));
        assert_eq!(bounce.status.as_deref(), Some("5.1.1"));
        assert_eq!(bounce.original_message_id.unwrap().as_str(), "ours@desk.example");
    }

    #[test]
    fn a_delay_is_never_a_failure() {
        let mail = dsn("delayed").replace("Action: delivered", "Action: delayed");
        assert_eq!(check(&mail).unwrap().class, MailClass::DelayNotice);
        let prose = "From: postmaster@mx.example\nSubject: Warning: message 1abc delayed 24 hours\n\nThe message has not yet been delivered to \
                     c@x.example.\n";
        assert_eq!(check(prose).unwrap().class, MailClass::DelayNotice);
    }

    #[test]
    fn exim_and_qmail_and_dutch_exchange_are_known_without_structure() {
        let exim = "From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: weg@x.example\nSubject: Mail delivery failed: \
                    returning message to sender\n\nThis message was created automatically by mail delivery software.\n\n  weg@x.example\n    \
                    SMTP error from remote mail server: 550 5.1.1 unknown\n\n------ This is a copy of the message, including all the headers. \
                    ------\n\nMessage-ID: <ours@desk.example>\n";
        let bounce = check(exim).unwrap().bounce.unwrap();
        assert_eq!((bounce.recipient.as_deref(), bounce.status.as_deref()), (Some("weg@x.example"), Some("5.1.1")));
        assert_eq!(bounce.original_message_id.unwrap().as_str(), "ours@desk.example");

        let qmail = "From: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. This is the qmail-send program at mx.example.\n\n<weg@x.example>:\n\
                     Sorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <ours@desk.example>\n";
        let bounce = check(qmail).unwrap().bounce.unwrap();
        assert_eq!((bounce.recipient.as_deref(), bounce.status), (Some("weg@x.example"), None));

        let exchange = "Return-Path: <>\nFrom: postmaster@x.example\nSubject: Onbestelbaar: Uw klacht is ontvangen\n\nUw bericht is niet bezorgd \
                        bij weg@x.example.\n\nDiagnostische gegevens voor beheerders:\nRemote Server returned '550 5.1.10 RESOLVER'\n";
        assert_eq!(check(exchange).unwrap().bounce.unwrap().status.as_deref(), Some("5.1.10"));
    }

    #[test]
    fn people_who_write_about_undelivered_mail_are_people() {
        for subject in ["Onbestelbaar: uw brief", "Undeliverable: my letter", "Gelezen: uw brief van 3 mei", "Re: Niet bezorgd"] {
            let mail = format!(
                "From: Jan <jan@x.example>\nSubject: {subject}\n\nDe post kwam terug, het pakket kan niet worden bezorgd bij mij.\n"
            );
            assert_eq!(check(&mail), None, "{subject}");
        }
    }
}
