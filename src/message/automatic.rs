//! Who may be answered by a machine, and whom a machine wrote (M1–M34).

use super::author::Author;
use super::facts::{MailClass, OwnAddresses, Silence};
use super::header::Headers;
use super::identification::{is_addressed_to_us, is_own};
use super::machine_words::{Automatic, Speech, SubjectSign, TextSign};
use super::subject::is_forward;
use crate::model::MailAddress;

/// M14: more hops than this is a loop.
const MOST_HOPS: usize = 50;
/// An absence message is short; a person who tells more than this in so many bytes is believed.
const LONGEST_ABSENCE: usize = 1_500;

/// What the header says about machines.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is one independent sign, and no combination is impossible")]
pub(super) struct Signs {
    /// M5: `Auto-Submitted`, cut and lower case, when it is not `no`.
    submitted: Option<String>,
    /// RFC 5429 section 2.2: the comment behind it says that the mail was refused.
    pub(super) is_rejection: bool,
    /// M24: a field that only machines write.
    by_field: bool,
    /// M24, M28: a rule of the author's own mailbox sent it.
    by_own_rule: bool,
    /// A rule of another mailbox sent it on: the author is whoever wrote it.
    sent_on: bool,
    /// M25, M26.
    subject: SubjectSign,
    /// M66: what is sent on was said by somebody else.
    is_forward: bool,
    /// M7: `Precedence`, or a `List-*` field.
    list_or_bulk: bool,
    /// M7: `Precedence: bulk` or `junk`, which old mail systems write on reports.
    is_bulk: bool,
    /// M7: a newsletter, or a list program about itself.
    is_mass_mail: bool,
    /// M48: a provider returns our mail because its reader complained.
    pub(super) is_complaint: bool,
    /// M2, M4: the topmost `Return-Path` is there and empty.
    pub(super) empty_return_path: bool,
}

impl Signs {
    /// Reads them once. `from` is the address in `From`.
    pub(super) fn of(
        headers: &Headers<'_>,
        subject: &str,
        from: Option<&MailAddress>,
        words: &Automatic,
        speech: &Speech,
    ) -> Self {
        // M5: several fields may stand there; the first that is not `no` counts.
        let written: Vec<String> = headers.raw("Auto-Submitted").collect();
        let submitted = written.iter().map(|value| word(value)).find(|value| !value.is_empty() && value != "no");
        let says_yes = |value: &String| !matches!(word(value).as_str(), "" | "no" | "none" | "false");
        let any = |names: &[String]| names.iter().any(|name| headers.raw(name).any(|value| says_yes(&value)));
        let by_field =
            any(&words.headers.present)
                || words.headers.values.iter().any(|(name, value)| {
                    headers.raw(name).any(|written| written.trim().to_lowercase().starts_with(value.as_str()))
                });
        let rules: Vec<String> = words.headers.rule.iter().flat_map(|name| headers.raw(name)).collect();
        let is_from = |value: &String| {
            value.trim().parse::<MailAddress>().map_or(true, |named| from.is_none_or(|from| from.same_person(&named)))
        };
        let precedence: Vec<String> = headers.raw("Precedence").map(|value| word(&value)).collect();
        let bulk = precedence.iter().any(|value| matches!(value.as_str(), "bulk" | "list" | "junk"));
        let list_or_bulk = bulk || headers.has_prefix("List-");
        let from_newsletter = from.is_some_and(|from| words.mailboxes.sends_newsletters(from.local_part()));
        Self {
            is_rejection: written.iter().any(|value| value.to_lowercase().contains("(rejected)")),
            submitted,
            by_field,
            by_own_rule: rules.iter().any(is_from),
            sent_on: !rules.is_empty() && !rules.iter().any(is_from),
            subject: speech.of_subject(subject),
            is_forward: is_forward(subject),
            list_or_bulk,
            is_bulk: precedence.iter().any(|value| matches!(value.as_str(), "bulk" | "junk")),
            is_mass_mail: any(&words.headers.list_program)
                || (from_newsletter && (bulk || headers.has("List-Unsubscribe") || headers.has("Feedback-ID"))),
            is_complaint: words.headers.complaint.iter().any(|name| headers.has(name)),
            empty_return_path: headers
                .first_raw("Return-Path")
                .is_some_and(|value| value.split_whitespace().collect::<String>() == "<>"),
        }
    }

    /// Whether the header says that no person sent it, or sent it to this one reader.
    pub(super) fn is_automatic(&self) -> bool {
        self.submitted.is_some() || self.is_bulk
    }

    /// Whether the words have to be looked at: a plain new complaint is spared that.
    fn words_matter(&self, answers_us: bool) -> bool {
        answers_us || self.subject != SubjectSign::None || self.empty_return_path || self.by_own_rule
    }

    /// The class of a mail that is no report, no calendar answer and not our own; with the reason. `text` is what the
    /// author newly said.
    ///
    /// `answers_us` is a sign that leads to a letter of ours; without it a subject alone proves nothing (M27).
    pub(super) fn class(&self, author: &Author, answers_us: bool, text: &str, speech: &Speech) -> (MailClass, &'static str) {
        let is_strong = self.subject == SubjectSign::Strong;
        if let Some(submitted) = &self.submitted {
            if submitted.starts_with("auto-replied") {
                return (MailClass::AutoReply, "auto-replied (M5)");
            }
            // R4: a web site rightly marks what it sends; the person in it wrote it.
            if author.is_web_form && !answers_us {
                return (MailClass::Human, "web-form (R4)");
            }
            if author.is_foreign_form && !answers_us && !is_strong {
                return (MailClass::Human, "form-of-somebody-else (M34)");
            }
            if self.sent_on && !answers_us && !is_strong {
                return (MailClass::Human, "sent-on-by-a-rule (M34)");
            }
            if (self.list_or_bulk || self.is_mass_mail) && !answers_us && !is_strong {
                return (MailClass::List, "auto-submitted-to-a-list (M7)");
            }
            return (MailClass::AutoReply, "auto-submitted (M5)");
        }
        if self.by_field {
            return (MailClass::AutoReply, "machine-field (M24)");
        }
        if self.by_own_rule && !author.is_web_form {
            return (MailClass::AutoReply, "rule-of-its-mailbox (M24)");
        }
        if author.is_web_form {
            return (MailClass::Human, "web-form (R4)");
        }
        if author.is_foreign_form && !answers_us {
            return (MailClass::Human, "form-of-somebody-else (M34)");
        }
        let sign = if self.words_matter(answers_us) { speech.of_text(text) } else { TextSign::default() };
        if let Some(reason) = self.by_words(answers_us, sign, text) {
            return (MailClass::AutoReply, reason);
        }
        if is_strong {
            return (MailClass::Human, "machine-subject-without-thread (M27)");
        }
        if self.is_mass_mail && !answers_us {
            return (MailClass::List, "mass-mail (M7)");
        }
        if self.list_or_bulk {
            return (MailClass::Human, "list-of-people (M7)");
        }
        (MailClass::Human, "no-machine-sign (M34)")
    }

    /// M23, M27, M28: subject, thread and words weighed together where no field says anything. People are away too, and
    /// say so; they also want something.
    fn by_words(&self, answers_us: bool, sign: TextSign, text: &str) -> Option<&'static str> {
        let is_brief = text.len() <= LONGEST_ABSENCE && !sign.is_human;
        let asks = text.contains('?');
        match self.subject {
            SubjectSign::Strong if answers_us => Some("machine-subject (M27)"),
            SubjectSign::Strong if is_brief && (sign.kinds >= 2 || sign.says_so) => Some("machine-subject-and-words (M27)"),
            _ if self.is_forward => None,
            SubjectSign::Weak if is_brief && sign.says_so && sign.kinds >= 1 && (answers_us || !asks) => {
                Some("says-it-is-automatic (M28)")
            }
            SubjectSign::Weak if is_brief && !asks && answers_us && sign.kinds >= 2 => Some("subject-and-words (M28)"),
            _ if is_brief && sign.says_so && sign.kinds >= 1 && (answers_us || self.empty_return_path) => {
                Some("says-it-is-automatic (M28)")
            }
            _ if is_brief && !asks && answers_us && self.empty_return_path && sign.kinds >= 3 => {
                Some("words-and-return-path (M28)")
            }
            _ => None,
        }
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
            (self.subject == SubjectSign::Strong && !form, Silence::SuspectedMachine),
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
