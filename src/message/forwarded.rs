//! Who wrote a mail that somebody forwards: the first row of the block that mail programs put above it (R4, M66).

use super::words::Words;
use crate::model::{MailAddress, Mailbox};

/// The author of the first forwarded mail in a text: what its block of header rows says, so a claim.
pub fn forwarded_author(text: &str, words: &Words) -> Option<Mailbox> {
    let labels = &words.quotation.header_block.from;
    text.lines().find_map(|line| {
        let line = line.trim_start_matches(|c: char| c == '>' || c == '*' || c.is_whitespace());
        let (label, rest) = line.split_once(':')?;
        let label = label.trim_matches(|c: char| c == '*' || c.is_whitespace()).to_lowercase();
        if !labels.contains(&label) {
            return None;
        }
        mailbox_in(rest)
    })
}

/// `Anna de Boer <anna@post.example>`, `anna@post.example`, or `Anna [mailto:anna@post.example]`.
fn mailbox_in(text: &str) -> Option<Mailbox> {
    let piece = text.split(|c: char| c.is_whitespace() || "<>[]()\"';,".contains(c)).find(|piece| piece.contains('@'))?;
    let address: MailAddress = piece.trim_start_matches("mailto:").parse().ok()?;
    let before = text.split(piece).next().unwrap_or_default();
    let name = before.trim_matches(|c: char| c.is_whitespace() || "<[(\"'*".contains(c)).trim_end_matches("mailto:");
    Some(Mailbox { name: Some(name.trim().to_owned()).filter(|name| !name.is_empty()), address })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_author_of_a_forwarded_mail_is_found_in_the_blocks_of_many_clients() {
        let words = Words::builtin().unwrap();
        for text in [
            "#nieuw\n\n-----Oorspronkelijk bericht-----\nVan: Anna de Boer <anna@post.example>\nVerzonden: maandag\nAan: receptie",
            "Ter info.\n> From: Anna de Boer <anna@post.example>\n> Sent: Monday",
            "*Van:* Anna de Boer [mailto:anna@post.example]\n*Verzonden:* maandag",
        ] {
            let author = forwarded_author(text, &words).unwrap();
            assert_eq!((author.name.as_deref(), author.address.as_str()), (Some("Anna de Boer"), "anna@post.example"));
        }
        assert_eq!(forwarded_author("Zij komt van: de markt.", &words), None);
    }
}
