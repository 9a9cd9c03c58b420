//! A case: phase, flags, clocks and the record of the one follow-up.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::civil_calendar::CivilCalendar;
use super::particulars::Particulars;
use super::{Deadlines, PartyRole, Phase, TimerKind};
use crate::model::{
    Audience, Capability, CaseNumber, ComplaintKind, DeskKey, Flag, FlagStanding, Holder, Instant, Language, LetterId,
    MailAddress, MessageId, Purpose, RespondentNumber, Token,
};

/// Somebody in a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The name as the person wrote it; `None` where none was given.
    pub name: Option<String>,
    /// Where letters go; `None` for a person without e-mail.
    pub address: Option<MailAddress>,
    /// For the officer; no letter to anybody else holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl Party {
    /// Whether this address is the party's.
    pub fn is_at(&self, address: &MailAddress) -> bool {
        self.address.as_ref().is_some_and(|own| own.same_person(address))
    }
}

/// The one extension of the decision (row 32).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// When the notice went out.
    pub at: Instant,
    /// The new last day.
    pub until: NaiveDate,
}

/// What somebody wants with the data that are kept about them (AVG articles 15 and 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// To see them.
    Access,
    /// To have them erased.
    Erasure,
}

/// A wish that has no answer yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenWish {
    /// Whose.
    pub who: PartyRole,
    /// What they want.
    pub wish: Wish,
    /// The day on which it reached the organisation.
    pub on: NaiveDate,
}

/// What an officer can still take back with `#stop`: letters that wait for the desk's hold, and the state
/// before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocable {
    /// From this moment on it has left.
    pub until: Instant,
    /// Where the case was.
    pub before: Box<Before>,
}

/// The part of a case that an officer's letter can have changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    /// The phase.
    #[serde(flatten)]
    pub phase: Phase,
    /// Clocks that ran.
    pub timers: BTreeMap<TimerKind, Instant>,
    /// Their last days, where they do not stand in the deadlines.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ends: BTreeMap<TimerKind, NaiveDate>,
    /// The plan of the follow-up.
    pub follow_up: FollowUp,
    /// The dates that bind.
    pub deadlines: Deadlines,
    /// The extension, if there was one.
    pub extension: Option<Extension>,
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
    /// What stands in the yearly report alone.
    #[serde(default, skip_serializing_if = "Particulars::is_empty")]
    pub particulars: Particulars,
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
    /// The same for each respondent: threads of parties are never mixed (R30).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub respondent_threads: BTreeMap<RespondentNumber, Vec<MessageId>>,
    /// Respondents to whom anything was ever sent: they hear of the end (row 34).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub contacted: BTreeSet<RespondentNumber>,
    /// Respondents who asked to hear no more (row 43).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub silent_respondents: BTreeSet<RespondentNumber>,
    /// How often consent to a talk was asked.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub rounds: u16,
    /// Versions of agreements so far.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub agreement_versions: u16,
    /// The day of the provider's decision, once an officer noted it (row 33).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_sent: Option<NaiveDate>,
    /// The one extension of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// Whether an officer accepted the proof of somebody who writes for another person (row 11).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub authorised: bool,
    /// What people asked about their own data, and what has no answer yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wishes: Vec<OpenWish>,
    /// Whether the talk took place since the case was last opened: from then on free text of officers is dropped (R20).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub talked: bool,
    /// Whether the complainant was sent what a respondent wrote (row 18), since the case was last opened.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reaction_passed: bool,
    /// The case that this one goes on from: it could not be opened again, or a second matter was in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<CaseNumber>,
    /// Who proposed another time for the talk and has no answer yet (row 25).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub proposals: BTreeSet<PartyRole>,
    /// What `#stop` would take back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocable: Option<Revocable>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(count: &u16) -> bool {
    *count == 0
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
            complainant: Party { name: None, address: None, phone: None },
            respondents: BTreeMap::new(),
            officer: None,
            kinds: Vec::new(),
            purposes: Vec::new(),
            particulars: Particulars::default(),
            flags: BTreeMap::new(),
            ever_confirmed: BTreeSet::new(),
            deadlines: Deadlines::default(),
            first_contact: None,
            timers: BTreeMap::new(),
            ends: BTreeMap::new(),
            capabilities: Vec::new(),
            follow_up: FollowUp::None,
            thread: Vec::new(),
            respondent_threads: BTreeMap::new(),
            contacted: BTreeSet::new(),
            silent_respondents: BTreeSet::new(),
            rounds: 0,
            agreement_versions: 0,
            decision_sent: None,
            extension: None,
            authorised: false,
            wishes: Vec::new(),
            talked: false,
            reaction_passed: false,
            follows: None,
            proposals: BTreeSet::new(),
            revocable: None,
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
            TimerKind::Confirmation
            | TimerKind::Refusal
            | TimerKind::Measures
            | TimerKind::CalamityReport
            | TimerKind::CalamityDoubt
            | TimerKind::Attention
            | TimerKind::FollowUp
            | TimerKind::FollowUpSilence
            | TimerKind::FollowUpWords
            | TimerKind::AccessRequest
            | TimerKind::Retention
            | TimerKind::Answer
            | TimerKind::Talk => self.ends.get(&clock).copied(),
        }
    }

    /// The party in this role; `None` for a respondent nobody recorded.
    pub fn party(&self, role: PartyRole) -> Option<&Party> {
        match role {
            PartyRole::Complainant => Some(&self.complainant),
            PartyRole::Respondent(number) => self.respondents.get(&number),
        }
    }

    /// The role in which somebody with this address stands in the case.
    pub fn role_of(&self, address: &MailAddress) -> Option<PartyRole> {
        if self.complainant.is_at(address) {
            return Some(PartyRole::Complainant);
        }
        self.respondents.iter().find(|(_, party)| party.is_at(address)).map(|(number, _)| PartyRole::Respondent(*number))
    }

    /// The flags because of which the case is on hold (rows 12 to 14, R18): suspected counts as standing.
    pub fn holds(&self) -> impl Iterator<Item = Flag> + '_ {
        Flag::ALL.into_iter().filter(|flag| flag.blocks_mediation() && self.stands(*flag))
    }

    /// The flags because of which nobody may be invited to a talk, and nothing goes to a respondent: the above, and
    /// a complainant who wants to stay unknown, wants no contact, or has died (rows 16, 20, 43, 44).
    pub fn bars(&self) -> impl Iterator<Item = Flag> + '_ {
        let own_wish = [Flag::Anonymous, Flag::NoContact, Flag::DeceasedComplainant];
        self.holds().chain(own_wish.into_iter().filter(|flag| self.stands(*flag)))
    }

    /// Whether nothing may go to this party of the desk's own accord (rows 41, 43, 44); what an officer sends with
    /// a command is the officer's act.
    pub fn is_silenced(&self, role: PartyRole) -> bool {
        match role {
            PartyRole::Complainant => {
                [Flag::DeceasedComplainant, Flag::NoContact, Flag::Bounced].into_iter().any(|flag| self.stands(flag))
            }
            PartyRole::Respondent(number) => self.silent_respondents.contains(&number),
        }
    }

    /// The last day on which an ended case can be opened again (row 37); `None` while it runs.
    pub fn reopening_until(&self, window: super::term::Term, zone: chrono_tz::Tz, calendar: &CivilCalendar) -> Option<NaiveDate> {
        let ended = self.phase.ended_at()?.with_timezone(&zone).date_naive();
        // A promise of the desk, which no law moves off a free day.
        Some(calendar.end_of(ended, window, false))
    }

    /// Everybody in the case: the complainant, then the respondents.
    pub fn parties(&self) -> impl Iterator<Item = PartyRole> + '_ {
        std::iter::once(PartyRole::Complainant).chain(self.respondents.keys().copied().map(PartyRole::Respondent))
    }

    /// Who takes part: somebody who was never asked does not.
    pub fn participants(&self) -> impl Iterator<Item = PartyRole> + '_ {
        self.parties().filter(|role| match role {
            PartyRole::Complainant => true,
            PartyRole::Respondent(number) => self.contacted.contains(number),
        })
    }

    /// What this person asked about their own data, if it has no answer yet.
    pub fn open_wish(&self, who: PartyRole, wish: Wish) -> Option<&OpenWish> {
        self.wishes.iter().find(|open| open.who == who && open.wish == wish)
    }

    /// Whether everything about people was dropped (row 45): a case that lives has at least the address of its file.
    pub fn is_forgotten(&self) -> bool {
        self.capabilities.is_empty() && !self.phase.is_open() && self.phase != Phase::Unopened
    }

    /// Whether a flag stands: suspected counts (domain.md section 3).
    pub fn stands(&self, flag: Flag) -> bool {
        self.flags.get(&flag).is_some_and(|standing| standing.stands())
    }
}
