//! What the store promises, tried on both databases.
//!
//! Each promise is one function below. On SQLite each is a test by itself, on a file of its own; on
//! PostgreSQL all run on one server, each in a database of its own, and every promise that broke is named.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that can not go on fails"
)]

#[path = "support/postgres.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postgres;
#[path = "support/units.rs"]
mod units;

#[path = "store_contract/cases.rs"]
mod cases;
#[path = "store_contract/crashes.rs"]
mod crashes;
#[path = "store_contract/keeping.rs"]
mod keeping;
#[path = "store_contract/letters.rs"]
mod letters;
#[path = "store_contract/plans.rs"]
mod plans;

use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};
use wederhoor::store::{Store, StoreError, StoreOptions, open};

/// A database that a promise is tried on.
pub struct Place {
    url: String,
}

impl Place {
    /// A store on it, as a daemon opens it.
    async fn open(&self) -> Arc<dyn Store> {
        let store = open(&self.url, &StoreOptions::default()).await.expect("a database that opens");
        store.migrate().await.expect("a schema");
        store
    }

    /// SQL past the store: what the database itself says.
    async fn sql(&self, sql: &str) -> Result<(), sqlx::Error> {
        if self.url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(&self.url).await?;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
            connection.close().await
        } else {
            let mut connection = PgConnection::connect(&self.url).await?;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
            connection.close().await
        }
    }

    /// The first column of an answer, as text.
    async fn lines(&self, sql: &str) -> Vec<String> {
        if self.url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(&self.url).await.expect("a connection");
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.expect("an answer");
            rows.iter().map(|row| row.get::<String, _>(row.len() - 1)).collect()
        } else {
            let mut connection = PgConnection::connect(&self.url).await.expect("a connection");
            let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.expect("an answer");
            rows.iter().map(|row| row.get::<String, _>(row.len() - 1)).collect()
        }
    }

    fn is_postgres(&self) -> bool {
        self.url.starts_with("postgres")
    }
}

macro_rules! promises {
    ($($area:ident: $($name:ident),+;)*) => {
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let folder = tempfile::tempdir().expect("a temporary folder");
                    let url = format!("sqlite:{}", folder.path().join("var/desk.db").display());
                    crate::$area::$name(crate::Place { url }).await;
                }
            )+)*
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn every_promise_is_kept_on_postgresql() {
            let server = postgres::Postgres::start();
            let mut broken = Vec::new();
            $($(
                let place = Place { url: server.database().await };
                if tokio::spawn($area::$name(place)).await.is_err() {
                    broken.push(stringify!($name));
                }
            )+)*
            assert!(broken.is_empty(), "broken on PostgreSQL: {broken:?}");
        }
    };
}

promises! {
    cases:
        what_is_committed_is_read_back,
        a_mail_has_one_effect,
        a_mail_that_comes_twice_in_a_window_has_one_effect,
        a_change_decided_on_an_old_state_is_refused,
        changes_of_one_case_follow_each_other_in_a_window,
        a_bad_unit_takes_no_others_with_it,
        clocks_and_tokens_equal_the_state,
        a_case_has_one_follow_up,
        the_database_itself_refuses_a_second_follow_up,
        serials_are_never_given_twice,
        automatic_answers_are_counted_per_address_and_time,
        cases_are_listed_by_desk_and_by_page,
        a_large_window_is_written_whole,
        mails_on_no_case_are_kept,
        two_daemons_give_one_mail_one_effect;
    letters:
        a_letter_is_leased_to_one_daemon,
        a_lease_that_ended_gives_the_letter_to_the_next,
        a_follow_up_is_never_given_again_after_its_handover_began,
        an_unclear_follow_up_counts_as_sent,
        attempts_are_kept_and_settle_the_letter,
        a_daemon_that_lost_the_lease_disturbs_nobody,
        waiting_letters_are_taken_back,
        a_letter_withdrawn_in_the_window_it_was_born_in_stays_back,
        letters_wait_for_the_hold_of_the_desk,
        a_confirmation_that_waits_for_too_long_is_told_of_once,
        a_letter_that_expired_is_told_of_like_one_that_failed,
        letters_are_found_by_their_ids,
        many_daemons_share_an_outbox,
        a_mailbox_has_one_reader;
    crashes:
        a_schema_is_made_once_however_many_start,
        a_schema_from_a_later_version_is_refused,
        what_was_committed_survives_a_daemon_that_vanishes,
        a_commit_that_is_abandoned_leaves_nothing,
        every_statement_fits_the_schema,
        the_trace_value_is_the_same_for_every_daemon;
    keeping:
        an_anonymised_case_holds_nothing_about_a_person,
        anonymising_leaves_every_figure_of_the_report,
        a_file_on_paper_reads_no_more_than_it_may_and_no_letter_of_an_officer,
        a_morning_list_is_recorded_once;
    plans:
        clocks_and_queue_are_read_from_their_indexes;
}

#[tokio::test]
async fn a_url_that_names_no_known_database_is_refused() {
    for url in ["", "desk.db", "mysql://localhost/desk"] {
        let refused = open(url, &StoreOptions::default()).await.expect_err("no store");
        assert!(matches!(refused, StoreError::UnknownUrl), "{url:?} gave {refused:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_a_temporary_fault() {
    let url = "postgres://wederhoor@127.0.0.1:1/desk";
    let refused = open(url, &StoreOptions::default()).await.expect_err("no server");
    assert!(refused.is_temporary(), "{refused:?}");
}
