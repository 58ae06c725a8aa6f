//! Who acts: the name and address a commit gets, and the handle that entries get.

use crate::env::Env;
use crate::error::{Problem, Result};
use crate::model::policy::Policy;
use crate::store::Store;
use crate::store::message::Person;

/// Somebody who acts, or a machine that does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub person: Person,
    /// The agent's handle where the address is one's; else the address.
    pub name: String,
    pub is_agent: bool,
}

impl Actor {
    /// A person: `GIT_DESK_USER`, git's author variables, `user.name` and `user.email`, else `user@host`.
    ///
    /// Never asks "please tell me who you are": a name can always be made.
    pub fn person(env: &Env, store: &Store, policy: &Policy) -> Result<Actor> {
        if let Some(user) = env.var("GIT_DESK_USER").map(str::to_owned).or_else(|| store.setting("desk.user")) {
            return named(&user, policy);
        }
        let email = env
            .var("GIT_AUTHOR_EMAIL")
            .map(str::to_owned)
            .or_else(|| store.setting("author.email"))
            .or_else(|| store.setting("user.email"))
            .or_else(|| env.var("EMAIL").map(str::to_owned))
            .unwrap_or_else(|| format!("{}@{}", env.login, env.host));
        let name = env
            .var("GIT_AUTHOR_NAME")
            .map(str::to_owned)
            .or_else(|| store.setting("author.name"))
            .or_else(|| store.setting("user.name"))
            .unwrap_or_else(|| env.login.clone());
        Ok(known_by_address(Person::new(&name, &email), policy))
    }

    /// A machine, `git-desk <machine@HOST>`, unless `GIT_DESK_USER` names somebody.
    pub fn machine(env: &Env, policy: &Policy) -> Result<Actor> {
        match env.var("GIT_DESK_USER") {
            Some(user) => named(user, policy),
            None => {
                let person = Person::new("git-desk", &format!("machine@{}", env.host));
                Ok(Actor { name: person.email.clone(), person, is_agent: false })
            }
        }
    }
}

/// Reads `handle` or `Name <mail>`.
fn named(user: &str, policy: &Policy) -> Result<Actor> {
    if let Some(person) = Person::parse(user) {
        return Ok(known_by_address(person, policy));
    }
    let Some(agent) = policy.agents.get(user) else {
        return Err(Problem::usage(format!("`GIT_DESK_USER` is \"{user}\", which is no agent of this desk"))
            .hint("an agent's handle, or `Name <mail>`")
            .into());
    };
    let email = agent.emails.first().cloned().unwrap_or_else(|| format!("{user}@localhost"));
    let person = Person::new(&agent.name, &email);
    Ok(Actor { person, name: user.to_owned(), is_agent: true })
}

fn known_by_address(person: Person, policy: &Policy) -> Actor {
    match policy.agent_by_email(&person.email) {
        Some((handle, _)) => Actor { name: handle.to_owned(), person, is_agent: true },
        None => Actor { name: person.email.clone(), person, is_agent: false },
    }
}
