//! Sample facts of the letters to one party: to each side where either may read it, with everything and with as
//! little as there can be.

use chrono::NaiveDate;

use super::Sample;
use crate::mediation::{
    Agreed, Answer, Ballot, DateChange, DirectoryEntry, InBoth, PartyRole, Passage, Phase, Recipient, ReferralKind,
};
use crate::model::{Appointment, AppointmentUid, LetterKind, MailId, Readership, RespondentNumber, Token};

const WORDS: &str = "Op 2 november wachtte iemand twee uur op de poli.\nNiemand zei hoe lang het nog zou duren.";

/// Every way in which a letter to a party can differ.
pub(super) fn samples(base: &Sample) -> Vec<Sample> {
    let readers = match base.order.kind.readership() {
        Readership::EitherParty => vec![base.clone(), to_respondent(base)],
        Readership::Complainant | Readership::Respondent | Readership::Officer | Readership::Operator => vec![base.clone()],
    };
    let mut nameless = base.clone();
    nameless.case.complainant.name = None;
    for party in nameless.case.respondents.values_mut() {
        party.name = None;
    }
    let with = |sample: &Sample, passage: Passage| {
        let mut sample = sample.clone();
        sample.order.passage = passage;
        sample
    };
    let passages = passages(base.order.kind);
    let named = readers.iter().flat_map(|reader| passages.iter().map(|passage| with(reader, passage.clone())));
    named.chain(passages.iter().take(1).map(|passage| with(&nameless, passage.clone()))).collect()
}

fn to_respondent(base: &Sample) -> Sample {
    let number = RespondentNumber(1);
    let mut sample = base.clone();
    let address = sample.case.respondents.get(&number).and_then(|party| party.address.clone());
    sample.order.to = Recipient::Party(PartyRole::Respondent(number));
    sample.order.address = address.unwrap_or(sample.order.address);
    sample.order.reply_token = Token::from_random([4; Token::BYTES]);
    sample
}

fn passages(kind: LetterKind) -> Vec<Passage> {
    let by = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap_or_default();
    let words = || Passage::Words("Donderdag om tien uur bel ik u.\n\nHeeft u de brief nog?".to_owned());
    let dates = |changes: &[DateChange]| -> Vec<Passage> {
        changes
            .iter()
            .filter_map(|change| Some(Passage::Date { appointment: appointment()?, change: *change }))
            .chain(changes.first().and_then(|change| Some(Passage::Date { appointment: nowhere()?, change: *change })))
            .collect()
    };
    let ending = || {
        let mut passages = vec![Passage::Plain];
        passages.extend(dates(&[DateChange::Cancelled]));
        passages
    };
    match kind {
        LetterKind::Question => vec![words(), Passage::Words(String::new())],
        LetterKind::Merged => crate::model::CaseNumber::new(2026, 139).map(|into| Passage::Merged { into }).into_iter().collect(),
        LetterKind::Clarification | LetterKind::Reaction | LetterKind::Message | LetterKind::Advice => vec![words()],
        LetterKind::AuthorisationOutcome => {
            vec![Passage::Authorisation { accepted: true }, Passage::Authorisation { accepted: false }]
        }
        LetterKind::ReferralCalamity | LetterKind::ReferralLegal | LetterKind::ReferralCommittee | LetterKind::ReferralOther => {
            vec![Passage::Referral(entry(true)), Passage::Referral(entry(false))]
        }
        LetterKind::Hearing => vec![Passage::Hearing { words: WORDS.to_owned(), by }],
        LetterKind::HearingReminder => vec![Passage::Hearing { words: String::new(), by }],
        LetterKind::Invitation => {
            vec![Passage::Invitation { by, others_later: false }, Passage::Invitation { by, others_later: true }]
        }
        LetterKind::Appointment => dates(&[DateChange::New]),
        LetterKind::AppointmentChanged => dates(&[DateChange::Moved, DateChange::Cancelled, DateChange::Stays]),
        LetterKind::AppointmentReminder => dates(&[DateChange::Reminder]),
        LetterKind::Agreements => [false, true]
            .map(|settled| Passage::Agreements {
                text: "1. De poli belt op maandag.\n2. Anna neemt haar lijst mee.".to_owned(),
                settled,
            })
            .into(),
        LetterKind::Extension => vec![Passage::Extension {
            old: NaiveDate::from_ymd_opt(2026, 12, 28).unwrap_or_default(),
            new: NaiveDate::from_ymd_opt(2027, 1, 25).unwrap_or_default(),
            reason: "de arts die erbij was, is tot januari afwezig".to_owned(),
        }],
        LetterKind::ExtensionRespondent => vec![Passage::Extension {
            old: NaiveDate::from_ymd_opt(2026, 12, 28).unwrap_or_default(),
            new: NaiveDate::from_ymd_opt(2027, 1, 25).unwrap_or_default(),
            reason: String::new(),
        }],
        LetterKind::MediationOff | LetterKind::ClosingRespondent | LetterKind::Withdrawal => ending(),
        LetterKind::Misdirected => vec![Passage::Plain, words(), Passage::Referral(entry(true)), Passage::Referral(entry(false))],
        LetterKind::ClarificationReminder
        | LetterKind::AuthorisationRequest
        | LetterKind::ConsentReceived
        | LetterKind::Acknowledgement
        | LetterKind::CarefulAcknowledgement
        | LetterKind::Closing
        | LetterKind::Reopened
        | LetterKind::FollowUp
        | LetterKind::OfficerNewCase
        | LetterKind::OfficerFurtherMail
        | LetterKind::OfficerFollowUpAnswer
        | LetterKind::OfficerReceipt
        | LetterKind::OfficerRefusal
        | LetterKind::OfficerAlarm
        | LetterKind::OfficerDigest
        | LetterKind::OperatorAlarm => vec![Passage::Plain],
    }
}

fn entry(full: bool) -> DirectoryEntry {
    let both = |nl: &str, en: &str| InBoth { nl: nl.to_owned(), en: en.to_owned() };
    DirectoryEntry {
        name: "De Geschillencommissie Zorg".to_owned(),
        aliases: Vec::new(),
        kind: ReferralKind::Committee,
        does: both("Deze commissie is onafhankelijk.", "This committee is independent."),
        conditions: full.then(|| both("U betaalt ongeveer 52,50 euro.", "You pay about 52.50 euros.")),
        phone: full.then(|| "070-310 53 10".to_owned()),
        web: full.then(|| "degeschillencommissiezorg.nl".to_owned()),
        checked_on: NaiveDate::from_ymd_opt(2026, 11, 1).unwrap_or_default(),
    }
}

/// A date, as everybody would like it.
pub(super) fn appointment() -> Option<Appointment> {
    at("kamer 2.14, hoofdgebouw")
}

fn nowhere() -> Option<Appointment> {
    at("")
}

fn at(place: &str) -> Option<Appointment> {
    let starts = NaiveDate::from_ymd_opt(2026, 12, 3)?.and_hms_opt(14, 0, 0)?;
    Appointment::new(AppointmentUid::from_random([9; AppointmentUid::BYTES]), starts, chrono_tz::Europe::Amsterdam, 60, place)
        .ok()
}

/// A case with a date.
pub(super) fn scheduled() -> Option<Phase> {
    let number = RespondentNumber(1);
    let yes = Answer::Yes { at: chrono::DateTime::UNIX_EPOCH, mail: MailId(uuid::Uuid::nil()) };
    let ballot = Ballot::new(1, [number])?.with(PartyRole::Complainant, yes).with(PartyRole::Respondent(number), yes);
    Some(Phase::Scheduled { agreed: Agreed::try_from(ballot).ok()?, appointment: appointment()? })
}
