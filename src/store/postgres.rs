//! PostgreSQL: several daemons on one database.

use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use super::StoreOptions;
use super::error::{Fault, StoreError};

/// How long a task waits for a connection before it says that the database can not be reached.
const TURN_TIMEOUT: Duration = Duration::from_secs(15);

/// Connects to the server.
pub(super) async fn open(url: &str, options: &StoreOptions) -> Result<PgPool, StoreError> {
    let connect: PgConnectOptions = url.parse().map_err(|error| StoreError::from(Fault::from(error)))?;
    let connect = connect.application_name("wederhoor").statement_cache_capacity(200).disable_statement_logging();
    PgPoolOptions::new()
        .max_connections(options.connections.max(2))
        .acquire_timeout(TURN_TIMEOUT)
        .connect_with(connect)
        .await
        .map_err(|error| Fault::from(error).into())
}

/// SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).
pub(super) fn fault(state: &str, message: &str) -> Fault {
    match state {
        // serialization_failure, deadlock_detected
        "40001" | "40P01" => Fault::Again(message.to_owned()),
        // disk_full
        "53100" => Fault::Store(StoreError::DiskFull),
        // read_only_sql_transaction (a standby, or an administrator's choice), insufficient_privilege
        "25006" | "42501" => Fault::Store(StoreError::ReadOnly),
        // admin_shutdown, crash_shutdown, cannot_connect_now, lock_not_available, query_canceled;
        // connection exceptions; insufficient resources; system errors
        "57P01" | "57P02" | "57P03" | "55P03" | "57014" => Fault::Store(StoreError::Unavailable(message.to_owned())),
        _ => match state.get(..2) {
            Some("08" | "53" | "58") => Fault::Store(StoreError::Unavailable(message.to_owned())),
            Some("XX") => Fault::Store(StoreError::Corrupt { what: "database page", detail: message.to_owned() }),
            _ => Fault::Store(StoreError::Statement(message.to_owned())),
        },
    }
}
