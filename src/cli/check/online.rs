//! What `check --online` learns by a mail of the desk to itself and from the DNS (M60, M72, M75).

use std::time::Duration;

use crate::cli::output;
use crate::daemon::{DeskSetup, DomainPolicy, DomainRecords, Published, SelfMail, domain_policy, write_to_itself};
use crate::message::ServerWord;
use crate::model::Instant;

/// How long the mail may be on its way: a minute is what people wait for.
const PATIENCE: Duration = Duration::from_mins(1);

/// What keeps the desk from working; what only deserves to be known is written out.
pub(super) async fn faults_of(desk: &DeskSetup, dns: &dyn DomainRecords, now: Instant) -> Vec<String> {
    let key = desk.desk.key().as_str();
    let say = |what: &str| {
        let _ = output::line(&format!("{key}: {what}"));
    };
    let mut faults = Vec::new();
    match write_to_itself(desk, dns, now, PATIENCE).await {
        Ok(SelfMail::NotTried) => {
            say("mail to itself: not tried, as its letters go into a folder");
            return faults;
        }
        Ok(SelfMail::Refused(words)) => faults.push(format!(
            "{key}: mail to itself: the submission server does not take mail for an address such as the cases of this desk \
             have: {words}\n  hint: let the server accept addresses with something behind a +, or try separator = \"-\""
        )),
        Ok(SelfMail::Lost { plain_came: true }) => faults.push(format!(
            "{key}: mail to itself: mail for the desk's address comes, mail for an address such as its cases have does not\n  \
             hint: switch on sub-addressing (plus addressing) on the mail server, or try separator = \"-\""
        )),
        Ok(SelfMail::Lost { plain_came: false }) => faults.push(format!(
            "{key}: mail to itself: it was sent and did not come within a minute\n  \
             hint: look for it in the junk folder and in the queue of the submission server; is this the mailbox of the desk?"
        )),
        Ok(SelfMail::Came { kept_detail, word, is_signed }) => {
            say("mail to itself: came back");
            if !kept_detail {
                say("note: the mail server cuts the sign of the case off the address; answers find their case by their thread");
            }
            faults.extend(word.and_then(|word| server_fault(desk, word)));
            say(if is_signed {
                "DKIM: its mail bears a valid signature of its domain"
            } else {
                "note: DKIM: no signature of its own domain that the DNS proves; letters may be taken for junk"
            });
        }
        Err(error) => faults.push(format!("{key}: mail to itself: {error}")),
    }
    match domain_policy(&desk.desk.facts.message_id_domain, dns).await {
        Ok(policy) => notes_on(&policy).iter().for_each(|note| say(note)),
        Err(error) => say(&format!("note: SPF and DMARC: {error}")),
    }
    faults
}

/// M75: a server whose word outsiders can forge may not be believed.
fn server_fault(desk: &DeskSetup, word: ServerWord) -> Option<String> {
    let key = desk.desk.key().as_str();
    let authentication = desk.desk.authentication.as_ref()?;
    let server = &authentication.server.as_ref()?.id;
    match word {
        ServerWord::Safe => None,
        ServerWord::Forgeable => Some(format!(
            "{key}: authentication: not safe: a forged Authentication-Results of {server} came through unchanged\n  \
             hint: let the server remove such fields from incoming mail, or leave out authserv_id and write dkim = true"
        )),
        ServerWord::Absent if authentication.keys.is_some() => None,
        ServerWord::Absent => Some(format!(
            "{key}: authentication: {server} wrote no Authentication-Results into a mail sent this way; an officer who sends \
             the same way would be refused\n  hint: look up the name in a mail of an officer, or write dkim = true"
        )),
    }
}

fn notes_on(policy: &DomainPolicy) -> [String; 2] {
    let note = |name: &str, found: &Published, advice: &str| match found {
        Published::Record(record) => format!("{name}: {record}"),
        Published::Nothing => format!("note: {name}: its domain publishes none; {advice}"),
        Published::Several => format!("note: {name}: its domain publishes more than one, which counts as none"),
    };
    [
        note("SPF", &policy.spf, "name the servers that send its mail, or letters may be taken for junk"),
        note("DMARC", &policy.dmarc, "large providers ask for one (p=none is a beginning)"),
    ]
}
