//! Machines and people (mail-rules M22–M48): what was found of each class, what was read of a bounce, and how often a
//! person was taken for a machine.

use super::labelled::Reading;

/// What is counted as found, in the order in which it is printed.
const CLASSES: [&str; 9] =
    ["bounce", "delay_notice", "auto_reply", "receipt", "abuse_report", "calendar_reply", "list", "own", "human"];

/// Right answers among those that could be compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// How many were right.
    pub right: usize,
    /// Of how many.
    pub of: usize,
}

impl Share {
    /// One more.
    pub fn count(&mut self, is_right: bool) {
        self.of += 1;
        self.right += usize::from(is_right);
    }

    /// Prints it, where there was something to compare.
    pub fn print(self, what: &str) {
        if self.of > 0 {
            #[expect(clippy::cast_precision_loss, reason = "nobody labels so many mails")]
            let percent = 100.0 * self.right as f64 / self.of as f64;
            println!("{what:<28} {:>5} of {:>5}  {percent:>6.2} %", self.right, self.of);
        }
    }
}

/// All that is compared.
#[derive(Debug, Default)]
pub struct Measured {
    /// Found, by class as labelled.
    pub found: Vec<(&'static str, Share)>,
    /// Fields of bounces and delays that were found.
    pub fields: Vec<(&'static str, Share)>,
    /// People taken for machines.
    pub false_alarms: usize,
    /// Delays taken for failures (M36).
    pub delays_as_failures: usize,
    /// One line for each mail that was misread.
    pub wrong: Vec<String>,
}

/// Compares.
pub fn measure(readings: &[Reading]) -> Measured {
    let mut measured = Measured {
        found: CLASSES.map(|class| (class, Share::default())).to_vec(),
        fields: ["recipient", "status", "original_message_id"].map(|field| (field, Share::default())).to_vec(),
        ..Measured::default()
    };
    for reading in readings {
        let Some(labelled) = reading.label("class") else { continue };
        let read = reading.facts.class.code();
        for (_, share) in measured.found.iter_mut().filter(|(class, _)| *class == labelled) {
            share.count(read == labelled);
        }
        measured.false_alarms += usize::from(labelled == "human" && read != "human");
        measured.delays_as_failures += usize::from(labelled == "delay_notice" && read == "bounce");
        let mut wrong = Vec::new();
        if read != labelled {
            wrong.push(format!("class {read} ({}), not {labelled}", reading.facts.class_reason));
        }
        for (field, share) in &mut measured.fields {
            let field = *field;
            let Some(label) = reading.label.get(field) else { continue };
            let read = serde_json::to_value(reading.facts.bounce.as_ref()).unwrap_or_default();
            let read = read.get(field).and_then(|value| value.as_str()).map(str::to_lowercase);
            let expected = label.as_str().map(str::to_lowercase);
            share.count(read == expected);
            if read != expected {
                wrong.push(format!("{field} {read:?}, not {expected:?}"));
            }
        }
        if !wrong.is_empty() {
            measured.wrong.push(format!("{}: {}", reading.path.display(), wrong.join("; ")));
        }
    }
    measured
}

/// Prints the section.
pub fn report(readings: &[Reading], names_the_wrong: bool) {
    let measured = measure(readings);
    for (class, share) in &measured.found {
        share.print(&format!("{class} found"));
    }
    for (field, share) in &measured.fields {
        share.print(&format!("{field} right"));
    }
    println!("{:<28} {:>5}", "delays taken for failures", measured.delays_as_failures);
    println!("{:<28} {:>5}", "people taken for machines", measured.false_alarms);
    if names_the_wrong {
        measured.wrong.iter().for_each(|line| println!("  {line}"));
    }
}
