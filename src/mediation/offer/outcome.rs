//! How the complainant sees it, and why a talk was not held.

use super::compose::Hit;
use super::cues::Offers;
use super::reading::Note;

/// The result that a note speaks of: the sentence of the hit first, then the others from the end. A sentence that says
/// that nobody knows tells none.
pub(super) fn outcome(note: &Note<'_>, hit: &Hit, offers: &Offers) -> Option<&'static str> {
    let own = note.sentences.get(hit.sentence).map(|sentence| sentence.whole.as_str());
    let others = note.sentences.iter().rev().map(|sentence| sentence.whole.as_str());
    let told = own.into_iter().chain(others).filter(|sentence| !offers.says("outcome.unknown", sentence));
    told.into_iter().find_map(|sentence| in_sentence(sentence, offers))
}

fn in_sentence(sentence: &str, offers: &Offers) -> Option<&'static str> {
    // The order of the names is the order of strength: "niet tevreden" holds "tevreden".
    ["outcome.1.niet-tevreden", "outcome.2.deels", "outcome.3.tevreden"]
        .into_iter()
        .zip(["niet-tevreden", "deels", "tevreden"])
        .find(|(pattern, _)| offers.says(pattern, sentence))
        .map(|(_, code)| code)
}

/// The code of a closing.
pub(super) fn closing(note: &Note<'_>, hit: &Hit, offers: &Offers) -> &'static str {
    let near: Vec<&str> = (hit.sentence.saturating_sub(2)..=hit.sentence)
        .rev()
        .filter_map(|at| note.sentences.get(at))
        .map(|sentence| sentence.whole.as_str())
        .collect();
    let own = near.first().copied().unwrap_or_default();
    for (pattern, code) in [("close.misplaatst", "misplaatst"), ("close.vraag", "vraag"), ("close.verwezen", "verwezen")] {
        if offers.says(pattern, own) {
            return code;
        }
    }
    if let Some(code) = outcome(note, hit, offers) {
        return code;
    }
    let before = near.iter().skip(1);
    for sentence in before {
        if offers.says("close.misplaatst", sentence) {
            return "misplaatst";
        }
        if offers.says("close.vraag", sentence) {
            return "vraag";
        }
    }
    "onbekend"
}

/// Why a talk was not held.
pub(super) fn not_held(note: &Note<'_>, hit: &Hit, offers: &Offers) -> &'static str {
    let own = note.sentences.get(hit.sentence).map(|sentence| sentence.whole.as_str());
    let all = note.sentences.iter().map(|sentence| sentence.whole.as_str());
    let sentences: Vec<&str> = own.into_iter().chain(all).collect();
    for (pattern, code) in [("held.not_appeared", "niet-verschenen"), ("held.called_off", "afgezegd")] {
        if sentences.iter().any(|sentence| offers.says(pattern, sentence)) {
            return code;
        }
    }
    "afgezegd"
}
