//! Prefixes of subjects (M65). Protocol habits of mail programs rather than words of a language.

const REPLY: [&str; 10] = ["re", "aw", "antw", "beantw", "betr", "sv", "vs", "odp", "r", "ref"];
const FORWARD: [&str; 8] = ["fw", "fwd", "wg", "doorst", "tr", "rv", "vl", "enc"];

/// Whether a subject begins like an answer.
pub(super) fn is_reply(subject: &str) -> bool {
    first_prefix(subject).is_some_and(|prefix| REPLY.contains(&prefix.as_str()))
}

/// Whether a subject begins like a forwarded mail.
pub(super) fn is_forward(subject: &str) -> bool {
    first_prefix(subject).is_some_and(|prefix| FORWARD.contains(&prefix.as_str()))
}

/// The word before the first colon, without a count (`RE[2]`) and past tags such as `[EXTERN]`.
fn first_prefix(subject: &str) -> Option<String> {
    let mut rest = subject.trim_start();
    while let Some((_, after)) = rest.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
        rest = after.trim_start();
    }
    let (prefix, _) = rest.split_once(':')?;
    let prefix = prefix.split(['[', '(']).next().unwrap_or_default().trim();
    (!prefix.is_empty() && prefix.chars().count() <= 8).then(|| prefix.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_read_past_tags_and_counts() {
        for subject in ["Re: klacht", "RE[2]: klacht", "[EXTERN] Antw: klacht", "AW:klacht"] {
            assert!(is_reply(subject), "{subject}");
        }
        for subject in ["Klacht: eten", "Over de zorg", "[2026-0142] klacht"] {
            assert!(!is_reply(subject) && !is_forward(subject), "{subject}");
        }
        assert!(is_forward("FW: brief"));
    }
}
