//! Outside formats: what monitors send, what chat and paging services take.
