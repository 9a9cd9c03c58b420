//! From an order to bytes.

use chrono::TimeDelta;

use super::calendar::{self, CalendarFile, CalendarItem, CalendarWords};
use super::context::{GoingOut, Occasion, facts_of, operator_alarm};
use super::file::{self, File, Scope};
use super::header::Head;
use super::human_text::Line;
use super::material::Material;
use super::mime::{Content, assemble};
use super::original::Original;
use super::paper::{Paper, PaperLetter, Press};
use super::relay::{self, Relayed};
use super::report::{Report, report};
use super::template::{Letters, Overrides, Rendered};
use super::wording::Wording;
use super::{About, CompositionError, DeskFacts, DeskView, OperatorAlarm, OutgoingLetter, TemplateFault, sample};
use crate::mediation::reply::Receipt;
use crate::mediation::report::{Disclosure, Tally};
use crate::mediation::{CalendarOrder, Case, Digest, LetterOrder, Officer, PartyRole, Passage, Recipient};
use crate::model::{Audience, Holder, Instant, Language, LetterId, LetterKind, MailAddress, MessageId, ReturnDetail};

/// M151: a letter is given up after five days.
const EXPIRES_AFTER: TimeDelta = TimeDelta::days(5);

/// Writes letters. Built once, used from any thread.
#[derive(Debug)]
pub struct Composer {
    letters: Letters,
    dutch: Wording,
    english: Wording,
    dutch_calendar: CalendarWords,
    english_calendar: CalendarWords,
    press: Press,
}

/// A letter, and what an officer sees of it before it leaves.
#[derive(Clone, Debug)]
pub struct Composed {
    /// The letter, final.
    pub letter: OutgoingLetter,
    /// What its receipt shows; `None` for letters to officers.
    pub going_out: Option<GoingOut>,
}

/// What stands beside a letter that is composed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// Letters that go out for the same reason: a receipt shows them as they will leave (M87).
    pub going_out: &'a [GoingOut],
    /// What hangs on it for printing.
    pub papers: &'a [Paper],
    /// What an officer asked for: the report, a file.
    pub files: &'a [Relayed],
}

/// What a letter carries beside its text.
#[derive(Default)]
struct Enclosures<'a> {
    original: Original<'a>,
    relayed: Vec<Relayed>,
    calendar: Option<(CalendarFile, &'a str)>,
    papers: &'a [Paper],
    files: &'a [Relayed],
    deadlines: Option<(CalendarFile, &'a str)>,
}

/// What differs between letters about a case and mail to the operator.
struct Envelope<'a> {
    letter: LetterId,
    kind: LetterKind,
    language: Language,
    from: &'a MailAddress,
    reply_to: &'a MailAddress,
    to: (Option<&'a str>, &'a MailAddress),
    message_id: MessageId,
    in_reply_to: Option<&'a MessageId>,
    references: &'a [MessageId],
}

impl Composer {
    /// Takes the letters that ship, with a desk's own versions where it has any. What ships was proven when the program
    /// was made; what a desk wrote itself is proven here, so that a daemon with a faulty letter does not start. All
    /// faults are reported at once.
    pub fn new(overrides: Option<&Overrides>) -> Result<Self, Vec<TemplateFault>> {
        Self::build(overrides, false)
    }

    /// The same, and writes every letter in every language once for every way it can differ.
    pub fn proven(overrides: Option<&Overrides>) -> Result<Self, Vec<TemplateFault>> {
        Self::build(overrides, true)
    }

    fn build(overrides: Option<&Overrides>, whole: bool) -> Result<Self, Vec<TemplateFault>> {
        let dutch = Wording::read(Language::Nl).map_err(|fault| vec![fault])?;
        let english = Wording::read(Language::En).map_err(|fault| vec![fault])?;
        let dutch_calendar = CalendarWords::read(Language::Nl).map_err(|fault| vec![fault])?;
        let english_calendar = CalendarWords::read(Language::En).map_err(|fault| vec![fault])?;
        let mut faults = Vec::new();
        let letters = Letters::open(overrides, &mut faults);
        let press = Press::new(overrides, whole).map_err(|found| faults.extend(found));
        let all = LetterKind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|language| (kind, language)));
        let proving: Vec<_> = all.filter(|(kind, language)| whole || letters.is_own(*language, *kind)).collect();
        for of_kind in proving.chunk_by(|one, other| one.0 == other.0) {
            let facts = of_kind.first().map(|(kind, _)| sample::facts(*kind, &dutch)).unwrap_or_default();
            for (kind, language) in of_kind {
                letters.prove(*language, *kind, &facts, &mut faults);
            }
        }
        let Some(press) = press.ok().filter(|_| faults.is_empty()) else { return Err(faults) };
        let composer = Self { letters, dutch, english, dutch_calendar, english_calendar, press };
        let faults = sample::prove(&composer, &proving);
        if faults.is_empty() { Ok(composer) } else { Err(faults) }
    }

    /// The words of a language.
    pub(super) fn wording(&self, language: Language) -> &Wording {
        match language {
            Language::Nl => &self.dutch,
            Language::En => &self.english,
        }
    }

    /// Sets a letter on paper, for the officer to print. The same letter gives the same bytes.
    pub fn paper(&self, letter: &PaperLetter<'_>) -> Result<Paper, CompositionError> {
        // Paper is kept for years, so every date on it names its year.
        self.press.print(letter, &|day| self.wording(letter.language).date(day, chrono::NaiveDate::MIN))
    }

    /// Writes the report of a desk over a period.
    ///
    /// # Errors
    /// Where a file that comes with the program is damaged.
    pub fn report(
        &self,
        desk: &DeskFacts,
        tally: &Tally,
        disclosure: Disclosure,
        language: Language,
        now: Instant,
    ) -> Result<Report, CompositionError> {
        report(desk, tally, disclosure, language, now, &self.press)
    }

    /// What hangs on the receipt of an officer who asked for it: the report of the desk, the file, or what is kept about
    /// one person.
    ///
    /// # Errors
    /// Where a file that comes with the program is damaged.
    pub fn enclosed(
        &self,
        order: &LetterOrder,
        case: &Case,
        desk: &DeskView<'_>,
        material: &Material,
        now: Instant,
    ) -> Result<Vec<Relayed>, CompositionError> {
        let Passage::Receipt(receipts) = &order.passage else { return Ok(Vec::new()) };
        let language = order.language;
        let file = |scope, language| {
            let wording = self.wording(language);
            file::enclosures(&File { scope, case, material, desk, wording, language, now }, &self.press)
        };
        let mut enclosed = Vec::new();
        for receipt in receipts {
            match receipt {
                Receipt::Reported { period } => {
                    // Nobody asks for small numbers by mail: what is left out is left out for everybody.
                    for tally in material.tallies.iter().filter(|tally| tally.period() == *period) {
                        let report = self.report(desk.facts, tally, Disclosure::DEFAULT, language, now)?;
                        enclosed.extend(report.files());
                    }
                }
                Receipt::File => enclosed.extend(file(Scope::Whole, language)?),
                // It is for the person, so it is in the person's language.
                Receipt::Access { who: PartyRole::Complainant, .. } => {
                    enclosed.extend(file(Scope::Of(PartyRole::Complainant), case.language)?);
                }
                Receipt::Access { who, .. } => enclosed.extend(file(Scope::Of(*who), language)?),
                _ => {}
            }
        }
        Ok(enclosed)
    }

    /// Writes the letter that was ordered. `case` is the case as it stands after the decision; the same
    /// arguments give the same bytes (M131).
    pub fn compose(
        &self,
        order: &LetterOrder,
        case: &Case,
        about: Option<About<'_>>,
        desk: &DeskView<'_>,
        now: Instant,
    ) -> Result<OutgoingLetter, CompositionError> {
        self.compose_beside(order, case, about, desk, now, Beside::default()).map(|composed| composed.letter)
    }

    /// The same, with what stands beside it.
    pub fn compose_beside(
        &self,
        order: &LetterOrder,
        case: &Case,
        about: Option<About<'_>>,
        desk: &DeskView<'_>,
        now: Instant,
        beside: Beside<'_>,
    ) -> Result<Composed, CompositionError> {
        let Beside { going_out, papers, files } = beside;
        let wording = self.wording(order.language);
        let occasion = Occasion { order, case, about, desk, now, wording, going_out, files };
        let facts = facts_of(&occasion)?;
        let rendered = self.render(order.language, order.kind, &facts)?;
        let domain = &desk.facts.message_id_domain;
        let reply_to = desk.facts.address.with_detail(desk.facts.separator, &order.reply_token.to_string());
        let reply_to = reply_to.map_err(|_| CompositionError::Address { letter: order.kind })?;
        let (holder, name, mut references) = match &order.to {
            // M21: an advertisement in a forged display name does not travel on in ours. M133: only ids that this
            // recipient knows.
            Recipient::Party(role) => {
                let (holder, thread) = match role {
                    PartyRole::Complainant => (Holder::Complainant, case.thread.clone()),
                    PartyRole::Respondent(number) => {
                        (Holder::Respondent(*number), case.respondent_threads.get(number).cloned().unwrap_or_default())
                    }
                };
                let name = case.party(*role).and_then(|party| party.name.as_deref()).and_then(Line::greeting);
                (holder, name, thread)
            }
            Recipient::Officer(address) => {
                let officer = desk.officers.iter().find(|officer| officer.address.same_person(address));
                let answered = about.filter(|_| order.kind.answers_a_mail()).and_then(|about| about.facts.message_id.clone());
                (Holder::Officer, officer.map(|officer| Line::new(&officer.name)), answered.into_iter().collect())
            }
        };
        // The anchor carries the recipient's own token, so an answer finds its case by it, and threads the case in
        // clients that look at References.
        let token = case.token(holder, Audience::File).unwrap_or(order.reply_token);
        let anchor = MessageId::of_letter(token, LetterId(uuid::Uuid::nil()), domain);
        let answered = references.last().cloned();
        references.retain(|id| *id != anchor);
        references.push(anchor);
        let envelope = Envelope {
            letter: order.letter,
            kind: order.kind,
            language: order.language,
            from: &reply_to,
            reply_to: &reply_to,
            to: (name.as_ref().map(Line::as_str), &order.address),
            message_id: MessageId::of_letter(order.reply_token, order.letter, domain),
            in_reply_to: answered.as_ref(),
            references: &references,
        };
        let original = match about {
            Some(about) if shows_original(order.kind) => Original::of(about.raw, desk.facts.attach_original_up_to),
            _ => Original::None,
        };
        let (relayed, held) = match (about, order.kind.carries_attachments()) {
            (Some(about), true) => relay::attachments(about.raw, &wording.attachment_file_name),
            _ => (Vec::new(), Vec::new()),
        };
        let calendar = match &order.passage {
            Passage::Date { appointment, change } => change.news().map(|news| {
                let calendar = CalendarOrder { news, appointment: appointment.clone() };
                self.calendar(&calendar, order, case, desk.facts, (&reply_to, name.as_ref()), now)
            }),
            _ => None,
        };
        let going_out = order.to.party().map(|to| GoingOut {
            to,
            subject: rendered.subject.clone(),
            text: rendered.plain.clone(),
            attachments: relayed.iter().map(|file| file.name.clone()).collect(),
            papers: papers.iter().map(|paper| paper.file_name.clone()).collect(),
            held,
            in_calendar: calendar.is_some(),
            leaves_at: None,
        });
        let enclosures = Enclosures { original, relayed, calendar, deadlines: None, papers, files };
        // A letter on no case, or on one of which nothing may be left, stands by itself.
        let of_a_case = case.phase != crate::mediation::Phase::Unopened && !case.is_forgotten();
        let number = of_a_case.then_some(case.number);
        let letter = self.finish(envelope, &rendered, enclosures, desk.facts, now)?;
        Ok(Composed { letter: OutgoingLetter { case: number, ..letter }, going_out })
    }

    /// Writes the operator's alarm. It has no case, so an answer to it goes to the operator, not to the
    /// desk, where it would become a complaint.
    pub fn compose_operator_alarm(
        &self,
        operator: &MailAddress,
        alarm: &OperatorAlarm,
        desk: &DeskFacts,
        language: Language,
        letter: LetterId,
        now: Instant,
    ) -> Result<OutgoingLetter, CompositionError> {
        let kind = LetterKind::OperatorAlarm;
        let rendered = self.render(language, kind, &operator_alarm(alarm, desk, self.wording(language), now)?)?;
        let id = format!("{letter}@{}", desk.message_id_domain).parse();
        let envelope = Envelope {
            letter,
            kind,
            language,
            from: &desk.address,
            reply_to: operator,
            to: (None, operator),
            message_id: id.map_err(|_| CompositionError::Address { letter: kind })?,
            in_reply_to: None,
            references: &[],
        };
        self.finish(envelope, &rendered, Enclosures::default(), desk, now)
    }

    /// The calendar file of a letter: its reader is the only attendee, and the organizer is the address to which they
    /// answer (M118, M119).
    fn calendar(
        &self,
        calendar: &CalendarOrder,
        order: &LetterOrder,
        case: &Case,
        desk: &DeskFacts,
        (organizer, name): (&MailAddress, Option<&Line>),
        now: Instant,
    ) -> (CalendarFile, &str) {
        let words = match order.language {
            Language::Nl => &self.dutch_calendar,
            Language::En => &self.english_calendar,
        };
        let file = calendar::write(&CalendarItem {
            news: calendar.news,
            appointment: &calendar.appointment,
            organizer: (&desk.name, organizer),
            attendee: (name.map(Line::as_str), &order.address),
            language: order.language,
            summary: &words.summary,
            description: &words.description(desk, order.language, case.number),
            now,
        });
        (file, words.file_name(calendar.news))
    }

    /// Writes the morning's list (T30). It has no case: an answer to it goes to the desk, and the officer hears that
    /// it belongs nowhere.
    pub fn compose_digest(
        &self,
        officer: &Officer,
        digest: &Digest,
        desk: &DeskFacts,
        language: Language,
        letter: LetterId,
        now: Instant,
    ) -> Result<OutgoingLetter, CompositionError> {
        let kind = LetterKind::OfficerDigest;
        let wording = self.wording(language);
        let today = now.with_timezone(&desk.zone).date_naive();
        let rendered = self.render(language, kind, &super::context::digest(digest, desk, wording, today)?)?;
        let id = format!("{letter}@{}", desk.message_id_domain).parse();
        let envelope = Envelope {
            letter,
            kind,
            language,
            from: &desk.address,
            reply_to: &desk.address,
            to: (Some(officer.name.as_str()), &officer.address),
            message_id: id.map_err(|_| CompositionError::Address { letter: kind })?,
            in_reply_to: None,
            references: &[],
        };
        let wanted =
            officer.calendar.then(|| calendar::deadlines::write(&digest.deadlines, &digest.gone, desk, wording, now)).flatten();
        let name = match language {
            Language::Nl => &self.dutch_calendar.deadlines_file_name,
            Language::En => &self.english_calendar.deadlines_file_name,
        };
        let deadlines = wanted.map(|file| (file, name.as_str()));
        self.finish(envelope, &rendered, Enclosures { deadlines, ..Enclosures::default() }, desk, now)
    }

    /// Fills in a letter's templates.
    pub(super) fn render(
        &self,
        language: Language,
        kind: LetterKind,
        facts: &handlebars::Context,
    ) -> Result<Rendered, CompositionError> {
        self.letters.render(language, kind, facts).map_err(|reason| CompositionError::Unfilled { letter: kind, reason })
    }

    fn finish(
        &self,
        envelope: Envelope<'_>,
        rendered: &Rendered,
        enclosures: Enclosures<'_>,
        desk: &DeskFacts,
        now: Instant,
    ) -> Result<OutgoingLetter, CompositionError> {
        let head = Head {
            from: (&desk.name, envelope.from),
            reply_to: (rendered.reply_name.as_deref().unwrap_or(&desk.name), envelope.reply_to),
            to: envelope.to,
            subject: &rendered.subject,
            date: now,
            zone: desk.zone,
            message_id: &envelope.message_id,
            in_reply_to: envelope.in_reply_to,
            references: envelope.references,
            automatic: (!envelope.kind.carries_words()).then(|| envelope.kind.answers_a_mail()),
            // M135: the one letter that nobody waits for.
            bulk: envelope.kind == LetterKind::FollowUp,
            trace: &desk.trace,
            language: envelope.language,
        };
        let fields = head.fields().map_err(|_| CompositionError::Address { letter: envelope.kind })?;
        // M40, M136: what fails comes back to an address that names this letter alone.
        let returns_to = desk.address.with_detail(desk.separator, &ReturnDetail(envelope.letter).to_string());
        let returns_to = returns_to.map_err(|_| CompositionError::Address { letter: envelope.kind })?;
        let content = Content {
            plain: &rendered.plain,
            html: &rendered.html,
            original: enclosures.original,
            original_name: &self.wording(envelope.language).original_file_name,
            calendar: enclosures.calendar.as_ref().map(|(file, name)| (file, *name)),
            papers: enclosures.papers,
            deadlines: enclosures.deadlines.as_ref().map(|(file, name)| (file, *name)),
            relayed: &enclosures.relayed,
            files: enclosures.files,
        };
        Ok(OutgoingLetter {
            letter: envelope.letter,
            kind: envelope.kind,
            case: None,
            desk: desk.key.clone(),
            envelope_from: Some(returns_to),
            to: envelope.to.1.clone(),
            guarantee: envelope.kind.guarantee(),
            expires_at: now + EXPIRES_AFTER,
            bytes: assemble(&fields, content, envelope.letter),
            message_id: envelope.message_id,
        })
    }
}

/// The letters that carry the mail they tell about. A party never gets one (M21, section 2.4).
fn shows_original(kind: LetterKind) -> bool {
    [LetterKind::OfficerNewCase, LetterKind::OfficerFurtherMail, LetterKind::OfficerFollowUpAnswer, LetterKind::OfficerAlarm]
        .contains(&kind)
}
