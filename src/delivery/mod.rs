//! Delivery: claimed letters to a submission server, and what became of each attempt.
//!
//! Takes [`crate::store::ClaimedLetter`], gives [`crate::store::Attempt`]. Every attempt is kept. It never
//! changes a byte of a letter (M131). Standards: RFC 5321, RFC 6409, RFC 8314, RFC 3463.
