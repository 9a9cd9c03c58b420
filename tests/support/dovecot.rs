//! A real Dovecot on loopback: IMAP plain with STARTTLS, IMAP over TLS, LMTP, and its delivery agent.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, SystemTime};

/// Every user has this password.
pub const PASSWORD: &str = "een \"goed\" wachtwoord\\";

/// The users that exist, each with an empty mailbox.
pub const USERS: [&str; 6] = ["klachten", "beheer", "klager", "beklaagde", "officier", "plaatsvervanger"];

/// What differs between servers.
#[derive(Clone, Debug, Default)]
pub struct DovecotOptions {
    /// Capabilities that the server does not announce, as `MOVE`, `UIDPLUS`, `IDLE`.
    pub without: Vec<&'static str>,
    /// Further users, `klachten1` and on.
    pub further_users: usize,
}

/// A running server. It stops when the value is dropped.
pub struct Dovecot {
    root: tempfile::TempDir,
    options: DovecotOptions,
    child: Option<Child>,
    /// IMAP without TLS, with STARTTLS.
    pub imap_port: u16,
    /// IMAP over TLS.
    pub tls_port: u16,
    /// LMTP, for a mail transfer agent.
    pub lmtp_port: u16,
    mail_owner: (u32, u32),
    delivered: AtomicU32,
}

impl Dovecot {
    /// Starts a server with everything Dovecot can do.
    pub fn start() -> Self {
        Self::start_with(DovecotOptions::default())
    }

    /// Starts a server and waits until it answers.
    pub fn start_with(options: DovecotOptions) -> Self {
        let found = Command::new("dovecot").arg("--version").stdin(Stdio::null()).output();
        assert!(
            found.is_ok_and(|output| output.status.success()),
            "this test needs Dovecot: install the packages dovecot-imapd and openssl"
        );
        let root = tempfile::Builder::new().prefix("wederhoor-dovecot").tempdir().unwrap();
        let runs_as_root = fs::metadata(root.path()).unwrap().uid() == 0;
        let owner = fs::metadata(root.path()).unwrap();
        // Dovecot never opens mail as root; everywhere else it can only be the user that started it.
        let mail_owner = if runs_as_root { (65534, 65534) } else { (owner.uid(), owner.gid()) };
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let [imap_port, tls_port, lmtp_port] = free_ports();
        let delivered = AtomicU32::new(0);
        let mut server = Self { root, options, child: None, imap_port, tls_port, lmtp_port, mail_owner, delivered };
        server.make_certificate();
        server.write_configuration(runs_as_root);
        for user in server.users() {
            server.make_folder(&server.home(&user));
        }
        server.restart();
        server
    }

    /// The certificate that the server shows; it is its own authority.
    pub fn certificate(&self) -> PathBuf {
        self.root.path().join("certificate.pem")
    }

    /// Delivers as a mail transfer agent does, through Dovecot's own delivery agent, so that the index knows
    /// the mail at once. The address may carry a detail: `klachten+token`.
    pub fn deliver(&self, local_part: &str, mail: &[u8]) {
        let user = local_part.split('+').next().unwrap();
        let mut agent = Command::new("/usr/lib/dovecot/dovecot-lda")
            .arg("-c")
            .arg(self.configuration())
            .args(["-f", "klager@elders.example", "-d", user, "-a", local_part])
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        agent.stdin.take().unwrap().write_all(mail).unwrap();
        let ended = agent.wait_with_output().unwrap();
        assert!(ended.status.success(), "dovecot-lda: {}{}", String::from_utf8_lossy(&ended.stderr), self.log());
    }

    /// Puts a mail into INBOX byte for byte, by way of `new/`: also what no LMTP would carry. Mails keep the
    /// order in which they were put.
    pub fn append(&self, user: &str, mail: &[u8]) {
        self.append_to(user, "", mail);
    }

    /// Puts several mails into INBOX, the first one as the oldest.
    pub fn append_all(&self, user: &str, mails: &[impl AsRef<[u8]>]) {
        for mail in mails {
            self.append(user, mail.as_ref());
        }
    }

    /// As [`Dovecot::append`], for a folder below INBOX (Maildir++ name, `.klachten`).
    pub fn append_to(&self, user: &str, folder: &str, mail: &[u8]) {
        let number = self.delivered.fetch_add(1, Ordering::Relaxed);
        let maildir = self.home(user).join("Maildir").join(folder);
        for part in ["tmp", "new", "cur"] {
            self.make_folder(&maildir.join(part));
        }
        let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
        let name = format!("{seconds}.M{number:06}P1.tests");
        let written = maildir.join("tmp").join(&name);
        fs::write(&written, mail).unwrap();
        chown(&written, Some(self.mail_owner.0), Some(self.mail_owner.1)).unwrap();
        fs::rename(written, maildir.join("new").join(name)).unwrap();
    }

    /// How many mails lie in a folder on disk; `INBOX`, or a name with `/` between levels.
    pub fn folder_count(&self, user: &str, folder: &str) -> usize {
        self.files(user, folder).len()
    }

    /// The mails of a folder as they lie on disk, in the order in which they came. One that is moved away
    /// meanwhile is left out.
    pub fn mails(&self, user: &str, folder: &str) -> Vec<Vec<u8>> {
        let maildir = self.folder_path(user, folder);
        let read = |name: &String| ["new", "cur"].iter().find_map(|part| fs::read(maildir.join(part).join(name)).ok());
        self.files(user, folder).iter().filter_map(read).collect()
    }

    /// The files of a folder: names end with the flags (`:2,S`).
    pub fn files(&self, user: &str, folder: &str) -> Vec<String> {
        let maildir = self.folder_path(user, folder);
        let mut names = Vec::new();
        for part in ["new", "cur"] {
            if let Ok(entries) = fs::read_dir(maildir.join(part)) {
                names.extend(entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()));
            }
        }
        names.sort_by_key(|name| arrival(name));
        names
    }

    /// Runs `doveadm` on this server and insists on success.
    pub fn doveadm(&self, arguments: &[&str]) -> String {
        let output = Command::new("doveadm").arg("-c").arg(self.configuration()).args(arguments).output().unwrap();
        assert!(output.status.success(), "doveadm {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Kills the server and all its processes at once, as a power cut would.
    pub fn kill(&mut self) {
        self.stop("KILL");
    }

    /// Starts the server again on the same ports and the same mail.
    pub fn restart(&mut self) {
        self.stop("TERM");
        let log = fs::File::create(self.root.path().join("start.log")).unwrap();
        let child = Command::new("dovecot")
            .arg("-F")
            .arg("-c")
            .arg(self.configuration())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            // A group of its own, so that stopping it reaches its processes and nobody else's.
            .process_group(0)
            .spawn()
            .unwrap();
        self.child = Some(child);
        let until = Instant::now() + Duration::from_secs(20);
        while !self.answers() {
            assert!(Instant::now() < until, "Dovecot did not start: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// The process that leads its group; the group's processes are the server's.
    pub fn process(&self) -> u32 {
        self.child.as_ref().expect("a server that runs").id()
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        ["start.log", "dovecot.log"]
            .iter()
            .map(|name| fs::read_to_string(self.root.path().join(name)).unwrap_or_default())
            .collect()
    }

    fn answers(&self) -> bool {
        let Ok(stream) = TcpStream::connect(("127.0.0.1", self.imap_port)) else { return false };
        let mut greeting = String::new();
        let limited = stream.set_read_timeout(Some(Duration::from_secs(5))).is_ok();
        limited && BufReader::new(stream).read_line(&mut greeting).is_ok() && greeting.starts_with("* OK")
    }

    fn stop(&mut self, signal: &str) {
        let Some(mut child) = self.child.take() else { return };
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args([&format!("-{signal}"), "--", &group]).stderr(Stdio::null()).status();
        let until = Instant::now() + Duration::from_secs(10);
        while child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if Instant::now() > until {
                let _ = child.kill();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        // Its processes end with it; what is left of the group would hold the ports.
        let _ = Command::new("kill").args(["-KILL", "--", &group]).stderr(Stdio::null()).status();
    }

    fn folder_path(&self, user: &str, folder: &str) -> PathBuf {
        let below = if folder == "INBOX" { String::new() } else { format!(".{}", folder.replace('/', ".")) };
        self.home(user).join("Maildir").join(below)
    }

    fn home(&self, user: &str) -> PathBuf {
        self.root.path().join("mail").join(user)
    }

    fn users(&self) -> impl Iterator<Item = String> + use<> {
        USERS.map(str::to_owned).into_iter().chain((1..=self.options.further_users).map(|number| format!("klachten{number}")))
    }

    fn configuration(&self) -> PathBuf {
        self.root.path().join("dovecot.conf")
    }

    fn make_folder(&self, path: &Path) {
        fs::create_dir_all(path).unwrap();
        let mut path = path;
        while path != self.root.path() {
            chown(path, Some(self.mail_owner.0), Some(self.mail_owner.1)).unwrap();
            path = path.parent().unwrap();
        }
    }

    fn make_certificate(&self) {
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
            .arg(self.root.path().join("key.pem"))
            .arg("-out")
            .arg(self.certificate())
            .output()
            .expect("this test needs openssl: install the package openssl");
        assert!(made.status.success(), "openssl: {}", String::from_utf8_lossy(&made.stderr));
    }

    fn write_configuration(&self, runs_as_root: bool) {
        let root = self.root.path().display();
        let (uid, gid) = self.mail_owner;
        let users: Vec<String> = self.users().map(|user| format!("{user}:{{PLAIN}}{PASSWORD}::::::\n")).collect();
        fs::write(self.root.path().join("users"), users.concat()).unwrap();
        let own_user = if runs_as_root {
            String::new()
        } else {
            let name = |flag| String::from_utf8(Command::new("id").arg(flag).output().unwrap().stdout).unwrap();
            let (user, group) = (name("-un"), name("-gn"));
            let (user, group) = (user.trim(), group.trim());
            format!("default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}\n")
        };
        let mut everything = String::from(
            "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ NAMESPACE UIDPLUS MOVE UNSELECT CHILDREN SPECIAL-USE",
        );
        for missing in &self.options.without {
            everything = everything.split(' ').filter(|word| word != missing).collect::<Vec<_>>().join(" ");
        }
        let capability =
            if self.options.without.is_empty() { String::new() } else { format!("imap_capability = {everything}\n") };
        let (imap, over_tls, lmtp) = (self.imap_port, self.tls_port, self.lmtp_port);
        let text = format!(
            "base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <{root}/certificate.pem
ssl_key = <{root}/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
{own_user}{capability}mail_location = maildir:~/Maildir
mail_home = {root}/mail/%n
first_valid_uid = 1
first_valid_gid = 1
recipient_delimiter = +
auth_username_format = %Ln
mail_max_userip_connections = 200
imap_idle_notify_interval = 2 mins
login_trusted_networks =
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%Ln {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%Ln
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {over_tls}
    ssl = yes
  }}
}}
"
        );
        fs::write(self.configuration(), text).unwrap();
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.stop("TERM");
    }
}

/// When a mail came, as its file name tells: seconds, and after `M` the microseconds, which have no leading zeros.
fn arrival(name: &str) -> (u64, u64) {
    let number = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap_or_default();
    (number(name), name.split_once(".M").map_or(0, |(_, after)| number(after)))
}

/// Ports that nobody holds; all are held while they are chosen, so they differ.
fn free_ports() -> [u16; 3] {
    let held = [(); 3].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    held.map(|listener| listener.local_addr().unwrap().port())
}
