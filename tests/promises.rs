//! Promises of the desk that hold whatever mail comes in, through the whole product: a Maildir, SQLite, a
//! Maildir. Each test names the rule it keeps.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a step that fails is the test's report")]

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use mail_parser::MessageParser;
use wederhoor::clock::{Clock, ManualClock};
use wederhoor::config;
use wederhoor::daemon::{Handled, OnCommit, Setup, once};
use wederhoor::model::Instant;
use wederhoor::store::CaseFilter;

const DESK: &str = "klachten@voorbeeldzorg.example";
const OFFICER: &str = "m.smit@voorbeeldzorg.example";

struct Silent;

impl OnCommit for Silent {
    fn committed(&self, _handled: &Handled) {}
}

/// A letter in the outgoing Maildir.
#[derive(Clone, Debug)]
struct Letter {
    to: String,
    reply_to: String,
    message_id: String,
    subject: String,
}

struct Desk {
    folder: tempfile::TempDir,
    clock: Arc<ManualClock>,
    setup: Setup,
    count: u32,
    seen: HashSet<PathBuf>,
}

impl Desk {
    async fn open() -> Self {
        Self::with_retrieval("").await
    }

    /// With these keys in `[desk.retrieval]`.
    async fn with_retrieval(keys: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["in/new", "in/cur", "in/tmp"] {
            std::fs::create_dir_all(folder.path().join(part)).unwrap();
        }
        std::fs::write(folder.path().join("wederhoor.toml"), configuration(folder.path(), keys)).unwrap();
        let clock = Arc::new(ManualClock::at("2026-11-16T08:00:00Z".parse().unwrap()));
        let setup = Self::start(folder.path(), &clock).await;
        Self { folder, clock, setup, count: 0, seen: HashSet::new() }
    }

    async fn start(folder: &Path, clock: &Arc<ManualClock>) -> Setup {
        let proved = config::load(&folder.join("wederhoor.toml")).unwrap_or_else(|faults| panic!("{faults:#?}"));
        Setup::open(&proved, Arc::clone(clock) as Arc<dyn Clock>).await.unwrap()
    }

    /// A new process on the same database.
    async fn restart(&mut self) {
        self.setup.store.close().await;
        self.setup = Self::start(self.folder.path(), &self.clock).await;
    }

    fn arrives(&mut self, bytes: impl AsRef<[u8]>) {
        self.count += 1;
        let path = self.folder.path().join(format!("in/new/{:06}", self.count));
        std::fs::write(&path, bytes).unwrap();
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(self.clock.now().into()).unwrap();
    }

    /// Handles everything; gives the letters that went out.
    async fn settle(&mut self) -> Vec<Letter> {
        let report = once(&self.setup, &Silent).await;
        assert!(report.permanent.is_empty() && report.temporary.is_empty(), "{report:?}");
        assert_eq!(report.read.stuck, 0);
        let Ok(entries) = std::fs::read_dir(self.folder.path().join("out/new")) else { return Vec::new() };
        let mut letters = Vec::new();
        for path in entries.map(|entry| entry.unwrap().path()) {
            if self.seen.insert(path.clone()) {
                letters.push(letter(&std::fs::read(path).unwrap()));
            }
        }
        letters
    }

    async fn cases(&self) -> usize {
        self.setup.store.list_cases(&CaseFilter::default()).await.unwrap().len()
    }

    fn files(&self, folder: &str) -> usize {
        std::fs::read_dir(self.folder.path().join(folder)).map_or(0, Iterator::count)
    }
}

fn letter(bytes: &[u8]) -> Letter {
    let mail = MessageParser::default().parse(bytes).unwrap();
    let address =
        |field: Option<&mail_parser::Address<'_>>| field.and_then(|a| a.first()).and_then(|a| a.address()).unwrap().to_owned();
    Letter {
        to: address(mail.to()),
        reply_to: address(mail.reply_to()),
        message_id: mail.message_id().unwrap().to_owned(),
        subject: mail.subject().unwrap().to_owned(),
    }
}

fn configuration(folder: &Path, retrieval: &str) -> String {
    let folder = folder.display();
    format!(
        "rehearsal = true\n[store]\nurl = \"sqlite:{folder}/w.db\"\n[operator]\naddress = \"beheer@elders.example\"\n[[desk]]\n\
         name = \"Klachtenhulp Voorbeeldzorg\"\naddress = \"{DESK}\"\nregime = \"wkkgz\"\nlanguage = \"nl\"\ntime_zone = \"Europe/Amsterdam\"\n\
         phone = \"010-0000000\"\nhours = \"werkdagen 9.00-16.00 uur\"\nhold = \"0s\"\n[desk.retrieval]\nmaildir = \"{folder}/in\"\n{retrieval}\n\
         [desk.submission]\nmaildir = \"{folder}/out\"\n[[desk.officer]]\nname = \"Marieke Smit\"\naddress = \"{OFFICER}\"\nrole = \"officer\"\n\
         [[desk.officer]]\nname = \"Joost Bakker\"\naddress = \"j.bakker@voorbeeldzorg.example\"\nrole = \"deputy\"\n\
         [desk.follow_up]\nafter = \"28d\"\ncron = \"0 0 9 * * Mon-Fri\"\n"
    )
}

fn mail(from: &str, to: &str, id: &str, more: &str, text: &str) -> String {
    format!(
        "Return-Path: <{from}>\nFrom: Iemand <{from}>\nTo: {to}\nSubject: Klacht {id}\nMessage-ID: <{id}@post.example>\n\
         Date: Mon, 16 Nov 2026 09:00:00 +0100\n{more}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_complaints_from_one_address_are_fifty_cases_and_three_answers_also_after_a_restart() {
    // M12.
    let mut desk = Desk::open().await;
    let mut answers = 0;
    for round in 0..5 {
        for number in 0..10 {
            desk.arrives(mail(
                "druk@post.example",
                DESK,
                &format!("m{round}-{number}"),
                "",
                &format!("Klacht nummer {round} {number}."),
            ));
        }
        answers += desk.settle().await.iter().filter(|letter| letter.to == "druk@post.example").count();
        desk.restart().await;
        desk.clock.advance(TimeDelta::minutes(10));
    }
    assert_eq!(desk.cases().await, 50);
    assert_eq!(answers, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_machines_that_answer_everything_fall_silent() {
    // M13: the other side leaves no mark, and uses a fresh subject, id and sender each time.
    let mut desk = Desk::open().await;
    desk.arrives(mail("robot0@machine.example", DESK, "eerste", "", "Uw bericht is ontvangen door ons systeem."));
    let mut sent = 1;
    for round in 1..30 {
        let letters = desk.settle().await;
        let to_robot: Vec<&Letter> = letters.iter().filter(|letter| letter.to.ends_with("@machine.example")).collect();
        if to_robot.is_empty() {
            break;
        }
        for letter in to_robot {
            sent += 2;
            let from = format!("robot{round}@machine.example");
            desk.arrives(mail(
                &from,
                &letter.reply_to,
                &format!("antwoord{round}"),
                "",
                &format!("Uw bericht {round} is ontvangen."),
            ));
        }
        desk.clock.advance(TimeDelta::seconds(3));
    }
    assert!(sent < 10, "{sent} mails between two machines");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_comes_again_has_no_second_effect_and_an_id_that_is_used_twice_is_two_mails() {
    // I2, M68, M69.
    let mut desk = Desk::open().await;
    let one = mail("a@post.example", DESK, "een", "", "De eerste klacht.");
    desk.arrives(&one);
    // The same mail by another route: other transport headers.
    desk.arrives(format!("Received: from a.example by b.example; Mon, 16 Nov 2026 09:00:05 +0100\nDelivered-To: {DESK}\n{one}"));
    desk.settle().await;
    desk.arrives(&one);
    assert!(desk.settle().await.is_empty());
    assert_eq!(desk.cases().await, 1);
    desk.arrives(mail("a@post.example", DESK, "een", "", "Een andere klacht onder hetzelfde nummer."));
    for text in ["Zonder nummer een.", "Zonder nummer twee."] {
        desk.arrives(mail("b@post.example", DESK, "weg", "", text).replace("Message-ID: <weg@post.example>\n", ""));
    }
    desk.settle().await;
    assert_eq!(desk.cases().await, 4);
    assert_eq!(desk.files("in/new"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_broken_is_kept_and_nothing_blocks_the_next() {
    // I1, M93: the corpus of broken mail first, then an ordinary complaint.
    let mut desk = Desk::open().await;
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mail/bad");
    let mut broken = 0;
    for entry in std::fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "eml") {
            desk.arrives(std::fs::read(path).unwrap());
            broken += 1;
        }
    }
    assert!(broken >= 15, "the corpus is gone: {broken}");
    desk.arrives(Vec::new());
    desk.arrives([0_u8; 4096]);
    desk.arrives(format!("Subject: {}\nFrom: a@post.example\nTo: {DESK}\n\nLang onderwerp.\n", "x".repeat(10_000_000)));
    desk.arrives(mail("laatste@post.example", DESK, "laatste", "", "Een gewone klacht, na alles wat stuk was."));
    let letters = desk.settle().await;
    assert!(letters.iter().any(|letter| letter.to == "laatste@post.example"), "the ordinary complaint was not answered");
    assert_eq!(desk.files("in/new") + desk.files("in/cur"), 0, "something stayed in the mailbox");
    assert!(letters.iter().any(|letter| letter.to == "beheer@elders.example"), "the operator did not hear of unreadable mail");
    let kept = desk.files("in/.Verwerkt/cur") + desk.files("in/.Nakijken/cur");
    assert_eq!(kept, broken + 4);
    // Every stored mail gives its bytes back.
    let mut stored = desk.setup.store.mails_of_case(None).await.unwrap().len();
    for case in desk.setup.store.list_cases(&CaseFilter::default()).await.unwrap() {
        stored += desk.setup.store.mails_of_case(Some(case.number)).await.unwrap().len();
    }
    assert!(stored > 0 && stored <= kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_to_one_person_never_holds_the_address_of_another() {
    // I6, R30: read from the bytes on the wire, decoded as a reader's program does.
    let mut desk = Desk::open().await;
    desk.arrives(mail("klager@post.example", DESK, "een", "", "Ik heb een klacht over de wachttijd."));
    let letters = desk.settle().await;
    assert_eq!(letters.len(), 2);
    for entry in std::fs::read_dir(desk.folder.path().join("out/new")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let mail = MessageParser::default().parse(&bytes).unwrap();
        if letter(&bytes).to == "klager@post.example" {
            let mut seen: String = mail.headers_raw().flat_map(|(name, value)| [name, ":", value]).collect();
            seen.push_str(&mail.body_text(0).unwrap());
            seen.push_str(&mail.body_html(0).unwrap());
            for address in [OFFICER, "j.bakker@voorbeeldzorg.example", "beheer@elders.example"] {
                assert!(!seen.contains(address), "{address} stands in the letter to the complainant");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_with_a_case_number_gets_nothing_and_learns_nothing() {
    // M51, M52.
    let mut desk = Desk::open().await;
    desk.arrives(mail("klager@post.example", DESK, "een", "", "Ik heb een klacht over de wachttijd."));
    let first = desk.settle().await;
    let subject = first.iter().find(|letter| letter.to == "klager@post.example").unwrap().subject.clone();
    assert!(subject.contains("2026-0001"));
    desk.arrives(
        mail("nieuwsgierig@elders.example", DESK, "twee", "", "Hoe staat het met deze zaak?")
            .replace("Subject: Klacht twee", &format!("Subject: Re: {subject}")),
    );
    let letters = desk.settle().await;
    let to_stranger: Vec<&Letter> = letters.iter().filter(|letter| letter.to == "nieuwsgierig@elders.example").collect();
    // A new complaint of their own, with a number of their own.
    assert_eq!(to_stranger.len(), 1);
    assert!(to_stranger[0].subject.contains("2026-0002") && !to_stranger[0].subject.contains("2026-0001"));
    let mails: BTreeMap<_, _> = desk
        .setup
        .store
        .list_cases(&CaseFilter::default())
        .await
        .unwrap()
        .into_iter()
        .map(|case| (case.number.to_string(), case.complainant.address.unwrap().to_string()))
        .collect();
    assert_eq!(mails["2026-0001"], "klager@post.example");
    assert_eq!(mails["2026-0002"], "nieuwsgierig@elders.example");
}

#[tokio::test(flavor = "multi_thread")]
async fn windows_that_overlap_count_each_other_s_answers() {
    // M12, and I2 for the same mail twice: one window is decided while the one before it is being committed.
    let mut desk = Desk::with_retrieval("window_mails = 1").await;
    for number in 0..30 {
        let same = mail("druk@post.example", DESK, &format!("m{}", number / 2), "", &format!("Klacht nummer {}.", number / 2));
        desk.arrives(same);
    }
    let letters = desk.settle().await;
    assert_eq!(desk.cases().await, 15, "each mail once");
    assert_eq!(letters.iter().filter(|letter| letter.to == "druk@post.example").count(), 3, "answers of M12");
    assert_eq!(letters.iter().filter(|letter| letter.to == OFFICER).count(), 15, "the officer hears of each");
    assert_eq!((desk.files("in/new"), desk.files("in/cur")), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_bounce_for_a_letter_that_was_never_sent_changes_nothing() {
    // M42.
    let mut desk = Desk::open().await;
    desk.arrives(mail("klager@post.example", DESK, "een", "", "Ik heb een klacht over de wachttijd."));
    let first = desk.settle().await;
    let report = |id: &str| {
        format!(
            "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nTo: {DESK}\nSubject: Undelivered Mail Returned to Sender\nMessage-ID: <dsn-{}@mx.example>\n\
             MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nno\n\n--b\n\
             Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; klager@post.example\nAction: failed\n\
             Status: 5.1.1\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{id}>\n\n--b--\n",
            id.len()
        )
    };
    desk.arrives(report("verzonnen.id@voorbeeldzorg.example"));
    assert!(desk.settle().await.is_empty());
    let known = &first.iter().find(|letter| letter.to == "klager@post.example").unwrap().message_id;
    desk.arrives(report(known));
    let letters = desk.settle().await;
    assert_eq!(letters.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), [OFFICER]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_without_a_case_is_told_that_nothing_was_done_and_not_in_a_flood() {
    // I9, M79.
    let mut desk = Desk::open().await;
    let mut answers = 0;
    for number in 0..10 {
        desk.arrives(mail(OFFICER, DESK, &format!("los{number}"), "", &format!("#sluiten tevreden {number}")));
        answers += desk.settle().await.len();
    }
    assert_eq!(desk.cases().await, 0);
    assert_eq!(answers, 3, "refusals are bounded by the ceiling of M12");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_whose_moment_passed_long_ago_is_not_sent_and_the_officer_hears_it() {
    // Domain section 3, follow-up rule: more than 60 days late.
    let mut desk = Desk::open().await;
    desk.arrives(mail("klager@post.example", DESK, "een", "", "Ik heb een klacht over de wachttijd."));
    let first = desk.settle().await;
    let file = first.iter().find(|letter| letter.to == OFFICER).unwrap().reply_to.clone();
    desk.arrives(mail(OFFICER, &file, "dicht", "", "#sluiten tevreden"));
    desk.settle().await;
    let long_after: Instant = "2027-06-01T08:00:00Z".parse().unwrap();
    desk.clock.set(long_after);
    let letters = desk.settle().await;
    assert_eq!(letters.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), [OFFICER]);
    let case = desk.setup.store.list_cases(&CaseFilter::default()).await.unwrap().remove(0);
    assert_eq!(case.follow_up.code(), "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_failing_mailbox_never_disturbs_another_desk() {
    // Issue of several desks in one process: the first can not be reached, the second works as ever.
    let folder = tempfile::tempdir().unwrap();
    for part in ["in/new", "in/cur", "in/tmp"] {
        std::fs::create_dir_all(folder.path().join(part)).unwrap();
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    std::fs::write(folder.path().join("password"), "geheim").unwrap();
    std::fs::set_permissions(folder.path().join("password"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let working = configuration(folder.path(), "");
    let broken = working[working.find("[[desk]]").unwrap()..].replace(DESK, "klachten@school.example").replace(
        &format!("maildir = \"{}/in\"", folder.path().display()),
        &format!("imap = \"imap://klachten@127.0.0.1:{nobody}\"\npassword_file = \"password\""),
    );
    let file = folder.path().join("wederhoor.toml");
    std::fs::write(&file, format!("{working}{broken}")).unwrap();
    let clock = Arc::new(ManualClock::at("2026-11-16T08:00:00Z".parse().unwrap()));
    let proved = config::load(&file).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let setup = Setup::open(&proved, Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
    std::fs::write(folder.path().join("in/new/1"), mail("klager@post.example", DESK, "een", "", "Ik heb een klacht.")).unwrap();
    let report = once(&setup, &Silent).await;
    assert_eq!(report.read.opened, 1);
    assert_eq!(report.delivered.accepted, 2);
    assert_eq!(report.temporary.len(), 1, "{report:?}");
    assert!(report.temporary[0].contains("klachten@school.example"));
}

/// The address to which an officer answers, from the notice of the only case.
async fn notice(desk: &mut Desk) -> Vec<Letter> {
    desk.arrives(mail("klager@post.example", DESK, "een", "", "Ik heb vrijdag twee uur gewacht. Niemand zei waarom."));
    desk.settle().await
}

async fn only_case(desk: &Desk) -> wederhoor::mediation::Case {
    let number = wederhoor::model::CaseNumber::new(2026, 1).unwrap();
    desk.setup.store.cases(&[number]).await.unwrap().remove(&number).unwrap().case
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_officers_who_command_at_once_the_first_is_obeyed_and_the_second_hears_why_not() {
    // Issue 3, bad input; M78, design.md section 5.
    let mut desk = Desk::open().await;
    let letters = notice(&mut desk).await;
    let file = letters.iter().find(|letter| letter.to == OFFICER).unwrap().reply_to.clone();
    desk.arrives(mail(OFFICER, &file, "sluit-1", "", "#gesproken\n#sluiten tevreden"));
    desk.arrives(mail("j.bakker@voorbeeldzorg.example", &file, "sluit-2", "", "#sluiten niet-tevreden"));
    let letters = desk.settle().await;
    let to = |address: &str| letters.iter().filter(|letter| letter.to == address).count();
    assert_eq!(to("klager@post.example"), 1, "one closing letter: {letters:#?}");
    assert_eq!((to(OFFICER), to("j.bakker@voorbeeldzorg.example")), (1, 1), "{letters:#?}");
    let refused = letters.iter().filter(|letter| letter.subject.starts_with("Niet uitgevoerd")).count();
    assert_eq!(refused, 1, "{letters:#?}");
    assert!(matches!(only_case(&desk).await.phase, wederhoor::mediation::Phase::Closed { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_that_is_delivered_twice_acts_once() {
    // M78, I2: also when the second copy comes by another route, a day later.
    let mut desk = Desk::open().await;
    let letters = notice(&mut desk).await;
    let file = letters.iter().find(|letter| letter.to == OFFICER).unwrap().reply_to.clone();
    let command = mail(OFFICER, &file, "brief", "", "#klager\nIk bel u morgen.");
    desk.arrives(&command);
    desk.arrives(&command);
    let first = desk.settle().await;
    desk.clock.advance(TimeDelta::days(1));
    desk.arrives(format!(
        "Received: from elders.example by mx.voorbeeldzorg.example; Tue, 17 Nov 2026 09:00:00 +0100\n{command}"
    ));
    let second = desk.settle().await;
    let to_complainant = |letters: &[Letter]| letters.iter().filter(|letter| letter.to == "klager@post.example").count();
    assert_eq!((to_complainant(&first), to_complainant(&second)), (1, 0), "{first:#?} {second:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_kilobytes_of_pasted_text_are_a_complaint_and_never_half_a_letter() {
    // Issue 3, bad input; M87, M142: nothing is cut off without a word.
    let mut desk = Desk::open().await;
    let pasted = "Op de poli zei niemand waarom ik twee uur wachtte, en dat was niet voor het eerst. 😟 שלום\n".repeat(3_000);
    desk.arrives(mail("klager@post.example", DESK, "lang", "", &pasted));
    let letters = desk.settle().await;
    assert_eq!(letters.iter().filter(|letter| letter.to == "klager@post.example").count(), 1, "it is confirmed as any other");
    let file = letters.iter().find(|letter| letter.to == OFFICER).unwrap().reply_to.clone();
    desk.arrives(mail(OFFICER, &file, "lang-2", "", &format!("#klager\n{pasted}")));
    let letters = desk.settle().await;
    assert!(letters.iter().all(|letter| letter.to == OFFICER), "{letters:#?}");
    assert!(letters[0].subject.starts_with("Niet uitgevoerd"), "{letters:#?}");
    // What it says of a long note is only that it is kept.
    desk.arrives(mail(OFFICER, &file, "lang-3", "", &pasted));
    assert!(desk.settle().await[0].subject.starts_with("Gedaan"));
}
