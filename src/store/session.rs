//! One connection to either database: values in, rows out. The only place that speaks to sqlx.

use chrono::DateTime;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Connection as _, Executor, Postgres, Row as _, SqlSafeStr, Sqlite, Transaction, Type};

use super::error::{Fault, StoreError};
use super::statement::{Dialect, Statement};
use crate::model::Instant;

/// A value for a statement. PostgreSQL wants to know the type of a NULL too, hence an option in each.
#[derive(Clone, Debug)]
pub(super) enum Value {
    /// A whole number.
    Int(Option<i64>),
    /// Text.
    Text(Option<String>),
    /// One of our own words.
    Word(&'static str),
    /// Bytes.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(Some(number))
    }
}

impl From<Instant> for Value {
    /// Microseconds since 1970, UTC (M180).
    fn from(at: Instant) -> Self {
        Self::Int(Some(at.timestamp_micros()))
    }
}

impl From<Option<Instant>> for Value {
    fn from(at: Option<Instant>) -> Self {
        Self::Int(at.map(|at| at.timestamp_micros()))
    }
}

impl From<String> for Value {
    /// PostgreSQL can not hold NUL in a text; a server's answer may well contain one (issue: bad input).
    fn from(text: String) -> Self {
        Self::Text(Some(if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        text.map_or(Self::Text(None), Self::from)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

/// A row of an answer.
#[derive(Debug)]
pub(super) enum Row {
    /// From SQLite.
    Sqlite(SqliteRow),
    /// From PostgreSQL.
    Postgres(PgRow),
}

impl Row {
    /// The whole number in this column, if it is not NULL.
    pub(super) fn opt_int(&self, column: usize) -> Result<Option<i64>, Fault> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// The whole number in this column.
    pub(super) fn int(&self, column: usize) -> Result<i64, Fault> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// The text in this column, if it is not NULL.
    pub(super) fn opt_text(&self, column: usize) -> Result<Option<&str>, Fault> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// The text in this column.
    pub(super) fn text(&self, column: usize) -> Result<&str, Fault> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// The bytes in this column.
    pub(super) fn bytes(&self, column: usize) -> Result<&[u8], Fault> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(column)?,
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// The moment in this column, if it is not NULL.
    pub(super) fn opt_instant(&self, column: usize) -> Result<Option<Instant>, Fault> {
        let Some(micros) = self.opt_int(column)? else { return Ok(None) };
        let at = DateTime::from_timestamp_micros(micros)
            .ok_or_else(|| StoreError::Corrupt { what: "moment", detail: micros.to_string() })?;
        Ok(Some(at))
    }

    /// The moment in this column.
    pub(super) fn instant(&self, column: usize) -> Result<Instant, Fault> {
        self.opt_instant(column)?.ok_or_else(|| StoreError::Corrupt { what: "moment", detail: "it is absent".to_owned() }.into())
    }
}

/// One connection, with or without a transaction around it.
pub(super) enum Session {
    /// Reads from SQLite.
    SqliteRead(PoolConnection<Sqlite>),
    /// Writes to SQLite; holds the one writer.
    SqliteWrite(Transaction<'static, Sqlite>),
    /// Reads from PostgreSQL, each statement by itself.
    PostgresRead(PoolConnection<Postgres>),
    /// Writes to PostgreSQL.
    PostgresWrite(Transaction<'static, Postgres>),
}

enum Connection<'a> {
    Sqlite(&'a mut SqliteConnection),
    Postgres(&'a mut PgConnection),
}

impl Session {
    /// Which dialect is spoken here.
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::SqliteRead(_) | Self::SqliteWrite(_) => Dialect::Sqlite,
            Self::PostgresRead(_) | Self::PostgresWrite(_) => Dialect::Postgres,
        }
    }

    fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::SqliteRead(connection) => Connection::Sqlite(connection),
            Self::SqliteWrite(transaction) => Connection::Sqlite(transaction),
            Self::PostgresRead(connection) => Connection::Postgres(connection),
            Self::PostgresWrite(transaction) => Connection::Postgres(transaction),
        }
    }

    /// Gives back the room that a large row took in the connection's buffers: it is kept until the connection ends
    /// otherwise, beside that of the next large mail (M174).
    pub(super) fn give_back_room(&mut self) {
        match self.connection() {
            Connection::Sqlite(connection) => connection.shrink_buffers(),
            Connection::Postgres(connection) => connection.shrink_buffers(),
        }
    }

    /// Ends the transaction: what was written is durable when this returns. Dropping a session instead
    /// takes everything back.
    pub(super) async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::SqliteWrite(transaction) => transaction.commit().await?,
            Self::PostgresWrite(transaction) => transaction.commit().await?,
            Self::SqliteRead(_) | Self::PostgresRead(_) => {}
        }
        Ok(())
    }

    /// Runs a statement; gives the number of rows it changed.
    pub(super) async fn execute<const N: usize>(&mut self, statement: &Statement, values: [Value; N]) -> Result<u64, Fault> {
        self.run(statement, 0, values).await
    }

    /// Runs a query.
    pub(super) async fn fetch<const N: usize>(&mut self, statement: &Statement, values: [Value; N]) -> Result<Vec<Row>, Fault> {
        self.query(statement, 0, values).await
    }

    /// Runs a statement on all these rows, however many; gives the number of rows it changed.
    pub(super) async fn execute_rows(&mut self, statement: &Statement, rows: Vec<Value>) -> Result<u64, Fault> {
        let count = rows.len().checked_div(statement.columns()).unwrap_or_default();
        let mut rows = rows.into_iter();
        let mut changed = 0;
        for size in Statement::chunks(count) {
            changed += self.run(statement, size, rows.by_ref().take(size * statement.columns())).await?;
        }
        Ok(changed)
    }

    /// Runs a query for all these rows, however many, with the other values in each part of it.
    pub(super) async fn fetch_rows<const N: usize>(
        &mut self,
        statement: &Statement,
        rows: Vec<Value>,
        others: [Value; N],
    ) -> Result<Vec<Row>, Fault> {
        let count = rows.len().checked_div(statement.columns()).unwrap_or_default();
        let mut rows = rows.into_iter();
        let mut found = Vec::new();
        for size in Statement::chunks(count) {
            let values = rows.by_ref().take(size * statement.columns()).chain(others.clone());
            found.append(&mut self.query(statement, size, values).await?);
        }
        Ok(found)
    }

    async fn run(&mut self, statement: &Statement, rows: usize, values: impl IntoIterator<Item = Value>) -> Result<u64, Fault> {
        let sql = AssertSqlSafe(statement.write_out(self.dialect(), rows));
        Ok(match self.connection() {
            Connection::Sqlite(connection) => {
                sqlx::query_with(sql, for_sqlite(values)?).execute(connection).await?.rows_affected()
            }
            Connection::Postgres(connection) => {
                sqlx::query_with(sql, for_postgres(values)?).execute(connection).await?.rows_affected()
            }
        })
    }

    async fn query(
        &mut self,
        statement: &Statement,
        rows: usize,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<Row>, Fault> {
        let sql = AssertSqlSafe(statement.write_out(self.dialect(), rows));
        Ok(match self.connection() {
            Connection::Sqlite(connection) => {
                let rows = sqlx::query_with(sql, for_sqlite(values)?).fetch_all(connection).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Connection::Postgres(connection) => {
                let rows = sqlx::query_with(sql, for_postgres(values)?).fetch_all(connection).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Lets the database read a statement without running it.
    pub(super) async fn prepare(&mut self, statement: &Statement, rows: usize) -> Result<(), Fault> {
        let types: Vec<_> = statement
            .types(rows)
            .map(|letter| match letter {
                'i' => <i64 as Type<Postgres>>::type_info(),
                'b' => <Vec<u8> as Type<Postgres>>::type_info(),
                _ => <String as Type<Postgres>>::type_info(),
            })
            .collect();
        let sql = AssertSqlSafe(statement.write_out(self.dialect(), rows)).into_sql_str();
        match self.connection() {
            Connection::Sqlite(connection) => drop(connection.prepare(sql).await?),
            Connection::Postgres(connection) => drop(connection.prepare_with(sql, &types).await?),
        }
        Ok(())
    }
}

fn for_sqlite(values: impl IntoIterator<Item = Value>) -> Result<SqliteArguments, Fault> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Int(number) => Arguments::add(&mut arguments, number),
            Value::Text(text) => Arguments::add(&mut arguments, text),
            Value::Word(word) => Arguments::add(&mut arguments, word),
            Value::Bytes(bytes) => Arguments::add(&mut arguments, bytes),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

fn for_postgres(values: impl IntoIterator<Item = Value>) -> Result<PgArguments, Fault> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Int(number) => Arguments::add(&mut arguments, number),
            Value::Text(text) => Arguments::add(&mut arguments, text),
            Value::Word(word) => Arguments::add(&mut arguments, word),
            Value::Bytes(bytes) => Arguments::add(&mut arguments, bytes),
        }
        .map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}
