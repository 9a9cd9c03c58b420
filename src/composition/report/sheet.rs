//! A report as headings, rows and notes: what page, paper and spreadsheet have in common. From here on nothing is known
//! that may not be shown.

use chrono::NaiveDate;
use serde::Serialize;

use super::words::ReportWords;
use crate::mediation::report::{Cell, Disclosure, Share, Shown, Spread, TableKind, Tally};

/// So many times the smallest number must there be for "nine in ten" to be nobody's own.
const FOR_NINE_IN_TEN: u64 = 4;

/// One row: words, what stands behind them, and how long its bar is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SheetRow {
    /// The code in the CSV.
    #[serde(skip)]
    pub code: String,
    /// In words.
    pub label: String,
    /// The number, or why there is none.
    pub value: String,
    /// Of the largest row; `None` draws no bar.
    pub percent: Option<u64>,
}

/// One heading and its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Section {
    /// The code in the CSV.
    #[serde(skip)]
    pub code: String,
    /// The heading.
    pub title: String,
    /// What a reader has to know.
    pub note: Option<String>,
    /// Whether its rows can be compared.
    pub has_bars: bool,
    /// In order.
    pub rows: Vec<SheetRow>,
}

/// The whole report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// Its title.
    pub title: String,
    /// Of which desk, made when.
    pub made: String,
    /// How to read it.
    pub notes: Vec<String>,
    /// Columns of the chart: a short name and a count; none where there is nothing to draw.
    pub columns: Vec<(String, Option<u64>)>,
    /// The parts.
    pub sections: Vec<Section>,
}

impl Sheet {
    /// Says the figures in words.
    pub fn of(tally: &Tally, disclosure: Disclosure, words: &ReportWords, desk: &str, date: &str) -> Self {
        let smallest = |text: &str| text.replace("{smallest}", &disclosure.smallest.to_string());
        let mut sheet = Self {
            title: words.title.replace("{period}", &words.period(tally.period())),
            made: words.made.replace("{desk}", desk).replace("{date}", date),
            notes: Vec::new(),
            columns: Vec::new(),
            sections: Vec::new(),
        };
        match disclosure.alone(tally.received) {
            Shown::Count(0) => sheet.notes.push(words.none.clone()),
            Shown::Hidden => sheet.notes.push(smallest(&words.few)),
            Shown::Count(_) => {
                if disclosure.smallest > 1 {
                    sheet.notes.push(smallest(&words.hidden_note));
                }
                sheet.notes.push(words.result_note.clone());
                sheet.sections.push(Section {
                    code: "key".to_owned(),
                    title: words.key("title").to_owned(),
                    note: None,
                    has_bars: false,
                    rows: in_short(tally, disclosure, words),
                });
                let writer = Writer { tally, disclosure, words, hidden: words.hidden.clone() };
                let tables = TableKind::ALL.into_iter().filter(|kind| !kind.is_recorded() || tally.has(*kind));
                sheet.sections.extend(tables.map(|kind| writer.table(kind)));
                sheet.columns = writer.columns();
                // Who fills in a yearly report by hand must know what to add (domain.md section 2.5).
                sheet.sections.push(Section {
                    code: "missing".to_owned(),
                    title: words.missing.clone(),
                    note: Some(words.missing_note.clone()),
                    has_bars: false,
                    rows: Vec::new(),
                });
            }
        }
        sheet
    }
}

struct Writer<'a> {
    tally: &'a Tally,
    disclosure: Disclosure,
    words: &'a ReportWords,
    hidden: String,
}

impl Writer<'_> {
    fn table(&self, kind: TableKind) -> Section {
        let (cells, mut shown) = cells_and_shown(self.tally, self.disclosure, kind);
        if kind == TableKind::Result && self.hides_a_route_with_a_result() {
            // Its sum is that of these routes: the one that is hidden would follow.
            shown.fill(Shown::Hidden);
        }
        let largest = shown.iter().filter_map(|shown| count(*shown)).max().unwrap_or_default();
        let rows = cells.iter().zip(&shown).map(|(cell, shown)| SheetRow {
            code: cell.code.clone(),
            label: self.words.row(kind, &cell.code),
            value: count(*shown).map_or_else(|| self.hidden.clone(), |count| count.to_string()),
            percent: count(*shown).filter(|count| *count > 0).map(|count| (count * 100 / largest.max(1)).max(1)),
        });
        Section {
            code: kind.code().to_owned(),
            title: self.words.table(kind).to_owned(),
            note: matches!(
                kind,
                TableKind::Kind
                    | TableKind::Purpose
                    | TableKind::Step
                    | TableKind::Dispute
                    | TableKind::Measure
                    | TableKind::Theme
            )
            .then(|| self.words.several_note.clone()),
            has_bars: true,
            rows: rows.collect(),
        }
    }

    fn hides_a_route_with_a_result(&self) -> bool {
        ["talk", "written", "contact"].iter().any(|code| is_hidden(self.tally, self.disclosure, TableKind::Route, Some(code)))
    }

    fn columns(&self) -> Vec<(String, Option<u64>)> {
        let (cells, shown) = cells_and_shown(self.tally, self.disclosure, TableKind::Month);
        let name = |code: &str| {
            let month = code.split_once('-').and_then(|(_, month)| month.parse::<usize>().ok()).unwrap_or_default();
            self.words.months_short.get(month.wrapping_sub(1)).cloned().unwrap_or_default()
        };
        if cells.len() < 2 {
            return Vec::new();
        }
        cells.iter().zip(shown).map(|(cell, shown)| (name(&cell.code), count(shown))).collect()
    }
}

/// The rows of a table, and what may be shown of each.
fn cells_and_shown(tally: &Tally, disclosure: Disclosure, kind: TableKind) -> (Vec<Cell>, Vec<Shown>) {
    let cells = tally.table(kind);
    let shown = disclosure.rows(&cells, kind.adds_up());
    (cells, shown)
}

/// Whether a row of a table is hidden; without a code, whether any is.
fn is_hidden(tally: &Tally, disclosure: Disclosure, kind: TableKind, code: Option<&str>) -> bool {
    let (cells, shown) = cells_and_shown(tally, disclosure, kind);
    cells.iter().zip(shown).any(|(cell, shown)| shown == Shown::Hidden && code.is_none_or(|code| cell.code == code))
}

fn count(shown: Shown) -> Option<u64> {
    match shown {
        Shown::Count(count) => Some(count),
        Shown::Hidden => None,
    }
}

fn in_short(tally: &Tally, disclosure: Disclosure, words: &ReportWords) -> Vec<SheetRow> {
    let unknown = || words.key("unknown").to_owned();
    let row = |code: &str, value: Option<String>| SheetRow {
        code: code.to_owned(),
        label: words.key(code).to_owned(),
        value: value.unwrap_or_else(unknown),
        percent: None,
    };
    let number = |number: u64| count(disclosure.alone(number)).map(|count| count.to_string());
    let share = |share: Share| {
        disclosure.percent(share.part, share.whole).map(|percent| words.key("percent").replace("{percent}", &percent.to_string()))
    };
    let middle = |spread: &Spread| spread.percentile(50, disclosure).map(|days| days.to_string());
    // Of a few values the ninth tenth is one person's.
    let ninth = |spread: &Spread| {
        let enough = spread.count() >= disclosure.smallest * FOR_NINE_IN_TEN;
        spread.percentile(90, disclosure).filter(|_| enough).map(|days| days.to_string())
    };
    // With the mean, hidden grades could be worked out from those that are shown.
    let mean = tally.grades.mean_in_tenths(disclosure).filter(|_| !is_hidden(tally, disclosure, TableKind::Grade, None));
    let grade =
        mean.map(|tenths| words.key("grades").replace("{mean}", &format!("{}{}{}", tenths / 10, words.decimal, tenths % 10)));
    // Those that are open or merged are the rest of those received: hidden there, they would follow from this.
    let rest_is_shown = ["open", "merged"].iter().all(|code| !is_hidden(tally, disclosure, TableKind::Route, Some(code)));
    // Who ended between six and ten weeks is the difference of two shares.
    let between = tally.in_ten_weeks.part.saturating_sub(tally.in_six_weeks.part);
    let in_ten_weeks = share(tally.in_ten_weeks).filter(|_| matches!(disclosure.alone(between), Shown::Count(_)));
    vec![
        row("received", number(tally.received)),
        row("received_before", number(tally.received_before)),
        row("closed", number(tally.closed).filter(|_| rest_is_shown)),
        row("confirmed", share(tally.confirmed)),
        row("contact_in_time", share(tally.contact_in_time)),
        row("days_to_contact", middle(&tally.days_to_contact)),
        row("days_to_contact_ninth", ninth(&tally.days_to_contact)),
        row("days_to_end", middle(&tally.days_to_end)),
        row("days_to_end_ninth", ninth(&tally.days_to_end)),
        row("in_six_weeks", share(tally.in_six_weeks)),
        row("in_ten_weeks", in_ten_weeks),
        row("grade", grade),
    ]
}

/// A day in figures, the same in every language.
pub fn day(day: NaiveDate) -> String {
    day.format("%d-%m-%Y").to_string()
}
