//! Random lives of a case with everything that can happen in them (I4, I6, I7, I8, I9, I10, I11).
//!
//! 2,000 lives in every run of the tests; `WEDERHOOR_LIVES=100000` makes a long run of them.

use std::collections::HashSet;
use std::sync::LazyLock;

use proptest::prelude::*;

use super::properties::{Life, address};
use super::*;
use crate::message::{CalendarAnswer, CalendarMethod, MailClass, Participation, Silence};
use crate::model::{Audience, Capability, Flag, Holder, LetterKind, RespondentNumber};

const BERT: RespondentNumber = RespondentNumber(1);
/// What an officer tells of the talk, and nothing may ever keep (R20).
const STORY: &str = "WATERGEZEGDIS";
/// What an officer notes for the file, and no party may ever read (I6).
const NOTE: &str = "ALLEENVOORHETDOSSIER";

/// What an officer may type: data that the simulated year of a desk uses too (`tests/year`).
static TYPED: LazyLock<Vec<&str>> =
    LazyLock::new(|| pieces(include_str!("../../tests/lives/officer.txt")).into_iter().chain(CORRECTIONS).collect());

/// And what would lead the letters of that year elsewhere.
const CORRECTIONS: [&str; 5] = [
    "#klager naam: Anna Boer; telefoon: 06-00000000",
    "#klager Anna de Boer <anna@elders.example>",
    "#klager klager@post.example\nDit is het goede adres.",
    "#klager b.visser@voorbeeldzorg.example",
    "#notitie\nWATERGEZEGDIS",
];

/// What a party may answer.
static SAID: LazyLock<Vec<&str>> = LazyLock::new(|| pieces(include_str!("../../tests/lives/parties.txt")));

/// Texts of one or more lines, with a line of three dashes between them.
fn pieces(text: &'static str) -> Vec<&'static str> {
    text.trim_end().split("\n---\n").collect()
}

/// One step of a random life.
#[derive(Clone, Debug)]
enum Step {
    Officer(usize),
    Party { who: PartyRole, said: usize, class: MailClass, silent: bool, asked: bool },
    Counter(PartyRole),
    Forged(usize),
    Stranger,
    Suspect(Flag),
    Timer(TimerKind),
    Minutes(i64),
    Days(i64),
    Fails,
}

fn step() -> impl Strategy<Value = Step> {
    let who = prop_oneof![Just(PartyRole::Complainant), Just(PartyRole::Respondent(BERT))];
    let class = prop_oneof![
        6 => Just(MailClass::Human),
        1 => Just(MailClass::CalendarReply),
        1 => Just(MailClass::AutoReply),
        1 => Just(MailClass::Bounce),
    ];
    let party = (who, 0..SAID.len(), class, prop::bool::weighted(0.1), prop::bool::weighted(0.8));
    let flag = prop_oneof![
        Just(Flag::Legal),
        Just(Flag::Crisis),
        Just(Flag::Calamity),
        Just(Flag::DeceasedComplainant),
        Just(Flag::NoContact)
    ];
    prop_oneof![
        12 => (0..TYPED.len()).prop_map(Step::Officer),
        8 => party.prop_map(|(who, said, class, silent, asked)| Step::Party { who, said, class, silent, asked }),
        1 => prop_oneof![Just(PartyRole::Complainant), Just(PartyRole::Respondent(BERT))].prop_map(Step::Counter),
        1 => (0..TYPED.len()).prop_map(Step::Forged),
        1 => Just(Step::Stranger),
        1 => flag.prop_map(Step::Suspect),
        4 => (0..TimerKind::ALL.len()).prop_map(|index| Step::Timer(TimerKind::ALL[index])),
        2 => (0..5_i64).prop_map(Step::Minutes),
        2 => (0..20_i64).prop_map(Step::Days),
        1 => Just(Step::Fails),
    ]
}

/// Where a party answers: the latest question they were asked, or the file.
fn audience(case: &Case, asked: bool) -> Audience {
    if !asked {
        return Audience::File;
    }
    if let Phase::Consent { ballot } = &case.phase {
        Audience::Consent(ballot.round)
    } else if let Phase::Planning { agreed, .. } | Phase::Scheduled { agreed, .. } = &case.phase {
        Audience::Consent(agreed.round())
    } else if let Phase::AgreementDraft { agreements } = &case.phase {
        Audience::Agreement(agreements.version)
    } else {
        Audience::File
    }
}

fn sender(who: PartyRole) -> Sender {
    match who {
        PartyRole::Complainant => Sender::Complainant,
        PartyRole::Respondent(number) => Sender::Respondent(number),
    }
}

/// What is watched beside the case.
#[derive(Default)]
struct Watch {
    follow_ups: usize,
    /// Who said a plain yes, by their own hand, and in which asking.
    yes: HashSet<(PartyRole, u16)>,
    last: Option<(crate::model::LetterId, LetterKind)>,
}

impl Watch {
    /// Everything that must hold after each event.
    fn check(&mut self, life: &Life, before: &Case, decision: &Decision) -> Result<(), TestCaseError> {
        let case = &life.case;
        for effect in &decision.effects {
            let Effect::Send(order) = effect else { continue };
            if order.kind == LetterKind::FollowUp {
                self.follow_ups += 1;
            }
            if let Some(role) = order.to.party() {
                self.last = Some((order.letter, order.kind));
                Self::party_letter(case, order, role)?;
            }
        }
        for line in &decision.entries {
            if let Entry::AppointmentSet { .. } | Entry::AppointmentMoved { .. } = &line.entry {
                let Phase::Scheduled { agreed, .. } = &case.phase else { continue };
                for who in agreed.parties() {
                    // I7, R13: no appointment without an explicit yes of each, in a mail of their own.
                    prop_assert!(
                        self.yes.contains(&(who, agreed.round())),
                        "{who:?} never said yes to asking {}",
                        agreed.round()
                    );
                }
            }
        }
        for role in case.parties() {
            let count =
                decision.effects.iter().filter(|e| matches!(e, Effect::Send(o) if o.to == Recipient::Party(role))).count();
            prop_assert!(count <= 1, "{count} letters to {role:?} at once");
        }
        prop_assert!(self.follow_ups <= 1, "{} follow-ups (I4)", self.follow_ups);
        prop_assert!(case.is_watched(), "an open case without a clock (I10): {:?} after {:?}", case.phase, before.phase);
        // I8, R20: of the talk nothing is kept.
        let kept = serde_json::to_string(&decision.entries).unwrap();
        prop_assert!(!kept.contains(STORY), "the journal holds a report of the talk: {kept}");
        Ok(())
    }

    fn party_letter(case: &Case, order: &LetterOrder, role: PartyRole) -> Result<(), TestCaseError> {
        prop_assert_eq!(Some(&order.address), case.party(role).and_then(|party| party.address.as_ref()));
        // I6: the address to answer to is the reader's own, never the officer's or the other party's.
        let own = case.capabilities.iter().find(|capability| capability.token == order.reply_token);
        let holder = match role {
            PartyRole::Complainant => Holder::Complainant,
            PartyRole::Respondent(number) => Holder::Respondent(number),
        };
        prop_assert!(
            matches!(own, Some(Capability { holder: found, .. }) if *found == holder),
            "{:?} got the address of {own:?}",
            role
        );
        let text = format!("{:?}", order.passage);
        prop_assert!(!text.contains(NOTE) && !text.contains(STORY), "{role:?} reads what was not released (I6)");
        let invites = matches!(&order.passage, Passage::Invitation { .. })
            || matches!(&order.passage, Passage::Date { change, .. } if *change != DateChange::Cancelled);
        if invites {
            // I7, R18.
            prop_assert!(case.bars().next().is_none(), "{:?} while {:?} stands", order.kind, case.bars().collect::<Vec<_>>());
            prop_assert!(case.respondents.values().any(|party| party.address.is_some()));
        }
        Ok(())
    }
}

fn lives() -> ProptestConfig {
    let cases = std::env::var("WEDERHOOR_LIVES").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000);
    ProptestConfig { cases, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(lives())]

    #[test]
    fn no_life_of_a_whole_case_breaks_the_rules(steps in prop::collection::vec(step(), 1..40)) {
        let mut life = Life::new();
        let opening = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
        life.arrives(opening);
        let mut watch = Watch::default();
        for step in steps {
            let before = life.case.clone();
            let decision = match step {
                Step::Minutes(minutes) => { life.now += chrono::TimeDelta::minutes(minutes); continue }
                Step::Days(days) => { life.now += chrono::TimeDelta::days(days); continue }
                Step::Officer(index) => {
                    let mut mail = life.mail(Sender::Officer, TYPED[index]);
                    mail.known.complaint = Some("Ik heb twee uur gewacht.".to_owned());
                    life.arrives(mail)
                }
                Step::Forged(index) => {
                    let mut mail = life.mail(Sender::Officer, TYPED[index]);
                    mail.sender = Sender::OfficerNotProven;
                    mail.author = Some(crate::model::Mailbox { name: None, address: address("boef@elders.example") });
                    let decision = life.arrives(mail);
                    // I9: a forged command changes nothing.
                    prop_assert_eq!(&life.case.phase, &before.phase);
                    prop_assert_eq!(&life.case.flags, &before.flags);
                    prop_assert_eq!(&life.case.timers, &before.timers);
                    decision
                }
                Step::Stranger => {
                    let mut mail = life.mail(Sender::Stranger, "ja");
                    mail.audience = audience(&life.case, true);
                    life.arrives(mail)
                }
                Step::Party { who, said, class, silent, asked } => {
                    if life.case.party(who).is_none() { continue }
                    let sender = if matches!(class, MailClass::Human | MailClass::CalendarReply) { sender(who) } else { Sender::Machine };
                    let mut mail = life.mail(sender, SAID[said]);
                    mail.class = class;
                    mail.silence = silent.then_some(Silence::SuspectedMachine);
                    mail.audience = audience(&life.case, asked);
                    mail.calendar = (class == MailClass::CalendarReply)
                        .then(|| CalendarAnswer { partstat: Some(Participation::Accepted), ..CalendarAnswer::default() });
                    if let (Audience::Consent(round), MailClass::Human, false, "ja") = (mail.audience, class, silent, SAID[said]) {
                        watch.yes.insert((who, round));
                    }
                    life.arrives(mail)
                }
                Step::Counter(who) => {
                    if life.case.party(who).is_none() { continue }
                    let mut mail = life.mail(sender(who), "");
                    mail.class = MailClass::CalendarReply;
                    mail.audience = audience(&life.case, true);
                    mail.calendar = Some(CalendarAnswer { method: CalendarMethod::Counter, ..CalendarAnswer::default() });
                    life.arrives(mail)
                }
                Step::Suspect(flag) => {
                    let mut mail = life.mail(Sender::Complainant, "Er is nog iets.");
                    mail.suspected = vec![flag];
                    life.arrives(mail)
                }
                Step::Timer(timer) => {
                    if let Some(due) = life.case.timers.get(&timer) { life.now = life.now.max(*due); }
                    life.happens(&CaseEvent::TimerDue(timer))
                }
                Step::Fails => match watch.last {
                    Some((letter, kind)) => {
                        let to = address("klager@post.example");
                        life.happens(&CaseEvent::LetterFailed { letter, kind, to, address_is_bad: true })
                    }
                    None => continue,
                },
            };
            watch.check(&life, &before, &decision)?;
        }
        // I11: the journal gives the state back, and it survives being stored.
        let replayed = Case::replay(Case::unopened(life.case.number, life.policy.desk.clone()), &life.journal);
        prop_assert_eq!(&replayed, &life.case);
        let stored: Case = serde_json::from_str(&serde_json::to_string(&life.case).unwrap()).unwrap();
        prop_assert_eq!(&stored, &life.case);
    }
}
