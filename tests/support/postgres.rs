//! A PostgreSQL server of the test's own: in a temporary folder, on a socket there, with fsync on.
//!
//! PostgreSQL refuses to run as root; then its own system user runs it. Where it is not installed the test
//! fails and says so: a contract that was not tried has not been kept.

use std::io::{BufRead, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;

/// The server; it is stopped when this is dropped.
pub struct Postgres {
    server: Child,
    folder: TempDir,
    databases: AtomicU32,
}

impl Postgres {
    /// Makes a cluster and starts it; returns when it accepts connections.
    pub fn start() -> Self {
        let programs = programs();
        let account = account();
        let folder = tempfile::Builder::new().prefix("wederhoor-pg-").tempdir().expect("a temporary folder");
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).expect("rights of the folder");
        if let Some((user, group)) = account {
            chown(folder.path(), Some(user), Some(group)).expect("the folder for the postgres user");
        }
        let data = folder.path().join("data");
        let initdb = command(&programs.join("initdb"), account)
            .args(["--username=wederhoor", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--pgdata"])
            .arg(&data)
            .current_dir(folder.path())
            .output()
            .expect("initdb starts");
        assert!(initdb.status.success(), "initdb failed: {}", String::from_utf8_lossy(&initdb.stderr));

        let server = serve(folder.path());
        Self { server, folder, databases: AtomicU32::new(0) }
    }

    /// Ends the server as its administrator would, every connection with it.
    pub fn stop(&mut self) {
        // One that was stopped before has no process id of its own any more.
        if self.server.try_wait().is_ok_and(|ended| ended.is_none()) {
            drop(Command::new("kill").args(["-INT", &self.server.id().to_string()]).status());
            drop(self.server.wait());
        }
    }

    /// Starts it again after [`Postgres::stop`], with everything it held.
    pub fn start_again(&mut self) {
        self.server = serve(self.folder.path());
    }

    /// A new, empty database; gives its URL.
    pub async fn database(&self) -> String {
        let name = format!("desk_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&self.url("postgres")).await.expect("a connection to the test server");
        sqlx::query(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.expect("a new database");
        connection.close().await.expect("the connection ends");
        self.url(&name)
    }

    fn url(&self, database: &str) -> String {
        let socket = self.folder.path().to_str().expect("a readable path").replace('/', "%2F");
        format!("postgres://wederhoor@{socket}/{database}")
    }
}

impl Drop for Postgres {
    /// SIGINT is a fast shutdown: connections are ended, everything is written.
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts the server on the cluster in this folder; returns when it accepts connections.
fn serve(folder: &Path) -> Child {
    let mut server = command(&programs().join("postgres"), account())
        .args(["-c", "listen_addresses=", "-c", "fsync=on", "-c", "max_connections=60", "-c", "log_min_messages=log"])
        .arg("-k")
        .arg(folder)
        .arg("-D")
        .arg(folder.join("data"))
        .current_dir(folder)
        .stderr(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("postgres starts");
    let mut words = BufReader::new(server.stderr.take().expect("its standard error")).lines();
    let mut said = Vec::new();
    loop {
        match words.next() {
            Some(Ok(line)) if line.contains("ready to accept connections") => break,
            Some(Ok(line)) => said.push(line),
            _ => panic!("postgres ended before it was ready:\n{}", said.join("\n")),
        }
    }
    // What it says later is read away, or it would stop at a full pipe.
    std::thread::spawn(move || words.for_each(drop));
    server
}

fn command(program: &Path, account: Option<(u32, u32)>) -> Command {
    let mut command = Command::new(program);
    command.env("LC_ALL", "C.UTF-8");
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    command
}

/// The folder with `initdb` and `postgres`: Debian keeps it off the path.
fn programs() -> PathBuf {
    let mut candidates: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin"))
        .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()))
        .collect();
    candidates.sort();
    candidates.reverse();
    candidates
        .into_iter()
        .find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
        .expect("PostgreSQL is not installed: install the server (Debian: postgresql), the store is not tested without it")
}

/// The user and group to run as: those of `postgres` when we are root, our own otherwise.
fn account() -> Option<(u32, u32)> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|us| std::os::unix::fs::MetadataExt::uid(&us) == 0);
    root.then(|| {
        let accounts = std::fs::read_to_string("/etc/passwd").expect("/etc/passwd");
        let line = accounts.lines().find(|line| line.starts_with("postgres:")).expect("the system user postgres");
        let mut ids = line.split(':').skip(2).map(|id| id.parse().expect("a number in /etc/passwd"));
        (ids.next().expect("a user"), ids.next().expect("a group"))
    })
}
