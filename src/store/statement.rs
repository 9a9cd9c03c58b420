//! One SQL text for two databases.
//!
//! Both speak nearly the same SQL. A text is written once, in the form of SQLite; three marks carry the
//! difference:
//!
//! - `?` is the next value. SQLite takes it as it stands, PostgreSQL gets `$1`, `$2`, … SQLite would
//!   take `$1` too, but looks such names up one after another: with a thousand values in one statement
//!   that costs more than the statement.
//! - `{rows}` is a list of rows of values, `(?, ?), (?, ?), …`. All values of the rows come before the
//!   other values of the statement.
//! - `{postgres:…}` stands on PostgreSQL alone: row locks, which SQLite has no need of.

/// Which dialect a text is written out for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
}

/// A named SQL text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement {
    /// The name of its constant, for messages.
    pub(super) name: &'static str,
    /// Types of the values in each row of `{rows}`; empty for a text without rows.
    pub(super) rows: &'static str,
    /// Types of the other values.
    pub(super) others: &'static str,
    /// The text with its marks.
    pub(super) text: &'static str,
}

/// Rows in one statement, largest first. A few fixed sizes, so that each is prepared once and kept:
/// most of a window goes in the largest, and the prepared ones stay small.
const CHUNKS: [usize; 3] = [64, 8, 1];

impl Statement {
    /// The text for this database with this many rows.
    pub(super) fn write_out(&self, dialect: Dialect, rows: usize) -> String {
        let mut out = String::with_capacity(self.text.len() + rows * self.columns() * 6);
        let mut values = 0;
        let mut rest = self.text;
        while let Some(at) = rest.find(['?', '{']) {
            let (before, mark) = rest.split_at(at);
            out.push_str(before);
            if let Some(after) = mark.strip_prefix('?') {
                value(&mut out, dialect, &mut values);
                rest = after;
            } else if let Some(after) = mark.strip_prefix("{rows}") {
                for row in 0..rows {
                    out.push_str(if row == 0 { "(" } else { ", (" });
                    for column in 0..self.columns() {
                        if column > 0 {
                            out.push_str(", ");
                        }
                        value(&mut out, dialect, &mut values);
                    }
                    out.push(')');
                }
                rest = after;
            } else if let Some((only, after)) = mark.strip_prefix("{postgres:").and_then(|inner| inner.split_once('}')) {
                if dialect == Dialect::Postgres {
                    out.push_str(only);
                }
                rest = after;
            } else {
                out.push_str(mark);
                rest = "";
            }
        }
        out.push_str(rest);
        out
    }

    /// Values in a row.
    pub(super) fn columns(&self) -> usize {
        self.rows.len()
    }

    /// The types of all values of a text with this many rows, in order.
    pub(super) fn types(&self, rows: usize) -> impl Iterator<Item = char> {
        std::iter::repeat_n(self.rows, rows).flat_map(str::chars).chain(self.others.chars())
    }

    /// The sizes of the statements that together write this many rows.
    pub(super) fn chunks(rows: usize) -> impl Iterator<Item = usize> {
        let mut left = rows;
        std::iter::from_fn(move || {
            let size = CHUNKS.into_iter().find(|size| *size <= left)?;
            left -= size;
            Some(size)
        })
    }

    /// Every size in which this text is ever sent.
    pub(super) fn sizes(&self) -> &'static [usize] {
        if self.rows.is_empty() { &[0] } else { &CHUNKS }
    }
}

fn value(out: &mut String, dialect: Dialect, values: &mut usize) {
    *values += 1;
    match dialect {
        Dialect::Sqlite => out.push('?'),
        Dialect::Postgres => {
            out.push('$');
            out.push_str(&values.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_is_written_out_for_each_database() {
        let statement = Statement {
            name: "EXAMPLE",
            rows: "it",
            others: "ii",
            text: "SELECT a FROM t WHERE (a, b) IN (VALUES {rows}) AND c < ?{postgres: FOR UPDATE} LIMIT ?",
        };
        assert_eq!(
            statement.write_out(Dialect::Sqlite, 2),
            "SELECT a FROM t WHERE (a, b) IN (VALUES (?, ?), (?, ?)) AND c < ? LIMIT ?"
        );
        assert_eq!(
            statement.write_out(Dialect::Postgres, 2),
            "SELECT a FROM t WHERE (a, b) IN (VALUES ($1, $2), ($3, $4)) AND c < $5 FOR UPDATE LIMIT $6"
        );
    }

    #[test]
    fn any_number_of_rows_is_made_of_the_fixed_sizes() {
        for rows in [0, 1, 7, 8, 63, 64, 200, 1999] {
            assert_eq!(Statement::chunks(rows).sum::<usize>(), rows);
        }
        assert_eq!(Statement::chunks(200).count(), 4);
    }
}
