//! What wraps a job and keeps what it has to say until it is delivered: capture, redaction, spool. Knows nothing of git.

pub mod account;
pub mod beat;
pub mod capture;
pub mod courier;
mod group;
pub mod hold;
pub mod places;
pub mod redact;
pub mod spool;
pub mod state;
pub mod tally;
pub mod wrap;
