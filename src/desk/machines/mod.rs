//! What machines do by themselves: what they say becomes tickets, and what comes due is done.

pub mod deliver;
pub mod flush;
pub mod hub;
mod missing;
pub mod notify;
pub mod sweep;
