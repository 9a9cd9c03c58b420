//! The demo as a person runs it: the program, a folder, the page it leaves there.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops where it fails")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::Value;

struct Played {
    folder: tempfile::TempDir,
    first: Output,
    second: Output,
    page: String,
    data: Value,
}

fn wederhoor(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_wederhoor")).args(arguments).env("LC_ALL", "nl_NL.UTF-8").output().unwrap()
}

/// Played once for all checks, twice into the same folder.
static PLAYED: LazyLock<Played> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("demo");
    let [first, second] = [(); 2].map(|()| wederhoor(&["demo", place.to_str().unwrap()]));
    let page = std::fs::read_to_string(place.join("index.html")).unwrap_or_default();
    let json = page.split_once("id=\"data\">").and_then(|(_, rest)| rest.split_once("</script>")).map(|(json, _)| json);
    let data = json.and_then(|json| serde_json::from_str(json).ok()).unwrap_or(Value::Null);
    Played { folder, first, second, page, data }
});

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn texts(value: &Value) -> Vec<&Value> {
    value.as_array().map(|list| list.iter().collect()).unwrap_or_default()
}

fn stories() -> Vec<&'static Value> {
    texts(&PLAYED.data["stories"])
}

fn mails(story: &Value) -> Vec<&Value> {
    texts(&story["moments"]).into_iter().flat_map(|moment| texts(&moment["mails"])).collect()
}

fn letters<'a>(story: &'a Value, name: &str) -> Vec<&'a Value> {
    mails(story).into_iter().filter(|mail| mail["letter"]["nl"] == name).collect()
}

fn is_seen_by(mail: &Value, viewer: &str) -> bool {
    texts(&mail["sees"]).iter().any(|role| **role == viewer)
}

/// One test, because each test may have a process of its own, and each would play everything anew.
#[test]
fn the_demo_lives_through_its_stories_and_leaves_a_page_that_shows_them() {
    it_ends_well_and_may_be_played_again_in_the_same_folder();
    every_story_ends_as_it_is_written();
    every_complaint_is_answered_and_every_case_is_asked_at_most_once();
    doing_it_once_more_sends_nothing();
    nobody_sees_the_address_of_another();
    internal_notes_are_seen_by_the_officer_alone_and_who_sees_nothing_reads_why();
    every_decision_is_told_in_words();
    the_page_needs_nothing_from_elsewhere_and_no_word_of_a_person_is_markup();
    the_reader_can_go_on_with_what_was_left();
}

fn it_ends_well_and_may_be_played_again_in_the_same_folder() {
    for output in [&PLAYED.first, &PLAYED.second] {
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stderr.is_empty(), "no log disturbs the story: {}", String::from_utf8_lossy(&output.stderr));
        assert!(!told(output).contains('\u{1b}'), "colours are for a terminal");
    }
    assert!(stories().len() >= 10);
}

fn every_story_ends_as_it_is_written() {
    let script: toml::Table = std::fs::read_to_string("tests/mail/demo/story.toml").unwrap().parse().unwrap();
    for (story, written) in stories().into_iter().zip(script["story"].as_array().unwrap()) {
        let ends: Vec<[&str; 2]> = texts(&story["cases"])
            .into_iter()
            .map(|case| [case["code"].as_str().unwrap(), case["follow_up_code"].as_str().unwrap()])
            .collect();
        let expected: Vec<[&str; 2]> =
            written["ends"].as_array().unwrap().iter().map(|end| [end[0].as_str().unwrap(), end[1].as_str().unwrap()]).collect();
        assert_eq!(ends, expected, "{}", story["id"]);
    }
}

fn every_complaint_is_answered_and_every_case_is_asked_at_most_once() {
    for story in stories() {
        let cases = texts(&story["cases"]);
        let confirmed = letters(story, "Bevestiging").len() + letters(story, "Bevestiging, de zorgvuldige").len();
        assert_eq!(confirmed, cases.len(), "{}", story["id"]);
        let mut asked: BTreeMap<String, usize> = BTreeMap::new();
        for letter in letters(story, "De ene vraag") {
            *asked.entry(letter["subject"].as_str().unwrap().to_owned()).or_default() += 1;
        }
        assert!(asked.values().all(|times| *times == 1), "{asked:?}");
        let was_asked = |case: &&&Value| ["sent", "answered", "expired"].contains(&case["follow_up_code"].as_str().unwrap());
        assert_eq!(asked.len(), cases.iter().filter(was_asked).count(), "{}", story["id"]);
    }
    let questions: usize = stories().into_iter().map(|story| letters(story, "De ene vraag").len()).sum();
    assert!(questions >= 5);
}

fn doing_it_once_more_sends_nothing() {
    let proof = &PLAYED.data["proof"];
    for key in ["letters_again", "letters_repeated", "cases_repeated", "asked_twice"] {
        assert_eq!(proof[key], 0, "{key}");
    }
    assert!(proof["mails_repeated"].as_u64().unwrap() > 50);
}

/// I6, R30: what lies in the mailbox of one side never holds an address of the other, or of the officer.
fn nobody_sees_the_address_of_another() {
    let mut looked_at = 0;
    for story in stories() {
        let written_from = |roles: &[&str]| -> Vec<String> {
            texts(&story["moments"])
                .into_iter()
                .filter(|moment| roles.iter().any(|role| moment["role"] == *role))
                .map(|moment| moment["mails"][0]["from"]["address"].as_str().unwrap().to_lowercase())
                .collect()
        };
        for (viewer, others) in [("complainant", ["officer", "respondent"]), ("respondent", ["officer", "complainant"])] {
            let mut forbidden = written_from(&others);
            forbidden.push("linda.wiegers@".to_owned());
            for letter in mails(story).into_iter().filter(|mail| !mail["letter"].is_null() && is_seen_by(mail, viewer)) {
                let everything = letter.to_string().to_lowercase();
                for address in &forbidden {
                    assert!(!everything.contains(address), "{} {viewer}: {address}", letter["id"]);
                }
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 20, "only {looked_at} letters were looked at");
}

fn internal_notes_are_seen_by_the_officer_alone_and_who_sees_nothing_reads_why() {
    for story in stories() {
        for moment in texts(&story["moments"]) {
            for mail in texts(&moment["mails"]) {
                if moment["role"] == "officer" {
                    assert!(mail["letter"].is_object() || texts(&mail["sees"]) == [&Value::from("officer")], "{}", mail["id"]);
                }
                for viewer in ["complainant", "officer", "respondent"] {
                    let why = mail["why"][viewer].as_str().map(|code| &PLAYED.data["words"]["why_not"][code]["nl"]);
                    assert_eq!(is_seen_by(mail, viewer), why.is_none(), "{} {viewer}", mail["id"]);
                    assert!(why.is_none_or(Value::is_string), "{} {viewer}: no words", mail["id"]);
                }
            }
        }
    }
}

fn every_decision_is_told_in_words() {
    for moment in stories().into_iter().flat_map(|story| texts(&story["moments"])) {
        for decision in texts(&moment["decisions"]) {
            assert_ne!(decision["why"]["nl"], decision["code"], "config/demo/words.toml has no words for this reason");
            for text in texts(&decision["facts"]) {
                assert!(!text["nl"].as_str().unwrap().contains('{'), "an unfilled place: {text}");
            }
        }
    }
}

fn the_page_needs_nothing_from_elsewhere_and_no_word_of_a_person_is_markup() {
    let (before, rest) = PLAYED.page.split_once("id=\"data\">").unwrap();
    let (data, after) = rest.split_once("</script>").unwrap();
    for part in [before, after] {
        assert!(!part.contains("http://") && !part.contains("https://"));
        assert!(!part.contains(" src=") && !part.contains("@import") && !part.contains("url("));
    }
    assert!(before.contains("default-src 'none'"));
    assert!(!data.contains('<'), "nothing in the data can end the script element");
    for mail in stories().into_iter().flat_map(mails) {
        let Some(html) = mail["html"].as_str() else { continue };
        assert!(mail["letter"].is_object(), "only letters of the desk are shown as HTML: {}", mail["id"]);
        let html = html.to_lowercase();
        assert!(!html.contains(" src=") && !html.contains("<script") && !html.contains("href=\"http"), "{}", mail["id"]);
    }
}

fn the_reader_can_go_on_with_what_was_left() {
    let configuration = PLAYED.folder.path().join("demo/wederhoor.toml");
    let listed = wederhoor(&["cases", "--json", "--config", configuration.to_str().unwrap()]);
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let listed = told(&listed);
    let numbers: usize = stories().into_iter().map(|story| texts(&story["cases"]).len()).sum();
    assert_eq!(listed.lines().count(), numbers);
    let story = told(&PLAYED.second);
    assert!(story.contains("wederhoor cases --config") && story.contains("wederhoor case 2025-0001"));
}

#[test]
fn a_folder_of_somebody_else_is_refused_in_clear_words_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("belastingaangifte.txt"), "x").unwrap();
    let output = wederhoor(&["demo", folder.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(64));
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(words.contains("is not empty and no earlier demo"), "{words}");
    let left = |path: &Path| std::fs::read_dir(path).unwrap().count();
    assert_eq!(left(folder.path()), 1);
}
