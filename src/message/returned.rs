//! Bounces and delays that a mail system tells in prose (M38, M39, M45): signs are weighed, because people write about
//! undelivered mail too, quote it and forward it.

use super::bounce::{Claim, Report};
use super::delivery_status::{Returned, address_of, enhanced_status, returned};
use super::facts::{Bounce, MailClass};
use super::header::Headers;
use super::language::prefix;
use super::machine_words::{BounceWords, flat, without_tags};
use super::structure::Part;
use super::words::{contains_any, starts_with_any};
use crate::model::MailAddress;

/// So much of a report is read, in bytes; the copy of our mail comes after it.
const SAMPLE: usize = 16_000;
/// A mail system comes to its point at once; a person says something first. In bytes.
const OPENING: usize = 400;
/// Behind words that announce the address that failed it follows within so many bytes.
const NEAR: usize = 300;
/// Signs that make a report, where something shows that no person sent it.
const ENOUGH: u32 = 4;
/// Signs that make a report where nothing does.
const ENOUGH_ALONE: u32 = 6;

/// What of a report is prose: the words of the mail system, without the copy of our mail.
struct Prose<'t> {
    words: &'t str,
    flat: String,
    copy: Option<&'t str>,
}

impl<'t> Prose<'t> {
    fn of(text: &'t str, words: &BounceWords) -> Self {
        let sample = prefix(text, SAMPLE);
        // Only the letters of ASCII change their case, so that places in one are places in the other.
        let lower = sample.to_ascii_lowercase();
        let copy = words.copies.iter().filter_map(|mark| lower.find(mark.as_str())).min();
        let own = copy.and_then(|at| text.get(..at)).unwrap_or(sample);
        let unquoted: String =
            own.lines().filter(|line| !line.trim_start().starts_with('>')).flat_map(|line| [line, "\n"]).collect();
        Self { words: own, flat: flat(&unquoted), copy: copy.and_then(|at| text.get(at..)) }
    }
}

/// A report in prose, or `None`.
pub(super) fn in_prose(root: &Part<'_>, text: &str, claim: &Claim<'_>, words: &BounceWords) -> Option<Report> {
    let failed_field = root.headers.first_raw("X-Failed-Recipients");
    let subject = without_tags(claim.subject).to_lowercase();
    let says_late = starts_with_any(&subject, &words.late_subjects);
    let says_failed = starts_with_any(&subject, &words.subjects);
    let is_machine = claim.is_mail_system || claim.has_empty_return_path || claim.is_automatic || failed_field.is_some();
    // A person's mail holds none of these; the long search through the text is spared.
    if !is_machine && !says_late && !says_failed {
        return None;
    }
    let prose = Prose::of(text, words);
    let is_opening = |parts: &[String]| contains_any(prefix(&prose.flat, OPENING), parts);
    let sentence = if is_opening(&words.sentences) || is_opening(&words.late_sentences) {
        2
    } else {
        u32::from(contains_any(&prose.flat, &words.sentences) || contains_any(&prose.flat, &words.late_sentences))
    };
    let returned = returned_anyhow(root, &prose);
    let returns_ours = returned.ids.iter().any(|id| id.token().is_some());
    let status = enhanced_status_in(prose.words);
    let has_code = status.is_some() || prose.words.lines().take(200).any(has_reply_code);
    let names_by_line = named_by_line(prose.words, claim).next().is_some();
    let score = 2 * u32::from(claim.is_mail_system)
        + u32::from(claim.has_empty_return_path)
        + u32::from(claim.is_automatic)
        + 2 * u32::from(failed_field.is_some())
        + 2 * u32::from(says_failed || says_late)
        + sentence
        + u32::from(returned.is_there)
        + u32::from(has_code || names_by_line);
    // M39, M40: a mail system that returns a letter of ours, or that writes to the address to which only failures of that
    // letter go.
    let is_proof = claim.is_mail_system && (returns_ours || claim.is_to_return_address);
    // M45: a sign of failure there must be, and one sign is never enough.
    let speaks = says_failed || says_late || sentence > 0 || failed_field.is_some() || (claim.is_mail_system && names_by_line);
    let enough = if is_machine { ENOUGH } else { ENOUGH_ALONE };
    if !is_proof && (score < enough || !speaks) {
        return None;
    }
    let is_late = is_late(&prose.flat, says_late, says_failed, words);
    let (recipient, also_failed) = recipients(failed_field.as_deref(), &prose, &returned, claim, words);
    let action = if is_late { "delayed" } else { "failed" };
    let bounce = Bounce {
        recipient,
        status,
        action: Some(action.to_owned()),
        original_message_id: returned.id,
        also_failed,
        returned_ids: returned.ids,
        envelope: returned.envelope,
    };
    let (class, reason) = if is_late {
        (MailClass::DelayNotice, "delay-in-prose (M36)")
    } else if root.headers.has("X-Failed-Recipients") {
        (MailClass::Bounce, "failed-recipients (M38)")
    } else if is_proof && !returns_ours && score < enough {
        (MailClass::Bounce, "mail-system-at-return-address (M40)")
    } else if is_proof {
        (MailClass::Bounce, "mail-system-returns-our-letter (M39)")
    } else {
        (MailClass::Bounce, "failure-in-prose (M38)")
    };
    Some(Report { class, reason, bounce: Some(bounce) })
}

/// M36: late, unless the words say that nothing more is tried.
fn is_late(flat: &str, says_late: bool, says_failed: bool, words: &BounceWords) -> bool {
    if contains_any(flat, &words.final_sentences) && !says_late {
        return false;
    }
    says_late || contains_any(flat, &words.late_sentences) && !(says_failed && contains_any(flat, &words.final_sentences))
}

/// What prose adds to a report with structure but without the fields: whether it is late, who failed, by which code.
pub(super) fn complete(bounce: &mut Bounce, root: &Part<'_>, text: &str, claim: &Claim<'_>, words: &BounceWords) {
    let prose = Prose::of(text, words);
    let returned = returned_anyhow(root, &prose);
    if bounce.recipient.is_none() {
        let field = root.headers.first_raw("X-Failed-Recipients");
        (bounce.recipient, bounce.also_failed) = recipients(field.as_deref(), &prose, &returned, claim, words);
    }
    if bounce.status.is_none() {
        bounce.status = enhanced_status_in(prose.words);
    }
    if bounce.action.is_none() {
        let subject = without_tags(claim.subject).to_lowercase();
        let late = is_late(&prose.flat, starts_with_any(&subject, &words.late_subjects), false, words);
        bounce.action = Some(if late { "delayed" } else { "failed" }.to_owned());
    }
    bounce.original_message_id = returned.id;
    bounce.returned_ids = returned.ids;
    bounce.envelope = returned.envelope;
}

/// The returned part, or the header of our mail as it was put under the prose.
fn returned_anyhow(root: &Part<'_>, prose: &Prose<'_>) -> Returned {
    let mut found = returned(root);
    if found.id.is_some() {
        return found;
    }
    found.is_there |= prose.copy.is_some();
    // Without a mark the copy may stand in quotation marks, or lines of it may.
    let text = prose.copy.unwrap_or(prose.words);
    let lines: Vec<&str> = text.lines().take(2_000).map(|line| line.trim_start_matches(['>', ' '])).collect();
    let is_field = |line: &&str, name: &str| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if let Some(line) = lines.iter().find(|line| is_field(line, "message-id:")) {
        let fields: Vec<&str> = lines
            .iter()
            .copied()
            .filter(|line| is_field(line, "to:") || is_field(line, "references:"))
            .take(2)
            .chain([*line])
            .collect();
        let fields = format!("{}\n\n", fields.join("\n"));
        let (headers, _) = Headers::split(fields.as_bytes());
        found.add(&headers);
        found.is_there = true;
    }
    found
}

/// The addresses that failed: by field, by the line that names one, behind the words that announce it, or the first
/// that is neither the sender's nor ours; last the one our mail was written to.
fn recipients(
    field: Option<&str>,
    prose: &Prose<'_>,
    returned: &Returned,
    claim: &Claim<'_>,
    words: &BounceWords,
) -> (Option<String>, Vec<String>) {
    let mut found: Vec<String> = Vec::new();
    let mut add = |address: String| {
        if !found.iter().any(|one| one.eq_ignore_ascii_case(&address)) {
            found.push(address);
        }
    };
    let listed = field.into_iter().flat_map(|value| value.split(',')).map(address_of).filter(|one| one.contains('@'));
    listed.for_each(&mut add);
    if found.is_empty() {
        named_by_line(prose.words, claim).for_each(|one| {
            if !found.iter().any(|known| known.eq_ignore_ascii_case(&one)) {
                found.push(one);
            }
        });
    }
    if found.is_empty() {
        found.extend(
            announced(prose.words, claim, words)
                .or_else(|| first_address(prose.words, claim, |line| !is_echo(line, words)))
                .or_else(|| returned.to.clone())
                .or_else(|| first_address(prose.words, claim, |_| true)),
        );
    }
    let mut found = found.into_iter();
    (found.next(), found.take(50).collect())
}

/// `<a@b>:` at the beginning of a line, as qmail, Postfix and Yahoo write it.
fn named_by_line<'t>(text: &'t str, claim: &'t Claim<'_>) -> impl Iterator<Item = String> + 't {
    text.lines().take(400).filter_map(move |line| {
        let line = line.trim_start();
        let (inside, after) = line.strip_prefix('<')?.split_once('>')?;
        let after = after.trim_start();
        if !(after.starts_with(':') || after.is_empty() || after.starts_with('(')) {
            return None;
        }
        foreign_addresses(inside, claim).next()
    })
}

/// The address next after words such as "the following recipient", of those the one whose words come first.
fn announced(text: &str, claim: &Claim<'_>, words: &BounceWords) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let mut places: Vec<(usize, usize)> = words
        .leads
        .iter()
        .flat_map(|lead| lower.match_indices(lead.as_str()).take(3).map(|(at, found)| (at, at + found.len())))
        .collect();
    places.sort_unstable();
    places.into_iter().find_map(|(_, end)| {
        let near = prefix(text.get(end..)?, NEAR);
        // The last word may have been cut.
        let near = if near.len() == NEAR { near.rsplit_once(char::is_whitespace).map_or(near, |(whole, _)| whole) } else { near };
        near.lines().filter(|line| !is_echo(line, words)).find_map(|line| foreign_addresses(line, claim).next())
    })
}

/// The first address in a line of this kind.
fn first_address(text: &str, claim: &Claim<'_>, is_meant: impl Fn(&str) -> bool) -> Option<String> {
    text.lines().take(200).filter(|line| is_meant(line)).find_map(|line| foreign_addresses(line, claim).next())
}

/// A line that repeats the header of our mail.
fn is_echo(line: &str, words: &BounceWords) -> bool {
    starts_with_any(line.trim_start_matches([' ', '\t', '*', '-', '>', '\u{a0}']), &words.echoes)
}

/// The addresses in a line that are neither the mail system's own nor ours.
fn foreign_addresses<'t>(line: &'t str, claim: &'t Claim<'_>) -> impl Iterator<Item = String> + 't {
    line.split([' ', '<', '>', '(', ')', '"', '\'', ',', ';', '\t', '[', ']', '*', '=']).filter_map(move |word| {
        if !word.contains('@') {
            return None;
        }
        let word = word.rsplit(':').find(|part| part.contains('@')).unwrap_or(word).trim_matches([':', '.', '!', '?']);
        let address = word.parse::<MailAddress>().ok().filter(|address| address.domain().contains('.'))?;
        let local = address.local_part().to_lowercase();
        let is_system = local == "postmaster" || local.starts_with("mailer-daemon");
        let is_known = claim.from.is_some_and(|from| from.same_person(&address)) || (claim.is_to_us)(&address);
        (!is_system && !is_known).then(|| address.as_str().to_owned())
    })
}

/// A status stands beside the word of a reply code or in parentheses; a version number does not.
fn enhanced_status_in(text: &str) -> Option<String> {
    const NEAR: [&str; 15] =
        ["#", "550", "551", "552", "553", "554", "421", "450", "451", "452", "smtp", "status", "remote", "error", "fout"];
    text.lines().take(400).find_map(|line| {
        let lower = line.to_ascii_lowercase();
        let is_near =
            NEAR.iter().any(|sign| lower.contains(sign)) || lower.trim_start_matches([' ', '-']).starts_with(['4', '5']);
        is_near.then(|| enhanced_status(line)).flatten()
    })
}

/// RFC 5321 section 4.2: a reply code of a refusal, standing alone.
fn has_reply_code(line: &str) -> bool {
    line.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|byte| byte.is_ascii_digit()))
}
