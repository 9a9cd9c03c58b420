//! The program as an operator has it: a folder with a configuration, and processes with words and exit codes.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The address of the desk.
pub const DESK: &str = "klachten@voorbeeldzorg.example";
/// The officer's.
pub const OFFICER: &str = "officier@voorbeeldzorg.example";
/// Where the operator hears of troubles.
pub const OPERATOR: &str = "beheer@voorbeeldzorg.example";

/// Asks again and again until there is an answer; `why` says what is wrong when there never is one.
pub fn wait_for<T>(what: &str, mut ask: impl FnMut() -> Option<T>, why: impl Fn() -> String) -> T {
    let until = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < until, "{what}: it never happened\n{}", why());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Where the parts of an installation are.
#[derive(Clone, Debug)]
pub struct Wiring {
    /// URL of the database; `None` for an SQLite file of its own.
    pub database: Option<String>,
    /// The keys of `[desk.retrieval]`.
    pub retrieval: String,
    /// The keys of `[desk.submission]`.
    pub submission: String,
    /// Port of `/healthz` and `/metrics`.
    pub listen: Option<u16>,
    /// The address of the desk.
    pub desk: String,
    /// The address of its officer.
    pub officer: String,
    /// The sign before the token of a case, where it is not `+`.
    pub separator: Option<char>,
}

impl Wiring {
    /// IMAP and SMTP on these ports of this machine.
    pub fn new(imap_port: u16, smtp_port: u16) -> Self {
        Self {
            database: None,
            retrieval: format!("imap = \"imap://klachten@127.0.0.1:{imap_port}\"\npassword_file = \"password\""),
            submission: format!("smtp = \"smtp://127.0.0.1:{smtp_port}\"\nconnections = 4"),
            listen: None,
            desk: DESK.to_owned(),
            officer: OFFICER.to_owned(),
            separator: None,
        }
    }
}

/// A folder with everything that one desk needs.
pub struct Installation {
    folder: tempfile::TempDir,
    started: AtomicU32,
}

impl Installation {
    /// Writes the configuration and the password.
    pub fn new(wiring: &Wiring, password: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("wederhoor-desk").tempdir().unwrap();
        let installation = Self { folder, started: AtomicU32::new(0) };
        installation.set_password(password);
        installation.configure(wiring);
        installation
    }

    /// Writes the password of the mailbox, readable for its owner only.
    pub fn set_password(&self, password: &str) {
        let file = self.path("password");
        fs::write(&file, password).unwrap();
        fs::set_permissions(file, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Writes the configuration.
    pub fn configure(&self, wiring: &Wiring) {
        let database = wiring.database.clone().unwrap_or_else(|| "sqlite:var/wederhoor.db".to_owned());
        let observe = wiring.listen.map(|port| format!("[observe]\nlisten = \"127.0.0.1:{port}\"\n")).unwrap_or_default();
        let Wiring { retrieval, submission, desk, officer, .. } = wiring;
        let separator = wiring.separator.map(|sign| format!("separator = \"{sign}\"\n")).unwrap_or_default();
        let text = format!(
            r#"rehearsal = true
[store]
url = "{database}"
[operator]
address = "{OPERATOR}"
{observe}
[[desk]]
name = "Klachtenhulp Voorbeeldzorg"
address = "{desk}"
regime = "wkkgz"
language = "nl"
time_zone = "Europe/Amsterdam"
phone = "010-0000000"
hours = "werkdagen 9.00-16.00 uur"
hold = "0s"
{separator}[desk.ceilings]
per_domain_per_hour = 1000000
per_hour = 1000000
[desk.retrieval]
{retrieval}
[desk.submission]
{submission}
[desk.follow_up]
after = "28d"
cron = "0 0 9 * * Mon-Fri"
[[desk.officer]]
name = "Noor de Wit"
address = "{officer}"
role = "officer"
[[desk.officer]]
name = "Sam Bakker"
address = "plaatsvervanger@voorbeeldzorg.example"
role = "deputy"
"#
        );
        fs::write(self.path("wederhoor.toml"), text).unwrap();
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The URL of the SQLite file.
    pub fn sqlite_url(&self) -> String {
        format!("sqlite:{}", self.path("var/wederhoor.db").display())
    }

    /// Runs a command to its end.
    pub fn command(&self, arguments: &[&str]) -> Ended {
        self.begin(arguments).end()
    }

    /// Starts a command; its standard output is kept, its log goes to a file.
    pub fn begin(&self, arguments: &[&str]) -> Process {
        self.begin_as(Command::new(env!("CARGO_BIN_EXE_wederhoor")), arguments)
    }

    /// As [`Installation::begin`], with a command that starts the program in its own way.
    pub fn begin_as(&self, mut command: Command, arguments: &[&str]) -> Process {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let (log, output) = (self.path(&format!("log.{number}")), self.path(&format!("output.{number}")));
        let child = command
            .args(["--config"])
            .arg(self.path("wederhoor.toml"))
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(fs::File::create(&output).unwrap())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Process { child, log, output }
    }

    /// Starts the daemon and waits until it is ready.
    pub fn daemon(&self) -> Process {
        let mut daemon = self.begin(&["run"]);
        let ready = || (daemon.log().contains("ready") || daemon.has_ended().is_some()).then_some(());
        wait_for("the daemon's readiness", ready, String::new);
        assert!(daemon.has_ended().is_none(), "{}", daemon.log());
        daemon
    }

    /// `cases --json`.
    pub fn cases(&self) -> Vec<Value> {
        let ended = self.command(&["cases", "--json"]);
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        ended.output.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// `case NUMBER --json`.
    pub fn case(&self, number: &str) -> Value {
        let ended = self.command(&["case", number, "--json"]);
        assert_eq!(ended.code, Some(0), "{}", ended.log);
        serde_json::from_str(&ended.output).unwrap()
    }
}

/// What a process left behind.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub output: String,
    /// Its standard error.
    pub log: String,
}

/// A running process; it is killed when this is dropped.
pub struct Process {
    child: Child,
    log: PathBuf,
    output: PathBuf,
}

impl Process {
    /// Its log so far.
    pub fn log(&self) -> String {
        read(&self.log)
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has logged these words.
    pub fn wait_for_log(&self, words: &str) {
        wait_for(words, || self.log().contains(words).then_some(()), || self.log());
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// SIGKILL: it has no moment left. A process that ended by itself before is fine, too.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// SIGTERM, and its end.
    pub fn terminate(self) -> Ended {
        let sent = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        self.end()
    }

    /// Waits for its end.
    pub fn end(mut self) -> Ended {
        let log = self.log.clone();
        let status = wait_for("the end of the process", || self.child.try_wait().unwrap(), || read(&log));
        Ended { code: status.code(), output: read(&self.output), log: self.log() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read(file: &Path) -> String {
    String::from_utf8_lossy(&fs::read(file).unwrap_or_default()).into_owned()
}
