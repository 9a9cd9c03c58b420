//! What has to prove that an officer wrote, beside the address and the case's own token (M71–M77).

use super::quantity::Reading;
use super::section::Section;
use crate::message::TrustedServer;

/// Reads `[desk.authentication]`; `None` where it is absent. A section without its one needed key would look like a
/// demand and be none, so that is a fault.
pub fn read(section: Section<'_>) -> Option<TrustedServer> {
    let mut server = None;
    if section.is_there() {
        let id = section.required("authserv_id", "the name of your mail server in Authentication-Results", host);
        let hosts = section.list("own_servers", host).into_iter().map(|host| host.value).collect();
        server = id.map(|id| TrustedServer { id: id.value, hosts });
    }
    section.finish();
    server
}

fn host(text: &str) -> Reading<String> {
    let is_name = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if is_name {
        Ok(text.to_owned())
    } else {
        Err(("is not the name of a server".to_owned(), "write it like mx.voorbeeldzorg.example".to_owned()))
    }
}
