//! How a case ended, as the complainant says it; never a judgment on right or wrong (domain.md section 2.5).

use serde::{Deserialize, Serialize};

/// The codes of `#sluiten` (design.md section 5). The words for them, Dutch and English, are data in
/// `config/words/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The complainant says it is settled.
    Satisfied,
    /// In part.
    Partly,
    /// Not settled.
    NotSatisfied,
    /// The complainant did not say.
    Unknown,
    /// It was a question, not a complaint (row 4).
    Question,
    /// It belonged elsewhere (row 5).
    Misdirected,
    /// Another body took it over (row 15).
    Referred,
}

impl Outcome {
    /// Every outcome, in the order in which an error message lists them.
    pub const ALL: [Self; 7] =
        [Self::Satisfied, Self::Partly, Self::NotSatisfied, Self::Unknown, Self::Question, Self::Misdirected, Self::Referred];

    /// The follow-up rule of domain.md section 3: only a case that was really handled is followed up.
    pub fn is_followed_up(self) -> bool {
        match self {
            Self::Satisfied | Self::Partly | Self::NotSatisfied | Self::Unknown => true,
            Self::Question | Self::Misdirected | Self::Referred => false,
        }
    }

    /// The word for it in the `--json` contracts and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::Partly => "partly",
            Self::NotSatisfied => "not_satisfied",
            Self::Unknown => "unknown",
            Self::Question => "question",
            Self::Misdirected => "misdirected",
            Self::Referred => "referred",
        }
    }
}
