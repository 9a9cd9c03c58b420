//! Arguments that are words from a table: kinds, purposes, flags, outcomes.

use super::lines::is_blank;
use crate::mediation::vocabulary::{WordTable, plain};

/// The most words that one entry of a table has: "niet verschenen", "hulp bij formuleren".
const LONGEST_ENTRY: usize = 3;

/// The words of an argument, with what separates them left out.
pub(super) fn words(argument: &str) -> Vec<&str> {
    argument.split(|c: char| is_blank(c) || matches!(c, ',' | ';' | '+' | '&')).filter(|word| !word.is_empty()).collect()
}

/// The meaning at the beginning of a list of words, and how many words it takes. The longest entry wins, so that
/// "niet tevreden" is never read as "tevreden".
pub(super) fn first<'t, M: Ord>(table: &'t WordTable<M>, words: &[&str]) -> Option<(&'t M, usize)> {
    (1..=LONGEST_ENTRY.min(words.len())).rev().find_map(|length| {
        let entry = words.get(..length)?.join("-");
        table.meaning(&entry).map(|meaning| (meaning, length))
    })
}

/// All meanings of an argument, each once, in the order of the words; `None` where a word is not in the table.
pub(super) fn all<M: Ord + Clone>(table: &WordTable<M>, argument: &str, fillers: &[String]) -> Option<Vec<M>> {
    let words = words(argument);
    let mut rest = words.as_slice();
    let mut found = Vec::new();
    while let Some(word) = rest.first() {
        let taken = match first(table, rest) {
            Some((meaning, length)) => {
                if !found.contains(meaning) {
                    found.push(meaning.clone());
                }
                length
            }
            None if fillers.contains(&plain(word)) => 1,
            None => return None,
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    (!found.is_empty()).then_some(found)
}

/// The only meaning of an argument.
pub(super) fn only<M: Ord + Clone>(table: &WordTable<M>, argument: &str, fillers: &[String]) -> Option<M> {
    let mut found = all(table, argument, fillers)?.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// The meaning at the beginning of an argument, and the text behind it as it was typed.
pub(super) fn leading<'t, 'a, M: Ord>(table: &'t WordTable<M>, argument: &'a str) -> Option<(&'t M, &'a str)> {
    let (meaning, length) = first(table, &words(argument))?;
    let mut rest = argument;
    for _ in 0..length {
        rest = rest.trim_start_matches(|c: char| is_blank(c) || matches!(c, ',' | ';' | '+' | '&'));
        rest = rest.trim_start_matches(|c: char| !is_blank(c) && !matches!(c, ',' | ';' | '+' | '&'));
    }
    Some((meaning, rest.trim_matches(|c: char| is_blank(c) || matches!(c, ':' | ',' | ';' | '-' | '–' | '—'))))
}

#[cfg(test)]
mod tests {
    use crate::mediation::Vocabulary;
    use crate::model::{ComplaintKind, Flag, Outcome};

    #[test]
    fn a_list_is_read_with_commas_and_small_words() {
        let words = Vocabulary::builtin().unwrap();
        let kinds = super::all(&words.kinds, "Bejegening, en Communicatie", &words.fillers);
        assert_eq!(kinds, Some(vec![ComplaintKind::Conduct, ComplaintKind::Communication]));
        assert_eq!(super::all(&words.kinds, "bejegening parkeren", &words.fillers), None, "nothing half understood");
    }

    #[test]
    fn two_words_that_belong_together_are_one() {
        let words = Vocabulary::builtin().unwrap();
        assert_eq!(super::only(&words.outcomes, "niet tevreden", &words.fillers), Some(Outcome::NotSatisfied));
        assert_eq!(super::only(&words.outcomes, "tevreden deels", &words.fillers), None);
    }

    #[test]
    fn what_follows_the_first_word_stays_as_it_was_typed() {
        let words = Vocabulary::builtin().unwrap();
        let read = super::leading(&words.flags, "Overleden patiënt: de heer  Jansen, 84");
        assert_eq!(read, Some((&Flag::DeceasedPatient, "de heer  Jansen, 84")));
    }
}
