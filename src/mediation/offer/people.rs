//! Who is meant: the complainant, a respondent of the case, or somebody else.

use std::ops::Range;

use super::CaseFacts;
use super::cues::Offers;
use super::reading::Mark;
use crate::mediation::prose::{Kind, Token, tokens};

/// The words of a name by which a person can be known: no titles, no "van der".
fn name_words(name: &str, offers: &Offers) -> Vec<String> {
    let words = tokens(name).into_iter().filter(|token| token.kind == Kind::Word);
    let words = words.filter(|token| !offers.in_list("titles", &token.plain) && !offers.in_list("particles", &token.plain));
    words.filter(|token| token.text.chars().count() > 1).map(|token| token.plain).collect()
}

/// Mentions of the parties of the case.
pub(super) fn known(tokens: &[Token], facts: &CaseFacts, offers: &Offers) -> Vec<(Range<usize>, Mark)> {
    let complainant = facts.complainant.as_deref().map(|name| name_words(name, offers)).unwrap_or_default();
    let respondents: Vec<Vec<String>> = facts.respondents.iter().map(|(name, _)| name_words(name, offers)).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (mark, end) = mention(tokens, at, &complainant, &respondents, offers);
        match mark {
            Some(mark) => {
                found.push((at..end, mark));
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// The party that is mentioned at a token, titles and initials included, and where the mention ends.
fn mention(
    tokens: &[Token],
    at: usize,
    complainant: &[String],
    respondents: &[Vec<String>],
    offers: &Offers,
) -> (Option<Mark>, usize) {
    let Some(token) = tokens.get(at) else { return (None, at) };
    if token.kind != Kind::Word {
        return (None, at);
    }
    // "het wijkteam" for "Wijkteam Oost": the article belongs to the unit.
    let unit = tokens.get(at + 1).filter(|unit| offers.in_list("articles", &token.plain) && !unit.is_capitalised());
    if let Some(Mark::Respondent(index)) = unit.and_then(|unit| party_called(unit, &[], respondents, false)) {
        return (Some(Mark::Respondent(index)), at + 2);
    }
    let titled = offers.in_list("titles", &token.plain);
    let mut next = if titled { at + 1 } else { at };
    if titled && tokens.get(next).is_some_and(|sign| sign.is_sign('.')) {
        next += 1;
    }
    let after_title = next;
    let mut particles = 0;
    while tokens.get(next).is_some_and(|token| offers.in_list("particles", &token.plain)) && particles < 3 {
        (next, particles) = (next + 1, particles + 1);
    }
    if particles > 0 && !titled && !token.is_capitalised() {
        return (None, at);
    }
    let whose = tokens.get(next).and_then(|name| party_called(name, complainant, respondents, titled));
    if let Some(mark) = whose {
        let mut end = next + 1;
        while tokens.get(end).is_some_and(|more| {
            party_called(more, complainant, respondents, false).as_ref() == Some(&mark) && more.is_capitalised()
        }) {
            end += 1;
        }
        return (Some(mark), end);
    }
    if !titled || !offers.in_list("polite_titles", &token.plain) {
        return (None, at);
    }
    // "mw. S.": an initial of the complainant, or of a respondent with a title.
    if let Some(initial) = tokens.get(next).filter(|token| token.text.chars().count() == 1 && token.is_capitalised()) {
        let end = if tokens.get(next + 1).is_some_and(|sign| sign.is_sign('.')) { next + 2 } else { next + 1 };
        let name_follows = tokens.get(end).is_some_and(Token::is_capitalised);
        let fits = |words: &[String]| words.iter().any(|word| word.starts_with(&initial.plain));
        if !name_follows && fits(complainant) {
            return (Some(Mark::Complainant), end);
        }
        return match respondents.iter().position(|words| fits(words)) {
            Some(index) if !name_follows => (Some(Mark::Respondent(index)), end),
            _ => (None, at),
        };
    }
    // A title by itself is the complainant; before another name it is somebody else.
    let other_name =
        tokens.get(after_title).is_some_and(|token| token.is_capitalised() && !offers.in_list("never_names", &token.plain))
            || (particles > 0 && tokens.get(next).is_some_and(Token::is_capitalised));
    // The dot of "mw." may end the sentence: it belongs to the title only where the sentence goes on.
    let end = if tokens.get(after_title).is_none_or(|token| token.kind == Kind::Break) { at + 1 } else { after_title };
    if other_name { (None, at) } else { (Some(Mark::Complainant), end) }
}

fn party_called(token: &Token, complainant: &[String], respondents: &[Vec<String>], titled: bool) -> Option<Mark> {
    if token.kind != Kind::Word {
        return None;
    }
    let name = token.plain.strip_suffix("'s").unwrap_or(&token.plain);
    let long = name.chars().count() >= 4;
    let is_name = token.is_capitalised() || titled || long;
    if !is_name {
        return None;
    }
    let respondent = respondents.iter().position(|words| words.iter().any(|word| word == name || same_unit(word, name, token)));
    if let Some(index) = respondent {
        return Some(Mark::Respondent(index));
    }
    let strict = token.is_capitalised() || titled;
    (strict && complainant.iter().any(|word| word == name)).then_some(Mark::Complainant)
}

/// "de praktijk" for "Huisartsenpraktijk Anker": units are called by the end of their name.
fn same_unit(word: &str, name: &str, token: &Token) -> bool {
    !token.is_capitalised() && name.chars().count() >= 5 && word.len() > name.len() && word.ends_with(name)
}

/// Names of other people: a title and a name, or capitals that do not begin a sentence.
pub(super) fn others(tokens: &[Token], offers: &Offers) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let end = person(tokens, at, offers);
        if let Some(end) = end {
            found.push(at..end);
            at = end;
        } else {
            at += 1;
        }
    }
    found
}

fn person(tokens: &[Token], at: usize, offers: &Offers) -> Option<usize> {
    let token = tokens.get(at).filter(|token| token.kind == Kind::Word)?;
    let titled = offers.in_list("titles", &token.plain);
    let mut next = if titled { at + 1 } else { at };
    // "mw." is short for something; behind "meneer" a dot ends the sentence.
    if titled && offers.in_list("abbreviations", &token.plain) && tokens.get(next).is_some_and(|sign| sign.is_sign('.')) {
        next += 1;
    }
    let starts_sentence = at == 0
        || tokens
            .get(at - 1)
            .is_some_and(|before| before.kind == Kind::Break || matches!(before.text.as_str(), "." | "!" | "?" | ":" | "-"));
    let mut names = 0;
    let mut end = next;
    while let Some(name) = tokens.get(end) {
        let is_initial =
            name.is_capitalised() && name.text.chars().count() == 1 && tokens.get(end + 1).is_some_and(|sign| sign.is_sign('.'));
        if is_initial {
            end += 2;
        } else if offers.in_list("particles", &name.plain)
            && (names > 0 || titled || name.is_capitalised())
            && name_behind(tokens, end)
        {
            end += 1;
        } else if name.is_capitalised() && !offers.in_list("never_names", &name.plain) {
            (names, end) = (names + 1, end + 1);
        } else {
            break;
        }
    }
    // One capitalised word at the beginning of a sentence is more often no name.
    (names > 0 && (titled || names > 1 || !starts_sentence)).then_some(end)
}

fn name_behind(tokens: &[Token], at: usize) -> bool {
    tokens.iter().skip(at + 1).take(3).any(Token::is_capitalised)
}
