//! The `inspect --json` contract (design.md section 6): every key always there.

use serde_json::{Value, json};

use super::facts::MailFacts;
use crate::model::Purpose;

/// One mail as the line that `inspect --json` prints.
pub fn inspect_json(file: &str, facts: &MailFacts) -> Value {
    let triage = &facts.triage;
    let from = facts.author.as_ref().map(|author| match &author.name {
        Some(name) => format!("{name} <{}>", author.address),
        None => author.address.to_string(),
    });
    let purpose = if triage.purposes.is_empty() { vec![Purpose::NoneStated] } else { triage.purposes.clone() };
    json!({
        "file": file,
        "class": facts.class.code(),
        "reason": facts.class_reason,
        "language": facts.language,
        "from": from,
        "subject": facts.subject,
        "reply_text": facts.reply_text,
        "intent": triage.intent.unwrap_or(crate::model::Intent::Other),
        "categories": triage.kinds,
        "against_person": triage.against_person,
        "respondent": triage.respondent,
        "flags": triage.flags.iter().map(|flag| flag.code()).collect::<Vec<_>>(),
        "purpose": purpose,
        "evidence": triage.evidence,
        "bounce": facts.bounce,
        "calendar": facts.calendar,
        "attachments": facts.attachments,
        "problems": facts.problems,
    })
}
