//! The letters that the desk can write (domain.md section 4) and what is promised of their sending.

use serde::{Deserialize, Serialize};

/// Every letter. The name in `templates/<language>/` is [`LetterKind::template`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
pub enum LetterKind {
    /// T01: confirmation of receipt, to the complainant.
    Acknowledgement,
    /// T02: the careful variant, when triage suspects that something grave is told.
    CarefulAcknowledgement,
    /// T25: the case is closed, to the complainant.
    Closing,
    /// T28: the case is open again, to the complainant.
    Reopened,
    /// T29: the one follow-up, to the complainant.
    FollowUp,
    /// A new complaint, to the officer.
    OfficerNewCase,
    /// A further mail on a case, to the officer.
    OfficerFurtherMail,
    /// The follow-up was answered, to the officer.
    OfficerFollowUpAnswer,
    /// What the officer's command did, to the officer.
    OfficerReceipt,
    /// Why a command was refused, to the officer's registered address.
    OfficerRefusal,
    /// T31: something on a case needs a person now, to the officer.
    OfficerAlarm,
    /// T30: the morning's list, to an officer. It belongs to no single case.
    OfficerDigest,
    /// Something in the daemon needs a person now, to the operator.
    OperatorAlarm,
}

/// How often a letter may reach the wire (I4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarantee {
    /// Until a server has taken it; a repeat after a crash carries the same Message-ID.
    AtLeastOnce,
    /// Never twice: an unclear outcome counts as sent. For the follow-up alone.
    AtMostOnce,
}

/// A text that names no letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the name of a letter")]
pub struct LetterKindError;

impl TryFrom<String> for LetterKind {
    type Error = LetterKindError;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        Self::from_template(&name).ok_or(LetterKindError)
    }
}

impl From<LetterKind> for &'static str {
    fn from(kind: LetterKind) -> Self {
        kind.template()
    }
}

impl LetterKind {
    /// Every letter, in the order of the preview page.
    pub const ALL: [Self; 13] = [
        Self::Acknowledgement,
        Self::CarefulAcknowledgement,
        Self::Closing,
        Self::Reopened,
        Self::FollowUp,
        Self::OfficerNewCase,
        Self::OfficerFurtherMail,
        Self::OfficerFollowUpAnswer,
        Self::OfficerReceipt,
        Self::OfficerRefusal,
        Self::OfficerAlarm,
        Self::OfficerDigest,
        Self::OperatorAlarm,
    ];

    /// The file under `templates/<language>/`, without `.md`; also the word in the `--json` contracts.
    pub fn template(self) -> &'static str {
        match self {
            Self::Acknowledgement => "acknowledgement",
            Self::CarefulAcknowledgement => "acknowledgement-careful",
            Self::Closing => "closing",
            Self::Reopened => "reopened",
            Self::FollowUp => "follow-up",
            Self::OfficerNewCase => "officer-new-case",
            Self::OfficerFurtherMail => "officer-further-mail",
            Self::OfficerFollowUpAnswer => "officer-follow-up-answer",
            Self::OfficerReceipt => "officer-receipt",
            Self::OfficerRefusal => "officer-refusal",
            Self::OfficerAlarm => "officer-alarm",
            Self::OfficerDigest => "officer-digest",
            Self::OperatorAlarm => "operator-alarm",
        }
    }

    /// The letter whose template has this name.
    pub fn from_template(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.template() == name)
    }

    /// I4: the follow-up is the one letter that may never go out twice.
    pub fn guarantee(self) -> Guarantee {
        match self {
            Self::FollowUp => Guarantee::AtMostOnce,
            Self::Acknowledgement
            | Self::CarefulAcknowledgement
            | Self::Closing
            | Self::Reopened
            | Self::OfficerNewCase
            | Self::OfficerFurtherMail
            | Self::OfficerFollowUpAnswer
            | Self::OfficerReceipt
            | Self::OfficerRefusal
            | Self::OfficerAlarm
            | Self::OfficerDigest
            | Self::OperatorAlarm => Guarantee::AtLeastOnce,
        }
    }

    /// RFC 3834 section 5: what stands in `Auto-Submitted` (M132). `true` for an answer to a mail
    /// (`auto-replied`), `false` for mail that the desk sends of its own accord (`auto-generated`).
    pub fn answers_a_mail(self) -> bool {
        match self {
            Self::Acknowledgement | Self::CarefulAcknowledgement | Self::OfficerReceipt | Self::OfficerRefusal => true,
            Self::Closing
            | Self::Reopened
            | Self::FollowUp
            | Self::OfficerNewCase
            | Self::OfficerFurtherMail
            | Self::OfficerFollowUpAnswer
            | Self::OfficerAlarm
            | Self::OfficerDigest
            | Self::OperatorAlarm => false,
        }
    }

    /// Whether the complainant learns by it how the case stands (Wkkgz article 16(3)).
    pub fn is_news_to_complainant(self) -> bool {
        match self {
            Self::Acknowledgement | Self::CarefulAcknowledgement | Self::Closing | Self::Reopened => true,
            Self::FollowUp
            | Self::OfficerNewCase
            | Self::OfficerFurtherMail
            | Self::OfficerFollowUpAnswer
            | Self::OfficerReceipt
            | Self::OfficerRefusal
            | Self::OfficerAlarm
            | Self::OfficerDigest
            | Self::OperatorAlarm => false,
        }
    }
}
