//! Lines of the journal in plain words: what a reader wants to know of a decision, and nothing of its machinery.

use chrono_tz::Tz;

use super::stage::Scene;
use super::words::{Bilingual, Words};
use crate::mediation::{Entry, JournalEntry, Reason};
use crate::model::{CaseNumber, FlagStanding};

/// Beside the reasons of the journal: the desk's `hold` is over (design.md section 5).
const HOLD_OVER: &str = "hold-over";

/// One decision as it is told.
#[derive(Clone, Debug, serde::Serialize)]
pub(super) struct Told {
    /// On which case.
    pub case: String,
    /// The reason code of the journal.
    pub code: String,
    /// Why, in words.
    pub why: Bilingual,
    /// What follows from it.
    pub facts: Vec<Bilingual>,
}

/// The decisions of a scene: a line for each reason, with what was written down under it.
pub(super) fn told(scene: &Scene, words: &Words, zone: Tz) -> Vec<Told> {
    let mut decisions: Vec<Told> = Vec::new();
    for (case, lines) in &scene.journal {
        for line in lines {
            let (code, case_text) = (line.reason.code(), case.to_string());
            if decisions.last().is_none_or(|last| last.code != code || last.case != case_text) {
                let why = words.say("reason", code);
                decisions.push(Told { case: case_text, code: code.to_owned(), why, facts: Vec::new() });
            }
            if let Some(last) = decisions.last_mut() {
                last.facts.extend(facts(*case, line, words, zone));
            }
        }
        let suspects = |line: &JournalEntry| matches!(line.entry, Entry::FlagSet { standing: FlagStanding::Suspected, .. });
        if lines.iter().any(suspects)
            && let Some(last) = decisions.last_mut()
        {
            last.facts.push(words.say("entry", "flag_judged"));
        }
        if waits(scene, *case, lines)
            && let Some(last) = decisions.last_mut()
        {
            last.facts.push(words.say("entry", "waits"));
        }
    }
    // A letter that an officer could still take back leaves without a new decision.
    if let (None, true, Some(letter)) = (&scene.mail, decisions.is_empty(), scene.letters.first()) {
        let case = letter.case.map(|number| number.to_string()).unwrap_or_default();
        let why = words.say("reason", HOLD_OVER);
        decisions.push(Told { case, code: HOLD_OVER.to_owned(), why, facts: Vec::new() });
    }
    // A mail with commands is filed like a note before they are carried out; what came of them says it all.
    let commanded =
        decisions.iter().any(|told| told.code == Reason::CommandsDone.code() || told.code == Reason::CommandRefused.code());
    decisions.retain(|told| !commanded || told.code != Reason::OfficerNote.code() || !told.facts.is_empty());
    decisions
}

/// Whether a letter of these lines has not left yet: the officer's moment to think again (design.md section 5).
fn waits(scene: &Scene, case: CaseNumber, lines: &[JournalEntry]) -> bool {
    let ordered = lines.iter().filter(|line| matches!(line.entry, Entry::LetterOrdered { .. })).count();
    scene.mail.is_some() && ordered > scene.letters.iter().filter(|letter| letter.case == Some(case)).count()
}

fn facts(case: CaseNumber, line: &JournalEntry, words: &Words, zone: Tz) -> Vec<Bilingual> {
    let say = |code: &str| words.say("entry", code);
    match &line.entry {
        Entry::Opened { deadlines, .. } => {
            let opened = say("opened").with("number", &Bilingual::same(&case.to_string()));
            let contact = deadlines.first_contact.map(|day| say("opened_contact").with("date", &words.date(day)));
            let decision = deadlines.decision.map(|day| say("opened_decision").with("date", &words.date(day)));
            std::iter::once(opened).chain(contact).chain(decision).collect()
        }
        Entry::FlagSet { flag, standing } => {
            let code = if *standing == FlagStanding::Suspected { "flag_suspected" } else { "flag_other" };
            let standing = words.standing(&crate::model::code_of(standing));
            vec![say(code).with("flag", &words.flag(flag.code())).with("standing", &standing)]
        }
        Entry::FirstContact { on } => vec![say("first_contact").with("date", &words.date(*on))],
        Entry::Closed { outcome } => vec![say("closed").with("outcome", &words.outcome(outcome.code()))],
        Entry::Reopened => vec![say("reopened")],
        Entry::FollowUpPlanned { due_at } => {
            vec![say("follow_up_planned").with("date", &words.date(due_at.with_timezone(&zone).date_naive()))]
        }
        Entry::FollowUpSent { .. } => vec![say("follow_up_sent")],
        Entry::FollowUpAnswered { grade: Some(grade), .. } => {
            vec![say("follow_up_answered").with("grade", &Bilingual::same(&grade.to_string()))]
        }
        Entry::FollowUpAnswered { grade: None, .. } => vec![say("follow_up_answered_words")],
        Entry::FollowUpUndelivered => vec![say("follow_up_undelivered")],
        Entry::FollowUpExpired => vec![say("follow_up_expired")],
        Entry::FollowUpCancelled => vec![say("follow_up_cancelled")],
        Entry::FollowUpSuppressed => vec![say("follow_up_suppressed")],
        Entry::CommandRefused { .. } => vec![say("command_refused")],
        Entry::LetterFailed { .. } => vec![say("letter_failed")],
        // Clocks, tokens and filed mails are the desk's own bookkeeping; `wederhoor case NUMBER` shows them.
        _ => Vec::new(),
    }
}
