//! The configuration as written: every key, its unit and its default. Each value is proved alone here;
//! what they mean together is proved in `desk.rs` and [`super::validated`].

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::NaiveDate;

use super::authentication::{self, AuthenticationSettings};
use super::fault::Written;
use super::mediation::MediationSettings;
use super::quantity::{self, Hours, Reading};
use super::section::{Section, path_beside};
use crate::mediation::OfficerRole;
use crate::model::{Language, MailAddress};

const MINUTE: Duration = Duration::from_mins(1);
const DAY: Duration = Duration::from_hours(24);

/// The whole file.
#[derive(Debug)]
pub struct Settings {
    /// Whether `--at` may set the clock.
    pub rehearsal: bool,
    /// A folder with further regimes.
    pub regimes: Option<Written<PathBuf>>,
    /// `[store] url`.
    pub store_url: Option<Written<String>>,
    /// `[store] password_file`.
    pub store_password_file: Option<Written<String>>,
    /// `[operator] address`: who hears when the daemon itself needs a person.
    pub operator: Option<Written<MailAddress>>,
    /// `[observe] listen`.
    pub listen: Option<Written<SocketAddr>>,
    /// `[[desk]]`.
    pub desks: Vec<DeskSettings>,
}

/// `[[desk]]`.
#[derive(Debug)]
pub struct DeskSettings {
    /// Its path, such as `desk[0]`, and line.
    pub key: super::fault::Key,
    /// The name people know it by.
    pub name: Option<Written<String>>,
    /// Its address.
    pub address: Option<Written<MailAddress>>,
    /// Other addresses whose mail reaches it.
    pub aliases: Vec<Written<MailAddress>>,
    /// The name of its regime.
    pub regime: Option<Written<String>>,
    /// The language letters fall back to.
    pub language: Language,
    /// Its time zone.
    pub time_zone: chrono_tz::Tz,
    /// The phone of a human being (R28).
    pub phone: Option<Written<String>>,
    /// When that phone is answered.
    pub hours: Option<Written<String>>,
    /// The same for letters in English.
    pub hours_en: Option<Written<String>>,
    /// Where letters on paper can be sent, its lines divided by commas.
    pub postal_address: Option<Written<String>>,
    /// How long a letter waits in the outbox before it goes, so that `#stop` can take it back.
    pub hold: Duration,
    /// The sign between local part and token (M60).
    pub separator: char,
    /// Where the complaints scheme can be read.
    pub scheme_link: Option<Written<String>>,
    /// A folder with letters that replace those of the house.
    pub templates: Option<Written<PathBuf>>,
    /// Mail older than this on arrival gets no confirmation (M174).
    pub acknowledge_up_to_age: Duration,
    /// Originals larger than this, in bytes, are not attached to the officer's notice.
    pub attach_original_up_to: usize,
    /// Days on which the organisation is closed, beside weekends and holidays.
    pub closing_days: Vec<NaiveDate>,
    /// Units or locations for the yearly report.
    pub units: Vec<String>,
    /// `[desk.authentication]`.
    pub authentication: Option<AuthenticationSettings>,
    /// `[desk.ceilings]`.
    pub ceilings: Ceilings,
    /// `[desk.retrieval]`.
    pub retrieval: Option<RetrievalSection>,
    /// `[desk.submission]`.
    pub submission: Option<SubmissionSection>,
    /// `[[desk.officer]]`.
    pub officers: Vec<OfficerSettings>,
    /// `[desk.follow_up]`.
    pub follow_up: FollowUpSettings,
    /// `[desk.digest]`.
    pub digest: DigestSettings,
    /// `[desk.mediation]`.
    pub mediation: MediationSettings,
}

/// `[desk.ceilings]`: how many automatic mails may go where (M12, M13).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ceilings {
    /// To one address in 24 hours.
    pub per_address_per_day: u32,
    /// To one address in seven days.
    pub per_address_per_week: u32,
    /// To one remote domain in an hour.
    pub per_domain_per_hour: u32,
    /// To everybody in an hour.
    pub in_all_per_hour: u32,
}

/// `[desk.retrieval]`.
#[derive(Debug)]
pub struct RetrievalSection {
    /// Its path and line.
    pub key: super::fault::Key,
    /// A Maildir.
    pub maildir: Option<Written<String>>,
    /// An IMAP server.
    pub imap: Option<Written<String>>,
    /// STARTTLS instead of TLS from the first byte.
    pub starttls: bool,
    /// The password of the IMAP user.
    pub password_file: Option<Written<String>>,
    /// Further certificate authorities, PEM.
    pub ca_file: Option<Written<PathBuf>>,
    /// The IMAP folder that is read.
    pub folder: Option<Written<String>>,
    /// Where handled mail goes.
    pub done_folder: Option<Written<String>>,
    /// Where mail goes that a person has to look at.
    pub quarantine_folder: Option<Written<String>>,
    /// How often to look, beside IDLE (M168).
    pub poll: Duration,
    /// How long the server may be silent while an answer is owed (M167).
    pub read_deadline: Duration,
    /// How often IDLE is renewed (M167).
    pub idle_renewal: Duration,
    /// Most mails in one window.
    pub window_mails: u32,
    /// Most bytes in one window.
    pub window_bytes: usize,
}

/// `[desk.submission]`.
#[derive(Debug)]
pub struct SubmissionSection {
    /// Its path and line.
    pub key: super::fault::Key,
    /// A Maildir.
    pub maildir: Option<Written<String>>,
    /// A submission server.
    pub smtp: Option<Written<String>>,
    /// The path of a sendmail program.
    pub sendmail: Option<Written<String>>,
    /// STARTTLS instead of TLS from the first byte.
    pub starttls: bool,
    /// The password of the SMTP user.
    pub password_file: Option<Written<String>>,
    /// Further certificate authorities, PEM.
    pub ca_file: Option<Written<PathBuf>>,
    /// The name in EHLO.
    pub hello_name: Option<Written<String>>,
    /// Where failure reports go, where the server refuses the letter's own return address (M136).
    pub bounce_address: Option<Written<MailAddress>>,
    /// Connections at a time (M156).
    pub connections: u32,
    /// Letters a minute; 0 for no limit, `None` where nothing was written.
    pub per_minute: Option<u32>,
    /// Letters a day; 0 for no limit, `None` where nothing was written.
    pub per_day: Option<u32>,
    /// How long an answer may take (M153).
    pub timeout: Duration,
    /// How long a connection stays open with nothing to send.
    pub idle: Duration,
}

/// `[[desk.officer]]`.
#[derive(Debug)]
pub struct OfficerSettings {
    /// Name as letters give it.
    pub name: Option<Written<String>>,
    /// The registered address.
    pub address: Option<Written<MailAddress>>,
    /// Other addresses the officer writes from.
    pub aliases: Vec<Written<MailAddress>>,
    /// Officer or deputy.
    pub role: OfficerRole,
    /// Whether the deadlines hang on the morning's list as a calendar file.
    pub calendar: bool,
}

/// `[desk.follow_up]`.
#[derive(Debug)]
pub struct FollowUpSettings {
    /// How long after closing, 14 to 90 days (domain.md section 3).
    pub after: Duration,
    /// When to look for follow-ups that are due, in the desk's zone.
    pub cron: Option<Written<cron::Schedule>>,
    /// Hours of the day within which a follow-up may leave, in the desk's zone; without them the cron rule
    /// alone decides.
    pub window: Option<Written<Hours>>,
}

/// `[desk.digest]`: the officer's morning mail (row 42).
#[derive(Clone, Copy, Debug)]
pub struct DigestSettings {
    /// One mail each working morning with all that is due; `false` gives each reminder a mail of its own.
    pub enabled: bool,
}

fn address(text: &str) -> Reading<MailAddress> {
    text.parse().map_err(|error: crate::model::AddressError| {
        (error.to_string(), "write one address without a name, such as klachten@voorbeeldzorg.example".to_owned())
    })
}

fn one_of<T: Copy>(text: &str, words: &[(&str, T)]) -> Reading<T> {
    words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        (format!("{text:?} is not known"), format!("choose {}", known.join(" or ")))
    })
}

fn one_line(text: &str) -> Reading<String> {
    if text.chars().any(char::is_control) {
        return Err(("holds a line break or another control character".to_owned(), "write it on one line".to_owned()));
    }
    Ok(text.to_owned())
}

fn between(least: Duration, most: Duration) -> impl Fn(&str) -> Reading<Duration> {
    move |text| quantity::duration_within(text, least, most)
}

impl Settings {
    /// Reads the whole file. What is wrong goes to the findings of the section.
    pub fn read(root: Section<'_>, findings: &super::fault::Findings) -> Self {
        let path = |text: &str| Ok(path_beside(findings, text));
        let rehearsal = root.flag("rehearsal");
        let regimes = root.parsed("regimes", path);
        let store = root.section("store");
        let store_url = store.required_text("url", "write url = \"sqlite:var/wederhoor.db\" or \"postgres://…\" under [store]");
        let store_password_file = store.text("password_file");
        store.finish();
        let operator = root.section("operator");
        let operator_address = if operator.is_there() {
            operator.required("address", "the address that hears when the daemon needs a person", address)
        } else {
            None
        };
        operator.finish();
        let observe = root.section("observe");
        let listen = if observe.is_there() {
            observe.required("listen", "write listen = \"127.0.0.1:9090\", or leave out [observe]", socket_address)
        } else {
            None
        };
        observe.finish();
        let desks = root.sections("desk").into_iter().map(|desk| DeskSettings::read(desk, &path)).collect();
        root.finish();
        findings.settle();
        Self { rehearsal, regimes, store_url, store_password_file, operator: operator_address, listen, desks }
    }
}

fn socket_address(text: &str) -> Reading<SocketAddr> {
    text.parse().map_err(|_| ("is not an address and a port".to_owned(), "write it like 127.0.0.1:9090 or [::1]:9090".to_owned()))
}

impl DeskSettings {
    fn read(desk: Section<'_>, path: &impl Fn(&str) -> Reading<PathBuf>) -> Self {
        let read = Self {
            key: desk.key().clone(),
            name: desk.required("name", "the name people know the desk by", one_line),
            address: desk.required("address", "the address people write their complaints to", address),
            aliases: desk.list("aliases", address),
            regime: desk.required_text("regime", "choose wkkgz, jeugdwet, awb or general"),
            language: desk
                .parsed_or("language", Language::Nl, |text| one_of(text, &[("nl", Language::Nl), ("en", Language::En)])),
            time_zone: desk.parsed_or("time_zone", chrono_tz::Europe::Amsterdam, |text| {
                text.parse().map_err(|_| {
                    (
                        format!("{text:?} is not a time zone"),
                        "use a name of the IANA database, such as Europe/Amsterdam".to_owned(),
                    )
                })
            }),
            phone: desk.required("phone", "a human being can be called in every letter (R28)", one_line),
            hours: desk.required("hours", "when the phone is answered, such as werkdagen 9.00-16.00 uur", one_line),
            hours_en: desk.parsed("hours_en", one_line),
            postal_address: desk.parsed("postal_address", one_line),
            hold: desk.parsed_or("hold", 2 * MINUTE, between(Duration::ZERO, DAY)),
            separator: desk.parsed_or("separator", '+', |text| one_of(text, &[("+", '+'), ("-", '-'), ("_", '_'), ("=", '=')])),
            scheme_link: desk.parsed("scheme_link", |text| match url::Url::parse(text) {
                Ok(url) if matches!(url.scheme(), "https" | "http") => Ok(text.to_owned()),
                _ => Err((
                    "is not a web address".to_owned(),
                    "write it like https://www.voorbeeldzorg.example/klachten".to_owned(),
                )),
            }),
            templates: desk.parsed("templates", path),
            acknowledge_up_to_age: desk.parsed_or("acknowledge_up_to_age", 14 * DAY, between(Duration::ZERO, 3650 * DAY)),
            attach_original_up_to: desk.parsed_or("attach_original_up_to", 10_000_000, quantity::bytes),
            closing_days: desk.list("closing_days", closing_day).into_iter().map(|day| day.value).collect(),
            units: desk.list("units", unit).into_iter().map(|unit| unit.value).collect(),
            authentication: authentication::read(desk.section("authentication")),
            ceilings: Ceilings::read(desk.section("ceilings")),
            retrieval: RetrievalSection::read(desk.section("retrieval"), path),
            submission: SubmissionSection::read(desk.section("submission"), path),
            officers: desk.sections("officer").into_iter().map(OfficerSettings::read).collect(),
            follow_up: FollowUpSettings::read(desk.section("follow_up")),
            digest: DigestSettings::read(desk.section("digest")),
            mediation: MediationSettings::read(desk.section("mediation")),
        };
        desk.finish();
        read
    }
}

/// The name of a unit or location stands in the report, and behind `#cijfers`, where `;` begins the next field.
fn unit(text: &str) -> Result<String, (String, String)> {
    const LONGEST: usize = 60;
    if text.is_empty() || text.chars().count() > LONGEST || text.contains([';', '@', '\n']) {
        let why = "can not be the name of a unit".to_owned();
        return Err((why, format!("write a name of 1 to {LONGEST} characters without ; and @, such as \"Poli Noord\"")));
    }
    Ok(text.to_owned())
}

fn closing_day(text: &str) -> Reading<NaiveDate> {
    text.parse().map_err(|_| ("is not a date".to_owned(), "write it like 2026-12-24".to_owned()))
}

impl Ceilings {
    fn read(section: Section<'_>) -> Self {
        let read = Self {
            per_address_per_day: section.number("per_address_per_day", 3, 1..=1_000_000),
            per_address_per_week: section.number("per_address_per_week", 10, 1..=1_000_000),
            per_domain_per_hour: section.number("per_domain_per_hour", 2_000, 1..=1_000_000),
            in_all_per_hour: section.number("per_hour", 20_000, 1..=1_000_000),
        };
        section.finish();
        read
    }
}

impl RetrievalSection {
    fn read(section: Section<'_>, path: &impl Fn(&str) -> Reading<PathBuf>) -> Option<Self> {
        let there = section.is_there();
        let read = Self {
            key: section.key().clone(),
            maildir: section.text("maildir"),
            imap: section.text("imap"),
            starttls: section.flag("starttls"),
            password_file: section.text("password_file"),
            ca_file: section.parsed("ca_file", path),
            folder: section.parsed("folder", one_line),
            done_folder: section.parsed("done_folder", one_line),
            quarantine_folder: section.parsed("quarantine_folder", one_line),
            poll: section.parsed_or("poll", 5 * MINUTE, between(Duration::from_secs(1), DAY)),
            read_deadline: section.parsed_or("read_deadline", MINUTE, between(Duration::from_secs(1), 10 * MINUTE)),
            // RFC 2177 section 3: a server may hang up after 30 minutes.
            idle_renewal: section.parsed_or("idle_renewal", 9 * MINUTE, between(Duration::from_secs(1), 28 * MINUTE)),
            window_mails: section.number("window_mails", 500, 1..=10_000),
            window_bytes: section.parsed_or("window_bytes", 2_000_000, quantity::bytes),
        };
        section.finish();
        there.then_some(read)
    }
}

impl SubmissionSection {
    fn read(section: Section<'_>, path: &impl Fn(&str) -> Reading<PathBuf>) -> Option<Self> {
        let there = section.is_there();
        let read = Self {
            key: section.key().clone(),
            maildir: section.text("maildir"),
            smtp: section.text("smtp"),
            sendmail: section.text("sendmail"),
            starttls: section.flag("starttls"),
            password_file: section.text("password_file"),
            ca_file: section.parsed("ca_file", path),
            hello_name: section.parsed("hello_name", one_line),
            bounce_address: section.parsed("bounce_address", address),
            connections: section.number("connections", 2, 1..=100),
            per_minute: section.optional_number("per_minute"),
            per_day: section.optional_number("per_day"),
            timeout: section.parsed_or("timeout", 10 * MINUTE, between(Duration::from_secs(1), 60 * MINUTE)),
            idle: section.parsed_or("idle", MINUTE, between(Duration::from_secs(1), 60 * MINUTE)),
        };
        section.finish();
        there.then_some(read)
    }
}

impl OfficerSettings {
    fn read(section: Section<'_>) -> Self {
        let roles = [("officer", OfficerRole::Officer), ("deputy", OfficerRole::Deputy)];
        let read = Self {
            name: section.required("name", "the name that stands in the letters", one_line),
            address: section.required("address", "the address that gets the notices", address),
            aliases: section.list("aliases", address),
            role: section.parsed_or("role", OfficerRole::Officer, |text| one_of(text, &roles)),
            calendar: section.flag("calendar"),
        };
        section.finish();
        read
    }
}

impl DigestSettings {
    fn read(section: Section<'_>) -> Self {
        let read = Self { enabled: section.flag_or("enabled", true) };
        section.finish();
        read
    }
}

impl FollowUpSettings {
    fn read(section: Section<'_>) -> Self {
        let read = Self {
            after: section.parsed_or("after", 28 * DAY, between(14 * DAY, 90 * DAY)),
            cron: section.parsed("cron", cron_rule),
            window: section.parsed("window", quantity::hours),
        };
        section.finish();
        read
    }
}

/// A cron rule with seconds first: six fields, or seven with the year.
pub fn cron_rule(text: &str) -> Reading<cron::Schedule> {
    let hint = "write second, minute, hour, day, month and weekday, such as 0 0 9 * * Mon-Fri".to_owned();
    let fields = text.split_whitespace().count();
    if !text.starts_with('@') && !(6..=7).contains(&fields) {
        return Err((format!("has {fields} fields, not six or seven"), hint));
    }
    text.parse().map_err(|error: cron::error::Error| (format!("is not a cron rule: {error}").replace('\n', " "), hint))
}
