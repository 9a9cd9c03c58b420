//! What can go wrong with a database, and how each database says it.

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It can not be reached, is locked, or ended the connection.
    #[error("the database can not be reached at this moment: {0}")]
    Unavailable(String),
    /// The disk is full.
    #[error("the database can not grow: the disk is full; free space, nothing is lost meanwhile")]
    DiskFull,
    /// The file or the account may not be written.
    #[error("the database may not be written; check the owner and the rights of the file and its folder")]
    ReadOnly,
    /// The schema is newer than this binary, or a migration failed.
    #[error("the database schema does not fit this version: {0}")]
    Schema(String),
    /// A row does not hold what was written there.
    #[error("a stored {what} can not be read: {detail}")]
    Corrupt {
        /// Which kind of row.
        what: &'static str,
        /// In which way.
        detail: String,
    },
    /// The URL in the configuration names no known database.
    #[error("the store url must begin with sqlite: or postgres://")]
    UnknownUrl,
    /// A fault in a statement: a defect of ours.
    #[error("the database refused a statement: {0}")]
    Statement(String),
}

impl StoreError {
    /// Whether trying again may help.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::DiskFull => true,
            Self::ReadOnly | Self::Schema(_) | Self::Corrupt { .. } | Self::UnknownUrl | Self::Statement(_) => false,
        }
    }
}

/// What a statement can run into, before it is decided what that means for the caller.
#[derive(Debug)]
pub(super) enum Fault {
    /// PostgreSQL ended the transaction because of another one (40001, 40P01): the same again will do.
    Again(String),
    /// A unique key exists already: another daemon was first, or the unit holds what was stored before.
    Taken(String),
    /// Anything else.
    Store(StoreError),
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Again(text) => Self::Unavailable(text),
            Fault::Taken(text) => Self::Statement(text),
            Fault::Store(error) => error,
        }
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) if error.is_unique_violation() => Self::Taken(error.message().to_owned()),
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default().into_owned();
                if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                    super::sqlite::fault(&code, error.message())
                } else {
                    super::postgres::fault(&code, error.message())
                }
            }
            sqlx::Error::Io(error) => Self::Store(of_io(&error)),
            sqlx::Error::Configuration(error) => Self::Store(StoreError::Statement(error.to_string())),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) | sqlx::Error::ColumnIndexOutOfBounds { .. } => {
                Self::Store(StoreError::Corrupt { what: "row", detail: error.to_string() })
            }
            // Pool timed out or closed, TLS, protocol, a worker that died: the next connection may do.
            other => Self::Store(StoreError::Unavailable(other.to_string())),
        }
    }
}

/// What a fault of the file system means for the store.
pub(super) fn of_io(error: &std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        _ => StoreError::Unavailable(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{postgres, sqlite};

    #[test]
    fn each_database_says_in_its_own_codes_what_the_daemon_has_to_do() {
        let temporary = |fault: Fault| StoreError::from(fault).is_temporary();
        // SQLITE_FULL, SQLITE_IOERR_SHMSIZE, SQLITE_BUSY_SNAPSHOT, SQLITE_CANTOPEN
        for code in ["13", "4874", "517", "14"] {
            assert!(temporary(sqlite::fault(code, "")), "SQLite {code}");
        }
        for (code, name) in [("13", "full"), ("4874", "full"), ("1032", "read-only"), ("26", "no database"), ("1", "defect")] {
            let known = match StoreError::from(sqlite::fault(code, "")) {
                StoreError::DiskFull => "full",
                StoreError::ReadOnly => "read-only",
                StoreError::Corrupt { .. } => "no database",
                StoreError::Statement(_) => "defect",
                other => panic!("SQLite {code} gave {other:?}"),
            };
            assert_eq!(known, name, "SQLite {code}");
        }
        for state in ["57P01", "57P03", "08006", "53300", "53100", "40P01", "40001"] {
            assert!(temporary(postgres::fault(state, "")), "SQLSTATE {state}");
        }
        for state in ["25006", "42501", "42703", "23503", "XX001"] {
            assert!(!temporary(postgres::fault(state, "")), "SQLSTATE {state}");
        }
        assert!(matches!(postgres::fault("53100", ""), Fault::Store(StoreError::DiskFull)));
        assert!(matches!(postgres::fault("25006", ""), Fault::Store(StoreError::ReadOnly)));
    }
}
