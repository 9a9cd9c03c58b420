//! One letter over one line: MAIL, RCPT, DATA, the bytes, the final dot (RFC 5321 section 3.3).

use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::commands::{Data, Rset};
use lettre::transport::smtp::response::Response;
use tokio::time::timeout;

use crate::composition::OutgoingLetter;
use crate::model::{MailAddress, ReturnDetail};

use super::classify::{HoldCause, Judgement, Stage};
use super::mask::masked;
use super::report::Report;
use super::smtp::{SmtpConnection, words};

/// The line broke, or was silent for too long, while this stage was waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenLine {
    /// Which answer did not come.
    pub stage: Stage,
    /// In which way.
    pub text: String,
}

/// A reply, good or bad.
struct Reply {
    code: u16,
    text: String,
}

impl Reply {
    fn is_good(&self) -> bool {
        (200..400).contains(&self.code)
    }
}

impl SmtpConnection {
    /// Sends one letter. `Err` when the line broke: whether the letter was taken depends on the stage.
    ///
    /// The line is usable afterwards unless [`SmtpConnection::is_usable`] says otherwise.
    pub async fn send(&mut self, letter: &OutgoingLetter) -> Result<Report, BrokenLine> {
        if let Some(report) = self.can_not_take(letter) {
            return Ok(report);
        }
        self.letters += 1;
        let fallback = self.settings.fallback_sender.clone();
        let is_refused = self.own_sender_refused.load(Ordering::Relaxed);
        let sender = if is_refused { fallback.clone().or(letter.envelope_from.clone()) } else { letter.envelope_from.clone() };
        let first = self.begin_and_finish(letter, sender.as_ref()).await?;
        let refused = first.judgement == Judgement::Held(HoldCause::SenderRefused) && self.usable;
        match fallback.filter(|fallback| refused && sender.as_ref() != Some(fallback)) {
            // M136: many submission servers take no empty sender, and some take no sub-address of the one who logged in
            // (550 5.7.60); then a report names its letter only by what it returns.
            Some(fallback) => {
                self.own_sender_refused.store(true, Ordering::Relaxed);
                self.begin_and_finish(letter, Some(&fallback)).await
            }
            None => Ok(first),
        }
    }

    /// What this server can not be given at all (M113, M138, M160).
    fn can_not_take(&self, letter: &OutgoingLetter) -> Option<Report> {
        let failed = |words: String| Some(Report::ours(Judgement::Failed, words));
        let size = letter.bytes.len();
        if let Some(most) = self.offers.size.filter(|&most| most > 0 && size > most) {
            return failed(format!("the letter has {size} bytes and the server takes at most {most}"));
        }
        let needs_utf8 = letter.to.needs_smtputf8() || letter.envelope_from.as_ref().is_some_and(MailAddress::needs_smtputf8);
        if needs_utf8 && !self.offers.smtputf8 {
            return failed("the address has letters outside ASCII and the server can not carry such addresses (SMTPUTF8)".into());
        }
        if !letter.bytes.is_ascii() && !self.offers.eight_bit {
            return failed("the letter has letters outside ASCII and the server takes none (8BITMIME)".into());
        }
        if !lines_end_in_crlf(&letter.bytes) {
            return failed("the letter has a line that does not end in CRLF; it was not given to the server".into());
        }
        None
    }

    async fn begin_and_finish(&mut self, letter: &OutgoingLetter, sender: Option<&MailAddress>) -> Result<Report, BrokenLine> {
        let outcome = self.transaction(letter, sender).await;
        match &outcome {
            // RFC 5321 section 3.8: after 421 the server closes the line.
            Ok(report) if report.code == Some(421) => self.usable = false,
            Ok(report) if report.judgement == Judgement::Accepted => {}
            // RFC 5321 section 4.1.1.5: the next letter begins from nothing.
            Ok(_) => self.usable = self.usable && matches!(self.hear(Stage::Sender, RSET).await, Ok(reply) if reply.is_good()),
            Err(_) => self.usable = false,
        }
        outcome
    }

    async fn transaction(&mut self, letter: &OutgoingLetter, sender: Option<&MailAddress>) -> Result<Report, BrokenLine> {
        let mail = self.mail_command(letter, sender);
        // M159: a report for a failure and for a delay, as servers do of themselves, and never for success.
        let wanted = if self.offers.reports { " NOTIFY=FAILURE,DELAY" } else { "" };
        let rcpt = format!("RCPT TO:<{}>{wanted}\r\n", in_ascii(&letter.to));
        let report = |stage, reply: &Reply| Report::of_reply(stage, reply.code, &reply.text);
        let data = if self.offers.pipelining {
            // RFC 2920 section 3.1: all three leave together, nothing behind DATA (M155). Each answer is
            // still read and judged on its own.
            let mail = self.hear(Stage::Sender, format!("{mail}{rcpt}{Data}")).await?;
            let rcpt = self.hear_more(Stage::Recipient).await?;
            let data = self.hear_more(Stage::Data).await?;
            if let Some((stage, refusal)) =
                [(Stage::Sender, &mail), (Stage::Recipient, &rcpt)].into_iter().find(|(_, reply)| !reply.is_good())
            {
                let refusal = report(stage, refusal);
                if data.is_good() {
                    // RFC 2920 section 3.1: a server that wants text for nobody is given an empty one.
                    self.finish(b"").await?;
                }
                return Ok(refusal);
            }
            data
        } else {
            let mail = self.hear(Stage::Sender, mail).await?;
            if !mail.is_good() {
                return Ok(report(Stage::Sender, &mail));
            }
            let rcpt = self.hear(Stage::Recipient, rcpt).await?;
            if !rcpt.is_good() {
                return Ok(report(Stage::Recipient, &rcpt));
            }
            self.hear(Stage::Data, Data).await?
        };
        if data.code != 354 {
            return Ok(report(Stage::Data, &data));
        }
        let answer = self.finish(&letter.bytes).await?;
        Ok(report(Stage::FinalDot, &answer))
    }

    fn mail_command(&self, letter: &OutgoingLetter, sender: Option<&MailAddress>) -> String {
        let size = self.offers.size.map(|_| format!(" SIZE={}", letter.bytes.len())).unwrap_or_default();
        let mut command = format!("MAIL FROM:<{}>{size}", sender.map(in_ascii).unwrap_or_default());
        if self.offers.eight_bit && !letter.bytes.is_ascii() {
            command.push_str(" BODY=8BITMIME");
        }
        if letter.to.needs_smtputf8() || sender.is_some_and(MailAddress::needs_smtputf8) {
            command.push_str(" SMTPUTF8");
        }
        if self.offers.reports {
            // RFC 3461 section 4.4: comes back as Original-Envelope-Id (M40); the text of the letter need not (RET=HDRS).
            let _ = write!(command, " RET=HDRS ENVID={}", ReturnDetail(letter.letter));
        }
        command.push_str("\r\n");
        command
    }

    /// The bytes and the final dot. lettre doubles dots and ends with CRLF itself, so the letter's own last
    /// CRLF is left to it: what arrives is the letter, not a line more.
    async fn finish(&mut self, bytes: &[u8]) -> Result<Reply, BrokenLine> {
        let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
        let patience = self.settings.final_dot_timeout;
        heard(Stage::FinalDot, patience, self.session.message(bytes)).await
    }

    async fn hear(&mut self, stage: Stage, command: impl std::fmt::Display) -> Result<Reply, BrokenLine> {
        heard(stage, self.settings.timeout, self.session.command(command)).await
    }

    async fn hear_more(&mut self, stage: Stage) -> Result<Reply, BrokenLine> {
        heard(stage, self.settings.timeout, self.session.read_response()).await
    }
}

const RSET: Rset = Rset;

/// Waits for a reply. lettre gives refusals as errors; here they are replies like others.
async fn heard(
    stage: Stage,
    patience: Duration,
    reply: impl Future<Output = Result<Response, Error>>,
) -> Result<Reply, BrokenLine> {
    match timeout(patience, reply).await {
        Err(_) => Err(BrokenLine { stage, text: format!("no answer within {} s", patience.as_secs()) }),
        Ok(Ok(response)) => Ok(Reply { code: response.code().into(), text: response.message().collect::<Vec<_>>().join(" ") }),
        Ok(Err(error)) => match words(&error) {
            Some((code, text)) => Ok(Reply { code, text }),
            None => Err(BrokenLine { stage, text: masked(&error.to_string()) }),
        },
    }
}

/// RFC 5891: a domain outside ASCII travels in its ASCII form, which every server understands.
fn in_ascii(address: &MailAddress) -> String {
    if address.domain().is_ascii() {
        return address.to_string();
    }
    // A domain without ASCII form is refused by the server, in its own words.
    let domain = idna::domain_to_ascii(address.domain()).unwrap_or_else(|_| address.domain().to_owned());
    format!("{}@{domain}", address.local_part())
}

/// M138: a lone CR or LF is read as a line end by some servers and not by others, which lets a stranger's
/// text in an attachment end the letter early and begin another.
fn lines_end_in_crlf(bytes: &[u8]) -> bool {
    let mut before = 0;
    for &byte in bytes {
        if (byte == b'\n') != (before == b'\r') {
            return false;
        }
        before = byte;
    }
    before != b'\r'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_line_ends_are_given_to_a_server() {
        for (bytes, whole) in [
            (&b"a\r\n\r\nb\r\n"[..], true),
            (b"a", true),
            (b"a\nb", false),
            (b"a\rb", false),
            (b"a\r", false),
            (b"a\r\r\n", false),
        ] {
            assert_eq!(lines_end_in_crlf(bytes), whole, "{bytes:?}");
        }
    }

    #[test]
    fn a_domain_outside_ascii_travels_in_its_ascii_form() {
        assert_eq!(in_ascii(&"jan@zorgcafé.example".parse().unwrap()), "jan@xn--zorgcaf-hya.example");
        assert_eq!(in_ascii(&"Jan@Zorg.example".parse().unwrap()), "Jan@Zorg.example");
    }
}
