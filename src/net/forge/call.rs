//! One request to a forge and what its answer means; trouble that passes is waited out for a moment.

use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::{Call, Forge, Kind, gitea, github, gitlab};
use crate::error::{Kind as Failure, Problem, Result};
use crate::net::deliver::{self, Outcome, Policy, Whole};
use crate::net::request::{Method, Request};
use crate::net::text;

/// How long one request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Pauses before a request is made again: for as many times a forge with a fault of its own is asked once more.
const PAUSES: &[Duration] = &[Duration::from_millis(250), Duration::from_secs(1), Duration::from_secs(3)];

/// What a forge answered.
pub(super) struct Answered {
    pub status: u16,
    /// Null where it is no JSON.
    pub body: Value,
    whole: Whole,
}

impl Forge {
    /// The body of an answer that is good; exit code 8 or 9 for any other.
    pub(super) fn good(&self, call: &Call) -> Result<Value> {
        let answer = self.call(call)?;
        match answer.status {
            200..=299 => Ok(answer.body),
            _ => Err(self.refused(&answer).into()),
        }
    }

    /// Asks, and asks again where the forge has a fault of its own or was not reached. What is asked for is such that
    /// twice does no harm: a pull request that was opened before the answer was lost is there the next time.
    pub(super) fn call(&self, call: &Call) -> Result<Answered> {
        let request = self.request(call);
        let policy = Policy { timeout: PATIENCE, ..Policy::new(true, self.now) };
        let mut pauses = PAUSES.iter();
        loop {
            log::debug!("{} {}", call.method.as_str(), request.url);
            let outcome = deliver::ask(&request, &policy, self.proxy.as_ref());
            let again = match &outcome {
                Ok(whole) => whole.status >= 500,
                Err(Outcome::Again { .. }) => true,
                Err(Outcome::Delivered | Outcome::Never { .. }) => false,
            };
            match (outcome, pauses.next().filter(|_| again)) {
                (_, Some(pause)) => thread::sleep(*pause),
                (Ok(whole), None) => {
                    let body = serde_json::from_str(&whole.said).unwrap_or(Value::Null);
                    return Ok(Answered { status: whole.status, body, whole });
                }
                (Err(Outcome::Again { why, .. } | Outcome::Never { why }), None) => {
                    return Err(Problem::new(Failure::Remote, why).code("forge_unreached").into());
                }
                (Err(Outcome::Delivered), None) => return Err(self.unclear().into()),
            }
        }
    }

    fn request(&self, call: &Call) -> Request {
        let url = self.site.address(&call.path, &call.query);
        let request = match call.method {
            Method::Get => Request::get(url),
            Method::Post | Method::Put | Method::Patch => Request::sending(call.method, url, &call.body),
        };
        self.headers().into_iter().fold(request, |request, (name, value)| request.header(name, value))
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        match self.site.kind {
            Kind::Github => github::headers(&self.login.secret),
            Kind::Gitlab => gitlab::headers(&self.login.secret),
            Kind::Gitea | Kind::Forgejo => gitea::headers(&self.login),
        }
    }

    /// What a status that is not good means, and what to do.
    pub(super) fn refused(&self, answer: &Answered) -> Problem {
        let (host, status) = (self.site.host(), answer.status);
        let said = self.said(&answer.body);
        let said = if said.is_empty() { String::new() } else { format!(": {said}") };
        let remote = |words: String| Problem::new(Failure::Remote, words);
        if status == 429 || status == 403 && (answer.whole.after.is_some() || answer.whole.exhausted) {
            let until = answer.whole.after.map_or_else(|| "a while".to_owned(), spoken);
            return remote(format!(
                "{host} was asked too often and wants to be left alone for {until} ({status}){said}"
            ))
            .code("rate_limit");
        }
        match status {
            401 => Problem::new(Failure::Denied, format!("{host} does not know the token or password (401){said}"))
                .code("unauthorized")
                .hint(format!("give git another one: {}", self.approve())),
            403 => Problem::new(Failure::Denied, format!("{host} forbids it (403){said}"))
                .code("forbidden")
                .hint(format!("a token that may write pull requests of {}: {}", self.site.whole(), self.approve())),
            404 => remote(format!("{host} has no repository {} for whoever asks (404){said}", self.site.whole()))
                .code("no_project")
                .hint("is the remote's address right, and may the token see it?     git remote -v"),
            300..=399 => remote(format!("{host} redirects ({status}), which is never followed with a token"))
                .code("redirected")
                .hint("the repository may have moved: git remote set-url NAME URL"),
            500..=599 => remote(format!("{host} has a fault of its own ({status}){said}")).code("forge_down"),
            _ => remote(format!("{host} refuses it ({status}){said}")).code("forge_refused"),
        }
    }

    /// How a token is given to git, as a person types it.
    fn approve(&self) -> String {
        let (protocol, host) = self.site.keeper();
        format!("printf 'protocol={protocol}\\nhost={host}\\n' | git credential fill | git credential approve")
    }

    /// The words of an answer in one line; none where they hold what is secret.
    fn said(&self, body: &Value) -> String {
        let mut words = Vec::new();
        gather(body, &mut words);
        let said = text::line(&words.join("; "));
        // Looked at whole: of a secret that is cut off, a part would be left.
        match self.secrets().iter().any(|secret| said.contains(secret.as_str())) {
            true => String::new(),
            false => text::cut(&said, 200),
        }
    }

    /// The secret, and the headers that it goes in: whole, and each of their words.
    fn secrets(&self) -> Vec<String> {
        let headers = self.headers().into_iter().filter(|(name, _)| *name == "authorization");
        let words = headers.flat_map(|(_, value)| {
            let words: Vec<String> = value.split(' ').skip(1).map(str::to_owned).collect();
            words.into_iter().chain([value])
        });
        words.chain([self.login.secret.clone()]).filter(|secret| !secret.is_empty()).collect()
    }
}

/// The texts under the keys that forges explain themselves by, or, below those, under any.
fn gather(value: &Value, words: &mut Vec<String>) {
    match value {
        Value::String(text) => words.push(text.clone()),
        Value::Array(all) => all.iter().for_each(|one| gather(one, words)),
        Value::Object(all) => {
            let explains = |key: &&String| matches!(key.as_str(), "message" | "errors" | "error" | "error_description");
            let named: Vec<&Value> = all.keys().filter(explains).map(|key| &all[key]).collect();
            match named.is_empty() {
                true => all.values().for_each(|one| gather(one, words)),
                false => named.into_iter().for_each(|one| gather(one, words)),
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `40 s`, `12 min`.
fn spoken(pause: Duration) -> String {
    match pause.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds => format!("{} min", seconds.div_ceil(60)),
    }
}
