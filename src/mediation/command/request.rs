//! What stands behind `#inzage` and `#wissen`: who asked, on which day, or that the person has an answer.

use chrono::{NaiveDate, NaiveDateTime};

use super::argument;
use super::times::{self, Direction, TimeFault};
use crate::mediation::Vocabulary;
use crate::mediation::vocabulary::{RequestWord, plain};
use crate::model::Language;

/// What somebody asked about their own data, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who asked, as typed: a role, a name or an address. Nothing typed means the complainant.
    pub who: Option<String>,
    /// How far it is.
    pub step: RequestStep,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestStep {
    /// It reached the organisation.
    Asked {
        /// On this day, today or earlier; today where none is typed.
        on: NaiveDate,
    },
    /// The person has an answer.
    Answered,
}

impl Request {
    /// What stands behind the command when it is typed again.
    pub(super) fn arguments(&self, words: &Vocabulary, language: Language) -> Vec<String> {
        let step = match self.step {
            RequestStep::Asked { on } => on.to_string(),
            RequestStep::Answered => words.requests.own_word(&RequestWord::Answered, language),
        };
        self.who.iter().cloned().chain([step]).collect()
    }
}

/// Reads day, step and person, in any order.
pub(super) fn read(typed: &str, words: &Vocabulary, now: NaiveDateTime) -> Result<Request, TimeFault> {
    let times = times::read(typed, now, Direction::Past)?;
    let (mut answered, mut who) = (false, Vec::new());
    for word in argument::words(&times.rest) {
        match words.requests.meaning(word) {
            Some(RequestWord::Answered) => answered = true,
            None if words.fillers.contains(&plain(word)) && who.is_empty() => {}
            None => who.push(word),
        }
    }
    let step = if answered { RequestStep::Answered } else { RequestStep::Asked { on: times.date.unwrap_or(now.date()) } };
    Ok(Request { who: Some(who.join(" ")).filter(|who| !who.is_empty()), step })
}
