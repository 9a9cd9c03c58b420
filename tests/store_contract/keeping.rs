//! What is forgotten is gone from every table, and what counts stays.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use wederhoor::daemon::tally;
use wederhoor::mediation::command::Period;
use wederhoor::mediation::{
    Actor, Before, Case, Deadline, Deadlines, Entry, FollowUp, JournalEntry, Party, Phase, Reason, TimerKind,
};
use wederhoor::model::{ComplaintKind, Flag, FlagStanding, Outcome, Purpose, RespondentNumber};
use wederhoor::store::{CaseChange, Committed, DigestRecord, LastDigest, UnitOfWork};

use super::Place;
use super::units::{address, at, desk, first_complaint, key, letter_id, mail, noon, number};

const TABLES: [&str; 5] = ["complaint_case", "journal", "mail", "letter", "capability"];

fn change(decided_on: u64, before: &Case, entry: Entry, seconds: i64) -> (UnitOfWork, Case) {
    let line = JournalEntry { at: at(seconds), actor: Actor::Desk, reason: Reason::RetentionEnded, entry };
    let after = before.clone().evolve(&line);
    let change = CaseChange { decided_on, entries: vec![line], after: after.clone() };
    (UnitOfWork { case: Some(change), ..UnitOfWork::default() }, after)
}

/// Every row of every table as one text.
async fn everything(place: &Place) -> String {
    let mut all = String::new();
    for table in TABLES {
        let sql = match (table, place.is_postgres()) {
            (_, true) => format!("SELECT t::text FROM {table} t"),
            ("complaint_case", false) => "SELECT state_json || coalesce(complainant_address, '') FROM complaint_case".to_owned(),
            ("journal", false) => "SELECT data FROM journal".to_owned(),
            ("mail", false) => "SELECT coalesce(message_id, '') || hex(raw) FROM mail".to_owned(),
            ("letter", false) => "SELECT envelope_to || hex(bytes) FROM letter".to_owned(),
            (_, false) => "SELECT holder FROM capability".to_owned(),
        };
        all.push_str(&place.lines(&sql).await.join("\n"));
    }
    all
}

pub async fn an_anonymised_case_holds_nothing_about_a_person(place: Place) {
    let store = place.open().await;
    let unit = first_complaint(1);
    let opened = unit.case.as_ref().unwrap().after.clone();
    let person = opened.complainant.address.clone().unwrap().as_str().to_owned();
    store.commit(std::slice::from_ref(&unit), noon()).await.unwrap();
    assert!(everything(&place).await.contains(&person), "the test looks where the person stands");

    let (close, closed) = change(1, &opened, Entry::Closed { outcome: Outcome::Satisfied }, 10);
    assert_eq!(store.commit(&[close], at(10)).await.unwrap(), [Committed::Recorded]);
    let (forget, forgotten) = change(2, &closed, Entry::Anonymised, 20);
    assert_eq!(store.commit(&[forget], at(20)).await.unwrap(), [Committed::Recorded]);

    let left = everything(&place).await;
    assert!(!left.contains(&person), "an address is left: {left}");
    assert!(opened.subject.is_empty() || !left.contains(&opened.subject), "a subject is left");
    assert!(store.letters_of_case(number(1)).await.unwrap().is_empty());
    assert!(store.mails_of_case(Some(number(1))).await.unwrap().iter().all(|mail| mail.record.raw.is_empty()));
    // What counts is still there, and the journal still gives the state (I11).
    let case = store.cases(&[number(1)]).await.unwrap().remove(&number(1)).unwrap().case;
    assert_eq!(case, forgotten);
    assert!(matches!(case.phase, Phase::Closed { outcome: Outcome::Satisfied, .. }));
    assert_eq!((case.received_at, &case.kinds), (opened.received_at, &opened.kinds));
    // I2: a mailbox restored from a backup makes no second case of it.
    assert!(store.known_content(&[key(1, 0)]).await.unwrap().contains(&key(1, 0)));
    // Others are as they were.
    store.commit(&[first_complaint(2)], at(30)).await.unwrap();
    assert!(!store.letters_of_case(number(2)).await.unwrap().is_empty());
}

pub async fn a_morning_list_is_recorded_once(place: Place) {
    let store = place.open().await;
    let morning = |day: &str| UnitOfWork {
        digest: Some(DigestRecord {
            desk: desk(),
            officer: address("M.Smit@voorbeeldzorg.example"),
            day: day.parse().unwrap(),
            calendar: vec![Deadline { on: day.parse().unwrap(), case: number(1), clock: TimerKind::FirstContact }],
        }),
        ..UnitOfWork::default()
    };
    let officer = [address("m.smit@voorbeeldzorg.example")];
    assert!(store.last_digests(&desk(), &officer).await.unwrap().is_empty());
    assert_eq!(store.commit(&[morning("2026-03-03")], noon()).await.unwrap(), [Committed::Recorded]);
    // Two daemons on one database: the second finds the record, whoever asked first.
    let other = place.open().await;
    let (one, two) = ([morning("2026-03-04")], [morning("2026-03-04")]);
    let (first, second) = tokio::join!(store.commit(&one, at(1)), other.commit(&two, at(1)));
    let outcomes = [first.unwrap(), second.unwrap()].concat();
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Committed::Recorded).count(), 1, "{outcomes:?}");
    assert_eq!(store.commit(&[morning("2026-03-03")], at(2)).await.unwrap(), [Committed::AlreadyRecorded]);
    let last = store.last_digests(&desk(), &officer).await.unwrap();
    let day: NaiveDate = "2026-03-04".parse().unwrap();
    let held = Deadline { on: day, case: number(1), clock: TimerKind::FirstContact };
    assert_eq!(last.into_values().collect::<Vec<_>>(), [LastDigest { day, calendar: vec![held] }]);
}

/// What can happen to a case and is counted, one life after another.
fn lives() -> Vec<Vec<Entry>> {
    let on = NaiveDate::from_ymd_opt(2026, 3, 4).unwrap();
    let one: BTreeSet<RespondentNumber> = [RespondentNumber(1)].into();
    let flag = |flag, standing| Entry::FlagSet { flag, standing };
    let closed = |outcome| Entry::Closed { outcome };
    let respondent = Entry::RespondentRecorded {
        number: RespondentNumber(1),
        party: Party {
            name: Some("Bert Visser".to_owned()),
            address: Some(address("b.visser@voorbeeldzorg.example")),
            phone: None,
        },
    };
    let agreements = Entry::AgreementsDrafted { version: 1, text: "Wij bellen elkaar.".to_owned(), parties: Vec::new() };
    let answered = |grade| Entry::FollowUpAnswered { grade, words: "Goed geholpen.".to_owned() };
    let follow_up = Entry::FollowUpSent { letter: letter_id(1, 9) };
    let before = Box::new(Before {
        phase: Phase::Open,
        timers: BTreeMap::new(),
        ends: BTreeMap::new(),
        follow_up: FollowUp::None,
        deadlines: Deadlines::default(),
        extension: None,
    });
    vec![
        vec![
            Entry::FirstContact { on },
            respondent.clone(),
            Entry::HearingAsked { respondents: one.clone() },
            Entry::ReactionReceived { respondent: RespondentNumber(1), words: "Er was iemand ziek.".to_owned() },
            Entry::ReactionReleased,
            closed(Outcome::Satisfied),
            follow_up.clone(),
            answered(Some(8)),
        ],
        vec![
            Entry::FirstContact { on },
            Entry::KindsSet { kinds: vec![ComplaintKind::Conduct, ComplaintKind::Medical] },
            Entry::PurposesSet { purposes: vec![Purpose::Apology] },
            respondent,
            Entry::ConsentAsked { round: 1, respondents: one, complainant_first: false },
            Entry::ConsentComplete,
            Entry::TalkHeld { on, result: Outcome::Partly },
            agreements,
            Entry::AgreementsSettled,
            closed(Outcome::Partly),
            follow_up.clone(),
            Entry::FollowUpUndelivered,
        ],
        vec![
            flag(Flag::Calamity, FlagStanding::Confirmed),
            flag(Flag::DeceasedPatient, FlagStanding::Confirmed),
            Entry::FlagReason { flag: Flag::Calamity, reason: "De inspectie weet het.".to_owned() },
            flag(Flag::Calamity, FlagStanding::Cleared),
            Entry::Extended { until: on, reason: "Ziekte.".to_owned() },
            Entry::AdviceGiven { topic: "liability".to_owned() },
            Entry::Referred { body: "Het Juridisch Loket".to_owned() },
            closed(Outcome::Referred),
        ],
        vec![
            Entry::ClarificationAsked,
            Entry::Clarified,
            flag(Flag::ThirdParty, FlagStanding::Suspected),
            closed(Outcome::NotSatisfied),
            Entry::Reopened,
            closed(Outcome::Unknown),
            follow_up,
            answered(None),
        ],
        vec![
            Entry::Revocable { until: at(120), before: before.clone() },
            closed(Outcome::Satisfied),
            Entry::TakenBack { before },
            Entry::Withdrawn,
        ],
        vec![closed(Outcome::Question)],
    ]
}

/// Row 45: forgetting people changes no figure of the report.
pub async fn anonymising_leaves_every_figure_of_the_report(place: Place) {
    let store = place.open().await;
    let mut last = Vec::new();
    for (serial, entries) in (1..).zip(lives()) {
        let unit = first_complaint(serial);
        let opened = unit.case.as_ref().unwrap().after.clone();
        store.commit(&[unit], noon()).await.unwrap();
        // As far as a life goes in one commit: the entries of an officer's mail, for instance.
        let lines: Vec<JournalEntry> = (10..)
            .zip(entries)
            .map(|(second, entry)| JournalEntry {
                at: at(second * 90_000),
                actor: Actor::Desk,
                reason: Reason::CommandsDone,
                entry,
            })
            .collect();
        let after = lines.iter().fold(opened, Case::evolve);
        assert!(!after.phase.is_open(), "{serial}");
        let change = CaseChange { decided_on: 1, entries: lines, after: after.clone() };
        let unit = UnitOfWork { case: Some(change), ..UnitOfWork::default() };
        assert_eq!(store.commit(&[unit], at(10)).await.unwrap(), [Committed::Recorded]);
        last.push(after);
    }
    let period = Period::Year(2026);
    let counted =
        async || format!("{:?}", tally(store.as_ref(), &desk(), period, chrono_tz::Europe::Amsterdam, &[]).await.unwrap());
    let before = counted().await;
    for row in
        ["heard", "talk", "agreed", "extended", "referred", "reopened", "clarified", "calamity", "withdrawn", "undelivered"]
    {
        assert!(before.contains(row), "no life has {row}: {before}");
    }
    for case in &last {
        let (forget, _) = change(2, case, Entry::Anonymised, 9_000_000);
        assert_eq!(store.commit(&[forget], at(20)).await.unwrap(), [Committed::Recorded]);
    }
    assert!(!everything(&place).await.contains("Visser"), "the names are gone");
    assert_eq!(counted().await, before);
}

pub async fn a_file_on_paper_reads_no_more_than_it_may_and_no_letter_of_an_officer(place: Place) {
    let store = place.open().await;
    store.commit(&[first_complaint(1)], noon()).await.unwrap();
    for which in 1..4 {
        let unit = UnitOfWork { mail: Some(mail(1, which, Some(number(1)))), ..UnitOfWork::default() };
        assert_eq!(store.commit(&[unit], at(10)).await.unwrap(), [Committed::Recorded]);
    }
    // Four mails of 14,000 bytes: where one is more than a quarter of what may be read, none is.
    for (most, whole) in [(1_000_000, 4), (56_000, 4), (55_999, 0), (10_000, 0)] {
        let (mails, letters) = store.file_of_case(number(1), most).await.unwrap();
        assert_eq!(mails.len(), 4);
        assert!(mails.iter().all(|mail| mail.record.size == 14_000));
        assert_eq!(mails.iter().filter(|mail| mail.record.raw.len() == 14_000).count(), whole, "{most}");
        let kinds: Vec<_> = letters.iter().map(|letter| letter.letter.kind.template()).collect();
        assert!(!kinds.is_empty() && kinds.iter().all(|kind| !kind.starts_with("officer")), "{kinds:?}");
    }
}
