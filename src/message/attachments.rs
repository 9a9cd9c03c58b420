//! Attachments, listed under safe names (M96). Nothing is opened.

use super::charset::decoded_size;
use super::facts::Attachment;
use super::structure::Part;

/// Longest name that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// One attachment; `number` names it where the mail does not.
pub(super) fn attachment(part: &Part<'_>, number: usize) -> Attachment {
    let claimed = part
        .headers
        .media_type("Content-Disposition")
        .and_then(|disposition| disposition.parameter("filename").map(ToOwned::to_owned))
        .or_else(|| part.media.parameter("name").map(ToOwned::to_owned));
    let name = claimed.map(|name| safe_name(&name)).filter(|name| !name.is_empty());
    Attachment {
        // The media type is the sender's word as much as a name is.
        name: name.unwrap_or_else(|| safe_name(&format!("{number}.{}", extension(&part.media.name)))),
        media_type: part.media.name.chars().filter(|c| !c.is_control()).collect(),
        bytes: decoded_size(part.body, part.encoding().trim()),
    }
}

/// A base name that is safe on every system: no path, no control or bidi character, no reserved device name.
pub(super) fn safe_name(claimed: &str) -> String {
    let base = claimed.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = base
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .map(|c| if "<>:\"|?*".contains(c) { '_' } else { c })
        .collect();
    let kept = kept.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let name = if kept.chars().count() > LONGEST_NAME {
        // The extension tells people what it is, so it survives the cut.
        let extension: String = kept.rsplit_once('.').map_or("", |(_, extension)| extension).chars().take(10).collect();
        let head: String = kept.chars().take(LONGEST_NAME - 11).collect();
        format!("{head}.{extension}")
    } else {
        kept.to_owned()
    };
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let numbered =
        |prefix: &str| stem.strip_prefix(prefix).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()));
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT") {
        return format!("_{name}");
    }
    name
}

/// Direction marks and zero-width characters, which make `exe.txt` of `txt.exe`.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

fn extension(media_type: &str) -> &str {
    match media_type {
        "message/rfc822" | "message/global" => "eml",
        "text/calendar" | "application/ics" => "ics",
        "text/html" => "html",
        "text/plain" => "txt",
        "image/jpeg" => "jpg",
        "application/octet-stream" => "bin",
        other => other.rsplit(['/', '+', '-', '.']).next().unwrap_or("bin"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_nowhere_and_show_what_they_are() {
        for (claimed, safe) in [
            ("..\\..\\x", "x"),
            ("/etc/passwd", "passwd"),
            ("a\u{202e}txt.exe", "atxt.exe"),
            ("con.txt", "_con.txt"),
            ("COM1", "_COM1"),
            ("brief: \"mei\".pdf", "brief_ _mei_.pdf"),
            ("  .. ", ""),
        ] {
            assert_eq!(safe_name(claimed), safe);
        }
        let long = safe_name(&format!("{}.pdf", "x".repeat(500)));
        assert_eq!(long.rsplit_once('.').unwrap().1, "pdf");
        assert!(long.len() <= LONGEST_NAME);
    }
}
