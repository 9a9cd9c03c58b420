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

pub use count::{NOT_RECORDED, Share, Spread, Tally};
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
    /// In which unit or location.
    Unit,
    /// Of which profession who is complained about is.
    Profession,
    /// How it was handled.
    Route,
    /// How it ended, as the complainant says.
    Result,
    /// Signals that an officer confirmed.
    Signal,
    /// What happened on the way.
    Step,
    /// Whether agreements were kept.
    Agreements,
    /// Where else it went.
    Dispute,
    /// What the organisation did about it.
    Measure,
    /// What became of the one follow-up.
    FollowUp,
    /// The grades.
    Grade,
    /// What answers to the follow-up speak of.
    Theme,
}

impl TableKind {
    /// Every table.
    pub const ALL: [Self; 17] = [
        Self::Month,
        Self::Channel,
        Self::Kind,
        Self::Complainant,
        Self::Purpose,
        Self::Unit,
        Self::Profession,
        Self::Route,
        Self::Result,
        Self::Signal,
        Self::Step,
        Self::Agreements,
        Self::Dispute,
        Self::Measure,
        Self::FollowUp,
        Self::Grade,
        Self::Theme,
    ];

    /// The word in files and in the CSV.
    pub fn code(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Channel => "channel",
            Self::Kind => "kind",
            Self::Complainant => "complainant",
            Self::Purpose => "purpose",
            Self::Unit => "unit",
            Self::Profession => "profession",
            Self::Route => "route",
            Self::Result => "result",
            Self::Signal => "signal",
            Self::Step => "step",
            Self::Agreements => "agreements",
            Self::Dispute => "dispute",
            Self::Measure => "measure",
            Self::FollowUp => "follow_up",
            Self::Grade => "grade",
            Self::Theme => "theme",
        }
    }

    /// Whether it holds what officers record by `#cijfers`, and nothing else knows. Where nobody did, there is no table.
    pub fn is_recorded(self) -> bool {
        match self {
            Self::Unit | Self::Profession | Self::Agreements | Self::Dispute | Self::Measure | Self::Theme => true,
            Self::Month
            | Self::Channel
            | Self::Kind
            | Self::Complainant
            | Self::Purpose
            | Self::Route
            | Self::Result
            | Self::Signal
            | Self::Step
            | Self::FollowUp
            | Self::Grade => false,
        }
    }

    /// Whether its rows add up to a number that is shown elsewhere. Then one row that is not shown could be worked out
    /// from the others, and a second one goes with it.
    pub fn adds_up(self) -> bool {
        match self {
            Self::Month
            | Self::Channel
            | Self::Complainant
            | Self::Unit
            | Self::Profession
            | Self::Route
            | Self::Result
            | Self::Agreements
            | Self::FollowUp
            | Self::Grade => true,
            Self::Kind | Self::Purpose | Self::Signal | Self::Step | Self::Dispute | Self::Measure | Self::Theme => false,
        }
    }
}
