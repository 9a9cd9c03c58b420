//! Facts of the letters to an officer: notices, receipts, refusals, alarms (design.md section 5).

use std::borrow::Borrow;

use serde::Serialize;
use serde_json::Value;

use super::surroundings::{Mail, acts_now};
use super::{Occasion, Surroundings, passage};
use crate::composition::CompositionError;
use crate::composition::acts::Act;
use crate::composition::human_text::Line;
use crate::mediation::reply::{Alarm, Meaning};
use crate::mediation::{Confirmation, Evidence, Filed, OtherFile, PartyRole, Passage, Sender};
use crate::message::Triage;
use crate::model::{Flag, FlagStanding, Language};

/// The notice of a new complaint.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks one yes-or-no question per thing that can be so")]
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
    /// The confirmation waits for a ceiling (M13).
    later: bool,
    /// It reads as a mail from somebody who is complained about.
    other_side: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    also: Option<OtherFact>,
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
    /// What was read in the mail: one key, named after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    meaning: Option<Value>,
    /// Why it stands on this case, where that is not beyond doubt (M50, M56).
    #[serde(skip_serializing_if = "Option::is_none")]
    filed: Option<FiledFact>,
    /// Its signs name two cases, so nothing was done with it.
    filed_contradicted: bool,
    /// Whether a flag stands that forbids the talk.
    on_hold: bool,
    flags: Vec<FlagFact>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<Mail>,
    acts: Vec<Act>,
}

/// Why a mail stands where it stands.
#[derive(Debug, Serialize)]
struct FiledFact {
    why: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    also: Option<OtherFact>,
}

/// Another case that it might belong to, and the address of that file.
#[derive(Debug, Serialize)]
struct OtherFact {
    number: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Line>,
}

impl OtherFact {
    fn of(occasion: &Occasion<'_>, other: OtherFile) -> Self {
        let desk = occasion.desk.facts;
        let address = other.token.and_then(|token| desk.address.with_detail(desk.separator, &token.to_string()).ok());
        Self { number: other.case.to_string(), address: address.map(|address| Line::new(address.as_str())) }
    }
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
    /// The respondent's name, as recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Line>,
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

/// What needs a person now. Each variant of [`Alarm`] fills one field.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks one yes-or-no question for each")]
pub struct AlarmFacts {
    #[serde(flatten)]
    surroundings: Surroundings,
    #[serde(skip_serializing_if = "Option::is_none")]
    undeliverable: Option<Line>,
    /// Whether the address itself is bad, so that nothing more goes there (row 41).
    address_is_bad: bool,
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
    /// The state in which the case waits for an answer that did not come.
    #[serde(skip_serializing_if = "Option::is_none")]
    no_answer: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    respondent_undeliverable: Option<Line>,
    /// Who is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    away: Option<Line>,
    assigned: bool,
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
    let (confirmation, other_side, also) = passage(occasion, |passage| match passage {
        Passage::NewCase { confirmation, other_side, also } => Some((*confirmation, *other_side, *also)),
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
        kinds: listed(case.kinds.iter().map(|kind| wording.kinds.word_of(kind))),
        purposes: listed(wording.purpose_words(&case.purposes)),
        language: foreign.then(|| Line::new(wording.languages.get(tag))),
        acknowledged: confirmation == Confirmation::Sent,
        later: confirmation == Confirmation::Later,
        other_side,
        also: also.map(|other| OtherFact::of(occasion, other)),
        silence: silence.as_ref().and_then(|code| code.as_str()).map(|code| Line::new(wording.silences.get(code))),
        mail: Mail::of(occasion),
        acts: acts_now(occasion),
    })
}

/// Words side by side; `None` for none.
pub(super) fn listed<W: Borrow<str>>(words: impl Iterator<Item = W>) -> Option<Line> {
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

/// Facts of the notice of a further mail.
pub fn further_mail(occasion: &Occasion<'_>) -> Result<FurtherMail, CompositionError> {
    let (sender, meaning, filed) = passage(occasion, |passage| match passage {
        Passage::FurtherMail { sender, meaning, filed } => Some((*sender, meaning.as_ref(), *filed)),
        _ => None,
    })?;
    let writer = match sender {
        Sender::Respondent(number) => Some(PartyRole::Respondent(number)),
        Sender::Complainant | Sender::Officer | Sender::OfficerNotProven | Sender::Stranger | Sender::Machine => None,
    };
    Ok(FurtherMail {
        surroundings: Surroundings::of(occasion)?,
        sender: SenderFact {
            complainant: sender == Sender::Complainant,
            respondent: matches!(sender, Sender::Respondent(_)),
            officer: sender == Sender::Officer,
            officer_not_proven: sender == Sender::OfficerNotProven,
            stranger: sender == Sender::Stranger,
            machine: sender == Sender::Machine,
            name: writer.and_then(|role| name_of(occasion, role)),
        },
        meaning: meaning.map(|meaning| meaning_of(occasion, meaning)),
        filed: filed_fact(occasion, filed),
        filed_contradicted: filed.also.is_some() && sender == Sender::Stranger,
        on_hold: occasion.case.bars().next().is_some(),
        flags: flags(occasion),
        mail: Mail::of(occasion),
        acts: acts_now(occasion),
    })
}

/// Told only where a sign disagrees, or where the one that led here is weak: anybody can quote a letter or type a number.
fn filed_fact(occasion: &Occasion<'_>, filed: Filed) -> Option<FiledFact> {
    let is_weak = matches!(filed.by, Evidence::References | Evidence::Quoted | Evidence::SubjectAndAddress);
    (is_weak || filed.also.is_some()).then(|| FiledFact {
        why: Line::new(occasion.wording.evidence.get(filed.by.code())),
        also: filed.also.map(|other| OtherFact::of(occasion, other)),
    })
}

/// The key of a meaning with what the letter may say about it.
fn meaning_of(occasion: &Occasion<'_>, meaning: &Meaning) -> Value {
    let (key, value) = match meaning {
        Meaning::ConsentYes => ("consent_yes", Value::Bool(true)),
        Meaning::ConsentPutToOthers => ("consent_put_to_others", Value::Bool(true)),
        Meaning::ConsentComplete => ("consent_complete", Value::Bool(true)),
        Meaning::ConsentBlocked => ("consent_blocked", Value::Bool(true)),
        Meaning::ConsentNo => ("consent_no", Value::Bool(true)),
        Meaning::ConsentUnclear => ("consent_unclear", Value::Bool(true)),
        Meaning::AgreementConfirmed => ("agreement_confirmed", Value::Bool(true)),
        Meaning::AgreementsSettled => ("agreements_settled", Value::Bool(true)),
        Meaning::AgreementUnclear => ("agreement_unclear", Value::Bool(true)),
        Meaning::Satisfied => ("satisfied", Value::Bool(true)),
        Meaning::NotSatisfied => ("not_satisfied", Value::Bool(true)),
        Meaning::SatisfactionUnclear => ("satisfaction_unclear", Value::Bool(true)),
        Meaning::Reaction => ("reaction", Value::Bool(true)),
        Meaning::Clarified => ("clarified", Value::Bool(true)),
        Meaning::Proof => ("proof", Value::Bool(true)),
        Meaning::Withdrawal => ("withdrawal", Value::Bool(true)),
        Meaning::TalkStopped => ("talk_stopped", Value::Bool(true)),
        Meaning::RespondentNoContact => ("respondent_no_contact", Value::Bool(true)),
        Meaning::Calendar { partstat, proposed } => {
            let words =
                occasion.wording.calendar_answers.known(partstat).unwrap_or(occasion.wording.calendar_answers.get("other"));
            let said = proposed.map_or_else(
                || words.to_owned(),
                |at| {
                    let (day, time) = (occasion.wording.date(at.date(), occasion.today()), occasion.wording.time(at.time()));
                    format!("{}: {day}, {time}.", words.trim_end_matches('.'))
                },
            );
            ("calendar", Value::String(Line::new(&said).as_str().to_owned()))
        }
    };
    Value::Object([(key.to_owned(), value)].into_iter().collect())
}

/// The name of a party, as the officer knows it.
pub(super) fn name_of(occasion: &Occasion<'_>, role: PartyRole) -> Option<Line> {
    let name = occasion.case.party(role)?.name.as_deref()?;
    Some(Line::new(name)).filter(|name| !name.is_empty())
}

/// "de klager", or "de ander: Bert Visser".
pub(super) fn party_word(occasion: &Occasion<'_>, role: PartyRole) -> Line {
    let word = occasion.wording.roles.get(role.code());
    match name_of(occasion, role) {
        Some(name) => Line::new(&format!("{word} ({})", name.as_str())),
        None => Line::new(word),
    }
}

/// Facts of the answer to the follow-up.
pub fn follow_up_answer(occasion: &Occasion<'_>) -> Result<FollowUpAnswer, CompositionError> {
    let grade = passage(occasion, |passage| match passage {
        Passage::FollowUpAnswer { grade } => Some(*grade),
        _ => None,
    })?;
    Ok(FollowUpAnswer { surroundings: Surroundings::of(occasion)?, grade, mail: Mail::of(occasion), acts: acts_now(occasion) })
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
        address_is_bad: occasion.case.stands(Flag::Bounced),
        follow_up_too_late: false,
        first_contact: None,
        decision: None,
        no_progress: None,
        not_answered: false,
        clock: None,
        letter_late: None,
        no_answer: None,
        respondent_undeliverable: None,
        away: None,
        assigned: false,
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
            // Counted from today: a clock that speaks for the last time does not run any more.
            let today = occasion.today();
            let end = today.checked_add_signed(chrono::TimeDelta::days(*days_left));
            facts.clock = Some(ClockFact {
                name: Line::new(occasion.wording.clocks.get(clock.code())),
                on: end.map(|day| occasion.wording.date(day, today)),
                days: Days::of(*days_left),
            });
        }
        Alarm::LetterLate { letter } => facts.letter_late = Some(Line::new(occasion.wording.letters.get(letter))),
        Alarm::NoAnswer { state } => facts.no_answer = Some(Line::new(occasion.wording.states.get(state))),
        Alarm::RespondentUndeliverable { letter } => {
            facts.respondent_undeliverable = Some(Line::new(occasion.wording.letters.get(letter)));
        }
        Alarm::Away { who } => facts.away = Some(party_word(occasion, *who)),
        Alarm::Assigned => facts.assigned = true,
    }
    Ok(facts)
}
