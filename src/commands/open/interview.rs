//! `open` without a title: it asks a person, in the order of a phone call. Nothing is locked meanwhile, and nothing is
//! written before the last answer.

use jiff::Timestamp;

use super::Args;
use crate::commands::Context;
use crate::commands::deed::{Deed, Words, perform, read_uploads};
use crate::commands::say::whose;
use crate::desk::tickets::join::Joined;
use crate::desk::tickets::open::headline;
use crate::error::{Problem, Result};
use crate::model::count::counted;
use crate::model::id::TicketId;
use crate::model::ticket::Ticket;
use crate::model::word::{Channel, Kind, Level, Priority};
use crate::ui::format::{cell, shell_word};
use crate::ui::grid::cut;

/// The column that answers stand in.
const COLUMN: &str = "              ";

/// What somebody said.
pub enum Heard {
    New(Box<Args>),
    /// The trouble is known, as this ticket: what was said already, and in what words.
    Known(TicketId, Box<Args>, String),
}

/// Asks for what is not said already.
pub fn hear(ctx: &Context, mut args: Args) -> Result<Heard> {
    if args.requester.is_none() {
        args.requester = Some(for_whom(ctx)?);
    }
    let title = ctx.ui.ask_until("What is it?   ", |answer| match answer {
        "" => Err(format!("{COLUMN}what happened, in one line: Printer HP-4 prints blank pages")),
        title => Ok(title.to_owned()),
    })?;
    if let Some(id) = known(ctx, &args, &title)? {
        return Ok(Heard::Known(id, Box::new(args), title));
    }
    args.title = vec![title];
    if args.service.is_none() {
        args.service = service(ctx)?;
    }
    if args.priority.is_none() {
        how_bad(ctx, &mut args)?;
    }
    if args.message.is_none() && args.file.is_none() && !args.edit {
        match ctx.ui.ask(&ctx.ui.plain("Say more? (⏎ no, e editor) "))?.as_str() {
            "" => {}
            "e" => args.message = Some(ctx.ui.edit("", ".md", super::WITHOUT_EDITOR)?),
            words => args.message = Some(words.to_owned()),
        }
    }
    Ok(Heard::New(Box::new(args)))
}

/// Who has the trouble; of somebody who is known what the desk knows is told.
pub fn for_whom(ctx: &Context) -> Result<String> {
    let desk = ctx.desk()?;
    let (policy, _) = desk.policy()?;
    let me = desk.person(&policy)?;
    let default = if me.is_agent { String::new() } else { format!("[{}] ", me.name) };
    let typed = ctx.ui.ask_until(&format!("For whom?     {default}"), |answer| match answer {
        "" if !me.is_agent => Ok(me.name.clone()),
        "" => Err(format!("{COLUMN}a mail address or a name; `me` if it is you")),
        "me" | "@me" => Ok(me.name.clone()),
        who => Ok(policy.handle_for(who).to_owned()),
    })?;
    let whole = typed == me.name
        || policy.is_agent(&typed)
        || typed.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    let who = if whole { typed } else { completed(ctx, typed)? };
    tell_of(ctx, &who, policy.is_agent(&who))?;
    Ok(who)
}

/// The known name that begins as typed, if the person means it.
fn completed(ctx: &Context, typed: String) -> Result<String> {
    let known = ctx.desk()?.index()?.requesters(&typed, 9)?;
    if known.is_empty() || known.iter().any(|name| name.eq_ignore_ascii_case(&typed)) {
        return Ok(typed);
    }
    if let [one] = known.as_slice() {
        let meant = ctx.ui.confirm(&format!("{COLUMN}{one}?"), true)?;
        return Ok(if meant { one.clone() } else { typed });
    }
    for (at, name) in known.iter().enumerate() {
        ctx.ui.tell(&format!("{COLUMN}{}  {}", at + 1, ctx.ui.shown(name)));
    }
    let question = format!("{COLUMN}which one? [as typed] ");
    ctx.ui.ask_until(&question, |answer| match answer {
        "" => Ok(typed.clone()),
        number => match number.parse::<usize>().ok().and_then(|number| known.get(number.checked_sub(1)?)) {
            Some(name) => Ok(name.clone()),
            None => Err(format!("{COLUMN}a number from 1 to {}, or ⏎", known.len())),
        },
    })
}

/// `acme · 3 tickets this year, 1 open: k2pd`
fn tell_of(ctx: &Context, who: &str, is_agent: bool) -> Result<()> {
    let index = ctx.desk()?.index()?;
    let now = ctx.env.now.to_zoned_datetime(ctx.env.zone.clone());
    let year = jiff::civil::date(now.year(), 1, 1).at(0, 0, 0, 0);
    let caller = index.requester(who, ctx.env.zone.to_timestamp(year).unwrap_or(Timestamp::MIN))?;
    let Some(newest) = caller.newest else {
        if !is_agent {
            ctx.ui.tell(&format!("{COLUMN}has asked for nothing before"));
        }
        return Ok(());
    };
    let handles: Vec<String> = caller.open.iter().map(|id| index.handle(*id)).collect::<Result<_>>()?;
    let tickets = counted(caller.tickets, "ticket");
    let open = if handles.is_empty() { String::new() } else { format!(", open: {}", handles.join(", ")) };
    let customer = Some(newest.customer).filter(|customer| !customer.is_empty());
    let parts: Vec<String> = customer.into_iter().chain([format!("{tickets} this year{open}")]).collect();
    ctx.ui.tell(&format!("{COLUMN}{}", ctx.ui.shown(&ctx.ui.plain(&parts.join(" · ")))));
    Ok(())
}

/// The open ticket that is of the same trouble, if the person says so.
fn known(ctx: &Context, args: &Args, title: &str) -> Result<Option<TicketId>> {
    let (question, id) = {
        let look = ctx.desk()?.look(None)?;
        let plain = |value: &Option<String>| value.clone().unwrap_or_default();
        let draft = Ticket {
            requester: plain(&args.requester),
            customer: plain(&args.customer),
            service: plain(&args.service),
            asset: plain(&args.asset),
            ..Ticket::new(TicketId::draw(look.now, 0), headline(title, "")?.0, look.now)
        };
        let Some(other) = look.similar(&draft, 1)?.pop() else { return Ok(None) };
        let other = other.ticket;
        let handle = look.index.handle(other.id)?;
        let who = ctx.ui.shown(&draft.requester);
        let title = ctx.ui.shown(&cut(&other.title, 40, ctx.ui.ellipsis()));
        (format!("{COLUMN}looks like {handle}  {title} ({}). Add {who} there?", whose(ctx, &other)), other.id)
    };
    Ok(ctx.ui.confirm(&question, false)?.then_some(id))
}

/// One of the desk's services; not asked where it has none.
fn service(ctx: &Context) -> Result<Option<String>> {
    let files = ctx.desk()?.store.snapshot()?.names_in("services")?;
    let known: Vec<String> = files.iter().filter_map(|file| Some(file.strip_suffix(".toml")?.to_owned())).collect();
    if known.is_empty() {
        return Ok(None);
    }
    ctx.ui.ask_until("Which service? [none] ", |answer| {
        let begins: Vec<&String> = known.iter().filter(|name| name.starts_with(&answer.to_lowercase())).collect();
        match (answer, begins.as_slice()) {
            ("", _) => Ok(None),
            (answer, _) if known.iter().any(|name| name == answer) => Ok(Some(answer.to_owned())),
            (_, [one]) => Ok(Some((*one).clone())),
            (_, _) => Err(format!("{COLUMN}one of {}, or ⏎", known.join(", "))),
        }
    })
}

/// Impact and urgency, and the priority that they give.
fn how_bad(ctx: &Context, args: &mut Args) -> Result<()> {
    let level = |question: &str| {
        ctx.ui.ask_until(question, |answer| match answer.to_lowercase().as_str() {
            "" => Ok(None),
            word => match Level::ALL.iter().find(|level| level.as_str().starts_with(word)) {
                Some(level) => Ok(Some(*level)),
                None => Err(format!("{COLUMN}low, medium or high, or ⏎")),
            },
        })
    };
    if args.impact.is_none() {
        args.impact = level("How bad?      impact (how many suffer): low, medium, high? ")?;
    }
    if args.urgency.is_none() {
        args.urgency = level(&format!("{COLUMN}urgency (how soon it hurts): low, medium, high? "))?;
    }
    let (policy, _) = ctx.policy()?;
    let priority = match (args.impact, args.urgency) {
        (Some(impact), Some(urgency)) => policy.priority(impact, urgency),
        (_, _) => Priority::P3,
    };
    ctx.ui.tell(&ctx.ui.plain(&format!("{COLUMN}→ {priority}")));
    Ok(())
}

/// Adds somebody to a ticket that is there, with what they said and sent, and prints its id.
pub fn join(ctx: &Context, id: TicketId, args: Args, title: String) -> Result<()> {
    let more = Words { message: args.message, file: args.file }.read()?;
    let told = args.requester.unwrap_or_default();
    let words = if more.trim().is_empty() { title.clone() } else { format!("{title}\n\n{}", more.trim_end()) };
    let joined = Joined { who: told.clone(), words, uploads: read_uploads(&args.attach)? };
    let deed = Deed::each("join", title, vec![id], move |room, id| joined.apply(room, id));
    perform(ctx, &deed)?;
    ctx.ui.finish()?;
    if ctx.ui.talks() && !ctx.globals.dry_run {
        let handle = ctx.desk()?.index()?.handle(id)?;
        ctx.ui.status(&format!("{handle} has {} as a watcher now", ctx.ui.shown(&told)));
        ctx.ui.status(&format!("next           git desk show {handle}"));
    }
    Ok(())
}

/// What was said in answers, as one command.
pub fn command_line(args: &Args) -> String {
    let mut words = vec!["git desk open".to_owned()];
    let mut option = |name: &str, value: Option<&str>| {
        words.extend(value.filter(|value| !value.is_empty()).map(|value| format!("{name} {}", shell_word(value))));
    };
    let texts = [
        ("-r", &args.requester),
        ("--customer", &args.customer),
        ("--queue", &args.queue),
        ("--assign", &args.assign),
        ("--service", &args.service),
        ("--category", &args.category),
        ("--asset", &args.asset),
        ("--location", &args.location),
        ("--environment", &args.environment),
        ("--external-id", &args.external_id),
        ("--reason", &args.reason),
        ("--key", &args.key),
        ("--group", &args.group),
        ("--due", &args.due),
        ("--opened", &args.opened),
        ("-m", &args.message),
    ];
    texts.into_iter().for_each(|(name, value)| option(name, value.as_deref()));
    option("--kind", args.kind.map(Kind::as_str));
    option("--channel", args.channel.map(Channel::as_str));
    option("--impact", args.impact.map(Level::as_str));
    option("--urgency", args.urgency.map(Level::as_str));
    option("--priority", args.priority.map(Priority::as_str));
    args.file.iter().for_each(|file| option("-F", file.to_str()));
    args.tag.iter().for_each(|tag| option("--tag", Some(tag)));
    args.watcher.iter().for_each(|watcher| option("--watcher", Some(watcher)));
    args.article.iter().for_each(|article| option("--article", Some(article)));
    args.field.iter().for_each(|(name, value)| option("--field", Some(&format!("{name}={}", cell(value)))));
    args.link.iter().for_each(|(kind, to)| option("--link", Some(&format!("{kind} {to}"))));
    args.attach.iter().for_each(|file| option("--attach", file.to_str()));
    let title = args.title.first().map(|title| format!("{} {title}", args.prefix).trim().to_owned());
    option("--", title.as_deref());
    words.join(" ")
}

/// A failure after all was said: nobody has to say it again.
pub fn with_what_was_said(error: anyhow::Error, again: &str) -> anyhow::Error {
    match error.downcast::<Problem>() {
        // Where it is stored and only could not be printed, again would be a second ticket.
        Ok(problem) if problem.code != "stdout_failed" => problem.hint(format!("again: {again}")).into(),
        Ok(problem) => problem.into(),
        Err(error) => error,
    }
}
