//! The header fields of a letter (M131–M139, M147, M10, M11).

use lettre::message::header::{From, HeaderName, HeaderValue, Headers, MimeVersion, ReplyTo, Subject, To};
use lettre::message::{Mailbox, Mailboxes};

use super::human_text::Line;
use crate::model::{Instant, Language, MailAddress, MessageId};

/// M133: long threads keep their first and their latest ids.
const MOST_REFERENCES: usize = 20;

/// What stands above a letter.
#[derive(Debug)]
pub struct Head<'a> {
    /// Display name and address of `From` (M62: usable by itself).
    pub from: (&'a str, &'a MailAddress),
    /// Display name, which says who reads an answer, and address of `Reply-To`.
    pub reply_to: (&'a str, &'a MailAddress),
    /// Name and address of the one recipient (M19, M89).
    pub to: (Option<&'a str>, &'a MailAddress),
    /// One line.
    pub subject: &'a str,
    /// When it was composed.
    pub date: Instant,
    /// The zone in which the date is written.
    pub zone: chrono_tz::Tz,
    /// Its own id.
    pub message_id: &'a MessageId,
    /// The mail of the recipient that it answers.
    pub in_reply_to: Option<&'a MessageId>,
    /// Ids that the recipient knows, oldest first; never those of another party (M133).
    pub references: &'a [MessageId],
    /// RFC 3834 section 5: whether it answers a mail; `None` for mail that carries a person's words (M132).
    pub automatic: Option<bool>,
    /// RFC 3834 section 3.1.8 (M135).
    pub bulk: bool,
    /// The private trace value (M11).
    pub trace: &'a str,
    /// Its language (M147).
    pub language: Language,
}

/// An address that no header field can carry.
#[derive(Debug)]
pub struct UnwritableAddress;

impl Head<'_> {
    /// The fields, each exactly once (M139). Values are cleaned of line breaks and encoded (M137).
    pub fn fields(&self) -> Result<Headers, UnwritableAddress> {
        let mut headers = Headers::with_capacity(16);
        headers.set(From::from(Mailboxes::from(mailbox(Some(self.from.0), self.from.1)?)));
        headers.set(To::from(Mailboxes::from(mailbox(self.to.0, self.to.1)?)));
        headers.set(ReplyTo::from(Mailboxes::from(mailbox(Some(self.reply_to.0), self.reply_to.1)?)));
        headers.set(Subject::from(Line::new(self.subject).as_str().to_owned()));
        // RFC 5322 section 3.3: a numeric zone, that of the desk.
        let date = self.date.with_timezone(&self.zone).format("%a, %d %b %Y %H:%M:%S %z").to_string();
        plain(&mut headers, "Date", date);
        plain(&mut headers, "Message-ID", format!("<{}>", self.message_id));
        if let Some(id) = self.in_reply_to {
            plain(&mut headers, "In-Reply-To", format!("<{id}>"));
        }
        if !self.references.is_empty() {
            ids(&mut headers, "References", self.references);
        }
        if let Some(answers) = self.automatic {
            plain(&mut headers, "Auto-Submitted", if answers { "auto-replied" } else { "auto-generated" }.to_owned());
        }
        // M134: never NDR or All, since we need the failure reports.
        plain(&mut headers, "X-Auto-Response-Suppress", "OOF, AutoReply".to_owned());
        if self.bulk {
            plain(&mut headers, "Precedence", "bulk".to_owned());
        }
        plain(&mut headers, "X-Wederhoor-Trace", Line::new(self.trace).as_str().to_owned());
        plain(&mut headers, "Content-Language", self.language.tag().to_owned());
        headers.set(MimeVersion::new(1, 0));
        Ok(headers)
    }
}

/// A field whose value is known to be printable ASCII; what is not becomes a question mark.
fn plain(headers: &mut Headers, name: &'static str, value: String) {
    let value = if value.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        value
    } else {
        value.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' }).collect()
    };
    headers.insert_raw(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value));
}

/// RFC 5322 section 3.6.4: one id a line, first and last kept where there are too many.
fn ids(headers: &mut Headers, name: &'static str, ids: &[MessageId]) {
    let dropped = ids.len().saturating_sub(MOST_REFERENCES);
    let kept = ids.iter().enumerate().filter(|(index, _)| *index == 0 || *index > dropped).map(|(_, id)| format!("<{id}>"));
    let value = kept.collect::<Vec<_>>().join("\r\n ");
    headers.insert_raw(HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value));
}

/// A mailbox as header fields write it; the domain in ASCII, which every server understands.
fn mailbox(name: Option<&str>, address: &MailAddress) -> Result<Mailbox, UnwritableAddress> {
    let name = name.map(Line::new).filter(|name| !name.is_empty()).map(|name| name.as_str().to_owned());
    let domain = if address.domain().is_ascii() {
        address.domain().to_owned()
    } else {
        idna::domain_to_ascii(address.domain()).map_err(|_| UnwritableAddress)?
    };
    let address = lettre::Address::new(address.local_part(), domain).map_err(|_| UnwritableAddress)?;
    Ok(Mailbox::new(name, address))
}
