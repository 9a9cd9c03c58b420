//! The flags that a case may carry beside its phase (domain.md section 3).

use serde::{Deserialize, Serialize};

/// Something about a case that changes what may be done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Death of, or serious harm to, a client in care (R18).
    Calamity,
    /// A claim, a lawyer, a court, a disciplinary body, the police (R18).
    Legal,
    /// Violence or transgressive behaviour in the care relation.
    Abuse,
    /// Danger now, for the writer or someone else.
    Crisis,
    /// Compulsory care (Wvggz, Wzd): another committee decides.
    Compulsory,
    /// Somebody writes for somebody else, without proof yet.
    ThirdParty,
    /// A child is concerned.
    Child,
    /// The patient has died.
    DeceasedPatient,
    /// The complainant has died: every automatic mail stops.
    DeceasedComplainant,
    /// The complainant does not want to be known to the respondent.
    Anonymous,
    /// Money is asked for.
    Compensation,
    /// A privacy matter.
    Privacy,
    /// The complainant wants no more contact.
    NoContact,
    /// Mail to the complainant came back.
    Bounced,
}

impl Flag {
    /// Every flag, in the order in which the officer sees them.
    pub const ALL: [Self; 14] = [
        Self::Crisis,
        Self::Calamity,
        Self::Abuse,
        Self::Legal,
        Self::Compulsory,
        Self::DeceasedComplainant,
        Self::DeceasedPatient,
        Self::ThirdParty,
        Self::Child,
        Self::Anonymous,
        Self::NoContact,
        Self::Privacy,
        Self::Compensation,
        Self::Bounced,
    ];

    /// R18 and the added safety rule of domain.md section 3: no mediation while one of these stands.
    pub fn blocks_mediation(self) -> bool {
        match self {
            Self::Calamity | Self::Legal | Self::Abuse | Self::Crisis | Self::Compulsory => true,
            Self::ThirdParty
            | Self::Child
            | Self::DeceasedPatient
            | Self::DeceasedComplainant
            | Self::Anonymous
            | Self::Compensation
            | Self::Privacy
            | Self::NoContact
            | Self::Bounced => false,
        }
    }

    /// A suspicion of one of these gives the careful first answer, T02 (domain.md section 3, row 3).
    pub fn asks_for_care(self) -> bool {
        match self {
            Self::Calamity | Self::Abuse | Self::Crisis | Self::DeceasedPatient => true,
            Self::Legal
            | Self::Compulsory
            | Self::ThirdParty
            | Self::Child
            | Self::DeceasedComplainant
            | Self::Anonymous
            | Self::Compensation
            | Self::Privacy
            | Self::NoContact
            | Self::Bounced => false,
        }
    }

    /// The word for it in the `--json` contracts and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Calamity => "calamity",
            Self::Legal => "legal",
            Self::Abuse => "abuse",
            Self::Crisis => "crisis",
            Self::Compulsory => "compulsory",
            Self::ThirdParty => "third_party",
            Self::Child => "child",
            Self::DeceasedPatient => "deceased_patient",
            Self::DeceasedComplainant => "deceased_complainant",
            Self::Anonymous => "anonymous",
            Self::Compensation => "compensation",
            Self::Privacy => "privacy",
            Self::NoContact => "no_contact",
            Self::Bounced => "bounced",
        }
    }
}

/// How sure a flag is. Triage only ever suspects; an officer confirms or clears. A suspicion counts as
/// standing in every guard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagStanding {
    /// Seen by triage, not yet judged by a person.
    Suspected,
    /// An officer says so.
    Confirmed,
    /// An officer says it is not so.
    Cleared,
}

impl FlagStanding {
    /// Whether guards have to honour the flag.
    pub fn stands(self) -> bool {
        match self {
            Self::Suspected | Self::Confirmed => true,
            Self::Cleared => false,
        }
    }
}
