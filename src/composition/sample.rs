//! Sample facts: every letter in every way it can differ. They prove the templates at start-up and fill
//! the preview, through the same code that writes real letters.

mod officer;
mod party;

use chrono::{NaiveDate, TimeDelta, TimeZone, Utc};
use serde_json::Value;

use super::composer::Composer;
use super::context::GoingOut;
use super::context::{Occasion, facts_of, operator_alarm};
use super::relay::Relayed;
use super::wording::Wording;
use super::{
    About, Beside, CompositionError, DeskFacts, DeskView, OperatorAlarm, OperatorTrouble, OutgoingLetter, TemplateFault,
};
use crate::mediation::civil_calendar::CivilCalendar;
use crate::mediation::term::{Term, Unit};
use crate::mediation::{
    Case, Confirmation, Digest, FollowUp, LetterOrder, Officer, OfficerRole, OtherFile, Party, PartyRole, Passage, Phase,
    Recipient,
};
use crate::message::{Attachment, Finding, MailClass, MailFacts, Problem, Silence, Triage};
use crate::model::{
    Audience, Capability, CaseNumber, ComplaintKind, ContentKey, DeskKey, Flag, FlagStanding, Holder, Instant, Language,
    LetterId, LetterKind, MailAddress, Mailbox, MessageId, Outcome, Purpose, Readership, RespondentNumber, Token,
};

/// One letter to write, with all that it needs.
#[derive(Clone, Debug)]
pub struct Sample {
    pub order: LetterOrder,
    pub case: Case,
    pub mail: Option<(MailFacts, Vec<u8>)>,
    pub desk: DeskFacts,
    pub officers: Vec<Officer>,
    pub calendar: CivilCalendar,
    pub now: Instant,
    pub alarm: Option<OperatorAlarm>,
    pub digest: Option<Digest>,
    pub going_out: Vec<GoingOut>,
    pub files: Vec<Relayed>,
}

impl Sample {
    /// The desk as its letters see it.
    pub fn view(&self) -> DeskView<'_> {
        DeskView { facts: &self.desk, officers: &self.officers, calendar: &self.calendar, reopening: REOPENING }
    }

    fn about(&self) -> Option<About<'_>> {
        self.mail.as_ref().map(|(facts, raw)| About { facts, raw })
    }

    /// Its facts in these words.
    fn facts(&self, wording: &Wording) -> Result<Value, CompositionError> {
        if let Some(alarm) = &self.alarm {
            return operator_alarm(alarm, &self.desk, wording, self.now).map(|context| context.data().clone());
        }
        if let Some(lines) = &self.digest {
            let today = self.now.with_timezone(&self.desk.zone).date_naive();
            return super::context::digest(lines, &self.desk, wording, today).map(|context| context.data().clone());
        }
        let view = self.view();
        let occasion = Occasion {
            order: &self.order,
            case: &self.case,
            about: self.about(),
            desk: &view,
            now: self.now,
            wording,
            going_out: &self.going_out,
            files: &self.files,
        };
        facts_of(&occasion).map(|context| context.data().clone())
    }

    /// The letter itself, in this language.
    pub fn compose(&self, composer: &Composer, language: Language) -> Result<OutgoingLetter, CompositionError> {
        let order = LetterOrder { language, ..self.order.clone() };
        if let (Some(digest), Some(officer)) = (&self.digest, self.officers.first()) {
            return composer.compose_digest(officer, digest, &self.desk, language, order.letter, self.now);
        }
        if let Some(alarm) = &self.alarm {
            return composer.compose_operator_alarm(&order.address, alarm, &self.desk, language, order.letter, self.now);
        }
        let (about, view) = (self.about(), self.view());
        let written = composer.compose_beside(
            &order,
            &self.case,
            about,
            &view,
            self.now,
            Beside { going_out: &self.going_out, files: &self.files, ..Beside::default() },
        )?;
        Ok(written.letter)
    }
}

/// The facts of every sample of a letter: together they fill every field that it may use.
pub fn facts(kind: LetterKind, wording: &Wording) -> Vec<Value> {
    samples(kind).iter().filter_map(|sample| sample.facts(wording).ok()).collect()
}

/// Writes every sample of these letters.
pub fn prove(composer: &Composer, letters: &[(LetterKind, Language)]) -> Vec<TemplateFault> {
    let mut faults = Vec::new();
    for (kind, language) in letters.iter().copied() {
        let file = super::Source::letter(language, kind).file_name();
        for sample in samples(kind) {
            if let Err(error) = sample.compose(composer, language) {
                let hint = "put {{#if field}} … {{/if}} around a field that is not always there";
                faults.push(TemplateFault::of_file(&file, error.to_string(), hint));
            }
        }
    }
    faults.dedup();
    faults
}

/// Every way in which a letter can differ.
pub fn samples(kind: LetterKind) -> Vec<Sample> {
    let Some(base) = base(kind) else { return Vec::new() };
    match kind {
        LetterKind::Acknowledgement | LetterKind::CarefulAcknowledgement => confirmations(base),
        LetterKind::Closing => {
            let mut handled = closed(base.clone(), Outcome::Partly);
            (handled.case.talked, handled.case.agreement_versions, handled.case.reaction_passed) = (true, 1, true);
            Outcome::ALL.into_iter().map(|outcome| closed(base.clone(), outcome)).chain([handled]).collect()
        }
        LetterKind::Reopened => {
            let mut undated = base.clone();
            undated.case.deadlines = crate::mediation::Deadlines::default();
            vec![base, undated]
        }
        LetterKind::FollowUp => {
            let mut sample = closed(base, Outcome::Unknown);
            sample.now += TimeDelta::days(28);
            vec![sample]
        }
        LetterKind::Question
        | LetterKind::Misdirected
        | LetterKind::Merged
        | LetterKind::Clarification
        | LetterKind::ClarificationReminder
        | LetterKind::AuthorisationRequest
        | LetterKind::AuthorisationOutcome
        | LetterKind::ReferralCalamity
        | LetterKind::ReferralLegal
        | LetterKind::ReferralCommittee
        | LetterKind::ReferralOther
        | LetterKind::Hearing
        | LetterKind::HearingReminder
        | LetterKind::Reaction
        | LetterKind::Invitation
        | LetterKind::ConsentReceived
        | LetterKind::MediationOff
        | LetterKind::Appointment
        | LetterKind::AppointmentChanged
        | LetterKind::AppointmentReminder
        | LetterKind::Agreements
        | LetterKind::Extension
        | LetterKind::ExtensionRespondent
        | LetterKind::ClosingRespondent
        | LetterKind::Withdrawal
        | LetterKind::Message
        | LetterKind::Advice => party::samples(&base),
        LetterKind::OfficerNewCase => new_cases(&base),
        LetterKind::OfficerFurtherMail => officer::further_mails(&base),
        LetterKind::OfficerFollowUpAnswer => {
            let answer = |grade| {
                let mut sample = troubled(closed(base.clone(), Outcome::Unknown));
                sample.order.passage = Passage::FollowUpAnswer { grade };
                sample
            };
            vec![answer(Some(8)), answer(None)]
        }
        LetterKind::OfficerReceipt => officer::receipts(&base),
        LetterKind::OfficerRefusal => officer::refusals(&base),
        LetterKind::OfficerAlarm => officer::alarms(&base),
        LetterKind::OfficerDigest => super::sample_digest::digests(&base),
        LetterKind::OperatorAlarm => OperatorTrouble::ALL
            .into_iter()
            .enumerate()
            .map(|(index, trouble)| {
                let detail = (index % 2 == 0).then(|| "connection refused (os error 111)".to_owned());
                Sample { alarm: Some(OperatorAlarm { trouble, since: base.now, detail }), ..base.clone() }
            })
            .collect(),
    }
}

/// A person with everything known, and one of whom next to nothing is.
fn confirmations(base: Sample) -> Vec<Sample> {
    let mut unknown = base.clone();
    unknown.case.complainant.name = None;
    unknown.case.deadlines = crate::mediation::Deadlines::default();
    "tr".clone_into(&mut unknown.case.written_in);
    unknown.desk.scheme_link = None;
    unknown.now += TimeDelta::hours(10);
    let mut samples = vec![base.clone(), unknown];
    if base.order.kind == LetterKind::Acknowledgement {
        samples.push(Sample { order: LetterOrder { passage: Passage::OtherSide, ..base.order.clone() }, ..base });
    }
    samples
}

fn closed(mut sample: Sample, outcome: Outcome) -> Sample {
    sample.case.phase = Phase::Closed { at: sample.now, outcome };
    sample.case.follow_up = if outcome.is_followed_up() {
        FollowUp::Planned { due_at: sample.now + TimeDelta::days(28) }
    } else {
        FollowUp::Suppressed
    };
    sample
}

fn new_cases(base: &Sample) -> Vec<Sample> {
    let ordered = |mut sample: Sample, confirmation| {
        sample.order.passage = Passage::NewCase { confirmation, other_side: false, also: None };
        sample
    };
    let mut grave = base.clone();
    grave.case.flags = [(Flag::Crisis, FlagStanding::Suspected), (Flag::Legal, FlagStanding::Suspected)].into();
    grave.case.kinds = Vec::new();
    grave.case.purposes = vec![Purpose::NoneStated];
    "de".clone_into(&mut grave.case.written_in);
    grave.case.deadlines.decision = None;
    grave.desk.attach_original_up_to = 10;
    if let Some((facts, _)) = &mut grave.mail {
        facts.silence = Some(Silence::ListOrBulk);
        facts.problems = vec![Problem::MisleadingName, Problem::TooLarge];
        facts.from = web_form();
        facts.attachments = Vec::new();
        facts.reply_text = "Ich weiß nicht mehr weiter.\n".repeat(2000);
        facts.triage.evidence = vec![Finding { label: "crisis".to_owned(), words: "ich weiß nicht mehr weiter".to_owned() }];
    }
    let mut unwritten = base.clone();
    unwritten.mail = None;
    let mut other = base.clone();
    let also = OtherFile { case: base.case.number, token: Some(base.order.reply_token) };
    other.order.passage = Passage::NewCase { confirmation: Confirmation::Sent, other_side: true, also: Some(also) };
    vec![
        other,
        ordered(base.clone(), Confirmation::Sent),
        ordered(base.clone(), Confirmation::Later),
        ordered(grave, Confirmation::None),
        ordered(unwritten, Confirmation::None),
    ]
}

/// The same with a mail that has something wrong with it.
fn troubled(mut sample: Sample) -> Sample {
    if let Some((facts, _)) = &mut sample.mail {
        facts.problems = vec![Problem::BrokenEncoding];
        facts.from = web_form();
    }
    sample
}

/// As the regimes that ship have it.
const REOPENING: Term = Term { count: 90, unit: Unit::Days };

const COMPLAINT: &str = "Goedemorgen,\n\nIk was vorige week voor de derde keer op uw poli. Weer moest ik twee uur wachten, \
    en niemand zei iets. Ik wil graag weten hoe dat kan.\n\nAnna de Boer";

/// A desk, its people and a case with all that a case can have.
fn base(kind: LetterKind) -> Option<Sample> {
    let now = Utc.with_ymd_and_hms(2026, 11, 16, 8, 14, 0).single()?;
    let desk_address: MailAddress = "klachten@voorbeeldzorg.example".parse().ok()?;
    let anna: MailAddress = "anna.de.boer@post.example".parse().ok()?;
    let officer: MailAddress = "m.smit@voorbeeldzorg.example".parse().ok()?;
    let operator: MailAddress = "beheer@voorbeeldzorg.example".parse().ok()?;
    let key = DeskKey::of(&desk_address);
    let number = CaseNumber::new(2026, 142).ok()?;
    let day = NaiveDate::from_ymd_opt;
    let [file, complainant, follow_up, respondent] = [1, 2, 3, 4].map(|byte| Token::from_random([byte; Token::BYTES]));
    let first: MessageId = "anna-1@post.example".parse().ok()?;

    let mut case = Case::unopened(number, key.clone());
    case.phase = Phase::Intake;
    case.received_at = now;
    case.opened_at = now;
    "nl".clone_into(&mut case.written_in);
    "wachten".clone_into(&mut case.subject);
    case.complainant.name = Some("Anna de Boer".to_owned());
    case.complainant.address = Some(anna.clone());
    case.officer = Some(officer.clone());
    case.kinds = vec![ComplaintKind::Organisational, ComplaintKind::Communication];
    case.purposes = vec![Purpose::Explanation];
    case.deadlines.first_contact = day(2026, 11, 23);
    case.deadlines.decision = day(2026, 12, 28);
    case.thread = vec![first.clone()];
    case.capabilities = [
        (file, Holder::Officer, Audience::File),
        (complainant, Holder::Complainant, Audience::File),
        (follow_up, Holder::Complainant, Audience::FollowUp),
        (respondent, Holder::Respondent(RespondentNumber(1)), Audience::File),
    ]
    .map(|(token, holder, audience)| Capability { token, case: number, holder, audience })
    .into();

    let bert: MailAddress = "b.visser@voorbeeldzorg.example".parse().ok()?;
    let first_respondent = RespondentNumber(1);
    if kind.readership() != Readership::Complainant {
        let bert = Party { name: Some("Bert Visser".to_owned()), address: Some(bert.clone()), phone: None };
        case.respondents.insert(first_respondent, bert);
    }
    let (to, address, reply_token) = match kind.readership() {
        Readership::Complainant | Readership::EitherParty => {
            let token = if kind == LetterKind::FollowUp { follow_up } else { complainant };
            (Recipient::COMPLAINANT, anna.clone(), token)
        }
        Readership::Respondent => (Recipient::Party(PartyRole::Respondent(first_respondent)), bert, respondent),
        Readership::Operator => (Recipient::Officer(operator.clone()), operator, file),
        Readership::Officer => (Recipient::Officer(officer.clone()), officer.clone(), file),
    };
    let letter = LetterId::new(now, [7; 10]);
    let order =
        LetterOrder { letter, kind, to, address, language: Language::Nl, reply_token, about: None, passage: Passage::Plain };
    Some(Sample {
        order,
        case,
        mail: Some((mail_facts(&anna, first), raw_mail())),
        desk: DeskFacts {
            key,
            name: "Klachtenhulp Voorbeeldzorg".to_owned(),
            address: desk_address,
            separator: '+',
            phone: "010-0000000".to_owned(),
            hours: "werkdagen 9.00-16.00 uur".to_owned(),
            hours_en: Some("weekdays 9 am to 4 pm".to_owned()),
            postal_address: Some("Postbus 12, 1234 ZZ Voorbeeldstad".to_owned()),
            scheme_link: Some("https://voorbeeldzorg.example/klachtenregeling".to_owned()),
            zone: chrono_tz::Europe::Amsterdam,
            message_id_domain: "voorbeeldzorg.example".to_owned(),
            trace: "voorbeeld-spoor".to_owned(),
            attach_original_up_to: 10_000_000,
        },
        officers: vec![
            Officer {
                name: "Marieke Smit".to_owned(),
                address: officer,
                aliases: Vec::new(),
                role: OfficerRole::Officer,
                calendar: false,
            },
            Officer {
                name: "Karim Haddad".to_owned(),
                address: "k.haddad@voorbeeldzorg.example".parse().ok()?,
                aliases: Vec::new(),
                role: OfficerRole::Deputy,
                calendar: false,
            },
        ],
        calendar: CivilCalendar::default(),
        now,
        alarm: None,
        digest: None,
        going_out: Vec::new(),
        files: Vec::new(),
    })
}

fn mail_facts(anna: &MailAddress, id: MessageId) -> MailFacts {
    MailFacts {
        key: ContentKey([0; 32]),
        class: MailClass::Human,
        class_reason: "human".to_owned(),
        silence: None,
        author: Some(Mailbox { name: Some("Anna de Boer".to_owned()), address: anna.clone() }),
        from: None,
        message_id: Some(id),
        references: Vec::new(),
        subject: "wachten".to_owned(),
        claimed_date: None,
        language: "nl".to_owned(),
        reply_text: COMPLAINT.to_owned(),
        full_text: COMPLAINT.to_owned(),
        says_something: true,
        cuts: Vec::new(),
        attachments: vec![Attachment {
            name: "afspraakbrief.pdf".to_owned(),
            media_type: "application/pdf".to_owned(),
            bytes: 81_200,
        }],
        clues: Vec::new(),
        bounce: None,
        calendar: None,
        triage: Triage::default(),
        problems: Vec::new(),
        size: 1_400,
    }
}

/// The transmitter of a mail whose author stands in the body (R4).
fn web_form() -> Option<Mailbox> {
    let address = "formulier@voorbeeldzorg.example".parse().ok()?;
    Some(Mailbox { name: None, address })
}

fn raw_mail() -> Vec<u8> {
    let head = "From: Anna de Boer <anna.de.boer@post.example>\nTo: klachten@voorbeeldzorg.example\nSubject: wachten\n\
        Message-ID: <anna-1@post.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n";
    format!("{head}{COMPLAINT}\n").into_bytes()
}
