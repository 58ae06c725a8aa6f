//! `demo`: a small lively desk, made by the same acts that people do.

mod articles;
mod reports;
mod services;
mod story;

use std::path::Path;

use jiff::SignedDuration;

use crate::desk::actor::Actor;
use crate::desk::init::{Init, init};
use crate::desk::policy::{self, NewAgent};
use crate::desk::{Desk, Options};
use crate::env::Env;
use crate::error::Result;
use crate::model::id::TicketId;
use crate::model::word::Role;
use crate::store::message::Person;
use crate::store::{Place, Store};
use story::Play;

/// What was made.
pub struct Demo {
    pub tickets: usize,
    /// A ticket with a conversation.
    pub show: TicketId,
    /// A ticket that nobody has.
    pub free: TicketId,
}

/// Days of history: eight weeks.
const DAYS: i64 = 56;
/// How many tickets have a story.
const STORIES: i64 = 72;
/// How many tickets a demo has: one waits to be approved.
pub const TICKETS: i64 = STORIES + 1;

/// Agents beside the caller.
const TEAM: [(&str, &str); 3] = [("chris", "Chris Vermeer"), ("dana", "Dana Okafor"), ("bo", "Bo Lindqvist")];

/// Those who ask.
const REQUESTERS: &[(&str, &str)] = &[
    ("Bob Jansen", "bob@example.com"),
    ("J. de Vries", "j.devries@example.com"),
    ("Fatima Haddad", "fatima@example.com"),
    ("Lee Park", "lee@example.com"),
    ("Noor Visser", "noor@example.com"),
];

/// Fills a new desk in `folder`.
pub fn demo(env: &Env, folder: &Path) -> Result<Demo> {
    init(env, &Init { folder: folder.to_owned(), ..Init::default() })?;
    let mut place = Place::named(env, folder);
    for (name, value) in [("desk.durability", "none"), ("commit.gpgsign", "false")] {
        place.overrides.push((name.to_owned(), value.to_owned()));
    }
    let desk = Desk::new(env, Store::open(&place)?, Options::default());
    let team = agents(&desk)?;
    services::services(&desk)?;
    let begin = env.now.checked_sub(SignedDuration::from_hours(24 * DAYS))?;
    articles::write(&desk, &team, begin)?;
    let mut play = Play::new(&desk, team, requesters());
    let (mut show, mut free) = (None, None);
    for number in 0..STORIES {
        let day = number * DAYS / STORIES;
        let at = begin + SignedDuration::from_secs(day * 86_400 + play.roll(8 * 3_600));
        let told = play.ticket(number, at.min(env.now))?;
        show = if told.talked { Some(told.id) } else { show };
        free = if told.free { Some(told.id) } else { free };
    }
    play.request(&services::laptop(), env.now.checked_sub(SignedDuration::from_hours(20))?)?;
    let (Some(show), Some(free)) = (show, free) else { anyhow::bail!("the demo has no story to show") };
    Ok(Demo { tickets: TICKETS as usize, show, free })
}

/// The desk's agents, the caller first.
fn agents(desk: &Desk<'_>) -> Result<Vec<Actor>> {
    desk.write(|room| {
        for (handle, name) in TEAM {
            let agent = NewAgent {
                handle: Some(handle.to_owned()),
                emails: vec![format!("{handle}@example.com")],
                name: Some(name.to_owned()),
                role: Role::Agent,
            };
            policy::add_agent(room, &agent)?;
        }
        Ok(())
    })?;
    let (policy, _) = desk.policy()?;
    let mut agents = vec![desk.person(&policy)?];
    agents.extend(TEAM.map(|(handle, name)| Actor {
        person: Person::new(name, &format!("{handle}@example.com")),
        name: handle.to_owned(),
        is_agent: true,
    }));
    Ok(agents)
}

fn requesters() -> Vec<Actor> {
    let actor = |(name, email): &(&str, &str)| Actor {
        person: Person::new(name, email),
        name: (*email).to_owned(),
        is_agent: false,
    };
    REQUESTERS.iter().map(actor).collect()
}
