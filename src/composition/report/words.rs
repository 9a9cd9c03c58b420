//! The words of a report in one language, from `config/words/report.<language>.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::composition::TemplateFault;
use crate::mediation::command::Period;
use crate::mediation::report::{NOT_RECORDED, TableKind};
use crate::model::Language;

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportWords {
    pub title: String,
    pub made: String,
    pub hidden: String,
    pub hidden_note: String,
    pub result_note: String,
    pub several_note: String,
    pub few: String,
    pub none: String,
    /// Heading of what a yearly report has and this one has not.
    pub missing: String,
    /// What that is.
    pub missing_note: String,
    pub chart: String,
    pub chart_note: String,
    pub file: String,
    quarter: String,
    months: Vec<String>,
    pub months_short: Vec<String>,
    pub decimal: String,
    pub key: BTreeMap<String, String>,
    tables: BTreeMap<String, String>,
    channel: BTreeMap<String, String>,
    kind: BTreeMap<String, String>,
    complainant: BTreeMap<String, String>,
    purpose: BTreeMap<String, String>,
    profession: BTreeMap<String, String>,
    route: BTreeMap<String, String>,
    result: BTreeMap<String, String>,
    signal: BTreeMap<String, String>,
    step: BTreeMap<String, String>,
    agreements: BTreeMap<String, String>,
    dispute: BTreeMap<String, String>,
    measure: BTreeMap<String, String>,
    follow_up: BTreeMap<String, String>,
    theme: BTreeMap<String, String>,
    not_recorded: String,
}

impl ReportWords {
    /// The words of one language.
    pub fn read(language: Language) -> Result<Self, TemplateFault> {
        let (file, text) = match language {
            Language::Nl => ("config/words/report.nl.toml", include_str!("../../../config/words/report.nl.toml")),
            Language::En => ("config/words/report.en.toml", include_str!("../../../config/words/report.en.toml")),
        };
        toml::from_str(text).map_err(|error| TemplateFault::of_file(file, error.message(), "correct the file"))
    }

    /// The period as people say it.
    pub fn period(&self, period: Period) -> String {
        match period {
            Period::Year(year) => year.to_string(),
            Period::Quarter(year, quarter) => {
                self.quarter.replace("{quarter}", &quarter.to_string()).replace("{year}", &year.to_string())
            }
            Period::Month(year, month) => format!("{} {year}", self.month(month)),
        }
    }

    fn month(&self, month: u32) -> &str {
        let at = usize::try_from(month).unwrap_or_default().wrapping_sub(1);
        self.months.get(at).map_or("", String::as_str)
    }

    /// The heading of a table.
    pub fn table(&self, kind: TableKind) -> &str {
        self.tables.get(kind.code()).map_or(kind.code(), String::as_str)
    }

    /// A row of a table in words; months and grades name themselves.
    pub fn row(&self, kind: TableKind, code: &str) -> String {
        if code == NOT_RECORDED {
            return self.not_recorded.clone();
        }
        let words = match kind {
            TableKind::Month => {
                let month = code.split_once('-').and_then(|(_, month)| month.parse().ok()).unwrap_or_default();
                return format!("{} {}", self.month(month), code.get(..4).unwrap_or_default());
            }
            TableKind::Grade => return code.trim_start_matches('0').to_owned(),
            TableKind::Channel => &self.channel,
            TableKind::Kind => &self.kind,
            TableKind::Complainant => &self.complainant,
            TableKind::Purpose => &self.purpose,
            TableKind::Unit => return code.to_owned(),
            TableKind::Profession => &self.profession,
            TableKind::Route => &self.route,
            TableKind::Result => &self.result,
            TableKind::Signal => &self.signal,
            TableKind::Step => &self.step,
            TableKind::Agreements => &self.agreements,
            TableKind::Dispute => &self.dispute,
            TableKind::Measure => &self.measure,
            TableKind::FollowUp => &self.follow_up,
            TableKind::Theme => &self.theme,
        };
        words.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    /// A line of the short part.
    pub fn key(&self, name: &str) -> &str {
        self.key.get(name).map_or("", String::as_str)
    }
}
