//! The fields of `#cijfers`: what an officer records for the yearly report (domain.md section 2.5).

use std::collections::BTreeSet;

use super::argument;
use crate::mediation::Vocabulary;
use crate::mediation::particulars::Figure;
use crate::mediation::vocabulary::{FigureField, WordTable};
use crate::model::Language;

/// Why a field can not be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum FigureFault {
    /// There is no such field, or none at all.
    Field,
    /// What stands in this field is not known to it.
    Value(FigureField),
}

/// Reads `afdeling: …; beroep: …`. The colon may be missing.
pub(super) fn read(argument: &str, words: &Vocabulary) -> Result<Vec<Figure>, FigureFault> {
    let pieces = argument.split([';', '\n']).map(str::trim).filter(|piece| !piece.is_empty());
    let figures: Vec<Figure> = pieces.map(|piece| figure(piece, words)).collect::<Result<_, _>>()?;
    if figures.is_empty() { Err(FigureFault::Field) } else { Ok(figures) }
}

fn figure(piece: &str, words: &Vocabulary) -> Result<Figure, FigureFault> {
    let piece = piece.replacen([':', '='], " ", 1);
    let (field, value) = argument::leading(&words.figure_fields, &piece).ok_or(FigureFault::Field)?;
    let fault = || FigureFault::Value(*field);
    Ok(match field {
        FigureField::Unit if value.is_empty() => return Err(fault()),
        FigureField::Unit => Figure::Unit((!is_nothing(value, words)).then(|| value.to_owned())),
        FigureField::Profession => Figure::Profession(at_most_one(&words.professions, value, words, *field)?),
        FigureField::Measures => Figure::Measures(several(&words.measures, value, words).ok_or_else(fault)?),
        FigureField::Disputes => Figure::Disputes(several(&words.disputes, value, words).ok_or_else(fault)?),
        FigureField::Agreements => Figure::Agreements(at_most_one(&words.agreements_kept, value, words, *field)?),
        FigureField::Themes => Figure::Themes(several(&words.themes, value, words).ok_or_else(fault)?),
    })
}

/// "Niet nagekomen" is something; "niet" alone takes back what was recorded.
fn is_nothing(value: &str, words: &Vocabulary) -> bool {
    !value.contains(char::is_whitespace) && words.is_nothing(value)
}

fn at_most_one<M: Ord + Clone>(
    table: &WordTable<M>,
    value: &str,
    words: &Vocabulary,
    field: FigureField,
) -> Result<Option<M>, FigureFault> {
    let meaning = argument::only(table, value, &words.fillers);
    if meaning.is_some() || is_nothing(value, words) { Ok(meaning) } else { Err(FigureFault::Value(field)) }
}

fn several<M: Ord + Clone>(table: &WordTable<M>, value: &str, words: &Vocabulary) -> Option<BTreeSet<M>> {
    match argument::all(table, value, &words.fillers) {
        Some(meanings) => Some(meanings.into_iter().collect()),
        None => is_nothing(value, words).then(BTreeSet::new),
    }
}

/// What may stand in a field, for a refusal to show.
pub(super) fn choices(field: FigureField, words: &Vocabulary, language: Language) -> Vec<String> {
    match field {
        FigureField::Unit => Vec::new(),
        FigureField::Profession => words.professions.own_words(language),
        FigureField::Measures => words.measures.own_words(language),
        FigureField::Disputes => words.disputes.own_words(language),
        FigureField::Agreements => words.agreements_kept.own_words(language),
        FigureField::Themes => words.themes.own_words(language),
    }
}

/// The fields as they could be typed.
pub fn written(figures: &[Figure], words: &Vocabulary, language: Language) -> String {
    let nothing = || words.nothing.own(language).cloned().unwrap_or_default();
    let list = |values: Vec<String>| if values.is_empty() { nothing() } else { values.join(", ") };
    let piece = |figure: &Figure| {
        let (field, value) = match figure {
            Figure::Unit(unit) => (FigureField::Unit, unit.clone().unwrap_or_else(nothing)),
            Figure::Profession(profession) => {
                let word = profession.map(|profession| words.professions.own_word(&profession, language));
                (FigureField::Profession, word.unwrap_or_else(nothing))
            }
            Figure::Measures(measures) => {
                (FigureField::Measures, list(measures.iter().map(|one| words.measures.own_word(one, language)).collect()))
            }
            Figure::Disputes(disputes) => {
                (FigureField::Disputes, list(disputes.iter().map(|one| words.disputes.own_word(one, language)).collect()))
            }
            Figure::Agreements(kept) => {
                (FigureField::Agreements, kept.map_or_else(nothing, |kept| words.agreements_kept.own_word(&kept, language)))
            }
            Figure::Themes(themes) => {
                (FigureField::Themes, list(themes.iter().map(|one| words.themes.own_word(one, language)).collect()))
            }
        };
        format!("{}: {value}", words.figure_fields.own_word(&field, language))
    };
    figures.iter().map(piece).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mediation::particulars::{AgreementsKept, Dispute, Measure, Profession};

    fn read_here(argument: &str) -> Result<Vec<Figure>, FigureFault> {
        read(argument, &Vocabulary::builtin().unwrap())
    }

    #[test]
    fn fields_are_read_with_and_without_colons_in_both_languages() {
        let dutch =
            read_here("afdeling: Poli Noord; beroep arts; maatregelen: werkwijze en scholing; geschil commissie").unwrap();
        assert_eq!(
            dutch,
            [
                Figure::Unit(Some("Poli Noord".to_owned())),
                Figure::Profession(Some(Profession::Doctor)),
                Figure::Measures(BTreeSet::from([Measure::Procedure, Measure::Training])),
                Figure::Disputes(BTreeSet::from([Dispute::Committee])),
            ]
        );
        let english = read_here("unit: Poli Noord; profession doctor; measures: procedure and training; dispute committee");
        assert_eq!(english.unwrap(), dutch);
    }

    #[test]
    fn not_kept_is_an_answer_and_none_takes_one_back() {
        assert_eq!(read_here("afspraken niet nagekomen"), Ok(vec![Figure::Agreements(Some(AgreementsKept::NotKept))]));
        assert_eq!(read_here("afspraken: geen"), Ok(vec![Figure::Agreements(None)]));
        assert_eq!(read_here("maatregel: geen; afdeling: geen"), Ok(vec![Figure::Measures(BTreeSet::new()), Figure::Unit(None)]));
    }

    #[test]
    fn what_is_no_field_or_no_value_of_it_is_said() {
        assert_eq!(read_here(""), Err(FigureFault::Field));
        assert_eq!(read_here("kleur: rood"), Err(FigureFault::Field));
        assert_eq!(read_here("beroep: tovenaar"), Err(FigureFault::Value(FigureField::Profession)));
        assert_eq!(read_here("beroep: arts, balie"), Err(FigureFault::Value(FigureField::Profession)));
    }
}
