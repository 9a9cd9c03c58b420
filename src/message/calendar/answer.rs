//! What a calendar object says, as types (RFC 5546).

use chrono::{LocalResult, NaiveDate, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::model::Instant;

/// What the sender's calendar wants to happen. Only [`Self::Reply`] and [`Self::Counter`] answer an invitation; the
/// others are shown and never executed on our appointments (M128).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CalendarMethod {
    /// An answer: accepted, declined, maybe.
    #[default]
    Reply,
    /// Another time is proposed (M127).
    Counter,
    /// The attendee lost the invitation and asks for it once more.
    Refresh,
    /// Somebody invites us, or changes an event.
    Request,
    /// Somebody cancels an event.
    Cancel,
    /// Somebody adds an instance to an event.
    Add,
    /// Our proposal is declined; we make none.
    DeclineCounter,
}

impl CalendarMethod {
    /// The method with this name, in either case; `None` for `PUBLISH` and what is unknown.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_uppercase().as_str() {
            "REPLY" => Self::Reply,
            "COUNTER" => Self::Counter,
            "REFRESH" => Self::Refresh,
            "REQUEST" => Self::Request,
            "CANCEL" => Self::Cancel,
            "ADD" => Self::Add,
            "DECLINECOUNTER" => Self::DeclineCounter,
            _ => return None,
        })
    }

    /// Whether a calendar wrote this in answer to an invitation, so that nobody waits for a letter about it.
    pub fn is_answer(self) -> bool {
        match self {
            Self::Reply | Self::Counter | Self::Refresh => true,
            Self::Request | Self::Cancel | Self::Add | Self::DeclineCounter => false,
        }
    }
}

/// Whether somebody comes, as they told their calendar. It says nothing about wanting the talk (R13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING-KEBAB-CASE")]
pub enum Participation {
    /// They come.
    Accepted,
    /// They do not come at that time.
    Declined,
    /// Maybe.
    Tentative,
    /// Somebody else is to come in their place.
    Delegated,
    /// No answer yet.
    NeedsAction,
    /// A word that RFC 5545 does not know (`X-…`): no answer either (RFC 5545 section 3.2.12).
    Other,
}

impl Participation {
    pub(super) fn named(name: &str) -> Self {
        match name.trim().to_ascii_uppercase().as_str() {
            "ACCEPTED" => Self::Accepted,
            "DECLINED" => Self::Declined,
            "TENTATIVE" => Self::Tentative,
            "DELEGATED" => Self::Delegated,
            "NEEDS-ACTION" => Self::NeedsAction,
            _ => Self::Other,
        }
    }
}

/// A time as a calendar object gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarTime {
    /// A known moment.
    Moment(Instant),
    /// A time on the clock, in a zone that is not named or not known (M130).
    Floating(NaiveDateTime),
    /// A whole day.
    Day(NaiveDate),
}

impl CalendarTime {
    /// Date and time on the clock in a zone; `None` for a whole day.
    pub fn on_the_clock(self, zone: Tz) -> Option<NaiveDateTime> {
        match self {
            Self::Moment(moment) => Some(moment.with_timezone(&zone).naive_local()),
            Self::Floating(civil) => Some(civil),
            Self::Day(_) => None,
        }
    }

    /// The moment, where a floating time is one on the clock in `zone`.
    pub fn moment(self, zone: Tz) -> Option<Instant> {
        match self {
            Self::Moment(moment) => Some(moment),
            Self::Floating(civil) => match zone.from_local_datetime(&civil) {
                LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => Some(moment.with_timezone(&Utc)),
                LocalResult::None => None,
            },
            Self::Day(_) => None,
        }
    }
}

/// The time that somebody proposes instead (M127).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedTime {
    /// Its begin.
    pub starts: CalendarTime,
    /// Its end, where one is given.
    pub ends: Option<CalendarTime>,
}

/// Something about a calendar object that a person may have to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalendarProblem {
    /// Nothing says which event it is about.
    NoUid,
    /// Nothing says who answers.
    NoAttendee,
    /// It speaks of several events; one was taken.
    SeveralEvents,
    /// It speaks of one instance of a series.
    OneOfASeries,
    /// The mail part and the object name different methods (RFC 6047 section 2.4); the object's was taken.
    MethodMismatch,
    /// No method is named; it was taken for an answer because its attendee has answered.
    NoMethod,
    /// There is no calendar object: the words of the subject were taken.
    SubjectOnly,
    /// The answer travelled in Outlook's own format (`winmail.dat`).
    OutlookFormat,
}

/// What a calendar object says (RFC 5546). Everything in it is a claim: the person is known by the capability address
/// that it came to (M124).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarAnswer {
    /// What the sender's calendar wants.
    pub method: CalendarMethod,
    /// UID of the event.
    pub uid: Option<String>,
    /// SEQUENCE of the event.
    pub sequence: Option<u32>,
    /// When the answer was made (DTSTAMP): of two answers to the same sequence the later one holds (M125).
    pub stamp: Option<Instant>,
    /// The attendee as the answer names them: a hint (M124).
    pub attendee: Option<String>,
    /// What the attendee answers.
    pub partstat: Option<Participation>,
    /// What the person typed with it (M126).
    pub comment: Option<String>,
    /// The time proposed instead; with [`CalendarMethod::Counter`] alone.
    pub proposed: Option<ProposedTime>,
    /// What is odd about it.
    pub problems: Vec<CalendarProblem>,
}
