//! What is wrong with a configuration, in words an operator can act on.

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file it stands in.
    pub file: PathBuf,
    /// The line in that file, counted from 1, where one can be named.
    pub line: Option<usize>,
    /// The path of the key, such as `desk[0].retrieval.imap`; empty when the file as a whole is meant.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}\n  hint: {}", self.what, self.hint)
    }
}

/// A key of the file and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its path, such as `desk[0].officer[1].address`.
    pub path: String,
    /// Its line, counted from 1; of a key that is not there, the line of its section.
    pub line: Option<usize>,
}

/// A value and the key it was written under, so that a later check can still name that key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written<T> {
    /// The value.
    pub value: T,
    /// Its key.
    pub key: Key,
}

/// Everything found while reading and proving one configuration. Checks go on after a fault, so that all
/// of them come out at once.
#[derive(Debug)]
pub struct Findings {
    file: PathBuf,
    faults: RefCell<Vec<Fault>>,
    remarks: RefCell<Vec<Fault>>,
    missing: RefCell<Vec<(Key, String)>>,
    excused: RefCell<Vec<String>>,
}

impl Findings {
    /// Nothing found yet in this file.
    pub fn in_file(file: &Path) -> Self {
        Self {
            file: file.to_owned(),
            faults: RefCell::default(),
            remarks: RefCell::default(),
            missing: RefCell::default(),
            excused: RefCell::default(),
        }
    }

    /// The file that is read.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// A mistake: the daemon will not start with it.
    pub fn fault(&self, key: &Key, what: impl Into<String>, hint: impl Into<String>) {
        self.faults.borrow_mut().push(self.entry(&self.file, key, what.into(), hint.into()));
    }

    /// A mistake in another file than the configuration itself.
    pub fn fault_in(&self, file: &Path, key: &Key, what: impl Into<String>, hint: impl Into<String>) {
        self.faults.borrow_mut().push(self.entry(file, key, what.into(), hint.into()));
    }

    /// Something an operator should know that does not keep the daemon from starting.
    pub fn remark(&self, key: &Key, what: impl Into<String>, hint: impl Into<String>) {
        self.remarks.borrow_mut().push(self.entry(&self.file, key, what.into(), hint.into()));
    }

    fn entry(&self, file: &Path, key: &Key, what: String, hint: String) -> Fault {
        let line = if file == self.file { key.line } else { None };
        Fault { file: file.to_owned(), line, key: key.path.clone(), what, hint }
    }

    /// A key that must be there and is not. It is told by [`Findings::settle`], unless it was only mistyped.
    pub fn missing(&self, key: Key, hint: String) {
        self.missing.borrow_mut().push((key, hint));
    }

    /// Once the whole file was read: tells what is missing, except what stands there under a mistyped name
    /// or within a mistyped section.
    pub fn settle(&self) {
        for (key, hint) in self.missing.take() {
            let within = |known: &String| key.path == *known || key.path.starts_with(&format!("{known}."));
            if !self.excused.borrow().iter().any(within) {
                self.fault(&key, "is missing", hint);
            }
        }
    }

    /// Notes that the key at this path was meant, though mistyped: its absence is no second fault.
    pub fn excuse(&self, path: String) {
        self.excused.borrow_mut().push(path);
    }

    /// Whether something was found at this key already, so that what follows from it is not told twice.
    pub fn knows(&self, path: &str) -> bool {
        self.faults.borrow().iter().any(|fault| fault.key == path) || self.excused.borrow().iter().any(|known| known == path)
    }

    /// Whether anything at all is wrong so far.
    pub fn is_clean(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// The mistakes, in the order of the file.
    pub fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        faults
    }

    /// The remarks so far, taken out.
    pub fn take_remarks(&self) -> Vec<Fault> {
        self.remarks.take()
    }
}
