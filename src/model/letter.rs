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
    /// T03: the answer to a question, to the complainant.
    Question,
    /// T04: it belongs elsewhere, to the complainant.
    Misdirected,
    /// T05: one number from now on, to the complainant.
    Merged,
    /// T06: at most a few questions, to the complainant.
    Clarification,
    /// T07: the one reminder of them.
    ClarificationReminder,
    /// T08: proof is asked of who writes for another person.
    AuthorisationRequest,
    /// T09: what the officer thinks of the proof.
    AuthorisationOutcome,
    /// T10: where to go after something grave, to the complainant.
    ReferralCalamity,
    /// T11: where to go with a claim, to the complainant.
    ReferralLegal,
    /// T12: a complaints or disputes committee, to the complainant.
    ReferralCommittee,
    /// T13: other help, to the complainant.
    ReferralOther,
    /// T14: what the complaint is about and the request to react, to a respondent.
    Hearing,
    /// T15: the one reminder of it.
    HearingReminder,
    /// T16: the released reaction, to the complainant.
    Reaction,
    /// T17 and T18: whether they want the talk, to each party in the same words.
    Invitation,
    /// The receipt of a yes, to the one who said it (row 21).
    ConsentReceived,
    /// T19: the talk does not take place, to each party in the same words.
    MediationOff,
    /// T20: the date of the talk, to each party apart.
    Appointment,
    /// T21: the date is another one, or off, to each party apart.
    AppointmentChanged,
    /// T22: the day before, to each party apart.
    AppointmentReminder,
    /// T23: the agreements on paper, to each party apart.
    Agreements,
    /// T24: the decision takes longer, to the complainant.
    Extension,
    /// T24: the same, to a respondent (Awb 9:11).
    ExtensionRespondent,
    /// T25: the case is closed, to the complainant.
    Closing,
    /// T26: it is closed, to a respondent who was ever contacted.
    ClosingRespondent,
    /// T27: the complaint is taken back, to the complainant.
    Withdrawal,
    /// T28: the case is open again, to the complainant.
    Reopened,
    /// T29: the one follow-up, to the complainant.
    FollowUp,
    /// Words of the officer, to one party.
    Message,
    /// Standard advice that the officer chose (R22), to the complainant.
    Advice,
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

/// Who reads a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Readership {
    /// The complainant alone.
    Complainant,
    /// A respondent alone.
    Respondent,
    /// Either of them, each in a letter of their own and in the same words.
    EitherParty,
    /// An officer.
    Officer,
    /// The operator.
    Operator,
}

impl Readership {
    /// Whether a party reads it: then nothing of the file may stand in it (I6).
    pub fn is_party(self) -> bool {
        match self {
            Self::Complainant | Self::Respondent | Self::EitherParty => true,
            Self::Officer | Self::Operator => false,
        }
    }
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
    pub const ALL: [Self; 40] = [
        Self::Acknowledgement,
        Self::CarefulAcknowledgement,
        Self::Question,
        Self::Misdirected,
        Self::Merged,
        Self::Clarification,
        Self::ClarificationReminder,
        Self::AuthorisationRequest,
        Self::AuthorisationOutcome,
        Self::ReferralCalamity,
        Self::ReferralLegal,
        Self::ReferralCommittee,
        Self::ReferralOther,
        Self::Hearing,
        Self::HearingReminder,
        Self::Reaction,
        Self::Invitation,
        Self::ConsentReceived,
        Self::MediationOff,
        Self::Appointment,
        Self::AppointmentChanged,
        Self::AppointmentReminder,
        Self::Agreements,
        Self::Extension,
        Self::ExtensionRespondent,
        Self::Closing,
        Self::ClosingRespondent,
        Self::Withdrawal,
        Self::Reopened,
        Self::FollowUp,
        Self::Message,
        Self::Advice,
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
            Self::Question => "question",
            Self::Misdirected => "misdirected",
            Self::Merged => "merged",
            Self::Clarification => "clarification",
            Self::ClarificationReminder => "clarification-reminder",
            Self::AuthorisationRequest => "authorisation-request",
            Self::AuthorisationOutcome => "authorisation-outcome",
            Self::ReferralCalamity => "referral-calamity",
            Self::ReferralLegal => "referral-legal",
            Self::ReferralCommittee => "referral-committee",
            Self::ReferralOther => "referral-other",
            Self::Hearing => "hearing",
            Self::HearingReminder => "hearing-reminder",
            Self::Reaction => "reaction",
            Self::Invitation => "invitation",
            Self::ConsentReceived => "consent-received",
            Self::MediationOff => "mediation-off",
            Self::Appointment => "appointment",
            Self::AppointmentChanged => "appointment-changed",
            Self::AppointmentReminder => "appointment-reminder",
            Self::Agreements => "agreements",
            Self::Extension => "extension",
            Self::ExtensionRespondent => "extension-respondent",
            Self::Closing => "closing",
            Self::ClosingRespondent => "closing-respondent",
            Self::Withdrawal => "withdrawal",
            Self::Reopened => "reopened",
            Self::FollowUp => "follow-up",
            Self::Message => "message",
            Self::Advice => "advice",
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

    /// Who reads it.
    pub fn readership(self) -> Readership {
        match self {
            Self::Acknowledgement
            | Self::CarefulAcknowledgement
            | Self::Question
            | Self::Misdirected
            | Self::Merged
            | Self::Clarification
            | Self::ClarificationReminder
            | Self::AuthorisationRequest
            | Self::AuthorisationOutcome
            | Self::ReferralCalamity
            | Self::ReferralLegal
            | Self::ReferralCommittee
            | Self::ReferralOther
            | Self::Reaction
            | Self::Extension
            | Self::Closing
            | Self::Withdrawal
            | Self::Reopened
            | Self::FollowUp
            | Self::Advice => Readership::Complainant,
            Self::Hearing | Self::HearingReminder | Self::ExtensionRespondent | Self::ClosingRespondent => Readership::Respondent,
            Self::Invitation
            | Self::ConsentReceived
            | Self::MediationOff
            | Self::Appointment
            | Self::AppointmentChanged
            | Self::AppointmentReminder
            | Self::Agreements
            | Self::Message => Readership::EitherParty,
            Self::OfficerNewCase
            | Self::OfficerFurtherMail
            | Self::OfficerFollowUpAnswer
            | Self::OfficerReceipt
            | Self::OfficerRefusal
            | Self::OfficerAlarm
            | Self::OfficerDigest => Readership::Officer,
            Self::OperatorAlarm => Readership::Operator,
        }
    }

    /// I4: the follow-up is the one letter that may never go out twice.
    pub fn guarantee(self) -> Guarantee {
        if self == Self::FollowUp { Guarantee::AtMostOnce } else { Guarantee::AtLeastOnce }
    }

    /// Whether it confirms a complaint: the letters of M12 and of the desk's ceilings.
    pub fn is_confirmation(self) -> bool {
        self == Self::Acknowledgement || self == Self::CarefulAcknowledgement
    }

    /// RFC 3834 section 5: what stands in `Auto-Submitted` (M132). `true` for an answer to a mail
    /// (`auto-replied`), `false` for mail that the desk sends of its own accord (`auto-generated`).
    pub fn answers_a_mail(self) -> bool {
        let answers = [
            Self::Acknowledgement,
            Self::CarefulAcknowledgement,
            Self::ConsentReceived,
            Self::OfficerReceipt,
            Self::OfficerRefusal,
        ];
        answers.contains(&self)
    }

    /// Letters with which attachments of the officer's own mail travel, as far as they can be cleaned (M88).
    pub fn carries_attachments(self) -> bool {
        [Self::Message, Self::Reaction, Self::Clarification, Self::Question, Self::Hearing].contains(&self)
    }

    /// M132: mail that carries a person's own words is no automatic mail.
    pub fn carries_words(self) -> bool {
        [Self::Message, Self::Reaction, Self::Clarification, Self::Question].contains(&self)
    }

    /// Whether the complainant learns by it how the case stands (Wkkgz article 16(3)). What asks something of them
    /// tells it too; the follow-up asks about a case that is over, and a receipt or a reminder tells nothing new.
    pub fn is_news_to_complainant(self) -> bool {
        match self {
            Self::Acknowledgement
            | Self::CarefulAcknowledgement
            | Self::Question
            | Self::Misdirected
            | Self::Merged
            | Self::Clarification
            | Self::AuthorisationRequest
            | Self::AuthorisationOutcome
            | Self::ReferralCalamity
            | Self::ReferralLegal
            | Self::ReferralCommittee
            | Self::ReferralOther
            | Self::Reaction
            | Self::Invitation
            | Self::MediationOff
            | Self::Appointment
            | Self::AppointmentChanged
            | Self::Agreements
            | Self::Extension
            | Self::Closing
            | Self::Withdrawal
            | Self::Reopened
            | Self::Message
            | Self::Advice => true,
            Self::ClarificationReminder
            | Self::Hearing
            | Self::HearingReminder
            | Self::ConsentReceived
            | Self::AppointmentReminder
            | Self::ExtensionRespondent
            | Self::ClosingRespondent
            | Self::FollowUp
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
