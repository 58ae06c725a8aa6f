//! What every command does that has something to tell a desk: take secrets out, keep it, try to deliver it at once.

use std::cell::OnceCell;
use std::time::Duration;

use jiff::Timestamp;

use super::Context;
use crate::desk::machines::hub::{Hub, producer};
use crate::env::Env;
use crate::jobs::courier::{self, Tried, Trouble};
use crate::jobs::places::Places;
use crate::jobs::redact::Redactor;
use crate::jobs::redact::site::SiteRules;
use crate::jobs::spool::{Kept, Spool, fitting};
use crate::jobs::state::State;
use crate::model::id::suffix;
use crate::model::when;
use crate::view::event::{Ask, Event, SCHEMA};

/// No token is a word as short as this.
const TOKEN: usize = 12;

/// A producer's own things.
pub struct Producing<'c> {
    pub ctx: &'c Context,
    pub places: Places,
    pub spool: Spool,
    pub state: State,
    site: OnceCell<SiteRules>,
    redactor: OnceCell<Redactor>,
    hub: Option<String>,
}

impl<'c> Producing<'c> {
    pub fn new(ctx: &'c Context, hub: Option<&str>) -> Producing<'c> {
        let places = Places::of(ctx.env);
        // A desk that was named goes before a hub that is only configured.
        let is_named = ctx.globals.repo.is_some() || !ctx.globals.desk.is_empty();
        let configured = || ctx.personal_preference("hub").filter(|_| !is_named);
        let hub = hub.map(str::to_owned).or_else(configured);
        Producing {
            ctx,
            spool: Spool::of(ctx.env, &places),
            state: State::of(&places),
            site: OnceCell::new(),
            redactor: OnceCell::new(),
            places,
            hub,
        }
    }

    fn site(&self) -> &SiteRules {
        self.site.get_or_init(|| SiteRules::read(&self.places))
    }

    /// What takes secrets out. It is made when it is first needed: a job that works has no need of it, and to read its
    /// rules takes longer than everything else.
    pub fn redactor(&self) -> &Redactor {
        self.redactor.get_or_init(|| {
            let site = self.site();
            Redactor::new(self.ctx.env.variables(), &site.env, &site.patterns)
        })
    }

    /// Whether a text is of short words alone, such as names of jobs are, and holds no value of the environment. Site
    /// rules may know shorter secrets, so with them no text is.
    fn is_plain(&self, text: &str) -> bool {
        let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
        let short = text.split(['/', '.', '_', '-']).all(|word| word.len() < TOKEN);
        let holds = |value: &str| value.len() >= 4 && text.contains(value);
        text.chars().all(name)
            && short
            && *self.site() == SiteRules::default()
            && !self.ctx.env.variables().any(|(_, value)| holds(value))
    }

    /// A text without its secrets.
    pub fn safe(&self, text: &str) -> String {
        if self.is_plain(text) { text.to_owned() } else { self.redactor().text(text, &mut 0) }
    }

    /// A key without its secrets, as events have it: what is remembered of it lies on the disk, too.
    pub fn key(&self, key: &str) -> String {
        fitting(&self.safe(key))
    }

    /// An event of this host and user, at a moment.
    pub fn event(&self, ask: Ask, key: &str, at: Timestamp) -> Event {
        let env = self.ctx.env;
        Event {
            schema: SCHEMA.to_owned(),
            id: new_id(env),
            at,
            ask,
            key: self.key(key),
            producer: producer(env),
            host: env.host.clone(),
            user: env.login.clone(),
            ..Event::default()
        }
    }

    /// Keeps an event without its secrets.
    pub fn keep(&self, event: &mut Event) -> Kept {
        self.redactor().event(event);
        self.spool.keep(event)
    }

    /// Tries to deliver what is kept, for a moment.
    pub fn deliver(&self) -> Tried {
        let words = self.ctx.globals.place();
        let whom = self.hub_shown().map_or_else(|| "the desk".to_owned(), |hub| format!("hub {hub}"));
        let mut tried = courier::deliver(self.ctx.env, &words, self.hub.as_deref(), &whom);
        if tried.trouble == Some(Trouble::NoDesk) && self.is_named() {
            tried.trouble = Some(Trouble::Away("the desk is not there".to_owned()));
        }
        tried
    }

    /// Whether events go to a hub, and not to a desk here.
    pub fn has_hub(&self) -> bool {
        self.hub.is_some()
    }

    /// The hub as it was said.
    pub fn hub(&self) -> Option<&str> {
        self.hub.as_deref()
    }

    /// The hub, for people: without a password.
    pub fn hub_shown(&self) -> Option<String> {
        let hub = Hub::parse(self.hub.as_deref()?, &self.ctx.env.cwd);
        Some(hub.map_or_else(|_| "the hub".to_owned(), |hub| hub.shown()))
    }

    /// Whether somebody said which desk it is.
    fn is_named(&self) -> bool {
        let globals = &self.ctx.globals;
        self.hub.is_some()
            || globals.repo.is_some()
            || !globals.desk.is_empty()
            || self.ctx.personal_preference("default").is_some()
    }
}

/// `20261124T081502.123456789Z-x7k2m9…`: sorted by name is sorted by time.
fn new_id(env: &Env) -> String {
    let at = env.clock();
    let time = at.strftime("%Y%m%dT%H%M%S");
    format!("{time}.{:09}Z-{}{}", at.subsec_nanosecond(), suffix(env.random()), suffix(env.random()))
}

/// A key as people type it.
pub fn key(text: &str) -> Result<String, String> {
    match fitting(text).is_empty() {
        true => Err("a key is a word".to_owned()),
        false => Ok(text.to_owned()),
    }
}

/// A duration as people type it.
pub fn duration(text: &str) -> Result<Duration, String> {
    let seconds = when::duration(text).and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map(Duration::from_secs).ok_or_else(|| format!("`{text}` is no duration; like these: 30s, 5m, 2h, 1d"))
}
