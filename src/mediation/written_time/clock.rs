//! Times of the day: "14:00", "14u30", "half drie", "kwart voor vier", "2 pm", "om drie uur".

use chrono::NaiveTime;

use super::words::{Around, Part};
use super::{Kind, Reader};

impl Reader<'_> {
    /// The time of the day that begins at a piece, and where it ends.
    pub(super) fn clock(&self, at: usize) -> Option<(NaiveTime, usize)> {
        if self.is(at, Around::Noon) {
            return Some((NaiveTime::from_hms_opt(12, 0, 0)?, at + 1));
        }
        let start = if self.is(at, Around::At) { at + 1 } else { at };
        let asked = start > at;
        self.figures_of_clock(start, asked).or_else(|| self.spoken(start)).or_else(|| self.whole_hour(start, asked))
    }

    /// "14:00", "14.00 uur", "2.30pm", "14u30".
    fn figures_of_clock(&self, at: usize, asked: bool) -> Option<(NaiveTime, usize)> {
        let hour = self.number(at, 1..3)?;
        let sign = self.token(at + 1)?;
        let minute = self.number(at + 2, 2..3).filter(|minute| *minute < 60);
        if !(self.touches(at) && self.touches(at + 1)) {
            return None;
        }
        let after_room = self.before(at).is_some_and(|token| self.words.is(Some(token), Around::Rooms));
        let colon = sign.is_sign(':');
        let letter = self.is(at + 1, Around::HourUnits) && sign.text.len() <= 3;
        let dot = sign.is_sign('.');
        if !(colon || letter || dot) {
            return None;
        }
        let minute = minute?;
        let (mut end, mut marked) = (at + 3, colon || letter || asked);
        if self.is(end, Around::HourUnits) && !self.is(end, Around::OnlyLengths) {
            (end, marked) = (end + 1, true);
        }
        let half = self.half_of_day(end);
        if let Some((_, after)) = half {
            (end, marked) = (after, true);
        }
        // A further dot or a comma behind it: an amount or a section, no time.
        if dot && (self.is_sign(at + 3, '.') && self.touches(at + 2) && self.number(at + 4, 1..5).is_some()) {
            return None;
        }
        // "2.14" is a room; "10.30" may be a time by itself.
        let looks_like_time = minute.is_multiple_of(5) && (7..=21).contains(&hour) && !after_room;
        if !marked && !looks_like_time {
            return None;
        }
        let written_in_full = self.token(at).is_some_and(|token| token.text.len() == 2) && hour < 8;
        Some((self.placed(hour, minute, half.map(|(half, _)| half), written_in_full, at, end)?, end))
    }

    /// "half drie", "half past two", "kwart voor vier", "ten past three", "vijf voor half elf".
    fn spoken(&self, at: usize) -> Option<(NaiveTime, usize)> {
        if self.is(at, Around::Half) {
            // English: half two is half past two. Dutch: half drie is half past two.
            if self.is(at + 1, Around::After) {
                let hour = self.hour_word(at + 2)?;
                return self.told(hour, 30, at, at + 3);
            }
            let hour = self.hour_word(at + 1)?;
            let english = self.token(at + 1).is_some_and(|token| self.words.is_english_number(token));
            return if english { self.told(hour, 30, at, at + 2) } else { self.told(hour + 11, 30, at, at + 2) };
        }
        let (minutes, next) = if self.is(at, Around::Quarter) {
            (15, at + 1)
        } else if self.is(at, Around::Article) && self.is(at + 1, Around::Quarter) {
            (15, at + 2)
        } else {
            let minutes = self.count(at).filter(|minutes| (1..30).contains(minutes))?;
            (minutes, if self.is(at + 1, Around::MinuteUnits) { at + 2 } else { at + 1 })
        };
        let before = self.is(next, Around::Before);
        if !before && !self.is(next, Around::After) {
            return None;
        }
        let (base_hour, base_minute, end) = if self.is(next + 1, Around::Half) {
            (self.hour_word(next + 2)? + 11, 30, next + 3)
        } else {
            (self.hour_word(next + 1)?, 0, next + 2)
        };
        let total = base_hour * 60 + base_minute;
        let total = if before { (total + 720).checked_sub(minutes)? } else { total + minutes };
        self.told(total / 60, total % 60, at, end)
    }

    /// "14 uur", "drie uur", "2pm", "3 o'clock", "om 3", "at nine".
    fn whole_hour(&self, at: usize, asked: bool) -> Option<(NaiveTime, usize)> {
        let hour = self.count(at).filter(|hour| *hour <= 24)?;
        if self.number(at, 3..9).is_some() {
            return None;
        }
        if let Some((half, end)) = self.half_of_day(at + 1) {
            return Some((self.placed(hour, 0, Some(half), false, at, end)?, end));
        }
        if self.is(at + 1, Around::HourUnits) && !self.is(at + 1, Around::OnlyLengths) {
            // "14 uur 30".
            let minute = self
                .number(at + 2, 2..3)
                .filter(|minute| *minute < 60 && minute.is_multiple_of(5) && !self.is(at + 3, Around::MinuteUnits));
            return match minute {
                Some(minute) => Some((self.placed(hour, minute, None, false, at, at + 3)?, at + 3)),
                None => Some((self.placed(hour, 0, None, false, at, at + 2)?, at + 2)),
            };
        }
        // "om 3", but not "om 3 mensen", "om 3-12", "rond 20 november".
        let alone = self.token(at + 1).is_none_or(|token| {
            token.kind != Kind::Number
                && !(token.kind == Kind::Sign && self.touches(at) && !matches!(token.text.as_str(), "." | "," | "!" | "?" | ")"))
                && self.words.month(token).is_none()
                && (token.kind != Kind::Word || !self.touches(at))
        });
        let of_time =
            !self.is(at + 1, Around::DayUnits) && !self.is(at + 1, Around::WeekUnits) && !self.is(at + 1, Around::MinuteUnits);
        let by_word = self.before(at).is_some_and(|token| matches!(token.plain.as_str(), "om" | "at"));
        let counts = self.token(at + 1).is_some_and(|token| token.kind == Kind::Word && !self.follows_a_time(token));
        if asked && by_word && alone && of_time && !counts && hour >= 1 {
            return Some((self.placed(hour, 0, None, false, at, at + 1)?, at + 1));
        }
        None
    }

    /// Words that may stand behind a bare hour; any other is what is counted: "om 3 redenen".
    fn follows_a_time(&self, token: &super::Token) -> bool {
        self.words.is(Some(token), Around::FollowsHour)
            || self.words.part(token).is_some()
            || self.words.weekday(token).is_some()
            || self.words.relative_day(token).is_some()
            || token.is_capitalised()
    }

    /// The "pm" behind a time, also as "p.m.".
    fn half_of_day(&self, at: usize) -> Option<(Part, usize)> {
        let token = self.token(at)?;
        match token.plain.as_str() {
            "am" => return Some((Part::Morning, at + 1)),
            "pm" => return Some((Part::Afternoon, at + 1)),
            _ => {}
        }
        let dotted = self.is_sign(at + 1, '.') && self.token(at + 2).is_some_and(|token| token.plain == "m");
        let part = match token.plain.as_str() {
            "a" if dotted => Part::Morning,
            "p" if dotted => Part::Afternoon,
            _ => return None,
        };
        Some((part, if self.is_sign(at + 3, '.') && self.touches(at + 2) { at + 4 } else { at + 3 }))
    }

    fn hour_word(&self, at: usize) -> Option<u32> {
        self.count(at).filter(|hour| (1..=12).contains(hour))
    }

    fn told(&self, hour: u32, minute: u32, from: usize, end: usize) -> Option<(NaiveTime, usize)> {
        let end = if self.is(end, Around::HourUnits) && !self.is(end, Around::OnlyLengths) { end + 1 } else { end };
        let (half, end) = self.half_of_day(end).map_or((None, end), |(half, after)| (Some(half), after));
        let hour = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
        Some((self.placed(hour, minute, half, false, from, end)?, end))
    }

    /// Which of the two hours of a dial is meant: the part of the day decides, else it lies between 8 and 18.
    fn placed(&self, hour: u32, minute: u32, half: Option<Part>, in_full: bool, from: usize, to: usize) -> Option<NaiveTime> {
        let hour = if hour == 24 { 0 } else { hour };
        let part = half.or_else(|| self.part_near(from, to));
        let hour = match part {
            _ if hour > 12 || hour == 0 || in_full => hour,
            Some(Part::Morning) if half.is_some() && hour == 12 => 0,
            Some(Part::Afternoon | Part::Evening) if hour < 12 => hour + 12,
            None if hour < 8 => hour + 12,
            Some(Part::Morning | Part::Afternoon | Part::Evening) | None => hour,
        };
        NaiveTime::from_hms_opt(hour, minute, 0)
    }
}
