//! Facts of the operator's alarm: no case, no party, only what is wrong and what to do (T31 for machines).

use handlebars::Context;
use serde::Serialize;

use super::surroundings::Desk;
use super::wrap;
use crate::composition::human_text::Line;
use crate::composition::wording::Wording;
use crate::composition::{CompositionError, DeskFacts};
use crate::model::{Instant, LetterKind};

/// What needs the operator. The words for each are data in `config/words/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperatorTrouble {
    /// The mailbox can not be reached.
    MailboxUnreachable,
    /// A login is refused.
    LoginRefused,
    /// The submission server refuses us (M152).
    SubmissionFailing,
    /// The database refuses us.
    StoreFailing,
    /// A mail lies in quarantine.
    MailQuarantined,
    /// A letter failed for good.
    LetterFailed,
    /// The decree list of free days is at its end (domain.md section 2.3).
    CalendarExpiring,
    /// Automatic answers stopped at their ceiling: a loop or a flood (M13).
    CeilingReached,
}

impl OperatorTrouble {
    /// Every trouble.
    pub const ALL: [Self; 8] = [
        Self::MailboxUnreachable,
        Self::LoginRefused,
        Self::SubmissionFailing,
        Self::StoreFailing,
        Self::MailQuarantined,
        Self::LetterFailed,
        Self::CalendarExpiring,
        Self::CeilingReached,
    ];

    /// The key of its words.
    pub fn code(self) -> &'static str {
        match self {
            Self::MailboxUnreachable => "mailbox-unreachable",
            Self::LoginRefused => "login-refused",
            Self::SubmissionFailing => "submission-failing",
            Self::StoreFailing => "store-failing",
            Self::MailQuarantined => "mail-quarantined",
            Self::LetterFailed => "letter-failed",
            Self::CalendarExpiring => "calendar-expiring",
            Self::CeilingReached => "ceiling-reached",
        }
    }
}

/// An alarm for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperatorAlarm {
    /// What is wrong.
    pub trouble: OperatorTrouble,
    /// Since when.
    pub since: Instant,
    /// What the machine said: the text of an error. Never a name, address, subject or body.
    pub detail: Option<String>,
}

#[derive(Debug, Serialize)]
struct AlarmFacts {
    desk: Desk,
    what: Line,
    act: Line,
    since: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Line>,
}

/// Facts of the operator's alarm.
pub fn operator_alarm(
    alarm: &OperatorAlarm,
    desk: &DeskFacts,
    wording: &Wording,
    now: Instant,
) -> Result<Context, CompositionError> {
    let letter = LetterKind::OperatorAlarm;
    let words = wording.troubles.get(alarm.trouble.code());
    let words =
        words.ok_or_else(|| CompositionError::Unfilled { letter, reason: format!("troubles.{}", alarm.trouble.code()) })?;
    let today = now.with_timezone(&desk.zone).date_naive();
    let facts = AlarmFacts {
        desk: Desk::of(desk, wording.language),
        what: Line::new(&words.what),
        act: Line::new(&words.act),
        since: wording.moment(alarm.since, today, desk.zone),
        detail: alarm.detail.as_deref().map(Line::new).filter(|detail| !detail.is_empty()),
    };
    wrap(letter, &facts)
}
