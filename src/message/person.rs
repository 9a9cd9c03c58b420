//! A person named in a complaint: a title or a trade, then a name with a capital.

use std::collections::HashSet;

use serde::Deserialize;

/// Longest name, in words after the title.
const LONGEST_NAME: usize = 4;

/// The words by which a named person is known.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PersonWords {
    titles: HashSet<String>,
    particles: HashSet<String>,
    greetings: HashSet<String>,
}

impl PersonWords {
    /// Takes the words of another language in.
    pub(super) fn extend(&mut self, other: &Self) {
        self.titles.extend(other.titles.iter().cloned());
        self.particles.extend(other.particles.iter().cloned());
        self.greetings.extend(other.greetings.iter().cloned());
    }
}

/// The first person named with a title or trade, in the words of the text. A line that greets names the reader.
pub(super) fn blamed_person(text: &str, words: &PersonWords) -> Option<String> {
    text.lines().find_map(|line| in_line(line, words))
}

fn in_line(line: &str, words: &PersonWords) -> Option<String> {
    let parts: Vec<&str> = line.split_whitespace().collect();
    let first = parts.first().map(|word| bare(word).to_lowercase()).unwrap_or_default();
    if words.greetings.contains(&first) && parts.len() < 8 {
        return None;
    }
    for (at, word) in parts.iter().enumerate() {
        // "meneer," and "arts." end a phrase; "dr." does not.
        let is_abbreviation = word.ends_with('.') && bare(word).len() <= 4;
        let goes_on = is_abbreviation || word.chars().next_back().is_some_and(char::is_alphanumeric);
        if !goes_on || !words.titles.contains(&bare(word).to_lowercase()) {
            continue;
        }
        if let Some(length) = name_length(parts.get(at + 1..).unwrap_or_default(), words) {
            let mut named = parts.get(at..=at + length)?.join(" ");
            named.truncate(named.trim_end_matches(|c: char| !c.is_alphanumeric()).len());
            return Some(named);
        }
    }
    None
}

/// How many of these words are a name: capitals, with particles before the last one.
fn name_length(parts: &[&str], words: &PersonWords) -> Option<usize> {
    let mut length = 0;
    for (at, word) in parts.iter().take(LONGEST_NAME).enumerate() {
        let plain = bare(word);
        if plain.chars().next().is_some_and(char::is_uppercase) {
            length = at + 1;
        } else if !words.particles.contains(&plain.to_lowercase()) && !words.titles.contains(&plain.to_lowercase()) {
            break;
        }
        let ends = word
            .chars()
            .next_back()
            .is_some_and(|c| matches!(c, ',' | ';' | ':' | '!' | '?' | ')') || (c == '.' && plain.len() > 3));
        if ends || word.contains("'s") {
            break;
        }
    }
    (length > 0).then_some(length)
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_named_as_the_text_names_them() {
        let words = PersonWords {
            titles: ["dr", "neuroloog", "fysiotherapeut", "zuster", "mevrouw"].map(ToOwned::to_owned).into(),
            particles: ["de", "van"].map(ToOwned::to_owned).into(),
            greetings: ["beste".to_owned()].into(),
        };
        for (text, person) in [
            ("Vorige week was ik bij neuroloog dr. Stins voor mijn hoofdpijn.", Some("neuroloog dr. Stins")),
            ("Mijn fysiotherapeut Sven Prins heeft gebeld", Some("fysiotherapeut Sven Prins")),
            ("Zuster Esmée de Haan had die nacht dienst", Some("Zuster Esmée de Haan")),
            ("Beste mevrouw Smit,", None),
            ("de zuster was aardig. Jan ook", None),
        ] {
            assert_eq!(blamed_person(text, &words).as_deref(), person, "{text}");
        }
    }
}
