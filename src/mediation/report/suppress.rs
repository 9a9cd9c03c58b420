//! Small cells are not shown: a table in which one complaint of a kind stands can name its writer to who knows the ward.

/// A row of a table: a code and its count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The code, which the words of the report name.
    pub code: String,
    /// How many.
    pub count: u64,
}

/// What may be shown of a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The count itself.
    Count(u64),
    /// Only that it is few, or that another cell could be worked out from it.
    Hidden,
}

/// How small a count may be and still be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disclosure {
    /// Counts from 1 up to this one, itself not among them, are hidden. 1 hides nothing.
    pub smallest: u64,
}

impl Disclosure {
    /// The default of domain.md section 2.5.
    pub const DEFAULT: Self = Self { smallest: 5 };

    /// A number that stands alone.
    pub fn alone(self, count: u64) -> Shown {
        if count == 0 || count >= self.smallest { Shown::Count(count) } else { Shown::Hidden }
    }

    /// The rows of a table. Where they add up to a number that is known, hidden rows must not be the only answer to what
    /// is missing: further rows are hidden until several answers are possible.
    pub fn rows(self, cells: &[Cell], adds_up: bool) -> Vec<Shown> {
        let mut shown: Vec<Shown> = cells.iter().map(|cell| self.alone(cell.count)).collect();
        if !adds_up {
            return shown;
        }
        // The next smallest goes first: that costs the reader least. Zeros go last, since they tell least.
        let mut order: Vec<usize> = (0..cells.len()).collect();
        let count = |at: &usize| cells.get(*at).map_or(0, |cell| cell.count);
        order.sort_by_key(|at| (count(at) == 0, count(at)));
        for at in order {
            if !self.can_be_worked_out(cells, &shown) {
                break;
            }
            if let Some(shown) = shown.get_mut(at) {
                *shown = Shown::Hidden;
            }
        }
        shown
    }

    /// Whether the hidden rows follow from what is shown. Who reads the table knows their number and their sum.
    fn can_be_worked_out(self, cells: &[Cell], shown: &[Shown]) -> bool {
        let hidden: Vec<u64> =
            cells.iter().zip(shown).filter(|(_, shown)| **shown == Shown::Hidden).map(|(cell, _)| cell.count).collect();
        let sum: u64 = hidden.iter().sum();
        match hidden.len() {
            0 => false,
            1 => true,
            // As few or as many as so many small rows can hold: each would be known. And together they are not few.
            rows => {
                let rows = rows as u64;
                sum <= rows || sum == rows * self.smallest.saturating_sub(1) || sum < self.smallest * 2
            }
        }
    }

    /// A share in whole percents; hidden where it would tell that a few did, or did not.
    pub fn percent(self, part: u64, whole: u64) -> Option<u64> {
        let rest = whole.checked_sub(part)?;
        let tells = |count: u64| count > 0 && count < self.smallest;
        (whole >= self.smallest && !tells(part) && !tells(rest)).then(|| (part * 100 + whole / 2) / whole.max(1))
    }
}
