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
    /// What mails are about: learning it anew.
    Triage {
        #[command(subcommand)]
        command: TriageCommand,
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
    /// Writes the report of a desk over a period: a page, a PDF and a table for a spreadsheet.
    ///
    /// A complaint belongs to the period in which it came in. Small numbers are left out, so that nobody can be
    /// recognised; nothing in the report names a person.
    Report(ReportOptions),
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

/// Options of `report`.
#[derive(Debug, Args)]
pub(super) struct ReportOptions {
    /// A year, a quarter or a month: 2026, 2026-Q3 or 2026-09; this year when left out.
    #[arg(value_name = "PERIOD", default_value = "")]
    pub period: String,
    /// Where the files go.
    #[arg(value_name = "DIR", default_value = ".")]
    pub folder: PathBuf,
    /// Of the desk with this address; may be left out where there is one.
    #[arg(long, value_name = "D")]
    pub desk: Option<String>,
    /// The language it is written in, nl or en; that of the desk when left out.
    #[arg(long, value_name = "LANGUAGE")]
    pub language: Option<String>,
    /// Numbers below this one are not shown; 1 shows all, for your own eyes only.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    pub smallest: u64,
}

/// Who wrote the mails that `inspect` reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Role {
    /// A complaints officer.
    Officer,
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
    /// Reads the mails as an officer's to the file of a case: adds the commands, and what plain notes would be offered.
    #[arg(long = "as", value_name = "ROLE")]
    pub role: Option<Role>,
    /// A respondent of that case; once for each.
    #[arg(long = "respondent", value_name = "NAME <ADDRESS>", requires = "role")]
    pub respondents: Vec<String>,
    /// The complainant of that case.
    #[arg(long, value_name = "NAME", requires = "role")]
    pub complainant: Option<String>,
    /// The state of that case, for instance INTAKE, OPEN, PLANNING or HOLD.
    #[arg(long, value_name = "STATE", requires = "role")]
    pub state: Option<String>,
    /// The day the mails were written, instead of the day in their header.
    #[arg(long, value_name = "DATE", requires = "role")]
    pub on: Option<chrono::NaiveDate>,
    /// Mail files, a Maildir, an mbox, or `-` for standard input.
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
}

/// What to do about triage.
#[derive(Debug, Subcommand)]
pub(super) enum TriageCommand {
    /// Makes the weights of triage from labelled mails, on this machine; the same files always give the same weights.
    ///
    /// Files end in `.jsonl` or `.txt`. A line of the first is one mail, an object with `subject`, `body` and `labels`; the
    /// labels are `intent` (a word), `categories` and `purpose` (lists, the main one first), and `calamity`, `legal`, `abuse`,
    /// `crisis`, `third_party` and `against_person` (true or false), in the words of `inspect --json`. A label that is left
    /// out is not known and teaches nothing: an officer's correction is a line with just the labels that were corrected. In
    /// a `.txt` file a line `[calamity]` (or legal, abuse, crisis, none) opens a list of single sentences, one a line. Give
    /// the files of `tests/triage` together with your own corrections: what is not given is not learned. Use the result by
    /// naming it in the environment variable `WEDERHOOR_TRIAGE_WEIGHTS`.
    Train {
        /// Labelled files, or folders of them; those that begin with `held-out` are left out.
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,
        /// Where the weights go.
        #[arg(long, value_name = "F", default_value = "weights.bin")]
        out: PathBuf,
    },
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
