//! The grade in an answer to the follow-up: 1 to 10, in figures or words (row 39).

use super::Vocabulary;

/// Reads the grade from the author's own words; `None` where none can be told with confidence. The words
/// themselves are kept in any case.
pub(super) fn grade_in(text: &str, words: &Vocabulary) -> Option<u8> {
    // The fourth question of T29 asks for the grade, and people answer by its number.
    let numbered = text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix('4')?;
        let rest = rest.strip_prefix(['.', ')', ':'])?;
        first_grade(rest, words)
    });
    numbered.or_else(|| text.lines().find_map(|line| first_grade(without_list_number(line), words)))
}

/// A line that begins with the number of a question is an answer to that question, not a grade.
fn without_list_number(line: &str) -> &str {
    let line = line.trim();
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let rest = line.get(digits..).unwrap_or_default();
    match rest.strip_prefix(['.', ')']) {
        Some(after) if digits == 1 && after.starts_with(char::is_whitespace) => after,
        _ => line,
    }
}

fn first_grade(text: &str, words: &Vocabulary) -> Option<u8> {
    let mut pieces = text
        .split(|c: char| c.is_whitespace() || matches!(c, '!' | '?' | ';' | '(' | ')'))
        .filter(|piece| !piece.is_empty())
        .peekable();
    while let Some(piece) = pieces.next() {
        let next_is_unit =
            pieces.peek().is_some_and(|next| next.chars().next().is_some_and(char::is_alphabetic) && !connects(next));
        if let Some(grade) = figure(piece, next_is_unit) {
            return Some(grade);
        }
        if let Some(grade) = words.grade(piece).filter(|_| !next_is_unit) {
            return Some(grade);
        }
    }
    None
}

/// "8", "8,", "8-", "8+", "8/10", "7,5", "8½"; not "2 uur", "30", "3x".
fn figure(piece: &str, next_is_unit: bool) -> Option<u8> {
    let piece = piece.trim_matches(|c: char| matches!(c, '.' | ',' | ':' | '"' | '\'' | '*'));
    let digits: String = piece.chars().take_while(char::is_ascii_digit).collect();
    let rest = piece.get(digits.len()..).unwrap_or_default();
    let grade: u8 = digits.parse().ok()?;
    let fits = match rest {
        "" => !next_is_unit,
        "-" | "+" | "½" | "/10" | ",5" | ".5" => true,
        _ => false,
    };
    (fits && (1..=10).contains(&grade)).then_some(grade)
}

/// Words after which a number is still a grade: "een 8 want …", "8 goed geholpen" starts a sentence.
fn connects(word: &str) -> bool {
    !matches!(
        word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase().as_str(),
        "uur"
            | "uren"
            | "dag"
            | "dagen"
            | "week"
            | "weken"
            | "maand"
            | "maanden"
            | "jaar"
            | "minuten"
            | "keer"
            | "mensen"
            | "euro"
            | "hours"
            | "hour"
            | "day"
            | "days"
            | "weeks"
            | "months"
            | "years"
            | "minutes"
            | "times"
            | "people"
            | "euros"
    )
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
        ] {
            assert_eq!(grade_in(text, &words), grade, "{text:?}");
        }
    }
}
