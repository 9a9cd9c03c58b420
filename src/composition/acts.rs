//! Buttons for an officer: a `mailto:` to the file address with the command already typed (M143, M144).

use serde::Serialize;

use super::DeskFacts;
use super::mailto::mailto;
use super::wording::{ActWhen, Wording};
use crate::mediation::{Case, FollowUp, Phase};
use crate::model::Token;

/// One thing that the state of the case allows.
#[derive(Debug, Serialize)]
pub struct Act {
    label: String,
    command: String,
    effect: String,
    link: String,
}

/// The acts that are possible now. Each also works typed by hand, so the letter shows the command too.
pub fn acts(case: &Case, token: Token, desk: &DeskFacts, wording: &Wording) -> Vec<Act> {
    let Ok(file) = desk.address.with_detail(desk.separator, &token.to_string()) else { return Vec::new() };
    let fits = |when: ActWhen| match case.phase {
        Phase::New | Phase::Intake | Phase::Open => match when {
            ActWhen::Uncontacted => case.first_contact.is_none(),
            ActWhen::Open => true,
            ActWhen::Closed | ActWhen::FollowUpPlanned => false,
        },
        Phase::Closed { .. } => match when {
            ActWhen::Closed => true,
            ActWhen::FollowUpPlanned => matches!(case.follow_up, FollowUp::Planned { .. }),
            ActWhen::Uncontacted | ActWhen::Open => false,
        },
        Phase::Unopened => false,
    };
    let possible = wording.acts.iter().filter(|act| fits(act.when));
    possible
        .map(|act| Act {
            label: act.label.clone(),
            command: act.command.clone(),
            effect: act.effect.clone(),
            // The subject repeats the command: where a client loses the body, the officer sees what to type.
            link: mailto(&file, &format!("{} [{}]", act.command, case.number), &format!("{}\n", act.command)),
        })
        .collect()
}
