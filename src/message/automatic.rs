//! Who may be answered by a machine, and whom a machine wrote (M1–M34).

use super::author::Author;
use super::facts::{MailClass, OwnAddresses, Silence};
use super::header::Headers;
use super::identification::{is_addressed_to_us, is_own};
use super::words::Automatic;
use crate::model::MailAddress;

/// M14: more hops than this is a loop.
const MOST_HOPS: usize = 50;

/// What the header says about machines.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent sign, and no combination is impossible")]
pub(super) struct Signs {
    /// M5: `Auto-Submitted`, cut and lower case, when it is not `no`.
    submitted: Option<String>,
    /// M24: a field that only machines write.
    by_field: bool,
    /// M25, M26.
    by_subject: bool,
    /// M7: `Precedence`, or a `List-*` field.
    list_or_bulk: bool,
    /// M2, M4: the topmost `Return-Path` is there and empty.
    pub(super) empty_return_path: bool,
}

impl Signs {
    /// Reads them once.
    pub(super) fn of(headers: &Headers<'_>, subject: &str, words: &Automatic) -> Self {
        // M5: several fields may stand there; the first that is not `no` counts.
        let submitted = headers.raw("Auto-Submitted").map(|value| word(&value)).find(|value| !value.is_empty() && value != "no");
        let says_yes = |value: &String| !matches!(word(value).as_str(), "" | "no" | "none" | "false");
        let by_field =
            words.headers.present.iter().any(|name| headers.raw(name).any(|value| says_yes(&value)))
                || words.headers.values.iter().any(|(name, value)| {
                    headers.raw(name).any(|written| written.trim().to_lowercase().starts_with(value.as_str()))
                });
        let bulk = headers.raw("Precedence").any(|value| matches!(word(&value).as_str(), "bulk" | "list" | "junk"));
        Self {
            submitted,
            by_field,
            by_subject: words.subject.matches(subject),
            list_or_bulk: bulk || headers.has_prefix("List-"),
            empty_return_path: headers
                .first_raw("Return-Path")
                .is_some_and(|value| value.split_whitespace().collect::<String>() == "<>"),
        }
    }

    /// The class of a mail that is no report, no calendar answer and not our own; with the reason.
    ///
    /// `answers_us` is a sign that leads to a letter of ours; without it a subject alone proves nothing (M27).
    pub(super) fn class(&self, author: &Author, answers_us: bool) -> (MailClass, &'static str) {
        if let Some(submitted) = &self.submitted {
            if submitted.starts_with("auto-replied") {
                return (MailClass::AutoReply, "auto-replied (M5)");
            }
            // R4: a web site rightly marks what it sends; the person in it wrote it.
            if author.is_web_form && !answers_us {
                return (MailClass::Human, "web-form (R4)");
            }
            if self.list_or_bulk && !answers_us && !self.by_subject {
                return (MailClass::List, "auto-submitted-to-a-list (M7)");
            }
            return (MailClass::AutoReply, "auto-submitted (M5)");
        }
        if self.by_field {
            return (MailClass::AutoReply, "machine-field (M24)");
        }
        if self.by_subject && answers_us {
            return (MailClass::AutoReply, "machine-subject (M27)");
        }
        if self.by_subject {
            return (MailClass::Human, "machine-subject-without-thread (M27)");
        }
        if author.is_web_form {
            return (MailClass::Human, "web-form (R4)");
        }
        if self.list_or_bulk {
            return (MailClass::Human, "list-of-people (M7)");
        }
        (MailClass::Human, "no-machine-sign (M34)")
    }

    /// Why no automatic answer may go out; the strongest reason first.
    pub(super) fn silence(
        &self,
        headers: &Headers<'_>,
        author: &Author,
        own: &OwnAddresses,
        words: &Automatic,
    ) -> Option<Silence> {
        let Some(person) = &author.person else { return Some(Silence::NoAuthor) };
        // M19: a form's answer goes to the person, so that marks of the form's own transport mean nothing here.
        let form = author.is_web_form;
        let is_system = |address: &MailAddress| words.mailboxes.holds(address.local_part());
        let ours = ["From", "Sender", "Reply-To", "Return-Path"].iter().flat_map(|field| headers.addresses(field));
        let ours = ours.filter_map(|one| one.address?.parse::<MailAddress>().ok()).any(|address| is_own(&address, own));
        let return_path =
            headers.addresses("Return-Path").into_iter().next().and_then(|one| one.address?.parse::<MailAddress>().ok());
        [
            (self.empty_return_path && !form, Silence::EmptyReturnPath),
            (headers.count("Received") > MOST_HOPS, Silence::TooManyHops),
            (ours, Silence::OwnAddress),
            (
                is_system(&person.address) || (!form && return_path.is_some_and(|address| is_system(&address))),
                Silence::SystemMailbox,
            ),
            (self.list_or_bulk && !form, Silence::ListOrBulk),
            (asks_for_silence(headers) && !form, Silence::SuppressRequested),
            (self.by_subject && !form, Silence::SuspectedMachine),
            (!is_addressed_to_us(headers, own), Silence::NotAddressedToUs),
        ]
        .into_iter()
        .find_map(|(holds, silence)| holds.then_some(silence))
    }
}

/// M8: the values of `X-Auto-Response-Suppress` that mean us.
fn asks_for_silence(headers: &Headers<'_>) -> bool {
    headers.raw("X-Auto-Response-Suppress").any(|value| {
        value
            .split([',', ';', ' '])
            .any(|word| ["all", "oof", "autoreply"].iter().any(|one| word.trim().eq_ignore_ascii_case(one)))
    })
}

/// M5: the word before the first `;` or `(`, lower case.
fn word(value: &str) -> String {
    value.split([';', '(']).next().unwrap_or_default().trim().to_lowercase()
}
