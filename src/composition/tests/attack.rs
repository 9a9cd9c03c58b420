//! What people write may be meant to harm: it never becomes markup, a header, or somebody else's original.

use super::*;

#[test]
fn what_a_person_wrote_never_becomes_markup_or_a_header_field() {
    use crate::mediation::Passage;
    use crate::mediation::reply::Refusal;
    let composer = composer();
    for hostile in HOSTILE {
        for kind in LetterKind::ALL {
            for (number, sample) in samples(kind).into_iter().enumerate() {
                let calm = sample.compose(&composer, Language::Nl).unwrap();
                let mut attacked = sample.clone();
                attacked.case.complainant.name = sample.case.complainant.name.as_ref().map(|_| hostile.to_owned());
                attacked.case.subject = hostile.to_owned();
                attacked.desk.name = hostile.to_owned();
                attacked.officers[0].name = hostile.to_owned();
                if let Some((facts, raw)) = &mut attacked.mail {
                    facts.subject = hostile.to_owned();
                    facts.reply_text = hostile.to_owned();
                    facts.author =
                        facts.author.clone().map(|author| crate::model::Mailbox { name: Some(hostile.to_owned()), ..author });
                    for attachment in &mut facts.attachments {
                        attachment.name = hostile.to_owned();
                    }
                    for finding in &mut facts.triage.evidence {
                        finding.words = hostile.to_owned();
                    }
                    raw.clear();
                }
                if let Passage::Refusal(Refusal::UnknownCommand { word, .. } | Refusal::Incomplete { argument: word, .. }) =
                    &mut attacked.order.passage
                    && !word.is_empty()
                {
                    *word = hostile.to_owned();
                }
                let letter = attacked.compose(&composer, Language::Nl).unwrap();
                let name = format!("{} {number} {hostile:?}", kind.template());
                assert_eq!(field_names(&letter), field_names(&calm), "{name}");
                let mail = parsed(&letter);
                assert_eq!(mail.to().unwrap().iter().count(), 1, "{name}");
                assert!(mail.bcc().is_none(), "{name}");
                assert_eq!(mail.text_body_count() + mail.html_body_count(), 2, "{name}");
                let elements = |letter: &OutgoingLetter| html(letter).matches('<').count() - html(letter).matches("<br>").count();
                if !kind_lists_words(kind, &sample) {
                    assert_eq!(elements(&letter), elements(&calm), "{name}");
                }
                let page = html(&letter);
                assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("href=\"http://evil"), "{name}");
                if mail_words(kind, &sample) {
                    let literal = hostile.replace(['\0', '\u{202e}'], "").replace("\r\n", "\n");
                    let seen = visible(&page).replace(char::is_whitespace, "");
                    assert!(seen.contains(&literal.replace(char::is_whitespace, "")), "{name}");
                    let text = plain(&letter).replace("\n> ", "\n");
                    assert!(text.contains(literal.trim()), "{name}: {text}");
                }
            }
        }
    }
}

#[test]
fn a_forged_name_carries_no_advertisement_to_the_complainant() {
    let composer = composer();
    for hostile in ["Win at http://evil.example", "evil.example", "x@evil.example"] {
        for kind in LetterKind::ALL.into_iter().filter(|kind| is_for_party(*kind)) {
            let mut sample = samples(kind).remove(0);
            sample.case.complainant.name = Some(hostile.to_owned());
            for party in sample.case.respondents.values_mut() {
                party.name = Some(hostile.to_owned());
            }
            let letter = sample.compose(&composer, Language::Nl).unwrap();
            let all = String::from_utf8(letter.bytes.clone()).unwrap();
            assert!(!all.contains("evil") && plain(&letter).starts_with("Goedendag,"), "{} (M21)", kind.template());
        }
    }
}

/// Whether the letter shows the words of a mail.
fn mail_words(kind: LetterKind, sample: &Sample) -> bool {
    let shows = matches!(kind, LetterKind::OfficerNewCase | LetterKind::OfficerFurtherMail | LetterKind::OfficerFollowUpAnswer);
    shows && sample.mail.is_some()
}

/// Letters whose shape depends on how long the words are or on whether a name can greet.
fn kind_lists_words(kind: LetterKind, sample: &Sample) -> bool {
    // A name that can not greet is not listed among those who take part either (R14).
    let lists_people =
        [LetterKind::Invitation, LetterKind::Appointment, LetterKind::AppointmentChanged, LetterKind::AppointmentReminder];
    (kind == LetterKind::OfficerNewCase && sample.desk.attach_original_up_to == 10) || lists_people.contains(&kind)
}

#[test]
fn an_original_that_is_not_clean_is_attached_byte_for_byte() {
    use mail_parser::MimeHeaders;
    let mut sample = samples(LetterKind::OfficerNewCase).remove(0);
    let raw = b"From: x\r\n\r\nna\xefef \0 \x80".to_vec();
    sample.mail.as_mut().unwrap().1 = raw.clone();
    let letter = sample.compose(&composer(), Language::En).unwrap();
    let mail = parsed(&letter);
    let part = mail.attachment(0).unwrap();
    assert_eq!(part.contents(), raw);
    assert_eq!(part.attachment_name(), Some("original-message.eml"));
    sample.desk.attach_original_up_to = 5;
    assert_eq!(parsed(&sample.compose(&composer(), Language::En).unwrap()).attachment_count(), 0);
}

#[test]
fn a_clean_original_is_attached_as_a_message() {
    let letter = samples(LetterKind::OfficerNewCase)[0].clone();
    let mut letter = letter;
    letter.mail.as_mut().unwrap().1 = b"From: anna@post.example\nSubject: x\n\nhallo\n".to_vec();
    let letter = letter.compose(&composer(), Language::Nl).unwrap();
    assert!(parsed(&letter).attachment(0).unwrap().is_message());
}

#[test]
fn a_long_thread_keeps_its_first_and_last_ids_and_ends_in_the_anchor() {
    let mut sample = samples(LetterKind::Acknowledgement).remove(0);
    sample.case.thread = (0..50).map(|n| format!("m{n}@post.example").parse().unwrap()).collect();
    let letter = sample.compose(&composer(), Language::Nl).unwrap();
    let head = head(&letter);
    let references = head.split("\r\nReferences: ").nth(1).unwrap().split("\r\nAuto").next().unwrap();
    let ids: Vec<&str> = references.split("\r\n ").collect();
    assert_eq!((ids.len(), ids[0], ids[18]), (20, "<m0@post.example>", "<m49@post.example>"));
    assert!(ids[19].contains(".00000000000000000000000000000000@"));
    assert!(head.contains("In-Reply-To: <m49@post.example>"));
}
