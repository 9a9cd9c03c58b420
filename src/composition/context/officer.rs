//! Facts of the letters to an officer: notices, receipts, refusals, alarms (design.md section 5).

use serde::Serialize;

use super::surroundings::{Mail, acts_now};
use super::{Occasion, Surroundings, passage};
use crate::composition::CompositionError;
use crate::composition::acts::Act;
use crate::composition::human_text::Line;
use crate::mediation::reply::{Alarm, Receipt, Refusal};
use crate::mediation::{Passage, Sender};
use crate::message::Triage;
use crate::model::{ComplaintKind, Flag, FlagStanding, Language, Purpose};

/// The notice of a new complaint.
#[derive(Debug, Serialize)]
pub struct NewCase {
    #[serde(flatten)]
    surroundings: Surroundings,
    /// Something grave may be told: read today.
    urgent: bool,
    flags: Vec<FlagFact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kinds: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    purposes: Option<Line>,
    /// The language, where it is not the language of the letters to the complainant.
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<Line>,
    acknowledged: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    silence: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<Mail>,
    acts: Vec<Act>,
}

#[derive(Debug, Serialize)]
struct FlagFact {
    label: Line,
    standing: Line,
    /// The words of the mail that led to it.
    words: Vec<Line>,
}

/// The notice of a further mail.
#[derive(Debug, Serialize)]
pub struct FurtherMail {
    #[serde(flatten)]
    surroundings: Surroundings,
    sender: SenderFact,
    flags: Vec<FlagFact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<Mail>,
    acts: Vec<Act>,
}

/// Who wrote, as conditions of a template.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks one yes-or-no question per kind of sender")]
struct SenderFact {
    complainant: bool,
    respondent: bool,
    officer: bool,
    officer_not_proven: bool,
    stranger: bool,
    machine: bool,
}

/// The answer to the follow-up.
#[derive(Debug, Serialize)]
pub struct FollowUpAnswer {
    #[serde(flatten)]
    surroundings: Surroundings,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<Mail>,
    acts: Vec<Act>,
}

/// What a command did.
#[derive(Debug, Serialize)]
pub struct ReceiptFacts {
    #[serde(flatten)]
    surroundings: Surroundings,
    noted: bool,
    /// The day of the first personal contact.
    #[serde(skip_serializing_if = "Option::is_none")]
    contacted_on: Option<String>,
    no_follow_up: bool,
    reopened: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    closed: Option<ClosedFact>,
    acts: Vec<Act>,
}

#[derive(Debug, Serialize)]
struct ClosedFact {
    outcome: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    follow_up_on: Option<String>,
}

/// Why a command was refused. Each variant of [`Refusal`] fills one field.
#[derive(Debug, Default, Serialize)]
struct RefusalFact {
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<UnknownCommand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    incomplete: Option<IncompleteCommand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_now: Option<NotNow>,
    not_proven: bool,
    no_case: bool,
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

/// What needs a person now. Each variant of [`Alarm`] fills one field.
#[derive(Debug, Serialize)]
pub struct AlarmFacts {
    #[serde(flatten)]
    surroundings: Surroundings,
    #[serde(skip_serializing_if = "Option::is_none")]
    undeliverable: Option<Line>,
    follow_up_too_late: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_contact: Option<Days>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Days>,
    /// Whole days without any event.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_progress: Option<i64>,
    not_answered: bool,
    /// Another clock of the case.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<ClockFact>,
    /// A letter that does not get away.
    #[serde(skip_serializing_if = "Option::is_none")]
    letter_late: Option<Line>,
    acts: Vec<Act>,
}

/// A clock, by its name, with its last day.
#[derive(Debug, Serialize)]
struct ClockFact {
    name: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    days: Days,
}

/// Whole days until a date, or since.
#[derive(Debug, Serialize)]
struct Days {
    today: bool,
    late: bool,
    one: bool,
    count: u64,
}

impl Days {
    fn of(days_left: i64) -> Self {
        let count = days_left.unsigned_abs();
        Self { today: days_left == 0, late: days_left < 0, one: count == 1, count }
    }
}

/// Facts of the notice of a new complaint.
pub fn new_case(occasion: &Occasion<'_>) -> Result<NewCase, CompositionError> {
    let case = occasion.case;
    let acknowledged = passage(occasion, |passage| match passage {
        Passage::NewCase { acknowledged } => Some(*acknowledged),
        _ => None,
    })?;
    let silence = occasion.about.and_then(|about| about.facts.silence);
    let silence = silence.and_then(|silence| serde_json::to_value(silence).ok());
    let wording = occasion.wording;
    let foreign = Language::from_tag(&case.written_in) != Some(case.language);
    let tag = case.written_in.split('-').next().unwrap_or_default();
    Ok(NewCase {
        surroundings: Surroundings::of(occasion)?,
        urgent: case.flags.iter().any(|(flag, standing)| standing.stands() && (flag.asks_for_care() || flag.blocks_mediation())),
        flags: flags(occasion),
        kinds: listed(case.kinds.iter().map(|kind| wording.kinds.get(kind_code(*kind)))),
        purposes: listed(
            case.purposes.iter().filter_map(|purpose| purpose_code(*purpose)).map(|code| wording.purposes.get(code)),
        ),
        language: foreign.then(|| Line::new(wording.languages.get(tag))),
        acknowledged,
        silence: silence.as_ref().and_then(|code| code.as_str()).map(|code| Line::new(wording.silences.get(code))),
        mail: Mail::of(occasion),
        acts: acts_now(occasion),
    })
}

/// Words side by side; `None` for none.
fn listed<'w>(words: impl Iterator<Item = &'w str>) -> Option<Line> {
    Some(Line::new(&words.collect::<Vec<_>>().join(", "))).filter(|line| !line.is_empty())
}

/// Flags that stand, each with the words that led to it.
fn flags(occasion: &Occasion<'_>) -> Vec<FlagFact> {
    let wording = occasion.wording;
    let nothing = Triage::default();
    let triage = occasion.about.map_or(&nothing, |about| &about.facts.triage);
    let standing = Flag::ALL.into_iter().filter_map(|flag| Some((flag, *occasion.case.flags.get(&flag)?)));
    standing
        .filter(|(_, standing)| standing.stands())
        .map(|(flag, standing)| FlagFact {
            label: Line::new(wording.flags.get(flag.code())),
            standing: Line::new(wording.standings.get(match standing {
                FlagStanding::Suspected => "suspected",
                FlagStanding::Confirmed => "confirmed",
                FlagStanding::Cleared => "cleared",
            })),
            words: triage.evidence.iter().filter(|found| found.label == flag.code()).map(|f| Line::new(&f.words)).collect(),
        })
        .collect()
}

fn kind_code(kind: ComplaintKind) -> &'static str {
    match kind {
        ComplaintKind::ProductService => "product_service",
        ComplaintKind::Medical => "medical",
        ComplaintKind::Organisational => "organisational",
        ComplaintKind::Conduct => "conduct",
        ComplaintKind::Communication => "communication",
    }
}

/// `None` for a mail that asks for nothing: the letter then says that the purpose is unknown (R9).
fn purpose_code(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Explanation => Some("explanation"),
        Purpose::Apology => Some("apology"),
        Purpose::Prevention => Some("prevention"),
        Purpose::Conversation => Some("conversation"),
        Purpose::Compensation => Some("compensation"),
        Purpose::Solution => Some("solution"),
        Purpose::NoneStated => None,
    }
}

/// Facts of the notice of a further mail.
pub fn further_mail(occasion: &Occasion<'_>) -> Result<FurtherMail, CompositionError> {
    let sender = passage(occasion, |passage| match passage {
        Passage::FurtherMail { sender } => Some(*sender),
        _ => None,
    })?;
    Ok(FurtherMail {
        surroundings: Surroundings::of(occasion)?,
        sender: SenderFact {
            complainant: sender == Sender::Complainant,
            respondent: matches!(sender, Sender::Respondent(_)),
            officer: sender == Sender::Officer,
            officer_not_proven: sender == Sender::OfficerNotProven,
            stranger: sender == Sender::Stranger,
            machine: sender == Sender::Machine,
        },
        flags: flags(occasion),
        mail: Mail::of(occasion),
        acts: acts_now(occasion),
    })
}

/// Facts of the answer to the follow-up.
pub fn follow_up_answer(occasion: &Occasion<'_>) -> Result<FollowUpAnswer, CompositionError> {
    let grade = passage(occasion, |passage| match passage {
        Passage::FollowUpAnswer { grade } => Some(*grade),
        _ => None,
    })?;
    Ok(FollowUpAnswer { surroundings: Surroundings::of(occasion)?, grade, mail: Mail::of(occasion), acts: acts_now(occasion) })
}

/// Facts of a receipt.
pub fn receipt(occasion: &Occasion<'_>) -> Result<ReceiptFacts, CompositionError> {
    let receipts = passage(occasion, |passage| match passage {
        Passage::Receipt(receipts) => Some(receipts),
        _ => None,
    })?;
    let (wording, today, zone) = (occasion.wording, occasion.today(), occasion.desk.facts.zone);
    let mut facts = ReceiptFacts {
        surroundings: Surroundings::of(occasion)?,
        noted: false,
        contacted_on: None,
        no_follow_up: false,
        reopened: false,
        closed: None,
        acts: acts_now(occasion),
    };
    for receipt in receipts {
        match receipt {
            Receipt::Noted => facts.noted = true,
            Receipt::Contacted { on } => facts.contacted_on = Some(wording.date(*on, today)),
            Receipt::FollowUpSuppressed => facts.no_follow_up = true,
            // Of a re-opening and a closing in one mail only the last state is told.
            Receipt::Reopened => (facts.reopened, facts.closed) = (true, None),
            Receipt::Closed { outcome, follow_up } => {
                facts.reopened = false;
                facts.closed = Some(ClosedFact {
                    outcome: Line::new(wording.outcomes.get(outcome.code())),
                    follow_up_on: follow_up.map(|at| wording.date(at.with_timezone(&zone).date_naive(), today)),
                });
            }
        }
    }
    Ok(facts)
}

/// Facts of a refusal.
pub fn refusal(occasion: &Occasion<'_>) -> Result<RefusalFacts, CompositionError> {
    let refusal = passage(occasion, |passage| match passage {
        Passage::Refusal(refusal) => Some(refusal),
        _ => None,
    })?;
    let mut fact = RefusalFact::default();
    match refusal {
        Refusal::UnknownCommand { word, nearest } => {
            fact.unknown = Some(UnknownCommand { word: Line::new(word), nearest: nearest.as_deref().map(Line::new) });
        }
        Refusal::Incomplete { command, argument, choices } => {
            let argument = Some(Line::new(argument)).filter(|argument| !argument.is_empty());
            let choices = choices.iter().map(|choice| Line::new(choice)).collect();
            fact.incomplete = Some(IncompleteCommand { command: Line::new(command), argument, choices });
        }
        Refusal::NotNow { command, state } => {
            let state = Line::new(occasion.wording.states.get(state));
            fact.not_now = Some(NotNow { command: Line::new(command), state });
        }
        Refusal::NotProven => fact.not_proven = true,
        Refusal::NoCase => fact.no_case = true,
    }
    // Who has not proven to be the officer learns nothing of what could be done (I9).
    let acts = if fact.not_proven { Vec::new() } else { acts_now(occasion) };
    Ok(RefusalFacts { surroundings: Surroundings::of(occasion)?, refusal: fact, acts })
}

/// Facts of an alarm.
pub fn alarm(occasion: &Occasion<'_>) -> Result<AlarmFacts, CompositionError> {
    let alarm = passage(occasion, |passage| match passage {
        Passage::Alarm(alarm) => Some(alarm),
        _ => None,
    })?;
    let mut facts = AlarmFacts {
        surroundings: Surroundings::of(occasion)?,
        undeliverable: None,
        follow_up_too_late: false,
        first_contact: None,
        decision: None,
        no_progress: None,
        not_answered: false,
        clock: None,
        letter_late: None,
        acts: acts_now(occasion),
    };
    match alarm {
        Alarm::LetterUndeliverable { letter } => facts.undeliverable = Some(Line::new(occasion.wording.letters.get(letter))),
        Alarm::FollowUpTooLate => facts.follow_up_too_late = true,
        Alarm::FirstContact { days_left } => facts.first_contact = Some(Days::of(*days_left)),
        Alarm::Decision { days_left } => facts.decision = Some(Days::of(*days_left)),
        Alarm::NoProgress { days } => facts.no_progress = Some(*days),
        Alarm::NotAnswered { .. } => facts.not_answered = true,
        Alarm::Clock { clock, days_left } => {
            let (end, today) = (occasion.case.end_of(*clock), occasion.today());
            facts.clock = Some(ClockFact {
                name: Line::new(occasion.wording.clocks.get(clock.code())),
                on: end.map(|day| occasion.wording.date(day, today)),
                days: Days::of(*days_left),
            });
        }
        Alarm::LetterLate { letter } => facts.letter_late = Some(Line::new(occasion.wording.letters.get(letter))),
    }
    Ok(facts)
}
