//! Outside formats: what monitors send, what chat and paging services take.

pub mod monitors;
