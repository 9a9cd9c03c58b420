//! What the demo says, in both languages: `config/demo/words.toml`, and the labels of the letters.

use std::collections::HashMap;

use chrono::{DateTime, Datelike, NaiveDate, Timelike};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::model::Language;

const WORDS: &str = include_str!("../../config/demo/words.toml");
const LABELS: [&str; 2] = [include_str!("../../config/words/labels.nl.toml"), include_str!("../../config/words/labels.en.toml")];

/// The same in Dutch and in English.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    /// Dutch.
    pub nl: String,
    /// English.
    pub en: String,
}

impl Bilingual {
    /// The text that is the same in every language: a name, a number.
    pub fn same(text: &str) -> Self {
        Self { nl: text.to_owned(), en: text.to_owned() }
    }

    /// In this language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }

    /// With `{name}` filled in, in both languages.
    #[must_use]
    pub fn with(&self, name: &str, value: &Self) -> Self {
        let place = format!("{{{name}}}");
        Self { nl: self.nl.replace(&place, &value.nl), en: self.en.replace(&place, &value.en) }
    }
}

#[derive(Debug, Deserialize)]
struct Labels {
    weekdays: Vec<String>,
    months: Vec<String>,
    date_with_year: String,
    moment: String,
    flags: HashMap<String, String>,
    standings: HashMap<String, String>,
    outcomes: HashMap<String, String>,
}

/// Every word of the demo.
#[derive(Debug)]
pub struct Words {
    own: HashMap<String, HashMap<String, Bilingual>>,
    labels: [Labels; 2],
}

impl Words {
    /// The words inside the binary.
    pub fn builtin() -> Result<Self, toml::de::Error> {
        let [nl, en] = LABELS;
        Ok(Self { own: toml::from_str(WORDS)?, labels: [toml::from_str(nl)?, toml::from_str(en)?] })
    }

    /// The words for a code. Where there are none the code itself is shown: a page that says a little less is
    /// better than none.
    pub fn say(&self, table: &str, code: &str) -> Bilingual {
        self.own.get(table).and_then(|words| words.get(code)).cloned().unwrap_or_else(|| Bilingual::same(code))
    }

    /// A whole table, for the page.
    pub fn table(&self, table: &str) -> Option<&HashMap<String, Bilingual>> {
        self.own.get(table)
    }

    fn label(&self, of: impl Fn(&Labels) -> Option<&String>, code: &str) -> Bilingual {
        let [nl, en] = self.labels.each_ref().map(|labels| of(labels).cloned().unwrap_or_else(|| code.to_owned()));
        Bilingual { nl, en }
    }

    /// A flag, in the words of the letters.
    pub fn flag(&self, code: &str) -> Bilingual {
        self.label(|labels| labels.flags.get(code), code)
    }

    /// How sure a flag is.
    pub fn standing(&self, code: &str) -> Bilingual {
        self.label(|labels| labels.standings.get(code), code)
    }

    /// How a case ended.
    pub fn outcome(&self, code: &str) -> Bilingual {
        self.label(|labels| labels.outcomes.get(code), code)
    }

    /// A day: "dinsdag 4 maart 2025".
    pub fn date(&self, day: NaiveDate) -> Bilingual {
        let [nl, en] = self.labels.each_ref().map(|labels| date(labels, day));
        Bilingual { nl, en }
    }

    /// A moment of the desk's day: "dinsdag 4 maart 2025, 21.12 uur".
    pub fn moment(&self, at: DateTime<Tz>) -> Bilingual {
        let [nl, en] = self.labels.each_ref().map(|labels| {
            labels
                .moment
                .replace("{date}", &date(labels, at.date_naive()))
                .replace("{hour}", &at.hour().to_string())
                .replace("{minute}", &format!("{:02}", at.minute()))
        });
        Bilingual { nl, en }
    }
}

fn date(labels: &Labels, day: NaiveDate) -> String {
    let word = |words: &[String], index: u32| words.get(index as usize).cloned().unwrap_or_default();
    labels
        .date_with_year
        .replace("{weekday}", &word(&labels.weekdays, day.weekday().num_days_from_monday()))
        .replace("{day}", &day.day().to_string())
        .replace("{month}", &word(&labels.months, day.month0()))
        .replace("{year}", &day.year().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_in_both_languages() {
        let words = Words::builtin().unwrap();
        let at = chrono::NaiveDate::from_ymd_opt(2025, 3, 4).unwrap().and_hms_opt(20, 12, 0).unwrap().and_utc();
        let said = words.moment(at.with_timezone(&chrono_tz::Europe::Amsterdam));
        assert!(said.nl.contains("dinsdag 4 maart 2025") && said.nl.contains("21.12"), "{said:?}");
        assert!(said.en.contains("Tuesday") && said.en.contains("March"), "{said:?}");
    }

    #[test]
    fn every_text_exists_in_both_languages() {
        let words = Words::builtin().unwrap();
        for (table, entries) in &words.own {
            for (code, text) in entries {
                assert!(!text.nl.is_empty() && !text.en.is_empty(), "{table}.{code}");
            }
        }
    }
}
