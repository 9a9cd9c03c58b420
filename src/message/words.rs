//! The word lists of `config/words/` and `config/triage/`, read once.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::triage::{Judges, TriageError};

/// A word list that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// The file does not follow its form.
    #[error("the word list {file} cannot be read: {source}")]
    Form {
        /// The file under `config/`.
        file: &'static str,
        /// What the reader of TOML says, with the line.
        source: Box<toml::de::Error>,
    },
    /// What triage goes by.
    #[error("config/triage: {0}")]
    Triage(#[from] TriageError),
}

impl WordsError {
    /// Whether trying again can help. A word list stays as it is until somebody changes it.
    pub fn is_temporary(&self) -> bool {
        false
    }
}

/// All words by which mail is understood, ready to be searched for. Made once, shared by every thread.
#[derive(Debug)]
pub struct Words {
    pub(super) automatic: Automatic,
    pub(super) bounce: BounceWords,
    pub(super) quotation: Quotation,
    pub(super) languages: SmallWords,
    pub(super) judges: Judges,
}

impl Words {
    /// The lists that are compiled into the binary.
    pub fn builtin() -> Result<Self, WordsError> {
        Self::with_judges(Judges::builtin()?)
    }

    /// The lists that are compiled into the binary, with weights of triage that an operator has made
    /// (`wederhoor triage train`).
    pub fn with_weights(weights: &[u8]) -> Result<Self, WordsError> {
        Self::with_judges(Judges::with_weights(weights)?)
    }

    fn with_judges(judges: Judges) -> Result<Self, WordsError> {
        let languages: LanguageFile = read("config/words/language.toml", include_str!("../../config/words/language.toml"))?;
        Ok(Self {
            automatic: read("config/words/automatic.toml", include_str!("../../config/words/automatic.toml"))?,
            bounce: read("config/words/bounce.toml", include_str!("../../config/words/bounce.toml"))?,
            quotation: read("config/words/quotation.toml", include_str!("../../config/words/quotation.toml"))?,
            languages: SmallWords::of(languages),
            judges,
        })
    }
}

fn read<T: for<'de> Deserialize<'de>>(file: &'static str, text: &str) -> Result<T, WordsError> {
    toml::from_str(text).map_err(|error| WordsError::Form { file, source: Box::new(error) })
}

/// `config/words/automatic.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Automatic {
    pub(super) subject: SubjectSigns,
    pub(super) headers: HeaderSigns,
    pub(super) mailboxes: SystemMailboxes,
    pub(super) webform: WebForm,
}

/// M25, M26: signs in the subject.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SubjectSigns {
    starts: Vec<String>,
    ends: Vec<String>,
    whole: Vec<String>,
}

impl SubjectSigns {
    /// Whether a subject says that a machine answers.
    pub(super) fn matches(&self, subject: &str) -> bool {
        let subject = subject.trim().to_lowercase();
        self.whole.contains(&subject)
            || starts_with_any(&subject, &self.starts)
            || self.ends.iter().any(|sign| subject.ends_with(sign.as_str()))
    }
}

/// M24: signs in other fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderSigns {
    pub(super) present: Vec<String>,
    pub(super) values: Vec<(String, String)>,
}

/// M9: mailboxes that no machine may answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SystemMailboxes {
    exact: HashSet<String>,
    prefixes: Vec<String>,
    suffixes: Vec<String>,
}

impl SystemMailboxes {
    /// Whether this local part is one.
    pub(super) fn holds(&self, local_part: &str) -> bool {
        let local = local_part.to_lowercase();
        self.exact.contains(&local)
            || starts_with_any(&local, &self.prefixes)
            || self.suffixes.iter().any(|suffix| local.ends_with(suffix.as_str()))
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
    pub(super) senders: HashSet<String>,
    pub(super) subjects: Vec<String>,
    pub(super) late_subjects: Vec<String>,
    pub(super) sentences: Vec<String>,
    pub(super) late_sentences: Vec<String>,
    pub(super) copies: Vec<String>,
    pub(super) receipt: ReceiptWords,
}

/// M46: read receipts in plain words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptWords {
    pub(super) subjects: Vec<String>,
    pub(super) sentences: Vec<String>,
}

/// `config/words/quotation.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quotation {
    pub(super) attribution: Vec<Attribution>,
    pub(super) header_block: HeaderBlock,
    pub(super) separators: Separators,
    pub(super) signature: SignatureWords,
    pub(super) disclaimer: Openings,
    pub(super) banner: Openings,
    pub(super) calendar: Sentences,
}

/// M100: one way in which a quotation is announced.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Attribution {
    pub(super) starts: Vec<String>,
    pub(super) verbs: Vec<String>,
}

/// M100: the labels of Outlook's block.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct HeaderBlock {
    pub(super) from: Vec<String>,
    pub(super) others: Vec<String>,
}

/// Lines between an answer and what it answers.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Separators {
    pub(super) dashed: HashSet<String>,
    pub(super) alone: HashSet<String>,
}

/// M105: lines that a phone adds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatureWords {
    pub(super) starts: Vec<String>,
    pub(super) longest: usize,
    pub(super) most_words: usize,
}

/// Paragraphs known by how they open.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Openings {
    pub(super) starts: Vec<String>,
}

/// Sentences known as a whole.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sentences {
    pub(super) sentences: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageFile {
    language: Vec<LanguageWords>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageWords {
    tag: String,
    /// Whether these words may decide by themselves.
    decides: bool,
    words: Vec<String>,
}

/// The small words of some languages, in one table, because every word of every mail is looked up in it.
#[derive(Debug, Default)]
pub(super) struct SmallWords {
    /// BCP 47 tags, and whether the words of that language may decide by themselves.
    pub(super) tags: Vec<(String, bool)>,
    /// For each word the places in `tags` of the languages that have it.
    pub(super) languages_of: HashMap<String, Vec<usize>>,
}

impl SmallWords {
    fn of(file: LanguageFile) -> Self {
        let mut table = Self::default();
        for language in file.language {
            for word in language.words {
                table.languages_of.entry(word).or_default().push(table.tags.len());
            }
            table.tags.push((language.tag, language.decides));
        }
        table
    }
}

/// Whether a text begins with one of these, which are lower case; the letters of ASCII in either case.
pub(super) fn starts_with_any(text: &str, starts: &[String]) -> bool {
    let text = text.as_bytes();
    starts.iter().any(|start| text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes())))
}

/// Whether a text is one of these, in either case.
pub(super) fn is_any(text: &str, words: &[String]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text)) || (!text.is_ascii() && words.contains(&text.to_lowercase()))
}

/// Whether a text holds one of these.
pub(super) fn contains_any(text: &str, parts: &[String]) -> bool {
    parts.iter().any(|part| text.contains(part.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_in_the_binary_can_be_read() {
        Words::builtin().unwrap();
    }

    #[test]
    fn subjects_of_machines_and_near_misses() {
        let signs = Words::builtin().unwrap().automatic.subject;
        for subject in [
            "Automatisch antwoord: Klacht [2026-0142]",
            "Automatic reply: Complaint",
            "Abwesenheitsnotiz: Beschwerde",
            "Réponse automatique : plainte",
            "AUTO: Sven Prins is out of the office (returning 22-04-2025)",
            "Sven Prins is out of the office",
            "Afwezig",
        ] {
            assert!(signs.matches(subject), "{subject}");
        }
        for subject in [
            "Complaint about automatic reply machine",
            "Re: klacht automatisch bericht",
            "Arts steeds afwezig",
            "Afwezige arts",
            "Klacht over het automatisch antwoord",
        ] {
            assert!(!signs.matches(subject), "{subject}");
        }
    }

    #[test]
    fn system_mailboxes_and_people_with_like_names() {
        let mailboxes = Words::builtin().unwrap().automatic.mailboxes;
        for local in ["MAILER-DAEMON", "no-reply", "NoReply", "owner-lijst", "lijst-request", "lijst-bounces", "majordomo"] {
            assert!(mailboxes.holds(local), "{local}");
        }
        for local in ["abusedin", "rootselaar", "n.reply", "requesta", "postma"] {
            assert!(!mailboxes.holds(local), "{local}");
        }
    }
}
