//! The flow of design.md section 3 as a test: a stage uses what earlier stages give and nothing later.
//! Also the sizes and the names of files (style.md, "Flow and folders").
#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each module that may not use everything, with the modules it may use beside itself.
const MAY_USE: [(&str, &[&str]); 16] = [
    ("model", &[]),
    ("clock", &["model"]),
    ("retrieval", &["model", "clock"]),
    ("message", &["model", "clock", "retrieval"]),
    ("mediation", &["model", "clock", "retrieval", "message"]),
    ("composition", &["model", "clock", "retrieval", "message", "mediation"]),
    ("store", &["model", "clock", "retrieval", "message", "mediation", "composition"]),
    ("delivery", &["model", "clock", "retrieval", "message", "mediation", "composition", "store"]),
    ("config", &["model", "clock", "message", "mediation", "composition"]),
    ("schedule", &["model", "clock", "mediation", "config", "store"]),
    ("telemetry", &["model"]),
    ("observe", &["model", "clock"]),
    ("service", &["model", "clock", "observe"]),
    // These carry mail between the stages, and nothing uses them in turn.
    ("daemon", &["*"]),
    ("cli", &["*"]),
    // A desk that is played, with a page about it; only the command line uses it.
    ("demo", &["*"]),
];

/// Files at the top that know every stage: the shell.
const SHELL: [&str; 3] = ["lib", "main", "inspect"];

const LONGEST_FILE: usize = 450;
const NAMES_THAT_SAY_NOTHING: [&str; 7] = ["util", "utils", "helper", "helpers", "common", "misc", "manager"];

/// The code of a file: comments, doc links included, are no use of a module.
fn code(text: &str) -> String {
    let without = |line: &str| line.split("//").next().unwrap_or_default().to_owned();
    text.lines().map(without).collect::<Vec<_>>().join("\n")
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

/// The modules named by the paths that begin with `crate::`, also inside `use crate::{a::B, c}`.
fn used_modules(text: &str) -> BTreeSet<String> {
    let code = code(text);
    let mut used = BTreeSet::new();
    for rest in code.split("crate::").skip(1) {
        let Some(group) = rest.strip_prefix('{') else {
            used.insert(first_word(rest));
            continue;
        };
        let mut depth = 0_u32;
        let mut entry = String::new();
        for c in group.chars() {
            match c {
                '}' if depth == 0 => break,
                ',' if depth == 0 => used.insert(first_word(&std::mem::take(&mut entry))),
                _ => {
                    depth = if c == '{' {
                        depth + 1
                    } else if c == '}' {
                        depth - 1
                    } else {
                        depth
                    };
                    entry.push(c);
                    false
                }
            };
        }
        used.insert(first_word(&entry));
    }
    used.remove("");
    used
}

/// The modules that this one may not use and uses all the same.
fn against_the_flow(module: &str, text: &str) -> Vec<String> {
    let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == module) else {
        return if SHELL.contains(&module) { Vec::new() } else { vec![format!("{module} has no place in the flow")] };
    };
    let is_module = |used: &String| MAY_USE.iter().any(|(name, _)| name == used) || SHELL.contains(&used.as_str());
    let fits = |used: &String| used == module || allowed.contains(&"*") || allowed.contains(&used.as_str());
    used_modules(text).into_iter().filter(|used| is_module(used) && !fits(used)).collect()
}

fn source_files() -> Vec<PathBuf> {
    fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, files);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    assert!(files.len() > 20, "the sources were not found");
    files
}

/// The top-level module that a file belongs to: `src/config/desk.rs` is `config`.
fn module_of(file: &Path) -> String {
    let within = file.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
    let first = within.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

#[test]
fn no_arrow_points_against_the_flow() {
    let mut arrows = Vec::new();
    for file in source_files() {
        let text = std::fs::read_to_string(&file).unwrap();
        for used in against_the_flow(&module_of(&file), &text) {
            arrows.push(format!("{}: {used}", file.display()));
        }
    }
    assert!(arrows.is_empty(), "against the flow:\n{}", arrows.join("\n"));
}

#[test]
fn an_arrow_against_the_flow_would_be_found() {
    for (module, text) in [
        ("message", "use crate::mediation::Case;"),
        ("retrieval", "fn f(store: &dyn crate::store::Store) {}"),
        ("mediation", "use crate::{\n    model::{Flag, Letter},\n    store::{Store, UnitOfWork},\n};"),
        ("composition", "use crate::{model::Flag, delivery};"),
        ("store", "pub use crate::delivery::Backoff as Other;"),
        ("config", "use crate::retrieval::WindowBounds;"),
        ("delivery", "use crate::daemon::Daemon;"),
        ("observe", "use crate::cli;"),
        ("invented", ""),
    ] {
        assert!(!against_the_flow(module, text).is_empty(), "{module}: {text}");
    }
    for (module, text) in [
        ("delivery", "use crate::store::{Attempt, ClaimedLetter};"),
        ("message", "//! See [`crate::mediation`]. // crate::store\nuse crate::model::Flag;"),
        ("mediation", "use crate::mediation::Case;"),
        ("daemon", "use crate::{delivery, retrieval};"),
    ] {
        assert_eq!(against_the_flow(module, text), Vec::<String>::new(), "{module}: {text}");
    }
}

#[test]
fn every_file_holds_one_idea_and_has_a_name_that_says_which() {
    let mut wrong = Vec::new();
    for file in source_files() {
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        if lines > LONGEST_FILE {
            wrong.push(format!("{}: {lines} lines; which idea wants out?", file.display()));
        }
        let parts = file.components().map(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned());
        let within_src = parts.skip_while(|part| part != "src");
        for part in within_src.filter(|part| NAMES_THAT_SAY_NOTHING.contains(&part.as_str())) {
            wrong.push(format!("{}: {part} says nothing", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
