//! From what was typed to a [`Command`], or to what is wrong with it.

use chrono::NaiveDateTime;

use super::figure::{self, FigureFault};
use super::times::{self, Direction, TimeFault};
use super::{Change, Command, FlagStep, Period, Registration, Request, argument, person, registration, request};
use crate::mediation::reply::Refusal;
use crate::mediation::vocabulary::{FigureField, Verb, WordTable};
use crate::mediation::{CommandText, Officer, Policy, Vocabulary};
use crate::model::{CaseNumber, Language, MailAddress, Outcome};

/// How long a talk is planned where the officer does not say it, in minutes.
const USUAL_TALK: u32 = 60;
/// Longer than a working day is a slip of the pen.
const LONGEST_TALK: u32 = 8 * 60;

/// What a desk knows that commands are read with.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// The words.
    pub words: &'a Vocabulary,
    /// The language of refusals.
    pub language: Language,
    /// Who a case can be handed to.
    pub officers: &'a [Officer],
}

/// Understands one command, or says what is missing. `body` is the text that follows the commands; `now` is civil
/// time in the desk's zone.
pub fn understand(typed: &CommandText, body: &str, policy: &Policy, now: NaiveDateTime) -> Result<Command, Refusal> {
    let desk = Desk { words: &policy.vocabulary, language: policy.language, officers: &policy.officers };
    understand_at(typed, body, desk, now)
}

/// The same without the rest of a policy.
pub fn understand_at(typed: &CommandText, body: &str, desk: Desk<'_>, now: NaiveDateTime) -> Result<Command, Refusal> {
    let Some((verb, argument)) = verb_of(typed, desk.words) else {
        return Err(Refusal::UnknownCommand { word: typed.word.clone(), nearest: desk.words.nearest_command(&typed.word) });
    };
    Reading { verb, argument: &argument, words: desk.words, desk, now }.command(body)
}

/// Whether a line tells that the talk took place, or did not, however well: nothing else of such a mail is kept (R20).
pub fn is_about_talk(typed: &CommandText, words: &Vocabulary) -> bool {
    verb_of(typed, words).is_some_and(|(verb, _)| matches!(verb, Verb::Held | Verb::NotHeld))
}

/// The verb, and the argument behind it. "#niet gehouden" is two words for one verb.
fn verb_of(typed: &CommandText, words: &Vocabulary) -> Option<(Verb, String)> {
    let (next, rest) = typed.argument.split_once(super::lines::is_blank).unwrap_or((&typed.argument, ""));
    let joined = words.verb(&format!("{}-{next}", typed.word)).filter(|_| !next.is_empty());
    match joined {
        Some(verb) => Some((verb, rest.trim_start_matches(|c: char| c == ':' || super::lines::is_blank(c)).to_owned())),
        None => words.verb(&typed.word).map(|verb| (verb, typed.argument.clone())),
    }
}

/// One command on its way to be understood.
struct Reading<'a> {
    verb: Verb,
    argument: &'a str,
    words: &'a Vocabulary,
    desk: Desk<'a>,
    now: NaiveDateTime,
}

impl Reading<'_> {
    fn command(&self, body: &str) -> Result<Command, Refusal> {
        let words = self.words;
        match self.verb {
            Verb::ToComplainant => self.complainant(),
            // A note may begin on the line itself; the mail is kept as it is.
            Verb::Note => Ok(Command::Note),
            Verb::Clarify => self.alone(Command::Clarify),
            Verb::Hear => self.alone(Command::Hear),
            Verb::Release => self.alone(Command::Release),
            Verb::Mediation => self.alone(Command::Mediation),
            Verb::Cancel => self.alone(Command::Cancel),
            Verb::Agreements => self.alone(Command::Agreements),
            Verb::Reopen => self.alone(Command::Reopen),
            Verb::Withdrawn => self.alone(Command::Withdrawn),
            Verb::Split => self.alone(Command::Split),
            Verb::Stop => self.alone(Command::Stop),
            Verb::Status => self.alone(Command::Status),
            Verb::File => self.alone(Command::File),
            Verb::Access => self.request().map(Command::Access),
            Verb::Erase => match case_number(self.argument) {
                Some(number) => Ok(Command::EraseNow { number }),
                None => self.request().map(Command::Erase),
            },
            Verb::List => self.alone(Command::List),
            Verb::Help => self.alone(Command::Help),
            Verb::Respondent => match person::name_and_address(self.argument) {
                Some((name, address)) => Ok(Command::Respondent { name, address }),
                None => self.incomplete(self.examples()),
            },
            Verb::Register => self.registration(body),
            Verb::Contacted => self.past_day().map(|on| Command::Contacted { on }),
            Verb::Decision => self.past_day().map(|on| Command::Decision { on }),
            Verb::Kinds => self.list(&words.kinds).map(Command::Kinds),
            Verb::Purposes => self.list(&words.purposes).map(Command::Purposes),
            Verb::Language => self.one(&words.languages).map(Command::Language),
            Verb::Authorisation => self.one(&words.authorisation).map(Command::Authorisation),
            Verb::Advice => self.one(&words.advice).map(|topic| Command::Advice { topic }),
            Verb::Close => match argument::only(&words.outcomes, self.argument, &words.fillers) {
                Some(outcome) => Ok(Command::Close { outcome }),
                None => match argument::leading(&words.outcomes, self.argument) {
                    Some((Outcome::Misdirected, body)) if !body.is_empty() => Ok(Command::Misdirected { body: body.to_owned() }),
                    Some(_) | None => self.incomplete(words.outcome_words(self.desk.language)),
                },
            },
            Verb::Flag => self.one(&words.flags).map(|flag| Command::Flag { flag, step: FlagStep::Suspect }),
            Verb::Confirm => self.one(&words.flags).map(|flag| Command::Flag { flag, step: FlagStep::Confirm }),
            Verb::Clear => self.cleared(),
            Verb::Appointment => self.appointment(),
            Verb::Move => self.change(),
            Verb::Held => self.held(),
            Verb::NotHeld => self.not_held(),
            Verb::Refer => self.text().map(|body| Command::Refer { body }),
            Verb::Extend => self.text().map(|reason| Command::Extend { reason }),
            Verb::Merge => match case_number(self.argument) {
                Some(number) => Ok(Command::Merge { number }),
                None => self.incomplete(self.examples()),
            },
            Verb::Assign => self.colleague(),
            Verb::NoFollowUp => {
                let reason = Some(self.argument.to_owned()).filter(|reason| !reason.is_empty());
                Ok(Command::NoFollowUp { reason })
            }
            Verb::Figures => match figure::read(self.argument, words) {
                Ok(figures) => Ok(Command::Figures(figures)),
                Err(FigureFault::Field | FigureFault::Value(FigureField::Unit)) => self.incomplete(self.examples()),
                Err(FigureFault::Value(field)) => self.incomplete(figure::choices(field, words, self.desk.language)),
            },
            Verb::Report => match Period::read(self.argument, self.words, self.now.date()) {
                Some(period) => Ok(Command::Report { period }),
                None => self.incomplete(self.examples()),
            },
        }
    }

    /// A command that takes nothing on its line. Words there mean that the officer wanted something else: "#sluiten"
    /// typed as "#stop de zaak" must not stop a letter. Text behind a letter's command is its first line and is not
    /// carried here, so it may not be lost either.
    fn alone(&self, command: Command) -> Result<Command, Refusal> {
        if self.argument.is_empty() {
            return Ok(command);
        }
        Err(Refusal::TooMuch { command: self.word(), argument: self.argument.to_owned() })
    }

    /// `#klager` alone is for words; with details behind it, it corrects them, as `#beklaagde` does. An address or the
    /// label of a field has to be there: a bare name there may as well be the first line of a letter.
    fn complainant(&self) -> Result<Command, Refusal> {
        let fields = registration::read(self.argument, "", self.words, self.now);
        if let Ok(Registration { name, email: address, phone, received: None, .. }) = fields
            && (name.is_some() || address.is_some() || phone.is_some())
        {
            return Ok(Command::Complainant { name, address, phone });
        }
        match person::name_and_address(self.argument) {
            Some((name, Some(address))) => Ok(Command::Complainant { name, address: Some(address), phone: None }),
            Some((_, None)) | None if self.argument.contains('@') => self.incomplete(self.examples()),
            Some((_, None)) | None => self.alone(Command::ToComplainant),
        }
    }

    fn word(&self) -> String {
        self.words.command_word(self.verb, self.desk.language)
    }

    fn examples(&self) -> Vec<String> {
        self.words.examples.words_for(&self.verb, self.desk.language)
    }

    /// What was typed, for a refusal to show; of a talk nothing is repeated, since refusals are kept (R20).
    fn shown(&self) -> String {
        if matches!(self.verb, Verb::Held | Verb::NotHeld) { String::new() } else { self.argument.to_owned() }
    }

    fn incomplete<T>(&self, choices: Vec<String>) -> Result<T, Refusal> {
        Err(Refusal::Incomplete { command: self.word(), argument: self.shown(), choices })
    }

    fn list<M: Ord + Clone>(&self, table: &WordTable<M>) -> Result<Vec<M>, Refusal> {
        argument::all(table, self.argument, &self.words.fillers)
            .map_or_else(|| self.incomplete(table.own_words(self.desk.language)), Ok)
    }

    fn one<M: Ord + Clone>(&self, table: &WordTable<M>) -> Result<M, Refusal> {
        argument::only(table, self.argument, &self.words.fillers)
            .map_or_else(|| self.incomplete(table.own_words(self.desk.language)), Ok)
    }

    fn text(&self) -> Result<String, Refusal> {
        if self.argument.is_empty() { self.incomplete(self.examples()) } else { Ok(self.argument.to_owned()) }
    }

    fn faulty_time<T>(&self, fault: TimeFault) -> Result<T, Refusal> {
        let command = self.word();
        match fault {
            TimeFault::Unclear => self.incomplete(self.examples()),
            TimeFault::TwoDays(written, named) => {
                Err(Refusal::Contradiction { command, argument: self.shown(), readings: vec![written, named] })
            }
            TimeFault::StillToCome(on) => Err(Refusal::NotYetHappened { command, on }),
            TimeFault::AlreadyPast(on) => Err(Refusal::AlreadyPast { command, on }),
        }
    }

    /// A day that lies behind us; today where none is typed.
    fn past_day(&self) -> Result<chrono::NaiveDate, Refusal> {
        match times::day(self.argument, self.now, Direction::Past) {
            Ok(day) => Ok(day.unwrap_or(self.now.date())),
            Err(fault) => self.faulty_time(fault),
        }
    }

    fn registration(&self, body: &str) -> Result<Command, Refusal> {
        match registration::read(self.argument, body, self.words, self.now) {
            Ok(read) => Ok(Command::Register(read)),
            Err(registration::RegistrationFault::Received(fault)) => self.faulty_time(fault),
            Err(registration::RegistrationFault::Unknown(_) | registration::RegistrationFault::Address(_)) => {
                self.incomplete(self.examples())
            }
        }
    }

    fn cleared(&self) -> Result<Command, Refusal> {
        match argument::leading(&self.words.flags, self.argument) {
            Some((flag, reason)) if !reason.is_empty() => {
                Ok(Command::Flag { flag: *flag, step: FlagStep::Clear { reason: reason.to_owned() } })
            }
            // The flag is there, its reason is not (row 14).
            Some(_) => self.incomplete(self.examples()),
            None => self.incomplete(self.words.flags.own_words(self.desk.language)),
        }
    }

    fn appointment(&self) -> Result<Command, Refusal> {
        let times = match times::read(self.argument, self.now, Direction::Future) {
            Ok(times) => times,
            Err(fault) => return self.faulty_time(fault),
        };
        let minutes = times.minutes.unwrap_or(USUAL_TALK);
        match (times.date, times.time) {
            (Some(date), Some(time)) if !times.rest.is_empty() && (1..=LONGEST_TALK).contains(&minutes) => {
                Ok(Command::Appointment { starts: date.and_time(time), minutes, place: times.rest })
            }
            _ => self.incomplete(self.examples()),
        }
    }

    fn change(&self) -> Result<Command, Refusal> {
        if self.words.is_nothing(self.argument) {
            return Ok(Command::Keep);
        }
        let times = match times::read(self.argument, self.now, Direction::Future) {
            Ok(times) => times,
            Err(fault) => return self.faulty_time(fault),
        };
        let place = Some(times.rest).filter(|place| !place.is_empty());
        let change = Change { date: times.date, time: times.time, minutes: times.minutes, place };
        let too_long = change.minutes.is_some_and(|minutes| !(1..=LONGEST_TALK).contains(&minutes));
        if change == Change::default() || too_long {
            return self.incomplete(self.examples());
        }
        Ok(Command::Move(change))
    }

    /// Date and result code only; anything else is dropped, and the officer hears why (R20).
    fn held(&self) -> Result<Command, Refusal> {
        let times = match times::read(self.argument, self.now, Direction::Past) {
            Ok(times) => times,
            Err(fault) => return self.faulty_time(fault),
        };
        let on = times.date.unwrap_or(self.now.date());
        let (result, rest) = match argument::leading(&self.words.outcomes, &times.rest) {
            Some((result, rest)) if result.is_followed_up() => (*result, rest),
            Some((Outcome::Question | Outcome::Misdirected | Outcome::Referred, _)) => {
                let fits = Outcome::ALL.into_iter().filter(|outcome| outcome.is_followed_up());
                return self.incomplete(fits.map(|o| self.words.outcomes.own_word(&o, self.desk.language)).collect());
            }
            Some(_) | None => (Outcome::Unknown, times.rest.as_str()),
        };
        Ok(Command::Held { on, result, dropped: !rest.is_empty() })
    }

    fn not_held(&self) -> Result<Command, Refusal> {
        let times = match times::read(self.argument, self.now, Direction::Past) {
            Ok(times) => times,
            Err(fault) => return self.faulty_time(fault),
        };
        match argument::only(&self.words.not_held, &times.rest, &self.words.fillers) {
            Some(why) => Ok(Command::NotHeld { on: times.date.unwrap_or(self.now.date()), why }),
            None => self.incomplete(self.words.not_held.own_words(self.desk.language)),
        }
    }

    /// Who asked, and when; or that it was answered.
    fn request(&self) -> Result<Request, Refusal> {
        request::read(self.argument, self.words, self.now).or_else(|fault| self.faulty_time(fault))
    }

    fn colleague(&self) -> Result<Command, Refusal> {
        match officer_called(self.argument, self.desk.officers) {
            Some(colleague) => Ok(Command::Assign { colleague }),
            None => self.incomplete(self.desk.officers.iter().map(|officer| officer.name.clone()).collect()),
        }
    }
}

/// The one officer of the desk with this address, this name, or this part of a name.
fn officer_called(typed: &str, officers: &[Officer]) -> Option<MailAddress> {
    let (name, address) = person::name_and_address(typed)?;
    if let Some(address) = address {
        let is_theirs =
            |officer: &&Officer| officer.address.same_person(&address) || officer.aliases.iter().any(|a| a.same_person(&address));
        return officers.iter().find(is_theirs).map(|officer| officer.address.clone());
    }
    let wanted = crate::mediation::vocabulary::plain(&name?);
    let wanted: Vec<&str> = wanted.split_whitespace().collect();
    let mut fits = officers.iter().filter(|officer| {
        let known = crate::mediation::vocabulary::plain(&officer.name);
        wanted.iter().all(|part| known.split_whitespace().any(|word| word == *part))
    });
    let first = fits.next().filter(|_| !wanted.is_empty())?;
    fits.next().is_none().then(|| first.address.clone())
}

/// `2026-0142`, also with a `#`, brackets, "zaak", a slash or without leading zeros.
fn case_number(typed: &str) -> Option<CaseNumber> {
    let mut found =
        typed.split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '/' | '\u{2010}'..='\u{2015}'))).filter_map(|piece| {
            let (year, serial) = piece.split_once(['-', '/', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}'])?;
            CaseNumber::new(year.parse().ok()?, serial.parse().ok()?).ok()
        });
    found.next().filter(|_| found.next().is_none())
}
