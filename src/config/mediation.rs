//! `[desk.mediation]`: how the parties are asked whether they want the talk (row 20).

use super::section::Section;

/// How they are asked.
#[derive(Clone, Copy, Debug)]
pub struct MediationSettings {
    /// The complainant first, and the others only after a yes; `false` asks everybody at once, each apart.
    pub complainant_first: bool,
}

impl MediationSettings {
    pub(super) fn read(section: Section<'_>) -> Self {
        let read = Self { complainant_first: section.flag_or("complainant_first", false) };
        section.finish();
        read
    }
}
