//! Every command and option. `--help` is written here and nowhere else.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A complaints desk that works through nothing but e-mail.
#[derive(Debug, Parser)]
#[command(name = "wederhoor", version, about, propagate_version = true, arg_required_else_help = true)]
pub(super) struct Arguments {
    /// The configuration file.
    #[arg(long, global = true, value_name = "F", default_value = "wederhoor.toml", env = "WEDERHOOR_CONFIG")]
    pub config: PathBuf,
    /// What to log, for instance `info` or `wederhoor=debug`.
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
    /// Log one JSON object a line.
    #[arg(long, global = true)]
    pub log_json: bool,
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The daemon: reads mail, delivers letters, keeps clocks, until SIGTERM.
    Run(RunOptions),
    /// Proves the whole configuration, all faults at once.
    Check {
        /// Also logs in to the mail servers.
        #[arg(long)]
        online: bool,
    },
    /// How mails are understood; touches nothing.
    Inspect(InspectOptions),
    /// Lists cases.
    Cases {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
        /// Of the desk with this address only.
        #[arg(long, value_name = "D")]
        desk: Option<String>,
        /// Open ones only.
        #[arg(long)]
        open: bool,
    },
    /// One case with its journal, letters and attempts.
    Case {
        /// Its number, for instance 2026-0142.
        #[arg(value_name = "NUMBER")]
        number: String,
        /// As one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// The letters.
    Templates {
        #[command(subcommand)]
        command: TemplatesCommand,
    },
    /// A desk that lives through real conversations before your eyes.
    Demo {
        /// Where it lives; a new folder `demo` here when left out.
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
    /// Writes the whole file of a case into a new folder: its data, its mails and its letters.
    Export {
        /// Its number, for instance 2026-0142.
        #[arg(value_name = "NUMBER")]
        number: String,
        /// A folder that is not there yet.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Forgets everything about people in a closed case, for ever. Figures stay.
    Erase {
        /// Its number, for instance 2026-0142.
        #[arg(value_name = "NUMBER")]
        number: String,
        /// Yes, it can not be undone.
        #[arg(long)]
        yes: bool,
        /// Also where a dispute or a calamity holds the file.
        #[arg(long)]
        despite_hold: bool,
    },
    /// Brings the database up to date.
    Migrate,
    /// Completions for a shell, on standard output.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// The manual page, on standard output.
    Man,
}

/// Options of `run`.
#[derive(Debug, Args)]
pub(super) struct RunOptions {
    /// Handles all that waits and all that is due, then exits.
    #[arg(long)]
    pub once: bool,
    /// Sets the clock (RFC 3339); only where the configuration says `rehearsal = true`.
    #[arg(long, value_name = "INSTANT")]
    pub at: Option<String>,
    /// Prints the same decisions; stores, moves and sends nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// Options of `inspect`.
#[derive(Debug, Args)]
pub(super) struct InspectOptions {
    /// One JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// The address that the mails came to, where it is not to be guessed.
    #[arg(long, value_name = "ADDRESS")]
    pub desk: Option<String>,
    /// Mail files, a Maildir, an mbox, or `-` for standard input.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
}

/// What to do with the letters.
#[derive(Debug, Subcommand)]
pub(super) enum TemplatesCommand {
    /// Proves every letter in every language.
    Check,
    /// Writes every letter with sample facts as pages to look at.
    Preview {
        /// Where the pages go.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
}
