//! The person who is blamed, in the words of the mail: a name with its title, or a role that one can recognise.
//! Whom a line greets is the reader and never blamed; who is thanked is not blamed either.

use std::collections::HashSet;

use serde::Deserialize;

use super::feature::Seen;
use super::grammar::Grammar;
use super::lexicon::Class;
use super::tokens::{Reading, Sentence, Token};

/// Longest name after a title, in words.
const LONGEST_NAME: usize = 4;
/// Adjectives between "die" and "broeder".
const MOST_ADJECTIVES: usize = 2;
/// Words of "van die nacht", "with the glasses" after a role.
const LONGEST_MARK: usize = 6;
/// A line that greets is no longer than this, in words.
const LONGEST_GREETING: usize = 8;

/// Words around the name of a person, from the data files.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonWords {
    /// Small words inside a name.
    #[serde(default)]
    particles: HashSet<String>,
    /// A line that opens with one of these greets somebody.
    #[serde(default)]
    greetings: HashSet<String>,
    /// "de", "die", "uw": what stands before a role.
    #[serde(default)]
    determiners: HashSet<String>,
    /// "van", "met", "at": what opens a further mark of the person.
    #[serde(default)]
    openers: HashSet<String>,
}

impl PersonWords {
    /// Takes the words of another file in.
    pub(super) fn extend(&mut self, other: &Self) {
        self.particles.extend(other.particles.iter().cloned());
        self.greetings.extend(other.greetings.iter().cloned());
        self.determiners.extend(other.determiners.iter().cloned());
        self.openers.extend(other.openers.iter().cloned());
    }
}

/// One person found: the words, and how likely it is that this is the one.
struct Candidate {
    from: usize,
    to: usize,
    score: f32,
}

/// The person blamed. `sentence` is where blame was heard most.
pub(super) fn respondent(text: &str, reading: &Reading, seen: &[Seen], sentence: usize, grammar: &Grammar) -> Option<String> {
    let finder = Finder::new(reading, grammar);
    let mut candidates: Vec<Candidate> = Vec::new();
    for (number, (one, seen)) in reading.sentences.iter().zip(seen).enumerate() {
        let bonus = if number == sentence || number == sentence + 1 { 1.0 } else { 0.0 };
        finder.in_sentence(one, &seen.classes, bonus, &mut candidates);
    }
    let said_again = |form: &str| reading.tokens.iter().filter(|token| token.form == form).count();
    let best = candidates.iter().rev().max_by(|one, other| {
        let score = |candidate: &Candidate| {
            let last = reading.tokens.get(candidate.to - 1).map_or(0, |token| said_again(&token.form).min(4));
            candidate.score + 0.2 * f32::from(u8::try_from(last).unwrap_or(4))
        };
        score(one).total_cmp(&score(other))
    })?;
    let start = reading.tokens.get(best.from)?.span.start;
    let end = reading.tokens.get(best.to - 1)?.span.end;
    text.get(start..end).map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "))
}

struct Finder<'a> {
    reading: &'a Reading,
    words: &'a PersonWords,
    roles: Vec<Class>,
    titles: Vec<Class>,
    said: Option<Class>,
    thanks: Option<Class>,
}

impl<'a> Finder<'a> {
    fn new(reading: &'a Reading, grammar: &'a Grammar) -> Self {
        let class = |name: &str| grammar.names.class(name);
        Self {
            reading,
            words: &grammar.person,
            roles: ["staff", "doctor", "manager"].into_iter().filter_map(class).collect(),
            titles: class("person_title").into_iter().collect(),
            said: class("said"),
            thanks: class("thanks"),
        }
    }

    fn in_sentence(&self, sentence: &Sentence, classes: &[Vec<Class>], bonus: f32, found: &mut Vec<Candidate>) {
        let tokens = self.reading.words(sentence);
        let greets = tokens.first().is_some_and(|token| self.words.greetings.contains(&token.form));
        if greets && tokens.len() <= LONGEST_GREETING {
            return;
        }
        let is = |at: usize, of: &[Class]| classes.get(at).is_some_and(|own| own.iter().any(|class| of.contains(class)));
        let thanked = self.thanks.is_some_and(|thanks| (0..tokens.len()).any(|at| is(at, &[thanks])));
        let mood = bonus - if thanked { 0.8 } else { 0.0 };
        for at in 0..tokens.len() {
            let is_role = is(at, &self.roles);
            if !is_role && !is(at, &self.titles) {
                continue;
            }
            let name = self.name_length(tokens, at + 1);
            let mut first = at;
            while first > 0 && (is(first - 1, &self.roles) || is(first - 1, &self.titles)) && same_clause(tokens, first - 1, at) {
                first -= 1;
            }
            let speaks = |to: usize| {
                self.said.is_some_and(|said| is(to, &[said])) || is(to + 1, &self.said.into_iter().collect::<Vec<_>>())
            };
            let (from, to, score) = if name > 0 {
                (first, at + 1 + name, 2.0)
            } else if is_role && let Some(from) = self.determiner(tokens, first) {
                let to = at + 1 + self.mark_length(tokens, classes, at + 1);
                (from, to, 1.0 + if to > at + 1 { 0.3 } else { 0.0 })
            } else {
                continue;
            };
            let score = score + mood + if speaks(to) { 0.5 } else { 0.0 };
            found.push(Candidate { from: sentence.tokens.start + from, to: sentence.tokens.start + to, score });
        }
    }

    /// How many words from here on are a name: capitals, with particles before the last one.
    fn name_length(&self, tokens: &[Token], from: usize) -> usize {
        let mut length = 0;
        for (number, token) in tokens.iter().skip(from).take(LONGEST_NAME).enumerate() {
            let follows = from.checked_sub(1).is_none_or(|before| same_clause(tokens, before, from + number));
            if follows && token.is_capital && !token.form.starts_with(|c: char| c.is_ascii_digit()) {
                length = number + 1;
            } else if !follows || !self.words.particles.contains(&token.form) {
                break;
            }
        }
        length
    }

    fn determiner(&self, tokens: &[Token], role: usize) -> Option<usize> {
        (role.saturating_sub(MOST_ADJECTIVES + 1)..role).rev().find(|at| {
            tokens.get(*at).is_some_and(|token| self.words.determiners.contains(&token.form)) && same_clause(tokens, *at, role)
        })
    }

    /// "van die nacht", "at the desk": up to the end of the clause, where that is near.
    fn mark_length(&self, tokens: &[Token], classes: &[Vec<Class>], from: usize) -> usize {
        if !tokens.get(from).is_some_and(|token| self.words.openers.contains(&token.form)) {
            return 0;
        }
        let rest = (from..tokens.len()).take_while(|at| same_clause(tokens, from.saturating_sub(1), *at)).count();
        let verb = classes.iter().skip(from).take(rest).position(|own| self.said.is_some_and(|said| own.contains(&said)));
        let length = verb.unwrap_or(rest);
        if (2..=LONGEST_MARK).contains(&length) { length } else { 0 }
    }
}

fn same_clause(tokens: &[Token], one: usize, other: usize) -> bool {
    tokens.get(one).map(|token| token.clause) == tokens.get(other).map(|token| token.clause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::triage::feature::look;

    #[test]
    fn people_are_named_as_the_text_names_them() {
        let classes = r#"
small_words = ["de", "was", "ik", "ook", "mijn", "had", "heeft"]
[classes]
staff = "zuster fysiotherapeut verloskundige"
doctor = "neuroloog"
person_title = "dr mevrouw"
said = "zei"
thanks = "aardig"
[person]
particles = ["de", "van"]
greetings = ["beste"]
determiners = ["de", "die"]
openers = ["van"]
"#;
        let grammar = Grammar::new(&[("nl/x.toml".to_owned(), classes)]).unwrap();
        for (text, person) in [
            ("Vorige week was ik bij neuroloog dr. Stins voor mijn hoofdpijn.", Some("neuroloog dr. Stins")),
            ("Mijn fysiotherapeut Sven Prins heeft gebeld", Some("fysiotherapeut Sven Prins")),
            ("Zuster Esmée de Haan had die nacht dienst", Some("Zuster Esmée de Haan")),
            ("Ik had pech, de verloskundige van die nacht zei niets", Some("de verloskundige van die nacht")),
            ("Beste mevrouw Smit,", None),
        ] {
            let reading = Reading::of(text, &["dr".to_owned()]);
            assert_eq!(respondent(text, &reading, &look(&grammar, &reading, |_| None), 0, &grammar).as_deref(), person, "{text}");
        }
    }
}
