//! The calendar file of an invitation, its change and its cancellation (RFC 5546, RFC 6047, M116–M130).
//!
//! One file for one recipient: they are the only attendee, and the desk's own capability address is the organizer, so
//! that the answer finds its case and nobody's address reaches anybody else (M118, M119, R30). There is no
//! description of the matter and no place for one (R20), and no alarm: when to be reminded is the recipient's choice.

pub mod deadlines;
mod words;
mod zone;

#[cfg(test)]
mod tests;

use calcard::common::PartialDateTime;
use calcard::icalendar::{
    ICalendar, ICalendarClassification, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarMethod,
    ICalendarParameter, ICalendarParticipationRole, ICalendarParticipationStatus, ICalendarProperty, ICalendarStatus,
    ICalendarTransparency, ICalendarUserTypes, ICalendarValue, Uri,
};
use chrono::NaiveDateTime;

pub use words::CalendarWords;

use super::human_text::{Line, Words};
use crate::mediation::CalendarNews;
use crate::model::{Appointment, Instant, Language, MailAddress};

/// Longest place that is written, in bytes: a link to call takes a few hundred.
const LONGEST_PLACE: usize = 2_000;
/// Longest description, in bytes.
const LONGEST_DESCRIPTION: usize = 4_000;

/// What a calendar file says, to whom.
#[derive(Clone, Copy, Debug)]
pub struct CalendarItem<'a> {
    /// Whether it is new or changed, cancelled, or a proposal that is declined.
    pub news: CalendarNews,
    /// The appointment as it stands with this news: its sequence has risen already.
    pub appointment: &'a Appointment,
    /// The desk's name, and the recipient's own address of the case (M118).
    pub organizer: (&'a str, &'a MailAddress),
    /// The recipient, and nobody else (M119).
    pub attendee: (Option<&'a str>, &'a MailAddress),
    /// The language of summary and description.
    pub language: Language,
    /// One neutral line.
    pub summary: &'a str,
    /// How to reach a human being; nothing of the matter.
    pub description: &'a str,
    /// The moment of writing: new in each message (M120).
    pub now: Instant,
}

/// A calendar file, ready to stand in a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarFile {
    /// The method, which the mail part must repeat as its parameter (M116).
    pub method: &'static str,
    /// The file: lines of at most 75 octets ended by CRLF, UTF-8 (M123).
    pub text: String,
}

/// Writes the file. The same item gives the same bytes.
pub fn write(item: &CalendarItem<'_>) -> CalendarFile {
    let (method, status) = match item.news {
        CalendarNews::Invitation => (ICalendarMethod::Request, ICalendarStatus::Confirmed),
        CalendarNews::Cancellation => (ICalendarMethod::Cancel, ICalendarStatus::Cancelled),
        CalendarNews::ProposalDeclined => (ICalendarMethod::Declinecounter, ICalendarStatus::Confirmed),
    };
    let mut head = ICalendarComponent::new(ICalendarComponentType::VCalendar);
    head.add_property(ICalendarProperty::Prodid, "-//wederhoor//wederhoor//NL".to_owned());
    head.add_property(ICalendarProperty::Version, "2.0".to_owned());
    head.add_property(ICalendarProperty::Calscale, "GREGORIAN".to_owned());
    let written_method = calcard::common::IanaString::as_str(&method);
    head.add_property(ICalendarProperty::Method, method);
    head.component_ids.push(1);
    let mut calendar = ICalendar { components: vec![head, event(item, status)] };
    zone::add(&mut calendar, item.appointment);
    CalendarFile { method: written_method, text: calendar.to_string() }
}

fn event(item: &CalendarItem<'_>, status: ICalendarStatus) -> ICalendarComponent {
    let appointment = item.appointment;
    let mut event = ICalendarComponent::new(ICalendarComponentType::VEvent);
    event.add_uid(&appointment.uid.to_string());
    event.add_sequence(i64::from(appointment.sequence));
    event.add_property(ICalendarProperty::Dtstamp, PartialDateTime::from_utc_timestamp(item.now.timestamp()));
    event.entries.push(civil(ICalendarProperty::Dtstart, appointment, appointment.starts));
    event.entries.push(civil(ICalendarProperty::Dtend, appointment, appointment.ends()));
    let (name, address) = item.organizer;
    event.entries.push(person(ICalendarProperty::Organizer, Some(name), address));
    event.entries.push(attendee(item));
    let language = || ICalendarParameter::language(item.language.tag().to_owned());
    let summary = Line::new(item.summary).as_str().to_owned();
    event.add_property_with_params(ICalendarProperty::Summary, [language()], summary);
    let (place, _) = Words::new(&appointment.place, LONGEST_PLACE);
    if !place.is_empty() {
        event.add_property_with_params(ICalendarProperty::Location, [language()], place.as_str().trim().to_owned());
    }
    let (description, _) = Words::new(item.description, LONGEST_DESCRIPTION);
    if !description.is_empty() {
        event.add_property_with_params(ICalendarProperty::Description, [language()], description.as_str().to_owned());
    }
    event.add_property(ICalendarProperty::Status, status);
    // A colleague who may look into the recipient's calendar sees that they are busy, not why (R30).
    event.add_property(ICalendarProperty::Class, ICalendarClassification::Private);
    event.add_property(ICalendarProperty::Transp, ICalendarTransparency::Opaque);
    event
}

/// A date and time on the clock in the appointment's zone; in UTC where that is its zone (M122).
fn civil(name: ICalendarProperty, appointment: &Appointment, at: NaiveDateTime) -> ICalendarEntry {
    let seconds = at.and_utc().timestamp();
    if zone::is_utc(appointment.zone) {
        return ICalendarEntry::new(name).with_value(PartialDateTime::from_utc_timestamp(seconds));
    }
    ICalendarEntry::new(name)
        .with_param(ICalendarParameter::tzid(appointment.zone.name().to_owned()))
        .with_value(PartialDateTime::from_naive_timestamp(seconds))
}

/// M117: what Outlook and Gmail need before they show buttons.
fn attendee(item: &CalendarItem<'_>) -> ICalendarEntry {
    let (name, address) = item.attendee;
    let entry = person(ICalendarProperty::Attendee, name, address)
        .with_param(ICalendarParameter::cutype(ICalendarUserTypes::Individual))
        .with_param(ICalendarParameter::role(ICalendarParticipationRole::ReqParticipant));
    match item.news {
        CalendarNews::Invitation => entry
            .with_param(ICalendarParameter::partstat(ICalendarParticipationStatus::NeedsAction))
            .with_param(ICalendarParameter::rsvp(true)),
        // Nothing is asked any more.
        CalendarNews::Cancellation | CalendarNews::ProposalDeclined => entry,
    }
}

fn person(property: ICalendarProperty, name: Option<&str>, address: &MailAddress) -> ICalendarEntry {
    let name = name.map(common_name).filter(|name| !name.is_empty());
    ICalendarEntry::new(property)
        .with_param_opt(name.map(ICalendarParameter::cn))
        .with_value(ICalendarValue::Uri(Uri::Location(mailto(address))))
}

/// A quotation mark can not stand in a parameter at all, and readers differ on a backslash and on RFC 6868's caret.
fn common_name(name: &str) -> String {
    let plain = |c| match c {
        '"' => Some('\''),
        '\\' => Some('/'),
        '^' => None,
        other => Some(other),
    };
    Line::new(name).as_str().chars().filter_map(plain).collect()
}

/// RFC 6068: what would end the address, or begin another field, is written as `%XX`.
fn mailto(address: &MailAddress) -> String {
    const SPECIAL: &percent_encoding::AsciiSet =
        &percent_encoding::CONTROLS.add(b' ').add(b'"').add(b'%').add(b'&').add(b'?').add(b'#').add(b'\\').add(b';').add(b',');
    let local = percent_encoding::utf8_percent_encode(address.local_part(), SPECIAL);
    // The mail goes to the domain in ASCII, and calendars compare the two.
    let domain = idna::domain_to_ascii(address.domain()).unwrap_or_else(|_| address.domain().to_owned());
    format!("mailto:{local}@{domain}")
}
