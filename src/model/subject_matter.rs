//! What a mail is about, in the words of `inspect --json` (design.md section 6).

use serde::{Deserialize, Serialize};

/// What a message does, not what its sender calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Dissatisfaction about a service, a person or a product (R1).
    Complaint,
    /// A question (R28).
    Question,
    /// Praise only.
    Compliment,
    /// The complaint is taken back.
    Withdrawal,
    /// Advertising and the like.
    Spam,
    /// None of these.
    Other,
}

/// The five example kinds of R2. The list is open: none is a valid answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ComplaintKind {
    /// A product or a service.
    ProductService,
    /// Medical or care-technical.
    Medical,
    /// Organisation: waiting, planning, files.
    Organisational,
    /// How somebody was treated (bejegening).
    Conduct,
    /// What was told, or not told.
    Communication,
}

/// What the complainant wants to reach (R9); empty where nothing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To be told why.
    Explanation,
    /// To be told sorry.
    Apology,
    /// That it happens to nobody else.
    Prevention,
    /// To talk.
    Conversation,
    /// Money.
    Compensation,
    /// That the thing is put right.
    Solution,
    /// Nothing is asked.
    NoneStated,
}
