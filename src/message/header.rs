//! Header fields: split by ourselves with limits, their values read by mail-parser (RFC 5322 section 2.2).

use std::borrow::Cow;

use chrono::DateTime;
use mail_parser::{HeaderValue, parsers::MessageStream};

use crate::model::{Instant, MessageId};

/// M110: no field is read beyond this many bytes.
const LONGEST_FIELD: usize = 32 * 1024;
/// M110: all fields of one header together.
const LONGEST_HEADER: usize = 256 * 1024;
/// More ids than this in one field come from a machine that never trims them.
const MOST_IDS: usize = 200;

/// One field as it stands in the mail.
#[derive(Debug)]
struct Field<'a> {
    name: &'a [u8],
    /// The value with its folds and at least one line end, which the field readers need.
    value: Cow<'a, [u8]>,
}

/// An address as the mail gives it, not yet proved to be one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct RawAddress {
    pub(super) name: Option<String>,
    pub(super) address: Option<String>,
}

/// A media type with its parameters, all names in lower case.
#[derive(Clone, Debug, Default)]
pub(super) struct MediaType {
    /// `type/subtype`, or the bare disposition word.
    pub(super) name: String,
    parameters: Vec<(String, String)>,
}

impl MediaType {
    /// A type without parameters.
    pub(super) fn plain(name: &str) -> Self {
        Self { name: name.to_owned(), parameters: Vec::new() }
    }

    /// The value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// The header of a mail or of one of its parts.
#[derive(Debug, Default)]
pub(super) struct Headers<'a> {
    fields: Vec<Field<'a>>,
    /// A field, or the whole header, was cut.
    pub(super) was_cut: bool,
    /// Bytes outside ASCII stood in a field.
    pub(super) has_eight_bit: bool,
    /// NUL bytes stood in a field.
    pub(super) has_nul: bool,
}

impl<'a> Headers<'a> {
    /// Reads the fields at the start of `bytes`; the second value is where the body begins.
    ///
    /// M114: a leading mbox `From ` line is passed over, and a line that can be no field ends the header even
    /// where the empty line is missing.
    pub(super) fn split(bytes: &'a [u8]) -> (Self, usize) {
        let mut headers = Self::default();
        let mut at = 0;
        let mut kept = 0;
        let mut field: Option<(&'a [u8], usize)> = None;
        let mut first = true;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            let length = memchr::memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            let line = rest.get(..length).unwrap_or_default();
            let is_empty = line.iter().all(|byte| matches!(byte, b'\r' | b'\n'));
            let is_fold = matches!(line.first(), Some(b' ' | b'\t'));
            if !is_empty && is_fold && field.is_some() {
                at += length;
                continue;
            }
            if let Some((name, start)) = field.take() {
                headers.keep(name, bytes.get(start..at).unwrap_or_default(), &mut kept);
            }
            if is_empty {
                // The empty line belongs to neither side; blank lines before the first field are passed over.
                at += length;
                if line.is_empty() || !first {
                    return (headers, at);
                }
                continue;
            }
            if first && (line.starts_with(b"From ") || line.starts_with(b">From ")) {
                at += length;
                continue;
            }
            let Some(colon) = field_name_length(line) else {
                return (headers, at);
            };
            first = false;
            let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
            field = Some((name, at + colon + 1));
            at += length;
        }
    }

    fn keep(&mut self, name: &'a [u8], value: &'a [u8], kept: &mut usize) {
        let room = LONGEST_HEADER.saturating_sub(*kept).min(LONGEST_FIELD);
        if room == 0 {
            self.was_cut = true;
            return;
        }
        self.has_nul |= value.contains(&0);
        let cut = value.len() > room;
        self.was_cut |= cut;
        let value = value.get(..value.len().min(room)).unwrap_or_default();
        *kept += value.len();
        let value = if std::str::from_utf8(value).is_ok() || cut {
            self.has_eight_bit |= !value.is_ascii();
            if value.ends_with(b"\n") { Cow::Borrowed(value) } else { Cow::Owned([value, b"\n"].concat()) }
        } else {
            // RFC 6532 allows UTF-8 alone; older programs wrote their own code page (M95).
            self.has_eight_bit = true;
            Cow::Owned([super::charset::windows_1252(value).as_bytes(), b"\n"].concat())
        };
        self.fields.push(Field { name, value });
    }

    /// Whether not one field could be read.
    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s [u8]> {
        self.fields.iter().filter(move |field| field.name.eq_ignore_ascii_case(name.as_bytes())).map(|field| &*field.value)
    }

    /// Every field from the top: its name, and its value unfolded.
    pub(super) fn in_order(&self) -> impl Iterator<Item = (&[u8], String)> {
        self.fields.iter().map(|field| (field.name, unfolded(&field.value)))
    }

    /// How often a field occurs.
    pub(super) fn count(&self, name: &str) -> usize {
        self.values(name).count()
    }

    /// Whether a field occurs.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// Whether a field occurs whose name begins like this.
    pub(super) fn has_prefix(&self, prefix: &str) -> bool {
        self.fields
            .iter()
            .any(|field| field.name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes())))
    }

    /// All values of a field as written, unfolded, without NUL, topmost first.
    pub(super) fn raw<'s>(&'s self, name: &'s str) -> impl Iterator<Item = String> {
        self.values(name).map(unfolded)
    }

    /// The topmost value of a field as written.
    pub(super) fn first_raw(&self, name: &str) -> Option<String> {
        self.values(name).next().map(unfolded)
    }

    /// The topmost value of a field with its encoded words decoded, on one line (M95).
    pub(super) fn text(&self, name: &str) -> Option<String> {
        let value = self.values(name).next()?;
        match MessageStream::new(value).parse_unstructured() {
            HeaderValue::Text(text) => Some(one_line(&text)),
            _ => Some(String::new()),
        }
    }

    /// Every address in every field of this name, groups opened (RFC 5322 section 3.4).
    pub(super) fn addresses(&self, name: &str) -> Vec<RawAddress> {
        let mut found = Vec::new();
        for value in self.values(name) {
            if let HeaderValue::Address(addresses) = MessageStream::new(value).parse_address() {
                found.extend(addresses.iter().map(|one| RawAddress {
                    name: one.name.as_deref().map(one_line).filter(|name| !name.is_empty()),
                    address: one.address.as_deref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
                }));
            }
        }
        found
    }

    /// The moment in a date field; `None` where it cannot be read.
    pub(super) fn date(&self, name: &str) -> Option<Instant> {
        let value = self.values(name).next()?;
        match MessageStream::new(value).parse_date() {
            HeaderValue::DateTime(date) if date.is_valid() => DateTime::from_timestamp(date.to_timestamp(), 0),
            _ => None,
        }
    }

    /// A field with a media type or a disposition (RFC 2045 section 5.1, RFC 2183, RFC 2231).
    pub(super) fn media_type(&self, name: &str) -> Option<MediaType> {
        let value = self.values(name).next()?;
        let HeaderValue::ContentType(content) = MessageStream::new(value).parse_content_type() else {
            return None;
        };
        let name = match content.subtype() {
            Some(subtype) => format!("{}/{subtype}", content.ctype()).to_lowercase(),
            None => content.ctype().to_lowercase(),
        };
        let parameters = content.attributes().unwrap_or_default();
        Some(MediaType {
            name,
            parameters: parameters.iter().map(|one| (one.name.to_lowercase(), one.value.to_string())).collect(),
        })
    }

    /// The ids in every field of this name, in their order.
    ///
    /// M54: missing brackets, commas between ids and trailing words are borne with; absurd ids are left out.
    pub(super) fn ids(&self, name: &str) -> Vec<MessageId> {
        let mut ids = Vec::new();
        for value in self.raw(name) {
            collect_ids(&value, &mut ids);
        }
        ids
    }
}

/// Reads ids from one value.
pub(super) fn collect_ids(value: &str, ids: &mut Vec<MessageId>) {
    let mut rest = value;
    while !rest.is_empty() && ids.len() < MOST_IDS {
        let (outside, inside, after) = match rest.split_once('<') {
            Some((outside, more)) => match more.split_once('>') {
                Some((inside, after)) => (outside, inside, after),
                None => (outside, more, ""),
            },
            None => (rest, "", ""),
        };
        let bare = outside.split([' ', '\t', ',', ';']).filter(|word| word.contains('@')).map(ToOwned::to_owned);
        // Folding white space may stand inside the brackets.
        let bracketed: String = inside.chars().filter(|c| !c.is_whitespace()).collect();
        for text in bare.chain([bracketed]) {
            if let Ok(id) = text.parse::<MessageId>()
                && !ids.contains(&id)
                && ids.len() < MOST_IDS
            {
                ids.push(id);
            }
        }
        rest = after;
    }
}

/// RFC 5322 section 2.2: printable ASCII up to the colon; blanks before the colon are an old habit.
fn field_name_length(line: &[u8]) -> Option<usize> {
    let colon = line.iter().take(128).position(|byte| *byte == b':')?;
    let name = line.get(..colon)?.trim_ascii_end();
    (!name.is_empty() && name.iter().all(|byte| (33..=126).contains(byte))).then_some(colon)
}

fn unfolded(value: &[u8]) -> String {
    one_line(&String::from_utf8_lossy(value))
}

/// M95, M137: no line break and no NUL comes out of a header field.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c == ' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_encoded_and_repeated_fields_are_read() {
        let bytes = b"From - Mon\nSubject: =?utf-8?q?Bl=C3=A8?=\n =?utf-8?q?_een?= twee\nReceived: a\nReceived: b\n\nbody";
        let (headers, body) = Headers::split(bytes);
        assert_eq!(headers.text("subject").unwrap(), "Blè een twee");
        assert_eq!(headers.count("RECEIVED"), 2);
        assert_eq!(&bytes[body..], b"body");
    }

    #[test]
    fn a_missing_empty_line_ends_the_header_all_the_same() {
        let bytes = b"Subject: x\nGoedemiddag, dit is tekst";
        let (headers, body) = Headers::split(bytes);
        assert_eq!(headers.text("Subject").unwrap(), "x");
        assert!(bytes[body..].starts_with(b"Goede"));
    }

    #[test]
    fn ids_are_found_without_brackets_between_commas_and_beside_words() {
        let mut ids = Vec::new();
        collect_ids("<a@b>,<c @d> e@f, message of Tuesday <> <null> <a@b> <g@h", &mut ids);
        assert_eq!(ids.iter().map(MessageId::as_str).collect::<Vec<_>>(), ["a@b", "c@d", "e@f", "g@h"]);
    }
}
