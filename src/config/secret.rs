//! Secrets: from a file, or from a systemd credential (systemd.exec(5), `LoadCredential=`). Never from the
//! configuration itself, which people mail to each other when they ask for help.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::quantity::Reading;
use crate::model::Secret;

/// Where a `password_file` points to: a path, or `credential:NAME` in the folder that systemd gives.
fn locate(written: &str, beside: &Path, credentials: Option<&Path>) -> Reading<PathBuf> {
    let Some(name) = written.strip_prefix("credential:") else { return Ok(beside.join(written)) };
    if name.is_empty() || name.contains('/') || name.starts_with('.') {
        return Err(("names no credential".to_owned(), "write credential: and the name given to LoadCredential=".to_owned()));
    }
    let folder = credentials.ok_or_else(|| {
        (
            "asks for a systemd credential, and CREDENTIALS_DIRECTORY is not set".to_owned(),
            format!("start through systemd with LoadCredential={name}:PATH, or give the path of a file"),
        )
    })?;
    Ok(folder.join(name))
}

/// Reads the secret that a `password_file` names. One line break at its end is not part of it.
pub fn read(written: &str, beside: &Path, credentials: Option<&Path>) -> Reading<Secret> {
    let path = locate(written, beside, credentials)?;
    let shown = path.display();
    let metadata = std::fs::metadata(&path)
        .map_err(|error| (format!("can not be read: {shown}: {error}"), "create the file with the password in it".to_owned()))?;
    if metadata.permissions().mode() & 0o007 != 0 {
        return Err((format!("can be read by everybody: {shown}"), format!("run: chmod o= {shown}")));
    }
    let text = std::fs::read_to_string(&path)
        .map_err(|error| (format!("can not be read: {shown}: {error}"), "let the daemon's user own the file".to_owned()))?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() {
        return Err((format!("is empty: {shown}"), "put the password in it, on one line".to_owned()));
    }
    if secret.contains(['\n', '\r', '\0']) {
        return Err((format!("holds more than one line: {shown}"), "put only the password in it, on one line".to_owned()));
    }
    Ok(Secret::new(secret))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(folder: &Path, name: &str, text: &str, mode: u32) {
        std::fs::write(folder.join(name), text).unwrap();
        std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_secret_is_read_without_its_line_break_and_never_printed() {
        let folder = tempfile::tempdir().unwrap();
        file(folder.path(), "password", " geheim\r\n", 0o600);
        let secret = read("password", folder.path(), None).unwrap();
        assert_eq!(secret.expose(), " geheim");
        assert!(!format!("{secret:?}").contains("geheim"));
    }

    #[test]
    fn a_credential_is_looked_for_where_systemd_puts_it() {
        let folder = tempfile::tempdir().unwrap();
        file(folder.path(), "imap", "geheim\n", 0o440);
        assert_eq!(read("credential:imap", Path::new("/nowhere"), Some(folder.path())).unwrap().expose(), "geheim");
        assert!(read("credential:imap", folder.path(), None).unwrap_err().0.contains("CREDENTIALS_DIRECTORY"));
        assert!(read("credential:../imap", folder.path(), Some(folder.path())).is_err());
    }

    #[test]
    fn a_secret_that_everybody_can_read_or_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        file(folder.path(), "open", "geheim", 0o644);
        file(folder.path(), "empty", "\n", 0o600);
        file(folder.path(), "two", "a\nb\n", 0o600);
        for (name, what) in
            [("open", "everybody"), ("empty", "empty"), ("two", "more than one line"), ("absent", "can not be read")]
        {
            let (found, _) = read(name, folder.path(), None).unwrap_err();
            assert!(found.contains(what), "{name}: {found}");
        }
    }
}
