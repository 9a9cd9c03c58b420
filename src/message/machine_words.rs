//! The words by which machines are known: `config/words/automatic*.toml` and `config/words/bounce.toml`.

use std::collections::HashSet;

use aho_corasick::AhoCorasick;
use serde::Deserialize;

use super::words::starts_with_any;

/// `config/words/automatic.toml`: signs in the header, in no language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Automatic {
    pub(super) headers: HeaderSigns,
    pub(super) mailboxes: SystemMailboxes,
    pub(super) webform: WebForm,
}

/// `config/words/automatic.<language>.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MachineSpeech {
    subject: SubjectSigns,
    text: TextSigns,
}

/// M25, M26: signs in the subject.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubjectSigns {
    starts: Vec<String>,
    ends: Vec<String>,
    whole: Vec<String>,
    weak: Vec<String>,
}

/// What machines say, by what it tells; and what only people say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TextSigns {
    says_so: Vec<String>,
    away: Vec<String>,
    no_access: Vec<String>,
    instead: Vec<String>,
    returns: Vec<String>,
    received: Vec<String>,
    human: Vec<String>,
}

/// How much a subject says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SubjectSign {
    /// Nothing.
    None,
    /// People write this too.
    Weak,
    /// M25, M26: hardly anybody but a machine begins like this.
    Strong,
}

/// What a text tells, one bit a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    SaysSo,
    Away,
    NoAccess,
    Instead,
    Returns,
    Received,
    Human,
}

/// What the words of a mail say of their author.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct TextSign {
    /// The mail itself says that it was made by a machine.
    pub(super) says_so: bool,
    /// How many of the other things that absence messages and confirmations say.
    pub(super) kinds: usize,
    /// Something only a person says.
    pub(super) is_human: bool,
}

/// Every language's lists in one.
#[derive(Debug)]
pub(super) struct Speech {
    subject: SubjectSigns,
    phrases: AhoCorasick,
    kinds: Vec<Kind>,
}

/// So much of a text decides whether a machine speaks, in bytes.
const SAMPLE: usize = 4_000;

impl Speech {
    /// Joins the lists of all languages.
    pub(super) fn new(languages: Vec<MachineSpeech>) -> Result<Self, Box<aho_corasick::BuildError>> {
        let mut subject = SubjectSigns::default();
        let (mut patterns, mut kinds) = (Vec::new(), Vec::new());
        for MachineSpeech { subject: signs, text } in languages {
            subject.starts.extend(signs.starts);
            subject.ends.extend(signs.ends);
            subject.whole.extend(signs.whole);
            subject.weak.extend(signs.weak);
            for (kind, phrases) in [
                (Kind::SaysSo, text.says_so),
                (Kind::Away, text.away),
                (Kind::NoAccess, text.no_access),
                (Kind::Instead, text.instead),
                (Kind::Returns, text.returns),
                (Kind::Received, text.received),
                (Kind::Human, text.human),
            ] {
                kinds.extend(phrases.iter().map(|_| kind));
                patterns.extend(phrases);
            }
        }
        Ok(Self { subject, phrases: AhoCorasick::new(patterns).map_err(Box::new)?, kinds })
    }

    /// What a subject says, past tags such as `[EXTERN]`.
    pub(super) fn of_subject(&self, subject: &str) -> SubjectSign {
        let subject = without_tags(subject).to_lowercase();
        let signs = &self.subject;
        let strong = signs.whole.contains(&subject)
            || starts_with_any(&subject, &signs.starts)
            || signs.ends.iter().any(|sign| subject.ends_with(sign.as_str()));
        if strong {
            SubjectSign::Strong
        } else if signs.weak.iter().any(|sign| subject.contains(sign.as_str())) {
            SubjectSign::Weak
        } else {
            SubjectSign::None
        }
    }

    /// What a text says.
    pub(super) fn of_text(&self, text: &str) -> TextSign {
        let text = flat(super::language::prefix(text, SAMPLE));
        let mut seen = [false; 7];
        for found in self.phrases.find_overlapping_iter(&text) {
            let kind = self.kinds.get(found.pattern().as_usize()).copied();
            // Who quotes a machine is none.
            let before = text.get(..found.start()).and_then(|before| before.chars().next_back());
            if kind == Some(Kind::SaysSo) && before.is_some_and(|c| "\"'\u{201c}\u{201e}\u{2018}\u{ab}\u{201d}".contains(c)) {
                continue;
            }
            if let Some(seen) = kind.and_then(|kind| seen.get_mut(kind as usize)) {
                *seen = true;
            }
        }
        let [says_so, away, no_access, instead, returns, received, is_human] = seen;
        let kinds = [away, no_access, instead, returns, received].iter().filter(|seen| **seen).count();
        TextSign { says_so, kinds, is_human }
    }
}

/// Past `[EXTERN]` and `***SPAM***`, which gateways put before a subject (M65).
pub(super) fn without_tags(subject: &str) -> &str {
    let mut rest = subject.trim();
    loop {
        let after = rest.strip_prefix('[').and_then(|tag| tag.split_once(']')).map(|(_, after)| after);
        let after = after.or_else(|| rest.strip_prefix("***").and_then(|tag| tag.split_once("***")).map(|(_, after)| after));
        match after.map(str::trim_start).filter(|after| !after.is_empty()) {
            Some(after) => rest = after,
            None => return rest.trim_start_matches('*'),
        }
    }
}

/// Lower case, every run of blanks and line ends one blank, curly apostrophes straight: sentences are found across lines.
pub(super) fn flat(text: &str) -> String {
    let mut flat = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !flat.is_empty() {
            flat.push(' ');
        }
        flat.extend(word.chars().flat_map(|c| if c == '\u{2019}' { '\'' } else { c }.to_lowercase()));
    }
    flat
}

/// M24: signs in other fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderSigns {
    pub(super) present: Vec<String>,
    pub(super) values: Vec<(String, String)>,
    /// Fields that name the mailbox whose rule sent the mail.
    pub(super) rule: Vec<String>,
    /// Fields of list programs.
    pub(super) list_program: Vec<String>,
    /// Fields of a provider's complaint about our mail (M48).
    pub(super) complaint: Vec<String>,
}

/// M9: mailboxes that no machine may answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SystemMailboxes {
    exact: HashSet<String>,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
    newsletters: HashSet<String>,
}

impl SystemMailboxes {
    /// Whether this local part is one.
    pub(super) fn holds(&self, local_part: &str) -> bool {
        let local = local_part.to_lowercase();
        self.exact.contains(&local)
            || starts_with_any(&local, &self.prefixes)
            || self.suffixes.iter().any(|suffix| local.ends_with(suffix.as_str()))
    }

    /// Whether newsletters come from such a local part.
    pub(super) fn sends_newsletters(&self, local_part: &str) -> bool {
        self.newsletters.contains(&local_part.to_lowercase())
    }
}

/// R4: what web forms look like.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WebForm {
    pub(super) senders: HashSet<String>,
    pub(super) name_labels: HashSet<String>,
    pub(super) address_labels: HashSet<String>,
}

/// `config/words/bounce.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BounceWords {
    senders: HashSet<String>,
    sender_starts: Vec<String>,
    sender_names: Vec<String>,
    pub(super) subjects: Vec<String>,
    pub(super) late_subjects: Vec<String>,
    pub(super) sentences: Vec<String>,
    pub(super) late_sentences: Vec<String>,
    pub(super) final_sentences: Vec<String>,
    pub(super) copies: Vec<String>,
    pub(super) leads: Vec<String>,
    pub(super) echoes: Vec<String>,
    pub(super) receipt: ReceiptWords,
}

impl BounceWords {
    /// M39: whether a mail system writes under this address and name.
    pub(super) fn is_mail_system(&self, local_part: &str, name: Option<&str>) -> bool {
        let local = local_part.trim_matches('"').to_lowercase().replace(' ', "-");
        self.senders.contains(&local)
            || starts_with_any(&local, &self.sender_starts)
            || name.is_some_and(|name| starts_with_any(name.trim().trim_matches('"'), &self.sender_names))
    }
}

/// M46: read receipts in plain words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptWords {
    pub(super) subjects: Vec<String>,
    pub(super) openings: Vec<String>,
    pub(super) sentences: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::words::Words;

    #[test]
    fn subjects_of_machines_and_near_misses() {
        let speech = Words::builtin().unwrap().speech;
        for subject in [
            "Automatisch antwoord: Klacht [2026-0142]",
            "[EXTERN] Automatic reply: Complaint",
            "Abwesenheitsnotiz: Beschwerde",
            "Réponse automatique : plainte",
            "AUTO: Sven Prins is out of the office (returning 22-04-2025)",
            "Sven Prins is out of the office",
            "Bert Visser is afwezig.",
            "Afwezig",
            "Respuesta automática: queja",
        ] {
            assert_eq!(speech.of_subject(subject), SubjectSign::Strong, "{subject}");
        }
        for subject in [
            "Complaint about automatic reply machine",
            "Re: klacht automatisch bericht",
            "Arts steeds afwezig",
            "Afwezige arts",
            "Klacht over het automatisch antwoord",
            "Re: Automatic reply: Complaint",
            "Niet aanwezige tandarts",
        ] {
            assert_ne!(speech.of_subject(subject), SubjectSign::Strong, "{subject}");
        }
    }

    #[test]
    fn words_are_weighed_by_what_they_tell() {
        let speech = Words::builtin().unwrap().speech;
        let away = speech.of_text("Ik ben\nafwezig tot 3 mei. Voor   dringende zaken: balie. Mijn mail wordt niet gelezen.");
        assert_eq!(away, TextSign { says_so: false, kinds: 3, is_human: false });
        assert!(speech.of_text("Sorry voor mijn late antwoord, ik ben afwezig geweest.").is_human);
        assert_eq!(speech.of_text("De slagboom ging niet open."), TextSign::default());
        assert!(speech.of_text("This is an automated response to your message.").says_so);
        assert!(!speech.of_text("Ik krijg alleen: \"Dit is een automatisch antwoord\".").says_so);
    }

    #[test]
    fn system_mailboxes_and_people_with_like_names() {
        let words = Words::builtin().unwrap();
        let mailboxes = &words.automatic.mailboxes;
        for local in ["MAILER-DAEMON", "no-reply", "NoReply", "owner-lijst", "lijst-request", "lijst-bounces", "majordomo"] {
            assert!(mailboxes.holds(local), "{local}");
        }
        for local in ["abusedin", "rootselaar", "n.reply", "requesta", "postma"] {
            assert!(!mailboxes.holds(local), "{local}");
            assert!(!words.bounce.is_mail_system(local, Some("W. Postma")), "{local}");
        }
        assert!(words.bounce.is_mail_system("MicrosoftExchange329e71ec88ae", Some("Microsoft Outlook")));
        assert!(words.bounce.is_mail_system("admin", Some("Mail Delivery Subsystem")));
    }
}
