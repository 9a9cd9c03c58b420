//! From what the rules found to the command lines, in the order in which they must run.

use std::ops::Range;

use super::CaseFacts;
use super::arguments::Writer;
use super::cues::{Offers, Rule};
use super::reading::{Note, Sentence};

/// Something that a sentence asks for, or tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    /// What, by the name of the rule.
    pub offer: String,
    /// The sentence, by index.
    pub sentence: usize,
    /// Where in the marked sentence.
    pub at: Range<usize>,
}

/// What the rules find, in the order of the note.
pub(super) fn hits(note: &Note<'_>, facts: &CaseFacts, offers: &Offers) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for (index, sentence) in note.sentences.iter().enumerate() {
        for rule in &offers.rules {
            let fits = rule.states.is_empty() || rule.states.contains(&facts.state);
            if !fits || rule.not_states.contains(&facts.state) {
                continue;
            }
            if let Some(at) = asked(rule, sentence, offers) {
                hits.push(Hit { offer: rule.offer.clone(), sentence: index, at });
            }
        }
    }
    hits.sort_by_key(|hit| (hit.sentence, hit.at.end));
    hits
}

/// Where a rule's cue stands in a sentence and nothing takes it back.
fn asked(rule: &Rule, sentence: &Sentence, offers: &Offers) -> Option<Range<usize>> {
    if rule.unless.iter().any(|unless| unless.is_match(&sentence.marked)) {
        return None;
    }
    let is_free = |guard: &str| rule.free_of.iter().any(|free| free == guard);
    let is_request = offers.request.is_match(&sentence.marked);
    if sentence.is_question && !is_request && !is_free("question") {
        return None;
    }
    let found = rule.cues.iter().flat_map(|cue| cue.find_iter(&sentence.marked)).map(|found| found.range());
    let mut standing: Vec<Range<usize>> = found
        .filter(|at| {
            let clause = sentence.around(at);
            // "Could you tell him I have …": what is asked of the desk is not the officer's own work.
            let is_asked = offers.says("request.strong", clause);
            offers.guards.iter().filter(|guard| !is_asked || !matches!(guard.name.as_str(), "own" | "party")).all(|guard| {
                let holds = (!rule.fact || guard.for_facts || guard.name == "negation" || guard.name == "condition")
                    && !is_free(&guard.name);
                let heard = if guard.whole_sentence { &sentence.marked } else { clause };
                let heard = if rule.content { up_to(sentence, heard, at.end) } else { heard };
                !holds || !guard.words.iter().any(|words| words.is_match(heard))
            })
        })
        .collect();
    standing.sort_by_key(|at| (at.start, std::cmp::Reverse(at.end)));
    standing.into_iter().next()
}

/// The part of a stretch of the sentence that lies before a place.
fn up_to<'a>(sentence: &'a Sentence, stretch: &'a str, end: usize) -> &'a str {
    let start = stretch.as_ptr() as usize - sentence.marked.as_ptr() as usize;
    stretch.get(..end.saturating_sub(start).min(stretch.len())).unwrap_or(stretch)
}

/// The command lines of a note.
pub(super) fn lines(note: &Note<'_>, facts: &CaseFacts, offers: &Offers) -> Vec<String> {
    let mut hits = hits(note, facts, offers);
    if hits.iter().any(|hit| hit.offer == "agreements") {
        // The agreements themselves promise, and command nothing.
        hits.retain(|hit| note.sentences.get(hit.sentence).is_some_and(|sentence| !sentence.in_list));
    }
    let writer = Writer { note, facts, offers, hits: &hits };
    let mut written: Vec<(Hit, String)> = Vec::new();
    for hit in &hits {
        for line in writer.lines(hit) {
            written.push((hit.clone(), line));
        }
    }
    in_order(consistent(written, note, facts))
}

/// Commands that take each other's place.
fn consistent(mut written: Vec<(Hit, String)>, note: &Note<'_>, facts: &CaseFacts) -> Vec<String> {
    let has = |written: &[(Hit, String)], word: &str| {
        written.iter().any(|(_, line)| line == word || line.starts_with(&format!("{word} ")))
    };
    let drop = |written: &mut Vec<(Hit, String)>, word: &str| {
        written.retain(|(_, line)| !(line == word || line.starts_with(&format!("{word} "))));
    };
    if has(&written, "#ingetrokken") {
        // Closing, the end of a talk and the last letter follow from a withdrawal.
        for follows in ["#sluiten", "#annuleer", "#klager", "#heropenen", "#bemiddeling", "#gehouden"] {
            drop(&mut written, follows);
        }
    }
    if has(&written, "#niet-gehouden") {
        drop(&mut written, "#gehouden");
        drop(&mut written, "#annuleer");
        drop(&mut written, "#verzet");
    }
    if has(&written, "#verzet") {
        drop(&mut written, "#annuleer");
    }
    if has(&written, "#machtiging") {
        drop(&mut written, "#klager");
        drop(&mut written, "#verduidelijking");
    }
    if has(&written, "#bevestig") || has(&written, "#vrij") {
        let settled: Vec<String> = written
            .iter()
            .filter_map(|(_, line)| line.strip_prefix("#bevestig ").or_else(|| line.strip_prefix("#vrij ")))
            .filter_map(|rest| rest.split(' ').next().map(str::to_owned))
            .collect();
        written.retain(|(_, line)| line.strip_prefix("#markeer ").is_none_or(|flag| !settled.iter().any(|known| known == flag)));
    }
    if has(&written, "#gehouden") {
        drop(&mut written, "#bemiddeling");
        drop(&mut written, "#gesproken");
        drop(&mut written, "#annuleer");
    }
    if has(&written, "#bemiddeling") && !facts.respondents.is_empty() {
        drop(&mut written, "#verduidelijking");
    }
    if has(&written, "#wissen") || has(&written, "#rapport") {
        drop(&mut written, "#dossier");
    }
    // A new case of nobody else is a second matter of this complainant.
    for (_, line) in written.iter_mut().filter(|(_, line)| line == "#nieuw") {
        "#splitsen".clone_into(line);
    }
    if has(&written, "#nieuw") {
        for belongs in ["#splitsen", "#beklaagde", "#wederhoor"] {
            drop(&mut written, belongs);
        }
    }
    if has(&written, "#help") {
        drop(&mut written, "#lijst");
    }
    if has(&written, "#afspraken") {
        drop(&mut written, "#afspraak");
        drop(&mut written, "#bevestig");
    }
    // A letter that a command brings is no further message: one sentence, one letter.
    let letters: Vec<(usize, Range<usize>)> = written
        .iter()
        .filter(|(_, line)| LETTERS.iter().any(|word| line == word || line.starts_with(&format!("{word} "))))
        .map(|(hit, _)| (hit.sentence, clause_of(note, hit)))
        .collect();
    written.retain(|(hit, _)| hit.offer != "tell" || !letters.contains(&(hit.sentence, clause_of(note, hit))));
    let mut lines: Vec<String> = Vec::new();
    for (_, line) in written {
        // One command once, except for those that name somebody or some body.
        let word = line.split(' ').next().unwrap_or_default();
        let repeats = ["#verwijs", "#beklaagde", "#beklaagde-new", "#markeer", "#vrij", "#bevestig", "#advies"].contains(&word);
        let known = lines.iter().position(|other| if repeats { *other == line } else { other.split(' ').next() == Some(word) });
        match known.and_then(|at| lines.get_mut(at)) {
            // Said twice, once with what it needs.
            Some(other) if !other.contains(' ') => *other = line,
            Some(_) => {}
            None => lines.push(line),
        }
    }
    lines
}

/// Commands that send a letter of their own.
const LETTERS: [&str; 17] = [
    "#advies",
    "#verwijs",
    "#verdaging",
    "#doorgeven",
    "#wederhoor",
    "#bemiddeling",
    "#afspraak",
    "#verzet",
    "#annuleer",
    "#afspraken",
    "#geen-nameting",
    "#verduidelijking",
    "#machtiging",
    "#inzage",
    "#dossier",
    "#stop",
    "#taal",
];

/// The clauses that a hit touches, to tell whether two hits speak of the same thing.
fn clause_of(note: &Note<'_>, hit: &Hit) -> Range<usize> {
    let Some(sentence) = note.sentences.get(hit.sentence) else { return 0..0 };
    let start =
        sentence.clauses.iter().find(|clause| hit.at.start < clause.end.saturating_sub(1)).map_or(0, |clause| clause.start);
    start..start
}

/// What must come before what: the order of the note, except where an earlier command would block a later one or
/// would send a letter in the wrong language.
fn in_order(mut lines: Vec<String>) -> Vec<String> {
    let word = |line: &str| line.split(' ').next().unwrap_or_default().to_owned();
    let mut to_front = |wanted: &str, before: &[&str]| {
        while let Some(at) = lines.iter().position(|line| word(line) == wanted) {
            let Some(first) =
                lines.iter().position(|line| before.is_empty() && word(line) != wanted || before.contains(&word(line).as_str()))
            else {
                break;
            };
            if first > at {
                break;
            }
            let line = lines.remove(at);
            lines.insert(first, line);
            if lines.iter().filter(|line| word(line) == wanted).count() > 1 && wanted != "#vrij" && wanted != "#beklaagde" {
                break;
            }
            if wanted == "#beklaagde" {
                break;
            }
        }
    };
    to_front("#beklaagde-new", &["#wederhoor", "#bemiddeling"]);
    to_front("#vrij", &["#bemiddeling", "#wederhoor", "#afspraak", "#verzet"]);
    to_front("#annuleer", &["#markeer", "#bevestig", "#ingetrokken"]);
    to_front("#gehouden", &["#afspraken", "#sluiten", "#verwijs", "#afspraak"]);
    to_front("#niet-gehouden", &["#afspraak"]);
    to_front("#afspraken", &["#sluiten"]);
    to_front("#taal", &[]);
    to_front("#gesproken", &[]);
    to_front("#stop", &[]);
    lines.into_iter().map(|line| line.replace("#beklaagde-new", "#beklaagde")).collect()
}
