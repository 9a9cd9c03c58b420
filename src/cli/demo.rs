//! `wederhoor demo [DIR]`.

use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::exit;
use super::output::Failure;
use crate::demo::{Audience, DemoError, FolderError, StageError, play};
use crate::model::Language;

/// Where the demo lives when nobody says otherwise.
const HERE: &str = "demo";

/// On a terminal a line stays a moment, so that the story can be seen to unfold; all lines together take about
/// three seconds.
const BREATH: Duration = Duration::from_millis(6);

/// The terminal: the story on standard output, progress on standard error.
struct Terminal {
    bar: ProgressBar,
    breath: Option<Duration>,
}

impl Terminal {
    fn open() -> Self {
        let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len}") {
            bar.set_style(style);
        }
        Self { bar, breath: io::stdout().is_terminal().then_some(BREATH) }
    }
}

impl Audience for Terminal {
    fn hears(&mut self, line: &str) -> io::Result<()> {
        if let Some(breath) = self.breath {
            std::thread::sleep(breath);
        }
        self.bar.suspend(|| writeln!(io::stdout().lock(), "{line}"))
    }

    fn sees(&mut self, mails: usize, of: usize) {
        self.bar.set_length(of as u64);
        self.bar.set_position(mails as u64);
    }
}

/// Lets the desk live. The story is told in Dutch, unless the surroundings ask for English.
pub(super) fn demo(folder: Option<&Path>) -> Result<(), Failure> {
    let folder = folder.unwrap_or(Path::new(HERE));
    let colours = io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let mut terminal = Terminal::open();
    let outcome = super::run::runtime()?.block_on(play(folder, language(), colours, &mut terminal));
    terminal.bar.finish_and_clear();
    match outcome {
        // The reader of a pipe has seen enough (`| head`).
        Err(DemoError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome.map_err(|error| Failure::new(exit_code(&error), error.to_string())),
    }
}

/// POSIX: LC_ALL before LC_MESSAGES before LANG.
fn language() -> Language {
    let chosen = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()));
    match chosen {
        Some(locale) if locale.starts_with("en") => Language::En,
        Some(_) | None => Language::Nl,
    }
}

fn exit_code(error: &DemoError) -> u8 {
    match error {
        DemoError::Folder(FolderError::Foreign(_) | FolderError::File(_)) => exit::USAGE,
        DemoError::Folder(FolderError::Io { .. }) | DemoError::Io(_) | DemoError::Stage(StageError::Io { .. }) => exit::IO,
        DemoError::Stage(_) | DemoError::Script(_) | DemoError::Words(_) | DemoError::Page(_) => exit::SOFTWARE,
    }
}
