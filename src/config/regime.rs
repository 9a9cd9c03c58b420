//! Regimes: the law of a desk, as data (I12). The four of the house are inside the binary; an operator may
//! give a folder with others, or with the same names changed.

use std::path::Path;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::fault::{Findings, Written};
use crate::mediation::clocks::{ClockRule, ClockRules, Mark, TimerKind, Waits};
use crate::mediation::term::Unit;
use crate::model::LetterKind;

static OF_THE_HOUSE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/config/regimes");

/// What a law or a house rule asks of a desk: `config/regimes/<name>.toml`. What the keys mean stands in the
/// `README.md` beside them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// The name of its file, without `.toml`.
    #[serde(skip)]
    pub name: String,
    /// The law as a letter names it; empty where there is none.
    pub law: String,
    /// Whether the desk must have a deputy (domain.md section 8).
    pub deputy_required: bool,
    /// Letters that the law wants: the deputy hears when one of them does not get away.
    pub mandatory_letters: Vec<LetterKind>,
    /// Its clocks.
    #[serde(rename = "clock")]
    pub clocks: ClockRules,
    /// How long the desk waits for the answers of people.
    #[serde(rename = "wait")]
    pub waits: Waits,
}

impl Regime {
    /// What does not fit together, each with a hint.
    fn contradictions(&self) -> Vec<(String, &'static str)> {
        let mut found = Vec::new();
        for needed in [TimerKind::FirstContact, TimerKind::Attention] {
            if !self.clocks.contains_key(&needed) {
                let hint = "without it a case could be forgotten (I10); copy the section from config/regimes/general.toml";
                found.push((format!("clock.{} is missing", needed.code()), hint));
            }
        }
        for (clock, rule) in &self.clocks {
            let key = format!("clock.{}", clock.code());
            found.extend(contradictions_of(*clock, rule).into_iter().map(|(what, hint)| (format!("{key}.{what}"), hint)));
        }
        found
    }
}

fn contradictions_of(clock: TimerKind, rule: &ClockRule) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    match clock {
        TimerKind::FollowUp | TimerKind::FollowUpSilence => {
            found.push(("length is a matter of the desk".to_owned(), "write it in [desk.follow_up] of the configuration"));
        }
        TimerKind::FirstContact | TimerKind::Decision | TimerKind::Refusal if rule.from != Mark::Arrival => {
            found.push(("from must be arrival".to_owned(), "this day is promised when the complaint is confirmed"));
        }
        TimerKind::Attention if rule.from != Mark::Contact => {
            found.push(("from must be contact".to_owned(), "the complainant is kept informed since the last news"));
        }
        TimerKind::Retention if rule.from != Mark::Closed => {
            found.push(("from must be closed".to_owned(), "a file is kept while its case is open"));
        }
        _ => {}
    }
    if rule.length.unit == Unit::Hours {
        found.push(("length can not be in hours".to_owned(), "a clock of a case is looked at once a day; use days"));
    }
    if rule.warn_at_half && rule.from != Mark::Arrival {
        found.push(("warn_at_half needs from = \"arrival\"".to_owned(), "use warn_working_days_before"));
    }
    if rule.extension.is_some() && clock != TimerKind::Decision {
        found.push(("extension is for the decision alone".to_owned(), "leave it out"));
    }
    found
}

/// The regime of this name: from the operator's folder where it is there, else the house's own.
pub fn find(name: &Written<String>, folder: Option<&Path>, findings: &Findings) -> Option<Regime> {
    let file_name = format!("{}.toml", name.value);
    let own = folder.map(|folder| folder.join(&file_name)).filter(|path| path.is_file());
    let (text, file) = if let Some(path) = own {
        match std::fs::read_to_string(&path) {
            Ok(text) => (text, path),
            Err(error) => {
                findings.fault_in(&path, &name.key, format!("can not be read: {error}"), "let the daemon's user read it");
                return None;
            }
        }
    } else if let Some(file) = OF_THE_HOUSE.get_file(&file_name) {
        (file.contents_utf8().unwrap_or_default().to_owned(), Path::new("config/regimes").join(&file_name))
    } else {
        let hint = format!("choose {}, or put {file_name} in the folder that the key regimes names", names().join(", "));
        findings.fault(&name.key, format!("there is no regime {}", name.value), hint);
        return None;
    };
    match toml::from_str::<Regime>(&text) {
        Ok(regime) => {
            let contradictions = regime.contradictions();
            for (what, hint) in &contradictions {
                findings.fault_in(&file, &name.key, what.clone(), *hint);
            }
            contradictions.is_empty().then(|| Regime { name: name.value.clone(), ..regime })
        }
        Err(error) => {
            findings.fault_in(
                &file,
                &name.key,
                error.message().replace('\n', " "),
                "compare it with the files in config/regimes; README.md there explains every key",
            );
            None
        }
    }
}

/// The regimes of the house, by name.
pub fn names() -> Vec<String> {
    let regimes =
        OF_THE_HOUSE.files().map(include_dir::File::path).filter(|path| path.extension().is_some_and(|end| end == "toml"));
    let mut names: Vec<String> = regimes.filter_map(|path| Some(path.file_stem()?.to_string_lossy().into_owned())).collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::super::fault::Key;
    use super::*;

    fn named(name: &str) -> Written<String> {
        Written { value: name.to_owned(), key: Key { path: "desk[0].regime".to_owned(), line: Some(4) } }
    }

    #[test]
    fn every_regime_of_the_house_can_be_read() {
        let findings = Findings::in_file(Path::new("wederhoor.toml"));
        for name in names() {
            assert!(find(&named(&name), None, &findings).is_some(), "{name}: {findings:?}");
        }
        assert_eq!(names(), ["awb", "general", "jeugdwet", "wkkgz"]);
    }

    #[test]
    fn care_has_six_weeks_and_a_deputy_and_a_shop_has_neither() {
        let findings = Findings::in_file(Path::new("wederhoor.toml"));
        let care = find(&named("wkkgz"), None, &findings).unwrap();
        let decision = &care.clocks[&TimerKind::Decision];
        assert_eq!((decision.length.to_string(), decision.of_law, care.deputy_required), ("6 weeks".to_owned(), true, true));
        let shop = find(&named("general"), None, &findings).unwrap();
        assert_eq!((shop.clocks.get(&TimerKind::Decision), shop.deputy_required), (None, false));
    }

    fn own(folder: &Path, name: &str, change: impl Fn(&str) -> String) {
        let text = OF_THE_HOUSE.get_file("general.toml").unwrap().contents_utf8().unwrap();
        std::fs::write(folder.join(format!("{name}.toml")), change(text)).unwrap();
    }

    #[test]
    fn an_operator_adds_a_regime_with_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let terms = "[clock.decision]\nfrom = \"arrival\"\nlength = \"4 weeks\"\n[wait]";
        own(folder.path(), "wonen", |text| text.replace("[wait]", terms));
        own(folder.path(), "general", |text| text.replace("5 working days", "3 working days"));
        let findings = Findings::in_file(Path::new("wederhoor.toml"));
        let housing = find(&named("wonen"), Some(folder.path()), &findings).unwrap();
        assert_eq!(housing.clocks[&TimerKind::Decision].length.to_string(), "4 weeks");
        let general = find(&named("general"), Some(folder.path()), &findings).unwrap();
        assert_eq!(general.clocks[&TimerKind::FirstContact].length.count, 3, "the folder goes before the house");
    }

    #[test]
    fn every_mistake_in_a_regime_is_named_with_its_file() {
        let folder = tempfile::tempdir().unwrap();
        own(folder.path(), "typo", |text| text.replace("[clock.first_contact]", "[clock.first_contcat]"));
        own(folder.path(), "length", |text| text.replace("14 days", "a fortnight"));
        own(folder.path(), "letter", |text| text.replace("letters = []", "letters = [\"acknowlegdement\"]"));
        own(folder.path(), "many", |text| {
            text.replace("from = \"contact\"", "from = \"closed\"")
                .replace("from = \"closed\"\nlength = \"2 years\"", "from = \"arrival\"\nlength = \"2 hours\"")
        });
        let faults_of = |name: &str| {
            let findings = Findings::in_file(Path::new("wederhoor.toml"));
            assert_eq!(find(&named(name), Some(folder.path()), &findings), None);
            let faults = findings.into_faults();
            assert!(faults.iter().all(|fault| fault.file.ends_with(format!("{name}.toml"))), "{faults:?}");
            faults.iter().map(|fault| fault.what.clone()).collect::<Vec<_>>().join("; ")
        };
        assert!(faults_of("typo").contains("first_contcat"));
        assert!(faults_of("length").contains("a fortnight"));
        assert!(faults_of("letter").contains("letter"));
        let many = faults_of("many");
        assert!(
            many.contains("attention.from must be contact") && many.contains("retention.length can not be in hours"),
            "{many}"
        );
    }
}
