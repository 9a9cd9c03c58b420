//! One desk, proved: its policy for the core, its facts for the letters, its mailbox and its submission.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use chrono::{Days, NaiveDate, TimeDelta, TimeZone};

use super::authentication::AuthenticationSettings;
use super::fault::{Findings, Key, Written};
use super::quantity::{Hours, delta};
use super::regime::{self, Regime};
use super::retrieval::{self, RetrievalSettings};
use super::settings::{Ceilings, DeskSettings, OfficerSettings, cron_rule};
use super::submission::{self, SubmissionSettings};
use crate::composition::DeskFacts;
use crate::mediation::civil_calendar::CivilCalendar;
use crate::mediation::{AnswerWords, Directory, Officer, OfficerRole, Policy, Vocabulary, VocabularyError};
use crate::model::{DeskKey, Instant, MailAddress, ReturnDetail};

/// When follow-ups are looked for, where the operator says nothing (design.md section 6).
const FOLLOW_UP_RULE: &str = "0 0 9 * * Mon-Fri";
/// RFC 5321 section 4.5.3.1.1.
const LONGEST_LOCAL_PART: usize = 64;
/// What BATV puts in front of a local part: `prvs=nnnnssssss=` (M59).
const PRVS_PREFIX: usize = 16;
/// M59: ours stay under this length.
const COMFORTABLE_LOCAL_PART: usize = 40;

/// A desk that has been proved.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Which desk.
    pub key: DeskKey,
    /// What the core may do.
    pub policy: Policy,
    /// What stands in its letters. The trace value is empty here: the store gives it (M11).
    pub facts: DeskFacts,
    /// Other addresses whose mail reaches it.
    pub aliases: Vec<MailAddress>,
    /// Its law.
    pub regime: Regime,
    /// How long a letter waits before it goes, so that `#stop` can take it back.
    pub hold: TimeDelta,
    /// What has to prove, beside address and token, that an officer wrote: the word of a server or our own look at DKIM
    /// (M71, M72, M75).
    pub authentication: Option<AuthenticationSettings>,
    /// How many automatic mails may go where (M12, M13).
    pub ceilings: Ceilings,
    /// A folder with letters that replace those of the house.
    pub templates: Option<PathBuf>,
    /// Where its mail comes from.
    pub retrieval: RetrievalSettings,
    /// Where its letters go.
    pub submission: SubmissionSettings,
}

/// Where a desk's mail comes from and where its letters go, as far as each could be proved.
#[derive(Clone, Debug)]
pub struct Connections {
    /// The mailbox.
    pub retrieval: Option<RetrievalSettings>,
    /// The submission.
    pub submission: Option<SubmissionSettings>,
}

/// Proves the two connections of a desk, apart from the rest: they are compared between desks even where
/// something else in a desk is wrong.
pub fn connections(written: &DeskSettings, findings: &Findings) -> Connections {
    Connections {
        retrieval: match &written.retrieval {
            Some(section) => retrieval::prove(section, findings),
            None => absent(&written.key, "retrieval", "add [desk.retrieval] with maildir or imap", findings),
        },
        submission: match &written.submission {
            Some(section) => submission::prove(section, findings),
            None => absent(&written.key, "submission", "add [desk.submission] with maildir, smtp or sendmail", findings),
        },
    }
}

/// Proves a `[[desk]]`. Everything is looked at before the first missing thing gives up.
pub fn prove(
    written: &DeskSettings,
    connections: Connections,
    regimes: Option<&Path>,
    now: Instant,
    findings: &Findings,
) -> Option<Desk> {
    if let Some(address) = &written.address {
        room_for_tokens(address, findings);
    }
    let regime = written.regime.as_ref().and_then(|name| regime::find(name, regimes, findings));
    let officers = prove_officers(written, regime.as_ref(), findings);
    let rule = prove_follow_up(written, now, findings);
    if let Some(folder) = &written.templates
        && !folder.value.is_dir()
    {
        findings.fault(&folder.key, format!("{} is not a folder", folder.value.display()), "make it, or leave the key out");
    }
    if let Some(bounces) = written.submission.as_ref().and_then(|section| section.bounce_address.as_ref())
        && officers.iter().flatten().any(|officer| officer.address.same_person(&bounces.value))
    {
        findings.fault(&bounces.key, "is an officer's address", "failure reports go to an address of their own (M136)");
    }
    let calendar = calendar(written, now, findings);
    let (name, address) = (written.name.as_ref()?.value.clone(), written.address.as_ref()?.value.clone());
    let (regime, retrieval, submission) = (regime?, connections.retrieval?, connections.submission?);
    let key = DeskKey::of(&address);
    let house = house_words(findings)?;
    Some(Desk {
        policy: Policy {
            desk: key.clone(),
            zone: written.time_zone,
            language: written.language,
            officers: officers?,
            calendar: calendar?,
            clocks: regime.clocks.clone(),
            waits: regime.waits,
            mandatory_letters: regime.mandatory_letters.clone(),
            digest: written.digest.enabled,
            complainant_first: written.mediation.complainant_first,
            acknowledge_up_to: delta(written.acknowledge_up_to_age),
            follow_up_after: delta(written.follow_up.after),
            follow_up_rule: rule?,
            follow_up_hours: written.follow_up.window.as_ref().map_or(Hours::OF_A_WORKING_DAY, |window| window.value).into(),
            hold: delta(written.hold),
            answers: Arc::clone(&house.answers),
            directory: Arc::clone(&house.directory),
            units: written.units.clone(),
            vocabulary: Arc::clone(&house.vocabulary),
        },
        facts: DeskFacts {
            key: key.clone(),
            name,
            separator: written.separator,
            phone: written.phone.as_ref()?.value.clone(),
            hours: written.hours.as_ref()?.value.clone(),
            hours_en: written.hours_en.as_ref().map(|hours| hours.value.clone()),
            postal_address: written.postal_address.as_ref().map(|address| address.value.clone()),
            scheme_link: written.scheme_link.as_ref().map(|link| link.value.clone()),
            zone: written.time_zone,
            message_id_domain: address.comparable_domain(),
            trace: String::new(),
            attach_original_up_to: written.attach_original_up_to,
            address,
        },
        key,
        aliases: written.aliases.iter().map(|alias| alias.value.clone()).collect(),
        regime,
        hold: delta(written.hold),
        authentication: written.authentication.clone(),
        ceilings: written.ceilings,
        templates: written.templates.as_ref().map(|folder| folder.value.clone()),
        retrieval,
        submission,
    })
}

/// The word lists of the house: the same for every desk, so read once, however many desks there are.
struct HouseWords {
    answers: Arc<AnswerWords>,
    directory: Arc<Directory>,
    vocabulary: Arc<Vocabulary>,
}

static HOUSE: LazyLock<Result<HouseWords, VocabularyError>> = LazyLock::new(|| {
    Ok(HouseWords {
        answers: Arc::new(AnswerWords::builtin()?),
        directory: Arc::new(Directory::builtin()?),
        vocabulary: Arc::new(Vocabulary::builtin()?),
    })
});

/// The words of the house. They are proved by a test, so a fault here is ours.
fn house_words(findings: &Findings) -> Option<&'static HouseWords> {
    match HOUSE.as_ref() {
        Ok(words) => Some(words),
        Err(error) => {
            let key = Key { path: "words".to_owned(), line: None };
            findings.fault(&key, error.to_string(), "install the program anew; this file is part of it");
            None
        }
    }
}

fn absent<T>(desk: &Key, name: &str, hint: &str, findings: &Findings) -> Option<T> {
    let key = Key { path: format!("{}.{name}", desk.path), line: desk.line };
    if !findings.knows(&key.path) {
        findings.fault(&key, "is missing", hint);
    }
    None
}

/// M59: separator and token must fit behind the local part, also when a server on the way puts a prefix
/// before it.
fn room_for_tokens(address: &Written<MailAddress>, findings: &Findings) {
    // The longest detail that we put behind it is that of a letter's return address, which forwarders wrap as well.
    let with_token = address.value.local_part().len() + 1 + ReturnDetail::CHARACTERS;
    if with_token + PRVS_PREFIX > LONGEST_LOCAL_PART {
        let most = LONGEST_LOCAL_PART - PRVS_PREFIX - 1 - ReturnDetail::CHARACTERS;
        let what = "the part before the @ is too long: the sign of a case has to fit behind it (M59)";
        findings.fault(&address.key, what, format!("use at most {most} characters, such as klachten@{}", address.value.domain()));
    } else if with_token >= COMFORTABLE_LOCAL_PART {
        let what = "the part before the @ is long; some forwarders cut addresses like those of its cases (M59)";
        findings.remark(&address.key, what, "a short one such as klachten@ is safer");
    }
}

fn prove_officers(written: &DeskSettings, regime: Option<&Regime>, findings: &Findings) -> Option<Vec<Officer>> {
    let key = Key { path: format!("{}.officer", written.key.path), line: written.key.line };
    let has = |role: OfficerRole| written.officers.iter().any(|officer| officer.role == role);
    let unclear = |at: usize| findings.knows(&format!("{}[{at}].role", key.path));
    if !findings.knows(&key.path) && !(0..written.officers.len()).any(unclear) {
        if !has(OfficerRole::Officer) {
            findings.fault(
                &key,
                "no officer has the role officer",
                "add [[desk.officer]] with name, address and role = \"officer\"",
            );
        } else if regime.is_some_and(|regime| regime.deputy_required) && !has(OfficerRole::Deputy) {
            let what = "this regime needs a deputy, for the days on which the officer is away";
            findings.fault(&key, what, "add a second [[desk.officer]] with role = \"deputy\"");
        }
    }
    let mut seen: Vec<&MailAddress> = Vec::new();
    for address in written.officers.iter().flat_map(|officer| officer.address.iter().chain(&officer.aliases)) {
        if seen.iter().any(|other| other.same_person(&address.value)) {
            findings.fault(&address.key, "belongs to an officer already", "give each officer addresses of their own");
        }
        seen.push(&address.value);
    }
    let mut officers: Vec<Officer> = written.officers.iter().map(proved_officer).collect::<Option<_>>()?;
    officers.sort_by_key(|officer| officer.role == OfficerRole::Deputy);
    Some(officers)
}

fn proved_officer(written: &OfficerSettings) -> Option<Officer> {
    Some(Officer {
        name: written.name.as_ref()?.value.clone(),
        address: written.address.as_ref()?.value.clone(),
        aliases: written.aliases.iter().map(|alias| alias.value.clone()).collect(),
        role: written.role,
        calendar: written.calendar,
    })
}

/// A rule that never fires would silently drop the one follow-up (R21).
fn prove_follow_up(written: &DeskSettings, now: Instant, findings: &Findings) -> Option<cron::Schedule> {
    let rule = match &written.follow_up.cron {
        Some(rule) => rule.value.clone(),
        None => cron_rule(FOLLOW_UP_RULE).ok()?,
    };
    let zone = written.time_zone;
    let today = now.with_timezone(&zone);
    let end = today + TimeDelta::days(366);
    let fires = rule.after(&today).next().is_some_and(|first| first <= end);
    if !fires {
        if let Some(rule) = &written.follow_up.cron {
            findings.fault(&rule.key, "does not fire within the coming year", "for every working day at nine: 0 0 9 * * Mon-Fri");
        }
        return None;
    }
    if let Some(window) = &written.follow_up.window {
        let fits = (0..=366).filter_map(|day| today.date_naive().checked_add_days(Days::new(day))).any(|day| {
            let at = |time| zone.from_local_datetime(&NaiveDate::and_time(&day, time)).earliest();
            let (Some(from), Some(until)) = (at(window.value.from), at(window.value.until)) else { return false };
            rule.after(&(from - TimeDelta::seconds(1))).next().is_some_and(|fire| fire < until)
        });
        if !fits {
            let what = "the cron rule never fires within these hours, so no follow-up would ever leave";
            findings.fault(&window.key, what, "change the hours, the rule, or leave out window");
        }
    }
    Some(rule)
}

/// The free days: those of the country, and the days on which the organisation is closed.
fn calendar(written: &DeskSettings, now: Instant, findings: &Findings) -> Option<CivilCalendar> {
    let read = toml::from_str::<CivilCalendar>(include_str!("../../config/calendar/nl.toml"));
    let Ok(mut calendar) = read else {
        findings.fault(&written.key, "the calendar of the house can not be read", "this is a mistake in the program: report it");
        return None;
    };
    let year = chrono::Datelike::year(&now.with_timezone(&written.time_zone));
    if !calendar.covers(year + 1) {
        let what = format!("the list of days equated with holidays ends with {}", calendar.decree_covers_until);
        findings.remark(&written.key, what, "install a newer version before that year, or deadlines may come a day early");
    }
    calendar.closing_days.extend(&written.closing_days);
    Some(calendar)
}
