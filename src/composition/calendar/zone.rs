//! The rules of a time zone beside an appointment (RFC 5545 section 3.6.5, M122).
//!
//! Calendars know zones by other names than we do, or not at all, so the file says itself when the clock is put
//! forward and back around the appointment. The rules come from the time zone database compiled into the program.

use calcard::icalendar::{ICalendar, ICalendarProperty};
use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;

use crate::model::Appointment;

/// Zones that are written as plain UTC, without rules.
pub fn is_utc(zone: Tz) -> bool {
    matches!(
        zone,
        Tz::UTC | Tz::UCT | Tz::Zulu | Tz::Universal | Tz::Etc__UTC | Tz::Etc__UCT | Tz::Etc__Zulu | Tz::Etc__Universal
    )
}

/// Adds the rules that hold from the year before the appointment to the year behind it.
pub fn add(calendar: &mut ICalendar, appointment: &Appointment) {
    if is_utc(appointment.zone) {
        return;
    }
    let year = appointment.starts.year();
    let new_year = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default().and_time(chrono::NaiveTime::MIN).and_utc();
    let (from, to) = (new_year(year - 1).timestamp(), new_year(year + 2).timestamp());
    if let Some(rules) = calendar.add_timezone(appointment.zone.name(), from, to) {
        keep_what_outlook_reads(calendar, rules);
    }
}

/// The crate begins with what held before the first change. Where yearly rules for both halves of the year follow,
/// and both began before the appointment, it says nothing; and Outlook wants one observance of each kind
/// (MS-OXCICAL section 2.1.3.1.1.19).
fn keep_what_outlook_reads(calendar: &mut ICalendar, rules: u32) {
    let Some(zone) = usize::try_from(rules).ok().and_then(|rules| calendar.components.get(rules)) else { return };
    let observances = zone.component_ids.clone();
    let recurs = |id: &u32| calendar.component_by_id(*id).is_some_and(|one| one.has_property(&ICalendarProperty::Rrule));
    if let [first, halves @ ..] = observances.as_slice()
        && halves.len() == 2
        && halves.iter().all(recurs)
    {
        calendar.remove_component_ids(&[*first]);
    }
}
