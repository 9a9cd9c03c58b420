//! Sample facts of the letters to an officer.

use chrono::TimeDelta;

use super::{Sample, closed, troubled};
use crate::composition::sample_digest::digests;
use crate::composition::{GoingOut, Relayed};
use crate::mediation::command::Period;
use crate::mediation::reply::{Alarm, Meaning, Need, Obstacle, Receipt, Refusal};
use crate::mediation::{
    Before, Case, Evidence, Filed, FollowUp, LetterOrder, NotHeldReason, OtherFile, PartyRole, Passage, Phase, Revocable, Sender,
    TimerKind, Wish,
};
use crate::message::Finding;
use crate::model::{ComplaintKind, Flag, FlagStanding, Language, LetterKind, Outcome, Purpose, RespondentNumber};

/// Filed beyond doubt.
const FILED: Filed = Filed { by: Evidence::Capability, also: None };

pub(super) fn further_mails(base: &Sample) -> Vec<Sample> {
    let senders = [
        Sender::Complainant,
        Sender::Respondent(RespondentNumber(1)),
        Sender::Officer,
        Sender::OfficerNotProven,
        Sender::Stranger,
        Sender::Machine,
    ];
    let from = |sample: &Sample, sender| {
        let mut sample = troubled(sample.clone());
        sample.order.passage = Passage::FurtherMail { sender, meaning: None, filed: FILED };
        sample
    };
    let mut samples: Vec<Sample> = senders.into_iter().map(|sender| from(base, sender)).collect();
    let mut late = from(&closed(base.clone(), Outcome::Satisfied), Sender::Complainant);
    late.case.flags = [(Flag::NoContact, FlagStanding::Suspected)].into();
    if let Some((facts, _)) = &mut late.mail {
        facts.triage.evidence =
            vec![Finding { label: "no_contact".to_owned(), words: "neem geen contact meer met mij op".to_owned() }];
    }
    samples.push(late);
    for (sender, by, token) in [
        (Sender::Stranger, Evidence::Capability, Some(base.order.reply_token)),
        (Sender::Complainant, Evidence::SubjectAndAddress, None),
    ] {
        let also = OtherFile { case: base.case.number, token };
        let mut doubtful = from(base, sender);
        doubtful.order.passage = Passage::FurtherMail { sender, meaning: None, filed: Filed { by, also: Some(also) } };
        samples.push(doubtful);
    }
    let calendar = |partstat: &str| Meaning::Calendar { partstat: partstat.to_owned(), proposed: None };
    let meanings = [
        Meaning::ConsentYes,
        Meaning::ConsentPutToOthers,
        Meaning::ConsentComplete,
        Meaning::ConsentBlocked,
        Meaning::ConsentNo,
        Meaning::ConsentUnclear,
        Meaning::AgreementConfirmed,
        Meaning::AgreementsSettled,
        Meaning::AgreementUnclear,
        Meaning::Satisfied,
        Meaning::NotSatisfied,
        Meaning::SatisfactionUnclear,
        Meaning::Reaction,
        Meaning::Clarified,
        Meaning::Proof,
        Meaning::Withdrawal,
        calendar("declined"),
        calendar("nonsense"),
        Meaning::TalkStopped,
        Meaning::RespondentNoContact,
    ];
    samples.extend(meanings.into_iter().map(|meaning| {
        let mut sample = base.clone();
        if meaning == Meaning::TalkStopped {
            sample.case.flags = [(Flag::Legal, FlagStanding::Suspected)].into();
        }
        let sender = Sender::Respondent(RespondentNumber(1));
        sample.order.passage = Passage::FurtherMail { sender, meaning: Some(meaning), filed: FILED };
        sample
    }));
    samples
}

pub(super) fn receipts(base: &Sample) -> Vec<Sample> {
    let with = |sample: Sample, receipt| Sample {
        order: LetterOrder { passage: Passage::Receipt(receipt), ..sample.order.clone() },
        ..sample
    };
    let follow_up = Some(base.now + TimeDelta::days(28));
    let on = base.now.date_naive();
    let report = Relayed { name: "klachten-2026.csv".to_owned(), media_type: "text/csv", bytes: b"table,row\r\n".to_vec() };
    vec![
        with(base.clone(), vec![Receipt::Noted]),
        with(
            base.clone(),
            vec![
                Receipt::Noted,
                Receipt::Offered {
                    lines: vec!["#beklaagde Bert Visser <b.visser@voorbeeldzorg.example>".to_owned(), "#wederhoor".to_owned()],
                },
            ],
        ),
        with(base.clone(), vec![Receipt::Contacted { on }]),
        with(
            closed(base.clone(), Outcome::Satisfied),
            vec![Receipt::Closed { outcome: Outcome::Satisfied, follow_up, decision_open: true }],
        ),
        with(
            closed(base.clone(), Outcome::Question),
            vec![
                Receipt::Contacted { on },
                Receipt::Closed { outcome: Outcome::Question, follow_up: None, decision_open: false },
            ],
        ),
        with(closed(base.clone(), Outcome::Satisfied), vec![Receipt::FollowUpSuppressed]),
        with(base.clone(), vec![Receipt::Reopened]),
    ]
    .into_iter()
    .chain(more_receipts(base).into_iter().map(|receipts| with(base.clone(), receipts)))
    .chain(lists(base))
    .chain([
        with(Sample { files: vec![report], ..base.clone() }, vec![Receipt::Reported { period: Period::Year(2026) }]),
        with(going_out(base), vec![Receipt::Words { to: PartyRole::Complainant }]),
        with(known(base), vec![Receipt::Status, Receipt::Help]),
        with(
            known(base),
            vec![Receipt::ComplainantRecorded { moved: true, others_may_have_read: true, writes: true }, Receipt::Registered],
        ),
    ])
    .collect()
}

/// The list and the table of commands, asked for on no case.
fn lists(base: &Sample) -> Vec<Sample> {
    let on_no_case = |receipt| {
        let case = Case::unopened(base.case.number, base.case.desk.clone());
        let order = LetterOrder { passage: Passage::Receipt(vec![receipt]), ..base.order.clone() };
        Sample { order, case, ..base.clone() }
    };
    let listed = digests(base).into_iter().filter_map(|sample| sample.digest);
    listed.map(|digest| on_no_case(Receipt::Listed { digest: Box::new(digest) })).chain([on_no_case(Receipt::Help)]).collect()
}

fn asked_to_erase(obstacle: Option<Obstacle>, until: Option<chrono::NaiveDate>) -> Receipt {
    Receipt::EraseAsked { who: PartyRole::Complainant, until, obstacle }
}

/// Every other thing that can be done, a few to a mail.
fn more_receipts(base: &Sample) -> Vec<Vec<Receipt>> {
    let on = base.now.date_naive();
    let respondent = RespondentNumber(1);
    let flag = |flag, standing, stops_talk| Receipt::Flag { flag, standing, stops_talk };
    let referred = |stale| Receipt::Referred { body: "Het Juridisch Loket".to_owned(), checked_on: on, stale };
    let mut receipts = vec![
        vec![Receipt::NoteDropped],
        vec![Receipt::Registered],
        vec![Receipt::OnPaper { to: PartyRole::Complainant, words: "U belde mij vorige week.".to_owned() }],
        vec![Receipt::ComplainantRecorded { moved: false, others_may_have_read: false, writes: false }],
        vec![Receipt::RespondentRecorded { number: respondent }, Receipt::RespondentRecorded { number: RespondentNumber(9) }],
        vec![
            Receipt::Kinds { kinds: vec![ComplaintKind::Conduct, ComplaintKind::Medical] },
            Receipt::Purposes { purposes: vec![Purpose::Apology] },
            Receipt::Purposes { purposes: vec![Purpose::NoneStated] },
            Receipt::Figures { recorded: "afdeling: Poli Noord; beroep: arts".to_owned() },
            Receipt::Figures { recorded: String::new() },
            Receipt::Language { language: Language::En },
        ],
        vec![
            flag(Flag::Legal, FlagStanding::Suspected, true),
            flag(Flag::Calamity, FlagStanding::Confirmed, false),
            flag(Flag::Crisis, FlagStanding::Cleared, false),
            flag(Flag::Privacy, FlagStanding::Confirmed, false),
        ],
        vec![Receipt::AuthorisationAsked],
        vec![Receipt::AuthorisationJudged { accepted: true }, Receipt::AuthorisationJudged { accepted: false }],
        vec![Receipt::ClarificationAsked],
        vec![Receipt::HearingAsked { by: on, own_words: true }, Receipt::HearingAsked { by: on, own_words: false }],
        vec![Receipt::Released],
        vec![Receipt::ConsentAsked { by: on, complainant_first: false }],
        vec![Receipt::AppointmentCancelled, Receipt::AppointmentStays],
        vec![
            Receipt::Held { on, result: Outcome::Satisfied, dropped: true },
            Receipt::NotHeld { why: NotHeldReason::CalledOff, dropped: true },
            Receipt::AgreementsSent { version: 1 },
        ],
        vec![
            Receipt::Held { on, result: Outcome::Unknown, dropped: false },
            Receipt::NotHeld { why: NotHeldReason::NotAppeared, dropped: false },
        ],
        vec![Receipt::Advised { topic: "liability".to_owned() }, referred(false), referred(true)],
        vec![Receipt::Extended { until: on }, Receipt::DecisionNoted { on }],
        vec![Receipt::Withdrawn],
        vec![Receipt::Merged { into: base.case.number }, Receipt::Assigned { name: "Karim Haddad".to_owned() }],
        vec![Receipt::TakenBack],
        vec![Receipt::File],
        vec![Receipt::Access { who: PartyRole::Complainant, until: Some(on) }],
        vec![Receipt::Access { who: PartyRole::Respondent(respondent), until: None }],
        vec![asked_to_erase(None, Some(on))],
        vec![asked_to_erase(Some(Obstacle::Open), None), asked_to_erase(Some(Obstacle::Waiting), None)],
        vec![asked_to_erase(Some(Obstacle::Held(Flag::Legal)), None)],
        vec![
            Receipt::WishAnswered { who: PartyRole::Complainant, wish: Wish::Access },
            Receipt::WishAnswered { who: PartyRole::Complainant, wish: Wish::Erasure },
        ],
        vec![Receipt::Erased],
        vec![Receipt::Listed { digest: Box::default() }],
    ];
    if let Some(appointment) = super::party::appointment() {
        receipts.push(vec![
            Receipt::AppointmentSet { appointment: appointment.clone(), free_day: false },
            Receipt::AppointmentMoved { appointment: appointment.clone(), free_day: true },
            Receipt::AppointmentSet { appointment: appointment.clone(), free_day: true },
            Receipt::AppointmentMoved { appointment, free_day: false },
        ]);
    }
    receipts
}

/// A letter that waits for the desk's hold.
fn going_out(base: &Sample) -> Sample {
    let mut sample = base.clone();
    let leaves_at = sample.now + TimeDelta::minutes(2);
    sample.case.revocable = Some(Revocable {
        until: leaves_at,
        before: Box::new(Before {
            phase: Phase::Intake,
            timers: sample.case.timers.clone(),
            ends: sample.case.ends.clone(),
            follow_up: FollowUp::None,
            deadlines: sample.case.deadlines.clone(),
            extension: None,
        }),
    });
    let letter = |to, text: &str, in_calendar: bool| GoingOut {
        to,
        subject: "Bericht over uw zaak [2026-0142]".to_owned(),
        text: text.to_owned(),
        attachments: if in_calendar { vec!["bijlage-1.jpg".to_owned()] } else { Vec::new() },
        papers: if in_calendar { vec!["afspraken-2026-0142.pdf".to_owned()] } else { Vec::new() },
        held: if in_calendar { vec!["brief.docx".to_owned()] } else { Vec::new() },
        in_calendar,
        leaves_at: Some(leaves_at),
    };
    sample.going_out = vec![
        letter(PartyRole::Complainant, "Beste Anna de Boer,\n\nDonderdag bel ik u.\n\nMarieke Smit\n", true),
        letter(PartyRole::Respondent(RespondentNumber(1)), &"Beste Bert Visser, dit is een lange brief.\n".repeat(1000), false),
    ];
    sample
}

/// A case of which everything is known that a state can show.
fn known(base: &Sample) -> Sample {
    let mut sample = base.clone();
    sample.case.complainant.phone = Some("06-00000000".to_owned());
    sample.case.follows = Some(sample.case.number);
    sample.case.flags = [(Flag::Legal, FlagStanding::Confirmed)].into();
    sample.case.first_contact = Some(sample.now.date_naive());
    sample.case.decision_sent = Some(sample.now.date_naive());
    if let Some(scheduled) = super::party::scheduled() {
        sample.case.phase = scheduled;
    }
    sample
}

pub(super) fn refusals(base: &Sample) -> Vec<Sample> {
    let unknown =
        |nearest: Option<&str>| Refusal::UnknownCommand { word: "sluitn".to_owned(), nearest: nearest.map(str::to_owned) };
    let day = base.now.date_naive() + TimeDelta::days(17);
    let incomplete = |argument: &str| Refusal::Incomplete {
        command: "sluiten".to_owned(),
        argument: argument.to_owned(),
        choices: ["tevreden", "deels", "niet-tevreden"].map(str::to_owned).into(),
    };
    let all = [
        unknown(Some("sluiten")),
        unknown(None),
        incomplete("blij"),
        incomplete(""),
        Refusal::NotNow { command: "heropenen".to_owned(), state: "OPEN".to_owned() },
        Refusal::Blocked { command: "bemiddeling".to_owned(), flags: vec!["legal".to_owned(), "calamity".to_owned()] },
        Refusal::First { command: "afspraak".to_owned(), need: Need::Consent },
        Refusal::WrongRespondent,
        Refusal::WrongComplainant,
        Refusal::TooLateToReopen { until: day },
        Refusal::TwoLetters,
        Refusal::NothingWaits,
        Refusal::NotInDirectory { name: "de buurman".to_owned(), choices: vec!["PVP".to_owned()] },
        Refusal::NotMergeable { number: base.case.number, other_way_round: true },
        Refusal::NotMergeable { number: base.case.number, other_way_round: false },
        Refusal::SameCase { number: base.case.number },
        Refusal::Alone { command: "wissen".to_owned() },
        Refusal::OnlyHolder { command: "wissen".to_owned(), holder: "Karim Haddad".to_owned() },
        Refusal::OnlyHolder { command: "wissen".to_owned(), holder: String::new() },
        Refusal::OnlyOperator { command: "rapport".to_owned() },
        Refusal::NotProven,
        Refusal::NoCase,
        Refusal::Contradiction {
            command: "afspraak".to_owned(),
            argument: "vrijdag 3 december 14:00 Kamer 2.14".to_owned(),
            readings: vec![day, day + TimeDelta::days(1)],
        },
        Refusal::AlreadyPast { command: "afspraak".to_owned(), on: day - TimeDelta::days(30) },
        Refusal::NotYetHappened { command: "gesproken".to_owned(), on: day },
        Refusal::TooMuch { command: "wederhoor".to_owned(), argument: "graag snel".to_owned() },
        Refusal::TooLong { command: "klager".to_owned() },
        Refusal::NeedsText { command: "klager".to_owned() },
        Refusal::NotPossibleYet { command: "rapport".to_owned() },
    ];
    all.into_iter()
        .map(|refusal| {
            let mut sample = base.clone();
            if refusal == Refusal::NoCase {
                sample.case = Case::unopened(sample.case.number, sample.case.desk);
            }
            sample.order.passage = Passage::Refusal(refusal);
            sample
        })
        .collect()
}

pub(super) fn alarms(base: &Sample) -> Vec<Sample> {
    let all = [
        Alarm::LetterUndeliverable { letter: LetterKind::Acknowledgement.template().to_owned() },
        Alarm::FollowUpTooLate,
        Alarm::FirstContact { days_left: 2 },
        Alarm::FirstContact { days_left: 0 },
        Alarm::FirstContact { days_left: -1 },
        Alarm::Decision { days_left: 1 },
        Alarm::Decision { days_left: 0 },
        Alarm::Decision { days_left: -3 },
        Alarm::NoProgress { days: 14 },
        Alarm::Clock { clock: TimerKind::Refusal, days_left: 3 },
        Alarm::Clock { clock: TimerKind::CalamityReport, days_left: 0 },
        Alarm::Clock { clock: TimerKind::AccessRequest, days_left: -1 },
        Alarm::LetterLate { letter: LetterKind::Acknowledgement.template().to_owned() },
        Alarm::NoAnswer { state: "CONSENT".to_owned() },
        Alarm::RespondentUndeliverable { letter: LetterKind::Hearing.template().to_owned() },
        Alarm::Away { who: PartyRole::Respondent(RespondentNumber(1)) },
        Alarm::Assigned,
        Alarm::NotAnswered { why: "new-complaint-unanswered".to_owned() },
    ];
    all.into_iter()
        .map(|alarm| {
            let mut sample = base.clone();
            sample.mail = None;
            if let Alarm::Clock { clock, days_left } = alarm {
                let day = sample.now.date_naive() + TimeDelta::days(days_left);
                sample.case.ends.insert(clock, day);
            }
            sample.order.passage = Passage::Alarm(alarm);
            sample
        })
        .collect()
}
