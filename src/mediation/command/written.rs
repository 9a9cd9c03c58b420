//! A command as a line that could be typed: how it is read back, and what a button holds.

use super::{Command, FlagStep, figure};
use crate::mediation::Vocabulary;
use crate::mediation::vocabulary::RegistrationField as Field;
use crate::model::{Language, Outcome};

impl Command {
    /// The line, in the desk's own words of one language: ISO dates, 24-hour times, minutes. Typed again it is
    /// understood as the same command.
    pub fn line(&self, words: &Vocabulary, language: Language) -> String {
        let rest: Vec<String> = match self {
            Self::Respondent { name, address } => {
                name.iter().cloned().chain(address.iter().map(|address| format!("<{address}>"))).collect()
            }
            Self::Register(registration) => vec![fields(
                [
                    (Field::Name, registration.name.clone()),
                    (Field::Email, registration.email.as_ref().map(ToString::to_string)),
                    (Field::Phone, registration.phone.clone()),
                    (Field::Received, registration.received.map(|day| day.to_string())),
                ],
                words,
                language,
            )],
            Self::Complainant { name, address: Some(address), phone: None } => {
                name.iter().cloned().chain([format!("<{address}>")]).collect()
            }
            Self::Complainant { name, address, phone } => vec![fields(
                [
                    (Field::Name, name.clone()),
                    (Field::Email, address.as_ref().map(ToString::to_string)),
                    (Field::Phone, phone.clone()),
                ],
                words,
                language,
            )],
            Self::Contacted { on } | Self::Decision { on } => vec![on.to_string()],
            Self::Kinds(kinds) => kinds.iter().map(|kind| words.kinds.own_word(kind, language)).collect(),
            Self::Purposes(purposes) => purposes.iter().map(|purpose| words.purposes.own_word(purpose, language)).collect(),
            Self::Language(chosen) => vec![words.languages.own_word(chosen, language)],
            Self::Flag { flag, step } => {
                let flag = words.flags.own_word(flag, language);
                match step {
                    FlagStep::Suspect | FlagStep::Confirm => vec![flag],
                    FlagStep::Clear { reason } => vec![flag, reason.clone()],
                }
            }
            Self::Authorisation(step) => vec![words.authorisation.own_word(step, language)],
            Self::Appointment { starts, minutes, place } => {
                vec![starts.format("%Y-%m-%d %H:%M").to_string(), format!("{minutes}m"), place.clone()]
            }
            Self::Move(change) => {
                let date = change.date.map(|date| date.to_string());
                let time = change.time.map(|time| time.format("%H:%M").to_string());
                let minutes = change.minutes.map(|minutes| format!("{minutes}m"));
                [date, time, minutes, change.place.clone()].into_iter().flatten().collect()
            }
            Self::Keep => words.nothing.own(language).cloned().into_iter().collect(),
            Self::Held { on, result, .. } => vec![on.to_string(), words.outcomes.own_word(result, language)],
            Self::NotHeld { on, why } => vec![on.to_string(), words.not_held.own_word(why, language)],
            Self::Advice { topic } => vec![words.advice.own_word(topic, language)],
            Self::Refer { body } => vec![body.clone()],
            Self::Extend { reason } => vec![reason.clone()],
            Self::Misdirected { body } => vec![words.outcomes.own_word(&Outcome::Misdirected, language), body.clone()],
            Self::Close { outcome } => vec![words.outcomes.own_word(outcome, language)],
            Self::Merge { number } | Self::EraseNow { number } => vec![number.to_string()],
            Self::Assign { colleague } => vec![colleague.to_string()],
            Self::NoFollowUp { reason } => reason.iter().cloned().collect(),
            Self::Report { period } => vec![period.to_string()],
            Self::Figures(figures) => vec![figure::written(figures, words, language)],
            Self::Access(request) | Self::Erase(request) => request.arguments(words, language),
            Self::ToComplainant
            | Self::Note
            | Self::Clarify
            | Self::Hear
            | Self::Release
            | Self::Mediation
            | Self::Cancel
            | Self::Agreements
            | Self::Reopen
            | Self::Withdrawn
            | Self::Split
            | Self::Stop
            | Self::Status
            | Self::File
            | Self::List
            | Self::Help => Vec::new(),
        };
        let word = words.command_word(self.verb(), language);
        let line = std::iter::once(format!("#{word}")).chain(rest).collect::<Vec<_>>().join(" ");
        line.trim_end().to_owned()
    }
}

/// `naam: …; telefoon: …`: the fields that are known.
fn fields<const N: usize>(fields: [(Field, Option<String>); N], words: &Vocabulary, language: Language) -> String {
    let label = |field: Field| words.registration.own_word(&field, language);
    let known = fields.into_iter().filter_map(|(field, value)| Some(format!("{}: {}", label(field), value?)));
    known.collect::<Vec<_>>().join("; ")
}
