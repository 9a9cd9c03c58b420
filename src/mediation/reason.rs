//! Why something was decided: one stable code and the rule it rests on.

use serde::{Deserialize, Serialize};

/// The reason of a decision. The code stands in the journal and in logs and never changes its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A person wrote something that belongs to no case: a new complaint (R1, row 1).
    NewComplaint,
    /// As above, but nothing may be answered by a machine (M2–M15).
    NewComplaintUnanswered,
    /// As above, but the ceiling of automatic answers to this address is reached (M12).
    NewComplaintCeiling,
    /// A confirmation that had to wait for a ceiling is looked at again (M13).
    ConfirmationDue,
    /// The complainant wrote again.
    ComplainantWrote,
    /// The complainant wrote on a closed case (row 36).
    ComplainantWroteAfterClosing,
    /// A mail in which nothing was said: only a signature or a quotation.
    NothingSaid,
    /// The answer to the one follow-up (R21, row 39).
    FollowUpAnswered,
    /// Somebody who is no party wrote with a sign of the case (M51).
    StrangerOnCase,
    /// An officer wrote a note to the file; it stays internal (I6).
    OfficerNote,
    /// An officer's commands were carried out, all of them.
    CommandsDone,
    /// A respondent wrote (row 17).
    RespondentWrote,
    /// A command could not be understood or done; nothing was (design.md section 5).
    CommandRefused,
    /// An officer's address or the case's officer token was used by the wrong sender (I9).
    OfficerNotProven,
    /// Machine mail never changes a case (M16).
    MachineMailFiled,
    /// A letter came back (row 40, 41).
    LetterBounced,
    /// The follow-up is due (row 38).
    FollowUpDue,
    /// The follow-up is due, but not at this hour or day.
    FollowUpOutsideHours,
    /// The follow-up may not be sent any more (domain.md section 3, follow-up rule).
    FollowUpForbidden,
    /// The follow-up's moment passed more than 60 days ago: the officer is told instead.
    FollowUpTooLate,
    /// Nobody answered the follow-up within 60 days.
    FollowUpSilence,
    /// Nobody has contacted the complainant and the promised date is near or past (row 42).
    FirstContactDue,
    /// The written decision is near or past (domain.md section 2.3).
    DecisionDue,
    /// Nothing has happened for a while (row 42).
    NoProgress,
    /// Another day of a law or a promise is near or past (domain.md section 3, table of clocks).
    ClockDue,
    /// The time for which words or a file are kept is over, or nearly so (row 45).
    RetentionDue,
    /// It is over, but a dispute or a calamity holds the file.
    RetentionHeld,
    /// It is over, and everything about a person is dropped.
    RetentionEnded,
    /// Somebody asked for erasure, and the operator carried it out.
    ErasedOnRequest,
    /// A timer fired that no longer means anything.
    TimerObsolete,
    /// A delivery failed for good.
    LetterFailed,
    /// A confirmation has not left for too long (domain.md section 3, table of clocks).
    LetterLate,
    /// An officer registered a complaint by telephone, on paper or at the desk (row 2).
    OfficerRegistered,
    /// A party answered whether they want the talk (rows 21 to 23, 27).
    ConsentRead,
    /// A party answered about the agreements (row 31).
    AgreementRead,
    /// The complainant answered whether the reaction is enough (row 19).
    SatisfactionRead,
    /// A calendar answered: about the date, never about consent (row 25, R13).
    CalendarAnswered,
    /// An answer that was awaited did not come (rows 9, 11, 17, 19, 23).
    AnswerOverdue,
    /// The talk is tomorrow (row 28).
    TalkTomorrow,
    /// An automatic reply came from somebody whose answer is awaited; it is no answer (R13).
    PartyAway,
    /// A flag stands that forbids the talk (R18, row 26).
    HoldStopsTalk,
}

impl Reason {
    /// The code as it stands in the journal.
    pub fn code(self) -> &'static str {
        match self {
            Self::NewComplaint => "new-complaint",
            Self::NewComplaintUnanswered => "new-complaint-unanswered",
            Self::NewComplaintCeiling => "new-complaint-ceiling",
            Self::ConfirmationDue => "confirmation-due",
            Self::ComplainantWrote => "complainant-wrote",
            Self::ComplainantWroteAfterClosing => "complainant-wrote-after-closing",
            Self::NothingSaid => "nothing-said",
            Self::FollowUpAnswered => "follow-up-answered",
            Self::StrangerOnCase => "stranger-on-case",
            Self::OfficerNote => "officer-note",
            Self::CommandsDone => "commands-done",
            Self::RespondentWrote => "respondent-wrote",
            Self::CommandRefused => "command-refused",
            Self::OfficerNotProven => "officer-not-proven",
            Self::MachineMailFiled => "machine-mail-filed",
            Self::LetterBounced => "letter-bounced",
            Self::FollowUpDue => "follow-up-due",
            Self::FollowUpOutsideHours => "follow-up-outside-hours",
            Self::FollowUpForbidden => "follow-up-forbidden",
            Self::FollowUpTooLate => "follow-up-too-late",
            Self::FollowUpSilence => "follow-up-silence",
            Self::FirstContactDue => "first-contact-due",
            Self::DecisionDue => "decision-due",
            Self::NoProgress => "no-progress",
            Self::ClockDue => "clock-due",
            Self::RetentionDue => "retention-due",
            Self::RetentionHeld => "retention-held",
            Self::RetentionEnded => "retention-ended",
            Self::ErasedOnRequest => "erased-on-request",
            Self::TimerObsolete => "timer-obsolete",
            Self::LetterFailed => "letter-failed",
            Self::LetterLate => "letter-late",
            Self::OfficerRegistered => "officer-registered",
            Self::ConsentRead => "consent-read",
            Self::AgreementRead => "agreement-read",
            Self::SatisfactionRead => "satisfaction-read",
            Self::CalendarAnswered => "calendar-answered",
            Self::AnswerOverdue => "answer-overdue",
            Self::TalkTomorrow => "talk-tomorrow",
            Self::PartyAway => "party-away",
            Self::HoldStopsTalk => "hold-stops-talk",
        }
    }
}
