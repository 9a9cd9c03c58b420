//! Text as cues are looked for in it: lower case, no accents, one blank between words (domain.md section 6, rule b).

/// Normalised text and where each of its bytes came from.
#[derive(Debug)]
pub(super) struct Normalised {
    pub(super) text: String,
    /// For every byte of `text`: where the character behind it stands in the original.
    origins: Vec<u32>,
}

impl Normalised {
    /// The words of the original behind a stretch of the normalised text.
    pub(super) fn original<'t>(&self, original: &'t str, start: usize, end: usize) -> &'t str {
        let at = |index: usize| self.origins.get(index).and_then(|origin| usize::try_from(*origin).ok());
        let from = at(start).unwrap_or_default();
        let last = at(end.saturating_sub(1)).unwrap_or(from);
        let to = original.get(last..).and_then(|rest| rest.chars().next()).map_or(last, |character| last + character.len_utf8());
        original.get(from..to).unwrap_or_default()
    }

    fn push(&mut self, text: &str, origin: usize) {
        self.text.push_str(text);
        self.origins.resize(self.text.len(), u32::try_from(origin).unwrap_or(u32::MAX));
    }
}

/// Normalises a text. Blanks stand between all words; the end of a sentence is a word of its own, `.`, so that no
/// phrase reaches over it.
pub(super) fn normalise(text: &str) -> Normalised {
    let mut out = Normalised { text: String::with_capacity(text.len()), origins: Vec::with_capacity(text.len()) };
    let mut buffer = [0; 4];
    for (at, character) in text.char_indices() {
        match character {
            'a'..='z' | '0'..='9' | 'A'..='Z' => {
                // Nearly every character takes this way, so it is kept short.
                out.text.push(character.to_ascii_lowercase());
                out.origins.push(u32::try_from(at).unwrap_or(u32::MAX));
            }
            '\'' | '’' | '‘' | '`' if !out.text.ends_with(' ') && !out.text.is_empty() => out.push("'", at),
            // Zero-width characters and soft hyphens are not there for a reader.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '*' | '_' => {}
            '.' | '!' | '?' | ';' => {
                blank(&mut out, at);
                if !out.text.ends_with(". ") {
                    out.push(".", at);
                    out.push(" ", at);
                }
            }
            _ if character.is_alphanumeric() => match folded(character) {
                Some(plain) => out.push(plain, at),
                None => {
                    for lower in character.to_lowercase() {
                        out.push(lower.encode_utf8(&mut buffer), at);
                    }
                }
            },
            _ => blank(&mut out, at),
        }
    }
    out
}

fn blank(out: &mut Normalised, at: usize) {
    // A closing quotation mark is no apostrophe.
    if out.text.ends_with('\'') {
        out.text.pop();
        out.origins.pop();
    }
    if !out.text.is_empty() && !out.text.ends_with(' ') {
        out.push(" ", at);
    }
}

fn folded(character: char) -> Option<&'static str> {
    Some(match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' => "a",
        'ç' | 'Ç' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => "i",
        'ñ' | 'Ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => "o",
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => "u",
        'ÿ' | 'ý' => "y",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_look_the_same_however_they_are_typed() {
        for text in ["Coördinatie  één", "COÖRDI\u{ad}NATIE\néén", "*coordinatie* één"] {
            assert_eq!(normalise(text).text, "coordinatie een", "{text}");
        }
        assert_eq!(normalise("don’t. Stop!").text, "don't . stop . ");
        let normalised = normalise("een  ÉÉN");
        assert_eq!(normalised.original("een  ÉÉN", 4, 7), "ÉÉN");
    }
}
