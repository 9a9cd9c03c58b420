//! The grade in an answer to the follow-up: 1 to 10, in figures, words or stars (row 39).

use std::sync::LazyLock;

use serde::Deserialize;

use super::Vocabulary;

/// Questions in the follow-up: a line that begins with one of these numbers may be an answer to that question.
const QUESTIONS: u8 = 5;

/// The question of T29 that asks for the grade.
const GRADE_QUESTION: u8 = 4;

/// How people give a grade, from `config/words/grades.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct GradeWords {
    marks: Vec<String>,
    units: Vec<String>,
    scales_of_five: Vec<String>,
    stars: Vec<char>,
}

/// A file that is part of the program and is read by a test; without it only plain numbers are grades.
static GRADE_WORDS: LazyLock<GradeWords> =
    LazyLock::new(|| toml::from_str(include_str!("../../config/words/grades.toml")).unwrap_or_default());

/// Reads the grade from the author's own words; `None` where none can be told with confidence. The words
/// themselves are kept in any case.
pub(super) fn grade_in(text: &str, words: &Vocabulary) -> Option<u8> {
    let numbered = |line: &str| question_number(line).is_some();
    // One numbered line alone is no list: "7. Linda" is a grade with a name under it.
    let is_list = text.lines().filter(|line| numbered(line)).count() > 1;
    let answer = |line| match question_number(line) {
        Some((_, rest)) if is_list => rest,
        Some(_) | None => line,
    };
    let of_question = text.lines().filter_map(question_number).find(|(number, _)| *number == GRADE_QUESTION);
    let marked = || text.lines().filter(|line| is_marked(line)).find_map(|line| first_grade(answer(line), words));
    let any = || text.lines().find_map(|line| stars(line).or_else(|| first_grade(answer(line), words)));
    of_question.and_then(|(_, rest)| first_grade(rest, words)).or_else(marked).or_else(any)
}

/// The number of a question at the start of a line, and the rest of that line.
fn question_number(line: &str) -> Option<(u8, &str)> {
    let line = line.trim();
    let mut chars = line.chars();
    let number = chars.next().and_then(|c| c.to_digit(10)).and_then(|digit| u8::try_from(digit).ok())?;
    let rest = chars.as_str().strip_prefix(['.', ')', ':'])?;
    ((1..=QUESTIONS).contains(&number) && (rest.is_empty() || rest.starts_with(char::is_whitespace))).then_some((number, rest))
}

fn is_marked(line: &str) -> bool {
    let line = line.to_lowercase();
    line.split(|c: char| !c.is_alphanumeric()).any(|word| GRADE_WORDS.marks.iter().any(|mark| mark == word))
}

/// Stars, and nothing else that says more: one to five are a grade of two to ten.
fn stars(line: &str) -> Option<u8> {
    let count = line.chars().filter(|c| GRADE_WORDS.stars.contains(c)).count();
    match u8::try_from(count).ok()? {
        count @ 1..=5 => Some(count * 2),
        count @ 6..=10 => Some(count),
        _ => None,
    }
}

fn first_grade(text: &str, words: &Vocabulary) -> Option<u8> {
    let mut rest = text;
    while let Some((piece, behind)) = next_piece(rest) {
        let before_unit = next_piece(behind).is_some_and(|(next, _)| is_unit(next));
        if let Some(grade) = figure(piece, behind).or_else(|| words.grade(piece)).filter(|_| !before_unit) {
            return Some(grade);
        }
        rest = behind;
    }
    None
}

fn next_piece(text: &str) -> Option<(&str, &str)> {
    let ends = |c: char| c.is_whitespace() || matches!(c, '!' | '?' | ';' | '(' | ')');
    let text = text.trim_start_matches(ends);
    let end = text.find(ends).unwrap_or(text.len());
    (!text.is_empty()).then(|| text.split_at(end))
}

/// "8", "8,", "8-", "8+", "8/10", "4/5", "4 van de 5", "7,5", "8½"; not "30", "3x", "2026".
fn figure(piece: &str, behind: &str) -> Option<u8> {
    let piece = piece.trim_matches(|c: char| matches!(c, '.' | ',' | ':' | '"' | '\'' | '*' | '=' | '#'));
    let digits: String = piece.chars().take_while(char::is_ascii_digit).collect();
    let rest = piece.get(digits.len()..).unwrap_or_default();
    let whole: u8 = digits.parse().ok()?;
    let of_five = |count: u8| (count <= 5).then(|| count * 2);
    let grade = match rest {
        "" if GRADE_WORDS.scales_of_five.iter().any(|scale| begins_with_words(behind, scale)) => of_five(whole)?,
        "" | "-" | "+" | "/10" | "--" | "++" => whole,
        "/5" => of_five(whole)?,
        // Halves go up, as on a Dutch school report.
        "½" => whole + 1,
        _ => {
            let decimal = rest.strip_prefix([',', '.'])?.trim_end_matches(['-', '+']);
            let decimal = decimal.strip_suffix("/10").unwrap_or(decimal);
            let tenths = decimal.chars().next().filter(|_| decimal.len() <= 2)?.to_digit(10)?;
            whole + u8::from(tenths >= 5)
        }
    };
    (1..=10).contains(&grade).then_some(grade)
}

fn begins_with_words(text: &str, words: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    text.strip_prefix(words).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
}

/// Whether a number before this word counts something: "2 uur".
fn is_unit(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    GRADE_WORDS.units.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_are_read_in_figures_and_words() {
        let words = Vocabulary::builtin().unwrap();
        for (text, grade) in [
            ("8, goed geholpen maar het duurde lang", Some(8)),
            ("Een 9 want hij heeft zich echt aan de afspraak gehouden.", Some(9)),
            ("een 8-", Some(8)),
            ("8/10", Some(8)),
            ("zeven", Some(7)),
            ("I would say seven.", Some(7)),
            ("1. ja\n2. nee\n3. ja\n4. 6\n5. sneller bellen", Some(6)),
            ("Het duurde 2 uur voor er iemand kwam", None),
            ("Dank u wel", None),
            ("10", Some(10)),
            ("In 2026 was het beter", None),
            ("8", Some(8)),
            ("\u{2b50}\u{2b50}\u{2b50}\u{2b50}", Some(8)),
            ("★★★☆☆ dank u", Some(6)),
            ("7. Linda", Some(7)),
            ("7.\nLinda", Some(7)),
            ("cijfer: 6,5", Some(7)),
            ("Ik belde 3 mensen, maar mijn cijfer is een 6,4", Some(6)),
            ("Het was 2 dagen wachten. Rapportcijfer 9", Some(9)),
            ("een 8+", Some(8)),
            ("7,8", Some(8)),
            ("4/5", Some(8)),
            ("4 van de 5 sterren", Some(8)),
            ("8 van de 10", Some(8)),
            ("Ik geef een **9**", Some(9)),
            ("1. ja\n2. ja\n3. nee\n4. zeven\n5. niets", Some(7)),
            ("1. Ik werd gehoord\n2. Het was duidelijk", None),
            ("3x gebeld en 30 minuten gewacht", None),
            ("Bel mij op 010-1234567", None),
            ("11", None),
            ("0", None),
            ("Vragen? Nee hoor, 10/10!", Some(10)),
        ] {
            assert_eq!(grade_in(text, &words), grade, "{text:?}");
        }
    }

    #[test]
    fn the_words_of_grades_are_there() {
        assert!(!GRADE_WORDS.marks.is_empty() && !GRADE_WORDS.units.is_empty() && !GRADE_WORDS.stars.is_empty());
    }
}
