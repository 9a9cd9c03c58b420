//! Rebuilds when a migration, a letter or a word list changes: they are compiled into the binary.
fn main() {
    for folder in ["migrations", "templates", "config"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
