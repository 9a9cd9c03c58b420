//! One mail understood: the order in which questions are asked (M1, M22).

use std::panic::{AssertUnwindSafe, catch_unwind};

use chrono::TimeDelta;

use super::author::{Author, author};
use super::automatic::Signs;
use super::body::Body;
use super::bounce::{Claim, report};
use super::content_key::{content_key, of_bytes};
use super::facts::{CalendarAnswer, Clue, MailClass, MailFacts, OwnAddresses, Problem, Triage};
use super::identification::{clues, is_own, leads_to_us, own_mark, references};
use super::language::{language_of, prefix};
use super::own_text::{OwnText, own_text};
use super::structure::Part;
use super::subject::{is_forward, is_reply};
use super::words::{Words, contains_any};
use super::{calendar, triage};
use crate::model::{Instant, MailAddress};

/// M110: no more of a mail than this is read, in bytes. All of it is kept.
const LONGEST_MAIL: usize = 50 * 1024 * 1024;
/// Longest subject that is kept, in bytes.
const LONGEST_SUBJECT: usize = 500;
/// A clock may be wrong by so many hours before its date is called one of the future (M115).
const CLOCK_ERROR_HOURS: i64 = 26;

/// Reads a mail. Total: whatever the bytes are, facts come out, with a key (M93). `now` is needed for nothing but
/// telling dates in the future.
pub fn understand(bytes: &[u8], own: &OwnAddresses, words: &Words, now: Instant) -> MailFacts {
    // The field readers are somebody else's code: should one fail, this mail is filed unread and the next is read (M93).
    catch_unwind(AssertUnwindSafe(|| read(bytes, own, words, now)))
        .unwrap_or_else(|_| unreadable(bytes, "reader-failed (M93)", Problem::ReaderFailed))
}

fn read(bytes: &[u8], own: &OwnAddresses, words: &Words, now: Instant) -> MailFacts {
    if bytes.is_empty() {
        return unreadable(bytes, "empty (M34)", Problem::Empty);
    }
    let read = bytes.get(..bytes.len().min(LONGEST_MAIL)).unwrap_or_default();
    // M114: a mail whose lines end in a bare CR is read as if they ended in LF.
    let repaired: Vec<u8>;
    let lines = if memchr::memchr(b'\n', read).is_none() && memchr::memchr(b'\r', read).is_some() {
        repaired = read.iter().map(|byte| if *byte == b'\r' { b'\n' } else { *byte }).collect();
        repaired.as_slice()
    } else {
        read
    };
    let tree = Part::read(lines);
    let headers = &tree.root.headers;
    if headers.is_empty() {
        let mut facts = unreadable(bytes, "no-headers (M34)", Problem::NoHeaders);
        // What stands there is shown to the officer all the same.
        let body = Body::of(&tree.root);
        body.text.trim().clone_into(&mut facts.reply_text);
        facts.says_something = !facts.reply_text.is_empty();
        facts.full_text = body.text;
        return facts;
    }

    let body = Body::of(&tree.root);
    let mut problems = problems(&tree.root, &body, bytes.len(), tree.was_exceeded);
    let subject = prefix(&headers.text("Subject").unwrap_or_default(), LONGEST_SUBJECT).to_owned();
    let author = author(headers, &body.text, own, &words.automatic.webform, &mut problems);
    let message_id = headers.ids("Message-ID").into_iter().next();
    if message_id.is_none() {
        problems.push(Problem::NoMessageId);
    }
    let claimed_date = headers.date("Date");
    match claimed_date {
        None => problems.push(Problem::NoDate),
        Some(date) if date > now + TimeDelta::hours(CLOCK_ERROR_HOURS) => problems.push(Problem::DateInFuture),
        Some(_) => {}
    }

    let clues = clues(headers, &subject, &body.text, own);
    let references = references(headers);
    // `inspect` without a desk knows no id of ours: then whatever answers something may answer us.
    let answers_us = clues.iter().any(leads_to_us) || (own.addresses.is_empty() && !references.is_empty());
    let from = author.transmitter.as_ref().or(author.person.as_ref());
    let from_name = from.and_then(|from| from.name.clone());
    let from = from.map(|mailbox| &mailbox.address);
    let signs = Signs::of(headers, &subject, from, &words.automatic, &words.speech);
    let answers = !references.is_empty() || answers_us || is_reply(&subject);
    let mut own_words = own_text(&body.text, !answers || is_forward(&subject), &words.quotation);
    let event = calendar_object(&body, from, answers_us, &subject, &own_words, words);

    // M22: our own trace, which nobody else knows; then bounce, receipt and report; then calendar; then the rest.
    let addressees = headers.addresses("To");
    let claim = Claim {
        from,
        subject: &subject,
        is_mail_system: match from {
            Some(from) => words.bounce.is_mail_system(from.local_part(), from_name.as_deref()),
            // RFC 5321 section 6.1 leaves the header of a report free: some come from nobody.
            None => headers.has("From"),
        },
        has_empty_return_path: signs.empty_return_path,
        is_automatic: signs.is_automatic(),
        is_rejection: signs.is_rejection,
        is_to_return_address: clues.iter().any(|clue| matches!(clue, Clue::Returned(_))),
        is_to_us: &|address| {
            is_own(address, own)
                || addressees
                    .iter()
                    .filter_map(|one| one.address.as_deref())
                    .any(|one| one.eq_ignore_ascii_case(address.as_str()))
        },
    };
    let mut bounce = None;
    let (class, reason) = if let Some(reason) = own_mark(headers, message_id.as_ref(), own) {
        (MailClass::Own, reason)
    } else if let Some(report) = report(&tree.root, &body.text, &claim, &words.bounce) {
        bounce = report.bounce;
        (report.class, report.reason)
    } else if let Some(reason) = event.as_ref().and_then(calendar::class_reason) {
        (MailClass::CalendarReply, reason)
    } else if signs.is_complaint {
        (MailClass::AbuseReport, "complaint-of-a-provider (M48)")
    } else if from.is_some_and(|from| is_own(from, own)) && !author.is_web_form {
        (MailClass::Own, "own-address (M10)")
    } else {
        let said = if own_words.text.trim().is_empty() { body.text.as_str() } else { own_words.text.as_str() };
        signs.class(&author, answers_us, said, &words.speech)
    };
    if class == MailClass::CalendarReply {
        own_words = calendar::typed_with(own_words, event.as_ref(), &words.quotation.calendar);
    }
    if matches!(class, MailClass::Bounce | MailClass::DelayNotice | MailClass::Receipt | MailClass::AbuseReport) {
        // M41: nobody said anything, and least of all what the returned copy says.
        own_words = OwnText::default();
    }
    let language = language_of(if own_words.text.is_empty() { &body.text } else { &own_words.text }, &words.languages);
    // Only people's new words are judged: our own letters speak of 112 and of lawyers (domain.md section 6, rule a).
    let triage = if class == MailClass::Human && own_words.says_something {
        triage::judge(&subject, &own_words.text, answers, &words.judges)
    } else {
        Triage::default()
    };
    let silence = signs.silence(headers, &author, own, &words.automatic);
    let key = content_key(bytes, headers, message_id.as_ref(), &body.text);
    let Author { person, transmitter, .. } = author;
    MailFacts {
        key,
        class,
        class_reason: reason.to_owned(),
        silence,
        author: person,
        from: transmitter,
        message_id,
        references,
        subject,
        claimed_date,
        language,
        reply_text: own_words.text,
        full_text: body.text,
        says_something: own_words.says_something,
        cuts: own_words.cuts,
        attachments: body.attachments,
        clues,
        bounce,
        calendar: event,
        triage,
        problems,
        size: bytes.len(),
    }
}

/// What a calendar wrote: as a part, as a file, in Outlook's own format, or in nothing but the subject.
fn calendar_object(
    body: &Body,
    from: Option<&MailAddress>,
    answers_us: bool,
    subject: &str,
    own_words: &OwnText,
    words: &Words,
) -> Option<CalendarAnswer> {
    let signs = &words.quotation.calendar;
    // A person who begins a subject with "Geaccepteerd:" says more in their own words than a calendar does.
    let said_by_a_program = !own_words.says_something || contains_any(&own_words.text.to_lowercase(), &signs.sentences);
    calendar::read(&body.calendars, from)
        .or_else(|| calendar::of_winmail(body.winmail.as_deref()?, from))
        .or_else(|| calendar::of_subject(subject, signs).filter(|_| answers_us && said_by_a_program))
}

fn problems(root: &Part<'_>, body: &Body, size: usize, too_many_parts: bool) -> Vec<Problem> {
    let mut fields_were_cut = false;
    root.walk(&mut |part| fields_were_cut |= part.headers.was_cut);
    let mut problems = body.problems.clone();
    for (holds, problem) in [
        (root.headers.has_nul, Problem::NulBytes),
        (root.headers.has_eight_bit, Problem::EightBitHeaders),
        (too_many_parts, Problem::TooManyParts),
        (fields_were_cut, Problem::HeaderTooLong),
        (size > LONGEST_MAIL, Problem::TooLarge),
    ] {
        if holds && !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}

fn unreadable(bytes: &[u8], reason: &str, problem: Problem) -> MailFacts {
    MailFacts {
        key: of_bytes(bytes),
        class: MailClass::Unreadable,
        class_reason: reason.to_owned(),
        silence: Some(super::facts::Silence::NoAuthor),
        author: None,
        from: None,
        message_id: None,
        references: Vec::new(),
        subject: String::new(),
        claimed_date: None,
        language: "und".to_owned(),
        reply_text: String::new(),
        full_text: String::new(),
        says_something: false,
        cuts: Vec::new(),
        attachments: Vec::new(),
        clues: Vec::new(),
        bounce: None,
        calendar: None::<CalendarAnswer>,
        triage: Triage::default(),
        problems: vec![problem],
        size: bytes.len(),
    }
}
