//! The demo: a real desk on the embedded default that lives through real conversations, and a page that shows
//! every mail as each of the three people sees it.
//!
//! Nothing here is pretended. The desk is the product with its own configuration, database and mailboxes; only
//! the clock is moved by hand, and the people are played from `tests/mail` after `tests/mail/demo/story.toml`.
//! Like the daemon and the command line, the demo may know all stages, and nothing uses it but the command line.
//!
//! - [`Script`] is what is played; [`Stage`] is the desk and its clock; a [`Scene`] is what one moment brought.
//! - [`Telling`] says each scene in the terminal; [`page()`] writes all of them down as one HTML file.
//! - [`play`] puts them together.

mod envelope;
mod folder;
mod journal;
mod page;
mod play;
mod stage;
mod story;
mod telling;
mod views;
mod words;

pub use folder::{FolderError, prepare};
pub use page::page;
pub use play::{Audience, DemoError, play};
pub use stage::{Proof, Scene, SentLetter, Stage, StageError};
pub use story::{MailLine, Role, Script, ScriptError, Story};
pub use telling::Telling;
pub use words::{Bilingual, Words};
