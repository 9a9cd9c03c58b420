//! The `wederhoor` program: arguments and exit codes. Everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    wederhoor::cli::main()
}
