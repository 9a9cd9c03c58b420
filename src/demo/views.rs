//! One mail through three pairs of eyes: who has it in the mailbox, and why the others do not.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use mail_parser::{MessageParser, MimeHeaders};
use serde::Serialize;

use super::stage::{Scene, SentLetter};
use super::story::{MailLine, Role, Story};
use super::words::{Bilingual, Words};

/// Longest header that is shown, in bytes: what stands further down says nothing to a reader.
const SHOWN_HEADER: usize = 6_000;

/// Somebody with a name and an address, as a mail shows them.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Shown {
    name: String,
    address: String,
}

/// One mail.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Mail {
    /// Unique on the page.
    pub id: String,
    /// Which letter of the desk it is, where it is one.
    letter: Option<Bilingual>,
    from: Option<Shown>,
    to: Option<Shown>,
    reply_to: Option<Shown>,
    at: Bilingual,
    subject: String,
    /// The plain part. What a person wrote is shown as this and never as markup.
    text: String,
    /// The HTML part of a letter of the desk.
    html: Option<String>,
    headers: String,
    attachments: Vec<String>,
    /// In whose mailboxes it lies.
    sees: Vec<&'static str>,
    /// Why the others do not have it: a code of `[why_not]`.
    why: BTreeMap<&'static str, &'static str>,
    /// The notice in which the officer reads it instead.
    instead: Option<String>,
}

/// The mails of a scene: the one that came, then the letters that left.
pub(super) fn mails(scene: &Scene, story: &Story, prefix: &str, words: &Words, zone: Tz) -> Vec<Mail> {
    let at = words.moment(scene.at.with_timezone(&zone));
    let mut mails: Vec<Mail> = Vec::new();
    let letters: Vec<Mail> = scene
        .letters
        .iter()
        .enumerate()
        .map(|(index, letter)| {
            let mut mail = read(&letter.bytes, format!("{prefix}-{}", index + 1), at.clone());
            mail.letter = Some(words.say("letter", letter.kind.template()));
            mail.html = html(&letter.bytes);
            eyes(&mut mail, letter.role, story, |viewer| letter_hidden(letter, viewer));
            mail
        })
        .collect();
    if let Some((line, bytes)) = &scene.mail {
        let mut mail = read(bytes, format!("{prefix}-0"), at);
        mail.instead = letters.iter().find(|letter| letter.sees.contains(&Role::Officer.code())).map(|letter| letter.id.clone());
        let noticed = mail.instead.is_some();
        eyes(&mut mail, line.role, story, |viewer| mail_hidden(line, viewer, noticed));
        if line.role == Role::Officer {
            mail.instead = None;
        }
        mails.push(mail);
    }
    mails.extend(letters);
    mails
}

fn eyes(mail: &mut Mail, belongs_to: Role, story: &Story, hidden: impl Fn(Role) -> &'static str) {
    for viewer in Role::VIEWERS {
        if viewer == belongs_to {
            mail.sees.push(viewer.code());
        } else if viewer == Role::Respondent && story.respondent.is_none() {
            mail.why.insert(viewer.code(), "no_respondent");
        } else {
            mail.why.insert(viewer.code(), hidden(viewer));
        }
    }
}

fn letter_hidden(letter: &SentLetter, viewer: Role) -> &'static str {
    match (letter.role, viewer) {
        (Role::Nobody, _) => "undelivered",
        (Role::Deputy, Role::Officer) => "deputy",
        (Role::Officer | Role::Deputy, _) => "officer_only",
        (_, Role::Officer) => "to_party",
        (_, Role::Respondent) => "not_released",
        (_, _) => "not_yours",
    }
}

fn mail_hidden(line: &MailLine, viewer: Role, noticed: bool) -> &'static str {
    match (line.role, viewer) {
        (Role::Officer, _) => "internal",
        (_, Role::Officer) if noticed => "in_notice",
        (_, Role::Officer) => "filed",
        (_, Role::Respondent) => "not_released",
        (_, _) => "not_yours",
    }
}

fn read(bytes: &[u8], id: String, at: Bilingual) -> Mail {
    let parsed = MessageParser::default().parse(bytes);
    let shown = |address: Option<&mail_parser::Address<'_>>| {
        let first = address.and_then(|list| list.first());
        first.map(|first| Shown {
            name: first.name().unwrap_or_default().to_owned(),
            address: first.address().unwrap_or_default().to_owned(),
        })
    };
    let attachments = parsed.as_ref().map(|mail| {
        let name = |part: &mail_parser::MessagePart<'_>| part.attachment_name().unwrap_or("…").to_owned();
        mail.attachments().map(name).collect()
    });
    let text = parsed.as_ref().and_then(|mail| mail.body_text(0)).unwrap_or_default().replace("\r\n", "\n");
    Mail {
        id,
        letter: None,
        from: parsed.as_ref().and_then(|mail| shown(mail.from())),
        to: parsed.as_ref().and_then(|mail| shown(mail.to())),
        reply_to: parsed.as_ref().and_then(|mail| shown(mail.reply_to())),
        at,
        subject: parsed.as_ref().and_then(|mail| mail.subject()).unwrap_or_default().to_owned(),
        text: text.trim().to_owned(),
        html: None,
        headers: headers(bytes),
        attachments: attachments.unwrap_or_default(),
        sees: Vec::new(),
        why: BTreeMap::new(),
        instead: None,
    }
}

fn html(bytes: &[u8]) -> Option<String> {
    let mail = MessageParser::default().parse(bytes)?;
    let part = mail.html_part(0).filter(|part| part.is_text_html())?;
    part.text_contents().map(str::to_owned)
}

fn headers(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(SHOWN_HEADER)).unwrap_or_default()).replace("\r\n", "\n");
    text.split("\n\n").next().unwrap_or_default().to_owned()
}
