//! What people and machines do in a year, by chance.

use std::collections::HashSet;

use chrono::NaiveDate;
use wederhoor::model::{CaseNumber, LetterKind};

use crate::Seen;
use crate::stage::{DESKS, Letter, Stage};

/// The lines of the random lives (`src/mediation/lives.rs`).
const TYPED: &str = include_str!("../lives/officer.txt");
const SAID: &str = include_str!("../lives/parties.txt");

const COMPLAINTS: [&str; 8] = [
    "Ik heb twee uur gewacht op de poli en niemand zei waarom. Ik wil graag uitleg.",
    "Niemand belt mij terug. Ik wacht al drie weken op de uitslag.",
    "De balie was onbeleefd tegen mij. Dat wil ik niet nog een keer.",
    "De rekening klopt niet en ik krijg steeds een ander aan de telefoon.",
    "De operatie ging mis en mijn man is daarna overleden. Hoe kon dat gebeuren?",
    "Mijn advocaat stelt u aansprakelijk voor de schade.",
    "Ik schrijf namens mijn buurvrouw. Zij kan zelf niet mailen. De thuiszorg kwam niet.",
    "I waited for two hours and nobody told me why. I would like an explanation.",
];
const GRADES: [(&str, Option<u8>); 5] =
    [("8, goed geholpen", Some(8)), ("een 6", Some(6)), ("zeven", Some(7)), ("9/10", Some(9)), ("Het duurde lang.", None)];

/// SplitMix64: the same year for the same seed.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn one_in(&mut self, bound: u64) -> bool {
        self.below(bound) == 0
    }

    fn of<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

/// A mail to a desk.
pub struct Mail {
    pub desk: usize,
    pub from: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub automatic: bool,
    pub answers: Option<String>,
}

/// A first mail of somebody who never wrote before.
pub fn complaint(chance: &mut Chance, number: usize) -> Mail {
    let desk = usize::try_from(chance.below(2)).unwrap();
    Mail {
        desk,
        from: format!("klager{number}@post.example"),
        to: DESKS[desk].to_owned(),
        subject: "Klacht".to_owned(),
        text: chance.of(&COMPLAINTS).to_owned(),
        automatic: false,
        answers: None,
    }
}

/// Everything that is written at this hour. Some officers write seldom, and some cases are of theirs.
pub fn mails(
    chance: &mut Chance,
    stage: &Stage,
    open: &HashSet<CaseNumber>,
    seen: &mut Seen,
    day: NaiveDate,
    hour: u32,
) -> Vec<Mail> {
    let mut letters: Vec<Letter> = stage.last.values().cloned().collect();
    letters.sort_by_key(|letter| (letter.case, letter.to.clone()));
    let mut mails = Vec::new();
    for letter in letters {
        let desk = DESKS.iter().position(|desk| letter.reply_to.ends_with(desk.rsplit_once('@').unwrap().1)).unwrap();
        let is_officer = letter.to.starts_with("m.smit@");
        // A fifth of the cases has an officer who is ill; and few write about what is over.
        let Some(case) = letter.case else { continue };
        let neglected = case.serial() % 5 == 0;
        let seldom = if open.contains(&case) { 1 } else { 20 };
        let answer = if is_officer {
            if !stage.works(day) || hour != 13 || !chance.one_in(seldom * if neglected { 60 } else { 5 }) {
                continue;
            }
            typed(chance)
        } else if letter.to.starts_with("j.bakker@") {
            continue;
        } else if letter.kind == LetterKind::FollowUp {
            if !chance.one_in(6) {
                continue;
            }
            let (words, grade) = chance.of(&GRADES);
            // Only the first answer counts, and whoever has answered has no reason to answer again.
            if seen.answered.insert(letter.case.unwrap()) {
                seen.grades.extend(grade);
                if let Some(grade) = grade {
                    seen.watch.graded(case, grade);
                }
            } else {
                continue;
            }
            words.to_owned()
        } else {
            if !chance.one_in(seldom * 12) {
                continue;
            }
            let said: Vec<&str> = SAID.trim_end().split("\n---\n").collect();
            chance.of(&said).to_owned()
        };
        let automatic = !is_officer && letter.kind != LetterKind::FollowUp && chance.one_in(10);
        mails.push(Mail {
            desk,
            from: letter.to.clone(),
            to: letter.reply_to.clone(),
            subject: format!("Re: {}", letter.subject),
            text: answer,
            automatic,
            answers: Some(letter.message_id.clone()),
        });
    }
    mails
}

fn typed(chance: &mut Chance) -> String {
    // Each case is closed some day: what ends it is typed more often than chance has it.
    if chance.one_in(8) {
        return chance.of(&["#sluiten tevreden", "#sluiten deels", "#gesproken\n#sluiten niet-tevreden"]).to_owned();
    }
    let lines: Vec<&str> = TYPED.trim_end().split("\n---\n").collect();
    chance.of(&lines).to_owned()
}
