//! Answers to invitations, and whatever else calendars send (RFC 5546, M124–M130): who says what about which event.
//!
//! Reading decides nothing. What an answer means for a case is `mediation::appointment_answer`.

pub(super) mod answer;
mod outlook;
mod subject;

#[cfg(test)]
mod tests;

use calcard::common::{IanaString as _, PartialDateTime};
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarParameterName, ICalendarParameterValue,
    ICalendarProperty, ICalendarValue,
};
use calcard::{Entry, Parser};
use chrono::{NaiveDate, Utc};

use self::answer::{CalendarAnswer, CalendarMethod, CalendarProblem, CalendarTime, Participation, ProposedTime};
use crate::model::{AppointmentUid, MailAddress};

pub(super) use outlook::of_winmail;
pub(super) use subject::of_subject;

use super::own_text::OwnText;
use super::words::{CalendarSigns, contains_any};

/// Longest value that is kept, in characters.
const LONGEST_VALUE: usize = 500;
/// Longest comment that is kept, in characters.
const LONGEST_COMMENT: usize = 5_000;
/// So many objects of one text are read.
const MOST_OBJECTS: usize = 8;

/// A calendar object as it came, with the method that its mail part names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CalendarText {
    pub(super) text: String,
    pub(super) method: Option<String>,
}

/// Reads the first object that says something; `None` where there is no event, or one that is only published.
pub(super) fn read(texts: &[CalendarText], author: Option<&MailAddress>) -> Option<CalendarAnswer> {
    texts.iter().find_map(|one| {
        let mut parser = Parser::new(one.text.trim_start());
        (0..MOST_OBJECTS).map(|_| parser.entry()).take_while(|entry| *entry != Entry::Eof).find_map(|entry| match entry {
            Entry::ICalendar(calendar) => read_object(&calendar, one.method.as_deref(), author),
            _ => None,
        })
    })
}

/// Why a mail with this object is a calendar's answer; `None` where a person may have written it (M128).
pub(super) fn class_reason(answer: &CalendarAnswer) -> Option<&'static str> {
    if answer.problems.contains(&CalendarProblem::SubjectOnly) {
        return Some("calendar-subject (M126)");
    }
    match answer.method {
        CalendarMethod::Reply => Some("calendar-reply (RFC 5546)"),
        CalendarMethod::Counter => Some("calendar-counter (RFC 5546)"),
        CalendarMethod::Refresh => Some("calendar-refresh (RFC 5546)"),
        CalendarMethod::Request | CalendarMethod::Cancel | CalendarMethod::Add | CalendarMethod::DeclineCounter => None,
    }
}

/// M126: what the person typed with an answer, without the sentences of the calendar program.
pub(super) fn typed_with(words: OwnText, answer: Option<&CalendarAnswer>, signs: &CalendarSigns) -> OwnText {
    let is_written_by_a_program = contains_any(&words.text.to_lowercase(), &signs.sentences);
    if words.says_something && !is_written_by_a_program {
        return words;
    }
    let typed = answer.and_then(|answer| answer.comment.clone()).or_else(|| subject::note_within(&words.text, signs));
    match typed {
        Some(text) => OwnText { text, says_something: true, cuts: words.cuts },
        None if is_written_by_a_program => OwnText::default(),
        None => words,
    }
}

fn read_object(calendar: &ICalendar, part_method: Option<&str>, author: Option<&MailAddress>) -> Option<CalendarAnswer> {
    let mut answer = CalendarAnswer::default();
    let events: Vec<&ICalendarComponent> =
        calendar.components.iter().filter(|one| one.component_type == ICalendarComponentType::VEvent).collect();
    // One of the desk's own events, where several are named.
    let is_ours = |event: &&&ICalendarComponent| event.uid().is_some_and(|uid| event_uid(uid).parse::<AppointmentUid>().is_ok());
    let event = events.iter().find(is_ours).or_else(|| events.first())?;
    if events.len() > 1 {
        answer.problems.push(CalendarProblem::SeveralEvents);
    }
    if event.has_property(&ICalendarProperty::RecurrenceId) {
        answer.problems.push(CalendarProblem::OneOfASeries);
    }
    attendee(event, author, &mut answer);

    let written = calendar.components.first().and_then(|head| head.property(&ICalendarProperty::Method)).and_then(first_text);
    let (written, named) = (written.and_then(CalendarMethod::named), part_method.and_then(CalendarMethod::named));
    if written.is_some() && named.is_some() && written != named {
        answer.problems.push(CalendarProblem::MethodMismatch);
    }
    answer.method = match written.or(named) {
        Some(method) => method,
        // Nothing says what it is, but its only attendee has answered: nobody publishes such an event.
        None if has_no_method(calendar, part_method) && has_answered(answer.partstat) => {
            answer.problems.push(CalendarProblem::NoMethod);
            CalendarMethod::Reply
        }
        None => return None,
    };

    answer.uid = event.uid().and_then(|uid| kept(&event_uid(uid), LONGEST_VALUE));
    if answer.uid.is_none() {
        answer.problems.push(CalendarProblem::NoUid);
    }
    let sequence = event.property(&ICalendarProperty::Sequence).and_then(|entry| entry.values.first());
    answer.sequence = sequence.and_then(ICalendarValue::as_integer).and_then(|number| u32::try_from(number).ok());
    let zones = calendar.build_tz_resolver();
    let stamp = event.property(&ICalendarProperty::Dtstamp).and_then(|entry| time(entry, &zones));
    answer.stamp = stamp.and_then(|stamp| stamp.moment(chrono_tz::UTC));
    let comments = event.properties(&ICalendarProperty::Comment).filter_map(first_text);
    answer.comment = kept(&comments.collect::<Vec<_>>().join("\n"), LONGEST_COMMENT);
    if answer.method == CalendarMethod::Counter {
        let at = |name| event.property(&name).and_then(|entry| time(entry, &zones));
        answer.proposed =
            at(ICalendarProperty::Dtstart).map(|starts| ProposedTime { starts, ends: at(ICalendarProperty::Dtend) });
    }
    Some(answer)
}

fn has_no_method(calendar: &ICalendar, part_method: Option<&str>) -> bool {
    let named = calendar.components.first().is_some_and(|head| head.has_property(&ICalendarProperty::Method));
    !named && part_method.is_none_or(|method| method.trim().is_empty())
}

fn has_answered(participation: Option<Participation>) -> bool {
    matches!(participation, Some(Participation::Accepted | Participation::Declined | Participation::Tentative))
}

/// M124: who answers, as far as the object says. Of several attendees the author's own line counts, or the only one
/// that has answered: some calendars return the whole list.
fn attendee(event: &ICalendarComponent, author: Option<&MailAddress>, answer: &mut CalendarAnswer) {
    let lines: Vec<&ICalendarEntry> = event.properties(&ICalendarProperty::Attendee).collect();
    let is_author = |line: &&&ICalendarEntry| {
        let address = address_of(line).and_then(|address| address.parse::<MailAddress>().ok());
        address.is_some_and(|address| author.is_some_and(|author| author.same_person(&address)))
    };
    let answers = |line: &&&ICalendarEntry| has_answered(participation_of(line));
    let Some(line) = lines.iter().find(is_author).or_else(|| lines.iter().find(answers)).or_else(|| lines.first()) else {
        answer.problems.push(CalendarProblem::NoAttendee);
        return;
    };
    answer.attendee = address_of(line).and_then(|address| kept(address, LONGEST_VALUE));
    answer.partstat = participation_of(line);
}

/// The address of a person. Apple writes a path or a number there, and the address as a parameter.
fn address_of(line: &ICalendarEntry) -> Option<&str> {
    let value = line.calendar_address();
    let beside = line.parameter(&ICalendarParameterName::Email).and_then(ICalendarParameterValue::as_text);
    value.filter(|value| value.contains('@')).or(beside).or(value)
}

fn participation_of(line: &ICalendarEntry) -> Option<Participation> {
    line.parameter(&ICalendarParameterName::Partstat).map(|value| match value {
        ICalendarParameterValue::Partstat(known) => Participation::named(known.as_str()),
        other => Participation::named(other.as_text().unwrap_or_default()),
    })
}

/// Exchange wraps a foreign UID in its own, in hexadecimal, and some versions send that back (MS-OXCICAL section
/// 2.1.3.1.1.20.26).
fn event_uid(written: &str) -> String {
    const EXCHANGE: &str = "040000008200E00074C5B7101A82E008";
    const FOREIGN: &str = "7643616C2D55696401000000";
    let written = written.trim();
    let capitals = written.to_ascii_uppercase();
    let wrapped = capitals.strip_prefix(EXCHANGE).and_then(|rest| rest.split_once(FOREIGN));
    match wrapped.and_then(|(_, hex)| data_encoding::HEXUPPER.decode(hex.as_bytes()).ok()) {
        Some(bytes) => String::from_utf8_lossy(&bytes).trim_end_matches('\0').to_owned(),
        None => written.to_owned(),
    }
}

/// A date and time with its zone: named in the object, known by its own name or by Windows' name for it, or none
/// (M130).
fn time(entry: &ICalendarEntry, zones: &TzResolver<&str>) -> Option<CalendarTime> {
    let written: &PartialDateTime = entry.values.first()?.as_partial_date_time()?;
    if !written.has_date_and_time() {
        let day = NaiveDate::from_ymd_opt(written.year?.into(), written.month?.into(), written.day?.into())?;
        return Some(CalendarTime::Day(day));
    }
    let zone = entry.tz_id().and_then(|name| zones.resolve(name.trim_matches('"')));
    let civil = written.to_date_time()?;
    if civil.offset.is_none() && zone.is_none_or(|zone| zone.is_floating()) {
        return Some(CalendarTime::Floating(civil.date_time));
    }
    let moment = civil.to_date_time_with_tz(zone.unwrap_or(calcard::common::timezone::Tz::UTC))?;
    let seconds = moment.with_timezone(&Utc).timestamp();
    chrono::DateTime::from_timestamp(seconds, 0).map(CalendarTime::Moment)
}

fn first_text(entry: &ICalendarEntry) -> Option<&str> {
    entry.values.first().and_then(ICalendarValue::as_text)
}

/// A value without control characters, cut where it is too long; `None` where nothing is left.
fn kept(value: &str, longest: usize) -> Option<String> {
    let value: String = value.chars().filter(|c| !c.is_control() || *c == '\n').take(longest).collect();
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}
