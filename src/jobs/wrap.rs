//! Running a job so that nobody can tell it is wrapped: its output passes byte for byte, each stream by itself and at
//! once; signals reach it; it ends as it ends.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::capture::{Capture, Stream};
use super::group;
use crate::platform::{self, Heard};
use crate::process;

/// What to run, and how.
#[derive(Debug, Clone)]
pub struct Job {
    pub words: Vec<OsString>,
    /// After so long it is asked to end, and `kill_after` later it is killed.
    pub timeout: Option<Duration>,
    pub kill_after: Duration,
    /// Its output is kept, for a ticket.
    pub capture: bool,
    /// Its output becomes ours.
    pub pass: bool,
    /// It shares our terminal, and so our group of processes.
    pub on_terminal: bool,
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Code(i32),
    Signal(i32),
    TimedOut,
    /// There is no such program.
    NotFound,
    /// It is there and cannot be run.
    NotRunnable,
}

impl End {
    /// The exit code, as `timeout(1)` and the shell have it.
    pub fn code(self) -> i32 {
        match self {
            End::Code(code) => code,
            End::Signal(signal) => 128 + signal,
            End::TimedOut => 124,
            End::NotRunnable => 126,
            End::NotFound => 127,
        }
    }
}

/// What came of a job.
pub struct Ran {
    pub end: End,
    pub capture: Capture,
    pub took: Duration,
    /// Some of its output reached nobody: our own could not be written.
    pub lost_output: bool,
    /// Why it could not be started, in the system's words.
    pub trouble: Option<String>,
}

/// After its end, what a job left behind may still be on its way; something that it left running may hold the pipe for
/// ever.
const DRAIN: Duration = Duration::from_secs(2);

/// How often is looked for what belongs to a job that is to be killed.
const LOOKS: usize = 3;

/// How often is looked whether all of a job is over that was asked to end.
const PAUSE: Duration = Duration::from_millis(20);

/// What happens while a job runs.
enum Event {
    Heard(Heard),
    Ended,
    Drained,
}

/// Runs a job to its end.
pub fn run(job: &Job) -> Ran {
    let started = Instant::now();
    let capture = Arc::new(Mutex::new(Capture::new()));
    let (sender, events) = channel();
    let heard = sender.clone();
    // Before the job is there, so that no signal is lost; the job itself begins without our handlers. Without them the
    // signal ends us, and the job with us where it shares our group.
    if let Err(error) = platform::hear_signals(move |signal| drop(heard.send(Event::Heard(signal)))) {
        log::debug!("signals: {error}");
    }
    let mut child = match start(job) {
        Ok(child) => child,
        Err(error) => return not_started(started, &error),
    };
    let pipes = forward(job, &mut child, &capture, &sender);
    let pid = child.id();
    std::thread::spawn(move || {
        platform::await_end(pid);
        let _ = sender.send(Event::Ended);
    });
    let mut watch = Watch { job, pid, killing: None, timed_out: false };
    watch.until_end(&events, started);
    watch.end_the_rest(&events);
    let status = child.wait();
    let took = started.elapsed();
    watch.until_drained(&events, &pipes);
    let end = match status {
        _ if watch.timed_out => End::TimedOut,
        Ok(status) => match (status.code(), platform::signal_of(status)) {
            (Some(code), _) => End::Code(code),
            (None, Some(signal)) => End::Signal(signal),
            (None, None) => End::Code(1),
        },
        Err(_) => End::Code(1),
    };
    // What a reader that still hangs would add is not waited for.
    let capture = std::mem::take(&mut *capture.lock().unwrap_or_else(PoisonError::into_inner));
    let lost_output = pipes.iter().any(Flow::has_lost);
    Ran { end, capture, took, lost_output, trouble: None }
}

fn start(job: &Job) -> io::Result<Child> {
    let Some((program, arguments)) = job.words.split_first() else { return Err(io::ErrorKind::NotFound.into()) };
    match spawn(job, process::job(program).args(arguments)) {
        // A script without a first line that names its shell: cron and `timeout(1)` give it to sh (POSIX, execvp).
        Err(error) if platform::is_no_program(&error) => {
            spawn(job, process::job("/bin/sh".as_ref()).arg(program).args(arguments))
        }
        started => started,
    }
}

fn spawn(job: &Job, command: &mut Command) -> io::Result<Child> {
    if !job.on_terminal {
        platform::apart(command);
    }
    if job.capture || !job.pass {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
    }
    command.spawn()
}

fn not_started(started: Instant, error: &io::Error) -> Ran {
    let end = if error.kind() == io::ErrorKind::NotFound { End::NotFound } else { End::NotRunnable };
    let (capture, took) = (Capture::new(), started.elapsed());
    Ran { end, capture, took, lost_output: false, trouble: Some(error.to_string()) }
}

/// Starts a thread for each stream; how each stands.
fn forward(job: &Job, child: &mut Child, capture: &Arc<Mutex<Capture>>, sender: &Sender<Event>) -> Vec<Flow> {
    let (Some(out), Some(err)) = (child.stdout.take(), child.stderr.take()) else { return Vec::new() };
    let (own_out, own_err) = match platform::raw_outputs() {
        Ok((out, err)) if job.pass => (Some(out), Some(err)),
        Ok(_) | Err(_) => (None, None),
    };
    let kept = |capture: &Arc<Mutex<Capture>>| job.capture.then(|| capture.clone());
    let flows = [Flow::default(), Flow::default()];
    let [flow_out, flow_err] = flows.clone();
    let (out, err) = (platform::pipe_of(out), platform::pipe_of(err));
    let pump_out = Pump { from: out, to: own_out, capture: kept(capture), stream: Stream::Out, flow: flow_out };
    let pump_err = Pump { from: err, to: own_err, capture: kept(capture), stream: Stream::Err, flow: flow_err };
    for pump in [pump_out, pump_err] {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let flow = pump.flow.clone();
            pump.run();
            *flow.stage() = Stage::Over;
            let _ = sender.send(Event::Drained);
        });
    }
    flows.to_vec()
}

/// How a stream stands, and whether some of it was lost.
#[derive(Clone, Default)]
struct Flow(Arc<Mutex<Stage>>, Arc<AtomicBool>);

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// It waits for what the job prints.
    #[default]
    Reading,
    /// What was printed is on its way to whoever reads us.
    Passing,
    /// The job is over: only what is printed already is passed on.
    Closing,
    /// There is nothing left, or nobody who reads it.
    Over,
}

impl Flow {
    /// Whether it may go on reading; when the job is over, what is there is the last.
    fn reads(&self) -> bool {
        let mut stage = self.stage();
        if *stage != Stage::Closing {
            *stage = Stage::Reading;
        }
        *stage == Stage::Reading
    }

    /// Whether what was read is still wanted.
    fn passes(&self) -> bool {
        let mut stage = self.stage();
        if *stage != Stage::Closing {
            *stage = Stage::Passing;
        }
        *stage == Stage::Passing
    }

    /// The job is over; whether something of its output is still on its way.
    fn close(&self) -> bool {
        std::mem::replace(&mut *self.stage(), Stage::Closing) == Stage::Passing
    }

    fn lose(&self) {
        self.1.store(true, Ordering::Relaxed);
    }

    fn has_lost(&self) -> bool {
        self.1.load(Ordering::Relaxed)
    }

    fn is_over(&self) -> bool {
        *self.stage() == Stage::Over
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One stream on its way.
struct Pump {
    from: File,
    to: Option<File>,
    capture: Option<Arc<Mutex<Capture>>>,
    stream: Stream,
    flow: Flow,
}

/// Bytes that are read at once, and those that a pipe holds at most (`/proc/sys/fs/pipe-max-size`).
const PART: usize = 64 << 10;
const PIPE: usize = 1 << 20;

impl Pump {
    fn run(mut self) {
        let mut part = vec![0; PART];
        while self.flow.reads() {
            let read = match self.from.read(&mut part) {
                Ok(0) => return,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            if !self.flow.passes() || !self.pass(&part[..read]) {
                return;
            }
        }
        self.pass_the_rest(&mut part);
    }

    /// Whoever reads us was slow, and the job is over: what it left in the pipe is passed on, and no more than a pipe
    /// holds, for something that it left running may print for ever.
    fn pass_the_rest(&mut self, part: &mut [u8]) {
        if platform::unblock(&self.from).is_err() {
            return;
        }
        let mut left = PIPE;
        while left > 0 {
            let most = part.len().min(left);
            match self.from.read(&mut part[..most]) {
                Ok(0) => return,
                Ok(read) if self.pass(&part[..read]) => left -= read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(_) | Err(_) => return,
            }
        }
    }

    /// Whether anybody reads on.
    fn pass(&mut self, bytes: &[u8]) -> bool {
        if let Some(to) = &mut self.to {
            // The job is to learn of it as it would without us, when it writes again.
            if let Err(error) = write_patiently(to, bytes) {
                // That nobody reads on is the job's own affair; that a disk is full must be known.
                if error.kind() != io::ErrorKind::BrokenPipe {
                    self.flow.lose();
                }
                return false;
            }
        }
        if let Some(capture) = &self.capture {
            capture.lock().unwrap_or_else(PoisonError::into_inner).take(self.stream, bytes);
        }
        true
    }
}

/// Writes all of it, also to whoever reads in their own time and said so (`O_NONBLOCK`).
fn write_patiently(to: &mut File, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match to.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => platform::await_room(to)?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// What is known of a job that runs.
struct Watch<'j> {
    job: &'j Job,
    pid: u32,
    /// When it is killed, once it was asked to end.
    killing: Option<Instant>,
    timed_out: bool,
}

impl Watch<'_> {
    fn until_end(&mut self, events: &Receiver<Event>, started: Instant) {
        loop {
            let deadline = match (self.killing, self.timed_out, self.job.timeout) {
                (Some(killing), _, _) => Some(killing),
                (None, false, Some(timeout)) => started.checked_add(timeout),
                (None, _, _) => None,
            };
            match next(events, deadline) {
                Ok(Event::Ended) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Event::Drained) => {}
                Ok(Event::Heard(heard)) => self.pass_on(heard),
                Err(RecvTimeoutError::Timeout) => self.push(),
            }
        }
    }

    /// Of a job whose time is up what it started is to end, too, whether it obeys or not. The job itself is over, and
    /// keeps its number until all are.
    fn end_the_rest(&mut self, events: &Receiver<Event>) {
        while let Some(killing) = self.killing.filter(|_| group::has_others(self.pid, self.job.on_terminal)) {
            match next(events, Some(killing.min(Instant::now() + PAUSE))) {
                Ok(Event::Heard(heard)) => self.pass_on(heard),
                Err(RecvTimeoutError::Timeout) if Instant::now() >= killing => self.push(),
                Err(RecvTimeoutError::Disconnected) => return,
                Ok(Event::Ended | Event::Drained) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    fn until_drained(&self, events: &Receiver<Event>, flows: &[Flow]) {
        let mut open: Vec<&Flow> = flows.iter().collect();
        let mut deadline = Some(Instant::now() + DRAIN);
        loop {
            open.retain(|flow| !flow.is_over());
            if open.is_empty() {
                return;
            }
            match next(events, deadline) {
                // Whoever reads us takes their time; whoever asks us to end need not wait for them.
                Ok(Event::Heard(heard)) if deadline.is_none() && heard.asks_to_end() => return,
                Ok(Event::Heard(_) | Event::Ended | Event::Drained) => {}
                Err(RecvTimeoutError::Timeout) => {
                    // A pipe that something holds and prints nothing into is done with.
                    open.retain(|flow| flow.close());
                    deadline = None;
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Time is up: first it is asked to end, then it is killed.
    fn push(&mut self) {
        let signal = if self.timed_out { platform::KILL } else { platform::TERMINATE };
        self.timed_out = true;
        self.killing = Instant::now().checked_add(self.job.kill_after).filter(|_| signal == platform::TERMINATE);
        if !self.job.on_terminal {
            return platform::send(self.pid, true, signal);
        }
        // What was started in the moment in which we looked is found the next time.
        let looks = if signal == platform::KILL { LOOKS } else { 1 };
        for _ in 0..looks {
            group::of_job(self.pid).into_iter().for_each(|pid| platform::send(pid, false, signal));
        }
    }

    /// The terminal signals all of the group itself. A word that does not ask to end is the job's alone: what it has
    /// started may not know it.
    fn pass_on(&mut self, heard: Heard) {
        if heard.by_process || !self.job.on_terminal {
            platform::send(self.pid, !self.job.on_terminal && heard.asks_to_end(), heard.signal);
        }
    }
}

fn next(events: &Receiver<Event>, deadline: Option<Instant>) -> Result<Event, RecvTimeoutError> {
    match deadline {
        Some(deadline) => events.recv_timeout(deadline.saturating_duration_since(Instant::now())),
        None => events.recv().map_err(|_| RecvTimeoutError::Disconnected),
    }
}
