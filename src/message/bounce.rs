//! Mail that came back, mail that is late, receipts and abuse reports (M35–M48).
//!
//! By structure first (RFC 3464, RFC 8098, RFC 5965); then the families that answer in prose (`returned`, M38).

use super::delivery_status::{self, first_part, returned, status_part};
use super::facts::{Bounce, MailClass};
use super::language::prefix;
use super::machine_words::{BounceWords, flat, without_tags};
use super::returned::{complete, in_prose};
use super::structure::Part;
use super::words::{contains_any, starts_with_any};
use crate::model::MailAddress;

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
#[expect(clippy::struct_excessive_bools, reason = "each is one independent sign, and no combination is impossible")]
pub(super) struct Claim<'a> {
    pub(super) from: Option<&'a MailAddress>,
    pub(super) subject: &'a str,
    /// M39: by its address and its name, or because it has none.
    pub(super) is_mail_system: bool,
    pub(super) has_empty_return_path: bool,
    /// The header says that no person sent it.
    pub(super) is_automatic: bool,
    /// RFC 5429 section 2.2: `Auto-Submitted: auto-replied (rejected)`.
    pub(super) is_rejection: bool,
    /// M40: it came to the return address of a letter of ours.
    pub(super) is_to_return_address: bool,
    /// Whether the mail was written to this address: a report names us too.
    pub(super) is_to_us: &'a dyn Fn(&MailAddress) -> bool,
}

/// A report by its structure, or by its words; `None` for everything else.
pub(super) fn report(root: &Part<'_>, text: &str, claim: &Claim<'_>, words: &BounceWords) -> Option<Report> {
    by_structure(root, text, claim, words)
        .or_else(|| in_prose(root, text, claim, words))
        .or_else(|| receipt_in_prose(text, claim, words))
}

fn by_structure(root: &Part<'_>, text: &str, claim: &Claim<'_>, words: &BounceWords) -> Option<Report> {
    let is_report = root.media.name == "multipart/report";
    let kind = root.media.parameter("report-type").unwrap_or_default().to_lowercase();
    if is_report {
        if kind == "disposition-notification" || first_part(root, &["message/disposition-notification"]).is_some() {
            return Some(disposition(root, text, claim, words));
        }
        if kind == "feedback-report" || first_part(root, &["message/feedback-report"]).is_some() {
            return Some(Report::of(MailClass::AbuseReport, "feedback-report (M48)"));
        }
    }
    // Gateways put a report into another multipart, and some servers never called it a report. A person who sends one on
    // is no mail system and has a return path.
    let subject = without_tags(claim.subject).to_lowercase();
    let says = starts_with_any(&subject, &words.subjects) || starts_with_any(&subject, &words.late_subjects);
    let may_be_wrapped = claim.is_mail_system || (claim.has_empty_return_path && says);
    let holds = |name: &'static str| first_part(root, &[name]);
    let status = status_part(root).filter(|_| is_report || may_be_wrapped);
    let is_empty_report = (is_report && matches!(kind.as_str(), "delivery-status" | "global-delivery-status"))
        || (may_be_wrapped
            && holds("multipart/report").is_some_and(|part| part.media.parameter("report-type") == Some("delivery-status")));
    if status.is_none() && !is_empty_report {
        return None;
    }
    let mut bounce = status.map(delivery_status::read).unwrap_or_default();
    let found = returned(root);
    let said_nothing = bounce.action.is_none() && bounce.status.is_none();
    if bounce.recipient.is_none() || said_nothing {
        complete(&mut bounce, root, text, claim, words);
    } else {
        bounce.original_message_id = found.id;
        bounce.returned_ids = found.ids;
        bounce.envelope = found.envelope;
    }
    // M36: only `failed` fails; a report that names no action is read by its status, and is a failure when in doubt.
    let (class, reason) = match (bounce.action.as_deref(), bounce.status.as_deref()) {
        (Some("failed"), _) if status.is_none() => (MailClass::Bounce, "delivery-status-without-fields (M35)"),
        (Some("failed"), _) => (MailClass::Bounce, "delivery-failed (M35)"),
        (Some("delayed"), _) => (MailClass::DelayNotice, "delivery-delayed (M36)"),
        (Some("relayed" | "expanded" | "delivered"), _) => (MailClass::DelayNotice, "delivery-went-on (M36)"),
        (_, Some(status)) if status.starts_with('4') => (MailClass::DelayNotice, "status-4 (M36)"),
        (_, Some(status)) if status.starts_with('2') => (MailClass::DelayNotice, "status-2 (M36)"),
        _ => (MailClass::Bounce, "delivery-status (M35)"),
    };
    Some(Report { class, reason, bounce: Some(bounce) })
}

/// M46: a receipt. Only where the mail system says that it refused the mail is it a failure (RFC 5429 section 2.2):
/// `deleted` alone is not.
fn disposition(root: &Part<'_>, text: &str, claim: &Claim<'_>, words: &BounceWords) -> Report {
    if !claim.is_rejection {
        return Report::of(MailClass::Receipt, "disposition-notification (M46)");
    }
    let part = first_part(root, &["message/disposition-notification"]);
    let mut bounce = part.map(delivery_status::read).unwrap_or_default();
    bounce.action = Some("failed".to_owned());
    complete(&mut bounce, root, text, claim, words);
    Report { class: MailClass::Bounce, reason: "rejected (RFC 5429)", bounce: Some(bounce) }
}

/// M46: Outlook's plain `Gelezen:`, with how it begins and its sentence, so that "Gelezen: uw brief van 3 mei" stays a
/// person's mail.
fn receipt_in_prose(text: &str, claim: &Claim<'_>, words: &BounceWords) -> Option<Report> {
    if !starts_with_any(&without_tags(claim.subject).to_lowercase(), &words.receipt.subjects) {
        return None;
    }
    let text = flat(prefix(text, 4_000));
    let is_receipt = starts_with_any(&text, &words.receipt.openings) && contains_any(&text, &words.receipt.sentences);
    is_receipt.then(|| Report::of(MailClass::Receipt, "receipt-in-prose (M46)"))
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
        let is_mail_system = from.as_ref().is_some_and(|from: &MailAddress| words.bounce.is_mail_system(from.local_part(), None));
        let claim = Claim {
            from: from.as_ref(),
            subject: &subject,
            is_mail_system,
            has_empty_return_path: mail.contains("Return-Path: <>"),
            is_automatic: mail.contains("Auto-Submitted: auto"),
            is_rejection: mail.contains("(rejected)"),
            is_to_return_address: mail.contains("To: klachten+retour@"),
            is_to_us: &|address| address.as_str() == "klachten@desk.example",
        };
        report(&tree.root, &text, &claim, &words.bounce)
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
    fn a_mail_system_that_writes_to_a_return_address_tells_of_a_failure_without_a_word() {
        let empty = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: .\nTo: klachten@desk.example\n\n";
        assert_eq!(check(empty), None, "at the desk's own address it says nothing");
        let report = check(&empty.replace("klachten@", "klachten+retour@")).unwrap();
        assert_eq!((report.class, report.reason), (MailClass::Bounce, "mail-system-at-return-address (M40)"));
        assert_eq!(report.bounce.unwrap().status, None, "no status is invented (M37)");
        let person = "Return-Path: <>\nFrom: jan@x.example\nSubject: Nog iets\nTo: klachten+retour@desk.example\n\nHet was om twaalf uur.\n";
        assert_eq!(check(person), None, "a person may write there (M63)");
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
