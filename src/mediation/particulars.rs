//! What an officer records of a case for the yearly report alone (domain.md section 2.5). No clock, letter or guard looks
//! at it: codes and the name of a unit, never a person, so that anonymising leaves it as it is (row 45).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// The profession of who is complained about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profession {
    /// Physician, general practitioner, specialist, midwife.
    Doctor,
    /// Registered nurse.
    Nurse,
    /// Who cares for or supports people from day to day.
    Carer,
    /// Physiotherapist and other therapists.
    Therapist,
    /// Psychologist or educationalist.
    Psychologist,
    /// Social or youth worker.
    SocialWorker,
    /// Dentist and their assistants.
    Dentist,
    /// Pharmacist and their assistants.
    Pharmacist,
    /// Reception, telephone, planning, administration.
    Reception,
    /// Kitchen, cleaning, transport, technical service.
    Facilities,
    /// Who leads a team or the organisation.
    Management,
    /// Any other.
    Other,
}

impl Profession {
    /// Every profession, in the order of the report.
    pub const ALL: [Self; 12] = [
        Self::Doctor,
        Self::Nurse,
        Self::Carer,
        Self::Therapist,
        Self::Psychologist,
        Self::SocialWorker,
        Self::Dentist,
        Self::Pharmacist,
        Self::Reception,
        Self::Facilities,
        Self::Management,
        Self::Other,
    ];
}

/// What the organisation does so that it does not happen again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Another way of working.
    Procedure,
    /// Training, or a talk within the team.
    Training,
    /// Better information to clients.
    Information,
    /// More or other people.
    Staffing,
    /// A building, a device, a system.
    Equipment,
    /// Any other.
    Other,
}

impl Measure {
    /// Every measure, in the order of the report.
    pub const ALL: [Self; 6] = [Self::Procedure, Self::Training, Self::Information, Self::Staffing, Self::Equipment, Self::Other];
}

/// Before whom the matter was brought outside the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dispute {
    /// A disputes or complaints committee.
    Committee,
    /// A court.
    Court,
    /// A disciplinary court.
    Disciplinary,
}

impl Dispute {
    /// Every body, in the order of the report.
    pub const ALL: [Self; 3] = [Self::Committee, Self::Court, Self::Disciplinary];
}

/// What became of the agreements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgreementsKept {
    /// All were kept.
    Kept,
    /// Some were.
    Partly,
    /// They were not.
    NotKept,
}

impl AgreementsKept {
    /// Every answer, in the order of the report.
    pub const ALL: [Self; 3] = [Self::Kept, Self::Partly, Self::NotKept];
}

/// What an answer to the follow-up speaks of. The officer says it: words of an answer are in no figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// How long it took.
    Speed,
    /// Whether one was heard.
    Listening,
    /// Whether the desk took no side.
    Neutrality,
    /// Whether it was clear what happens.
    Clarity,
    /// What came of it.
    Result,
    /// Whether somebody could be reached.
    Availability,
    /// Any other.
    Other,
}

impl Theme {
    /// Every theme, in the order of the report.
    pub const ALL: [Self; 7] =
        [Self::Speed, Self::Listening, Self::Neutrality, Self::Clarity, Self::Result, Self::Availability, Self::Other];
}

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Particulars {
    /// The unit or location, as the desk's configuration names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Of who is complained about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profession: Option<Profession>,
    /// Measures taken.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub measures: BTreeSet<Measure>,
    /// Where else it went.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub disputes: BTreeSet<Dispute>,
    /// Whether what was agreed was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agreements: Option<AgreementsKept>,
    /// What the answer to the follow-up speaks of.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub themes: BTreeSet<Theme>,
}

impl Particulars {
    /// Whether nothing was recorded.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// One thing that `#cijfers` records; nothing in it takes back what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// The unit or location, as typed; the desk's list knows it.
    Unit(Option<String>),
    /// Of who is complained about.
    Profession(Option<Profession>),
    /// Measures taken.
    Measures(BTreeSet<Measure>),
    /// Where else it went.
    Disputes(BTreeSet<Dispute>),
    /// Whether what was agreed was done.
    Agreements(Option<AgreementsKept>),
    /// What the answer to the follow-up speaks of.
    Themes(BTreeSet<Theme>),
}

impl Particulars {
    /// What was recorded, one thing after another.
    pub fn figures(&self) -> Vec<Figure> {
        let Self { unit, profession, measures, disputes, agreements, themes } = self;
        let all = [
            unit.as_ref().map(|unit| Figure::Unit(Some(unit.clone()))),
            profession.map(|profession| Figure::Profession(Some(profession))),
            (!measures.is_empty()).then(|| Figure::Measures(measures.clone())),
            (!disputes.is_empty()).then(|| Figure::Disputes(disputes.clone())),
            agreements.map(|agreements| Figure::Agreements(Some(agreements))),
            (!themes.is_empty()).then(|| Figure::Themes(themes.clone())),
        ];
        all.into_iter().flatten().collect()
    }

    /// Takes one thing in, in place of what was recorded of it before.
    pub fn take(&mut self, figure: &Figure) {
        match figure {
            Figure::Unit(unit) => self.unit.clone_from(unit),
            Figure::Profession(profession) => self.profession = *profession,
            Figure::Measures(measures) => self.measures.clone_from(measures),
            Figure::Disputes(disputes) => self.disputes.clone_from(disputes),
            Figure::Agreements(agreements) => self.agreements = *agreements,
            Figure::Themes(themes) => self.themes.clone_from(themes),
        }
    }
}
