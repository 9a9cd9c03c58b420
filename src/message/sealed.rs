//! Signed and encrypted content, read without trusting it (M107).
//!
//! No signature is checked here: who wrote a mail is the mail server's word (M72). Only the words are taken out.

/// Object identifier of signed data, 1.2.840.113549.1.7.2 (RFC 5652 section 5.1).
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
/// Pieces that a signed text may be cut into.
const MOST_PIECES: usize = 100_000;

/// What a `smime.p7m` turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Envelope {
    /// The mail that was signed.
    Signed(Vec<u8>),
    /// Encrypted, or nothing that can be read.
    Sealed,
}

/// Unwraps opaque signed content: ContentInfo, SignedData, EncapsulatedContentInfo (RFC 5652 sections 3 and 5), in DER
/// or in BER with lengths left open, as Outlook and OpenSSL stream it.
pub(super) fn open(bytes: &[u8]) -> Envelope {
    signed_content(bytes).map_or(Envelope::Sealed, Envelope::Signed)
}

fn signed_content(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut info = Ber(bytes).enter(0x30)?;
    let (tag, kind) = info.next()?;
    if tag != 0x06 || kind != SIGNED_DATA {
        return None;
    }
    let mut signed = info.enter(0xa0)?.enter(0x30)?;
    signed.next().filter(|(tag, _)| *tag == 0x02)?;
    signed.skip_open(0x31)?;
    let mut content = signed.enter(0x30)?;
    content.next().filter(|(tag, _)| *tag == 0x06)?;
    let mut wrapped = content.enter(0xa0)?;
    if let Some((0x04, whole)) = wrapped.clone().next() {
        return Some(whole.to_vec());
    }
    let mut pieces = wrapped.enter(0x24)?;
    let mut out = Vec::new();
    for _ in 0..MOST_PIECES {
        match pieces.next() {
            Some((0x04, piece)) => out.extend_from_slice(piece),
            _ => break,
        }
    }
    (!out.is_empty()).then_some(out)
}

/// A stretch of BER (X.690 section 8) that is read from the front.
#[derive(Clone)]
struct Ber<'a>(&'a [u8]);

impl<'a> Ber<'a> {
    /// Tag, length where it is given, and where the content begins.
    fn head(&self) -> Option<(u8, Option<usize>, usize)> {
        let (tag, first) = (*self.0.first()?, *self.0.get(1)?);
        let octets = usize::from(first & 0x7f);
        if first < 0x80 {
            return Some((tag, Some(octets), 2));
        }
        if octets == 0 {
            return Some((tag, None, 2));
        }
        let length = self.0.get(2..2 + octets).filter(|_| octets <= 4)?;
        let length = length.iter().fold(0_usize, |sum, byte| (sum << 8) | usize::from(*byte));
        Some((tag, Some(length), 2 + octets))
    }

    /// The next value of known length; a value that was cut off is given as far as it goes.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, length, start) = self.head()?;
        let end = start.checked_add(length?)?.min(self.0.len());
        let value = self.0.get(start..end)?;
        self.0 = self.0.get(end..).unwrap_or_default();
        Some((tag, value))
    }

    /// What is inside the next value, which must have this tag. What follows it is reached by no one.
    fn enter(&mut self, wanted: u8) -> Option<Ber<'a>> {
        let (tag, length, start) = self.head()?;
        if tag != wanted {
            return None;
        }
        let end = length.and_then(|length| start.checked_add(length)).map_or(self.0.len(), |end| end.min(self.0.len()));
        self.0.get(start..end).map(Ber)
    }

    /// Passes over a value, also one whose length is left open and that holds values of known length.
    fn skip_open(&mut self, wanted: u8) -> Option<()> {
        let (tag, length, start) = self.head()?;
        if tag != wanted {
            return None;
        }
        if length.is_some() {
            return self.next().map(|_| ());
        }
        let mut inside = Ber(self.0.get(start..)?);
        for _ in 0..64 {
            if inside.0.starts_with(&[0, 0]) {
                self.0 = inside.0.get(2..)?;
                return Some(());
            }
            inside.next()?;
        }
        None
    }
}

/// Text with its PGP armour taken off (RFC 9580 sections 6.2 and 7), and whether some of it is encrypted.
pub(super) fn without_armour(text: String) -> (String, bool) {
    if !text.contains("-----BEGIN PGP ") {
        return (text, false);
    }
    let mut out = String::with_capacity(text.len());
    let mut is_encrypted = false;
    let mut state = Armour::Outside;
    for line in text.lines() {
        let bare = line.trim_end();
        state = match state {
            Armour::Outside if bare == "-----BEGIN PGP SIGNED MESSAGE-----" => Armour::Header,
            Armour::Outside | Armour::Signed if bare == "-----BEGIN PGP SIGNATURE-----" => Armour::Block,
            Armour::Outside if bare == "-----BEGIN PGP PUBLIC KEY BLOCK-----" => Armour::Block,
            Armour::Outside if bare == "-----BEGIN PGP MESSAGE-----" => {
                is_encrypted = true;
                Armour::Block
            }
            Armour::Header if bare.is_empty() => Armour::Signed,
            Armour::Block if bare.starts_with("-----END PGP ") => Armour::Outside,
            state @ (Armour::Outside | Armour::Signed) => {
                // Lines that begin with a dash were given another one (RFC 9580 section 7.2).
                let line = if state == Armour::Signed { line.strip_prefix("- ").unwrap_or(line) } else { line };
                out.push_str(line);
                out.push('\n');
                state
            }
            state @ (Armour::Header | Armour::Block) => state,
        };
    }
    // M101: an armour that nobody closed hides nothing.
    if out.trim().is_empty() && !is_encrypted { (text, false) } else { (out, is_encrypted) }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Armour {
    Outside,
    /// "Hash: SHA256" and the like, above a signed text.
    Header,
    Signed,
    /// Letters that are no words.
    Block,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_text_comes_out_without_its_armour() {
        let armoured = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nMijn klacht.\n- -- \nJan\n-----BEGIN PGP \
                        SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\nonder\n";
        assert_eq!(without_armour(armoured.to_owned()), ("Mijn klacht.\n-- \nJan\nonder\n".to_owned(), false));
        let sealed = "Zie onder.\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n-----END PGP MESSAGE-----\n";
        assert_eq!(without_armour(sealed.to_owned()), ("Zie onder.\n".to_owned(), true));
        let torn = "-----BEGIN PGP SIGNATURE-----\nmijn klacht";
        assert_eq!(without_armour(torn.to_owned()), (torn.to_owned(), false));
    }

    #[test]
    fn what_is_no_signed_data_stays_sealed() {
        for bytes in [&b""[..], b"\x30", b"\x30\x80", b"\x30\x84\xff\xff\xff\xff\x06", b"\x30\x03\x06\x01\x00"] {
            assert_eq!(open(bytes), Envelope::Sealed);
        }
    }
}
