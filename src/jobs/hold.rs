//! One run of a job at a time.

use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use super::state::{State, open};

/// What to do when the job still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// Not to run, and to say that all is well.
    Skip,
    /// Not to run, and to say that it is busy.
    Fail,
    /// To wait for it so long, and then to be busy.
    Wait(Duration),
}

impl Hold {
    /// `skip`, `fail` or `wait=DURATION`.
    pub fn parse(text: &str, duration: impl Fn(&str) -> Option<Duration>) -> Option<Hold> {
        match text {
            "skip" => Some(Hold::Skip),
            "fail" => Some(Hold::Fail),
            text => duration(text.strip_prefix("wait=")?).map(Hold::Wait),
        }
    }

    /// The lock, for as long as it is kept; `None` when another run has it. The system takes it from a process that ends.
    pub fn take(self, state: &State, key: &str) -> io::Result<Option<File>> {
        state.make()?;
        let file = open(&state.path(key, "lock"))?;
        let patience = match self {
            Hold::Skip | Hold::Fail => Duration::ZERO,
            Hold::Wait(patience) => patience,
        };
        let until = Instant::now().checked_add(patience);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Some(file)),
                Err(std::fs::TryLockError::Error(error)) => return Err(error),
                Err(std::fs::TryLockError::WouldBlock) if until.is_some_and(|until| Instant::now() >= until) => {
                    return Ok(None);
                }
                Err(std::fs::TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
    }
}
