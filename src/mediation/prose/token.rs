//! The pieces of a text.

use std::ops::Range;

use crate::mediation::vocabulary::plain;

/// What a piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Letters, with the hyphens and apostrophes between them.
    Word,
    /// Digits.
    Number,
    /// A mail address.
    Address,
    /// One other character.
    Sign,
    /// The end of a line.
    Break,
}

/// One piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: Kind,
    /// As it is compared: lower case, without accents.
    pub plain: String,
    /// As written.
    pub text: String,
    /// Its place in the text, in bytes.
    pub span: Range<usize>,
}

impl Token {
    /// The number, if it is one that fits.
    pub fn number(&self) -> Option<u32> {
        (self.kind == Kind::Number).then(|| self.plain.parse().ok()).flatten()
    }

    /// Whether it is this sign.
    pub fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign && self.text.starts_with(sign)
    }

    /// Whether nothing stands between this piece and the next one.
    pub fn touches(&self, next: &Self) -> bool {
        self.span.end == next.span.start
    }

    /// Whether a word begins with a capital.
    pub fn is_capitalised(&self) -> bool {
        self.kind == Kind::Word && self.text.chars().next().is_some_and(char::is_uppercase)
    }
}

/// Takes a text apart. Blanks and invisible marks separate and are left out.
pub fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let rest = text.get(at..).unwrap_or_default();
        let (kind, length) = if c == '\n' {
            (Kind::Break, 1)
        } else if c.is_alphanumeric()
            && let Some(length) = address_length(rest)
        {
            (Kind::Address, length)
        } else if c.is_ascii_digit() {
            (Kind::Number, rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()))
        } else if c.is_alphabetic() {
            (Kind::Word, word_length(rest))
        } else if is_separator(c) {
            at += c.len_utf8();
            continue;
        } else {
            (Kind::Sign, c.len_utf8())
        };
        let piece = rest.get(..length).unwrap_or_default();
        let compared = if kind == Kind::Word { plain(piece) } else { piece.to_lowercase() };
        tokens.push(Token { kind, plain: compared, text: piece.to_owned(), span: at..at + length });
        at += length.max(1);
    }
    tokens
}

fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{2060}' | '\u{ad}')
}

/// Letters, and what joins letters: a hyphen or an apostrophe with a letter behind it.
fn word_length(rest: &str) -> usize {
    let mut chars = rest.char_indices().peekable();
    let mut end = 0;
    while let Some((at, c)) = chars.next() {
        let is_mark = unicode_normalization::char::is_combining_mark(c);
        let joins =
            matches!(c, '-' | '\'' | '’' | '\u{2010}' | '\u{2011}') && chars.peek().is_some_and(|(_, next)| next.is_alphabetic());
        if !c.is_alphabetic() && !is_mark && !joins {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

/// How long the mail address is that begins here, if one does: without the dot that ends its sentence.
fn address_length(rest: &str) -> Option<usize> {
    let in_local = |c: char| c.is_alphanumeric() || "._%+-'".contains(c);
    let at = rest.find(|c: char| !in_local(c)).filter(|at| rest.get(*at..).is_some_and(|tail| tail.starts_with('@')))?;
    let domain = rest.get(at + 1..)?;
    let end = domain.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(domain.len());
    let domain = domain.get(..end)?.trim_end_matches(['.', '-']);
    (domain.contains('.') && !domain.is_empty()).then_some(at + 1 + domain.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> Vec<String> {
        tokens(text).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn a_text_is_taken_apart_at_letters_digits_and_signs() {
        assert_eq!(pieces("Do 3-12 om 14u30."), ["Do", "3", "-", "12", "om", "14", "u", "30", "."]);
        assert_eq!(pieces("mw. Jansen-Blok (zo'n kamer)"), ["mw", ".", "Jansen-Blok", "(", "zo'n", "kamer", ")"]);
    }

    #[test]
    fn an_address_is_one_piece_without_the_dot_of_its_sentence() {
        assert_eq!(pieces("aan Bert, b.visser@zorg.example."), ["aan", "Bert", ",", "b.visser@zorg.example", "."]);
        assert_eq!(pieces("prijs 3@4")[1..], ["3", "@", "4"]);
    }

    #[test]
    fn words_are_compared_without_capitals_and_accents() {
        assert_eq!(tokens("Patiënt")[0].plain, "patient");
        assert_eq!(tokens("’s middags")[0].text, "’");
    }
}
