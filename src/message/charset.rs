//! Transfer encodings and character sets: whatever comes, text comes out (M94).

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use mail_parser::decoders::charsets::map::charset_decoder;

/// So many bytes are looked at to tell a character set.
const LONGEST_SAMPLE: usize = 64 * 1024;

/// Text, and whether something had to be guessed or replaced.
#[derive(Debug)]
pub(super) struct Decoded<T> {
    pub(super) value: T,
    pub(super) was_broken: bool,
}

/// Undoes `Content-Transfer-Encoding` (RFC 2045 section 6), as far as it can be undone.
pub(super) fn transfer_decode(bytes: &[u8], encoding: &str) -> Decoded<Vec<u8>> {
    if encoding.eq_ignore_ascii_case("base64") {
        base64(bytes)
    } else if encoding.eq_ignore_ascii_case("quoted-printable") {
        quoted_printable(bytes)
    } else {
        Decoded { value: bytes.to_vec(), was_broken: false }
    }
}

/// Size after decoding, without the memory for it.
pub(super) fn decoded_size(bytes: &[u8], encoding: &str) -> usize {
    if encoding.eq_ignore_ascii_case("base64") {
        // Without branches the compiler counts many bytes at a time; attachments are long.
        let counts = |byte: &u8| usize::from(byte.is_ascii_alphanumeric() | matches!(byte, b'+' | b'-' | b'/' | b'_'));
        bytes.iter().map(counts).sum::<usize>() * 3 / 4
    } else if encoding.eq_ignore_ascii_case("quoted-printable") {
        quoted_printable(bytes).value.len()
    } else {
        bytes.len()
    }
}

fn sextet(byte: u8) -> Option<u32> {
    match byte {
        b'A'..=b'Z' => Some(u32::from(byte - b'A')),
        b'a'..=b'z' => Some(u32::from(byte - b'a') + 26),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 52),
        b'+' | b'-' => Some(62),
        b'/' | b'_' => Some(63),
        _ => None,
    }
}

fn base64(bytes: &[u8]) -> Decoded<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    let (mut group, mut filled, mut strangers) = (0u32, 0u8, 0usize);
    for byte in bytes {
        match sextet(*byte) {
            Some(bits) => {
                group = (group << 6) | bits;
                filled += 1;
                if filled == 4 {
                    out.extend_from_slice(group.to_be_bytes().get(1..).unwrap_or_default());
                    (group, filled) = (0, 0);
                }
            }
            None if matches!(byte, b'\r' | b'\n' | b'=') => {}
            None => strangers += 1,
        }
    }
    match filled {
        2 => out.push(u8::try_from((group >> 4) & 0xff).unwrap_or_default()),
        3 => out.extend_from_slice((group << 6).to_be_bytes().get(1..3).unwrap_or_default()),
        _ => {}
    }
    // Words with blanks between them were never encoded: people's text is worth more than the label.
    if strangers > bytes.len() / 20 {
        return Decoded { value: bytes.to_vec(), was_broken: true };
    }
    Decoded { value: out, was_broken: strangers > 0 || filled == 1 }
}

fn quoted_printable(bytes: &[u8]) -> Decoded<Vec<u8>> {
    let hex = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16)).and_then(|digit| u8::try_from(digit).ok());
    let mut out = Vec::with_capacity(bytes.len());
    let mut was_broken = false;
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = memchr::memchr(b'=', rest).unwrap_or(rest.len());
        out.extend_from_slice(rest.get(..plain).unwrap_or_default());
        at += plain;
        if plain == rest.len() {
            break;
        }
        if let (Some(high), Some(low)) = (hex(bytes.get(at + 1)), hex(bytes.get(at + 2))) {
            out.push((high << 4) | low);
            at += 3;
            continue;
        }
        // A soft line break may carry blanks that were added on the way (RFC 2045 section 6.7, rule 3). The look
        // ahead is bounded, so that hostile input stays linear (M102).
        let blanks =
            bytes.get(at + 1..).unwrap_or_default().iter().take(80).take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
        match bytes.get(at + 1 + blanks) {
            Some(b'\n') => at += blanks + 2,
            None => at += blanks + 1,
            Some(_) => {
                was_broken = true;
                out.push(b'=');
                at += 1;
            }
        }
    }
    Decoded { value: out, was_broken }
}

/// Bytes to text by M94: UTF-16 where it is marked, UTF-8 where it is valid, then the label, then windows-1252.
pub(super) fn to_text(bytes: Vec<u8>, label: Option<&str>) -> Decoded<String> {
    let label = label.map(|label| label.trim().to_ascii_lowercase()).unwrap_or_default();
    // These are valid UTF-8 or ASCII to look at, and mean something else.
    let shifts = ["iso-2022", "utf-7", "unicode-1-1-utf-7", "utf-16", "utf16", "utf-32", "hz-gb", "ucs-2", "unicode"];
    if shifts.iter().any(|name| label.starts_with(name))
        && let Some(decode) = charset_decoder(label.as_bytes())
    {
        let value = decode(&bytes);
        let was_broken = value.contains('\u{fffd}');
        return Decoded { value, was_broken };
    }
    // A byte order mark says more than a label.
    if let [0xff, 0xfe, ..] | [0xfe, 0xff, ..] = bytes.as_slice()
        && let Some(decode) = charset_decoder(if bytes.first() == Some(&0xff) { b"utf-16le" } else { b"utf-16be" })
    {
        let value = decode(bytes.get(2..).unwrap_or_default());
        let was_broken = value.contains('\u{fffd}');
        return Decoded { value, was_broken };
    }
    let bytes = match String::from_utf8(bytes) {
        Ok(value) => return Decoded { value, was_broken: false },
        Err(error) => error.into_bytes(),
    };
    let says_utf8 = label.is_empty() || label.starts_with("utf") || label.contains("ascii");
    match charset_decoder(label.as_bytes()) {
        Some(decode) if !says_utf8 => {
            let value = decode(&bytes);
            let was_broken = value.contains('\u{fffd}');
            Decoded { value, was_broken }
        }
        // Mostly UTF-8 with a few broken places is still UTF-8; anything else is an old code page.
        _ => {
            let lossy = String::from_utf8_lossy(&bytes);
            let broken = lossy.chars().filter(|c| *c == '\u{fffd}').count();
            let foreign = lossy.chars().filter(|c| !c.is_ascii()).count();
            let value = if broken * 2 < foreign { lossy.into_owned() } else { guessed(&bytes) };
            Decoded { value, was_broken: true }
        }
    }
}

/// Text in a character set that nobody named. Most mail to a Dutch desk is Western; other letters show themselves.
fn guessed(bytes: &[u8]) -> String {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes.get(..bytes.len().min(LONGEST_SAMPLE)).unwrap_or_default(), true);
    detector.guess(Some(b"nl"), Utf8Detection::Deny).decode_without_bom_handling(bytes).0.into_owned()
}

/// The code page that mail without a true label was written in.
pub(super) fn windows_1252(bytes: &[u8]) -> String {
    match charset_decoder(b"windows-1252") {
        Some(decode) => decode(bytes),
        None => String::from_utf8_lossy(bytes).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], label: Option<&str>, text: &str, was_broken: bool) {
        let decoded = to_text(bytes.to_vec(), label);
        assert_eq!((decoded.value.as_str(), decoded.was_broken), (text, was_broken), "{label:?}");
    }

    #[test]
    fn a_false_charset_ends_in_text() {
        check("één".as_bytes(), Some("iso-8859-1"), "één", false);
        check(b"\xe9\xe9n \x80", Some("iso-8859-1"), "één €", false);
        check(b"\xe9\xe9n", Some("utf-8"), "één", true);
        check(b"\xe9\xe9n", Some("x-unheard-of"), "één", true);
        check(
            "Жалоба на врача: никто не пришёл, я ждал весь день.".as_bytes(),
            None,
            "Жалоба на врача: никто не пришёл, я ждал весь день.",
            false,
        );
        let cyrillic = b"\xc6\xe0\xeb\xee\xe1\xe0 \xed\xe0 \xe2\xf0\xe0\xf7\xe0: \xed\xe8\xea\xf2\xee \xed\xe5 \xef\xf0\xe8\xf8\xb8\xeb, \xff \xe6\xe4\xe0\xeb \xe2\xe5\xf1\xfc \xe4\xe5\xed\xfc.";
        check(cyrillic, None, "Жалоба на врача: никто не пришёл, я ждал весь день.", true);
        check(b"Ik wacht al \x91drie weken\x92 op de co\xf6rdinator", None, "Ik wacht al ‘drie weken’ op de coördinator", true);
        check(b"\xff\xfeH\0o\0i\0", None, "Hoi", false);
        check(b"\xc7\xd1\xb1\xdb", Some("ks_c_5601-1987"), "한글", false);
        check(b"caf\xe9 \x80 5", Some("us-ascii"), "café € 5", true);
        check(b"Hi Mom -+Jjo--!", Some("utf-7"), "Hi Mom -☺-!", false);
    }

    #[test]
    fn broken_encodings_keep_the_words() {
        let decoded = transfer_decode(b"Dit is geen base64, maar gewoon tekst.", "BASE64");
        assert!(decoded.was_broken);
        assert_eq!(decoded.value, b"Dit is geen base64, maar gewoon tekst.");
        let decoded = transfer_decode(b"50=% en =C3=A9=\r\nn =", "quoted-printable");
        assert_eq!(String::from_utf8(decoded.value).unwrap(), "50=% en én ");
        assert!(decoded.was_broken);
        assert_eq!(transfer_decode(b"SGFs\r\nbG8=", "base64").value, b"Hallo");
    }
}
