//! Every rule of the service and every row of the life of a case is named by a test, or stands here with the reason.
//!
//! Conversations name theirs in their second line; tests in Rust in a comment or a message.

#![expect(clippy::unwrap_used, reason = "a test that can not read its sources stops")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Rows of the life of a case that nothing does yet.
const ROWS_NOT_BUILT: [(u32, &str); 1] = [(45, "anonymising at the end of retention is the operator's `erase`")];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs" || e == "txt") && !path.ends_with("rules_named.rs") {
            found.push(path);
        }
    }
}

/// The text of a file that is a test: a whole file below `tests/`, and of `src/` what stands behind `#[cfg(test)]`.
fn test_text(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.to_string_lossy();
    let is_test = !name.contains("/src/") || ["tests", "properties.rs", "lives.rs"].iter().any(|part| name.contains(part));
    if is_test { text } else { text.split_once("#[cfg(test)]").map(|(_, tests)| tests.to_owned()).unwrap_or_default() }
}

/// The numbers behind `R`.
fn rules(text: &str, named: &mut BTreeSet<u32>) {
    for (at, _) in text.match_indices('R') {
        let before = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        let digits: String = text[at + 1..].chars().take_while(char::is_ascii_digit).collect();
        named.extend(digits.parse::<u32>().ok().filter(|_| before));
    }
}

/// The numbers in "row 12", "rows 12, 13 and 26", "rows 21 to 23".
fn rows(text: &str, named: &mut BTreeSet<u32>) {
    for (at, _) in text.match_indices("row") {
        let rest = text[at + 3..].trim_start_matches('s');
        let list: String = rest.chars().take_while(|c| c.is_ascii_digit() || ", andto".contains(*c)).collect();
        let numbers = list.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse::<u32>().ok());
        named.extend(numbers.filter(|number| (1..=45).contains(number)));
    }
}

#[test]
fn every_rule_and_every_row_is_named_by_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut all = Vec::new();
    files(&root.join("tests"), &mut all);
    files(&root.join("src"), &mut all);
    let (mut named_rules, mut named_rows) = (BTreeSet::new(), BTreeSet::new());
    for path in all {
        let text = test_text(&path);
        rules(&text, &mut named_rules);
        rows(&text.to_lowercase(), &mut named_rows);
    }
    let missing_rules: Vec<u32> = (1..=30).filter(|rule| !named_rules.contains(rule)).collect();
    let missing_rows: Vec<u32> =
        (1..=45).filter(|row| !named_rows.contains(row) && !ROWS_NOT_BUILT.iter().any(|(number, _)| number == row)).collect();
    assert!(
        missing_rules.is_empty() && missing_rows.is_empty(),
        "no test names rules {missing_rules:?} and rows {missing_rows:?}"
    );
}
