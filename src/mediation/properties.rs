//! Properties that hold for every life a case can have (style.md, "The decision core").

use proptest::prelude::*;

use super::*;
use crate::message::MailClass;
use crate::model::{Audience, CaseNumber, DeskKey, Flag, Instant, Language, LetterKind, MailAddress, Mailbox, Outcome};

const START: &str = "2026-11-16T08:15:00Z";

pub(super) fn address(text: &str) -> MailAddress {
    text.parse().unwrap()
}

/// The part of a regime that the core uses.
#[derive(serde::Deserialize)]
struct Rules {
    clock: clocks::ClockRules,
    wait: clocks::Waits,
}

/// The desk of the examples: Wkkgz, one officer, one deputy.
pub(super) fn policy() -> Policy {
    let rules: Rules = toml::from_str(include_str!("../../config/regimes/wkkgz.toml")).unwrap();
    let officer = |name: &str, at: &str, role| Officer {
        name: name.to_owned(),
        address: address(at),
        aliases: Vec::new(),
        role,
        calendar: false,
    };
    Policy {
        desk: DeskKey::of(&address("klachten@voorbeeldzorg.example")),
        zone: chrono_tz::Europe::Amsterdam,
        language: Language::Nl,
        officers: vec![
            officer("Marieke Smit", "m.smit@voorbeeldzorg.example", OfficerRole::Officer),
            officer("Joost Bakker", "j.bakker@voorbeeldzorg.example", OfficerRole::Deputy),
        ],
        calendar: toml::from_str(include_str!("../../config/calendar/nl.toml")).unwrap(),
        clocks: rules.clock,
        waits: rules.wait,
        mandatory_letters: vec![LetterKind::Acknowledgement, LetterKind::CarefulAcknowledgement],
        digest: false,
        complainant_first: false,
        acknowledge_up_to: chrono::TimeDelta::days(7),
        follow_up_after: chrono::TimeDelta::days(28),
        follow_up_rule: "0 0 9 * * Mon-Fri".parse().unwrap(),
        follow_up_hours: ("09:00:00".parse().unwrap(), "17:00:00".parse().unwrap()),
        hold: chrono::TimeDelta::minutes(2),
        answers: std::sync::Arc::new(AnswerWords::builtin().unwrap()),
        directory: std::sync::Arc::new(Directory::builtin().unwrap()),
        units: vec!["Poli Noord".to_owned()],
        vocabulary: std::sync::Arc::new(Vocabulary::builtin().unwrap()),
    }
}

fn number() -> CaseNumber {
    CaseNumber::new(2026, 142).unwrap()
}

/// A life lived step by step.
pub(super) struct Life {
    pub(super) policy: Policy,
    pub(super) case: Case,
    pub(super) journal: Vec<JournalEntry>,
    pub(super) now: Instant,
    steps: u8,
}

impl Life {
    pub(super) fn new() -> Self {
        let policy = policy();
        let case = Case::unopened(number(), policy.desk.clone());
        Self { policy, case, journal: Vec::new(), now: START.parse().unwrap(), steps: 0 }
    }

    pub(super) fn mail(&self, sender: Sender, text: &str) -> ArrivedMail {
        let from = match sender {
            Sender::Officer | Sender::OfficerNotProven => "m.smit@voorbeeldzorg.example",
            Sender::Complainant => "klager@post.example",
            Sender::Respondent(_) => "b.visser@voorbeeldzorg.example",
            Sender::Stranger | Sender::Machine => "iemand@anders.example",
        };
        let (commands, rest) = if sender == Sender::Officer { read_commands(text) } else { (Vec::new(), text.to_owned()) };
        ArrivedMail {
            mail: Fresh::from_seed([self.steps; 32], self.now).mail(),
            class: if sender == Sender::Machine { MailClass::AutoReply } else { MailClass::Human },
            silence: None,
            ceiling: super::Ceiling::Allows,
            sender,
            author: Some(Mailbox { name: Some("Anna de Boer".to_owned()), address: address(from) }),
            subject: "Wachttijd".to_owned(),
            language: "nl".to_owned(),
            says_something: !text.is_empty(),
            text: rest,
            thread: Vec::new(),
            arrived_at: self.now,
            suspected: Vec::new(),
            kinds: Vec::new(),
            purposes: Vec::new(),
            answers_follow_up: false,
            audience: Audience::File,
            filed: super::Filed { by: super::Evidence::Capability, also: None },
            intent: None,
            calendar: None,
            attachments: Vec::new(),
            commands,
            known: KnownToOfficer::default(),
        }
    }

    pub(super) fn happens(&mut self, event: &CaseEvent) -> Decision {
        self.steps = self.steps.wrapping_add(1);
        let mut fresh = Fresh::from_seed([self.steps; 32], self.now);
        let decision = decide(&self.case, event, &mut fresh, self.now, &self.policy);
        for line in &decision.entries {
            self.case = self.case.clone().evolve(line);
        }
        self.journal.extend(decision.entries.iter().cloned());
        decision
    }

    pub(super) fn arrives(&mut self, mail: ArrivedMail) -> Decision {
        self.happens(&CaseEvent::MailArrived(Box::new(mail)))
    }
}

pub(super) fn letters(decision: &Decision) -> Vec<(LetterKind, Recipient)> {
    decision
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Send(order) => Some((order.kind, order.to.clone())),
            Effect::WithdrawLetters(_) => None,
        })
        .collect()
}

/// One step of a random life.
#[derive(Clone, Debug)]
enum Step {
    Mail(Sender, &'static str, bool),
    Timer(TimerKind),
    Days(i64),
    Hours(i64),
    Suspect(Flag),
    LastLetterFails,
}

fn step() -> impl Strategy<Value = Step> {
    let sender = prop_oneof![
        4 => Just(Sender::Complainant),
        4 => Just(Sender::Officer),
        1 => Just(Sender::OfficerNotProven),
        1 => Just(Sender::Stranger),
        1 => Just(Sender::Machine),
    ];
    let text = prop_oneof![
        Just("Het duurde lang."),
        Just(""),
        Just("#sluiten tevreden"),
        Just("#sluiten vraag"),
        Just("#heropenen"),
        Just("#heropenen\n#sluiten deels"),
        Just("#gesproken"),
        Just("#geen-nameting\n#sluiten deels"),
        Just("#cijfers afdeling: Poli Noord; beroep: arts; maatregel: werkwijze"),
        Just("#onzin"),
        Just("8, dank u"),
        Just("#inzage"),
        Just("#inzage beantwoord"),
        Just("#wissen"),
        Just("#wissen 2026-0142"),
        Just("#wissen 2026-0142\n#heropenen"),
        Just("#dossier\n#rapport 2026"),
    ];
    let timer = prop_oneof![
        1 => Just(TimerKind::FirstContact),
        1 => Just(TimerKind::Decision),
        1 => Just(TimerKind::Attention),
        1 => Just(TimerKind::CalamityDoubt),
        1 => Just(TimerKind::FollowUpWords),
        1 => Just(TimerKind::Retention),
        3 => Just(TimerKind::FollowUp),
        1 => Just(TimerKind::FollowUpSilence),
    ];
    prop_oneof![
        6 => (sender, text, any::<bool>()).prop_map(|(sender, text, answers)| Step::Mail(sender, text, answers)),
        4 => timer.prop_map(Step::Timer),
        2 => (0..40_i64).prop_map(Step::Days),
        1 => (0..24_i64).prop_map(Step::Hours),
        1 => prop_oneof![Just(Flag::Crisis), Just(Flag::DeceasedComplainant), Just(Flag::Legal)].prop_map(Step::Suspect),
        1 => Just(Step::LastLetterFails),
    ]
}

proptest! {
    #[test]
    fn no_life_breaks_the_rules(steps in proptest::collection::vec(step(), 1..40)) {
        let mut life = Life::new();
        let opening = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
        life.arrives(opening);
        let mut follow_ups = 0;
        let mut last_letter = None;
        for step in steps {
            let decision = match step {
                Step::Days(days) => { life.now += chrono::TimeDelta::days(days); continue }
                Step::Hours(hours) => { life.now += chrono::TimeDelta::hours(hours); continue }
                Step::Mail(sender, text, answers) => {
                    let mut mail = life.mail(sender, text);
                    mail.answers_follow_up = answers;
                    life.arrives(mail)
                }
                Step::Suspect(flag) => {
                    let mut mail = life.mail(Sender::Complainant, "Er is nog iets.");
                    mail.suspected = vec![flag];
                    life.arrives(mail)
                }
                Step::Timer(timer) => life.happens(&CaseEvent::TimerDue(timer)),
                Step::LastLetterFails => match last_letter {
                    Some((letter, kind)) => life.happens(&CaseEvent::LetterFailed { letter, kind, to: address("klager@post.example"), address_is_bad: true }),
                    None => continue,
                },
            };
            for effect in &decision.effects {
                if let Effect::Send(order) = effect {
                    if order.to == Recipient::COMPLAINANT { last_letter = Some((order.letter, order.kind)); }
                    if order.kind == LetterKind::FollowUp { follow_ups += 1; }
                }
            }
            // I10: no case is forgotten.
            prop_assert!(life.case.is_watched(), "an open case without a clock: {:?}", life.case.timers);
            // One event sends one party at most one mail.
            let to_complainant = letters(&decision).into_iter().filter(|(_, to)| *to == Recipient::COMPLAINANT).count();
            prop_assert!(to_complainant <= 1, "{to_complainant} letters to the complainant at once");
            // I11: the journal gives the state back.
            let replayed = Case::replay(Case::unopened(number(), life.policy.desk.clone()), &life.journal);
            prop_assert_eq!(&replayed, &life.case);
            // And it survives being stored.
            let stored: Case = serde_json::from_str(&serde_json::to_string(&life.case).unwrap()).unwrap();
            prop_assert_eq!(&stored, &life.case);
        }
        // I4: at most one follow-up, ever.
        prop_assert!(follow_ups <= 1, "{follow_ups} follow-ups");
    }

    #[test]
    fn machine_mail_sends_nothing_whatever_the_state(closed in any::<bool>(), text in ".{0,40}") {
        let mut life = Life::new();
        let opening = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
        life.arrives(opening);
        if closed {
            let close = life.mail(Sender::Officer, "#sluiten tevreden");
            life.arrives(close);
        }
        let before = life.case.clone();
        let machine = life.mail(Sender::Machine, &text);
        let decision = life.arrives(machine);
        // M16, I5.
        prop_assert!(decision.effects.is_empty());
        prop_assert_eq!(before, life.case);
    }
}

#[test]
fn a_complaint_is_confirmed_and_the_officer_is_told_at_once() {
    let mut life = Life::new();
    let mail = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
    let decision = life.arrives(mail);
    assert_eq!(
        letters(&decision),
        [
            (LetterKind::Acknowledgement, Recipient::COMPLAINANT),
            (LetterKind::OfficerNewCase, Recipient::Officer(address("m.smit@voorbeeldzorg.example"))),
        ]
    );
    assert_eq!(life.case.phase, Phase::Intake);
    assert_eq!(life.case.deadlines.first_contact, Some("2026-11-23".parse().unwrap()));
    assert_eq!(life.case.deadlines.decision, Some("2026-12-28".parse().unwrap()));
}

#[test]
fn a_suspicion_of_danger_gives_the_careful_letter_and_tells_the_deputy_too() {
    let mut life = Life::new();
    let mut mail = life.mail(Sender::Complainant, "Ik zit op het perron.");
    mail.suspected = vec![Flag::Crisis];
    let decision = life.arrives(mail);
    let kinds: Vec<_> = letters(&decision).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [LetterKind::CarefulAcknowledgement, LetterKind::OfficerNewCase, LetterKind::OfficerNewCase]);
}

#[test]
fn a_mail_that_may_not_be_answered_still_becomes_a_case_that_an_officer_sees() {
    let mut life = Life::new();
    let mut mail = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
    mail.silence = Some(crate::message::Silence::ListOrBulk);
    let decision = life.arrives(mail);
    let kinds: Vec<_> = letters(&decision).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [LetterKind::OfficerNewCase]);
    assert_eq!(decision.reason, Reason::NewComplaintUnanswered);
    assert_eq!(life.case.phase, Phase::New);
    assert!(life.case.is_watched());
}

#[test]
fn the_follow_up_waits_for_a_working_morning_and_goes_once() {
    let mut life = Life::new();
    let mail = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
    life.arrives(mail);
    life.now = "2026-11-28T10:00:00Z".parse().unwrap();
    let close = life.mail(Sender::Officer, "#sluiten tevreden");
    let decision = life.arrives(close);
    assert!(letters(&decision).contains(&(LetterKind::Closing, Recipient::COMPLAINANT)));
    // 28 days later is the second day of Christmas, a Saturday; Monday the 28th is the first working day.
    let due: Instant = "2026-12-28T08:00:00Z".parse().unwrap();
    assert_eq!(life.case.follow_up, FollowUp::Planned { due_at: due });
    life.now = "2026-12-28T19:00:00Z".parse().unwrap();
    let late = life.happens(&CaseEvent::TimerDue(TimerKind::FollowUp));
    assert_eq!(late.reason, Reason::FollowUpOutsideHours);
    life.now = "2026-12-29T08:00:00Z".parse().unwrap();
    let sent = life.happens(&CaseEvent::TimerDue(TimerKind::FollowUp));
    assert_eq!(letters(&sent), [(LetterKind::FollowUp, Recipient::COMPLAINANT)]);
    let again = life.happens(&CaseEvent::TimerDue(TimerKind::FollowUp));
    assert_eq!(again.reason, Reason::TimerObsolete);
    assert!(again.effects.is_empty());
    // Re-opened and closed again: never a second one (R21).
    let reopen = life.mail(Sender::Officer, "#heropenen\n#sluiten tevreden");
    life.arrives(reopen);
    assert!(!life.case.timers.contains_key(&TimerKind::FollowUp));
    // The answer is recorded and never answered.
    let mut answer = life.mail(Sender::Complainant, "8, goed geholpen maar het duurde lang");
    answer.answers_follow_up = true;
    let answered = life.arrives(answer);
    assert_eq!(letters(&answered).len(), 1);
    assert!(matches!(life.case.follow_up, FollowUp::Answered { grade: Some(8), .. }));
}

#[test]
fn the_follow_up_keeps_its_hour_over_both_changes_of_the_clock() {
    let policy = policy();
    for (earliest, due) in [("2026-10-23T10:00:00Z", "2026-10-26T08:00:00Z"), ("2026-03-27T12:00:00Z", "2026-03-30T07:00:00Z")] {
        let moment = super::follow_up::next_moment(&policy, earliest.parse().unwrap()).unwrap();
        assert_eq!(moment, due.parse::<Instant>().unwrap(), "nine o'clock in Amsterdam after {earliest}");
    }
}

#[test]
fn commands_are_done_all_or_none() {
    let mut life = Life::new();
    let mail = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
    life.arrives(mail);
    let before = (life.case.phase.clone(), life.case.first_contact);
    let wrong = life.mail(Sender::Officer, "#gesproken\n#sluiten misschien");
    let decision = life.arrives(wrong);
    assert_eq!(decision.reason, Reason::CommandRefused);
    assert_eq!((life.case.phase.clone(), life.case.first_contact), before);
    assert!(letters(&decision).iter().all(|(kind, _)| *kind == LetterKind::OfficerRefusal));
    let right = life.mail(Sender::Officer, "#gesproken\n#sluiten deels");
    life.arrives(right);
    assert!(matches!(life.case.phase, Phase::Closed { outcome: Outcome::Partly, .. }));
}

#[test]
fn the_token_from_a_wrong_address_does_nothing_and_tells_the_officer() {
    let mut life = Life::new();
    let mail = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
    life.arrives(mail);
    let mut forged = life.mail(Sender::OfficerNotProven, "");
    forged.author = Some(Mailbox { name: None, address: address("boef@elders.example") });
    forged.commands = vec![CommandText { word: "sluiten".to_owned(), argument: "tevreden".to_owned() }];
    let decision = life.arrives(forged);
    assert_eq!(letters(&decision), [(LetterKind::OfficerRefusal, Recipient::Officer(address("m.smit@voorbeeldzorg.example")))]);
    assert!(life.case.phase.is_open());
}

#[test]
fn the_officer_is_reminded_before_the_promised_day_and_the_deputy_hears_after_it() {
    let mut life = Life::new();
    let mail = life.mail(Sender::Complainant, "Ik heb twee uur gewacht.");
    life.arrives(mail);
    let mut alarms = Vec::new();
    // A working week passes without contact: reminders on Thursday, Friday and Monday; then to both.
    while alarms.len() < 4 {
        life.now = life.case.timers[&TimerKind::FirstContact];
        let decision = life.happens(&CaseEvent::TimerDue(TimerKind::FirstContact));
        alarms.push((life.policy.civil_day(life.now).to_string(), letters(&decision).len()));
    }
    assert_eq!(
        alarms.iter().map(|(day, count)| (day.as_str(), *count)).collect::<Vec<_>>(),
        [("2026-11-19", 1), ("2026-11-20", 1), ("2026-11-23", 1), ("2026-11-24", 2),]
    );
    let contacted = life.mail(Sender::Officer, "#gesproken");
    life.arrives(contacted);
    assert!(!life.case.timers.contains_key(&TimerKind::FirstContact));
}
