//! Facts of the morning's list (T30): numbers, days and clocks, and nothing of what a complaint is about.

use chrono::NaiveDate;
use handlebars::Context;
use serde::Serialize;

use super::surroundings::Desk;
use super::wrap;
use crate::composition::human_text::Line;
use crate::composition::mailto::mailto;
use crate::composition::wording::Wording;
use crate::composition::{CompositionError, DeskFacts};
use crate::mediation::{Digest, DigestLine};
use crate::model::LetterKind;

/// Cases in one section: what is longer is counted, so that the list stays readable on a phone. What is late or due
/// today is named to the last one (I10), and has so many buttons.
const MOST_LINES: usize = 40;

#[derive(Debug, Serialize)]
struct DigestFacts {
    desk: Desk,
    today: String,
    late_count: usize,
    today_count: usize,
    new_count: usize,
    sections: Vec<Section>,
}

/// A heading and its cases.
#[derive(Debug, Serialize)]
pub struct Section {
    title: Line,
    lines: Vec<LineFacts>,
    /// How many more there are.
    more: usize,
}

#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "a template asks one yes-or-no question for each")]
struct LineFacts {
    number: String,
    /// Days; absent once the case is over.
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<i64>,
    one_day: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<String>,
    /// Days past its day; 0 where it is not.
    late: i64,
    one_late: bool,
    due_today: bool,
    /// Who has to do something.
    #[serde(skip_serializing_if = "Option::is_none")]
    waits: Option<Line>,
    answered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<u8>,
    /// Opens a mail to the file, where the officer has something to do today.
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
}

/// Facts of a digest.
pub fn digest(digest: &Digest, desk: &DeskFacts, wording: &Wording, today: NaiveDate) -> Result<Context, CompositionError> {
    let facts = DigestFacts {
        desk: Desk::of(desk, wording.language),
        today: wording.date(today, today),
        late_count: digest.late.len(),
        today_count: digest.today.len(),
        new_count: digest.new.len(),
        sections: sections(digest, desk, wording, today),
    };
    wrap(LetterKind::OfficerDigest, &facts)
}

/// The parts of a list, in the order in which they are read.
pub fn sections(digest: &Digest, desk: &DeskFacts, wording: &Wording, today: NaiveDate) -> Vec<Section> {
    let sections = [
        ("late", &digest.late, true),
        ("today", &digest.today, true),
        ("soon", &digest.soon, false),
        ("new", &digest.new, false),
        ("answered", &digest.answered, false),
        ("ending", &digest.ending, false),
        ("others", &digest.others, false),
    ];
    sections
        .into_iter()
        .filter(|(_, lines, _)| !lines.is_empty())
        .map(|(name, lines, urgent)| Section {
            title: Line::new(wording.digest.get(name)),
            lines: by_case(lines)
                .into_iter()
                .enumerate()
                .take(if urgent { lines.len() } else { MOST_LINES })
                .map(|(place, (line, last))| line_facts(line, name, urgent && last && place < MOST_LINES, desk, wording, today))
                .collect(),
            more: if urgent { 0 } else { lines.len().saturating_sub(MOST_LINES) },
        })
        .collect()
}

/// A case of which several days are due stands together, where its first line stands; its last line, which has the
/// button, is marked.
fn by_case(lines: &[DigestLine]) -> Vec<(&DigestLine, bool)> {
    let first = |line: &DigestLine| lines.iter().position(|other| other.case == line.case);
    let mut together: Vec<&DigestLine> = lines.iter().collect();
    together.sort_by_key(|line| first(line));
    let next = together.iter().skip(1).map(|line| Some(line.case)).chain([None]).collect::<Vec<_>>();
    together.into_iter().zip(next).map(|(line, next)| (line, next != Some(line.case))).collect()
}

fn line_facts(
    line: &DigestLine,
    section: &str,
    with_button: bool,
    desk: &DeskFacts,
    wording: &Wording,
    today: NaiveDate,
) -> LineFacts {
    let number = line.case.to_string();
    let late = line.clock.map_or(0, |(_, day)| (today - day).num_days().max(0));
    let file = line.token.and_then(|token| desk.address.with_detail(desk.separator, &token.to_string()).ok());
    LineFacts {
        age: line.age_days,
        one_day: line.age_days == Some(1),
        clock: line.clock.map(|(clock, _)| Line::new(wording.clocks.get(clock.code()))),
        on: line.clock.map(|(_, day)| wording.date_short(day, today)),
        late,
        one_late: late == 1,
        due_today: line.clock.is_some_and(|(_, day)| day == today),
        waits: line.waits_for.map(|who| Line::new(wording.waits.get(who.code()))),
        answered: section == "answered",
        grade: line.grade,
        link: file.filter(|_| with_button).map(|file| mailto(&file, &format!("[{number}]"), "")),
        number,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mediation::TimerKind;
    use crate::model::CaseNumber;

    #[test]
    fn a_case_with_two_late_days_stands_together_with_one_button() {
        let line = |number: u32, clock| DigestLine {
            case: CaseNumber::new(2026, number).unwrap(),
            token: None,
            age_days: Some(30),
            clock: Some((clock, NaiveDate::default())),
            waits_for: None,
            grade: None,
        };
        let lines = [line(5, TimerKind::Attention), line(9, TimerKind::Attention), line(5, TimerKind::Decision)];
        let told: Vec<_> = by_case(&lines).into_iter().map(|(line, last)| (line.case.to_string(), last)).collect();
        assert_eq!(told, [("2026-0005".into(), false), ("2026-0005".into(), true), ("2026-0009".into(), true)]);
    }
}
