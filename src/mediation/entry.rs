//! The journal: what happened and what was decided, append-only.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::particulars::Particulars;
use super::{Before, Deadlines, Party, PartyRole, Reason, Sender, TimerKind, Wish};
use crate::message::MailClass;
use crate::model::{
    Appointment, Capability, CaseNumber, ComplaintKind, Flag, FlagStanding, Instant, Language, LetterId, LetterKind, MailAddress,
    MailId, MessageId, Outcome, Purpose, RespondentNumber,
};

/// Who made an entry happen (domain.md section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// K.
    Complainant,
    /// B.
    Respondent,
    /// O.
    Officer,
    /// Somebody who is no party.
    Stranger,
    /// C: a clock, or the desk itself.
    Desk,
    /// M: the mail system.
    MailSystem,
}

impl Actor {
    /// The word in the database and the `--json` contract.
    pub fn code(self) -> &'static str {
        match self {
            Self::Complainant => "complainant",
            Self::Respondent => "respondent",
            Self::Officer => "officer",
            Self::Stranger => "stranger",
            Self::Desk => "desk",
            Self::MailSystem => "mail_system",
        }
    }
}

/// One line of the journal. Its place in the order is given by the store.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// When it was decided.
    pub at: Instant,
    /// Who made it happen.
    pub actor: Actor,
    /// Why.
    pub reason: Reason,
    /// What.
    pub entry: Entry,
}

/// What happened. Each variant changes the state in [`super::Case::evolve`], or is there to be read.
///
/// Serialised with its kind as tag; kinds are never renamed, because old journals are read for ever (I11).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// The case was registered.
    Opened {
        /// When the complaint reached the organisation.
        received_at: Instant,
        /// Language of letters.
        language: Language,
        /// Language it was written in.
        written_in: String,
        /// Cleaned subject.
        subject: String,
        /// Who complains.
        complainant: Party,
        /// Who has the case.
        officer: Option<MailAddress>,
        /// The dates that bind.
        deadlines: Deadlines,
        /// Kinds as triage proposes them.
        kinds: Vec<ComplaintKind>,
        /// Purposes as triage proposes them.
        purposes: Vec<Purpose>,
    },
    /// An address of the case was made.
    CapabilityIssued {
        /// Which.
        capability: Capability,
    },
    /// A mail was filed on the case.
    MailFiled {
        /// Which.
        mail: MailId,
        /// By whom.
        sender: Sender,
        /// Its class.
        class: MailClass,
        /// Its ids for threading; empty for others than the complainant.
        thread: Vec<MessageId>,
    },
    /// A letter was put in the outbox.
    LetterOrdered {
        /// Its id.
        letter: LetterId,
        /// Which letter.
        #[serde(rename = "template")]
        letter_kind: LetterKind,
    },
    /// The complaint was confirmed to the complainant (row 3).
    Acknowledged,
    /// A flag changed.
    FlagSet {
        /// Which.
        flag: Flag,
        /// How sure.
        standing: FlagStanding,
    },
    /// A clock was started or moved.
    TimerSet {
        /// Which.
        timer: TimerKind,
        /// When it is due.
        due_at: Instant,
        /// Its last day, where that is not the day itself and does not stand in the case already.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends_on: Option<chrono::NaiveDate>,
    },
    /// A clock was stopped, or came due and is done.
    TimerStopped {
        /// Which.
        timer: TimerKind,
    },
    /// The first personal contact took place (row 7): the day only.
    FirstContact {
        /// On this day.
        on: NaiveDate,
    },
    /// The case was closed.
    Closed {
        /// How.
        outcome: Outcome,
    },
    /// The case was opened again.
    Reopened,
    /// The follow-up is planned.
    FollowUpPlanned {
        /// Not before.
        due_at: Instant,
    },
    /// The follow-up counts as sent from here on (I4).
    FollowUpSent {
        /// The letter.
        letter: LetterId,
    },
    /// The complainant answered the follow-up.
    FollowUpAnswered {
        /// The grade, 1 to 10.
        grade: Option<u8>,
        /// The words.
        words: String,
    },
    /// The follow-up came back.
    FollowUpUndelivered,
    /// The follow-up's moment passed, or nobody answered.
    FollowUpExpired,
    /// The plan to follow up was dropped; a later closing may plan again if nothing was ever sent.
    FollowUpCancelled,
    /// There will be no follow-up, ever.
    FollowUpSuppressed,
    /// The words of the answer to the follow-up were dropped, as promised; the grade stays.
    FollowUpWordsDropped,
    /// Everything about a person was dropped; what is left are figures (row 45).
    Anonymised,
    /// A person was told something.
    Alarmed {
        /// Of what.
        alarm: super::reply::Alarm,
    },
    /// An officer's command had no effect.
    CommandRefused {
        /// Why.
        refusal: super::reply::Refusal,
    },
    /// A letter came back, or failed for good.
    LetterFailed {
        /// Which.
        letter: LetterId,
    },
    /// The complainant was asked to clarify (row 8).
    ClarificationAsked,
    /// And reminded, once (T07).
    ClarificationReminded,
    /// The complainant answered (row 9).
    Clarified,
    /// Proof was asked of somebody who writes for another person (row 10).
    AuthorisationAsked,
    /// An officer looked at the proof (row 11); the daemon never judges it.
    AuthorisationJudged {
        /// Whether it was accepted.
        accepted: bool,
    },
    /// Somebody who is complained about was recorded, or corrected (R11).
    RespondentRecorded {
        /// Their number in the case.
        number: RespondentNumber,
        /// Who they are.
        party: Party,
    },
    /// Name or address of the complainant was corrected by an officer.
    ComplainantRecorded {
        /// Who it is.
        party: Party,
    },
    /// An officer got a letter to print and post: that person has no e-mail (R4). What it says stands in the mail.
    WrittenOnPaper {
        /// For whom.
        who: PartyRole,
        /// The officer's mail.
        mail: MailId,
    },
    /// An officer corrected the kinds.
    KindsSet {
        /// The main one first.
        kinds: Vec<ComplaintKind>,
    },
    /// An officer corrected the purposes (R9).
    PurposesSet {
        /// What the complainant wants to reach.
        purposes: Vec<Purpose>,
    },
    /// An officer recorded what stands in the yearly report alone (domain.md section 2.5).
    ParticularsSet {
        /// All of it, as it is from now on.
        particulars: Particulars,
    },
    /// An officer corrected the language of letters.
    LanguageSet {
        /// Of letters to the complainant.
        language: Language,
    },
    /// An officer cleared a flag, or confirmed it: the reason, for the file.
    FlagReason {
        /// Which.
        flag: Flag,
        /// In the officer's words.
        reason: String,
    },
    /// A blocking flag was confirmed: a referral is being prepared (row 13).
    ReferralPrepared,
    /// It is not needed after all (row 14).
    ReferralDropped,
    /// Something was sent to a respondent: from now on they hear of the end (row 34).
    RespondentContacted {
        /// Who.
        number: RespondentNumber,
    },
    /// A reaction was asked (row 16).
    HearingAsked {
        /// Of whom.
        respondents: BTreeSet<RespondentNumber>,
    },
    /// And asked again, once (T15).
    HearingReminded,
    /// A reaction came (row 17). It lies with the officer.
    ReactionReceived {
        /// Whose.
        respondent: RespondentNumber,
        /// Their words.
        words: String,
    },
    /// The officer released a reaction (row 18).
    ReactionReleased,
    /// The complainant said whether the reaction is enough (row 19).
    SatisfactionStated {
        /// Whether it is.
        satisfied: bool,
    },
    /// Each party was asked whether they want the talk (row 20).
    ConsentAsked {
        /// The number of the asking.
        round: u16,
        /// Who was asked beside the complainant.
        respondents: BTreeSet<RespondentNumber>,
        /// Whether these hear of it only when the complainant has said yes. The same round without it puts the question
        /// to them.
        #[serde(default)]
        complainant_first: bool,
    },
    /// One said yes, in a mail of their own (row 21, R13).
    ConsentGiven {
        /// Who.
        who: PartyRole,
        /// In which mail.
        mail: MailId,
    },
    /// One said no, or took their yes back (rows 21, 23, 27). No reason is asked or kept.
    ConsentRefused {
        /// Who.
        who: PartyRole,
    },
    /// Everybody said yes, and nothing stands in the way (row 22).
    ConsentComplete,
    /// The talk does not go on; the case does (rows 23, 27).
    MediationEnded,
    /// There is a date (row 24).
    AppointmentSet {
        /// When and where.
        appointment: Appointment,
    },
    /// It was moved (row 26).
    AppointmentMoved {
        /// When and where, with its sequence raised.
        appointment: Appointment,
    },
    /// It was cancelled (rows 26, 27).
    AppointmentCancelled {
        /// As the cancellation names it.
        appointment: Appointment,
    },
    /// A calendar answered (row 25). That is about a date, never about consent (R13).
    AppointmentAnswered {
        /// Whose.
        who: PartyRole,
        /// PARTSTAT, upper case.
        partstat: String,
    },
    /// The time that somebody proposed does not suit: the date stands (M127).
    ProposalDeclined {
        /// Who proposed it.
        who: PartyRole,
    },
    /// The talk took place: the day and one code, and nothing of what was said (row 29, R20).
    TalkHeld {
        /// On this day.
        on: NaiveDate,
        /// The result code.
        result: Outcome,
    },
    /// The talk did not take place (row 29).
    TalkNotHeld {
        /// Why, as a code.
        why: super::NotHeldReason,
    },
    /// Text about the talk was dropped unread (R20).
    TalkTextDropped,
    /// Agreements were put on paper (rows 30, 31).
    AgreementsDrafted {
        /// Counts the versions.
        version: u16,
        /// The officer's text.
        text: String,
        /// For whom.
        parties: Vec<PartyRole>,
    },
    /// One confirmed the agreements (row 31).
    AgreementsConfirmed {
        /// Who.
        who: PartyRole,
    },
    /// Everybody confirmed (row 31).
    AgreementsSettled,
    /// Advice was sent (R22).
    AdviceGiven {
        /// On what, as the directory names it.
        topic: String,
    },
    /// The complainant was told where else to go (row 15). The choice stays theirs.
    Referred {
        /// The body, as the directory names it.
        body: String,
    },
    /// The decision takes longer, as the provider wants (row 32).
    Extended {
        /// The new last day.
        until: NaiveDate,
        /// In the officer's words.
        reason: String,
    },
    /// The provider's decision was sent (row 33).
    DecisionSent {
        /// On this day.
        on: NaiveDate,
    },
    /// Somebody asked to see, or to have erased, what is kept about them (AVG article 12(3)).
    AccessAsked {
        /// Who.
        who: PartyRole,
        /// What they want.
        wish: Wish,
        /// The day on which that reached the organisation.
        on: NaiveDate,
    },
    /// And got an answer.
    AccessAnswered {
        /// Who.
        who: PartyRole,
        /// What they wanted.
        wish: Wish,
    },
    /// The complainant seems to take the complaint back: an officer confirms (row 35).
    WithdrawalRead,
    /// The complaint was taken back (row 35).
    Withdrawn,
    /// The same matter as another case, where it goes on (row 6).
    MergedInto {
        /// That case.
        other: CaseNumber,
    },
    /// Another case goes on in this one (row 6).
    MergedFrom {
        /// That case.
        other: CaseNumber,
    },
    /// This case goes on from another: a second matter in it, or one that could not be opened again (row 37).
    FollowsOn {
        /// That case.
        other: CaseNumber,
    },
    /// A colleague has the case now.
    Assigned {
        /// The registered address; `None` once the file is anonymised.
        officer: Option<MailAddress>,
    },
    /// An automatic reply says that somebody is away whose answer is awaited: no reminder goes there.
    PartyAway {
        /// Who.
        who: PartyRole,
    },
    /// A respondent asked to hear no more (row 43).
    RespondentNoContact {
        /// Who.
        number: RespondentNumber,
    },
    /// What the last command sent can be taken back until then.
    Revocable {
        /// From this moment on it has left.
        until: Instant,
        /// Where the case was.
        before: Box<Before>,
    },
    /// An officer took back what still waited (`#stop`): the case is where it was.
    TakenBack {
        /// Where it was.
        before: Box<Before>,
    },
}
