//! Real servers for the tests, each in a folder of its own that vanishes with it.

pub mod dovecot;
pub mod proxy;
