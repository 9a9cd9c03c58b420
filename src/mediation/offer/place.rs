//! Places in the officer's own words, without the preposition or article before them.

use super::cues::Offers;
use super::reading::{Mark, Note, Sentence};
use crate::mediation::written_time::Found;

/// The place that sentences name.
pub(super) fn place(note: &Note<'_>, sentences: &[usize], used: &[Found], offers: &Offers) -> Option<String> {
    let mut all = sentences.iter().filter_map(|at| note.sentences.get(*at));
    all.find_map(|sentence| by_noun(note, sentence, offers)).or_else(|| {
        sentences.iter().filter_map(|at| note.sentences.get(*at)).find_map(|sentence| behind_time(note, sentence, used, offers))
    })
}

fn word(sentence: &Sentence, at: usize) -> &str {
    sentence.pieces.get(at).and_then(|piece| sentence.marked.get(piece.at.clone())).unwrap_or_default()
}

/// A noun that is a place ("tuinkamer", "room", "Teams"), with what stands around it.
fn by_noun(note: &Note<'_>, sentence: &Sentence, offers: &Offers) -> Option<String> {
    let is_place = |at: usize| {
        let plain = word(sentence, at);
        let is_word = sentence.pieces.get(at).is_some_and(|piece| piece.mark == Mark::Word);
        is_word && (offers.in_list("place_stems", plain) || ends_in_place(plain, offers))
    };
    let nouns = (0..sentence.pieces.len()).filter(|at| is_place(*at) && !is_unknown(sentence, *at, offers));
    nouns.into_iter().find_map(|noun| {
        let mut start = noun;
        while start > 0 && !stops_before(sentence, start - 1, offers) && noun - start < 4 {
            start -= 1;
        }
        let mut end = noun + 1;
        while end < sentence.pieces.len() && !stops_behind(note, sentence, end, offers) {
            end += 1;
        }
        // "the room is double booked" and "the same room" name none.
        let is_bare = end == start + 1 && offers.in_list("place_generic", word(sentence, start));
        let is_same = offers.in_list("place_same", word(sentence, start));
        if is_bare || is_same { None } else { written(note, sentence, start, end) }
    })
}

/// "tuinkamer", "vergaderzaal": the end of a compound says that it is a place.
fn ends_in_place(plain: &str, offers: &Offers) -> bool {
    let letters: Vec<(usize, char)> = plain.char_indices().collect();
    letters
        .iter()
        .skip(1)
        .any(|(at, _)| plain.get(*at..).is_some_and(|tail| tail.len() >= 4 && offers.in_list("place_stems", tail)))
}

/// "zaal volgt nog": the place is still to come.
fn is_unknown(sentence: &Sentence, noun: usize, offers: &Offers) -> bool {
    let next = word(sentence, noun + 1);
    offers.in_list("place_unknown", next) || offers.in_list("place_asked", word(sentence, noun.wrapping_sub(1)))
}

fn stops_before(sentence: &Sentence, at: usize, offers: &Offers) -> bool {
    let plain = word(sentence, at);
    let is_word = sentence.pieces.get(at).is_some_and(|piece| matches!(piece.mark, Mark::Word | Mark::Person));
    !is_word
        || offers.in_list("place_starts", plain)
        || offers.in_list("place_ends", plain)
        || !plain.chars().all(char::is_alphabetic)
}

fn stops_behind(note: &Note<'_>, sentence: &Sentence, at: usize, offers: &Offers) -> bool {
    let plain = word(sentence, at);
    let piece = sentence.pieces.get(at);
    // "2.14" and "10.30" behind a room are numbers of rooms.
    if plain == "." {
        let inside = piece.and_then(|piece| {
            Some((
                note.tokens.get(piece.tokens.start.checked_sub(1)?)?,
                note.tokens.get(piece.tokens.start)?,
                note.tokens.get(piece.tokens.end)?,
            ))
        });
        return !inside.is_some_and(|(before, dot, next)| before.touches(dot) && dot.touches(next) && next.number().is_some());
    }
    let is_name = piece.is_some_and(|piece| matches!(piece.mark, Mark::Person | Mark::Word));
    !is_name || offers.in_list("place_ends", plain)
}

/// Without a noun: what follows the time with a preposition, "10.30 bij de apotheek".
fn behind_time(note: &Note<'_>, sentence: &Sentence, used: &[Found], offers: &Offers) -> Option<String> {
    let last = used.iter().filter(|found| sentence.tokens.contains(&found.pieces.start)).map(|found| found.pieces.end).max()?;
    let from = sentence.pieces.iter().position(|piece| piece.tokens.start >= last)?;
    let preposition =
        (from..sentence.pieces.len()).take(3).find(|at| offers.in_list("place_prepositions", word(sentence, *at)))?;
    let mut start = preposition + 1;
    while offers.in_list("articles", word(sentence, start)) {
        start += 1;
    }
    let mut end = start;
    while end < sentence.pieces.len() && !stops_behind(note, sentence, end, offers) {
        end += 1;
    }
    written(note, sentence, start, end)
}

fn written(note: &Note<'_>, sentence: &Sentence, start: usize, end: usize) -> Option<String> {
    let first = sentence.pieces.get(start)?.tokens.start;
    let last = sentence.pieces.get(end.checked_sub(1)?)?.tokens.end;
    let text = note.written(first..last.max(first));
    (!text.is_empty()).then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}
