//! The deadlines of an officer as a calendar file that hangs on the morning's list (RFC 5545, METHOD:PUBLISH).
//!
//! Whole days, one for each clock that somebody has to heed. A deadline keeps its UID, so that the file of a later
//! morning moves what an earlier one wrote. It names the case by its number and says nothing of the matter: others
//! may see that calendar (R30).

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarClassification, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarMethod,
    ICalendarParameter, ICalendarProperty, ICalendarStatus, ICalendarTransparency, ICalendarValueType,
};
use chrono::{Datelike, NaiveDate, TimeDelta};

use super::CalendarFile;
use crate::composition::DeskFacts;
use crate::composition::wording::Wording;
use crate::mediation::Deadline;
use crate::model::Instant;

/// Writes the file, with those that are over as cancelled; `None` where there is neither.
pub fn write(
    deadlines: &[Deadline],
    gone: &[Deadline],
    desk: &DeskFacts,
    wording: &Wording,
    now: Instant,
) -> Option<CalendarFile> {
    if deadlines.is_empty() && gone.is_empty() {
        return None;
    }
    let mut head = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    head.add_property(ICalendarProperty::Prodid, "-//wederhoor//wederhoor//NL".to_owned());
    head.add_property(ICalendarProperty::Version, "2.0".to_owned());
    head.add_property(ICalendarProperty::Calscale, "GREGORIAN".to_owned());
    head.add_property(ICalendarProperty::Method, ICalendarMethod::Publish);
    let mut calendar = ICalendar { components: vec![head] };
    calendar.components.extend(deadlines.iter().map(|deadline| event(deadline, desk, wording, now)));
    calendar.components.extend(gone.iter().map(|deadline| {
        let mut event = event(deadline, desk, wording, now);
        // RFC 5546 section 3.2.1: a calendar takes out what it is told was cancelled, by UID and a later SEQUENCE.
        event.add_property(ICalendarProperty::Status, ICalendarStatus::Cancelled);
        event
    }));
    let events = calendar.components.len();
    if let Some(head) = calendar.components.first_mut() {
        head.component_ids.extend((1..events).filter_map(|place| u32::try_from(place).ok()));
    }
    Some(CalendarFile { method: "PUBLISH", text: calendar.to_string() })
}

fn event(deadline: &Deadline, desk: &DeskFacts, wording: &Wording, now: Instant) -> ICalendarComponent {
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    event.add_uid(&format!("{}-{}@{}", deadline.case, deadline.clock.code(), desk.message_id_domain));
    // Whatever the file of another day said is older.
    event.add_sequence(i64::from(now.with_timezone(&desk.zone).date_naive().num_days_from_ce()));
    event.add_property(ICalendarProperty::Dtstamp, PartialDateTime::from_utc_timestamp(now.timestamp()));
    event.entries.push(day(ICalendarProperty::Dtstart, deadline.on));
    // RFC 5545 section 3.6.1: the end of whole days is the day after them.
    event.entries.push(day(ICalendarProperty::Dtend, deadline.on + TimeDelta::days(1)));
    let summary = format!("{}: {}", deadline.case, wording.clocks.get(deadline.clock.code()));
    event.add_property(ICalendarProperty::Summary, summary);
    event.add_property(ICalendarProperty::Class, ICalendarClassification::Private);
    // A last day takes none of the officer's hours.
    event.add_property(ICalendarProperty::Transp, ICalendarTransparency::Transparent);
    event
}

fn day(name: ICalendarProperty, on: NaiveDate) -> ICalendarEntry {
    let date = PartialDateTime {
        year: u16::try_from(on.year()).ok(),
        month: u8::try_from(on.month()).ok(),
        day: u8::try_from(on.day()).ok(),
        ..PartialDateTime::default()
    };
    ICalendarEntry::new(name).with_param(ICalendarParameter::value(ICalendarValueType::Date)).with_value(date)
}
