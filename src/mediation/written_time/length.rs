//! Lengths of time: "60m", "anderhalf uur", "1,5 uur", "drie kwartier", "an hour and a half".

use super::Reader;
use super::words::Around;

impl Reader<'_> {
    /// The length that begins at a piece, in minutes, and where it ends. `None` within: it is a length, but of a
    /// change or of something past, and says nothing of how long the talk takes.
    pub(super) fn length(&self, at: usize, clock_before: bool) -> Option<(Option<u32>, usize)> {
        let (minutes, end) = self.minutes(at, clock_before)?;
        let shift = self.is(end, Around::Shifts) && !self.is(end, Around::Lasting);
        Some(((!shift).then_some(minutes), end))
    }

    fn minutes(&self, at: usize, clock_before: bool) -> Option<(u32, usize)> {
        let is_hour = |at| self.is(at, Around::HourUnits) || self.is(at, Around::OnlyLengths);
        // "een half uur", "half an hour", "half uurtje".
        let from = if self.is(at, Around::Article) && self.is(at + 1, Around::Half) { at + 1 } else { at };
        if self.is(from, Around::Half) {
            let unit = if self.is(from + 1, Around::Article) { from + 2 } else { from + 1 };
            return is_hour(unit).then_some((30, unit + 1));
        }
        if self.is(at, Around::OneAndAHalf) {
            return is_hour(at + 1).then_some((90, at + 2));
        }
        if self.is(at, Around::Quarters) {
            return Some((15, at + 1));
        }
        // "uurtje" alone.
        if self.token(at).is_some_and(|token| matches!(token.plain.as_str(), "uurtje")) {
            return Some((60, at + 1));
        }
        let article = self.token(at).is_some_and(|token| matches!(token.plain.as_str(), "een" | "a" | "an" | "one"));
        let asked = self.before(at).is_some_and(|token| self.words.is(Some(token), Around::At));
        if article && is_hour(at + 1) {
            // "om een uur" is one o'clock; "een uur" is a length.
            if asked {
                return None;
            }
            // "an hour and a half".
            let half = (at + 2..at + 5)
                .find(|next| self.is(*next, Around::Half))
                .filter(|_| self.token(at + 2).is_some_and(|token| matches!(token.plain.as_str(), "and" | "en")));
            return Some(half.map_or((60, at + 2), |half| (90, half + 1)));
        }
        let count = self.count(at)?;
        if self.is(at + 1, Around::MinuteUnits) {
            return Some((count, at + 2));
        }
        if self.is(at + 1, Around::Quarters) {
            return Some((count * 15, at + 2));
        }
        // "1,5 uur", "1.5 hours".
        if (self.is_sign(at + 1, ',') || self.is_sign(at + 1, '.'))
            && let Some(tenths) = self.number(at + 2, 1..2)
            && is_hour(at + 3)
        {
            return Some((count * 60 + tenths * 6, at + 4));
        }
        // "1½ uur" comes apart as 1 and a sign.
        if self.token(at + 1).is_some_and(|token| token.text == "½") && is_hour(at + 2) {
            return Some((count * 60 + 30, at + 3));
        }
        if self.is(at + 1, Around::OnlyLengths) {
            return Some((count * 60, at + 2));
        }
        let told_to_last = (at.saturating_sub(3)..at).any(|before| self.is(before, Around::Lasting));
        if is_hour(at + 1) && count <= 8 && !asked && (clock_before || told_to_last) && self.number(at + 2, 2..3).is_none() {
            return Some((count * 60, at + 2));
        }
        None
    }
}
