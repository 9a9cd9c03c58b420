//! Whether a party says yes or no, in plain words (R13, rows 19, 21, 27, 31).
//!
//! A yes has to be explicit: said in a sentence of its own, without hesitation, condition, question or a no
//! elsewhere. Everything that is not clear goes to the officer, and silence is never an answer.

use serde::Deserialize;

/// What a mail says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// An explicit yes, without reservation.
    Yes,
    /// An explicit no.
    No,
    /// Anything else: a person has to read it.
    Unclear,
}

/// The question that is answered: each has its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Whether they want the talk (row 21).
    Consent,
    /// Whether the agreements are written down rightly (row 31).
    Agreement,
    /// Whether the reaction is enough (row 19).
    Satisfaction,
}

/// The words of `config/words/answers.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerWords {
    consent: YesNo,
    agreement: YesNo,
    satisfaction: YesNo,
    doubt: Doubt,
    courtesy: Courtesy,
    other_side: OtherSide,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherSide {
    words: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct YesNo {
    yes: Vec<String>,
    no: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Doubt {
    words: Vec<String>,
    negations: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Courtesy {
    words: Vec<String>,
}

/// Longer answers are read by a person: nobody agrees in four hundred words without a reservation.
const LONGEST_ANSWER: usize = 80;

/// A one-word yes may be followed by so many words of its sentence ("ja, dat lijkt mij goed").
const WORDS_BEHIND: usize = 9;

impl AnswerWords {
    /// The words that come with the program.
    pub fn builtin() -> Result<Self, super::VocabularyError> {
        toml::from_str(include_str!("../../config/words/answers.toml"))
            .map_err(|error| super::VocabularyError::Unreadable(error.to_string()))
    }

    /// Reads the author's own words as an answer to this question.
    pub fn read(&self, text: &str, asked: Asked) -> Said {
        let words = match asked {
            Asked::Consent => &self.consent,
            Asked::Agreement => &self.agreement,
            Asked::Satisfaction => &self.satisfaction,
        };
        let sentences: Vec<String> = sentences(text).filter(|sentence| !self.is_courtesy(sentence)).collect();
        let all = sentences.join(" ");
        if text.contains('?') || all.split(' ').count() > LONGEST_ANSWER {
            return Said::Unclear;
        }
        let is_no = sentences.iter().any(|sentence| begins_with(sentence, &words.no));
        // "Ja, ik doe niet mee" is no yes; "nee, ik wil niet" is a no whatever stands beside it.
        let is_yes = sentences.iter().any(|sentence| begins_with(sentence, &words.yes) && !begins_with(sentence, &words.no));
        let doubts = contains_any(&all, &self.doubt.words);
        match (is_yes, is_no) {
            (true, false) if !doubts && !contains_any(&all, &self.doubt.negations) => Said::Yes,
            (false, true) if !contains_any(&all, &self.only_conditions()) => Said::No,
            (_, _) => Said::Unclear,
        }
    }

    /// Whether somebody writes about a complaint that is about the writer: a nurse who wants to tell their side. Such a
    /// person has no complaint; a wrong guess costs a warmer word in the confirmation, and an officer reads the mail.
    pub fn is_from_the_other_side(&self, text: &str) -> bool {
        contains_any(&plain(text), &self.other_side.words)
    }

    /// A no may be explained ("nee, ik vind het te spannend"), but not bargained over ("nee, tenzij …").
    fn only_conditions(&self) -> Vec<String> {
        let conditions =
            ["maar", "mits", "tenzij", "alleen als", "misschien", "nog niet", "but", "unless", "if", "maybe", "perhaps"];
        self.doubt.words.iter().filter(|word| conditions.contains(&word.as_str())).cloned().collect()
    }

    fn is_courtesy(&self, sentence: &str) -> bool {
        sentence.is_empty() || self.courtesy.words.iter().any(|word| sentence == word)
            // "beste mevrouw smit": a greeting and a name.
            || (sentence.split(' ').count() <= 5
                && self.courtesy.words.iter().any(|word| sentence.strip_prefix(word.as_str()).is_some_and(|rest| rest.starts_with(' '))))
    }
}

/// Sentences and lines as they are compared: lower case, no accents, no punctuation, single blanks.
fn sentences(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(['.', '!', '?', '\n', ';', ':', ',']).map(plain)
}

fn plain(text: &str) -> String {
    let letters: String = text
        .chars()
        .filter(|c| !matches!(c, '\'' | '’' | '‘' | '`' | '´' | '"' | '“' | '”'))
        .map(|c| if c.is_alphanumeric() { without_accent(c) } else { ' ' })
        .collect::<String>()
        .to_lowercase();
    letters.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// "Één" is "een" for somebody who types without accents.
fn without_accent(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ä' | 'Á' => 'a',
        'é' | 'è' | 'ê' | 'ë' | 'É' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        other => other,
    }
}

fn begins_with(sentence: &str, phrases: &[String]) -> bool {
    phrases.iter().any(|phrase| {
        sentence
            .strip_prefix(phrase.as_str())
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with(' ') && rest.split_whitespace().count() <= WORDS_BEHIND))
    })
}

fn contains_any(text: &str, phrases: &[String]) -> bool {
    let padded = format!(" {text} ");
    phrases.iter().any(|phrase| padded.contains(&format!(" {phrase} ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(asked: Asked, said: Said, texts: &[&str]) {
        let words = AnswerWords::builtin().unwrap();
        for text in texts {
            assert_eq!(words.read(text, asked), said, "{text:?}");
        }
    }

    #[test]
    fn a_clear_yes_to_the_talk_counts() {
        check(
            Asked::Consent,
            Said::Yes,
            &[
                "ja",
                "JA!",
                "Ja.\n\nAnna de Boer",
                "Ja, dat wil ik graag.",
                "Beste mevrouw Smit,\n\nJa, ik doe mee.\n\nMet vriendelijke groet,\nBert",
                "Ik wil graag in gesprek. Het kan op dinsdag of donderdag, na 16.00 uur.",
                "Yes",
                "Yes, I would like to meet him.",
                "Graag!",
                "Akkoord, ik werk mee.",
                "I'm happy to take part.",
            ],
        );
    }

    #[test]
    fn a_clear_no_counts_with_or_without_a_reason() {
        check(
            Asked::Consent,
            Said::No,
            &[
                "nee",
                "Nee, liever niet.",
                "No thank you",
                "Een gesprek zie ik niet zitten, liever zo op papier.",
                "Ik wil geen gesprek.",
            ],
        );
    }

    #[test]
    fn hesitation_condition_and_question_go_to_the_officer() {
        check(
            Asked::Consent,
            Said::Unclear,
            &[
                "ja, maar alleen als mijn zus mee mag",
                "Ja?",
                "ja nee ik weet het niet",
                "Misschien. Ik denk er nog over na.",
                "Ja ik wil wel met haar praten, maar ik vind het spannend met die dochter erbij.",
                "Ja, ik wil niet.",
                "Yes, if he apologises first.",
                "Nee, tenzij hij eerst excuses maakt.",
                "Donderdag 17 april half 5 kan ik wel.",
                "Fijn dat hij wil.",
                "Ik heb ja gehoord van de buren over de wachttijd en wil nu weten hoe het zit.",
                "",
                "Ik heb u gisteren gebeld.",
            ],
        );
    }

    #[test]
    fn who_is_complained_about_is_told_from_who_complains() {
        let words = AnswerWords::builtin().unwrap();
        for text in [
            "Ik hoorde dat er een klacht over mij is ingediend. Ik wil graag vertellen hoe het ging.",
            "Mevrouw De Boer heeft over mij geklaagd.",
            "I was told about a complaint against me.",
            "Er loopt een klacht\ntegen mij, zei mijn teamleider.",
        ] {
            assert!(words.is_from_the_other_side(text), "{text}");
        }
        for text in [
            "Ik heb een klacht over mijn behandeling.",
            "De balie klaagde dat ik te laat was. Dat vind ik niet netjes.",
            "My complaint about Meg, the nurse.",
            "Ik wil mijn kant van het verhaal vertellen.",
        ] {
            assert!(!words.is_from_the_other_side(text), "{text}");
        }
    }

    #[test]
    fn agreements_are_confirmed_in_words() {
        check(Asked::Agreement, Said::Yes, &["Akkoord", "akkoord, dank u wel", "Both fine with us.", "Dat klopt zo."]);
        check(Asked::Agreement, Said::No, &["Niet akkoord.", "That is not right."]);
        check(Asked::Agreement, Said::Unclear, &["Akkoord, maar punt 2 is op 7 mei.", "Wanneer belt de poli?"]);
    }

    #[test]
    fn a_reaction_is_enough_when_the_complainant_says_so() {
        check(Asked::Satisfaction, Said::Yes, &["Dit is genoeg. Dank u wel.", "Wat mij betreft mag de klacht dicht."]);
        check(Asked::Satisfaction, Said::No, &["Ik ben niet tevreden.", "Hier neem ik geen genoegen mee."]);
        check(Asked::Satisfaction, Said::Unclear, &["Ja", "Dank voor de moeite.", "Ik ben tevreden, maar één vraag is open."]);
    }
}
