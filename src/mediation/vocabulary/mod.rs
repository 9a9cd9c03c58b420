//! The words of the officer's mail language, from `config/words/commands.toml`.

mod verb;
mod words;

use serde::Deserialize;

use super::particulars::{AgreementsKept, Dispute, Measure, Profession, Theme};
use crate::model::{ComplaintKind, Flag, Language, Outcome, Purpose};

pub use verb::Verb;
pub use words::{WordTable, Words, plain};

/// What `#machtiging` does with proof from somebody who writes for another (rows 10, 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthorisationStep {
    /// Asks for it.
    Ask,
    /// Accepts it.
    Accept,
    /// Refuses it.
    Refuse,
}

/// Why a talk was not held (row 29).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotHeldReason {
    /// Somebody called it off.
    CalledOff,
    /// Somebody did not appear.
    NotAppeared,
}

/// Words of a period, beside the names of months and numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PeriodWord {
    /// A year.
    Year,
    /// A quarter.
    Quarter,
    /// A month.
    Month,
    /// The one that runs.
    Current,
    /// The one before it.
    Previous,
    /// The first.
    First,
    /// The second.
    Second,
    /// The third.
    Third,
    /// The fourth.
    Fourth,
    /// A word that adds nothing.
    Filler,
}

/// What becomes of a request about somebody's own data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestWord {
    /// The person has an answer.
    Answered,
}

/// What `#nieuw` is told of a complaint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationField {
    /// Who complains.
    Name,
    /// Where letters go.
    Email,
    /// Where the complainant can be phoned.
    Phone,
    /// The day on which the complaint came.
    Received,
}

/// What `#cijfers` records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureField {
    /// The unit or location.
    Unit,
    /// The profession of who is complained about.
    Profession,
    /// What the organisation does about it.
    Measures,
    /// Where else it went.
    Disputes,
    /// Whether what was agreed was done.
    Agreements,
    /// What the answer to the follow-up speaks of.
    Themes,
}

/// All words of the officer's language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vocabulary {
    /// Commands.
    pub commands: WordTable<Verb>,
    /// Results of `#sluiten`; some of them also of `#gehouden`.
    pub outcomes: WordTable<Outcome>,
    /// Kinds of complaint (R2).
    pub kinds: WordTable<ComplaintKind>,
    /// What the complainant wants to reach (R9).
    pub purposes: WordTable<Purpose>,
    /// Flags (domain.md section 3).
    pub flags: WordTable<Flag>,
    /// Steps of `#machtiging`.
    pub authorisation: WordTable<AuthorisationStep>,
    /// Reasons of `#niet-gehouden`.
    pub not_held: WordTable<NotHeldReason>,
    /// Steps of `#inzage` and `#wissen`.
    pub requests: WordTable<RequestWord>,
    /// Periods of `#rapport`.
    pub periods: WordTable<PeriodWord>,
    /// Languages that letters exist in.
    pub languages: WordTable<Language>,
    /// Fields of `#nieuw`.
    pub registration: WordTable<RegistrationField>,
    /// Fields of `#cijfers`, and what may stand in them (domain.md section 2.5).
    pub figure_fields: WordTable<FigureField>,
    /// Professions.
    pub professions: WordTable<Profession>,
    /// Measures of the organisation.
    pub measures: WordTable<Measure>,
    /// Bodies outside the organisation.
    pub disputes: WordTable<Dispute>,
    /// Whether agreements were kept.
    pub agreements_kept: WordTable<AgreementsKept>,
    /// Themes of answers to the follow-up.
    pub themes: WordTable<Theme>,
    /// Standard advice by its code (R22).
    pub advice: WordTable<String>,
    /// Words that connect others in a list and mean nothing by themselves.
    pub fillers: Vec<String>,
    /// Words for "there is none" and "not that".
    pub nothing: Words,
    /// What may stand behind a command, as a refusal shows it.
    pub examples: WordTable<Verb>,
    /// Words that are grades, for answers to the follow-up.
    grades: WordTable<String>,
}

/// A word list that can not be used.
#[derive(Debug, thiserror::Error)]
pub enum VocabularyError {
    /// Not the shape that is expected.
    #[error("the word list config/words/commands.toml can not be read: {0}")]
    Unreadable(String),
    /// One word for two meanings would make a command do the wrong thing.
    #[error("the word list config/words/commands.toml gives the word {0:?} two meanings")]
    Ambiguous(String),
    /// What is typed is compared without capitals and accents; this word would never be met.
    #[error("write the word {0:?} in config/words/commands.toml in lower case and without accents")]
    NotPlain(String),
    /// A command nobody can give.
    #[error("the word list config/words/commands.toml has no words for the command {0:?}")]
    Missing(Verb),
}

impl Vocabulary {
    /// Reads and proves a word list.
    pub fn from_toml(text: &str) -> Result<Self, VocabularyError> {
        let words: Self = toml::from_str(text).map_err(|error| VocabularyError::Unreadable(error.to_string()))?;
        if let Some(verb) = Verb::ALL.into_iter().find(|verb| words.command_word(*verb, Language::Nl).is_empty()) {
            return Err(VocabularyError::Missing(verb));
        }
        words.proved()
    }

    fn proved(self) -> Result<Self, VocabularyError> {
        let proofs = [
            proof(&self.commands),
            proof(&self.outcomes),
            proof(&self.kinds),
            proof(&self.purposes),
            proof(&self.flags),
            proof(&self.authorisation),
            proof(&self.not_held),
            proof(&self.requests),
            proof(&self.periods),
            proof(&self.languages),
            proof(&self.registration),
            proof(&self.figure_fields),
            proof(&self.professions),
            proof(&self.measures),
            proof(&self.disputes),
            proof(&self.agreements_kept),
            proof(&self.themes),
            proof(&self.advice),
            proof(&self.grades),
        ];
        proofs.into_iter().collect::<Result<(), _>>().map(|()| self)
    }

    /// The word list that comes with the program.
    pub fn builtin() -> Result<Self, VocabularyError> {
        Self::from_toml(include_str!("../../../config/words/commands.toml"))
    }

    /// What this word commands.
    pub fn verb(&self, word: &str) -> Option<Verb> {
        self.commands.meaning(word).copied()
    }

    /// The outcome that this word names.
    pub fn outcome(&self, word: &str) -> Option<Outcome> {
        self.outcomes.meaning(word).copied()
    }

    /// The grade that this word names, 1 to 10.
    pub fn grade(&self, word: &str) -> Option<u8> {
        self.grades.meaning(word).and_then(|grade| grade.parse().ok())
    }

    /// The desk's own word for a command.
    pub fn command_word(&self, verb: Verb, language: Language) -> String {
        self.commands.own_word(&verb, language)
    }

    /// The desk's own words for all outcomes.
    pub fn outcome_words(&self, language: Language) -> Vec<String> {
        Outcome::ALL.iter().map(|outcome| self.outcomes.own_word(outcome, language)).collect()
    }

    /// Whether these words say that there is none: "geen", "geen mail", "none".
    pub fn is_nothing(&self, words: &str) -> bool {
        words.split_whitespace().next().map(plain).is_some_and(|word| self.nothing.all().any(|known| *known == word))
    }

    /// The known command nearest to a word that is unknown, if one is near.
    pub fn nearest_command(&self, word: &str) -> Option<String> {
        self.commands.nearest(word)
    }
}

fn proof<M: Ord>(table: &WordTable<M>) -> Result<(), VocabularyError> {
    if let Some(word) = table.repeated() {
        return Err(VocabularyError::Ambiguous(word));
    }
    table.not_plain().map_or(Ok(()), |word| Err(VocabularyError::NotPlain(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_come_with_the_program_are_understood_in_both_languages() {
        let words = Vocabulary::builtin().unwrap();
        for word in ["sluiten", "Sluiten:", "CLOSE"] {
            assert_eq!(words.verb(word), Some(Verb::Close), "{word}");
        }
        assert_eq!(words.outcome("niet\u{2011}tevreden"), Some(Outcome::NotSatisfied));
        assert_eq!(words.grade("acht"), Some(8));
        assert_eq!(words.nearest_command("sluitn"), Some("sluiten".to_owned()));
        assert_eq!(words.nearest_command("vergadering"), None);
        assert_eq!(words.outcome_words(Language::Nl).len(), Outcome::ALL.len());
    }

    #[test]
    fn a_word_with_two_meanings_is_refused() {
        let text = include_str!("../../../config/words/commands.toml");
        let twice = text.replace("\"heropenen\"", "\"sluiten\"");
        assert!(matches!(Vocabulary::from_toml(&twice), Err(VocabularyError::Ambiguous(word)) if word == "sluiten"));
        let capital = text.replace("\"heropenen\"", "\"Heropenen\"");
        assert!(matches!(Vocabulary::from_toml(&capital), Err(VocabularyError::NotPlain(word)) if word == "Heropenen"));
    }
}
