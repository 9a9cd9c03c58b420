//! What an officer's commands need to know of the rest of the store. Asked before anything is decided, so that the
//! decision stays pure.

use std::collections::HashMap;

use super::desk::Desk;
use super::material;
use super::window::{Knowledge, Understood};
use crate::composition::Material;
use crate::mediation::{
    Command, CommandText, Footing, KnownToOfficer, OtherCase, Placement, Sender, Verb, command, command_in_subject, read_commands,
};
use crate::message::{MailFacts, forwarded_author, understand};
use crate::model::{CaseNumber, Instant};
use crate::store::{Store, StoreError, Versioned};

/// Commands at the top of a mail, and the text behind them; from the subject where a client lost the body (M144).
pub(super) fn commands_of(facts: &MailFacts) -> (Vec<CommandText>, String) {
    if facts.says_something { read_commands(&facts.reply_text) } else { (command_in_subject(&facts.subject), String::new()) }
}

/// `#nieuw` and `#splitsen` open a case of their own (row 2), wherever the officer writes them.
pub(super) fn opening(facts: &MailFacts, placement: Placement, desk: &Desk) -> Placement {
    let written_on = match placement {
        Placement::OnCase(Footing { case, sender: Sender::Officer, .. }) => Some(case),
        Placement::OfficerWithoutCase => None,
        Placement::OnCase(_)
        | Placement::NewCase
        | Placement::OfficerNotProven
        | Placement::Unplaced
        | Placement::OfficerOpens { .. } => return placement,
    };
    let verb = commands_of(facts).0.first().and_then(|first| desk.policy.vocabulary.verb(&first.word));
    match verb {
        Some(Verb::Register) => Placement::OfficerOpens { written_on },
        Some(Verb::Split) if written_on.is_some() => Placement::OfficerOpens { written_on },
        Some(_) | None => placement,
    }
}

/// What an officer's mail asks of the store.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// For the decision.
    pub known: KnownToOfficer,
    /// For the letters.
    pub material: Material,
}

/// Asks the store, for each officer's mail of a window by its place in it.
pub(super) async fn to_officers(
    store: &dyn Store,
    desk: &Desk,
    mails: &[Understood],
    placements: &[Placement],
    knowledge: &Knowledge,
    now: Instant,
) -> Result<HashMap<usize, Asked>, StoreError> {
    let mut known = HashMap::new();
    for (index, (mail, placement)) in mails.iter().zip(placements).enumerate() {
        let case = match placement {
            Placement::OnCase(Footing { case, sender: Sender::Officer, .. }) => Some(*case),
            Placement::OfficerOpens { written_on } => *written_on,
            Placement::OfficerWithoutCase => None,
            Placement::OnCase(_) | Placement::NewCase | Placement::OfficerNotProven | Placement::Unplaced => continue,
        };
        let opens = matches!(placement, Placement::OfficerOpens { .. });
        let (typed, text) = commands_of(&mail.facts);
        let local = now.with_timezone(&desk.policy.zone).naive_local();
        let commands: Vec<Command> =
            typed.iter().filter_map(|typed| command::understand(typed, &text, &desk.policy, local).ok()).collect();
        let mut about = KnownToOfficer {
            forwarded_from: opens.then(|| forwarded_author(&mail.facts.full_text, &desk.words)).flatten(),
            written_on: case.filter(|_| opens).and_then(|case| knowledge.cases.get(&case)).map(other_case),
            ..KnownToOfficer::default()
        };
        let merges: Vec<CaseNumber> = commands
            .iter()
            .filter_map(|command| if let Command::Merge { number } = command { Some(*number) } else { None })
            .collect();
        if !merges.is_empty() {
            let cases = store.cases(&merges).await?;
            about.cases = cases.values().filter(|other| other.case.desk == *desk.key()).map(other_case).collect();
        }
        if let Some(case) = case.filter(|_| commands.contains(&Command::Hear) && text.trim().is_empty()) {
            about.complaint = complaint(store, desk, case, now).await?;
        }
        // A mail of which something is not understood does nothing, so nothing is read for it.
        let mut material = Material::default();
        if commands.len() == typed.len() {
            let author = mail.facts.author.as_ref().map(|author| &author.address);
            if let Some(author) = author.filter(|_| commands.contains(&Command::List)) {
                about.desk = Some(material::list(store, desk, author, now).await?);
            }
            let state = case.and_then(|case| knowledge.cases.get(&case)).map(|known| &known.case);
            material = material::gather(store, desk, state, &commands, now).await?;
        }
        known.insert(index, Asked { known: about, material });
    }
    Ok(known)
}

fn other_case(versioned: &Versioned) -> OtherCase {
    let case = &versioned.case;
    OtherCase {
        number: case.number,
        complainant: case.complainant.clone(),
        is_open: case.phase.is_open(),
        received_at: case.received_at,
    }
}

/// The complainant's own words, from the first mail of the case.
async fn complaint(store: &dyn Store, desk: &Desk, case: CaseNumber, now: Instant) -> Result<Option<String>, StoreError> {
    let mails = store.mails_of_case(Some(case)).await?;
    let first = mails.iter().map(|mail| &mail.record).find(|mail| mail.sender == Some(Sender::Complainant));
    Ok(first.map(|mail| understand(&mail.raw, &desk.own, &desk.words, now).reply_text))
}
