//! The `wederhoor` program: arguments and exit codes. Everything else is in the library.

fn main() {}
