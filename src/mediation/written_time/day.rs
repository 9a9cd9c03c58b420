//! Days: relative, by weekday, by date, or several of these together.

use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};

use super::words::{Around, Part};
use super::{Lean, Reader, What};
use crate::mediation::prose::Token;

/// A day and month without a year that lies further ahead than this is one that just passed.
const FURTHEST_AHEAD: i64 = 300;

/// What a date says of itself.
#[derive(Clone, Copy)]
enum Date {
    Whole(NaiveDate),
    DayAndMonth(u32, u32),
    DayOfMonth(u32),
}

/// What "next week", "over two weeks" say of a weekday.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Week {
    /// The weekday in the calendar week this many weeks after this one.
    Calendar(i64),
    /// This many weeks after the first such weekday to come.
    AfterComing(i64),
}

impl Reader<'_> {
    /// The day that begins at a piece, and where it ends. `None` within: it is about time, and is no day.
    pub(super) fn day(&self, at: usize) -> Option<(Option<What>, usize)> {
        self.relative(at)
            .or_else(|| self.weekday(at))
            .or_else(|| self.counted(at))
            .or_else(|| self.date(at).map(|(date, end)| (self.dated(date), end)))
            .map(|(what, end)| (what, self.with_part(end)))
    }

    /// "morgen", "gisteravond", "vandaag over een week", "a week tomorrow".
    fn relative(&self, at: usize) -> Option<(Option<What>, usize)> {
        let (days, _) = self.words.relative_day(self.token(at)?)?;
        // "'s morgens", "de morgen", "eind morgen" name a part of the day; so does "goedemorgen", which is another word.
        let is_part_of_day = self.words.is(self.before(at), Around::BeforeAPart);
        if is_part_of_day && days == 1 {
            return None;
        }
        let day = moved(self.today, days)?;
        if let Some((weeks, end)) = self.weeks_ahead(at + 1) {
            return Some((moved(day, weeks * 7).map(What::Day), end));
        }
        Some((Some(What::Day(day)), at + 1))
    }

    /// Qualifier, weekday, week and date, in the orders in which they are written.
    fn weekday(&self, at: usize) -> Option<(Option<What>, usize)> {
        let (mut next, mut week, mut lean) = (at, None, self.lean);
        let mut following = false;
        // "volgende week dinsdag", "aanstaande maandag", "a week on Monday".
        if let Some((found, end)) = self.week_before(next) {
            (next, week) = (end, Some(found));
        } else if self.is(next, Around::Coming) {
            (next, lean) = (next + 1, Lean::Ahead);
        } else if self.is(next, Around::Following) {
            (next, following) = (next + 1, true);
        } else if self.is(next, Around::Past) && !self.is(next + 1, Around::Week) {
            (next, lean) = (next + 1, Lean::Back);
        }
        if next > at && (self.is(next, Around::Article) || self.is_sign(next, ',')) && !self.is(next, Around::Coming) {
            next += 1;
        }
        let token = self.token(next)?;
        let weekday = self.words.weekday(token).or_else(|| self.words.weekday_and_part(token).map(|(weekday, _)| weekday))?;
        let doubtful = self.words.is_doubtful_weekday(token);
        let dotted = doubtful && self.is_sign(next + 1, '.') && self.touches(next);
        let mut end = if dotted { next + 2 } else { next + 1 };
        if week.is_none()
            && let Some((found, after)) = self.week_after(end)
        {
            (week, end) = (Some(found), after);
        } else if self.is(end, Around::Coming) && !self.is(end, Around::Article) && !self.is_english_as(end) {
            (lean, end) = (Lean::Ahead, end + 1);
        } else if self.is(end, Around::Past) && week.is_none() {
            (lean, end) = (Lean::Back, end + 1);
        }
        let joined = self.is(end, Around::Article)
            || self.is_sign(end, ',')
            || self.token(end).is_some_and(|token| self.words.part(token).is_some());
        let date = self.date(end).or_else(|| joined.then(|| self.date(end + 1)).flatten());
        if let Some((date, after)) = date {
            return Some((self.dated_on(date, weekday, lean), after));
        }
        // "ma" and "do" are also words of other kinds: alone they are no day.
        if doubtful && !dotted && next == at && week.is_none() && self.clock(end).is_none() && self.clock(end + 1).is_none() {
            return None;
        }
        Some((self.named(weekday, week, lean, following), end))
    }

    /// "Friday as planned": there "as" is not the Dutch word for the day to come.
    fn is_english_as(&self, at: usize) -> bool {
        let word = |token: Option<&Token>| token.map(|token| token.plain.clone()).unwrap_or_default();
        word(self.token(at)) == "as" && word(self.before(at)).ends_with("day")
    }

    /// "over twee weken op woensdag", "over drie dagen", "twee weken geleden", "in two weeks".
    fn counted(&self, at: usize) -> Option<(Option<What>, usize)> {
        let (from, ahead) = if self.is(at, Around::Ahead) { (at + 1, true) } else { (at, false) };
        let (count, unit) = match self.count(from) {
            Some(count) => (count, from + 1),
            None if self.is(from, Around::Article) => (1, from + 1),
            None => return None,
        };
        let days = if self.is(unit, Around::WeekUnits) {
            i64::from(count) * 7
        } else if self.is(unit, Around::DayUnits) {
            i64::from(count)
        } else {
            return None;
        };
        if self.is(unit + 1, Around::Ago) {
            return Some((moved(self.today, -days).map(What::Day), unit + 2));
        }
        // "a week from today", "two weeks tomorrow".
        let from = if self.is(unit + 1, Around::At) { unit + 2 } else { unit + 1 };
        if let Some((day, _)) = self.token(from).and_then(|token| self.words.relative_day(token))
            && days % 7 == 0
            && !ahead
        {
            return Some((moved(self.today, day + days).map(What::Day), from + 1));
        }
        if !ahead {
            return None;
        }
        // A weekday behind it: the one in the week that is reached.
        let weekday_at = if self.is(unit + 1, Around::Article) { unit + 2 } else { unit + 1 };
        let weekday = self
            .token(weekday_at)
            .filter(|t| !self.words.is_doubtful_weekday(t))
            .and_then(|t| self.words.weekday(t).or_else(|| self.words.weekday_and_part(t).map(|(weekday, _)| weekday)));
        let reached = moved(self.today, days)?;
        match weekday {
            Some(weekday) if days % 7 == 0 => Some((in_week_of(reached, weekday).map(What::Day), weekday_at + 1)),
            Some(_) | None => Some((Some(What::Day(reached)), unit + 1)),
        }
    }

    /// "volgende week", "next week", "a week on", "over twee weken" before a weekday.
    fn week_before(&self, at: usize) -> Option<(Week, usize)> {
        if self.is(at + 1, Around::Week) {
            let weeks = match () {
                () if self.is(at, Around::Following) => 1,
                () if self.is(at, Around::Past) => -1,
                () if self.is(at, Around::Coming) => 0,
                () => {
                    // "a week on Monday", "two weeks on Monday".
                    let count = self.count(at).or_else(|| self.is(at, Around::Article).then_some(1))?;
                    let is_on = self.token(at + 2).is_some_and(|token| token.plain == "on");
                    return is_on.then_some((Week::AfterComing(i64::from(count)), at + 2));
                }
            };
            return Some((Week::Calendar(weeks), at + 2));
        }
        None
    }

    /// The same behind a weekday: "dinsdag volgende week", "maandag over een week", "Tuesday week".
    fn week_after(&self, at: usize) -> Option<(Week, usize)> {
        if let Some((weeks, end)) = self.weeks_ahead(at) {
            return Some((Week::AfterComing(weeks), end));
        }
        let at = if self.token(at).is_some_and(|t| matches!(t.plain.as_str(), "in" | "of" | "van")) { at + 1 } else { at };
        // "Wednesday week", and not "woensdag week 48".
        if self.is(at, Around::Week) && self.number(at + 1, 1..3).is_none() {
            return Some((Week::AfterComing(1), at + 1));
        }
        self.week_before(at).filter(|(week, _)| matches!(week, Week::Calendar(_)))
    }

    /// "over een week", "over 14 dagen" behind a day.
    fn weeks_ahead(&self, at: usize) -> Option<(i64, usize)> {
        if !self.is(at, Around::Ahead) {
            return None;
        }
        let count = self.count(at + 1).or_else(|| self.is(at + 1, Around::Article).then_some(1)).map(i64::from)?;
        if self.is(at + 2, Around::WeekUnits) {
            return Some((count, at + 3));
        }
        (self.is(at + 2, Around::DayUnits) && count % 7 == 0).then_some((count / 7, at + 3))
    }

    /// A date without its weekday.
    fn date(&self, at: usize) -> Option<(Date, usize)> {
        self.figures(at)
            .or_else(|| self.with_month(at))
            .or_else(|| self.is(at, Around::Article).then(|| self.with_month(at + 1)).flatten())
            .or_else(|| self.day_of_month(at))
    }

    /// "2026-12-03", "3-12", "3/12/26", "03.12.2026".
    fn figures(&self, at: usize) -> Option<(Date, usize)> {
        let sign = ['-', '/', '.', '\u{2010}', '\u{2011}', '\u{2013}'].into_iter().find(|sign| self.is_sign(at + 1, *sign))?;
        if !self.touches(at) || !self.touches(at + 1) {
            return None;
        }
        let third = || self.is_sign(at + 3, sign) && self.touches(at + 2) && self.touches(at + 3);
        if let Some(year) = self.number(at, 4..5) {
            let (month, day) = (self.number(at + 2, 1..3)?, self.number(at + 4, 1..3).filter(|_| third())?);
            return Some((Date::Whole(NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?), at + 5));
        }
        let (day, month) = (self.number(at, 1..3)?, self.number(at + 2, 1..3)?);
        if !(1..=31).contains(&day) || !(1..=12).contains(&month) {
            return None;
        }
        if third()
            && let Some(year) = self.number(at + 4, 2..5)
        {
            let year = if year < 100 { 2000 + year } else { year };
            return Some((Date::Whole(NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?), at + 5));
        }
        // "2.14" is a room, "3.12 uur" a time: a dot needs a year behind it. So does what goes on: "3-12-…".
        let goes_on = self.is_sign(at + 3, sign) && self.touches(at + 2) && sign != '.';
        // "06-12 34 56 78" is a telephone number: figures in groups go on behind it.
        let is_telephone = self.number(at + 3, 2..5).is_some() && self.number(at + 4, 2..5).is_some();
        (sign != '.' && !goes_on && !is_telephone).then_some((Date::DayAndMonth(day, month), at + 3))
    }

    /// "3 december", "3 dec. 2026", "the 3rd of December", "December 3rd, 2026", "drie december".
    fn with_month(&self, at: usize) -> Option<(Date, usize)> {
        if let Some(month) = self.token(at).and_then(|token| self.words.month(token)) {
            let day = self.number(at + 1, 1..3).or_else(|| self.words.ordinal(self.token(at + 1)?))?;
            // "mei 14" is a date, "14 mei 10 uur" was one already; "may 3 people" is none.
            let is_english = self.token(at).is_some_and(super::super::prose::Token::is_capitalised);
            let end = self.after_ordinal(at + 2, at + 1);
            return is_english.then(|| self.with_year(day, month, end));
        }
        let day = self.day_number(at)?;
        let mut next = self.after_ordinal(at + 1, at);
        if self.token(next).is_some_and(|token| matches!(token.plain.as_str(), "of" | "van")) {
            next += 1;
        }
        let month = self.token(next).and_then(|token| self.words.month(token))?;
        let end = if self.is_sign(next + 1, '.') && self.touches(next) && self.token(next).is_some_and(|t| t.text.len() <= 4) {
            next + 2
        } else {
            next + 1
        };
        Some(self.with_year(day, month, end))
    }

    fn with_year(&self, day: u32, month: u32, end: usize) -> (Date, usize) {
        let year_at = if self.is_sign(end, ',') { end + 1 } else { end };
        let year =
            self.number(year_at, 4..5).and_then(|year| i32::try_from(year).ok()).filter(|year| (1900..2200).contains(year));
        match year.and_then(|year| NaiveDate::from_ymd_opt(year, month, day)) {
            Some(date) => (Date::Whole(date), year_at + 1),
            None => (Date::DayAndMonth(day, month), end),
        }
    }

    /// "de 22e", "the 4th", "de negentiende": only with an article or an ending that says that it is a day.
    fn day_of_month(&self, at: usize) -> Option<(Date, usize)> {
        let (start, article) = if self.is(at, Around::Article) { (at + 1, true) } else { (at, false) };
        let is_the = self.token(at).is_some_and(|t| matches!(t.plain.as_str(), "de" | "the"));
        if let Some(day) = self.number(start, 1..3).filter(|day| (1..=31).contains(day)) {
            let end = self.after_ordinal(start + 1, start);
            let ends_well = !self.token(end).is_some_and(|token| token.kind == super::Kind::Word && self.goes_on(token));
            return (end > start + 1 && ends_well).then_some((Date::DayOfMonth(day), end));
        }
        let day = self.token(start).and_then(|token| self.words.ordinal(token)).filter(|day| *day > 3)?;
        let alone = !self.token(start + 1).is_some_and(|token| token.kind == super::Kind::Word && self.goes_on(token));
        (article && is_the && alone).then_some((Date::DayOfMonth(day), start + 1))
    }

    /// "de 3e keer", "the 2nd letter", "2e verdieping": an ordinal before what it counts is no day. Words that may
    /// follow a day are those of time.
    fn goes_on(&self, token: &super::Token) -> bool {
        !self.words.is(Some(token), Around::FollowsDay) && self.words.part(token).is_none() && !token.is_capitalised()
    }

    fn day_number(&self, at: usize) -> Option<u32> {
        let token = self.token(at)?;
        let day = self.number(at, 1..3).or_else(|| self.words.ordinal(token)).or_else(|| self.words.count(token))?;
        (1..=31).contains(&day).then_some(day)
    }

    /// Past the "e" of "22e", if there is one.
    fn after_ordinal(&self, end: usize, number: usize) -> usize {
        let has_ending = self.touches(number) && self.token(end).is_some_and(|token| self.words.is_ordinal_ending(token));
        if has_ending && self.number(number, 1..3).is_some() { end + 1 } else { end }
    }

    /// A part of the day behind a day belongs to it: "maandag 's middags", "tomorrow in the afternoon".
    fn with_part(&self, end: usize) -> usize {
        (end..end + 3)
            .find(|at| self.token(*at).is_some_and(|token| self.words.part(token).is_some()))
            .filter(|at| {
                (end..*at).all(|between| {
                    self.is(between, Around::Article)
                        || self
                            .token(between)
                            .is_some_and(|t| t.kind == super::Kind::Sign || matches!(t.plain.as_str(), "in" | "s"))
                })
            })
            .filter(|at| self.number(at.saturating_sub(1), 1..3).is_none())
            .map_or(end, |at| at + 1)
    }

    /// The part of the day that is named near a time.
    pub(super) fn part_near(&self, from: usize, to: usize) -> Option<Part> {
        let behind = (to..to + 4).take_while(|at| self.same_sentence(to, *at));
        let before = (from.saturating_sub(4)..from).rev().take_while(|at| self.same_sentence(*at, from));
        behind.chain(before).find_map(|at| {
            let token = self.token(at)?;
            self.words
                .part(token)
                .or_else(|| self.words.relative_day(token).and_then(|(_, part)| part))
                .or_else(|| self.words.weekday_and_part(token).map(|(_, part)| part))
        })
    }

    fn dated(&self, date: Date) -> Option<What> {
        self.resolve(date, self.lean).map(What::Day)
    }

    /// A date that names its weekday: they must agree (design.md section 5: strict in effect).
    fn dated_on(&self, date: Date, weekday: Weekday, lean: Lean) -> Option<What> {
        let resolved = self.resolve(date, lean)?;
        if resolved.weekday() == weekday {
            return Some(What::Day(resolved));
        }
        // The other direction may agree: "do 3 december" of a note about last week.
        let other = self.resolve(date, if lean == Lean::Ahead { Lean::Back } else { Lean::Ahead });
        if let Some(other) = other.filter(|other| other.weekday() == weekday && (*other - self.today).num_days().abs() < 120) {
            return Some(What::Day(other));
        }
        let nearest = (1..=3).flat_map(|days| [moved(resolved, days), moved(resolved, -days)]).flatten();
        nearest.into_iter().find(|day| day.weekday() == weekday).map(|named| What::TwoDays(resolved, named))
    }

    fn resolve(&self, date: Date, lean: Lean) -> Option<NaiveDate> {
        let today = self.today;
        match date {
            Date::Whole(date) => Some(date),
            Date::DayAndMonth(day, month) => {
                let mut years =
                    (today.year() - 1..=today.year() + 4).filter_map(|year| NaiveDate::from_ymd_opt(year, month, day));
                match lean {
                    Lean::Back => years.take_while(|date| *date <= today).last(),
                    Lean::Ahead => {
                        let last = years.clone().take_while(|date| *date < today).last();
                        let next = years.find(|date| *date >= today);
                        next.filter(|next| (*next - today).num_days() <= FURTHEST_AHEAD || last.is_none()).or(last)
                    }
                }
            }
            Date::DayOfMonth(day) => {
                let months = (0..4_i64).filter_map(|steps| {
                    let first = today.with_day(1)?;
                    let month = if lean == Lean::Ahead {
                        first.checked_add_months(chrono::Months::new(u32::try_from(steps).ok()?))
                    } else {
                        first.checked_sub_months(chrono::Months::new(u32::try_from(steps).ok()?))
                    };
                    month?.with_day(day)
                });
                let mut fits = months.filter(|date| if lean == Lean::Ahead { *date >= today } else { *date <= today });
                fits.next()
            }
        }
    }

    fn named(&self, weekday: Weekday, week: Option<Week>, lean: Lean, following: bool) -> Option<What> {
        let coming = first_after(self.today, weekday)?;
        match week {
            Some(Week::Calendar(weeks)) => in_week_of(moved(self.today, weeks * 7)?, weekday).map(What::Day),
            Some(Week::AfterComing(weeks)) => moved(coming, weeks * 7).map(What::Day),
            // "next Thursday", said on a Monday, is two days to half of the people.
            None if following => {
                let next_week = in_week_of(moved(self.today, 7)?, weekday)?;
                Some(if next_week == coming { What::Day(coming) } else { What::TwoDays(next_week, coming) })
            }
            None => match lean {
                Lean::Ahead => Some(What::Day(coming)),
                Lean::Back => moved(coming, if coming == moved(self.today, 7)? { -14 } else { -7 }).map(What::Day),
            },
        }
    }
}

fn moved(day: NaiveDate, by: i64) -> Option<NaiveDate> {
    day.checked_add_signed(TimeDelta::days(by))
}

/// The first day with this name after this one: a Monday's "maandag" is the next.
fn first_after(day: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(1))?.iter_days().take(7).find(|candidate| candidate.weekday() == weekday)
}

/// The day with this name in the calendar week (from Monday) of this one.
fn in_week_of(day: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let monday = moved(day, -i64::from(day.weekday().num_days_from_monday()))?;
    moved(monday, i64::from(weekday.num_days_from_monday()))
}
