use chrono::NaiveDate;

use super::*;
use crate::composition::sample::samples;
use crate::composition::wording::Wording;
use crate::model::LetterKind;

fn press() -> Press {
    Press::new(None, true).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn print(letter: &PaperLetter<'_>) -> Paper {
    let wording = Wording::read(letter.language).unwrap();
    let today = letter.now.date_naive();
    press().print(letter, &|day| wording.date(day, today)).unwrap()
}

fn desk() -> DeskFacts {
    samples(LetterKind::Reopened).remove(0).desk
}

fn of(kind: PaperKind, language: Language, desk: &DeskFacts) -> PaperLetter<'_> {
    example(kind, language, desk, CaseNumber::new(2026, 142).unwrap(), "2026-11-23T08:14:00Z".parse().unwrap())
}

fn letter<'a>(kind: PaperKind, desk: &'a DeskFacts, words: &'a str) -> PaperLetter<'a> {
    PaperLetter { words, ..of(kind, Language::Nl, desk) }
}

/// The parts of a PDF that are not compressed, as text.
fn skeleton(paper: &Paper) -> String {
    String::from_utf8_lossy(&paper.bytes).into_owned()
}

fn pages(paper: &Paper) -> usize {
    skeleton(paper).matches("/Type/Page/").count()
}

#[test]
fn every_letter_is_tagged_and_says_its_title_and_language() {
    let desk = desk();
    for (kind, language) in PaperKind::ALL.into_iter().flat_map(|kind| Language::ALL.map(|language| (kind, language))) {
        let paper = print(&of(kind, language, &desk));
        let text = skeleton(&paper);
        let language = format!("/Lang({})", language.tag());
        for part in ["%PDF-1.7", "/MarkInfo<</Marked true", "/StructTreeRoot", &language, "pdfuaid:part", "/FontFile"] {
            assert!(text.contains(part), "{kind:?}: {part}");
        }
        assert!(paper.file_name.contains("2026-0142"));
    }
}

#[test]
fn the_same_letter_gives_the_same_bytes() {
    let desk = desk();
    let letter = letter(PaperKind::Agreements, &desk, "Wij bellen elke maandag.");
    assert_eq!(print(&letter), print(&letter));
}

#[test]
fn what_people_pasted_is_set_whatever_it_is() {
    let desk = desk();
    let long_word = "x".repeat(5_000);
    let mixed = "שלום عالم 👩‍👩‍👧‍👦🇳🇱👍🏽 Zoë Çelik 王小明 हिन्दी \u{202e}omgekeerd\u{0}\u{7}\r\n# kop\n- lijst\n{{desk.name}} <b>vet</b> \u{1}hkop";
    for words in ["", " \n\n\n ", &long_word, mixed, &mixed.repeat(50), "a\n".repeat(3_000).as_str()] {
        for kind in PaperKind::ALL {
            let paper = print(&letter(kind, &desk, words));
            assert!(skeleton(&paper).contains("pdfuaid:part"), "a letter that anybody can read: {words:.40}");
        }
    }
}

#[test]
fn three_hundred_kilobytes_of_pasted_text_become_pages() {
    let desk = desk();
    let words = "Dit is een lange tekst die iemand heeft geplakt, met een enkel woord vet of niet.\n".repeat(3_700);
    assert!(words.len() > 300_000);
    let paper = print(&letter(PaperKind::Letter, &desk, &words));
    assert!(pages(&paper) > 60, "{} pages", pages(&paper));
    let one = "woord ".repeat(52_000);
    assert!(pages(&print(&letter(PaperKind::Letter, &desk, &one))) > 40);
}

#[test]
fn nobody_without_a_name_is_greeted_by_one_and_an_address_needs_no_name() {
    let desk = desk();
    let base = letter(PaperKind::Letter, &desk, "Tekst.");
    print(&PaperLetter { recipient: None, postal_address: &[], ..base.clone() });
    print(&PaperLetter { recipient: Some("https://casino.example"), received_at: None, contact_by: None, parties: &[], ..base });
}

#[test]
fn a_date_in_a_letter_is_one_of_the_desks_own_zone() {
    let desk = desk();
    let late = "2026-11-22T23:30:00Z".parse().unwrap();
    let letter = PaperLetter { now: late, ..letter(PaperKind::Letter, &desk, "x") };
    let words = PaperWords::read(Language::Nl).unwrap();
    let head = facts::head(&letter, &words, "t", &|day: NaiveDate| day.to_string());
    assert_eq!(head.reference[0], "Datum: 2026-11-23");
    assert_eq!(head.foot_of(1, 2).rsplit(" · ").next(), Some("pagina 1 van 2"));
}
