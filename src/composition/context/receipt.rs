//! Facts of a receipt: what was done, and the letters that go out because of it, word for word (M87).

use serde::Serialize;
use serde_json::{Value, json};

use super::digest::{Section, sections};
use super::officer::{listed, name_of, party_word};
use super::surroundings::{acts_now, file_token};
use super::{GoingOut, Occasion, Surroundings, passage};
use crate::composition::CompositionError;
use crate::composition::acts::{Act, offered};
use crate::composition::human_text::{Line, Words};
use crate::mediation::reply::{Obstacle, Receipt};
use crate::mediation::{PartyRole, Passage, Wish};
use crate::model::{Appointment, Flag, FlagStanding};

/// Bytes of letters that one receipt shows, counted as HTML (M142).
const LETTERS_BUDGET: usize = 30_000;

/// What a command did.
#[derive(Debug, Serialize)]
pub struct ReceiptFacts {
    #[serde(flatten)]
    surroundings: Surroundings,
    /// What was done, in order: each with one key, named after it.
    done: Vec<Value>,
    /// Letters that leave.
    letters: Vec<LetterFact>,
    /// The moment at which they leave; until then `#stop` takes them back.
    #[serde(skip_serializing_if = "Option::is_none")]
    leaves_at: Option<String>,
    /// Where the case stands, for who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
    /// What the note seems to ask for.
    offers: Vec<Act>,
    /// The officer's cases, for who asks for the list.
    sections: Vec<Section>,
    /// Files that hang on the receipt.
    files: Vec<Line>,
    acts: Vec<Act>,
}

#[derive(Debug, Serialize)]
struct LetterFact {
    to: Line,
    subject: Line,
    words: Words,
    shortened: bool,
    in_calendar: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    papers: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    held: Option<Line>,
}

#[derive(Debug, Serialize)]
struct Status {
    respondents: Vec<Line>,
    flags: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacted_on: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_sent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    talk: Option<Line>,
    commands: Vec<CommandLine>,
}

#[derive(Debug, Serialize)]
struct CommandLine {
    command: Line,
    effect: Line,
}

/// Facts of a receipt.
pub fn receipt(occasion: &Occasion<'_>) -> Result<ReceiptFacts, CompositionError> {
    let receipts = passage(occasion, |passage| match passage {
        Passage::Receipt(receipts) => Some(receipts),
        _ => None,
    })?;
    // Of a re-opening and a closing in one mail only the last state is told.
    let is_past = |index: usize, receipt: &Receipt| {
        let later = receipts.get(index + 1..).unwrap_or_default();
        let of_state = |receipt: &Receipt| matches!(receipt, Receipt::Closed { .. } | Receipt::Reopened);
        of_state(receipt) && later.iter().any(of_state)
    };
    let told = receipts.iter().enumerate().filter(|(index, receipt)| !is_past(*index, receipt));
    let asks = receipts.iter().any(|receipt| matches!(receipt, Receipt::Status | Receipt::File | Receipt::Help));
    let help = receipts.contains(&Receipt::Help);
    let leaves_at = occasion.going_out.iter().find_map(|letter| letter.leaves_at);
    let (today, zone) = (occasion.today(), occasion.desk.facts.zone);
    let lines: Vec<String> = receipts
        .iter()
        .flat_map(|receipt| if let Receipt::Offered { lines } = receipt { lines.as_slice() } else { &[] })
        .cloned()
        .collect();
    let mut budget = LETTERS_BUDGET;
    Ok(ReceiptFacts {
        surroundings: Surroundings::of(occasion)?,
        done: told.map(|(_, receipt)| fact(occasion, receipt)).collect(),
        letters: occasion.going_out.iter().map(|letter| letter_fact(occasion, letter, &mut budget)).collect(),
        leaves_at: leaves_at.map(|at| occasion.wording.moment(at, today, zone)),
        status: asks.then(|| status(occasion, help)),
        offers: offered(occasion, file_token(occasion), &lines),
        sections: receipts
            .iter()
            .find_map(|receipt| match receipt {
                Receipt::Listed { digest } => Some(sections(digest, occasion.desk.facts, occasion.wording, today)),
                _ => None,
            })
            .unwrap_or_default(),
        files: occasion.files.iter().map(|file| Line::new(&file.name)).collect(),
        acts: acts_now(occasion),
    })
}

fn letter_fact(occasion: &Occasion<'_>, letter: &GoingOut, budget: &mut usize) -> LetterFact {
    let (words, shortened) = Words::new(&letter.text, *budget);
    *budget = budget.saturating_sub(words.as_str().len());
    let line = |names: &[String]| Some(Line::new(&names.join(", "))).filter(|line| !line.is_empty());
    LetterFact {
        to: party_word(occasion, letter.to),
        subject: Line::new(&letter.subject),
        words,
        shortened,
        in_calendar: letter.in_calendar,
        attachments: line(&letter.attachments),
        papers: line(&letter.papers),
        held: line(&letter.held),
    }
}

/// Who somebody is: by name, with the role where that says more.
fn person(occasion: &Occasion<'_>, role: PartyRole) -> Line {
    let word = occasion.wording.roles.get(role.code());
    match name_of(occasion, role) {
        Some(name) => Line::new(&format!("{} ({word})", name.as_str())),
        None => Line::new(word),
    }
}

/// The line by which an officer confirms that this file is to be erased.
fn erase_command(occasion: &Occasion<'_>) -> String {
    format!("#{} {}", occasion.wording.erase_word, occasion.case.number)
}

/// One thing that was done, under its key.
fn fact(occasion: &Occasion<'_>, receipt: &Receipt) -> Value {
    let (wording, today, zone) = (occasion.wording, occasion.today(), occasion.desk.facts.zone);
    let date = |day: &chrono::NaiveDate| wording.date(*day, today);
    let line = |text: &str| Line::new(text);
    let party = |role: PartyRole| party_word(occasion, role);
    let (key, value) = match receipt {
        Receipt::Noted => ("noted", json!(true)),
        Receipt::Offered { .. } => ("offered", json!(true)),
        Receipt::NoteDropped => ("note_dropped", json!(true)),
        Receipt::Contacted { on } => ("contacted_on", json!(date(on))),
        Receipt::FollowUpSuppressed => ("no_follow_up", json!(true)),
        Receipt::Reopened => ("reopened", json!(true)),
        Receipt::Closed { outcome, follow_up, decision_open } => (
            "closed",
            json!({
                "outcome": line(wording.outcomes.get(outcome.code())),
                "follow_up_on": follow_up.map(|at| wording.date(at.with_timezone(&zone).date_naive(), today)),
                "decision_open": decision_open,
            }),
        ),
        Receipt::Words { to } => ("words", json!({ "to": party(*to) })),
        Receipt::OnPaper { to, words: _ } => ("on_paper", json!({ "to": party(*to) })),
        Receipt::Registered => (
            "registered",
            json!({
                "on_paper": occasion.case.complainant.address.is_none(),
                "follows": occasion.case.follows.map(|other| other.to_string()),
            }),
        ),
        Receipt::ComplainantRecorded { moved, others_may_have_read, writes } => {
            let known = &occasion.case.complainant;
            let value = json!({
                "name": name_of(occasion, PartyRole::Complainant),
                "address": known.address.as_ref().map(|address| line(address.as_str())),
                "phone": known.phone.as_deref().map(line),
                "moved": moved,
                "others_may_have_read": others_may_have_read,
                "writes": writes,
            });
            ("complainant_recorded", value)
        }
        Receipt::RespondentRecorded { number } => {
            let role = PartyRole::Respondent(*number);
            let known = occasion.case.party(role);
            let address = known.and_then(|party| party.address.as_ref()).map(|address| line(address.as_str()));
            ("respondent", json!({ "name": party(role), "address": address }))
        }
        Receipt::Kinds { kinds } => ("kinds", json!(listed(kinds.iter().map(|kind| wording.kinds.word_of(kind))))),
        Receipt::Purposes { purposes } => ("purposes", json!({ "list": listed(wording.purpose_words(purposes)) })),
        Receipt::Figures { recorded } => ("figures", json!({ "recorded": line(recorded) })),
        Receipt::Language { language } => ("language", json!(line(wording.languages.get(language.tag())))),
        Receipt::Flag { flag, standing, stops_talk } => ("flag", flag_fact(occasion, *flag, *standing, *stops_talk)),
        Receipt::AuthorisationAsked => ("authorisation_asked", json!(true)),
        Receipt::AuthorisationJudged { accepted } => ("authorisation", json!({ "accepted": accepted })),
        Receipt::ClarificationAsked => ("clarification_asked", json!(true)),
        Receipt::HearingAsked { by, own_words } => ("hearing", json!({ "by": date(by), "own_words": own_words })),
        Receipt::Released => ("released", json!(true)),
        Receipt::ConsentAsked { by, complainant_first } => {
            ("consent_asked", json!({ "by": date(by), "complainant_first": complainant_first }))
        }
        Receipt::AppointmentSet { appointment, free_day } => ("appointment", appointment_fact(occasion, appointment, *free_day)),
        Receipt::AppointmentMoved { appointment, free_day } => ("moved", appointment_fact(occasion, appointment, *free_day)),
        Receipt::AppointmentStays => ("appointment_stays", json!(true)),
        Receipt::AppointmentCancelled => ("cancelled", json!(true)),
        Receipt::Held { on, result, dropped } => {
            ("held", json!({ "on": date(on), "result": line(wording.outcomes.get(result.code())), "dropped": dropped }))
        }
        Receipt::NotHeld { why: _, dropped } => ("not_held", json!({ "dropped": dropped })),
        Receipt::AgreementsSent { version } => {
            let case = occasion.case;
            let on_paper = case.parties().any(|role| case.party(role).is_none_or(|party| party.address.is_none()));
            ("agreements", json!({ "version": version, "on_paper": on_paper }))
        }
        Receipt::Advised { topic: _ } => ("advised", json!(true)),
        Receipt::Referred { body, checked_on, stale } => {
            ("referred", json!({ "body": line(body), "checked_on": date(checked_on), "stale": stale }))
        }
        Receipt::Extended { until } => ("extended", json!(date(until))),
        Receipt::DecisionNoted { on } => ("decision_on", json!(date(on))),
        Receipt::Withdrawn => ("withdrawn", json!(true)),
        Receipt::Merged { into } => ("merged", json!(into.to_string())),
        Receipt::Assigned { name } => ("assigned", json!(line(name))),
        Receipt::TakenBack => ("taken_back", json!(true)),
        Receipt::Status => ("state", json!(true)),
        Receipt::File => ("file", json!(true)),
        Receipt::Access { who, until } => {
            ("access", json!({ "who": person(occasion, *who), "until": until.map(|day| wording.date(day, today)) }))
        }
        Receipt::EraseAsked { who, until, obstacle } => (
            "erase_asked",
            json!({
                "who": person(occasion, *who),
                "until": until.map(|day| wording.date(day, today)),
                "open": *obstacle == Some(Obstacle::Open),
                "waiting": *obstacle == Some(Obstacle::Waiting),
                "held": match obstacle {
                    Some(Obstacle::Held(flag)) => Some(line(wording.flags.get(flag.code()))),
                    Some(Obstacle::Open | Obstacle::Waiting) | None => None,
                },
                "command": obstacle.is_none().then(|| line(&erase_command(occasion))),
                // The confirming mail, ready to send: the number typed out.
                "link": offered(occasion, file_token(occasion), &[erase_command(occasion)]).pop().map(Act::into_link),
            }),
        ),
        Receipt::WishAnswered { who, wish } => {
            ("wish_answered", json!({ "who": person(occasion, *who), "erasure": *wish == Wish::Erasure }))
        }
        Receipt::Erased => ("erased", json!(true)),
        Receipt::Listed { digest } => ("listed", json!({ "none": digest.cases().next().is_none() })),
        Receipt::Reported { period } => ("reported", json!(period.to_string())),
        Receipt::Help => ("help", json!(true)),
    };
    // Inside a list a letter sees only the item, so each item brings the case along.
    let about = json!({
        "number": occasion.case.number.to_string(),
        "received_on": date(&occasion.case.received_at.with_timezone(&zone).date_naive()),
        "state": line(wording.states.get(occasion.case.phase.code())),
    });
    Value::Object([(key.to_owned(), without_nulls(value)), ("case".to_owned(), about)].into_iter().collect())
}

/// An absent field is left out, so that strict rendering finds a letter that uses it without asking first.
fn without_nulls(mut value: Value) -> Value {
    if let Value::Object(fields) = &mut value {
        fields.retain(|_, field| !field.is_null());
    }
    value
}

fn flag_fact(occasion: &Occasion<'_>, flag: Flag, standing: FlagStanding, stops_talk: bool) -> Value {
    json!({
        "label": Line::new(occasion.wording.flags.get(flag.code())),
        "suspected": standing == FlagStanding::Suspected,
        "confirmed": standing == FlagStanding::Confirmed,
        "cleared": standing == FlagStanding::Cleared,
        "blocks": flag.blocks_mediation() && standing.stands(),
        "stops_talk": stops_talk,
    })
}

/// A date, read back in words before anybody is held to it.
fn appointment_fact(occasion: &Occasion<'_>, appointment: &Appointment, free_day: bool) -> Value {
    let clock = |at: chrono::NaiveDateTime| occasion.wording.time(at.time());
    json!({
        "date": occasion.wording.date(appointment.starts.date(), occasion.today()),
        "starts": clock(appointment.starts),
        "ends": clock(appointment.ends()),
        "place": Line::new(&appointment.place),
        "free_day": free_day,
    })
}

fn status(occasion: &Occasion<'_>, help: bool) -> Status {
    let (case, wording, today) = (occasion.case, occasion.wording, occasion.today());
    let flags = Flag::ALL.into_iter().filter(|flag| case.stands(*flag)).map(|flag| Line::new(wording.flags.get(flag.code())));
    let respondent = |role: PartyRole| {
        let address = case.party(role).and_then(|party| party.address.as_ref());
        let name = party_word(occasion, role);
        Line::new(&address.map_or_else(|| name.as_str().to_owned(), |address| format!("{}, {}", name.as_str(), address.as_str())))
    };
    let commands = if help { wording.help.as_slice() } else { &[] };
    Status {
        respondents: case.respondents.keys().map(|number| respondent(PartyRole::Respondent(*number))).collect(),
        flags: flags.collect(),
        contacted_on: case.first_contact.map(|day| wording.date(day, today)),
        decision_sent: case.decision_sent.map(|day| wording.date(day, today)),
        talk: case.phase.appointment().map(|appointment| {
            let (date, time) = (wording.date(appointment.starts.date(), today), wording.time(appointment.starts.time()));
            Line::new(&format!("{date}, {time}, {}", appointment.place))
        }),
        commands: commands
            .iter()
            .map(|line| CommandLine { command: Line::new(&line.command), effect: Line::new(&line.effect) })
            .collect(),
    }
}
