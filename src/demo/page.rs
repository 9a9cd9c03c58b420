//! The page: everything that happened, in one file that needs nothing else.
//!
//! The words of people go into it as data, never as markup: the script of the page puts them in place as text,
//! and letters of the desk, whose HTML part is our own, in frames without scripts.

use std::collections::{BTreeMap, HashMap};

use chrono_tz::Tz;
use serde::Serialize;

use super::journal::{Told, told};
use super::stage::{Proof, Scene};
use super::story::{Role, Script, Story};
use super::telling::follow_up_words;
use super::views::{self, Mail};
use super::words::{Bilingual, Words};
use crate::mediation::{Case, Phase};

const PAGE: &str = include_str!("../../config/demo/page.html");
const STYLE: &str = include_str!("../../config/demo/page.css");
const SCRIPT: &str = include_str!("../../config/demo/page.js");

#[derive(Serialize)]
struct Data<'a> {
    from: Bilingual,
    until: Bilingual,
    officer: &'a str,
    words: HashMap<&'static str, &'a HashMap<String, Bilingual>>,
    proof: ProofShown,
    stories: Vec<StoryShown<'a>>,
}

#[derive(Serialize)]
struct ProofShown {
    letters_again: usize,
    mails_repeated: usize,
    letters_repeated: usize,
    cases_repeated: usize,
    asked_twice: usize,
}

#[derive(Serialize)]
struct StoryShown<'a> {
    id: &'a str,
    title: &'a Bilingual,
    lead: &'a Bilingual,
    people: BTreeMap<&'static str, Option<&'a str>>,
    cases: Vec<CaseShown>,
    moments: Vec<Moment>,
}

#[derive(Serialize)]
struct CaseShown {
    number: String,
    code: &'static str,
    open: bool,
    state: Bilingual,
    follow_up_code: &'static str,
    follow_up: Bilingual,
    flags: Vec<Bilingual>,
    contact_by: Option<Bilingual>,
    decision_by: Option<Bilingual>,
}

#[derive(Serialize)]
struct Moment {
    at: Bilingual,
    /// Who writes; nobody when a clock struck.
    who: Option<String>,
    role: Option<Role>,
    notice: Option<Bilingual>,
    decisions: Vec<Told>,
    mails: Vec<Mail>,
}

/// The whole page.
pub fn page(
    script: &Script,
    scenes: &[Scene],
    cases: &[(usize, Case)],
    proof: Proof,
    words: &Words,
    zone: Tz,
) -> Result<String, serde_json::Error> {
    let day = |at: crate::model::Instant| words.date(at.with_timezone(&zone).date_naive());
    let tables = ["page", "role", "why_not", "entry"].into_iter();
    let data = Data {
        from: scenes.first().map(|scene| day(scene.at)).unwrap_or_default(),
        until: day(script.until()),
        officer: &script.officer.name,
        words: tables.filter_map(|table| Some((table, words.table(table)?))).collect(),
        proof: ProofShown {
            letters_again: proof.letters_again,
            mails_repeated: proof.mails_repeated,
            letters_repeated: proof.letters_repeated,
            cases_repeated: proof.cases_repeated,
            asked_twice: asked_twice(scenes),
        },
        stories: script
            .stories
            .iter()
            .enumerate()
            .map(|(i, story)| shown(i, story, script, scenes, cases, words, zone))
            .collect(),
    };
    // Inside a script element only `<` can end it (HTML section 4.12.1.3); in JSON it may always be escaped.
    let json = serde_json::to_string(&data)?.replace('<', "\\u003c");
    Ok(PAGE.replacen("/*style*/", STYLE, 1).replacen("/*script*/", SCRIPT, 1).replacen("/*data*/", &json, 1))
}

/// Cases to which the one question went more than once. The page shows it, so that nobody has to believe it.
fn asked_twice(scenes: &[Scene]) -> usize {
    let mut asked: HashMap<_, usize> = HashMap::new();
    for letter in scenes.iter().flat_map(|scene| &scene.letters) {
        if letter.kind == crate::model::LetterKind::FollowUp {
            *asked.entry(letter.case).or_default() += 1;
        }
    }
    asked.values().filter(|times| **times > 1).count()
}

fn shown<'a>(
    index: usize,
    story: &'a Story,
    script: &'a Script,
    scenes: &[Scene],
    cases: &[(usize, Case)],
    words: &Words,
    zone: Tz,
) -> StoryShown<'a> {
    let moments = scenes
        .iter()
        .filter(|scene| scene.story == index)
        .enumerate()
        .map(|(number, scene)| Moment {
            at: words.moment(scene.at.with_timezone(&zone)),
            who: scene.mail.as_ref().map(|(line, _)| line.who.clone()),
            role: scene.mail.as_ref().map(|(line, _)| line.role),
            notice: scene.mail.as_ref().map(|(line, _)| line.notice()),
            decisions: told(scene, words, zone),
            mails: views::mails(scene, story, &format!("{}-{number}", story.id), words, zone),
        })
        .collect();
    StoryShown {
        id: &story.id,
        title: &story.title,
        lead: &story.lead,
        people: BTreeMap::from([
            (Role::Complainant.code(), Some(story.complainant.as_str())),
            (Role::Officer.code(), Some(script.officer.name.as_str())),
            (Role::Respondent.code(), story.respondent.as_deref()),
        ]),
        cases: cases.iter().filter(|(of, _)| *of == index).map(|(_, case)| case_shown(case, words)).collect(),
        moments,
    }
}

fn case_shown(case: &Case, words: &Words) -> CaseShown {
    let open = case.phase == Phase::Unopened || case.phase.is_open();
    CaseShown {
        number: case.number.to_string(),
        code: case.phase.code(),
        open,
        state: words.say("state", case.phase.code()),
        follow_up_code: case.follow_up.code(),
        follow_up: follow_up_words(&case.follow_up, words),
        flags: case.flags.keys().filter(|flag| case.stands(**flag)).map(|flag| words.flag(flag.code())).collect(),
        contact_by: case.deadlines.first_contact.filter(|_| open).map(|day| words.date(day)),
        decision_by: case.deadlines.decision.filter(|_| open).map(|day| words.date(day)),
    }
}
