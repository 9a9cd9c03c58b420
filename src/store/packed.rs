//! A unit of work with all that takes time already done: so that the one writer is held for as short as can be.

use super::StoreError;
use super::encoding::{Encoded, encode};
use super::records::UnitOfWork;

/// A unit of work ready to be written. Packing is pure, and large windows are packed on all cores.
#[derive(Debug)]
pub struct PackedUnit {
    unit: UnitOfWork,
    pub(super) encoded: Encoded,
}

impl PackedUnit {
    /// Packs a unit; the bytes of its letters are held once, compressed. Fails only on a state that is no JSON, which
    /// is a defect.
    pub fn new(mut unit: UnitOfWork) -> Result<Self, StoreError> {
        let encoded = encode(&unit)?;
        for queued in &mut unit.letters {
            queued.letter.bytes = Vec::new();
        }
        Ok(Self { unit, encoded })
    }

    /// The unit, its letters without their bytes.
    pub fn unit(&self) -> &UnitOfWork {
        &self.unit
    }

    /// The unit, its letters without their bytes.
    pub fn into_unit(self) -> UnitOfWork {
        self.unit
    }
}
