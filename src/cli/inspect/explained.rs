//! One mail in words for a person: why did it do that?

use crate::message::{MailFacts, Words};

/// The explanation, several lines.
pub(super) fn explained(name: &str, _bytes: &[u8], facts: &MailFacts, _words: &Words) -> String {
    let mut lines = vec![format!("{name}"), format!("  class      {} because of {}", facts.class.code(), facts.class_reason)];
    if let Some(silence) = facts.silence {
        lines.push(format!(
            "  no answer  {}",
            serde_json::to_value(silence).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        ));
    }
    lines.push(format!("  from       {}", facts.author.as_ref().map_or("nobody", |author| author.address.as_str())));
    lines.push(format!("  subject    {}", facts.subject));
    lines.push(format!("  language   {}", facts.language));
    for finding in &facts.triage.evidence {
        lines.push(format!("  {:<10} because of \"{}\"", finding.label, finding.words));
    }
    for attachment in &facts.attachments {
        lines.push(format!("  attached   {} ({}, {} bytes)", attachment.name, attachment.media_type, attachment.bytes));
    }
    for problem in &facts.problems {
        lines.push(format!(
            "  problem    {}",
            serde_json::to_value(problem).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
        ));
    }
    lines.push("  own words".to_owned());
    lines.extend(facts.reply_text.lines().map(|line| format!("  | {line}")));
    lines.join("\n")
}
