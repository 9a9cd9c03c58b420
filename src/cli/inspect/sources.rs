//! Where mails come from: files, folders, Maildirs, mboxes and standard input.

use std::borrow::Cow;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::mbox::Mbox;
use crate::cli::output::Failure;

/// One mail that was found: its file, or its bytes where a file or a stream holds several.
pub(super) enum Source {
    /// To be read by the thread that understands it.
    File { name: String, path: PathBuf, size: usize },
    /// Cut out of an mbox, or read from standard input.
    Bytes { name: String, bytes: Vec<u8> },
}

impl Source {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::File { name, .. } | Self::Bytes { name, .. } => name,
        }
    }

    /// Size in bytes, as far as it is known without reading.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::File { size, .. } => *size,
            Self::Bytes { bytes, .. } => bytes.len(),
        }
    }

    pub(super) fn read(&self) -> std::io::Result<Cow<'_, [u8]>> {
        match self {
            Self::File { path, .. } => std::fs::read(path).map(Cow::Owned),
            Self::Bytes { bytes, .. } => Ok(Cow::Borrowed(bytes)),
        }
    }
}

/// Why a path gave no mails.
pub(super) enum Trouble {
    /// The whole command ends.
    Failure(Failure),
    /// This file or folder cannot be read.
    Unreadable(PathBuf, std::io::Error),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

type Visit<'v> = dyn FnMut(Source) -> Result<(), Failure> + 'v;

/// Visits every mail below a path, one after another.
pub(super) fn each(path: &Path, visit: &mut Visit<'_>) -> Result<(), Trouble> {
    let unreadable = |error| Trouble::Unreadable(path.to_owned(), error);
    if path == Path::new("-") {
        return each_in_stream("-", &mut std::io::stdin().lock(), visit).map_err(|trouble| trouble.at(path));
    }
    if !path.is_dir() {
        return each_in_file(path, visit);
    }
    for file in files_in(path).map_err(unreadable)? {
        each_in_file(&file, visit)?;
    }
    Ok(())
}

/// A stream ended early, or its visitor did.
enum Stop {
    Io(std::io::Error),
    Failure(Failure),
}

impl Stop {
    fn at(self, path: &Path) -> Trouble {
        match self {
            Self::Io(error) => Trouble::Unreadable(path.to_owned(), error),
            Self::Failure(failure) => Trouble::Failure(failure),
        }
    }
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

fn each_in_file(path: &Path, visit: &mut Visit<'_>) -> Result<(), Trouble> {
    let unreadable = |error| Trouble::Unreadable(path.to_owned(), error);
    let mut file = BufReader::new(std::fs::File::open(path).map_err(unreadable)?);
    let name = path.to_string_lossy().into_owned();
    if Mbox::begins(&mut file).map_err(unreadable)? {
        return each_in_stream(&name, &mut file, visit).map_err(|trouble| trouble.at(path));
    }
    let size = file.get_ref().metadata().map_or(0, |data| usize::try_from(data.len()).unwrap_or(usize::MAX));
    Ok(visit(Source::File { name, path: path.to_owned(), size })?)
}

/// One mail, or all mails of an mbox, which are numbered from 1.
fn each_in_stream(name: &str, stream: &mut dyn BufRead, visit: &mut Visit<'_>) -> Result<(), Stop> {
    if !Mbox::begins(stream)? {
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        return Ok(visit(Source::Bytes { name: name.to_owned(), bytes })?);
    }
    let mut mbox = Mbox::new(stream);
    for number in 1_u64.. {
        let Some(bytes) = mbox.next()? else { break };
        // A file that holds one mail below a `From ` line is that mail.
        let is_alone = number == 1 && mbox.has_ended();
        let name = if is_alone { name.to_owned() } else { format!("{name}#{number}") };
        visit(Source::Bytes { name, bytes })?;
    }
    Ok(())
}

/// The mails of a Maildir in order of arrival, or all files below another folder by name; hidden files are none.
fn files_in(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut waiting = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(next) = waiting.pop() {
        if next.join("new").is_dir() && next.join("cur").is_dir() {
            let mut mails = Vec::new();
            for part in ["new", "cur"] {
                mails.extend(entries(&next.join(part))?.into_iter().filter(|path| path.is_file()));
            }
            // The names begin with the second of arrival, wherever the mail stands now.
            mails.sort_by(|one, other| one.file_name().cmp(&other.file_name()));
            files.extend(mails);
            continue;
        }
        let (folders, mut plain): (Vec<_>, Vec<_>) = entries(&next)?.into_iter().partition(|path| path.is_dir());
        plain.sort();
        files.extend(plain);
        waiting.extend(folders);
        waiting.sort_by(|one, other| other.cmp(one));
    }
    Ok(files)
}

fn entries(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            found.push(entry.path());
        }
    }
    Ok(found)
}
