//! The mail that a desk writes to itself to learn what its mail server does (M60, M75).

use super::header::Head;
use super::{CompositionError, DeskFacts, OutgoingLetter};
use crate::model::{Guarantee, Instant, Language, LetterId, LetterKind, MailAddress, MessageId, Token};

/// What it says; nobody reads it but who looks into the mailbox, and the command says where it comes from.
const WORDS: &str = "wederhoor check --online";

/// What tells the field that we forged from those of the server.
pub fn forged_mark(token: Token) -> String {
    format!("{token}.invalid")
}

/// A mail to this address of the desk, with a forged `Authentication-Results` of the server whose word the desk believes,
/// if it believes one. It bears our trace, so a daemon that finds it files it and does nothing else (M11).
pub fn trial_mail(
    desk: &DeskFacts,
    to: &MailAddress,
    (token, letter): (Token, LetterId),
    authserv_id: Option<&str>,
    now: Instant,
) -> Result<OutgoingLetter, CompositionError> {
    let message_id = MessageId::of_letter(token, letter, &desk.message_id_domain);
    let head = Head {
        from: (&desk.name, &desk.address),
        reply_to: (&desk.name, &desk.address),
        to: (None, to),
        subject: WORDS,
        date: now,
        zone: desk.zone,
        message_id: &message_id,
        in_reply_to: None,
        references: &[],
        automatic: Some(false),
        bulk: false,
        trace: &desk.trace,
        language: Language::En,
    };
    let fields = head.fields().map_err(|_| CompositionError::Address { letter: LetterKind::OperatorAlarm })?;
    let forged = authserv_id.map_or_else(String::new, |server| {
        format!("Authentication-Results: {server}; dmarc=pass header.from={}\r\n", forged_mark(token))
    });
    let bytes = format!("{forged}{fields}Content-Type: text/plain; charset=us-ascii\r\n\r\n{WORDS}\r\n");
    Ok(OutgoingLetter {
        letter,
        kind: LetterKind::OperatorAlarm,
        case: None,
        desk: desk.key.clone(),
        envelope_from: Some(desk.address.clone()),
        to: to.clone(),
        message_id,
        guarantee: Guarantee::AtMostOnce,
        expires_at: now,
        bytes: bytes.into_bytes(),
    })
}
