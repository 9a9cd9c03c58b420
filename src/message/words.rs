//! The word lists of `config/words/` and `config/triage/`, read once.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::machine_words::{Automatic, BounceWords, MachineSpeech, Speech};
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
    /// The words could not be made into one search.
    #[error("the words under config cannot be searched for: {0}")]
    Search(#[from] Box<aho_corasick::BuildError>),
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
    pub(super) speech: Speech,
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
        let speech: [(&'static str, &str); 5] = [
            ("config/words/automatic.nl.toml", include_str!("../../config/words/automatic.nl.toml")),
            ("config/words/automatic.en.toml", include_str!("../../config/words/automatic.en.toml")),
            ("config/words/automatic.de.toml", include_str!("../../config/words/automatic.de.toml")),
            ("config/words/automatic.fr.toml", include_str!("../../config/words/automatic.fr.toml")),
            ("config/words/automatic.other.toml", include_str!("../../config/words/automatic.other.toml")),
        ];
        let speech = speech.into_iter().map(|(file, text)| read::<MachineSpeech>(file, text)).collect::<Result<_, _>>()?;
        Ok(Self {
            speech: Speech::new(speech)?,
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

/// `config/words/quotation.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quotation {
    pub(super) attribution: Vec<Attribution>,
    pub(super) header_block: HeaderBlock,
    pub(super) separators: Separators,
    pub(super) signature: SignatureWords,
    pub(super) disclaimer: Disclaimer,
    pub(super) banner: Banner,
    pub(super) inline: Inline,
    pub(super) calendar: CalendarSigns,
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
    /// Parts of such lines that say that a mail is passed on.
    pub(super) forwards: Vec<String>,
    /// M104: parts of a line that help desks put above their letters.
    pub(super) reply_markers: Vec<String>,
}

/// M105: lines that a phone adds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignatureWords {
    pub(super) starts: Vec<String>,
    /// Lines known as a whole, without a full stop at the end.
    pub(super) whole: Vec<String>,
    pub(super) longest: usize,
    pub(super) most_words: usize,
}

/// M106: legal texts, known by how a paragraph opens and by what it goes on to say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Disclaimer {
    pub(super) titles: Vec<String>,
    pub(super) starts: Vec<String>,
    pub(super) surely: Vec<String>,
    pub(super) also: Vec<String>,
}

/// M106: warnings above a mail, known in the same way.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Banner {
    pub(super) starts: Vec<String>,
    pub(super) also: Vec<String>,
}

/// M101: how people announce answers that they typed into the text below.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Inline {
    pub(super) announcements: Vec<String>,
}

/// What calendar programs write into an answer to an invitation; all lower case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CalendarSigns {
    pub(super) sentences: Vec<String>,
    pub(super) notes: Vec<String>,
    pub(super) accepted: Vec<String>,
    pub(super) declined: Vec<String>,
    pub(super) tentative: Vec<String>,
    pub(super) proposed: Vec<String>,
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
}
