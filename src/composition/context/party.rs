//! Facts of the letters to one party, complainant or respondent (domain.md section 4: T03 to T24, T26, T27).
//!
//! Both sides read the same words (R15), so both have the same facts. There is no field here for the other party's
//! address, for a note or for words that an officer did not release (I6, R30).

use serde::Serialize;

use super::Occasion;
use super::surroundings::{Desk, Reader, signing_officer};
use crate::composition::CompositionError;
use crate::composition::human_text::{Line, Words};
use crate::mediation::{DateChange, DirectoryEntry, Passage};
use crate::model::{Appointment, Language, MailAddress};

/// Bytes of released words that one letter holds, counted as HTML (M142).
const WORDS_BUDGET: usize = 60_000;

/// Every fact that a letter to a party may use; what a letter does not need is left out.
#[derive(Debug, Serialize)]
pub struct PartyLetter {
    desk: Desk,
    case: CaseFacts,
    officer: OfficerName,
    reader: Reader,
    /// Words that were released for this reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Words>,
    /// The day by which an answer is hoped for.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    /// Who else takes part in the talk (R14).
    #[serde(skip_serializing_if = "Option::is_none")]
    others: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    talk: Option<Talk>,
    /// Whether the others hear of the question only after this party's yes.
    others_later: bool,
    /// Whether everybody has confirmed the agreements.
    settled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    referral: Option<Referral>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<ExtensionFact>,
    /// Whether proof was accepted.
    accepted: bool,
    /// The case in which this one goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    into: Option<String>,
}

/// A case as both parties may know it.
#[derive(Debug, Serialize)]
struct CaseFacts {
    number: String,
    today: String,
}

#[derive(Debug, Serialize)]
struct OfficerName {
    name: Line,
}

/// A date, read out.
#[derive(Debug, Serialize)]
struct Talk {
    date: String,
    starts: String,
    ends: String,
    minutes: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<Line>,
    off: bool,
    moved: bool,
    stays: bool,
}

#[derive(Debug, Serialize)]
struct Referral {
    name: Line,
    does: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    web: Option<Line>,
}

#[derive(Debug, Serialize)]
struct ExtensionFact {
    old: String,
    new: String,
    reason: Line,
}

/// The facts of a letter to a party.
pub fn letter(occasion: &Occasion<'_>) -> Result<PartyLetter, CompositionError> {
    let today = occasion.today();
    let date = |day| occasion.wording.date(day, today);
    let mut facts = PartyLetter {
        desk: Desk::of(occasion.desk.facts, occasion.order.language),
        case: CaseFacts { number: occasion.case.number.to_string(), today: date(today) },
        officer: OfficerName { name: signing_officer(occasion)? },
        reader: Reader::of(occasion),
        words: None,
        by: None,
        others: None,
        talk: None,
        others_later: false,
        settled: false,
        referral: None,
        extension: None,
        accepted: false,
        into: None,
    };
    match &occasion.order.passage {
        Passage::Plain | Passage::OtherSide => {}
        Passage::Words(text) => facts.words = words(occasion, text),
        Passage::Hearing { words: text, by } => {
            facts.words = words(occasion, text);
            facts.by = Some(date(*by));
        }
        Passage::Invitation { by, others_later } => {
            facts.by = Some(date(*by));
            facts.others_later = *others_later;
            facts.others = others(occasion);
        }
        Passage::Date { appointment, change } => {
            facts.talk = Some(talk(occasion, appointment, *change));
            facts.others = others(occasion);
        }
        Passage::Agreements { text, settled } => {
            facts.words = words(occasion, text);
            facts.settled = *settled;
        }
        Passage::Referral(entry) => facts.referral = Some(referral(entry, occasion.order.language)),
        Passage::Extension { old, new, reason } => {
            facts.extension = Some(ExtensionFact { old: date(*old), new: date(*new), reason: Line::new(reason) });
        }
        Passage::Authorisation { accepted } => facts.accepted = *accepted,
        Passage::Merged { into } => facts.into = Some(into.to_string()),
        Passage::NewCase { .. }
        | Passage::FurtherMail { .. }
        | Passage::FollowUpAnswer { .. }
        | Passage::Receipt(_)
        | Passage::Refusal(_)
        | Passage::Alarm(_) => return Err(occasion.wrong_passage()),
    }
    Ok(facts)
}

/// M85: released words lose every address that is known and not the reader's own.
fn words(occasion: &Occasion<'_>, text: &str) -> Option<Words> {
    let case = occasion.case;
    let parties = case.parties().filter(|role| occasion.order.to.party() != Some(*role));
    let mut known: Vec<&MailAddress> = parties.filter_map(|role| case.party(role)?.address.as_ref()).collect();
    for officer in occasion.desk.officers {
        known.push(&officer.address);
        known.extend(&officer.aliases);
    }
    let mut clean = text.to_owned();
    for address in known {
        clean = without(&clean, address.as_str(), &occasion.wording.address_removed);
    }
    let (words, _) = Words::new(&clean, WORDS_BUDGET);
    Some(words).filter(|words| !words.is_empty())
}

/// A text without an address, in whatever case of letters it stands there.
fn without(text: &str, address: &str, instead: &str) -> String {
    let (lower, wanted) = (text.to_ascii_lowercase(), address.to_ascii_lowercase());
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, found) in lower.match_indices(&wanted) {
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(instead);
        from = at + found.len();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

/// R14: who else will be there, by the names under which they are known. No addresses.
fn others(occasion: &Occasion<'_>) -> Option<Line> {
    let case = occasion.case;
    let reader = occasion.order.to.party();
    let names: Vec<String> = case
        .participants()
        .filter(|role| Some(*role) != reader)
        .filter_map(|role| case.party(role)?.name.as_deref().and_then(Line::greeting))
        .map(|name| name.as_str().to_owned())
        .collect();
    Some(Line::new(&names.join(", "))).filter(|line| !line.is_empty())
}

fn talk(occasion: &Occasion<'_>, appointment: &Appointment, change: DateChange) -> Talk {
    let clock = |at: chrono::NaiveDateTime| occasion.wording.time(at.time());
    Talk {
        date: occasion.wording.date(appointment.starts.date(), occasion.today()),
        starts: clock(appointment.starts),
        ends: clock(appointment.ends()),
        minutes: appointment.minutes,
        place: Some(Line::new(&appointment.place)).filter(|place| !place.is_empty()),
        off: change == DateChange::Cancelled,
        moved: change == DateChange::Moved,
        stays: change == DateChange::Stays,
    }
}

fn referral(entry: &DirectoryEntry, language: Language) -> Referral {
    Referral {
        name: Line::new(&entry.name),
        does: Line::new(entry.does.get(language)),
        conditions: entry.conditions.as_ref().map(|conditions| Line::new(conditions.get(language))),
        phone: entry.phone.as_deref().map(Line::new),
        web: entry.web.as_deref().map(Line::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_removed_in_whatever_case_it_stands() {
        let text = "Schreef Anna@Post.example <anna@post.example> aan ons?";
        assert_eq!(without(text, "anna@post.example", "[adres]"), "Schreef [adres] <[adres]> aan ons?");
    }
}
