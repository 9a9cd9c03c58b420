//! A real Postfix on loopback: SMTP, submission with STARTTLS, and submission over TLS.
//!
//! It takes mail for the users it is told of and delivers it to Maildirs in its own folder, or passes it
//! on by LMTP. Nothing ever leaves the machine.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What differs between servers.
#[derive(Clone, Debug)]
pub struct PostfixOptions {
    /// Addresses that exist; `address+detail` reaches them too.
    pub users: Vec<String>,
    /// Where mail for them goes: `None` for Maildirs here, or a Postfix destination such as
    /// `unix:/path/to/lmtp` or `inet:127.0.0.1:24`.
    pub lmtp: Option<String>,
    /// Largest mail in bytes.
    pub size: usize,
}

impl Default for PostfixOptions {
    fn default() -> Self {
        let users = ["klager@elders.example", "klachten@voorbeeldzorg.example", "officier@voorbeeldzorg.example"];
        Self { users: users.map(str::to_owned).to_vec(), lmtp: None, size: 50_000_000 }
    }
}

/// A running server. It stops when the value is dropped.
pub struct Postfix {
    root: tempfile::TempDir,
    child: Child,
    /// SMTP without TLS.
    pub smtp_port: u16,
    /// Submission: STARTTLS is demanded.
    pub submission_port: u16,
    /// Submission over TLS from the first byte.
    pub tls_port: u16,
}

impl Postfix {
    /// Starts a server and waits until it answers.
    pub fn start(options: &PostfixOptions) -> Self {
        let daemons = Command::new("postconf").args(["-dh", "daemon_directory"]).stdin(Stdio::null()).output();
        let daemons = daemons.ok().filter(|output| output.status.success());
        let daemons = daemons.expect("this test needs Postfix: install the packages postfix and openssl");
        let daemons = PathBuf::from(String::from_utf8(daemons.stdout).unwrap().trim());
        let root = tempfile::Builder::new().prefix("wederhoor-postfix").tempdir().unwrap();
        assert_eq!(
            fs::metadata(root.path()).unwrap().uid(),
            0,
            "this test needs Postfix, and Postfix needs to be started by root"
        );
        fs::set_permissions(root.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let [smtp_port, submission_port, tls_port] = free_ports();
        make_certificates(root.path());
        make_folders(root.path());
        fs::write(root.path().join("etc/main.cf"), main_cf(root.path(), options)).unwrap();
        fs::write(root.path().join("etc/master.cf"), master_cf([smtp_port, submission_port, tls_port])).unwrap();
        let users: Vec<String> = options.users.iter().map(|user| format!("{user} {user}/\n")).collect();
        fs::write(root.path().join("etc/users"), users.concat()).unwrap();
        let log = fs::File::options().append(true).create(true).open(root.path().join("start.log")).unwrap();
        let child = Command::new(daemons.join("master"))
            // -d: stay our child, so that it is stopped by its own process id.
            .arg("-d")
            .arg("-c")
            .arg(root.path().join("etc"))
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self { root, child, smtp_port, submission_port, tls_port };
        let until = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", smtp_port)).is_err() {
            let running = server.child.try_wait().unwrap().is_none();
            assert!(running && Instant::now() < until, "Postfix did not start: {}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// The authority that signed the server's certificate, which bears the name `localhost` and no other.
    pub fn authority(&self) -> PathBuf {
        self.root.path().join("ca.pem")
    }

    /// Where a user's mail arrives (`new/` in it).
    pub fn maildir(&self, user: &str) -> PathBuf {
        self.root.path().join("mail").join(user)
    }

    /// Waits until a user has this many mails, and gives them as they lie on disk.
    pub fn mails_of(&self, user: &str, count: usize) -> Vec<String> {
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let files: Vec<_> = fs::read_dir(self.maildir(user).join("new"))
                .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
                .unwrap_or_default();
            if files.len() >= count {
                return files.iter().map(|file| String::from_utf8_lossy(&fs::read(file).unwrap()).into_owned()).collect();
            }
            assert!(Instant::now() < until, "{user} has {} of {count} mails: {}", files.len(), self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        ["start.log", "postfix.log"]
            .iter()
            .map(|name| fs::read_to_string(self.root.path().join(name)).unwrap_or_default())
            .collect()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        // The master ends its daemons when it is asked to end.
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).stderr(Stdio::null()).status();
        let until = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            if Instant::now() > until {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// What `postfix check` would make, without its second of looking around.
fn make_folders(root: &Path) {
    let id = |arguments: [&str; 2]| {
        let output = Command::new("getent").args(arguments).output().unwrap();
        let line = String::from_utf8(output.stdout).unwrap();
        line.split(':').nth(2).and_then(|id| id.parse::<u32>().ok()).expect("Postfix has its user and groups")
    };
    let (owner, group) = (id(["passwd", "postfix"]), id(["group", "postdrop"]));
    let make = |name: &str, mode: u32, owner: u32, group: Option<u32>| {
        let folder = root.join(name);
        fs::create_dir(&folder).unwrap();
        chown(&folder, Some(owner), group).unwrap();
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).unwrap();
    };
    make("etc", 0o755, 0, None);
    make("mail", 0o755, 65534, Some(65534));
    make("data", 0o700, owner, None);
    make("spool", 0o755, 0, None);
    make("spool/pid", 0o755, 0, None);
    make("spool/public", 0o710, owner, Some(group));
    make("spool/maildrop", 0o730, owner, Some(group));
    let queues = ["active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace"];
    for queue in queues {
        make(&format!("spool/{queue}"), 0o700, owner, None);
    }
}

/// Ports that nobody had a moment ago.
pub fn free_ports<const N: usize>() -> [u16; N] {
    let taken: [TcpListener; N] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    taken.map(|listener| listener.local_addr().unwrap().port())
}

/// An authority of our own (`ca.pem`) and a certificate for `localhost` (`cert.pem`, `key.pem`).
pub fn make_certificates(folder: &Path) {
    let log = folder.join("openssl.log");
    let path = |name: &str| folder.join(name);
    let openssl = || {
        let mut command = Command::new("openssl");
        command.stdin(Stdio::null());
        command
    };
    let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    run(
        openssl()
            .args(["req", "-x509"])
            .args(key)
            .args(["-days", "2", "-subj", "/CN=proefautoriteit"])
            .args(["-addext", "keyUsage=critical,keyCertSign", "-keyout"])
            .arg(path("ca-key.pem"))
            .arg("-out")
            .arg(path("ca.pem")),
        &log,
    );
    run(
        openssl()
            .arg("req")
            .args(key)
            .args(["-subj", "/CN=localhost", "-keyout"])
            .arg(path("key.pem"))
            .arg("-out")
            .arg(path("request.pem")),
        &log,
    );
    fs::write(path("names"), "subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n").unwrap();
    run(
        openssl()
            .args(["x509", "-req", "-days", "2", "-CAcreateserial", "-in"])
            .arg(path("request.pem"))
            .arg("-CA")
            .arg(path("ca.pem"))
            .arg("-CAkey")
            .arg(path("ca-key.pem"))
            .arg("-extfile")
            .arg(path("names"))
            .arg("-out")
            .arg(path("cert.pem")),
        &log,
    );
}

fn run(command: &mut Command, log: &Path) {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let said = [output.stdout, output.stderr].concat();
    fs::write(log, &said).unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&said));
}

fn main_cf(root: &Path, options: &PostfixOptions) -> String {
    let root = root.display();
    let mut domains: Vec<&str> = options.users.iter().filter_map(|user| user.split_once('@')).map(|(_, domain)| domain).collect();
    domains.sort_unstable();
    domains.dedup();
    let domains = domains.join(", ");
    let transport = options.lmtp.as_ref().map_or("virtual".to_owned(), |destination| format!("lmtp:{destination}"));
    let size = options.size;
    format!(
        "compatibility_level = 3.6\n\
         queue_directory = {root}/spool\n\
         data_directory = {root}/data\n\
         maillog_file_prefixes = {root}\n\
         maillog_file = {root}/postfix.log\n\
         myhostname = mx.voorbeeldzorg.example\n\
         mydestination =\n\
         mynetworks = 127.0.0.0/8\n\
         inet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\n\
         recipient_delimiter = +\n\
         alias_maps =\n\
         alias_database =\n\
         default_transport = error:5.1.2 no mail leaves this machine\n\
         smtpd_client_connection_count_limit = 0\n\
         smtpd_peername_lookup = no\n\
         message_size_limit = {size}\n\
         virtual_mailbox_limit = 0\n\
         virtual_mailbox_domains = {domains}\n\
         virtual_mailbox_maps = texthash:{root}/etc/users\n\
         virtual_mailbox_base = {root}/mail\n\
         virtual_uid_maps = static:65534\n\
         virtual_gid_maps = static:65534\n\
         virtual_transport = {transport}\n\
         smtpd_recipient_restrictions = reject_unlisted_recipient, permit_mynetworks, reject\n\
         smtpd_tls_cert_file = {root}/cert.pem\n\
         smtpd_tls_key_file = {root}/key.pem\n"
    )
}

fn master_cf([smtp, submission, tls]: [u16; 3]) -> String {
    format!(
        "127.0.0.1:{smtp} inet n - n - - smtpd\n\
         127.0.0.1:{submission} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt\n\
         127.0.0.1:{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt\n\
         pickup unix n - n 60 1 pickup\n\
         cleanup unix n - n - 0 cleanup\n\
         qmgr unix n - n 300 1 qmgr\n\
         tlsmgr unix - - n 1000? 1 tlsmgr\n\
         rewrite unix - - n - - trivial-rewrite\n\
         bounce unix - - n - 0 bounce\n\
         defer unix - - n - 0 bounce\n\
         trace unix - - n - 0 bounce\n\
         verify unix - - n - 1 verify\n\
         proxymap unix - - n - - proxymap\n\
         error unix - - n - - error\n\
         retry unix - - n - - error\n\
         virtual unix - n n - - virtual\n\
         lmtp unix - - n - - lmtp\n\
         anvil unix - - n - 1 anvil\n\
         scache unix - - n - 1 scache\n\
         postlog unix-dgram n - n - 1 postlogd\n"
    )
}
