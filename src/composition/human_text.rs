//! What a person wrote, made safe to stand in a letter: the only types of text that letter facts may hold.
//!
//! Nothing here escapes for HTML or for headers, since that depends on the place; those places escape
//! everything they are given. What is removed here is harmful in every place: control characters, NUL,
//! line breaks where there is one line, and bidirectional overrides, which make a reader see another
//! order than was sent (M80, M137, M149).

use serde::Serialize;

/// Longest line in characters: more than any real name or subject needs.
const LONGEST_LINE: usize = 200;

/// Longest name that is used to greet somebody.
const LONGEST_NAME: usize = 60;

/// One line of text: no line break, no control character, no runs of blanks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Line(String);

impl Line {
    /// Cleans a text into one line; what is too long is cut and ends in an ellipsis.
    pub fn new(text: &str) -> Self {
        if is_clean(text) {
            return Self(text.to_owned());
        }
        let mut line = String::with_capacity(text.len().min(LONGEST_LINE * 4));
        let mut blank = true;
        for (count, c) in text.chars().filter(|c| !is_hidden(*c)).enumerate() {
            if count == LONGEST_LINE {
                line.push('…');
                break;
            }
            if c.is_whitespace() || c.is_control() {
                if !blank {
                    line.push(' ');
                }
                blank = true;
            } else {
                line.push(c);
                blank = false;
            }
        }
        line.truncate(line.trim_end().len());
        Self(line)
    }

    /// The name by which a letter greets somebody, if this text can be one.
    ///
    /// A forged sender may put an advertisement in the display name, and our letter would carry it to
    /// whoever owns the address (M21). What looks like an address or a link is no name.
    pub fn greeting(name: &str) -> Option<Self> {
        let line = Self::new(name);
        let is_link = |word: &str| {
            let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
            // "A.M.de" is a name, "www.x.example" is not: initials have one letter.
            inner.rsplit_once('.').is_some_and(|(before, after)| {
                after.chars().count() > 1 && before.split('.').any(|label| label.chars().count() > 1)
            })
        };
        let unlike_a_name = |c: char| "@/\\:<>{}[]|=&%#*_`".contains(c) || c.is_numeric();
        let is_name = line.0.chars().any(char::is_alphabetic)
            && line.0.chars().count() <= LONGEST_NAME
            && !line.0.contains(unlike_a_name)
            && !line.0.split(' ').any(is_link);
        is_name.then_some(line)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Line {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

/// Several lines, as a person wrote them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words(String);

impl Words {
    /// Cleans a text; line breaks stay, at most two empty lines in a row. Gives the words and whether they
    /// had to be cut to fit `budget`, in bytes after escaping for HTML: the officer's notice must stay under
    /// the 100 kB at which Gmail clips (M142).
    pub fn new(text: &str, budget: usize) -> (Self, bool) {
        let mut words = String::with_capacity(text.len().min(budget));
        let mut spent = 0;
        let mut breaks = 0;
        let mut rest = text;
        loop {
            // Most of a text costs one byte a letter and needs no look at each.
            let run = rest.bytes().position(|byte| !is_ordinary(byte)).unwrap_or(rest.len()).min(budget - spent);
            if let Some((ordinary, behind)) = rest.split_at_checked(run).filter(|_| run > 0) {
                words.push_str(ordinary);
                spent += run;
                if ordinary.bytes().any(|byte| byte != b' ') {
                    breaks = 0;
                }
                rest = behind;
            }
            let mut characters = rest.chars();
            let Some(c) = characters.next() else { break };
            rest = characters.as_str();
            if is_hidden(c) {
                continue;
            }
            let c = match c {
                '\r' => {
                    if rest.trim_start_matches(is_hidden).starts_with('\n') {
                        continue;
                    }
                    '\n'
                }
                '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
                '\t' => ' ',
                other => other,
            };
            if c.is_control() && c != '\n' {
                continue;
            }
            if c == '\n' {
                words.truncate(words.trim_end_matches(' ').len());
                breaks += 1;
                if breaks > 3 || words.is_empty() {
                    continue;
                }
            } else if c != ' ' {
                breaks = 0;
            }
            spent += cost(c);
            if spent > budget {
                words.push('…');
                return (Self(words), true);
            }
            words.push(c);
        }
        words.truncate(words.trim_end().len());
        (Self(words), false)
    }

    /// The text, lines ended by LF.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Most lines are clean already, and need no look at each character.
fn is_clean(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= LONGEST_LINE
        && bytes.iter().all(|byte| matches!(byte, b' '..=b'~'))
        && !text.starts_with(' ')
        && !text.ends_with(' ')
        && !text.contains("  ")
}

/// Printable ASCII that costs one byte in HTML as well.
fn is_ordinary(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && !matches!(byte, b'&' | b'\'' | b'<' | b'>' | b'"')
}

/// Bytes that a character takes in the HTML part, before the transfer encoding.
fn cost(c: char) -> usize {
    match c {
        '&' | '\'' => 5,
        '<' | '>' | '\n' => 4,
        '"' => 6,
        other => other.len_utf8(),
    }
}

/// Characters that a reader can not see and that change what is seen: bidirectional embeddings, overrides
/// and isolates (UAX 9), zero-width blanks, the byte order mark, interlinear marks and tag characters.
/// Joiners stay: Persian and emoji need them.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' | '\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_line_breaks_becomes_one_line() {
        assert_eq!(Line::new(" Jan\r\nBcc: x@y.example\u{2028}de\0 Boer\t ").as_str(), "Jan Bcc: x@y.example de Boer");
        assert_eq!(Line::new("\u{202e}reob").as_str(), "reob");
    }

    #[test]
    fn people_are_greeted_by_their_name_and_never_by_an_advertisement() {
        for name in ["Jan de Boer", "J.A.M. van den Berg", "Ö. Çelik-O'Neill", "A.M.de Wit", "Мария", "王小明"] {
            assert!(Line::greeting(name).is_some(), "{name}");
        }
        for name in
            ["", "jan@boer.example", "Win at casino.example", "http://x.example", "Jan 06-12345678", "www.x.example now", "..."]
        {
            assert!(Line::greeting(name).is_none(), "{name}");
        }
    }

    #[test]
    fn words_keep_their_lines_and_lose_what_nobody_sees() {
        let (words, shortened) = Words::new("\r\n een\r\n\r\n\r\n\r\n\r\ntwee \rdrie\u{7}\u{202e}\u{2028}vier  \n\n", 1000);
        assert_eq!(words, Words(" een\n\n\ntwee\ndrie\nvier".to_owned()));
        assert!(!shortened);
    }

    #[test]
    fn long_words_are_cut_by_what_they_cost_in_html() {
        let (words, shortened) = Words::new(&"<".repeat(1000), 400);
        assert_eq!(words.0.chars().filter(|c| *c == '<').count(), 100);
        assert!(shortened);
    }
}
