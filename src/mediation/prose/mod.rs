//! Prose taken apart: words, numbers, addresses and signs, each with its place in the text.

mod token;

pub use token::{Kind, Token, tokens};
