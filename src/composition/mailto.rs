//! `mailto:` addresses for the buttons in letters (RFC 6068, M144).

use crate::model::MailAddress;

/// RFC 6068 section 2 with M144: everything but unreserved characters is percent-encoded, per UTF-8 octet;
/// a blank is `%20`, never `+`; a line break is `%0D%0A`. The token lives in the address, so the mail finds
/// its case even where a client loses subject or body.
pub fn mailto(to: &MailAddress, subject: &str, body: &str) -> String {
    let mut uri = String::with_capacity(200);
    uri.push_str("mailto:");
    encode(to.local_part(), &mut uri);
    uri.push('@');
    encode(to.domain(), &mut uri);
    uri.push_str("?subject=");
    encode(subject, &mut uri);
    uri.push_str("&body=");
    encode(&body.replace("\r\n", "\n").replace('\n', "\r\n"), &mut uri);
    uri
}

fn encode(text: &str, out: &mut String) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(HEX.get(usize::from(byte >> 4)));
            out.extend(HEX.get(usize::from(byte & 15)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plus_blank_break_and_letters_outside_ascii_survive_every_client() {
        let to = "klachten+abc@zorg.example".parse().unwrap();
        assert_eq!(
            mailto(&to, "Sluiten & één", "#sluiten\nrust"),
            "mailto:klachten%2Babc@zorg.example?subject=Sluiten%20%26%20%C3%A9%C3%A9n&body=%23sluiten%0D%0Arust"
        );
    }
}
