//! Facts of a refusal: why nothing was done (design.md section 5).

use serde::Serialize;

use super::surroundings::acts_now;
use super::{Occasion, Surroundings, passage};
use crate::composition::CompositionError;
use crate::composition::acts::Act;
use crate::composition::human_text::Line;
use crate::mediation::Passage;
use crate::mediation::reply::Refusal;

/// Why a command was refused. Each variant of [`Refusal`] fills one field.
#[derive(Debug, Default, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks one yes-or-no question per reason")]
struct RefusalFact {
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<UnknownCommand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete: Option<IncompleteCommand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_now: Option<NotNow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contradiction: Option<IncompleteCommand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    already_past: Option<WrongDay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_yet_happened: Option<WrongDay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    too_much: Option<IncompleteCommand>,
    /// The command below which too much text stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    too_long: Option<Line>,
    /// The command that needs text below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    needs_text: Option<Line>,
    /// The command that the desk can not carry out yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_possible_yet: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blocked: Option<Blocked>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first: Option<First>,
    wrong_respondent: bool,
    wrong_complainant: bool,
    /// The last day on which the case could be opened again.
    #[serde(skip_serializing_if = "Option::is_none")]
    too_late_to_reopen: Option<String>,
    two_letters: bool,
    nothing_waits: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_in_directory: Option<IncompleteCommand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_mergeable: Option<NotMergeable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    same_case: Option<String>,
    /// The command that stands alone in its mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    alone: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    only_holder: Option<First>,
    #[serde(skip_serializing_if = "Option::is_none")]
    only_operator: Option<Line>,
    not_proven: bool,
    no_case: bool,
}

/// A flag stands in the way.
#[derive(Debug, Serialize)]
struct Blocked {
    command: Line,
    flags: Vec<Line>,
}

/// Something has to come first.
#[derive(Debug, Serialize)]
struct First {
    command: Line,
    need: Line,
}

#[derive(Debug, Serialize)]
struct NotMergeable {
    number: String,
    other_way_round: bool,
}

#[derive(Debug, Serialize)]
struct WrongDay {
    command: Line,
    on: String,
}

#[derive(Debug, Serialize)]
struct UnknownCommand {
    word: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    nearest: Option<Line>,
}

#[derive(Debug, Serialize)]
struct IncompleteCommand {
    command: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    argument: Option<Line>,
    choices: Vec<Line>,
}

impl IncompleteCommand {
    fn of(command: &str, argument: &str, choices: &[String]) -> Self {
        let argument = Some(Line::new(argument)).filter(|argument| !argument.is_empty());
        Self { command: Line::new(command), argument, choices: choices.iter().map(|choice| Line::new(choice)).collect() }
    }
}

#[derive(Debug, Serialize)]
struct NotNow {
    command: Line,
    state: Line,
}

/// A refusal.
#[derive(Debug, Serialize)]
pub struct RefusalFacts {
    #[serde(flatten)]
    surroundings: Surroundings,
    refusal: RefusalFact,
    acts: Vec<Act>,
}

/// Facts of a refusal.
pub fn refusal(occasion: &Occasion<'_>) -> Result<RefusalFacts, CompositionError> {
    let refusal = passage(occasion, |passage| match passage {
        Passage::Refusal(refusal) => Some(refusal),
        _ => None,
    })?;
    let mut fact = RefusalFact::default();
    let day = |on: &chrono::NaiveDate| occasion.wording.date(*on, occasion.today());
    match refusal {
        Refusal::UnknownCommand { word, nearest } => {
            fact.unknown = Some(UnknownCommand { word: Line::new(word), nearest: nearest.as_deref().map(Line::new) });
        }
        Refusal::Incomplete { command, argument, choices } => {
            fact.incomplete = Some(IncompleteCommand::of(command, argument, choices));
        }
        Refusal::Contradiction { command, argument, readings } => {
            let readings: Vec<String> = readings.iter().map(day).collect();
            fact.contradiction = Some(IncompleteCommand::of(command, argument, &readings));
        }
        Refusal::AlreadyPast { command, on } => {
            fact.already_past = Some(WrongDay { command: Line::new(command), on: day(on) });
        }
        Refusal::NotYetHappened { command, on } => {
            fact.not_yet_happened = Some(WrongDay { command: Line::new(command), on: day(on) });
        }
        Refusal::TooMuch { command, argument } => {
            fact.too_much = Some(IncompleteCommand::of(command, argument, &[]));
        }
        Refusal::TooLong { command } => fact.too_long = Some(Line::new(command)),
        Refusal::NeedsText { command } => fact.needs_text = Some(Line::new(command)),
        Refusal::NotPossibleYet { command } => fact.not_possible_yet = Some(Line::new(command)),
        Refusal::NotNow { command, state } => {
            let state = Line::new(occasion.wording.states.get(state));
            fact.not_now = Some(NotNow { command: Line::new(command), state });
        }
        Refusal::Blocked { command, flags } => {
            let flags = flags.iter().map(|flag| Line::new(occasion.wording.flags.get(flag))).collect();
            fact.blocked = Some(Blocked { command: Line::new(command), flags });
        }
        Refusal::First { command, need } => {
            let code = crate::model::code_of(need);
            fact.first = Some(First { command: Line::new(command), need: Line::new(occasion.wording.needs.get(&code)) });
        }
        Refusal::WrongRespondent => fact.wrong_respondent = true,
        Refusal::WrongComplainant => fact.wrong_complainant = true,
        Refusal::TooLateToReopen { until } => fact.too_late_to_reopen = Some(day(until)),
        Refusal::TwoLetters => fact.two_letters = true,
        Refusal::NothingWaits => fact.nothing_waits = true,
        Refusal::NotInDirectory { name, choices } => {
            fact.not_in_directory = Some(IncompleteCommand::of("", name, choices));
        }
        Refusal::NotMergeable { number, other_way_round } => {
            fact.not_mergeable = Some(NotMergeable { number: number.to_string(), other_way_round: *other_way_round });
        }
        Refusal::SameCase { number } => fact.same_case = Some(number.to_string()),
        Refusal::Alone { command } => fact.alone = Some(Line::new(command)),
        Refusal::OnlyHolder { command, holder } => {
            fact.only_holder = Some(First { command: Line::new(command), need: Line::new(holder) });
        }
        Refusal::OnlyOperator { command } => fact.only_operator = Some(Line::new(command)),
        Refusal::NotProven => fact.not_proven = true,
        Refusal::NoCase => fact.no_case = true,
    }
    // Who has not proven to be the officer learns nothing of what could be done (I9).
    let acts = if fact.not_proven { Vec::new() } else { acts_now(occasion) };
    Ok(RefusalFacts { surroundings: Surroundings::of(occasion)?, refusal: fact, acts })
}
