//! The processes of a job that shares our group with us, as it does on a terminal. The group holds others, too: us, who
//! started us, what they started beside us in one line of the shell. So what came with the job is found one by one, in
//! `/proc` (proc(5)); where there is none, only the job itself is known.

use std::collections::{HashMap, HashSet};
use std::fs;

/// What `/proc/PID/stat` says of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Process {
    pid: u32,
    parent: u32,
    group: u32,
    /// In ticks since the machine started.
    began: u64,
    is_dead: bool,
}

/// The job and all of our group that came with it: what it started, and what that left behind.
pub fn of_job(job: u32) -> Vec<u32> {
    let found = came_with(job, std::process::id(), all());
    if found.is_empty() { vec![job] } else { found }
}

/// Whether a job is still there, or what came with it: of the group that it heads, else of ours.
pub fn has_others(job: u32, in_our_group: bool) -> bool {
    match in_our_group {
        true => !came_with(job, std::process::id(), all()).is_empty(),
        false => all().iter().any(|process| process.group == job && !process.is_dead),
    }
}

fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter_map(|pid| Process::read(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)).collect()
}

impl Process {
    /// The name, in brackets, may hold anything.
    fn read(stat: &str) -> Option<Process> {
        let pid = stat.split(' ').next()?.parse().ok()?;
        let fields: Vec<&str> = stat[stat.rfind(')')? + 1..].split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        let id = |at: usize| u32::try_from(number(at)?).ok();
        let is_dead = matches!(*fields.first()?, "Z" | "X");
        Some(Process { pid, parent: id(1)?, group: id(2)?, began: number(19)?, is_dead })
    }
}

fn came_with(job: u32, us: u32, all: Vec<Process>) -> Vec<u32> {
    let by_pid: HashMap<u32, Process> = all.iter().map(|process| (process.pid, *process)).collect();
    let (Some(own), Some(first)) = (by_pid.get(&us), by_pid.get(&job)) else { return Vec::new() };
    let in_group = |pid: u32| by_pid.get(&pid).filter(|process| process.group == own.group);
    let is_jobs = |process: &Process| {
        let (mut at, mut seen) = (*process, HashSet::new());
        loop {
            if at.pid == job {
                return true;
            }
            // Ours, or who started us.
            if at.pid == us || at.parent == own.parent || !seen.insert(at.pid) {
                return false;
            }
            match in_group(at.parent) {
                Some(parent) => at = *parent,
                // Whoever started it has gone, or never was of our group: then it is younger than the job, or not of it.
                None => return at.pid != own.parent && at.began >= first.began,
            }
        }
    };
    let alive = all.iter().filter(|process| process.group == own.group && !process.is_dead);
    let mut found: Vec<u32> = alive.filter(|process| is_jobs(process)).map(|process| process.pid).collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(pid: u32, parent: u32, group: u32, began: u64) -> Process {
        Process { pid, parent, group, began, is_dead: false }
    }

    #[test]
    fn a_process_is_read_whatever_it_calls_itself() {
        let stat = "42 (a) S (b) Z 7 40 40 34816 42 4194304 1 2 3 4 5 6 7 8 20 0 1 0 9001 10 11";
        assert_eq!(Process::read(stat), Some(Process { is_dead: true, ..process(42, 7, 40, 9001) }));
        assert_eq!(Process::read("42 (a"), None);
    }

    #[test]
    fn what_came_with_the_job_is_its_and_who_is_beside_us_is_not() {
        let all = vec![
            // The shell, a script of it that is the head of our group, what that started beside us, and us.
            process(10, 1, 10, 5),
            process(20, 10, 20, 50),
            process(21, 20, 20, 51),
            process(22, 21, 20, 300),
            process(30, 20, 20, 52),
            // The job, its child, what a child that has gone left behind, and one with a group of its own.
            process(40, 30, 20, 100),
            process(41, 40, 20, 101),
            process(42, 1, 20, 102),
            process(43, 40, 43, 103),
            // What somebody left behind before.
            process(50, 1, 20, 60),
        ];
        assert_eq!(came_with(40, 30, all.clone()), [40, 41, 42]);
        assert_eq!(came_with(40, 31, all), Vec::<u32>::new());
    }
}
