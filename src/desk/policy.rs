//! Queues and agents: lossless edits of `desk.toml`. A name is never deleted, only retired.

use crate::desk::Room;
use crate::desk::tickets::Acted;
use crate::desk::tickets::assign::{Provided, To, assign};
use crate::desk::tickets::open::known_queue;
use crate::desk::tickets::set::{Assignment, set};
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::name::is_name;
use crate::model::near::nearest;
use crate::model::policy::Policy;
use crate::model::word::Role;
use crate::store::document::basic_string;
use crate::store::document::policy_edit::{append_table, set_key};
use crate::store::message::Message;

#[derive(Debug, Clone)]
pub struct NewQueue {
    pub name: String,
    pub title: Option<String>,
    /// The queue that escalation goes to.
    pub next: Option<String>,
    pub level: u32,
    pub lead: Option<String>,
    pub members: Vec<String>,
}

#[derive(Debug, Clone)]
pub struct NewAgent {
    /// Made from the address when it is not given.
    pub handle: Option<String>,
    pub emails: Vec<String>,
    pub name: Option<String>,
    pub role: Role,
}

/// Adds a queue, or makes a retired one active again. Exit code 2 for a name that is none, 3 for an unknown `next`,
/// lead or member.
pub fn add_queue(room: &mut Room<'_, '_>, queue: &NewQueue) -> Result<()> {
    check_name(&queue.name)?;
    if let Some(next) = &queue.next {
        super::tickets::open::known_queue(&room.policy, next)?;
    }
    for agent in queue.lead.iter().chain(&queue.members) {
        super::tickets::open::known_agent(&room.policy, agent)?;
    }
    room.tx.describe(Message::new(format!("queue add {}", queue.name)).trailer("Desk-Act", "queue"));
    if let Some(have) = room.policy.queues.get(&queue.name) {
        return if have.active { Ok(()) } else { set_active(room, &format!("queues.{}", queue.name), true) };
    }
    let text = |value: &Option<String>| basic_string(value.as_deref().unwrap_or_default());
    let members: Vec<String> = queue.members.iter().map(|member| basic_string(member)).collect();
    let title = basic_string(queue.title.as_deref().unwrap_or(&queue.name));
    let lines = format!(
        "title = {title}\nlevel = {}\nnext = {}\nmembers = [{}]\nlead = {}\nactive = true\n",
        queue.level,
        text(&queue.next),
        members.join(", "),
        text(&queue.lead)
    );
    add_table(room, &format!("queues.{}", queue.name), "queues", &lines)
}

/// Adds an agent, or makes a retired one active again; the handle. Exit code 2 for a name or address that is none, 5
/// when the address is another agent's.
pub fn add_agent(room: &mut Room<'_, '_>, agent: &NewAgent) -> Result<String> {
    let Some(first) = agent.emails.first() else {
        return Err(Problem::usage("an agent needs an address: --email").into());
    };
    if let Some(bad) = agent.emails.iter().find(|email| !email.contains('@') || email.contains(['<', '>', ' '])) {
        return Err(Problem::usage(format!("`{bad}` is no mail address")).into());
    }
    let handle = agent.handle.clone().unwrap_or_else(|| room.policy.new_handle(first));
    check_name(&handle)?;
    check_handle(&handle)?;
    let owner = |policy: &Policy, email: &str| policy.agent_by_email(email).map(|(owner, _)| owner.to_owned());
    for email in &agent.emails {
        if let Some(owner) = owner(&room.policy, email).filter(|owner| *owner != handle) {
            return Err(Problem::refused(format!("{email} is {owner}'s address already")).code("address_taken").into());
        }
    }
    room.tx.describe(Message::new(format!("agent add {handle}")).trailer("Desk-Act", "agent"));
    if let Some(have) = room.policy.agents.get(&handle) {
        if !have.active {
            set_active(room, &format!("agents.{handle}"), true)?;
        }
        return Ok(handle);
    }
    let emails: Vec<String> = agent.emails.iter().map(|email| basic_string(email)).collect();
    let name = basic_string(agent.name.as_deref().unwrap_or(&handle));
    let role = agent.role;
    let lines = format!("name = {name}\nemails = [{}]\nrole = \"{role}\"\nactive = true\n", emails.join(", "));
    add_table(room, &format!("agents.{handle}"), "agents", &lines)?;
    Ok(handle)
}

/// Retires an agent and, where it is said to whom, gives their open tickets away; what was given. Exit code 3 for an
/// unknown agent, 5 where nobody is on call or next.
pub fn retire_agent(room: &mut Room<'_, '_>, handle: &str, to: Option<&To>) -> Result<Vec<Acted>> {
    retire(room, "agents", handle)?;
    // From here on they are nobody's next and nobody's choice.
    if let Some(agent) = room.policy.agents.get_mut(handle) {
        agent.active = false;
    }
    let Some(to) = to else { return Ok(Vec::new()) };
    if matches!(to, To::Me) && room.actor.name == handle {
        return Err(Problem::refused(format!("{handle} is who goes; name who takes the tickets"))
            .hint(format!("git desk agent retire {handle} --hand-over-to next"))
            .into());
    }
    let ids = room.index()?.map_or(Ok(Vec::new()), |index| index.open_of(handle))?;
    let handed: Vec<Acted> =
        ids.into_iter().map(|id| assign(room, id, to, &Provided::Always, "")).collect::<Result<_>>()?;
    describe(room, "agent", handle, &handed);
    Ok(handed)
}

/// Retires a queue and, where it is said to which, moves its open tickets; what was moved. Exit code 3 for an unknown
/// queue, 5 for the default queue.
pub fn retire_queue(room: &mut Room<'_, '_>, name: &str, to: Option<&str>) -> Result<Vec<Acted>> {
    retire(room, "queues", name)?;
    if let Some(queue) = room.policy.queues.get_mut(name) {
        queue.active = false;
    }
    let Some(to) = to else { return Ok(Vec::new()) };
    let queue = [Assignment { field: "queue".to_owned(), value: known_queue(&room.policy, to)? }];
    let ids = room.index()?.map_or(Ok(Vec::new()), |index| index.open_in(name))?;
    let handed: Vec<Acted> = ids.into_iter().map(|id| set(room, id, &queue)).collect::<Result<_>>()?;
    describe(room, "queue", name, &handed);
    Ok(handed)
}

/// The words of the commit, with the tickets that went along.
fn describe(room: &mut Room<'_, '_>, noun: &str, name: &str, handed: &[Acted]) {
    if handed.is_empty() {
        return;
    }
    let count = counted(handed.len(), "ticket");
    let mut message = Message::new(format!("{noun} retire {name}, {count} handed over"));
    message.body = handed.iter().map(|acted| acted.id().to_string()).collect::<Vec<_>>().join("\n");
    room.tx.describe(message.trailer("Desk-Act", noun));
}

/// Retires a queue or an agent (`family` is `queues` or `agents`). Exit code 3 for an unknown name, 5 for the default
/// queue.
fn retire(room: &mut Room<'_, '_>, family: &str, name: &str) -> Result<()> {
    let noun = family.trim_end_matches('s');
    let names: Vec<&str> = match family {
        "queues" => room.policy.queues.keys().map(String::as_str).collect(),
        _ => room.policy.agents.keys().map(String::as_str).collect(),
    };
    if !names.contains(&name) {
        let mut problem = Problem::not_found(format!("no {noun} `{name}`; this desk has {}", names.join(", ")));
        if let Some(near) = nearest(name, names.iter().copied()) {
            problem = problem.hint(format!("did you mean `{near}`?"));
        }
        return Err(problem.candidates(names).into());
    }
    if family == "queues" && room.policy.desk.default_queue == name {
        return Err(Problem::refused(format!("{name} is the default queue: new tickets need it"))
            .hint("name another in desk.toml first: [desk] default_queue = \"…\"")
            .into());
    }
    room.tx.describe(Message::new(format!("{noun} retire {name}")).trailer("Desk-Act", noun));
    set_active(room, &format!("{family}.{name}"), false)
}

/// A handle that means something else where an agent is named would never be reached.
fn check_handle(handle: &str) -> Result<()> {
    if !To::WORDS.contains(&handle) {
        return Ok(());
    }
    Err(Problem::usage(format!("`{handle}` is a word of its own wherever an agent is named, so it is no handle"))
        .code("bad_name")
        .hint(format!("git desk agent add {handle}-2 --email MAIL"))
        .into())
}

fn check_name(name: &str) -> Result<()> {
    if is_name(name) {
        return Ok(());
    }
    Err(Problem::usage(format!("`{name}` is no name: a-z, 0-9 and - between, at most 63")).code("bad_name").into())
}

fn set_active(room: &mut Room<'_, '_>, table: &str, active: bool) -> Result<()> {
    let bytes = policy_bytes(room)?;
    let edited = set_key(&bytes, table, "active", if active { "true" } else { "false" });
    let edited = edited.ok_or_else(|| Problem::invalid(format!("desk.toml has no table [{table}] of its own")))?;
    put(room, edited)
}

fn add_table(room: &mut Room<'_, '_>, header: &str, family: &str, lines: &str) -> Result<()> {
    let bytes = policy_bytes(room)?;
    put(room, append_table(&bytes, header, family, lines))
}

fn policy_bytes(room: &Room<'_, '_>) -> Result<Vec<u8>> {
    match room.tx.file("desk.toml")? {
        Some(Ok(bytes)) => Ok(bytes),
        Some(Err(damaged)) => Err(Problem::from(damaged).into()),
        None => Ok(Vec::new()),
    }
}

fn put(room: &mut Room<'_, '_>, bytes: Vec<u8>) -> Result<()> {
    room.tx.put("desk.toml", bytes);
    Ok(())
}
