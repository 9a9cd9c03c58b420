//! What holds for every letter.

use mail_parser::MessageParser;

use super::paper::PaperKind;
use super::sample::{Sample, samples};
use super::*;
use crate::mediation::{PartyRole, Phase, Recipient};
use crate::model::{Audience, Holder, Language, RespondentNumber};

const BERT: RespondentNumber = RespondentNumber(1);

mod attack;
mod invitation;

fn composer() -> Composer {
    match Composer::proven(None) {
        Ok(composer) => composer,
        Err(faults) => panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

/// Every sample of every letter in every language.
fn all() -> Vec<(LetterKind, Language, usize, Sample, OutgoingLetter)> {
    let composer = composer();
    let mut letters = Vec::new();
    for kind in LetterKind::ALL {
        for language in Language::ALL {
            for (index, sample) in samples(kind).into_iter().enumerate() {
                let letter = sample.compose(&composer, language).unwrap();
                letters.push((kind, language, index + 1, sample, letter));
            }
        }
    }
    letters
}

#[test]
fn every_shipped_letter_can_be_written_with_every_way_it_can_differ() {
    assert!(all().len() > 80);
}

#[test]
fn letters_as_their_readers_get_them() {
    for (kind, language, number, _, letter) in all() {
        let mail = MessageParser::default().parse(&letter.bytes).unwrap();
        let text = String::from_utf8_lossy(&letter.bytes);
        let head = text.split("\r\n\r\n").next().unwrap();
        let plain = mail.body_text(0).unwrap().replace("\r\n", "\n");
        let name = format!("{}.{}.{number}", kind.template(), language.tag());
        // The long sample would drown the rest; its size is another test's business.
        let plain: String = plain.chars().take(4000).collect();
        insta::assert_snapshot!(name.clone(), format!("{}\n\n{plain}", head.replace("\r\n", "\n")));
        if number == 1 {
            insta::assert_snapshot!(format!("{name}.html"), mail.body_html(0).unwrap());
        }
    }
}

fn parsed(letter: &OutgoingLetter) -> mail_parser::Message<'_> {
    MessageParser::default().parse(&letter.bytes).unwrap()
}

fn plain(letter: &OutgoingLetter) -> String {
    parsed(letter).body_text(0).unwrap().replace("\r\n", "\n")
}

fn html(letter: &OutgoingLetter) -> String {
    parsed(letter).body_html(0).unwrap().into_owned()
}

fn is_for_party(kind: LetterKind) -> bool {
    kind.readership().is_party()
}

fn head(letter: &OutgoingLetter) -> String {
    let end = letter.bytes.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    String::from_utf8(letter.bytes[..end].to_vec()).unwrap()
}

fn field_names(letter: &OutgoingLetter) -> Vec<String> {
    let head = head(letter);
    let fields = head.split("\r\n").filter(|line| !line.starts_with([' ', '\t']));
    fields.map(|line| line.split_once(':').unwrap().0.to_ascii_lowercase()).collect()
}

/// The text that a reader of the HTML part sees.
fn visible(html: &str) -> String {
    let body = html.split_once("<body").unwrap().1;
    let mut out = String::new();
    let mut inside = true;
    for c in body.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let out = out.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    out.replace("&amp;", "&")
}

#[test]
fn every_letter_is_clean_on_the_wire() {
    for (kind, language, number, _, letter) in all() {
        let name = format!("{} {} {number}", kind.template(), language.tag());
        let names = field_names(&letter);
        let once = ["from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type"];
        for field in once.into_iter().chain(["x-auto-response-suppress", "x-wederhoor-trace", "content-language"]) {
            assert_eq!(names.iter().filter(|known| *known == field).count(), 1, "{name}: {field} (M139)");
        }
        assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), names.len(), "{name}: {names:?}");
        for line in head(&letter).split("\r\n") {
            // A single id or address longer than the line can not be folded.
            assert!(line.len() <= 78 || !line.trim_start().contains(' ') || line.contains('@'), "{name}: {line} (M138)");
        }
        for line in letter.bytes.split_inclusive(|byte| *byte == b'\n') {
            assert!(line.ends_with(b"\r\n") && line.len() <= 1000, "{name}: a line that strict servers refuse (M138)");
            assert!(!line[..line.len() - 2].contains(&b'\r'), "{name}: bare CR (M138)");
        }
        assert!(letter.bytes.is_ascii() && !letter.bytes.contains(&0), "{name}");
        let auto = if kind.answers_a_mail() { "auto-replied" } else { "auto-generated" };
        let marked = head(&letter).contains(&format!("Auto-Submitted: {auto}\r\n"));
        assert_eq!(marked, !kind.carries_words(), "{name} (M132)");
        assert_eq!(head(&letter).contains("Precedence: bulk"), kind == LetterKind::FollowUp, "{name} (M135)");
        let subject = parsed(&letter).subject().unwrap().to_owned();
        assert!(subject.chars().count() < 120 && !subject.contains("{{"), "{name}: {subject}");
        let page = html(&letter);
        assert!(page.len() < 100_000, "{name}: {} bytes (M142)", page.len());
        assert!(page.contains(&format!("lang=\"{}\"", language.tag())), "{name}");
        let scheme_link = "https://voorbeeldzorg.example/klachtenregeling";
        assert!(!page.replace(scheme_link, "").contains("http"), "{name}: a link nobody configured (M143)");
        assert!(!page.contains("<img") && !page.contains("url("), "{name}: remote content (M143)");
        for link in page.split("href=\"mailto:").skip(1) {
            let link = link.split('"').next().unwrap();
            assert!(
                link.len() < 1800 && !link.contains('+') && !link.replace("&amp;", "").contains('&'),
                "{name}: {link} (M144)"
            );
        }
    }
}

#[test]
fn the_same_order_gives_the_same_bytes() {
    let (first, second) = (composer(), composer());
    for kind in LetterKind::ALL {
        for sample in samples(kind) {
            assert_eq!(sample.compose(&first, Language::Nl).unwrap(), sample.compose(&second, Language::Nl).unwrap());
        }
    }
}

#[test]
fn both_parts_say_the_same() {
    let words = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect()
    };
    for (kind, language, number, _, letter) in all() {
        // The link of a word stands beside it in the plain part, and a numbered list has its numbers written.
        let text = plain(&letter).replace(" (https://voorbeeldzorg.example/klachtenregeling)", "");
        let text = text.lines().map(|line| line.trim_start_matches(|c: char| c.is_numeric()).to_owned() + "\n");
        let lists = kind == LetterKind::FollowUp;
        let text: String =
            if lists { text.collect() } else { plain(&letter).replace(" (https://voorbeeldzorg.example/klachtenregeling)", "") };
        let mut page = visible(&html(&letter));
        if let Some(rest) = page.trim_start().strip_prefix("Klachtenhulp Voorbeeldzorg") {
            page = rest.to_owned();
        }
        let page = if lists { page.replace("010-0000000", "-0000000") } else { page };
        let text = if lists { text.replace("010-0000000", "-0000000") } else { text };
        assert_eq!(words(&page), words(&text), "{} {} {number} (M140)", kind.template(), language.tag());
    }
}

#[test]
fn a_letter_to_the_complainant_holds_nothing_of_the_officer_or_of_the_complaint() {
    for (kind, language, number, sample, letter) in all() {
        let all = format!("{}\n{}\n{}", head(&letter), plain(&letter), html(&letter));
        let name = format!("{} {} {number}", kind.template(), language.tag());
        let token = |holder, audience| sample.case.token(holder, audience).map(|token| token.to_string());
        if is_for_party(kind) {
            for secret in ["m.smit@", "k.haddad@", "beheer@", "Weer moest ik", "wachten", "Ich weiß"] {
                assert!(!all.contains(secret), "{name} holds {secret} (I6, M21)");
            }
            if let Some(token) = token(Holder::Officer, Audience::File) {
                assert!(!all.contains(&token), "{name} holds the officer's address of the case (I9)");
            }
            let others =
                [("anna.de.boer@", Recipient::COMPLAINANT), ("b.visser@", Recipient::Party(PartyRole::Respondent(BERT)))];
            for (address, reader) in others {
                assert_eq!(all.contains(address), sample.order.to == reader, "{name}: {address} (I6)");
            }
            assert!(!letter.bytes.windows(14).any(|w| w == b"message/rfc822"), "{name} (M21)");
        } else if let Some(token) = token(Holder::Complainant, Audience::File) {
            assert!(!all.contains(&token), "{name} holds the complainant's address of the case");
        }
    }
}

/// Phrases that domain.md section 4 forbids, and what would hurt or mislead.
const FORBIDDEN: [&str; 24] = [
    "had niet mogen",
    "genoodzaakt",
    "calamiteit",
    "u dreigt",
    "signaalwoorden",
    "opgelost",
    "tegenpartij",
    "beklaagde",
    "garander",
    "jouw",
    " je ",
    "no-reply",
    "ongegrond",
    "formulier",
    "unfortunately",
    "calamity",
    "threat",
    "resolved",
    "opponent",
    "accused",
    "guarantee",
    "should not have happened",
    "regret to",
    "we are forced",
];

/// The sample of what people wrote: it is theirs, not ours to make plain.
const THEIR_WORDS: &str = "Op 2 november wachtte iemand twee uur op de poli.";

#[test]
fn letters_to_people_are_short_plain_and_signed() {
    for (kind, language, number, _, letter) in all().into_iter().filter(|letter| is_for_party(letter.0)) {
        let name = format!("{} {} {number}", kind.template(), language.tag());
        let text = plain(&letter);
        for phrase in FORBIDDEN {
            assert!(!text.to_lowercase().contains(phrase), "{name}: {phrase}");
        }
        let hours = if language == Language::En { "weekdays 9 am to 4 pm" } else { "werkdagen 9.00-16.00 uur" };
        for fact in ["Marieke Smit", "010-0000000", hours] {
            assert!(text.contains(fact), "{name}: {fact} (R28)");
        }
        assert!(parsed(&letter).subject().unwrap().ends_with("[2026-0142]"), "{name}");
        // The phone with its hours is read as one thing.
        let text = text.replace(&format!("010-0000000 ({hours})"), "nummer").replace(THEIR_WORDS, "");
        for paragraph in text.split("\n\n").filter(|p| !p.starts_with("Met vriend") && !p.starts_with("Kind")) {
            for sentence in paragraph.split_inclusive(['.', '?', '!', ':']).flat_map(|s| s.split('\n')) {
                let length = sentence.split_whitespace().count();
                assert!(length <= 18, "{name}: {length} words: {sentence}");
            }
        }
    }
}

fn of(kind: LetterKind, index: usize, language: Language) -> String {
    plain(&samples(kind)[index].compose(&composer(), language).unwrap())
}

#[test]
fn the_confirmation_holds_its_facts_only_where_they_are_facts() {
    let full = of(LetterKind::Acknowledgement, 0, Language::Nl);
    for fact in ["maandag 16 november", "maandag 23 november", "maandag 28 december", "klachtenregeling (https", "112", "partij"]
    {
        assert!(full.contains(fact), "{fact}");
    }
    let bare = of(LetterKind::Acknowledgement, 1, Language::Nl);
    assert!(bare.starts_with("Goedendag,\n\n"));
    assert!(bare.contains("Would you rather read this in English?"));
    for absent in ["december", "klachtenregeling", "http"] {
        assert!(!bare.contains(absent), "{absent}");
    }
}

#[test]
fn the_careful_confirmation_gives_help_before_procedure() {
    for language in Language::ALL {
        let text = of(LetterKind::CarefulAcknowledgement, 0, language);
        assert!(text.contains("112") && text.contains("113") && text.contains("0800-0113"));
        for absent in ["december", "December", "klachtenregeling", "antwoord van de organisatie"] {
            assert!(!text.contains(absent), "{absent}");
        }
    }
    assert!(of(LetterKind::CarefulAcknowledgement, 0, Language::Nl).contains("vandaag, of uiterlijk dinsdag 17 november"));
    // In the evening nobody is promised that a person reads it today.
    assert!(!of(LetterKind::CarefulAcknowledgement, 1, Language::Nl).contains("vandaag"));
}

#[test]
fn the_follow_up_asks_at_most_five_questions_and_says_it_is_the_only_time() {
    for language in Language::ALL {
        let text = of(LetterKind::FollowUp, 0, language);
        let questions = text.lines().filter(|line| line.starts_with(|c: char| c.is_ascii_digit()) && line.contains(". ")).count();
        assert!((1..=5).contains(&questions), "{questions}");
        assert!(text.contains("één keer") || text.contains("only this once"));
    }
}

#[test]
fn closing_says_settled_only_where_the_complainant_said_so() {
    for (index, outcome) in crate::model::Outcome::ALL.into_iter().enumerate() {
        let text = of(LetterKind::Closing, index, Language::Nl);
        assert_eq!(text.contains("dat het zo goed is"), outcome == crate::model::Outcome::Satisfied, "{outcome:?}");
        assert_eq!(text.contains("Later nog één bericht"), outcome.is_followed_up(), "{outcome:?}");
    }
}

const HOSTILE: [&str; 17] = [
    "{{case}}",
    "{{{case.number}}}",
    "{{#each acts}}x{{/each}}",
    "<script>alert(1)</script>",
    "[x](http://evil.example)",
    "# kop",
    "`code` **vet** _x_",
    "&amp; &#60; &lt;",
    "\"><img src=x onerror=alert(1)>",
    "a\r\nBcc: x@evil.example",
    "a\nSubject: b",
    "<a href='mailto:x@evil.example'>klik</a>",
    "--=_text-01a1e36b914077078707070707070707",
    ".\r\n.",
    "\u{202e}omgekeerd",
    "nul\0nul",
    "=?utf-8?q?=0D=0ABcc:x@evil.example?=",
];

#[test]
fn every_fault_of_a_desks_own_letters_is_reported_at_once() {
    let own = |name: &str, text: &str| (Source::from_file_name(name).unwrap(), text.to_owned());
    let overrides: Overrides = [
        own("nl/closing.md", "---\nsubject: Uw zaak\n---\nBeste {{complainant.nam}}, {{#if outcome.satisfid}}ja{{/if}}"),
        own("en/closing.md", "Zonder kop"),
        own("nl/reopened.md", "---\nsubject: x\n---\n{{#if case.contact_by}}\n\nOpen\n"),
        own("en/reopened.md", "---\nsubject: x\n---\n{{{case.number}}} and {{> nowhere}}"),
        own("nl/follow-up.md", "---\nsubject: x\nkleur: rood\n---\n<b>Hallo</b> {{lookup a b}}"),
        own("en/follow-up.md", "---\nsubject: x\n---\nBy {{case.contact_by}} {{complainant.written_name}}"),
    ]
    .into();
    let faults = Composer::new(Some(&overrides)).unwrap_err();
    let all = faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    for part in [
        "nl/closing.md: unknown field {{complainant.nam}}; known here: complainant.address, complainant.name",
        "nl/closing.md: unknown field {{outcome.satisfid}}",
        "en/closing.md: the letter has no head",
        "nl/reopened.md: a condition that does not end",
        "en/reopened.md: a placeholder that is escaped or raw",
        "en/reopened.md: there is no part `nowhere`",
        "nl/follow-up.md: unknown line `kleur`",
        "nl/follow-up.md: something a letter may not hold",
        "nl/follow-up.md: unknown tag {{lookup a b}}",
    ] {
        assert!(all.contains(part), "missing: {part}\nin:\n{all}");
    }
}

#[test]
fn a_field_that_is_not_always_there_is_found_at_start_up() {
    let own = "---\nsubject: x\n---\nBy {{case.contact_by}}";
    let overrides: Overrides = [(Source::from_file_name("en/reopened.md").unwrap(), own.to_owned())].into();
    let faults = Composer::new(Some(&overrides)).unwrap_err();
    assert!(faults[0].to_string().contains("case.contact_by is not filled in"), "{}", faults[0]);
}

#[test]
fn the_words_for_every_code_exist_in_every_language() {
    use crate::model::{Flag, Outcome};
    for language in Language::ALL {
        let words = wording::Wording::read(language).unwrap();
        assert!(Flag::ALL.iter().all(|flag| words.flags.known(flag.code()).is_some()));
        assert!(Outcome::ALL.iter().all(|outcome| words.outcomes.known(outcome.code()).is_some()));
        assert!(LetterKind::ALL.iter().all(|kind| words.letters.known(kind.template()).is_some()));
        assert!(OperatorTrouble::ALL.iter().all(|trouble| words.troubles.contains_key(trouble.code())));
        for code in Phase::CODES {
            assert!(words.states.known(code).is_some(), "{code}");
        }
    }
}

#[test]
fn the_preview_shows_every_letter_light_and_dark() {
    let pages = preview(&composer()).unwrap();
    let papers = pages.iter().filter(|page| page.bytes.starts_with(b"%PDF")).count();
    assert_eq!(papers, PaperKind::ALL.len() * Language::ALL.len());
    assert_eq!(pages.len(), 1 + 2 * all().len() + papers);
    assert_eq!(pages[0].file_name, "index.html");
    assert!(pages.iter().any(|page| page.file_name == "nl/acknowledgement-careful-1.dark.html"));
}

#[test]
fn the_index_of_the_preview_has_each_sample_of_each_letter_once() {
    let pages = preview(&composer()).unwrap();
    let index = std::str::from_utf8(&pages[0].bytes).unwrap();
    for kind in LetterKind::ALL {
        let name = kind.template();
        assert_eq!(index.matches(&format!("<div class=\"samples\" id=\"{name}\">")).count(), 1, "{name}");
    }
    assert_eq!(index.matches("<section id=").count(), all().len());
}

#[test]
fn an_answer_to_the_operators_alarm_does_not_become_a_complaint() {
    for (_, _, _, _, letter) in all().into_iter().filter(|letter| letter.0 == LetterKind::OperatorAlarm) {
        let mail = parsed(&letter);
        assert_eq!(mail.reply_to().unwrap().first().unwrap().address(), Some("beheer@voorbeeldzorg.example"));
        assert_eq!(letter.case, None);
    }
}
