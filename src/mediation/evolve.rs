//! The fold of the journal: the only place where a case changes (I11).

use super::evolve_life::life;
use super::{Case, Entry, FollowUp, JournalEntry, OpenWish, Phase, TimerKind};
use crate::model::{FlagStanding, Language};

impl Case {
    /// The case after this entry. Total: an entry that no longer fits the state, from an older version or a
    /// repaired journal, leaves the rest of the state alone rather than failing.
    #[must_use]
    pub fn evolve(mut self, line: &JournalEntry) -> Self {
        self.apply(line);
        self
    }

    /// As [`Case::evolve`], in place.
    pub fn apply(&mut self, line: &JournalEntry) {
        let before = std::mem::discriminant(&self.phase);
        self.fold(line);
        // Once the case has moved on, going back to where it was would undo what somebody else did.
        if std::mem::discriminant(&self.phase) != before {
            self.revocable = None;
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the function behind it writes every entry out")]
    fn fold(&mut self, line: &JournalEntry) {
        match &line.entry {
            Entry::Opened { received_at, language, written_in, subject, complainant, officer, deadlines, kinds, purposes } => {
                self.phase = Phase::New;
                self.received_at = *received_at;
                self.opened_at = line.at;
                self.language = *language;
                self.written_in.clone_from(written_in);
                self.subject.clone_from(subject);
                self.complainant.clone_from(complainant);
                self.officer.clone_from(officer);
                self.deadlines.clone_from(deadlines);
                self.kinds.clone_from(kinds);
                self.purposes.clone_from(purposes);
            }
            Entry::CapabilityIssued { capability } => self.capabilities.push(*capability),
            Entry::MailFiled { thread, sender, .. } => self.thread_of(*sender, thread),
            Entry::Acknowledged => {
                if self.phase == Phase::New {
                    self.phase = Phase::Intake;
                }
            }
            Entry::FlagSet { flag, standing } => {
                self.flags.insert(*flag, *standing);
                if *standing == FlagStanding::Confirmed {
                    self.ever_confirmed.insert(*flag);
                }
            }
            Entry::TimerSet { timer, due_at, ends_on } => {
                self.timers.insert(*timer, *due_at);
                if let Some(day) = ends_on {
                    self.ends.insert(*timer, *day);
                }
            }
            Entry::TimerStopped { timer } => {
                self.timers.remove(timer);
                self.ends.remove(timer);
            }
            Entry::FirstContact { on } => {
                self.first_contact = Some(*on);
                if matches!(self.phase, Phase::New | Phase::Intake) {
                    self.phase = Phase::Open;
                }
            }
            Entry::Closed { outcome } => self.phase = Phase::Closed { at: line.at, outcome: *outcome },
            Entry::Reopened => {
                self.phase = Phase::Open;
                self.talked = false;
                self.reaction_passed = false;
            }
            Entry::AccessAsked { who, wish, on } => {
                // Asked again is no new month: the first day binds.
                let first = self.open_wish(*who, *wish).map_or(*on, |open| open.on.min(*on));
                self.wishes.retain(|open| (open.who, open.wish) != (*who, *wish));
                self.wishes.push(OpenWish { who: *who, wish: *wish, on: first });
            }
            Entry::AccessAnswered { who, wish } => self.wishes.retain(|open| (open.who, open.wish) != (*who, *wish)),
            Entry::Anonymised => self.forget_people(),
            entry => {
                self.record_follow_up(line);
                life(self, line.at, entry);
            }
        }
    }

    /// Each party's own ids, and only those, may stand in letters to that party (M133, R30).
    fn thread_of(&mut self, sender: super::Sender, ids: &[crate::model::MessageId]) {
        use super::Sender;
        let thread = match sender {
            Sender::Respondent(number) => self.respondent_threads.entry(number).or_default(),
            Sender::Complainant | Sender::Stranger | Sender::Officer | Sender::OfficerNotProven | Sender::Machine => {
                &mut self.thread
            }
        };
        for id in ids {
            if !thread.contains(id) {
                thread.push(id.clone());
            }
        }
    }

    /// The record of the one follow-up (I4): what is past `Planned` never becomes `Planned` again.
    fn record_follow_up(&mut self, line: &JournalEntry) {
        let waits = matches!(self.follow_up, FollowUp::None | FollowUp::Planned { .. });
        let sent_at = match self.follow_up {
            FollowUp::Sent { at, .. } => Some(at),
            FollowUp::None
            | FollowUp::Planned { .. }
            | FollowUp::Answered { .. }
            | FollowUp::Undelivered { .. }
            | FollowUp::Expired { .. }
            | FollowUp::Suppressed => None,
        };
        match (&line.entry, sent_at) {
            (Entry::FollowUpPlanned { due_at }, _) if waits => self.follow_up = FollowUp::Planned { due_at: *due_at },
            (Entry::FollowUpSent { letter }, _) => self.follow_up = FollowUp::Sent { at: line.at, letter: *letter },
            (Entry::FollowUpAnswered { grade, .. }, _) => {
                if let FollowUp::Sent { at, .. } | FollowUp::Expired { sent_at: Some(at) } = self.follow_up {
                    self.follow_up = FollowUp::Answered { sent_at: at, at: line.at, grade: *grade };
                }
            }
            (Entry::FollowUpUndelivered, Some(sent_at)) => self.follow_up = FollowUp::Undelivered { sent_at },
            (Entry::FollowUpExpired, sent_at) => self.follow_up = FollowUp::Expired { sent_at },
            (Entry::FollowUpCancelled, _) if matches!(self.follow_up, FollowUp::Planned { .. }) => {
                self.follow_up = FollowUp::None;
            }
            (Entry::FollowUpSuppressed, _) if waits => self.follow_up = FollowUp::Suppressed,
            (_, _) => {}
        }
    }

    /// Row 45: what is left are days, codes and figures.
    fn forget_people(&mut self) {
        self.subject.clear();
        self.complainant = super::Party { name: None, address: None, phone: None };
        self.respondents.clear();
        self.officer = None;
        self.capabilities.clear();
        self.thread.clear();
        self.respondent_threads.clear();
        self.revocable = None;
        self.timers.clear();
        self.ends.clear();
        self.wishes.clear();
    }

    /// The state that a whole journal gives.
    #[must_use]
    pub fn replay<'a>(unopened: Self, journal: impl IntoIterator<Item = &'a JournalEntry>) -> Self {
        journal.into_iter().fold(unopened, Self::evolve)
    }

    /// I10: an open case has a running clock, or nobody would look at it again.
    pub fn is_watched(&self) -> bool {
        !self.phase.is_open()
            || [TimerKind::FirstContact, TimerKind::Decision, TimerKind::Attention]
                .iter()
                .any(|timer| self.timers.contains_key(timer))
    }

    /// The language in which a mail in this language is answered (domain.md section 4).
    pub fn letter_language(written_in: &str, desk: Language) -> Language {
        Language::from_tag(written_in).unwrap_or(desk)
    }
}
