use chrono::{TimeDelta, TimeZone as _, Utc};

use super::*;
use crate::composition::TemplateFault;
use crate::mediation::command::Period;
use crate::mediation::report::TableKind;
use crate::mediation::{Case, Phase};
use crate::model::{CaseNumber, DeskKey, Outcome};

/// A year in which forty people complained: in two months a few, in the others more.
fn a_year() -> Tally {
    let mut tally = Tally::new(Period::Year(2026), chrono_tz::Europe::Amsterdam, &[]);
    for (month, count) in (1..=12).zip([6_i64, 7, 1, 8, 5, 9, 0, 12, 3, 6, 7, 10]) {
        for at in 0..count {
            let mut case = Case::unopened(CaseNumber::FIRST, DeskKey::of(&"klachten@zorg.example".parse().unwrap()));
            case.received_at = Utc.with_ymd_and_hms(2026, month, 3, 9, 0, 0).unwrap();
            let outcome = if at % 3 == 0 { Outcome::Partly } else { Outcome::Satisfied };
            case.phase = Phase::Closed { at: case.received_at + TimeDelta::days(at * 9), outcome };
            tally.add(&case, &[]);
        }
    }
    tally
}

fn sheet(tally: &Tally, language: Language) -> Sheet {
    Sheet::of(tally, Disclosure::DEFAULT, &ReportWords::read(language).unwrap(), "Klachtenhulp", "01-02-2027")
}

#[test]
fn every_row_of_every_table_has_words_in_both_languages() {
    for language in [Language::Nl, Language::En] {
        let words: ReportWords = ReportWords::read(language).map_err(|error: TemplateFault| error.to_string()).unwrap();
        for kind in TableKind::ALL {
            assert_ne!(words.table(kind), kind.code());
            for cell in a_year().table(kind) {
                let row = words.row(kind, &cell.code);
                assert!(!row.is_empty() && (row != cell.code || kind == TableKind::Grade), "{kind:?} {} {row}", cell.code);
            }
        }
        for row in &sheet(&a_year(), language).sections[0].rows {
            assert!(!row.label.is_empty(), "{}", row.code);
        }
    }
}

#[test]
fn a_month_with_a_few_is_nowhere_in_any_form() {
    let sheet = sheet(&a_year(), Language::Nl);
    let row = |code: &str| {
        sheet.sections.iter().flat_map(|section| &section.rows).find(|row| row.code == code).map(|row| row.value.as_str())
    };
    assert_eq!(row("2026-03"), Some("niet getoond"));
    assert_eq!(row("2026-09"), Some("niet getoond"));
    assert_eq!(row("2026-08"), Some("12"));
    // One and three are few, and with five they would still be known: six goes with them.
    assert_eq!(sheet.columns.iter().filter(|(_, count)| count.is_none()).count(), 4);
}

#[test]
fn a_year_of_a_few_has_no_tables_at_all() {
    let mut few = Tally::new(Period::Year(2026), chrono_tz::Europe::Amsterdam, &[]);
    let mut case = Case::unopened(CaseNumber::FIRST, DeskKey::of(&"klachten@zorg.example".parse().unwrap()));
    case.received_at = Utc.with_ymd_and_hms(2026, 5, 3, 9, 0, 0).unwrap();
    few.add(&case, &[]);
    let sheet = sheet(&few, Language::En);
    assert!(sheet.sections.is_empty() && sheet.notes[0].starts_with("Fewer than 5"), "{:?}", sheet.notes);
}

#[test]
fn the_page_stands_alone_and_names_every_figure_once() {
    let words = ReportWords::read(Language::En).unwrap();
    let page = html(&sheet(&a_year(), Language::En), &words, Language::En).unwrap();
    assert!(page.contains("<svg") && page.contains("class=\"bar\""));
    // Nothing is loaded from elsewhere: the only address is the name of the language of drawings.
    assert_eq!(page.matches("http").count(), page.matches("http://www.w3.org/2000/svg").count());
    assert!(!page.contains("#010101") && !page.contains("{{"));
}

#[test]
fn the_table_for_a_spreadsheet_has_four_fields_a_line() {
    let text = csv(&sheet(&a_year(), Language::Nl));
    assert!(text.lines().skip(1).all(|line| line.matches("\",\"").count() == 3 && line.starts_with('"')), "{text}");
    assert!(text.contains("\"month\",\"2026-08\",\"augustus 2026\",\"12\""));
}

#[test]
fn the_same_figures_give_the_same_pdf() {
    let press = Press::new(None, true).unwrap();
    let print = || {
        let sheet = sheet(&a_year(), Language::Nl);
        let now = Utc.with_ymd_and_hms(2027, 2, 1, 9, 0, 0).unwrap();
        let paper = PaperSheet {
            title: &sheet.title,
            desk: "Klachtenhulp",
            language: Language::Nl,
            now,
            file_name: "klachten-2026.pdf".to_owned(),
            blocks: blocks(&sheet),
        };
        press.print_sheet(paper).unwrap().bytes
    };
    let pdf = print();
    assert!(pdf.starts_with(b"%PDF-") && pdf == print());
}
