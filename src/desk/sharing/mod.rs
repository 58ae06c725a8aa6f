//! What a desk shares with others, and with itself tomorrow.

pub mod backup;
pub mod contest;
mod credential;
pub mod driver;
pub mod effect;
pub mod gate;
pub mod merge;
pub mod propose;
mod proxy;
pub mod rewind;
mod settle;
pub mod step;
pub mod sync;
mod trouble;
pub mod words;
