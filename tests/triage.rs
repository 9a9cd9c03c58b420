//! What mails are about (domain.md section 6), as the binary judges it.
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::path::Path;

use wederhoor::message::triage::{Judges, digest, learn};
use wederhoor::message::{MailFacts, OwnAddresses, Words, understand};
use wederhoor::model::{ComplaintKind, Flag, Intent};

fn read(subject: &str, text: &str) -> MailFacts {
    let own = OwnAddresses { addresses: Vec::new(), separator: '+', trace: String::new() };
    let mail = format!(
        "From: a@klant.example\r\nTo: klachten@voorbeeldzorg.example\r\nSubject: {subject}\r\nMessage-ID: <a@klant.example>\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}"
    );
    understand(mail.as_bytes(), &own, &Words::builtin().unwrap(), chrono::DateTime::UNIX_EPOCH)
}

fn labelled_files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/triage");
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "jsonl" || ending == "txt"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .filter(|(name, _)| !name.starts_with("held-out"))
        .collect();
    files.sort();
    assert!(files.len() > 5);
    files
}

#[test]
fn the_weights_in_the_binary_were_made_from_the_files_in_the_repository() {
    // When this fails: `wederhoor triage train tests/triage --out config/triage/weights.bin`, and build again.
    assert_eq!(Judges::builtin().unwrap().made_from(), digest(&labelled_files()));
}

#[test]
fn the_same_files_give_the_same_weights() {
    let few: Vec<(String, String)> =
        labelled_files().into_iter().map(|(name, text)| (name, text.lines().take(25).collect::<Vec<_>>().join("\n"))).collect();
    assert_eq!(learn(&few).unwrap(), learn(&few).unwrap());
}

#[test]
fn a_correction_with_a_single_label_teaches_that_label() {
    let correction = r#"{"subject": "was", "body": "De was is zoek.", "labels": {"calamity": false}}"#;
    let mut files = labelled_files();
    for (_, text) in &mut files {
        *text = text.lines().take(25).collect::<Vec<_>>().join("\n");
    }
    let before = learn(&files).unwrap();
    files.push(("corrections.jsonl".to_owned(), format!("{correction}\n")));
    assert_ne!(learn(&files).unwrap(), before);
    files.push(("broken.jsonl".to_owned(), "no JSON".to_owned()));
    assert!(learn(&files).unwrap_err().to_string().contains("broken.jsonl, line 1"));
}

#[test]
fn grave_things_are_seen_without_their_usual_words() {
    for (text, flag) in [
        ("Toen ze haar 's ochtends kwamen wassen was ze al koud. Niemand heeft ons gebeld.", Flag::Calamity),
        ("Mijn vader is na de verkeerde medicijnen overleden.", Flag::Calamity),
        ("When they came to wash her in the morning she was already cold.", Flag::Calamity),
        ("Mijn rechtsbijstandsverzekering heeft de zaak opgepakt.", Flag::Legal),
        ("My solicitor will write to you separately about damages.", Flag::Legal),
        ("De nachtzuster heeft mijn moeder hard in haar arm geknepen en aan haar haren omhoog getrokken.", Flag::Abuse),
        ("He put his hand under my shirt during the scan and told me not to tell anyone.", Flag::Abuse),
        ("Ik wil niet meer leven, ik heb de pillen opgespaard.", Flag::Crisis),
        ("I am standing on the bridge and I do not want to live any more.", Flag::Crisis),
    ] {
        let facts = read("", text);
        assert!(facts.triage.flags.contains(&flag), "{text}: {:?}", facts.triage.flags);
        assert!(facts.triage.evidence.iter().any(|finding| finding.label == flag.code()), "{text}: no words are shown for it");
    }
}

#[test]
fn alarming_words_alone_raise_no_alarm() {
    for text in [
        "Ik schrok me dood van de rekening en wil graag weten of hij klopt.",
        "Mijn buurman is advocaat, maar daar gaat het niet om. De wachttijd is te lang.",
        "Wat een geweldige afdeling, hartelijk dank voor de goede zorg!",
        "Ik heb geen bezwaar tegen een andere tijd voor de afspraak.",
    ] {
        let flags = read("", text).triage.flags;
        assert!(!flags.iter().any(|flag| flag.blocks_mediation()), "{text}: {flags:?}");
    }
}

#[test]
fn what_a_mail_does_is_told_apart() {
    for (text, intent) in [
        ("Hierbij trek ik mijn klacht in, het is opgelost.", Intent::Withdrawal),
        ("Ik heb een vraag: wat zijn uw openingstijden en hoe dien ik een klacht in?", Intent::Question),
        ("Ik ben heel ontevreden over de wachttijd, drie uur gezeten.", Intent::Complaint),
        ("Thank you for your message, we will get back to you shortly.", Intent::Other),
    ] {
        assert_eq!(read("", text).triage.intent, Some(intent), "{text}");
    }
}

#[test]
fn who_does_not_want_to_live_takes_back_no_complaint() {
    assert_ne!(read("Re: uw bericht", "Ik wil niet meer leven.").triage.intent, Some(Intent::Withdrawal));
}

#[test]
fn waiting_for_a_doctor_is_no_medical_matter() {
    let kinds = read("Wachttijd oogpoli", "Ik heb twee uur gewacht en niemand zei waarom.").triage.kinds;
    assert_eq!(kinds.first(), Some(&ComplaintKind::Organisational));
    assert!(!kinds.contains(&ComplaintKind::Medical), "{kinds:?}");
}

#[test]
fn hostile_length_takes_bounded_time() {
    let text = "moeder lag op de vloer en hij sloeg haar en ".repeat(20_000);
    let start = std::time::Instant::now();
    read("", &text);
    // A bound far above what it takes, so that only a growth by the square fails it.
    assert!(start.elapsed().as_secs() < 20);
}
