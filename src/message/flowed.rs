//! `format=flowed`: soft lines joined again (RFC 3676 section 4, M99).

/// Joins the soft lines of a flowed text. `delete_space` is the `DelSp` parameter.
pub(super) fn unfold(text: &str, delete_space: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // Quote depth of the soft line that waits for its rest.
    let mut waiting: Option<usize> = None;
    for line in text.split('\n') {
        let depth = line.bytes().take_while(|byte| *byte == b'>').count();
        let content = line.get(depth..).unwrap_or_default();
        let content = content.strip_prefix(' ').unwrap_or(content);
        // RFC 3676 section 4.3: the signature separator is never soft.
        let is_separator = content == "-- ";
        match waiting {
            Some(open) if open == depth && !is_separator => {}
            Some(_) => {
                out.push('\n');
                begin(&mut out, depth);
            }
            None => begin(&mut out, depth),
        }
        if content.ends_with(' ') && !is_separator {
            out.push_str(if delete_space { content.strip_suffix(' ').unwrap_or(content) } else { content });
            waiting = Some(depth);
        } else {
            out.push_str(content);
            out.push('\n');
            waiting = None;
        }
    }
    if !text.ends_with('\n') && out.ends_with('\n') {
        out.pop();
    } else if text.ends_with('\n') {
        out.truncate(out.trim_end_matches('\n').len() + 1);
    }
    out
}

fn begin(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push('>');
    }
    if depth > 0 {
        out.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn soft_lines_are_joined_within_their_quotation_and_never_in_a_signature() {
        assert_eq!(unfold("een \ntwee\n> oud \n> ouder\n-- \nnaam", false), "een twee\n> oud ouder\n-- \nnaam");
        assert_eq!(unfold("lang \nwoord", true), "langwoord");
        assert_eq!(unfold(" From hier", false), "From hier");
    }
}
