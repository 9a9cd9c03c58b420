//! Words for what the program knows by a code, and dates as people say them: data in `config/words/`.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Timelike};
use serde::{Deserialize, Serialize};

use super::TemplateFault;
use crate::model::{Instant, Language, Purpose, code_of};

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wording {
    /// The language.
    pub language: Language,
    weekdays: [String; 7],
    months: [String; 12],
    date: String,
    date_short: String,
    date_with_year: String,
    date_short_with_year: String,
    moment: String,
    /// The name of the attached original.
    pub original_file_name: String,
    /// Flags by code.
    pub flags: Labels,
    /// How sure a flag is.
    pub standings: Labels,
    /// Kinds of complaint.
    pub kinds: Labels,
    /// What a complainant wants to reach.
    pub purposes: Labels,
    /// How a case ended.
    pub outcomes: Labels,
    /// Where a case stands.
    pub states: Labels,
    /// Letters by template name.
    pub letters: Labels,
    /// Why a machine may not answer.
    pub silences: Labels,
    /// What is wrong with a mail.
    pub problems: Labels,
    /// Languages by primary tag.
    pub languages: Labels,
    /// Clocks by code.
    pub clocks: Labels,
    /// Why a mail stands on a case, by the code of the sign.
    pub evidence: Labels,
    /// The sections of the morning's list.
    pub digest: Labels,
    /// Whose turn it is in a case.
    pub waits: Labels,
    /// What the operator hears.
    pub troubles: BTreeMap<String, TroubleWords>,
    /// "14.00 uur".
    time: String,
    /// Our name for an attachment that travels.
    pub attachment_file_name: String,
    /// What stands where an address stood (M85).
    pub address_removed: String,
    /// Flags as an officer types them.
    pub flag_words: Labels,
    /// Who somebody is in a case.
    pub roles: Labels,
    /// The word of the command that erases a file.
    pub erase_word: String,
    /// What has to come before a command.
    pub needs: Labels,
    /// What a calendar answered.
    pub calendar_answers: Labels,
    /// What an officer can do with one line.
    pub acts: Vec<ActWords>,
    /// The table of commands.
    pub help: Vec<HelpWords>,
}

/// Words by code. A code without words stands for itself, so that a letter never fails for a label.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// The words, or the code itself.
    pub fn get<'a>(&'a self, code: &'a str) -> &'a str {
        self.known(code).unwrap_or(code)
    }

    /// The words for a value of ours, by the code it has in a file.
    pub fn word_of<T: Serialize>(&self, value: &T) -> String {
        self.get(&code_of(value)).to_owned()
    }

    /// The words, if there are any.
    pub fn known(&self, code: &str) -> Option<&str> {
        self.0.get(code).map(String::as_str)
    }
}

/// What is wrong, and what to do about it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TroubleWords {
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub act: String,
}

/// When an officer can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActWhen {
    /// While what the last command sent still waits.
    Revocable,
    /// While the case is open and the mail that opened it names another one.
    NamesAnother,
    /// While the case is open and nobody has spoken to the complainant yet.
    Uncontacted,
    /// While the case is open and nothing grave stands: a case with a suspected calamity is not closed by a slip.
    Closable,
    /// While it is open and the complainant has an address.
    Writable,
    /// While a flag stands that forbids the talk: once for each.
    Hold,
    /// The same, while an officer has not confirmed it yet.
    Suspected,
    /// When a referral is being prepared (row 15).
    Referable,
    /// When a reaction can be asked.
    Hearable,
    /// When a reaction can be passed on.
    Reaction,
    /// When both can be asked whether they want the talk.
    Invitable,
    /// When everybody said yes and there is no date.
    Planning,
    /// When there is a date.
    Scheduled,
    /// When the talk took place.
    Held,
    /// While proof is awaited.
    Proof,
    /// When a calendar proposes another time, with that time.
    Proposed,
    /// When somebody proposed another time and has no answer yet.
    Declinable,
    /// Once it is closed, while it can be opened again.
    Closed,
    /// Once it is closed and can not be opened again.
    TooLateToReopen,
    /// While the question afterwards has still to go.
    FollowUpPlanned,
}

/// Where the mail of a button goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActTo {
    /// To the file.
    #[default]
    File,
    /// To the complainant: what is typed there is passed on.
    Complainant,
}

/// One line of the table of commands.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HelpWords {
    /// The line to type.
    pub command: String,
    /// What it does.
    pub effect: String,
}

/// One thing an officer can do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActWords {
    /// When.
    pub when: ActWhen,
    /// Where its mail goes.
    #[serde(default)]
    pub to: ActTo,
    /// The line to type.
    pub command: String,
    /// What stands on the button.
    pub label: String,
    /// What it does, in plain words.
    pub effect: String,
}

impl Wording {
    /// The words for what somebody wants to reach. Who asks for nothing has none: a letter then says that the purpose is
    /// unknown (R9).
    pub fn purpose_words(&self, purposes: &[Purpose]) -> impl Iterator<Item = String> {
        let stated = purposes.iter().filter(|purpose| **purpose != Purpose::NoneStated);
        stated.map(|purpose| self.purposes.word_of(purpose))
    }

    /// The words of one language.
    pub fn read(language: Language) -> Result<Self, TemplateFault> {
        let (file, text) = match language {
            Language::Nl => ("config/words/labels.nl.toml", include_str!("../../config/words/labels.nl.toml")),
            Language::En => ("config/words/labels.en.toml", include_str!("../../config/words/labels.en.toml")),
        };
        toml::from_str(text).map_err(|error| TemplateFault::of_file(file, error.message(), "correct the file"))
    }

    /// "maandag 23 november"; with the year where it is not the year of `today`.
    pub fn date(&self, day: NaiveDate, today: NaiveDate) -> String {
        self.fill(if day.year() == today.year() { &self.date } else { &self.date_with_year }, day)
    }

    /// "23 november", for a subject.
    pub fn date_short(&self, day: NaiveDate, today: NaiveDate) -> String {
        self.fill(if day.year() == today.year() { &self.date_short } else { &self.date_short_with_year }, day)
    }

    /// "maandag 23 november, 9.14 uur".
    pub fn moment(&self, at: Instant, today: NaiveDate, zone: chrono_tz::Tz) -> String {
        let local = at.with_timezone(&zone);
        self.moment
            .replace("{date}", &self.date(local.date_naive(), today))
            .replace("{hour}", &local.hour().to_string())
            .replace("{minute}", &format!("{:02}", local.minute()))
    }

    /// "14.30 uur".
    pub fn time(&self, at: chrono::NaiveTime) -> String {
        self.time.replace("{hour}", &at.hour().to_string()).replace("{minute}", &format!("{:02}", at.minute()))
    }

    fn fill(&self, pattern: &str, day: NaiveDate) -> String {
        let weekday = usize::try_from(day.weekday().num_days_from_monday()).ok().and_then(|i| self.weekdays.get(i));
        let month = usize::try_from(day.month0()).ok().and_then(|i| self.months.get(i));
        let mut out = String::with_capacity(32);
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            match name {
                "weekday" => out.push_str(weekday.map_or("", String::as_str)),
                "day" => out.push_str(&day.day().to_string()),
                "month" => out.push_str(month.map_or("", String::as_str)),
                "year" => out.push_str(&day.year().to_string()),
                _ => {}
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }
}
