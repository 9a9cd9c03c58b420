//! A talk with a date, a time and a place: one event in the calendars of everybody who was invited.
//!
//! It holds no description, no agenda and no notes, and never will: there is no report of the talk (R20, I8).

use std::fmt;
use std::str::FromStr;

use chrono::{LocalResult, NaiveDateTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::Instant;

/// What names the event in every calendar, the same for all who are invited and for every change of it (M120).
/// Random, without a host name (RFC 7986 section 5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AppointmentUid(uuid::Uuid);

/// A text that is no UID of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not the uid of an appointment of the desk")]
pub struct AppointmentUidError;

impl AppointmentUid {
    /// Random bytes in a UID.
    pub const BYTES: usize = 16;

    /// A UID from fresh random bytes. The caller draws them: the core never does.
    pub fn from_random(bytes: [u8; Self::BYTES]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl fmt::Display for AppointmentUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl FromStr for AppointmentUid {
    type Err = AppointmentUidError;

    /// Case does not matter: some calendars give a UID back in capitals.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        uuid::Uuid::try_parse(text.trim()).map(Self).map_err(|_| AppointmentUidError)
    }
}

/// An appointment as it stands now.
///
/// The civil time is what people agreed on; the instant follows from the zone's rules each time it is needed, so
/// that a changed rule moves the instant and not the agreement (M122).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appointment {
    /// Made once (M120).
    pub uid: AppointmentUid,
    /// Rises by one with each change of time or place, and with the cancellation (RFC 5545 section 3.8.7.4).
    pub sequence: u32,
    /// Date and time on the clock in `zone`.
    pub starts: NaiveDateTime,
    /// The zone in which the time was agreed.
    pub zone: Tz,
    /// How long it takes, in minutes.
    pub minutes: u16,
    /// Where, in the officer's words: an address, a room, a link to call.
    pub place: String,
}

/// Why a date and time can not be an appointment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AppointmentError {
    /// The clock jumps over this time when summer time begins.
    #[error("that time does not exist: the clock is put forward in that hour; choose another time")]
    NoSuchTime,
    /// Nothing, or longer than a day.
    #[error("an appointment takes between one minute and 24 hours; write the duration in minutes, for instance 60m")]
    Duration,
}

impl Appointment {
    /// Longest appointment, in minutes.
    pub const LONGEST: u16 = 24 * 60;

    /// A new appointment, sequence 0.
    pub fn new(
        uid: AppointmentUid,
        starts: NaiveDateTime,
        zone: Tz,
        minutes: u16,
        place: impl Into<String>,
    ) -> Result<Self, AppointmentError> {
        if minutes == 0 || minutes > Self::LONGEST {
            return Err(AppointmentError::Duration);
        }
        if zone.from_local_datetime(&starts) == LocalResult::None {
            return Err(AppointmentError::NoSuchTime);
        }
        Ok(Self { uid, sequence: 0, starts, zone, minutes, place: place.into() })
    }

    /// The same event at another time or place; the sequence rises (M120).
    pub fn moved(&self, starts: NaiveDateTime, minutes: u16, place: impl Into<String>) -> Result<Self, AppointmentError> {
        let moved = Self::new(self.uid, starts, self.zone, minutes, place)?;
        Ok(Self { sequence: self.sequence.saturating_add(1), ..moved })
    }

    /// The same event as its cancellation names it; the sequence rises (M121).
    #[must_use]
    pub fn cancelled(&self) -> Self {
        Self { sequence: self.sequence.saturating_add(1), ..self.clone() }
    }

    /// The moment at which it begins, by the zone's rules as they are known now. A time that comes twice, when
    /// the clock is put back, is the first of the two; a time that a new rule skips is read with the offset
    /// before the jump (RFC 5545 section 3.3.5).
    pub fn starts_at(&self) -> Instant {
        if let Some(moment) = self.zone.from_local_datetime(&self.starts).earliest() {
            return moment.with_timezone(&Utc);
        }
        // No jump is longer than a day.
        let day_before = self.starts - TimeDelta::days(1);
        self.zone
            .from_local_datetime(&day_before)
            .earliest()
            .map_or_else(|| self.starts.and_utc(), |moment| moment.with_timezone(&Utc) + TimeDelta::days(1))
    }

    /// The moment at which it ends.
    pub fn ends_at(&self) -> Instant {
        self.starts_at() + TimeDelta::minutes(i64::from(self.minutes))
    }

    /// Date and time at its end, on the clock in `zone`.
    pub fn ends(&self) -> NaiveDateTime {
        self.ends_at().with_timezone(&self.zone).naive_local()
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn at(month: u32, day: u32, hour: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, month, day).unwrap().and_hms_opt(hour, 30, 0).unwrap()
    }

    fn new(starts: NaiveDateTime, minutes: u16) -> Result<Appointment, AppointmentError> {
        Appointment::new(AppointmentUid::from_random([7; 16]), starts, Tz::Europe__Amsterdam, minutes, "kamer 2")
    }

    #[test]
    fn the_hour_that_is_skipped_is_refused_and_the_hour_that_comes_twice_is_the_first() {
        assert_eq!(new(at(3, 29, 2), 60), Err(AppointmentError::NoSuchTime));
        assert_eq!(new(at(10, 25, 2), 60).unwrap().starts_at().to_rfc3339(), "2026-10-25T00:30:00+00:00");
        assert_eq!(new(at(3, 29, 3), 60).unwrap().starts_at().to_rfc3339(), "2026-03-29T01:30:00+00:00");
    }

    #[test]
    fn an_appointment_over_the_switch_takes_as_long_as_was_agreed() {
        let appointment = new(at(10, 25, 1), 120).unwrap();
        assert_eq!(appointment.ends(), at(10, 25, 2));
        assert_eq!(appointment.ends_at() - appointment.starts_at(), TimeDelta::hours(2));
    }

    #[test]
    fn a_duration_of_nothing_or_of_days_is_refused() {
        assert_eq!(new(at(1, 5, 9), 0), Err(AppointmentError::Duration));
        assert_eq!(new(at(1, 5, 9), 1441), Err(AppointmentError::Duration));
    }

    #[test]
    fn each_change_raises_the_sequence_and_keeps_the_uid() {
        let first = new(at(1, 5, 9), 60).unwrap();
        let second = first.moved(at(1, 6, 9), 45, "kamer 3").unwrap();
        let third = second.cancelled();
        assert_eq!((second.sequence, third.sequence), (1, 2));
        assert_eq!((second.uid, third.uid), (first.uid, first.uid));
        assert_eq!(first.uid.to_string().to_uppercase().parse(), Ok(first.uid));
    }

    #[test]
    fn an_appointment_is_read_back_from_the_journal() {
        let appointment = new(at(1, 5, 9), 60).unwrap();
        let json = serde_json::to_string(&appointment).unwrap();
        assert!(json.contains("\"Europe/Amsterdam\""), "{json}");
        assert_eq!(serde_json::from_str::<Appointment>(&json).unwrap(), appointment);
    }
}
