//! `wederhoor templates check` and `wederhoor templates preview DIR`.

use std::path::Path;

use super::exit;
use super::output::{self, Failure};
use crate::composition::{Composer, preview as pages_of};
use crate::daemon::own_letters;

/// The letters of every desk of the configuration; without a configuration file, those of the house.
fn composers(config: &Path) -> Result<Vec<(String, Composer)>, Failure> {
    if !config.exists() {
        return Ok(vec![("the letters of the house".to_owned(), composer(None)?)]);
    }
    let configuration = super::run::load(config)?;
    configuration.desks.iter().map(|desk| Ok((desk.key.as_str().to_owned(), composer(desk.templates.as_deref())?))).collect()
}

fn composer(folder: Option<&Path>) -> Result<Composer, Failure> {
    let overrides = folder.map(own_letters).transpose().map_err(|error| Failure::io(&error))?;
    Composer::proven(overrides.as_ref())
        .map_err(|faults| Failure { words: faults.iter().map(ToString::to_string).collect(), exit_code: exit::CONFIGURATION })
}

/// Proves every letter in every language with sample facts.
pub(super) fn check(config: &Path) -> Result<(), Failure> {
    for (whose, _) in composers(config)? {
        output::line(&format!("{whose}: every letter can be written in every language"))?;
    }
    Ok(())
}

/// Writes every letter as a page, with an index.
pub(super) fn preview(config: &Path, folder: &Path) -> Result<(), Failure> {
    let composers = composers(config)?;
    let several = composers.len() > 1;
    for (whose, composer) in composers {
        let folder = if several { folder.join(&whose) } else { folder.to_owned() };
        let pages = pages_of(&composer).map_err(|error| Failure::new(exit::CONFIGURATION, error.to_string()))?;
        for page in &pages {
            let path = folder.join(&page.file_name);
            let parent = path.parent().unwrap_or(&folder);
            std::fs::create_dir_all(parent)
                .and_then(|()| std::fs::write(&path, &page.bytes))
                .map_err(|error| Failure::io(&error))?;
        }
        output::line(&format!("{} pages; begin with {}", pages.len(), folder.join("index.html").display()))?;
    }
    Ok(())
}
