//! Conversations that a complaints officer can read and check: one text file each in `tests/conversations/`.
//!
//! The whole product runs, from a Maildir through SQLite to a Maildir, on a clock that is moved by hand. Every
//! letter that goes out has to stand in the script, and its whole text in a reviewed snapshot beside it.
//!
//! `WEDERHOOR_CONVERSATION=53` plays those alone whose name begins so.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a step that fails is the test's report"
)]

#[path = "conversation/checks.rs"]
mod checks;
#[path = "conversation/script.rs"]
mod script;
#[path = "conversation/seasons.rs"]
mod seasons;
#[path = "conversation/stage.rs"]
mod stage;

use std::path::{Path, PathBuf};

fn scripts() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conversations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "txt"))
        .collect();
    files.sort();
    assert!(files.len() >= 8, "the scripts are gone: only {} found", files.len());
    let wanted = std::env::var("WEDERHOOR_CONVERSATION").unwrap_or_default();
    files.retain(|path| path.file_name().unwrap().to_string_lossy().starts_with(&wanted));
    files
}

fn played(file: &Path) -> (String, Result<String, String>) {
    let name = file.file_stem().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(file).unwrap();
    let script = script::read(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    (name, runtime.block_on(stage::play(&script)))
}

#[test]
fn every_conversation_goes_as_its_script_says() {
    let files = scripts();
    // Each conversation has a desk, a database and a clock of its own, so they are played beside each other: a few at a
    // time, or on a busy machine one of them waits longer for its database than that allows.
    let beside = |files: &[PathBuf]| -> Vec<(String, Result<String, String>)> {
        std::thread::scope(|scope| {
            let handles: Vec<_> = files.iter().map(|file| scope.spawn(move || played(file))).collect();
            handles.into_iter().map(|handle| handle.join().unwrap()).collect()
        })
    };
    let played: Vec<(String, Result<String, String>)> = files.chunks(3).flat_map(beside).collect();
    let mut failures = Vec::new();
    for (name, outcome) in played {
        match outcome {
            Ok(transcript) => {
                let mut settings = insta::Settings::clone_current();
                settings.set_snapshot_path("conversations/snapshots");
                settings.set_prepend_module_to_snapshot(false);
                settings.set_omit_expression(true);
                settings.bind(|| insta::assert_snapshot!(name, transcript));
            }
            Err(error) => failures.push(format!("{name}: {error}")),
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn a_script_that_expects_too_little_fails() {
    let text = "A title\n\ncomplainant is A <a@post.example>\nofficer is O <o@voorbeeldzorg.example>\ndeputy is D <d@voorbeeldzorg.example>\n\n\
                2026-11-16 09:15 complainant writes \"x\"\n  | Ik heb een klacht.\nthen complainant receives acknowledgement\n";
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let outcome = runtime.block_on(stage::play(&script::read(text).unwrap()));
    assert!(outcome.unwrap_err().contains("officer receives officer-new-case"));
}
