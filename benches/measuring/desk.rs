//! A desk's configuration.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What differs between the desks of the benches.
pub struct DeskText<'a> {
    /// `[store] url`.
    pub database: &'a str,
    /// The lines under `[desk.retrieval]`.
    pub retrieval: String,
    /// The lines under `[desk.submission]`.
    pub submission: String,
}

/// Writes a configuration with one desk for each part, and gives its path. Ceilings are out of the way:
/// here everybody writes within one minute.
pub fn write(folder: &Path, desks: &[DeskText<'_>]) -> PathBuf {
    let mut text = format!("[store]\nurl = \"{}\"\n[operator]\naddress = \"beheer@voorbeeldzorg.example\"\n", desks[0].database);
    for (number, DeskText { retrieval, submission, .. }) in desks.iter().enumerate() {
        let address = if number == 0 { "klachten".to_owned() } else { format!("klachten{number}") };
        let _ = write!(
            text,
            "[[desk]]\nname = \"Klachtenhulp Voorbeeldzorg\"\naddress = \"{address}@voorbeeldzorg.example\"\nregime = \"wkkgz\"\n\
             phone = \"010-0000000\"\nhours = \"werkdagen 9.00-16.00 uur\"\nacknowledge_up_to_age = \"3650d\"\n\
             [desk.ceilings]\nper_domain_per_hour = 1000000\nper_hour = 1000000\n\
             [desk.retrieval]\n{retrieval}\n[desk.submission]\n{submission}\n\
             [[desk.officer]]\nname = \"Noor de Wit\"\naddress = \"n.dewit@voorbeeldzorg.example\"\n\
             [[desk.officer]]\nname = \"Sam Bakker\"\naddress = \"s.bakker@voorbeeldzorg.example\"\nrole = \"deputy\"\n"
        );
    }
    let file = folder.join("wederhoor.toml");
    std::fs::write(&file, text).expect("a configuration");
    file
}
