//! What happened to a case, line by line: the entries of its journal that mean something to an officer.

use super::{FileWords, Writer, labelled};
use crate::composition::human_text::Line;
use crate::composition::paper::PaperLine;
use crate::mediation::{Entry, JournalEntry, Party, PartyRole, Sender};
use crate::model::{Appointment, Readership, code_of};

/// The code under which a sender has a word.
pub(super) fn sender_code(sender: Option<Sender>) -> &'static str {
    match sender {
        Some(Sender::Complainant) => "complainant",
        Some(Sender::Respondent(_)) => "respondent",
        Some(Sender::Officer) => "officer",
        Some(Sender::OfficerNotProven) => "not_proven",
        Some(Sender::Machine) => "machine",
        Some(Sender::Stranger) | None => "stranger",
    }
}

impl Writer<'_> {
    /// Each line: the moment, what happened, and what belongs to it.
    pub(super) fn course(&self) -> Vec<PaperLine> {
        self.file.material.journal.iter().filter_map(|line| self.event(line)).collect()
    }

    fn event(&self, line: &JournalEntry) -> Option<PaperLine> {
        // What the desk told its own officer is no step of the case.
        if matches!(&line.entry, Entry::LetterOrdered { letter_kind, .. } if letter_kind.readership() == Readership::Officer) {
            return None;
        }
        let kind = serde_json::to_value(&line.entry).ok()?.get("kind")?.as_str()?.to_owned();
        let words = self.words.events.get(&kind)?;
        let at = self.file.wording.moment(line.at, chrono::NaiveDate::MIN, self.zone());
        let detail = self.detail(&line.entry);
        Some(labelled(&at, &if detail.is_empty() { words.clone() } else { format!("{words}: {detail}") }))
    }

    /// Who somebody is: by name, or by role.
    pub(super) fn who(&self, role: PartyRole) -> String {
        let name = self.file.case.party(role).and_then(|party| party.name.clone());
        let role = || FileWords::of(&self.words.senders, role.code()).to_owned();
        name.map_or_else(role, |name| Line::new(&name).as_str().to_owned())
    }

    /// What belongs to an entry beside its name.
    fn detail(&self, entry: &Entry) -> String {
        let wording = self.file.wording;
        match entry {
            Entry::Opened { received_at, .. } => self.date(*received_at),
            Entry::FirstContact { on } | Entry::DecisionSent { on } => self.day(*on),
            Entry::Closed { outcome } => wording.outcomes.get(outcome.code()).to_owned(),
            Entry::FlagSet { flag, standing } => {
                let standing = code_of(standing);
                format!("{} ({})", wording.flags.get(flag.code()), wording.standings.get(&standing))
            }
            Entry::FlagReason { flag, reason } => format!("{}: {reason}", wording.flags.get(flag.code())),
            Entry::FollowUpAnswered { grade, .. } => grade.map(|grade| grade.to_string()).unwrap_or_default(),
            Entry::RespondentRecorded { party, .. } | Entry::ComplainantRecorded { party } => person(party),
            Entry::ConsentGiven { who, .. }
            | Entry::ConsentRefused { who }
            | Entry::AgreementsConfirmed { who }
            | Entry::AppointmentAnswered { who, .. }
            | Entry::PartyAway { who }
            | Entry::AccessAnswered { who, .. } => self.who(*who),
            Entry::AccessAsked { who, on, .. } => format!("{}, {}", self.who(*who), self.day(*on)),
            Entry::RespondentContacted { number } | Entry::RespondentNoContact { number } => {
                self.who(PartyRole::Respondent(*number))
            }
            Entry::ReactionReceived { respondent, .. } => self.who(PartyRole::Respondent(*respondent)),
            Entry::AppointmentSet { appointment }
            | Entry::AppointmentMoved { appointment }
            | Entry::AppointmentCancelled { appointment } => self.appointment(appointment),
            Entry::TalkHeld { on, result } => format!("{}, {}", self.day(*on), wording.outcomes.get(result.code())),
            Entry::AdviceGiven { topic } => topic.clone(),
            Entry::Referred { body } => body.clone(),
            Entry::Extended { until, reason } => format!("{}. {reason}", self.day(*until)),
            Entry::MergedInto { other } | Entry::MergedFrom { other } => other.to_string(),
            Entry::Assigned { officer } => officer.as_ref().map(ToString::to_string).unwrap_or_default(),
            Entry::LetterOrdered { letter_kind, .. } => wording.letters.get(letter_kind.template()).to_owned(),
            _ => String::new(),
        }
    }

    fn appointment(&self, appointment: &Appointment) -> String {
        let (day, time) = (self.day(appointment.starts.date()), self.file.wording.time(appointment.starts.time()));
        format!("{day}, {time}, {}", appointment.place)
    }
}

fn person(party: &Party) -> String {
    let address = party.address.as_ref().map(ToString::to_string);
    party.name.iter().cloned().chain(address).collect::<Vec<_>>().join(", ")
}
