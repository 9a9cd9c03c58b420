//! The placeholders of the sample mails, filled from the letters that really went out
//! (`tests/mail/conversations/README.md`).

use mail_parser::MessageParser;

use super::stage::SentLetter;
use super::story::Role;
use crate::model::{CaseNumber, LetterKind};

/// What an answer needs to know of a letter.
pub(super) struct Answered<'a> {
    kind: LetterKind,
    role: Role,
    case: Option<CaseNumber>,
    message_id: String,
    reply_to: String,
    bounce_to: String,
    bytes: &'a [u8],
}

impl<'a> From<&'a SentLetter> for Answered<'a> {
    fn from(letter: &'a SentLetter) -> Self {
        let mail = MessageParser::default().parse_headers(&letter.bytes);
        let address = mail.as_ref().and_then(|mail| mail.reply_to().or(mail.from())).and_then(|to| to.first()?.address());
        Self {
            kind: letter.kind,
            role: letter.role,
            case: letter.case,
            message_id: letter.message_id.to_string(),
            reply_to: address.unwrap_or_default().to_owned(),
            bounce_to: letter.envelope_from.as_ref().map(ToString::to_string).unwrap_or_default(),
            bytes: &letter.bytes,
        }
    }
}

impl Answered<'_> {
    fn subject(&self) -> String {
        let mail = MessageParser::default().parse_headers(self.bytes);
        mail.as_ref().and_then(|mail| mail.subject()).unwrap_or_default().to_owned()
    }
}

/// Whose address this mail comes from, in lower case.
pub(super) fn author(mail: &[u8]) -> Option<String> {
    let mail = MessageParser::default().parse_headers(mail)?;
    Some(mail.from()?.first()?.address()?.to_lowercase())
}

/// The mail with real values: `None` when it answers a letter and none was ever sent.
///
/// All values come from the letter that the mail answers: the one in In-Reply-To, else the first that is named. A
/// mail that names none speaks of the story's latest case.
pub(super) fn fill(template: &str, letters: &[Answered<'_>], case: Option<CaseNumber>) -> Option<Vec<u8>> {
    let mut text = template.to_owned();
    let parent = template.split_once("In-Reply-To: <{{daemon:").and_then(|(_, rest)| rest.split_once("}}"));
    let mut answered = parent.and_then(|(name, _)| named(name, letters));
    while let Some((before, rest)) = text.split_once("<{{daemon:") {
        let (name, after) = rest.split_once("}}@voorbeeldzorg.example>")?;
        let letter = named(name, letters)?;
        answered = answered.or(Some(letter));
        text = format!("{before}<{}>{after}", letter.message_id);
    }
    while let Some((before, rest)) = text.split_once("{{reply_to:") {
        let (role, after) = rest.split_once("}}")?;
        let letter = answered.filter(|letter| letter.role.code() == role).or_else(|| latest_to(role, letters));
        // A letter that came back was for the complainant, whoever reads at its address.
        text = format!("{before}{}{after}", letter.or(answered)?.reply_to);
    }
    while let Some((before, rest)) = text.split_once("{{bounce_to:") {
        let (_, after) = rest.split_once("}}")?;
        text = format!("{before}{}{after}", answered?.bounce_to);
    }
    let number = answered.and_then(|letter| letter.case).or(case).map(|number| number.to_string()).unwrap_or_default();
    // A reply carries the subject of what it answers; the sample mails that have no subject of their own name the case.
    let subject = answered.map(Answered::subject);
    let is_reply = text.contains("Subject: Re: [{{case}}]\n");
    if let Some(subject) = subject.filter(|subject| is_reply && subject.is_ascii()) {
        text = text.replacen("Subject: Re: [{{case}}]\n", &format!("Subject: Re: {subject}\n"), 1);
    }
    Some(text.replace("{{case}}", &number).into_bytes())
}

fn latest_to<'a, 'b>(role: &str, letters: &'a [Answered<'b>]) -> Option<&'a Answered<'b>> {
    letters.iter().rev().find(|letter| letter.role.code() == role)
}

/// The letter with this name in the sample mails; where the desk sends no such letter, the nearest one to the
/// same person.
fn named<'a, 'b>(name: &str, letters: &'a [Answered<'b>]) -> Option<&'a Answered<'b>> {
    let (stem, nth) = match name.rsplit_once('-') {
        Some((stem, number)) if number.parse::<usize>().is_ok() => (stem, number.parse::<usize>().ok()),
        Some(_) | None => (name, None),
    };
    let kinds: &[LetterKind] = match stem {
        "acknowledgement" => &[LetterKind::Acknowledgement, LetterKind::CarefulAcknowledgement],
        "officer-notice" | "officer-urgent-notice" => &[LetterKind::OfficerNewCase],
        "officer-message-notice" => &[LetterKind::OfficerFurtherMail],
        "evaluation" => &[LetterKind::FollowUp],
        _ => &[],
    };
    // The deputy hears of urgent matters as well, but it is the officer who answers.
    let mut fitting = letters.iter().filter(|letter| kinds.contains(&letter.kind) && letter.role != Role::Deputy);
    // The first notice and the first confirmation of a story are meant, unless a number says which.
    let first = matches!(stem, "acknowledgement" | "officer-notice" | "officer-urgent-notice");
    let found = match nth {
        Some(nth) => fitting.nth(nth.saturating_sub(1)),
        None if first => fitting.next(),
        None => fitting.next_back(),
    };
    let role = if stem.starts_with("officer") {
        Role::Officer
    } else if stem.starts_with("respondent") || stem.ends_with("-respondent") {
        Role::Respondent
    } else {
        Role::Complainant
    };
    found.or_else(|| latest_to(role.code(), letters))
}
