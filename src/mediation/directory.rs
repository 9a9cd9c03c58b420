//! Where else people can go (domain.md section 5), and standard advice (R22): data in `config/directory/`.

use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;

use crate::model::{Language, LetterKind};

/// After this time an entry should be looked at again (domain.md section 5).
const STALE_AFTER: TimeDelta = TimeDelta::days(365);

/// The same words in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InBoth {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl InBoth {
    /// The words of this language.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
}

/// Which of the referral letters an entry belongs to (T10 to T13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferralKind {
    /// After something grave.
    Calamity,
    /// A claim or another legal matter.
    Legal,
    /// A complaints or disputes committee.
    Committee,
    /// Other help.
    Other,
}

impl ReferralKind {
    /// Its letter.
    pub fn letter(self) -> LetterKind {
        match self {
            Self::Calamity => LetterKind::ReferralCalamity,
            Self::Legal => LetterKind::ReferralLegal,
            Self::Committee => LetterKind::ReferralCommittee,
            Self::Other => LetterKind::ReferralOther,
        }
    }
}

/// One body.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirectoryEntry {
    /// Its Dutch name, as letters give it in every language.
    pub name: String,
    /// Other names under which officers know it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Which letter tells of it.
    pub kind: ReferralKind,
    /// What it does for people, in a sentence or two.
    pub does: InBoth,
    /// What must be done first, by when, and what it costs; absent where nothing is to be said.
    pub conditions: Option<InBoth>,
    /// Telephone.
    pub phone: Option<String>,
    /// Web address, written without a scheme: nothing has to be clicked.
    pub web: Option<String>,
    /// The day on which a person last checked this entry.
    pub checked_on: NaiveDate,
}

/// One piece of standard advice.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Advice {
    /// Its code in `config/words/commands.toml`, where the officer's words for it stand.
    pub topic: String,
    /// The advice.
    pub text: InBoth,
}

/// Everything an officer can refer to or advise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Directory {
    /// Bodies.
    #[serde(default)]
    pub body: Vec<DirectoryEntry>,
    /// Advice.
    #[serde(default)]
    pub advice: Vec<Advice>,
}

impl Directory {
    /// Reads a directory.
    pub fn from_toml(text: &str) -> Result<Self, super::VocabularyError> {
        toml::from_str(text).map_err(|error| super::VocabularyError::Unreadable(error.to_string()))
    }

    /// The directory that comes with the program. The operator checks every line before it is used.
    pub fn builtin() -> Result<Self, super::VocabularyError> {
        Self::from_toml(include_str!("../../config/directory/nl.toml"))
    }

    /// The body with this name or alias.
    pub fn body(&self, name: &str) -> Option<&DirectoryEntry> {
        let wanted = comparable(name);
        self.body
            .iter()
            .find(|entry| comparable(&entry.name) == wanted || entry.aliases.iter().any(|alias| comparable(alias) == wanted))
    }

    /// The advice on this topic.
    pub fn advice(&self, topic: &str) -> Option<&Advice> {
        self.advice.iter().find(|advice| advice.topic == topic)
    }

    /// Entries that nobody has checked for a year.
    pub fn stale(&self, today: NaiveDate) -> impl Iterator<Item = &DirectoryEntry> {
        self.body.iter().filter(move |entry| today - entry.checked_on > STALE_AFTER)
    }
}

fn comparable(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_found_by_its_name_however_it_is_typed() {
        let directory = Directory::builtin().unwrap();
        for name in ["De Geschillencommissie Zorg", "geschillencommissie zorg", "Juridisch Loket", "het juridisch loket", "PVP"] {
            assert!(directory.body(name).is_some(), "{name}");
        }
        assert!(directory.body("de buurman").is_none());
    }

    #[test]
    fn no_name_means_two_bodies_and_each_kind_of_letter_has_one() {
        let directory = Directory::builtin().unwrap();
        let mut names: Vec<String> = directory
            .body
            .iter()
            .flat_map(|entry| std::iter::once(&entry.name).chain(&entry.aliases))
            .map(|n| comparable(n))
            .collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for kind in [ReferralKind::Calamity, ReferralKind::Legal, ReferralKind::Committee, ReferralKind::Other] {
            assert!(directory.body.iter().any(|entry| entry.kind == kind), "{kind:?}");
        }
    }

    #[test]
    fn every_topic_that_an_officer_can_name_has_its_advice() {
        let (directory, words) = (Directory::builtin().unwrap(), crate::mediation::Vocabulary::builtin().unwrap());
        for word in ["formuleren", "aansprakelijkheid", "dossier", "gesprek"] {
            let topic = words.advice.meaning(word).unwrap();
            assert!(directory.advice(topic).is_some(), "{word}");
        }
        assert!(directory.advice.iter().all(|advice| !words.advice.own_word(&advice.topic, Language::Nl).is_empty()));
    }

    #[test]
    fn an_entry_nobody_checked_for_a_year_is_named() {
        let directory = Directory::builtin().unwrap();
        let checked = directory.body.iter().map(|entry| entry.checked_on).max().unwrap();
        assert_eq!(directory.stale(checked).count(), 0);
        assert!(directory.stale(checked + TimeDelta::days(366)).count() > 10);
    }
}
