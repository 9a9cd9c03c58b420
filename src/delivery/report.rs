//! What one try of one letter gave.

use super::classify::{HoldCause, Judgement, Stage, enhanced_code, judge};
use super::mask::masked;

/// What the server, the program or the folder said, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The meaning.
    pub judgement: Judgement,
    /// SMTP reply code, if there was one.
    pub code: Option<u16>,
    /// Enhanced status code (RFC 3463), if there was one.
    pub enhanced: Option<String>,
    /// Their words or ours, addresses masked.
    pub text: String,
}

impl Report {
    /// The meaning of a reply at this stage.
    pub(super) fn of_reply(stage: Stage, code: u16, text: &str) -> Self {
        let enhanced = enhanced_code(code, text);
        Self {
            judgement: judge(stage, code, enhanced),
            code: Some(code),
            enhanced: enhanced.map(str::to_owned),
            text: masked(text),
        }
    }

    /// Something that we found out ourselves.
    pub(super) fn ours(judgement: Judgement, text: impl AsRef<str>) -> Self {
        Self { judgement, code: None, enhanced: None, text: masked(text.as_ref()) }
    }

    /// Not tried, for this cause.
    pub(super) fn held(cause: HoldCause, text: impl AsRef<str>) -> Self {
        Self::ours(Judgement::Held(cause), text)
    }
}
