//! Prefixes of subjects (M65). Protocol habits of mail programs rather than words of a language.

use super::machine_words::without_tags;

const REPLY: [&str; 10] = ["re", "aw", "antw", "beantw", "betr", "sv", "vs", "odp", "r", "ref"];
const FORWARD: [&str; 8] = ["fw", "fwd", "wg", "doorst", "tr", "rv", "vl", "enc"];

/// A subject as two of them are compared (M65): without prefixes and tags, however many, lower case, blanks as one.
pub fn base_subject(subject: &str) -> String {
    let mut rest = without_tags(subject);
    while let Some(prefix) = first_prefix(rest) {
        let known = REPLY.contains(&prefix.as_str()) || FORWARD.contains(&prefix.as_str());
        match rest.split_once(':').filter(|_| known) {
            Some((_, after)) => rest = without_tags(after),
            None => break,
        }
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

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
    let rest = without_tags(subject);
    let (prefix, _) = rest.split_once(':')?;
    let prefix = prefix.split(['[', '(']).next().unwrap_or_default().trim();
    (!prefix.is_empty() && prefix.chars().count() <= 8).then(|| prefix.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_are_compared_without_what_clients_and_gateways_add() {
        for subject in [
            "Wachttijd oogpoli",
            "Re: wachttijd  oogpoli",
            "RE[2]: Antw: Wachttijd oogpoli",
            "[EXTERN] Doorst:Wachttijd oogpoli",
            "***SPAM*** AW: WG: wachttijd oogpoli",
            "Re: [EXTERNAL] SV: Wachttijd oogpoli",
        ] {
            assert_eq!(base_subject(subject), "wachttijd oogpoli", "{subject}");
        }
        assert_eq!(base_subject("Klacht: Re: eten"), "klacht: re: eten");
    }

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
