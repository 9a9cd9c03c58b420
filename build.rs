//! Rebuilds when a migration, a letter, a word list or a mail of the demo changes: they are compiled into the binary.

use std::env;

fn main() {
    for folder in ["migrations", "templates", "config", "tests/mail/conversations", "tests/mail/demo"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    // The tens of thousands of addresses that are set at the start stand packed in the program file: two megabytes less
    // are read and stay in memory. A linker too old for it says so and goes on.
    let target = |of: &str| env::var(format!("CARGO_CFG_TARGET_{of}")).unwrap_or_default();
    if target("OS") == "linux" && target("ENV") == "gnu" {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
