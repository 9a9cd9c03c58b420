//! One mail in words for a person: why did it do that?

use std::collections::HashMap;
use std::fmt::Write as _;

use serde::Deserialize;

use crate::message::{MailFacts, header_fields};
use crate::model::code_of;

/// A line of a case number, a flag or a class begins so far to the right.
const MARGIN: usize = 12;

/// `config/words/explained.toml`: the words for what the reader found.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sentences {
    fields: Vec<String>,
    reason: HashMap<String, Reason>,
    silence: HashMap<String, String>,
    cut: HashMap<String, String>,
    clue: HashMap<String, String>,
    problem: HashMap<String, String>,
}

/// What was seen, and in which fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    says: String,
    #[serde(default)]
    fields: Vec<String>,
}

impl Sentences {
    /// The sentences in the binary.
    pub(super) fn builtin() -> Result<Self, toml::de::Error> {
        toml::from_str(include_str!("../../../config/words/explained.toml"))
    }

    /// The explanation, several lines.
    pub(super) fn explain(&self, name: &str, bytes: &[u8], facts: &MailFacts) -> String {
        let mut out = format!("{name}\n");
        self.class(&mut out, bytes, facts);
        line(&mut out, "from", facts.author.as_ref().map_or("nobody", |author| author.address.as_str()));
        if let Some(transmitter) = &facts.from {
            line(&mut out, "sent by", transmitter.address.as_str());
        }
        line(&mut out, "subject", &facts.subject);
        line(&mut out, "language", &facts.language);
        self.case(&mut out, facts);
        findings(&mut out, facts);
        for attachment in &facts.attachments {
            line(&mut out, "attached", &format!("{} ({}, {} bytes)", attachment.name, attachment.media_type, attachment.bytes));
        }
        for problem in &facts.problems {
            let code = code_of(problem);
            line(&mut out, "problem", self.problem.get(&code).unwrap_or(&code));
        }
        self.words(&mut out, facts);
        out
    }

    /// The class, the reason, and the very fields.
    fn class(&self, out: &mut String, bytes: &[u8], facts: &MailFacts) {
        let short = facts.class_reason.split(" (").next().unwrap_or_default();
        let reason = self.reason.get(short);
        let says = reason.map_or("", |reason| reason.says.as_str());
        line(out, "class", &format!("{}: {says} [{}]", facts.class.code(), facts.class_reason));
        for (name, value) in header_fields(bytes, reason.map_or(&[][..], |reason| &reason.fields)) {
            line(out, "", &format!("{name}: {value}"));
        }
        if let Some(silence) = &facts.silence {
            let code = code_of(silence);
            line(out, "answer", self.silence.get(&code).unwrap_or(&code));
        }
        if let Some(bounce) = &facts.bounce {
            let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "unknown".to_owned());
            let action = text(&bounce.action);
            line(out, "bounce", &format!("{action}, status {}, for {}", text(&bounce.status), text(&bounce.recipient)));
            if let Some(id) = &bounce.original_message_id {
                line(out, "", &format!("it returns the letter {id}"));
            }
        }
        if let Some(answer) = &facts.calendar {
            let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "nobody".to_owned());
            line(out, "calendar", &format!("{} says {:?} to {}", text(&answer.attendee), answer.partstat, text(&answer.uid)));
        }
        let others: Vec<String> =
            self.fields.iter().filter(|field| !reason.is_some_and(|reason| reason.fields.contains(field))).cloned().collect();
        for (at, (name, value)) in header_fields(bytes, &others).into_iter().enumerate() {
            line(out, if at == 0 { "fields" } else { "" }, &format!("{name}: {value}"));
        }
    }

    /// The signs of the case, strongest first.
    fn case(&self, out: &mut String, facts: &MailFacts) {
        for (at, clue) in facts.clues.iter().enumerate() {
            let value = serde_json::to_value(clue).unwrap_or_default();
            let (kind, words) = value
                .as_object()
                .and_then(|one| one.iter().next())
                .map(|(kind, words)| (kind.clone(), words.clone()))
                .unwrap_or_default();
            let says = self.clue.get(&kind).unwrap_or(&kind);
            line(out, if at == 0 { "case" } else { "" }, &format!("{says}: {}", words.as_str().unwrap_or_default()));
        }
        if facts.clues.is_empty() {
            line(out, "case", "nothing leads to a case: a new one, or an officer finds it");
        }
    }

    /// The author's own words, and what was left out of the text and why.
    fn words(&self, out: &mut String, facts: &MailFacts) {
        for (at, cut) in facts.cuts.iter().enumerate() {
            let code = code_of(&cut.why);
            let says = self.cut.get(&code).unwrap_or(&code);
            let lines = if cut.first_line >= cut.last_line {
                format!("line {}", cut.first_line)
            } else {
                format!("lines {}-{}", cut.first_line, cut.last_line)
            };
            line(out, if at == 0 { "left out" } else { "" }, &format!("{lines}, {says}: \"{}\"", cut.begins));
        }
        line(out, "own words", if facts.says_something { "" } else { "none" });
        for words in facts.reply_text.lines() {
            let _ = writeln!(out, "  | {words}");
        }
    }
}

/// What it is about, each with its words.
fn findings(out: &mut String, facts: &MailFacts) {
    let triage = &facts.triage;
    if let Some(intent) = &triage.intent {
        line(out, "intent", &code_of(intent));
    }
    let listed = |values: Vec<String>| values.join(", ");
    for (name, values) in [
        ("about", triage.kinds.iter().map(code_of).collect::<Vec<_>>()),
        ("flags", triage.flags.iter().map(|flag| flag.code().to_owned()).collect()),
        ("purpose", triage.purposes.iter().map(code_of).collect()),
    ] {
        if !values.is_empty() {
            line(out, name, &listed(values));
        }
    }
    if let Some(respondent) = &triage.respondent {
        line(out, "respondent", respondent);
    }
    for (at, finding) in triage.evidence.iter().enumerate() {
        line(out, if at == 0 { "because" } else { "" }, &format!("{}: \"{}\"", finding.label, finding.words));
    }
}

fn line(out: &mut String, name: &str, words: &str) {
    let _ = writeln!(out, "  {name:<MARGIN$}{words}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, SystemClock};
    use crate::message::{OwnAddresses, Words, understand};

    #[test]
    fn an_operator_reads_the_field_the_cut_and_the_words() {
        let mail = "Return-Path: <>\nFrom: jan@mail.example\nTo: klachten@voorbeeldzorg.example\nSubject: Re: klacht\nAuto-Submitted: \
                    auto-replied (vacation)\nMessage-ID: <1@mail.example>\n\nIk ben weg.\n\nOp 3 mei 2026 om 10:12 schreef X \
                    <x@y.example>:\n> oud\n> ouder\n";
        let own = OwnAddresses { addresses: Vec::new(), separator: '+', trace: String::new() };
        let facts = understand(mail.as_bytes(), &own, &Words::builtin().unwrap(), SystemClock.now());
        let told = Sentences::builtin().unwrap().explain("x.eml", mail.as_bytes(), &facts);
        for part in [
            "auto_reply: a field says that a program",
            "Auto-Submitted: auto-replied (vacation)",
            "its return path is empty (M2)",
            "line 3, an announcement of a quotation, and what it announces: \"Op 3 mei 2026 om 10:12 schreef X",
            "lines 4-5, quoted lines: \"> oud\"",
            "  | Ik ben weg.",
            "no readable Date",
        ] {
            assert!(told.contains(part), "{part}\n{told}");
        }
    }

    /// A reason, a cut or a problem without a sentence would be shown as its code.
    #[test]
    fn every_reason_in_the_sources_has_its_sentence() {
        let sentences = Sentences::builtin().unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/message");
        let sources = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        for source in sources.filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
            let text = std::fs::read_to_string(&source).unwrap();
            let texts = text.split("#[cfg(test)]").next().unwrap().split('"').skip(1).step_by(2);
            for reason in texts.filter(|text| text.ends_with(')') && (text.contains(" (M") || text.contains(" (R"))) {
                let short = reason.split(" (").next().unwrap();
                if short.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
                    assert!(sentences.reason.contains_key(short), "{reason} of {} has no sentence", source.display());
                }
            }
        }
    }
}
