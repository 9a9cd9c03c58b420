//! What a command is about: flags, kinds, purposes, languages, periods, proof, advice, bodies.

use chrono::Datelike;

use super::arguments::{Writer, joined};
use super::compose::Hit;
use super::cues::Offers;
use super::reading::{Mark, Sentence};
use super::reason;
use crate::mediation::prose::Token;
use crate::mediation::written_time::month_called;

impl Writer<'_> {
    pub(super) fn period(&self, hit: &Hit) -> Option<String> {
        let today = self.facts.today;
        let year = today.year();
        let sentence = self.marked(hit);
        let tokens = self.sentence(hit).and_then(|sentence| self.note.tokens.get(sentence.tokens.clone())).unwrap_or_default();
        let named = tokens.iter().filter_map(Token::number).find(|n| (2000..2100).contains(n));
        let stated = named.and_then(|year| i32::try_from(year).ok());
        let quarter_now = today.month0() / 3 + 1;
        let called = |sentence: &str| self.offers.patterns_called("period.").find(|(_, found)| found.is_match(sentence));
        // "I need the figures of the third quarter. Could you make that report?"
        let before = || called(&self.note.sentences.get(hit.sentence.checked_sub(1)?)?.marked);
        let named_period = called(sentence).or_else(|| if stated.is_none() { before() } else { None });
        if let Some((name, _)) = named_period {
            let period = match name {
                "this_year" => year.to_string(),
                "last_year" => (year - 1).to_string(),
                "this_month" => format!("{year}-{:02}", today.month()),
                "last_month" if today.month() == 1 => format!("{}-12", year - 1),
                "last_month" => format!("{year}-{:02}", today.month() - 1),
                "this_quarter" => format!("{year}-Q{quarter_now}"),
                "last_quarter" if quarter_now == 1 => format!("{}-Q4", year - 1),
                "last_quarter" => format!("{year}-Q{}", quarter_now - 1),
                quarter => {
                    let number: u32 = quarter.trim_start_matches('q').parse().ok()?;
                    // The last such quarter that has begun.
                    let at = stated.unwrap_or(if number > quarter_now { year - 1 } else { year });
                    format!("{at}-Q{number}")
                }
            };
            return Some(period);
        }
        let month = tokens.iter().find_map(month_called);
        match (month, stated) {
            (Some(month), Some(year)) => Some(format!("{year}-{month:02}")),
            (Some(month), None) => Some(format!("{}-{month:02}", if month > today.month() { year - 1 } else { year })),
            (None, Some(year)) => Some(year.to_string()),
            (None, None) => None,
        }
    }

    /// The words that are meant, without those that are said not to be.
    pub(super) fn corrected(&self, command: &str, prefix: &str, hit: &Hit) -> Option<String> {
        let behind = hit.sentence..self.note.sentences.len().min(hit.sentence + 2);
        let sentences = behind.chain((hit.sentence.saturating_sub(1)..hit.sentence).rev());
        let mut found: Vec<(usize, usize, &str)> = Vec::new();
        for at in sentences {
            let Some(sentence) = self.note.sentences.get(at) else { continue };
            for (name, pattern) in self.offers.patterns_called(prefix) {
                for place in pattern.find_iter(&sentence.marked) {
                    let before = sentence.marked.get(..place.start() + 1).unwrap_or_default();
                    let taken = found.iter().any(|(s, _, known)| *s <= at && *known == name);
                    if !taken && !is_denied(before, self.offers) {
                        found.push((at, place.start(), name));
                    }
                }
            }
            if !found.is_empty() {
                break;
            }
        }
        found.sort_unstable();
        let words: Vec<String> = found.into_iter().map(|(_, _, name)| name.to_owned()).collect();
        (!words.is_empty()).then(|| joined(command, words))
    }

    pub(super) fn language(&self, hit: &Hit) -> Option<String> {
        let all = [self.marked(hit)].into_iter().chain(self.note.sentences.iter().map(|sentence| sentence.marked.as_str()));
        for sentence in all {
            let english = self.offers.found("language.en", sentence);
            let dutch = self.offers.found("language.nl", sentence);
            let tag = match (english, dutch) {
                (Some(english), Some(dutch)) => {
                    // "leest slecht Nederlands, Engels gaat prima": the one that stands with the request, else the last.
                    if english.start > dutch.start { "en" } else { "nl" }
                }
                (Some(_), None) => "en",
                (None, Some(_)) => "nl",
                (None, None) => continue,
            };
            return Some(format!("#taal {tag}"));
        }
        None
    }

    pub(super) fn flags(&self, hit: &Hit) -> Vec<String> {
        let own = self.marked(hit);
        let in_cue = self.flags_in(self.cue(hit));
        if !in_cue.is_empty() {
            return in_cue;
        }
        let here = self.flags_in(own);
        if !here.is_empty() {
            return here;
        }
        let before = self.note.sentences.get(..hit.sentence).unwrap_or_default();
        before.iter().rev().map(|sentence| self.flags_in(&sentence.marked)).find(|flags| !flags.is_empty()).unwrap_or_default()
    }

    pub(super) fn flags_in(&self, text: &str) -> Vec<String> {
        let mut found: Vec<(usize, &str)> = self
            .offers
            .patterns_called("flag.")
            .filter_map(|(name, pattern)| Some((pattern.find(text)?.start(), name)))
            .collect();
        found.sort_unstable();
        // "overleden klager" is one flag, and the more exact one.
        if found.iter().any(|(_, name)| *name == "overleden-klager") {
            found.retain(|(_, name)| *name != "overleden-patient");
        }
        found.into_iter().map(|(_, name)| name.to_owned()).take(1).collect()
    }

    pub(super) fn flag(&self, command: &str, hit: &Hit) -> Vec<String> {
        self.flags(hit).into_iter().map(|flag| format!("{command} {flag}")).collect()
    }

    pub(super) fn cleared(&self, hit: &Hit) -> Vec<String> {
        let flags = self.flags(hit);
        let own = self.marked(hit);
        let has_own = own.contains(" : ")
            || own.contains(" want ")
            || own.contains(" omdat ")
            || own.contains(" because ")
            || own.contains(" , ");
        let named = reason::named_behind(self.note, hit, self.offers);
        let why = if named.is_some() {
            named
        } else if has_own {
            self.reason(hit)
        } else if hit.sentence > 0 {
            reason::before(self.note, hit, self.offers)
        } else {
            self.reason(hit)
        };
        flags.into_iter().map(|flag| joined(&format!("#vrij {flag}"), why.clone().into_iter().collect())).collect()
    }

    pub(super) fn authorisation(&self, hit: &Hit) -> Option<String> {
        let sentence = self.marked(hit);
        let next = self.note.sentences.get(hit.sentence + 1).map(|sentence| sentence.marked.as_str()).unwrap_or_default();
        let both = format!("{}{}", sentence.trim_end(), next);
        if self.offers.says("authorisation.3.weigeren", sentence) && !self.offers.says("authorisation.1.vragen", sentence)
            || self.offers.says("authorisation.3.weigeren", self.sentence(hit).map(|s| s.around(&hit.at)).unwrap_or_default())
        {
            return Some("#machtiging weigeren".to_owned());
        }
        if self.offers.says("authorisation.2.aanvaarden", &both) && !self.offers.says("authorisation.1.vragen", sentence) {
            return Some("#machtiging aanvaarden".to_owned());
        }
        self.offers.says("authorisation.1.vragen", sentence).then(|| "#machtiging vragen".to_owned())
    }

    pub(super) fn advice(&self, hit: &Hit) -> Vec<String> {
        let topics = self.offers.patterns_called("advice.").filter(|(_, found)| found.is_match(self.marked(hit)));
        topics.map(|(name, _)| format!("#advies {name}")).take(1).collect()
    }

    pub(super) fn refer(&self, hit: &Hit) -> Vec<String> {
        let bodies = |sentence: &Sentence| {
            let found = sentence.pieces.iter().filter_map(|piece| match &piece.mark {
                Mark::Body(name) => Some(format!("#verwijs {name}")),
                Mark::Word
                | Mark::Complainant
                | Mark::Respondent(_)
                | Mark::Person
                | Mark::Address
                | Mark::Number
                | Mark::Time
                | Mark::Quotation => None,
            });
            found.collect::<Vec<_>>()
        };
        let here = self.sentence(hit).map(bodies).unwrap_or_default();
        if !here.is_empty() {
            return here;
        }
        let before = self.note.sentences.get(..hit.sentence).unwrap_or_default();
        before.iter().rev().map(bodies).find(|found| !found.is_empty()).unwrap_or_default()
    }
}

/// Whether the words before say that it is not so, or that it was so before.
fn is_denied(before: &str, offers: &Offers) -> bool {
    let words: Vec<&str> = before.split(' ').filter(|word| !word.is_empty()).collect();
    let near: Vec<&str> = words.iter().rev().take(4).copied().collect();
    let listed = |list: &str, word: &&str| offers.in_list(list, word);
    let stop = near.iter().position(|word| listed("turns", word)).unwrap_or(near.len());
    let near = near.get(..stop).unwrap_or_default();
    near.first().is_some_and(|word| listed("denials", word) || listed("origins", word))
        || near.iter().any(|word| listed("denials", word) || listed("formerly", word))
            && !near.iter().any(|word| listed("intended", word))
}
