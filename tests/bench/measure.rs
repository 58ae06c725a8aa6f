//! Timing whole processes: time on the clock and largest memory, as the operating system accounts them.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What one command took.
#[derive(Debug, Clone, Copy)]
pub struct Took {
    pub wall: Duration,
    /// Largest resident memory, in KiB.
    pub peak: i64,
}

/// Runs a command once; it must succeed.
pub fn once(command: &mut Command) -> Took {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
    let begin = Instant::now();
    #[expect(clippy::zombie_processes, reason = "`wait4` below waits for it")]
    let child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut status = 0;
    // SAFETY: `rusage` is plain numbers, for which zeros are a value; the kernel fills it while we wait for our child.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::wait4(child.id() as i32, &mut status, 0, &mut usage);
        usage
    };
    let wall = begin.elapsed();
    assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0, "{command:?} ended with {status}");
    Took { wall, peak: usage.ru_maxrss }
}

/// Two commands in turn: the medians of both.
pub fn pair(runs: usize, mut a: impl FnMut() -> Command, mut b: impl FnMut() -> Command) -> (Took, Took) {
    once(&mut a());
    once(&mut b());
    let (mut of_a, mut of_b) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        of_a.push(once(&mut a()));
        of_b.push(once(&mut b()));
    }
    (middle(of_a), middle(of_b))
}

fn middle(mut runs: Vec<Took>) -> Took {
    runs.sort_by_key(|took| took.wall);
    let peak = runs.iter().map(|took| took.peak).max().unwrap_or(0);
    Took { wall: runs[runs.len() / 2].wall, peak }
}
