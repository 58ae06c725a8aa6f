//! What a desk shares with others, and with itself tomorrow.

pub mod backup;
mod credential;
pub mod gate;
pub mod merge;
pub mod propose;
pub mod words;
