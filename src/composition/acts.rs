//! Buttons for an officer: a `mailto:` with the command already typed (M143, M144), and addresses that say who reads.

use serde::Serialize;

use super::button::command_link;
use super::context::{Occasion, reopening_until};
use super::human_text::Line;
use super::mailto::mailto;
use super::wording::{ActTo, ActWhen};
use crate::mediation::reply::Meaning;
use crate::mediation::{Case, FollowUp, Passage, Phase};
use crate::model::{Audience, Flag, FlagStanding, Holder, Token};

/// One thing that the state of the case allows.
#[derive(Debug, Serialize)]
pub struct Act {
    label: Line,
    command: Line,
    effect: Line,
    link: String,
}

impl Act {
    /// What opens the mail with the command typed in it.
    pub fn into_link(self) -> String {
        self.link
    }
}

/// The acts that are possible now. Each also works typed by hand, so the letter shows the command too.
pub fn acts(occasion: &Occasion<'_>, file: Token) -> Vec<Act> {
    let (case, desk) = (occasion.case, occasion.desk.facts);
    let mut buttons = Vec::new();
    if case.is_forgotten() {
        return buttons;
    }
    for act in occasion.wording.acts.iter().filter(|act| fits(occasion, act.when)) {
        let token = match act.to {
            ActTo::File => Some(file),
            ActTo::Complainant => case.token(Holder::Officer, Audience::Complainant),
        };
        let Some(address) = token.and_then(|token| desk.address.with_detail(desk.separator, &token.to_string()).ok()) else {
            continue;
        };
        for (command, flag) in commands(occasion, act.when, &act.command) {
            // The subject repeats the command: where a client loses the body, the officer sees what to type.
            let subject = format!("{command} [{}]", case.number);
            let body = if command.is_empty() { String::new() } else { format!("{command}\n") };
            let flag_word = flag.map(|flag| occasion.wording.flags.get(flag.code())).unwrap_or_default();
            buttons.push(Act {
                label: Line::new(&act.label.replace("{flag}", flag_word)),
                command: Line::new(&command),
                effect: Line::new(&act.effect.replace("{flag}", flag_word)),
                link: mailto(&address, subject.trim_start(), &body),
            });
        }
    }
    buttons
}

/// Commands that an officer's note seems to ask for, filled in; each is sent by the officer or not at all.
pub fn offered(occasion: &Occasion<'_>, file: Token, lines: &[String]) -> Vec<Act> {
    let desk = occasion.desk.facts;
    let Ok(address) = desk.address.with_detail(desk.separator, &file.to_string()) else { return Vec::new() };
    let button = |line: &String| {
        let link = command_link(&address, line, None, occasion.case.number)?;
        Some(Act { label: Line::new(line), command: Line::new(line), effect: Line::default(), link })
    };
    lines.iter().filter_map(button).collect()
}

/// The command as it stands in the words; one for each flag where it is about flags, none where the case that it names is
/// not known.
fn commands(occasion: &Occasion<'_>, when: ActWhen, command: &str) -> Vec<(String, Option<Flag>)> {
    if when == ActWhen::Proposed {
        let Passage::FurtherMail { meaning: Some(Meaning::Calendar { proposed: Some(at), .. }), .. } = &occasion.order.passage
        else {
            return Vec::new();
        };
        return vec![(command.replace("{moment}", &at.format("%Y-%m-%d %H:%M").to_string()), None)];
    }
    if when == ActWhen::TooLateToReopen {
        let complainant = &occasion.case.complainant;
        let name = complainant.name.as_deref().unwrap_or_default();
        let address = complainant.address.as_ref().map(ToString::to_string).unwrap_or_default();
        let filled = command.replace("{name}", name).replace("{address}", &address);
        return vec![(filled.replace("{today}", &occasion.today().to_string()), None)];
    }
    if when == ActWhen::NamesAnother {
        let Passage::NewCase { also: Some(other), .. } = &occasion.order.passage else { return Vec::new() };
        return vec![(command.replace("{case}", &other.case.to_string()), None)];
    }
    if !matches!(when, ActWhen::Hold | ActWhen::Suspected) {
        return vec![(command.to_owned(), None)];
    }
    let word = |flag: Flag| occasion.wording.flag_words.get(flag.code());
    let flags = occasion.case.bars().filter(|flag| when == ActWhen::Hold || is_suspected(occasion.case, *flag));
    flags.map(|flag| (command.replace("{flag}", word(flag)), Some(flag))).collect()
}

fn is_suspected(case: &Case, flag: Flag) -> bool {
    case.flags.get(&flag) == Some(&FlagStanding::Suspected)
}

/// Whether something can be done in this state.
fn fits(occasion: &Occasion<'_>, when: ActWhen) -> bool {
    let (case, now) = (occasion.case, occasion.now);
    let phase = &case.phase;
    let ended = matches!(phase, Phase::Closed { .. } | Phase::Withdrawn { .. });
    let too_late = reopening_until(occasion).is_some_and(|day| occasion.today() > day);
    let open = phase.is_open();
    let barred = case.bars().next().is_some();
    let is_other_side = matches!(occasion.order.passage, Passage::NewCase { other_side: true, .. });
    let reachable = case.respondents.values().any(|party| party.address.is_some());
    let before_talk = matches!(
        phase,
        Phase::Open | Phase::Clarify { .. } | Phase::WrittenAsk { .. } | Phase::WrittenReview { .. } | Phase::WrittenSent
    );
    match when {
        ActWhen::Revocable => case.revocable.as_ref().is_some_and(|revocable| now < revocable.until),
        ActWhen::NamesAnother => open,
        // Whoever a complaint is about is no complainant who could be spoken to or be satisfied.
        ActWhen::Uncontacted => open && case.first_contact.is_none() && !is_other_side,
        ActWhen::Closable => open && case.holds().next().is_none() && !is_other_side,
        ActWhen::Writable => open && case.complainant.address.is_some(),
        ActWhen::Hold | ActWhen::Suspected => open && barred,
        ActWhen::Referable => *phase == Phase::ReferPending && case.complainant.address.is_some(),
        ActWhen::Hearable => {
            open && !barred
                && reachable
                && matches!(phase, Phase::Intake | Phase::Open | Phase::WrittenSent | Phase::Clarify { .. })
        }
        ActWhen::Reaction => matches!(phase, Phase::WrittenReview { .. }),
        ActWhen::Invitable => before_talk && !barred && reachable && case.first_contact.is_some(),
        ActWhen::Planning => matches!(phase, Phase::Planning { .. }) && !barred,
        ActWhen::Scheduled => phase.appointment().is_some(),
        ActWhen::Held => matches!(phase, Phase::Held { .. } | Phase::AgreementDraft { .. }),
        ActWhen::Proof => *phase == Phase::AuthWait,
        ActWhen::Proposed | ActWhen::Declinable => phase.appointment().is_some() && !barred && !case.proposals.is_empty(),
        ActWhen::Closed => ended && !too_late,
        ActWhen::TooLateToReopen => ended && too_late && case.complainant.address.is_some(),
        ActWhen::FollowUpPlanned => matches!(case.follow_up, FollowUp::Planned { .. }) && !open,
    }
}
