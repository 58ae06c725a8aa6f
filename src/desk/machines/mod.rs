//! What machines do by themselves, run by cron or a timer.

pub mod notify;
pub mod sweep;
