//! Answers to invitations (RFC 5546 section 3.2.3), as far as they say who said what about which event.

use super::facts::CalendarAnswer;

/// A calendar object's method and, for an answer, what it says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Calendar {
    /// Upper case, for instance `REPLY`.
    pub(super) method: String,
    pub(super) answer: CalendarAnswer,
}

/// Longest value that is kept, in characters.
const LONGEST_VALUE: usize = 500;

/// Reads the first event of a calendar object; `None` where it is no calendar.
pub(super) fn read(text: &str) -> Option<Calendar> {
    let mut calendar = Calendar { method: String::new(), answer: CalendarAnswer::default() };
    let (mut is_calendar, mut in_event) = (false, false);
    for line in unfold(text) {
        let Some((name, value)) = split_property(&line) else { continue };
        let (name, parameters) = name.split_once(';').unwrap_or((name, ""));
        let value = value.trim();
        match (name.trim().to_ascii_uppercase().as_str(), in_event) {
            ("BEGIN", _) if value.eq_ignore_ascii_case("VCALENDAR") => is_calendar = true,
            ("BEGIN", _) if value.eq_ignore_ascii_case("VEVENT") => in_event = true,
            // One answer is one event; the instances of a series would follow here.
            ("END", true) if value.eq_ignore_ascii_case("VEVENT") => break,
            ("METHOD", false) => calendar.method = value.to_ascii_uppercase(),
            ("UID", true) => calendar.answer.uid = kept(value),
            ("SEQUENCE", true) => calendar.answer.sequence = value.parse().ok(),
            ("ATTENDEE", true) if calendar.answer.attendee.is_none() => {
                let address = value.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:")).and_then(|_| value.get(7..));
                calendar.answer.attendee = kept(address.unwrap_or(value));
                calendar.answer.partstat = parameter(parameters, "PARTSTAT").map(|status| status.to_ascii_uppercase());
            }
            _ => {}
        }
    }
    is_calendar.then_some(calendar)
}

/// RFC 5545 section 3.1: a line that begins with a blank continues the one before.
fn unfold(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().take(5_000) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) if last.len() < 64 * 1024 => last.push_str(rest),
            (Some(_), Some(_)) => {}
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The colon that ends name and parameters stands outside quotation marks.
fn split_property(line: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let colon = line.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b':' && !quoted
    })?;
    Some((line.get(..colon)?, line.get(colon + 1..)?))
}

fn parameter(parameters: &str, name: &str) -> Option<String> {
    parameters.split(';').find_map(|one| {
        let (key, value) = one.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

fn kept(value: &str) -> Option<String> {
    let value: String = value.chars().filter(|c| !c.is_control()).take(LONGEST_VALUE).collect();
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_through_folds_and_quoted_names() {
        let text = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:20250417-\r\n abc@x.example\r\nATTENDEE;CN=\"Stins: \
                    R\";PARTSTAT=declined:MAILTO:r.stins@\r\n voorbeeldzorg.example\r\nSEQUENCE:2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        let calendar = read(text).unwrap();
        assert_eq!(calendar.method, "REPLY");
        assert_eq!(
            calendar.answer,
            CalendarAnswer {
                uid: Some("20250417-abc@x.example".to_owned()),
                sequence: Some(2),
                attendee: Some("r.stins@voorbeeldzorg.example".to_owned()),
                partstat: Some("DECLINED".to_owned()),
            }
        );
        assert_eq!(read("Goedemiddag: dit is geen agenda"), None);
    }
}
