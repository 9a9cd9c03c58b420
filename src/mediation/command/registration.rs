//! The fields of `#nieuw`: a complaint that came by phone, on paper or at the desk (R4, row 2).

use chrono::{NaiveDate, NaiveDateTime};

use super::lines::is_blank;
use super::times::{self, Direction, TimeFault};
use crate::mediation::Vocabulary;
use crate::mediation::vocabulary::RegistrationField;
use crate::model::MailAddress;

/// What an officer says of a complaint that did not come by mail. All is optional: a forwarded mail says the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// Who complains.
    pub name: Option<String>,
    /// Where letters go.
    pub email: Option<MailAddress>,
    /// Where the complainant can be phoned, as typed.
    pub phone: Option<String>,
    /// The day on which the complaint came: today or earlier.
    pub received: Option<NaiveDate>,
    /// What follows the fields: the complaint in the officer's words, or a forwarded mail.
    pub text: String,
}

/// Why a registration can not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RegistrationFault {
    /// Something that is no field, as typed.
    Unknown(String),
    /// An address that is none.
    Address(String),
    /// A day that is none, or not possible.
    Received(TimeFault),
}

/// Reads `naam: …; e-mail: …` behind the command, then fields one a line at the top of the text.
pub(super) fn read(
    argument: &str,
    body: &str,
    words: &Vocabulary,
    now: NaiveDateTime,
) -> Result<Registration, RegistrationFault> {
    let mut registration = Registration::default();
    for piece in argument.split([';', '\n']).map(|piece| piece.trim_matches(is_blank)).filter(|piece| !piece.is_empty()) {
        let (field, value) = field_in(piece, words).ok_or_else(|| RegistrationFault::Unknown(piece.to_owned()))?;
        fill(&mut registration, field, value, words, now)?;
    }
    let mut rest = body;
    while let Some(line) = rest.lines().next() {
        if let Some((field, value)) = field_in(line.trim_matches(is_blank), words) {
            fill(&mut registration, field, value, words, now)?;
        } else if !line.trim_matches(is_blank).is_empty() {
            break;
        }
        rest = rest.get(line.len()..).unwrap_or_default();
        rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix('\n')).unwrap_or(rest);
    }
    rest.trim().clone_into(&mut registration.text);
    Ok(registration)
}

fn field_in<'a>(piece: &'a str, words: &Vocabulary) -> Option<(RegistrationField, &'a str)> {
    let (label, value) = piece.split_once([':', '='])?;
    let label = label.trim_matches(is_blank).replace(is_blank, "-");
    Some((*words.registration.meaning(&label)?, value.trim_matches(is_blank)))
}

fn fill(
    registration: &mut Registration,
    field: RegistrationField,
    value: &str,
    words: &Vocabulary,
    now: NaiveDateTime,
) -> Result<(), RegistrationFault> {
    if value.is_empty() {
        return Ok(());
    }
    match field {
        RegistrationField::Name => registration.name = Some(value.to_owned()),
        RegistrationField::Phone => registration.phone = Some(value.to_owned()),
        RegistrationField::Email => {
            // A paper complaint often has none, and officers say so (R4).
            if value.contains('@') {
                let (_, address) = super::person::name_and_address(value).ok_or(RegistrationFault::Address(value.to_owned()))?;
                registration.email = address;
            } else if !words.is_nothing(value) {
                return Err(RegistrationFault::Address(value.to_owned()));
            }
        }
        RegistrationField::Received => {
            let day = times::day(value, now, Direction::Past).map_err(RegistrationFault::Received)?;
            registration.received = Some(day.ok_or(RegistrationFault::Received(TimeFault::Unclear))?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_at(argument: &str, body: &str) -> Result<Registration, RegistrationFault> {
        let now = "2026-11-22T10:00:00".parse().unwrap();
        super::read(argument, body, &Vocabulary::builtin().unwrap(), now)
    }

    #[test]
    fn fields_stand_behind_the_command_or_one_a_line() {
        let expected = Registration {
            name: Some("mw. A. de Boer".to_owned()),
            email: Some("a@post.example".parse().unwrap()),
            phone: Some("0161-555 312".to_owned()),
            received: Some("2026-11-20".parse().unwrap()),
            text: "Zij wachtte lang: twee uur.".to_owned(),
        };
        let one_line = "naam: mw. A. de Boer; e-mail: a@post.example; telefoon: 0161-555 312; ontvangen: 2026-11-20";
        assert_eq!(read_at(one_line, "Zij wachtte lang: twee uur."), Ok(expected.clone()));
        let lines = "Naam: mw. A. de Boer\nE-mail: a@post.example\r\ntel: 0161-555 312\nreceived: 2026-11-20\n\nZij wachtte lang: twee uur.";
        assert_eq!(read_at("", lines), Ok(expected));
    }

    #[test]
    fn a_person_without_mail_can_complain() {
        let read = read_at("naam: mw. Duijvestijn; e-mail: geen; telefoon: 0161-555312", "").unwrap();
        assert_eq!((read.email, read.phone.as_deref()), (None, Some("0161-555312")));
    }

    #[test]
    fn what_is_no_field_and_a_day_to_come_are_refused() {
        assert_eq!(read_at("naam: X; kleur: rood", ""), Err(RegistrationFault::Unknown("kleur: rood".to_owned())));
        assert!(matches!(read_at("ontvangen: 2026-11-23", ""), Err(RegistrationFault::Received(TimeFault::StillToCome(_)))));
        assert!(matches!(read_at("e-mail: aap", ""), Err(RegistrationFault::Address(_))));
    }
}
