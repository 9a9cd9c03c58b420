//! The few words in a calendar file: data in `config/words/calendar.<language>.toml`.

use serde::Deserialize;

use crate::composition::{DeskFacts, TemplateFault};
use crate::mediation::CalendarNews;
use crate::model::{CaseNumber, Language};

/// The words of one language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarWords {
    /// The one line that stands in the calendar.
    pub summary: String,
    description: String,
    invitation_file_name: String,
    cancellation_file_name: String,
    /// The name under which an officer's deadlines are attached.
    pub deadlines_file_name: String,
}

impl CalendarWords {
    /// The words of one language.
    pub fn read(language: Language) -> Result<Self, TemplateFault> {
        let (file, text) = match language {
            Language::Nl => ("config/words/calendar.nl.toml", include_str!("../../../config/words/calendar.nl.toml")),
            Language::En => ("config/words/calendar.en.toml", include_str!("../../../config/words/calendar.en.toml")),
        };
        toml::from_str(text).map_err(|error| TemplateFault::of_file(file, error.message(), "correct the file"))
    }

    /// How to reach a human being about the appointment.
    pub fn description(&self, desk: &DeskFacts, language: Language, number: CaseNumber) -> String {
        let number = number.to_string();
        let hours = desk.hours_in(language);
        let known = [("desk", desk.name.as_str()), ("phone", &desk.phone), ("hours", hours), ("number", &number)];
        let mut out = String::with_capacity(self.description.len() + 64);
        let mut rest = self.description.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let (name, behind) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(before);
            out.extend(known.iter().find(|(known, _)| *known == name).map(|(_, value)| *value));
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    /// The name under which the file is attached.
    pub fn file_name(&self, news: CalendarNews) -> &str {
        match news {
            CalendarNews::Invitation | CalendarNews::ProposalDeclined => &self.invitation_file_name,
            CalendarNews::Cancellation => &self.cancellation_file_name,
        }
    }
}
