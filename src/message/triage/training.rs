//! Making the learned part from labelled mails: deterministic, in seconds, on the operator's own machine.
//!
//! For each label one model looks at whole mails, and one at stretches of two sentences. Of a mail that has a label, only
//! its most telling stretch teaches the second one; which one that is, is learned in turns. How far each of the two is to
//! be trusted, and from where on a label is given, is decided on mails that were left out while learning.

use std::collections::HashMap;

use rayon::prelude::*;

use super::feature::{SHORT_MAIL, Vector, look, of_group, vector};
use super::found;
use super::grammar::Grammar;
use super::model::{DIGEST, LABELS, Margins, Model, Weighing, stretches, weighed};
use super::svm::{Row, count, learn_twice, margin, weigh};
use super::table::{Largest, Table, Weight, stepped};
use super::tokens::Reading;

/// Parts that examples are divided into while learning how far to trust what was learned.
const MOST_PARTS: usize = 6;
/// With mails by fewer hands, they are divided one by one into so many parts.
const FEWEST_HANDS: usize = 3;
/// Turns of choosing the most telling stretch.
const TURNS: usize = 2;
/// Stretches of a mail without the label that teach: those most like one with it.
const HARD_STRETCHES: usize = 3;
/// What an error costs: on mails, on stretches, and on what the grammar says beforehand.
const COST_MAIL: f32 = 2.0;
const COST_STRETCH: f32 = 1.0;
const COST_GROUP: f32 = 0.3;
/// An error on a passage costs this share of one on a mail, and on a stretch of a mail. A sentence that stands alone is not
/// what arrives: as dear as a mail, passages made the whole mail's judge shy (measured on 1,205 mails by seven hands).
const PASSAGE_AS_MAIL: f32 = 0.15;
const PASSAGE_AS_STRETCH: f32 = 0.3;
/// A feature of the grammar in an ordinary sentence has about this value.
const GROUP_VALUE: f32 = 0.25;
/// Weights that are kept of each label in each of its two models. Alarms need the rare words too: with 3,000 each they were
/// found less often.
const KEPT_ALARM: usize = 12_000;
const KEPT: usize = 6_000;
/// Recall counts so much more than precision for alarms (domain.md section 6, rule d), and for the rest.
const BETA_ALARM: f32 = 2.0;
const BETA: f32 = 1.0;
/// An alarm that is right less often than this is not believed for long; measured on mails by hands left out.
const LEAST_PRECISION_ALARM: f32 = 0.6;
/// The share of few, telling features in what is learned (`svm::learn_twice`), for alarms and for the rest: what tells
/// kinds and intents apart is spread over more words.
const TELLING_ALARM: f32 = 0.4;
const TELLING: f32 = 0.3;
/// The first labels are alarms.
const ALARMS: usize = 4;

/// Why nothing could be learned.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    /// A line that follows no form.
    #[error("{file}, line {line}: {why}")]
    Line {
        /// The file.
        file: String,
        /// Its line, from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

/// One labelled mail or passage.
#[derive(Clone, Debug)]
pub struct Example {
    /// Its subject.
    pub subject: String,
    /// What was written.
    pub body: String,
    /// For each of the labels, in their order, whether it has it; `None` where nobody said.
    pub targets: Vec<Option<bool>>,
    /// A single sentence, which teaches about sentences.
    pub is_passage: bool,
    /// The hand it is by: a number for each file.
    pub hand: usize,
}

impl Example {
    /// Whether it has a label, by the code of `inspect`; `None` where nobody said.
    pub fn target(&self, code: &str) -> Option<bool> {
        let at = LABELS.iter().position(|label| label.rsplit(':').next() == Some(code))?;
        self.targets.get(at).copied().flatten()
    }
}

/// An example as it is learned from.
#[derive(Debug)]
pub(super) struct Prepared {
    mail: Vector,
    stretches: Vec<Vector>,
    /// What the grammar found, by label.
    found: Vec<f32>,
    targets: Vec<Option<bool>>,
    is_passage: bool,
    hand: usize,
}

/// Examples as they are learned from, and which features their compact numbers stand for.
#[derive(Debug, Default)]
pub(super) struct Material {
    pub(super) examples: Vec<Prepared>,
    vocabulary: Vec<u32>,
    /// The compact number of each feature, of the grammar's groups among them.
    numbers: HashMap<u32, u32>,
}

/// Looks at every example once.
pub(super) fn prepare(examples: &[Example], grammar: &Grammar) -> Material {
    let mut prepared: Vec<Prepared> = examples
        .par_iter()
        .map(|example| {
            let text = super::whole(&example.subject, &example.body);
            let reading = Reading::of(&text, &grammar.abbreviations);
            let seen = look(grammar, &reading, Some);
            Prepared {
                mail: vector(seen.iter(), SHORT_MAIL),
                stretches: stretches(&seen).collect(),
                found: found(&seen, grammar),
                targets: example.targets.clone(),
                is_passage: example.is_passage,
                hand: example.hand,
            }
        })
        .collect();
    // What was seen once teaches nothing about anything else.
    let mut counts: HashMap<u32, u32> = HashMap::new();
    for (id, _) in prepared.iter().flat_map(|one| &one.mail) {
        *counts.entry(*id).or_default() += 1;
    }
    let groups = grammar.groups.iter().map(|group| of_group(&group.name));
    let mut vocabulary: Vec<u32> = counts.iter().filter(|(_, count)| **count > 1).map(|(id, _)| *id).chain(groups).collect();
    vocabulary.sort_unstable();
    vocabulary.dedup();
    let numbers: HashMap<u32, u32> = vocabulary.iter().copied().zip(0..).collect();
    let compact = |vector: &mut Vector| {
        vector.retain_mut(|(id, _)| {
            let number = numbers.get(id).copied();
            *id = number.unwrap_or_default();
            number.is_some()
        });
    };
    for one in &mut prepared {
        compact(&mut one.mail);
        one.stretches.iter_mut().for_each(compact);
    }
    Material { examples: prepared, vocabulary, numbers }
}

/// Learns every label from these examples.
pub(super) fn train(examples: &[&Prepared], material: &Material, grammar: &Grammar, digest: [u8; DIGEST]) -> Model {
    let learned: Vec<Learned> =
        (0..LABELS.len()).into_par_iter().map(|label| learn_label(examples, material, grammar, label)).collect();
    let mut model = Model { digest, ..Model::default() };
    let (mut weights, mut largest) = (Vec::new(), Vec::new());
    for (number, learned) in learned.into_iter().enumerate() {
        let label = u8::try_from(number).unwrap_or(u8::MAX);
        let most = if number < ALARMS { KEPT_ALARM } else { KEPT };
        let mut keep = |all: &[f32], is_stretch: bool| {
            let (own, largest) = kept(all, material, most);
            weights.extend(own.into_iter().map(|(feature, steps)| Weight { feature, label, is_stretch, steps }));
            largest
        };
        let mail = keep(&learned.pair.mail, false);
        largest.push(Largest { mail, stretch: keep(&learned.pair.stretch, true) });
        model.labels.push(learned.weighing);
    }
    model.table = Table::of(|| weights.iter().copied(), largest);
    model
}

/// The two models of a label, dense.
struct Pair {
    mail: Vec<f32>,
    stretch: Vec<f32>,
    bias: [f32; 2],
}

struct Learned {
    pair: Pair,
    weighing: Weighing,
}

/// What is taught about a group of the grammar beforehand.
struct Lesson {
    features: Vector,
    is_positive: bool,
}

fn learn_label(examples: &[&Prepared], material: &Material, grammar: &Grammar, label: usize) -> Learned {
    let known: Vec<(&Prepared, bool)> =
        examples.iter().filter_map(|example| Some((*example, (*example.targets.get(label)?)?))).collect();
    let code = LABELS.get(label).map_or("", |label| label.rsplit(':').next().unwrap_or(label));
    let lessons: Vec<Lesson> = grammar
        .groups
        .iter()
        .filter(|group| group.label == code)
        .filter_map(|group| {
            let number = material.numbers.get(&of_group(&group.name))?;
            Some(Lesson { features: vec![(*number, GROUP_VALUE)], is_positive: !group.is_against })
        })
        .collect();
    let telling = if label < ALARMS { TELLING_ALARM } else { TELLING };
    let mut held_out: Vec<(Margins, bool)> = Vec::new();
    let parts = parts(&known);
    let count = parts.iter().max().map_or(0, |last| last + 1);
    for part in 0..count {
        let (tested, learned): (Vec<_>, Vec<_>) =
            known.iter().zip(&parts).partition(|((one, _), of)| **of == part && !one.is_passage);
        let pair = learn_pair(
            &learned.into_iter().map(|(one, _)| *one).collect::<Vec<_>>(),
            &lessons,
            material.vocabulary.len(),
            telling,
        );
        held_out.extend(tested.into_iter().map(|((one, is), _)| (margins(one, &pair, label), *is)));
    }
    let weights = weigh(&held_out);
    let values: Vec<(f32, bool)> = held_out.iter().map(|(margins, is)| (weighed(&weights, margins), *is)).collect();
    // One of several is chosen by comparing them, so that none has a threshold of its own.
    let is_one_of_several = LABELS.get(label).is_some_and(|label| label.starts_with("main:") || label.starts_with("intent:"));
    let threshold = match label {
        _ if is_one_of_several => 0.0,
        0..ALARMS => threshold(values, BETA_ALARM, LEAST_PRECISION_ALARM),
        _ => threshold(values, BETA, 0.0),
    };
    let pair = learn_pair(&known, &lessons, material.vocabulary.len(), telling);
    Learned { weighing: Weighing { bias: pair.bias, weights, threshold }, pair }
}

/// Which part each example is left out with. Mails by one hand are left out together: those to come are by others.
fn parts(known: &[(&Prepared, bool)]) -> Vec<usize> {
    let mut hands: Vec<usize> = known.iter().filter(|(one, _)| !one.is_passage).map(|(one, _)| one.hand).collect();
    hands.sort_unstable();
    hands.dedup();
    let of_hand = |hand: usize| hands.binary_search(&hand).unwrap_or_default() % MOST_PARTS;
    let at_a_time = |(at, (one, _)): (usize, &(&Prepared, bool))| {
        if hands.len() < FEWEST_HANDS { at % FEWEST_HANDS } else { of_hand(one.hand) }
    };
    known.iter().enumerate().map(at_a_time).collect()
}

fn learn_pair(known: &[(&Prepared, bool)], lessons: &[Lesson], features: usize, telling: f32) -> Pair {
    let positives = known.iter().filter(|(_, is)| *is).count().max(1);
    let rarity = ((count(known.len()) / count(positives)) / 2.0).clamp(1.0, 12.0).sqrt();
    let cost = |one: &Prepared, is_positive: bool, cost: f32, of_passage: f32| {
        let cost = if one.is_passage { cost * of_passage } else { cost };
        if is_positive { cost * rarity } else { cost }
    };
    let taught =
        lessons.iter().map(|lesson| Row { features: &lesson.features, is_positive: lesson.is_positive, cost: COST_GROUP });
    let rows: Vec<Row> = known
        .iter()
        .map(|(one, is)| Row { features: &one.mail, is_positive: *is, cost: cost(one, *is, COST_MAIL, PASSAGE_AS_MAIL) })
        .chain(taught.clone())
        .collect();
    let (mail, mail_bias) = learn_twice(&rows, features, telling);
    let (mut stretch, mut bias) = (mail.clone(), mail_bias);
    for _ in 0..TURNS {
        let mut rows: Vec<Row> = taught.clone().collect();
        for (one, is) in known {
            let mut ranked: Vec<(f32, &Vector)> =
                one.stretches.iter().map(|features| (margin(features, &stretch, bias), features)).collect();
            ranked.sort_by(|one, other| other.0.total_cmp(&one.0));
            let most = if *is { 1 } else { HARD_STRETCHES };
            rows.extend(ranked.iter().take(most).map(|(_, features)| Row {
                features,
                is_positive: *is,
                cost: cost(one, *is, COST_STRETCH, PASSAGE_AS_STRETCH),
            }));
        }
        (stretch, bias) = learn_twice(&rows, features, telling);
    }
    Pair { mail, stretch, bias: [mail_bias, bias] }
}

fn margins(one: &Prepared, pair: &Pair, label: usize) -> Margins {
    let told = one.found.get(label).copied().unwrap_or_default();
    let mut found: Vec<f32> = one.stretches.iter().map(|features| margin(features, &pair.stretch, pair.bias[1])).collect();
    found.sort_by(|one, other| other.total_cmp(one));
    let first = found.first().copied().unwrap_or(pair.bias[1]);
    [margin(&one.mail, &pair.mail, pair.bias[0]), first, found.get(1).copied().unwrap_or(first), told]
}

/// The value from which on recall and precision together are best, where precision is not below `least`; without such a
/// place, where the label is as likely as not.
fn threshold(mut values: Vec<(f32, bool)>, beta: f32, least: f32) -> f32 {
    values.sort_by(|one, other| other.0.total_cmp(&one.0));
    let all = count(values.iter().filter(|(_, is)| *is).count());
    let (mut best, mut at, mut right) = (0.0, 0.0, 0.0);
    for (number, (value, is)) in values.iter().enumerate() {
        right += f32::from(u8::from(*is));
        let given = count(number + 1);
        let score = (1.0 + beta * beta) * right / (beta * beta * all + given);
        if right / given < least {
            continue;
        }
        if score > best {
            let next = values.get(number + 1).map_or(*value, |next| next.0);
            (best, at) = (score, f32::midpoint(*value, next));
        }
    }
    at
}

/// The largest weights in steps, as they will stand in the file, and the largest of them.
fn kept(weights: &[f32], material: &Material, most: usize) -> (Vec<(u32, i8)>, f32) {
    let mut own: Vec<(u32, f32)> = weights
        .iter()
        .zip(&material.vocabulary)
        .filter(|(weight, _)| **weight != 0.0)
        .map(|(weight, id)| (*id, *weight))
        .collect();
    own.sort_by(|one, other| other.1.abs().total_cmp(&one.1.abs()).then(one.0.cmp(&other.0)));
    let largest = own.first().map_or(0.0, |(_, weight)| weight.abs());
    (own.into_iter().take(most).map(|(id, weight)| (id, stepped(weight, largest))).collect(), largest)
}
