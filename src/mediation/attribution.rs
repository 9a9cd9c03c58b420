//! Whose mail is it, and which case does it belong to (M50–M52, M56, I9).
//!
//! The message stage names clues; the shell asks the store what they mean; this decides. A sign counts
//! only together with the right address: a number or a token alone never makes a party.

use std::collections::HashMap;

use super::{Case, Phase, Policy, Sender};
use crate::message::{Clue, MailClass, MailFacts, base_subject};
use crate::model::{Audience, Capability, CaseNumber, Holder, LetterId, LetterKind, MessageId, Token};

/// What the store knows about the clues of a mail.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Tokens, from addresses and from ids of ours.
    pub capabilities: &'a HashMap<Token, Capability>,
    /// Letters of ours by their id: which letter, which case.
    pub letters: &'a HashMap<MessageId, (LetterKind, Option<CaseNumber>)>,
    /// The same, by their return address.
    pub returned: &'a HashMap<LetterId, (LetterKind, Option<CaseNumber>)>,
    /// The cases these name.
    pub cases: &'a HashMap<CaseNumber, Case>,
}

/// Which sign led to the case (M50), strongest first. Recorded with the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// A capability address.
    Capability,
    /// The return address of a letter (M40, M63).
    ReturnAddress,
    /// `In-Reply-To`.
    InReplyTo,
    /// `References`.
    References,
    /// The returned copy inside a bounce (M40).
    ReturnedCopy,
    /// A capability address in the quoted text: it leads to the case and opens nothing (M50, M52).
    Quoted,
    /// The number in the subject together with the complainant's own address.
    SubjectAndAddress,
    /// None: a new case.
    New,
}

impl Evidence {
    /// The code that is stored.
    pub fn code(self) -> &'static str {
        match self {
            Self::Capability => "capability",
            Self::ReturnAddress => "return-address",
            Self::InReplyTo => "in-reply-to",
            Self::References => "references",
            Self::ReturnedCopy => "returned-copy",
            Self::Quoted => "quoted",
            Self::SubjectAndAddress => "subject-and-address",
            Self::New => "new",
        }
    }
}

/// On what footing a mail stands on its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footing {
    /// Which case.
    pub case: CaseNumber,
    /// Who wrote, in its eyes.
    pub sender: Sender,
    /// By which sign.
    pub evidence: Evidence,
    /// Whether it answers the follow-up.
    pub answers_follow_up: bool,
    /// Who reads what is written to the address that it came to; the file where that is not known.
    pub audience: Audience,
    /// Another case that a sign names as well (M50, M56).
    pub also: Option<CaseNumber>,
}

impl Footing {
    /// What is recorded of the evidence, with the sign that disagrees, for the officer to see.
    pub fn evidence_told(&self) -> String {
        match self.also {
            Some(other) => format!("{}, also {other}", self.evidence.code()),
            None => self.evidence.code().to_owned(),
        }
    }
}

/// Whether it is proved that an officer's mail came from the officer's own domain (M71–M77).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Proof {
    /// The desk is content with the address and the case's own token.
    #[default]
    NotDemanded,
    /// The officer's own server or a signature of its domain says so.
    Given,
    /// The desk demands it, and nothing says so.
    Missing,
}

/// Where a mail belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// On a case.
    OnCase(Footing),
    /// A person wrote, and it belongs to no case: a new one.
    NewCase,
    /// An officer registers a complaint of somebody else (row 2). The shell finds this out, since it needs the
    /// words of commands.
    OfficerOpens {
        /// The case on which the officer wrote, if one.
        written_on: Option<CaseNumber>,
    },
    /// An officer wrote to the desk without any sign of a case.
    OfficerWithoutCase,
    /// As above, and the proof that the desk demands is missing.
    OfficerNotProven,
    /// A machine wrote, and it belongs to no case: kept, nothing else.
    Unplaced,
}

/// A clue that led to a case.
struct Hit {
    case: CaseNumber,
    evidence: Evidence,
    capability: Option<Capability>,
    letter: Option<LetterKind>,
}

/// Places a mail. `proof` says whether it is proved who wrote it; it matters for officers only.
pub fn place(facts: &MailFacts, proof: Proof, known: &Known<'_>, policy: &Policy) -> Placement {
    let hits = hits(facts, known, policy);
    match facts.class {
        MailClass::Human | MailClass::CalendarReply => {}
        MailClass::AutoReply
        | MailClass::Bounce
        | MailClass::DelayNotice
        | MailClass::Receipt
        | MailClass::AbuseReport
        | MailClass::List
        | MailClass::Own
        | MailClass::Unreadable => {
            return match hits.first() {
                Some(hit) if facts.class != MailClass::Own => on_case(facts, hit, &hits, Sender::Machine, known),
                Some(_) | None => Placement::Unplaced,
            };
        }
    }
    let officer = facts.author.as_ref().and_then(|author| policy.officer_at(&author.address));
    if let Some(hit) = hits.first() {
        // M56: two cases named by equally strong signs. Nothing is executed and nothing is relayed; the
        // officer of the first one sees it.
        let contradicted = hits.iter().any(|other| other.evidence == hit.evidence && other.case != hit.case);
        let unproved = officer.is_some() && proof == Proof::Missing;
        let sender =
            if contradicted || unproved { doubtful(officer.is_some()) } else { sender_of(facts, hit, known, officer.is_some()) };
        return on_case(facts, hit, &hits, sender, known);
    }
    if officer.is_some() {
        return if proof == Proof::Missing { Placement::OfficerNotProven } else { Placement::OfficerWithoutCase };
    }
    if facts.class == MailClass::CalendarReply {
        return Placement::Unplaced;
    }
    by_subject(facts, known, policy).unwrap_or(Placement::NewCase)
}

fn on_case(facts: &MailFacts, hit: &Hit, hits: &[Hit], sender: Sender, known: &Known<'_>) -> Placement {
    let by_address = hit.capability.is_some_and(|capability| capability.audience == Audience::FollowUp);
    let by_letter = hit.letter == Some(LetterKind::FollowUp) && !is_stale(facts, hit, known);
    let also = hits.iter().find(|other| other.case != hit.case).map(|other| other.case);
    Placement::OnCase(Footing {
        case: hit.case,
        sender,
        evidence: hit.evidence,
        answers_follow_up: by_address || by_letter,
        audience: hit.capability.map_or(Audience::File, |capability| capability.audience),
        also,
    })
}

/// M55: people reuse an old mail to start a new matter. References alone, under another subject, to a case that is closed:
/// the officer decides what it is, and it counts as no answer.
fn is_stale(facts: &MailFacts, hit: &Hit, known: &Known<'_>) -> bool {
    let Some(case) = known.cases.get(&hit.case) else { return false };
    matches!(hit.evidence, Evidence::References | Evidence::Quoted)
        && matches!(case.phase, Phase::Closed { .. })
        && !facts.clues.contains(&Clue::SubjectNumber(hit.case))
        && base_subject(&facts.subject) != base_subject(&case.subject)
}

fn doubtful(is_officer: bool) -> Sender {
    if is_officer { Sender::OfficerNotProven } else { Sender::Stranger }
}

/// M50: the signs in their order, each as far as the store knows it and the case is of this desk.
fn hits(facts: &MailFacts, known: &Known<'_>, policy: &Policy) -> Vec<Hit> {
    let of_this_desk = |case: &CaseNumber| known.cases.get(case).is_some_and(|case| case.desk == policy.desk);
    let by_id = |id: &MessageId, evidence: Evidence| {
        let letter = known.letters.get(id);
        let capability = id.token().and_then(|token| known.capabilities.get(&token)).copied();
        let case = capability.map(|capability| capability.case).or_else(|| letter.and_then(|(_, case)| *case))?;
        Some(Hit { case, evidence, capability, letter: letter.map(|(kind, _)| *kind) })
    };
    let by_return = |letter: &LetterId| {
        let (kind, case) = known.returned.get(letter).copied()?;
        Some(Hit { case: case?, evidence: Evidence::ReturnAddress, capability: None, letter: Some(kind) })
    };
    let mut hits: Vec<Hit> = facts
        .clues
        .iter()
        .filter_map(|clue| match clue {
            Clue::Capability(token) => {
                let capability = known.capabilities.get(token).copied()?;
                Some(Hit { case: capability.case, evidence: Evidence::Capability, capability: Some(capability), letter: None })
            }
            // M63: people write there too. It names the letter and gives nobody a right: that its sender holds the case
            // is for the sender's own address, and for a token, to show.
            Clue::Returned(letter) => by_return(letter),
            Clue::InReplyTo(id) => by_id(id, Evidence::InReplyTo),
            Clue::Reference(id) => by_id(id, Evidence::References),
            // Anybody may quote a letter: it says which case, and gives nobody a right there.
            Clue::Quoted(token) => {
                let case = known.capabilities.get(token)?.case;
                Some(Hit { case, evidence: Evidence::Quoted, capability: None, letter: None })
            }
            Clue::SubjectNumber(_) => None,
        })
        .collect();
    hits.extend(facts.bounce.iter().find_map(|bounce| by_return(&bounce.envelope?)));
    hits.extend(facts.bounce.iter().flat_map(crate::message::Bounce::ids).find_map(|id| by_id(id, Evidence::ReturnedCopy)));
    hits.retain(|hit| of_this_desk(&hit.case));
    for hit in &mut hits {
        hit.case = goes_on_in(hit.case, known);
    }
    // M16 and M22 aside, the order of the clues is kept: the first sure hit wins.
    hits.sort_by_key(|hit| hit.evidence);
    hits
}

/// Row 6: what is written on a merged case belongs where that case goes on. The shell loads that case as well;
/// where it did not, the mail stays with the merged one, and an officer sees it.
fn goes_on_in(case: CaseNumber, known: &Known<'_>) -> CaseNumber {
    match known.cases.get(&case).map(|case| &case.phase) {
        Some(super::Phase::Merged { into, .. }) if known.cases.contains_key(into) => *into,
        Some(_) | None => case,
    }
}

fn sender_of(facts: &MailFacts, hit: &Hit, known: &Known<'_>, is_officer: bool) -> Sender {
    let holder = hit.capability.map(|capability| capability.holder);
    if is_officer {
        // I9: the known address and the case's own officer token, both.
        return if holder == Some(Holder::Officer) { Sender::Officer } else { Sender::OfficerNotProven };
    }
    let (Some(author), Some(case)) = (&facts.author, known.cases.get(&hit.case)) else { return Sender::Stranger };
    let is_complainant = case.complainant.address.as_ref().is_some_and(|address| address.same_person(&author.address));
    let respondent = case
        .respondents
        .iter()
        .find(|(_, party)| party.address.as_ref().is_some_and(|address| address.same_person(&author.address)))
        .map(|(number, _)| *number);
    match holder {
        // The officer's own address in other hands: nothing may come of it.
        Some(Holder::Officer) => Sender::OfficerNotProven,
        Some(Holder::Complainant) | None if is_complainant => Sender::Complainant,
        Some(Holder::Respondent(_)) | None if respondent.is_some() => respondent.map_or(Sender::Stranger, Sender::Respondent),
        Some(Holder::Complainant | Holder::Respondent(_)) | None => Sender::Stranger,
    }
}

/// The weakest sign: a number in the subject, and only from the complainant's own address (M52).
fn by_subject(facts: &MailFacts, known: &Known<'_>, policy: &Policy) -> Option<Placement> {
    let author = facts.author.as_ref()?;
    facts.clues.iter().find_map(|clue| {
        let Clue::SubjectNumber(number) = clue else { return None };
        let case = known.cases.get(number).filter(|case| case.desk == policy.desk)?;
        let is_complainant = case.complainant.address.as_ref().is_some_and(|address| address.same_person(&author.address));
        is_complainant.then_some(Placement::OnCase(Footing {
            case: *number,
            sender: Sender::Complainant,
            evidence: Evidence::SubjectAndAddress,
            answers_follow_up: false,
            audience: Audience::File,
            also: None,
        }))
    })
}
