//! What an operator is told about a configuration: every mistake at once, each with its file, its key and a
//! hint, and one mistake is never told twice.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use wederhoor::config::{self, Fault, RetrievalSource, SubmissionTarget, Validated};

const GOOD: &str = r#"
rehearsal = true
[store]
url = "sqlite:var/wederhoor.db"
[operator]
address = "beheer@voorbeeldzorg.example"
[[desk]]
name = "Klachtenhulp Voorbeeldzorg"
address = "klachten@voorbeeldzorg.example"
regime = "wkkgz"
language = "nl"
time_zone = "Europe/Amsterdam"
phone = "010-0000000"
hours = "werkdagen 9.00-16.00 uur"
hold = "2m"
[desk.retrieval]
maildir = "var/klachten"
[desk.submission]
maildir = "var/verzonden"
[[desk.officer]]
name = "Noor de Wit"
address = "n.dewit@voorbeeldzorg.example"
role = "officer"
[[desk.officer]]
name = "Sam Bakker"
address = "s.bakker@voorbeeldzorg.example"
role = "deputy"
[desk.follow_up]
after = "28d"
cron = "0 0 9 * * Mon-Fri"
"#;

/// Another desk, to be put behind the first.
const SECOND: &str = r#"
[[desk]]
name = "Klachten Jeugd"
address = "jeugd@voorbeeldzorg.example"
regime = "jeugdwet"
phone = "010-0000001"
hours = "werkdagen 9.00-12.00 uur"
retrieval.maildir = "var/jeugd"
submission.maildir = "var/verzonden"
officer = [{ name = "Ada Smit", address = "a.smit@voorbeeldzorg.example" }]
"#;

fn check(text: &str) -> Result<Validated, Vec<Fault>> {
    check_in(Path::new("/nowhere"), text)
}

fn check_in(folder: &Path, text: &str) -> Result<Validated, Vec<Fault>> {
    let now = "2026-11-23T09:00:00Z".parse().unwrap();
    config::prove(text, &folder.join("wederhoor.toml"), now)
}

/// The one fault of this text.
fn only_fault(text: &str) -> Fault {
    let mut faults = check(text).expect_err("the configuration was accepted");
    assert_eq!(faults.len(), 1, "{faults:#?}");
    faults.remove(0)
}

#[test]
fn a_good_configuration_is_accepted_with_its_defaults() {
    let proved = check(GOOD).unwrap();
    assert!(proved.rehearsal && proved.remarks.is_empty(), "{:?}", proved.remarks);
    let desk = &proved.desks[0];
    assert_eq!(desk.key.as_str(), "klachten@voorbeeldzorg.example");
    assert_eq!(desk.regime.clocks[&wederhoor::mediation::TimerKind::Decision].length.to_string(), "6 weeks");
    assert_eq!(desk.policy.responsible().unwrap().name, "Noor de Wit");
    assert_eq!(desk.policy.follow_up_after, chrono::TimeDelta::days(28));
    assert_eq!(desk.facts.message_id_domain, "voorbeeldzorg.example");
    assert_eq!(desk.hold, chrono::TimeDelta::minutes(2));
    assert_eq!(desk.policy.acknowledge_up_to, chrono::TimeDelta::days(14));
    assert_eq!((desk.ceilings.per_address_per_day, desk.ceilings.per_address_per_week), (3, 10));
    let RetrievalSource::Maildir { folder, done_folder, .. } = &desk.retrieval.source else { panic!("not a maildir") };
    // Relative to the configuration, not to where the command was typed.
    assert_eq!(
        (folder.as_path(), done_folder.as_path()),
        (Path::new("/nowhere/var/klachten"), Path::new("/nowhere/var/klachten/.Verwerkt"))
    );
}

#[test]
fn two_desks_live_in_one_file() {
    let proved = check(&format!("{GOOD}{SECOND}")).unwrap();
    let keys: Vec<_> = proved.desks.iter().map(|desk| desk.key.as_str()).collect();
    assert_eq!(keys, ["klachten@voorbeeldzorg.example", "jeugd@voorbeeldzorg.example"]);
}

#[test]
fn the_example_with_every_key_is_accepted() {
    let text = include_str!("../config/wederhoor.example.toml");
    let proved = check(text).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert_eq!(proved.listen.unwrap().port(), 9090);
    assert_eq!(proved.desks[0].policy.follow_up_hours.0, "09:00:00".parse().unwrap());
    assert_eq!(proved.desks[0].submission.per_minute, Some(30));
}

/// What the example only shows behind a `#` is read as well: the servers, their passwords, the folders.
#[test]
fn the_example_with_its_commented_keys_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("password", "geheim\n"), ("ca.pem", "-----BEGIN CERTIFICATE-----\n")] {
        std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    for name in ["regimes", "templates"] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
    }
    let mut text = String::new();
    for line in include_str!("../config/wederhoor.example.toml").lines() {
        let key = line.strip_prefix("# ").and_then(|rest| rest.split_once(" = ")).map(|(key, _)| key);
        let is_key = key.is_some_and(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_'));
        let chosen = !line.starts_with("maildir") && !line.contains("starttls") && !line.starts_with("# sendmail");
        let line = if is_key { line.trim_start_matches("# ") } else { line };
        if chosen {
            text.push_str(&line.replace("credential:imap", "password").replace("credential:smtp", "password"));
            text.push('\n');
        }
    }
    let text = text.replace("password_file = \"credential:database\"", "");
    let proved = check_in(folder.path(), &text).unwrap_or_else(|faults| panic!("{faults:#?}\n{text}"));
    let desk = &proved.desks[0];
    assert!(matches!(&desk.retrieval.source, RetrievalSource::Imap { user, password, .. }
        if user == "klachten@voorbeeldzorg.example" && password.expose() == "geheim"));
    assert!(matches!(&desk.submission.target, SubmissionTarget::Smtp { login: Some(_), connections: 2, .. }));
    assert!(desk.submission.bounce_address.is_some());
    assert!(!format!("{proved:?}").contains("geheim"));
}

/// What a newcomer copies from the README is good.
#[test]
fn the_configuration_in_the_readme_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["imap", "smtp"] {
        std::fs::write(folder.path().join(name), "geheim\n").unwrap();
        std::fs::set_permissions(folder.path().join(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let readme = include_str!("../README.md");
    let block = readme.split("```toml").nth(1).unwrap().split("```").next().unwrap();
    let proved = check_in(folder.path(), &block.replace("credential:", "")).unwrap_or_else(|faults| panic!("{faults:#?}"));
    assert!(proved.remarks.is_empty(), "{:?}", proved.remarks);
    assert_eq!(proved.desks[0].submission.per_minute, Some(30));
}

#[test]
fn ten_mistakes_are_ten_faults_with_file_key_and_hint() {
    let mistakes = [
        ("rehearsal = true", "rehearsal = \"yes\"", "rehearsal"),
        ("[store]\nurl = \"sqlite:var/wederhoor.db\"", "[store]\nurl = \"mysql://localhost/x\"", "store.url"),
        ("name = \"Klachtenhulp Voorbeeldzorg\"\n", "nmae = \"Klachtenhulp\"\n", "desk[0].nmae"),
        ("regime = \"wkkgz\"", "regime = \"wkggz\"", "desk[0].regime"),
        ("time_zone = \"Europe/Amsterdam\"", "time_zone = \"Amsterdam\"", "desk[0].time_zone"),
        ("phone = \"010-0000000\"", "phone = \"\"", "desk[0].phone"),
        ("hold = \"2m\"", "hold = \"2 parsecs\"", "desk[0].hold"),
        (
            "maildir = \"var/klachten\"",
            "imap = \"imap://klachten@mail.example\"\npassword_file = \"geheim\"",
            "desk[0].retrieval.imap",
        ),
        ("after = \"28d\"", "after = \"3d\"", "desk[0].follow_up.after"),
        ("cron = \"0 0 9 * * Mon-Fri\"", "cron = \"0 9 * * 1-5\"", "desk[0].follow_up.cron"),
    ];
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("geheim");
    std::fs::write(&file, "x").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let mut text = GOOD.to_owned();
    for (right, wrong, _) in mistakes {
        assert!(text.contains(right), "{right}");
        text = text.replacen(right, wrong, 1);
    }
    let path = folder.path().join("wederhoor.toml");
    std::fs::write(&path, text).unwrap();
    let faults = config::load(&path).unwrap_err();
    let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, mistakes.map(|(_, _, key)| key), "{faults:#?}");
    for fault in &faults {
        assert_eq!(fault.file, path);
        assert!(fault.line.is_some() && !fault.what.is_empty() && !fault.hint.is_empty(), "{fault:?}");
    }
}

#[test]
fn each_single_mistake_is_one_fault_at_its_key() {
    // Replaced text, what stands there instead, the key that is named, a word of the hint or the fault.
    let table = [
        ("url = \"sqlite:var/wederhoor.db\"", "", "store.url", "missing"),
        ("url = \"sqlite:var/wederhoor.db\"", "url = \"sqlite::memory:\"", "store.url", "no file"),
        ("url = \"sqlite:var/wederhoor.db\"", "url = \"postgres://u@db.example/w\"", "store.url", "sslmode"),
        ("[store]", "[stroe]", "stroe", "store"),
        ("[operator]", "[observe]\nlisten = \"0.0.0.0:9090\"\n[operator]", "observe.listen", "loopback"),
        ("[operator]", "[observe]\nlisten = \"9090\"\n[operator]", "observe.listen", "127.0.0.1:9090"),
        ("beheer@voorbeeldzorg.example", "klachten@voorbeeldzorg.example", "operator.address", "desk[0]"),
        ("address = \"klachten@", "adres = \"klachten@", "desk[0].adres", "address"),
        ("address = \"klachten@", "address = \"klachten-en-complimenten-loket@", "desk[0].address", "21"),
        ("address = \"klachten@voorbeeldzorg.example\"", "address = \"klachten\"", "desk[0].address", "@"),
        ("language = \"nl\"", "language = \"de\"", "desk[0].language", "nl or en"),
        ("language = \"nl\"", "langauge = \"nl\"", "desk[0].langauge", "did you mean language?"),
        ("language = \"nl\"", "colour = \"red\"", "desk[0].colour", "keys here are"),
        ("hours = \"werkdagen 9.00-16.00 uur\"", "", "desk[0].hours", "missing"),
        ("hold = \"2m\"", "hold = 2", "desk[0].hold", "a text is needed here, not a number"),
        ("hold = \"2m\"", "hold = \"2d\"", "desk[0].hold", "between"),
        ("hold = \"2m\"", "separator = \"*\"", "desk[0].separator", "+ or -"),
        ("hold = \"2m\"", "scheme_link = \"klik hier\"", "desk[0].scheme_link", "https://"),
        ("hold = \"2m\"", "templates = \"letters\"", "desk[0].templates", "not a folder"),
        ("hold = \"2m\"", "closing_days = [\"24-12-2026\"]", "desk[0].closing_days[0]", "2026-12-24"),
        ("hold = \"2m\"", "aliases = [\"n.dewit@voorbeeldzorg.example\"]", "desk[0].officer[0].address", "write to itself"),
        ("hold = \"2m\"", "ceilings.per_hour = 0", "desk[0].ceilings.per_hour", "between"),
        ("maildir = \"var/klachten\"", "", "desk[0].retrieval", "maildir, imap"),
        ("maildir = \"var/klachten\"", "mailldir = \"x\"", "desk[0].retrieval.mailldir", "did you mean maildir?"),
        ("maildir = \"var/klachten\"", "maildir = \"x\"\nimap = \"imaps://u@h.example\"", "desk[0].retrieval.imap", "only one"),
        ("maildir = \"var/klachten\"", "imap = \"imaps://u@h.example\"", "desk[0].retrieval.imap", "password_file"),
        ("maildir = \"var/klachten\"", "imap = \"imaps://h.example\"", "desk[0].retrieval.imap", "no user"),
        ("maildir = \"var/klachten\"", "imap = \"imaps://u:pw@h.example\"", "desk[0].retrieval.imap", "holds a password"),
        ("maildir = \"var/klachten\"", "maildir = \"x\"\ndone_folder = \"Nakijken\"", "desk[0].retrieval.done_folder", "differ"),
        ("maildir = \"var/klachten\"", "maildir = \"x\"\nca_file = \"ca.pem\"", "desk[0].retrieval.ca_file", "PEM"),
        ("[desk.retrieval]\nmaildir = \"var/klachten\"", "[desk.retreival]\nmaildir = \"x\"", "desk[0].retreival", "retrieval"),
        ("maildir = \"var/verzonden\"", "maildir = \"var/./klachten\"", "desk[0].submission.maildir", "answer itself"),
        ("maildir = \"var/verzonden\"", "smtp = \"smtp://mail.example:587\"", "desk[0].submission.smtp", "starttls = true"),
        ("maildir = \"var/verzonden\"", "smtp = \"smtps://u@mail.example\"", "desk[0].submission.smtp", "password_file"),
        (
            "maildir = \"var/verzonden\"",
            "sendmail = \"/usr/sbin/no-such-mailer\"",
            "desk[0].submission.sendmail",
            "not a program",
        ),
        ("maildir = \"var/verzonden\"", "maildir = \"x\"\nconnections = \"2\"", "desk[0].submission.connections", "whole number"),
        (
            "maildir = \"var/verzonden\"",
            "maildir = \"x\"\npassword_file = \"absent\"",
            "desk[0].submission.password_file",
            "absent",
        ),
        ("[desk.submission]\nmaildir = \"var/verzonden\"", "", "desk[0].submission", "smtp or sendmail"),
        ("role = \"officer\"", "role = \"deputy\"", "desk[0].officer", "role officer"),
        ("role = \"deputy\"", "role = \"officer\"", "desk[0].officer", "deputy"),
        ("role = \"deputy\"", "role = \"boss\"", "desk[0].officer[1].role", "officer or deputy"),
        ("s.bakker@", "N.deWit@", "desk[0].officer[1].address", "already"),
        ("s.bakker@", "klachten@", "desk[0].officer[1].address", "write to itself"),
        ("after = \"28d\"", "after = \"91d\"", "desk[0].follow_up.after", "between"),
        ("0 0 9 * * Mon-Fri", "0 0 9 30 2 *", "desk[0].follow_up.cron", "does not fire"),
        ("0 0 9 * * Mon-Fri", "0 0 25 * * *", "desk[0].follow_up.cron", "not a cron rule"),
        ("after = \"28d\"", "window = \"17:00-09:00\"", "desk[0].follow_up.window", "ends before it begins"),
        ("after = \"28d\"", "window = \"10:00-17:00\"", "desk[0].follow_up.window", "never fires"),
    ];
    for (right, wrong, key, word) in table {
        assert!(GOOD.contains(right), "{right}");
        let fault = only_fault(&GOOD.replacen(right, wrong, 1));
        assert_eq!(fault.key, key, "{wrong}: {fault}");
        assert!(fault.to_string().contains(word), "{wrong}: {word:?} is not in: {fault}");
        assert!(!fault.to_string().contains(":pw@"), "a password was repeated: {fault}");
    }
}

#[test]
fn desks_that_share_what_they_must_not_are_told_even_when_something_else_is_wrong() {
    let second = SECOND
        .replace("address = \"jeugd@", "address = \"Klachten@")
        .replace("var/jeugd", "var/klachten")
        .replace("phone = \"010-0000001\"", "phone = \"\"");
    let faults = check(&format!("{GOOD}{second}")).unwrap_err();
    let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, ["desk[1].address", "desk[1].phone", "desk[1].retrieval.maildir"], "{faults:#?}");
}

#[test]
fn broken_toml_is_told_with_its_line_and_nothing_is_guessed_from_the_rest() {
    let faults = check(&GOOD.replace("rehearsal = true", "rehearsal = = true")).unwrap_err();
    assert!(faults.iter().all(|fault| fault.line == Some(2) && fault.key.is_empty()), "{faults:#?}");
}

#[test]
fn an_empty_file_and_an_absent_file_say_what_is_needed() {
    let faults = check("").unwrap_err();
    let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
    assert_eq!(keys, ["store.url", "desk"], "{faults:#?}");
    let faults = config::load(Path::new("/nowhere/wederhoor.toml")).unwrap_err();
    assert!(faults.len() == 1 && faults[0].hint.contains("--config"), "{faults:#?}");
}

#[test]
fn what_is_not_wrong_but_worth_knowing_is_a_remark() {
    let text = GOOD.replace("[operator]\naddress = \"beheer@voorbeeldzorg.example\"", "");
    let text = text.replace("\"klachten@", "\"klachtenfunctionaris@");
    let remarks = check(&text).unwrap().remarks;
    let keys: Vec<_> = remarks.iter().map(|remark| remark.key.as_str()).collect();
    assert_eq!(keys, ["desk[0].address", "operator.address"], "{remarks:#?}");
}

proptest::proptest! {
    /// Whatever an editor leaves behind, there is an answer, and a refusal always says why.
    #[test]
    fn no_text_is_too_strange_for_an_answer(at in 0_usize..90, other in 0_usize..90, cut in 0_usize..40, noise in ".{0,6}") {
        let mut lines: Vec<String> = include_str!("../config/wederhoor.example.toml")
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
            .map(str::to_owned)
            .collect();
        let count = lines.len();
        lines.swap(at % count, other % count);
        let line = &mut lines[at % count];
        let end = line.char_indices().nth(cut).map_or(line.len(), |(end, _)| end);
        line.replace_range(..end, &noise);
        if let Err(faults) = check(&lines.join("\n")) {
            proptest::prop_assert!(!faults.is_empty());
            proptest::prop_assert!(faults.iter().all(|fault| !fault.what.is_empty() && !fault.hint.is_empty()));
        }
    }
}
