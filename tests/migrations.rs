//! Each change of the schema is made on a database that holds what people wrote before it.
//!
//! For each `migrations/<database>/NNNN_name.sql` there is a `tests/migrations/<database>/NNNN_name.sql` with
//! rows as that version holds them, put in before the next change is made.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that can not go on fails")]

#[path = "support/postgres.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postgres;

use std::collections::BTreeSet;
use std::path::Path;

use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};
use wederhoor::store::{MigrationFile, migration_files};

const SQLITE: &str = "sqlite:";
const POSTGRES: &str = "postgres:";

fn sample(database: &str, name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/migrations").join(database).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{} holds no sample rows: {error}", path.display()))
}

/// The SQL without its comments, so that what they say proves nothing.
fn statements(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    code.join(" ").split(';').map(|one| one.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase()).collect()
}

/// A column that every old row would lack.
fn adds_a_column_that_old_rows_lack(statement: &str) -> bool {
    statement.starts_with("ALTER TABLE")
        && statement.contains(" ADD ")
        && statement.contains("NOT NULL")
        && !statement.contains("DEFAULT")
        && !statement.contains("GENERATED")
}

#[test]
fn both_databases_have_the_same_changes() {
    let names = |url| migration_files(url).iter().map(|file| (file.version, file.name)).collect::<Vec<_>>();
    assert_eq!(names(SQLITE), names(POSTGRES));
    assert!(!names(SQLITE).is_empty(), "no change was compiled in");
    let versions: Vec<_> = names(SQLITE).into_iter().map(|(version, _)| version).collect();
    assert_eq!(versions, (1..=i64::try_from(versions.len()).unwrap()).collect::<Vec<_>>(), "the numbers have a gap");
    for folder in ["sqlite", "postgres"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
        let found = std::fs::read_dir(path).unwrap().count();
        assert_eq!(found, versions.len(), "a file in migrations/{folder} is not numbered, or was not compiled in");
    }
}

#[test]
fn both_databases_have_the_same_tables_and_indexes() {
    let made = |file: &MigrationFile| -> BTreeSet<String> {
        let words = |statement: &String| statement.split('(').next().unwrap_or_default().trim().to_owned();
        statements(file.sql).iter().filter(|one| one.starts_with("CREATE")).map(words).collect()
    };
    for (sqlite, postgres) in migration_files(SQLITE).iter().zip(migration_files(POSTGRES)) {
        assert_eq!(made(sqlite), made(&postgres), "{}", sqlite.name);
    }
}

#[test]
fn no_change_adds_a_column_that_old_rows_lack() {
    for url in [SQLITE, POSTGRES] {
        for file in migration_files(url).iter().skip(1) {
            for statement in statements(file.sql) {
                assert!(!adds_a_column_that_old_rows_lack(&statement), "{} in {url} would fail: {statement}", file.name);
            }
        }
    }
    assert!(adds_a_column_that_old_rows_lack("ALTER TABLE MAIL ADD COLUMN X TEXT NOT NULL"));
    assert!(!adds_a_column_that_old_rows_lack("ALTER TABLE MAIL ADD COLUMN X TEXT NOT NULL DEFAULT ''"));
    assert!(!adds_a_column_that_old_rows_lack("ALTER TABLE MAIL ADD COLUMN X TEXT"));
}

#[test]
fn every_column_has_a_comment_and_every_index_says_what_it_serves() {
    for url in [SQLITE, POSTGRES] {
        for file in migration_files(url) {
            let lines: Vec<_> = file.sql.lines().map(str::trim_end).collect();
            for (number, line) in lines.iter().enumerate() {
                let place = format!("{url} {}:{}", file.name, number + 1);
                let is_column = line.starts_with("    ") && line.trim_start().starts_with(|c: char| c.is_ascii_lowercase());
                let goes_on = line.ends_with("IN");
                assert!(!is_column || goes_on || line.contains(" -- "), "{place}: a column without a comment");
                if line.starts_with("CREATE") && line.contains("INDEX") {
                    let above = lines[..number].iter().rev().take_while(|line| line.starts_with("--"));
                    let said = above.copied().collect::<String>();
                    assert!(said.contains("Serves:") || said.contains("I4"), "{place}: an index that serves nothing");
                }
            }
        }
    }
}

#[tokio::test]
async fn each_change_is_made_on_a_filled_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}?mode=rwc", folder.path().join("desk.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    for file in migration_files(SQLITE) {
        sqlx::raw_sql(file.sql).execute(&mut connection).await.unwrap_or_else(|error| panic!("{}: {error}", file.name));
        let rows = AssertSqlSafe(sample("sqlite", file.name));
        sqlx::raw_sql(rows).execute(&mut connection).await.unwrap_or_else(|error| panic!("rows of {}: {error}", file.name));
    }
    let broken = sqlx::query("PRAGMA foreign_key_check").fetch_all(&mut connection).await.unwrap();
    assert!(broken.is_empty(), "rows point at rows that are gone");
}

#[tokio::test]
async fn each_change_is_made_on_a_filled_postgresql() {
    let server = postgres::Postgres::start();
    let mut connection = PgConnection::connect(&server.database().await).await.unwrap();
    for file in migration_files(POSTGRES) {
        sqlx::raw_sql(file.sql).execute(&mut connection).await.unwrap_or_else(|error| panic!("{}: {error}", file.name));
        let rows = AssertSqlSafe(sample("postgres", file.name));
        sqlx::raw_sql(rows).execute(&mut connection).await.unwrap_or_else(|error| panic!("rows of {}: {error}", file.name));
    }
}
