//! The words for days and times, from `config/words/time.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::Weekday;
use serde::Deserialize;

use crate::mediation::prose::{Kind, Token};

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Part {
    Morning,
    Afternoon,
    Evening,
}

/// A word or words beside a day or a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Around {
    Coming,
    Following,
    Past,
    Week,
    Ahead,
    Ago,
    DayUnits,
    WeekUnits,
    HourUnits,
    OnlyLengths,
    MinuteUnits,
    Quarters,
    Half,
    OneAndAHalf,
    Quarter,
    Before,
    After,
    At,
    Until,
    Article,
    Shifts,
    Lasting,
    Rooms,
    LeadsToTime,
    LeadsToPlace,
    FollowsDay,
    FollowsHour,
    BeforeAPart,
    Noon,
}

/// The word list.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeWords {
    weekdays: [Vec<String>; 7],
    doubtful_weekdays: Vec<String>,
    months: [Vec<String>; 12],
    numbers_nl: Vec<String>,
    numbers_en: Vec<String>,
    ordinals_nl: Vec<String>,
    ordinals_en: Vec<String>,
    minutes_words: BTreeMap<String, u32>,
    ordinal_endings: Vec<String>,
    days: BTreeMap<String, i64>,
    parts: BTreeMap<Part, Vec<String>>,
    around: BTreeMap<Around, Vec<String>>,
}

/// The list that comes with the program. A test proves that it can be read; an empty one would read no words, only
/// figures.
static BUILTIN: LazyLock<Option<TimeWords>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../config/words/time.toml")).ok());

impl TimeWords {
    pub(super) fn builtin() -> Option<&'static Self> {
        BUILTIN.as_ref()
    }

    pub(super) fn weekday(&self, token: &Token) -> Option<Weekday> {
        let name = token.plain.strip_suffix("'s").unwrap_or(&token.plain);
        let at = position(&self.weekdays, name)?;
        Weekday::try_from(u8::try_from(at).ok()?).ok()
    }

    pub(super) fn is_doubtful_weekday(&self, token: &Token) -> bool {
        self.doubtful_weekdays.contains(&token.plain)
    }

    /// "donderdagmiddag": the weekday and the part of the day.
    pub(super) fn weekday_and_part(&self, token: &Token) -> Option<(Weekday, Part)> {
        self.weekdays.iter().enumerate().find_map(|(at, names)| {
            let rest = names.iter().filter(|name| name.len() > 4).find_map(|name| token.plain.strip_prefix(name.as_str()))?;
            Some((Weekday::try_from(u8::try_from(at).ok()?).ok()?, self.part_called(rest)?))
        })
    }

    /// Months from 1.
    pub(super) fn month(&self, token: &Token) -> Option<u32> {
        u32::try_from(position(&self.months, &token.plain)? + 1).ok()
    }

    /// Days from today, and the part of the day that the word also names: "gisteravond", "morgenmiddag".
    pub(super) fn relative_day(&self, token: &Token) -> Option<(i64, Option<Part>)> {
        let word = token.plain.strip_suffix("'s").unwrap_or(&token.plain);
        if let Some(days) = self.days.get(word) {
            return Some((*days, self.part(token)));
        }
        self.days.iter().find_map(|(word, days)| {
            let rest = token.plain.strip_prefix(word.as_str())?;
            Some((*days, Some(self.part_called(rest)?)))
        })
    }

    pub(super) fn part(&self, token: &Token) -> Option<Part> {
        self.part_called(&token.plain)
    }

    fn part_called(&self, word: &str) -> Option<Part> {
        self.parts.iter().find(|(_, words)| words.iter().any(|known| known == word)).map(|(part, _)| *part)
    }

    /// A count in figures or words.
    pub(super) fn count(&self, token: &Token) -> Option<u32> {
        if token.kind == Kind::Number {
            return token.number();
        }
        let index = place(&self.numbers_nl, &token.plain).or_else(|| place(&self.numbers_en, &token.plain));
        index.and_then(|at| u32::try_from(at + 1).ok()).or_else(|| self.minutes_words.get(&token.plain).copied())
    }

    pub(super) fn is_english_number(&self, token: &Token) -> bool {
        self.numbers_en.contains(&token.plain)
    }

    pub(super) fn ordinal(&self, token: &Token) -> Option<u32> {
        let index = place(&self.ordinals_nl, &token.plain).or_else(|| place(&self.ordinals_en, &token.plain))?;
        u32::try_from(index + 1).ok()
    }

    pub(super) fn is_ordinal_ending(&self, token: &Token) -> bool {
        self.ordinal_endings.contains(&token.plain)
    }

    pub(super) fn is(&self, token: Option<&Token>, around: Around) -> bool {
        token.is_some_and(|token| self.around.get(&around).is_some_and(|words| words.contains(&token.plain)))
    }
}

fn position(lists: &[Vec<String>], word: &str) -> Option<usize> {
    lists.iter().position(|names| names.iter().any(|name| name == word))
}

fn place(words: &[String], word: &str) -> Option<usize> {
    words.iter().position(|known| known == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_come_with_the_program_can_be_read() {
        let words: TimeWords = toml::from_str(include_str!("../../../config/words/time.toml")).unwrap();
        assert_eq!(words.around.len(), 29, "every kind of word has words");
        for list in [&words.numbers_nl, &words.numbers_en, &words.ordinals_nl, &words.ordinals_en] {
            assert_eq!(list.len(), 31);
        }
    }
}
