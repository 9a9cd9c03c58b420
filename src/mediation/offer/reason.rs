//! Reasons, in the officer's own words.

use super::compose::Hit;
use super::cues::Offers;
use super::reading::{Mark, Note, Sentence};

/// The reason that a hit gives: behind a colon, a "because" or a comma, else the sentence that follows.
pub(super) fn of(note: &Note<'_>, hit: &Hit, next_is_free: bool, offers: &Offers) -> Option<String> {
    let sentence = note.sentences.get(hit.sentence)?;
    let word = |at: usize| sentence.pieces.get(at).and_then(|piece| sentence.marked.get(piece.at.clone())).unwrap_or_default();
    let starts: Vec<usize> = (0..sentence.pieces.len()).collect();
    // "met als reden dat …", "reden: …", "the reason is …".
    let named = starts.iter().copied().find(|at| offers.in_list("reason_names", word(*at)));
    // "met die reden": it was told before.
    let points_back =
        named.and_then(|at| at.checked_sub(1)).is_some_and(|before| offers.in_list("reason_points_back", word(before)));
    if points_back {
        return before(note, hit, offers);
    }
    if let Some(at) = named {
        let skip = (at + 1..sentence.pieces.len()).take_while(|next| offers.in_list("reason_leads", word(*next))).count();
        return until_end(note, sentence, at + 1 + skip, offers);
    }
    if let Some(reason) = named_behind(note, hit, offers) {
        return Some(reason);
    }
    if let Some(at) = starts.iter().copied().find(|at| {
        offers.in_list("reason_begins", word(*at)) && sentence.pieces.get(*at).is_some_and(|piece| piece.mark == Mark::Word)
    }) {
        return until_end(note, sentence, at + 1, offers);
    }
    // "…, she is still grieving": what follows the clause that asks.
    let clause_end = sentence.clauses.iter().find(|clause| clause.end > hit.at.start + 1).map_or(0, |clause| clause.end);
    let comma = starts.iter().copied().find(|at| {
        sentence.pieces.get(*at).is_some_and(|piece| piece.at.start + 1 >= clause_end.min(hit.at.end))
            && matches!(word(*at), "," | "(" | "–" | "-" | "—")
    });
    if let Some(at) = comma
        && sentence.pieces.len() > at + 3
    {
        return until_end(note, sentence, at + 1, offers);
    }
    // "Flag off. It was …": the sentence behind it.
    let next = note.sentences.get(hit.sentence + 1).filter(|next| next_is_free && next.pieces.len() > 3 && !next.is_question);
    next.and_then(|next| until_end(note, next, 0, offers))
}

/// "…. Reden: …": a reason named at the head of the sentence behind a hit.
pub(super) fn named_behind(note: &Note<'_>, hit: &Hit, offers: &Offers) -> Option<String> {
    let next = note.sentences.get(hit.sentence + 1)?;
    let first = next.pieces.first().and_then(|piece| next.marked.get(piece.at.clone()))?;
    if offers.in_list("reason_names", first) { until_end(note, next, 1, offers) } else { None }
}

/// The reason that stands before a hit: the last clause of the sentence before it that says something.
pub(super) fn before(note: &Note<'_>, hit: &Hit, offers: &Offers) -> Option<String> {
    let sentence = note.sentences.get(hit.sentence.checked_sub(1)?)?;
    let word = |at: usize| sentence.pieces.get(at).and_then(|piece| sentence.marked.get(piece.at.clone())).unwrap_or_default();
    let breaks: Vec<usize> = (0..sentence.pieces.len()).filter(|at| matches!(word(*at), "," | ":" | ")")).collect();
    let says_something = |at: &usize| sentence.pieces.len() - at > 4 && !offers.in_list("reason_ends", word(at + 1));
    let start = breaks.iter().rev().copied().find(says_something).map_or(0, |at| at + 1);
    until_end(note, sentence, start, offers)
}

/// The words from a piece to where the reason ends: a mark, or an "and" before a new subject.
fn until_end(note: &Note<'_>, sentence: &Sentence, from: usize, offers: &Offers) -> Option<String> {
    let word = |at: usize| sentence.pieces.get(at).and_then(|piece| sentence.marked.get(piece.at.clone())).unwrap_or_default();
    let mut start = from;
    while offers.in_list("reason_leads", word(start)) {
        start += 1;
    }
    let mut end = start;
    while end < sentence.pieces.len() {
        let here = word(end);
        let ends = matches!(here, "." | "!" | "?")
            || (end > start + 1 && offers.in_list("reason_ends", here))
            || (end > start + 2 && offers.in_list("reason_joins", here) && offers.in_list("new_subjects", word(end + 1)));
        if ends {
            break;
        }
        end += 1;
    }
    let first = sentence.pieces.get(start)?.tokens.start;
    let last = sentence.pieces.get(end.checked_sub(1)?)?.tokens.end;
    let text = note.written(first..last).trim();
    (!text.is_empty() && first < last).then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}
