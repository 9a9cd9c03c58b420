//! Who a command is about or goes to: respondents, new complainants, colleagues, and whom a pronoun means.

use super::arguments::Writer;
use super::compose::Hit;
use super::reading::{Mark, Piece};
use super::times;
use crate::mediation::prose::{Kind, tokens};
use crate::mediation::written_time::{Lean, What};

/// A party that a message goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Complainant,
    /// By index.
    Respondent(usize),
}

impl Writer<'_> {
    /// Names with their addresses that are no party of the case yet.
    ///
    /// Those of the sentence that asks; else those beside it, since "they are two: …" comes first; else all.
    pub(super) fn strangers(&self, hit: &Hit) -> Vec<String> {
        let count = self.note.sentences.len();
        let own = hit.sentence..count.min(hit.sentence + 1);
        let beside = hit.sentence.saturating_sub(1)..count.min(hit.sentence + 2);
        [own, beside, 0..count]
            .into_iter()
            .map(|range| self.strangers_in(range))
            .find(|found| !found.is_empty())
            .unwrap_or_default()
    }

    fn strangers_in(&self, sentences: std::ops::Range<usize>) -> Vec<String> {
        let mut found = Vec::new();
        for sentence in self.note.sentences.get(sentences).unwrap_or_default() {
            for (at, piece) in sentence.pieces.iter().enumerate() {
                if piece.mark != Mark::Address {
                    continue;
                }
                let address = self.note.written(piece.tokens.clone()).to_owned();
                let known = self
                    .facts
                    .respondents
                    .iter()
                    .any(|(_, other)| other.as_deref().is_some_and(|other| other.eq_ignore_ascii_case(&address)));
                if known {
                    continue;
                }
                let before = (at.saturating_sub(8)..at)
                    .rev()
                    .take_while(|index| sentence.pieces.get(*index).is_some_and(|p| p.mark != Mark::Address));
                let name = before.filter_map(|index| sentence.pieces.get(index)).find(|p| matches!(p.mark, Mark::Person));
                let behind = || sentence.pieces.iter().skip(at + 1).take(3).find(|p| p.mark == Mark::Person);
                let earlier = || {
                    let index = self.note.sentences.iter().position(|other| std::ptr::eq(other, sentence))?;
                    let previous = self.note.sentences.get(index.checked_sub(1)?)?;
                    previous.pieces.iter().rev().find(|p| p.mark == Mark::Person)
                };
                let name = name.or_else(behind).or_else(earlier);
                let line = match name {
                    Some(name) => format!("#beklaagde-new {} <{address}>", self.note.written(name.tokens.clone())),
                    None => format!("#beklaagde-new <{address}>"),
                };
                found.push(line);
            }
        }
        found
    }

    pub(super) fn record(&self, hit: &Hit) -> Vec<String> {
        let strangers = self.strangers(hit);
        if !strangers.is_empty() {
            return strangers;
        }
        let Some(sentence) = self.sentence(hit) else { return Vec::new() };
        let here = sentence.pieces.iter().find(|piece| piece.mark == Mark::Person);
        let earlier = || {
            let before = self.note.sentences.get(..hit.sentence).unwrap_or_default();
            before.iter().rev().find_map(|sentence| sentence.pieces.iter().rev().find(|piece| piece.mark == Mark::Person))
        };
        here.or_else(earlier)
            .map(|piece| format!("#beklaagde-new {}", self.note.written(piece.tokens.clone())))
            .into_iter()
            .collect()
    }

    pub(super) fn with_respondents(&self, command: &str, hit: &Hit) -> Vec<String> {
        let mut lines = self.strangers(hit);
        // Somebody new by name alone still has to be recorded.
        if lines.is_empty()
            && self.facts.respondents.is_empty()
            && let Some(sentence) = self.sentence(hit)
        {
            let person = sentence.pieces_from(hit.at.start).iter().find(|piece| piece.mark == Mark::Person);
            lines.extend(person.map(|piece| format!("#beklaagde-new {}", self.note.written(piece.tokens.clone()))));
        }
        lines.push(command.to_owned());
        lines
    }

    /// Whom a cue speaks of, if that can be told.
    pub(super) fn target(&self, hit: &Hit) -> Option<Target> {
        let sentence = self.sentence(hit)?;
        let inside = |piece: &&Piece| piece.at.start + 1 >= hit.at.start && piece.at.end <= hit.at.end;
        let party = |mark: &Mark| match mark {
            Mark::Complainant => Some(Target::Complainant),
            Mark::Respondent(index) => Some(Target::Respondent(*index)),
            Mark::Word | Mark::Person | Mark::Address | Mark::Number | Mark::Time | Mark::Body(_) | Mark::Quotation => None,
        };
        if let Some(found) = sentence.pieces.iter().filter(inside).find_map(|piece| party(&piece.mark)) {
            return Some(found);
        }
        // A pronoun: the last person who was named. Nobody calls a ward "her".
        let person = |mark: &Mark| {
            party(mark).filter(|who| match who {
                Target::Complainant => true,
                Target::Respondent(index) => !self.is_unit(*index),
            })
        };
        let before =
            sentence.pieces.iter().rev().filter(|piece| piece.at.start <= hit.at.start).find_map(|piece| person(&piece.mark));
        let earlier = || {
            let sentences = self.note.sentences.get(..hit.sentence).unwrap_or_default();
            sentences.iter().rev().find_map(|sentence| sentence.pieces.iter().rev().find_map(|piece| person(&piece.mark)))
        };
        before.or_else(earlier)
    }

    /// Whether a respondent is a department rather than a person.
    pub(super) fn is_unit(&self, index: usize) -> bool {
        let words = self.facts.respondents.get(index).map(|(name, _)| tokens(name)).unwrap_or_default();
        words.iter().any(|word| self.offers.in_list("unit_words", &word.plain))
    }

    pub(super) fn tell(&self, hit: &Hit) -> Vec<String> {
        let cue = self.cue(hit);
        let both = cue.split(' ').any(|word| self.offers.in_list("both", word));
        let respondent = |index: usize| {
            let (name, address) = self.facts.respondents.get(index)?;
            Some(match address {
                Some(address) => format!("#beklaagde {name} <{address}>"),
                None => format!("#beklaagde {name}"),
            })
        };
        if both {
            let all = (0..self.facts.respondents.len()).filter_map(respondent);
            return std::iter::once("#klager".to_owned()).chain(all).collect();
        }
        match self.target(hit) {
            Some(Target::Respondent(index)) => respondent(index).into_iter().collect(),
            Some(Target::Complainant) | None => vec!["#klager".to_owned()],
        }
    }

    pub(super) fn registration(&self, hit: &Hit) -> String {
        let all: Vec<usize> = (0..self.note.sentences.len()).collect();
        let from = hit.sentence.saturating_sub(2);
        let near: Vec<usize> = (hit.sentence..self.note.sentences.len()).chain((from..hit.sentence).rev()).collect();
        let find_mark = |mark: &Mark| {
            near.iter().filter_map(|at| self.note.sentences.get(*at)).find_map(|s| s.pieces.iter().find(|p| p.mark == *mark))
        };
        let name = find_mark(&Mark::Person).map(|piece| self.note.written(piece.tokens.clone()).to_owned());
        let address = find_mark(&Mark::Address).map(|piece| self.note.written(piece.tokens.clone()).to_owned());
        let phone = self.phone();
        let day = all.iter().filter_map(|at| self.note.sentences.get(*at)).find_map(|sentence| {
            times::in_sentence(self.note, sentence, self.facts, Lean::Back).into_iter().find_map(|found| match found.what {
                What::Day(day) if day <= self.facts.today => Some(day),
                What::Day(_) | What::TwoDays(..) | What::Clock(_) | What::Length(_) => None,
            })
        });
        let fields = [
            name.map(|name| format!("naam: {name}")),
            address.map(|address| format!("e-mail: {address}")),
            phone.map(|phone| format!("telefoon: {phone}")),
            day.map(|day| format!("ontvangen: {day}")),
        ];
        let fields: Vec<String> = fields.into_iter().flatten().collect();
        if fields.is_empty() { "#nieuw".to_owned() } else { format!("#nieuw {}", fields.join("; ")) }
    }

    /// Eight digits or more, with blanks and dashes between them.
    pub(super) fn phone(&self) -> Option<String> {
        let mut at = 0;
        let tokens = &self.note.tokens;
        while at < tokens.len() {
            let starts = tokens
                .get(at)
                .is_some_and(|token| token.number().is_some() && token.text.starts_with('0') && token.text.len() >= 2);
            let mut end = at;
            while starts && tokens.get(end).is_some_and(|token| token.kind == Kind::Number || token.is_sign('-')) {
                end += 1;
            }
            let text = self.note.written(at..end);
            if text.bytes().filter(u8::is_ascii_digit).count() >= 8 {
                return Some(text.trim_end_matches('-').to_owned());
            }
            at = end.max(at + 1);
        }
        None
    }

    pub(super) fn colleague(&self, hit: &Hit) -> Option<String> {
        let sentence = self.sentence(hit)?;
        let mut people = sentence
            .pieces
            .iter()
            .filter(|piece| piece.mark == Mark::Person && piece.at.start + 1 >= hit.at.start && piece.at.end <= hit.at.end);
        people.next_back().map(|piece| self.note.written(piece.tokens.clone()).to_owned())
    }
}
