//! One table of the file, read key by key.
//!
//! A section remembers which keys were asked for. What is left over at the end is unknown, and the nearest
//! key that was asked for is suggested. So each key is named once, where it is read, and a wrong value
//! does not keep the others from being looked at.

use std::cell::RefCell;
use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

use super::fault::{Findings, Key, Written};

/// How alike two keys must be to suggest one for the other (Jaro-Winkler, 0 to 1).
const ALIKE: f64 = 0.78;

/// The text of the file, to turn a position into a line.
#[derive(Clone, Copy, Debug)]
pub struct Lines<'t>(pub &'t str);

impl Lines<'_> {
    fn at(self, span: &Range<usize>) -> usize {
        self.0.bytes().take(span.start).filter(|byte| *byte == b'\n').count() + 1
    }
}

/// A table and where it stands. Reading one ends with [`Section::finish`].
#[derive(Debug)]
pub struct Section<'t> {
    table: Option<&'t DeTable<'t>>,
    key: Key,
    lines: Lines<'t>,
    findings: &'t Findings,
    asked: RefCell<Vec<&'static str>>,
    missing: RefCell<Vec<(&'static str, String)>>,
}

impl<'t> Section<'t> {
    /// The whole file.
    pub fn root(table: &'t DeTable<'t>, lines: Lines<'t>, findings: &'t Findings) -> Self {
        Self::of(Some(table), Key { path: String::new(), line: None }, lines, findings)
    }

    fn of(table: Option<&'t DeTable<'t>>, key: Key, lines: Lines<'t>, findings: &'t Findings) -> Self {
        Self { table, key, lines, findings, asked: RefCell::default(), missing: RefCell::default() }
    }

    /// Where the section stands.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// The key of this name within the section, whether it is there or not.
    pub fn key_of(&self, name: &str) -> Key {
        let path = if self.key.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.key.path) };
        let line = self.table.and_then(|table| table.get_key_value(name)).map(|(key, _)| self.lines.at(&key.span()));
        Key { path, line: line.or(self.key.line) }
    }

    fn raw(&self, name: &'static str) -> Option<&'t DeValue<'t>> {
        self.asked.borrow_mut().push(name);
        Some(self.table?.get(name)?.get_ref())
    }

    fn wrong_type(&self, name: &str, found: &DeValue<'_>, wanted: &str, example: &str) {
        let key = self.key_of(name);
        self.findings.fault(&key, format!("{wanted} is needed here, not {}", kind_of(found)), format!("write {example}"));
    }

    /// A text, if the key is there.
    pub fn text(&self, name: &'static str) -> Option<Written<String>> {
        let value = self.raw(name)?;
        let Some(text) = value.as_str() else {
            self.wrong_type(name, value, "a text", &format!("{name} = \"…\", in quotation marks"));
            return None;
        };
        Some(Written { value: text.trim().to_owned(), key: self.key_of(name) })
    }

    /// A text that must be there and must not be empty.
    pub fn required_text(&self, name: &'static str, hint: &str) -> Option<Written<String>> {
        let text = self.text(name);
        match &text {
            None => self.missing.borrow_mut().push((name, hint.to_owned())),
            Some(written) if written.value.is_empty() => {
                self.findings.fault(&written.key, "is empty", hint);
                return None;
            }
            Some(_) => {}
        }
        text
    }

    /// A text that means something: `read` gives the value, or what is wrong with it and a hint.
    pub fn parsed<T>(&self, name: &'static str, read: impl Fn(&str) -> Result<T, (String, String)>) -> Option<Written<T>> {
        self.proved(self.text(name)?, read)
    }

    /// As [`Section::parsed`], for a key that must be there.
    pub fn required<T>(
        &self,
        name: &'static str,
        hint: &str,
        read: impl Fn(&str) -> Result<T, (String, String)>,
    ) -> Option<Written<T>> {
        self.proved(self.required_text(name, hint)?, read)
    }

    fn proved<T>(&self, text: Written<String>, read: impl Fn(&str) -> Result<T, (String, String)>) -> Option<Written<T>> {
        match read(&text.value) {
            Ok(value) => Some(Written { value, key: text.key }),
            Err((what, hint)) => {
                self.findings.fault(&text.key, what, hint);
                None
            }
        }
    }

    /// As [`Section::parsed`], with a value for a key that is absent. A faulty value gives the default as
    /// well: the fault is told, and what depends on the value can still be looked at.
    pub fn parsed_or<T>(&self, name: &'static str, default: T, read: impl Fn(&str) -> Result<T, (String, String)>) -> T {
        self.parsed(name, read).map_or(default, |written| written.value)
    }

    /// A list of texts, each with a meaning; empty where the key is absent.
    pub fn list<T>(&self, name: &'static str, read: impl Fn(&str) -> Result<T, (String, String)>) -> Vec<Written<T>> {
        let Some(value) = self.raw(name) else { return Vec::new() };
        let Some(array) = value.as_array() else {
            self.wrong_type(name, value, "a list", &format!("{name} = [\"…\", \"…\"]"));
            return Vec::new();
        };
        let mut read_values = Vec::new();
        for (at, element) in array.iter().enumerate() {
            let key = Key { path: format!("{}[{at}]", self.key_of(name).path), line: Some(self.lines.at(&element.span())) };
            let text = match element.get_ref() {
                DeValue::String(text) => text.trim().to_owned(),
                DeValue::Datetime(date) => date.to_string(),
                other => {
                    self.findings.fault(
                        &key,
                        format!("a text is needed here, not {}", kind_of(other)),
                        "write it in quotation marks",
                    );
                    continue;
                }
            };
            read_values.extend(self.proved(Written { value: text, key }, &read));
        }
        read_values
    }

    /// A yes or no.
    pub fn flag(&self, name: &'static str) -> bool {
        self.flag_or(name, false)
    }

    /// As [`Section::flag`], with another value where nothing is written.
    pub fn flag_or(&self, name: &'static str, otherwise: bool) -> bool {
        let Some(value) = self.raw(name) else { return otherwise };
        value.as_bool().unwrap_or_else(|| {
            self.wrong_type(name, value, "true or false", &format!("{name} = true, without quotation marks"));
            otherwise
        })
    }

    /// A whole number within bounds, both included.
    pub fn number(&self, name: &'static str, default: u32, bounds: RangeInclusive<u32>) -> u32 {
        self.integer(name, bounds).unwrap_or(default)
    }

    /// A whole number, where one was written.
    pub fn optional_number(&self, name: &'static str) -> Option<u32> {
        self.integer(name, 0..=u32::MAX)
    }

    fn integer(&self, name: &'static str, bounds: RangeInclusive<u32>) -> Option<u32> {
        let value = self.raw(name)?;
        let Some(integer) = value.as_integer() else {
            self.wrong_type(name, value, "a whole number", &format!("{name} = {}, without quotation marks", bounds.start()));
            return None;
        };
        let read = u32::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok();
        let number = read.filter(|number| bounds.contains(number));
        if number.is_none() {
            let what = format!("must lie between {} and {}", bounds.start(), bounds.end());
            self.findings.fault(&self.key_of(name), what, "leave it out for the default");
        }
        number
    }

    /// A section inside this one. It can be asked whether it is there; reading an absent one gives nothing.
    pub fn section(&self, name: &'static str) -> Section<'t> {
        let key = self.key_of(name);
        let table = self.raw(name).and_then(|value| {
            let table = value.as_table();
            if table.is_none() {
                self.wrong_type(name, value, "a section", "it as a section of its own, in brackets");
            }
            table
        });
        Self::of(table, key, self.lines, self.findings)
    }

    /// Whether the section is in the file.
    pub fn is_there(&self) -> bool {
        self.table.is_some()
    }

    /// The sections of a repeated one, `[[name]]`.
    pub fn sections(&self, name: &'static str) -> Vec<Section<'t>> {
        let Some(value) = self.raw(name) else { return Vec::new() };
        let Some(array) = value.as_array() else {
            self.wrong_type(name, value, "a repeated section", &format!("[[{name}]] with two brackets"));
            return Vec::new();
        };
        let path = self.key_of(name).path;
        let entries = array.iter().enumerate().filter_map(|(at, element)| {
            let key = Key { path: format!("{path}[{at}]"), line: Some(self.lines.at(&element.span())) };
            let table = element.get_ref().as_table();
            if table.is_none() {
                self.findings.fault(&key, "is not a section", format!("write [[{name}]] with two brackets"));
            }
            table.map(|table| Self::of(Some(table), key, self.lines, self.findings))
        });
        entries.collect()
    }

    /// Ends the reading: reports what was not asked for, and what had to be there and is not. A missing
    /// key that was plainly mistyped is one fault, not two.
    pub fn finish(self) {
        let asked = self.asked.borrow();
        for (name, _) in self.table.into_iter().flatten() {
            let name = name.get_ref().as_ref();
            if asked.contains(&name) {
                continue;
            }
            let absent = |known: &&str| self.table.is_some_and(|table| !table.contains_key(*known));
            let nearest = asked
                .iter()
                .filter(|known| absent(known))
                .map(|known| (strsim::jaro_winkler(known, name), *known))
                .filter(|(likeness, _)| *likeness >= ALIKE)
                .max_by(|a, b| a.0.total_cmp(&b.0));
            let hint = if let Some((_, known)) = nearest {
                self.findings.excuse(self.key_of(known).path);
                format!("did you mean {known}?")
            } else {
                let mut known: Vec<_> = asked.clone();
                known.sort_unstable();
                known.dedup();
                format!("the keys here are {}", known.join(", "))
            };
            self.findings.fault(&self.key_of(name), "is not a known key", hint);
        }
        for (name, hint) in self.missing.take() {
            self.findings.missing(self.key_of(name), hint);
        }
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a section",
    }
}

/// A path as written; relative paths are relative to the folder of the configuration file, so that a
/// check from anywhere proves the same files that the daemon will use.
pub fn path_beside(findings: &Findings, text: &str) -> PathBuf {
    findings.file().parent().unwrap_or(std::path::Path::new("")).join(text)
}
