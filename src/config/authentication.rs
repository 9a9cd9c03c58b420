//! What has to prove that an officer wrote, beside the address and the case's own token (M71–M77).

use super::quantity::Reading;
use super::section::Section;
use crate::message::TrustedServer;

/// `[desk.authentication]`, proved: one of the two is named, and where both are, either is enough.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticationSettings {
    /// The server whose `Authentication-Results` are believed (M72).
    pub server: Option<TrustedServer>,
    /// Whether we verify DKIM signatures ourselves (M75).
    pub dkim: bool,
}

/// Reads `[desk.authentication]`; `None` where it is absent. A section that demands nothing would look like a demand
/// and be none, so that is a fault.
pub fn read(section: Section<'_>) -> Option<AuthenticationSettings> {
    let mut settings = None;
    if section.is_there() {
        let dkim = section.flag("dkim");
        let id = if dkim {
            section.parsed("authserv_id", host)
        } else {
            section.required("authserv_id", "the name of your mail server in Authentication-Results, or dkim = true", host)
        };
        let hosts = section.list("own_servers", host).into_iter().map(|host| host.value).collect();
        let server = id.map(|id| TrustedServer { id: id.value, hosts });
        settings = Some(AuthenticationSettings { server, dkim });
    }
    section.finish();
    settings
}

fn host(text: &str) -> Reading<String> {
    let is_name = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    if is_name {
        Ok(text.to_owned())
    } else {
        Err(("is not the name of a server".to_owned(), "write it like mx.voorbeeldzorg.example".to_owned()))
    }
}
