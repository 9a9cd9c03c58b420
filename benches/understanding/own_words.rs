//! The writer's own words (mail-rules M93–M115): how often exactly those are kept, and how often nearly.

use super::labelled::Reading;
use super::machines::Share;

/// Nearly exact: apart from blanks and line ends, so many letters in a hundred are the same.
const NEARLY: f64 = 0.97;

/// All that is compared.
#[derive(Debug, Default)]
pub struct Measured {
    /// The same letter by letter.
    pub exact: Share,
    /// The same, or nearly.
    pub near: Share,
    /// Something was said and nothing was kept.
    pub emptied: usize,
    /// One line for each mail whose words are not exactly those.
    pub wrong: Vec<String>,
}

/// Compares.
pub fn measure(readings: &[Reading]) -> Measured {
    let mut measured = Measured::default();
    for reading in readings {
        let Some(said) = reading.label("reply_text") else { continue };
        let kept = reading.facts.reply_text.as_str();
        let alike = strsim::normalized_levenshtein(&flat(said), &flat(kept));
        measured.exact.count(said == kept);
        measured.near.count(alike >= NEARLY);
        measured.emptied += usize::from(kept.trim().is_empty() && !said.trim().is_empty());
        if said != kept {
            measured.wrong.push(format!("{}: {:.0} % alike", reading.path.display(), alike * 100.0));
        }
    }
    measured
}

/// One blank between words.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Prints the section.
pub fn report(readings: &[Reading], names_the_wrong: bool) {
    let measured = measure(readings);
    if measured.exact.of == 0 {
        return;
    }
    measured.exact.print("reply text exact");
    measured.near.print("exact or nearly (97 %)");
    println!("{:<28} {:>5}", "emptied", measured.emptied);
    if names_the_wrong {
        measured.wrong.iter().for_each(|line| println!("  {line}"));
    }
}
