//! Regimes: the law of a desk, as data (I12). The four of the house are inside the binary; an operator may
//! give a folder with others, or with the same names changed.

use std::path::Path;

use include_dir::{Dir, include_dir};
use serde::Deserialize;

use super::fault::{Findings, Written};

static OF_THE_HOUSE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/config/regimes");

/// What a law or a house rule asks of a desk: `config/regimes/<name>.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regime {
    /// The name of its file, without `.toml`.
    #[serde(skip)]
    pub name: String,
    /// The law as a letter names it; empty where there is none.
    pub law: String,
    /// Working days until the promised first personal contact (R6), 1 to 30.
    pub first_contact_working_days: u32,
    /// Days without any event on an open case after which an officer is asked to look (I10), 1 to 90; 14 where
    /// the file says nothing (domain.md section 3, progress news).
    #[serde(default = "two_weeks")]
    pub attention_days: u32,
    /// Weeks until the written decision, 1 to 26; absent where no law sets a term.
    pub decision_weeks: Option<u32>,
    /// Whether a term that ends on a free day runs on (Algemene termijnenwet, article 1).
    pub moves_off_free_days: bool,
    /// Whether the desk must have a deputy (domain.md section 8).
    pub deputy_required: bool,
}

fn two_weeks() -> u32 {
    14
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
        Ok(regime) if !(1..=30).contains(&regime.first_contact_working_days) => {
            findings.fault_in(&file, &name.key, "first_contact_working_days must lie between 1 and 30", "5 is usual");
            None
        }
        Ok(regime) if regime.decision_weeks.is_some_and(|weeks| !(1..=26).contains(&weeks)) => {
            findings.fault_in(
                &file,
                &name.key,
                "decision_weeks must lie between 1 and 26",
                "leave it out where no law sets a term",
            );
            None
        }
        Ok(regime) => Some(Regime { name: name.value.clone(), ..regime }),
        Err(error) => {
            findings.fault_in(
                &file,
                &name.key,
                error.message().replace('\n', " "),
                "compare it with the files in config/regimes",
            );
            None
        }
    }
}

/// The regimes of the house, by name.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> =
        OF_THE_HOUSE.files().filter_map(|file| Some(file.path().file_stem()?.to_string_lossy().into_owned())).collect();
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
        assert_eq!((care.decision_weeks, care.moves_off_free_days, care.deputy_required), (Some(6), true, true));
        let shop = find(&named("general"), None, &findings).unwrap();
        assert_eq!((shop.decision_weeks, shop.deputy_required), (None, false));
    }

    #[test]
    fn a_folder_of_the_operator_goes_before_the_house_and_its_faults_name_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let text = "law = \"\"\nfirst_contact_working_days = 3\nmoves_off_free_days = false\ndeputy_required = false\n";
        std::fs::write(folder.path().join("general.toml"), text).unwrap();
        std::fs::write(folder.path().join("wonen.toml"), format!("{text}decision_week = 4\n")).unwrap();
        let findings = Findings::in_file(Path::new("wederhoor.toml"));
        assert_eq!(find(&named("general"), Some(folder.path()), &findings).unwrap().first_contact_working_days, 3);
        assert_eq!(find(&named("wonen"), Some(folder.path()), &findings), None);
        let faults = findings.into_faults();
        assert!(faults[0].file.ends_with("wonen.toml") && faults[0].what.contains("decision_week"), "{faults:?}");
    }
}
