//! What a ticket begins with: a template of the desk, or an earlier ticket. What is given on the command line wins.

use super::Args;
use crate::commands::Context;
use crate::commands::args::name_list;
use crate::error::{Problem, Result};
use crate::model::near::nearest;
use crate::model::policy::{Policy, Preset};

/// The arguments with what `--template` and `--like` say, each once. Exit code 3 for a template or ticket that is not
/// there.
pub fn begun(ctx: &Context, mut args: Args) -> Result<Args> {
    if let Some(name) = args.template.take() {
        let (policy, _) = ctx.policy()?;
        let preset = preset(&policy, &name)?;
        args.prefix = if preset.is_prefix() { preset.title.clone() } else { String::new() };
        fill(&mut args, preset);
    }
    if let Some(id) = args.like.take() {
        let look = ctx.desk()?.look(None)?;
        let ticket = look.ticket(ctx.find(&id)?)?.ticket;
        // A queue that was retired since takes no more tickets.
        let active = look.policy.queues.get(&ticket.queue).is_some_and(|queue| queue.active);
        let like = Preset {
            title: ticket.title,
            queue: if active { ticket.queue } else { String::new() },
            kind: Some(ticket.kind),
            impact: ticket.impact,
            urgency: ticket.urgency,
            service: ticket.service,
            category: ticket.category,
            asset: ticket.asset,
            tags: ticket.tags,
            customer: ticket.customer,
            location: ticket.location,
            environment: ticket.environment,
            ..Preset::default()
        };
        if args.title.is_empty() {
            args.prefix.clear();
            args.title.push(like.title.clone());
        }
        fill(&mut args, like);
    }
    Ok(args)
}

fn preset(policy: &Policy, name: &str) -> Result<Preset> {
    if let Some(preset) = policy.templates.get(name) {
        return Ok(preset.clone());
    }
    let known: Vec<&str> = policy.templates.keys().map(String::as_str).collect();
    let there = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    let mut problem = Problem::not_found(format!("no template `{name}`; this desk has {there}")).code("no_template");
    if let Some(near) = nearest(name, known.iter().copied()) {
        problem = problem.hint(format!("did you mean `{near}`?"));
    }
    Err(problem.candidates(known).hint("a template is a table in desk.toml: [templates.NAME]").into())
}

/// Puts in what is not said already.
fn fill(args: &mut Args, preset: Preset) {
    levels(args, &preset);
    if args.title.is_empty() && !preset.is_prefix() {
        args.title.extend(Some(preset.title).filter(|title| !title.is_empty()));
    }
    if args.file.is_none() {
        text(&mut args.message, preset.body);
    }
    args.kind = args.kind.or(preset.kind);
    args.channel = args.channel.or(preset.channel);
    let texts = [
        (&mut args.queue, preset.queue),
        (&mut args.assign, preset.assignee),
        (&mut args.requester, preset.requester),
        (&mut args.customer, preset.customer),
        (&mut args.service, preset.service),
        (&mut args.category, preset.category),
        (&mut args.asset, preset.asset),
        (&mut args.location, preset.location),
        (&mut args.environment, preset.environment),
        (&mut args.key, preset.key),
        (&mut args.group, preset.group),
        (&mut args.due, preset.due),
    ];
    texts.into_iter().for_each(|(slot, value)| text(slot, value));
    for (given, more) in
        [(&mut args.tag, preset.tags), (&mut args.watcher, preset.watchers), (&mut args.article, preset.articles)]
    {
        given.extend(more);
        *given = name_list(given);
    }
    // The later of two fields of one name counts.
    args.field = preset.fields.into_iter().chain(std::mem::take(&mut args.field)).collect();
}

fn text(slot: &mut Option<String>, value: String) {
    if slot.is_none() && !value.is_empty() {
        *slot = Some(value);
    }
}

/// Impact, urgency and priority judge one thing: with a priority given the template says nothing of it, and with a level
/// given its priority does not hold.
fn levels(args: &mut Args, preset: &Preset) {
    if args.priority.is_some() {
        return;
    }
    if args.impact.is_none() && args.urgency.is_none() {
        args.priority = preset.priority;
        text(&mut args.reason, preset.priority_reason.clone());
    }
    args.impact = args.impact.or(preset.impact);
    args.urgency = args.urgency.or(preset.urgency);
}
