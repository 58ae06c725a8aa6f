//! What machines do by themselves, run by cron or a timer.

pub mod sweep;
