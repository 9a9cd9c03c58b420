//! Real mail programs against the real product: Dovecot and Postfix carry the mail, the daemon works between them,
//! and `play.py` drives neomutt in tmux and Roundcube in Chromium. Started by `tests/clients/run`, since a machine
//! that only builds has no mail programs.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a step that fails is the test's report")]
#![expect(clippy::disallowed_methods, reason = "the names of files in a Maildir begin with the time of day")]

#[path = "../support/dovecot.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod dovecot;
#[path = "../support/postfix.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod postfix;
#[path = "../support/program.rs"]
#[expect(dead_code, reason = "other suites use the rest")]
mod program;

use std::path::Path;
use std::process::Command;

use crate::dovecot::{Dovecot, DovecotOptions, PASSWORD};
use crate::postfix::{Postfix, PostfixOptions};
use crate::program::{DESK, Installation, OFFICER, OPERATOR, Wiring};

#[test]
#[ignore = "needs neomutt, Roundcube and Chromium: tests/clients/run"]
fn a_whole_case_goes_through_neomutt_and_roundcube() {
    let dovecot = Dovecot::start_with(DovecotOptions { further_users: 1, ..DovecotOptions::default() });
    let strangers = ["klager@elders.example", "klachten1@elders.example", "beklaagde@poli.example"];
    let people = [&strangers[..], &["plaatsvervanger@voorbeeldzorg.example", DESK, OFFICER, OPERATOR]].concat();
    let options = PostfixOptions {
        users: people.into_iter().map(str::to_owned).collect(),
        lmtp: Some(format!("inet:127.0.0.1:{}", dovecot.lmtp_port)),
        ..PostfixOptions::default()
    };
    let postfix = Postfix::start(&options);
    let desk = Installation::new(&Wiring::new(dovecot.imap_port, postfix.smtp_port), PASSWORD);
    let play = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/play.py");
    // Debian's own, which is the one that its packages of modules serve.
    let ended = Command::new("/usr/bin/python3")
        .arg(play)
        .env("WEDERHOOR", env!("CARGO_BIN_EXE_wederhoor"))
        .env("CONFIG", desk.path("wederhoor.toml"))
        .env("IMAP_PORT", dovecot.imap_port.to_string())
        .env("SMTP_PORT", postfix.smtp_port.to_string())
        .env("MAIL_PASSWORD", PASSWORD)
        .status()
        .expect("this test needs python3");
    assert!(ended.success(), "the play did not come to its end\n{}\n{}", dovecot.log(), postfix.log());
}
