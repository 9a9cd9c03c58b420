use super::*;
use crate::composition::sample::samples;
use crate::mediation::{Actor, Entry, JournalEntry, Reason};
use crate::model::{LetterKind, RespondentNumber};

const BERT: PartyRole = PartyRole::Respondent(RespondentNumber(1));

fn item(from: ItemFrom, text: &str) -> FileItem {
    FileItem {
        at: "2026-11-17T10:00:00Z".parse().unwrap(),
        from,
        subject: format!("Onderwerp van {text}"),
        text: text.to_owned(),
        attachments: Vec::new(),
        original: matches!(from, ItemFrom::Mail(_)).then(|| text.as_bytes().to_vec()),
        size: text.len(),
    }
}

/// A case in which everybody wrote, and everybody was written to.
fn material() -> Material {
    let mail = |sender, text| item(ItemFrom::Mail(Some(sender)), text);
    let letter = |to, text| item(ItemFrom::Letter { kind: LetterKind::Message, to: Some(to) }, text);
    let journal = vec![JournalEntry {
        at: "2026-11-17T10:00:00Z".parse().unwrap(),
        actor: Actor::Officer,
        reason: Reason::CommandsDone,
        entry: Entry::Referred { body: "Het Juridisch Loket".to_owned() },
    }];
    Material {
        tallies: Vec::new(),
        journal,
        items: vec![
            mail(Sender::Complainant, "WOORDEN-VAN-ANNA"),
            mail(Sender::Respondent(RespondentNumber(1)), "WOORDEN-VAN-BERT"),
            mail(Sender::Officer, "NOTITIE"),
            mail(Sender::OfficerNotProven, "VERVALST"),
            mail(Sender::Stranger, "VREEMDE"),
            item(ItemFrom::Mail(None), "NIEMAND"),
            letter(PartyRole::Complainant, "BRIEF-AAN-ANNA"),
            letter(BERT, "BRIEF-AAN-BERT"),
            item(ItemFrom::Letter { kind: LetterKind::Message, to: None }, "BRIEF-AAN-WIE"),
        ],
    }
}

const MARKS: [&str; 9] = [
    "WOORDEN-VAN-ANNA",
    "WOORDEN-VAN-BERT",
    "NOTITIE",
    "VERVALST",
    "VREEMDE",
    "NIEMAND",
    "BRIEF-AAN-ANNA",
    "BRIEF-AAN-BERT",
    "BRIEF-AAN-WIE",
];

/// All that stands on paper, and what hangs beside it, of a file in this scope.
fn written(scope: Scope, material: &Material) -> (String, String) {
    let sample = samples(LetterKind::OfficerReceipt).remove(0);
    let wording = Wording::read(Language::Nl).unwrap();
    let view = sample.view();
    let (language, now) = (Language::Nl, sample.now);
    let file = File { scope, case: &sample.case, material, desk: &view, wording: &wording, language, now };
    let words = FileWords::read(language).unwrap();
    let blocks = Writer { file: &file, words: &words, left: ALL_TEXTS }.blocks();
    let paper = blocks.iter().flat_map(|block| &block.lines).map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    let enclosed = enclosures(&file, &Press::new(None, true).unwrap()).unwrap();
    let originals = enclosed.iter().skip(1).map(|file| String::from_utf8_lossy(&file.bytes).into_owned());
    assert!(enclosed[0].bytes.starts_with(b"%PDF"));
    (paper, originals.collect::<Vec<_>>().join("\n"))
}

#[test]
fn a_person_gets_what_is_theirs_and_nothing_of_anybody_else() {
    for (who, own, others) in [
        (PartyRole::Complainant, ["WOORDEN-VAN-ANNA", "BRIEF-AAN-ANNA"], ["Bert", "b.visser@", "m.smit@", "Juridisch Loket"]),
        (BERT, ["WOORDEN-VAN-BERT", "BRIEF-AAN-BERT"], ["Anna", "anna.de.boer@", "m.smit@", "Juridisch Loket"]),
    ] {
        let (paper, originals) = written(Scope::Of(who), &material());
        for mark in MARKS {
            assert_eq!(paper.contains(mark), own.contains(&mark), "{who:?} {mark}\n{paper}");
            assert_eq!(originals.contains(mark), own[0] == mark, "{who:?} {mark}");
        }
        assert!(paper.contains("Autoriteit Persoonsgegevens."), "said to the end: {paper}");
        for other in others {
            // I6: their own name aside, no name, no address and no journal.
            assert!(!paper.contains(other), "{who:?} reads {other}\n{paper}");
        }
    }
}

#[test]
fn the_officer_gets_all_of_it() {
    let (paper, _) = written(Scope::Whole, &material());
    for mark in MARKS.iter().chain(&["Anna de Boer", "Bert Visser", "Verwezen naar: Het Juridisch Loket"]) {
        assert!(paper.contains(mark), "{mark}\n{paper}");
    }
}

#[test]
fn a_file_larger_than_a_mail_says_what_it_leaves_out() {
    let mut material = material();
    material.items[0].text = "lang ".repeat(10_000);
    material.items[0].original = Some(vec![b'x'; ORIGINALS + 1]);
    material.items[1].original = None;
    material.items[1].text = String::new();
    let (paper, originals) = written(Scope::Whole, &material);
    assert!(paper.len() < 40_000 && originals.len() < 1_000);
    assert!(paper.contains("ingekort") && paper.contains("te groot"), "{paper}");
}
