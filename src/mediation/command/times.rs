//! Days, times of the day and lengths of time in an argument.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::lines::is_blank;

/// On which side of today a day must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Today or earlier: something that happened.
    Past,
    /// Today or later: something that is planned.
    Future,
}

/// Why the time in an argument can not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeFault {
    /// It is no time.
    Unclear,
    /// It must be today or earlier, and lies ahead.
    StillToCome(NaiveDate),
    /// It must lie ahead, and does not.
    AlreadyPast(NaiveDate),
}

/// What an argument says of time, and the rest of its words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub date: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    pub minutes: Option<u32>,
    pub rest: String,
}

/// Reads day, time and length, in any order; what is none of them stays as the rest.
pub(super) fn read(argument: &str, now: NaiveDateTime, direction: Direction) -> Result<Times, TimeFault> {
    let mut times = Times::default();
    let mut rest = Vec::new();
    for word in argument.split(is_blank).filter(|word| !word.is_empty()) {
        let bare = word.trim_end_matches([',', ';']);
        if times.date.is_none()
            && let Ok(date) = bare.parse()
        {
            times.date = Some(date);
        } else if times.time.is_none()
            && let Ok(time) = NaiveTime::parse_from_str(bare, "%H:%M")
        {
            times.time = Some(time);
        } else if times.minutes.is_none()
            && let Some(minutes) = bare.strip_suffix('m').and_then(|digits| digits.parse().ok())
        {
            times.minutes = Some(minutes);
        } else {
            rest.push(word);
        }
    }
    times.rest = rest.join(" ");
    if let Some(date) = times.date {
        on_its_side(date, times.time, now, direction)?;
    }
    Ok(times)
}

fn on_its_side(date: NaiveDate, time: Option<NaiveTime>, now: NaiveDateTime, direction: Direction) -> Result<(), TimeFault> {
    match direction {
        Direction::Past if date > now.date() => Err(TimeFault::StillToCome(date)),
        Direction::Future if date < now.date() => Err(TimeFault::AlreadyPast(date)),
        Direction::Future if time.is_some_and(|time| date.and_time(time) <= now) => Err(TimeFault::AlreadyPast(date)),
        Direction::Past | Direction::Future => Ok(()),
    }
}

/// An argument that is a day and nothing else; `None` for an empty one.
pub(super) fn day(argument: &str, now: NaiveDateTime, direction: Direction) -> Result<Option<NaiveDate>, TimeFault> {
    if argument.trim_matches(is_blank).is_empty() {
        return Ok(None);
    }
    let times = read(argument, now, direction)?;
    match times.date {
        Some(date) if times.rest.is_empty() => Ok(Some(date)),
        _ => Err(TimeFault::Unclear),
    }
}
