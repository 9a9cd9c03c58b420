//! The play itself: mails and clocks in their order, told as they happen, and written down at the end.

use std::fs;
use std::io;
use std::path::Path;

use super::folder::{self, FolderError};
use super::page;
use super::stage::{Scene, Stage, StageError};
use super::story::{MailLine, Script, ScriptError};
use super::telling::{Sum, Telling};
use super::words::Words;
use crate::mediation::FollowUp;
use crate::model::{Instant, Language};

/// Those before whom it is played.
pub trait Audience {
    /// One line of the story.
    fn hears(&mut self, line: &str) -> io::Result<()>;
    /// So many of all mails have come.
    fn sees(&mut self, mails: usize, of: usize);
}

/// Why the demo did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The desk.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// The stories.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// The words.
    #[error("the words of the demo: {0}")]
    Words(#[from] toml::de::Error),
    /// The page can not be made of what happened.
    #[error("the page of the demo: {0}")]
    Page(#[from] serde_json::Error),
    /// The audience left, or the page can not be written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// A clock that sets itself anew without end would be a defect; the demo stops rather than run for ever.
const MOST_STROKES: usize = 5_000;

struct Performance<'a> {
    stage: Stage,
    script: &'a Script,
    telling: Telling,
    scenes: Vec<Scene>,
    audience: &'a mut dyn Audience,
}

/// Plays everything in this folder, and writes `index.html` there.
pub async fn play(folder: &Path, language: Language, colours: bool, audience: &mut dyn Audience) -> Result<(), DemoError> {
    let began = tokio::time::Instant::now();
    let configuration = folder::prepare(folder)?;
    let script = Script::builtin()?;
    let mails = script.in_order()?;
    let first = mails.first().map_or_else(|| script.until(), |(at, _, _)| *at);
    let stage = Stage::open(&configuration, first).await?;
    let telling = Telling::new(Words::builtin()?, language, stage.zone(), colours);
    let shown = folder.display().to_string();
    audience.sees(0, mails.len());
    for line in telling.welcome(&script, &shown, first) {
        audience.hears(&line)?;
    }
    let mut performance = Performance { stage, script: &script, telling, scenes: Vec::new(), audience };
    for (index, (at, story, line)) in mails.iter().enumerate() {
        performance.time_passes(*at).await?;
        performance.mail(*at, *story, line).await?;
        performance.audience.sees(index + 1, mails.len());
    }
    performance.time_passes(script.until()).await?;
    let Performance { stage, telling, scenes, audience, .. } = performance;

    let (stage, proof) = stage.once_more(&configuration, &script).await?;
    let cases = stage.cases().await?;
    let zone = stage.zone();
    stage.close().await;
    let asked = cases.iter().filter(|(_, case)| was_asked(&case.follow_up)).count();
    let html = page::page(&script, &scenes, &cases, proof, telling.words(), zone)?;
    fs::write(folder.join("index.html"), html)?;

    let sum = Sum {
        mails: mails.len(),
        cases: cases.len(),
        letters: scenes.iter().map(|scene| scene.letters.len()).sum(),
        days: (script.until() - first).num_days(),
        took: began.elapsed(),
    };
    let number = cases.first().map(|(_, case)| case.number.to_string()).unwrap_or_default();
    let end = [telling.proof(proof, asked), telling.cases(&cases, &script), telling.farewell(&sum, &shown, &number)];
    for line in end.iter().flatten() {
        audience.hears(line)?;
    }
    Ok(())
}

/// Whether the one question was ever put.
fn was_asked(record: &FollowUp) -> bool {
    match record {
        FollowUp::Sent { .. } | FollowUp::Answered { .. } | FollowUp::Undelivered { .. } => true,
        FollowUp::Expired { sent_at } => sent_at.is_some(),
        FollowUp::None | FollowUp::Planned { .. } | FollowUp::Suppressed => false,
    }
}

impl Performance<'_> {
    /// Every clock that is due on the way strikes at its own moment.
    async fn time_passes(&mut self, until: Instant) -> Result<(), DemoError> {
        for _ in 0..MOST_STROKES {
            let Some(next) = self.stage.next_clock(until).await? else { return Ok(()) };
            for scene in self.stage.clock_strikes(next, self.script).await? {
                self.tell(scene)?;
            }
        }
        Err(StageError::Desk("the clocks never come to rest".to_owned()).into())
    }

    async fn mail(&mut self, at: Instant, story: usize, line: &MailLine) -> Result<(), DemoError> {
        let scene = self.stage.mail_arrives(at, story, line, self.script).await?;
        self.tell(scene)
    }

    fn tell(&mut self, scene: Scene) -> Result<(), DemoError> {
        for line in self.telling.scene(&scene, self.script) {
            self.audience.hears(&line)?;
        }
        self.scenes.push(scene);
        Ok(())
    }
}
