//! Offers: the commands that an officer's plain sentences seem to ask for (design.md section 5).
//!
//! An officer who knows no command writes as to a colleague: "Graag voorleggen aan Bert Visser, b.visser@…". The note
//! stays a note; its receipt shows the very commands as buttons, filled in with what was found. Nothing is done before
//! one is pressed, so a wrong offer costs a glance. All cues are data: `config/words/offers.toml`.
//!
//! A note is read sentence by sentence (`reading`): people, times and bodies become marks, quoted words disappear.
//! Rules find what is asked (`cues`), guards take out what is denied, only considered, asked of somebody or done
//! already, and the arguments are collected around what is left (`arguments`).

mod arguments;
mod compose;
mod cues;
mod outcome;
mod parties;
mod people;
mod place;
mod reading;
mod reason;
mod times;
mod topics;

use chrono::NaiveDate;

use super::{Case, Directory, Party};

pub use cues::{CueError, Offers};

/// What the desk knows of the case that a note is about.
#[derive(Clone, Debug)]
pub struct CaseFacts {
    /// The state by its code (domain.md section 3).
    pub state: String,
    /// The complainant's name as written.
    pub complainant: Option<String>,
    /// Respondents: name, and address where there is one.
    pub respondents: Vec<(String, Option<String>)>,
    /// The civil day on which the note was written.
    pub today: NaiveDate,
    /// Bodies of the referral directory: name, and what else people call it.
    pub bodies: Vec<(String, Vec<String>)>,
}

impl CaseFacts {
    /// What this case and this desk know, for a note of today.
    pub fn of(case: &Case, directory: &Directory, today: NaiveDate) -> Self {
        let respondent = |party: &Party| Some((party.name.clone()?, party.address.as_ref().map(ToString::to_string)));
        Self {
            state: case.phase.code().to_owned(),
            complainant: case.complainant.name.clone(),
            respondents: case.respondents.values().filter_map(respondent).collect(),
            today,
            bodies: directory.body.iter().map(|body| (body.name.clone(), body.aliases.clone())).collect(),
        }
    }
}

impl Offers {
    /// The command lines that a note seems to ask for, as they would be typed: Dutch words, ISO dates, 24-hour times,
    /// minutes. In the order in which they must run.
    pub fn offered(&self, text: &str, facts: &CaseFacts) -> Vec<String> {
        let note = reading::read(text, facts, self);
        compose::lines(&note, facts, self)
    }

    /// The sentences as the rules see them, to find out why a note is read as it is.
    pub fn explain(&self, text: &str, facts: &CaseFacts) -> Vec<String> {
        let note = reading::read(text, facts, self);
        let sentences = note.sentences.iter().map(|sentence| sentence.marked.clone());
        let hits = compose::hits(&note, facts, self).into_iter().map(|hit| format!("-> {} in {}", hit.offer, hit.sentence));
        sentences.chain(hits).collect()
    }
}
