//! The cues, from `config/words/offers.toml`: which words ask for which command, and which take it back.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;

/// Cue data that can not be used.
#[derive(Debug, thiserror::Error)]
pub enum CueError {
    /// Not the shape that is expected.
    #[error("the cues in config/words/offers.toml can not be read: {0}")]
    Unreadable(String),
    /// A pattern that is none.
    #[error("the cue {cue:?} in config/words/offers.toml is no pattern: {message}")]
    Pattern {
        /// As written.
        cue: String,
        /// What is wrong.
        message: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    offer: String,
    #[serde(default)]
    states: Vec<String>,
    #[serde(default)]
    not_states: Vec<String>,
    #[serde(default)]
    fact: bool,
    /// What follows the cue is what is to be said or asked, so only the words before its end are guarded.
    #[serde(default)]
    content: bool,
    /// Guards that do not hold for this rule.
    #[serde(default)]
    free_of: Vec<String>,
    cues: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGuard {
    /// Whether the whole sentence counts, or only the clauses that a cue touches.
    #[serde(default)]
    whole_sentence: bool,
    /// Whether the guard also holds for what a command records as a fact.
    #[serde(default)]
    for_facts: bool,
    words: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    macros: BTreeMap<String, String>,
    idioms: Vec<String>,
    request: String,
    lists: BTreeMap<String, Vec<String>>,
    patterns: BTreeMap<String, String>,
    bodies: BTreeMap<String, Vec<String>>,
    guards: BTreeMap<String, WrittenGuard>,
    rules: Vec<WrittenRule>,
}

/// One rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub offer: String,
    pub states: Vec<String>,
    pub not_states: Vec<String>,
    /// Something that happened and that a command records, rather than something asked.
    pub fact: bool,
    /// What follows the cue is content: only what stands before its end can take it back.
    pub content: bool,
    pub free_of: Vec<String>,
    pub cues: Vec<Regex>,
    pub unless: Vec<Regex>,
}

/// What takes a cue back.
#[derive(Debug)]
pub(super) struct Guard {
    pub name: String,
    pub whole_sentence: bool,
    pub for_facts: bool,
    pub words: Vec<Regex>,
}

/// The cues, ready to use. Made once at start-up.
#[derive(Debug)]
pub struct Offers {
    pub(super) idioms: Vec<Regex>,
    pub(super) request: Regex,
    lists: BTreeMap<String, Vec<String>>,
    patterns: BTreeMap<String, Regex>,
    pub(super) bodies: BTreeMap<String, Vec<String>>,
    pub(super) guards: Vec<Guard>,
    pub(super) rules: Vec<Rule>,
}

impl Offers {
    /// The cues that come with the program.
    pub fn builtin() -> Result<Self, CueError> {
        Self::from_toml(include_str!("../../../config/words/offers.toml"))
    }

    /// The same, made once for all desks, and not before a note asks for them. `None` only where the file in the
    /// program is no longer what a test proves.
    pub fn shipped() -> Option<&'static Self> {
        static SHIPPED: LazyLock<Option<Offers>> = LazyLock::new(|| Offers::builtin().ok());
        SHIPPED.as_ref()
    }

    /// Reads and proves cues.
    pub fn from_toml(text: &str) -> Result<Self, CueError> {
        let written: Written = toml::from_str(text).map_err(|error| CueError::Unreadable(error.to_string()))?;
        let pattern = |cue: &String| compiled(cue, &written.macros);
        let all = |cues: &[String]| cues.iter().map(pattern).collect::<Result<Vec<_>, _>>();
        let rules = written.rules.iter().map(|rule| {
            Ok(Rule {
                offer: rule.offer.clone(),
                states: rule.states.clone(),
                not_states: rule.not_states.clone(),
                fact: rule.fact,
                content: rule.content,
                free_of: rule.free_of.clone(),
                cues: all(&rule.cues)?,
                unless: all(&rule.unless)?,
            })
        });
        let guards = written.guards.iter().map(|(name, guard)| {
            Ok(Guard {
                name: name.clone(),
                whole_sentence: guard.whole_sentence,
                for_facts: guard.for_facts,
                words: all(&guard.words)?,
            })
        });
        let patterns = written.patterns.iter().map(|(name, cue)| Ok((name.clone(), pattern(cue)?)));
        Ok(Self {
            idioms: all(&written.idioms)?,
            request: pattern(&written.request)?,
            guards: guards.collect::<Result<_, CueError>>()?,
            rules: rules.collect::<Result<_, CueError>>()?,
            patterns: patterns.collect::<Result<_, CueError>>()?,
            lists: written.lists,
            bodies: written.bodies,
        })
    }

    /// Whether a word stands in a named list.
    pub(super) fn in_list(&self, list: &str, word: &str) -> bool {
        self.lists.get(list).is_some_and(|words| words.iter().any(|known| known == word))
    }

    /// Whether a named pattern occurs.
    pub(super) fn says(&self, pattern: &str, text: &str) -> bool {
        self.patterns.get(pattern).is_some_and(|found| found.is_match(text))
    }

    /// Where a named pattern occurs first.
    pub(super) fn found(&self, pattern: &str, text: &str) -> Option<std::ops::Range<usize>> {
        self.patterns.get(pattern)?.find(text).map(|found| found.range())
    }

    /// The names of the patterns that begin so, in their order.
    pub(super) fn patterns_called<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = (&'a str, &'a Regex)> {
        self.patterns.iter().filter_map(move |(name, found)| Some((name.strip_prefix(prefix)?, found)))
    }
}

/// A cue with its macros filled in, twice since macros may hold macros; `~` is a gap of some words.
fn compiled(cue: &str, macros: &BTreeMap<String, String>) -> Result<Regex, CueError> {
    let mut pattern = cue.to_owned();
    for _ in 0..3 {
        for (name, words) in macros {
            pattern = pattern.replace(&format!("{{{name}}}"), &format!("(?:{words})"));
        }
    }
    let pattern = pattern.replace("(?:~ )?", "(?:[^ ]+ ){0,6}?").replace("(?:~~ )?", "(?:[^ ]+ ){0,14}?");
    let pattern = pattern.replace(" ~ ", " (?:[^ ]+ ){0,6}?").replace(" ~~ ", " (?:[^ ]+ ){0,14}?");
    // A gap does not reach over a comma or another sign.
    let pattern = pattern.replace("[^ ]+ ", "[^ ,;:?!]+ ");
    // Marked sentences have a blank at both ends, so a cue is whole words.
    let whole = match pattern.strip_prefix("^ ") {
        Some(rest) => format!("^ (?:{rest}) "),
        None => format!(" (?:{pattern}) "),
    };
    Regex::new(&whole).map_err(|error| CueError::Pattern { cue: cue.to_owned(), message: error.to_string() })
}
