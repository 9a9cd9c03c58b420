//! The command line (design.md section 6): a contract that scripts outside the project rely on.
//!
//! Results go to standard output, logs to standard error; exit codes are those of sysexits.h.

mod arguments;
mod case_json;
mod cases;
mod check;
mod demo;
mod file;
mod inspect;
mod migrate;
mod output;
mod progress;
mod report;
mod run;
mod templates;
mod triage;

use std::process::ExitCode;

use arguments::{Arguments, Command, TemplatesCommand, TriageCommand};
use clap::{CommandFactory, Parser};
use output::Failure;

use crate::telemetry::{self, LogFormat};

/// Exit codes of sysexits.h.
pub mod exit {
    /// The command line was wrong.
    pub const USAGE: u8 = 64;
    /// Something a person named does not exist.
    pub const NO_INPUT: u8 = 66;
    /// A defect of ours.
    pub const SOFTWARE: u8 = 70;
    /// Files or folders can not be used.
    pub const IO: u8 = 74;
    /// Something temporary failed; try again.
    pub const TEMPORARY: u8 = 75;
    /// The configuration is wrong.
    pub const CONFIGURATION: u8 = 78;
}

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(exit::USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let format = if arguments.log_json { LogFormat::Json } else { LogFormat::Text };
    if let Err(error) = telemetry::init(arguments.log.as_deref().or(quiet(&arguments.command)), format) {
        output::explain(&Failure::new(exit::USAGE, error.to_string()));
        return ExitCode::from(exit::USAGE);
    }
    // The text of a panic may hold words of a mail (M185): the place is enough to find the defect.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a defect: a part of the program ended unexpectedly");
    }));
    match dispatch(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::explain(&failure);
            ExitCode::from(failure.exit_code)
        }
    }
}

/// The demo tells its story itself: a log between its lines would only disturb it.
fn quiet(command: &Command) -> Option<&'static str> {
    matches!(command, Command::Demo { .. }).then_some("error")
}

fn dispatch(arguments: Arguments) -> Result<(), Failure> {
    let config = arguments.config;
    match arguments.command {
        Command::Run(options) => run::run(&config, &options),
        Command::Check { online } => check::check(&config, online),
        Command::Inspect(options) => inspect::inspect(&options),
        Command::Cases { json, desk, open } => cases::list(&config, json, desk.as_deref(), open),
        Command::Case { number, json } => cases::show(&config, &number, json),
        Command::Triage { command: TriageCommand::Train { paths, out } } => triage::train(&paths, &out),
        Command::Templates { command: TemplatesCommand::Check } => templates::check(&config),
        Command::Templates { command: TemplatesCommand::Preview { folder } } => templates::preview(&config, &folder),
        Command::Demo { folder } => demo::demo(folder.as_deref()),
        Command::Export { number, folder } => file::export(&config, &number, &folder),
        Command::Erase { number, yes, despite_hold } => file::erase(&config, &number, yes, despite_hold),
        Command::Report(options) => report::report(&config, &options),
        Command::Migrate => migrate::migrate(&config),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "wederhoor", &mut std::io::stdout());
            Ok(())
        }
        Command::Man => {
            clap_mangen::Man::new(Arguments::command()).render(&mut std::io::stdout()).map_err(|error| Failure::io(&error))
        }
    }
}
