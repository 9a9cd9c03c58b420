//! The phase of a case (domain.md section 3, the columns "From" and "To"), as types that hold exactly what
//! that phase has.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::model::{Appointment, CaseNumber, Instant, MailId, Outcome, RespondentNumber};

/// One of the people between whom the desk stands. Both sides have the same rights, hence one type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyRole {
    /// Who complains.
    Complainant,
    /// One who is complained about.
    Respondent(RespondentNumber),
}

impl PartyRole {
    /// Which respondent, if it is one.
    pub const fn respondent(self) -> Option<RespondentNumber> {
        match self {
            Self::Complainant => None,
            Self::Respondent(number) => Some(number),
        }
    }

    /// The word by which word lists know the side somebody is on.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Complainant => "complainant",
            Self::Respondent(_) => "respondent",
        }
    }
}

/// The phase of a case. The HOLD of domain.md section 3 is no phase: it follows from the flags that stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Nothing has happened yet; a first mail is decided on this like on any other phase.
    Unopened,
    /// Registered, and no confirmation has gone out: an officer has to look (rows 1, 2).
    New,
    /// Confirmed; first personal contact is awaited (row 3).
    Intake,
    /// The complainant was asked to clarify (row 8).
    Clarify {
        /// Whether the one reminder went out.
        reminded: bool,
    },
    /// Proof was asked of somebody who writes for another person (row 10).
    AuthWait,
    /// Being handled (row 7).
    Open,
    /// A blocking flag was confirmed: a referral is being prepared (row 13).
    ReferPending,
    /// A reaction was asked of these respondents (row 16).
    WrittenAsk {
        /// Who has not reacted yet.
        awaited: BTreeSet<RespondentNumber>,
        /// Whether the one reminder went out.
        reminded: bool,
    },
    /// A reaction lies with the officer (row 17); nothing is passed on by itself.
    WrittenReview {
        /// Whose.
        respondent: RespondentNumber,
        /// The words of the reaction, as the officer may release them.
        words: String,
        /// Who has still not reacted.
        awaited: BTreeSet<RespondentNumber>,
    },
    /// A reaction was released to the complainant (row 18).
    WrittenSent,
    /// Each party was asked whether they want the talk (row 20).
    Consent {
        /// What each has answered so far.
        ballot: Ballot,
    },
    /// Everybody wants the talk; a date is sought (row 22).
    Planning {
        /// The yes of each.
        agreed: Agreed,
        /// The appointment that was cancelled, if there was one: its next version keeps the UID (M120).
        last: Option<Appointment>,
    },
    /// There is a date (row 24).
    Scheduled {
        /// The yes of each.
        agreed: Agreed,
        /// When and where.
        appointment: Appointment,
    },
    /// The talk took place (row 29). Of what was said nothing is kept (R20).
    Held {
        /// On this day.
        on: NaiveDate,
        /// What the parties said of it, as one code.
        result: Outcome,
    },
    /// Agreements lie with the parties (row 30).
    AgreementDraft {
        /// Their text and who has confirmed it.
        agreements: Agreements,
    },
    /// Everything is settled; the officer still has to close (rows 19, 31).
    Closing,
    /// Ended (rows 4, 5, 34).
    Closed {
        /// When.
        at: Instant,
        /// How, in the complainant's eyes.
        outcome: Outcome,
    },
    /// Taken back by the complainant (row 35).
    Withdrawn {
        /// When.
        at: Instant,
    },
    /// The same matter as another case, where it goes on (row 6).
    Merged {
        /// When.
        at: Instant,
        /// The case in which it goes on.
        into: CaseNumber,
    },
}

impl Phase {
    /// The state in the `--json` contracts, in the words of domain.md section 3.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unopened => "NONE",
            Self::New => "NEW",
            Self::Intake => "INTAKE",
            Self::Clarify { .. } => "CLARIFY",
            Self::AuthWait => "AUTH_WAIT",
            Self::Open => "OPEN",
            Self::ReferPending => "REFER_PENDING",
            Self::WrittenAsk { .. } => "WRITTEN_ASK",
            Self::WrittenReview { .. } => "WRITTEN_REVIEW",
            Self::WrittenSent => "WRITTEN_SENT",
            Self::Consent { .. } => "CONSENT",
            Self::Planning { .. } => "PLANNING",
            Self::Scheduled { .. } => "SCHEDULED",
            Self::Held { .. } => "HELD",
            Self::AgreementDraft { .. } => "AGREEMENT_DRAFT",
            Self::Closing => "CLOSING",
            Self::Closed { outcome, .. } => match outcome {
                Outcome::Question => "CLOSED_QUESTION",
                Outcome::Misdirected => "CLOSED_OTHER",
                Outcome::Referred => "REFERRED",
                Outcome::Satisfied | Outcome::Partly | Outcome::NotSatisfied | Outcome::Unknown => "CLOSED",
            },
            Self::Withdrawn { .. } => "WITHDRAWN",
            Self::Merged { .. } => "MERGED",
        }
    }

    /// Every code there is.
    pub const CODES: [&'static str; 22] = [
        "NONE",
        "NEW",
        "INTAKE",
        "CLARIFY",
        "AUTH_WAIT",
        "OPEN",
        "REFER_PENDING",
        "WRITTEN_ASK",
        "WRITTEN_REVIEW",
        "WRITTEN_SENT",
        "CONSENT",
        "PLANNING",
        "SCHEDULED",
        "HELD",
        "AGREEMENT_DRAFT",
        "CLOSING",
        "CLOSED",
        "CLOSED_QUESTION",
        "CLOSED_OTHER",
        "REFERRED",
        "WITHDRAWN",
        "MERGED",
    ];

    /// Whether somebody still has to do something (I10).
    pub fn is_open(&self) -> bool {
        match self {
            Self::New
            | Self::Intake
            | Self::Clarify { .. }
            | Self::AuthWait
            | Self::Open
            | Self::ReferPending
            | Self::WrittenAsk { .. }
            | Self::WrittenReview { .. }
            | Self::WrittenSent
            | Self::Consent { .. }
            | Self::Planning { .. }
            | Self::Scheduled { .. }
            | Self::Held { .. }
            | Self::AgreementDraft { .. }
            | Self::Closing => true,
            Self::Unopened | Self::Closed { .. } | Self::Withdrawn { .. } | Self::Merged { .. } => false,
        }
    }

    /// When it ended; `None` while it has not.
    pub fn ended_at(&self) -> Option<Instant> {
        match self {
            Self::Closed { at, .. } | Self::Withdrawn { at } | Self::Merged { at, .. } => Some(*at),
            Self::Unopened
            | Self::New
            | Self::Intake
            | Self::Clarify { .. }
            | Self::AuthWait
            | Self::Open
            | Self::ReferPending
            | Self::WrittenAsk { .. }
            | Self::WrittenReview { .. }
            | Self::WrittenSent
            | Self::Consent { .. }
            | Self::Planning { .. }
            | Self::Scheduled { .. }
            | Self::Held { .. }
            | Self::AgreementDraft { .. }
            | Self::Closing => None,
        }
    }

    /// How it ended, where it was closed with an outcome.
    pub fn outcome(&self) -> Option<Outcome> {
        if let Self::Closed { outcome, .. } = self { Some(*outcome) } else { None }
    }

    /// The appointment that stands.
    pub fn appointment(&self) -> Option<&Appointment> {
        if let Self::Scheduled { appointment, .. } = self { Some(appointment) } else { None }
    }
}

/// What one party said about the talk. A no ends the asking (row 23), so it needs no place here; silence,
/// an automatic reply and a calendar answer are never a yes (R13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// The question has not been put to them yet: the complainant answers first.
    NotAsked,
    /// Nothing clear yet.
    Awaited,
    /// An explicit yes, in a mail of their own.
    Yes {
        /// When it came.
        at: Instant,
        /// The mail in which it stands.
        mail: MailId,
    },
}

/// The asking of consent, each party apart (R13).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ballot {
    /// Counts the askings of one case, so that an old yes says nothing about a new question.
    pub round: u16,
    answers: Vec<(PartyRole, Answer)>,
}

impl Ballot {
    /// A new asking of the complainant and these respondents; `None` without a respondent: there is no talk
    /// with oneself (I7).
    pub fn new(round: u16, respondents: impl IntoIterator<Item = RespondentNumber>) -> Option<Self> {
        let others = respondents.into_iter().map(PartyRole::Respondent);
        let answers: Vec<_> = std::iter::once(PartyRole::Complainant).chain(others).map(|who| (who, Answer::Awaited)).collect();
        (answers.len() > 1).then_some(Self { round, answers })
    }

    /// The same, asked of the complainant alone until they say yes (row 20, "K first").
    #[must_use]
    pub fn complainant_first(mut self) -> Self {
        for (_, answer) in self.answers.iter_mut().filter(|(who, _)| *who != PartyRole::Complainant) {
            *answer = Answer::NotAsked;
        }
        self
    }

    /// The same, with the question put to everybody.
    #[must_use]
    pub fn put_to_all(mut self) -> Self {
        for (_, answer) in self.answers.iter_mut().filter(|(_, answer)| *answer == Answer::NotAsked) {
            *answer = Answer::Awaited;
        }
        self
    }

    /// Whose yes it takes.
    pub fn voters(&self) -> impl Iterator<Item = PartyRole> + '_ {
        self.answers.iter().map(|(who, _)| *who)
    }

    /// To whom the question was put.
    pub fn asked(&self) -> impl Iterator<Item = PartyRole> + '_ {
        self.answers.iter().filter(|(_, answer)| *answer != Answer::NotAsked).map(|(who, _)| *who)
    }

    /// To whom it has not been put yet.
    pub fn unasked(&self) -> impl Iterator<Item = PartyRole> + '_ {
        self.answers.iter().filter(|(_, answer)| *answer == Answer::NotAsked).map(|(who, _)| *who)
    }

    /// Who was asked and has not said yes.
    pub fn awaited(&self) -> impl Iterator<Item = PartyRole> + '_ {
        self.answers.iter().filter(|(_, answer)| *answer == Answer::Awaited).map(|(who, _)| *who)
    }

    /// The same with this answer of this party; somebody who was not asked changes nothing.
    #[must_use]
    pub fn with(mut self, who: PartyRole, said: Answer) -> Self {
        for (voter, answer) in &mut self.answers {
            if *voter == who {
                *answer = said;
            }
        }
        self
    }
}

/// The proof that everybody said yes: it is made from a ballot without a gap, and from nothing else (I7).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Ballot", into = "Ballot")]
pub struct Agreed(Ballot);

/// Somebody has not said yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not everybody has said yes to the talk")]
pub struct NotAgreed;

impl TryFrom<Ballot> for Agreed {
    type Error = NotAgreed;

    fn try_from(ballot: Ballot) -> Result<Self, NotAgreed> {
        let is_open = ballot.awaited().next().is_some() || ballot.unasked().next().is_some();
        if !is_open && ballot.voters().count() > 1 { Ok(Self(ballot)) } else { Err(NotAgreed) }
    }
}

impl From<Agreed> for Ballot {
    fn from(agreed: Agreed) -> Self {
        agreed.0
    }
}

impl Agreed {
    /// Who takes part.
    pub fn parties(&self) -> impl Iterator<Item = PartyRole> + '_ {
        self.0.voters()
    }

    /// The number of the asking.
    pub fn round(&self) -> u16 {
        self.0.round
    }

    /// The same question, with one yes taken back (row 27).
    pub fn without(&self, who: PartyRole) -> Ballot {
        self.0.clone().with(who, Answer::Awaited)
    }
}

/// Agreements on paper (R19): the officer's text, nothing of what was said (R20).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agreements {
    /// Counts the versions; a confirmation belongs to one version.
    pub version: u16,
    /// The text that both read.
    pub text: String,
    confirmations: Vec<(PartyRole, bool)>,
}

impl Agreements {
    /// A new version for these people, which nobody has confirmed.
    pub fn new(version: u16, text: String, parties: impl IntoIterator<Item = PartyRole>) -> Self {
        Self { version, text, confirmations: parties.into_iter().map(|who| (who, false)).collect() }
    }

    /// Who it is for.
    pub fn parties(&self) -> impl Iterator<Item = PartyRole> + '_ {
        self.confirmations.iter().map(|(who, _)| *who)
    }

    /// The same with this party's confirmation.
    #[must_use]
    pub fn confirmed_by(mut self, who: PartyRole) -> Self {
        for (party, confirmed) in &mut self.confirmations {
            *confirmed |= *party == who;
        }
        self
    }

    /// Whether everybody has confirmed.
    pub fn is_final(&self) -> bool {
        !self.confirmations.is_empty() && self.confirmations.iter().all(|(_, confirmed)| *confirmed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yes(text: &str) -> Answer {
        Answer::Yes { at: text.parse().unwrap(), mail: MailId(uuid::Uuid::nil()) }
    }

    #[test]
    fn consent_of_everybody_is_proven_by_a_ballot_without_a_gap() {
        let bert = PartyRole::Respondent(RespondentNumber(1));
        let asked = Ballot::new(1, [RespondentNumber(1)]).unwrap();
        assert_eq!(Agreed::try_from(asked.clone()), Err(NotAgreed));
        let one = asked.with(PartyRole::Complainant, yes("2026-11-20T10:00:00Z"));
        assert_eq!(Agreed::try_from(one.clone()), Err(NotAgreed), "silence of the other is no consent (R13)");
        let both = Agreed::try_from(one.with(bert, yes("2026-11-21T10:00:00Z"))).unwrap();
        assert_eq!(both.parties().count(), 2);
        assert_eq!(both.without(bert).awaited().collect::<Vec<_>>(), [bert], "each may change until the talk (row 27)");
        // A stored state can not claim what nobody said.
        let forged = serde_json::to_string(&both.without(bert)).unwrap();
        assert!(serde_json::from_str::<Agreed>(&forged).is_err());
    }

    #[test]
    fn there_is_no_talk_without_somebody_to_talk_to() {
        assert_eq!(Ballot::new(1, []), None);
    }

    #[test]
    fn agreements_are_final_once_everybody_has_confirmed_this_version() {
        let bert = PartyRole::Respondent(RespondentNumber(1));
        let draft = Agreements::new(2, "De poli belt.".to_owned(), [PartyRole::Complainant, bert]);
        let once = draft.confirmed_by(bert).confirmed_by(bert);
        assert!(!once.is_final());
        assert!(once.confirmed_by(PartyRole::Complainant).is_final());
    }
}
