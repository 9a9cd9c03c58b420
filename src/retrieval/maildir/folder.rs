//! One Maildir on disk: listing, reading, moving.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::retrieval::LARGEST_MAIL;

/// A Maildir: `tmp/`, `new/` and `cur/` below one path.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

/// A file that was seen in `new/` or `cur/`.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    /// `new` or `cur`.
    part: &'static str,
    pub file_name: String,
    pub size: u64,
    pub modified: SystemTime,
}

/// The part of a file name that stays the same when a mail client sets flags: all before `:2,`.
pub(super) fn base(file_name: &str) -> &str {
    file_name.split_once(":2,").map_or(file_name, |(base, _)| base)
}

impl Folder {
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// Makes what is absent of the folder, and nothing else.
    pub fn make(&self) -> io::Result<()> {
        for part in ["tmp", "new", "cur"] {
            fs::create_dir_all(self.0.join(part)).map_err(|error| naming(&self.0, &error))?;
        }
        Ok(())
    }

    /// A rename is atomic only within one file system, and I1 rests on the rename.
    pub fn must_share_file_system_with(&self, other: &Self) -> io::Result<()> {
        if fs::metadata(&self.0)?.dev() == fs::metadata(&other.0)?.dev() {
            return Ok(());
        }
        let problem = format!("{} must lie on the same file system as {}", other.0.display(), self.0.display());
        Err(io::Error::new(io::ErrorKind::CrossesDevices, problem))
    }

    /// What lies in `new/` and `cur/`. `tmp/` is not ours to read: a delivery may still be writing there.
    pub fn list(&self) -> io::Result<Vec<Waiting>> {
        let mut found = Vec::new();
        for part in ["new", "cur"] {
            for entry in fs::read_dir(self.0.join(part)).map_err(|error| naming(&self.0, &error))? {
                let entry = entry?;
                // A name that is no UTF-8 can not be an origin in the store; no delivery agent makes one.
                let Ok(file_name) = entry.file_name().into_string() else { continue };
                if file_name.starts_with('.') {
                    continue;
                }
                match entry.metadata() {
                    Ok(seen) => found.push(Waiting {
                        part,
                        file_name,
                        size: seen.len(),
                        modified: seen.modified().unwrap_or(SystemTime::UNIX_EPOCH),
                    }),
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(found)
    }

    /// Every byte of a mail, up to [`LARGEST_MAIL`]. A link or a folder is not a mail: following it would
    /// read a file that nobody sent.
    pub fn read(&self, waiting: &Waiting) -> io::Result<Vec<u8>> {
        let path = self.0.join(waiting.part).join(&waiting.file_name);
        if !fs::symlink_metadata(&path)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "this is not a regular file"));
        }
        let size = usize::try_from(waiting.size).unwrap_or(LARGEST_MAIL).min(LARGEST_MAIL);
        let mut bytes = Vec::with_capacity(size);
        let whole = File::open(path)?.take(LARGEST_MAIL as u64).read_to_end(&mut bytes)?;
        if whole == LARGEST_MAIL {
            tracing::warn!(file = %waiting.file_name, limit = LARGEST_MAIL, "a mail is too large; only its first part is read");
        }
        Ok(bytes)
    }

    /// Moves mails into `cur/` of another Maildir, then makes both folders durable. A mail that is no longer
    /// there was taken by somebody else and is no error (M184).
    pub fn move_into(&self, target: &Self, file_names: &[String]) -> io::Result<()> {
        target.make()?;
        for file_name in file_names {
            let Some(source) = self.find(file_name)? else { continue };
            let free = target.free_name(&source)?;
            match fs::rename(&source, &free) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(naming(&free, &error)),
                _ => {}
            }
        }
        // The target first: after a power cut between the two, the mail is in both rather than in neither.
        for folder in [target.0.join("cur"), self.0.join("new"), self.0.join("cur")] {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Where a mail lies now; a mail client may have moved it to `cur/` or changed its flags.
    fn find(&self, file_name: &str) -> io::Result<Option<PathBuf>> {
        for part in ["new", "cur"] {
            let path = self.0.join(part).join(file_name);
            if path.try_exists()? {
                return Ok(Some(path));
            }
        }
        let wanted = base(file_name);
        for entry in fs::read_dir(self.0.join("cur"))? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(|name| base(name) == wanted) {
                return Ok(Some(entry.path()));
            }
        }
        Ok(None)
    }

    /// A path in `cur/` that nothing holds. Flags are kept; a mail from `new/` gets an empty list of them.
    fn free_name(&self, source: &Path) -> io::Result<PathBuf> {
        let name = source.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let (base, flags) = name.split_once(":2,").unwrap_or((&name, ""));
        let mut candidate = self.0.join("cur").join(OsString::from(format!("{base}:2,{flags}")));
        let mut number = 1_u32;
        while candidate.symlink_metadata().is_ok() {
            candidate = self.0.join("cur").join(format!("{base}.{number}:2,{flags}"));
            number = number.checked_add(1).ok_or_else(|| io::Error::other("no free name is left in the folder"))?;
        }
        Ok(candidate)
    }
}

/// The same failure, with the path it was about.
fn naming(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
