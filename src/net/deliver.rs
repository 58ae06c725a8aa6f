//! Sends one request, once.
//!
//! It refuses what would make this machine somebody's tool: the host is resolved here, each of its addresses is
//! checked, and the connection is made to those very addresses, so that a second answer of the name server changes
//! nothing. No redirect is followed and no proxy asked but one that the caller names, because either would choose another
//! address. It never takes longer than asked, and never reads more of an answer than 64 KiB.

mod errand;

use std::fmt;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use errand::{Errand, Said};
use jiff::Timestamp;

use super::answer::Answer;
pub use super::answer::Whole;
use super::request::Request;

/// How long a delivery may take in all, from the name to the last byte.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// Who is asked in place of a host, where somebody who is trusted says so. Its `Debug` shows no password.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// http or https; its user and password may be in it.
    pub url: String,
    /// Hosts that are spoken to without it, as `no_proxy` has them (curl(1)).
    pub without: String,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("without", &self.without).finish_non_exhaustive()
    }
}

/// How a request may be sent.
#[derive(Debug, Clone, Copy)]
pub struct Policy {
    /// Whether the address may be this machine or its own network, and plain http.
    pub allow_private: bool,
    /// In all.
    pub timeout: Duration,
    /// The present, for answers that name a time.
    pub now: Timestamp,
}

impl Policy {
    pub fn new(allow_private: bool, now: Timestamp) -> Policy {
        Policy { allow_private, timeout: PATIENCE, now }
    }
}

/// What became of it. Words name the host and never the rest of the address, which may be a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Delivered,
    /// Another try may do, `after` the pause that the service asked for (at most an hour).
    Again {
        after: Option<Duration>,
        why: String,
    },
    /// No other try will do before somebody has mended something.
    Never {
        why: String,
    },
}

impl Outcome {
    fn again(why: impl Into<String>) -> Outcome {
        Outcome::Again { after: None, why: why.into() }
    }

    fn never(why: impl Into<String>) -> Outcome {
        Outcome::Never { why: why.into() }
    }
}

/// Sends `request` and waits for its answer, at most `policy.timeout`.
pub fn send(request: &Request, policy: &Policy) -> Outcome {
    let until = Instant::now() + policy.timeout;
    let errand = match Errand::new(request, policy, until) {
        Ok(errand) => errand,
        Err(outcome) => return outcome,
    };
    let host = errand.host.clone();
    // A name server may keep this waiting for longer than anybody wants, and cannot be told to hurry: another thread
    // waits for it, and is left behind.
    let (tell, told) = mpsc::channel();
    if thread::Builder::new().name("notice".to_owned()).spawn(move || errand.run(&tell)).is_err() {
        return Outcome::again("this machine has no thread left to send with");
    }
    let late = || Outcome::again(format!("{host} did not answer within {} s", policy.timeout.as_secs_f32()));
    match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(Said::Answer(answer)) => settle(answer, &host, until, &told),
        Ok(Said::Outcome(outcome)) => outcome,
        Err(mpsc::RecvTimeoutError::Timeout) => late(),
        Err(mpsc::RecvTimeoutError::Disconnected) => Outcome::again(format!("sending to {host} broke off")),
    }
}

/// Asks, and waits for the whole answer, at most `policy.timeout`. A status is no failure; nothing is sent without
/// encryption but where the policy allows it. A proxy is asked in place of the host: it alone looks for its address.
pub fn ask(request: &Request, policy: &Policy, proxy: Option<&Proxy>) -> Result<Whole, Outcome> {
    let until = Instant::now() + policy.timeout;
    let errand = Errand { proxy: proxy.cloned(), ..Errand::new(request, policy, until)? };
    let host = errand.host.clone();
    let (tell, told) = mpsc::channel();
    // Whoever waits may have left.
    let run = move || drop(tell.send(errand.ask()));
    if thread::Builder::new().name("question".to_owned()).spawn(run).is_err() {
        return Err(Outcome::again("this machine has no thread left to send with"));
    }
    match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(answered) => answered,
        Err(mpsc::RecvTimeoutError::Timeout) => {
            Err(Outcome::again(format!("{host} did not answer within {} s", policy.timeout.as_secs_f32())))
        }
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Outcome::again(format!("sending to {host} broke off"))),
    }
}

/// The status alone decides; what the service says beside it is waited for only where it explains a failure.
fn settle(answer: Answer, host: &str, until: Instant, told: &mpsc::Receiver<Said>) -> Outcome {
    if (200..300).contains(&answer.status) {
        return Outcome::Delivered;
    }
    match told.recv_timeout(until.saturating_duration_since(Instant::now())) {
        Ok(Said::Answer(whole)) => whole.outcome(host),
        Ok(Said::Outcome(_)) | Err(_) => answer.outcome(host),
    }
}

#[cfg(test)]
mod tests;
