//! What goes into the store and what comes out of it, as plain values.

use crate::composition::OutgoingLetter;
use crate::mediation::{Case, Deadline, JournalEntry, Sender, TimerKind};
use crate::message::MailClass;
use crate::model::{CaseNumber, ContentKey, DeskKey, Instant, LetterId, LetterKind, MailAddress, MailId, MessageId};

/// A mail to be kept.
#[derive(Clone, Debug)]
pub struct MailRecord {
    /// Its id.
    pub id: MailId,
    /// The desk whose mailbox it came to.
    pub desk: DeskKey,
    /// What makes it the same mail again (I2). Unique in the database.
    pub key: ContentKey,
    /// Its Message-ID, if it has one.
    pub message_id: Option<MessageId>,
    /// When it reached the organisation.
    pub received_at: Instant,
    /// When it was stored.
    pub stored_at: Instant,
    /// Its class (M1).
    pub class: MailClass,
    /// Why it has this class.
    pub class_reason: String,
    /// Who wrote it, in the eyes of its case; `None` for a mail on no case.
    pub sender: Option<Sender>,
    /// The case it is filed on, if any.
    pub case: Option<CaseNumber>,
    /// Which sign led to the case: a stable code such as `capability`, `in-reply-to`, `new`.
    pub evidence: String,
    /// Size of the original, in bytes.
    pub size: usize,
    /// The original, compressed by [`super::compress`].
    pub raw: Vec<u8>,
}

/// A change of one case.
#[derive(Clone, Debug)]
pub struct CaseChange {
    /// The version this change was decided on; 0 for a case that does not exist yet.
    pub decided_on: u64,
    /// The entries to append, in order.
    pub entries: Vec<JournalEntry>,
    /// The state after them: the fold of the whole journal (I11).
    pub after: Case,
}

/// A letter on its way into the outbox.
#[derive(Clone, Debug)]
pub struct QueuedLetter {
    /// The letter, final.
    pub letter: OutgoingLetter,
    /// Earliest moment at which it may leave (the desk's `hold`); `None` for at once.
    pub not_before: Option<Instant>,
    /// The keys under which it counts as an automatic answer (M12, M13); empty for letters that do not.
    pub counts: Vec<String>,
}

/// What becomes of one event: all of it or nothing (I1, I3).
#[derive(Clone, Debug, Default)]
pub struct UnitOfWork {
    /// The mail, if the event was one.
    pub mail: Option<MailRecord>,
    /// The change of the case, if one is concerned.
    pub case: Option<CaseChange>,
    /// Letters of the case to these addresses that have not left yet and are taken back, before those of this
    /// unit are put in the outbox.
    pub withdraw_letters_to: Vec<MailAddress>,
    /// Letters to put in the outbox.
    pub letters: Vec<QueuedLetter>,
    /// The letter of whose failure this unit tells: it is not reported again (M44).
    pub failure_told: Option<LetterId>,
    /// The morning list that this unit is, with or without a letter: guarded by a unique key, so that two daemons
    /// never send the same one.
    pub digest: Option<DigestRecord>,
    /// The follow-up that this unit sends: guarded by a unique key, so that the database forbids a
    /// second one (I4).
    pub follow_up: Option<LetterId>,
}

/// A morning of an officer that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DigestRecord {
    /// The desk.
    pub desk: DeskKey,
    /// The officer's registered address.
    pub officer: MailAddress,
    /// The civil day of the desk.
    pub day: chrono::NaiveDate,
    /// What the last calendar file that this officer got holds.
    pub calendar: Vec<Deadline>,
}

/// The last morning of an officer that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastDigest {
    /// The civil day of the desk.
    pub day: chrono::NaiveDate,
    /// What the last calendar file that this officer got holds.
    pub calendar: Vec<Deadline>,
}

/// What became of one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is durable.
    Recorded,
    /// The mail, or this morning's list, was recorded before, by us or by another daemon: nothing was done (I2).
    AlreadyRecorded,
    /// The case changed since the decision, or the follow-up exists: nothing was done; decide again.
    Conflict,
}

/// A case and the version its next change has to name.
#[derive(Clone, Debug)]
pub struct Versioned {
    /// Rises by one with each commit on the case.
    pub version: u64,
    /// The cached fold.
    pub case: Case,
}

/// What the store knows of a letter that somebody refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownLetter {
    /// Its id.
    pub letter: LetterId,
    /// Which letter.
    pub kind: LetterKind,
    /// Its case.
    pub case: Option<CaseNumber>,
    /// The address it went to.
    pub to: MailAddress,
}

/// A letter that failed for good, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedLetter {
    /// The letter.
    pub letter: KnownLetter,
    /// Enhanced status code of its last attempt (RFC 3463), if there was one.
    pub enhanced: Option<String>,
}

/// A letter that this daemon alone may deliver until the lease ends (M154).
#[derive(Clone, Debug)]
pub struct ClaimedLetter {
    /// The letter with its final bytes.
    pub letter: OutgoingLetter,
    /// Attempts made before this one.
    pub attempts: u32,
    /// When it was committed to the outbox.
    pub committed_at: Instant,
}

/// How an attempt ended (M151–M153).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttemptOutcome {
    /// A server has taken it.
    Accepted,
    /// Not now; try again at this moment.
    Deferred {
        /// When.
        next_at: Instant,
    },
    /// The letter can not be delivered.
    Failed,
    /// The line broke between the final dot and the answer. A letter that may go more than once is tried
    /// again at this moment; one that may go once counts as sent
    /// ([`Guarantee`](crate::model::Guarantee), I4).
    Unclear {
        /// When to try again, where that is allowed.
        next_at: Instant,
    },
    /// Its moment passed unsent.
    Expired,
    /// It was not tried: the fault is ours (login refused, server gone), the queue waits (M152).
    Held {
        /// When to look again.
        next_at: Instant,
    },
}

impl AttemptOutcome {
    /// The word for it in the database and in the `--json` contract.
    pub fn code(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Deferred { .. } => "deferred",
            Self::Failed => "failed",
            Self::Unclear { .. } => "unclear",
            Self::Expired => "expired",
            Self::Held { .. } => "held",
        }
    }

    /// When it is tried again; `None` for an outcome that is final.
    pub fn next_at(self) -> Option<Instant> {
        match self {
            Self::Deferred { next_at } | Self::Unclear { next_at } | Self::Held { next_at } => Some(next_at),
            Self::Accepted | Self::Failed | Self::Expired => None,
        }
    }
}

/// One attempt, kept as evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which letter.
    pub letter: LetterId,
    /// When it began.
    pub started_at: Instant,
    /// When it ended.
    pub ended_at: Instant,
    /// How.
    pub outcome: AttemptOutcome,
    /// SMTP reply code, if the server answered.
    pub code: Option<u16>,
    /// Enhanced status code (RFC 3463), if there was one.
    pub enhanced: Option<String>,
    /// The server's words, or ours; never a body, addresses masked (M161, M185).
    pub text: String,
}

/// A clock that has come due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueTimer {
    /// Whose.
    pub case: CaseNumber,
    /// Which.
    pub timer: TimerKind,
    /// When it was due.
    pub due_at: Instant,
}

/// Which cases to list.
#[derive(Clone, Debug, Default)]
pub struct CaseFilter {
    /// Of this desk only.
    pub desk: Option<DeskKey>,
    /// Open ones only.
    pub open_only: bool,
    /// After this number (for paging).
    pub after: Option<CaseNumber>,
    /// At most this many; 0 for all.
    pub limit: u32,
}

/// A letter as `case NUMBER --json` shows it.
#[derive(Clone, Debug)]
pub struct StoredLetter {
    /// The letter, final bytes included.
    pub letter: OutgoingLetter,
    /// queued, handing_over, sent, failed, expired, withdrawn, unclear.
    pub state: String,
    /// When it was committed.
    pub committed_at: Instant,
    /// Every attempt, oldest first.
    pub attempts: Vec<Attempt>,
}

/// A mail as it was stored.
#[derive(Clone, Debug)]
pub struct StoredMail {
    /// The record; `raw` is decompressed here.
    pub record: MailRecord,
}

/// Counts for `/metrics` and for the exit code of `run --once`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Letters that may go now and have not gone.
    pub letters_due: u64,
    /// Letters that wait for a later moment.
    pub letters_waiting: u64,
    /// Timers due and not handled.
    pub timers_due: u64,
    /// Open cases.
    pub open_cases: u64,
}
