//! What is played: the stories of `tests/mail/demo/story.toml` with their mails, inside the binary.

use chrono::DateTime;
use include_dir::{Dir, include_dir};
use mail_parser::MessageParser;
use serde::Deserialize;

use super::words::Bilingual;
use crate::model::Instant;

static STORIES: &str = include_str!("../../tests/mail/demo/story.toml");
static CONVERSATIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/tests/mail/conversations");
static OWN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/tests/mail/demo");

/// Why the stories can not be played: a defect of the file, found by its test.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file can not be read.
    #[error("the stories of the demo: {0}")]
    Toml(#[from] toml::de::Error),
    /// A mail is not there, or has no date.
    #[error("the stories of the demo: {0} is missing, or has no date")]
    Mail(String),
}

/// Who writes, in the eyes of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Who complains.
    Complainant,
    /// Who leads the conversation.
    Officer,
    /// Who is complained about.
    Respondent,
    /// Who stands in for the officer.
    Deputy,
    /// A program.
    Machine,
    /// Somebody who is no party.
    Outsider,
    /// Nobody reads this address.
    Nobody,
}

impl Role {
    /// The three through whose eyes the page looks.
    pub const VIEWERS: [Self; 3] = [Self::Complainant, Self::Officer, Self::Respondent];

    /// The word in `config/demo/words.toml` and on the page.
    pub fn code(self) -> &'static str {
        match self {
            Self::Complainant => "complainant",
            Self::Officer => "officer",
            Self::Respondent => "respondent",
            Self::Deputy => "deputy",
            Self::Machine => "machine",
            Self::Outsider => "outsider",
            Self::Nobody => "nobody",
        }
    }
}

/// Everything that is played.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    until: DateTime<chrono::FixedOffset>,
    /// The officer of all stories.
    pub officer: Person,
    /// The stories.
    #[serde(rename = "story")]
    pub stories: Vec<Story>,
}

/// Somebody with an address.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Name.
    pub name: String,
    /// E-mail address.
    pub address: String,
}

/// One complaint.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Story {
    /// Stands in the address of the page.
    pub id: String,
    /// Its title.
    pub title: Bilingual,
    /// What it shows.
    pub lead: Bilingual,
    /// Who complains.
    pub complainant: String,
    /// Who is complained about, where somebody is.
    pub respondent: Option<String>,
    /// Its cases in the order in which they were opened: state and follow-up at the end.
    pub ends: Vec<[String; 2]>,
    /// Its mails, in order.
    pub mail: Vec<MailLine>,
}

/// One mail of a story.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailLine {
    /// Below `tests/mail`.
    pub file: String,
    /// Who writes.
    pub who: String,
    /// In which role.
    #[serde(rename = "as")]
    pub role: Role,
    /// What a reader should notice, in Dutch.
    pub nl: String,
    /// And in English.
    pub en: String,
}

impl MailLine {
    /// What a reader should notice.
    pub fn notice(&self) -> Bilingual {
        Bilingual { nl: self.nl.clone(), en: self.en.clone() }
    }

    /// The mail as it was written, with its placeholders.
    pub fn template(&self) -> Result<&'static str, ScriptError> {
        let in_folder = |folder: &str, dir: &'static Dir<'static>| {
            self.file.strip_prefix(folder).and_then(|name| dir.get_file(name)).and_then(include_dir::File::contents_utf8)
        };
        in_folder("conversations/", &CONVERSATIONS)
            .or_else(|| in_folder("demo/", &OWN))
            .ok_or_else(|| ScriptError::Mail(self.file.clone()))
    }

    /// When it arrives: the moment of its own Date field.
    pub fn at(&self) -> Result<Instant, ScriptError> {
        let mail = MessageParser::default().parse_headers(self.template()?.as_bytes());
        mail.and_then(|mail| mail.date().map(mail_parser::DateTime::to_timestamp))
            .and_then(|seconds| Instant::from_timestamp(seconds, 0))
            .ok_or_else(|| ScriptError::Mail(self.file.clone()))
    }
}

impl Script {
    /// The stories inside the binary.
    pub fn builtin() -> Result<Self, ScriptError> {
        Ok(toml::from_str(STORIES)?)
    }

    /// The moment at which the demo ends.
    pub fn until(&self) -> Instant {
        self.until.to_utc()
    }

    /// All mails of all stories in order of arrival: the moment, the story, the mail in it.
    pub fn in_order(&self) -> Result<Vec<(Instant, usize, &MailLine)>, ScriptError> {
        let mut mails = Vec::new();
        for (index, story) in self.stories.iter().enumerate() {
            for line in &story.mail {
                mails.push((line.at()?, index, line));
            }
        }
        mails.sort_by_key(|(at, _, _)| *at);
        Ok(mails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_mail_of_a_story_exists_and_comes_after_the_one_before_it() {
        let script = Script::builtin().unwrap();
        assert!(script.stories.len() >= 10);
        for story in &script.stories {
            let moments: Vec<Instant> = story.mail.iter().map(|line| line.at().unwrap()).collect();
            assert!(moments.is_sorted(), "{}: the mails are not in order", story.id);
            assert!(moments.iter().all(|at| *at < script.until()), "{}: a mail comes after the end", story.id);
            assert!(!story.ends.is_empty(), "{}: how does it end?", story.id);
        }
    }

    #[test]
    fn every_mail_of_the_demo_is_played() {
        let script = Script::builtin().unwrap();
        let played: Vec<&str> = script.stories.iter().flat_map(|story| &story.mail).map(|line| line.file.as_str()).collect();
        for file in OWN.files().filter(|file| file.path().extension().is_some_and(|extension| extension == "eml")) {
            let name = format!("demo/{}", file.path().display());
            assert!(played.contains(&name.as_str()), "{name} is in no story");
        }
    }
}
