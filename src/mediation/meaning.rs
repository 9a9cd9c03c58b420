//! What the desk reads in the mail of a party.

use serde::{Deserialize, Serialize};

/// What was read in a party's mail: shown to the officer, who decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "meaning", rename_all = "snake_case")]
pub enum Meaning {
    /// An explicit yes to the talk (row 21).
    ConsentYes,
    /// The complainant's yes, after which the question goes to the others (row 20, "K first").
    ConsentPutToOthers,
    /// The last yes: everybody wants the talk (row 22).
    ConsentComplete,
    /// Everybody said yes, but a flag stands in the way (R18).
    ConsentBlocked,
    /// A no, or a yes taken back (rows 23, 27).
    ConsentNo,
    /// About the talk, but neither a clear yes nor a clear no.
    ConsentUnclear,
    /// The agreements are confirmed by this party (row 31).
    AgreementConfirmed,
    /// By everybody.
    AgreementsSettled,
    /// About the agreements, but no plain confirmation.
    AgreementUnclear,
    /// The reaction is enough (row 19).
    Satisfied,
    /// It is not.
    NotSatisfied,
    /// Neither was said.
    SatisfactionUnclear,
    /// A reaction to the complaint (row 17): nothing was passed on.
    Reaction,
    /// The clarification that was asked for (row 9).
    Clarified,
    /// Perhaps the proof that was asked for (row 11).
    Proof,
    /// The complainant seems to take the complaint back (row 35).
    Withdrawal,
    /// A calendar answered (row 25).
    Calendar {
        /// PARTSTAT, lower case.
        partstat: String,
        /// The time that it proposes instead, on the desk's clock (M127).
        proposed: Option<chrono::NaiveDateTime>,
    },
    /// A flag was seen that puts the talk off (row 26).
    TalkStopped,
    /// A respondent asks to hear no more.
    RespondentNoContact,
}
