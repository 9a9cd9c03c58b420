//! The schema, brought up to date from files inside the binary.
//!
//! One numbered pair per change: `migrations/sqlite/` and `migrations/postgres/` hold the same names. A
//! file that was released is never edited again; the next change is the next number.

use std::borrow::Cow;

use include_dir::{Dir, include_dir};
use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, MigrationType, Migrator};

use super::error::{Fault, StoreError};
use super::statement::Dialect;

static SQLITE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations/sqlite");
static POSTGRES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations/postgres");

/// One change of the schema, as it stands in its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MigrationFile {
    /// The number in front of its name; changes are made in this order.
    pub version: i64,
    /// Name of the file.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
}

/// The changes for the database that a URL names, in order; empty for an unknown one.
pub fn migration_files(url: &str) -> Vec<MigrationFile> {
    super::sql_store::dialect_of(url).map(files).unwrap_or_default()
}

fn files(dialect: Dialect) -> Vec<MigrationFile> {
    let folder = match dialect {
        Dialect::Sqlite => &SQLITE,
        Dialect::Postgres => &POSTGRES,
    };
    let mut files: Vec<_> = folder
        .files()
        .filter_map(|file| {
            let name = file.path().file_name()?.to_str()?;
            let version = name.split_once('_')?.0.parse().ok()?;
            Some(MigrationFile { version, name, sql: file.contents_utf8()? })
        })
        .collect();
    files.sort_by_key(|file| file.version);
    files
}

fn migrator(dialect: Dialect) -> Migrator {
    Migrator::with_migrations(
        files(dialect)
            .into_iter()
            .map(|file| {
                let description = file.name.trim_end_matches(".sql");
                Migration::new(file.version, Cow::Borrowed(description), MigrationType::Simple, file.sql.into_sql_str(), false)
            })
            .collect(),
    )
}

/// Makes the changes that are not made yet. On PostgreSQL an advisory lock keeps other daemons waiting; on
/// SQLite the caller holds the write lock.
pub(super) async fn migrate<C>(dialect: Dialect, connection: &mut C) -> Result<(), StoreError>
where
    C: Migrate,
{
    migrator(dialect).run_direct(None, connection, false).await.map_err(|error| match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => match StoreError::from(Fault::from(error)) {
            StoreError::Statement(text) => StoreError::Schema(text),
            other => other,
        },
        MigrateError::VersionMissing(version) => {
            StoreError::Schema(format!("it has change {version}, which a later version made; start that one"))
        }
        MigrateError::VersionMismatch(version) => {
            StoreError::Schema(format!("change {version} was made by another text than this version has"))
        }
        other => StoreError::Schema(other.to_string()),
    })
}
