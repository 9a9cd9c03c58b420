//! The figures of a desk over a period (domain.md section 2.5): counted from cases and their journals, and shown so that
//! nobody can be found in them.
//!
//! Pure: cases in, tables out. What is counted stands in days, codes and figures only, which anonymising leaves as they
//! are (row 45), so that a report of a year long gone is the same as it was then. There is no verdict in it: a result is
//! what the complainant said (R20, "never gegrond or ongegrond").

mod count;
mod life;
mod suppress;

#[cfg(test)]
mod tests;

pub use count::{Share, Spread, Tally};
pub use suppress::{Cell, Disclosure, Shown};

/// The tables of a report, in the order of domain.md section 2.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TableKind {
    /// Received, by month.
    Month,
    /// How it came in.
    Channel,
    /// What it is about; a complaint may be about more.
    Kind,
    /// Who complains.
    Complainant,
    /// What the complainant wants to reach; more than one is usual.
    Purpose,
    /// How it was handled.
    Route,
    /// How it ended, as the complainant says.
    Result,
    /// Signals that an officer confirmed.
    Signal,
    /// What happened on the way.
    Step,
    /// What became of the one follow-up.
    FollowUp,
    /// The grades.
    Grade,
}

impl TableKind {
    /// Every table.
    pub const ALL: [Self; 11] = [
        Self::Month,
        Self::Channel,
        Self::Kind,
        Self::Complainant,
        Self::Purpose,
        Self::Route,
        Self::Result,
        Self::Signal,
        Self::Step,
        Self::FollowUp,
        Self::Grade,
    ];

    /// The word in files and in the CSV.
    pub fn code(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Channel => "channel",
            Self::Kind => "kind",
            Self::Complainant => "complainant",
            Self::Purpose => "purpose",
            Self::Route => "route",
            Self::Result => "result",
            Self::Signal => "signal",
            Self::Step => "step",
            Self::FollowUp => "follow_up",
            Self::Grade => "grade",
        }
    }

    /// Whether its rows add up to a number that is shown elsewhere. Then one row that is not shown could be worked out
    /// from the others, and a second one goes with it.
    pub fn adds_up(self) -> bool {
        match self {
            Self::Month | Self::Channel | Self::Complainant | Self::Route | Self::Result | Self::FollowUp | Self::Grade => true,
            Self::Kind | Self::Purpose | Self::Signal | Self::Step => false,
        }
    }
}
