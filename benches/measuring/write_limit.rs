//! What a database can write at most: the same bytes in transactions of the same size, in one table with
//! nothing but an ascending key.

use std::path::Path;
use std::time::Instant;

use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

/// Rows in one statement.
const ROWS: usize = 50;

/// Rows a second in SQLite, set up as the store sets it up. `sizes` are the bytes of each row.
pub async fn of_sqlite(file: &Path, sizes: &[usize], window: usize) -> f64 {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", "8192")
        .pragma("cache_size", "-16384");
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.expect("a database");
    sqlx::query("CREATE TABLE raw (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)").execute(&pool).await.expect("a table");
    let rows = content(sizes);
    let begun = Instant::now();
    for window in rows.chunks(window) {
        let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await.expect("a transaction");
        for part in window.chunks(ROWS) {
            let text = format!("INSERT INTO raw (bytes) VALUES {}", vec!["(?)"; part.len()].join(", "));
            let mut query = sqlx::query(sqlx::AssertSqlSafe(text));
            for row in part {
                query = query.bind(row);
            }
            query.execute(&mut *transaction).await.expect("rows");
        }
        transaction.commit().await.expect("a commit");
    }
    let rate = super::rate(sizes.len(), begun);
    pool.close().await;
    rate
}

/// The same in PostgreSQL. The rows do not compress, as what the store keeps is compressed already.
pub async fn of_postgres(url: &str, sizes: &[usize], window: usize) -> f64 {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await.expect("a database");
    sqlx::raw_sql(
        "CREATE TABLE raw (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bytes BYTEA NOT NULL); \
         ALTER TABLE raw ALTER COLUMN bytes SET STORAGE EXTERNAL",
    )
    .execute(&pool)
    .await
    .expect("a table");
    let rows = content(sizes);
    let begun = Instant::now();
    for window in rows.chunks(window) {
        sqlx::query("INSERT INTO raw (bytes) SELECT * FROM unnest($1::bytea[])").bind(window).execute(&pool).await.expect("rows");
    }
    let rate = super::rate(sizes.len(), begun);
    pool.close().await;
    rate
}

fn content(sizes: &[usize]) -> Vec<Vec<u8>> {
    sizes.iter().map(|size| vec![0x5a; *size]).collect()
}
