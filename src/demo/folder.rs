//! The folder a demo lives in: made, taken again, or refused.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The configuration that a reader can go on with.
const CONFIGURATION: &str = include_str!("../../config/demo/wederhoor.toml");

/// By this file a folder of an earlier demo is known.
const MARKER: &str = ".wederhoor-demo";

/// What a demo leaves behind. Only these are removed from an earlier one: a file that the reader put beside
/// them stays.
const OURS: [&str; 7] =
    ["klachten", "verzonden", "wederhoor.db", "wederhoor.db-wal", "wederhoor.db-shm", "wederhoor.toml", "index.html"];

/// Why a folder can not be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Somebody's files lie there.
    #[error("{} is not empty and no earlier demo; name an empty or a new folder: wederhoor demo FOLDER", .0.display())]
    Foreign(PathBuf),
    /// It is a file.
    #[error("{} is a file; name an empty or a new folder: wederhoor demo FOLDER", .0.display())]
    File(PathBuf),
    /// The disk.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Makes the folder ready, with the configuration and two empty mailboxes, and gives the path of the
/// configuration. An earlier demo is replaced; any other folder with something in it is refused.
pub fn prepare(folder: &Path) -> Result<PathBuf, FolderError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| FolderError::Io { path, source }
    };
    if folder.exists() && !folder.is_dir() {
        return Err(FolderError::File(folder.to_owned()));
    }
    fs::create_dir_all(folder).map_err(failed(folder))?;
    let marker = folder.join(MARKER);
    let is_empty = fs::read_dir(folder).map_err(failed(folder))?.next().is_none();
    if !is_empty && !marker.is_file() {
        return Err(FolderError::Foreign(folder.to_owned()));
    }
    // First of all, so that a demo that is broken off can be begun again.
    fs::write(&marker, "").map_err(failed(&marker))?;
    for name in OURS {
        let path = folder.join(name);
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(&path)(error)),
            Ok(()) | Err(_) => {}
        }
    }
    for name in ["klachten/new", "klachten/cur", "klachten/tmp"] {
        let path = folder.join(name);
        fs::create_dir_all(&path).map_err(failed(&path))?;
    }
    let configuration = folder.join("wederhoor.toml");
    fs::write(&configuration, CONFIGURATION).map_err(failed(&configuration))?;
    Ok(configuration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_with_somebody_elses_files_is_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("belangrijk.txt"), "x").unwrap();
        assert!(matches!(prepare(folder.path()), Err(FolderError::Foreign(_))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn an_earlier_demo_is_replaced_and_what_lies_beside_it_stays() {
        let folder = tempfile::tempdir().unwrap();
        prepare(folder.path()).unwrap();
        fs::write(folder.path().join("wederhoor.db"), "old").unwrap();
        fs::write(folder.path().join("mijn-aantekening.txt"), "x").unwrap();
        prepare(folder.path()).unwrap();
        assert!(!folder.path().join("wederhoor.db").exists());
        assert!(folder.path().join("mijn-aantekening.txt").exists());
    }
}
