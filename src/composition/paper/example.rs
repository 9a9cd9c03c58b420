//! One example of each letter on paper, to prove the templates with and to look at in the preview.

use super::{PaperKind, PaperLetter};
use crate::composition::DeskFacts;
use crate::model::{CaseNumber, Instant, Language};

const AGREEMENTS: [&str; 2] = [
    "1. De afdeling belt mevrouw De Boer elke vrijdag voor 12.00 uur over de planning.\n2. Meneer Stins legt bij het volgende \
     bezoek uit waarom er eerst een foto nodig is.\n3. Na drie maanden kijken zij samen of dit goed gaat. Mevrouw Smit vraagt daarnaar.",
    "1. The ward calls Ms De Boer every Friday before noon about the planning.\n2. At the next visit Mr Stins explains why a scan \
     comes first.\n3. After three months they see together whether this goes well. Ms Smit will ask.",
];

const WORDS: [&str; 2] = [
    "U belde mij vorige week over de wachttijd op de polikliniek. Ik heb uw klacht voorgelegd aan de afdeling.\n\nDe afdeling \
     heeft gereageerd. Ik bel u volgende week dinsdag om die reactie met u door te nemen.",
    "You called me last week about the waiting time at the clinic. I have put your complaint to the ward.\n\nThe ward has \
     replied. I will call you next Tuesday to go through that reply with you.",
];

/// The example of a letter.
pub fn example(kind: PaperKind, language: Language, desk: &DeskFacts, number: CaseNumber, now: Instant) -> PaperLetter<'_> {
    let pick = |[dutch, english]: [&'static str; 2]| match language {
        Language::Nl => dutch,
        Language::En => english,
    };
    PaperLetter {
        kind,
        language,
        desk,
        officer: "Marieke Smit",
        number,
        now,
        recipient: Some("Anna de Boer"),
        postal_address: &["Dorpsstraat 12", "1234 AB Voorbeeldstad"],
        words: pick(if kind == PaperKind::Agreements { AGREEMENTS } else { WORDS }),
        parties: &["Anna de Boer", "Rutger Stins"],
        received_at: Some(now),
        contact_by: now.date_naive().checked_add_days(chrono::Days::new(7)),
        decision_by: now.date_naive().checked_add_days(chrono::Days::new(42)),
        settled: false,
    }
}
