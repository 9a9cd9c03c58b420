//! What officers type, and what becomes of it.

use super::*;
use crate::mediation::properties::policy;
use crate::mediation::reply::Refusal;

/// Sunday 22 November 2026, ten in the morning.
const NOW: &str = "2026-11-22T10:00:00";

fn typed(line: &str) -> Result<Command, Refusal> {
    with_text(line, "")
}

fn with_text(line: &str, body: &str) -> Result<Command, Refusal> {
    let (commands, _) = read_commands(line);
    understand(commands.first().expect("a command line"), body, &policy(), NOW.parse().unwrap())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn every_command_of_the_table_is_understood_in_both_languages() {
    let words = &policy().vocabulary;
    for verb in Verb::ALL {
        for language in Language::ALL {
            let word = words.command_word(verb, language);
            assert_eq!(words.verb(&word), Some(verb), "{word}");
            assert!(!matches!(typed(&format!("#{word}")), Err(Refusal::UnknownCommand { .. })), "{word}");
        }
    }
}

#[test]
fn dutch_and_english_words_are_equal() {
    for (dutch, english) in [
        ("#klager", "#complainant"),
        ("#klager Anna de Boer <a@post.example>", "#complainant Anna de Boer <a@post.example>"),
        ("#klager naam: Anna; telefoon: 06-1", "#complainant name: Anna; phone: 06-1"),
        ("#beklaagde Bert Visser <b@zorg.example>", "#respondent Bert Visser <b@zorg.example>"),
        ("#notitie", "#note"),
        ("#nieuw naam: A; ontvangen: 2026-11-20", "#new name: A; received: 2026-11-20"),
        ("#gesproken 2026-11-20", "#contacted 2026-11-20"),
        ("#soort bejegening communicatie", "#kind conduct, communication"),
        ("#doel uitleg en excuses", "#purpose explanation and apology"),
        ("#taal Engels", "#language English"),
        ("#markeer overleden-patiënt", "#flag deceased-patient"),
        ("#bevestig geweld", "#confirm abuse"),
        ("#machtiging vragen", "#authorisation ask"),
        ("#verduidelijking", "#clarify"),
        ("#wederhoor", "#hear"),
        ("#doorgeven", "#release"),
        ("#bemiddeling", "#mediation"),
        ("#afspraak 2026-12-03 14:00 60m Kamer 2.14", "#appointment 2026-12-03 14:00 60m Kamer 2.14"),
        ("#verzet 15:30", "#move 15:30"),
        ("#annuleer", "#cancel"),
        ("#gehouden 2026-11-20 deels", "#held 2026-11-20 partly"),
        ("#niet-gehouden 2026-11-20 niet verschenen", "#not held 2026-11-20 no-show"),
        ("#afspraken", "#agreements"),
        ("#advies aansprakelijkheid", "#advice liability"),
        ("#verwijs Juridisch Loket", "#refer Juridisch Loket"),
        ("#verdaging ziekte", "#extend ziekte"),
        ("#oordeel 2026-11-20", "#decision 2026-11-20"),
        ("#sluiten niet-tevreden", "#close not satisfied"),
        ("#heropenen", "#reopen"),
        ("#ingetrokken", "#withdrawn"),
        ("#samenvoegen 2026-0142", "#merge 2026/142"),
        ("#splitsen", "#split"),
        ("#overdragen Joost Bakker", "#assign bakker"),
        ("#geen-nameting ziek", "#no-follow-up ziek"),
        ("#cijfers beroep: arts; geschil: rechter", "#figures profession: doctor; dispute: court"),
        ("#stop", "#stop"),
        ("#status", "#status"),
        ("#dossier", "#file"),
        ("#inzage", "#access"),
        ("#wissen", "#erase"),
        ("#lijst", "#list"),
        ("#rapport 2026-Q3", "#report Q3 2026"),
        ("#help", "#help"),
    ] {
        let read = typed(dutch);
        assert!(read.is_ok(), "{dutch}: {read:?}");
        assert_eq!(read, typed(english), "{dutch} = {english}");
    }
}

#[test]
fn days_are_read_as_people_write_them() {
    assert_eq!(typed("#gesproken afgelopen vrijdag"), Ok(Command::Contacted { on: day("2026-11-20") }));
    assert_eq!(typed("#gesproken gisteren"), Ok(Command::Contacted { on: day("2026-11-21") }));
    let appointment = typed("#afspraak do 3 december om half drie, anderhalf uur, Kamer 2.14");
    let starts = "2026-12-03T14:30:00".parse().unwrap();
    assert_eq!(appointment, Ok(Command::Appointment { starts, minutes: 90, place: "Kamer 2.14".to_owned() }));
    let two = typed("#afspraak vrijdag 3 december 14:00 Kamer 2");
    assert!(matches!(two, Err(Refusal::Contradiction { readings, .. }) if readings == [day("2026-12-03"), day("2026-12-04")]));
    assert_eq!(
        typed("#verzet Kamer 2.14"),
        Ok(Command::Move(Change { place: Some("Kamer 2.14".to_owned()), ..Change::default() }))
    );
}

#[test]
fn a_flag_is_cleared_only_with_a_reason() {
    let step = FlagStep::Clear { reason: "er is geen gevaar".to_owned() };
    assert_eq!(typed("#vrij crisis: er is geen gevaar"), Ok(Command::Flag { flag: Flag::Crisis, step }));
    assert!(matches!(typed("#vrij crisis"), Err(Refusal::Incomplete { .. })), "row 14");
}

#[test]
fn what_is_typed_behind_a_held_talk_is_not_kept() {
    // R20: date and result code only.
    let on = day("2026-11-20");
    let held = Command::Held { on, result: Outcome::Satisfied, dropped: true };
    assert_eq!(typed("#gehouden 2026-11-20 tevreden, hij zei sorry"), Ok(held));
    assert_eq!(typed("#gehouden"), Ok(Command::Held { on: day("2026-11-22"), result: Outcome::Unknown, dropped: false }));
    assert!(matches!(typed("#gehouden verwezen"), Err(Refusal::Incomplete { .. })), "no result of a talk");
}

#[test]
fn nothing_is_planned_in_the_past_and_nothing_has_happened_in_the_future() {
    assert!(matches!(typed("#afspraak 2026-11-21 14:00 Kamer 2"), Err(Refusal::AlreadyPast { .. })));
    assert!(matches!(typed("#afspraak 2026-11-22 09:59 Kamer 2"), Err(Refusal::AlreadyPast { .. })));
    assert!(matches!(typed("#gesproken 2026-11-23"), Err(Refusal::NotYetHappened { .. })));
    assert!(matches!(typed("#oordeel 2026-11-23"), Err(Refusal::NotYetHappened { .. })));
}

#[test]
fn an_appointment_needs_day_time_and_place() {
    for line in ["#afspraak", "#afspraak 2026-12-03", "#afspraak 2026-12-03 14:00", "#afspraak 14:00 Kamer 2"] {
        assert!(matches!(typed(line), Err(Refusal::Incomplete { .. })), "{line}");
    }
}

#[test]
fn a_command_that_takes_nothing_refuses_words_on_its_line() {
    assert!(matches!(typed("#stop de zaak"), Err(Refusal::TooMuch { .. })));
    assert_eq!(typed("#notitie hij hoort slecht"), Ok(Command::Note), "a note may begin on the line");
}

#[test]
fn an_unknown_command_is_answered_with_the_nearest() {
    for (line, nearest) in [
        ("#bemidelling", Some("bemiddeling")),
        ("#wederhoor!", None),
        ("#gesproke gisteren", Some("gesproken")),
        ("#mediaton", Some("mediation")),
        ("#vergadering", None),
    ] {
        match typed(line) {
            Err(Refusal::UnknownCommand { nearest: found, .. }) => assert_eq!(found.as_deref(), nearest, "{line}"),
            other => assert_eq!((nearest, other.is_ok() || line.ends_with('!')), (None, true), "{line}"),
        }
    }
}

#[test]
fn a_colleague_is_one_officer_of_this_desk() {
    let bakker = Ok(Command::Assign { colleague: "j.bakker@voorbeeldzorg.example".parse().unwrap() });
    assert_eq!(typed("#overdragen Joost Bakker"), bakker);
    assert_eq!(typed("#overdragen joost"), bakker);
    assert_eq!(typed("#overdragen j.bakker@voorbeeldzorg.example"), bakker);
    assert!(matches!(typed("#overdragen Piet"), Err(Refusal::Incomplete { choices, .. }) if choices.len() == 2));
    assert!(matches!(typed("#overdragen"), Err(Refusal::Incomplete { .. })));
}

#[test]
fn a_phone_complaint_is_registered_with_its_true_day() {
    let read = with_text("#nieuw", "naam: mw. A. de Boer\nontvangen: 2026-11-19\n\nZij wachtte lang.").unwrap();
    let Command::Register(read) = read else { unreachable!("{read:?}") };
    assert_eq!((read.received, read.text.as_str()), (Some(day("2026-11-19")), "Zij wachtte lang."));
}

#[test]
fn every_command_has_its_own_verb() {
    for (line, verb) in [("#markeer crisis", Verb::Flag), ("#bevestig crisis", Verb::Confirm), ("#vrij crisis nee", Verb::Clear)]
    {
        assert_eq!(typed(line).unwrap().verb(), verb);
    }
    assert!(typed("#klager").unwrap().needs_text() && typed("#beklaagde").unwrap().needs_text());
}

#[test]
fn a_command_read_back_is_the_same_command() {
    let words = &policy().vocabulary;
    for line in [
        "#beklaagde Bert Visser <b@zorg.example>",
        "#gesproken gisteren",
        "#soort bejegening en communicatie",
        "#doel excuses uitleg",
        "#taal engels",
        "#vrij crisis er is geen gevaar",
        "#machtiging aanvaarden",
        "#afspraak do 3 december half drie, anderhalf uur, Kamer 2.14",
        "#verzet 15:30 Kamer 3",
        "#gehouden gisteren deels",
        "#niet gehouden gisteren niet verschenen",
        "#sluiten niet tevreden",
        "#samenvoegen zaak 2026-142",
        "#overdragen joost",
        "#rapport q3 2026",
        "#nieuw naam: A; tel: 010-1234567; ontvangen: gisteren",
        "#geen-nameting ziek",
        "#advies aansprakelijkheid",
        "#cijfers afdeling Poli Noord; maatregel: geen; afspraken niet nagekomen; thema luisteren en tempo",
    ] {
        let command = typed(line).unwrap();
        for language in Language::ALL {
            let read_back = command.line(words, language);
            assert_eq!(typed(&read_back), Ok(command.clone()), "{line}: {read_back}");
        }
    }
    let talk = typed("#afspraak do 3 december 14u Kamer 2.14").unwrap();
    assert_eq!(talk.line(words, Language::Nl), "#afspraak 2026-12-03 14:00 60m Kamer 2.14");
}

#[test]
fn details_behind_the_complainants_command_correct_them_and_words_there_do_not() {
    let details = |line: &str| match typed(line) {
        Ok(Command::Complainant { name, address, phone }) => {
            Some((name.unwrap_or_default(), address.map(String::from).unwrap_or_default(), phone.unwrap_or_default()))
        }
        Ok(_) | Err(_) => None,
    };
    let given = |name: &str, address: &str, phone: &str| Some((name.to_owned(), address.to_owned(), phone.to_owned()));
    assert_eq!(details("#klager a@post.example"), given("", "a@post.example", ""));
    assert_eq!(details("#klager Anna de Boer, <a@post.example>"), given("Anna de Boer", "a@post.example", ""));
    assert_eq!(details("#klager a@post.example <mailto:a@post.example>"), given("", "a@post.example", ""));
    assert_eq!(details("#klager e-mail: a@post.example"), given("", "a@post.example", ""));
    assert_eq!(details("#klager naam: Anna; e-mail: a@post.example; tel: 06-1"), given("Anna", "a@post.example", "06-1"));
    // The first line of a letter, typed behind the command, is neither a name nor lost.
    assert!(matches!(typed("#klager Beste mevrouw De Boer"), Err(Refusal::TooMuch { .. })));
    assert!(matches!(typed("#klager a@"), Err(Refusal::Incomplete { .. })));
    assert!(matches!(typed("#klager a@x.example b@y.example"), Err(Refusal::Incomplete { .. })));
}
