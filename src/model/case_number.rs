//! The number by which people name a case: `2026-0142`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Year of registration and a serial within that year, unique over all desks of one database.
///
/// It is a name, not a secret: knowing it opens nothing (M52).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CaseNumber {
    year: u16,
    serial: u32,
}

/// A text that is no case number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a case number is a year and a serial, for instance 2026-0142")]
pub struct CaseNumberError;

/// Serials above this do not fit the database key of a case.
const HIGHEST_SERIAL: u32 = 99_999_999;

impl CaseNumber {
    /// A number for a case that will never be stored.
    pub const FIRST: Self = Self { year: 1000, serial: 1 };

    /// The case number of this year and serial; the serial counts from 1.
    pub fn new(year: u16, serial: u32) -> Result<Self, CaseNumberError> {
        if (1000..=9999).contains(&year) && (1..=HIGHEST_SERIAL).contains(&serial) {
            Ok(Self { year, serial })
        } else {
            Err(CaseNumberError)
        }
    }

    /// The highest number there can be in a year.
    pub fn last_of(year: u16) -> Option<Self> {
        Self::new(year, HIGHEST_SERIAL).ok()
    }

    /// The year in which the case was registered.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The serial within the year.
    pub fn serial(self) -> u32 {
        self.serial
    }

    /// The key under which a database keeps the case: year times 100,000,000 plus serial, so that keys
    /// sort as numbers do.
    pub fn database_key(self) -> i64 {
        i64::from(self.year) * (i64::from(HIGHEST_SERIAL) + 1) + i64::from(self.serial)
    }

    /// Reads a key back that [`CaseNumber::database_key`] made.
    pub fn from_database_key(key: i64) -> Result<Self, CaseNumberError> {
        let modulus = i64::from(HIGHEST_SERIAL) + 1;
        let year = u16::try_from(key.div_euclid(modulus)).map_err(|_| CaseNumberError)?;
        let serial = u32::try_from(key.rem_euclid(modulus)).map_err(|_| CaseNumberError)?;
        Self::new(year, serial)
    }
}

impl fmt::Display for CaseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:04}", self.year, self.serial)
    }
}

impl FromStr for CaseNumber {
    type Err = CaseNumberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, serial) = text.trim().split_once('-').ok_or(CaseNumberError)?;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if year.len() != 4 || serial.len() < 4 || !digits(year) || !digits(serial) {
            return Err(CaseNumberError);
        }
        Self::new(year.parse().map_err(|_| CaseNumberError)?, serial.parse().map_err(|_| CaseNumberError)?)
    }
}

impl TryFrom<String> for CaseNumber {
    type Error = CaseNumberError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<CaseNumber> for String {
    fn from(number: CaseNumber) -> Self {
        number.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_back_from_its_text_and_from_its_key() {
        for number in
            [CaseNumber::new(2026, 1).unwrap(), CaseNumber::new(2026, 142).unwrap(), CaseNumber::new(2031, 123_456).unwrap()]
        {
            assert_eq!(number.to_string().parse(), Ok(number));
            assert_eq!(CaseNumber::from_database_key(number.database_key()), Ok(number));
        }
        assert_eq!(CaseNumber::new(2026, 142).unwrap().to_string(), "2026-0142");
        assert!("26-12".parse::<CaseNumber>().is_err());
        assert!("2026-0000".parse::<CaseNumber>().is_err());
    }
}
