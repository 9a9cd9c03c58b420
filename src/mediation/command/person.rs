//! A person as an officer types one: a name, an address, or both.

use super::lines::is_blank;
use crate::model::MailAddress;

/// Reads `Bert Visser <b.visser@zorg.example>`, also without the angle brackets, with a `mailto:` that a mail client
/// put in, or with only one of the two. `None` where something that must be an address is none.
pub(super) fn name_and_address(argument: &str) -> Option<(Option<String>, Option<MailAddress>)> {
    let mut address = None;
    let mut name: Vec<&str> = Vec::new();
    for word in argument.split(is_blank).filter(|word| !word.is_empty()) {
        if word.contains('@') {
            let candidate = bare(word).parse::<MailAddress>().ok()?;
            // A mail client writes an address twice: `b@zorg.example <mailto:b@zorg.example>`.
            match &address {
                None => address = Some(candidate),
                Some(known) if candidate.same_person(known) => {}
                Some(_) => return None,
            }
        } else {
            name.push(word);
        }
    }
    let name = name.join(" ");
    let name = name.trim_matches(|c: char| is_blank(c) || matches!(c, ',' | ';' | ':' | '"' | '“' | '”' | '<' | '>' | '(' | ')'));
    Some(((!name.is_empty()).then(|| name.to_owned()), address))
}

fn bare(word: &str) -> &str {
    let word = word.trim_matches(|c: char| matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '"' | '“' | '”' | '.'));
    let word = word.split_once('<').map_or(word, |(before, _)| before);
    word.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).and_then(|_| word.get(7..)).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(argument: &str) -> Option<(String, String)> {
        let (name, address) = name_and_address(argument)?;
        Some((name.unwrap_or_default(), address.map(String::from).unwrap_or_default()))
    }

    #[test]
    fn a_person_is_read_however_a_mail_client_writes_one() {
        for text in [
            "Bert Visser <b.visser@zorg.example>",
            "Bert Visser b.visser@zorg.example",
            "Bert Visser, b.visser@zorg.example.",
            "“Bert Visser” <mailto:b.visser@zorg.example>",
            "Bert Visser b.visser@zorg.example<mailto:b.visser@zorg.example>",
            "Bert Visser b.visser@zorg.example <mailto:b.visser@zorg.example>",
            "b.visser@zorg.example (Bert Visser)",
        ] {
            assert_eq!(read(text), Some(("Bert Visser".to_owned(), "b.visser@zorg.example".to_owned())), "{text}");
        }
    }

    #[test]
    fn one_of_the_two_is_enough_and_two_addresses_are_too_many() {
        assert_eq!(read("dr. Bakx"), Some(("dr. Bakx".to_owned(), String::new())));
        assert_eq!(read("b@zorg.example"), Some((String::new(), "b@zorg.example".to_owned())));
        assert_eq!(read("b@zorg.example c@zorg.example"), None);
        assert_eq!(read("Bert b.visser@"), None);
    }
}
