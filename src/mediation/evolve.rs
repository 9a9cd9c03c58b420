//! The fold of the journal: the only place where a case changes (I11).

use super::{Case, Entry, FollowUp, JournalEntry, Phase, TimerKind};
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
            Entry::MailFiled { thread, .. } => {
                for id in thread {
                    if !self.thread.contains(id) {
                        self.thread.push(id.clone());
                    }
                }
            }
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
            Entry::Reopened => self.phase = Phase::Open,
            Entry::FollowUpPlanned { due_at } => {
                if matches!(self.follow_up, FollowUp::None | FollowUp::Planned { .. }) {
                    self.follow_up = FollowUp::Planned { due_at: *due_at };
                }
            }
            Entry::FollowUpSent { letter } => self.follow_up = FollowUp::Sent { at: line.at, letter: *letter },
            Entry::FollowUpAnswered { grade, .. } => {
                if let FollowUp::Sent { at, .. } | FollowUp::Expired { sent_at: Some(at) } = self.follow_up {
                    self.follow_up = FollowUp::Answered { sent_at: at, at: line.at, grade: *grade };
                }
            }
            Entry::FollowUpUndelivered => {
                if let FollowUp::Sent { at, .. } = self.follow_up {
                    self.follow_up = FollowUp::Undelivered { sent_at: at };
                }
            }
            Entry::FollowUpExpired => {
                let sent_at = match self.follow_up {
                    FollowUp::Sent { at, .. } => Some(at),
                    FollowUp::None
                    | FollowUp::Planned { .. }
                    | FollowUp::Answered { .. }
                    | FollowUp::Undelivered { .. }
                    | FollowUp::Expired { .. }
                    | FollowUp::Suppressed => None,
                };
                self.follow_up = FollowUp::Expired { sent_at };
            }
            Entry::FollowUpCancelled => {
                if matches!(self.follow_up, FollowUp::Planned { .. }) {
                    self.follow_up = FollowUp::None;
                }
            }
            Entry::FollowUpSuppressed => {
                if matches!(self.follow_up, FollowUp::None | FollowUp::Planned { .. }) {
                    self.follow_up = FollowUp::Suppressed;
                }
            }
            Entry::Anonymised => self.forget_people(),
            // Lines that are there to be read: they change nothing that a later decision asks for.
            Entry::LetterOrdered { .. }
            | Entry::FollowUpWordsDropped
            | Entry::Alarmed { .. }
            | Entry::CommandRefused { .. }
            | Entry::LetterFailed { .. } => {}
        }
    }

    /// Row 45: what is left are days, codes and figures.
    fn forget_people(&mut self) {
        self.subject.clear();
        self.complainant = super::Party { name: None, address: None };
        self.respondents.clear();
        self.officer = None;
        self.capabilities.clear();
        self.thread.clear();
        self.timers.clear();
        self.ends.clear();
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
