//! A mailbox full of complaints, the same at every run: most are a few kB of text with an HTML twin, a few
//! carry attachments, a handful carry large ones.

use std::fmt::Write as _;

use data_encoding::BASE64_MIME;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};

const FIRST_NAMES: [&str; 12] =
    ["Anna", "Bert", "Chantal", "Daan", "Els", "Fatima", "Gijs", "Hanneke", "Ilse", "Joost", "Karin", "Mo"];
const LAST_NAMES: [&str; 10] =
    ["de Boer", "Jansen", "Yilmaz", "van Dijk", "Bakker", "Visser", "El Amrani", "Smit", "Mulder", "Pieters"];
const SUBJECTS: [&str; 6] = [
    "Klacht over de thuiszorg",
    "Niet tevreden over het gesprek van dinsdag",
    "Afspraak voor de derde keer verzet",
    "Hoe er met mijn moeder is omgegaan",
    "Rekening klopt niet",
    "Klacht",
];
const SENTENCES: [&str; 16] = [
    "Vorige week dinsdag heb ik drie kwartier in de wachtkamer gezeten zonder dat iemand iets zei.",
    "Mijn moeder is 83 en kan niet goed meer lopen, dat weten jullie al jaren.",
    "De begeleider zei dat ik maar een andere instelling moest zoeken als het me niet beviel.",
    "Ik heb meerdere keren gebeld en werd niet teruggebeld.",
    "Toen ik vroeg waarom, haalde zij haar schouders op.",
    "De medicijnen lagen op maandag nog op het aanrecht, terwijl was afgesproken dat ze gegeven zouden worden.",
    "Ik vind dat er slecht naar ons geluisterd wordt.",
    "Op 12 oktober stond er weer iemand anders voor de deur dan op het rooster.",
    "Ik wil graag een gesprek met de teamleider, met iemand erbij die niet van het team is.",
    "Excuses zouden al heel wat zijn.",
    "Het gaat mij er vooral om dat dit een ander niet overkomt.",
    "De brief van 3 september heb ik nooit gekregen, en toch krijg ik een aanmaning.",
    "Mijn broer is zijn mentor en wordt overal buiten gehouden.",
    "Dit is niet de eerste keer, in juni hebben we hetzelfde gehad.",
    "Ik slaap er slecht van en zie tegen elke afspraak op.",
    "Wat gaat u hieraan doen, en wanneer hoor ik iets?",
];

/// How large the attachment of a mail is, in bytes; most have none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mix {
    /// Text of 2 to 10 kB; of each 50 mails one with 50 to 500 kB, of each 2,000 one with 2 to 6 MB.
    Mixed,
    /// The same, and every 1,000th mail has 30 MB.
    WithHuge,
}

/// One mail, by its number.
pub fn mail(number: usize, mix: Mix) -> Vec<u8> {
    let mut random = SmallRng::seed_from_u64(number as u64);
    let attachment = match number {
        _ if mix == Mix::WithHuge && number % 1_000 == 500 => Some(22_000_000), // 30 MB in base64
        _ if number % 2_000 == 1_000 => Some(random.random_range(1_500_000..4_500_000)),
        _ if number % 50 == 25 => Some(random.random_range(37_000..370_000)),
        _ => None,
    };
    let name = format!("{} {}", FIRST_NAMES.choose(&mut random).unwrap(), LAST_NAMES.choose(&mut random).unwrap());
    let domain = format!("post{}.example", random.random_range(0..40));
    let (minute, second) = ((number / 60) % 60, number % 60);
    let mut mail = String::new();
    let _ = write!(
        mail,
        "Return-Path: <klager{number}@{domain}>\r\n\
         Received: from mx{}.{domain} (mx.{domain} [192.0.2.{}]) by mail.voorbeeldzorg.example (Postfix) with ESMTPS\r\n\
         \tid {:016X} for <klachten@voorbeeldzorg.example>; Mon, 16 Nov 2026 09:{minute:02}:{second:02} +0100 (CET)\r\n\
         Authentication-Results: mail.voorbeeldzorg.example; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}\r\n\
         DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s=s1; h=from:to:subject:date:message-id;\r\n\
         \tbh={}=;\r\n\tb={}\r\n\
         From: {name} <klager{number}@{domain}>\r\nTo: klachten@voorbeeldzorg.example\r\nSubject: {}\r\n\
         Date: Mon, 16 Nov 2026 09:{minute:02}:{second:02} +0100\r\nMessage-ID: <{:032x}@{domain}>\r\nMIME-Version: 1.0\r\n",
        random.random_range(1..9),
        random.random_range(1..250),
        random.next_u64(),
        noise(&mut random, 32).replace("\r\n", ""),
        noise(&mut random, 256).replace("\r\n", "\r\n\t"),
        SUBJECTS.choose(&mut random).unwrap(),
        u128::from(random.next_u64()) << 64 | u128::from(random.next_u64()),
    );
    let length = random.random_range(500..4_000);
    let text = words(&mut random, length, &name);
    let html = text.replace("\r\n\r\n", "</p>\r\n<p style=\"margin:0cm;font-family:Calibri,sans-serif\">");
    let mut body = format!(
        "Content-Type: multipart/alternative; boundary=\"alt\"\r\n\r\n\
         --alt\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n\
         --alt\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>{html}</p></body></html>\r\n--alt--\r\n"
    );
    if let Some(bytes) = attachment {
        body = format!(
            "Content-Type: multipart/mixed; boundary=\"mix\"\r\n\r\n--mix\r\n{body}\
             --mix\r\nContent-Type: image/jpeg; name=\"IMG_{number}.jpg\"\r\nContent-Transfer-Encoding: base64\r\n\
             Content-Disposition: attachment; filename=\"IMG_{number}.jpg\"\r\n\r\n{}--mix--\r\n",
            noise(&mut random, bytes)
        );
    }
    mail.push_str(&body);
    mail.into_bytes()
}

/// Sentences with a number now and then, so that no mail is another's copy.
fn words(random: &mut SmallRng, bytes: usize, name: &str) -> String {
    let mut text = String::from("Geachte mevrouw, meneer,\r\n\r\n");
    while text.len() < bytes {
        text.push_str(SENTENCES.choose(random).unwrap());
        match random.random_range(0..4) {
            0 => text.push_str("\r\n\r\n"),
            1 => drop(write!(text, " (dossier {})\r\n", random.random_range(10_000..99_999))),
            _ => text.push_str("\r\n"),
        }
    }
    let _ = write!(text, "\r\n\r\nMet vriendelijke groet,\r\n{name}\r\n06-{:08}\r\n", random.random_range(0..99_999_999));
    text
}

/// What a photo or a signature looks like: nothing compresses it. Lines of 76 in base64.
fn noise(random: &mut SmallRng, bytes: usize) -> String {
    let mut raw = vec![0; bytes];
    random.fill_bytes(&mut raw);
    BASE64_MIME.encode(&raw)
}
