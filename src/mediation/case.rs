//! A case: phase, flags, clocks and the record of the one follow-up.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Deadlines, TimerKind};
use crate::model::{
    Audience, Capability, CaseNumber, ComplaintKind, DeskKey, Flag, FlagStanding, Holder, Instant, Language, LetterId,
    MailAddress, MessageId, Outcome, Purpose, RespondentNumber, Token,
};

/// Somebody in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name as the person wrote it; `None` where none was given.
    pub name: Option<String>,
    /// Where letters go; `None` for a person without e-mail.
    pub address: Option<MailAddress>,
}

/// The phase of a case (domain.md section 3). A phase holds exactly what that phase has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Phase {
    /// Nothing has happened yet; a first mail is decided on this like on any other phase.
    Unopened,
    /// Registered, and no confirmation has gone out: an officer has to look (rows 1, 2).
    New,
    /// Confirmed; first personal contact is awaited (row 3).
    Intake,
    /// Being handled (row 7).
    Open,
    /// Ended (rows 4, 5, 34).
    Closed {
        /// When.
        at: Instant,
        /// How, in the complainant's eyes.
        outcome: Outcome,
    },
}

impl Phase {
    /// The state in the `--json` contracts, in the words of domain.md section 3.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unopened => "NONE",
            Self::New => "NEW",
            Self::Intake => "INTAKE",
            Self::Open => "OPEN",
            Self::Closed { outcome, .. } => match outcome {
                Outcome::Question => "CLOSED_QUESTION",
                Outcome::Misdirected => "CLOSED_OTHER",
                Outcome::Referred => "REFERRED",
                Outcome::Satisfied | Outcome::Partly | Outcome::NotSatisfied | Outcome::Unknown => "CLOSED",
            },
        }
    }

    /// Whether somebody still has to do something (I10).
    pub fn is_open(&self) -> bool {
        match self {
            Self::New | Self::Intake | Self::Open => true,
            Self::Unopened | Self::Closed { .. } => false,
        }
    }
}

/// The one follow-up (R21, I4). Once it is past `Planned` it never becomes `Planned` again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum FollowUp {
    /// The case has not been closed.
    None,
    /// It will be sent.
    Planned {
        /// Not before this moment.
        due_at: Instant,
    },
    /// It counts as sent, whatever became of it.
    Sent {
        /// When it was committed.
        at: Instant,
        /// The letter.
        letter: LetterId,
    },
    /// The complainant answered.
    Answered {
        /// When it was sent.
        sent_at: Instant,
        /// When the answer came.
        at: Instant,
        /// The grade, 1 to 10, where one was given.
        grade: Option<u8>,
    },
    /// It came back.
    Undelivered {
        /// When it was sent.
        sent_at: Instant,
    },
    /// Its moment passed unsent, or nobody answered within 60 days.
    Expired {
        /// When it was sent, if it was.
        sent_at: Option<Instant>,
    },
    /// It will never be sent.
    Suppressed,
}

impl FollowUp {
    /// The word in the `--json` contract.
    pub fn code(&self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Planned { .. } => "planned",
            Self::Sent { .. } => "sent",
            Self::Answered { .. } => "answered",
            Self::Undelivered { .. } => "undelivered",
            Self::Expired { .. } => "expired",
            Self::Suppressed => "suppressed",
        }
    }
}

/// The state of one case: the fold of its journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its number.
    pub number: CaseNumber,
    /// Its desk.
    pub desk: DeskKey,
    /// Its phase.
    #[serde(flatten)]
    pub phase: Phase,
    /// When the complaint reached the organisation: every clock starts here (R4, M179).
    pub received_at: Instant,
    /// When the case was registered.
    pub opened_at: Instant,
    /// The language letters to the complainant are written in.
    pub language: Language,
    /// The BCP 47 tag of the language the complainant wrote in.
    pub written_in: String,
    /// The subject of the first mail, cleaned.
    pub subject: String,
    /// Who complains.
    pub complainant: Party,
    /// Who is complained about, as recorded by an officer.
    pub respondents: BTreeMap<RespondentNumber, Party>,
    /// The address of the officer who has the case.
    pub officer: Option<MailAddress>,
    /// Kinds, the main one first.
    pub kinds: Vec<ComplaintKind>,
    /// What the complainant wants to reach.
    pub purposes: Vec<Purpose>,
    /// Flags and how sure they are.
    pub flags: BTreeMap<Flag, FlagStanding>,
    /// Flags that an officer ever confirmed, cleared later or not (follow-up rule).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub ever_confirmed: BTreeSet<Flag>,
    /// The dates that bind.
    pub deadlines: Deadlines,
    /// The day of the first personal contact, once it took place (row 7).
    pub first_contact: Option<NaiveDate>,
    /// Clocks that run, and when each is due.
    pub timers: BTreeMap<TimerKind, Instant>,
    /// The last days of clocks that run, where they do not stand in the deadlines.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ends: BTreeMap<TimerKind, NaiveDate>,
    /// The capability addresses of the case.
    pub capabilities: Vec<Capability>,
    /// The one follow-up.
    pub follow_up: FollowUp,
    /// The id of the last mail of the complainant, and the ids before it: for threading (M133).
    pub thread: Vec<MessageId>,
}

impl Case {
    /// The case before anything happened. Its other fields mean nothing until [`super::Entry::Opened`].
    pub fn unopened(number: CaseNumber, desk: DeskKey) -> Self {
        let never = Instant::UNIX_EPOCH;
        Self {
            number,
            desk,
            phase: Phase::Unopened,
            received_at: never,
            opened_at: never,
            language: Language::Nl,
            written_in: "und".to_owned(),
            subject: String::new(),
            complainant: Party { name: None, address: None },
            respondents: BTreeMap::new(),
            officer: None,
            kinds: Vec::new(),
            purposes: Vec::new(),
            flags: BTreeMap::new(),
            ever_confirmed: BTreeSet::new(),
            deadlines: Deadlines::default(),
            first_contact: None,
            timers: BTreeMap::new(),
            ends: BTreeMap::new(),
            capabilities: Vec::new(),
            follow_up: FollowUp::None,
            thread: Vec::new(),
        }
    }

    /// The token by which this holder writes to this audience.
    pub fn token(&self, holder: Holder, audience: Audience) -> Option<Token> {
        self.capabilities.iter().find(|c| c.holder == holder && c.audience == audience).map(|c| c.token)
    }

    /// The last day of a clock: as promised when the case was opened, or as counted when the clock began.
    pub fn end_of(&self, clock: TimerKind) -> Option<NaiveDate> {
        match clock {
            TimerKind::FirstContact => self.deadlines.first_contact,
            TimerKind::Decision => self.deadlines.decision,
            TimerKind::Refusal
            | TimerKind::Measures
            | TimerKind::CalamityReport
            | TimerKind::CalamityDoubt
            | TimerKind::Attention
            | TimerKind::FollowUp
            | TimerKind::FollowUpSilence
            | TimerKind::FollowUpWords
            | TimerKind::AccessRequest
            | TimerKind::Retention => self.ends.get(&clock).copied(),
        }
    }

    /// Whether a flag stands: suspected counts (domain.md section 3).
    pub fn stands(&self, flag: Flag) -> bool {
        self.flags.get(&flag).is_some_and(|standing| standing.stands())
    }
}
