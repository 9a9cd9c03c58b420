//! `inspect --as officer`: what an officer's mail to the file of a case commands, and which commands its plain
//! sentences would be offered (design.md sections 5 and 6).

use std::fmt::Write as _;

use chrono::{NaiveDate, NaiveTime};
use serde_json::{Value, json};

use super::super::arguments::{InspectOptions, Role};
use super::super::exit;
use super::super::output::Failure;
use crate::mediation::command::{Desk, understand_at};
use crate::mediation::offer::{CaseFacts, Offers};
use crate::mediation::reply::Refusal;
use crate::mediation::{CommandText, Directory, Verb, Vocabulary, command_in_subject, read_commands};
use crate::message::MailFacts;
use crate::model::{Instant, Language};

/// An officer, and the case that is written about, as the command line says.
pub(super) struct OfficerReader {
    vocabulary: Vocabulary,
    offers: Offers,
    complainant: Option<String>,
    respondents: Vec<(String, Option<String>)>,
    state: String,
    on: Option<NaiveDate>,
    bodies: Vec<(String, Vec<String>)>,
}

impl OfficerReader {
    /// `None` where the mails are not said to be an officer's.
    pub fn of(options: &InspectOptions) -> Result<Option<Self>, Failure> {
        let Some(Role::Officer) = options.role else { return Ok(None) };
        let software = |error: String| Failure::new(exit::SOFTWARE, error);
        let directory = Directory::builtin().map_err(|error| software(error.to_string()))?;
        Ok(Some(Self {
            vocabulary: Vocabulary::builtin().map_err(|error| software(error.to_string()))?,
            offers: Offers::builtin().map_err(|error| software(error.to_string()))?,
            complainant: options.complainant.clone(),
            respondents: options.respondents.iter().map(|text| name_and_address(text)).collect(),
            bodies: directory.body.into_iter().map(|body| (body.name, body.aliases)).collect(),
            state: options.state.as_deref().unwrap_or("OPEN").to_uppercase(),
            on: options.on,
        }))
    }

    /// Reads one mail. Offers are for notes: where something was commanded there are none.
    pub fn read(&self, facts: &MailFacts, now: Instant) -> OfficerMail {
        let today = self.on.unwrap_or_else(|| facts.claimed_date.unwrap_or(now).date_naive());
        let (typed, note) = read_commands(&facts.reply_text);
        let typed = if typed.is_empty() && note.is_empty() { command_in_subject(&facts.subject) } else { typed };
        let mut mail = OfficerMail::default();
        for command in &typed {
            match self.understood(command, &note, today) {
                Ok(line) => mail.commands.push(line),
                Err(refusal) => mail.refusals.push((as_typed(command), refusal)),
            }
        }
        if typed.is_empty() {
            mail.offers = self.offers.offered(&note, &self.case(today));
        }
        mail
    }

    /// The command as understood. No desk is configured here, so a colleague stands as typed.
    fn understood(&self, typed: &CommandText, note: &str, today: NaiveDate) -> Result<String, Refusal> {
        let desk = Desk { words: &self.vocabulary, language: Language::Nl, officers: &[] };
        let is_assignment = self.vocabulary.verb(&typed.word) == Some(Verb::Assign) && !typed.argument.is_empty();
        if is_assignment {
            let word = self.vocabulary.command_word(Verb::Assign, Language::Nl);
            return Ok(format!("#{word} {}", typed.argument));
        }
        let command = understand_at(typed, note, desk, today.and_time(NaiveTime::MIN))?;
        Ok(command.line(&self.vocabulary, Language::Nl))
    }

    fn case(&self, today: NaiveDate) -> CaseFacts {
        CaseFacts {
            state: self.state.clone(),
            complainant: self.complainant.clone(),
            respondents: self.respondents.clone(),
            today,
            bodies: self.bodies.clone(),
        }
    }
}

/// What an officer's mail says.
#[derive(Debug, Default)]
pub(super) struct OfficerMail {
    /// Commands in the desk's own Dutch words.
    commands: Vec<String>,
    /// What was typed and is no command, with the reason.
    refusals: Vec<(String, Refusal)>,
    offers: Vec<String>,
}

impl OfficerMail {
    /// Adds `commands`, `refusals` and `offers` to the line of the mail.
    pub fn add_to(&self, line: &mut Value) {
        let refusals = self.refusals.iter().map(|(typed, refusal)| json!({ "typed": typed, "refusal": refusal }));
        let refusals: Vec<Value> = refusals.collect();
        if let Some(line) = line.as_object_mut() {
            line.insert("commands".to_owned(), json!(self.commands));
            line.insert("refusals".to_owned(), json!(refusals));
            line.insert("offers".to_owned(), json!(self.offers));
        }
    }

    /// The same below the words for a person.
    pub fn explain(&self, text: &mut String) {
        let refused = self.refusals.iter().map(|(typed, _)| ("refused", typed));
        let commands = self.commands.iter().map(|line| ("command", line));
        for (label, line) in commands.chain(refused).chain(self.offers.iter().map(|line| ("offer", line))) {
            let _ = write!(text, "\n  {label:<10} {line}");
        }
    }
}

fn as_typed(command: &CommandText) -> String {
    format!("#{} {}", command.word, command.argument).trim_end().to_owned()
}

/// `NAME <address>`, or a name alone.
fn name_and_address(text: &str) -> (String, Option<String>) {
    match text.split_once('<') {
        Some((name, address)) => (name.trim().to_owned(), Some(address.trim().trim_end_matches('>').to_owned())),
        None => (text.trim().to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{OwnAddresses, Words, understand};

    fn line(text: &str) -> Value {
        let options = InspectOptions {
            json: true,
            desk: None,
            role: Some(Role::Officer),
            respondents: vec!["Bert Visser <b.visser@zorg.example>".to_owned()],
            complainant: Some("mw. A. de Boer".to_owned()),
            state: Some("OPEN".to_owned()),
            on: Some("2026-11-24".parse().unwrap()),
            paths: Vec::new(),
        };
        let mail = format!(
            "From: m.smit@zorg.example\r\nTo: klachten@zorg.example\r\nSubject: zaak\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
        );
        let own = OwnAddresses { addresses: Vec::new(), separator: '+', trace: String::new() };
        let now = "2026-11-24T09:00:00Z".parse().unwrap();
        let facts = understand(mail.as_bytes(), &own, &Words::builtin().unwrap(), now);
        let mut line = json!({});
        OfficerReader::of(&options).unwrap().unwrap().read(&facts, now).add_to(&mut line);
        line
    }

    #[test]
    fn typed_commands_are_shown_as_understood() {
        let read = line("#gesproken gisteren\n#sluiten Niet tevreden");
        assert_eq!(read["commands"], json!(["#gesproken 2026-11-23", "#sluiten niet-tevreden"]));
        assert_eq!(read["offers"], json!([]));
    }

    #[test]
    fn a_plain_note_is_shown_with_its_offers() {
        let read = line("Leg de klacht maar voor aan Bert.");
        assert_eq!((&read["commands"], &read["offers"]), (&json!([]), &json!(["#wederhoor"])));
    }

    #[test]
    fn what_is_not_understood_is_no_command() {
        let read = line("#sluitn tevreden");
        assert_eq!(read["commands"], json!([]));
        assert_eq!(read["refusals"][0]["typed"], "#sluitn tevreden");
    }
}
