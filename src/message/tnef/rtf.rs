//! Compressed RTF and the words in it (MS-OXRTFCP, MS-OXRTFEX).

/// What the dictionary holds before the first byte (MS-OXRTFCP section 2.1.2.1).
const DICTIONARY: &[u8] = b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \
\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
/// M110: no more than this comes out, in bytes.
const LONGEST: usize = 2 * 1024 * 1024;
/// Groups nested deeper than this are read as the last one that counts.
const DEEPEST: usize = 200;

/// Words, or the page that Outlook hid in the RTF.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Text {
    Plain(String),
    Html(String),
}

/// RTF as it was before it was compressed; `None` for what is none. What was cut off is given as far as it goes.
pub(super) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let kind = bytes.get(8..12)?;
    let mut rest = bytes.get(16..)?;
    if kind == b"MELA" {
        return Some(rest.get(..rest.len().min(LONGEST))?.to_vec());
    }
    if kind != b"LZFu" {
        return None;
    }
    let mut window = [0_u8; 4096];
    let mut write = DICTIONARY.len();
    window.get_mut(..write)?.copy_from_slice(DICTIONARY);
    let mut out = Vec::new();
    while let Some((control, after)) = rest.split_first() {
        rest = after;
        for bit in 0..8 {
            let mut put = |byte: u8, out: &mut Vec<u8>| {
                out.push(byte);
                if let Some(place) = window.get_mut(write) {
                    *place = byte;
                }
                write = (write + 1) % 4096;
            };
            if control & (1 << bit) == 0 {
                let Some((byte, after)) = rest.split_first() else { return Some(out) };
                rest = after;
                put(*byte, &mut out);
                continue;
            }
            let [high, low, after @ ..] = rest else { return Some(out) };
            rest = after;
            let reference = usize::from(*high) << 8 | usize::from(*low);
            let (from, length) = (reference >> 4, (reference & 0xf) + 2);
            // A reference to the place of writing is the end (MS-OXRTFCP section 2.2.2).
            if from == write {
                return Some(out);
            }
            for step in 0..length {
                let byte = window.get((from + step) % 4096).copied().unwrap_or_default();
                out.push(byte);
                if let Some(place) = window.get_mut(write) {
                    *place = byte;
                }
                write = (write + 1) % 4096;
            }
            if out.len() > LONGEST {
                return Some(out);
            }
        }
    }
    Some(out)
}

/// What a group of RTF does with its words.
#[derive(Clone, Copy, Default)]
struct Group {
    /// Tables of fonts and colours, pictures, and what this reader does not know.
    is_hidden: bool,
    /// A piece of the page that was made into this RTF (MS-OXRTFEX section 2.1.3).
    is_html_tag: bool,
    /// Formatting that the page does not have (`\htmlrtf`).
    is_for_rtf_only: bool,
}

/// The words of an RTF, or the page it was made from.
pub(super) fn read(bytes: &[u8]) -> Text {
    let is_html = memchr::memmem::find(bytes.get(..bytes.len().min(400)).unwrap_or_default(), b"\\fromhtml").is_some();
    let mut words = Words { out: Vec::new(), is_html, groups: vec![Group::default()], skip: 0 };
    let mut rest = bytes;
    while let Some((byte, after)) = rest.split_first() {
        rest = match byte {
            b'{' => {
                let group = words.group();
                if words.groups.len() < DEEPEST {
                    words.groups.push(group);
                }
                after
            }
            b'}' => {
                if words.groups.len() > 1 {
                    words.groups.pop();
                }
                after
            }
            b'\\' => words.control(after),
            b'\r' | b'\n' => after,
            _ => {
                words.push(&[*byte]);
                after
            }
        };
    }
    let text = crate::message::charset::to_text(words.out, Some("utf-8")).value;
    if is_html { Text::Html(text) } else { Text::Plain(text) }
}

struct Words {
    out: Vec<u8>,
    is_html: bool,
    groups: Vec<Group>,
    /// Characters that stand in for a `\u` before them.
    skip: usize,
}

impl Words {
    fn group(&self) -> Group {
        self.groups.last().copied().unwrap_or_default()
    }

    fn change(&mut self, change: impl FnOnce(&mut Group)) {
        if let Some(last) = self.groups.last_mut() {
            change(last);
        }
    }

    fn push(&mut self, bytes: &[u8]) {
        if self.skip > 0 {
            self.skip -= 1;
            return;
        }
        let group = self.group();
        if !(group.is_hidden || (self.is_html && group.is_for_rtf_only)) {
            self.out.extend_from_slice(bytes);
        }
    }

    /// A control word or sign; gives what follows it.
    fn control<'r>(&mut self, rest: &'r [u8]) -> &'r [u8] {
        let Some((first, after)) = rest.split_first() else { return &[] };
        if *first == b'\'' {
            let code = after.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
            if let Some(code) = code {
                self.push(crate::message::charset::windows_1252(&[code]).as_bytes());
            }
            return after.get(2..).unwrap_or_default();
        }
        if !first.is_ascii_alphabetic() {
            match first {
                b'\\' | b'{' | b'}' => self.push(&[*first]),
                b'~' => self.push(b" "),
                b'*' => self.ignorable(after),
                _ => {}
            }
            return after;
        }
        let letters = rest.iter().take(32).take_while(|byte| byte.is_ascii_alphabetic()).count();
        let (word, after) = rest.split_at_checked(letters).unwrap_or((rest, &[]));
        let digits = after
            .iter()
            .take(11)
            .enumerate()
            .take_while(|(at, byte)| byte.is_ascii_digit() || (*at == 0 && **byte == b'-'))
            .count();
        let (number, after) = after.split_at_checked(digits).unwrap_or((&[], after));
        let number: Option<i32> = std::str::from_utf8(number).ok().and_then(|number| number.parse().ok());
        self.word(word, number);
        after.strip_prefix(b" ").unwrap_or(after)
    }

    /// `{\*\…`: what a reader that does not know it leaves out.
    fn ignorable(&mut self, after: &[u8]) {
        let is_html_tag = after.starts_with(b"\\htmltag");
        self.change(|group| {
            group.is_html_tag = is_html_tag;
            group.is_hidden |= !is_html_tag;
        });
    }

    fn word(&mut self, word: &[u8], number: Option<i32>) {
        match word {
            b"par" | b"line" | b"row" if !(self.is_html && self.group().is_html_tag) => self.push(b"\n"),
            b"tab" | b"cell" => self.push(b"\t"),
            b"u" => {
                let code = number
                    .map_or(0xfffd, |code| u32::from_ne_bytes((if code < 0 { code + 0x1_0000 } else { code }).to_ne_bytes()));
                let mut buffer = [0; 4];
                self.push(char::from_u32(code).unwrap_or('\u{fffd}').encode_utf8(&mut buffer).as_bytes());
                self.skip = 1;
            }
            b"htmlrtf" => self.change(|group| group.is_for_rtf_only = number != Some(0)),
            b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"header" | b"footer" | b"object" => {
                self.change(|group| group.is_hidden = true);
            }
            b"lquote" => self.push("‘".as_bytes()),
            b"rquote" => self.push("’".as_bytes()),
            b"ldblquote" => self.push("“".as_bytes()),
            b"rdblquote" => self.push("”".as_bytes()),
            b"endash" => self.push("–".as_bytes()),
            b"emdash" => self.push("—".as_bytes()),
            b"bullet" => self.push("•".as_bytes()),
            _ => {}
        }
    }
}
