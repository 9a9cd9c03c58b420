//! Rebuilds when a migration, a letter, a word list or a mail of the demo changes: they are compiled into the binary.
fn main() {
    for folder in ["migrations", "templates", "config", "tests/mail/conversations", "tests/mail/demo"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
