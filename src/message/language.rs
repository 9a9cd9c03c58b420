//! Which language a mail is written in.

use whatlang::{Detector, Lang};

use super::words::SmallWords;

/// So much of a text decides, in bytes.
const SAMPLE: usize = 1_000;
/// Below this statistics over letters are guesses, in bytes.
const SHORTEST_FOR_STATISTICS: usize = 40;

/// At least one word in so many has to be a small one.
const ONE_WORD_IN: usize = 5;

/// The languages that complainants in the Netherlands write in, with their BCP 47 tags.
const LIKELY: [(Lang, &str); 14] = [
    (Lang::Nld, "nl"),
    (Lang::Eng, "en"),
    (Lang::Deu, "de"),
    (Lang::Fra, "fr"),
    (Lang::Spa, "es"),
    (Lang::Por, "pt"),
    (Lang::Ita, "it"),
    (Lang::Pol, "pl"),
    (Lang::Tur, "tr"),
    (Lang::Ara, "ar"),
    (Lang::Ukr, "uk"),
    (Lang::Rus, "ru"),
    (Lang::Ron, "ro"),
    (Lang::Cmn, "zh"),
];

/// The BCP 47 tag of a text; `und` where that cannot be told.
pub(super) fn language_of(text: &str, small_words: &SmallWords) -> String {
    let sample = prefix(text, SAMPLE);
    let mut counts: Vec<(usize, &str, bool)> =
        small_words.tags.iter().map(|(tag, decides)| (0, tag.as_str(), *decides)).collect();
    let mut words = 0;
    let lower = sample.to_lowercase();
    for word in lower.split(|c: char| !c.is_alphabetic() && c != '\'').filter(|word| !word.is_empty() && word.len() < 20) {
        words += 1;
        for language in small_words.languages_of.get(word).into_iter().flatten() {
            if let Some(count) = counts.get_mut(*language) {
                count.0 += 1;
            }
        }
    }
    counts.sort_by_key(|(count, ..)| std::cmp::Reverse(*count));
    let best = counts.first().copied().unwrap_or_default();
    let second = counts.get(1).copied().unwrap_or_default();
    // Real Dutch and English consist of such words for a third; a Polish mail holds two of them by chance.
    if best.2 && best.0 >= 2 && best.0 >= 2 * second.0 && best.0 * ONE_WORD_IN >= words {
        return best.1.to_owned();
    }
    if sample.trim().len() >= SHORTEST_FOR_STATISTICS {
        let likely = LIKELY.iter().map(|(language, _)| *language).collect();
        if let Some(info) = Detector::with_allowlist(likely).detect(sample)
            && (info.is_reliable() || best.0 == 0)
            && let Some((_, tag)) = LIKELY.iter().find(|(language, _)| *language == info.lang())
        {
            return (*tag).to_owned();
        }
    }
    if best.2 && best.0 > second.0 { best.1.to_owned() } else { "und".to_owned() }
}

/// The longest beginning of a text that is not longer than this and ends between characters.
pub(super) fn prefix(text: &str, longest: usize) -> &str {
    let mut end = longest.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_mails_are_told_apart_and_nonsense_is_not_guessed() {
        let words = super::super::words::Words::builtin().unwrap();
        for (text, tag) in [
            ("8, goed geholpen maar het duurde lang", "nl"),
            ("Both fine with us. You can close it.", "en"),
            ("Ich möchte mich über den Arzt beschweren, das war nicht in Ordnung.", "de"),
            ("Randevum iki kez iptal edildi ve kimse bana haber vermedi, çok üzgünüm.", "tr"),
            ("Я хочу подати скаргу на лікаря, який не пояснив мені нічого.", "uk"),
            ("Dzień dobry, mąż od sześciu tygodni czeka na koło do wózka i to jest za długo.", "pl"),
            ("Buongiorno, il vassoio di papà viene posato ogni giorno sul tavolo lontano dal letto.", "it"),
            ("123 456", "und"),
            ("", "und"),
        ] {
            assert_eq!(language_of(text, &words.languages), tag, "{text}");
        }
    }
}
