//! The clocks of a case, by name.

use serde::{Deserialize, Serialize};

/// Clocks of a case. Each runs at most once at a time. How long each is, from when, and whether a regime has it
/// at all is data: `config/regimes/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerKind {
    /// The confirmation waits for a ceiling of automatic answers (M13).
    Confirmation,
    /// The promised first contact (R6, row 42).
    FirstContact,
    /// The written decision, extended or not (domain.md section 2.3).
    Decision,
    /// The last day on which the complainant can be told that the complaint is not handled (Awb 9:8).
    Refusal,
    /// What the provider does with a committee's opinion (Jeugdwet).
    Measures,
    /// An established calamity is reported by the provider.
    CalamityReport,
    /// A suspected calamity is established, or not.
    CalamityDoubt,
    /// The complainant has heard nothing for a while (Wkkgz article 16(3); I10, row 42).
    Attention,
    /// The follow-up is due (row 38).
    FollowUp,
    /// The follow-up has not been answered for 60 days (row 40).
    FollowUpSilence,
    /// The words of the answer to the follow-up are dropped; the grade stays.
    FollowUpWords,
    /// Somebody asked to see or to erase what is kept (AVG article 12(3)).
    AccessRequest,
    /// The case is anonymised; an officer sees it coming (row 45).
    Retention,
    /// What the phase waits for has not come: clarification, proof, reaction, consent, or whether the reaction is
    /// enough (rows 8 to 23).
    Answer,
    /// The talk is tomorrow (row 28).
    Talk,
}

impl TimerKind {
    /// Every clock.
    pub const ALL: [Self; 15] = [
        Self::Confirmation,
        Self::FirstContact,
        Self::Decision,
        Self::Refusal,
        Self::Measures,
        Self::CalamityReport,
        Self::CalamityDoubt,
        Self::Attention,
        Self::FollowUp,
        Self::FollowUpSilence,
        Self::FollowUpWords,
        Self::AccessRequest,
        Self::Retention,
        Self::Answer,
        Self::Talk,
    ];

    /// The word for it in the database, in regimes, and in `due` of the `--json` contract.
    pub fn code(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::FirstContact => "first_contact",
            Self::Decision => "decision",
            Self::Refusal => "refusal",
            Self::Measures => "measures",
            Self::CalamityReport => "calamity_report",
            Self::CalamityDoubt => "calamity_doubt",
            Self::Attention => "attention",
            Self::FollowUp => "follow_up",
            Self::FollowUpSilence => "follow_up_silence",
            Self::FollowUpWords => "follow_up_words",
            Self::AccessRequest => "access_request",
            Self::Retention => "retention",
            Self::Answer => "answer",
            Self::Talk => "talk",
        }
    }

    /// The clock with this word.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What happens when its last day has come.
    pub(in crate::mediation) fn ending(self) -> Ending {
        match self {
            Self::FirstContact | Self::Decision | Self::Refusal | Self::Measures | Self::AccessRequest => Ending::EveryWorkingDay,
            Self::CalamityReport | Self::CalamityDoubt => Ending::Once,
            Self::Attention => Ending::Anew,
            Self::Confirmation
            | Self::FollowUp
            | Self::FollowUpSilence
            | Self::FollowUpWords
            | Self::Retention
            | Self::Answer
            | Self::Talk => Ending::Acts,
        }
    }

    /// Whether it still means something once the case is closed.
    pub(in crate::mediation) fn outlives_the_case(self) -> bool {
        match self {
            // The duty to report is the provider's, and asking for access is a right of its own.
            Self::CalamityReport
            | Self::CalamityDoubt
            | Self::Measures
            | Self::AccessRequest
            | Self::FollowUp
            | Self::FollowUpSilence
            | Self::FollowUpWords
            | Self::Retention => true,
            Self::Confirmation
            | Self::FirstContact
            | Self::Decision
            | Self::Refusal
            | Self::Attention
            | Self::Answer
            | Self::Talk => false,
        }
    }
}

/// What a clock does at its end (domain.md section 3, table of clocks).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::mediation) enum Ending {
    /// The officer hears on the last day and on every working day after it; the deputy from the day after.
    EveryWorkingDay,
    /// The officer hears once, and the case lies with the officer again.
    Once,
    /// The officer hears, and the clock begins anew.
    Anew,
    /// The desk does something of its own accord.
    Acts,
}
