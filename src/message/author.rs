//! Who wrote it, as claimed (M70, M80), and whom a web form stands for (R4).

use super::facts::{OwnAddresses, Problem};
use super::header::{Headers, RawAddress};
use super::identification::is_own;
use super::machine_words::WebForm;
use crate::model::{MailAddress, Mailbox};

/// Longest display name that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// The people a header names.
#[derive(Debug, Default)]
pub(super) struct Author {
    /// The person to answer.
    pub(super) person: Option<Mailbox>,
    /// `From`, where the person was found elsewhere.
    pub(super) transmitter: Option<Mailbox>,
    /// The person was named by a form, so that marks of a machine in the header are the form's own.
    pub(super) is_web_form: bool,
    /// Somebody else's form names a person: what it sends may be a complaint, but nobody is answered by it (M20, M34).
    pub(super) is_foreign_form: bool,
}

/// Finds the author. `text` is searched for the fields of a web form.
pub(super) fn author(
    headers: &Headers<'_>,
    text: &str,
    own: &OwnAddresses,
    form: &WebForm,
    problems: &mut Vec<Problem>,
) -> Author {
    let written = headers.addresses("From");
    let mailboxes: Vec<Mailbox> = written.iter().filter_map(mailbox).collect();
    if mailboxes.len() > 1 {
        problems.push(Problem::SeveralAuthors);
    }
    // M70: the first one; Sender and Return-Path are other roles.
    let Some(from) = mailboxes.into_iter().next() else {
        problems.push(Problem::NoAuthor);
        return Author::default();
    };
    if from.name.as_deref().is_some_and(|name| names_another_address(name, &from.address)) {
        problems.push(Problem::MisleadingName);
    }
    let sends_forms = form.senders.contains(&from.address.local_part().to_lowercase());
    // Many a site sends its form in the name of the very address that it is for.
    let is_form = is_own(&from.address, own) || (sends_forms && is_of_own_domain(&from.address, own));
    if is_form && let Some(person) = person_behind(headers, text, &from, own, form) {
        return Author { person: Some(person), transmitter: Some(from), is_web_form: true, is_foreign_form: false };
    }
    let is_foreign_form = form_fields(text, form).address.is_some_and(|address| !address.same_person(&from.address));
    Author { person: Some(from), transmitter: None, is_web_form: false, is_foreign_form }
}

/// An address with its name, if it can be written to.
pub(super) fn mailbox(raw: &RawAddress) -> Option<Mailbox> {
    let address: MailAddress = raw.address.as_deref()?.parse().ok()?;
    let name = raw.name.as_deref().map(|name| name.chars().take(LONGEST_NAME).collect::<String>());
    Some(Mailbox { name: name.filter(|name| !name.eq_ignore_ascii_case(address.as_str())), address })
}

/// M80: a display name that holds another address than the real one.
fn names_another_address(name: &str, address: &MailAddress) -> bool {
    name.split([' ', '<', '>', '(', ')', '"', '\'', ',', ';'])
        .filter_map(|word| word.parse::<MailAddress>().ok())
        .any(|claimed| claimed.domain().contains('.') && !claimed.same_person(address))
}

/// A form of our own web site, or of a part of it. Without a known address of our own nothing is ruled out.
fn is_of_own_domain(address: &MailAddress, own: &OwnAddresses) -> bool {
    let domain = address.comparable_domain();
    own.addresses.is_empty()
        || own.addresses.iter().any(|ours| {
            let ours = ours.comparable_domain();
            domain == ours || domain.ends_with(&format!(".{ours}")) || ours.ends_with(&format!(".{domain}"))
        })
}

/// M20: only a form of our own may name somebody else to answer, in Reply-To or in its fields.
fn person_behind(headers: &Headers<'_>, text: &str, from: &Mailbox, own: &OwnAddresses, form: &WebForm) -> Option<Mailbox> {
    let stranger = |mailbox: &Mailbox| !mailbox.address.same_person(&from.address) && !is_own(&mailbox.address, own);
    let fields = form_fields(text, form);
    let replies = headers.addresses("Reply-To");
    let mut person = replies.iter().filter_map(mailbox).find(&stranger).or_else(|| {
        let address = fields.address?;
        Some(Mailbox { name: None, address }).filter(&stranger)
    })?;
    person.name = person.name.or(fields.name);
    Some(person)
}

#[derive(Default)]
struct FormFields {
    name: Option<String>,
    address: Option<MailAddress>,
}

/// `Naam: …` and `E-mailadres: …`, the value on the same line or on the next.
fn form_fields(text: &str, form: &WebForm) -> FormFields {
    let mut fields = FormFields::default();
    let mut lines = text.lines().take(200).map(str::trim).peekable();
    while let Some(line) = lines.next() {
        let Some((label, value)) = line.split_once(':') else { continue };
        let label = label.trim_matches(['*', ' ', '\u{a0}']).to_lowercase();
        let is_name = form.name_labels.contains(&label);
        if !is_name && !form.address_labels.contains(&label) {
            continue;
        }
        let value = value.trim_matches(['*', ' ', '\u{a0}', '\t']);
        let value = if value.is_empty() { lines.peek().copied().unwrap_or_default() } else { value };
        if is_name && fields.name.is_none() && !value.contains(':') && !value.is_empty() {
            fields.name = Some(value.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect());
        } else if !is_name && fields.address.is_none() {
            fields.address =
                value.split([' ', '<', '>', '(', '[']).find_map(|word| word.trim_start_matches("mailto:").parse().ok());
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::words::Words;

    fn check(mail: &str, text: &str, person: Option<&str>, problems: &[Problem]) {
        let own = OwnAddresses {
            addresses: vec!["klachten@voorbeeldzorg.example".parse().unwrap()],
            separator: '+',
            trace: "x".to_owned(),
        };
        let mut found = Vec::new();
        let words = Words::builtin().unwrap();
        let (headers, _) = Headers::split(mail.as_bytes());
        let author = author(&headers, text, &own, &words.automatic.webform, &mut found);
        let written = author.person.map(|one| format!("{} {}", one.name.unwrap_or_default(), one.address));
        assert_eq!(written.as_deref().map(str::trim), person, "{mail}");
        assert_eq!(found, problems, "{mail}");
    }

    #[test]
    fn the_first_author_counts_and_oddities_are_named() {
        check("From: A <a@x.example>, B <b@x.example>\n\n", "", Some("A a@x.example"), &[Problem::SeveralAuthors]);
        check("Subject: x\n\n", "", None, &[Problem::NoAuthor]);
        check("From: Jan Jansen\n\n", "", None, &[Problem::NoAuthor]);
        check("From: undisclosed:;\n\n", "", None, &[Problem::NoAuthor]);
        check(
            "From: \"directie@voorbeeldzorg.example\" <x@other.example>\n\n",
            "",
            Some("directie@voorbeeldzorg.example x@other.example"),
            &[Problem::MisleadingName],
        );
    }

    #[test]
    fn a_form_of_our_own_site_stands_for_the_person_it_names_and_a_strangers_form_does_not() {
        let text = "Naam: Gerda ter Horst\nE-mailadres:\n gerda@mail.example\n";
        check("From: noreply@www.voorbeeldzorg.example\n\n", text, Some("Gerda ter Horst gerda@mail.example"), &[]);
        check("From: noreply@formulieren.example\n\n", text, Some("noreply@formulieren.example"), &[]);
        check("From: website@voorbeeldzorg.example\nReply-To: G <g@mail.example>\n\n", "", Some("G g@mail.example"), &[]);
        check(
            "From: b.visser@voorbeeldzorg.example\nReply-To: g@mail.example\n\n",
            "",
            Some("b.visser@voorbeeldzorg.example"),
            &[],
        );
    }
}
