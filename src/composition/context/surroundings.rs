//! Facts that any letter may use: the desk, the case, the officer, the complainant, the mail it is about.

use chrono::NaiveDate;
use serde::Serialize;

use super::Occasion;
use crate::composition::acts::{Act, acts};
use crate::composition::human_text::{Line, Words};
use crate::composition::{CompositionError, DeskFacts};
use crate::mediation::{PartyRole, Phase};
use crate::message::MailFacts;
use crate::model::{Audience, Holder, Language, Token};

/// What every letter may use.
#[derive(Debug, Serialize)]
pub struct Surroundings {
    desk: Desk,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<CaseFacts>,
    officer: Officer,
    complainant: Complainant,
    /// Who reads the letter, where a party does.
    reader: Reader,
}

/// The party who reads a letter.
#[derive(Debug, Serialize)]
pub struct Reader {
    /// By which the letter may greet; never an advertisement (M21).
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Line>,
    complainant: bool,
    respondent: bool,
}

impl Reader {
    /// The reader of a letter to a party; nobody for a letter to an officer.
    pub fn of(occasion: &Occasion<'_>) -> Self {
        let role = occasion.order.to.party();
        let name = role.and_then(|role| occasion.case.party(role)).and_then(|party| party.name.as_deref());
        Self {
            name: name.and_then(Line::greeting),
            complainant: role == Some(PartyRole::Complainant),
            respondent: matches!(role, Some(PartyRole::Respondent(_))),
        }
    }
}

/// The desk (R28: a name, a phone and hours in every mail).
#[derive(Debug, Serialize)]
pub struct Desk {
    name: Line,
    address: Line,
    phone: Line,
    hours: Line,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_link: Option<Line>,
}

impl Desk {
    /// The desk as letters name it.
    pub fn of(facts: &DeskFacts, language: Language) -> Self {
        Self {
            name: Line::new(&facts.name),
            address: Line::new(facts.address.as_str()),
            phone: Line::new(&facts.phone),
            hours: Line::new(facts.hours_in(language)),
            scheme_link: facts.scheme_link.as_deref().map(Line::new),
        }
    }
}

#[derive(Debug, Serialize)]
struct CaseFacts {
    number: String,
    state: Line,
    open: bool,
    received_on: String,
    received_short: String,
    received_at: String,
    opened_on: String,
    /// The dates that bind, while they lie ahead: a letter never promises a day that has passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_by: Option<String>,
    /// The same dates, also when they have passed: for alarms.
    #[serde(skip_serializing_if = "Option::is_none")]
    contact_day: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision_day: Option<String>,
}

#[derive(Debug, Serialize)]
struct Officer {
    name: Line,
    /// Everybody who reads the file.
    readers: Line,
}

#[derive(Debug, Serialize)]
struct Complainant {
    /// By which a letter may greet; never an advertisement (M21).
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<Line>,
    /// For the officer: the name as written, whatever it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    written_name: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<Line>,
    /// For the officer: as an officer typed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<Line>,
}

/// The officer who signs.
pub fn signing_officer(occasion: &Occasion<'_>) -> Result<Line, CompositionError> {
    let (case, view) = (occasion.case, occasion.desk);
    let registered = case.officer.as_ref().and_then(|address| view.officers.iter().find(|o| o.address.same_person(address)));
    let officer = registered.or_else(|| view.responsible()).ok_or(CompositionError::NobodyToSign)?;
    Ok(Line::new(&officer.name))
}

impl Surroundings {
    /// What surrounds the matter of a letter: desk, case and people.
    pub fn of(occasion: &Occasion<'_>) -> Result<Self, CompositionError> {
        let (case, view) = (occasion.case, occasion.desk);
        let name = signing_officer(occasion)?;
        let readers: Vec<&str> = view.officers.iter().map(|officer| officer.name.as_str()).collect();
        Ok(Self {
            desk: Desk::of(view.facts, occasion.order.language),
            case: (case.phase != Phase::Unopened).then(|| CaseFacts::of(occasion)),
            officer: Officer { name, readers: Line::new(&readers.join(", ")) },
            complainant: Complainant {
                name: case.complainant.name.as_deref().and_then(Line::greeting),
                written_name: case.complainant.name.as_deref().map(Line::new).filter(|name| !name.is_empty()),
                address: case.complainant.address.as_ref().map(|address| Line::new(address.as_str())),
                phone: case.complainant.phone.as_deref().map(Line::new).filter(|phone| !phone.is_empty()),
            },
            reader: Reader::of(occasion),
        })
    }
}

impl CaseFacts {
    fn of(occasion: &Occasion<'_>) -> Self {
        let (case, wording, today) = (occasion.case, occasion.wording, occasion.today());
        let zone = occasion.desk.facts.zone;
        let received = case.received_at.with_timezone(&zone).date_naive();
        let ahead = |day: Option<NaiveDate>| day.filter(|day| *day >= today).map(|day| wording.date(day, today));
        let any = |day: Option<NaiveDate>| day.map(|day| wording.date(day, today));
        Self {
            number: case.number.to_string(),
            state: Line::new(wording.states.get(case.phase.code())),
            open: case.phase.is_open(),
            received_on: wording.date(received, today),
            received_short: wording.date_short(received, today),
            received_at: wording.moment(case.received_at, today, zone),
            opened_on: wording.date(case.opened_at.with_timezone(&zone).date_naive(), today),
            contact_by: ahead(case.deadlines.first_contact),
            decision_by: ahead(case.deadlines.decision),
            contact_day: any(case.deadlines.first_contact),
            decision_day: any(case.deadlines.decision),
        }
    }
}

/// Bytes of people's words that one notice holds, counted as HTML: with the rest of the page and the
/// transfer encoding the notice stays under the 100 kB at which Gmail clips (M142).
const WORDS_BUDGET: usize = 40_000;

/// The mail that an officer is told about.
#[derive(Debug, Serialize)]
pub struct Mail {
    #[serde(skip_serializing_if = "Option::is_none")]
    from_name: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from_address: Option<Line>,
    /// The transmitter, when the author was taken from elsewhere than `From` (M20, R4).
    #[serde(skip_serializing_if = "Option::is_none")]
    sent_by: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Words>,
    shortened: bool,
    attachments: Vec<Attachment>,
    problems: Vec<Line>,
    /// Whether the original hangs on this letter.
    attached: bool,
    size: String,
}

#[derive(Debug, Serialize)]
struct Attachment {
    name: Line,
    size: String,
}

impl Mail {
    /// The mail that the letter is about, if there is one.
    pub fn of(occasion: &Occasion<'_>) -> Option<Self> {
        let about = occasion.about?;
        let facts = about.facts;
        let said = if facts.reply_text.trim().is_empty() { &facts.full_text } else { &facts.reply_text };
        let (words, shortened) = Words::new(said, WORDS_BUDGET);
        let author = facts.author.as_ref();
        Some(Self {
            from_name: author.and_then(|author| author.name.as_deref()).map(Line::new).filter(|name| !name.is_empty()),
            from_address: author.map(|author| readable_address(&author.address)),
            sent_by: facts.from.as_ref().map(|from| readable_address(&from.address)),
            subject: Some(Line::new(&facts.subject)).filter(|subject| !subject.is_empty()),
            words: Some(words).filter(|words| !words.is_empty()),
            shortened,
            attachments: attachments(facts),
            problems: problems(occasion, facts),
            attached: about.raw.len() <= occasion.desk.facts.attach_original_up_to,
            size: readable_size(about.raw.len()),
        })
    }
}

/// M80: an address with letters outside ASCII in its domain is shown with the domain as the mail system
/// sees it, so that a look-alike is not taken for the real one.
fn readable_address(address: &crate::model::MailAddress) -> Line {
    if address.domain().is_ascii() {
        return Line::new(address.as_str());
    }
    let ascii = idna::domain_to_ascii(address.domain()).unwrap_or_default();
    Line::new(&format!("{} ({}@{ascii})", address.as_str(), address.local_part()))
}

fn attachments(facts: &MailFacts) -> Vec<Attachment> {
    let listed = facts.attachments.iter();
    listed.map(|a| Attachment { name: Line::new(&a.name), size: readable_size(a.bytes) }).collect()
}

fn problems(occasion: &Occasion<'_>, facts: &MailFacts) -> Vec<Line> {
    // The words exist only for problems that an officer can do something about.
    let known = |problem| occasion.wording.problems.known(&crate::model::code_of(problem)).map(Line::new);
    facts.problems.iter().filter_map(known).collect()
}

/// "812 kB", "3 MB": as people say it.
fn readable_size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// What the officer can do now, as buttons (M144).
pub fn acts_now(occasion: &Occasion<'_>) -> Vec<Act> {
    acts(occasion, file_token(occasion))
}

/// The officer's own address to the file of the case.
pub fn file_token(occasion: &Occasion<'_>) -> Token {
    let token = occasion.case.token(Holder::Officer, Audience::File);
    token.unwrap_or(occasion.order.reply_token)
}
