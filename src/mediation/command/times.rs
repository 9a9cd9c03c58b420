//! Days, times of the day and lengths of time in an argument, and what is left of it.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use super::lines::is_blank;
use crate::mediation::prose::{Kind, Token, tokens};
use crate::mediation::written_time::{Found, Lean, What, find, leads_to_place, leads_to_time};

/// On which side of today a day must lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// Today or earlier: something that happened.
    Past,
    /// Today or later: something that is planned.
    Future,
}

/// Why the time in an argument can not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeFault {
    /// It is no time.
    Unclear,
    /// It may be two days: the date as written, and the nearest day with that name.
    TwoDays(NaiveDate, NaiveDate),
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

/// Reads day, time and length, in any order; what is none of them stays as the rest, as it was typed.
pub(super) fn read(argument: &str, now: NaiveDateTime, direction: Direction) -> Result<Times, TimeFault> {
    let pieces = tokens(argument);
    let lean = match direction {
        Direction::Past => Lean::Back,
        Direction::Future => Lean::Ahead,
    };
    let mut times = Times::default();
    let mut used: Vec<Found> = Vec::new();
    for found in find(&pieces, now.date(), lean) {
        let is_used = match found.what {
            What::TwoDays(one, two) if times.date.is_none() => return Err(TimeFault::TwoDays(one, two)),
            What::Day(date) => times.date.replace(date).is_none_or(|earlier| earlier == date),
            What::Clock(time) => match times.time {
                None => {
                    times.time = Some(time);
                    true
                }
                // "14.00-15.30", "van 14 tot 15.30 uur": the second time says how long.
                Some(start) if times.minutes.is_none() && time > start && joined(&pieces, used.last(), &found) => {
                    times.minutes = u32::try_from((time - start).num_minutes()).ok();
                    true
                }
                Some(_) => false,
            },
            What::Length(minutes) => times.minutes.replace(minutes).is_none(),
            What::TwoDays(..) => false,
        };
        if is_used {
            used.push(found);
        }
    }
    times.rest = rest(argument, &pieces, &used);
    if let Some(date) = times.date {
        on_its_side(date, times.time, now, direction)?;
    }
    Ok(times)
}

/// Whether only a dash or "tot" stands between two times.
fn joined(pieces: &[Token], before: Option<&Found>, next: &Found) -> bool {
    let Some(before) = before.filter(|before| matches!(before.what, What::Clock(_))) else { return false };
    let between = pieces.get(before.pieces.end..next.pieces.start).unwrap_or_default();
    matches!(between, [only] if matches!(only.plain.as_str(), "-" | "–" | "—" | "tot" | "to" | "till" | "until"))
}

/// The text outside the statements of time, without the small words that led to them.
fn rest(argument: &str, pieces: &[Token], used: &[Found]) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let mut from = 0;
    let ends = used.iter().map(|found| (found.pieces.start, found.pieces.end)).chain([(pieces.len(), pieces.len())]);
    for (start, end) in ends {
        let is_last = start == pieces.len();
        let mut part = pieces.get(from..start).unwrap_or_default();
        while let Some((last, before)) = part.split_last() {
            let is_mark = is_joint(last) || is_last && last.is_sign('.');
            if !is_mark && (is_last || !leads_to_time(last)) && last.kind != Kind::Break {
                break;
            }
            part = before;
        }
        while let Some((_, behind)) = part.split_first().filter(|(first, _)| is_joint(first)) {
            part = behind;
        }
        if parts.is_empty()
            && let Some((_, behind)) = part.split_first().filter(|(first, _)| leads_to_place(first))
        {
            part = behind;
        }
        if let Some((first, last)) = part.first().zip(part.last()) {
            parts.extend(argument.get(first.span.start..last.span.end));
        }
        from = end;
    }
    parts.join(" ")
}

/// A sign between two parts of an argument.
fn is_joint(token: &Token) -> bool {
    token.kind == Kind::Sign && ",;-–—:".contains(&token.text)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read_ahead(argument: &str) -> Result<Times, TimeFault> {
        read(argument, "2026-11-24T10:00:00".parse().unwrap(), Direction::Future)
    }

    #[test]
    fn the_place_is_what_is_left() {
        for text in [
            "2026-12-03 14:00 60m Kamer 2.14",
            "do 3 december om 14.00 uur, een uur, Kamer 2.14",
            "Kamer 2.14 op donderdag 3 december, 14u, 60 min",
            "3-12 14:00-15:00 in Kamer 2.14",
            "3 december van 14.00 tot 15.00 uur Kamer 2.14.",
        ] {
            let times = read_ahead(text).unwrap();
            assert_eq!(times.date.unwrap().to_string(), "2026-12-03", "{text}");
            assert_eq!(times.time.unwrap().to_string(), "14:00:00", "{text}");
            assert_eq!((times.minutes, times.rest.as_str()), (Some(60), "Kamer 2.14"), "{text}");
        }
    }

    #[test]
    fn two_readings_are_asked_about_and_the_past_is_refused() {
        assert!(matches!(read_ahead("vrijdag 3 december 14:00"), Err(TimeFault::TwoDays(..))));
        assert!(matches!(read_ahead("gisteren 14:00"), Err(TimeFault::AlreadyPast(_))));
        assert!(matches!(read_ahead("vandaag 9:00"), Err(TimeFault::AlreadyPast(_))));
        assert!(read_ahead("vandaag 11:00").is_ok());
    }
}
