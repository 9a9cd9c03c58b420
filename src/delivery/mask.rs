//! Servers repeat addresses in their answers; what is kept of an answer holds none (M161, M185).

/// Longest text kept of one answer, in characters.
const LONGEST: usize = 500;

/// The text with the local part of every address hidden, on one line, and not longer than a log wants.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        for piece in word.split_inclusive(['<', '>', ',', ';', '(', ')', '[', ']', '"', ':', '=']) {
            match piece.find('@') {
                Some(at) => {
                    out.push('…');
                    out.push_str(piece.get(at..).unwrap_or_default());
                }
                None => out.push_str(piece),
            }
        }
    }
    if let Some((end, _)) = out.char_indices().nth(LONGEST) {
        out.truncate(end);
    }
    out.retain(|c| !c.is_control());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_part_of_an_address_is_not_kept() {
        assert_eq!(
            masked("5.1.1 <j.jansen@voorbeeld.example>: Recipient address rejected"),
            "5.1.1 <…@voorbeeld.example>: Recipient address rejected"
        );
        assert_eq!(masked("to=jan+k7x@a.example,\r\n  gone"), "to=…@a.example, gone");
        assert_eq!(masked("<a@b.example>,<c@d.example>"), "<…@b.example>,<…@d.example>");
    }

    #[test]
    fn an_endless_answer_is_cut() {
        assert_eq!(masked(&"é".repeat(9000)).chars().count(), LONGEST);
    }
}
