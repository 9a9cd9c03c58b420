//! What the desk's configuration allows the core to do, as plain values.

use chrono::{NaiveDate, NaiveTime, TimeZone};
use serde::{Deserialize, Serialize};

use crate::model::{DeskKey, Instant, Language, MailAddress};

/// Who stands in for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficerRole {
    /// Has cases.
    Officer,
    /// Hears of what the officer leaves lying.
    Deputy,
}

/// One officer of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// Name as letters give it.
    pub name: String,
    /// The registered address: notices go here, refusals too (I9).
    pub address: MailAddress,
    /// Other addresses the officer writes from.
    pub aliases: Vec<MailAddress>,
    /// Officer or deputy.
    pub role: OfficerRole,
    /// Whether the deadlines of their cases hang on the morning's list as a calendar file.
    pub calendar: bool,
}

/// The dates that bind a case, as civil days in the desk's zone (I12).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// The promised day of first personal contact (R6).
    pub first_contact: Option<NaiveDate>,
    /// The last day of the written decision, where the regime has one (domain.md section 2.1).
    pub decision: Option<NaiveDate>,
}

/// The rules of one desk. Built once from the proved configuration.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Which desk.
    pub desk: DeskKey,
    /// The desk's zone: civil dates and office hours are counted in it.
    pub zone: chrono_tz::Tz,
    /// The language letters fall back to.
    pub language: Language,
    /// Officers first, then deputies.
    pub officers: Vec<Officer>,
    /// Days on which nobody works, beside weekends.
    pub calendar: super::civil_calendar::CivilCalendar,
    /// The clocks of its regime.
    pub clocks: super::clocks::ClockRules,
    /// How long the desk waits for the answers of people.
    pub waits: super::clocks::Waits,
    /// Letters that the law wants: the deputy hears too when one of them does not get away.
    pub mandatory_letters: Vec<crate::model::LetterKind>,
    /// Whether reminders come together in one mail each working morning, or each in a letter of its own.
    pub digest: bool,
    /// Whether the complainant is asked first whether they want the talk, and the others after a yes (row 20).
    pub complainant_first: bool,
    /// A complaint that arrived longer ago than this is not confirmed by a machine (M174).
    pub acknowledge_up_to: chrono::TimeDelta,
    /// How long after closing the follow-up is due.
    pub follow_up_after: chrono::TimeDelta,
    /// When follow-ups may be sent, a cron rule in the desk's zone.
    pub follow_up_rule: cron::Schedule,
    /// The hours of a working day within which the follow-up may leave: from the first to before the second.
    pub follow_up_hours: (NaiveTime, NaiveTime),
    /// How long what an officer sends to a party waits, so that it can be taken back.
    pub hold: chrono::TimeDelta,
    /// How parties say yes and no.
    pub answers: std::sync::Arc<super::AnswerWords>,
    /// Where else people can go, and standard advice.
    pub directory: std::sync::Arc<super::Directory>,
    /// The units or locations that a case can belong to in the yearly report; empty where the desk has one place.
    pub units: Vec<String>,
    /// The words officers command with.
    pub vocabulary: std::sync::Arc<super::Vocabulary>,
}

impl Policy {
    /// The officer who gets new cases: the first officer, else the first deputy.
    pub fn responsible(&self) -> Option<&Officer> {
        self.officers.iter().find(|o| o.role == OfficerRole::Officer).or_else(|| self.officers.first())
    }

    /// The officer with this address, registered or alias (M81).
    pub fn officer_at(&self, address: &MailAddress) -> Option<&Officer> {
        self.officers.iter().find(|o| o.address.same_person(address) || o.aliases.iter().any(|alias| alias.same_person(address)))
    }

    /// The other officers and deputies than this one: they hear of what must not wait.
    pub fn others_than<'a>(&'a self, address: &'a MailAddress) -> impl Iterator<Item = &'a Officer> {
        self.officers.iter().filter(move |officer| !officer.address.same_person(address))
    }

    /// The moment at which this hour begins on this day for the desk; where the clocks skip that hour, the
    /// moment they jump to.
    pub fn moment(&self, day: NaiveDate, hour: u32) -> Instant {
        let wall = day.and_hms_opt(hour.min(23), 0, 0).unwrap_or_default();
        (0..4)
            .find_map(|later| self.zone.from_local_datetime(&(wall + chrono::TimeDelta::hours(later))).earliest())
            .map_or_else(|| wall.and_utc(), |local| local.to_utc())
    }

    /// The morning on which a reminder may reach an officer: now on a working day, else the next one (row 42).
    pub fn not_on_a_free_day(&self, at: Instant) -> Option<Instant> {
        let today = self.civil_day(at);
        let day = self.calendar.working_day_from(today);
        (day != today).then(|| self.moment(day, super::clocks::MORNING))
    }

    /// The civil day on which this moment falls for the desk.
    pub fn civil_day(&self, at: Instant) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }
}
