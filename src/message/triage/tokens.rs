//! A mail as words and sentences, the way the grammar and the learned part look at it (domain.md section 6, rule b).

use std::ops::Range;

use super::hash::key;

/// Abbreviations after which a full stop ends nothing, and no longer word than this is one.
const LONGEST_INITIAL: usize = 1;
/// A line shorter than this was ended by its writer, a longer one by a mail program, in characters.
const WRAPPED_LINE: usize = 58;
/// Longest word, in bytes: what is longer is none, and looking up its pieces would take time by the square.
const LONGEST_WORD: usize = 40;
/// Who uses no full stops is read in stretches of so many words.
const LONGEST_SENTENCE: usize = 60;
/// No more words of a mail than this are judged: the rest says it again, and time is bounded.
const MOST_TOKENS: usize = 6_000;

/// One word or number.
#[derive(Debug)]
pub(super) struct Token {
    /// Lower case, without accents and apostrophes.
    pub(super) form: String,
    /// The form as a number, by which classes and patterns know it.
    pub(super) key: u64,
    /// Where it stands in the original, in bytes.
    pub(super) span: Range<usize>,
    /// Counts up at commas, brackets and the like.
    pub(super) clause: u32,
    /// Whether it began with a capital.
    pub(super) is_capital: bool,
}

/// One sentence: its words, and whether it asks.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub(super) tokens: Range<usize>,
    pub(super) asks: bool,
}

/// All of it.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) tokens: Vec<Token>,
    pub(super) sentences: Vec<Sentence>,
}

impl Reading {
    /// Splits a text. `abbreviations` are words after which a full stop ends no sentence.
    pub(super) fn of(text: &str, abbreviations: &[String]) -> Self {
        let mut reader = Reader { abbreviations, ..Reader::default() };
        let mut characters = text.char_indices().peekable();
        let mut before = ' ';
        while let Some((at, character)) = characters.next() {
            let next = characters.peek().map(|(_, next)| *next);
            reader.line = if character == '\n' { reader.line } else { reader.line + 1 };
            match character {
                '\'' | '’' | '‘' | '`' | '´' if before.is_alphanumeric() && next.is_some_and(char::is_alphanumeric) => {}
                // Zero-width characters and soft hyphens are not there for a reader.
                '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' => continue,
                '.' | ',' | ':' if before.is_ascii_digit() && next.is_some_and(|next| next.is_ascii_digit()) => {
                    reader.push('.', at, 1);
                }
                _ if character.is_alphanumeric() => reader.letter(character, at),
                _ => {
                    reader.end_word();
                    reader.mark(character, next);
                }
            }
            before = character;
            if reader.reading.tokens.len() >= MOST_TOKENS {
                break;
            }
        }
        reader.end_word();
        reader.end_sentence(false);
        reader.reading
    }

    /// The words of one sentence.
    pub(super) fn words(&self, sentence: &Sentence) -> &[Token] {
        self.tokens.get(sentence.tokens.clone()).unwrap_or_default()
    }
}

#[derive(Debug, Default)]
struct Reader<'a> {
    abbreviations: &'a [String],
    reading: Reading,
    form: String,
    span: Range<usize>,
    is_capital: bool,
    clause: u32,
    first: usize,
    /// Characters in this line so far.
    line: usize,
}

impl Reader<'_> {
    fn letter(&mut self, character: char, at: usize) {
        if self.form.is_empty() {
            self.is_capital = character.is_uppercase();
        }
        if character.is_ascii() {
            self.push(character.to_ascii_lowercase(), at, 1);
        } else if let Some(plain) = folded(character) {
            for letter in plain.chars() {
                self.push(letter, at, character.len_utf8());
            }
        } else if is_ideograph(character) {
            // Chinese writes no blanks: each sign stands as a word, and pairs of them are learned.
            self.end_word();
            self.push(character, at, character.len_utf8());
            self.end_word();
        } else {
            for lower in character.to_lowercase() {
                self.push(lower, at, character.len_utf8());
            }
        }
    }

    fn push(&mut self, letter: char, at: usize, length: usize) {
        if self.form.is_empty() {
            self.span.start = at;
        }
        if self.form.len() < LONGEST_WORD {
            self.form.push(letter);
        }
        self.span.end = at + length;
    }

    fn end_word(&mut self) {
        if !self.form.is_empty() {
            let form = std::mem::take(&mut self.form);
            self.reading.tokens.push(Token {
                key: key(&form),
                form,
                span: self.span.clone(),
                clause: self.clause,
                is_capital: self.is_capital,
            });
            if self.reading.tokens.len() - self.first >= LONGEST_SENTENCE {
                self.end_sentence(false);
            }
        }
    }

    fn mark(&mut self, character: char, next: Option<char>) {
        match character {
            '!' | '?' | '…' => self.end_sentence(character == '?'),
            '。' | '？' | '！' | '؟' => self.end_sentence(matches!(character, '？' | '؟')),
            '.' if next.is_none_or(char::is_whitespace) && !self.is_abbreviation() => self.end_sentence(false),
            '\n' => {
                if next.is_none_or(|next| next == '\n' || next == '\r') || self.line < WRAPPED_LINE {
                    self.end_sentence(false);
                }
                self.line = 0;
            }
            ',' | ';' | ':' | '(' | ')' | '"' | '“' | '”' | '„' | '–' | '—' | '-' | '>' | '/' => self.clause += 1,
            _ => {}
        }
    }

    fn is_abbreviation(&self) -> bool {
        self.reading.tokens.last().is_some_and(|token| {
            token.form.len() <= LONGEST_INITIAL && token.form.bytes().all(|byte| byte.is_ascii_alphabetic())
                || self.abbreviations.contains(&token.form)
        })
    }

    fn end_sentence(&mut self, asks: bool) {
        self.clause += 1;
        let end = self.reading.tokens.len();
        if end > self.first {
            self.reading.sentences.push(Sentence { tokens: self.first..end, asks });
            self.first = end;
        } else if asks && let Some(last) = self.reading.sentences.last_mut() {
            last.asks = true;
        }
    }
}

fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}')
}

fn folded(character: char) -> Option<&'static str> {
    Some(match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ą' | 'ă' | 'À' | 'Á' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'Ą' => "a",
        'ç' | 'ć' | 'č' | 'Ç' | 'Ć' | 'Č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ę' | 'ě' | 'È' | 'É' | 'Ê' | 'Ë' | 'Ę' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ı' | 'Ì' | 'Í' | 'Î' | 'Ï' | 'İ' => "i",
        'ł' | 'Ł' => "l",
        'ñ' | 'ń' | 'Ñ' | 'Ń' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'Ò' | 'Ó' | 'Ô' | 'Õ' | 'Ö' => "o",
        'ś' | 'š' | 'ş' | 'ș' | 'Ś' | 'Š' | 'Ş' => "s",
        'ğ' | 'Ğ' => "g",
        'ț' | 'ţ' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => "u",
        'ÿ' | 'ý' => "y",
        'ź' | 'ż' | 'ž' | 'Ź' | 'Ż' | 'Ž' => "z",
        'ß' => "ss",
        'œ' => "oe",
        'æ' => "ae",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_look_the_same_however_they_are_typed() {
        let reading = Reading::of("Dr. Stins kwam om 15.40 uur. Hij déed niets! Don’t\u{ad} ask?", &["dr".to_owned()]);
        let forms: Vec<_> = reading.tokens.iter().map(|token| token.form.as_str()).collect();
        assert_eq!(forms, ["dr", "stins", "kwam", "om", "15.40", "uur", "hij", "deed", "niets", "dont", "ask"]);
        assert_eq!(reading.sentences.len(), 3);
        assert!(reading.sentences[2].asks);
    }

    #[test]
    fn a_very_long_mail_is_read_up_to_a_bound() {
        assert_eq!(Reading::of(&"en ".repeat(20_000), &[]).tokens.len(), MOST_TOKENS);
    }
}
